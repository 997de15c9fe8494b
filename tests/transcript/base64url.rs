//! The fast base64url takes and gives exactly what `data-encoding`, the strict one, takes and gives.

use data_encoding::BASE64URL_NOPAD;
use hocba::transcript::base64url;
use proptest::prelude::*;

fn agree(text: &str) -> Result<(), TestCaseError> {
    let ours = base64url::decode(text).map(Vec::from);
    prop_assert_eq!(ours, BASE64URL_NOPAD.decode(text.as_bytes()).ok());
    Ok(())
}

proptest! {
    #[test]
    fn writes_and_reads_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..700), before in "[a-z]{0,5}") {
        let text = BASE64URL_NOPAD.encode(&bytes);
        prop_assert_eq!(base64url::encode(&bytes), text.as_str());
        let mut appended = before.clone();
        base64url::append(&bytes, &mut appended);
        prop_assert_eq!(appended, before + &text);
        prop_assert_eq!(base64url::decode(&text).map(Vec::from), Some(bytes));
    }

    /// One character replaced, inserted or removed anywhere: trailing bits, padding, white space, the
    /// other alphabet, a length that cannot be.
    #[test]
    fn refuses_the_same(
        bytes in proptest::collection::vec(any::<u8>(), 0..700),
        at in any::<prop::sample::Index>(),
        by in prop_oneof![any::<char>(), prop::sample::select("=+/-_ \n\t\0AQZz09~".chars().collect::<Vec<_>>())],
        from_the_end in any::<bool>(),
    ) {
        let text = BASE64URL_NOPAD.encode(&bytes);
        let at = match from_the_end {
            true => text.len() - at.index(text.len().min(4) + 1).min(text.len()),
            false => at.index(text.len() + 1),
        };
        let (before, after) = text.split_at(at);
        let rest = after.get(1..).unwrap_or_default();
        agree(&format!("{before}{by}{rest}"))?;
        agree(&format!("{before}{by}{after}"))?;
        agree(&format!("{before}{rest}"))?;
    }

    #[test]
    fn says_the_same_of_any_text(text in ".{0,200}") {
        agree(&text)?;
    }
}

/// All ends of one to four characters behind a text that goes through the vector unit and one that does
/// not: every value of the trailing bits.
#[test]
fn says_the_same_of_every_end() -> Result<(), TestCaseError> {
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_', '=', '+']).collect();
    for before in ["", &"QUJD".repeat(40)] {
        agree(before)?;
        for a in &alphabet {
            agree(&format!("{before}{a}"))?;
            for b in &alphabet {
                agree(&format!("{before}{a}{b}"))?;
                agree(&format!("{before}A{a}{b}"))?;
                agree(&format!("{before}AA{a}{b}"))?;
            }
        }
    }
    Ok(())
}
