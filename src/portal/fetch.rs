//! What a verdict needs from a record store that is elsewhere, fetched before it is made: making it then
//! waits for nothing, and no thread waits meanwhile.

use std::sync::Arc;

use super::Portal;
use crate::follow::Reflected;
use crate::records::{RecordKey, RecordsFault};
use crate::transcript::TranscriptCode;
use crate::transcript::record::{HeadDigest, RecordView};

/// Most records on the way to an answer: a pointer, and its booklet.
const MOST: usize = 2;

/// Records as they came, unchecked, and the state whose heads asked for them.
pub struct Fetched {
    pub(super) code: TranscriptCode,
    pub(super) state: Arc<Reflected>,
    records: Vec<(RecordKey, Brought)>,
}

/// A record, that there is none, or that nobody could say.
type Brought = Result<Option<Vec<u8>>, RecordsFault>;

impl Fetched {
    /// What was fetched under a key, into `out`, as [`crate::records::RecordStore::get_into`] does it.
    pub(super) fn get_into(&self, key: &RecordKey, out: &mut Vec<u8>) -> Result<bool, RecordsFault> {
        out.clear();
        match self.records.iter().find(|(fetched, _)| fetched == key) {
            Some((_, Ok(Some(record)))) => out.extend_from_slice(record),
            Some((_, Ok(None))) => return Ok(false),
            // What it was is in the log where it was met.
            Some((_, Err(_))) | None => return Err(RecordsFault::Away),
        }
        Ok(true)
    }
}

impl Portal {
    /// Fetches what [`Portal::verdict_from`] needs. None where records are here, and [`Portal::verdict`]
    /// waits for nothing. Heads come first: a code that they do not have never leaves this process.
    pub fn fetch(&self, code: TranscriptCode) -> Option<impl Future<Output = Fetched> + '_> {
        self.parts.records.mending()?;
        Some(async move {
            let state = self.parts.published.load_full();
            let mut fetched = Fetched { code, state, records: Vec::with_capacity(MOST) };
            let mut next = Some(code);
            while let Some(code) = next.take().filter(|_| fetched.records.len() < MOST) {
                let Ok(key) = self.key_of(&fetched.state, &code) else { break };
                let Some(record) = self.parts.records.fetch(&key) else { break };
                let record = record.await;
                if let Err(fault @ (RecordsFault::Corrupt { .. } | RecordsFault::Refused(_))) = &record {
                    tracing::error!(%fault, "the record store failed");
                }
                next = record.as_ref().ok().and_then(|found| points_to(found.as_deref()?, &key));
                fetched.records.push((key, record));
            }
            fetched
        })
    }
}

fn points_to(record: &[u8], key: &RecordKey) -> Option<TranscriptCode> {
    match RecordView::parse(record) {
        Ok(RecordView::SheetPointer { code, .. }) if HeadDigest::of(record) == key.head => Some(code),
        _ => None,
    }
}
