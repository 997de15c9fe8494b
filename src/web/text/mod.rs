//! Every word the pages say: one [`Text`] per language, so that a missing string does not compile.
//!
//! Vietnamese is the original. Sentences with values in them are functions, because word order is
//! part of a translation.

pub mod api;
pub mod apps;
pub mod batches;
mod en;
pub mod evidence;
pub mod glossary;
pub mod later;
pub mod ledger;
mod lookup;
pub mod office;
pub mod office_search;
pub mod openid;
pub mod oversight;
pub mod paper;
pub mod receipt;
pub mod reports;
pub mod scan;
pub mod schools;
pub mod share;
pub mod sign_in;
pub mod soft_copy;
mod verdict;
mod vi;

use crate::transcript::Group;
use crate::transcript::contents::{Attainment, BirthDate, SubjectLevel, SubjectMark, TestMark, YearLevel};
use crate::transcript::time::{Day, Moment};

pub use en::EN;
pub use lookup::{BadCode, Lookup};
pub use verdict::{Checks, Meanings, Sheets, Verdicts};
pub use vi::VI;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Tiếng Việt.
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// Both, the original first.
    pub const ALL: [Self; 2] = [Self::Vietnamese, Self::English];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// The language of a tag, in any case; a region after it is ignored.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL.into_iter().find(|l| l.tag().eq_ignore_ascii_case(primary))
    }

    /// Its words.
    pub const fn text(self) -> &'static Text {
        match self {
            Self::Vietnamese => &VI,
            Self::English => &EN,
        }
    }
}

/// A heading and what it means.
#[derive(Debug, Clone, Copy)]
pub struct Notice {
    /// Heading.
    pub title: &'static str,
    /// One or two plain sentences.
    pub body: &'static str,
}

/// A heading and a sentence with one value in it.
#[derive(Debug, Clone, Copy)]
pub struct NoticeWith {
    /// Heading.
    pub title: &'static str,
    /// The sentence.
    pub body: fn(&str) -> String,
    /// The sentence when the value is not on record.
    pub without: &'static str,
}

/// Frame of every page.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// Name of the product.
    pub name: &'static str,
    /// Says what it is for, under the name; also the description of the home page.
    pub tagline: &'static str,
    /// Leads straight to the content.
    pub skip: &'static str,
    /// Leads to the home page.
    pub home: &'static str,
    /// Names the language switch.
    pub language: &'static str,
    /// Before the contact.
    pub contact: &'static str,
    /// Before the owner's name in the footer.
    pub owner: &'static str,
    /// Source line of the footer.
    pub source: &'static str,
    /// Names the operator's banner to screen readers.
    pub notice: &'static str,
    /// Links of the header.
    pub places: Places,
}

/// The places that the header leads to.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// Names the list to screen readers.
    pub title: &'static str,
    /// Typing a code: the home page.
    pub lookup: &'static str,
    /// Scanning a QR.
    pub scan: &'static str,
    /// Many codes one after the other.
    pub counter: &'static str,
}

/// The second factor.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Heading.
    pub title: &'static str,
    /// Why.
    pub why: &'static str,
    /// Legend of the three fields.
    pub birth_date: &'static str,
    /// Day.
    pub day: &'static str,
    /// Month.
    pub month: &'static str,
    /// Year.
    pub year: &'static str,
    /// Hint: only what is printed.
    pub hint: &'static str,
    /// Opens the name field.
    pub partial: &'static str,
    /// What to do with a date known in part.
    pub partial_hint: &'static str,
    /// Full name.
    pub full_name: &'static str,
    /// The button.
    pub submit: &'static str,
    /// What opens and what stays closed.
    pub opens: &'static str,
    /// Wrong second factor.
    pub mismatch: &'static str,
    /// Attempts left.
    pub attempts_left: fn(u32) -> String,
    /// No attempts left; the value is the wait in words.
    pub locked: NoticeWith,
    /// A date known in part needs the name.
    pub name_needed: Notice,
    /// Not a date.
    pub bad_date: Notice,
    /// A soft copy's token that is not valid for this code.
    pub bad_token: Notice,
    /// The journal could not be written.
    pub unavailable: Notice,
    /// This transcript is not shown to anyone by birth date.
    pub closed: Notice,
}

/// Title and detail of every problem.
#[derive(Debug, Clone, Copy)]
pub struct Problems {
    /// 400 something in the request.
    pub bad_request: Notice,
    /// 403 sent from another site.
    pub foreign_form: Notice,
    /// 403 wrong second factor (title; the detail counts attempts).
    pub not_matching: &'static str,
    /// 404 no such page.
    pub not_found: Notice,
    /// 404 nothing on record.
    pub unknown: Notice,
    /// 405.
    pub method: Notice,
    /// 408 the body took too long.
    pub slow_body: Notice,
    /// 409 out of sequence or otherwise not now.
    pub conflict: Notice,
    /// 413.
    pub too_large: Notice,
    /// 415.
    pub media_type: Notice,
    /// 421 another host.
    pub misdirected: Notice,
    /// 422 a package that was refused.
    pub refused_package: Notice,
    /// 429; the wait in words.
    pub too_many: NoticeWith,
    /// 500.
    pub internal: Notice,
    /// 503.
    pub busy: Notice,
    /// 503 disclosures are closed for now; also in place of the form.
    pub verdict_only: Notice,
    /// 503 too much is being opened.
    pub shed: Notice,
    /// Where to go from here.
    pub home: &'static str,
}

/// The transcript after the second factor.
#[derive(Debug, Clone, Copy)]
pub struct Transcript {
    /// Title when the verdict is not "valid".
    pub content: &'static str,
    /// Follows the day in "valid": which school issued it.
    pub issued_by: fn(&str) -> String,
    /// Jump list of the years.
    pub years: &'static str,
    /// The pupil.
    pub pupil: &'static str,
    /// Groups that stay closed.
    pub closed: &'static str,
    /// Who may open them.
    pub closed_body: &'static str,
    /// How to print.
    pub print: &'static str,
    /// What a print is not.
    pub print_note: &'static str,
    /// Name of a payload group.
    pub group: fn(Group) -> &'static str,
    /// Who may open a group.
    pub opened_by: fn(Group) -> &'static str,
    /// Before who may open it.
    pub may_open: &'static str,
    /// Why a group is closed, with its legal basis.
    pub why_closed: fn(Group) -> &'static str,
    /// Shows the content in this language; a button of the page in the other one.
    pub in_this_language: &'static str,
    /// A year that was withdrawn; the day where it is known.
    pub withdrawn: fn(Option<&str>) -> String,
    /// A year that was replaced; the day where it is known, and the school year.
    pub replaced: fn(Option<&str>, &str) -> String,
    /// A year under review; since when, where it is known.
    pub suspended: fn(Option<&str>) -> String,
    /// A year that takes effect later.
    pub not_in_force: fn(&str) -> String,
    /// A year that cannot be used.
    pub unusable: &'static str,
    /// A year transcribed from paper.
    pub from_paper: &'static str,
    /// A year without results.
    pub no_results: &'static str,
    /// A year under an earlier circular.
    pub older: fn(&str) -> String,
    /// What to do with the code at the foot of a print.
    pub print_foot: &'static str,
    /// When it was printed.
    pub printed_at: fn(&str) -> String,
}

/// Labels of the transcript's content.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Full name.
    pub full_name: &'static str,
    /// Sex.
    pub sex: &'static str,
    /// Male.
    pub male: &'static str,
    /// Female.
    pub female: &'static str,
    /// Not known.
    pub not_known: &'static str,
    /// Birth date.
    pub birth_date: &'static str,
    /// Class.
    pub class: &'static str,
    /// School.
    pub school: &'static str,
    /// The school's commune.
    pub commune: &'static str,
    /// The province then.
    pub province: &'static str,
    /// In force from.
    pub effective_from: &'static str,
    /// Circular it follows.
    pub circular: &'static str,
    /// Personal identification number.
    pub personal_id: &'static str,
    /// Pupil code.
    pub pupil_code: &'static str,
    /// Register number.
    pub register_number: &'static str,
    /// Place of birth.
    pub birth_place: &'static str,
    /// Home place.
    pub home_place: &'static str,
    /// Residence.
    pub residence: &'static str,
    /// Ethnicity.
    pub ethnicity: &'static str,
    /// Nationality.
    pub nationality: &'static str,
    /// Policy status.
    pub policy_status: &'static str,
    /// Not assessed because of disability.
    pub not_assessed: &'static str,
    /// Father.
    pub father: &'static str,
    /// Mother.
    pub mother: &'static str,
    /// Guardian.
    pub guardian: &'static str,
    /// Heading of the subjects.
    pub subjects: &'static str,
    /// Column: subject.
    pub subject: &'static str,
    /// Column: level reached.
    pub level: &'static str,
    /// Column: periodic test.
    pub test: &'static str,
    /// Column: term 1.
    pub term1: &'static str,
    /// Column: term 2.
    pub term2: &'static str,
    /// Column: whole year.
    pub year: &'static str,
    /// Column: after re-assessment.
    pub again: &'static str,
    /// Teacher of a subject.
    pub teacher: &'static str,
    /// Heading of learning and conduct.
    pub summary: &'static str,
    /// Learning result.
    pub learning: &'static str,
    /// Conduct.
    pub conduct: &'static str,
    /// Heading of qualities.
    pub qualities: &'static str,
    /// Heading of competencies.
    pub competencies: &'static str,
    /// Heading of the rest of the results.
    pub results: &'static str,
    /// Overall result.
    pub overall: &'static str,
    /// Completed the class programme.
    pub completed_class: &'static str,
    /// Completed primary school.
    pub completed_primary: &'static str,
    /// Completion in words.
    pub completion: &'static str,
    /// Moves up.
    pub promoted: &'static str,
    /// Moving up in words.
    pub promotion: &'static str,
    /// Sessions absent.
    pub absences: &'static str,
    /// Awards.
    pub awards: &'static str,
    /// Special awards.
    pub special_awards: &'static str,
    /// Competitions.
    pub competitions: &'static str,
    /// Certificates.
    pub certificates: &'static str,
    /// Training in summer.
    pub summer_training: &'static str,
    /// Yes.
    pub yes: &'static str,
    /// No.
    pub no: &'static str,
    /// General competencies.
    pub general_competencies: &'static str,
    /// Competencies of subjects.
    pub specific_competencies: &'static str,
    /// Column: what the teacher of a subject wrote.
    pub remark: &'static str,
    /// Heading of comments.
    pub comments: &'static str,
    /// Homeroom teacher's comment.
    pub by_homeroom: &'static str,
    /// On qualities.
    pub on_qualities: &'static str,
    /// On general competencies.
    pub on_general: &'static str,
    /// On specific competencies.
    pub on_specific: &'static str,
    /// Head's approval.
    pub by_head: &'static str,
    /// Heading of staff.
    pub staff: &'static str,
    /// Place and date of issue.
    pub issued: &'static str,
    /// Identification number of staff.
    pub identification: &'static str,
    /// Heading of the study history.
    pub history: &'static str,
    /// Transferred in.
    pub transferred_in: &'static str,
    /// Tốt, Đạt, Cần cố gắng.
    pub attainment: fn(Attainment) -> &'static str,
    /// Hoàn thành tốt, Hoàn thành, Chưa hoàn thành, miễn.
    pub subject_level: fn(SubjectLevel) -> &'static str,
    /// Tốt, Khá, Đạt, Chưa đạt.
    pub year_level: fn(YearLevel) -> &'static str,
    /// A mark of a term or year; numbers as people in this language write them.
    pub subject_mark: fn(SubjectMark) -> String,
    /// A periodic test's mark.
    pub test_mark: fn(TestMark) -> String,
    /// A birth date, perhaps known only in part.
    pub birth: fn(BirthDate) -> String,
    /// The ten competencies, in the order of the dictionary.
    pub competency_names: [&'static str; 10],
    /// The five qualities, in the order of the dictionary.
    pub quality_names: [&'static str; 5],
}

/// All words of one language.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// Which language.
    pub language: Language,
    /// Frame of every page.
    pub site: Site,
    /// Home.
    pub lookup: Lookup,
    /// A code that is none.
    pub bad_code: BadCode,
    /// Verdicts.
    pub verdicts: Verdicts,
    /// The years.
    pub sheets: Sheets,
    /// What was checked.
    pub checks: Checks,
    /// The second factor.
    pub ask: Ask,
    /// Verification receipts.
    pub receipt: receipt::Receipt,
    /// Soft copies.
    pub soft_copy: soft_copy::SoftCopy,
    /// Copies with a QR.
    pub share: share::Share,
    /// Problems.
    pub problems: Problems,
    /// The transcript.
    pub transcript: Transcript,
    /// Labels of its content.
    pub fields: Fields,
    /// Evidence.
    pub evidence: evidence::Evidence,
    /// The page for programmers.
    pub api: api::Api,
    /// The ledger.
    pub ledger: ledger::Ledger,
    /// Error reports.
    pub reports: reports::Reports,
    /// Schools and their keys.
    pub schools: schools::Schools,
    /// Scanning.
    pub scan: scan::Scan,
    /// The counter.
    pub counter: scan::Counter,
    /// What its grades and levels mean.
    pub glossary: glossary::Glossary,
    /// The comparison with a paper copy.
    pub paper: paper::Paper,
    /// Signing in.
    pub sign_in: sign_in::SignIn,
    /// Signing in at a provider.
    pub openid: openid::OpenId,
    /// What apps are told.
    pub apps: apps::Apps,
    /// Enrolling.
    pub enrol: sign_in::Enrol,
    /// Passwords.
    pub passwords: sign_in::Passwords,
    /// Pages of offices.
    pub office: office::Office,
    /// Searching and opening for offices.
    pub office_search: office_search::OfficeSearch,
    /// Many transcripts at once.
    pub batches: batches::Batches,
    /// Who looked at what, for auditors.
    pub oversight: oversight::Oversight,
    /// What was changed after an office had looked.
    pub later: later::Later,
    /// Which offices looked, for a holder.
    pub looks: oversight::Looks,
    /// A calendar date.
    pub day: fn(Day) -> String,
    /// A point in time, with its zone.
    pub moment: fn(Moment) -> String,
    /// A whole number with its thousands marked.
    pub number: fn(u64) -> String,
    /// A wait, from seconds, rounded up.
    pub wait: fn(u64) -> String,
}

/// A whole number in groups of three.
fn grouped(number: u64, mark: char) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

/// `14:03:05` and the date in Vietnam of a moment.
fn clock(at: Moment) -> (String, Day) {
    let text = at.to_vietnam_rfc3339();
    (text.get(11..19).unwrap_or_default().to_owned(), Day::from(at.date_in_vietnam()))
}
