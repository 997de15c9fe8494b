//! Names and scopes: one spelling each, and nothing beyond what may be granted.

use hocba::apps::{AppId, KeyId, MOST, PurposeId, Scope};
use hocba::transcript::{Group, GroupSet};

#[test]
fn names_have_one_spelling() {
    for name in ["vneid-thu", "a1", "dhqg-hn-2026"] {
        assert_eq!(AppId::parse(name).unwrap().as_str(), name);
        assert!(PurposeId::parse(name).is_some());
    }
    for name in ["", "a", "A1", "-a", "a-", "a--b", "a_b", "a.b", "đại-học", "a b", &"a".repeat(41)] {
        assert!(AppId::parse(name).is_none(), "{name}");
    }
    for name in ["1", "AbC-_.9", &"k".repeat(64)] {
        assert!(KeyId::parse(name).is_some(), "{name}");
    }
    for name in ["", "k/1", "k=1", "khóa", "k 1", &"k".repeat(65)] {
        assert!(KeyId::parse(name).is_none(), "{name}");
    }
}

#[test]
fn a_scope_is_words_that_are_known_each_once() {
    let scope = Scope::parse("results name changes").unwrap();
    assert_eq!(scope.to_string(), "name results changes");
    assert_eq!((scope.groups(), scope.changes()), (GroupSet::of(&[Group::Name, Group::Results]), true));
    for words in
        ["", " ", "name ", " name", "name  results", "name,results", "Name", "name name", "changes changes", "all"]
    {
        assert!(Scope::parse(words).is_none(), "{words:?}");
    }
}

#[test]
fn numbers_of_staff_are_granted_to_nobody() {
    assert!(Scope::parse("staff_ids").is_none());
    assert!(!MOST.contains(Group::StaffIds));
    assert_eq!(MOST.with(Group::StaffIds), GroupSet::ALL);
}

#[test]
fn what_counts_is_what_both_name() {
    let (wide, narrow) = (Scope::parse("name results changes").unwrap(), Scope::parse("name").unwrap());
    assert!(wide.covers(narrow) && !narrow.covers(wide));
    assert!(!Scope::parse("name results").unwrap().covers(wide), "changes are a right of their own");
    assert_eq!(wide.within(narrow), narrow);
    let nothing = narrow.within(Scope::parse("changes").unwrap());
    assert_eq!((nothing.groups(), nothing.changes()), (GroupSet::NONE, false));
}
