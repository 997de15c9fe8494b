//! Codes of authenticators: the vectors of RFC 6238, skew, and that none is taken twice.

use hocba::offices::{Step, TotpSecret};
use hocba::transcript::Moment;
use proptest::prelude::*;

use super::samples::{lan, later, now};

fn rfc() -> TotpSecret {
    TotpSecret::from_bytes(b"12345678901234567890____________")
}

fn second(s: i64) -> Moment {
    Moment::from_millis(s * 1000).unwrap()
}

#[test]
fn codes_are_those_of_rfc_6238() {
    for (s, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(rfc().code(Step::at(second(s))), code, "{s}");
    }
}

#[test]
fn a_clock_may_differ_by_one_step() {
    let (secret, step) = (rfc(), Step::at(now()));
    for (by, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let found = secret.accept(&secret.code(step.plus(by)), now(), None);
        assert_eq!(found, taken.then_some(step.plus(by)), "{by}");
    }
    let typed = secret.code(step);
    let spaced = format!(" {} {} ", &typed[..3], &typed[3..]);
    assert!(secret.accept(&spaced, now(), None).is_some(), "as authenticators show it");
    for bad in ["", "12345", &format!("{typed}0"), &typed[1..], "abcdef", "１２３４５６"] {
        assert_eq!(secret.accept(bad, now(), None), None, "{bad}");
    }
}

#[test]
fn an_accepted_step_and_those_before_it_are_used_up() {
    let (secret, step) = (rfc(), Step::at(now()));
    let last = secret.accept(&secret.code(step), now(), None);
    assert_eq!(last, Some(step));
    assert_eq!(secret.accept(&secret.code(step), later(now(), 1), last), None, "twice");
    assert_eq!(secret.accept(&secret.code(step.plus(-1)), now(), last), None, "an older one");
    assert_eq!(secret.accept(&secret.code(step.plus(1)), later(now(), 30), last), Some(step.plus(1)));
}

#[test]
fn the_address_has_what_an_authenticator_needs() {
    assert_eq!(
        *rfc().uri(&lan()),
        "otpauth://totp/hocba:lan.nguyen%40dhqg-hn?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=hocba\
         &algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(*rfc().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_eq!(format!("{:?}", rfc()), "TotpSecret(…)");
    let written = serde_json::to_string(&rfc()).unwrap();
    assert!(serde_json::from_str::<TotpSecret>(&written).unwrap() == rfc());
    assert!(serde_json::from_str::<TotpSecret>("\"GEZDGNBV\"").is_err());
}

proptest! {
    #[test]
    fn six_digits_always(key in any::<[u8; 32]>(), s in -1_000_000_000i64..100_000_000_000) {
        let secret = TotpSecret::from_bytes(&key);
        let step = Step::at(second(s));
        let code = secret.code(step);
        prop_assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
        // Codes of neighbouring steps may be the same; then it counts as the newest of them.
        prop_assert!(secret.accept(&code, second(s), None).is_some_and(|found| found >= step));
    }

    #[test]
    fn anything_typed_is_taken_or_refused(typed in any::<String>()) {
        let _ = rfc().accept(&typed, now(), None);
    }
}
