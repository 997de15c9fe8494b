//! The desk: each change has its line in the journal before it happens, and no line or log says what was sent.

use hocba::apps::{Change, NoClient};
use hocba::journal::{Actor, AppAction, Entry, Journal};
use hocba::portal::app_desk::{AppAnswer, AppRequest, NoIssue, TokenRequest};

use super::samples::{
    CITIZEN, app, assertion, change, consent, consent_claims, desk, kid, later, now, stray_key, text, token,
};

fn lines(journal: &Journal) -> Vec<Entry> {
    journal.iter().unwrap().map(|line| line.unwrap().entry).collect()
}

#[test]
fn each_change_is_a_line_with_all_that_is_registered() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, journal) = desk(dir.path(), now());
    change(&desk, Change::AddKey { app: app("dhqg-hn"), kid: kid("p2"), jwk: stray_key().public().to_jwk() }, now());
    change(&desk, Change::RemoveKey { app: app("dhqg-hn"), kid: kid("p2") }, now());
    change(&desk, Change::End { app: app("dhqg-hn") }, now());
    let lines = lines(&journal);
    let changes: Vec<_> = lines
        .iter()
        .map(|line| match line {
            Entry::AppChanged(changed) => changed,
            other => panic!("{other:?}"),
        })
        .collect();
    let actions: Vec<_> = changes.iter().map(|c| (c.app.as_str(), c.action, c.revision)).collect();
    assert_eq!(
        actions,
        [
            ("vneid-thu", AppAction::Registered, 1),
            ("dhqg-hn", AppAction::Registered, 1),
            ("dhqg-hn", AppAction::KeyAdded, 2),
            ("dhqg-hn", AppAction::KeyRemoved, 3),
            ("dhqg-hn", AppAction::Ended, 4),
        ]
    );
    assert_eq!(changes[1].actor, Actor::Operator { name: text("Trần Văn Bình") });
    let registration = changes[2].registration.as_str();
    let thumbprint = stray_key().public().kid().to_string();
    for part in ["partner", "name identity results changes", "tuyen-sinh: Xét tuyển đại học", "vneid-thu", &thumbprint]
    {
        assert!(registration.contains(part), "{part} in {registration}");
    }
}

#[test]
fn the_fullest_app_still_fits_into_a_line() {
    use hocba::apps::{AppId, Kind, MAX_ISSUERS, MAX_KEYS, MAX_PURPOSES, Terms};
    use hocba::signing::PrivateKey;
    let dir = tempfile::tempdir().unwrap();
    let (desk, _) = desk(dir.path(), now());
    let until = later(now(), 86_400);
    let long = |n: usize| format!("{}{n}", "x".repeat(39));
    let key = |n: usize| {
        let jwk = PrivateKey::ed25519_from_seed(&[n as u8 + 1; 32]).public().to_jwk();
        (kid(&format!("{}{n}", "k".repeat(63))), jwk)
    };
    for n in 0..MAX_ISSUERS {
        let identity =
            Change::Register { app: app(&long(n)), name: text("Đ"), kind: Kind::Identity, keys: vec![key(n)], until };
        change(&desk, identity, now());
    }
    let words = "Ệ".repeat(200);
    let terms = Terms {
        scope: super::samples::scope("name identity origin policy family staff results comments changes"),
        purposes: (0..MAX_PURPOSES).map(|n| (super::samples::purpose(&long(n)), text(&words))).collect(),
        issuers: (0..MAX_ISSUERS).map(|n| app(&long(n))).collect::<std::collections::BTreeSet<AppId>>(),
    };
    let fullest = Change::Register {
        app: app(&"a".repeat(40)),
        name: text(&"Ệ".repeat(150)),
        kind: Kind::Partner(terms),
        keys: (0..MAX_KEYS).map(key).collect(),
        until,
    };
    let request =
        AppRequest::Change {
            change: Box::new(fullest), by: text(&"Ệ".repeat(200)), reason: text(&"Ệ".repeat(300))
        };
    let answer = desk.answer(request, now()).unwrap();
    assert!(matches!(answer, AppAnswer::App(app) if app.in_force));
    let size = std::fs::metadata(dir.path().join("apps").join(format!("{}.app", "a".repeat(40)))).unwrap().len();
    assert!(size < 64 * 1024, "half of what is read: {size}");
}

#[test]
fn a_token_is_for_what_is_registered_or_less() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, _) = desk(dir.path(), now());
    let ask = |jti: &str, scope: Option<&str>| {
        let asked = TokenRequest {
            assertion: assertion(jti, now()),
            client_id: Some("dhqg-hn".into()),
            scope: scope.map(str::to_owned),
        };
        desk.token(&asked, now()).map(|issued| (issued.scope.to_string(), issued.expires_in))
    };
    assert_eq!(ask("1", None), Ok(("name identity results changes".to_owned(), 300)));
    assert_eq!(ask("2", Some("results name")), Ok(("name results".to_owned(), 300)));
    for (jti, beyond) in [("3", "family"), ("4", "name family"), ("5", "staff_ids"), ("6", "everything"), ("7", " ")] {
        assert_eq!(ask(jti, Some(beyond)), Err(NoIssue::Scope), "{beyond}");
    }
    assert_eq!(ask("1", None), Err(NoIssue::Client(NoClient::Replayed)));
    assert_eq!(ask("3", None), Err(NoIssue::Client(NoClient::Replayed)), "asking for too much used it up");
}

#[test]
fn a_restart_forgets_tokens_and_takes_nothing_from_before() {
    let dir = tempfile::tempdir().unwrap();
    let (first, journal) = desk(dir.path(), now());
    let token = token(&first, "1", None, now());
    assert!(first.acting(&token, now()).is_ok());
    drop((first, journal));
    let then = later(now(), 10);
    let journal =
        std::sync::Arc::new(Journal::open(&dir.path().join("journal"), hocba::journal::TagKey::new(&[3; 32])).unwrap());
    let apps = hocba::apps::Apps::open(&dir.path().join("apps"), &[7; 32]).unwrap();
    let again = hocba::portal::app_desk::AppDesk::new(apps, journal, super::samples::PORTAL, then);
    assert!(again.acting(&token, then).is_err());
    let replayed = TokenRequest { assertion: assertion("1", now()), client_id: None, scope: None };
    assert_eq!(again.token(&replayed, then).map(drop), Err(NoIssue::Client(NoClient::Replayed)));
    let fresh = super::samples::token(&again, "1", None, then);
    let partner = again.acting(&fresh, then).unwrap();
    let old = consent(&consent_claims(CITIZEN, now()));
    assert!(again.mandate(partner, &old, then).is_ok(), "a consent that counts no uses goes on");
}
