//! The words: complete, distinct, and in the right language.

use hocba::transcript::Group;
use hocba::transcript::time::{Day, Moment};
use hocba::web::text::glossary::Chapter;
use hocba::web::text::{EN, Language, VI};

#[test]
fn every_string_is_there() {
    for language in Language::ALL {
        let all = format!("{:?}", language.text());
        assert!(!all.contains(": \"\""), "an empty string in {language:?}");
        assert!(!all.contains("TODO"), "{language:?}");
        let text = language.text();
        for chapter in [Chapter::Standing, Chapter::Primary, Chapter::Secondary, Chapter::Continuing, Chapter::Older] {
            let words = (text.glossary.chapter)(chapter);
            assert!(!words.title.is_empty() && !words.entries.is_empty());
            assert!(words.entries.iter().all(|e| !e.term.is_empty() && !e.meaning.is_empty()));
        }
        for group in Group::ALL {
            for say in [text.transcript.group, text.transcript.opened_by, text.transcript.why_closed] {
                assert!(!say(group).is_empty());
            }
        }
    }
}

#[test]
fn vietnamese_is_in_nfc_and_english_is_not_vietnamese() {
    let vietnamese = format!("{VI:?}");
    assert!(hocba::transcript::text::check(&vietnamese).is_ok());
    for language in Language::ALL {
        for chapter in [Chapter::Standing, Chapter::Primary, Chapter::Secondary, Chapter::Continuing, Chapter::Older] {
            let words = format!("{:?}", (language.text().glossary.chapter)(chapter));
            assert!(hocba::transcript::text::check(&words).is_ok());
        }
    }
    // Personal and product names keep their letters; sentences do not hold these.
    let english = format!("{:?}{:?}{:?}", EN.problems, EN.ask, EN.fields);
    assert!(!english.contains(['đ', 'ơ', 'ư', 'ấ', 'ệ']), "Vietnamese words in English sentences");
}

#[test]
fn numbers_dates_and_waits() {
    let day = Day::parse("2026-06-03").unwrap();
    let moment = Moment::parse("2026-11-22T07:03:05Z").unwrap();
    assert_eq!((VI.day)(day), "03/06/2026");
    assert_eq!((EN.day)(day), "3 June 2026");
    assert_eq!((VI.moment)(moment), "14:03:05 ngày 22/11/2026 (GMT+7)");
    assert_eq!((EN.moment)(moment), "14:03:05 on 22 November 2026 (GMT+7)");
    assert_eq!((VI.number)(1_234_567), "1.234.567");
    assert_eq!((VI.number)(999), "999");
    assert_eq!((EN.number)(1000), "1,000");
    assert_eq!((VI.wait)(61), "2 phút");
    assert_eq!((EN.wait)(1), "1 second");
    assert_eq!((EN.wait)(7200), "2 hours");
}

#[test]
fn languages_are_read_from_tags() {
    assert_eq!(Language::from_tag("vi-VN"), Some(Language::Vietnamese));
    assert_eq!(Language::from_tag("EN"), Some(Language::English));
    assert_eq!(Language::from_tag("fr"), None);
    assert_eq!(Language::from_tag(""), None);
}
