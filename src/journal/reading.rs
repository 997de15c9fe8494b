//! Parts of the journal, read without the rest: lines of some kinds, from a moment on and as they are written, or the
//! newest first. The others are passed over unread: their hashes are for [`super::audit`] to check, those of the lines
//! handed out are checked here.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use memchr::memmem;

use super::audit::{self, Segment, at};
use super::entry::{MAX_LINE, Record, read_line};
use super::{Journal, JournalFault};
use crate::transcript::Moment;

/// What stands before the kind of an entry, and how far into a line at the latest: after a number and a time.
const ENTRY: &[u8] = b"\"entry\":{";
const WITHIN: usize = 120;

/// How entries of some kinds begin: `"signed_in"`, or with who did it, `"disclosure":{"actor":{"office"`.
pub type Kinds = &'static [&'static str];

fn is_of(line: &[u8], kinds: Kinds) -> bool {
    let Some(place) = memmem::find(&line[..line.len().min(WITHIN)], ENTRY) else { return false };
    let entry = &line[place + ENTRY.len()..];
    kinds.iter().any(|kind| entry.starts_with(kind.as_bytes()))
}

fn open(segment: &Segment) -> Result<BufReader<File>, JournalFault> {
    File::open(&segment.path).map(BufReader::new).map_err(at(&segment.path))
}

/// The next line without its newline; false at the end. Without its newline a line was never acknowledged, or is longer
/// than any of ours.
fn next_line(reader: &mut BufReader<File>, segment: &Segment, line: &mut Vec<u8>) -> Result<bool, JournalFault> {
    line.clear();
    let mut limited = reader.by_ref().take(MAX_LINE as u64 + 1);
    limited.read_until(b'\n', line).map_err(at(&segment.path))?;
    Ok(line.pop() == Some(b'\n'))
}

/// Reads a line; `place`: from 1, in its segment.
fn parse(segment: &Segment, place: u64, line: &[u8]) -> Result<Record, JournalFault> {
    let fault = |fault| JournalFault::Line { path: segment.path.clone(), line: place, fault };
    read_line(line).map_err(fault)
}

/// When a segment begins; None for one without a line.
fn begins(segment: &Segment) -> Result<Option<Moment>, JournalFault> {
    let mut line = Vec::new();
    match next_line(&mut open(segment)?, segment, &mut line)? {
        true => parse(segment, 1, &line).map(|record| Some(record.at)),
        false => Ok(None),
    }
}

/// The place of the last segment that begins at a moment or before it; the first where none does.
fn segment_at(segments: &[Segment], moment: Moment) -> Result<usize, JournalFault> {
    let (mut low, mut high) = (0, segments.len());
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match begins(&segments[middle])? {
            Some(first) if first <= moment => low = middle,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Hands out the lines of some kinds, from the segment on in which `since` falls.
pub(super) fn since(
    dir: &Path,
    since: Moment,
    kinds: Kinds,
    mut use_it: impl FnMut(Record),
) -> Result<(), JournalFault> {
    let mut following = Following::new(since, kinds);
    while !following.read(dir, u64::MAX, u64::MAX, &mut use_it)? {}
    Ok(())
}

/// Lines of some kinds, read on from where reading stopped before.
#[derive(Debug)]
pub struct Following {
    since: Moment,
    kinds: Kinds,
    place: Option<Place>,
}

/// Behind a line that was read.
#[derive(Debug, Clone)]
struct Place {
    segment: Segment,
    /// Bytes of it that were read.
    offset: u64,
    /// Number of the next line.
    next: u64,
}

impl Following {
    /// From the segment on in which `since` falls; nothing is read yet.
    pub fn new(since: Moment, kinds: Kinds) -> Self {
        Self { since, kinds, place: None }
    }

    /// Hands out what was written meanwhile, until about so many bytes were read; true when that is all there is.
    ///
    /// # Errors
    /// [`JournalFault`]; what was handed out before it is not handed out again.
    pub fn step(
        &mut self,
        journal: &Journal,
        most_bytes: u64,
        mut use_it: impl FnMut(Record),
    ) -> Result<bool, JournalFault> {
        // What lies beyond may be cut off again, and other lines written in its place.
        let (durable, _) = journal.head();
        self.read(journal.dir(), durable, most_bytes, &mut use_it)
    }

    fn read(
        &mut self,
        dir: &Path,
        durable: u64,
        most_bytes: u64,
        use_it: &mut impl FnMut(Record),
    ) -> Result<bool, JournalFault> {
        let Some(mut place) = self.place(dir)? else { return Ok(true) };
        let mut budget = most_bytes;
        loop {
            let read = read_on(&mut place, self.kinds, durable, budget, use_it);
            self.place = Some(place.clone());
            budget = budget.saturating_sub(read?);
            if place.next > durable {
                return Ok(true);
            }
            if budget == 0 {
                return Ok(false);
            }
            match audit::segments(dir)?.into_iter().find(|segment| segment.first > place.segment.first) {
                Some(segment) => place = Place { next: segment.first, segment, offset: 0 },
                None => return Ok(true),
            }
        }
    }

    fn place(&self, dir: &Path) -> Result<Option<Place>, JournalFault> {
        if let Some(place) = &self.place {
            return Ok(Some(place.clone()));
        }
        let segments = audit::segments(dir)?;
        let from = segment_at(&segments, self.since)?;
        Ok(segments.get(from).map(|segment| Place { segment: segment.clone(), offset: 0, next: segment.first }))
    }
}

/// Reads one segment on; gives how many bytes.
fn read_on(
    place: &mut Place,
    kinds: Kinds,
    durable: u64,
    most_bytes: u64,
    use_it: &mut impl FnMut(Record),
) -> Result<u64, JournalFault> {
    let (begin, mut line) = (place.offset, Vec::new());
    let mut reader = open(&place.segment)?;
    reader.seek(SeekFrom::Start(begin)).map_err(at(&place.segment.path))?;
    while place.next <= durable && place.offset - begin < most_bytes {
        if !next_line(&mut reader, &place.segment, &mut line)? {
            break;
        }
        // Past it whatever it is: a line that is damaged stops nobody twice.
        let number = place.next - place.segment.first + 1;
        place.offset += line.len() as u64 + 1;
        place.next += 1;
        if is_of(&line, kinds) {
            use_it(parse(&place.segment, number, &line)?);
        }
    }
    Ok(place.offset - begin)
}

/// Which lines are wanted of those written last.
#[derive(Debug, Clone, Copy)]
pub struct Backwards {
    /// Kinds.
    pub kinds: Kinds,
    /// Written before the line of this number; None: from the newest on.
    pub before: Option<u64>,
    /// Not before this moment.
    pub from: Option<Moment>,
    /// Before this moment.
    pub to: Option<Moment>,
    /// How many, at most.
    pub most: usize,
    /// Segments that are read, at most: each has some 8 MB.
    pub most_segments: usize,
}

/// Lines, the newest first.
#[derive(Debug, Clone)]
pub struct Back {
    /// The lines.
    pub records: Vec<Record>,
    /// Reading goes on before the line of this number; None: that is all there is.
    pub next: Option<u64>,
    /// When the oldest line was written to which reading came.
    pub read_to: Option<Moment>,
}

impl Journal {
    /// The lines written last, the newest first, of which `wanted` is true. Reads backwards from the end and stops at a
    /// bound, so that it takes as long whatever the journal's length. Blocking.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn backwards(&self, asked: &Backwards, mut wanted: impl FnMut(&Record) -> bool) -> Result<Back, JournalFault> {
        let (durable, _) = self.head();
        let mut segments = audit::segments(self.dir())?;
        let before = asked.before.unwrap_or(u64::MAX).min(durable.saturating_add(1));
        segments.retain(|segment| segment.first < before);
        if let Some(to) = asked.to.filter(|_| !segments.is_empty()) {
            segments.truncate(segment_at(&segments, to)? + 1);
        }
        let mut back = Back { records: Vec::new(), next: None, read_to: None };
        let mut left = segments.len();
        for segment in segments.iter().rev().take(asked.most_segments) {
            left -= 1;
            if !read_back(segment, before, asked, &mut wanted, &mut back)? {
                return Ok(back);
            }
            let begun = begins(segment)?;
            back.read_to = begun.or(back.read_to);
            if asked.from.is_some_and(|from| begun.is_some_and(|begun| begun < from)) {
                back.next = None;
                return Ok(back);
            }
            back.next = (left > 0).then_some(segment.first);
        }
        Ok(back)
    }
}

/// Reads one segment backwards; false when there are as many lines as are wanted.
fn read_back(
    segment: &Segment,
    before: u64,
    asked: &Backwards,
    wanted: &mut impl FnMut(&Record) -> bool,
    back: &mut Back,
) -> Result<bool, JournalFault> {
    let bytes = std::fs::read(&segment.path).map_err(at(&segment.path))?;
    let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
    let lines: Vec<&[u8]> = bytes[..whole].split_inclusive(|byte| *byte == b'\n').collect();
    let fits = |moment: Moment| asked.from.is_none_or(|from| moment >= from) && asked.to.is_none_or(|to| moment < to);
    for (place, line) in lines.iter().enumerate().rev() {
        let (number, line) = (segment.first + place as u64, &line[..line.len() - 1]);
        if number >= before || !is_of(line, asked.kinds) {
            continue;
        }
        let record = parse(segment, place as u64 + 1, line)?;
        if !fits(record.at) || !wanted(&record) {
            continue;
        }
        (back.read_to, back.next) = (Some(record.at), Some(number));
        back.records.push(record);
        if back.records.len() == asked.most {
            return Ok(false);
        }
    }
    Ok(true)
}
