//! The search index of a serving process: kept up on a thread of its own, shown to operators; and there only where
//! offices are answered.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::CliFault;
use super::data_dir::DataDir;
use super::lasting::Lasting;
use super::node::POLL;
use crate::follow::indexer::{Indexer, ShownIndex};
use crate::search::stored_bytes;

/// After a fault: the index may have to be read whole before it goes on.
const RETRY: Duration = Duration::from_secs(5);

/// What operators are shown of it.
pub(super) struct SearchIndex {
    shown: ShownIndex,
    dir: PathBuf,
}

impl SearchIndex {
    pub(super) fn new(data: &DataDir, indexer: &Indexer) -> Self {
        Self { shown: indexer.shown(), dir: DataDir::search_in(&data.derived()) }
    }

    pub(super) fn shown(&self) -> ShownIndex {
        ShownIndex::clone(&self.shown)
    }

    /// For `hocba status`.
    pub(super) fn status(&self) -> Value {
        let index = self.shown.load();
        json!({
            "ready": index.is_whole,
            "ledger_size": index.reflected(),
            "sheets": index.sheets,
            "bytes": stored_bytes(&self.dir).unwrap_or(0),
            "age_s": index.complete_at.map(|at| at.elapsed().as_secs()),
            "fault": index.fault,
        })
    }
}

/// Keeps the index up with what answers reflect, for ever. While they are themselves behind the ledger, it waits: a
/// fault, or a large package, is no reason for a later verdict.
pub(super) fn keep(mut indexer: Indexer) {
    let mut lasting = Lasting::default();
    loop {
        if indexer.should_wait() {
            std::thread::sleep(POLL);
            continue;
        }
        match indexer.step() {
            Ok(true) => continue,
            Ok(false) => lasting.is_over(),
            Err(fault) => {
                if lasting.is_new(&fault) {
                    tracing::error!(%fault, "the search index stopped");
                }
                std::thread::sleep(RETRY);
            }
        }
        std::thread::sleep(POLL);
    }
}

/// Removes an index where no office is answered any more: it holds names in clear.
///
/// # Errors
/// When it cannot be removed.
pub(super) fn forget(data: &DataDir) -> Result<(), CliFault> {
    let dir = DataDir::search_in(&data.derived());
    match std::fs::remove_dir_all(&dir) {
        Ok(()) => tracing::info!("the search index was removed: this process does not answer offices"),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
        Err(fault) => {
            return Err(CliFault::new(
                format_args!("the search index in {} cannot be removed: {fault}", dir.display()),
                "it holds names: check permissions and remove it",
            ));
        }
    }
    Ok(())
}
