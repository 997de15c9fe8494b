//! `hocba verify` of a verification receipt, without any server.

use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use super::data_dir::DataDir;
use super::{CliFault, Context, Outcome, files};
use crate::portal::verification::{Judged, judge};
use crate::signing::jwk::Jwk;
use crate::signing::{Jws, ObjectType, PublicKey};
use crate::tlog::checkpoint::LogVerifier;

/// Whether a file claims to be a receipt.
pub(super) fn is_one(text: &[u8]) -> bool {
    Jws::parse(text).is_ok_and(|jws| jws.object() == ObjectType::Verification)
}

/// Says whether the portal with these keys gave it, and what it says.
///
/// # Errors
/// When the keys cannot be read.
pub(super) fn verify(
    text: &[u8],
    jwks: Option<&Path>,
    log: &LogVerifier,
    context: &Context,
) -> Result<Outcome, CliFault> {
    let keys = match jwks {
        Some(file) => read_jwks(file)?,
        None => vec![DataDir::at(context.data()?, &context.config).portal_key()?.public()],
    };
    let no = |what: &str| -> Result<Outcome, CliFault> {
        context.print(&json!({ "holds": false, "result": what }), format!("FAULT  {what}"))?;
        Ok(Outcome::No)
    };
    let stated = match judge(text, &keys, log) {
        Judged::Genuine(stated) => stated,
        Judged::Altered => return no("altered"),
        Judged::NotOurs => return no("not_issued_here"),
        Judged::Unreadable => return no("unreadable"),
    };
    let note = "Says what the portal answered then: for the current status look the code up.";
    let answer = json!({
        "holds": true, "result": "genuine", "code": stated.code, "verdict": stated.verdict, "basis": stated.basis,
        "issued_at": stated.issued_at, "portal": stated.portal, "ledger_size": stated.ledger_size,
        "checkpoint_time": stated.checkpoint_time, "answer": stated.answer, "note": note,
    });
    let at = stated.issued_at.to_vietnam_rfc3339();
    let text = format!("holds  {}  {}  answered {at} by {}\n{note}", stated.code, stated.verdict, stated.portal);
    context.print(&answer, text)?;
    Ok(Outcome::Yes)
}

/// The keys of a JWK Set; members we do not use are passed over, keys of other kinds too.
fn read_jwks(file: &Path) -> Result<Vec<PublicKey>, CliFault> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Map<String, serde_json::Value>>,
    }
    let fault = |e: &dyn std::fmt::Display| {
        CliFault::new(format_args!("{}: {e}", file.display()), "save GET /.well-known/jwks.json again")
    };
    let set: Set = serde_json::from_slice(&files::read_bytes(file)?).map_err(|e| fault(&e))?;
    let key = |mut members: serde_json::Map<String, serde_json::Value>| {
        members.retain(|name, _| ["crv", "e", "kty", "n", "x", "y"].contains(&name.as_str()));
        let jwk: Jwk = serde_json::from_value(members.into()).ok()?;
        PublicKey::from_jwk(&jwk).ok()
    };
    Ok(set.keys.into_iter().filter_map(key).collect())
}
