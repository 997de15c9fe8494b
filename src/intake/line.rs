//! One line of a package, read and checked as far as that needs no state: done on all cores.

use sha2::{Digest, Sha256};

use super::messages::Refusal;
use crate::consistency::{self, Findings};
use crate::signing::KeyRing;
use crate::signing::keyed::KeyedHash;
use crate::signing::signers::SheetSigners;
use crate::signing::{Jws, ObjectType};
use crate::transcript::backfill::BackfillClaims;
use crate::transcript::disclosure::Disclosure;
use crate::transcript::sheet::{MAX_PAYLOAD, Sheet, SheetClaims};
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
    Sheet(Box<ReadSheet>),
    /// A status.
    Status(Box<StatusClaims>),
    /// A key grant or revocation; read and judged by the ring.
    Key,
    /// A permission to be late.
    Backfill(Box<BackfillClaims>),
}

/// A sheet that was read and checked whole, and what the rules need of it. Everything else is let go at
/// once, on the core that read it: a thousand sheets in full would be carried about for nothing.
#[derive(Clone)]
pub struct ReadSheet {
    claims: SheetClaims,
    learner: Learner,
    salts: Box<[SaltMark]>,
}

impl ReadSheet {
    /// The clear claims.
    pub fn claims(&self) -> &SheetClaims {
        &self.claims
    }

    /// Whose it is.
    pub fn learner(&self) -> Learner {
        self.learner
    }

    /// The marks of its salts.
    pub fn salts(&self) -> &[SaltMark] {
        &self.salts
    }
}

/// Keyed digests of what says whose booklet it is; empty for a sheet whose content was erased.
#[derive(Debug, Clone, Copy, Default)]
pub struct Learner {
    /// Of the birth date.
    pub birth_date: Option<[u8; 16]>,
    /// Of the identification number, where there is one.
    pub identity: Option<[u8; 16]>,
}

impl Learner {
    fn of(sheet: &Sheet, keyed: &KeyedHash) -> Self {
        let number = sheet.contents().identity.as_ref().and_then(|i| i.personal_id.as_ref());
        Self {
            birth_date: sheet.birth().map(|birth| keyed.short("birth-date", birth.to_string().as_bytes())),
            identity: number.map(|n| keyed.short("identity", n.as_str().as_bytes())),
        }
    }
}

/// The first 64 bits of a salt's SHA-256, by which intake tells it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SaltMark(u64);

impl SaltMark {
    /// The marks of a sheet's salts.
    pub fn of(disclosures: &[Disclosure]) -> Box<[Self]> {
        let mark = |d: &Disclosure| Sha256::digest(d.salt()).iter().take(8).fold(0, |n, b| (n << 8) | u64::from(*b));
        disclosures.iter().map(|d| Self(mark(d))).collect()
    }
}

impl Content {
    /// Whether later lines may depend on it for their signatures or dates.
    pub fn changes_the_ring(&self) -> bool {
        matches!(self, Self::Key | Self::Backfill(_))
    }
}

/// Reads a line's content; `keyed` digests what says whose sheet it is.
///
/// # Errors
/// The rule it breaks.
pub fn read(jws: Jws, keyed: &KeyedHash) -> Result<ReadLine, Refusal> {
    let facts = strict::facts(jws.payload(), MAX_PAYLOAD)
        .map_err(|fault| Refusal::new("line.payload", "").with_detail(fault))?;
    let syntax = |rule| move |fault: strict::JsonFault| Refusal::new(rule, "").with_detail(fault);
    let mut findings = Findings::default();
    let content = match jws.object() {
        ObjectType::Sheet => {
            let sheet = Sheet::parse(jws.payload(), jws.disclosures()).map_err(Refusal::from)?;
            findings = consistency::judge(sheet.claims(), sheet.contents());
            let learner = Learner::of(&sheet, keyed);
            let salts = SaltMark::of(jws.disclosures());
            Content::Sheet(Box::new(ReadSheet { claims: sheet.into_claims(), learner, salts }))
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
            Content::Backfill(Box::new(claims))
        }
        _ => return Err(Refusal::new("line.type", "/signatures/0/protected")),
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
