//! One line of a package, read and checked as far as that needs no state: done on all cores.

use sha2::{Digest, Sha256};

use super::messages::Refusal;
use crate::consistency::{self, Findings};
use crate::package::backfill::BackfillClaims;
use crate::signing::KeyRing;
use crate::signing::signers::SheetSigners;
use crate::signing::{Jws, ObjectType};
use crate::transcript::sheet::{MAX_PAYLOAD, Sheet};
use crate::transcript::status::StatusClaims;
use crate::transcript::strict;

/// A line whose own content holds; whether it may enter is for [`super::rules`].
#[derive(Clone)]
pub struct ReadLine {
    /// The envelope.
    pub jws: Jws,
    /// JCS bytes of the clear payload.
    pub facts: Box<[u8]>,
    /// SHA-256 of the payload: the same payload again is a duplicate, whatever the signatures.
    pub payload: [u8; 32],
    /// What it says.
    pub content: Content,
    /// What in a sheet does not follow from the rest of it: warnings, whatever becomes of the line.
    pub findings: Findings,
}

/// What a line says.
#[derive(Clone)]
pub enum Content {
    /// A frozen sheet.
    Sheet(Box<Sheet>),
    /// A status.
    Status(Box<StatusClaims>),
    /// A key grant or revocation; read and judged by the ring.
    Key,
    /// A permission to be late.
    Backfill,
}

impl Content {
    /// Whether later lines may depend on it for their signatures or dates.
    pub fn changes_the_ring(&self) -> bool {
        matches!(self, Self::Key | Self::Backfill)
    }
}

/// Reads a line's content.
///
/// # Errors
/// The rule it breaks.
pub fn read(jws: Jws) -> Result<ReadLine, Refusal> {
    let facts = strict::facts(jws.payload(), MAX_PAYLOAD)
        .map_err(|fault| Refusal::new("line.payload", "").with_detail(fault))?;
    let syntax = |rule| move |fault: strict::JsonFault| Refusal::new(rule, "").with_detail(fault);
    let content = match jws.object() {
        ObjectType::Sheet => {
            Content::Sheet(Box::new(Sheet::parse(jws.payload(), jws.disclosures()).map_err(Refusal::from)?))
        }
        ObjectType::Status => {
            let claims: StatusClaims =
                strict::from_slice(jws.payload(), MAX_PAYLOAD).map_err(syntax("status.payload"))?;
            claims.check_shape().map_err(|fault| Refusal::new("status.shape", "/status").with_detail(fault))?;
            if claims.version != 1 {
                return Err(Refusal::new("status.version", "/version"));
            }
            Content::Status(Box::new(claims))
        }
        ObjectType::Key => Content::Key,
        ObjectType::Backfill => {
            let claims: BackfillClaims =
                strict::from_slice(jws.payload(), MAX_PAYLOAD).map_err(syntax("backfill.payload"))?;
            claims.check_shape().map_err(|fault| Refusal::new("backfill.shape", "").with_detail(fault))?;
            Content::Backfill
        }
        _ => return Err(Refusal::new("line.type", "/signatures/0/protected")),
    };
    let findings = match &content {
        Content::Sheet(sheet) => consistency::judge(sheet.claims(), sheet.contents()),
        _ => Findings::default(),
    };
    Ok(ReadLine { facts: facts.into(), payload: Sha256::digest(jws.payload()).into(), content, findings, jws })
}

/// Checks the school's signatures of a sheet: the costly part, 50 µs each.
///
/// # Errors
/// The rule of the key or signature that does not hold.
pub fn check_school(line: &ReadLine, ring: &KeyRing, position: u64) -> Result<Option<SheetSigners>, Refusal> {
    match &line.content {
        Content::Sheet(sheet) => {
            ring.check_sheet_signatures(&line.jws, sheet.claims(), position).map(Some).map_err(Refusal::from)
        }
        _ => Ok(None),
    }
}
