//! Packages broken in every way intake must refuse.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::SynthFault;
use super::deliver::{Chain, Makers};

/// What intake must refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// The package whole.
    Package,
    /// One line; the others are taken.
    Line,
}

/// A broken package and what intake must say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenPackage {
    /// Path below the nation's directory.
    pub file: PathBuf,
    /// What is refused.
    pub expect: Expect,
    /// Which line, for [`Expect::Line`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The rule it breaks.
    pub rule: &'static str,
}

pub(super) fn write(_: &Path, _: &Makers<'_>, _: &[Chain]) -> Result<Vec<BrokenPackage>, SynthFault> {
    Ok(Vec::new())
}
