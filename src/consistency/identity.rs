//! The identification number (số định danh cá nhân) against sex and birth year.
//!
//! `PPP C YY NNNNNN`: the province or country of birth registration, a digit for century and sex, two
//! digits of the birth year, six at random. There is no check digit. The prefix is not judged: the
//! merger of 2025 renumbered nobody and the list of country codes is not public. A number may differ
//! from the sheet for good reasons (a corrected birth record keeps its number), so this only warns.

use super::finding::{Findings, Rule};
use crate::transcript::contents::{Contents, PersonalId, Sex};

const ARTICLE: &str = "Nghị định 137/2015/NĐ-CP, Điều 13";

static SEX: Rule = Rule::new(
    "identity.sex",
    ARTICLE,
    "Số định danh cá nhân không phù hợp với giới tính",
    "The identification number does not agree with the sex",
);

static BIRTH_YEAR: Rule = Rule::new(
    "identity.birth_year",
    ARTICLE,
    "Số định danh cá nhân không phù hợp với năm sinh",
    "The identification number does not agree with the birth year",
);

/// All rules of this file.
pub(super) static RULES: &[&Rule] = &[&SEX, &BIRTH_YEAR];

const POINTER: &str = "/identity/sodinhdanh";

pub(super) fn judge(contents: &Contents, findings: &mut Findings) {
    let number = contents.identity.as_ref().and_then(|i| i.personal_id.as_ref()).and_then(read);
    let (Some((sex, birth_year)), Some(name)) = (number, &contents.name) else { return };
    if name.sex != Sex::Unknown && name.sex != sex {
        findings.add(&SEX, POINTER);
    }
    if name.birth.year() != birth_year {
        findings.add(&BIRTH_YEAR, POINTER);
    }
}

/// Sex and birth year: the fourth digit is 0 or 1 for a man or woman born in the 1900s, 2 or 3 in the
/// 2000s, and so on.
fn read(number: &PersonalId) -> Option<(Sex, u16)> {
    let digits = number.as_str().as_bytes();
    let digit = |i: usize| digits.get(i).map(|d| u16::from(d.wrapping_sub(b'0')));
    let (century_and_sex, tens, ones) = (digit(3)?, digit(4)?, digit(5)?);
    let sex = if century_and_sex % 2 == 0 { Sex::Male } else { Sex::Female };
    Some((sex, 1900 + 100 * (century_and_sex / 2) + 10 * tens + ones))
}
