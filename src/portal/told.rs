//! Evidence in words: who signed a sheet in which role, in which package it came, where it was logged and
//! what it is proved into. Read from the evidence itself, so that a page tells what the file holds.

use std::collections::HashMap;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::Deserialize;
use serde_json::Value;

use crate::signing::grant::{Holder, KeyClaims, Role};
use crate::signing::jwk::{Algorithm, Kid, PublicKey};
use crate::tlog::leaf::Leaf;
use crate::tlog::proof::LogProof;
use crate::transcript::time::{Moment, SchoolYear};

/// One sheet's evidence, as a page tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldSheet {
    /// School year.
    pub school_year: SchoolYear,
    /// Everybody who signed it, in the order of the signatures.
    pub signatures: Vec<ToldSignature>,
    /// Its place in the log.
    pub entry: ToldEntry,
    /// The package it came in.
    pub package: ToldPackage,
}

/// One signature: a role, never a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldSignature {
    /// What the key was granted for; None when the evidence has no grant of it.
    pub role: Option<Role>,
    /// The holder's name as granted: a school's or a province's; None for the ministry.
    pub holder: Option<String>,
    /// Where the directory has it: code of the province then, and of the school.
    pub school: Option<(String, String)>,
    /// The algorithm.
    pub algorithm: &'static str,
    /// Thumbprint of the key.
    pub kid: Kid,
    /// Whether the key is bound to a certificate.
    pub certified: bool,
    /// Position of the key's grant; None for a pinned root.
    pub granted_at: Option<u64>,
}

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldEntry {
    /// Position.
    pub leaf_index: u64,
    /// When it was logged.
    pub logged_at: Moment,
    /// How many hashes lead to the root.
    pub path_length: usize,
    /// Entries of the tree it is proved into.
    pub ledger_size: u64,
}

/// The package of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldPackage {
    /// Number in its province's sequence.
    pub sequence: u64,
    /// The sheet's line; the manifest is line 1.
    pub line: u32,
    /// Lines beside the manifest.
    pub lines: u64,
    /// Who signed it.
    pub signatures: Vec<ToldSignature>,
    /// Its place in the log.
    pub entry: ToldEntry,
}

/// What the evidence of a disclosure says, by year; None for something that is no evidence.
pub fn told(evidence: &Value) -> Option<Vec<ToldSheet>> {
    let sheets = Vec::<Sheet>::deserialize(evidence).ok()?;
    sheets.iter().map(Sheet::told).collect()
}

// The wire, as far as words need it. `portal::evidence` reads and checks all of it.

#[derive(Deserialize)]
struct Sheet {
    sheet: Entry,
    package: Package,
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
struct Package {
    manifest: Entry,
    line: u32,
}

#[derive(Deserialize)]
struct Entry {
    jws: Signed,
    leaf: String,
    leaf_index: u64,
    proof: String,
}

#[derive(Deserialize)]
struct Signed {
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    protected: String,
}

#[derive(Deserialize)]
struct Protected {
    alg: String,
    kid: Kid,
    #[serde(rename = "x5t#S256", default)]
    certificate: Option<Kid>,
}

#[derive(Deserialize)]
struct SheetClaims {
    namhoc: SchoolYear,
}

#[derive(Deserialize)]
struct Manifest {
    sequence: u64,
    lines: u64,
}

/// Grants by the key they grant.
type Grants = HashMap<Kid, (u64, Role, Holder)>;

impl Sheet {
    fn told(&self) -> Option<ToldSheet> {
        let grants: Grants = self.keys.iter().filter_map(Entry::grant).collect();
        let claims: SheetClaims = self.sheet.jws.read()?;
        let manifest: Manifest = self.package.manifest.jws.read()?;
        Some(ToldSheet {
            school_year: claims.namhoc,
            signatures: self.sheet.jws.told(&grants)?,
            entry: self.sheet.told()?,
            package: ToldPackage {
                sequence: manifest.sequence,
                line: self.package.line,
                lines: manifest.lines,
                signatures: self.package.manifest.jws.told(&grants)?,
                entry: self.package.manifest.told()?,
            },
        })
    }
}

impl Entry {
    fn grant(&self) -> Option<(Kid, (u64, Role, Holder))> {
        match self.jws.read()? {
            KeyClaims::Grant { jwk, role, holder, .. } => {
                Some((PublicKey::from_jwk(&jwk).ok()?.kid(), (self.leaf_index, role, holder)))
            }
            KeyClaims::Revoke { .. } => None,
        }
    }

    fn told(&self) -> Option<ToldEntry> {
        let leaf = Leaf::decode(&BASE64.decode(self.leaf.as_bytes()).ok()?).ok()?;
        let proof = LogProof::parse(&self.proof).ok()?;
        let note = std::str::from_utf8(&proof.checkpoint).ok()?;
        Some(ToldEntry {
            leaf_index: self.leaf_index,
            logged_at: Moment::from_millis(i64::try_from(leaf.logged_at).ok()?)?,
            path_length: proof.hashes.len(),
            ledger_size: note.lines().nth(1)?.parse().ok()?,
        })
    }
}

impl Signed {
    fn read<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&BASE64URL_NOPAD.decode(self.payload.as_bytes()).ok()?).ok()
    }

    fn told(&self, grants: &Grants) -> Option<Vec<ToldSignature>> {
        self.signatures.iter().map(|signature| signature.told(grants)).collect()
    }
}

impl Signature {
    fn told(&self, grants: &Grants) -> Option<ToldSignature> {
        let header: Protected =
            serde_json::from_slice(&BASE64URL_NOPAD.decode(self.protected.as_bytes()).ok()?).ok()?;
        let grant = grants.get(&header.kid);
        let holder = grant.map(|(_, _, holder)| holder);
        Some(ToldSignature {
            role: grant.map(|(_, role, _)| *role),
            holder: match holder {
                Some(Holder::School { name, .. }) => Some(name.as_str().to_owned()),
                Some(Holder::Province { province, .. }) => Some(province.name.as_str().to_owned()),
                Some(Holder::Ministry) | None => None,
            },
            school: match holder {
                Some(Holder::School { province, school, .. }) => {
                    Some((province.code.as_str().to_owned(), school.as_str().to_owned()))
                }
                _ => None,
            },
            algorithm: Algorithm::from_name(&header.alg)?.name(),
            kid: header.kid,
            certified: header.certificate.is_some(),
            granted_at: grant.map(|(leaf, ..)| *leaf),
        })
    }
}
