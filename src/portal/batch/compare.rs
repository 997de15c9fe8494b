//! What a row gives against what is on record: pure.

use super::outcome::Compared;
use crate::batch::row::{Given, GivenClass};
use crate::transcript::contents::BirthDate;
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
pub(super) fn schools(given: &str, on_record: &str) -> Compared {
    let bare = |name: &str| {
        let words = words(name);
        words.strip_prefix(" truong").map(str::to_owned).unwrap_or(words)
    };
    let (given, known) = (bare(given), bare(on_record));
    if given == known {
        Compared::Matches
    } else if !given.is_empty() && known.ends_with(&given) {
        Compared::Near
    } else {
        Compared::Differs
    }
}

/// A class by its name.
pub(super) fn classes(given: &str, on_record: &str) -> Compared {
    let known = GivenClass::read(on_record).and_then(|class| class.class);
    match known {
        Some(known) if known == given => Compared::Matches,
        _ => Compared::Differs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_nearly_the_same_or_others() {
        for (given, on_record, compared) in [
            ("Nguyễn Văn Hòa", "Nguyễn Văn Hoà", Compared::Matches),
            ("NGUYỄN VĂN HÒA", "Nguyễn Văn Hòa", Compared::Matches),
            ("Nguye\u{302}\u{303}n  Va\u{306}n An", "Nguyễn Văn An", Compared::Matches),
            ("H’Mai Niê Kđăm", "H'Mai Niê Kđăm", Compared::Matches),
            ("Đỗ Thị Thúy", "Ðỗ Thị Thuý", Compared::Matches),
            ("nguyen van hoa", "Nguyễn Văn Hòa", Compared::Near),
            ("Nguyễn Văn Hoá", "Nguyễn Văn Hòa", Compared::Near),
            ("Do Thi Thuy", "Đỗ Thị Thúy", Compared::Near),
            ("Nguyễn Văn Hoàn", "Nguyễn Văn Hòa", Compared::Differs),
            ("Văn Hòa Nguyễn", "Nguyễn Văn Hòa", Compared::Differs),
            ("Nguyễn Hòa", "Nguyễn Văn Hòa", Compared::Differs),
        ] {
            assert_eq!(names(given, on_record), compared, "{given} / {on_record}");
        }
    }

    #[test]
    fn birth_dates_agree_as_far_as_both_are_known() {
        let date = |text: &str| BirthDate::parse(text).expect("a date");
        for (given, on_record, compared) in [
            ("2010-05-17", "2010-05-17", Compared::Matches),
            ("2010", "2010", Compared::Matches),
            ("2010", "2010-05-17", Compared::Near),
            ("2010-05", "2010-05-17", Compared::Near),
            ("2010-05-17", "2010", Compared::Near),
            ("2010-06", "2010-05-17", Compared::Differs),
            ("2010-05-18", "2010-05-17", Compared::Differs),
            ("2011", "2010-05-17", Compared::Differs),
        ] {
            assert_eq!(births(date(given), date(on_record)), compared, "{given} / {on_record}");
        }
    }

    #[test]
    fn schools_and_classes_are_the_same_however_they_are_abbreviated() {
        for (given, on_record, compared) in [
            ("THPT Hòn Gai", "Trường Trung học phổ thông Hòn Gai", Compared::Matches),
            ("trường thpt hòn gai", "Trường THPT Hòn Gai", Compared::Matches),
            ("Hòn Gai", "Trường THPT Hòn Gai", Compared::Near),
            ("THCS Hòn Gai", "Trường THPT Hòn Gai", Compared::Differs),
            ("THPT Cẩm Phả", "Trường THPT Hòn Gai", Compared::Differs),
            ("THPT", "Trường THPT Hòn Gai", Compared::Differs),
        ] {
            assert_eq!(schools(given, on_record), compared, "{given} / {on_record}");
        }
        let given = |text: &str| GivenClass::read(text).and_then(|class| class.class).expect("a class");
        assert_eq!(classes(&given("Lớp 12 A1"), "12A1"), Compared::Matches);
        assert_eq!(classes(&given("12A2"), "12A1"), Compared::Differs);
    }
}
