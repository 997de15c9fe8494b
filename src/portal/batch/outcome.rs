//! What came of a row.

use serde::{Deserialize, Serialize};

use crate::batch::row::CellFault;
use crate::portal::answer::{SheetVerdict, Verdict};
use crate::transcript::time::{Day, SchoolYear};
use crate::transcript::{Moment, TranscriptCode};

/// What came of comparing one given field with the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// The row does not give it.
    #[default]
    NotGiven,
    /// The same.
    Matches,
    /// The same but for marks of letters, or as far as either of the two is known: for a person to look at.
    Near,
    /// Something else.
    Differs,
    /// What the row gives cannot be read.
    NotRead(CellFault),
    /// The office's grant does not cover it.
    NotGranted,
    /// The record says nothing about it.
    NotOnRecord,
    /// The record could not be read just now.
    NotChecked,
}

impl Compared {
    fn is_not_given(&self) -> bool {
        *self == Self::NotGiven
    }
}

/// What came of each field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// The full name.
    #[serde(default, skip_serializing_if = "Compared::is_not_given")]
    pub full_name: Compared,
    /// The birth date.
    #[serde(default, skip_serializing_if = "Compared::is_not_given")]
    pub birth_date: Compared,
    /// The school.
    #[serde(default, skip_serializing_if = "Compared::is_not_given")]
    pub school: Compared,
    /// The school year.
    #[serde(default, skip_serializing_if = "Compared::is_not_given")]
    pub school_year: Compared,
    /// Class and grade.
    #[serde(default, skip_serializing_if = "Compared::is_not_given")]
    pub class: Compared,
}

impl Fields {
    /// All of them, in the order of the results.
    pub fn all(&self) -> [Compared; 5] {
        [self.full_name, self.birth_date, self.school, self.school_year, self.class]
    }
}

/// A year that is not simply in force, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// Which.
    pub school_year: SchoolYear,
    /// What it is.
    pub verdict: SheetVerdict,
    /// Since when, or from when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Day>,
}

/// What a file that was handed in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileResult {
    /// A soft copy of ours, and as the record is now.
    GenuineCurrent,
    /// A soft copy of ours; the record has changed since.
    GenuineOlder,
    /// A soft copy of ours; the record could not be checked.
    Unchecked,
    /// It bears our signature and is not what was signed.
    Altered,
    /// Not a soft copy of ours; a code was read from it.
    CodeOnly,
    /// Not a soft copy of ours, and without a code.
    NotIssuedHere,
    /// Longer than any file that is read.
    TooLong,
}

/// What came of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Its number in the table; of an archive or a scan the number of the file or page.
    pub row: u32,
    /// The code that was looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<TranscriptCode>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<CellFault>,
    /// The public verdict; None where there is no code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The years that are not simply in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<Year>,
    /// The row before it that gives the same code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<u32>,
    /// What came of comparing.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub fields: Fields,
    /// What the file is, where files were handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileResult>,
}

fn is_nothing(fields: &Fields) -> bool {
    *fields == Fields::default()
}

/// What it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// In force, and everything that was given is the same as on record.
    Matches,
    /// In force, and nothing was given to be compared.
    InForce,
    /// In force, and something is for a person to look at: nearly the same, or not compared.
    Look,
    /// In force, and something differs.
    Differs,
    /// On record, and not in force as a whole.
    NotInForce,
    /// A file that bears our signature and was altered.
    Altered,
    /// Nothing is on record under the code.
    Unknown,
    /// Could not be checked: says nothing.
    Unchecked,
    /// There is no code to look up.
    Unread,
}

impl Conclusion {
    /// All of them, as reports count them.
    pub const ALL: [Self; 9] = [
        Self::Matches,
        Self::InForce,
        Self::Look,
        Self::Differs,
        Self::NotInForce,
        Self::Altered,
        Self::Unknown,
        Self::Unchecked,
        Self::Unread,
    ];
}

impl Outcome {
    /// A row without a code.
    pub(super) fn unread(row: u32, fault: CellFault) -> Self {
        Self { unread: Some(fault), ..Self::empty(row) }
    }

    pub(super) fn empty(row: u32) -> Self {
        let (code, unread, verdict, same_as, file) = (None, None, None, None, None);
        Self { row, code, unread, verdict, years: Vec::new(), same_as, fields: Fields::default(), file }
    }

    /// What it comes to: the careful reading, first that applies.
    pub fn conclusion(&self) -> Conclusion {
        let any = |wanted: fn(&Compared) -> bool| self.fields.all().iter().any(wanted);
        match (self.file, self.verdict) {
            (Some(FileResult::Altered), _) => Conclusion::Altered,
            (_, None) => Conclusion::Unread,
            (_, Some(Verdict::Unchecked)) => Conclusion::Unchecked,
            (_, Some(Verdict::Unknown)) => Conclusion::Unknown,
            (_, Some(Verdict::Valid)) if any(|field| *field == Compared::Differs) => Conclusion::Differs,
            (Some(FileResult::GenuineCurrent), Some(Verdict::Valid)) => Conclusion::Matches,
            // Only a code was read, or the copy is not as the record is now.
            (Some(_), Some(Verdict::Valid)) => Conclusion::Look,
            (None, Some(Verdict::Valid)) if !any(|field| *field != Compared::NotGiven) => Conclusion::InForce,
            (None, Some(Verdict::Valid)) if any(|f| !matches!(f, Compared::NotGiven | Compared::Matches)) => {
                Conclusion::Look
            }
            (None, Some(Verdict::Valid)) => Conclusion::Matches,
            (_, Some(_)) => Conclusion::NotInForce,
        }
    }
}

/// Rows that were looked up together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// When.
    pub at: Moment,
    /// Entries of the ledger that all of them reflect at least.
    pub ledger_size: u64,
    /// The root at that size, base64.
    pub root_hash: String,
    /// What came of them, in the order of the rows.
    pub rows: Vec<Outcome>,
}
