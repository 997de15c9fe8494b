//! Disclosures are read by a glance first; serde, which looks at every character, must say the same.

use hocba::transcript::Group;
use hocba::transcript::disclosure::Disclosure;
use proptest::prelude::*;
use serde_json::value::RawValue;

const SALT: &str = "AAECAwQFBgcICQoLDA0ODw";

/// The value as serde alone finds it.
fn reference(text: &str) -> Option<String> {
    let (_, _, value) = serde_json::from_str::<(String, String, &RawValue)>(text).ok()?;
    Some(value.get().to_owned())
}

fn agree(text: &str) -> Result<(), TestCaseError> {
    let ours = Disclosure::from_json(text.as_bytes()).ok();
    if let (Some(ours), Some(group)) = (&ours, Disclosure::glance(text.as_bytes())) {
        prop_assert_eq!(ours.group(), group, "{}", text);
    }
    let ours = ours.map(|d| String::from_utf8(d.value().to_vec()).unwrap());
    prop_assert_eq!(ours, reference(text), "{}", text);
    Ok(())
}

fn of(value: &str) -> String {
    format!("[\"{SALT}\",\"name\",{value}]")
}

#[test]
fn what_is_unusual_is_found_and_what_is_no_json_is_not() {
    for value in [
        "{}",
        "[]",
        "\"\"",
        "0",
        "7",
        "10",
        "true",
        "false",
        "null",
        r#"{"a":[{"b":"c"},2,"d"],"e":{}}"#,
        // Left to serde: white space, long escapes, other numbers, depth.
        " {} ",
        "{\"a\" : 1}",
        r#""\u0041""#,
        r#""\ud800""#,
        "-1",
        "1.5",
        "1e9",
        "1e999",
        "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]",
        r#""\"\\\/\b\f\n\r\t""#,
        "\"Nguyễn Thị Đào, lớp 9A1 – khá\"",
        "\"1234567\\\"\"",
        "\"12345678\"",
    ] {
        agree(&of(value)).unwrap();
        assert!(reference(&of(value)).is_some(), "{value}");
    }
    for value in [
        "",
        " ",
        "01",
        "1x",
        "+1",
        "-",
        "1.",
        "nul",
        "nulll",
        "True",
        "{",
        "}",
        "[",
        "]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\":1]",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\n\"",
        "\"\u{0}\"",
        "\"12345678\t\"",
        "1,2",
        "\"a\"\"b\"",
        "{}{}",
        "1]",
        "[1]]",
        "'a'",
    ] {
        agree(&of(value)).unwrap();
        assert!(reference(&of(value)).is_none(), "{value}");
    }
    let deep = |n: usize| of(&format!("{}{}", "[".repeat(n), "]".repeat(n)));
    [1, 15, 16, 17, 18, 126, 127, 128, 10_000].into_iter().for_each(|n| agree(&deep(n)).unwrap());
}

#[test]
fn a_salt_or_name_with_an_escape_is_read_as_what_it_means() {
    let disclosure =
        Disclosure::from_json(format!("[\"\\u0041{}\",\"n\\u0061me\",{{}}]", &SALT[1..]).as_bytes()).unwrap();
    assert_eq!((disclosure.group(), disclosure.value()), (Group::Name, &b"{}"[..]));
    assert_eq!(Disclosure::glance(disclosure.json()), None);
    assert_eq!(Disclosure::glance(of("{}").as_bytes()), Some(Group::Name));
    assert_eq!(disclosure.salt(), (0..16).collect::<Vec<u8>>());
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "[a-zđễ\"\\\\\n]{0,20}".prop_map(Into::into),
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
    fn every_value_is_found(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        agree(&of(&text))?;
        prop_assert_eq!(reference(&of(&text)), Some(text));
    }

    /// One character replaced, put in or taken out anywhere.
    #[test]
    fn a_changed_disclosure_is_judged_as_serde_judges_it(
        value in json(),
        at in any::<prop::sample::Index>(),
        by in prop_oneof![any::<char>(), prop::sample::select("\"\\{}[],:0 \n\u{1}u-e.tn".chars().collect::<Vec<_>>())],
    ) {
        let value = serde_json::to_string(&value).unwrap();
        // Salt and name as they are: what they must be is another rule.
        let mut places: Vec<usize> = value.char_indices().map(|(i, _)| i).collect();
        places.push(value.len());
        let (before, after) = value.split_at(places[at.index(places.len())]);
        let rest = after.char_indices().nth(1).map_or("", |(i, _)| &after[i..]);
        for changed in [format!("{before}{by}{rest}"), format!("{before}{by}{after}"), format!("{before}{rest}")] {
            agree(&of(&changed))?;
        }
    }
}
