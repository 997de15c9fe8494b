//! Apps on disk: sealed, bounded, changed whole, and nothing without its line in the journal.

use hocba::apps::{AppFault, Apps, Change, ChangeRefusal, Kind, MAX_KEYS, Terms};
use hocba::seal::shelf::ShelfFault;
use hocba::signing::PrivateKey;

use super::samples::{
    app, apps, at, identity_key, kid, later, now, partner_key, purpose, register, stray_key, terms, text, yes,
};

fn jwk(seed: u8) -> hocba::signing::jwk::Jwk {
    PrivateKey::ed25519_from_seed(&[seed; 32]).public().to_jwk()
}

fn add_key(name: &str, seed: u8) -> Change {
    Change::AddKey { app: app("dhqg-hn"), kid: kid(name), jwk: jwk(seed) }
}

#[test]
fn what_was_registered_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let before = {
        let apps = apps(dir.path());
        apps.apply(&add_key("p2", 40), now(), yes).unwrap();
        apps.get(&app("dhqg-hn")).unwrap()
    };
    assert_eq!((before.revision(), before.keys().len(), before.is_in_force(now())), (2, 2, true));
    let again = Apps::open(dir.path(), &[7; 32]).unwrap();
    assert_eq!((again.count(), &*again.get(&app("dhqg-hn")).unwrap()), (2, &*before));
    drop(again);
    assert!(matches!(Apps::open(dir.path(), &[8; 32]), Err(ShelfFault::Damaged(_))), "another key opens nothing");
}

#[test]
fn no_bit_of_a_file_can_be_changed_and_no_file_renamed() {
    let dir = tempfile::tempdir().unwrap();
    drop(apps(dir.path()));
    let file = dir.path().join("dhqg-hn.app");
    let good = std::fs::read(&file).unwrap();
    assert!(!good.windows(7).any(|at| at == b"dhqg-hn"), "sealed");
    for at in (0..good.len()).step_by(37) {
        let mut bad = good.clone();
        bad[at] ^= 4;
        std::fs::write(&file, &bad).unwrap();
        assert!(matches!(Apps::open(dir.path(), &[7; 32]), Err(ShelfFault::Damaged(_))), "{at}");
    }
    std::fs::write(&file, &good).unwrap();
    std::fs::rename(&file, dir.path().join("other.app")).unwrap();
    assert!(matches!(Apps::open(dir.path(), &[7; 32]), Err(ShelfFault::Damaged(_))));
}

#[test]
fn without_its_line_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let apps = apps(dir.path());
    let before = apps.get(&app("dhqg-hn")).unwrap();
    for change in [add_key("p2", 40), Change::End { app: app("dhqg-hn") }] {
        assert!(matches!(apps.apply(&change, now(), |_| false), Err(ChangeRefusal::NotRecorded)));
        assert_eq!(apps.get(&app("dhqg-hn")).unwrap(), before);
    }
}

#[test]
fn changes_that_make_no_sense_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let apps = apps(dir.path());
    let until = later(now(), 86_400);
    let refused = |change: &Change| apps.apply(change, now(), |_| panic!("nothing to record")).unwrap_err();
    let partner = |terms: Terms| register("other", Kind::Partner(terms), ("k", &stray_key()), until);
    let fault = |change: &Change| match refused(change) {
        ChangeRefusal::App(fault) => fault,
        other => panic!("{other}"),
    };
    let rsa = rsa_jwk();
    assert!(matches!(
        refused(&register("dhqg-hn", Kind::Identity, ("k", &stray_key()), until)),
        ChangeRefusal::Exists(_)
    ));
    assert!(matches!(refused(&Change::End { app: app("nobody") }), ChangeRefusal::Unknown(_)));
    let remove = |name| Change::RemoveKey { app: app("dhqg-hn"), kid: kid(name) };
    assert!(matches!(refused(&remove("p9")), ChangeRefusal::NoKey(..)));
    for issuer in ["nobody", "dhqg-hn"] {
        let terms = Terms { issuers: [app(issuer)].into(), ..terms() };
        assert!(matches!(refused(&partner(terms)), ChangeRefusal::NoIssuer(_)), "{issuer}");
    }
    assert_eq!(fault(&partner(Terms { issuers: Default::default(), ..terms() })), AppFault::Terms);
    assert_eq!(fault(&partner(Terms { purposes: Default::default(), ..terms() })), AppFault::Terms);
    let many = (0..6).map(|n| (purpose(&format!("muc-dich-{n}")), text("Mục đích"))).collect();
    assert_eq!(fault(&partner(Terms { purposes: many, ..terms() })), AppFault::Terms);
    for until in [now(), at("2020-01-01T00:00:00+07:00"), later(now(), 732 * 86_400)] {
        assert_eq!(fault(&Change::Renew { app: app("dhqg-hn"), until }), AppFault::Until);
    }
    let add = |name: &str, jwk| Change::AddKey { app: app("dhqg-hn"), kid: kid(name), jwk };
    assert_eq!(fault(&add("p1", jwk(40))), AppFault::KeyTwice(kid("p1")));
    assert_eq!(fault(&add("p2", partner_key().public().to_jwk())), AppFault::KeyTwice(kid("p2")));
    assert_eq!(fault(&add("p2", rsa)), AppFault::Algorithm(kid("p2")));
    let permit = Change::Permit { app: app("dhqg-hn"), kind: Kind::Identity, until };
    assert_eq!(fault(&permit), AppFault::Kind);
    for n in 1..MAX_KEYS {
        apps.apply(&add_key(&format!("p{}", n + 1), 40 + n as u8), now(), yes).unwrap();
    }
    assert_eq!(fault(&add_key("p99", 99)), AppFault::Keys);
}

fn rsa_jwk() -> hocba::signing::jwk::Jwk {
    PrivateKey::generate_rsa(&mut rand_core_06::OsRng).unwrap().public().to_jwk()
}

#[test]
fn what_was_ended_comes_back_by_new_terms_alone() {
    let dir = tempfile::tempdir().unwrap();
    let apps = apps(dir.path());
    let id = app("vneid-thu");
    apps.apply(&Change::End { app: id.clone() }, now(), yes).unwrap();
    assert!(!apps.get(&id).unwrap().is_in_force(now()));
    let until = later(now(), 86_400);
    for change in [
        Change::End { app: id.clone() },
        Change::Renew { app: id.clone(), until },
        Change::AddKey { app: id.clone(), kid: kid("e2"), jwk: jwk(40) },
    ] {
        assert!(matches!(apps.apply(&change, now(), yes), Err(ChangeRefusal::Ended(_))));
    }
    apps.apply(&Change::RemoveKey { app: id.clone(), kid: kid("e1") }, now(), yes).unwrap();
    apps.apply(&Change::Permit { app: id.clone(), kind: Kind::Identity, until }, now(), yes).unwrap();
    let back = apps.get(&id).unwrap();
    assert!(back.is_in_force(now()) && !back.is_in_force(later(until, 1)) && back.keys().is_empty());
    let again = Change::AddKey { app: id, kid: kid("e1"), jwk: identity_key().public().to_jwk() };
    assert_eq!(apps.apply(&again, now(), yes).unwrap().revision(), 5);
}
