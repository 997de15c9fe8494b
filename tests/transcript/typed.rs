//! What people and scanners type in place of a code: read where it is certain, proposed where it is not.

use hocba::transcript::TranscriptCode;
use hocba::transcript::code::CodeFault;
use hocba::transcript::typed::{FEW, MAX_TYPED_TEXT, candidate, proposals, read, readings};
use proptest::prelude::*;

const CODE: &str = "0f8fad5bd9cb469fa16570867728950e";

fn code(text: &str) -> TranscriptCode {
    TranscriptCode::from_wire(text).unwrap()
}

#[test]
fn a_text_that_holds_one_code_is_that_code() {
    for text in [
        CODE,
        "0F8F AD5B D9CB 469F A165 7086 7728 950E",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "HTTPS://HOCBA.EXAMPLE.VN/V/0F8FAD5BD9CB469FA16570867728950E#1.2KRA6EBZ",
        "https://hocba.example.vn/v/0f8f-ad5b-d9cb-469f-a165-7086-7728-950e?x=1",
        "https://elsewhere.example/?id=0f8fad5bd9cb469fa16570867728950e&x=/v/",
        "Mã tra cứu: 0f8f ad5b d9cb 469f a165 7086 7728 950e.",
        "Tra cứu mã 0f8fad5b-d9cb-469f-a165-70867728950e để xác thực.",
        "０ｆ８ｆａｄ５ｂｄ９ｃｂ４６９ｆａ１６５７０８６７７２８９５０ｅ",
        "\u{feff}0f8f\u{200b}ad5b\u{200d}d9cb469fa16570867728950e\u{2060}\r\n",
        "0f8f\u{a0}ad5b\u{3000}d9cb\t469f a165 7086 7728 950e",
        "0f8fad5bd9cb469fa16570867728950e 0F8FAD5BD9CB469FA16570867728950E",
    ] {
        assert_eq!(read(text), Ok(code(CODE)), "{text:?}");
    }
}

#[test]
fn nothing_is_guessed() {
    for (text, fault) in [
        ("", CodeFault::Length(0)),
        ("0f8fad5bd9cb469fa16570867728950", CodeFault::Length(31)),
        ("0f8fad5bd9cb469fa16570867728950O", CodeFault::Group { group: 8 }),
        ("lf8fad5bd9cb469fa16570867728950e", CodeFault::Group { group: 1 }),
        ("https://hocba.example.vn/v/0f8fad5bđcb469fa16570867728950e", CodeFault::Group { group: 3 }),
        ("0f8f ad5 d9cb 469f a165 7086 7728 950e", CodeFault::GroupLength { group: 2, length: 3 }),
        ("0f8f ad5b d9cb 469f a165 7086 77288 950e", CodeFault::GroupLength { group: 7, length: 5 }),
        ("https://hocba.example.vn/v/", CodeFault::Length(0)),
    ] {
        assert_eq!(read(text), Err(fault), "{text:?}");
    }
    assert_eq!(read(&"a".repeat(2_000_000)), Err(CodeFault::Length(MAX_TYPED_TEXT + 1)));
    let two = "0f8fad5bd9cb469fa16570867728950e ffffffffffffffffffffffffffffffff";
    assert!(read(two).is_err());
    assert_eq!(proposals(two), [code(CODE), code(&"f".repeat(32))]);
    assert_eq!(candidate("https://h.example/v/0f8f#1.x"), "0f8f");
}

#[test]
fn look_alikes_are_proposed() {
    for typed in
        ["Of8fad5bd9cb469fa165708677289500".replace("9500", "95Oe"), CODE.replace('1', "l"), CODE.replace('1', "I")]
    {
        assert!(read(&typed).is_err());
        assert_eq!(proposals(&typed), [code(CODE)], "{typed}");
    }
}

#[test]
fn what_a_vietnamese_keyboard_did_is_undone() {
    for (raw, typed) in [
        ("aabbccddeeff00112233445566778899", "âbbccđêff00112233445566778899"),
        ("0f8fad5bd9cb469faf6570867728950e", "0f8fad5bd9cb469fà6570867728950e"),
        ("0f8fad5bd9cb469fa16570867728950e", "0f8fad5bđcb469fá6570867728950e"),
        ("0F8FAD5BD9CB469FA16570867728950E", "0F8FAD5BĐCB469FÁ6570867728950E"),
        ("0f8fad5bdacb469fa165708677289dd0", "0f8fad5bdacb469fa165708677289đ0"),
        ("0f8fad5bd9cb469fa61570867728950e", "0f8fad5bđcb469fấ570867728950e"),
        ("0f8fad5bd9cb469fa61570867728950e", "0f8fad5bđcb469fa\u{302}\u{301}570867728950e"),
        ("0f8fac1b09cb469f065570867728950e", "0f8fácb09cb469f065570867728950e"),
        ("0f8fa12b09cb469f065570867728950e", "0f8fàb09cb469f065570867728950e"),
    ] {
        assert!(read(typed).is_err(), "{typed} is not taken silently");
        let all = readings(typed);
        assert!(all.contains(&code(&raw.to_ascii_lowercase())), "{typed}: {} readings", all.len());
    }
    // An ê can only have been ee or e6: two codes, nothing else.
    assert_eq!(
        proposals("0f8fad5bd9cb469f0165708677289êb"),
        [code("0f8fad5bd9cb469f0165708677289eeb"), code("0f8fad5bd9cb469f0165708677289e6b")]
    );
    assert!(proposals("0f8fad5bd9cb469f0165708677289ôb").is_empty(), "no key of a code makes ô");
    assert!(proposals("0f8fad5bd9cb469f016570867728950").is_empty(), "a missing digit is not made up");
}

/// A keyboard in Telex mode, as the common programs do it: marks on the letter before, a third press takes back.
fn telex(raw: &str) -> String {
    let mut out: Vec<char> = Vec::new();
    for key in raw.chars() {
        let made = match (out.last(), key) {
            (Some('a'), 'a') => Some("â"),
            (Some('e'), 'e') => Some("ê"),
            (Some('d'), 'd') => Some("đ"),
            (Some('a'), 'f') => Some("à"),
            (Some('e'), 'f') => Some("è"),
            (Some('â'), 'f') => Some("ầ"),
            (Some('ê'), 'f') => Some("ề"),
            (Some('â'), 'a') => Some("aa"),
            (Some('ê'), 'e') => Some("ee"),
            (Some('đ'), 'd') => Some("dd"),
            (Some('à'), 'f') => Some("af"),
            (Some('è'), 'f') => Some("ef"),
            _ => None,
        };
        match made {
            Some(letters) => {
                out.pop();
                out.extend(letters.chars());
            }
            None => out.push(key),
        }
    }
    out.into_iter().collect()
}

/// The same in VNI mode.
fn vni(raw: &str) -> String {
    const TONES: [[char; 6]; 5] = [
        ['a', 'á', 'à', 'ả', 'ã', 'ạ'],
        ['e', 'é', 'è', 'ẻ', 'ẽ', 'ẹ'],
        ['â', 'ấ', 'ầ', 'ẩ', 'ẫ', 'ậ'],
        ['ă', 'ắ', 'ằ', 'ẳ', 'ẵ', 'ặ'],
        ['ê', 'ế', 'ề', 'ể', 'ễ', 'ệ'],
    ];
    let place =
        |c: char| TONES.iter().enumerate().find_map(|(row, r)| r.iter().position(|x| *x == c).map(|t| (row, t)));
    let shaped = |row: usize, key: char| match (row, key) {
        (0 | 3, '6') => Some(2),
        (0 | 2, '8') => Some(3),
        (1, '6') => Some(4),
        _ => None,
    };
    let mut out: Vec<char> = Vec::new();
    for key in raw.chars() {
        let last = out.last().copied();
        match (last.and_then(place), last, key) {
            (_, Some('d'), '9') => *out.last_mut().unwrap() = 'đ',
            (_, Some('đ'), '9') => {
                *out.last_mut().unwrap() = 'd';
                out.push('9');
            }
            (Some((row, tone)), _, '0'..='5') if tone > 0 || key != '0' => {
                let pressed = key as usize - '0' as usize;
                *out.last_mut().unwrap() = TONES[row][if pressed == tone { 0 } else { pressed }];
                if pressed == tone {
                    out.push(key);
                }
            }
            (Some((row, tone)), _, '6' | '8') if shaped(row, key).is_some() => {
                *out.last_mut().unwrap() = TONES[shaped(row, key).unwrap()][tone];
            }
            _ => out.push(key),
        }
    }
    out.into_iter().collect()
}

fn is_vietnamese(text: &str) -> bool {
    !text.is_ascii()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_code_typed_through_a_vietnamese_keyboard_comes_back(raw in "[0-9a-f]{32}", in_telex: bool, capitals: bool) {
        let typed = if in_telex { telex(&raw) } else { vni(&raw) };
        let typed = if capitals { typed.to_uppercase() } else { typed };
        let all = readings(&typed);
        if is_vietnamese(&typed) && typed.chars().count() + marks(&typed) + 2 >= 32 && !all.is_empty() {
            prop_assert!(all.contains(&code(&raw)), "{typed}");
        }
        let proposed = proposals(&typed);
        prop_assert!(proposed.len() <= FEW);
        if all.len() <= FEW && all.contains(&code(&raw)) {
            prop_assert!(proposed.contains(&code(&raw)) || read(&typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,80}", start in "[0-9a-fA-FđĐâêăáàOIl \\-/v]{0,60}") {
        let _ = (read(&text), proposals(&text), candidate(&text), read(&start), proposals(&start), candidate(&start));
    }

    #[test]
    fn what_is_proposed_is_never_read_silently(text in "[0-9a-fđâêăáàOIl]{20,34}") {
        if let Ok(read) = read(&text) {
            prop_assert_eq!(read.to_string(), text);
        }
    }
}

/// How many marks the letters of a text have.
fn marks(text: &str) -> usize {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfd().filter(|c| !c.is_ascii()).count()
}

/// Most codes that a keyboard spoilt are among the few that are proposed.
#[test]
fn the_few_proposals_are_the_likely_ones() {
    use rand_core::Rng as _;
    use rand_core::SeedableRng as _;
    let mut dice = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let (mut spoilt, mut proposed) = ([0u32; 2], [0u32; 2]);
    for _ in 0..1000 {
        let mut bytes = [0; 16];
        dice.fill_bytes(&mut bytes);
        let raw = data_encoding::HEXLOWER.encode(&bytes);
        for (keyboard, typed) in [telex(&raw), vni(&raw)].into_iter().enumerate() {
            if is_vietnamese(&typed) {
                spoilt[keyboard] += 1;
                proposed[keyboard] += u32::from(proposals(&typed).contains(&code(&raw)));
            }
        }
    }
    assert!(spoilt[0] > 200 && proposed[0] * 100 >= spoilt[0] * 97, "Telex: {proposed:?} of {spoilt:?}");
    assert!(spoilt[1] > 500 && proposed[1] * 100 >= spoilt[1] * 70, "VNI: {proposed:?} of {spoilt:?}");
}
