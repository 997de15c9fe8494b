//! c2sp.org/tlog-proof: evidence that a leaf is in the log, checked without asking anyone.

use std::fmt::Write as _;

use data_encoding::BASE64;

use super::checkpoint::{CheckpointFault, LogVerifier, MAX_NOTE, VerifiedCheckpoint};
use super::merkle::{self, Hash, MerkleFault};

/// First line of every proof.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Most hashes in a proof: a tree has at most 2^64 leaves.
pub const MAX_HASHES: usize = 64;
/// Longest extra data.
pub const MAX_EXTRA: usize = 16 * 1024;
/// Longest proof text: header, extra data, hashes and checkpoint.
pub const MAX_PROOF: usize = 64 + MAX_EXTRA / 3 * 4 + 64 + MAX_HASHES * 45 + MAX_NOTE;

/// Why a proof was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// Longer than [`MAX_PROOF`], or a part longer than its own limit.
    #[error("the proof is too long")]
    TooLong,
    /// Another header: another format, or another version of it.
    #[error("the proof does not start with {HEADER}")]
    Header,
    /// A line that is not what the format has there, or base64 that is not canonical.
    #[error("line {0} of the proof is malformed")]
    Line(usize),
    /// No empty line and checkpoint after the hashes.
    #[error("the proof ends before its checkpoint")]
    CutShort,
    /// The checkpoint was refused.
    #[error("the proof's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointFault),
    /// The hashes do not lead from the leaf to the checkpoint's root.
    #[error("the proof's hashes: {0}")]
    Hashes(#[from] MerkleFault),
}

/// A proof as it travels. Nothing in it is to be believed before [`LogProof::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// Opaque data for the application; not authenticated by anything, even after checking.
    pub extra: Option<Vec<u8>>,
    /// Position of the leaf.
    pub index: u64,
    /// Audit path, sibling of the leaf first.
    pub hashes: Vec<Hash>,
    /// The checkpoint note.
    pub checkpoint: Vec<u8>,
}

impl LogProof {
    /// The text.
    ///
    /// # Errors
    /// [`ProofFault::TooLong`], [`ProofFault::CutShort`] for parts that a reader would refuse.
    pub fn to_text(&self) -> Result<String, ProofFault> {
        if self.hashes.len() > MAX_HASHES || self.extra.as_ref().is_some_and(|e| e.len() > MAX_EXTRA) {
            return Err(ProofFault::TooLong);
        }
        let mut out = format!("{HEADER}\n");
        if let Some(extra) = &self.extra {
            let _ = writeln!(out, "extra {}", BASE64.encode(extra));
        }
        let _ = writeln!(out, "index {}", self.index);
        for hash in &self.hashes {
            let _ = writeln!(out, "{}", BASE64.encode(hash));
        }
        out.push('\n');
        out.push_str(std::str::from_utf8(&self.checkpoint).map_err(|_| ProofFault::CutShort)?);
        Ok(out)
    }

    /// Reads the text, in its one spelling.
    ///
    /// # Errors
    /// [`ProofFault`].
    pub fn parse(text: &str) -> Result<Self, ProofFault> {
        if text.len() > MAX_PROOF {
            return Err(ProofFault::TooLong);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofFault::CutShort)?;
        let mut lines = head.split('\n').enumerate().map(|(i, line)| (i + 1, line)).peekable();
        if lines.next().map(|(_, line)| line) != Some(HEADER) {
            return Err(ProofFault::Header);
        }
        let extra = match lines.next_if(|(_, line)| line.starts_with("extra ")) {
            Some((number, line)) => Some(parse_extra(&line["extra ".len()..]).ok_or(ProofFault::Line(number))?),
            None => None,
        };
        let (number, line) = lines.next().ok_or(ProofFault::CutShort)?;
        let index = line.strip_prefix("index ").and_then(parse_index).ok_or(ProofFault::Line(number))?;
        let mut hashes = Vec::new();
        for (number, line) in lines {
            if hashes.len() == MAX_HASHES {
                return Err(ProofFault::TooLong);
            }
            hashes.push(parse_hash(line).ok_or(ProofFault::Line(number))?);
        }
        Ok(Self { extra, index, hashes, checkpoint: checkpoint.as_bytes().to_vec() })
    }

    /// Checks that the leaf with this hash was logged: the checkpoint's signatures, then the path to its root. It says
    /// nothing about what was logged later, and nothing about `extra`.
    ///
    /// # Errors
    /// [`ProofFault`].
    pub fn verify(&self, log: &LogVerifier, leaf_hash: &Hash) -> Result<VerifiedCheckpoint, ProofFault> {
        let checkpoint = log.verify(&self.checkpoint)?;
        merkle::verify_inclusion(leaf_hash, self.index, checkpoint.size(), &self.hashes, checkpoint.root())?;
        Ok(checkpoint)
    }
}

fn parse_extra(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.as_bytes()).ok().filter(|extra| extra.len() <= MAX_EXTRA)
}

fn parse_index(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    (digits && !leading_zero).then(|| text.parse().ok()).flatten()
}

fn parse_hash(line: &str) -> Option<Hash> {
    BASE64.decode(line.as_bytes()).ok()?.try_into().ok()
}
