//! Strict JSON: what two readers could read differently is refused.

use hocba::transcript::strict::{Extensions, JsonFault, Value, facts, from_slice};
use proptest::prelude::*;

const MAX: usize = 64 * 1024;

fn refused(json: &[u8]) -> String {
    from_slice::<Extensions>(json, MAX).unwrap_err().to_string()
}

#[test]
fn what_two_readers_could_read_differently_is_refused() {
    for json in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"a":{"b":[{"c":1,"c":2}]}}"#,
        r#"{"a":1.0}"#,
        r#"{"a":8.5}"#,
        r#"{"a":1e2}"#,
        r#"{"a":-0}"#,
        r#"{"a":9007199254740992}"#,
        r#"{"a":-9007199254740992}"#,
        r#"{"a":-9223372036854775808}"#,
        r#"{"a":18446744073709551616}"#,
        r#"{"a":01}"#,
        r#"{"a":NaN}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\udc00\ud800"}"#,
        r#"{"\ud83d":1}"#,
        r#"{"a":"e\u0301"}"#,
        r#"{"e\u0301":1}"#,
        r#"{"a":"\u202e"}"#,
        r#"{"a":"\u0000"}"#,
        "{\"a\":\"\t\"}",
        r#"{"a":1,}"#,
        r#"{'a':1}"#,
        r#"{"a":1}{"a":1}"#,
        "[]",
        "null",
        "",
        "\u{feff}{}",
    ] {
        refused(json.as_bytes());
    }
    refused(b"{\"a\":\"\xff\"}");
    refused(b"{\"a\":\"\xed\xa0\x80\"}");
}

#[test]
fn safe_integers_pass() {
    assert!(from_slice::<Value>(b"[9007199254740991,-9007199254740991,0,true,null,\"\xc4\x91\"]", MAX).is_ok());
}

#[test]
fn depth_and_length_are_bounded() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{{\"a\":{}1{}}}", open.repeat(10_000), close.repeat(10_000));
        refused(deep.as_bytes());
        let unclosed = open.repeat(10_000);
        refused(unclosed.as_bytes());
    }
    assert!(matches!(from_slice::<Extensions>(&vec![b' '; MAX + 1], MAX), Err(JsonFault::TooLong(MAX))));
}

#[test]
fn a_fault_names_the_place_and_never_the_value() {
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Form {
        rows: Vec<Row>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Row {
        year: u8,
    }
    for (json, pointer, detail) in [
        (r#"{"rows":[{"year":1},{"year":"bí mật"}]}"#, "/rows/1/year", "invalid type, expected u8"),
        (r#"{"rows":[{"year":", expected mật"}]}"#, "/rows/0/year", "invalid type, expected u8"),
        (r#"{"rows":[{"year":98765}]}"#, "/rows/0/year", "invalid value, expected u8"),
        (r#"{"rows":[{"mật/~":1}]}"#, "/rows/0/mật~1~0", "unknown member"),
        (r#"{"rows":[{}]}"#, "/rows/0", "missing field `year`"),
    ] {
        let fault = from_slice::<Form>(json.as_bytes(), MAX).unwrap_err();
        assert_eq!(fault.pointer(), pointer, "{json}");
        assert!(fault.to_string().starts_with(detail), "{fault}");
        assert!(!fault.to_string().contains("mật") && !fault.to_string().contains("98765"), "{fault}");
    }
}

#[test]
fn facts_are_canonical_and_without_the_digests() {
    let payload = r#" { "b" : "đ\n\"\u0041" , "_sd":["x"], "a":{"z":1,"y":[true,null]}, "_sd_alg":"sha-256" } "#;
    assert_eq!(facts(payload.as_bytes(), MAX).unwrap(), r#"{"a":{"y":[true,null],"z":1},"b":"đ\n\"A"}"#.as_bytes());
}

/// JCS orders members by UTF-16 units: U+1F600 (D83D …) stands before U+FF21, code points say otherwise.
#[test]
fn facts_order_members_as_rfc_8785_does() {
    let payload = "{\"\u{FF21}\":1,\"\u{1F600}\":2,\"x\":{\"\u{FF21}\":1,\"\u{1F600}\":2}}";
    let expected = "{\"x\":{\"\u{1F600}\":2,\"\u{FF21}\":1},\"\u{1F600}\":2,\"\u{FF21}\":1}";
    assert_eq!(String::from_utf8(facts(payload.as_bytes(), MAX).unwrap()).unwrap(), expected);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::hash_map(".{0,4}", inner, 0..6)
                .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_slice::<Value>(&bytes, MAX);
        let _ = facts(&bytes, MAX);
    }

    #[test]
    fn what_is_accepted_means_what_another_parser_reads(value in json()) {
        let text = serde_json::to_vec(&value).unwrap();
        if let Ok(read) = from_slice::<Value>(&text, MAX) {
            prop_assert_eq!(serde_json::to_value(&read).unwrap(), value);
        }
    }

    #[test]
    fn facts_agree_with_the_reference_canonicaliser(members in proptest::collection::btree_map(".{1,3}", json(), 0..5)) {
        let text = serde_json::to_vec(&members).unwrap();
        if let Ok(ours) = facts(&text, MAX) {
            prop_assert_eq!(ours, serde_json_canonicalizer::to_vec(&members).unwrap());
        }
    }
}
