//! The journal's head in the ledger: put there now and then by the process that writes both, and held against the journal
//! by `hocba audit`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::data_dir::DataDir;
use super::{CliFault, now};
use crate::fsync;
use crate::intake::Intake;
use crate::journal::{Anchor, Journal};
use crate::ledger::audit::{AuditedEntry, EntryFault};
use crate::portal::oversight::{Anchored, Oversight};
use crate::signing::PublicKey;
use crate::tlog::leaf::Kind;

/// Where the newest anchor stands. To be shown, and so that a restart anchors nothing twice: what counts is the ledger.
const FILE: &str = "journal/anchored.json";

#[derive(Serialize, Deserialize)]
struct Kept {
    position: u64,
    anchor: String,
}

/// The journal of this process, and what anchors it.
pub(super) struct Anchoring {
    intake: Arc<Mutex<Intake>>,
    journal: Arc<Journal>,
    oversight: Option<Arc<Oversight>>,
    file: PathBuf,
    newest: Option<Anchored>,
}

impl Anchoring {
    /// With what is known of the newest anchor, which is shown from now on.
    pub(super) fn new(
        data: &DataDir,
        intake: Arc<Mutex<Intake>>,
        journal: Arc<Journal>,
        oversight: Option<Arc<Oversight>>,
    ) -> Self {
        let file = data.root().join(FILE);
        let newest = read(&file);
        let anchoring = Self { intake, journal, oversight, file, newest };
        anchoring.show();
        anchoring
    }

    /// Anchors for ever, while there is something new.
    pub(super) fn keep(mut self, every: Duration) {
        loop {
            std::thread::sleep(every);
            self.step();
        }
    }

    /// Anchors what was written since the last time, if anything was. A fault is told and tried again the next time.
    fn step(&mut self) {
        let (size, head) = self.journal.head();
        if size == self.newest.map_or(0, |newest| newest.anchor.size) {
            return;
        }
        let anchor = Anchor { size, head, at: now() };
        let put = {
            // A panic while it was held means a commit that did not happen: the writer recovers by itself.
            let mut intake = self.intake.lock().unwrap_or_else(PoisonError::into_inner);
            intake.anchor(&anchor.to_payload(), anchor.at)
        };
        match put {
            Ok(position) => {
                let anchored = Anchored { anchor, position };
                self.newest = Some(anchored);
                if let Err(fault) = write(&self.file, &anchored) {
                    tracing::warn!(%fault, "where the journal is anchored could not be kept");
                }
                self.show();
            }
            Err(fault) => tracing::error!(%fault, "the journal could not be anchored in the ledger"),
        }
    }

    fn show(&self) {
        if let (Some(oversight), Some(newest)) = (&self.oversight, self.newest) {
            oversight.anchored(newest);
        }
    }
}

fn read(file: &Path) -> Option<Anchored> {
    let kept: Kept = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    let anchor = Anchor::from_payload(kept.anchor.as_bytes()).ok()?;
    Some(Anchored { anchor, position: kept.position })
}

fn write(file: &Path, anchored: &Anchored) -> std::io::Result<()> {
    let anchor = String::from_utf8_lossy(&anchored.anchor.to_payload()).into_owned();
    let bytes = serde_json::to_vec(&Kept { position: anchored.position, anchor })?;
    fsync::replace(file, &file.with_extension("next"), &bytes)
}

/// The anchors of a ledger that is audited.
pub(super) struct Anchors {
    key: PublicKey,
    found: Vec<Anchor>,
    /// Signed by another key than the portal's present one.
    of_others: u64,
}

impl Anchors {
    /// None yet; they count where this portal's key signed them.
    pub(super) fn new(data: &DataDir) -> Result<Self, CliFault> {
        Ok(Self { key: data.portal_key()?.public(), found: Vec::new(), of_others: 0 })
    }

    /// Takes those among some entries.
    ///
    /// # Errors
    /// The first that is not what an anchor is.
    pub(super) fn take(&mut self, entries: &[AuditedEntry]) -> Result<(), EntryFault> {
        entries.iter().filter(|entry| entry.leaf.kind == Kind::Anchor).try_for_each(|entry| self.take_one(entry))
    }

    fn take_one(&mut self, entry: &AuditedEntry) -> Result<(), EntryFault> {
        let fault = |what: &str| EntryFault { index: entry.index, what: what.to_owned() };
        let jws = entry.signed.as_ref().ok_or_else(|| fault("an anchor has no body"))?;
        let [signature] = jws.signatures() else { return Err(fault("an anchor has one signature")) };
        if signature.kid != self.key.kid() {
            self.of_others += 1;
            return Ok(());
        }
        if !jws.verifies(0, &self.key) {
            return Err(fault("the portal's key did not sign this anchor"));
        }
        self.found.push(Anchor::from_payload(jws.payload()).map_err(|_| fault("not an anchor"))?);
        Ok(())
    }

    /// Those that the journal of a data directory is held against. A ledger has anchors of the journal of the process
    /// that writes it: a replica has a journal of its own, which no anchor is about, and no intake index.
    pub(super) fn about(&self, data: &DataDir) -> &[Anchor] {
        if data.has_index() { &self.found } else { &[] }
    }

    /// What to say beside the lines that were read.
    pub(super) fn said(&self, data: &DataDir) -> String {
        let held = self.about(data).len() as u64;
        match self.found.len() as u64 - held + self.of_others {
            0 => format!("held against {held} anchors"),
            others => format!("held against {held} anchors; {others} of another journal or key"),
        }
    }
}
