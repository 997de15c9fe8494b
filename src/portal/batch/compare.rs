//! What a row gives against what is on record: pure.

use super::outcome::Compared;
use crate::batch::row::{Given, GivenClass};
use crate::transcript::contents::{BirthDate, StaffGroup};
use crate::transcript::name::{fold, spelling};
use crate::transcript::sheet::SheetClaims;
use crate::transcript::words::words;

/// What comes of a field that was given and can be read; `NotGiven` or `NotRead` otherwise.
pub(super) fn given<T>(given: &Given<T>, compare: impl FnOnce(&T) -> Compared) -> Compared {
    match given {
        Ok(None) => Compared::NotGiven,
        Ok(Some(given)) => compare(given),
        Err(fault) => Compared::NotRead(*fault),
    }
}

/// Names: where the tone stands makes no difference; a mark that is missing or another one is for a person to look at.
pub(super) fn names(given: &str, on_record: &str) -> Compared {
    if spelling(given) == spelling(on_record) {
        Compared::Matches
    } else if fold(given) == fold(on_record) {
        Compared::Near
    } else {
        Compared::Differs
    }
}

/// Birth dates: what is known of both must be the same.
pub(super) fn births(given: BirthDate, on_record: BirthDate) -> Compared {
    if given.matches(on_record) {
        return Compared::Matches;
    }
    let (given, known) = (given.number(), on_record.number());
    let parts = |number: u32| [number / 10_000, number / 100 % 100, number % 100];
    let agree = parts(given).into_iter().zip(parts(known)).all(|(given, known)| given == known || given * known == 0);
    if agree { Compared::Near } else { Compared::Differs }
}

/// Whether a school is given by its code.
pub(super) fn is_school_code(given: &str) -> bool {
    !given.is_empty() && given.bytes().all(|b| b.is_ascii_digit())
}

/// Schools by code: spreadsheets take zeros in front away.
pub(super) fn school_codes(given: &str, sheet: &SheetClaims) -> Compared {
    match given.trim_start_matches('0') == sheet.school.as_str().trim_start_matches('0') {
        true => Compared::Matches,
        false => Compared::Differs,
    }
}

/// Schools by name: abbreviations are written out, and *trường* in front may be missing. A name without the kind of
/// school (`Hòn Gai`) is for a person to look at.
pub(super) fn schools(given: &str, staff: &StaffGroup) -> Compared {
    let bare = |name: &str| {
        let words = words(name);
        words.strip_prefix(" truong").map(str::to_owned).unwrap_or(words)
    };
    let (given, known) = (bare(given), bare(staff.school_name.as_str()));
    if given == known {
        Compared::Matches
    } else if !given.is_empty() && known.ends_with(&given) {
        Compared::Near
    } else {
        Compared::Differs
    }
}

/// A class by its name.
pub(super) fn classes(given: &str, staff: &StaffGroup) -> Compared {
    let known = GivenClass::read(staff.class.as_str()).and_then(|class| class.class);
    match known {
        Some(known) if known == given => Compared::Matches,
        _ => Compared::Differs,
    }
}
