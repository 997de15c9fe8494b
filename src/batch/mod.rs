//! Many transcripts at once (kiểm tra hàng loạt): tables and archives that offices hand in, read under caps, and the
//! jobs that come of them, kept sealed until their time is over.
//!
//! Knows nothing of verdicts: what is in a table, what a row gives and what cannot be read of it. What comes of a row is
//! found in `portal::batch`, which also writes the results.
//!
//! | module | holds |
//! |---|---|
//! | `table` | CSV and XLSX, read into lines of cells |
//! | `archive` | ZIP, counted while it is inflated |
//! | `columns` | which column is taken as what; the preview |
//! | `dates` | birth dates as people type them, in both orders |
//! | `formulas` | cells that no spreadsheet takes for one |
//! | `jobs` | what was handed in, how far it is, what came of it; sealed, resumable |
//! | `row` | what a row gives to be compared, and what cannot be read of it |

pub mod archive;
pub mod columns;
mod dates;
pub mod formulas;
pub mod jobs;
pub mod row;
pub mod table;
