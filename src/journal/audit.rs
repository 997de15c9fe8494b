//! Reading the journal from the first line to the last, and naming the first fault.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::entry::{Chain, LineFault, MAX_LINE, Record};
use super::{Anchor, JournalFault};

const SUFFIX: &str = ".jsonl";

/// A segment file and the number of its first line, which is its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) first: u64,
    pub(super) path: PathBuf,
}

impl Segment {
    pub(super) fn new(dir: &Path, first: u64) -> Self {
        Self { first, path: dir.join(format!("{first:012}{SUFFIX}")) }
    }
}

/// The segments of a journal, in order. Files with other names are none.
pub(super) fn segments(dir: &Path) -> Result<Vec<Segment>, JournalFault> {
    let fault = |e| JournalFault::io(dir, e);
    let mut found = Vec::new();
    for file in fs::read_dir(dir).map_err(fault)? {
        let name = file.map_err(fault)?.file_name();
        let number = name.to_str().and_then(|n| n.strip_suffix(SUFFIX)).and_then(|n| n.parse::<u64>().ok());
        let segment = number.map(|first| Segment::new(dir, first));
        found.extend(segment.filter(|s| s.path.file_name() == Some(&name)));
    }
    found.sort_by_key(|segment| segment.first);
    Ok(found)
}

/// What a segment ends with after its last newline. None of it was ever acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Torn {
    /// A whole line that lacks only its newline.
    Newline,
    /// Part of a line, or zeros where a line should be.
    Part,
}

/// Where reading stopped.
#[derive(Debug, Clone)]
pub(super) struct End {
    /// Length of the last segment up to and including its last newline.
    pub(super) length: u64,
    /// What comes after it.
    pub(super) torn: Option<Torn>,
    /// The chain up to there.
    pub(super) chain: Chain,
}

/// The lines of a journal, checked one after the other. Stops at the first fault.
pub struct Records {
    dir: PathBuf,
    segments: std::vec::IntoIter<Segment>,
    open: Option<OpenSegment>,
    chain: Chain,
    end: Option<End>,
    failed: bool,
}

struct OpenSegment {
    path: PathBuf,
    reader: BufReader<File>,
    line: u64,
    length: u64,
}

impl Records {
    /// Reads a whole journal. Its owner may be appending meanwhile; an unfinished last line is then left out.
    ///
    /// # Errors
    /// [`JournalFault::Io`] when the directory can't be read.
    pub fn open(dir: &Path) -> Result<Self, JournalFault> {
        Ok(Self::of(dir, segments(dir)?, Chain::START))
    }

    /// Reads these segments, taking the first one's word for what came before it.
    pub(super) fn of(dir: &Path, segments: Vec<Segment>, before: Chain) -> Self {
        let segments = segments.into_iter();
        Self { dir: dir.to_owned(), segments, open: None, chain: before, end: None, failed: false }
    }

    /// How many lines were read, and the hash of the last.
    pub fn head(&self) -> (u64, [u8; 32]) {
        (self.chain.size, self.chain.head())
    }

    /// Reads to the end.
    pub(super) fn finish(mut self) -> Result<End, JournalFault> {
        for record in self.by_ref() {
            record?;
        }
        Ok(self.end.unwrap_or(End { length: 0, torn: None, chain: self.chain }))
    }

    fn step(&mut self) -> Result<Option<Record>, JournalFault> {
        loop {
            if self.open.is_none() && !self.open_next()? {
                return Ok(None);
            }
            let Some(open) = &mut self.open else { return Ok(None) };
            let mut line = Vec::new();
            // One byte more than a line may have, so that a longer one is noticed and never held in full.
            let limit = MAX_LINE as u64 + 1;
            let read = open.reader.by_ref().take(limit).read_until(b'\n', &mut line);
            read.map_err(|e| JournalFault::io(&open.path, e))?;
            open.line += 1;
            let fault = |fault| JournalFault::Line { path: open.path.clone(), line: open.line, fault };
            match line.pop() {
                Some(b'\n') => {
                    let record = self.chain.follow(&line).map_err(fault)?;
                    open.length += line.len() as u64 + 1;
                    return Ok(Some(record));
                }
                Some(last) => {
                    line.push(last);
                    if line.len() as u64 == limit && !(ends_in_zeros(&line) && only_zeros(&mut open.reader)) {
                        return Err(fault(LineFault::TooLong));
                    }
                    let torn = self.judge_torn(&line)?;
                    self.close(Some(torn))?;
                }
                None => self.close(None)?,
            }
        }
    }

    fn open_next(&mut self) -> Result<bool, JournalFault> {
        let Some(segment) = self.segments.next() else { return Ok(false) };
        if segment.first != self.chain.size + 1 {
            return Err(JournalFault::Segment { path: segment.path, expected: self.chain.size + 1 });
        }
        let file = File::open(&segment.path).map_err(|e| JournalFault::io(&segment.path, e))?;
        self.open = Some(OpenSegment { path: segment.path, reader: BufReader::new(file), line: 0, length: 0 });
        Ok(true)
    }

    /// Ends a segment. Only the last one may end in the middle of a line: a new one is begun when the one before is
    /// durable in full.
    fn close(&mut self, torn: Option<Torn>) -> Result<(), JournalFault> {
        let Some(open) = self.open.take() else { return Ok(()) };
        if torn.is_some() && self.segments.len() > 0 {
            return Err(JournalFault::Line { path: open.path, line: open.line, fault: LineFault::Unfinished });
        }
        self.end = Some(End { length: open.length, torn, chain: self.chain });
        Ok(())
    }

    /// A crash leaves a beginning of what was being written, on some file systems followed by zeros. A whole line
    /// followed by something else is none of that: its newline was changed, and it may well have been acknowledged.
    fn judge_torn(&mut self, tail: &[u8]) -> Result<Torn, JournalFault> {
        let Some(open) = &mut self.open else { return Ok(Torn::Part) };
        if self.chain.clone().follow(tail).is_ok() {
            return Ok(Torn::Newline);
        }
        let whole = (1..tail.len())
            .rev()
            .take(MAX_LINE)
            .find(|at| tail[*at - 1] == b'}' && tail[*at] != 0 && self.chain.clone().follow(&tail[..*at]).is_ok());
        match whole {
            None => Ok(Torn::Part),
            Some(_) => {
                Err(JournalFault::Line { path: open.path.clone(), line: open.line, fault: LineFault::Unfinished })
            }
        }
    }
}

impl Iterator for Records {
    type Item = Result<Record, JournalFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let step = self.step().transpose();
        self.failed = matches!(step, Some(Err(_)) | None);
        step
    }
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Records({}, {} read)", self.dir.display(), self.chain.size)
    }
}

/// What an audit of the whole journal found: every line in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audited {
    /// How many lines.
    pub size: u64,
    /// The hash of the last; zero bytes for none.
    pub head: [u8; 32],
    /// Whether an unfinished line follows, left by a crash or being written now.
    pub unfinished: bool,
}

/// Checks the whole journal, and that it is the one these anchors (from the ledger, in any order) are about.
///
/// # Errors
/// [`JournalFault`] names the first fault.
pub fn audit(dir: &Path, anchors: &[Anchor]) -> Result<Audited, JournalFault> {
    check(dir, anchors.iter().map(|anchor| (anchor.size, anchor.head)).collect())
}

/// [`audit`] against (size, head) pairs.
pub(super) fn check(dir: &Path, mut heads: Vec<(u64, [u8; 32])>) -> Result<Audited, JournalFault> {
    heads.sort_unstable();
    let mut heads = heads.into_iter().peekable();
    let mut records = Records::open(dir)?;
    loop {
        let (size, found) = records.head();
        while let Some((_, head)) = heads.next_if(|(at, _)| *at == size) {
            if head != found {
                return Err(JournalFault::Rewritten(size));
            }
        }
        match records.next() {
            Some(record) => record?,
            None => break,
        };
    }
    let (size, head) = records.head();
    match heads.next() {
        Some((anchored, _)) => Err(JournalFault::CutShort { anchored, found: size }),
        None => Ok(Audited { size, head, unfinished: records.end.is_some_and(|end| end.torn.is_some()) }),
    }
}

/// Whether the first zero byte is followed by nothing else.
fn ends_in_zeros(bytes: &[u8]) -> bool {
    bytes.iter().position(|b| *b == 0).is_some_and(|first| bytes[first..].iter().all(|b| *b == 0))
}

fn only_zeros(rest: &mut impl io::Read) -> bool {
    let mut buffer = [0; 4096];
    loop {
        match rest.read(&mut buffer) {
            Ok(0) => return true,
            Ok(n) if buffer[..n].iter().all(|b| *b == 0) => {}
            _ => return false,
        }
    }
}

/// An error of the system, with the file it is about.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> JournalFault + '_ {
    move |e| JournalFault::io(path, e)
}
