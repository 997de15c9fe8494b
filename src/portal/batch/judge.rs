//! One row: its public verdict, and what the office's grant lets be compared.
//!
//! The way to the verdict is that of every answer ([`Portal::verdict`]); whatever is compared is opened from the very
//! record that was proved for it. A transcript none of whose sheets lies within the grant is not opened.

use std::sync::Arc;

use super::compare::{self, given};
use super::outcome::{Compared, Fields, Outcome, Year};
use crate::batch::row::{GivenClass, Row};
use crate::follow::Reflected;
use crate::offices::Errand;
use crate::portal::Portal;
use crate::portal::answer::{SheetAnswer, SheetVerdict, Verdict, VerdictAnswer};
use crate::portal::disclose::DiscloseRefusal;
use crate::portal::office_open::covered;
use crate::portal::verify::Found;
use crate::transcript::contents::{BirthDate, StaffGroup};
use crate::transcript::sheet::{Sheet, SheetClaims};
use crate::transcript::{Group, GroupSet, Moment, TranscriptCode};

/// What came of a row, and what is to be written down before anybody sees it.
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    /// The booklet that was found, or the code where none was.
    pub(super) transcript: Option<TranscriptCode>,
    /// The groups that were opened of it.
    pub(super) opened: GroupSet,
}

/// Room for records, kept from row to row.
pub(super) type Buffers = (Vec<u8>, Vec<u8>);

impl Portal {
    /// The state that answers reflect now.
    pub(super) fn reflected(&self) -> Arc<Reflected> {
        self.parts.published.load_full()
    }

    /// Looks a row up, and compares what it gives as far as the errand reaches. Nothing of it may be shown before it is
    /// written down. Blocks on the bodies of what is opened.
    pub(super) fn judge_row(
        &self,
        state: &Reflected,
        row: &Row,
        errand: &Errand,
        buffers: &mut Buffers,
        now: Moment,
    ) -> Judged {
        let code = match row.code {
            Ok(code) => code,
            Err(fault) => {
                let outcome = Outcome::unread(row.number, fault);
                return Judged { outcome, transcript: None, opened: GroupSet::NONE };
            }
        };
        match self.judge_in(state, &code, row, errand, buffers, now) {
            // The follower may have published meanwhile; once more, then it could not be checked.
            Err(DiscloseRefusal::Unchecked) => {
                let newer = self.reflected();
                let again = self.judge_in(&newer, &code, row, errand, buffers, now);
                again.unwrap_or_else(|refusal| without_record(row, code, refusal))
            }
            judged => judged.unwrap_or_else(|refusal| without_record(row, code, refusal)),
        }
    }

    fn judge_in(
        &self,
        state: &Reflected,
        code: &TranscriptCode,
        row: &Row,
        errand: &Errand,
        buffers: &mut Buffers,
        now: Moment,
    ) -> Result<Judged, DiscloseRefusal> {
        let (found, answer) = self.proved(state, code, buffers, now)?;
        let mut outcome = outcome(row, *code, answer.verdict);
        outcome.years = answer.sheets.iter().filter_map(year).collect();
        let (fields, opened) = self.compare(&found, &answer, row, errand)?;
        outcome.fields = fields;
        Ok(Judged { outcome, transcript: Some(found.transcript.code), opened })
    }

    fn compare(
        &self,
        found: &Found<'_>,
        answer: &VerdictAnswer<'_>,
        row: &Row,
        errand: &Errand,
    ) -> Result<(Fields, GroupSet), DiscloseRefusal> {
        let school_year = given(&row.year, |year| same(answer.sheets.iter().any(|s| s.school_year == *year)));
        let grade = given(&row.class, |class| grades(class, about(answer, row)));
        let wanted = Wanted::of(row);
        if !wanted.looks_inside() {
            return Ok((Fields { school_year, class: grade, ..unopened(row, Compared::NotGranted) }, GroupSet::NONE));
        }
        let reach = self.reach(found, answer, row, &wanted, errand)?;
        let newest = reach.sheet(reach.newest.as_ref(), Group::Name);
        let of_year = reach.sheet(reach.of_year.as_ref(), Group::Staff);
        let fields = Fields {
            full_name: given(&row.full_name, |given| on(&newest, |sheet| names(given, sheet))),
            birth_date: given(&row.birth, |given| on(&newest, |sheet| births(*given, sheet))),
            school: given(&row.school, |given| match (wanted.school_code, &reach.of_year) {
                (true, Some((claims, _))) => compare::school_codes(given, claims),
                (true, None) => Compared::NotGranted,
                (false, _) => on(&of_year, |sheet| with_staff(sheet, |staff| schools(given, staff))),
            }),
            school_year,
            class: match (&row.class, grade) {
                // A grade that differs says more than a class that may not be looked at.
                (Ok(Some(GivenClass { class: Some(class), .. })), Compared::Matches | Compared::NotOnRecord) => {
                    on(&of_year, |sheet| with_staff(sheet, |staff| compare::classes(class, staff.class.as_str())))
                }
                _ => grade,
            },
        };
        Ok((fields, reach.opened_groups()))
    }

    /// Opens what is needed to compare, as far as the errand reaches.
    fn reach(
        &self,
        found: &Found<'_>,
        answer: &VerdictAnswer<'_>,
        row: &Row,
        wanted: &Wanted,
        errand: &Errand,
    ) -> Result<Reach, DiscloseRefusal> {
        let within = within(found, answer, errand)?;
        let newest = newest(&within, answer);
        let is_on_record = |year| answer.sheets.iter().any(|sheet| sheet.school_year == year);
        let of_year = match (row.year.ok().flatten(), row_sheet(&within, row)) {
            // On record, and not within the grant: no other year says what its school was.
            (Some(year), None) if is_on_record(year) => None,
            (_, named) => named.or(newest),
        };
        let groups = wanted.groups().into_iter().filter(|group| errand.groups().contains(*group));
        let groups = groups.fold(GroupSet::NONE, GroupSet::with);
        let leaves: Vec<u64> = newest.iter().chain(&of_year).map(|(_, leaf)| *leaf).collect();
        let opened = match groups == GroupSet::NONE || leaves.is_empty() {
            true => None,
            false => Some(self.open_groups(found, answer, |leaf| leaves.contains(&leaf), groups)),
        };
        Ok(Reach { newest: newest.cloned(), of_year: of_year.cloned(), groups, opened })
    }
}

/// The sheets within the grant that were not erased, by their clear facts, with their places in the ledger.
fn within(found: &Found<'_>, answer: &VerdictAnswer<'_>, errand: &Errand) -> Result<Vec<Place>, DiscloseRefusal> {
    let is_erased = |leaf| answer.sheets.iter().any(|s| s.leaf_index == leaf && s.verdict == SheetVerdict::Erased);
    let covered = covered(found, answer, |claims| errand.covers(claims))?;
    Ok(covered.into_iter().filter(|(_, leaf)| !is_erased(*leaf)).collect())
}

/// What of a row is inside a transcript, and not in the public answer.
struct Wanted {
    name: bool,
    staff: bool,
    /// A school by its code stands in the clear facts of a sheet.
    school_code: bool,
}

impl Wanted {
    fn of(row: &Row) -> Self {
        let school_code = matches!(&row.school, Ok(Some(school)) if compare::is_school_code(school));
        let has_class = matches!(&row.class, Ok(Some(GivenClass { class: Some(_), .. })));
        Self {
            name: matches!(row.full_name, Ok(Some(_))) || matches!(row.birth, Ok(Some(_))),
            staff: has_class || (matches!(row.school, Ok(Some(_))) && !school_code),
            school_code,
        }
    }

    fn looks_inside(&self) -> bool {
        self.name || self.staff || self.school_code
    }

    fn groups(&self) -> Vec<Group> {
        [(Group::Name, self.name), (Group::Staff, self.staff)]
            .into_iter()
            .filter_map(|(group, wanted)| wanted.then_some(group))
            .collect()
    }
}

/// What may be compared with: sheets within the grant, and those that were opened.
struct Reach {
    /// The sheet whose name and birth date count.
    newest: Option<Place>,
    /// The sheet of the year that the row names, else the newest.
    of_year: Option<Place>,
    /// The groups that are wanted and granted.
    groups: GroupSet,
    opened: Option<Result<Vec<(u64, Sheet)>, DiscloseRefusal>>,
}

impl Reach {
    /// An opened sheet for what one group holds, or why there is none.
    fn sheet(&self, place: Option<&Place>, group: Group) -> Result<&Sheet, Compared> {
        match (&self.opened, place) {
            _ if !self.groups.contains(group) => Err(Compared::NotGranted),
            (Some(Ok(sheets)), Some((_, leaf))) => {
                sheets.iter().find(|(at, _)| at == leaf).map(|(_, sheet)| sheet).ok_or(Compared::NotOnRecord)
            }
            (Some(Err(DiscloseRefusal::NothingLeft)), Some(_)) => Err(Compared::NotOnRecord),
            (Some(Err(_)), Some(_)) => Err(Compared::NotChecked),
            (_, None) | (None, _) => Err(Compared::NotGranted),
        }
    }

    fn opened_groups(&self) -> GroupSet {
        if matches!(self.opened, Some(Ok(_))) { self.groups } else { GroupSet::NONE }
    }
}

/// A sheet within the grant, and its place in the ledger.
type Place = (SheetClaims, u64);

/// The newest sheet that nothing has ended, else the newest: as for a holder's birth date.
fn newest<'a>(within: &'a [Place], answer: &VerdictAnswer<'_>) -> Option<&'a Place> {
    let in_force = |place: &&Place| {
        let shown = answer.sheets.iter().find(|sheet| sheet.leaf_index == place.1);
        shown.is_some_and(|sheet| !matches!(sheet.verdict, SheetVerdict::Withdrawn | SheetVerdict::Replaced))
    };
    let order = |place: &&Place| (place.0.school_year, place.1);
    within.iter().filter(in_force).max_by_key(order).or_else(|| within.iter().max_by_key(order))
}

/// The newest sheet of the year that the row names.
fn row_sheet<'a>(within: &'a [Place], row: &Row) -> Option<&'a Place> {
    let year = row.year.ok()??;
    within.iter().filter(|(claims, _)| claims.school_year == year).max_by_key(|(_, leaf)| *leaf)
}

/// The year that a class is about: the one that the row names, else the newest.
fn about<'a, 'b>(answer: &'a VerdictAnswer<'b>, row: &Row) -> Option<&'a SheetAnswer<'b>> {
    let year = row.year.ok().flatten();
    answer.sheets.iter().rfind(|sheet| year.is_none_or(|year| year == sheet.school_year))
}

fn grades(class: &GivenClass, sheet: Option<&SheetAnswer<'_>>) -> Compared {
    match (class.grade, sheet) {
        (Some(grade), Some(sheet)) => same(grade.number() == sheet.grade),
        (_, None) => Compared::NotOnRecord,
        (None, Some(_)) => Compared::Matches,
    }
}

fn same(is_same: bool) -> Compared {
    if is_same { Compared::Matches } else { Compared::Differs }
}

fn on(sheet: &Result<&Sheet, Compared>, compare: impl FnOnce(&Sheet) -> Compared) -> Compared {
    match sheet {
        Ok(sheet) => compare(sheet),
        Err(why) => *why,
    }
}

fn names(given: &str, sheet: &Sheet) -> Compared {
    let name = sheet.contents().name.as_ref();
    name.map_or(Compared::NotOnRecord, |name| compare::names(given, name.full_name.as_str()))
}

fn births(given: BirthDate, sheet: &Sheet) -> Compared {
    sheet.birth().map_or(Compared::NotOnRecord, |known| compare::births(given, known))
}

fn schools(given: &str, staff: &StaffGroup) -> Compared {
    compare::schools(given, staff.school_name.as_str())
}

fn with_staff(sheet: &Sheet, compare: impl FnOnce(&StaffGroup) -> Compared) -> Compared {
    sheet.contents().staff.as_ref().map_or(Compared::NotOnRecord, compare)
}

fn outcome(row: &Row, code: TranscriptCode, verdict: Verdict) -> Outcome {
    Outcome { code: Some(code), verdict: Some(verdict), same_as: row.same_as, ..Outcome::empty(row.number) }
}

/// No record: unknown, or it could not be checked. What was given is compared with nothing.
fn without_record(row: &Row, code: TranscriptCode, refusal: DiscloseRefusal) -> Judged {
    let verdict = if refusal == DiscloseRefusal::Unknown { Verdict::Unknown } else { Verdict::Unchecked };
    let why = if verdict == Verdict::Unknown { Compared::NotOnRecord } else { Compared::NotChecked };
    let mut outcome = outcome(row, code, verdict);
    outcome.fields = unopened(row, why);
    Judged { outcome, transcript: Some(code), opened: GroupSet::NONE }
}

/// Nothing was opened: fields that cannot be read say so, the others why.
fn unopened(row: &Row, why: Compared) -> Fields {
    Fields {
        full_name: given(&row.full_name, |_| why),
        birth_date: given(&row.birth, |_| why),
        school: given(&row.school, |_| why),
        school_year: given(&row.year, |_| why),
        class: given(&row.class, |_| why),
    }
}

/// A year that is not simply in force.
fn year(sheet: &SheetAnswer<'_>) -> Option<Year> {
    let since = match sheet.verdict {
        SheetVerdict::Valid => return None,
        SheetVerdict::Withdrawn => sheet.withdrawn_on,
        SheetVerdict::Replaced => sheet.replaced_on,
        SheetVerdict::Suspended => sheet.suspended_on,
        SheetVerdict::NotInForce => Some(sheet.effective_from),
        SheetVerdict::Erased => sheet.erased_on,
        SheetVerdict::Unchecked => None,
    };
    Some(Year { school_year: sheet.school_year, verdict: sheet.verdict, since })
}
