//! What is a password, how it is stored, and that it is told to nobody.

use hocba::offices::{Cost, Hasher, Password, PasswordFault, PasswordHash};
use proptest::prelude::*;

use super::samples::{CHEAP, PASSWORD, lan};

fn chosen(typed: &str) -> Result<(), PasswordFault> {
    Password::chosen(typed, &lan()).map(drop)
}

#[test]
fn a_new_password_is_long_and_not_one_that_anybody_tries() {
    for good in [PASSWORD, "abcdefghijkl", "đường về quê", "lan.nguyen has a long sentence", "0123456789ab"] {
        assert_eq!(chosen(good), Ok(()), "{good}");
    }
    for (bad, fault) in [
        ("", PasswordFault::Short),
        ("abcdefghijk", PasswordFault::Short),
        ("hoà bình lâ", PasswordFault::Short),
        ("aaaaaaaaaaaaaaaa", PasswordFault::Weak),
        ("abcabcabcabcabc", PasswordFault::Weak),
        ("lan.nguyen2026", PasswordFault::Weak),
        ("Lan.Nguyen@dhqg-hn", PasswordFault::Weak),
        ("abcdef\u{202e}ghijkl", PasswordFault::Control),
        ("abcdef\u{0}ghijkl", PasswordFault::Control),
        ("abcdef\nghijkl", PasswordFault::Control),
    ] {
        assert_eq!(chosen(bad), Err(fault), "{bad:?}");
    }
    let long: String = ('a'..='z').cycle().take(128).collect();
    assert_eq!(chosen(&long), Ok(()));
    assert_eq!(chosen(&format!("{long}a")), Err(PasswordFault::Long));
    assert_eq!(chosen(&long.repeat(1000)), Err(PasswordFault::Long));
}

#[test]
fn the_same_keys_on_another_keyboard_are_the_same_password() {
    let hasher = Hasher::new(CHEAP).unwrap();
    let composed = "đường về quê hương";
    let decomposed = "đu\u{31b}o\u{31b}\u{300}ng ve\u{302}\u{300} que\u{302} hu\u{31b}o\u{31b}ng";
    assert!(composed != decomposed);
    let stored = hasher.hash(&Password::chosen(decomposed, &lan()).unwrap()).unwrap();
    assert_eq!(hasher.is_right(&Password::from_typed(composed), Some(&stored)), Ok(true));
    assert_eq!(hasher.is_right(&Password::from_typed(decomposed), Some(&stored)), Ok(true));
    assert_eq!(hasher.is_right(&Password::from_typed("đường về quê hường"), Some(&stored)), Ok(false));
}

#[test]
fn it_is_stored_as_argon2id_with_a_salt_of_its_own() {
    let hasher = Hasher::new(CHEAP).unwrap();
    let password = Password::chosen(PASSWORD, &lan()).unwrap();
    let [one, two] = [hasher.hash(&password).unwrap(), hasher.hash(&password).unwrap()];
    assert!(one.as_str().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    assert!(one != two && !one.as_str().contains("mưa"));
    assert_eq!(PasswordHash::parse(one.as_str()), Some(one.clone()));
    for bad in [
        "",
        "x",
        "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8,t=1,p=1",
    ] {
        assert!(PasswordHash::parse(bad).is_none(), "{bad}");
    }
    let dearer = Hasher::new(Cost { passes: 2, ..CHEAP }).unwrap();
    assert!(hasher.is_current(&one) && !dearer.is_current(&one));
    assert_eq!(dearer.is_right(&Password::from_typed(PASSWORD), Some(&one)), Ok(true), "older ones go on");
}

#[test]
fn the_default_cost_is_what_owasp_advises() {
    assert_eq!(Cost::default(), Cost { memory_kib: 19 * 1024, passes: 2, at_once: 4 });
    assert_eq!(Hasher::new(Cost { memory_kib: 1, ..CHEAP }).unwrap_err(), PasswordFault::Cost);
}

#[test]
fn nobody_prints_one() {
    let hasher = Hasher::new(CHEAP).unwrap();
    let new = Password::chosen(PASSWORD, &lan()).unwrap();
    let stored = hasher.hash(&new).unwrap();
    let printed = format!("{:?} {new:?} {stored:?} {hasher:?}", Password::from_typed(PASSWORD));
    assert!(!printed.contains("mưa") && !printed.contains("$argon2id"), "{printed}");
}

#[test]
fn nothing_stored_is_never_right() {
    let hasher = Hasher::new(CHEAP).unwrap();
    for typed in ["", PASSWORD, &"x".repeat(5000)] {
        assert_eq!(hasher.is_right(&Password::from_typed(typed), None), Ok(false));
    }
}

#[test]
fn only_so_many_are_compared_at_a_time() {
    let hasher = Hasher::new(Cost { memory_kib: 32 * 1024, passes: 2, at_once: 1 }).unwrap();
    let answers = std::thread::scope(|scope| {
        let ask = || hasher.is_right(&Password::from_typed(PASSWORD), None);
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(answers.contains(&Ok(false)));
    assert!(answers.contains(&Err(PasswordFault::Busy)));
    assert_eq!(hasher.is_right(&Password::from_typed(PASSWORD), None), Ok(false), "every place was given back");
}

proptest! {
    #[test]
    fn anything_typed_is_taken_or_refused(typed in any::<String>()) {
        let _ = chosen(&typed);
        let _ = Password::from_typed(&typed);
        let _ = PasswordHash::parse(&typed);
    }
}
