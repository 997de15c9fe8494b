//! A hold: every sheet that entered with one package under review, by statuses of the ministry, and let go again.
//!
//! A release lets go what its own hold suspended and nobody else holds. A ministry's release ends every
//! suspension of the sheet that it names, a province's too, so a sheet that has another one is left out.

use std::collections::HashMap;

use crate::ledger::durable::Disk;
use crate::ledger::entry::FactsEntry;
use crate::ledger::{LedgerReader, packages};
use crate::package::manifest::SignedManifest;
use crate::signing::Jws;
use crate::tlog::leaf::{Kind, Leaf};
use crate::transcript::code::SheetId;
use crate::transcript::province::ProvinceCode;
use crate::transcript::sheet::MAX_PAYLOAD;
use crate::transcript::status::{Status, StatusClaims};
use crate::transcript::{SheetClaims, TranscriptCode, strict};

use super::IntakeFault;
use super::receipt::{LedgerRange, Receipt};

/// Longest stored manifest.
const MAX_MANIFEST: usize = 1 << 20;
/// Entries of a bundle.
const BUNDLE: u64 = 256;

/// A package that the ledger holds.
#[derive(Debug)]
pub struct Taken {
    /// Its manifest.
    pub manifest: SignedManifest,
    /// Where its entries are.
    pub range: LedgerRange,
    /// Sheets of it that had to wait when it was taken; they may have entered since.
    pub waited: u64,
}

/// A sheet that a status concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its transcript.
    pub code: TranscriptCode,
    /// The sheet.
    pub sheet: SheetId,
}

/// What became of the sheets of a hold.
#[derive(Debug, Default)]
pub struct Held {
    /// Held by it alone.
    pub targets: Vec<Target>,
    /// Released since.
    pub released: u64,
    /// Under another review of their own too.
    pub held_otherwise: u64,
}

/// The manifest that the ledger keeps of a package.
///
/// # Errors
/// [`IntakeFault`] when it cannot be read.
pub fn stored_manifest(disk: &dyn Disk, route: &str, sequence: u64) -> Result<SignedManifest, IntakeFault> {
    let stored = disk.read(&packages::path(route, sequence, packages::MANIFEST), MAX_MANIFEST)?;
    SignedManifest::from_jws(Jws::from_stored(&stored)?).map_err(|e| IntakeFault::Read(e.to_string()))
}

/// A package of a route; None when the ledger, as far as its checkpoint goes, has none of this number.
///
/// # Errors
/// [`IntakeFault`] when what is kept of it cannot be read.
pub fn taken(disk: &dyn Disk, reader: &LedgerReader, route: &str, sequence: u64) -> Result<Option<Taken>, IntakeFault> {
    let Some(receipt) = Receipt::stored(disk, route, sequence)? else { return Ok(None) };
    let Some(range) = receipt.claims.ledger.filter(|range| range.end <= reader.size()) else { return Ok(None) };
    let manifest = stored_manifest(disk, route, sequence)?;
    Ok(Some(Taken { manifest, range, waited: receipt.claims.counts.quarantined }))
}

/// The newest package of a route.
///
/// # Errors
/// As [`taken`].
pub fn newest(disk: &dyn Disk, reader: &LedgerReader, route: &str) -> Result<Option<Taken>, IntakeFault> {
    let mut newest = None;
    for sequence in 1.. {
        match taken(disk, reader, route, sequence)? {
            Some(package) => newest = Some(package),
            None => break,
        }
    }
    Ok(newest)
}

/// The sheets that entered with a package, at once or after they had waited.
///
/// # Errors
/// [`IntakeFault`] when an entry cannot be read or is damaged.
pub fn sheets_of(reader: &LedgerReader, package: &Taken) -> Result<Vec<Target>, IntakeFault> {
    let (first, mut found) = (package.range.first, Vec::new());
    // What waited entered with a later package and still says where it came from.
    let end = if package.waited > 0 { reader.size() } else { package.range.end };
    each(reader, LedgerRange { first, end }, Kind::Sheet, |_, entry| {
        if entry.origin.package == first {
            let claims: SheetClaims = read(entry)?;
            found.push(Target { code: claims.code, sheet: claims.sheet });
        }
        Ok(())
    })?;
    Ok(found)
}

/// What became of the sheets that a package of the ministry holds.
///
/// # Errors
/// As [`sheets_of`].
pub fn held_by(reader: &LedgerReader, hold: &Taken) -> Result<Held, IntakeFault> {
    let first = hold.range.first;
    // By sheet: its open suspensions, each with whether it is this hold's and whether it is the ministry's.
    let mut open: HashMap<SheetId, Vec<(bool, bool)>> = HashMap::new();
    let mut targets = Vec::new();
    each(reader, hold.range, Kind::Status, |_, entry| {
        let claims: StatusClaims = read(entry)?;
        if let (Status::Suspended, Some(sheet)) = (claims.status, claims.sheet) {
            open.insert(sheet, Vec::new());
            targets.push(Target { code: claims.code, sheet });
        }
        Ok(())
    })?;
    each(reader, LedgerRange { first: 0, end: reader.size() }, Kind::Status, |leaf, entry| {
        let claims: StatusClaims = read(entry)?;
        let Some(reviews) = claims.sheet.and_then(|sheet| open.get_mut(&sheet)) else { return Ok(()) };
        let by_ministry = leaf.province == ProvinceCode::MINISTRY;
        match claims.status {
            Status::Suspended => reviews.push((entry.origin.package == first, by_ministry)),
            Status::Released => reviews.retain(|(_, ministry)| *ministry && !by_ministry),
            _ => {}
        }
        Ok(())
    })?;
    let mut held = Held::default();
    for target in targets {
        match open.get(&target.sheet).map(Vec::as_slice).unwrap_or_default() {
            [(true, _)] => held.targets.push(target),
            reviews if reviews.iter().any(|(ours, _)| *ours) => held.held_otherwise += 1,
            _ => held.released += 1,
        }
    }
    Ok(held)
}

/// Every entry of one kind in a range, held against its leaf.
fn each(
    reader: &LedgerReader,
    range: LedgerRange,
    kind: Kind,
    mut use_it: impl FnMut(&Leaf, &FactsEntry) -> Result<(), IntakeFault>,
) -> Result<(), IntakeFault> {
    let size = reader.size();
    for bundle in range.first / BUNDLE..range.end.div_ceil(BUNDLE) {
        let start = bundle * BUNDLE;
        let width = size.saturating_sub(start).min(BUNDLE) as u16;
        let leaves = reader.leaves(bundle, width)?;
        if leaves.iter().all(|leaf| leaf.kind != kind) {
            continue;
        }
        let facts = reader.facts(bundle, width)?;
        let entries = (start..).zip(leaves.iter().zip(&facts));
        for (index, (leaf, entry)) in entries.filter(|(_, (leaf, _))| leaf.kind == kind) {
            if !entry.matches(leaf) {
                return Err(IntakeFault::Read(format!("entry {index} is not what its leaf commits to")));
            }
            if (range.first..range.end).contains(&index) {
                use_it(leaf, entry)?;
            }
        }
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(entry: &FactsEntry) -> Result<T, IntakeFault> {
    strict::from_slice(&entry.facts, MAX_PAYLOAD).map_err(|e| IntakeFault::Read(e.to_string()))
}
