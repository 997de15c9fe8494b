//! Who gets an access token, and what ends one: every way in which a client assertion can be wrong.

use hocba::apps::{Apps, Change, Kind, MAX_ASSERTION_S, NoClient, TOKEN_S, Tokens, Uses};
use hocba::signing::{CompactFault, PrivateKey};
use hocba::transcript::{Moment, base64url};
use serde_json::{Value, json};

use super::samples::{
    ENDPOINT, PORTAL, app, apps, assertion, assertion_claims, assertion_header, compact, identity_key, kid, later, now,
    partner_key, register, scope, stray_key, terms, with, yes,
};

fn uses() -> Uses {
    Uses::new(now(), 10)
}

fn asked(apps: &Apps, assertion: &str, uses: &Uses, when: Moment) -> Result<(), NoClient> {
    apps.authenticate(assertion, None, ENDPOINT, uses, when).map(drop)
}

/// Signed by the partner, with these claims changed.
fn claims(changes: Value) -> String {
    compact(&partner_key(), &assertion_header(), &with(assertion_claims("j-1", now()), changes))
}

/// Signed by the partner, with its header changed.
fn header(changes: Value) -> String {
    compact(&partner_key(), &with(assertion_header(), changes), &assertion_claims("j-1", now()))
}

#[test]
fn a_partner_that_signs_is_let_in() {
    let dir = tempfile::tempdir().unwrap();
    let apps = apps(dir.path());
    let iat = now().as_seconds();
    for (what, good) in [
        ("as it should be", assertion("j-1", now())),
        ("without typ", header(json!({"typ": null}))),
        ("the type of RFC 7523bis", header(json!({"typ": "client-authentication+jwt"}))),
        ("one audience in a list", claims(json!({"aud": [ENDPOINT]}))),
        ("claims of their own", claims(json!({"client_name": "x", "nested": {"a": [1]}}))),
        ("not before now", claims(json!({"nbf": iat}))),
        ("a clock ahead of ours", claims(json!({"iat": iat + 20, "exp": iat + 60}))),
        ("as long as it may count", claims(json!({"exp": iat + MAX_ASSERTION_S}))),
    ] {
        let client = apps.authenticate(&good, Some("dhqg-hn"), ENDPOINT, &uses(), now());
        assert_eq!(client.unwrap().app().id(), &app("dhqg-hn"), "{what}");
    }
}

#[test]
fn every_assertion_that_is_not_right_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let apps = apps(dir.path());
    let other = Kind::Partner(terms());
    let until = later(now(), 3600);
    apps.apply(&register("ended", other.clone(), ("k", &stray_key()), until), now(), yes).unwrap();
    apps.apply(&Change::End { app: app("ended") }, now(), yes).unwrap();
    apps.apply(&register("over", other, ("k", &stray_key()), later(now(), 1)), now(), yes).unwrap();
    let iat = now().as_seconds();
    let of = |id: &str, key: &str, by: &PrivateKey| {
        let claims = with(assertion_claims("j-1", now()), json!({"iss": id, "sub": id}));
        let alg = by.public().algorithm().name();
        compact(by, &json!({"alg": alg, "kid": key}), &claims)
    };
    let unsigned = {
        let signed = header(json!({"alg": "none"}));
        format!("{}.", signed.rsplit_once('.').unwrap().0)
    };
    let good = assertion("j-1", now());
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let swapped = base64url::encode(&serde_json::to_vec(&assertion_claims("j-2", now())).unwrap());
    let form = NoClient::Form;
    for (what, bad, why) in [
        ("nothing", String::new(), form(CompactFault::Form)),
        ("not a token", "abc".to_owned(), form(CompactFault::Form)),
        ("JSON", json!({"payload": body}).to_string(), form(CompactFault::Form)),
        ("too long", "a".repeat(5000), form(CompactFault::TooLong)),
        ("alg none", unsigned, form(CompactFault::Algorithm)),
        ("alg none with a signature", header(json!({"alg": "none"})), form(CompactFault::Algorithm)),
        ("a shared secret", header(json!({"alg": "HS256"})), form(CompactFault::Algorithm)),
        ("alg swapped", header(json!({"alg": "EdDSA"})), NoClient::Algorithm),
        ("RSA", header(json!({"alg": "RS256"})), NoClient::Algorithm),
        ("no kid", header(json!({"kid": null})), form(CompactFault::Header)),
        ("a key of its own", header(json!({"jwk": {}})), form(CompactFault::Header)),
        ("an unknown kid", header(json!({"kid": "p9"})), NoClient::UnknownKey),
        ("a kid that is no name", header(json!({"kid": "../p1"})), NoClient::UnknownKey),
        ("the kid of another app", header(json!({"kid": "e1"})), NoClient::UnknownKey),
        ("another type", header(json!({"typ": "hocba-consent+jwt"})), NoClient::Type),
        (
            "somebody else's key",
            compact(&stray_key(), &json!({"alg": "EdDSA", "kid": "p1"}), &assertion_claims("j", now())),
            NoClient::Algorithm,
        ),
        ("another payload", format!("{head}.{swapped}.{signature}"), NoClient::Signature),
        ("no signature", format!("{head}.{body}."), NoClient::Signature),
        ("no iss", claims(json!({"iss": null})), NoClient::Claims),
        ("no sub", claims(json!({"sub": null})), NoClient::Claims),
        ("no aud", claims(json!({"aud": null})), NoClient::Claims),
        ("no jti", claims(json!({"jti": null})), NoClient::Claims),
        ("an empty jti", claims(json!({"jti": ""})), NoClient::Claims),
        ("an endless jti", claims(json!({"jti": "j".repeat(201)})), NoClient::Claims),
        ("no iat", claims(json!({"iat": null})), NoClient::Claims),
        ("no exp", claims(json!({"exp": null})), NoClient::Claims),
        ("a time with a point", claims(json!({"exp": 1.5})), NoClient::Claims),
        ("a time in words", claims(json!({"exp": "soon"})), NoClient::Claims),
        ("a time that is none", claims(json!({"iat": i64::MAX - 60, "exp": i64::MAX})), NoClient::Times),
        ("for somebody else", claims(json!({"sub": "vneid-thu"})), NoClient::Subject),
        ("a stranger", of("nobody", "p1", &partner_key()), NoClient::Unknown),
        ("a name that is none", of("../dhqg-hn", "p1", &partner_key()), NoClient::Unknown),
        ("an identity app", of("vneid-thu", "e1", &identity_key()), NoClient::Unknown),
        ("a partner that was ended", of("ended", "k", &stray_key()), NoClient::Unknown),
        ("for the portal", claims(json!({"aud": PORTAL})), NoClient::Audience),
        ("for another portal", claims(json!({"aud": "https://other.example.vn/oauth/token"})), NoClient::Audience),
        ("for nobody", claims(json!({"aud": ""})), NoClient::Audience),
        ("for two", claims(json!({"aud": [ENDPOINT, "https://other.example.vn"]})), NoClient::Claims),
        ("for none", claims(json!({"aud": []})), NoClient::Claims),
        ("expired", claims(json!({"iat": iat - 120, "exp": iat - 60})), NoClient::Expired),
        ("just expired", claims(json!({"iat": iat - 60, "exp": iat})), NoClient::Expired),
        ("over before it began", claims(json!({"exp": iat})), NoClient::Times),
        ("made tomorrow", claims(json!({"iat": iat + 60, "exp": iat + 90})), NoClient::Times),
        ("too long", claims(json!({"exp": iat + MAX_ASSERTION_S + 1})), NoClient::Times),
        ("not yet", claims(json!({"nbf": iat + 5})), NoClient::Times),
        ("made before the start", claims(json!({"iat": iat - 1, "exp": iat + 60})), NoClient::Replayed),
    ] {
        assert_eq!(asked(&apps, &bad, &uses(), now()), Err(why), "{what}");
    }
    assert_eq!(asked(&apps, &of("over", "k", &stray_key()), &uses(), now()), Ok(()));
    let later = later(now(), 2);
    assert_eq!(asked(&apps, &of("over", "k", &stray_key()), &uses(), later), Err(NoClient::Unknown));
    let named = apps.authenticate(&good, Some("other"), ENDPOINT, &uses(), now());
    assert_eq!(named.map(drop), Err(NoClient::Subject), "client_id names another one");
}

/// A header and a payload in which a member stands twice: two readers would see two things.
#[test]
fn a_claim_that_stands_twice_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let apps = apps(dir.path());
    let claims = assertion_claims("j-1", now()).to_string();
    let twice = claims.replacen('{', "{\"sub\":\"vneid-thu\",", 1);
    let part = |text: &str| base64url::encode(text.as_bytes());
    let signed = format!("{}.{}", part(&assertion_header().to_string()), part(&twice));
    let token = format!("{signed}.{}", base64url::encode(&partner_key().sign(signed.as_bytes())));
    assert_eq!(asked(&apps, &token, &uses(), now()), Err(NoClient::Claims));
}

#[test]
fn an_assertion_lets_in_once() {
    let dir = tempfile::tempdir().unwrap();
    let (apps, uses) = (apps(dir.path()), uses());
    assert_eq!(asked(&apps, &assertion("j-1", now()), &uses, now()), Ok(()));
    let again = compact(&partner_key(), &assertion_header(), &assertion_claims("j-1", later(now(), 5)));
    for replayed in [assertion("j-1", now()), again] {
        assert_eq!(asked(&apps, &replayed, &uses, later(now(), 5)), Err(NoClient::Replayed));
    }
    assert_eq!(asked(&apps, &assertion("j-2", now()), &uses, now()), Ok(()));
}

#[test]
fn of_many_at_once_one_is_let_in() {
    let dir = tempfile::tempdir().unwrap();
    let (apps, uses, sent) = (apps(dir.path()), uses(), assertion("j-1", now()));
    let let_in = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| asked(&apps, &sent, &uses, now()).is_ok())).collect();
        tries.into_iter().map(|one| usize::from(one.join().unwrap())).sum::<usize>()
    });
    assert_eq!(let_in, 1);
}

#[test]
fn what_is_remembered_is_bounded_and_nobody_takes_anothers_room() {
    let dir = tempfile::tempdir().unwrap();
    let (apps, uses) = (apps(dir.path()), uses());
    apps.apply(&register("other", Kind::Partner(terms()), ("p1", &stray_key()), later(now(), 3600)), now(), yes)
        .unwrap();
    for n in 0..10 {
        assert_eq!(asked(&apps, &assertion(&format!("j-{n}"), now()), &uses, now()), Ok(()));
    }
    assert_eq!(asked(&apps, &assertion("one more", now()), &uses, now()), Err(NoClient::TooMany));
    let claims = with(assertion_claims("j", now()), json!({"iss": "other", "sub": "other"}));
    let other = compact(&stray_key(), &json!({"alg": "EdDSA", "kid": "p1"}), &claims);
    assert_eq!(asked(&apps, &other, &uses, now()), Ok(()));
    // Those that are over make room, and only those.
    let then = later(now(), 61);
    assert_eq!(asked(&apps, &assertion("later", then), &uses, then), Ok(()));
    assert_eq!(asked(&apps, &assertion("later", then), &uses, then), Err(NoClient::Replayed));
    assert_eq!(uses.count(), 2);
}

#[test]
fn a_stranger_fills_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (apps, uses) = (apps(dir.path()), uses());
    for n in 0..50 {
        let forged = compact(&stranger(n), &assertion_header(), &assertion_claims(&format!("j-{n}"), now()));
        assert_eq!(asked(&apps, &forged, &uses, now()), Err(NoClient::Signature));
    }
    assert_eq!(uses.count(), 0);
}

fn stranger(n: u8) -> PrivateKey {
    PrivateKey::p256_from_scalar(&[n + 100; 32]).unwrap()
}

#[test]
fn a_token_counts_five_minutes_and_as_long_as_its_partner() {
    let dir = tempfile::tempdir().unwrap();
    let (apps, uses, tokens) = (apps(dir.path()), Uses::new(now(), 100), Tokens::new());
    let number = std::cell::Cell::new(0);
    let issue = |when: Moment| {
        number.set(number.get() + 1);
        let sent = assertion(&format!("j-{}", number.get()), when);
        let client = apps.authenticate(&sent, None, ENDPOINT, &uses, when).unwrap();
        tokens.issue(&client, scope("name"), when).unwrap().to_text().to_string()
    };
    let counts = |token: &str, when| apps.acting(&tokens, token, when).is_ok();
    let token = issue(now());
    assert!(counts(&token, now()) && counts(&token, later(now(), TOKEN_S - 1)));
    assert!(!counts(&token, later(now(), TOKEN_S)));
    let mut other = token.clone().into_bytes();
    other[10] = if other[10] == b'A' { b'B' } else { b'A' };
    for none in ["", "x", &token[1..], &format!("{token}A"), &String::from_utf8(other).unwrap()] {
        assert!(!counts(none, now()), "{none}");
    }
    let add = Change::AddKey { app: app("dhqg-hn"), kid: kid("p2"), jwk: stray_key().public().to_jwk() };
    apps.apply(&add, now(), yes).unwrap();
    assert!(counts(&token, now()), "one key more takes nothing away");
    let until = later(now(), 86_400);
    for change in [
        Change::RemoveKey { app: app("dhqg-hn"), kid: kid("p2") },
        Change::Permit { app: app("dhqg-hn"), kind: Kind::Partner(terms()), until },
        Change::End { app: app("dhqg-hn") },
    ] {
        let token = issue(now());
        assert!(counts(&token, now()));
        apps.apply(&change, now(), yes).unwrap();
        assert!(!counts(&token, now()), "{change:?}");
    }
    apps.apply(&Change::Permit { app: app("dhqg-hn"), kind: Kind::Partner(terms()), until }, now(), yes).unwrap();
    assert!(!counts(&token, now()), "what was over stays over");
}

#[test]
fn tokens_of_one_partner_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let (apps, uses, tokens) = (apps(dir.path()), Uses::new(now(), 1000), Tokens::new());
    let mut issued = Vec::new();
    for n in 0..120 {
        let when = later(now(), n);
        let client = apps.authenticate(&assertion(&format!("j-{n}"), when), None, ENDPOINT, &uses, when).unwrap();
        issued.push(tokens.issue(&client, scope("name"), when).unwrap().to_text().to_string());
    }
    let when = later(now(), 120);
    assert_eq!(tokens.count(), 100);
    assert!(apps.acting(&tokens, &issued[19], when).is_err(), "the oldest made room");
    assert!(issued[20..].iter().all(|token| apps.acting(&tokens, token, when).is_ok()));
}
