//! Signatures: algorithms, JWS envelopes, the key ring with validity and positions.
//!
//! Pure: no I/O, no clock. `verify_strict` for Ed25519, never batches (mixed-order points pass batch
//! checks). A signature is checked at intake and by auditors, never on the way to an answer.

pub mod certificates;
pub mod compact;
pub mod grant;
pub mod jwk;
pub mod jws;
pub mod keyed;
pub mod keyring;
pub mod refusal;
pub mod signers;

pub use compact::{Compact, CompactFault};
pub use jwk::{Kid, PrivateKey, PublicKey};
pub use jws::{Jws, JwsFault, ObjectType};
pub use keyring::KeyRing;
pub use refusal::{KeyEntryFault, KeyRefusal, SignatureFault};
