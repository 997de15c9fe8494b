//! Signing soft copies (bản mềm): PAdES baseline B-B, or B-T with a timestamp (ETSI EN 319 142-1), certified so that
//! nothing may be changed afterwards (DocMDP, P = 1).
//!
//! The same file, particulars and key always give the same bytes, but for a timestamp. What is written has one form
//! only, so that reading back ([`super::read_back`]) can compare instead of interpret.
//!
//! | file | holds |
//! |---|---|
//! | `signer` | who signs: a key of ours, or a device behind the same trait |
//! | `cms` | the signature's envelope (RFC 5652), written and read |
//! | `update` | the incremental update that holds it, and which files may be signed |
//! | `sign` | all of it together |
//! | `issue` | certificates of a demonstration's own authority |

pub(super) mod cms;
pub mod issue;
mod sign;
pub(super) mod signer;
pub(super) mod update;

pub use sign::{Particulars, SignFault, SignedPdf, Stamping, sign};
pub use signer::{DocumentSigner, KeyFault, LocalSigner, SignerFault};
pub use update::UpdateFault;

/// Longest soft copy, in bytes; longer files are neither signed nor read back.
pub const MAX_PDF: usize = 8 << 20;
/// Bytes kept free for the envelope: one with a chain of three and a timestamp has about 6,000.
pub const ROOM: usize = 12 << 10;
