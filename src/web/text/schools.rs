//! Words of the directory of schools and provinces.

use crate::signing::grant::Role;

/// `/truong`.
#[derive(Debug, Clone, Copy)]
pub struct Schools {
    /// Heading; also the link to it.
    pub title: &'static str,
    /// What it is.
    pub lead: &'static str,
    /// Label of the search field.
    pub search: &'static str,
    /// What can be typed.
    pub hint: &'static str,
    /// Label of the province filter.
    pub province: &'static str,
    /// No filter.
    pub all_provinces: &'static str,
    /// The button.
    pub submit: &'static str,
    /// How many were found.
    pub found: fn(&str) -> String,
    /// None was found.
    pub none: &'static str,
    /// What to try then.
    pub none_hint: &'static str,
    /// Page x of y.
    pub page: fn(&str, &str) -> String,
    /// The page before.
    pub previous: &'static str,
    /// The page after.
    pub next: &'static str,
    /// School code.
    pub code: fn(&str) -> String,
    /// Province then, where it has another name now.
    pub then: fn(&str) -> String,
    /// How many keys are valid now.
    pub valid_keys: fn(usize) -> String,
    /// Heading: provinces.
    pub provinces: &'static str,
    /// Column: schools.
    pub schools: &'static str,
    /// Heading: the ministry's keys.
    pub ministry_keys: &'static str,
    /// The first root is not in the ledger.
    pub ministry_lead: &'static str,
    /// Label: provinces merged into this one.
    pub merged: &'static str,
    /// Link to the schools of a province.
    pub schools_of: fn(&str) -> String,
    /// Label: levels.
    pub levels: &'static str,
    /// Label: province when the keys were granted.
    pub province_then: &'static str,
    /// Label: province now.
    pub province_now: &'static str,
    /// Label: earlier names.
    pub earlier_names: &'static str,
    /// Label: school code.
    pub school_code: &'static str,
    /// Heading: keys.
    pub keys: &'static str,
    /// What a key's period and revocation mean.
    pub keys_lead: &'static str,
    /// Role of a key.
    pub role: fn(Role) -> &'static str,
    /// May sign now.
    pub valid: &'static str,
    /// Not yet.
    pub not_yet: &'static str,
    /// No more.
    pub expired: &'static str,
    /// Revoked, and when that was logged.
    pub revoked: fn(&str) -> String,
    /// Label: period.
    pub period: &'static str,
    /// From, to.
    pub from_to: fn(&str, &str) -> String,
    /// Label: algorithm.
    pub algorithm: &'static str,
    /// Label: certificate.
    pub certificate: &'static str,
    /// Label: grant.
    pub grant: &'static str,
    /// Position of the grant; of the revocation.
    pub entry: fn(&str) -> String,
    /// Label: revocation.
    pub revocation: &'static str,
    /// Label: thumbprint.
    pub kid: &'static str,
    /// No school or province there.
    pub unknown: super::Notice,
    /// Back to the list.
    pub back: &'static str,
    /// Still being read from the ledger.
    pub incomplete: fn(&str, &str) -> String,
    /// No keys of its own.
    pub no_keys: &'static str,
}
