//! The intake index from the ledger: after a crash, after a restore, or from nothing.
//!
//! Entries were judged when they were logged; here they only take effect again, through the same
//! functions as on the live path.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::line::{self, Content, Learner, ReadLine};
use super::quarantine::Quarantine;
use super::receive::IntakeFault;
use super::rules;
use crate::ledger::index::{Index, IndexView, Permission, Sequence, Waiting, apply_key};
use crate::ledger::reader::LedgerReader;
use crate::package::line::line_hash;
use crate::package::manifest::SignedManifest;
use crate::signing::Jws;
use crate::signing::jwk::Jwk;
use crate::signing::keyed::KeyedHash;
use crate::tlog::leaf::{Kind, Leaf};
use crate::tlog::tree::{TileSource, VerifiedTree};
use crate::transcript::TranscriptCode;
use crate::transcript::province::ProvinceCode;
use crate::transcript::sheet::{MAX_PAYLOAD, SheetClaims};
use crate::transcript::status::Status;
use crate::transcript::strict;

/// Entries that enter the index together; bounds memory.
const STEP: u64 = 8192;
/// Bytes of hash tiles kept while catching up.
const TILE_CACHE: u64 = 1 << 20;

/// What catching up reads, and what it has done.
pub struct Ledger<'a> {
    /// The ledger.
    pub reader: &'a Arc<LedgerReader>,
    /// Sheets that wait.
    pub quarantine: &'a Quarantine,
    /// Key of the hashes in the index.
    pub keyed: &'a KeyedHash,
    /// Takes an entry's content out of the ledger.
    pub erase: &'a mut dyn FnMut(u64) -> Result<(), IntakeFault>,
}

/// Opens the index and brings it up to the ledger; an index that is damaged, knows more than the
/// ledger does, or reflects another tree is deleted and made again.
///
/// # Errors
/// [`IntakeFault`].
pub fn ready_index(dir: &Path, roots: &[Jwk], ledger: &mut Ledger<'_>) -> Result<Index, IntakeFault> {
    let mut open = || -> Result<Index, IntakeFault> {
        let mut index = Index::open(dir, roots)?;
        catch_up(&mut index, ledger)?;
        Ok(index)
    };
    match open() {
        Err(fault) if fault.wants_new_index() => {
            tracing::warn!(%fault, "the intake index does not fit the ledger and is made again");
            std::fs::remove_dir_all(dir)?;
            open()
        }
        opened => opened,
    }
}

/// Brings the index up to the ledger's checkpoint. Content whose erasure is on record is erased before
/// the index is durable beyond it: a crash may have come between an erasure's commit and its being
/// carried out, and only an index that lags says so.
///
/// # Errors
/// [`IntakeFault`]: an index ahead of its ledger or of another one, or what cannot be read.
pub fn catch_up(index: &mut Index, ledger: &mut Ledger<'_>) -> Result<(), IntakeFault> {
    let reader = ledger.reader;
    reader.poll().map_err(unreadable)?;
    let tree = VerifiedTree::open(Arc::clone(reader) as Arc<dyn TileSource>, reader.checkpoint(), TILE_CACHE);
    let tree = tree.map_err(unreadable)?;
    check_tree(index, &tree)?;
    let lagged = index.applied() < tree.size();
    while index.applied() < tree.size() {
        let to = (index.applied() + STEP).min(tree.size());
        let mut erasures = Vec::new();
        let mut view = IndexView::new(index);
        for position in index.applied()..to {
            enter(position, reader, ledger.keyed, &mut view, &mut erasures)?;
        }
        let (overlay, ring) = view.into_changes();
        index.apply(overlay, ring, to)?;
        erasures.into_iter().try_for_each(&mut *ledger.erase)?;
        if index.is_full() {
            index.persist(tree.root_at(to).map_err(unreadable)?)?;
        }
    }
    if lagged {
        find_waiting(index, reader, ledger.quarantine, ledger.keyed)?;
        index.persist(*tree.checkpoint().root())?;
    }
    Ok(())
}

/// What the index reflects must be a tree that the ledger contains: not a newer one, and not that of
/// another ledger which took other entries from some point on.
fn check_tree(index: &Index, tree: &VerifiedTree) -> Result<(), IntakeFault> {
    let reflected = index.durable();
    if reflected.size > tree.size() {
        return Err(IntakeFault::IndexAhead { index: reflected.size, ledger: tree.size() });
    }
    match tree.root_at(reflected.size).map_err(unreadable)? == reflected.root {
        true => Ok(()),
        false => Err(IntakeFault::IndexElsewhere(reflected.size)),
    }
}

/// Who waits in quarantine, from the files there. A file of a package that was never committed is an
/// orphan: its line is not the one that the package logged at that position holds.
fn find_waiting(
    index: &mut Index,
    reader: &LedgerReader,
    quarantine: &Quarantine,
    keyed: &KeyedHash,
) -> Result<(), IntakeFault> {
    let mut view = IndexView::new(index);
    let mut found: BTreeMap<TranscriptCode, Vec<Waiting>> = BTreeMap::new();
    for waiting in quarantine.list()? {
        let jws = quarantine.read(&waiting)?;
        let hash = line_hash(Kind::Sheet, jws.signed_digest());
        let logged = quarantine.line_of(&waiting, reader).map_err(unreadable)?;
        let Ok(ReadLine { content: Content::Sheet(sheet), .. }) = line::read(jws, keyed) else { continue };
        let list = found.entry(sheet.claims().code).or_default();
        if logged == Some(hash) && view.owner_of(&sheet.claims().sheet)?.is_none() {
            list.push(waiting);
        } else {
            quarantine.forget(&waiting)?;
        }
    }
    for (code, list) in found {
        view.put_waiting(code, list);
    }
    let (overlay, ring) = view.into_changes();
    let size = index.applied();
    Ok(index.apply(overlay, ring, size)?)
}

fn unreadable(fault: impl std::fmt::Display) -> IntakeFault {
    IntakeFault::Read(fault.to_string())
}

fn enter(
    position: u64,
    reader: &LedgerReader,
    keyed: &KeyedHash,
    view: &mut IndexView<'_>,
    erasures: &mut Vec<u64>,
) -> Result<(), IntakeFault> {
    let leaf = reader.leaf(position).map_err(unreadable)?;
    let stored = reader.signed(position).map_err(unreadable)?;
    let Some(stored) = stored else { return enter_erased(position, &leaf, reader, view) };
    let jws = Jws::from_stored(&stored)?;
    match leaf.kind {
        Kind::Key => {
            apply_key(&mut view.ring, position, &jws)?;
            view.put_key(position, stored.to_vec());
        }
        Kind::Package => {
            let signed = SignedManifest::from_jws(jws).map_err(unreadable)?;
            let sequence = Sequence { next: signed.manifest.sequence + 1, previous: *signed.jws.signed_digest() };
            view.put_sequence(signed.manifest.route(), sequence);
        }
        Kind::Anchor => {}
        Kind::Sheet | Kind::Status | Kind::Backfill => enter_line(position, &leaf, jws, keyed, view, erasures)?,
    }
    Ok(())
}

fn enter_line(
    position: u64,
    leaf: &Leaf,
    jws: Jws,
    keyed: &KeyedHash,
    view: &mut IndexView<'_>,
    erasures: &mut Vec<u64>,
) -> Result<(), IntakeFault> {
    let line = line::read(jws, keyed).map_err(|refusal| unreadable(&refusal.message_en))?;
    match &line.content {
        Content::Sheet(sheet) => {
            rules::enter_sheet(sheet.claims(), sheet.learner(), line.payload, position, view)?;
        }
        Content::Status(claims) => {
            if claims.status == Status::Erased {
                erasures.extend(rules::erased_leaves(&claims.code, claims.sheet, view)?);
            }
            rules::enter_status(claims, line.payload, leaf.province == ProvinceCode::MINISTRY, view)?;
        }
        Content::Backfill(claims) => {
            view.put_permission(Permission { payload: line.payload, claims: (**claims).clone() });
        }
        Content::Key => {}
    }
    Ok(())
}

/// A sheet whose content is gone keeps its place by its facts.
fn enter_erased(
    position: u64,
    leaf: &Leaf,
    reader: &LedgerReader,
    view: &mut IndexView<'_>,
) -> Result<(), IntakeFault> {
    if leaf.kind != Kind::Sheet {
        return Err(unreadable(format_args!("entry {position} has no body")));
    }
    let facts = reader.facts_of(position).map_err(unreadable)?.facts;
    let claims: SheetClaims = strict::from_slice(&facts, MAX_PAYLOAD).map_err(unreadable)?;
    Ok(rules::enter_sheet(&claims, Learner::default(), [0; 32], position, view)?)
}
