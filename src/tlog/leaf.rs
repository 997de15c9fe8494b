//! The ledger leaf: 50 bytes, public, blinded (`formats.md`).

use sha2::{Digest, Sha256};

use crate::transcript::province::ProvinceCode;
use crate::transcript::record::LeafView;

/// Length of a leaf in bytes.
pub const LEAF_LEN: usize = 50;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A key grant or revocation.
    Key = 1,
    /// An accepted package: its manifest.
    Package = 2,
    /// A frozen sheet.
    Sheet = 3,
    /// A status.
    Status = 4,
    /// A permission to be late.
    Backfill = 5,
    /// The journal's head.
    Anchor = 6,
}

impl Kind {
    /// The kind of a number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Key),
            2 => Some(Self::Package),
            3 => Some(Self::Sheet),
            4 => Some(Self::Status),
            5 => Some(Self::Backfill),
            6 => Some(Self::Anchor),
            _ => None,
        }
    }
}

/// One leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// What the entry is.
    pub kind: Kind,
    /// The province it concerns; `00` for the ministry.
    pub province: ProvinceCode,
    /// The code list of the province, `YYYYMMDD`; 0 for the ministry.
    pub vintage: u32,
    /// First year of the school year, 0 for none.
    pub year: u16,
    /// Milliseconds since 1970; never goes back.
    pub logged_at: u64,
    /// Blinded commitment to facts and signed bytes.
    pub commitment: [u8; 32],
}

/// Why 50 bytes are not a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a version 1 leaf")]
pub struct LeafFault;

impl Leaf {
    /// The 50 bytes.
    pub fn encode(&self) -> [u8; LEAF_LEN] {
        let mut out = [0; LEAF_LEN];
        out[0] = 1;
        out[1] = self.kind as u8;
        out[2..4].copy_from_slice(self.province.as_bytes());
        out[4..8].copy_from_slice(&self.vintage.to_be_bytes());
        out[8..10].copy_from_slice(&self.year.to_be_bytes());
        out[10..18].copy_from_slice(&self.logged_at.to_be_bytes());
        out[18..].copy_from_slice(&self.commitment);
        out
    }

    /// Reads the 50 bytes.
    ///
    /// # Errors
    /// [`LeafFault`] for another length, version, kind or a province that is not two digits.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafFault> {
        let b: &[u8; LEAF_LEN] = bytes.try_into().map_err(|_| LeafFault)?;
        let (1, Some(kind)) = (b[0], Kind::from_number(b[1])) else { return Err(LeafFault) };
        let number = |at: std::ops::Range<usize>| b[at].iter().fold(0u64, |n, d| (n << 8) | u64::from(*d));
        let mut commitment = [0; 32];
        commitment.copy_from_slice(&b[18..]);
        Ok(Self {
            kind,
            province: std::str::from_utf8(&b[2..4]).ok().and_then(ProvinceCode::parse).ok_or(LeafFault)?,
            vintage: number(4..8) as u32,
            year: number(8..10) as u16,
            logged_at: number(10..18),
            commitment,
        })
    }
}

/// commitment = SHA-256( `hocba/commitment/v1\n` ‖ kind u8 ‖ blind\[32\] ‖ u32 length of facts ‖ facts ‖ SHA-256(signed bytes) )
pub fn commitment(kind: Kind, blind: &[u8; 32], facts: &[u8], signed_digest: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Sha256::new_with_prefix(b"hocba/commitment/v1\n");
    hasher.update([kind as u8]);
    hasher.update(blind);
    hasher.update((facts.len() as u32).to_be_bytes());
    hasher.update(facts);
    hasher.update(signed_digest);
    hasher.finalize().into()
}

/// RFC 6962 leaf hash: SHA-256(0x00 ‖ leaf).
pub fn leaf_hash(leaf: &[u8; LEAF_LEN]) -> [u8; 32] {
    let mut hasher = Sha256::new_with_prefix([0u8]);
    hasher.update(leaf);
    hasher.finalize().into()
}

/// The leaf that the parts kept in a record recompute; None when their province is not two digits.
/// Equal to the leaf in the ledger exactly when blind, facts, digest and the open members are.
pub fn leaf_of(kind: Kind, parts: LeafView<'_>) -> Option<Leaf> {
    Some(Leaf {
        kind,
        province: ProvinceCode::from_bytes(parts.province)?,
        vintage: parts.vintage,
        year: parts.year,
        logged_at: parts.logged_at,
        commitment: commitment(kind, parts.blind, parts.facts, parts.signed_digest),
    })
}

/// An entry bundle (c2sp.org/tlog-tiles): each leaf behind its length as two big-endian bytes.
pub fn encode_entries<'a>(leaves: impl IntoIterator<Item = &'a [u8; LEAF_LEN]>) -> Vec<u8> {
    let mut bundle = Vec::new();
    for leaf in leaves {
        bundle.extend_from_slice(&(LEAF_LEN as u16).to_be_bytes());
        bundle.extend_from_slice(leaf);
    }
    bundle
}

/// Reads an entry bundle of 1 to 256 leaves. Their content is for [`Leaf::decode`].
///
/// # Errors
/// [`LeafFault`] for another length anywhere, bytes left over, or too many or no entries.
pub fn decode_entries(bundle: &[u8]) -> Result<Vec<[u8; LEAF_LEN]>, LeafFault> {
    const STEP: usize = LEAF_LEN + 2;
    let (entries, rest) = bundle.as_chunks::<STEP>();
    if !rest.is_empty() || !(1..=256).contains(&entries.len()) {
        return Err(LeafFault);
    }
    entries
        .iter()
        .map(|entry| match entry.split_first_chunk::<2>() {
            Some((length, leaf)) if *length == (LEAF_LEN as u16).to_be_bytes() => {
                leaf.try_into().map_err(|_| LeafFault)
            }
            _ => Err(LeafFault),
        })
        .collect()
}
