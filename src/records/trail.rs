//! The trail: for every record the ledger entries it is made of, so that one that Redis has lost can be
//! made again. Local and small: some 30 bytes a transcript.
//!
//! Records of a few dozen bytes (pointers) stand here themselves: to fetch them would cost more.
//!
//! Believed by nobody either: what is made with its help is compared with the head.

use std::path::Path;
use std::sync::Arc;

use super::{RecordKey, RecordsFault};
use crate::segments::{Found, Shape, Table};
use crate::transcript::TranscriptCode;
use crate::transcript::record::RecordView;

const SHAPE: Shape = Shape { kind: "trail", value_len: None };
/// Longest record that stands here itself.
const WHOLE: usize = 64;
/// Bytes in memory at which they become a segment.
const FLUSH_BYTES: usize = 16 << 20;

const IS_WHOLE: u8 = 0;
const IS_MADE_OF: u8 = 1;

/// What the trail says of a code.
pub(super) enum Traced {
    /// The record itself.
    Whole(Vec<u8>),
    /// Positions of the entries it is made of, in ledger order.
    MadeOf(Vec<u64>),
}

/// The table; its state is the ledger size reflected.
#[derive(Debug)]
pub(super) struct Trail {
    table: Table<16, Arc<[u8]>, u64>,
}

impl Trail {
    pub(super) fn open(dir: &Path, cache_bytes: u64) -> Result<Self, RecordsFault> {
        Ok(Self { table: Table::open(dir, SHAPE, cache_bytes, 0)? })
    }

    pub(super) fn get(&self, code: &TranscriptCode) -> Result<Option<Traced>, RecordsFault> {
        let Some(found) = self.table.view().get(code.as_bytes())? else { return Ok(None) };
        let damaged = || RecordsFault::corrupt("the trail has a value that cannot be read");
        let (kind, rest) = value(&found).split_first().ok_or_else(damaged)?;
        match *kind {
            IS_WHOLE => Ok(Some(Traced::Whole(rest.to_vec()))),
            IS_MADE_OF => Ok(Some(Traced::MadeOf(postcard::from_bytes(rest).map_err(|_| damaged())?))),
            _ => Err(damaged()),
        }
    }

    /// Notes what these records are made of.
    pub(super) fn put(&self, records: &[(RecordKey, &[u8])]) -> Result<(), RecordsFault> {
        let entries: Vec<_> = records
            .iter()
            .map(|(key, record)| Ok((*key.code.as_bytes(), Arc::from(traced(record)?))))
            .collect::<Result<_, RecordsFault>>()?;
        let waiting = self.table.apply(entries, |size| Ok::<_, RecordsFault>(*size))?;
        if waiting.bytes >= FLUSH_BYTES {
            self.table.flush()?;
        }
        Ok(())
    }

    pub(super) fn reflects(&self) -> u64 {
        *self.table.view().state()
    }

    pub(super) fn set_reflects(&self, size: u64) -> Result<(), RecordsFault> {
        self.table.apply([], |_| Ok::<_, RecordsFault>(size)).map(|_| ())
    }

    pub(super) fn persist(&self) -> Result<(), RecordsFault> {
        Ok(self.table.flush()?)
    }
}

fn value(found: &Found<Arc<[u8]>>) -> &[u8] {
    found.as_ref()
}

/// Whether a record stands in the trail itself.
pub(super) fn is_whole(record: &[u8]) -> bool {
    record.len() <= WHOLE
}

fn traced(record: &[u8]) -> Result<Vec<u8>, RecordsFault> {
    if is_whole(record) {
        return Ok([&[IS_WHOLE], record].concat());
    }
    let Ok(RecordView::Transcript(transcript)) = RecordView::parse(record) else {
        return Err(RecordsFault::corrupt("a record that cannot be read was to be stored"));
    };
    let sheets = transcript.sheets().map(|sheet| sheet.leaf.index);
    let mut made_of: Vec<u64> = sheets.chain(transcript.statuses().map(|status| status.leaf.index)).collect();
    made_of.sort_unstable();
    let bytes = postcard::to_stdvec(&made_of).map_err(|_| RecordsFault::corrupt("positions that cannot be written"))?;
    Ok([&[IS_MADE_OF][..], &bytes].concat())
}
