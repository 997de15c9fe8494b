//! The audit of the search index: all that it holds against all that the ledger says, in one sum.

use rayon::prelude::*;

use super::CliFault;
use super::data_dir::DataDir;
use crate::ledger::audit::AuditedEntry;
use crate::search::{self, Contents, Position, SearchEntry, SearchFault};
use crate::signing::keyed::KeyedHash;
use crate::tlog::leaf::Kind;
use crate::transcript::sheet::{MAX_PAYLOAD, Sheet};
use crate::transcript::status::{Status, StatusClaims};
use crate::transcript::strict;

/// What the ledger says that the index holds, as far as the index goes.
pub(super) struct SearchAudit {
    held: Held,
    numbers: KeyedHash,
    expected: Contents,
    /// An erasure that the index has not followed yet.
    erased_since: bool,
}

enum Held {
    /// No index, or nobody can look.
    NotCompared(String),
    Damaged(String),
    Index(Position, Contents),
}

impl SearchAudit {
    /// Looks at the index before the ledger is gone through.
    pub(super) fn new(data: &DataDir) -> Result<Self, CliFault> {
        let held = match search::inspect(&DataDir::search_in(&data.derived())) {
            Ok(None) => Held::NotCompared("none here; a server that answers offices makes it".into()),
            Ok(Some((position, contents))) => Held::Index(position, contents),
            Err(fault @ SearchFault::Locked) => Held::NotCompared(format!("not compared: {fault}")),
            Err(fault) => Held::Damaged(fault.to_string()),
        };
        Ok(Self { held, numbers: data.numbers_key()?, expected: Contents::default(), erased_since: false })
    }

    /// The next entries of the ledger.
    pub(super) fn take(&mut self, entries: &[AuditedEntry]) {
        let Held::Index(position, _) = &self.held else { return };
        let (within, since) = entries.split_at(entries.partition_point(|entry| entry.index < position.size));
        let contents = within.par_iter().filter_map(|entry| contents_of(entry, &self.numbers));
        self.expected = self.expected.and(contents.reduce(Contents::default, Contents::and));
        self.erased_since |= since.iter().any(is_erasure);
    }

    /// What comes of it, once the ledger was gone through.
    pub(super) fn finding(self) -> Result<String, String> {
        match self.held {
            Held::NotCompared(why) => Ok(why),
            Held::Damaged(what) => Err(format!("{what}; the next server that answers offices makes it again")),
            Held::Index(position, _) if self.erased_since => Ok(format!(
                "not compared: it reflects {} entries, and what was erased since is not out yet",
                position.size
            )),
            Held::Index(position, held) if held == self.expected => {
                Ok(format!("{} sheets of {} entries agree with the ledger", held.sheets, position.size))
            }
            Held::Index(position, held) => Err(format!(
                "{} sheets of {} entries differ from the ledger's {}; run `hocba rebuild`",
                held.sheets, position.size, self.expected.sheets
            )),
        }
    }
}

fn contents_of(entry: &AuditedEntry, numbers: &KeyedHash) -> Option<Contents> {
    let jws = entry.signed.as_ref().filter(|_| entry.leaf.kind == Kind::Sheet)?;
    let sheet = Sheet::parse(jws.payload(), jws.disclosures()).ok()?;
    Some(Contents::of(&SearchEntry::of(&sheet, entry.index, numbers)?))
}

fn is_erasure(entry: &AuditedEntry) -> bool {
    let claims = || strict::from_slice::<StatusClaims>(&entry.facts.facts, MAX_PAYLOAD);
    entry.leaf.kind == Kind::Status && claims().is_ok_and(|claims| claims.status == Status::Erased)
}
