//! A serving process put together: follower, portal, writer and the local socket, over one data directory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::anchor::Anchoring;
use super::certificates::Certificates;
use super::data_dir::{DataDir, Following};
use super::lasting::Lasting;
use super::local::{Answer, Request};
use super::search_index::{self, SearchIndex};
use super::{CliFault, app, ingest, now, office, soft_copies, ticket};
use crate::config::LimitsBackend;
use crate::follow::Follower;
use crate::follow::refill::{Mended, Refill};
use crate::follow::registrar::Registrar;
use crate::follow::statuses::Statuses;
use crate::intake::Intake;
use crate::journal::Journal;
use crate::portal::app_desk::AppDesk;
use crate::portal::batch::BatchDesk;
use crate::portal::desk::Desk;
use crate::portal::office_desk::OfficeDesk;
use crate::portal::oversight::{Oversight, a_year_before};
use crate::portal::soft_copy::print::PrintShop;
use crate::portal::soft_copy::shelf::Shelf;
use crate::portal::{Parts, Portal};
use crate::register::{Register, RegisterFile};
use crate::transcript::{Moment, TranscriptCode};

/// How often the follower looks for a new checkpoint: well within the two seconds in which a new sheet
/// must show.
pub(super) const POLL: Duration = Duration::from_millis(200);
/// Following that was not made durable for this long is, once there is nothing else to do.
const SETTLE: Duration = Duration::from_secs(5);
/// How often reports are looked through for those whose time is over.
const EXPIRE: Duration = Duration::from_secs(3600);
/// How often refused sign-ins are written down, if there were any.
const REFUSALS: Duration = Duration::from_secs(15 * 60);
/// How often the journal is read on: a holder sees an office's look after that.
const OVERSEE: Duration = Duration::from_secs(1);
/// How often replicas tell each other what is new of copies; a disclosure asks at once in any case.
const EXCHANGE: Duration = Duration::from_secs(2);

/// The writer of this process: one package, cosignature or erasure at a time.
pub type SharedIntake = Arc<Mutex<Intake>>;

/// What a serving process consists of.
pub struct Node {
    /// The use cases.
    pub portal: Arc<Portal>,
    /// Who saw what.
    pub journal: Arc<Journal>,
    /// The ledger's writer, if this process is it.
    pub intake: Option<SharedIntake>,
    /// Reports of errors.
    pub desk: Arc<Desk>,
    /// Offices and who acts for them; or why they cannot be used, which stops nothing else.
    pub offices: Result<Arc<OfficeDesk>, String>,
    /// Registered apps; or why they cannot be used, which stops nothing else.
    pub apps: Result<Arc<AppDesk>, String>,
    /// Batches that offices hand in; or why there are none.
    batches: Result<Arc<BatchDesk>, String>,
    /// Who looked at what, in a process that answers offices: elsewhere nobody of them looks.
    pub oversight: Option<Arc<Oversight>>,
    /// What the ledger says in public.
    pub register: Arc<ArcSwap<Register>>,
    /// What soft copies are printed, signed and recognised with.
    pub shop: Arc<PrintShop>,
    /// Finished ones, until they are fetched.
    pub shelf: Shelf,
    /// The search index, in a process with the offices role.
    index: Option<SearchIndex>,
    certificates: Arc<Certificates>,
    data: DataDir,
}

/// What a process does besides following and answering the public.
#[derive(Debug, Clone, Copy, Default)]
pub struct Duties {
    /// Takes the ledger's lock and keeps its cosignature fresh.
    pub writes: bool,
    /// Answers offices: keeps a search index.
    pub searches: bool,
}

impl Node {
    /// Opens everything and starts following, with these duties besides.
    ///
    /// # Errors
    /// What cannot be opened, in a sentence with what to do.
    pub fn start(data: &DataDir, duties: Duties) -> Result<Self, CliFault> {
        data.require_keys()?;
        let intake = duties.writes.then(|| data.intake(now())).transpose()?;
        let intake = intake.map(|intake| Arc::new(Mutex::new(intake)));
        let following = data.following(&data.derived())?;
        let indexer = duties.searches.then(|| data.indexer(&data.derived(), &following)).transpose()?;
        let index = indexer.as_ref().map(|indexer| SearchIndex::new(data, indexer));
        let office_parts = index.as_ref().map(|index| data.office_parts(index.shown())).transpose()?;
        let Following { follower, records, reader } = following;
        let journal = data.journal()?;
        let desk = Arc::new(Desk::new(data.reports()?, Arc::clone(&journal)));
        let offices = data.office_desk(&journal).map(Arc::new).map_err(|fault| fault.to_string());
        let apps = open_apps(data, &journal);
        let certificates = Arc::new(Certificates::open(data)?);
        let shop = Arc::new(soft_copies::shop(data)?);
        let follow_fault = Arc::new(ArcSwapOption::empty());
        let mended = Arc::new(ArcSwap::from_pointee(Mended::default()));
        let registrar =
            Registrar::start(Arc::clone(&reader), follower.published(), RegisterFile::in_dir(&data.derived()));
        let register = registrar.shown();
        let statuses = Statuses::new(Arc::clone(&reader), follower.published(), a_year_before(now()));
        let refill = Refill::new(Arc::clone(&reader), follower.published(), Arc::clone(&records));
        let shared = match data.config().uses_redis() {
            true => Some((data.shared()?, Arc::clone(&mended))),
            false => None,
        };
        let engine = shared.as_ref().map(|(engine, _)| Arc::clone(engine));
        let shelf = Shelf::new(data.config().soft_copy.shelf_bytes, engine);
        let portal = Arc::new(Portal::new(Parts {
            published: follower.published(),
            follow_fault: Arc::clone(&follow_fault),
            official: Arc::default(),
            records,
            reader,
            disk: data.ledger_disk()?,
            journal: Arc::clone(&journal),
            attempts: data.attempts(now())?,
            tickets: data.tickets_key()?,
            copies: data.copies(&journal, now())?,
            public_url: data.config().portal.public_url.clone(),
            verification_key: data.portal_key()?,
            log: data.config().log.clone(),
            offices: office_parts,
            shared,
        }));
        if let Some(refill) = refill {
            spawn("refill", move || mend(refill, &mended))?;
        }
        spawn("follower", move || follow(follower, &follow_fault))?;
        spawn("register", move || keep_register(registrar))?;
        if let Some(indexer) = indexer {
            spawn("search", move || search_index::keep(indexer))?;
        }
        let reports = Arc::clone(&desk);
        spawn("reports", move || expire_reports(&reports))?;
        keep_offices(&offices)?;
        let batches = match &offices {
            Ok(offices) => open_batches(data, &portal, offices, &journal, &shop),
            Err(fault) => Err(format!("offices cannot be used: {fault}")),
        };
        let oversight = duties.searches.then(|| oversee(data, &journal, statuses)).transpose()?;
        let data = data.clone();
        let node = Self {
            portal,
            journal,
            intake,
            desk,
            offices,
            apps,
            batches,
            oversight,
            register,
            shop,
            shelf,
            index,
            certificates,
            data,
        };
        node.keep_fresh(duties)?;
        Ok(node)
    }

    /// Starts what keeps fresh what others look at, or say: copies, cosignature, certificates.
    fn keep_fresh(&self, duties: Duties) -> Result<(), CliFault> {
        let config = self.data.config();
        if config.limits.backend == LimitsBackend::Redis {
            let portal = Arc::clone(&self.portal);
            spawn("copies", move || exchange_copies(&portal))?;
        }
        if let Some(intake) = &self.intake {
            keep_ledger(&self.data, intake, &self.journal, self.oversight.clone())?;
        }
        if self.certificates.has_roots() {
            let (portal, certificates) = (Arc::clone(&self.portal), Arc::clone(&self.certificates));
            spawn("certificates", move || certificates.keep_judged(&portal, duties.writes))?;
        }
        Ok(())
    }

    /// Waits until answers reflect the newest checkpoint, or following has stopped with a fault.
    pub fn wait_until_followed(&self) {
        loop {
            let health = self.portal.health(now());
            if health.reflected_size == health.ledger_size || !health.faults.is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Judges the certificates now: a command that answers once cannot wait for the background.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub fn judge_certificates(&self) -> Result<(), CliFault> {
        self.certificates.judge(&self.portal)
    }

    /// Batches that offices hand in.
    ///
    /// # Errors
    /// Why there are none.
    pub fn batches(&self) -> Result<Arc<BatchDesk>, CliFault> {
        let unusable = |fault: &String| {
            let what = format_args!("batches cannot be used: {fault}").to_string();
            CliFault::new(what, "repair them and start again")
        };
        self.batches.as_ref().map(Arc::clone).map_err(unusable)
    }

    /// Works on batches from now on. A command that answers once and has nothing to do with them leaves them alone.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn work_on_batches(&self) -> Result<(), CliFault> {
        match &self.batches {
            Ok(desk) => {
                let desk = Arc::clone(desk);
                spawn("batches", move || desk.work(now))
            }
            Err(fault) => {
                tracing::error!(%fault, "no batches are taken");
                Ok(())
            }
        }
    }

    /// Answers a command of this machine.
    pub fn answer(&self, request: Request) -> Answer {
        match self.handle(request) {
            Ok(value) => Answer::Done(value),
            Err(fault) => fault.into(),
        }
    }

    fn handle(&self, request: Request) -> Result<Value, CliFault> {
        match request {
            Request::Ingest { file, dry_run } => {
                let mut intake = self.writer()?;
                let taken = ingest::take(&mut intake, &file, dry_run)?;
                Ok(serde_json::to_value(taken).unwrap_or_default())
            }
            Request::Verdict { code } => {
                let code = TranscriptCode::from_wire(&code).ok_or_else(|| {
                    CliFault::new("that is not a code", "give the 32 characters printed on the transcript")
                })?;
                Ok(self.portal.verdict(&code, now(), |answer| serde_json::to_value(answer).unwrap_or_default()))
            }
            Request::RefreshCertificates => {
                let report = self.certificates.refresh(&self.portal)?;
                Ok(serde_json::to_value(report).unwrap_or_default())
            }
            Request::Certificates => Ok(self.certificates.answer(&self.portal)),
            Request::Reports { request } => {
                let answer = self.desk.answer(request, now()).map_err(ticket::fault)?;
                Ok(serde_json::to_value(answer).unwrap_or_default())
            }
            Request::Offices { request } => {
                let desk = self.offices.as_ref().map_err(|fault| {
                    CliFault::new(format_args!("offices cannot be used: {fault}"), "repair them and restart the server")
                })?;
                let answer = desk.answer(request, now()).map_err(office::fault)?;
                Ok(serde_json::to_value(answer).unwrap_or_default())
            }
            Request::Apps { request } => {
                let desk = self.apps.as_ref().map_err(|fault| {
                    CliFault::new(format_args!("apps cannot be used: {fault}"), "repair them and restart the server")
                })?;
                let answer = desk.answer(request, now()).map_err(app::fault)?;
                Ok(serde_json::to_value(answer).unwrap_or_default())
            }
            Request::Batches { request } => super::batch::answer(&*self.batches()?, &request),
            Request::SoftCopy { order } => {
                let pdf = super::soft_copy::print(&self.portal, &self.shop, &order)?;
                Ok(json!({ "pdf": BASE64.encode(&pdf) }))
            }
            Request::JudgeSoftCopy { file } => super::verify_soft_copy::judge(&self.portal, &self.shop, &file),
            Request::Status => Ok(self.status()),
            Request::ConfirmClock => {
                let now_ms = u64::try_from(now().as_millis()).unwrap_or(0);
                let mut intake = self.writer()?;
                intake.writer().confirm_clock(now_ms).map_err(|e| CliFault::new(e, "look at the server's log"))?;
                Ok(json!({ "confirmed": true }))
            }
        }
    }

    fn writer(&self) -> Result<std::sync::MutexGuard<'_, Intake>, CliFault> {
        let intake = self.intake.as_ref().ok_or_else(|| {
            CliFault::new(
                "the running server is not the writer of this ledger",
                "give the command where `--role writer` runs",
            )
        })?;
        // A panic while it was held means a commit that did not happen: the writer recovers by itself.
        Ok(intake.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How the process is, for `hocba status`.
    pub fn status(&self) -> Value {
        let (journal_size, _) = self.journal.head();
        json!({
            "running": true,
            "writer": self.intake.is_some(),
            "health": self.portal.health(now()),
            "journal": { "lines": journal_size, "closed": self.journal.closed().map(|f| f.to_string()) },
            "reports": self.desk.count(),
            "offices": { "count": self.offices.as_ref().map_or(0, |desk| desk.offices().count()),
                "closed": self.offices.as_ref().err() },
            "apps": { "count": self.apps.as_ref().map_or(0, |desk| desk.apps().count()),
                "closed": self.apps.as_ref().err() },
            "search": self.index.as_ref().map(SearchIndex::status),
            "batches": { "waiting": self.batches.as_ref().map_or(0, |desk| desk.waiting()),
                "closed": self.batches.as_ref().err() },
            "data": self.data.root(),
        })
    }
}

/// Says why offices cannot be used, or writes down what they were refused.
fn keep_offices(offices: &Result<Arc<OfficeDesk>, String>) -> Result<(), CliFault> {
    match offices {
        Ok(offices) => {
            let offices = Arc::clone(offices);
            spawn("offices", move || write_refusals(&offices))
        }
        Err(fault) => {
            tracing::error!(%fault, "no office can sign in");
            Ok(())
        }
    }
}

/// The journal for those who oversee it, and those it tells of changes, followed from now on.
fn oversee(data: &DataDir, journal: &Arc<Journal>, statuses: Statuses) -> Result<Arc<Oversight>, CliFault> {
    let oversight = Arc::new(Oversight::new(Arc::clone(journal), data.config().oversight, now()));
    let followed = Arc::clone(&oversight);
    spawn("oversight", move || keep_oversight(&followed, statuses))?;
    Ok(oversight)
}

/// What the ledger's writer does by itself: renews the cosignature, and anchors the journal.
fn keep_ledger(
    data: &DataDir,
    intake: &SharedIntake,
    journal: &Arc<Journal>,
    oversight: Option<Arc<Oversight>>,
) -> Result<(), CliFault> {
    let log = &data.config().log;
    let (fresh, every) = (Arc::clone(intake), Duration::from_secs(log.cosign_every_s));
    spawn("freshness", move || keep_fresh(&fresh, every))?;
    let anchoring = Anchoring::new(data, Arc::clone(intake), Arc::clone(journal), oversight);
    let every = Duration::from_secs(log.anchor_every_s);
    spawn("anchor", move || anchoring.keep(every))
}

fn open_apps(data: &DataDir, journal: &Arc<Journal>) -> Result<Arc<AppDesk>, String> {
    let opened = data.app_desk(journal, now()).map(Arc::new).map_err(|fault| fault.to_string());
    opened.inspect_err(|fault| tracing::error!(%fault, "no app is answered"))
}

fn open_batches(
    data: &DataDir,
    portal: &Arc<Portal>,
    offices: &Arc<OfficeDesk>,
    journal: &Arc<Journal>,
    shop: &Arc<PrintShop>,
) -> Result<Arc<BatchDesk>, String> {
    let jobs = data.batches().map_err(|fault| fault.to_string())?;
    let (portal, offices, journal, shop) = (portal.clone(), offices.clone(), journal.clone(), shop.clone());
    Ok(Arc::new(BatchDesk::new(portal, offices, journal, shop, jobs)))
}

/// A thread of the process, for as long as it lives.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), CliFault> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map(drop)
        .map_err(|e| CliFault::new(format_args!("a thread cannot be started: {e}"), "raise the process's limits"))
}

/// Follows for ever. A fault stops nothing that was followed before; it is shown and tried again.
fn follow(mut follower: Follower, shown: &ArcSwapOption<String>) {
    let mut settled = Instant::now();
    let mut dirty = true;
    loop {
        match follower.step() {
            Ok(progress) => {
                shown.store(None);
                if progress.moved {
                    dirty = true;
                }
                if progress.is_behind() {
                    continue;
                }
            }
            Err(fault) => {
                let remedy = if fault.wants_rebuild() { "; run `hocba rebuild`" } else { "" };
                let text = format!("{fault}{remedy}");
                if shown.load().as_deref() != Some(&text) {
                    tracing::error!(%fault, "following stopped");
                }
                shown.store(Some(Arc::new(text)));
            }
        }
        if dirty && settled.elapsed() > SETTLE {
            match follower.settle() {
                Ok(()) => dirty = false,
                Err(fault) => tracing::error!(%fault, "the derived stores could not be made durable"),
            }
            settled = Instant::now();
        }
        std::thread::sleep(POLL);
    }
}

/// Writes down every quarter of an hour how many sign-ins were refused, if any were.
fn write_refusals(offices: &OfficeDesk) {
    loop {
        std::thread::sleep(REFUSALS);
        offices.write_refusals(now());
    }
}

/// Follows journal and ledger for those who oversee what offices do, and for offices that are told of changes, for ever.
fn keep_oversight(oversight: &Oversight, mut statuses: Statuses) {
    let (mut waiting, mut lasting) = (Vec::new(), Lasting::default());
    loop {
        // Statuses first: whoever looked before one was logged stands in the journal by then.
        let read = statuses.step(&mut waiting);
        match &read {
            Ok(_) => lasting.is_over(),
            Err(fault) if lasting.is_new(fault) => tracing::error!(%fault, "offices are not told of changes"),
            Err(_) => {}
        }
        if oversight.follow() {
            oversight.tell(&std::mem::take(&mut waiting), matches!(read, Ok(true)), now());
            std::thread::sleep(if matches!(read, Ok(false)) { Duration::ZERO } else { OVERSEE });
        } else {
            // More is there already, or it cannot be read: then no more often than it is worth.
            std::thread::sleep(POLL);
        }
    }
}

/// Deletes reports whose time is over, now and every hour.
fn expire_reports(desk: &Desk) {
    loop {
        match desk.expire(now()) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "reports of errors were deleted: their time was over"),
            Err(fault) => tracing::error!(%fault, "reports of errors could not be deleted"),
        }
        std::thread::sleep(EXPIRE);
    }
}

/// Keeps counts and the directory of schools up with what answers reflect, for ever. A fault stops nothing
/// else: what it shows stays, and says how far it goes.
fn keep_register(mut registrar: Registrar) {
    let mut lasting = Lasting::default();
    loop {
        match registrar.step() {
            Ok(true) => continue,
            Ok(false) => lasting.is_over(),
            Err(fault) if lasting.is_new(&fault) => {
                tracing::error!(%fault, "the register of schools and counts stopped");
            }
            Err(_) => {}
        }
        std::thread::sleep(POLL);
    }
}

/// Keeps a record store that is elsewhere whole, for ever.
fn mend(mut refill: Refill, shown: &ArcSwap<Mended>) {
    let mut lasting = Lasting::default();
    loop {
        let rest = match refill.work() {
            Ok((mended, rest)) => {
                if **shown.load() != mended {
                    shown.store(Arc::new(mended));
                }
                rest
            }
            Err(fault) => {
                if lasting.is_new(&fault) {
                    tracing::error!(%fault, "records cannot be made again");
                }
                SETTLE
            }
        };
        std::thread::sleep(rest);
    }
}

/// Keeps what is known of copies alike among replicas, for ever.
fn exchange_copies(portal: &Portal) {
    let mut since = Moment::from_millis(0).unwrap_or_else(now);
    loop {
        let started = now();
        // While Redis is away there is nothing to say: its health shows it, and copies open nothing.
        if portal.copies().exchange(since, started).is_ok() {
            since = started;
        }
        std::thread::sleep(EXCHANGE);
    }
}

/// Renews the cosignature for ever. While a package is being taken, the intake renews it itself.
fn keep_fresh(intake: &Mutex<Intake>, every: Duration) {
    loop {
        let renewed = {
            let mut intake = intake.lock().unwrap_or_else(PoisonError::into_inner);
            let now_ms = u64::try_from(now().as_millis()).unwrap_or(0);
            intake.writer().renew_cosignature(now_ms).map(drop)
        };
        if let Err(fault) = renewed {
            tracing::error!(%fault, "the cosignature could not be renewed");
        }
        std::thread::sleep(every);
    }
}
