//! The rules that need to know what is on record. Each says yes with its effects, or names itself.

use std::collections::HashSet;

use super::line::{Learner, ReadSheet, SaltMark};
use super::messages::Refusal;
use crate::config;
use crate::ledger::index::{IndexFault, IndexView, Named, SheetStanding, SheetState, Suspension, TranscriptState};
use crate::signing::keyed::KeyedHash;
use crate::transcript::backfill::BackfillClaims;
use crate::transcript::province::ProvinceId;
use crate::transcript::sheet::SheetClaims;
use crate::transcript::status::{Status, StatusClaims};
use crate::transcript::time::{Moment, SchoolYear};
use crate::transcript::{SheetId, TranscriptCode};

/// What every rule may look at besides the index.
pub struct Circumstances<'a> {
    /// When the package is judged.
    pub now: Moment,
    /// The configured limits.
    pub limits: &'a config::Intake,
    /// When the manifest says it was made.
    pub claimed_at: Moment,
    /// Who delivers; None is the ministry.
    pub deliverer: Option<ProvinceId>,
    /// The manifest's school year.
    pub year: SchoolYear,
    /// Keyed hashes of birth dates and identification numbers.
    pub keyed: &'a KeyedHash,
}

/// What the rules say of a line.
pub enum Ruling {
    /// It enters.
    Enters,
    /// The same payload is on record at this position.
    Duplicate(u64),
    /// It waits for another province's word.
    Waits(Refusal),
    /// It is refused.
    Refused(Refusal),
}

/// A status line that announces its successor: both enter together or neither.
pub struct Replacement<'a> {
    /// The status.
    pub status: &'a StatusClaims,
}

fn skew(circumstances: &Circumstances<'_>) -> i64 {
    i64::try_from(circumstances.limits.clock_skew_s).unwrap_or(i64::MAX)
}

fn is_ahead(moment: Moment, circumstances: &Circumstances<'_>) -> bool {
    moment.as_seconds() > circumstances.now.as_seconds().saturating_add(skew(circumstances))
}

/// Salts seen in one package: 5 million of them take 80 MB.
#[derive(Default)]
pub struct SaltsSeen(HashSet<SaltMark>);

impl SaltsSeen {
    /// Takes note of a sheet's salts.
    ///
    /// # Errors
    /// `sheet.salt_repeated` when one was seen before; the sheet's own salts are then forgotten again.
    pub fn note(&mut self, salts: &[SaltMark]) -> Result<(), Refusal> {
        for (i, salt) in salts.iter().enumerate() {
            if !self.0.insert(*salt) {
                for earlier in &salts[..i] {
                    self.0.remove(earlier);
                }
                return Err(Refusal::new("sheet.salt_repeated", "/_sd"));
            }
        }
        Ok(())
    }
}

/// Judges a sheet, alone or as the successor that a replacement announced.
///
/// # Errors
/// [`IndexFault`] when the index cannot be read; nothing is then decided.
pub fn judge_sheet(
    sheet: &ReadSheet,
    payload: &[u8; 32],
    replacement: Option<&Replacement<'_>>,
    circumstances: &Circumstances<'_>,
    index: &IndexView<'_>,
) -> Result<Ruling, IndexFault> {
    let on_record = index.named(sheet.claims().code.as_bytes())?;
    if let Some(Named::Transcript(state)) = &on_record
        && let Some(known) = state.sheets.iter().find(|k| k.payload == *payload)
    {
        return Ok(Ruling::Duplicate(known.leaf));
    }
    if let Err(refusal) =
        judge_times(sheet, circumstances, index).and_then(|()| judge_delivery(sheet, circumstances, index))
    {
        return Ok(Ruling::Refused(refusal));
    }
    if index.named(sheet.claims().sheet.as_bytes())?.is_some() {
        return Ok(Ruling::Refused(Refusal::new("sheet.id_taken", "/idbanghi")));
    }
    Ok(match on_record {
        None => Ruling::Enters,
        Some(Named::Sheet(_)) => Ruling::Refused(Refusal::new("sheet.code_taken", "/madinhdanhhocba")),
        Some(Named::Transcript(state)) => judge_next(sheet, &state, replacement, index),
    })
}

fn judge_times(sheet: &ReadSheet, circumstances: &Circumstances<'_>, index: &IndexView<'_>) -> Result<(), Refusal> {
    let frozen_at = sheet.claims().frozen_at;
    if is_ahead(frozen_at, circumstances) {
        return Err(Refusal::new("sheet.frozen_ahead", "/frozen_at"));
    }
    let limit = i64::try_from(circumstances.limits.max_frozen_age_days).unwrap_or(i64::MAX).saturating_mul(86_400);
    let is_old = circumstances.now.as_seconds().saturating_sub(frozen_at.as_seconds()) > limit;
    if is_old && !may_be_late(sheet, circumstances, index) {
        return Err(Refusal::new("sheet.backdated", "/frozen_at"));
    }
    Ok(())
}

fn may_be_late(sheet: &ReadSheet, circumstances: &Circumstances<'_>, index: &IndexView<'_>) -> bool {
    let sheet = sheet.claims();
    let covers = |claims: &BackfillClaims| {
        claims.covers(sheet.province.id(), &sheet.school, sheet.school_year, circumstances.now)
    };
    index.permissions().any(|permission| covers(&permission.claims))
}

fn judge_delivery(sheet: &ReadSheet, circumstances: &Circumstances<'_>, index: &IndexView<'_>) -> Result<(), Refusal> {
    if sheet.claims().school_year != circumstances.year {
        return Err(Refusal::new("sheet.wrong_year", "/namhoc"));
    }
    let claimed = sheet.claims().province.id();
    match circumstances.deliverer {
        Some(deliverer) if deliverer != claimed && !index.ring.inherits(deliverer, claimed) => {
            Err(Refusal::new("sheet.wrong_province", "/province"))
        }
        _ => Ok(()),
    }
}

fn judge_next(
    sheet: &ReadSheet,
    state: &TranscriptState,
    replacement: Option<&Replacement<'_>>,
    index: &IndexView<'_>,
) -> Ruling {
    if state.level != sheet.claims().level {
        return Ruling::Refused(Refusal::new("sheet.other_level", "/macaphoc"));
    }
    let corrected = replacement.is_some_and(|r| r.status.identity_corrected);
    if !corrected && let Err(refusal) = judge_same_learner(sheet.learner(), state) {
        return Ruling::Refused(refusal);
    }
    let replaced = replacement.and_then(|r| r.status.sheet);
    if let Some(frozen) = state.in_force(sheet.claims().school_year).filter(|f| Some(f.sheet) != replaced) {
        let conflict = Refusal::new("sheet.frozen_conflict", "/namhoc").held_by(state.province.code);
        return Ruling::Refused(conflict.with_detail(format_args!("leaf {}", frozen.leaf)));
    }
    let claimed = sheet.claims().province.id();
    if claimed != state.province && !is_same_line(claimed, state.province, index) {
        return Ruling::Waits(Refusal::new("sheet.awaiting_transfer", "/province").held_by(state.province.code));
    }
    Ruling::Enters
}

/// Whether one of the two provinces was merged into the other: the booklet did not change hands.
fn is_same_line(a: ProvinceId, b: ProvinceId, index: &IndexView<'_>) -> bool {
    index.ring.inherits(a, b) || index.ring.inherits(b, a)
}

fn judge_same_learner(learner: Learner, state: &TranscriptState) -> Result<(), Refusal> {
    if state.birth_date.is_some() && learner.birth_date != state.birth_date {
        return Err(Refusal::new("sheet.other_birth_date", "/_sd"));
    }
    match (learner.identity, state.identity) {
        (Some(new), Some(known)) if new == known => Ok(()),
        (_, None) => Ok(()),
        _ => Err(Refusal::new("sheet.other_identity", "/_sd")),
    }
}

/// Enters a sheet into the index.
///
/// # Errors
/// [`IndexFault`].
pub fn enter_sheet(
    claims: &SheetClaims,
    learner: Learner,
    payload: [u8; 32],
    leaf: u64,
    index: &mut IndexView<'_>,
) -> Result<(), IndexFault> {
    let mut state = index.transcript(&claims.code)?.unwrap_or_else(|| TranscriptState {
        level: claims.level,
        birth_date: None,
        identity: None,
        province: claims.province.id(),
        sheets: Vec::new(),
        suspensions: Vec::new(),
        statuses: Vec::new(),
    });
    if state.sheets.iter().all(|s| s.year <= claims.school_year) {
        state.birth_date = learner.birth_date.or(state.birth_date);
        state.identity = learner.identity.or(state.identity);
        if !index.ring.inherits(state.province, claims.province.id()) {
            state.province = claims.province.id();
        }
    }
    state.sheets.push(SheetState {
        sheet: claims.sheet,
        year: claims.school_year,
        leaf,
        payload,
        standing: SheetStanding::InForce,
    });
    index.put_transcript(claims.code, state);
    index.put_owner(claims.sheet, claims.code);
    Ok(())
}

/// Judges a status whose signer is entitled; `signer` is the province that signed, None the ministry.
///
/// # Errors
/// [`IndexFault`].
pub fn judge_status(
    status: &StatusClaims,
    payload: &[u8; 32],
    signer: Option<ProvinceId>,
    circumstances: &Circumstances<'_>,
    index: &IndexView<'_>,
) -> Result<Ruling, IndexFault> {
    let refuse = |rule, pointer: &str| Ok(Ruling::Refused(Refusal::new(rule, pointer)));
    let Some(state) = index.transcript(&status.code)? else {
        return refuse("status.unknown_target", "/madinhdanhhocba");
    };
    if state.statuses.contains(payload) {
        return Ok(Ruling::Duplicate(state.sheets.last().map_or(0, |s| s.leaf)));
    }
    if is_ahead(status.effective_at, circumstances) {
        return refuse("status.ahead", "/effective_at");
    }
    let targets: Vec<&SheetState> = match &status.sheet {
        None => state.sheets.iter().collect(),
        Some(id) => state.sheet(id).into_iter().collect(),
    };
    if targets.is_empty() {
        return refuse("status.unknown_target", "/idbanghi");
    }
    if targets.iter().all(|t| t.standing == SheetStanding::Erased) {
        return refuse("status.erased_is_final", "/status");
    }
    let any_in_force = targets.iter().any(|t| t.standing == SheetStanding::InForce);
    match status.status {
        Status::Withdrawn | Status::Replaced if !any_in_force => refuse("status.already", "/status"),
        Status::Suspended
            if state.suspensions.iter().any(|s| s.sheet == status.sheet && s.by_ministry == signer.is_none()) =>
        {
            refuse("status.already", "/status")
        }
        Status::Released => Ok(judge_release(status, &state, signer)),
        _ => Ok(Ruling::Enters),
    }
}

fn judge_release(status: &StatusClaims, state: &TranscriptState, signer: Option<ProvinceId>) -> Ruling {
    let mut open = state.suspensions.iter().filter(|s| s.sheet == status.sheet).peekable();
    if open.peek().is_none() {
        return Ruling::Refused(Refusal::new("status.nothing_to_release", "/status"));
    }
    match signer.is_some() && open.all(|s| s.by_ministry) {
        true => Ruling::Refused(Refusal::new("status.ministry_suspension", "/status")),
        false => Ruling::Enters,
    }
}

/// Enters a status into the index.
///
/// # Errors
/// [`IndexFault`].
pub fn enter_status(
    status: &StatusClaims,
    payload: [u8; 32],
    by_ministry: bool,
    index: &mut IndexView<'_>,
) -> Result<(), IndexFault> {
    let Some(mut state) = index.transcript(&status.code)? else { return Ok(()) };
    state.statuses.push(payload);
    let concerns = |s: &SheetState| status.sheet.is_none_or(|id| id == s.sheet);
    let mut set = |standing: SheetStanding| {
        for sheet in state.sheets.iter_mut().filter(|s| concerns(s) && s.standing != SheetStanding::Erased) {
            if standing == SheetStanding::Erased || sheet.standing == SheetStanding::InForce {
                sheet.standing = standing;
            }
        }
    };
    match status.status {
        Status::Withdrawn => set(SheetStanding::Withdrawn),
        Status::Replaced => set(SheetStanding::Replaced),
        Status::Erased => set(SheetStanding::Erased),
        Status::Suspended => state.suspensions.push(Suspension { sheet: status.sheet, by_ministry }),
        Status::Released => state.suspensions.retain(|s| s.sheet != status.sheet || (s.by_ministry && !by_ministry)),
        Status::Transferred => {
            if let Some(to) = &status.to {
                state.province = to.province.id();
            }
        }
    }
    index.put_transcript(status.code, state);
    Ok(())
}

/// The sheets an erasure empties: their positions in the ledger.
///
/// # Errors
/// [`IndexFault`].
pub fn erased_leaves(
    code: &TranscriptCode,
    sheet: Option<SheetId>,
    index: &IndexView<'_>,
) -> Result<Vec<u64>, IndexFault> {
    let state = index.transcript(code)?;
    let concerned = state.iter().flat_map(|s| &s.sheets).filter(|s| sheet.is_none_or(|id| id == s.sheet));
    Ok(concerned.map(|s| s.leaf).collect())
}
