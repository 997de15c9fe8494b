//! The manifest: which segments make the table, and the state it is in.
//!
//! The bytes: [`checked`]. Everything below hangs on it, and any
//! byte that differs from what was written makes it unreadable.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{State, TableFault};
use crate::fsync::{self, checked};
use crate::transcript::hex32;

/// File name of the manifest.
pub(super) const NAME: &str = "MANIFEST";
/// File name while it is written.
pub(super) const TEMPORARY: &str = "MANIFEST.tmp";
/// Format of manifest and segments.
const VERSION: u32 = 2;
/// Far above what a table of all codes of the country needs.
const MAX_LEN: u64 = 1 << 20;

/// One segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    /// Names the file.
    pub(super) id: u64,
    /// How many entries.
    pub(super) entries: u64,
    /// How many blocks, their length together, and the filter's lines; so the length of the file is known.
    pub(super) blocks: u64,
    pub(super) bytes: u64,
    pub(super) filter_lines: u64,
    /// SHA-256 of the footer.
    #[serde(with = "hex32")]
    pub(super) footer: [u8; 32],
}

/// The parsed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest<S> {
    version: u32,
    /// What the table holds, so that one is not taken for another.
    kind: String,
    pub(super) state: S,
    /// No segment file of this id or a later one was ever named.
    pub(super) next_id: u64,
    /// Oldest first: where a key is in several, the last one counts.
    pub(super) segments: Vec<Row>,
}

impl<S: State> Manifest<S> {
    pub(super) fn new(kind: &str, state: S, next_id: u64, segments: Vec<Row>) -> Self {
        Self { version: VERSION, kind: kind.to_owned(), state, next_id, segments }
    }

    /// None when there is no such file.
    pub(super) fn read(dir: &Path, kind: &str) -> Result<Option<Self>, TableFault> {
        let path = dir.join(NAME);
        match std::fs::metadata(&path) {
            Ok(meta) if meta.len() > MAX_LEN => return Err(TableFault::corrupt(NAME, "too long")),
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(TableFault::io(NAME)(e)),
        }
        let bytes = std::fs::read(path).map_err(TableFault::io(NAME))?;
        Self::parse(&bytes, kind).map(Some)
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), TableFault> {
        // Segments created before become durable in name before the file that refers to them.
        fsync::replace(&dir.join(NAME), &dir.join(TEMPORARY), &self.encode()?).map_err(TableFault::io(NAME))
    }

    fn encode(&self) -> Result<Vec<u8>, TableFault> {
        serde_json::to_vec(self).map(checked::seal).map_err(|_| TableFault::corrupt(NAME, "cannot be encoded"))
    }

    fn parse(bytes: &[u8], kind: &str) -> Result<Self, TableFault> {
        let fault = |what| TableFault::corrupt(NAME, what);
        if bytes.len() < checked::TRAILER_LEN {
            return Err(fault("cut off"));
        }
        let line = checked::open(bytes).ok_or_else(|| fault("checksum does not match"))?;
        let manifest: Self = serde_json::from_slice(line).map_err(|_| fault("not of this format"))?;
        if manifest.version != VERSION || manifest.kind != kind {
            return Err(fault("made by another version of this software, or for another table"));
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parsing_never_panics_and_what_it_accepts_is_canonical(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(manifest) = Manifest::<u64>::parse(&bytes, "test") {
                prop_assert!(manifest.encode().is_ok_and(|again| again == bytes));
            }
        }

        #[test]
        fn what_is_encoded_is_parsed_as_the_same_kind_only(
            state: u64, next_id: u64, rows: Vec<(u64, u64, u64, u64, u64, [u8; 32])>,
        ) {
            let row = |(id, entries, blocks, bytes, filter_lines, footer)| Row { id, entries, blocks, bytes, filter_lines, footer };
            let manifest = Manifest::new("test", state, next_id, rows.into_iter().map(row).collect());
            let bytes = manifest.encode().unwrap_or_default();
            prop_assert!(Manifest::parse(&bytes, "test").is_ok_and(|parsed| parsed == manifest));
            prop_assert!(Manifest::<u64>::parse(&bytes, "other").is_err());
        }
    }
}
