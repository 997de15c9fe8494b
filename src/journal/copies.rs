//! Lines about copies: handed out, and voided. A process reads them back when it starts, so that a copy that was voided
//! stays void.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::JournalFault;
use super::entry::{Actor, Purpose, Record, Tag};
use super::reading::{self, Kinds};
use crate::transcript::{CopyId, Moment};

/// A copy was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyIssued {
    /// Who asked for it.
    pub actor: Actor,
    /// What for.
    pub purpose: Purpose,
    /// Keyed hash of the transcript code.
    pub transcript: Tag,
    /// Which copy; the id says what it opens.
    pub copy: CopyId,
    /// Until when it discloses.
    pub expires_at: Moment,
    /// Keyed hash of the client's address prefix; none at the machine itself.
    pub client: Option<Tag>,
    /// Names the key of the two hashes.
    pub key: String,
}

/// A copy was voided: it discloses nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyVoided {
    /// Who did it.
    pub actor: Actor,
    /// Keyed hash of the transcript code.
    pub transcript: Tag,
    /// Which copy.
    pub copy: CopyId,
    /// Keyed hash of the client's address prefix; none at the machine itself.
    pub client: Option<Tag>,
    /// Names the key of the two hashes.
    pub key: String,
}

const KINDS: Kinds = &["\"copy_"];

/// Hands out the lines about copies, from the segment on in which `since` falls.
pub(super) fn since(dir: &Path, since: Moment, use_it: impl FnMut(Record)) -> Result<(), JournalFault> {
    reading::since(dir, since, KINDS, use_it)
}
