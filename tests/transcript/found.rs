//! Codes in any text, by the table that the visitor's script is held to as well.

use hocba::transcript::found::{MAX_TEXT, codes};
use serde_json::Value;

const CODE: &str = "0f8fad5bd9cb469fa16570867728950e";

#[test]
fn codes_are_found_where_they_are_and_nowhere_else() {
    let table: Value = serde_json::from_str(include_str!("found_cases.json")).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let found = codes(case["text"].as_str().unwrap());
        assert_eq!(found.len() as u64, case["codes"].as_u64().unwrap(), "{}", case["name"]);
        if let Some(first) = found.first() {
            assert_eq!(first.to_string(), CODE, "{}", case["name"]);
        }
    }
}

#[test]
fn what_stands_beyond_the_cap_is_not_read() {
    let within = format!("{} {CODE}", "-".repeat(MAX_TEXT - 33));
    assert_eq!(codes(&within).len(), 1);
    let beyond = format!("{} {CODE}", "-".repeat(MAX_TEXT - 32));
    assert!(codes(&beyond).is_empty());
}

#[test]
fn any_text_is_read_without_a_fault() {
    let pieces = ["%", "%2", "%zz", "%C3%A2", "-", " ", CODE, "0f8f", "â", "😀", "\u{0}", "\u{202e}", "8", "::"];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let text = format!("{a}{b}{c}");
                assert!(codes(&text).len() <= 3, "{text}");
            }
        }
    }
}
