//! Code → verdict, every answer proved again.

use std::cell::RefCell;

use super::Portal;
use super::answer::{
    AsOf, Check, Checks, ProvinceAnswer, SheetAnswer, SheetVerdict, SignedWith, Verdict, VerdictAnswer,
};
use super::fetch::Fetched;
use super::official::Official;
use super::standing::{self, SheetMark, Standing, StatusMark};
use crate::follow::Reflected;
use crate::records::{RecordKey, RecordsFault};
use crate::signing::certificates::Strength;
use crate::tlog::leaf::{Kind, leaf_hash, leaf_of};
use crate::transcript::province::ProvinceCode;
use crate::transcript::record::{HeadDigest, LeafView, RecordView, SheetView, StatusView, TranscriptView};
use crate::transcript::time::{Day, Moment};
use crate::transcript::{SheetId, TranscriptCode};

/// Why there is no record to answer from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRecord {
    /// Intact heads have nothing under this code.
    Unknown,
    /// A record that is missing, damaged or different from its head, or heads that are damaged.
    Unchecked,
}

/// A record that matches its head, and the sheet that was asked for if it was not the whole booklet.
pub(super) struct Found<'b> {
    pub(super) transcript: TranscriptView<'b>,
    pub(super) only: Option<SheetId>,
}

thread_local! {
    /// Two buffers for records (a sheet id leads to a pointer, then to a booklet), kept between answers.
    static BUFFERS: RefCell<(Vec<u8>, Vec<u8>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl Portal {
    /// The public verdict on a code, handed to `use_it` where it is found: nothing is copied.
    pub fn verdict<R>(&self, code: &TranscriptCode, now: Moment, use_it: impl FnOnce(&VerdictAnswer<'_>) -> R) -> R {
        BUFFERS.with_borrow_mut(|buffers| {
            let state = self.parts.published.load_full();
            match self.find(&state, code, buffers) {
                Ok(found) => use_it(&self.answer(&state, code, &found, now)),
                Err(NoRecord::Unknown) => use_it(&bare(&state, code, Verdict::Unknown, now)),
                // The follower may have published between the head and the record; once more, then
                // it could not be checked.
                Err(NoRecord::Unchecked) => {
                    let state = self.parts.published.load_full();
                    match self.find(&state, code, buffers) {
                        Ok(found) => use_it(&self.answer(&state, code, &found, now)),
                        Err(NoRecord::Unknown) => use_it(&bare(&state, code, Verdict::Unknown, now)),
                        Err(NoRecord::Unchecked) => use_it(&bare(&state, code, Verdict::Unchecked, now)),
                    }
                }
            }
        })
    }

    /// The public verdict, from records fetched before: waits for nothing.
    pub fn verdict_from<R>(&self, fetched: &Fetched, now: Moment, use_it: impl FnOnce(&VerdictAnswer<'_>) -> R) -> R {
        BUFFERS.with_borrow_mut(|buffers| {
            let (state, code) = (&*fetched.state, &fetched.code);
            match self.find_in(state, code, buffers, |key, out| fetched.get_into(key, out)) {
                Ok(found) => use_it(&self.answer(state, code, &found, now)),
                Err(NoRecord::Unknown) => use_it(&bare(state, code, Verdict::Unknown, now)),
                Err(NoRecord::Unchecked) => use_it(&bare(state, code, Verdict::Unchecked, now)),
            }
        })
    }

    /// The record a code leads to, compared with its head.
    pub(super) fn find<'b>(
        &self,
        state: &Reflected,
        code: &TranscriptCode,
        buffers: &'b mut (Vec<u8>, Vec<u8>),
    ) -> Result<Found<'b>, NoRecord> {
        self.find_in(state, code, buffers, |key, out| self.parts.records.get_into(key, out))
    }

    fn find_in<'b>(
        &self,
        state: &Reflected,
        code: &TranscriptCode,
        buffers: &'b mut (Vec<u8>, Vec<u8>),
        get: impl Fn(&RecordKey, &mut Vec<u8>) -> Result<bool, RecordsFault>,
    ) -> Result<Found<'b>, NoRecord> {
        let (first, second) = buffers;
        match self.record_in(state, code, first, &get)? {
            RecordView::Transcript(transcript) => Ok(Found { transcript, only: None }),
            RecordView::SheetPointer { sheet, code } => match self.record_in(state, &code, second, &get) {
                Ok(RecordView::Transcript(transcript)) => Ok(Found { transcript, only: Some(sheet) }),
                _ => Err(NoRecord::Unchecked),
            },
            RecordView::GrantPointer { .. } | RecordView::NewestBound { .. } => Err(NoRecord::Unknown),
        }
    }

    /// One record under its head.
    pub(super) fn record<'b>(
        &self,
        state: &Reflected,
        code: &TranscriptCode,
        buffer: &'b mut Vec<u8>,
    ) -> Result<RecordView<'b>, NoRecord> {
        self.record_in(state, code, buffer, &|key: &RecordKey, out: &mut Vec<u8>| self.parts.records.get_into(key, out))
    }

    /// What the heads name for a code. A code that they do not have is unknown only when they reflect the
    /// whole ledger: what could not be followed might be about it. And heads that stopped short of a
    /// checkpoint that is known answer nothing: a withdrawal might be among what they lack.
    pub(super) fn key_of(&self, state: &Reflected, code: &TranscriptCode) -> Result<RecordKey, NoRecord> {
        let is_behind = state.position.size < state.checkpoint().size();
        let is_stuck = || self.parts.follow_fault.load().is_some();
        match state.heads.get(code.as_bytes()) {
            Ok(Some(_)) if is_behind && is_stuck() => Err(NoRecord::Unchecked),
            Ok(Some(head)) => Ok(RecordKey { code: *code, head }),
            Ok(None) if is_behind || is_stuck() => Err(NoRecord::Unchecked),
            Ok(None) => Err(NoRecord::Unknown),
            Err(fault) => {
                tracing::error!(%fault, "heads are damaged");
                Err(NoRecord::Unchecked)
            }
        }
    }

    fn record_in<'b>(
        &self,
        state: &Reflected,
        code: &TranscriptCode,
        buffer: &'b mut Vec<u8>,
        get: &impl Fn(&RecordKey, &mut Vec<u8>) -> Result<bool, RecordsFault>,
    ) -> Result<RecordView<'b>, NoRecord> {
        let key = self.key_of(state, code)?;
        match get(&key, buffer) {
            Ok(true) if HeadDigest::of(buffer) == key.head => {
                RecordView::parse(buffer).map_err(|_| NoRecord::Unchecked)
            }
            Ok(_) => {
                self.parts.records.missed(code);
                Err(NoRecord::Unchecked)
            }
            // Known to be away: it shows in the health, not once for every question.
            Err(RecordsFault::Away) => Err(NoRecord::Unchecked),
            Err(fault) => {
                tracing::error!(%fault, "the record store failed");
                Err(NoRecord::Unchecked)
            }
        }
    }
}

/// Whether a leaf computed from the record's parts stands in the checked tree.
pub(super) fn is_logged(state: &Reflected, kind: Kind, parts: LeafView<'_>) -> bool {
    leaf_of(kind, parts).is_some_and(|leaf| state.tree.contains(parts.index, &leaf_hash(&leaf.encode())).is_ok())
}

fn as_of(state: &Reflected) -> AsOf {
    AsOf { ledger_size: state.position.size, root_hash: state.root_text.clone(), checkpoint_time: state.complete_at }
}

pub(super) fn bare<'a>(state: &Reflected, code: &TranscriptCode, verdict: Verdict, now: Moment) -> VerdictAnswer<'a> {
    let as_of = as_of(state);
    VerdictAnswer {
        code: *code,
        verdict,
        level: None,
        checked_at: now,
        as_of: Some(as_of),
        missing_years: Vec::new(),
        sheets: Vec::new(),
    }
}

/// A sheet's parts that standing is decided by.
pub(super) fn sheet_mark(sheet: &SheetView<'_>) -> SheetMark {
    SheetMark {
        sheet: sheet.sheet,
        year: sheet.school_year,
        leaf: sheet.leaf.index,
        effective_from: sheet.effective_from,
    }
}

/// A status's parts that standing is decided by.
pub(super) fn status_mark(status: &StatusView<'_>) -> StatusMark {
    StatusMark {
        status: status.status,
        sheet: status.sheet,
        replacement: status.replacement,
        leaf: status.leaf.index,
        on: Day::from(status.effective_at.date_in_vietnam()),
        by_ministry: status.by_ministry,
    }
}

impl Portal {
    /// The answer about a record that matches its head, with what is known of certificates at this moment.
    pub(super) fn answer<'a>(
        &self,
        state: &Reflected,
        code: &TranscriptCode,
        found: &Found<'a>,
        now: Moment,
    ) -> VerdictAnswer<'a> {
        answer(state, &self.parts.official.load(), code, found, now)
    }
}

/// Every leaf is proved here.
fn answer<'a>(
    state: &Reflected,
    official: &Official,
    code: &TranscriptCode,
    found: &Found<'a>,
    now: Moment,
) -> VerdictAnswer<'a> {
    let today = Day::from(now.date_in_vietnam());
    let mut sheets: Vec<SheetView<'a>> = found.transcript.sheets().collect();
    let statuses: Vec<StatusView<'a>> = found.transcript.statuses().collect();
    sheets.sort_by_key(|s| (s.school_year, s.leaf.index));
    let marks: Vec<SheetMark> = sheets.iter().map(sheet_mark).collect();
    let status_marks: Vec<StatusMark> = statuses.iter().map(status_mark).collect();
    let statuses_hold = statuses.iter().all(|s| is_logged(state, Kind::Status, s.leaf));
    let mut standings = standing::of_sheets(&marks, &status_marks, today);
    for (sheet, standing) in sheets.iter().zip(&mut standings) {
        if !statuses_hold || !is_logged(state, Kind::Sheet, sheet.leaf) {
            *standing = Standing { verdict: SheetVerdict::Unchecked, since: None, successor: None };
        }
    }
    let verdict = match found.only {
        None => standing::of_transcript(&marks, &standings),
        Some(id) => marks
            .iter()
            .position(|m| m.sheet == id)
            .map_or(Verdict::Unchecked, |i| standing::of_single_sheet(&standings[i])),
    };
    let shown = |s: &SheetView<'_>| found.only.is_none_or(|id| id == s.sheet);
    VerdictAnswer {
        code: *code,
        verdict,
        level: Some(found.transcript.level.slug()),
        checked_at: now,
        as_of: Some(as_of(state)),
        missing_years: if found.only.is_none() { standing::missing_years(&marks) } else { Vec::new() },
        sheets: sheets
            .iter()
            .zip(&standings)
            .filter(|(s, _)| shown(s))
            .map(|(s, st)| sheet_answer(s, st, official))
            .collect(),
    }
}

fn sheet_answer<'a>(sheet: &SheetView<'a>, standing: &Standing, official: &Official) -> SheetAnswer<'a> {
    let certificate = official.of(sheet);
    let since = |verdict| standing.since.filter(|_| standing.verdict == verdict);
    let is_unchecked = standing.verdict == SheetVerdict::Unchecked;
    SheetAnswer {
        school_year: sheet.school_year,
        grade: sheet.grade,
        verdict: standing.verdict,
        effective_from: sheet.effective_from,
        province: ProvinceAnswer {
            code: ProvinceCode::from_bytes(sheet.leaf.province).unwrap_or(ProvinceCode::MINISTRY),
            vintage: Day::from_number(sheet.leaf.vintage).unwrap_or(sheet.effective_from),
            name: sheet.province_name,
        },
        transcribed_from_paper: sheet.trichluc,
        signed_with: certificate.map_or(SignedWith::Technical, |_| SignedWith::Official),
        checks: Checks {
            school_signature: match certificate {
                Some(Strength::Old) => Check::OldAlgorithm,
                _ => Check::Ok,
            },
            province_signature: Check::Ok,
            ledger: if is_unchecked { Check::Failed } else { Check::Ok },
        },
        leaf_index: sheet.leaf.index,
        logged_at: i64::try_from(sheet.leaf.logged_at).ok().and_then(Moment::from_millis),
        withdrawn_on: since(SheetVerdict::Withdrawn),
        replaced_by: standing.successor,
        replaced_on: since(SheetVerdict::Replaced),
        suspended_on: since(SheetVerdict::Suspended),
        erased_on: since(SheetVerdict::Erased),
    }
}
