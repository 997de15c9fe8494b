//! Words of the ledger's page.

use crate::tlog::leaf::Kind;

/// `/nhat-ky`.
#[derive(Debug, Clone, Copy)]
pub struct Ledger {
    /// Heading; also the link to it.
    pub title: &'static str,
    /// What it is.
    pub lead: &'static str,
    /// What nobody can find in it.
    pub nothing_personal: &'static str,
    /// Heading: the signed state.
    pub state: &'static str,
    /// Label: age of the cosignature.
    pub age: &'static str,
    /// The age in words.
    pub ago: fn(&str) -> String,
    /// Summary of the whole signed note.
    pub note: &'static str,
    /// Heading: keys.
    pub keys: &'static str,
    /// What they are for, and where to take them from.
    pub keys_lead: &'static str,
    /// Label: the log's key.
    pub log_key: &'static str,
    /// Label: the freshness key.
    pub freshness_key: &'static str,
    /// Heading: watch it yourself.
    pub audit: &'static str,
    /// How.
    pub audit_lead: &'static str,
    /// Heading: raw files.
    pub files: &'static str,
    /// Heading: counts.
    pub counts: &'static str,
    /// Up to which entry they go.
    pub counted_to: fn(&str) -> String,
    /// Column: kind.
    pub kind: &'static str,
    /// Column: number.
    pub number: &'static str,
    /// Name of a kind.
    pub kind_name: fn(Kind) -> &'static str,
    /// Heading: sheets by province.
    pub by_province: &'static str,
    /// Column: province as it was called when the entry was made.
    pub province: &'static str,
    /// Column: packages.
    pub packages: &'static str,
    /// Column: sheets.
    pub sheets: &'static str,
    /// The ministry, where a province would stand.
    pub ministry: &'static str,
    /// Heading: entries.
    pub entries: &'static str,
    /// From which to which.
    pub range: fn(&str, &str) -> String,
    /// Column: position.
    pub position: &'static str,
    /// Column: school year.
    pub school_year: &'static str,
    /// Column: time.
    pub logged_at: &'static str,
    /// There are none.
    pub empty: &'static str,
    /// Newer ones.
    pub newer: &'static str,
    /// Older ones.
    pub older: &'static str,
    /// The newest.
    pub newest: &'static str,
    /// Label of the field for a position.
    pub go_to: &'static str,
    /// Its button.
    pub go: &'static str,
}
