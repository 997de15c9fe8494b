//! What the circulars' rules found in the sheets of a package: lines of the details, counts in the receipt.
//!
//! A sheet with findings is taken like any other. The province is told about it once, with the package
//! that brought it, also when the sheet has to wait; a duplicate or refused line is not spoken of.
//!
//! A line and a rule say something about one child to whoever holds that child's code, because the public
//! verdict names the leaf. So warnings go to who has the package (the answer to its delivery, the file
//! beside it) and never to who merely asks for the details of a sequence number; the receipt, which anybody
//! may ask for, has numbers and no rules.

use std::io;

use serde::{Deserialize, Serialize};

use crate::consistency::{Finding, Findings};

/// Most warnings of one package that are written out; all are counted. About 8 MB.
pub const MAX_WRITTEN: u64 = 10_000;

/// The outcome that marks a warning among the details.
const OUTCOME: &str = "warning";

/// A warning among the details.
#[derive(Debug, Serialize)]
pub struct Warning<'a> {
    /// Line of the package.
    pub line: u32,
    /// Always `warning`.
    pub outcome: &'static str,
    /// Where the sheet stands in the ledger; None while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaf_index: Option<u64>,
    /// Rule, article, place and messages.
    #[serde(flatten)]
    pub finding: &'a Finding,
}

/// How the sheets of a package agree with the circulars; in the receipt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// Sheets that entered or wait.
    pub sheets: u64,
    /// Those with a warning.
    pub sheets_with_warnings: u64,
    /// Warnings that stand in the details; fewer than there are when a sheet or the package has too many.
    pub written: u64,
}

/// The warnings of a package under way.
#[derive(Debug, Default)]
pub struct Warnings {
    total: u64,
    claims: Consistency,
}

impl Warnings {
    /// Takes note of a sheet that enters or waits, and writes what was found into the details.
    ///
    /// # Errors
    /// When a line cannot be written as JSON.
    pub fn note(
        &mut self,
        line: u32,
        leaf_index: Option<u64>,
        findings: &Findings,
        details: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.total += findings.total();
        self.claims.sheets += 1;
        self.claims.sheets_with_warnings += u64::from(!findings.is_empty());
        for finding in findings.list() {
            if self.claims.written < MAX_WRITTEN {
                self.claims.written += 1;
                serde_json::to_writer(&mut *details, &Warning { line, outcome: OUTCOME, leaf_index, finding })?;
                details.push(b'\n');
            }
        }
        Ok(())
    }

    /// All warnings, written or not.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// What the receipt says.
    pub fn claims(&self) -> Consistency {
        self.claims
    }
}

/// The rule of a line of the details, if the line is a warning.
pub fn rule_of(line: &[u8]) -> Option<&str> {
    #[derive(Deserialize)]
    struct Head<'a> {
        outcome: &'a str,
        rule: Option<&'a str>,
    }
    let head: Head<'_> = serde_json::from_slice(line).ok()?;
    head.rule.filter(|_| head.outcome == OUTCOME)
}

/// The lines of NDJSON details.
pub fn lines(details: &[u8]) -> impl Iterator<Item = &[u8]> {
    details.split(|b| *b == b'\n').filter(|line| !line.is_empty())
}

/// The details without warnings: what may be told to who does not have the package.
pub fn without_warnings(details: &[u8]) -> Vec<u8> {
    let kept = lines(details).filter(|line| rule_of(line).is_none());
    kept.flat_map(|line| line.iter().chain(b"\n")).copied().collect()
}
