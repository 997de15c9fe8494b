//! What `hocba verify` needs for exported evidence: the pinned roots, and files that hold only what is public.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;

use super::{CliFault, Context, Outcome};
use crate::portal::public_evidence::{PublicFile, PublicHolds};
use crate::signing::jwk::Jwk;
use crate::tlog::checkpoint::LogVerifier;
use crate::tlog::leaf::Kind;

/// Longest file of roots, in bytes.
const MAX_ROOTS: u64 = 1 << 20;

/// The roots of these files; without any, those of the configuration.
///
/// # Errors
/// A file that cannot be read or holds no root.
pub(super) fn roots(files: &[PathBuf], context: &Context) -> Result<Vec<Jwk>, CliFault> {
    if files.is_empty() {
        return Ok(context.config.trust.roots.clone());
    }
    let mut roots = Vec::new();
    for file in files {
        let found = read_roots(file)?;
        if found.is_empty() {
            return Err(CliFault::new(
                format_args!("{} holds no root", file.display()),
                "give a JWK, or a set as /.well-known/jwks.json serves it",
            ));
        }
        roots.extend(found);
    }
    Ok(roots)
}

/// A key of a set; members that say more are ignored, as RFC 7517 wants.
#[derive(Deserialize)]
struct Member {
    kty: String,
    crv: Option<String>,
    e: Option<String>,
    n: Option<String>,
    x: Option<String>,
    y: Option<String>,
    role: Option<String>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Member>,
}

fn read_roots(file: &Path) -> Result<Vec<Jwk>, CliFault> {
    let fault = |e: &dyn std::fmt::Display| {
        CliFault::new(
            format_args!("cannot read the root in {}: {e}", file.display()),
            "check the path and its contents",
        )
    };
    let too_long = std::fs::metadata(file).map_err(|e| fault(&e))?.len() > MAX_ROOTS;
    if too_long {
        return Err(fault(&"it is too long for a key"));
    }
    let text = std::fs::read(file).map_err(|e| fault(&e))?;
    if let Ok(root) = serde_json::from_slice::<Jwk>(&text) {
        return Ok(vec![root]);
    }
    let set: Set = serde_json::from_slice(&text).map_err(|e| fault(&e))?;
    let roots = set.keys.into_iter().filter(|key| key.role.as_deref() == Some("root"));
    Ok(roots.map(|Member { kty, crv, e, n, x, y, .. }| Jwk { kty, crv, e, n, x, y }).collect())
}

/// Checks a file of public evidence and prints what holds.
///
/// # Errors
/// When the answer cannot be printed.
pub(super) fn verify_public(file: &PublicFile, log: &LogVerifier, context: &Context) -> Result<Outcome, CliFault> {
    let note = "Proves that these entries are in the log, and since when; that they are about this code only the evidence opened by the second factor proves. For the current status look the code up.";
    match file.check(log) {
        Ok(held) if !held.is_empty() => {
            let entries: Vec<_> = held.iter().map(describe).collect();
            let json = json!({ "holds": true, "code": file.code, "entries": entries, "note": note });
            let lines: Vec<String> = held.iter().map(line).collect();
            context.print(&json, format!("{}\n{note}", lines.join("\n")))?;
            Ok(Outcome::Yes)
        }
        Ok(_) => no("the file has no entries", context),
        Err(fault) => no(&fault.to_string(), context),
    }
}

fn no(fault: &str, context: &Context) -> Result<Outcome, CliFault> {
    context.print(&json!({ "holds": false, "fault": fault }), format_args!("FAULT  {fault}"))?;
    Ok(Outcome::No)
}

const fn name(kind: Kind) -> &'static str {
    if matches!(kind, Kind::Sheet) { "sheet" } else { "status" }
}

fn describe(held: &PublicHolds) -> serde_json::Value {
    json!({
        "kind": name(held.kind), "school_year": held.school_year, "leaf_index": held.leaf_index,
        "logged_at": held.logged_at, "ledger_size": held.ledger_size, "checkpoint_time": held.checkpoint_time,
    })
}

fn line(held: &PublicHolds) -> String {
    let PublicHolds { school_year, kind, leaf_index, logged_at, ledger_size, .. } = held;
    format!(
        "holds  {school_year}  {:<6}  entry {leaf_index}, logged {logged_at}, in the tree of {ledger_size}",
        name(*kind)
    )
}
