//! Verification receipts (biên nhận kết quả tra cứu): an answer that can be kept. A JWS `hocba-verification` by the
//! portal key over the public verdict as it was given, the way the transcript had been opened, and the signed
//! checkpoint of the ledger that the answer reflects. Nothing personal is in it.
//!
//! It proves what this portal answered and when, and which ledger it answered from. It does not prove what holds now,
//! nor that a paper beside it says the same as the record.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Portal;
use super::answer::{Verdict, VerdictAnswer};
use super::verify::NoRecord;
use crate::journal::SecondFactor;
use crate::signing::{Jws, ObjectType, PublicKey};
use crate::tlog::checkpoint::LogVerifier;
use crate::transcript::groups::GroupSet;
use crate::transcript::{Moment, TranscriptCode, strict};

/// Longest receipt, bytes: a checkpoint with many witnesses and a booklet with many replacements fit.
pub const MAX_RECEIPT: usize = 64 * 1024;

const NOTE: &str = "Proves what the portal answered at this time, from which state of the ledger. Does not prove what holds now (look the code up), nor what is printed on any copy.";

/// What the answer was given on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The code alone: no content was shown.
    Code,
    /// The birth date had matched, and the content was shown.
    BirthDate,
    /// The token of a copy had opened its sheets.
    Token,
}

/// The payload.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    version: u8,
    portal: String,
    issued_at: Moment,
    basis: Basis,
    answer: Value,
    checkpoint: String,
    note: String,
}

/// A receipt that was made.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The JWS in JSON serialization.
    pub jws: String,
    /// What it says.
    pub stated: Stated,
}

/// What a genuine receipt says.
#[derive(Debug, Clone)]
pub struct Stated {
    /// The code that was asked for.
    pub code: TranscriptCode,
    /// The verdict, as the contract names it.
    pub verdict: String,
    /// When the answer was given.
    pub issued_at: Moment,
    /// What on.
    pub basis: Basis,
    /// The portal that gave it.
    pub portal: String,
    /// Size of the ledger.
    pub ledger_size: u64,
    /// Its root at that size, base64.
    pub root_hash: String,
    /// When the checkpoint had been cosigned.
    pub checkpoint_time: Option<Moment>,
    /// The whole public verdict.
    pub answer: Value,
}

/// What comes of checking a receipt by itself.
#[derive(Debug, Clone)]
pub enum Judged {
    /// Signed by the portal, unaltered, and its checkpoint is the log's.
    Genuine(Box<Stated>),
    /// It names a key of ours, and is not what that key signed.
    Altered,
    /// Signed, it says, by a key that is not ours.
    NotOurs,
    /// No receipt, or one that lost its form.
    Unreadable,
}

/// A genuine receipt against the ledger of this portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The verdict on its code now.
    pub verdict: Verdict,
    /// Whether the ledger it was answered from is a beginning of the one here; None when that could not be checked.
    pub is_same_ledger: Option<bool>,
}

/// Why no receipt was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeepRefusal {
    /// Nothing was established that could be kept, or not from the newest ledger: ask again.
    #[error("not possible now")]
    Unavailable,
}

/// Checks a receipt without any server: form, signature, and that its checkpoint is signed by the log and is the one
/// its answer names.
pub fn judge(json: &[u8], keys: &[PublicKey], log: &LogVerifier) -> Judged {
    if json.len() > MAX_RECEIPT {
        return Judged::Unreadable;
    }
    let Ok(jws) = Jws::parse(json) else { return Judged::Unreadable };
    let [signature] = jws.signatures() else { return Judged::Unreadable };
    if jws.object() != ObjectType::Verification {
        return Judged::Unreadable;
    }
    let Some(key) = keys.iter().find(|key| key.kid() == signature.kid) else { return Judged::NotOurs };
    if !jws.verifies(0, key) {
        return Judged::Altered;
    }
    match stated(jws.payload(), log) {
        Some(stated) => Judged::Genuine(Box::new(stated)),
        None => Judged::Altered,
    }
}

fn stated(payload: &[u8], log: &LogVerifier) -> Option<Stated> {
    let wire: Wire = strict::from_slice(payload, MAX_RECEIPT).ok()?;
    let (answer, checkpoint) = (&wire.answer, log.verify(wire.checkpoint.as_bytes()).ok()?);
    let as_of = &answer["as_of"];
    let root_hash = as_of["root_hash"].as_str()?.to_owned();
    let is_of_it = as_of["ledger_size"].as_u64()? == checkpoint.size() && root_hash == BASE64.encode(checkpoint.root());
    (wire.version == 1 && is_of_it).then_some(())?;
    Some(Stated {
        code: TranscriptCode::from_wire(answer["code"].as_str()?)?,
        verdict: answer["verdict"].as_str()?.to_owned(),
        issued_at: wire.issued_at,
        basis: wire.basis,
        portal: wire.portal,
        ledger_size: checkpoint.size(),
        root_hash,
        checkpoint_time: checkpoint.cosigned_at(),
        answer: wire.answer,
    })
}

impl Portal {
    /// Answers once more and makes a receipt of the answer. A ticket says that the transcript had been opened.
    ///
    /// # Errors
    /// [`KeepRefusal`].
    pub fn keep(&self, code: &TranscriptCode, ticket: Option<&str>, now: Moment) -> Result<Kept, KeepRefusal> {
        let state = self.parts.published.load_full();
        let checkpoint = state.checkpoint();
        if state.position.size != checkpoint.size() {
            return Err(KeepRefusal::Unavailable);
        }
        let mut buffers = (Vec::new(), Vec::new());
        let (basis, answer) = match self.find(&state, code, &mut buffers) {
            Ok(found) => {
                let answer = self.answer(&state, code, &found, now);
                (self.basis(ticket, &answer, now), value(&answer))
            }
            Err(NoRecord::Unknown) => (Basis::Code, value(&super::verify::bare(&state, code, Verdict::Unknown, now))),
            Err(NoRecord::Unchecked) => (Basis::Code, None),
        };
        let answer = answer.ok_or(KeepRefusal::Unavailable)?;
        let checkpoint = String::from_utf8(checkpoint.bytes().to_vec()).map_err(|_| KeepRefusal::Unavailable)?;
        let portal = self.parts.public_url.clone();
        let wire = Wire { version: 1, portal, issued_at: now, basis, answer, checkpoint, note: NOTE.to_owned() };
        let payload = serde_json::to_vec(&wire).map_err(|_| KeepRefusal::Unavailable)?;
        let stated = stated(&payload, self.parts.reader.verifier()).ok_or(KeepRefusal::Unavailable)?;
        let jws = Jws::sign(ObjectType::Verification, payload, &[(&self.parts.verification_key, None)], Vec::new())
            .map_err(|_| KeepRefusal::Unavailable)?;
        let jws = String::from_utf8(jws.to_json(GroupSet::NONE)).map_err(|_| KeepRefusal::Unavailable)?;
        Ok(Kept { jws, stated })
    }

    fn basis(&self, ticket: Option<&str>, answer: &VerdictAnswer<'_>, now: Moment) -> Basis {
        let scope = ticket.and_then(|ticket| self.parts.tickets.check(ticket, answer, now));
        match scope.map(|scope| scope.factor) {
            None => Basis::Code,
            Some(SecondFactor::BirthDate) => Basis::BirthDate,
            Some(SecondFactor::Token) => Basis::Token,
        }
    }

    /// Checks a receipt, and what holds now about the code of a genuine one.
    pub fn judge_receipt(&self, json: &[u8], now: Moment) -> (Judged, Option<Now>) {
        let keys = [self.parts.verification_key.public()];
        let judged = judge(json, &keys, self.parts.reader.verifier());
        let Judged::Genuine(stated) = &judged else { return (judged, None) };
        let verdict = self.verdict(&stated.code, now, |answer| answer.verdict);
        let tree = self.parts.published.load_full();
        let is_same_ledger = match stated.ledger_size <= tree.tree.size() {
            true => tree.tree.root_at(stated.ledger_size).ok().map(|root| BASE64.encode(&root) == stated.root_hash),
            // This process has not followed so far yet.
            false => None,
        };
        (judged, Some(Now { verdict, is_same_ledger }))
    }
}

/// None when something of it could not be checked: that is nothing to keep.
fn value(answer: &VerdictAnswer<'_>) -> Option<Value> {
    match answer.verdict {
        Verdict::Unchecked => None,
        _ => serde_json::to_value(answer).ok(),
    }
}
