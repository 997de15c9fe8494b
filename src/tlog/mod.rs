//! The transparency log's arithmetic, one file per spec; pure.
//!
//! | file | spec |
//! |---|---|
//! | `leaf` | the 50 public bytes of an entry, and bundles of them (c2sp.org/tlog-tiles, entries) |
//! | `merkle` | RFC 6962 hashes, inclusion and consistency proofs |
//! | `tile` | c2sp.org/tlog-tiles: paths, and which tiles a tree has |
//! | `checkpoint` | c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature |
//! | `tree` | a tree that was checked against a checkpoint, and proves leaves from memory |
//! | `position` | a tree by its size and root: how far something derived reflects the ledger |
//! | `proof` | c2sp.org/tlog-proof: evidence that holds without us |
//!
//! Whoever serves tiles is not trusted: a forged tile yields an error, never a wrong answer. What is
//! trusted is the log key, and it can only be caught (by consistency and witnesses), not prevented.

pub mod checkpoint;
pub mod leaf;
pub mod merkle;
pub mod position;
pub mod proof;
pub mod tile;
pub mod tree;

pub use merkle::Hash;
pub use position::Position;
