//! One report: what is wrong, where it goes, what became of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::transcript::TranscriptCode;
use crate::transcript::province::ProvinceRef;
use crate::transcript::text::{Text, TextFault};
use crate::transcript::time::{Moment, SchoolYear};

/// What people and offices write.
pub type Words = Text<2000>;

/// What the error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Name, sex or birth date.
    Person,
    /// Marks and results.
    Results,
    /// Comments.
    Comments,
    /// School, class or teachers.
    School,
    /// A year that is missing, or one too many.
    Years,
    /// Withdrawn or replaced and should not be, or the other way round.
    Status,
    /// Something else.
    Other,
}

impl About {
    /// All, in the order of the form.
    pub const ALL: [Self; 7] =
        [Self::Person, Self::Results, Self::Comments, Self::School, Self::Years, Self::Status, Self::Other];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Results => "results",
            Self::Comments => "comments",
            Self::School => "school",
            Self::Years => "years",
            Self::Status => "status",
            Self::Other => "other",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|about| about.name() == name)
    }
}

/// An e-mail address or a telephone number to answer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contact(Text<150>);

/// Neither an e-mail address nor a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an e-mail address nor a telephone number")]
pub struct ContactFault;

impl Contact {
    /// Reads one as typed.
    ///
    /// # Errors
    /// [`ContactFault`].
    pub fn new(typed: &str) -> Result<Self, ContactFault> {
        let text = Text::new(typed.trim().nfc().collect::<String>()).map_err(|_| ContactFault)?;
        match is_address(text.as_str()) || is_number(text.as_str()) {
            true => Ok(Self(text)),
            false => Err(ContactFault),
        }
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Something before and after one `@`, with a dot behind it; whether it exists, an answer will show.
fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let clean = |part: &str| !part.is_empty() && !part.contains(['@', '<', '>', '"', ',', ';']);
    clean(name) && clean(host) && host.contains('.') && !text.contains(char::is_whitespace)
}

fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (8..=15).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '.' | '-' | '(' | ')'))
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Here.
    Received,
    /// Handed on to school or province.
    Forwarded,
    /// Answered.
    Answered,
    /// Ended.
    Closed,
}

impl State {
    /// All, in the order they follow.
    pub const ALL: [Self; 4] = [Self::Received, Self::Forwarded, Self::Answered, Self::Closed];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Forwarded => "forwarded",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What somebody reports.
#[derive(Clone)]
pub struct NewReport {
    /// The code that was looked up; a sheet's own id stays one.
    pub code: TranscriptCode,
    /// The year it is about, if it is about one.
    pub school_year: Option<SchoolYear>,
    /// The province that answers for it now.
    pub province: ProvinceRef,
    /// The school that issued it.
    pub school: Text<20>,
    /// What it is about.
    pub about: About,
    /// What is wrong.
    pub text: Words,
    /// Where to answer to.
    pub contact: Option<Contact>,
}

impl fmt::Debug for NewReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewReport({:?})", self.about)
    }
}

/// Free text as typed: normalised, with plain line ends.
///
/// # Errors
/// [`TextFault`] for nothing, too much, or characters that no text of ours has.
pub fn words(typed: &str) -> Result<Words, TextFault> {
    let text: String = typed.replace("\r\n", "\n").trim().nfc().collect();
    Text::new(text)
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When.
    pub at: Moment,
    /// To which.
    pub state: State,
    /// By which operator.
    pub by: Text<200>,
    /// What they wrote: an answer is shown to the reporter, other notes are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
}

/// A report as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Its number.
    pub number: u64,
    /// When it was filed.
    pub filed_at: Moment,
    /// The code that was looked up.
    pub code: TranscriptCode,
    /// The year it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_year: Option<SchoolYear>,
    /// The province that answered for it then.
    pub province: ProvinceRef,
    /// The school that issued it.
    pub school: Text<20>,
    /// What it is about.
    pub about: About,
    /// What is wrong.
    pub text: Words,
    /// Where to answer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// What became of it, oldest first.
    pub steps: Vec<Step>,
}

/// Never prints what was written.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Report({}, {:?})", self.number, self.state())
    }
}

impl Report {
    pub(super) fn new(number: u64, filed_at: Moment, new: NewReport) -> Self {
        let NewReport { code, school_year, province, school, about, text, contact } = new;
        Self { number, filed_at, code, school_year, province, school, about, text, contact, steps: Vec::new() }
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.steps.last().map_or(State::Received, |step| step.state)
    }

    /// The newest answer, as the reporter sees it.
    pub fn answer(&self) -> Option<&Words> {
        let answers = self.steps.iter().rev().filter(|step| matches!(step.state, State::Answered | State::Closed));
        answers.filter_map(|step| step.text.as_ref()).next()
    }
}

/// What an operator does with a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The state it gets.
    pub state: State,
    /// By whom.
    pub by: Text<200>,
    /// What they write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
}
