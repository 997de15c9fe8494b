//! The intake index from the ledger: after a crash, after a restore, or from nothing.
//!
//! Entries were judged when they were logged; here they only take effect again, through the same
//! functions as on the live path.

use std::collections::BTreeMap;
use std::path::Path;

use super::line::{self, Content, ReadLine};
use super::quarantine::Quarantine;
use super::receive::IntakeFault;
use super::rules::{self, Learner};
use crate::ledger::index::{Index, IndexView, Permission, Sequence, Waiting, apply_key};
use crate::ledger::reader::LedgerReader;
use crate::package::line::line_hash;
use crate::package::manifest::SignedManifest;
use crate::signing::Jws;
use crate::signing::jwk::Jwk;
use crate::signing::keyed::KeyedHash;
use crate::tlog::leaf::{Kind, Leaf};
use crate::transcript::TranscriptCode;
use crate::transcript::province::ProvinceCode;
use crate::transcript::sheet::{MAX_PAYLOAD, SheetClaims};
use crate::transcript::status::Status;
use crate::transcript::strict;

/// Entries that enter the index together; bounds memory.
const STEP: u64 = 8192;

/// Opens the index and brings it up to the ledger; an index that is damaged, or knows more than the
/// ledger does, is deleted and made again. With it, the entries whose content must still be erased.
///
/// # Errors
/// [`IntakeFault`].
pub fn ready_index(
    dir: &Path,
    roots: &[Jwk],
    reader: &LedgerReader,
    quarantine: &Quarantine,
    keyed: &KeyedHash,
) -> Result<(Index, Vec<u64>), IntakeFault> {
    let open = || -> Result<(Index, Vec<u64>), IntakeFault> {
        let mut index = Index::open(dir, roots)?;
        let erasures = catch_up(&mut index, reader, quarantine, keyed)?;
        Ok((index, erasures))
    };
    match open() {
        Err(fault @ (IntakeFault::Index(_) | IntakeFault::IndexAhead { .. })) => {
            tracing::warn!(%fault, "the intake index does not fit the ledger and is made again");
            std::fs::remove_dir_all(dir)?;
            open()
        }
        opened => opened,
    }
}

/// Brings the index up to the ledger's checkpoint. Returns the entries whose content must be erased:
/// a crash may have come between an erasure's commit and its being carried out.
///
/// # Errors
/// [`IntakeFault`]: an index ahead of its ledger, or what cannot be read.
fn catch_up(
    index: &mut Index,
    reader: &LedgerReader,
    quarantine: &Quarantine,
    keyed: &KeyedHash,
) -> Result<Vec<u64>, IntakeFault> {
    reader.poll().map_err(unreadable)?;
    let size = reader.size();
    if index.applied() > size {
        return Err(IntakeFault::IndexAhead { index: index.applied(), ledger: size });
    }
    let mut erasures = Vec::new();
    let lagged = index.applied() < size;
    while index.applied() < size {
        let (from, to) = (index.applied(), (index.applied() + STEP).min(size));
        let mut view = IndexView::new(index);
        for position in from..to {
            enter(position, reader, keyed, &mut view, &mut erasures)?;
        }
        let (overlay, ring) = view.into_changes();
        index.apply(overlay, ring, to)?;
    }
    if lagged {
        find_waiting(index, reader, quarantine)?;
    }
    Ok(erasures)
}

/// Who waits in quarantine, from the files there. A file of a package that was never committed is an
/// orphan: its line is not the one that the package logged at that position holds.
fn find_waiting(index: &mut Index, reader: &LedgerReader, quarantine: &Quarantine) -> Result<(), IntakeFault> {
    let mut view = IndexView::new(index);
    let mut found: BTreeMap<TranscriptCode, Vec<Waiting>> = BTreeMap::new();
    for waiting in quarantine.list()? {
        let jws = quarantine.read(&waiting)?;
        let hash = line_hash(Kind::Sheet, jws.signed_digest());
        let logged = quarantine.line_of(&waiting, reader).map_err(unreadable)?;
        let Ok(ReadLine { content: Content::Sheet(sheet), .. }) = line::read(jws) else { continue };
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
    let line = line::read(jws).map_err(|refusal| unreadable(&refusal.message_en))?;
    match &line.content {
        Content::Sheet(sheet) => {
            rules::enter_sheet(sheet.claims(), Learner::of(sheet, keyed), line.payload, position, view)?;
        }
        Content::Status(claims) => {
            if claims.status == Status::Erased {
                erasures.extend(rules::erased_leaves(&claims.code, claims.sheet, view)?);
            }
            rules::enter_status(claims, line.payload, leaf.province == ProvinceCode::MINISTRY, view)?;
        }
        Content::Backfill => {
            let claims = String::from_utf8_lossy(line.jws.payload()).into_owned();
            view.put_permission(Permission { payload: line.payload, claims });
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
