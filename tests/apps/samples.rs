//! A partner, an identity app and what they sign, which the suites share.

use std::path::Path;
use std::sync::Arc;

use hocba::apps::{AppId, Apps, Change, KeyId, Kind, PurposeId, Scope, Terms};
use hocba::journal::{Journal, TagKey};
use hocba::portal::app_desk::{AppAnswer, AppDesk, AppRequest, TokenRequest};
use hocba::signing::PrivateKey;
use hocba::transcript::base64url;
use hocba::transcript::text::Text;
use hocba::transcript::{Moment, contents::PersonalId};
use serde_json::{Value, json};

pub(crate) const PORTAL: &str = "https://hocba.example.vn";
pub(crate) const ENDPOINT: &str = "https://hocba.example.vn/oauth/token";
pub(crate) const CITIZEN: &str = "001210000017";
pub(crate) const GUARDIAN: &str = "001085000016";

pub(crate) fn now() -> Moment {
    at("2026-11-22T14:03:10+07:00")
}

pub(crate) fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub(crate) fn later(start: Moment, seconds: i64) -> Moment {
    Moment::from_millis(start.as_millis() + seconds * 1000).unwrap()
}

pub(crate) fn app(name: &str) -> AppId {
    AppId::parse(name).unwrap()
}

pub(crate) fn kid(name: &str) -> KeyId {
    KeyId::parse(name).unwrap()
}

pub(crate) fn purpose(name: &str) -> PurposeId {
    PurposeId::parse(name).unwrap()
}

pub(crate) fn scope(words: &str) -> Scope {
    Scope::parse(words).unwrap()
}

pub(crate) fn number(digits: &str) -> PersonalId {
    PersonalId::parse(digits).unwrap()
}

pub(crate) fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).unwrap()
}

/// The partner's key, ES256.
pub(crate) fn partner_key() -> PrivateKey {
    PrivateKey::p256_from_scalar(&[5; 32]).unwrap()
}

/// The identity app's key, Ed25519.
pub(crate) fn identity_key() -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[9; 32])
}

/// A key of nobody.
pub(crate) fn stray_key() -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[77; 32])
}

pub(crate) fn terms() -> Terms {
    Terms {
        scope: scope("name identity results changes"),
        purposes: [(purpose("tuyen-sinh"), text("Xét tuyển đại học (Điều 34)"))].into(),
        issuers: [app("vneid-thu")].into(),
    }
}

pub(crate) fn register(name: &str, kind: Kind, key: (&str, &PrivateKey), until: Moment) -> Change {
    let keys = vec![(kid(key.0), key.1.public().to_jwk())];
    Change::Register { app: app(name), name: text("Ứng dụng mẫu"), kind, keys, until }
}

/// The identity app `vneid-thu` with the key `e1`, and the partner `dhqg-hn` with the key `p1`, for half a year.
pub(crate) fn cast(now: Moment) -> [Change; 2] {
    let until = later(now, 180 * 86_400);
    [
        register("vneid-thu", Kind::Identity, ("e1", &identity_key()), until),
        register("dhqg-hn", Kind::Partner(terms()), ("p1", &partner_key()), until),
    ]
}

pub(crate) fn yes(_: &hocba::apps::App) -> bool {
    true
}

/// Apps with that cast.
pub(crate) fn apps(dir: &Path) -> Apps {
    let apps = Apps::open(dir, &[7; 32]).unwrap();
    cast(now()).iter().for_each(|change| drop(apps.apply(change, now(), yes).unwrap()));
    apps
}

/// A desk with that cast, in a process that starts at `now`.
pub(crate) fn desk(dir: &Path, now: Moment) -> (AppDesk, Arc<Journal>) {
    let journal = Arc::new(Journal::open(&dir.join("journal"), TagKey::new(&[3; 32])).unwrap());
    let desk = AppDesk::new(Apps::open(&dir.join("apps"), &[7; 32]).unwrap(), Arc::clone(&journal), PORTAL, now);
    cast(now).into_iter().for_each(|one| drop(change(&desk, one, now)));
    (desk, journal)
}

pub(crate) fn change(desk: &AppDesk, change: Change, now: Moment) -> AppAnswer {
    let request =
        AppRequest::Change {
            change: Box::new(change), by: text("Trần Văn Bình"), reason: text("thỏa thuận 12")
        };
    desk.answer(request, now).unwrap()
}

/// A compact JWS.
pub(crate) fn compact(key: &PrivateKey, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| base64url::encode(&serde_json::to_vec(value).unwrap());
    let signed = format!("{}.{}", part(header), part(claims));
    format!("{signed}.{}", base64url::encode(&key.sign(signed.as_bytes())))
}

/// `value` with some members put in, and those that are null taken out.
pub(crate) fn with(mut value: Value, changes: Value) -> Value {
    let members = value.as_object_mut().unwrap();
    for (name, change) in changes.as_object().unwrap() {
        match change {
            Value::Null => drop(members.remove(name)),
            other => drop(members.insert(name.clone(), other.clone())),
        }
    }
    value
}

pub(crate) fn assertion_header() -> Value {
    json!({"alg": "ES256", "kid": "p1", "typ": "JWT"})
}

pub(crate) fn assertion_claims(jti: &str, now: Moment) -> Value {
    let iat = now.as_seconds();
    json!({"iss": "dhqg-hn", "sub": "dhqg-hn", "aud": ENDPOINT, "jti": jti, "iat": iat, "exp": iat + 60})
}

pub(crate) fn assertion(jti: &str, now: Moment) -> String {
    compact(&partner_key(), &assertion_header(), &assertion_claims(jti, now))
}

/// An access token of the partner.
pub(crate) fn token(desk: &AppDesk, jti: &str, scope: Option<&str>, now: Moment) -> String {
    let asked = TokenRequest { assertion: assertion(jti, now), client_id: None, scope: scope.map(str::to_owned) };
    desk.token(&asked, now).unwrap().token.to_string()
}

pub(crate) fn consent_header() -> Value {
    json!({"alg": "EdDSA", "kid": "e1", "typ": "hocba-consent+jwt"})
}

pub(crate) fn consent_claims(citizen: &str, now: Moment) -> Value {
    let iat = now.as_seconds();
    json!({
        "iss": "vneid-thu", "aud": PORTAL, "azp": "dhqg-hn", "sub": citizen, "role": "citizen",
        "purpose": "tuyen-sinh", "scope": "name results changes", "jti": "c-1", "iat": iat, "exp": iat + 3600
    })
}

pub(crate) fn consent(claims: &Value) -> String {
    compact(&identity_key(), &consent_header(), claims)
}
