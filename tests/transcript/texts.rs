//! Checked text.

use hocba::transcript::text::{Text, TextFault, check, is_forbidden};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

#[test]
fn texts_are_composed_visible_and_bounded() {
    for (text, fault) in [
        ("Nguyễn Thị Đào", None),
        ("H'Mai Niê", None),
        ("Y Blŏ Êban", None),
        ("Thào A Páo 苗", None),
        ("", Some(TextFault::Empty)),
        (" \u{a0} ", Some(TextFault::Empty)),
        ("Nguye\u{302}\u{303}n", Some(TextFault::NotNfc)),
        ("Nguyê\u{303}n", Some(TextFault::NotNfc)),
        ("\u{212B}", Some(TextFault::NotNfc)),
        ("An\u{202E}hnI", Some(TextFault::Control)),
        ("An\u{2066}", Some(TextFault::Control)),
        ("An\u{200D}Anh", Some(TextFault::Control)),
        ("An\u{AD}h", Some(TextFault::Control)),
        ("An\u{0}", Some(TextFault::Control)),
        ("An\u{7f}", Some(TextFault::Control)),
        ("An\u{85}", Some(TextFault::Control)),
        ("An\u{2028}h", Some(TextFault::Control)),
        ("An\u{FEFF}", Some(TextFault::Control)),
        ("An\u{E0041}", Some(TextFault::Control)),
        ("An\u{FFFE}", Some(TextFault::Control)),
        ("An\tBình", Some(TextFault::Control)),
        ("An\r\nBình", Some(TextFault::Control)),
        ("một hai ba bốn năm sáu", Some(TextFault::TooLong(20))),
    ] {
        assert_eq!(Text::<20>::new(text).err(), fault, "{text:?}");
    }
}

#[test]
fn length_counts_characters() {
    assert!(Text::<10>::new("ẵ".repeat(10)).is_ok());
    assert_eq!(Text::<10>::new("ẵ".repeat(11)), Err(TextFault::TooLong(10)));
}

#[test]
fn only_comments_have_lines() {
    assert_eq!(Text::<150>::new("Nguyễn\nAn"), Err(TextFault::Control));
    assert!(Text::<2000>::new("Chăm ngoan.\nCần cố gắng.").is_ok());
}

#[test]
fn a_text_does_not_print_itself() {
    assert_eq!(format!("{:?}", Text::<150>::new("Nguyễn An").unwrap()), "Text(…)");
}

/// The shortcut for plain letters must agree with the tables on every character.
#[test]
fn every_character_alone_is_judged_as_the_unicode_tables_do() {
    for c in (0..=0x10FFFF).filter_map(char::from_u32) {
        let text = c.to_string();
        let expected = match is_forbidden(c) {
            true => Err(TextFault::Control),
            false if text.nfc().eq(text.chars()) => Ok(()),
            false => Err(TextFault::NotNfc),
        };
        assert_eq!(check(&text), expected, "U+{:04X}", c as u32);
    }
}

proptest! {
    #[test]
    fn what_passes_is_its_own_normal_form(text in any::<String>()) {
        if check(&text).is_ok() {
            prop_assert_eq!(text.nfc().collect::<String>(), text.clone());
            prop_assert!(!text.chars().any(is_forbidden));
        }
    }

    #[test]
    fn vietnamese_text_passes_composed_and_only_composed(text in "[a-zA-ZÀ-ÿĂăĐđĨĩŨũƠơƯưẠ-ỹ \u{300}\u{301}\u{303}\u{309}\u{323}]{0,30}") {
        prop_assert_eq!(check(&text).is_ok(), text.nfc().eq(text.chars()));
    }
}
