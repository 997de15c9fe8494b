//! The state of the ledger that something derived from it reflects.

use serde::{Deserialize, Serialize};

use crate::transcript::hex32;

/// A tree, by its size and root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of that size.
    #[serde(with = "hex32")]
    pub root: [u8; 32],
}

impl Position {
    /// The empty tree: SHA-256 of nothing.
    pub const EMPTY: Self = Self {
        size: 0,
        root: [
            0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
            0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
        ],
    };

    /// Whether what reflects this state may come to reflect the other one: never a smaller tree, and of the same size
    /// no other one.
    pub fn may_become(&self, next: &Self) -> bool {
        next.size > self.size || next == self
    }
}
