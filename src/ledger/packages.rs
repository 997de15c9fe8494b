//! What the ledger keeps of each package beside its entries: durable with the commit that logged it.

/// The manifest's object in stored form; the same bytes as its entry's body, by route and sequence.
pub const MANIFEST: &str = "manifest";
/// 32-byte hashes of the lines, from which the evidence makes Merkle paths.
pub const LINES: &str = "lines";
/// The signed receipt.
pub const RECEIPT: &str = "receipt";
/// NDJSON of the lines that did not simply enter.
pub const DETAILS: &str = "details";

/// Where one of these files is, from the ledger's directory: `packages/22/000007.receipt`.
pub fn path(route: &str, sequence: u64, kind: &str) -> String {
    format!("packages/{route}/{sequence:06}.{kind}")
}
