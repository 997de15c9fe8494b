//! What the edge asks of the portal's use cases. One trait, so that pages, routes and middleware are
//! tested without a ledger, and the one place where the two meet.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use crate::apps::Mandate;
use crate::batch::jobs::JobId;
use crate::intake::receipt::Receipt;
use crate::intake::{Intake, IntakeFault, Received};
use crate::ledger::index::Sequence;
use crate::offices::ActingMember;
use crate::package::Source;
use crate::package::file::FileSource;
use crate::portal::answer::{SheetVerdict, VerdictAnswer};
use crate::portal::batch::{
    BatchDesk, BatchFault, BatchRefusal, BatchView, Caller, Conclusion, Format, HandedIn, Tongue,
};
use crate::portal::ledger_view::{Leaves, LedgerState};
use crate::portal::office_search::{OfficeFound, SearchForm, SearchRefusal};
use crate::portal::oversight::Looks;
use crate::portal::public_evidence::{NoEvidence, PublicEvidence};
use crate::portal::verification::{Judged, Now};
use crate::register::Register;
use crate::reports::{About, Contact, Filed, Nonce, Report, TicketCode, Words};
use crate::tlog::tile::TilePath;
use crate::transcript::contents::Contents;
use crate::transcript::time::SchoolYear;
use crate::transcript::{CopyId, GroupSet, Moment, SheetClaims, TranscriptCode};

pub use crate::portal::consented::{ConsentedChanges, ConsentedRefusal, TranscriptChange};
pub use crate::portal::office_open::OpenRefusal;
pub use crate::portal::soft_copy::judge::Judged as JudgedCopy;
pub use crate::portal::soft_copy::shelf::PickUp;
pub use crate::portal::verification::{KeepRefusal, Kept};
pub use crate::portal::{
    CopyMade, DiscloseRefusal, Fetched, Health, OpenCopy, Opening, SecondFactor, ShareRefusal, SharedState,
};

/// One opened year.
#[derive(Debug)]
pub struct DisclosedSheet {
    /// Its clear claims.
    pub claims: SheetClaims,
    /// The groups that are open.
    pub contents: Contents,
    /// Its verdict now.
    pub verdict: SheetVerdict,
    /// Its position in the ledger, which ties it to its line of the public answer.
    pub leaf_index: u64,
}

/// An opened transcript.
#[derive(Debug)]
pub struct Disclosed {
    /// The public verdict as JSON, as of the same moment.
    pub verdict: serde_json::Value,
    /// By year, oldest first.
    pub sheets: Vec<DisclosedSheet>,
    /// What proves each sheet without us, and says itself that it proves no current status.
    pub evidence: serde_json::Value,
    /// How it was opened, and what may be done next.
    pub opening: Opening,
    /// Which offices looked at it, by their names; None for whoever is not its holder, and where that is not known.
    pub looks: Option<Looks>,
}

/// Which copies are to be voided, and what gives the right to.
#[derive(Clone)]
pub enum Void {
    /// The copy of this token.
    OfToken(String),
    /// One copy of a transcript that was opened.
    One {
        /// Given with the opened page.
        ticket: String,
        /// Which.
        copy: CopyId,
    },
    /// All copies of a transcript that was opened.
    All {
        /// Given with the opened page.
        ticket: String,
    },
}

/// Tokens and tickets do not belong in logs.
impl std::fmt::Debug for Void {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Void(…)")
    }
}

/// What came of checking a receipt.
#[derive(Debug, Clone)]
pub struct JudgedReceipt {
    /// By itself.
    pub receipt: Judged,
    /// Of a genuine one: what holds now.
    pub now: Option<Now>,
}

/// A part of the public log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFile {
    /// The signed checkpoint.
    Checkpoint,
    /// The log's verifier key.
    Vkey,
    /// The freshness cosigner's.
    FreshnessVkey,
    /// A public hash tile or entry bundle.
    Tile(TilePath),
}

/// What a verdict needs, on its way from elsewhere.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Fetched> + 'a>>;

/// The use cases behind the routes.
pub trait Backend: Send + Sync + 'static {
    /// The public verdict on a code. Does not block where [`Backend::fetch`] gives None.
    fn verdict(&self, code: &TranscriptCode, now: Moment, use_it: &mut dyn FnMut(&VerdictAnswer<'_>));

    /// Fetches what a verdict needs from other machines; None where everything is here.
    fn fetch(&self, _code: &TranscriptCode) -> Option<Fetching<'_>> {
        None
    }

    /// The public verdict, from what was fetched. Does not block.
    fn verdict_from(&self, _fetched: &Fetched, _now: Moment, _use_it: &mut dyn FnMut(&VerdictAnswer<'_>)) {}

    /// Opens a transcript; blocks on the journal.
    ///
    /// # Errors
    /// [`DiscloseRefusal`] says what the holder may know.
    fn disclose(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        client: IpAddr,
        now: Moment,
    ) -> Result<Disclosed, DiscloseRefusal>;

    /// Makes a copy of these sheets (by position in the ledger) for whoever has a ticket; blocks on the journal.
    ///
    /// # Errors
    /// [`ShareRefusal`].
    fn share(
        &self,
        _code: &TranscriptCode,
        _ticket: &str,
        _leaves: &[u64],
        _client: IpAddr,
        _now: Moment,
    ) -> Result<CopyMade, ShareRefusal> {
        Err(ShareRefusal::Unavailable)
    }

    /// Voids copies; when it returns, that is durable. Blocks on the journal.
    ///
    /// # Errors
    /// [`ShareRefusal`].
    fn void(&self, _code: &TranscriptCode, _which: &Void, _client: IpAddr, _now: Moment) -> Result<(), ShareRefusal> {
        Err(ShareRefusal::Unavailable)
    }

    /// A receipt of the answer on a code; blocks.
    ///
    /// # Errors
    /// [`KeepRefusal`].
    fn keep(&self, _code: &TranscriptCode, _ticket: Option<&str>, _now: Moment) -> Result<Kept, KeepRefusal> {
        Err(KeepRefusal::Unavailable)
    }

    /// Checks a receipt; blocks.
    fn judge_receipt(&self, _json: &[u8], _now: Moment) -> JudgedReceipt {
        JudgedReceipt { receipt: Judged::Unreadable, now: None }
    }

    /// How it is doing.
    fn health(&self, now: Moment) -> Health;

    /// A part of the public log; None where there is none (yet).
    ///
    /// # Errors
    /// The storage's.
    fn log(&self, file: LogFile) -> io::Result<Option<Vec<u8>>>;
}

/// What is open to everybody: the ledger itself, and evidence without anything personal.
pub trait PublicLedger: Send + Sync + 'static {
    /// What is public about the entries behind a code, with their proofs. May block.
    ///
    /// # Errors
    /// [`NoEvidence`].
    fn public_evidence(&self, code: &TranscriptCode, now: Moment) -> Result<PublicEvidence, NoEvidence>;

    /// The ledger's newest signed state.
    fn ledger(&self) -> LedgerState;

    /// At most `count` leaves from `from` on. Blocks.
    ///
    /// # Errors
    /// A tile that cannot be read or does not fit.
    fn leaves(&self, from: u64, count: u64) -> io::Result<Leaves>;

    /// What the ledger says in public: counts, schools, keys.
    fn register(&self) -> Arc<Register>;
}

/// A report of an error as it came in.
#[derive(Debug, Clone)]
pub struct ReportForm {
    /// What it is about.
    pub about: About,
    /// The year it is about.
    pub school_year: Option<SchoolYear>,
    /// What is wrong.
    pub text: Words,
    /// Where to answer to.
    pub contact: Option<Contact>,
}

/// Why a report was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportRefusal {
    /// Enough of this transcript for now.
    TooMany,
    /// Enough for today.
    Full,
    /// It could not be kept.
    Unavailable,
}

/// The reports could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reports could not be read")]
pub struct ReportsAway;

/// Where reports of errors go. All of it blocks.
pub trait ReportDesk: Send + Sync + 'static {
    /// Takes a report; when it returns, it is durable. Gives the province it goes to.
    ///
    /// # Errors
    /// [`ReportRefusal`].
    fn file(
        &self,
        code: &TranscriptCode,
        form: ReportForm,
        nonce: &Nonce,
        client: IpAddr,
        now: Moment,
    ) -> Result<(Filed, String), ReportRefusal>;

    /// What became of a report.
    ///
    /// # Errors
    /// [`ReportsAway`].
    fn by_ticket(&self, ticket: &TicketCode) -> Result<Option<Report>, ReportsAway>;
}

/// Transcripts for those who act for an office. All of it blocks, and has its lines in the journal first.
pub trait OfficeReading: Send + Sync + 'static {
    /// Looks for somebody within the grant.
    ///
    /// # Errors
    /// [`SearchRefusal`].
    fn search(
        &self,
        who: &ActingMember,
        form: &SearchForm,
        client: IpAddr,
        now: Moment,
    ) -> Result<OfficeFound, SearchRefusal>;

    /// Opens what the grant opens of a transcript.
    ///
    /// # Errors
    /// [`OpenRefusal`].
    fn open(
        &self,
        who: &ActingMember,
        code: &TranscriptCode,
        client: IpAddr,
        now: Moment,
    ) -> Result<Disclosed, OpenRefusal>;
}

/// Batches of those who act for an office: of their own office alone. All but `list` and `get` blocks; each step has its
/// line in the journal first.
pub trait Batches: Send + Sync + 'static {
    /// Takes a batch, which is durable then and waits for its turn.
    ///
    /// # Errors
    /// [`BatchRefusal`].
    fn begin(&self, who: &ActingMember, file: &HandedIn, now: Moment) -> Result<BatchView, BatchRefusal>;

    /// All of them, the newest first.
    fn list(&self, who: &ActingMember) -> Vec<BatchView>;

    /// One, as it is now.
    fn get(&self, who: &ActingMember, id: &JobId) -> Option<BatchView>;

    /// How many rows came to what.
    ///
    /// # Errors
    /// [`BatchFault`].
    fn counts(&self, who: &ActingMember, id: &JobId) -> Result<BTreeMap<Conclusion, u64>, BatchFault>;

    /// Ends one.
    ///
    /// # Errors
    /// [`BatchFault`].
    fn cancel(&self, who: &ActingMember, id: &JobId, now: Moment) -> Result<BatchView, BatchFault>;

    /// Deletes one.
    ///
    /// # Errors
    /// [`BatchFault`].
    fn delete(&self, who: &ActingMember, id: &JobId, now: Moment) -> Result<(), BatchFault>;

    /// Hands its results out as a table.
    ///
    /// # Errors
    /// [`BatchFault`].
    fn results(
        &self,
        who: &ActingMember,
        id: &JobId,
        format: Format,
        tongue: Tongue,
        now: Moment,
    ) -> Result<Vec<u8>, BatchFault>;

    /// Hands out the signed report.
    ///
    /// # Errors
    /// [`BatchFault`].
    fn report(&self, who: &ActingMember, id: &JobId, now: Moment) -> Result<Vec<u8>, BatchFault>;
}

impl Batches for BatchDesk {
    fn begin(&self, who: &ActingMember, file: &HandedIn, now: Moment) -> Result<BatchView, BatchRefusal> {
        self.begin(&Caller::Member(who), file, now)
    }

    fn list(&self, who: &ActingMember) -> Vec<BatchView> {
        self.list(&Caller::Member(who))
    }

    fn get(&self, who: &ActingMember, id: &JobId) -> Option<BatchView> {
        self.get(&Caller::Member(who), id)
    }

    fn counts(&self, who: &ActingMember, id: &JobId) -> Result<BTreeMap<Conclusion, u64>, BatchFault> {
        self.counts(&Caller::Member(who), id)
    }

    fn cancel(&self, who: &ActingMember, id: &JobId, now: Moment) -> Result<BatchView, BatchFault> {
        self.cancel(&Caller::Member(who), id, now)
    }

    fn delete(&self, who: &ActingMember, id: &JobId, now: Moment) -> Result<(), BatchFault> {
        self.delete(&Caller::Member(who), id, now)
    }

    fn results(
        &self,
        who: &ActingMember,
        id: &JobId,
        format: Format,
        tongue: Tongue,
        now: Moment,
    ) -> Result<Vec<u8>, BatchFault> {
        self.results(&Caller::Member(who), id, format, tongue, now)
    }

    fn report(&self, who: &ActingMember, id: &JobId, now: Moment) -> Result<Vec<u8>, BatchFault> {
        self.report(&Caller::Member(who), id, now)
    }
}

/// What a consent opens.
#[derive(Debug)]
pub struct Consented {
    /// Each with its verdict, the groups that are consented to, and evidence.
    pub transcripts: Vec<Disclosed>,
    /// The groups that were opened.
    pub groups: GroupSet,
    /// So many others could not be checked now, and are not shown.
    pub unchecked: usize,
    /// Entries of the ledger in which they were looked for.
    pub searched: u64,
}

/// Transcripts for apps, under somebody's consent. All of it blocks, and has its lines in the journal first.
pub trait ConsentedReading: Send + Sync + 'static {
    /// Opens the transcripts of the one who consents; with `only`, that one of them.
    ///
    /// # Errors
    /// [`ConsentedRefusal`].
    fn transcripts(
        &self,
        mandate: &Mandate,
        only: Option<&TranscriptCode>,
        client: IpAddr,
        now: Moment,
    ) -> Result<Consented, ConsentedRefusal>;

    /// What changed of them from a position of the ledger on.
    ///
    /// # Errors
    /// [`ConsentedRefusal`].
    fn changes(
        &self,
        mandate: &Mandate,
        since: u64,
        client: IpAddr,
        now: Moment,
    ) -> Result<ConsentedChanges, ConsentedRefusal>;
}

/// Why somebody who opened a transcript got no soft copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoftCopyRefusal {
    /// It was not opened.
    NotOpened(DiscloseRefusal),
    /// There is no such school year in it, or a sheet was asked for by its own id.
    NoSuchYear,
    /// It could not be written down, printed or signed.
    Unavailable,
}

/// Where soft copies are issued, lie for a while, and are judged. All of it blocks.
pub trait SoftCopies: Send + Sync + 'static {
    /// Whether copies are signed here.
    fn issues(&self) -> bool;

    /// Issues one, which is in the journal then, and gives the ticket that picks it up.
    ///
    /// # Errors
    /// [`SoftCopyRefusal`].
    fn issue(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        extract: Option<SchoolYear>,
        client: IpAddr,
        now: Moment,
    ) -> Result<PickUp, SoftCopyRefusal>;

    /// The file of a ticket; None when its time is over.
    fn pick_up(&self, ticket: &str, now: Moment) -> Option<Arc<[u8]>>;

    /// What a file is that somebody hands in.
    fn judge(&self, file: &[u8], now: Moment) -> JudgedCopy;
}

/// What a request asks of us, as far as limits care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A verdict.
    Verdict,
    /// An attempt to open a transcript.
    Disclosure,
}

/// A request's admission, on its way from elsewhere.
pub type Admission<'a> = Pin<Box<dyn Future<Output = Result<(), u64>> + 'a>>;

/// Who may ask how often.
pub trait Gate: Send + Sync + 'static {
    /// Lets a request in.
    ///
    /// # Errors
    /// Seconds until the next one is let in.
    fn admit(&self, work: Work, client: IpAddr) -> Result<(), u64>;

    /// The same where replicas count together; None where this process counts alone.
    fn admit_together(&self, _work: Work, _client: IpAddr, _now: Moment) -> Option<Admission<'_>> {
        None
    }
}

/// Why a package was not taken, as far as the edge tells outcomes apart.
#[derive(Debug, thiserror::Error)]
pub enum FeedFault {
    /// The writer is at work on another package.
    #[error("another package is being taken")]
    Busy,
    /// A rule, or the storage.
    #[error(transparent)]
    Intake(#[from] IntakeFault),
}

/// Where packages go: the process that owns the ledger. All of it blocks.
pub trait Feeds: Send + Sync + 'static {
    /// Whether a package whose first bytes are these may be sent whole to this address: its manifest is
    /// signed by a key in force and is the next one. Says nothing about its lines.
    ///
    /// # Errors
    /// [`FeedFault`].
    fn admit(&self, head: Arc<[u8]>, route: &str, sequence: u64) -> Result<(), FeedFault>;

    /// Takes a package; when it returns, what it says is durable.
    ///
    /// # Errors
    /// [`FeedFault`].
    fn receive(
        &self,
        file: File,
        route: &str,
        sequence: u64,
        dry_run: bool,
        now: Moment,
    ) -> Result<Received, FeedFault>;

    /// The next package of a route.
    ///
    /// # Errors
    /// [`FeedFault`].
    fn expected(&self, route: &str) -> Result<Option<Sequence>, FeedFault>;

    /// The receipt of a package.
    ///
    /// # Errors
    /// [`FeedFault`].
    fn receipt(&self, route: &str, sequence: u64) -> Result<Option<Receipt>, FeedFault>;
}

/// How long a question waits for the writer before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(2);

/// The writer of this process; packages go through it one at a time.
impl Feeds for Mutex<Intake> {
    fn admit(&self, head: Arc<[u8]>, route: &str, sequence: u64) -> Result<(), FeedFault> {
        Ok(soon(self)?.admit(Arc::new(head), (route, sequence))?)
    }

    fn receive(
        &self,
        file: File,
        route: &str,
        sequence: u64,
        dry_run: bool,
        now: Moment,
    ) -> Result<Received, FeedFault> {
        let source: Arc<dyn Source> = Arc::new(FileSource::from(file));
        // The whole package is here, so it waits its turn. A panic under way was a commit that did not
        // happen: the writer recovers by itself.
        let mut intake = self.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(intake.receive(source, Some((route, sequence)), dry_run, now)?)
    }

    fn expected(&self, route: &str) -> Result<Option<Sequence>, FeedFault> {
        Ok(soon(self)?.expected(route)?)
    }

    fn receipt(&self, route: &str, sequence: u64) -> Result<Option<Receipt>, FeedFault> {
        Ok(soon(self)?.receipt(route, sequence)?)
    }
}

/// The writer, if it becomes free soon.
fn soon(intake: &Mutex<Intake>) -> Result<MutexGuard<'_, Intake>, FeedFault> {
    let until = Instant::now() + PATIENCE;
    loop {
        match intake.try_lock() {
            Ok(guard) => return Ok(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
            Err(TryLockError::WouldBlock) => return Err(FeedFault::Busy),
        }
    }
}

/// The public verdict, wherever its records are.
pub async fn verdict(
    backend: &dyn Backend,
    code: &TranscriptCode,
    now: Moment,
    use_it: &mut dyn FnMut(&VerdictAnswer<'_>),
) {
    match backend.fetch(code) {
        None => backend.verdict(code, now, use_it),
        Some(fetching) => backend.verdict_from(&fetching.await, now, use_it),
    }
}
