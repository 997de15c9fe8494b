//! The manifest: which segments make the table, and which ledger position it reflects.
//!
//! One line of JSON, then the SHA-256 of that line in hex. Everything below hangs on it, and any
//! byte that differs from what was written makes it unreadable.

use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{HeadsFault, Position, durable};

/// File name of the manifest.
pub(super) const NAME: &str = "MANIFEST";
/// File name while it is written.
pub(super) const TEMPORARY: &str = "MANIFEST.tmp";
/// Format of manifest and segments.
const VERSION: u32 = 1;
/// Far above what a table of all codes of the country needs.
const MAX_LEN: u64 = 1 << 20;

/// One segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// Names the file.
    pub(super) id: u64,
    /// How many entries; with it the length of the file is known.
    pub(super) entries: u64,
    /// SHA-256 of the footer.
    pub(super) footer: [u8; 32],
}

/// The parsed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) position: Position,
    /// No segment file of this id or a later one was ever named.
    pub(super) next_id: u64,
    /// Oldest first: where a key is in several, the last one counts.
    pub(super) segments: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    version: u32,
    size: u64,
    root: String,
    next_id: u64,
    segments: Vec<WireRow>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRow {
    id: u64,
    entries: u64,
    footer: String,
}

impl Manifest {
    /// None when there is no such file.
    pub(super) fn read(dir: &Path) -> Result<Option<Self>, HeadsFault> {
        let path = dir.join(NAME);
        match std::fs::metadata(&path) {
            Ok(meta) if meta.len() > MAX_LEN => return Err(HeadsFault::corrupt(NAME, "too long")),
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(HeadsFault::io(NAME)(e)),
        }
        let bytes = std::fs::read(path).map_err(HeadsFault::io(NAME))?;
        Self::parse(&bytes).map(Some)
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), HeadsFault> {
        durable::replace(dir, NAME, &self.encode()?)
    }

    fn encode(&self) -> Result<Vec<u8>, HeadsFault> {
        let row = |row: &Row| WireRow { id: row.id, entries: row.entries, footer: HEXLOWER.encode(&row.footer) };
        let wire = Wire {
            version: VERSION,
            size: self.position.size,
            root: HEXLOWER.encode(&self.position.root),
            next_id: self.next_id,
            segments: self.segments.iter().map(row).collect(),
        };
        let mut bytes = serde_json::to_vec(&wire).map_err(|_| HeadsFault::corrupt(NAME, "cannot be encoded"))?;
        let trailer = trailer(&bytes);
        bytes.extend_from_slice(trailer.as_bytes());
        Ok(bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, HeadsFault> {
        let fault = |what| HeadsFault::corrupt(NAME, what);
        let (body, end) =
            bytes.len().checked_sub(66).and_then(|at| bytes.split_at_checked(at)).ok_or_else(|| fault("cut off"))?;
        if end != trailer(body).as_bytes() {
            return Err(fault("checksum does not match"));
        }
        let wire: Wire = serde_json::from_slice(body).map_err(|_| fault("not of this format"))?;
        if wire.version != VERSION {
            return Err(fault("made by another version of this software"));
        }
        let segments = wire.segments.iter().map(|row| {
            let footer = hash(&row.footer)?;
            Some(Row { id: row.id, entries: row.entries, footer })
        });
        let segments = segments.collect::<Option<_>>().ok_or_else(|| fault("not of this format"))?;
        let root = hash(&wire.root).ok_or_else(|| fault("not of this format"))?;
        Ok(Self { position: Position { size: wire.size, root }, next_id: wire.next_id, segments })
    }
}

fn trailer(body: &[u8]) -> String {
    format!("\n{}\n", HEXLOWER.encode(&Sha256::digest(body)))
}

fn hash(hex: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parsing_never_panics_and_what_it_accepts_is_canonical(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(manifest) = Manifest::parse(&bytes) {
                prop_assert!(manifest.encode().is_ok_and(|again| again == bytes));
            }
        }

        #[test]
        fn what_is_encoded_is_parsed(size: u64, root: [u8; 32], next_id: u64, rows: Vec<(u64, u64, [u8; 32])>) {
            let segments = rows.into_iter().map(|(id, entries, footer)| Row { id, entries, footer }).collect();
            let manifest = Manifest { position: Position { size, root }, next_id, segments };
            let parsed = manifest.encode().and_then(|bytes| Manifest::parse(&bytes));
            prop_assert!(parsed.is_ok_and(|parsed| parsed == manifest));
        }
    }
}
