//! One package through the gates: check, judge, append, commit, receipt.

use std::path::PathBuf;
use std::sync::Arc;

use super::catch_up;
use super::messages::Refusal;
use super::quarantine::{Quarantine, QuarantineFault};
use super::receipt::Receipt;
use super::rules::Circumstances;
use super::run::{Finished, Run};
use crate::config;
use crate::ledger::durable::Disk;
use crate::ledger::entry::{MAX_FACTS, NewEntry, Origin};
use crate::ledger::index::{Index, IndexFault, IndexView, Sequence, Waiting};
use crate::ledger::packages;
use crate::ledger::reader::LedgerReader;
use crate::ledger::{LedgerFault, Writer};
use crate::package::manifest::SignedManifest;
use crate::package::{Arriving, Limits, OpenPackage, PackageFault, Source};
use crate::signing::jwk::Jwk;
use crate::signing::keyed::KeyedHash;
use crate::signing::{Jws, JwsFault, ObjectType, PrivateKey};
use crate::tlog::leaf::Kind;
use crate::transcript::province::ProvinceCode;
use crate::transcript::strict;
use crate::transcript::time::Moment;

/// Longest stored manifest that is read back.
const MAX_STORED: usize = 1 << 20;

/// Why a package could not be taken at all. The ledger is untouched.
#[derive(Debug, thiserror::Error)]
pub enum IntakeFault {
    /// The package breaks a rule as a whole.
    #[error("{}: {}", .0.rule, .0.message_en)]
    Rejected(Refusal),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexFault),
    /// The ledger failed, for example because the disk is full; nothing was acknowledged.
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
    /// The quarantine failed.
    #[error(transparent)]
    Quarantine(#[from] QuarantineFault),
    /// The index knows more than the ledger: the ledger was restored from an older backup. The index
    /// is to be deleted and made again.
    #[error("the intake index covers {index} entries, the ledger only {ledger}")]
    IndexAhead {
        /// Entries the index covers.
        index: u64,
        /// Entries the ledger has.
        ledger: u64,
    },
    /// The index reflects a tree that the ledger does not contain: that of another ledger.
    #[error("the intake index covers {0} entries that are not the ledger's first ones")]
    IndexElsewhere(u64),
    /// A receipt could not be written or read.
    #[error("receipt: {0}")]
    Receipt(#[from] JwsFault),
    /// A file could not be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The ledger cannot be read back.
    #[error("the ledger cannot be read: {0}")]
    Read(String),
}

impl IntakeFault {
    /// Whether the index is to be deleted and made again.
    pub fn wants_new_index(&self) -> bool {
        match self {
            Self::Index(fault) => fault.is_damage(),
            Self::IndexAhead { .. } | Self::IndexElsewhere(_) => true,
            _ => false,
        }
    }
}

impl From<PackageFault> for IntakeFault {
    fn from(fault: PackageFault) -> Self {
        Self::Rejected(fault.into())
    }
}

/// What came of a package that was taken.
#[derive(Debug, Clone)]
pub struct Received {
    /// The receipt.
    pub receipt: Receipt,
    /// Whether this very package had been taken before; the receipt is then the first one.
    pub again: bool,
}

/// The writer's side of the portal: owns the ledger lock and the intake index.
pub struct Intake {
    writer: Writer,
    index: Index,
    quarantine: Quarantine,
    disk: Arc<dyn Disk>,
    reader: Arc<LedgerReader>,
    keyed: KeyedHash,
    receipt_key: PrivateKey,
    limits: config::Intake,
    /// Erasures on record that are not carried out yet.
    erasures: Vec<u64>,
    /// Quarantine files whose sheets have entered.
    entered: Vec<Waiting>,
}

/// What an intake is built from.
pub struct Parts {
    /// The ledger's writer.
    pub writer: Writer,
    /// Where the intake index is; it may lag, or not be there.
    pub index_dir: PathBuf,
    /// The pinned ministry roots.
    pub roots: Vec<Jwk>,
    /// The ledger's disk.
    pub disk: Arc<dyn Disk>,
    /// Reads the ledger back, to catch the index up.
    pub reader: Arc<LedgerReader>,
    /// Key of the hashes in the index.
    pub keyed: KeyedHash,
    /// Signs receipts.
    pub receipt_key: PrivateKey,
    /// Limits and windows.
    pub limits: config::Intake,
    /// When it starts.
    pub now: Moment,
}

impl Intake {
    /// Takes the parts and catches the index up with the ledger: after a crash between checkpoint and
    /// index this is where the entries of the last commit enter the index.
    ///
    /// # Errors
    /// [`IntakeFault`].
    pub fn new(parts: Parts) -> Result<Self, IntakeFault> {
        let quarantine = Quarantine::new(Arc::clone(&parts.disk));
        let mut writer = parts.writer;
        let mut ledger = catch_up::Ledger {
            reader: &parts.reader,
            quarantine: &quarantine,
            keyed: &parts.keyed,
            erase: &mut |leaf| Ok(writer.erase_body(leaf, millis(parts.now)).map(drop)?),
        };
        let index = catch_up::ready_index(&parts.index_dir, &parts.roots, &mut ledger)?;
        Ok(Self {
            writer,
            index,
            quarantine,
            disk: parts.disk,
            reader: parts.reader,
            keyed: parts.keyed,
            receipt_key: parts.receipt_key,
            limits: parts.limits,
            erasures: Vec::new(),
            entered: Vec::new(),
        })
    }

    /// The ledger's writer, for cosignatures and status.
    pub fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// What a route's next package must be: sequence number and digest of the previous manifest.
    ///
    /// # Errors
    /// [`IntakeFault::Index`].
    pub fn expected(&self, route: &str) -> Result<Option<Sequence>, IntakeFault> {
        Ok(self.index.sequence(route)?)
    }

    /// The stored receipt of a package.
    ///
    /// # Errors
    /// [`IntakeFault`]; a missing receipt is `Ok(None)`.
    pub fn receipt(&self, route: &str, sequence: u64) -> Result<Option<Receipt>, IntakeFault> {
        Receipt::stored(&*self.disk, route, sequence)
    }

    /// Puts an anchor of the journal into the ledger, signed by the portal's key; gives its position. `payload` says what
    /// the journal had, and when.
    ///
    /// # Errors
    /// [`IntakeFault`]; nothing of it is visible then.
    pub fn anchor(&mut self, payload: &[u8], now: Moment) -> Result<u64, IntakeFault> {
        self.ready(now)?;
        let jws = Jws::sign(ObjectType::Anchor, payload, &[(&self.receipt_key, None)], Vec::new())?;
        let facts = strict::facts(payload, MAX_FACTS).map_err(|fault| IntakeFault::Read(fault.to_string()))?;
        let mut session = self.writer.begin(millis(now))?;
        let position = session.push(NewEntry {
            kind: Kind::Anchor,
            province: ProvinceCode::MINISTRY,
            vintage: 0,
            year: 0,
            facts: facts.into(),
            signed_digest: *jws.signed_digest(),
            signed: jws.to_stored().into(),
            origin: Origin::default(),
        })?;
        session.commit(Vec::new(), millis(now))?;
        // It says nothing about any sheet: the index only counts it. A crash here leaves the index behind the ledger,
        // as after a package.
        let (overlay, ring) = IndexView::new(&self.index).into_changes();
        self.index.apply(overlay, ring, position + 1)?;
        Ok(position)
    }

    /// Takes a package. With `expected`, it must be that route's and sequence's.
    ///
    /// # Errors
    /// [`IntakeFault::Rejected`] when the package breaks a rule as a whole; otherwise what failed. In
    /// every case nothing of the package is visible.
    pub fn receive(
        &mut self,
        source: Arc<dyn Source>,
        expected: Option<(&str, u64)>,
        dry_run: bool,
        now: Moment,
    ) -> Result<Received, IntakeFault> {
        self.ready(now)?;
        let limits = Limits { max_lines: self.limits.max_lines, max_bytes: self.limits.max_package_bytes };
        let package = OpenPackage::open(source, limits)?.arrive(self.index.ring(), self.index.applied())?;
        let (route, sequence) = (package.manifest().route(), package.manifest().sequence);
        if expected.is_some_and(|(r, s)| r != route || s != sequence) {
            return Err(rejected("package.other_address", "/sequence"));
        }
        if let Some(first) = self.check_sequence(package.signed_manifest())? {
            return Ok(Received { receipt: first, again: true });
        }
        let finished = self.run(package, dry_run, now)?;
        // From here on the package is acknowledged by its checkpoint, whatever fails: the same package again
        // gets the same receipt. A crash before the index is written leaves it behind the ledger: catching up
        // at the next start ends in the same state, erasures included.
        if let Some((overlay, ring, size)) = finished.changes {
            self.index.apply(overlay, ring, size)?;
            self.erasures.extend(finished.erasures);
            self.entered.extend(finished.entered);
            self.settle(now)?;
        }
        Ok(Received { receipt: finished.receipt, again: false })
    }

    /// Whether a package that is still on its way may come whole: `head` holds its first bytes. Its
    /// manifest must be signed by a key in force and belong to this route and sequence. Says nothing
    /// about its lines.
    ///
    /// # Errors
    /// As [`Intake::receive`].
    pub fn admit(&self, head: Arc<dyn Source>, expected: (&str, u64)) -> Result<(), IntakeFault> {
        let limits = Limits { max_lines: self.limits.max_lines, max_bytes: self.limits.max_package_bytes };
        let open = OpenPackage::open(head, limits)?;
        open.check_signature(self.index.ring(), self.index.applied())?;
        let manifest = &open.signed_manifest().manifest;
        match (manifest.route(), manifest.sequence) == expected {
            true => Ok(()),
            false => Err(rejected("package.other_address", "/sequence")),
        }
    }

    /// Everything up to and including the commit. The lines enter the session while the package is still
    /// being read; only a [`crate::package::VerifiedPackage`] lets the session commit.
    fn run(&mut self, mut package: Arriving, dry_run: bool, now: Moment) -> Result<Finished, IntakeFault> {
        let size = self.writer.checkpoint().size();
        let session = match dry_run {
            true => None,
            false => Some(self.writer.begin(millis(now))?),
        };
        let circumstances = Circumstances {
            now,
            limits: &self.limits,
            claimed_at: package.manifest().created_at,
            deliverer: package.manifest().province.as_ref().map(|p| p.id()),
            year: package.manifest().school_year,
            keyed: &self.keyed,
        };
        let mut run = Run::new(session, IndexView::new(&self.index), size, circumstances, &self.quarantine);
        let taken = run.take_package(&mut package).and_then(|()| Ok(package.finish()?));
        // The index of the package before must not lag by more than this one: that is what a full disk stops.
        match taken.and_then(|package| self.index.persisted().map(|()| package).map_err(IntakeFault::from)) {
            Ok(package) => run.finish(&package, &self.receipt_key),
            Err(fault) => {
                run.abandon();
                Err(fault)
            }
        }
    }

    /// Brings the index to the ledger's tree. They differ after a commit that failed while the checkpoint
    /// was moved and was found to stand: judged by the older index, its sheets would be taken twice.
    fn ready(&mut self, now: Moment) -> Result<(), IntakeFault> {
        self.writer.recover(millis(now))?;
        if self.index.applied() != self.writer.checkpoint().size() {
            let mut ledger = catch_up::Ledger {
                reader: &self.reader,
                quarantine: &self.quarantine,
                keyed: &self.keyed,
                erase: &mut |leaf| Ok(self.writer.erase_body(leaf, millis(now)).map(drop)?),
            };
            catch_up::catch_up(&mut self.index, &mut ledger)?;
        }
        if self.index.is_persisting() {
            return Ok(());
        }
        // What failed is told here, before a package is read, and tried again with it.
        self.index.persisted()?;
        match self.index.durable().size == self.index.applied() && self.erasures.is_empty() && self.entered.is_empty() {
            true => Ok(()),
            false => {
                self.settle(now)?;
                Ok(self.index.persisted()?)
            }
        }
    }

    /// Carries out what the last commits asked for. In this order: as long as the index lags, the next start
    /// finds the erasures again; once it does not, files in quarantine that nothing refers to do no harm. What
    /// fails (a full disk) is tried again before the next package; nothing is taken until it is done.
    ///
    /// The index is written while the next package is judged, unless a file in quarantine waits for it: that
    /// file is gone only once the index is durable.
    fn settle(&mut self, now: Moment) -> Result<(), IntakeFault> {
        while let Some(leaf) = self.erasures.last() {
            self.writer.erase_body(*leaf, millis(now))?;
            self.erasures.pop();
        }
        let root = *self.writer.checkpoint().root();
        if self.entered.is_empty() {
            return Ok(self.index.begin_persist(root)?);
        }
        self.index.persist(root)?;
        for waiting in std::mem::take(&mut self.entered) {
            self.quarantine.forget(&waiting)?;
        }
        Ok(())
    }

    /// Whether the package is the next of its route; the first receipt if it is one that was taken.
    fn check_sequence(&self, signed: &SignedManifest) -> Result<Option<Receipt>, IntakeFault> {
        let (manifest, route) = (&signed.manifest, signed.manifest.route());
        let known = self.index.sequence(route)?;
        let next = known.as_ref().map_or(1, |s| s.next);
        if manifest.sequence < next {
            let stored = self.disk.read(&packages::path(route, manifest.sequence, packages::MANIFEST), MAX_STORED)?;
            if Jws::from_stored(&stored)?.signed_digest() == signed.jws.signed_digest() {
                let receipt = Receipt::stored(&*self.disk, route, manifest.sequence)?;
                return receipt.map(Some).ok_or_else(|| rejected("package.sequence_used", "/sequence"));
            }
            return Err(rejected("package.sequence_used", "/sequence"));
        }
        if manifest.sequence > next {
            let gap = Refusal::new("package.sequence_gap", "/sequence").with_detail(format_args!("expected {next}"));
            return Err(IntakeFault::Rejected(gap));
        }
        let previous = known.map(|s| s.previous);
        match manifest.previous.map(|d| d.0) == previous {
            true => Ok(None),
            false => Err(rejected("package.previous_digest", "/previous")),
        }
    }
}

fn rejected(rule: &'static str, pointer: &str) -> IntakeFault {
    IntakeFault::Rejected(Refusal::new(rule, pointer))
}

/// Milliseconds since 1970, as the ledger counts.
pub(super) fn millis(now: Moment) -> u64 {
    u64::try_from(now.as_millis()).unwrap_or(0)
}
