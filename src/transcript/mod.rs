//! The learner's booklet (học bạ) as data: codes, sheets, levels of schooling, payload groups.
//!
//! Pure: no I/O, no clock. Wire names are those of the national data dictionary (the digital
//! transcript tables that ministries deliver to the national data centre); names in code are English
//! with the Vietnamese term beside them. Everything here is parsed into types that cannot be wrong,
//! because what is accepted once is in the ledger for ever.

pub mod backfill;
pub mod base64url;
pub mod code;
pub mod contents;
pub mod copy;
pub mod disclosure;
pub mod ethnicity;
pub mod found;
pub mod groups;
pub mod hex32;
pub mod level;
pub mod name;
pub mod paper;
pub mod percent;
pub mod province;
pub mod record;
pub mod sheet;
pub mod short_name;
mod skim;
pub mod status;
pub mod strict;
pub mod text;
pub mod time;
pub mod typed;
pub mod words;

pub use code::{SheetId, TranscriptCode};
pub use copy::CopyId;
pub use groups::{Group, GroupSet};
pub use level::Level;
pub use province::ProvinceRef;
pub use sheet::SheetClaims;
pub use status::{Status, StatusClaims};
pub use time::{Moment, SchoolYear};
