//! The trail: for every record the ledger entries it is made of, so that one that Redis has lost can be
//! made again. Local and small: some 30 bytes a transcript, and 10 for each sheet signed with certificates.
//! For those the grants of head and institution are noted too: to find them again would take the signed
//! objects, and the grants as they stood then.
//!
//! Records of a few dozen bytes (pointers) stand here themselves: to fetch them would cost more.
//!
//! Believed by nobody either: what is made with its help is compared with the head.

use std::path::Path;
use std::sync::Arc;

use super::{Part, RecordKey, RecordsFault, grant_key};
use crate::segments::{Found, Shape, Table};
use crate::transcript::TranscriptCode;
use crate::transcript::record::{HeadDigest, Record, RecordView, SheetView};

const SHAPE: Shape = Shape { kind: "trail", value_len: None };
/// Longest record that stands here itself: any pointer, and no booklet.
const WHOLE: usize = 128;
/// Most grants bound to certificates that the trail may be ahead of the heads.
const MOST_AHEAD: usize = 1 << 20;
/// Bytes in memory at which they become a segment.
const FLUSH_BYTES: usize = 16 << 20;

const IS_WHOLE: u8 = 0;
const IS_MADE_OF: u8 = 1;
const IS_CERTIFIED: u8 = 2;

/// What the trail says of a code.
pub(super) enum Traced {
    /// The record itself.
    Whole(Vec<u8>),
    /// The entries it is made of, in ledger order.
    MadeOf(Vec<Part>),
}

/// Of a sheet signed with certificates: its position, those of the grants of head and institution.
type CertifiedAt = (u64, [u64; 2]);

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
            IS_MADE_OF => {
                let positions: Vec<u64> = postcard::from_bytes(rest).map_err(|_| damaged())?;
                Ok(Some(Traced::MadeOf(parts(positions, &[]))))
            }
            IS_CERTIFIED => {
                let (positions, certified): (Vec<u64>, Vec<CertifiedAt>) =
                    postcard::from_bytes(rest).map_err(|_| damaged())?;
                Ok(Some(Traced::MadeOf(parts(positions, &certified))))
            }
            _ => Err(damaged()),
        }
    }

    /// A record that stands here itself. The trail may be ahead of the heads, and one such record changes:
    /// which grant bound to a certificate is the newest. The one before it is named by the grant.
    pub(super) fn whole(&self, key: &RecordKey) -> Result<Option<Vec<u8>>, RecordsFault> {
        let Some(Traced::Whole(mut record)) = self.get(&key.code)? else { return Ok(None) };
        for _ in 0..MOST_AHEAD {
            let Ok(RecordView::NewestBound { kid }) = RecordView::parse(&record) else { break };
            if HeadDigest::of(&record) == key.head {
                break;
            }
            let Some(previous) = self.bound_before(&kid)? else { break };
            record = Record::NewestBound { kid: previous }.encode();
        }
        Ok(Some(record))
    }

    fn bound_before(&self, kid: &[u8; 32]) -> Result<Option<[u8; 32]>, RecordsFault> {
        let Some(Traced::Whole(grant)) = self.get(&grant_key(kid))? else { return Ok(None) };
        Ok(match RecordView::parse(&grant) {
            Ok(RecordView::GrantPointer { bound, .. }) => bound.and_then(|bound| bound.previous),
            _ => None,
        })
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
    let certified: Vec<CertifiedAt> = transcript.sheets().filter_map(|sheet| certified_at(&sheet)).collect();
    let (kind, written) = match certified.is_empty() {
        true => (IS_MADE_OF, postcard::to_stdvec(&made_of)),
        false => (IS_CERTIFIED, postcard::to_stdvec(&(made_of, certified))),
    };
    let bytes = written.map_err(|_| RecordsFault::corrupt("positions that cannot be written"))?;
    Ok([&[kind][..], &bytes].concat())
}

fn certified_at(sheet: &SheetView<'_>) -> Option<CertifiedAt> {
    sheet.certified.map(|certified| (sheet.leaf.index, [certified.head, certified.institution]))
}

fn parts(positions: Vec<u64>, certified: &[CertifiedAt]) -> Vec<Part> {
    let grants = |index| certified.iter().find(|(at, _)| *at == index).map(|(_, grants)| *grants);
    positions.into_iter().map(|index| Part { index, certified: grants(index) }).collect()
}
