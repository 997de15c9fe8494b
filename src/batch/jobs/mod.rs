//! Batches as jobs: handed in, worked on by and by, kept sealed until their time is over.
//!
//! Three files a job, none of which says anything without the key:
//!
//! | file | holds | written |
//! |---|---|---|
//! | `<id>.input` | what was handed in | once, before the job is there |
//! | `<id>.results` | what came of the rows, so many at a time | appended and fsynced |
//! | `<id>.job` | whose, what for, how far | replaced whole |
//!
//! Results are appended in the order of the rows, each record naming its place: after a crash the rows that are there
//! are the first so many, and work goes on with the next. A record that a crash left unfinished is cut off; it was never
//! shown. So no row is lost and none is there twice.

mod input;
mod results;
mod shelf;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::columns::Field;
use crate::transcript::text::{self, Text};
use crate::transcript::{Moment, hex32};

pub use results::{Chunk, MAX_CHUNK};
pub use shelf::{AddRefusal, Bounds, Jobs, JobsFault};

/// Names a job: 80 random bits, so that it cannot be found by trying.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId([u8; 10]);

impl JobId {
    /// A new one; None when the system gives no randomness.
    pub(super) fn generate() -> Option<Self> {
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Twenty small hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl std::fmt::Debug for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "JobId({self})")
    }
}

impl Serialize for JobId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for JobId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "the number of a batch, twenty hexadecimal digits", Self::parse)
    }
}

/// What was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A table: one row each.
    Table,
    /// An archive of soft copies and photos: one file each.
    Archive,
    /// A scan: one page each.
    Scan,
}

/// Who handed a batch in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum By {
    /// A member of the office.
    Member {
        /// The account.
        account: Text<100>,
    },
    /// Someone at the machine itself, within the office's grant.
    Operator {
        /// The name they gave.
        name: Text<200>,
    },
}

/// Why a job ended before its last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// The office's grant is over, or the account may not look any more.
    GrantOver,
    /// What was handed in cannot be read.
    Unreadable,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for its turn, or for its work to go on after a restart.
    Waiting,
    /// All rows are done.
    Finished,
    /// Ended by whoever handed it in, or by their office.
    Cancelled,
    /// Ended by the portal.
    Stopped(Stopped),
}

/// A job as somebody hands it in.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// For which office, by its short name.
    pub office: Text<100>,
    /// Who.
    pub by: By,
    /// What for, as the journal says it.
    pub purpose: Text<300>,
    /// What it is.
    pub input: Input,
    /// The name of the file.
    pub name: Text<200>,
    /// Which columns are taken as what, where somebody said so; else by their titles.
    pub taken: Vec<(usize, Field)>,
    /// How many rows it has.
    pub rows: u64,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// For which office.
    pub office: Text<100>,
    /// Who handed it in.
    pub by: By,
    /// What for.
    pub purpose: Text<300>,
    /// What was handed in.
    pub input: Input,
    /// The name of the file.
    pub name: Text<200>,
    /// SHA-256 of the file.
    #[serde(with = "hex32")]
    pub digest: [u8; 32],
    /// Which columns are taken as what, where somebody said so.
    pub taken: Vec<(usize, Field)>,
    /// How many rows it has.
    pub rows: u64,
    /// When it was handed in.
    pub made_at: Moment,
    /// Where it stands.
    pub state: State,
    /// When it ended.
    pub ended_at: Option<Moment>,
}

impl Job {
    /// Whether nothing more happens with it.
    pub fn is_over(&self) -> bool {
        self.state != State::Waiting
    }
}
