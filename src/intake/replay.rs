//! The audit of intake: every entry judged again, in order, as of the moment it was logged.
//!
//! An index is made from nothing beside the real one; each entry must pass the same rules and
//! signatures that let it in. Erased entries are judged by their facts alone. Limits are those of the
//! configuration in force now.

use std::collections::HashMap;
use std::path::Path;

use rayon::prelude::*;

use super::line::{self, Content, Learner, ReadLine};
use super::receive::IntakeFault;
use super::rules::{self, Circumstances, Replacement, Ruling};
use crate::config;
use crate::ledger::audit::{AuditedEntry, EntryFault};
use crate::ledger::index::{Index, IndexFault, IndexView, Permission};
use crate::package::manifest::SignedManifest;
use crate::signing::KeyRing;
use crate::signing::jwk::Jwk;
use crate::signing::keyed::KeyedHash;
use crate::tlog::leaf::Kind;
use crate::transcript::province::ProvinceId;
use crate::transcript::sheet::{MAX_PAYLOAD, SheetClaims};
use crate::transcript::status::{Status, StatusClaims};
use crate::transcript::strict;
use crate::transcript::time::{Moment, SchoolYear};

/// What a package's entries are judged by.
#[derive(Debug, Clone, Copy)]
struct PackageFacts {
    deliverer: Option<ProvinceId>,
    year: SchoolYear,
    created_at: Moment,
}

/// Judges a ledger's entries again, in order.
pub struct Replay {
    index: Index,
    keyed: KeyedHash,
    limits: config::Intake,
    packages: HashMap<u64, PackageFacts>,
    newest: u64,
    /// A replacement whose new sheet must be the next entry.
    announced: Option<StatusClaims>,
}

type Read = (u64, Result<Option<ReadLine>, String>);

impl Replay {
    /// Starts from nothing, with its index in an empty directory.
    ///
    /// # Errors
    /// When the index cannot be made there.
    pub fn new(dir: &Path, roots: &[Jwk], keyed: KeyedHash, limits: config::Intake) -> Result<Self, IntakeFault> {
        let index = Index::open(dir, roots)?;
        Ok(Self { index, keyed, limits, packages: HashMap::new(), newest: 0, announced: None })
    }

    /// Judges the next entries.
    ///
    /// # Errors
    /// The first entry that should not be in the ledger, and why.
    pub fn judge(&mut self, entries: &[AuditedEntry]) -> Result<(), EntryFault> {
        let mut from = 0;
        while from < entries.len() {
            // A key entry ends a group: what follows may be signed with the key it grants.
            let keys = entries[from..].iter().position(|e| e.leaf.kind == Kind::Key);
            let to = keys.map_or(entries.len(), |at| from + at + 1);
            self.judge_group(&entries[from..to])?;
            from = to;
        }
        Ok(())
    }

    fn judge_group(&mut self, entries: &[AuditedEntry]) -> Result<(), EntryFault> {
        let ring = self.index.ring().clone();
        let read: Vec<Read> = entries.par_iter().map(|entry| (entry.index, read(entry, &ring, &self.keyed))).collect();
        let mut view = IndexView::new(&self.index);
        let mut judge = Judge {
            keyed: &self.keyed,
            limits: &self.limits,
            packages: &mut self.packages,
            newest: &mut self.newest,
            announced: &mut self.announced,
        };
        for (entry, (index, line)) in entries.iter().zip(read) {
            let fault = |what: String| EntryFault { index, what };
            let line = line.map_err(fault)?;
            judge.entry(entry, line, &mut view).map_err(fault)?;
        }
        let last = entries.last().map_or(0, |e| e.index + 1);
        let (overlay, ring) = view.into_changes();
        let broken = |e: IndexFault| EntryFault { index: last, what: e.to_string() };
        self.index.apply(overlay, ring, last).map_err(broken)?;
        match self.index.is_full() {
            // Out of memory, not for later: nobody opens this index again, whatever its root.
            true => self.index.persist([0; 32]).map_err(broken),
            false => Ok(()),
        }
    }
}

fn read(entry: &AuditedEntry, ring: &KeyRing, keyed: &KeyedHash) -> Result<Option<ReadLine>, String> {
    let Some(jws) = &entry.signed else { return Ok(None) };
    if matches!(entry.leaf.kind, Kind::Package | Kind::Anchor) {
        return Ok(None);
    }
    let line = line::read(jws.clone(), keyed).map_err(|refusal| refusal.rule.to_owned())?;
    line::check_school(&line, ring, entry.index).map_err(|refusal| refusal.rule.to_owned())?;
    Ok(Some(line))
}

struct Judge<'a> {
    keyed: &'a KeyedHash,
    limits: &'a config::Intake,
    packages: &'a mut HashMap<u64, PackageFacts>,
    newest: &'a mut u64,
    announced: &'a mut Option<StatusClaims>,
}

impl Judge<'_> {
    fn entry(&mut self, entry: &AuditedEntry, line: Option<ReadLine>, view: &mut IndexView<'_>) -> Result<(), String> {
        let announced = self.announced.take();
        if announced.is_some() && entry.leaf.kind != Kind::Sheet {
            return Err("a replacement is not followed by its new sheet".into());
        }
        match (entry.leaf.kind, line) {
            (Kind::Package, _) => self.package(entry, view),
            (Kind::Anchor, _) => Ok(()),
            (Kind::Sheet, None) => erased_sheet(entry, view),
            (_, None) => Err("an entry other than a sheet has no body".into()),
            (_, Some(line)) => self.line(entry, &line, announced.as_ref(), view),
        }
    }

    fn package(&mut self, entry: &AuditedEntry, view: &IndexView<'_>) -> Result<(), String> {
        let jws = entry.signed.clone().ok_or("a manifest has no body")?;
        let signed = SignedManifest::from_jws(jws).map_err(|e| e.to_string())?;
        let deliverer = signed.manifest.province.as_ref().map(|p| p.id());
        view.ring
            .check_manifest_signature(&signed.jws, deliverer, signed.manifest.created_at, entry.index)
            .map_err(|refusal| refusal.rule().to_owned())?;
        let facts =
            PackageFacts { deliverer, year: signed.manifest.school_year, created_at: signed.manifest.created_at };
        self.packages.insert(entry.index, facts);
        *self.newest = entry.index;
        Ok(())
    }

    fn circumstances(&self, entry: &AuditedEntry) -> Result<Circumstances<'_>, String> {
        let origin = entry.facts.origin.package;
        let package = self.packages.get(&origin).ok_or("an entry of no package")?;
        let now =
            i64::try_from(entry.leaf.logged_at).ok().and_then(Moment::from_millis).ok_or("a time out of range")?;
        Ok(Circumstances {
            now,
            limits: self.limits,
            claimed_at: package.created_at,
            // What waited in quarantine was delivered before and is judged without its deliverer.
            deliverer: package.deliverer.filter(|_| origin == *self.newest),
            year: package.year,
            keyed: self.keyed,
        })
    }

    fn line(
        &mut self,
        entry: &AuditedEntry,
        line: &ReadLine,
        announced: Option<&StatusClaims>,
        view: &mut IndexView<'_>,
    ) -> Result<(), String> {
        let circumstances = self.circumstances(entry)?;
        match &line.content {
            Content::Sheet(sheet) => {
                let status = announced.filter(|s| s.replacement == Some(sheet.claims().sheet));
                if announced.is_some() && status.is_none() {
                    return Err("a replacement is not followed by its new sheet".into());
                }
                let replacement = status.map(|status| Replacement { status });
                let ruling = rules::judge_sheet(sheet, &line.payload, replacement.as_ref(), &circumstances, view);
                enters(ruling)?;
                rules::enter_sheet(sheet.claims(), sheet.learner(), line.payload, entry.index, view)
                    .map_err(|e| e.to_string())
            }
            Content::Status(claims) => {
                let by_ministry = self.status(entry, line, claims, &circumstances, view)?;
                *self.announced = (claims.status == Status::Replaced).then(|| (**claims).clone());
                rules::enter_status(claims, line.payload, by_ministry, view).map_err(|e| e.to_string())
            }
            Content::Key => {
                let checked = view.ring.check_entry(&line.jws, entry.index).map_err(|fault| fault.rule().to_owned())?;
                view.ring.apply(checked, entry.index);
                view.put_key(entry.index, line.jws.to_stored());
                Ok(())
            }
            Content::Backfill(claims) => {
                view.ring
                    .check_backfill_signature(&line.jws, circumstances.claimed_at, entry.index)
                    .map_err(|refusal| refusal.rule().to_owned())?;
                view.put_permission(Permission { payload: line.payload, claims: (**claims).clone() });
                Ok(())
            }
        }
    }

    /// Whether the ministry signed a status that may stand here.
    fn status(
        &self,
        entry: &AuditedEntry,
        line: &ReadLine,
        claims: &StatusClaims,
        circumstances: &Circumstances<'_>,
        view: &IndexView<'_>,
    ) -> Result<bool, String> {
        let state = view.transcript(&claims.code).map_err(|e| e.to_string())?;
        let responsible = state.ok_or("a status of no transcript")?.province;
        let signer = view
            .ring
            .check_status_signature(&line.jws, claims, responsible, entry.index)
            .map_err(|refusal| refusal.rule().to_owned())?;
        let signer = signer.province();
        enters(rules::judge_status(claims, &line.payload, signer, circumstances, view))?;
        Ok(signer.is_none())
    }
}

fn enters(ruling: Result<Ruling, IndexFault>) -> Result<(), String> {
    match ruling.map_err(|e| e.to_string())? {
        Ruling::Enters => Ok(()),
        Ruling::Duplicate(leaf) => Err(format!("the same payload is at {leaf} already")),
        Ruling::Refused(refusal) | Ruling::Waits(refusal) => Err(refusal.rule.to_owned()),
    }
}

fn erased_sheet(entry: &AuditedEntry, view: &mut IndexView<'_>) -> Result<(), String> {
    let claims: SheetClaims = strict::from_slice(&entry.facts.facts, MAX_PAYLOAD).map_err(|e| e.to_string())?;
    rules::enter_sheet(&claims, Learner::default(), [0; 32], entry.index, view).map_err(|e| e.to_string())
}
