//! Packages (`*.hbp`): what a province hands in. One zstd frame of lines; line 1 is the manifest.
//!
//! | file | holds |
//! |---|---|
//! | `manifest` | the signed statement about the lines: counts, RFC 6962 root, sequence |
//! | `line` | what a line is and how it is hashed |
//! | `reader` | lines out of an untrusted stream, under running caps |
//! | `verify` | first pass over a package → [`VerifiedPackage`], the proof that it was checked |
//! | `writer` | makes packages in constant memory |
//! | `fault` | every reason to refuse a whole package, with its rule name and remedy |
//! | `file` | the same from and to files; the only one here that touches the file system |
//!
//! Whoever sends a package is not trusted with anything before the manifest's signature holds, and
//! with nothing but its own lines afterwards. The rules about single lines belong to `intake`.

pub mod fault;
pub mod file;
pub mod line;
pub mod manifest;
pub mod reader;
pub mod verify;
pub mod writer;

pub use fault::PackageFault;
pub use file::PackageWriter;
pub use line::PackageLine;
pub use manifest::Manifest;
pub use reader::{Limits, Source};
pub use verify::{Arriving, OpenPackage, VerifiedPackage};
