//! Certificates, and the answers of authorities about them, as they were received: `DATA/certificates/`.
//!
//! None of it can be derived from the ledger, and authorities forget: back it up. Every file is named by the
//! SHA-256 of its bytes, is written once and never changed, and proves itself by a signature that leads to a
//! configured root. So the directory can be copied between machines, and whoever can write to it gains
//! nothing; whoever deletes from it turns `official` into `technical`.
//!
//! ```text
//! certificate/<sha-256>.der          of granted keys, and of authorities below the roots
//! ocsp/<sha-256>.der                 answers about single certificates
//! crl/<sha-256>.der                  revocation lists
//! timestamp/<leaf>-<sha-256>.der     tokens over the manifest that stands there in the ledger
//! ```

mod fetch;
mod kept;
mod refresh;
mod stamp;

pub use fetch::{FetchFault, Fetcher};
pub use kept::{KeepFault, Kept, Store};
pub use refresh::{Refresh, Report};
pub use stamp::TimestampAuthority;
