//! One package judged and appended, line by line.

use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use rayon::prelude::*;

use super::line::{self, Content, ReadLine, ReadSheet};
use super::messages::Refusal;
use super::quarantine::Quarantine;
use super::receipt::{Counts, Detail, LedgerRange, LineOutcome, Receipt, ReceiptClaims};
use super::receive::{IntakeFault, millis};
use super::rules::{self, Circumstances, Replacement, Ruling, SaltsSeen};
use super::warnings::Warnings;
use crate::config;
use crate::ledger::index::{IndexView, Overlay, Permission, Sequence, Waiting};
use crate::ledger::packages;
use crate::ledger::{ExtraFile, NewEntry, Origin, Session};
use crate::package::{Arriving, PackageLine, VerifiedPackage};
use crate::signing::grant::KeyClaims;
use crate::signing::{Jws, KeyEntryFault, KeyRefusal, KeyRing, Kid, PrivateKey, PublicKey};
use crate::tlog::leaf::Kind;
use crate::transcript::backfill::BackfillClaims;
use crate::transcript::province::{ProvinceCode, ProvinceId};
use crate::transcript::sheet::MAX_PAYLOAD;
use crate::transcript::status::{Status, StatusClaims};
use crate::transcript::strict;
use crate::transcript::time::{Day, Moment};

/// How long a package may run before the cosignature is renewed under way.
const FRESHEN: Duration = Duration::from_secs(30);
/// Most sheets of one package that may wait in quarantine.
const MAX_WAITING: u64 = 5000;

/// One package on its way in. Dropped without [`Run::finish`], it leaves nothing visible.
pub(super) struct Run<'a> {
    session: Option<Session<'a>>,
    index: IndexView<'a>,
    next: u64,
    package: u64,
    circumstances: Circumstances<'a>,
    quarantine: &'a Quarantine,
    salts: SaltsSeen,
    counts: Counts,
    warnings: Warnings,
    details: Vec<u8>,
    /// A replacement whose new sheet must be the next line.
    pending: Option<Pending>,
    /// Erasures to carry out once the commit is durable.
    erasures: Vec<u64>,
    /// Quarantine files to forget once the commit is durable.
    entered: Vec<Waiting>,
    /// Quarantine files of this very package, to forget unless it is committed.
    kept: Vec<Waiting>,
    /// When the cosignature was last renewed.
    renewed: Instant,
}

struct Pending {
    number: u32,
    line: Box<ReadLine>,
    claims: Box<StatusClaims>,
    signer: Option<ProvinceId>,
}

/// What a finished run leaves to be done by the owner of the index.
pub(super) struct Finished {
    /// What is told to the sender.
    pub(super) receipt: Receipt,
    /// The index's changes, and the ledger's size with them; None for a dry run.
    pub(super) changes: Option<(Overlay, KeyRing, u64)>,
    /// Entries whose content must go.
    pub(super) erasures: Vec<u64>,
    /// Quarantine files to forget.
    pub(super) entered: Vec<Waiting>,
}

impl<'a> Run<'a> {
    /// A run that starts at ledger size `size`; without a session it only tries.
    pub(super) fn new(
        session: Option<Session<'a>>,
        index: IndexView<'a>,
        size: u64,
        circumstances: Circumstances<'a>,
        quarantine: &'a Quarantine,
    ) -> Self {
        Self {
            session,
            index,
            next: size,
            package: size,
            circumstances,
            quarantine,
            salts: SaltsSeen::default(),
            counts: Counts::default(),
            warnings: Warnings::default(),
            details: Vec::new(),
            pending: None,
            erasures: Vec::new(),
            entered: Vec::new(),
            kept: Vec::new(),
            renewed: Instant::now(),
        }
    }

    /// The manifest, then all lines.
    pub(super) fn take_package(&mut self, package: &mut Arriving) -> Result<(), IntakeFault> {
        self.enter_manifest(package)?;
        self.take_lines(package)
    }

    /// Undoes what dropping the run does not: a crash here leaves files that nothing refers to.
    pub(super) fn abandon(self) {
        for waiting in &self.kept {
            if let Err(fault) = self.quarantine.forget(waiting) {
                tracing::warn!(%fault, "a file of a refused package stays in quarantine; nothing refers to it");
            }
        }
    }

    /// The manifest's own entry, before those of its lines.
    fn enter_manifest(&mut self, package: &Arriving) -> Result<(), IntakeFault> {
        let jws = package.manifest_jws();
        let facts = strict::facts(jws.payload(), MAX_PAYLOAD)
            .map_err(|fault| IntakeFault::Rejected(Refusal::new("line.payload", "").with_detail(fault)))?;
        let (province, vintage) = leaf_province(self.circumstances.deliverer);
        self.package = self.append(NewEntry {
            kind: Kind::Package,
            province,
            vintage,
            year: package.manifest().school_year.first(),
            facts: facts.into(),
            signed_digest: *jws.signed_digest(),
            signed: jws.to_stored().into(),
            origin: Origin { package: self.next, line: 1, certified: false },
        })?;
        Ok(())
    }

    /// Takes the lines in chunks. Judging is in order, one line after the other, so the next chunk is
    /// read on the other cores meanwhile.
    fn take_lines(&mut self, package: &mut Arriving) -> Result<(), IntakeFault> {
        let keyed = self.circumstances.keyed;
        let read_line = |line: PackageLine| (line.number as u32, line::read(line.jws, keyed));
        let mut next = package.next_lines(read_line)?;
        while let Some(lines) = next {
            self.keep_fresh()?;
            let (taken, read) = rayon::join(|| self.take_chunk(lines), || package.next_lines(read_line));
            taken?;
            next = read?;
        }
        self.drop_pending("status.replacement_missing")
    }

    /// Signatures of the lines between two key entries are checked on all cores.
    fn take_chunk(&mut self, lines: ReadLines) -> Result<(), IntakeFault> {
        let mut group = Vec::with_capacity(lines.len());
        for line in lines {
            let ends = matches!(&line.1, Ok(line) if line.content.changes_the_ring());
            group.push(line);
            if ends {
                self.take_group(std::mem::take(&mut group))?;
            }
        }
        self.take_group(group)
    }

    /// A long package must not let the checkpoint that is being served grow stale.
    fn keep_fresh(&mut self) -> Result<(), IntakeFault> {
        if self.renewed.elapsed() > FRESHEN
            && let Some(session) = &mut self.session
        {
            session.renew_cosignature(millis(Timestamp::now().into()))?;
            self.renewed = Instant::now();
        }
        Ok(())
    }

    fn take_group(&mut self, group: ReadLines) -> Result<(), IntakeFault> {
        let (ring, position) = (&self.index.ring, self.next);
        let checked: Vec<_> = group
            .into_par_iter()
            .map(|(number, read)| {
                let checked = read.and_then(|line| line::check_school(&line, ring, position).map(|_| line));
                (number, checked)
            })
            .collect();
        for (number, line) in checked {
            self.counts.lines += 1;
            match line {
                Ok(line) => self.take_line(number, line)?,
                Err(refusal) => {
                    self.drop_pending("status.replacement_refused")?;
                    self.note(number, LineOutcome::Refused, None, Some(refusal))?;
                }
            }
        }
        Ok(())
    }

    fn take_line(&mut self, number: u32, line: ReadLine) -> Result<(), IntakeFault> {
        match &line.content {
            Content::Sheet(sheet) => self.take_sheet(number, &line, sheet),
            Content::Status(claims) => {
                self.drop_pending("status.replacement_missing")?;
                self.take_status(number, &line, claims)
            }
            Content::Key => {
                self.drop_pending("status.replacement_missing")?;
                self.take_key(number, &line)
            }
            Content::Backfill(claims) => {
                self.drop_pending("status.replacement_missing")?;
                self.take_backfill(number, &line, claims)
            }
        }
    }

    fn take_sheet(&mut self, number: u32, line: &ReadLine, sheet: &ReadSheet) -> Result<(), IntakeFault> {
        let pending = self.pending.take();
        let announced = pending
            .as_ref()
            .filter(|p| p.claims.code == sheet.claims().code && p.claims.replacement == Some(sheet.claims().sheet));
        if let (Some(stray), None) = (&pending, &announced) {
            self.note(
                stray.number,
                LineOutcome::Refused,
                None,
                Some(Refusal::new("status.replacement_missing", "/replacement")),
            )?;
        }
        let replacement = announced.map(|p| Replacement { status: &p.claims });
        let ruling = match self.salts.note(sheet.salts()) {
            Err(refusal) => Ruling::Refused(refusal),
            Ok(()) => rules::judge_sheet(sheet, &line.payload, replacement.as_ref(), &self.circumstances, &self.index)?,
        };
        if let Some(status) = announced {
            return self.take_replacement(number, line, sheet, status, ruling);
        }
        match ruling {
            Ruling::Enters => self.enter_own_sheet(number, line, sheet),
            Ruling::Duplicate(leaf) => self.note(number, LineOutcome::Duplicate, Some(leaf), None),
            Ruling::Refused(refusal) => self.note(number, LineOutcome::Refused, None, Some(refusal)),
            Ruling::Waits(_) if self.counts.quarantined >= MAX_WAITING => {
                self.note(number, LineOutcome::Refused, None, Some(Refusal::new("sheet.quarantine_full", "/province")))
            }
            Ruling::Waits(refusal) => {
                if self.session.is_some() {
                    let kept = self.quarantine.keep(self.package, number, &line.jws)?;
                    self.kept.push(kept.clone());
                    let mut list = self.index.waiting(&sheet.claims().code)?;
                    list.push(kept);
                    self.index.put_waiting(sheet.claims().code, list);
                }
                self.note(number, LineOutcome::Quarantined, None, Some(refusal))?;
                Ok(self.warnings.note(number, None, &line.findings, &mut self.details)?)
            }
        }
    }

    /// A replacement and its new sheet enter together or not at all.
    fn take_replacement(
        &mut self,
        number: u32,
        line: &ReadLine,
        sheet: &ReadSheet,
        status: &Pending,
        ruling: Ruling,
    ) -> Result<(), IntakeFault> {
        match ruling {
            Ruling::Enters => {
                self.enter_status(status.number, &status.line, &status.claims, status.signer)?;
                self.enter_own_sheet(number, line, sheet)
            }
            Ruling::Duplicate(leaf) => {
                self.refuse_replacement(status.number)?;
                self.note(number, LineOutcome::Duplicate, Some(leaf), None)
            }
            Ruling::Refused(refusal) | Ruling::Waits(refusal) => {
                self.refuse_replacement(status.number)?;
                self.note(number, LineOutcome::Refused, None, Some(refusal))
            }
        }
    }

    fn refuse_replacement(&mut self, number: u32) -> Result<(), IntakeFault> {
        self.note(number, LineOutcome::Refused, None, Some(Refusal::new("status.replacement_refused", "/replacement")))
    }

    fn drop_pending(&mut self, rule: &'static str) -> Result<(), IntakeFault> {
        match self.pending.take() {
            None => Ok(()),
            Some(pending) => {
                self.note(pending.number, LineOutcome::Refused, None, Some(Refusal::new(rule, "/replacement")))
            }
        }
    }

    fn take_status(&mut self, number: u32, line: &ReadLine, claims: &StatusClaims) -> Result<(), IntakeFault> {
        let signer = match self.status_signer(line, claims)? {
            Ok(signer) => signer,
            Err(refusal) => return self.note(number, LineOutcome::Refused, None, Some(refusal)),
        };
        match rules::judge_status(claims, &line.payload, signer, &self.circumstances, &self.index)? {
            Ruling::Enters if claims.status == Status::Replaced => {
                self.pending =
                    Some(Pending { number, claims: Box::new(claims.clone()), signer, line: Box::new(line.clone()) });
                Ok(())
            }
            Ruling::Enters => {
                self.enter_status(number, line, claims, signer)?;
                match claims.status {
                    Status::Transferred => self.take_waiting(claims),
                    _ => Ok(()),
                }
            }
            Ruling::Duplicate(leaf) => self.note(number, LineOutcome::Duplicate, Some(leaf), None),
            Ruling::Refused(refusal) | Ruling::Waits(refusal) => {
                self.note(number, LineOutcome::Refused, None, Some(refusal))
            }
        }
    }

    /// The province that signed a status, None for the ministry, if it is entitled to.
    fn status_signer(
        &self,
        line: &ReadLine,
        claims: &StatusClaims,
    ) -> Result<Result<Option<ProvinceId>, Refusal>, IntakeFault> {
        let Some(state) = self.index.transcript(&claims.code)? else {
            return Ok(Err(Refusal::new("status.unknown_target", "/madinhdanhhocba")));
        };
        let checked = self.index.ring.check_status_signature(&line.jws, claims, state.province, self.next);
        Ok(match checked {
            Ok(signer) => Ok(signer.province()),
            Err(KeyRefusal::WrongProvince) => {
                Err(Refusal::new("status.not_responsible", "/signatures/0").held_by(state.province.code))
            }
            Err(refusal) => Err(refusal.into()),
        })
    }

    /// After a transfer, sheets that waited for it are judged again, as if they came now.
    fn take_waiting(&mut self, transfer: &StatusClaims) -> Result<(), IntakeFault> {
        let mut still = Vec::new();
        for waiting in self.index.waiting(&transfer.code)? {
            let jws = self.quarantine.read(&waiting)?;
            let Ok(line) = line::read(jws, self.circumstances.keyed) else { continue };
            let Content::Sheet(sheet) = &line.content else { continue };
            let circumstances =
                Circumstances { year: sheet.claims().school_year, deliverer: None, ..self.circumstances };
            match rules::judge_sheet(sheet, &line.payload, None, &circumstances, &self.index)? {
                Ruling::Enters => {
                    self.enter_sheet(waiting.line, &line, sheet, waiting.package)?;
                    self.counts.accepted -= 1;
                    self.counts.released_from_quarantine += 1;
                    self.entered.push(waiting);
                }
                Ruling::Waits(_) => still.push(waiting),
                Ruling::Duplicate(_) | Ruling::Refused(_) => self.entered.push(waiting),
            }
        }
        self.index.put_waiting(transfer.code, still);
        Ok(())
    }

    /// Whether the key entry on record for the same key says the very same thing.
    fn is_known_key(&self, line: &ReadLine) -> Result<bool, IntakeFault> {
        let Ok(kid) = granted_kid(line.jws.payload()) else { return Ok(false) };
        let Some(granted_at) = self.index.ring.get(&kid).map(|granted| granted.granted_at) else { return Ok(false) };
        Ok(self.index.key_at(granted_at)?.is_some_and(|known| known.payload() == line.jws.payload()))
    }

    fn take_key(&mut self, number: u32, line: &ReadLine) -> Result<(), IntakeFault> {
        let entry = match self.index.ring.check_entry(&line.jws, self.next) {
            Ok(entry) => entry,
            Err(KeyEntryFault::AlreadyRevoked) => return self.note(number, LineOutcome::Duplicate, None, None),
            Err(KeyEntryFault::AlreadyGranted) if self.is_known_key(line)? => {
                return self.note(number, LineOutcome::Duplicate, None, None);
            }
            Err(refusal) => return self.note(number, LineOutcome::Refused, None, Some(refusal.into())),
        };
        let signer = entry.signer().province();
        let (province, vintage) = leaf_province(signer);
        let position = self.push(number, line, Kind::Key, province, vintage, 0, self.package)?;
        self.index.ring.apply(entry, position);
        self.index.put_key(position, line.jws.to_stored());
        Ok(())
    }

    fn take_backfill(&mut self, number: u32, line: &ReadLine, claims: &BackfillClaims) -> Result<(), IntakeFault> {
        if self.index.permissions().any(|p| p.payload == line.payload) {
            return self.note(number, LineOutcome::Duplicate, None, None);
        }
        if let Err(refusal) =
            self.index.ring.check_backfill_signature(&line.jws, self.circumstances.claimed_at, self.next)
        {
            return self.note(number, LineOutcome::Refused, None, Some(refusal.into()));
        }
        self.push(number, line, Kind::Backfill, ProvinceCode::MINISTRY, 0, 0, self.package)?;
        self.index.put_permission(Permission { payload: line.payload, claims: claims.clone() });
        Ok(())
    }

    /// A sheet of this very package; one that had waited was warned about when it came.
    fn enter_own_sheet(&mut self, number: u32, line: &ReadLine, sheet: &ReadSheet) -> Result<(), IntakeFault> {
        let leaf = self.next;
        self.enter_sheet(number, line, sheet, self.package)?;
        Ok(self.warnings.note(number, Some(leaf), &line.findings, &mut self.details)?)
    }

    fn enter_sheet(
        &mut self,
        number: u32,
        line: &ReadLine,
        sheet: &ReadSheet,
        package: u64,
    ) -> Result<(), IntakeFault> {
        let claims = sheet.claims();
        let (code, vintage) = (claims.province.code, claims.province.vintage.as_number());
        let leaf = self.push(number, line, Kind::Sheet, code, vintage, claims.school_year.first(), package)?;
        Ok(rules::enter_sheet(claims, sheet.learner(), line.payload, leaf, &mut self.index)?)
    }

    fn enter_status(
        &mut self,
        number: u32,
        line: &ReadLine,
        claims: &StatusClaims,
        signer: Option<ProvinceId>,
    ) -> Result<(), IntakeFault> {
        let (province, vintage) = leaf_province(signer);
        self.push(number, line, Kind::Status, province, vintage, 0, self.package)?;
        if claims.status == Status::Erased {
            self.erasures.extend(rules::erased_leaves(&claims.code, claims.sheet, &self.index)?);
        }
        Ok(rules::enter_status(claims, line.payload, signer.is_none(), &mut self.index)?)
    }

    #[allow(clippy::too_many_arguments, reason = "the members of one leaf")]
    fn push(
        &mut self,
        number: u32,
        line: &ReadLine,
        kind: Kind,
        province: ProvinceCode,
        vintage: u32,
        year: u16,
        package: u64,
    ) -> Result<u64, IntakeFault> {
        self.counts.accepted += 1;
        let entry = NewEntry {
            kind,
            province,
            vintage,
            year,
            facts: line.facts.clone(),
            signed_digest: *line.jws.signed_digest(),
            signed: line.jws.to_stored().into(),
            origin: Origin { package, line: number, certified: names_a_certificate(&line.jws) },
        };
        self.append(entry)
    }

    fn append(&mut self, entry: NewEntry) -> Result<u64, IntakeFault> {
        let index = match &mut self.session {
            Some(session) => session.push(entry)?,
            None => self.next,
        };
        self.next = index + 1;
        Ok(index)
    }

    /// Receipt and files of the package, then the commit.
    pub(super) fn finish(mut self, package: &VerifiedPackage, key: &PrivateKey) -> Result<Finished, IntakeFault> {
        let (manifest, now) = (package.manifest(), self.circumstances.now);
        let (route, sequence) = (manifest.route(), manifest.sequence);
        let dry_run = self.session.is_none();
        let claims = ReceiptClaims {
            version: 1,
            route: route.to_owned(),
            sequence,
            manifest: BASE64URL_NOPAD.encode(package.manifest_jws().signed_digest()),
            received_at: now,
            late: is_late(self.circumstances.limits, manifest.window.name(), manifest.school_year.first(), now),
            counts: Counts { warnings: self.warnings.total(), ..self.counts },
            consistency: self.warnings.claims(),
            ledger: (!dry_run).then_some(LedgerRange { first: self.package, end: self.next }),
            details: String::new(),
            dry_run,
        };
        let receipt = Receipt::sign(claims, std::mem::take(&mut self.details), key)?;
        let Some(session) = self.session.take() else {
            return Ok(Finished { receipt, changes: None, erasures: Vec::new(), entered: Vec::new() });
        };
        let file = |kind: &str, bytes: Vec<u8>| ExtraFile { path: packages::path(route, sequence, kind), bytes };
        let files = vec![
            file(packages::MANIFEST, package.manifest_jws().to_stored()),
            file(packages::LINES, package.line_hashes().concat()),
            file(packages::DETAILS, receipt.details.clone()),
            file(packages::RECEIPT, receipt.signed.clone()),
        ];
        session.commit(files, millis(now))?;
        self.index
            .put_sequence(route, Sequence { next: sequence + 1, previous: *package.manifest_jws().signed_digest() });
        let (overlay, ring) = self.index.into_changes();
        Ok(Finished {
            receipt,
            changes: Some((overlay, ring, self.next)),
            erasures: self.erasures,
            entered: self.entered,
        })
    }

    fn note(
        &mut self,
        line: u32,
        outcome: LineOutcome,
        leaf_index: Option<u64>,
        refusal: Option<Refusal>,
    ) -> Result<(), IntakeFault> {
        match outcome {
            LineOutcome::Refused => self.counts.refused += 1,
            LineOutcome::Duplicate => self.counts.duplicates += 1,
            LineOutcome::Quarantined => self.counts.quarantined += 1,
        }
        let detail = Detail { line, outcome, leaf_index, refusal };
        serde_json::to_writer(&mut self.details, &detail).map_err(std::io::Error::from)?;
        self.details.push(b'\n');
        Ok(())
    }
}

/// The key that a grant's payload names.
fn granted_kid(payload: &[u8]) -> Result<Kid, strict::JsonFault> {
    let claims: KeyClaims = strict::from_slice(payload, MAX_PAYLOAD)?;
    Ok(match claims {
        KeyClaims::Grant { jwk, .. } => PublicKey::from_jwk(&jwk).map_or(Kid([0; 32]), |key| key.kid()),
        KeyClaims::Revoke { kid, .. } => kid,
    })
}

/// Lines by number, each read or refused.
type ReadLines = Vec<(u32, Result<ReadLine, Refusal>)>;

fn names_a_certificate(jws: &Jws) -> bool {
    jws.signatures().iter().any(|signature| signature.certificate.is_some())
}

/// The province in a leaf: the signer's, `00` for the ministry.
fn leaf_province(signer: Option<ProvinceId>) -> (ProvinceCode, u32) {
    signer.map_or((ProvinceCode::MINISTRY, 0), |p| (p.code, p.vintage.as_number()))
}

/// Whether a delivery on this day comes after its window closed: the named day itself is too late.
fn is_late(limits: &config::Intake, window: &str, first_year: u16, now: Moment) -> bool {
    let Some(window) = limits.windows.iter().find(|w| w.name == window) else { return true };
    let closes = Day::parse(&format!("{}-{}", first_year + 1, window.deliver_before));
    closes.is_none_or(|closes| now.date_in_vietnam() >= closes.date())
}
