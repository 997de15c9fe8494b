//! The ledger: the one irreplaceable store. Everything the portal says is derived from it.
//!
//! A directory of files that are written once: leaves and hash tiles that anybody may read, bodies
//! that are encrypted, and one checkpoint that says how far all of them count. Nothing beyond a
//! verified checkpoint is read or served; `docs/ledger.md` has the layout and the crash story.

pub mod audit;
pub mod bundle;
pub mod durable;
pub mod entry;
pub mod fault;
pub mod index;
pub mod keys;
pub mod layout;
pub mod packages;
mod pool;
pub mod reader;
mod recovery;
pub mod session;
pub mod writer;

pub use entry::{BodyEntry, FactsEntry, NewEntry, Origin};
pub use fault::LedgerFault;
pub use reader::LedgerReader;
pub use recovery::Seen;
pub use session::{ExtraFile, Session};
pub use writer::{Setup, Writer};
