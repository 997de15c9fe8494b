//! One line: what happened, the keyed hashes in it, and how it is chained.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::apps::{AppChanged, ConsentUsed};
use super::batches::{BatchChanged, BatchRows};
use super::copies::{CopyIssued, CopyVoided};
use super::offices::{ChangesNoted, MemberChanged, OfficeChanged, SignInRefused, SignedIn, SignedOut};
use super::searches::{SearchFound, SearchMade};
use crate::signing::keyed::KeyedHash;
use crate::transcript::strict;
use crate::transcript::text::Text;
use crate::transcript::{Group, GroupSet, Moment, TranscriptCode};

/// Longest line, without its newline.
pub const MAX_LINE: usize = 8 * 1024;

/// What keeps tags of transcripts apart from those of other things.
const TRANSCRIPT: &str = "transcript";
/// `,"hash":"` + 43 characters + `"}`.
const SEAL_LEN: usize = 9 + 43 + 2;

/// A 16-byte keyed hash: tells whether two lines of one month concern the same thing, and nothing to whoever lacks the
/// key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag([u8; 16]);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({self})")
    }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(fixed(&String::deserialize(from)?).ok_or_else(|| de::Error::custom("expected a keyed hash"))?))
    }
}

fn fixed<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// The journal's own key for keyed hashes. A key is derived from it for each month, so tags of different months can't
/// be linked without it; with it, "who looked at this transcript" is answered by computing the tag of each month.
#[derive(Debug, Clone)]
pub struct TagKey {
    key: KeyedHash,
    id: String,
}

impl TagKey {
    /// From 32 secret bytes that serve no other purpose.
    pub fn new(secret: &[u8; 32]) -> Self {
        let key = KeyedHash::new(secret);
        let id = BASE64URL_NOPAD.encode(&key.digest("hocba/journal/key-id", b"")[..6]);
        Self { key, id }
    }

    /// Names the key in every line written with it, so that it can be replaced.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The tag of a transcript in the month of `at`.
    pub fn transcript(&self, code: &TranscriptCode, at: Moment) -> Tag {
        self.tag(TRANSCRIPT, code.as_bytes(), at)
    }

    /// The tag of a client's address prefix in the month of `at`.
    pub fn client(&self, prefix: &str, at: Moment) -> Tag {
        self.tag("client", prefix.as_bytes(), at)
    }

    /// The tag of who is looked for in the month of `at`.
    pub fn sought(&self, subject: &[u8], at: Moment) -> Tag {
        self.tag("sought", subject, at)
    }

    /// The tag of a consent in the month of `at`.
    pub fn consent(&self, subject: &[u8], at: Moment) -> Tag {
        self.tag("consent", subject, at)
    }

    /// The tag of a file that was handed in, by its SHA-256, in the month of `at`.
    pub fn file(&self, digest: &[u8; 32], at: Moment) -> Tag {
        self.tag("file", digest, at)
    }

    /// The tags of many transcripts in one month.
    pub fn transcripts(&self, codes: &[TranscriptCode], at: Moment) -> Vec<Tag> {
        let month = self.month(at);
        codes.iter().map(|code| Tag(month.short(TRANSCRIPT, code.as_bytes()))).collect()
    }

    fn tag(&self, label: &str, value: &[u8], at: Moment) -> Tag {
        Tag(self.month(at).short(label, value))
    }

    fn month(&self, at: Moment) -> KeyedHash {
        let day = at.date_in_vietnam();
        let month = format!("{:04}-{:02}", day.year(), day.month());
        KeyedHash::new(&self.key.digest("hocba/journal/month", month.as_bytes()))
    }
}

/// Why something was disclosed.
pub type Purpose = Text<300>;

/// What opened the content for a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// The birth date (and the name, where the date is partial).
    BirthDate,
    /// The token in a soft copy.
    Token,
}

/// Who saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Actor {
    /// Someone who has the code and what goes with it; the portal knows no more about them.
    Holder {
        /// What they had.
        opened_with: SecondFactor,
    },
    /// An office with a grant.
    Office {
        /// Its account.
        account: Text<100>,
    },
    /// A partner's app, under somebody's consent.
    App {
        /// Its short name.
        partner: Text<100>,
        /// Number of the line of the consent.
        consent: u64,
    },
    /// Someone at the machine itself.
    Operator {
        /// The name they gave.
        name: Text<200>,
    },
}

/// How it ended, as far as it was known when the line was written: before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The groups were handed out.
    Disclosed,
    /// An office or operator asked for more than it may see, and got nothing. Holders' wrong tries are counted
    /// elsewhere and leave no line: a stranger must not be able to fill the journal.
    Refused,
}

/// Somebody saw, or asked to see, groups of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// Who.
    pub actor: Actor,
    /// What for.
    pub purpose: Purpose,
    /// Keyed hash of the transcript code.
    pub transcript: Tag,
    /// Which groups.
    #[serde(with = "group_list")]
    pub groups: GroupSet,
    /// Keyed hash of the client's address prefix; none at the machine itself.
    pub client: Option<Tag>,
    /// Names the [`TagKey`] of the two hashes.
    pub key: String,
    /// How it ended.
    pub outcome: Outcome,
}

pub(super) mod group_list {
    use super::{Deserialize, Deserializer, Group, GroupSet, Serializer, de};

    pub(in crate::journal) fn serialize<S: Serializer>(groups: &GroupSet, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(groups.iter())
    }

    pub(in crate::journal) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<GroupSet, D::Error> {
        let list = Vec::<Group>::deserialize(from)?;
        match list.windows(2).all(|pair| pair[0] < pair[1]) {
            true => Ok(GroupSet::of(&list)),
            false => Err(de::Error::custom("groups are not in order")),
        }
    }
}

/// What was done with reports of errors (báo sai sót).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportAction {
    /// Somebody filed it.
    Filed,
    /// An operator read it.
    Read,
    /// Operators took copies along.
    Exported,
    /// It was handed on.
    Forwarded,
    /// It was answered.
    Answered,
    /// It was ended.
    Closed,
}

/// Something was done with reports of errors. What they say stands nowhere in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportLine {
    /// Who; none for a reporter, of whom nothing is known.
    pub actor: Option<Actor>,
    /// What.
    pub action: ReportAction,
    /// Their numbers.
    pub reports: Vec<u64>,
    /// Keyed hash of the transcript code, where it is one report.
    pub transcript: Option<Tag>,
    /// Keyed hash of the client's address prefix; none at the machine itself.
    pub client: Option<Tag>,
    /// Names the [`TagKey`] of the two hashes.
    pub key: String,
}

/// What a line is about. Further kinds become further variants; the chain does not depend on them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Groups of a transcript were seen.
    Disclosure(Disclosure),
    /// A report of an error was filed, read or answered.
    Report(ReportLine),
    /// A copy was handed out.
    CopyIssued(CopyIssued),
    /// A copy was voided.
    CopyVoided(CopyVoided),
    /// An office was created, or its grant changed.
    OfficeChanged(OfficeChanged),
    /// An account was changed.
    MemberChanged(MemberChanged),
    /// Somebody signed in.
    SignedIn(SignedIn),
    /// Sign-ins were refused.
    SignInRefused(SignInRefused),
    /// Somebody signed out.
    SignedOut(SignedOut),
    /// Somebody took note of changes of transcripts.
    ChangesNoted(ChangesNoted),
    /// An office looks for somebody.
    SearchMade(SearchMade),
    /// What it is shown.
    SearchFound(SearchFound),
    /// A batch was begun, ended, taken home or deleted.
    BatchChanged(BatchChanged),
    /// Transcripts were looked up in a batch, and not opened.
    BatchRows(BatchRows),
    /// An app was registered, or changed.
    AppChanged(AppChanged),
    /// A partner presented a consent.
    ConsentUsed(ConsentUsed),
}

/// A hash as it stands in a line.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ChainHash([u8; 32]);

impl Serialize for ChainHash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for ChainHash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(fixed(&String::deserialize(from)?).ok_or_else(|| de::Error::custom("expected a hash"))?))
    }
}

#[derive(Serialize)]
struct OpenLine<'a> {
    seq: u64,
    at: Moment,
    entry: &'a Entry,
    prev: ChainHash,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireLine {
    seq: u64,
    at: Moment,
    entry: Entry,
    prev: ChainHash,
    hash: ChainHash,
}

/// One line, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number, from 1.
    pub seq: u64,
    /// When it was written.
    pub at: Moment,
    /// What happened.
    pub entry: Entry,
    /// Its hash: the head of the journal when it was the last line.
    pub hash: [u8; 32],
}

/// Proof that a line is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Longer than [`MAX_LINE`].
    #[error("the line is longer than {MAX_LINE} bytes")]
    TooLong,
    /// Cut off in the middle of a segment.
    #[error("the line does not end with a newline")]
    Unfinished,
    /// The line's own hash is not there or not that of the line.
    #[error("the line does not have the hash it claims")]
    Hash,
    /// Not an entry this version knows.
    #[error("not a journal entry")]
    Entry,
    /// Another number: a line was removed, repeated or moved.
    #[error("expected line number {expected}, found {found}")]
    Sequence {
        /// The number that comes next.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// Not chained to the line before.
    #[error("the line does not follow the line before it")]
    Previous,
}

/// The hash of an unsealed line: SHA-256 of everything before `,"hash":`.
fn line_hash(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// Where a chain of lines has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chain {
    /// Number of the last line.
    pub(super) size: u64,
    /// Its hash; `None` when reading starts in the middle and the first line's word has to be taken for it.
    head: Option<[u8; 32]>,
}

impl Chain {
    /// Before the first line. Its predecessor's hash is 32 zero bytes.
    pub(super) const START: Self = Self { size: 0, head: Some([0; 32]) };

    /// Before line `size + 1`, whose predecessor is not read.
    pub(super) const fn after(size: u64) -> Self {
        Self { size, head: if size == 0 { Some([0; 32]) } else { None } }
    }

    /// The hash of the last line; zero bytes before the first.
    pub(super) fn head(&self) -> [u8; 32] {
        self.head.unwrap_or_default()
    }

    /// The next line, newline included, and what it makes of the chain.
    pub(super) fn seal(&self, at: Moment, entry: &Entry) -> Option<(Vec<u8>, Self)> {
        let open = OpenLine { seq: self.size + 1, at, entry, prev: ChainHash(self.head()) };
        let mut line = serde_json::to_vec(&open).ok()?;
        line.pop();
        let hash = line_hash(&line);
        line.extend_from_slice(format!(",\"hash\":\"{}\"}}\n", BASE64URL_NOPAD.encode(&hash)).as_bytes());
        (line.len() <= MAX_LINE).then_some((line, Self { size: open.seq, head: Some(hash) }))
    }

    /// Reads the next line, given without its newline.
    pub(super) fn follow(&mut self, line: &[u8]) -> Result<Record, LineFault> {
        let (record, prev) = parse_line(line)?;
        if record.seq != self.size + 1 {
            return Err(LineFault::Sequence { expected: self.size + 1, found: record.seq });
        }
        if self.head.is_some_and(|head| head != prev) {
            return Err(LineFault::Previous);
        }
        *self = Self { size: record.seq, head: Some(record.hash) };
        Ok(record)
    }
}

/// Reads one line by itself, given without its newline: its own hash is checked, its place is not.
///
/// # Errors
/// [`LineFault`].
pub fn read_line(line: &[u8]) -> Result<Record, LineFault> {
    parse_line(line).map(|(record, _)| record)
}

fn parse_line(line: &[u8]) -> Result<(Record, [u8; 32]), LineFault> {
    if line.len() >= MAX_LINE {
        return Err(LineFault::TooLong);
    }
    let (body, seal) = line.split_at_checked(line.len().saturating_sub(SEAL_LEN)).ok_or(LineFault::Hash)?;
    let hash = line_hash(body);
    let expected = format!(",\"hash\":\"{}\"}}", BASE64URL_NOPAD.encode(&hash));
    if seal != expected.as_bytes() {
        return Err(LineFault::Hash);
    }
    let wire: WireLine = strict::from_slice(line, MAX_LINE).map_err(|_| LineFault::Entry)?;
    // A hash elsewhere in the line than at its end would be a second one, which the parser refuses.
    if wire.hash != ChainHash(hash) {
        return Err(LineFault::Hash);
    }
    Ok((Record { seq: wire.seq, at: wire.at, entry: wire.entry, hash }, wire.prev.0))
}
