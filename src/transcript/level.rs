//! Levels of schooling (cấp học) and their grades.

use serde::{Deserialize, Serialize};

/// The level one booklet covers; wire codes are `macaphoc` of the national dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Primary (tiểu học), grades 1–5.
    #[serde(rename = "02")]
    Primary,
    /// Lower secondary (trung học cơ sở), grades 6–9.
    #[serde(rename = "03")]
    LowerSecondary,
    /// Upper secondary (trung học phổ thông), grades 10–12.
    #[serde(rename = "04")]
    UpperSecondary,
    /// Continuing education (giáo dục thường xuyên), grades 6–12.
    #[serde(rename = "05")]
    Continuing,
}

impl Level {
    /// All levels.
    pub const ALL: [Level; 4] = [Self::Primary, Self::LowerSecondary, Self::UpperSecondary, Self::Continuing];

    /// The name in answers: `tieu_hoc`, `thcs`, `thpt`, `gdtx`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Primary => "tieu_hoc",
            Self::LowerSecondary => "thcs",
            Self::UpperSecondary => "thpt",
            Self::Continuing => "gdtx",
        }
    }

    /// The dictionary code as a number, 2 to 5; used in binary records.
    pub const fn number(self) -> u8 {
        match self {
            Self::Primary => 2,
            Self::LowerSecondary => 3,
            Self::UpperSecondary => 4,
            Self::Continuing => 5,
        }
    }

    /// The level of a dictionary number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            2 => Some(Self::Primary),
            3 => Some(Self::LowerSecondary),
            4 => Some(Self::UpperSecondary),
            5 => Some(Self::Continuing),
            _ => None,
        }
    }

    /// The grades (khối) this level has.
    pub const fn grades(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Primary => 1..=5,
            Self::LowerSecondary => 6..=9,
            Self::UpperSecondary => 10..=12,
            Self::Continuing => 6..=12,
        }
    }
}
