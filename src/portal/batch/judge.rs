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
use crate::portal::disclose::{DiscloseRefusal, Opened};
use crate::portal::verify::Found;
use crate::transcript::sheet::{MAX_PAYLOAD, SheetClaims};
use crate::transcript::{Group, GroupSet, Moment, TranscriptCode, strict};

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
        let (fields, opened) = self.compare(&found, &answer, row, errand);
        outcome.fields = fields;
        Ok(Judged { outcome, transcript: Some(found.transcript.code), opened })
    }

    fn compare(&self, found: &Found<'_>, answer: &VerdictAnswer<'_>, row: &Row, errand: &Errand) -> (Fields, GroupSet) {
        let mut fields = Fields {
            school_year: given(&row.year, |year| same(answer.sheets.iter().any(|s| s.school_year == *year))),
            class: given(&row.class, |class| grades(class, about(answer, row))),
            ..Fields::default()
        };
        let by_code = matches!(&row.school, Ok(Some(school)) if compare::is_school_code(school));
        let has_class = matches!(&row.class, Ok(Some(GivenClass { class: Some(_), .. })));
        let wants_name = matches!(row.full_name, Ok(Some(_))) || matches!(row.birth, Ok(Some(_)));
        let wants_staff = has_class || (matches!(row.school, Ok(Some(_))) && !by_code);
        let within = match wants_name || wants_staff || by_code {
            true => self.within(found, answer, errand),
            false => Vec::new(),
        };
        let wanted = [(Group::Name, wants_name), (Group::Staff, wants_staff)];
        let granted = |(group, wanted): &(Group, bool)| *wanted && errand.groups().contains(*group);
        let groups =
            wanted.iter().filter(|pair| granted(pair)).fold(GroupSet::NONE, |set, (group, _)| set.with(*group));
        let newest = newest(&within, answer);
        let about = match row_sheet(&within, row) {
            // On record, and not within the grant: no other year says what its school was.
            None if fields.school_year == Compared::Matches => None,
            named => named.or(newest),
        };
        let wanted: Vec<u64> = newest.iter().chain(&about).map(|(_, leaf)| *leaf).collect();
        let opened = match groups == GroupSet::NONE || wanted.is_empty() {
            true => None,
            false => Some(self.open_sheets(found, answer, |leaf| wanted.contains(&leaf))),
        };
        let sheet = |place: Option<&Place>, group: Group| match (&opened, place) {
            (Some(Ok(sheets)), Some((_, leaf))) if groups.contains(group) => {
                sheets.iter().find(|sheet| sheet.leaf_index() == *leaf).ok_or(Compared::NotOnRecord)
            }
            (Some(Err(DiscloseRefusal::NothingLeft)), _) if groups.contains(group) => Err(Compared::NotOnRecord),
            (Some(Err(_)), _) if groups.contains(group) => Err(Compared::NotChecked),
            _ => Err(Compared::NotGranted),
        };
        let name = sheet(newest, Group::Name);
        fields.full_name = given(&row.full_name, |given| on(&name, |sheet| names(given, sheet)));
        fields.birth_date = given(&row.birth, |given| {
            on(&name, |sheet| sheet.whole().birth().map_or(Compared::NotOnRecord, |b| compare::births(*given, b)))
        });
        let staff = sheet(about, Group::Staff);
        fields.school = given(&row.school, |given| match (by_code, about) {
            (true, Some((claims, _))) => compare::school_codes(given, claims),
            (true, None) => Compared::NotGranted,
            (false, _) => {
                on(&staff, |sheet| with_staff(sheet, |staff| compare::schools(given, staff.school_name.as_str())))
            }
        });
        // A grade that differs says more than a class that may not be looked at.
        if let (Ok(Some(GivenClass { class: Some(class), .. })), true) = (&row.class, fields.class != Compared::Differs)
        {
            fields.class = on(&staff, |sheet| with_staff(sheet, |staff| compare::classes(class, staff.class.as_str())));
        }
        let opened = if matches!(opened, Some(Ok(_))) { groups } else { GroupSet::NONE };
        (fields, opened)
    }

    /// The sheets within the grant, by their clear facts, with their places in the ledger.
    fn within(&self, found: &Found<'_>, answer: &VerdictAnswer<'_>, errand: &Errand) -> Vec<Place> {
        let is_shown = |leaf: u64| {
            answer.sheets.iter().any(|sheet| sheet.leaf_index == leaf && sheet.verdict != SheetVerdict::Erased)
        };
        let views = found.transcript.sheets().filter(|view| is_shown(view.leaf.index));
        let read = views.filter_map(|view| {
            let claims: SheetClaims = strict::from_slice(view.leaf.facts, MAX_PAYLOAD).ok()?;
            Some((claims, view.leaf.index))
        });
        read.filter(|(claims, _)| errand.covers(claims)).collect()
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

fn on(sheet: &Result<&Opened, Compared>, compare: impl FnOnce(&Opened) -> Compared) -> Compared {
    match sheet {
        Ok(sheet) => compare(sheet),
        Err(why) => *why,
    }
}

fn names(given: &str, sheet: &Opened) -> Compared {
    let name = sheet.whole().contents().name.as_ref();
    name.map_or(Compared::NotOnRecord, |name| compare::names(given, name.full_name.as_str()))
}

fn with_staff(sheet: &Opened, compare: impl FnOnce(&crate::transcript::contents::StaffGroup) -> Compared) -> Compared {
    sheet.whole().contents().staff.as_ref().map_or(Compared::NotOnRecord, compare)
}

fn outcome(row: &Row, code: TranscriptCode, verdict: Verdict) -> Outcome {
    Outcome { code: Some(code), verdict: Some(verdict), same_as: row.same_as, ..Outcome::empty(row.number) }
}

/// No record: unknown, or it could not be checked. What was given is compared with nothing.
fn without_record(row: &Row, code: TranscriptCode, refusal: DiscloseRefusal) -> Judged {
    let verdict = if refusal == DiscloseRefusal::Unknown { Verdict::Unknown } else { Verdict::Unchecked };
    let why = if verdict == Verdict::Unknown { Compared::NotOnRecord } else { Compared::NotChecked };
    let mut outcome = outcome(row, code, verdict);
    outcome.fields = Fields {
        full_name: given(&row.full_name, |_| why),
        birth_date: given(&row.birth, |_| why),
        school: given(&row.school, |_| why),
        school_year: given(&row.year, |_| why),
        class: given(&row.class, |_| why),
    };
    Judged { outcome, transcript: Some(code), opened: GroupSet::NONE }
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
