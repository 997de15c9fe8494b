//! Lines about copies: handed out, and voided. A process reads them back when it starts, so that a copy that was voided
//! stays void.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::audit::{self, Segment, at};
use super::entry::{Actor, MAX_LINE, Purpose, Record, Tag, read_line};
use super::{Entry, JournalFault};
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

/// Where the kind of entry stands in a line at the latest: after a number and a time.
const KIND_WITHIN: usize = 120;
const KIND: &[u8] = b"\"entry\":{\"copy_";

/// Hands out the lines about copies, from the segment on in which `since` falls. Most lines are disclosures, which are
/// passed over unread: their hashes are for [`audit::audit`] to check, those of the lines handed out are checked here.
pub(super) fn since(dir: &Path, since: Moment, mut use_it: impl FnMut(Record)) -> Result<(), JournalFault> {
    let segments = audit::segments(dir)?;
    let mut from = 0;
    for (place, segment) in segments.iter().enumerate().skip(1) {
        match first_line_at(segment)? {
            Some(first) if first <= since => from = place,
            _ => break,
        }
    }
    for segment in &segments[from..] {
        read(segment, &mut use_it)?;
    }
    Ok(())
}

fn open(segment: &Segment) -> Result<BufReader<File>, JournalFault> {
    File::open(&segment.path).map(BufReader::new).map_err(at(&segment.path))
}

fn next_line(reader: &mut BufReader<File>, segment: &Segment, line: &mut Vec<u8>) -> Result<bool, JournalFault> {
    line.clear();
    let mut limited = reader.by_ref().take(MAX_LINE as u64 + 1);
    limited.read_until(b'\n', line).map_err(at(&segment.path))?;
    // Without its newline a line was never acknowledged, or is longer than any of ours.
    Ok(line.pop() == Some(b'\n'))
}

fn first_line_at(segment: &Segment) -> Result<Option<Moment>, JournalFault> {
    let mut line = Vec::new();
    match next_line(&mut open(segment)?, segment, &mut line)? {
        true => parse(segment, 1, &line).map(|record| Some(record.at)),
        false => Ok(None),
    }
}

fn read(segment: &Segment, use_it: &mut impl FnMut(Record)) -> Result<(), JournalFault> {
    let mut reader = open(segment)?;
    let (mut line, mut number) = (Vec::new(), 0);
    while next_line(&mut reader, segment, &mut line)? {
        number += 1;
        let start = &line[..line.len().min(KIND_WITHIN)];
        if start.windows(KIND.len()).any(|w| w == KIND) {
            let record = parse(segment, number, &line)?;
            if matches!(record.entry, Entry::CopyIssued(_) | Entry::CopyVoided(_)) {
                use_it(record);
            }
        }
    }
    Ok(())
}

fn parse(segment: &Segment, number: u64, line: &[u8]) -> Result<Record, JournalFault> {
    let fault = |fault| JournalFault::Line { path: segment.path.clone(), line: number, fault };
    read_line(line).map_err(fault)
}
