//! Compact JWS: what is read, and what is refused before any key is looked at.

use hocba::signing::{Compact, CompactFault};
use hocba::transcript::base64url;
use proptest::prelude::*;
use serde_json::json;

use super::samples::{compact, identity_key, partner_key, stray_key};

fn fault(text: &str) -> CompactFault {
    Compact::parse(text).unwrap_err()
}

#[test]
fn one_is_read_as_it_was_signed() {
    for (key, alg) in [(partner_key(), "ES256"), (identity_key(), "EdDSA"), (identity_key(), "Ed25519")] {
        let text = compact(&key, &json!({"alg": alg, "kid": "k"}), &json!({"a": 1}));
        let token = Compact::parse(&text).unwrap();
        assert_eq!((token.kid(), token.typ(), token.payload()), ("k", None, &b"{\"a\":1}"[..]));
        assert!(token.verifies(&key.public()));
        assert!(!token.verifies(&stray_key().public()));
    }
}

#[test]
fn what_is_no_such_token_is_refused() {
    let good = compact(&identity_key(), &json!({"alg": "EdDSA", "kid": "k"}), &json!({}));
    let (header, rest) = good.split_once('.').unwrap();
    let with_header = |header: &[u8]| format!("{}.{rest}", base64url::encode(header));
    assert_eq!(fault(""), CompactFault::Form);
    assert_eq!(fault(header), CompactFault::Form);
    assert_eq!(fault(&good.replace('.', "")), CompactFault::Form);
    assert_eq!(fault(&format!("{good}.x")), CompactFault::Form);
    assert_eq!(fault(&format!("{good}=")), CompactFault::Form);
    assert_eq!(fault(&format!(" {good}")), CompactFault::Form);
    assert_eq!(fault(&"a".repeat(5000)), CompactFault::TooLong);
    for header in [
        &br#"{"alg":"none","kid":"k"}"#[..],
        br#"{"alg":"HS256","kid":"k"}"#,
        br#"{"alg":"eddsa","kid":"k"}"#,
        br#"{"alg":"","kid":"k"}"#,
    ] {
        assert_eq!(fault(&with_header(header)), CompactFault::Algorithm, "{}", String::from_utf8_lossy(header));
    }
    for header in [
        &br#"{"alg":"EdDSA"}"#[..],
        br#"{"kid":"k"}"#,
        br#"{"alg":"EdDSA","kid":"k","kid":"k"}"#,
        br#"{"alg":"EdDSA","alg":"none","kid":"k"}"#,
        br#"{"alg":"EdDSA","kid":"k","crit":["b64"],"b64":false}"#,
        br#"{"alg":"EdDSA","kid":"k","jku":"https://example.com/keys"}"#,
        br#"{"alg":"EdDSA","kid":"k","jwk":{}}"#,
        br#"{"alg":"EdDSA","kid":7}"#,
        br#"["EdDSA"]"#,
        b"\xff",
        b"",
    ] {
        assert_eq!(fault(&with_header(header)), CompactFault::Header, "{}", String::from_utf8_lossy(header));
    }
}

#[test]
fn a_certificate_may_be_named_beside_the_key_and_changes_nothing() {
    let header = json!({"alg": "EdDSA", "kid": "k", "typ": "JWT", "x5t": "abc", "x5t#S256": "def"});
    let text = compact(&identity_key(), &header, &json!({}));
    let token = Compact::parse(&text).unwrap();
    assert!(token.verifies(&identity_key().public()) && token.kid() == "k");
}

#[test]
fn the_key_decides_the_algorithm() {
    let text = compact(&identity_key(), &json!({"alg": "ES256", "kid": "k"}), &json!({}));
    assert!(!Compact::parse(&text).unwrap().verifies(&identity_key().public()));
}

proptest! {
    #[test]
    fn no_bit_can_be_changed(at in 0usize..200, bit in 0u8..8) {
        let key = identity_key();
        let text = compact(&key, &json!({"alg": "EdDSA", "kid": "k"}), &json!({"a": "bcdefghijklmnop"}));
        let mut bytes = text.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(bytes) {
            let verifies = Compact::parse(&changed).is_ok_and(|token| token.verifies(&key.public()));
            prop_assert!(!verifies, "{changed}");
        }
    }

    #[test]
    fn nothing_makes_it_panic(text in ".{0,300}") {
        let _ = Compact::parse(&text);
    }
}
