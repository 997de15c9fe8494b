//! Which consent counts for whom: every way in which one can be wrong, and what is granted by one that is right.

use hocba::apps::{Apps, Change, GivenBy, Kind, MAX_CONSENT_S, Mandate, NoConsent, Terms, Tokens, Uses};
use hocba::signing::{CompactFault, PrivateKey};
use hocba::transcript::{Group, GroupSet, Moment};
use serde_json::{Value, json};

use super::samples::{
    CITIZEN, ENDPOINT, GUARDIAN, PORTAL, app, apps, assertion, compact, consent, consent_claims, consent_header,
    identity_key, kid, later, now, number, partner_key, register, scope, stray_key, terms, with, yes,
};

struct Scene {
    apps: Apps,
    tokens: Tokens,
    assertions: Uses,
    consents: Uses,
    _dir: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let apps = apps(dir.path());
        let (assertions, consents) = (Uses::new(now(), 1000), Uses::new(now(), 5));
        Self { apps, tokens: Tokens::new(), assertions, consents, _dir: dir }
    }

    /// What the partner is granted that presents a consent at this moment, with a token for these words.
    fn mandate(&self, words: &str, presented: &str, when: Moment) -> Result<Mandate, NoConsent> {
        let jti = format!("j-{}", self.assertions.count());
        let sent = assertion(&jti, when);
        let client = self.apps.authenticate(&sent, None, ENDPOINT, &self.assertions, when).unwrap();
        let token = self.tokens.issue(&client, scope(words), when).unwrap().to_text();
        let partner = self.apps.acting(&self.tokens, &token, when).unwrap();
        self.apps.mandate(partner, presented, PORTAL, &self.consents, when)
    }

    fn refusal(&self, presented: &str) -> NoConsent {
        self.mandate("name", presented, now()).map(drop).unwrap_err()
    }
}

fn claims(changes: Value) -> String {
    consent(&with(consent_claims(CITIZEN, now()), changes))
}

fn header(changes: Value) -> String {
    compact(&identity_key(), &with(consent_header(), changes), &consent_claims(CITIZEN, now()))
}

#[test]
fn a_citizen_consents_for_themselves_and_a_guardian_for_a_child() {
    let scene = Scene::new();
    let own = scene.mandate("name results changes", &claims(json!({})), now()).unwrap();
    assert_eq!((own.consent().citizen(), own.consent().given_by()), (&number(CITIZEN), GivenBy::Citizen));
    assert_eq!(own.consent().purpose().as_str(), "Xét tuyển đại học (Điều 34)");
    assert_eq!((own.partner().id(), own.consent().issuer()), (&app("dhqg-hn"), &app("vneid-thu")));
    let child = claims(json!({"role": "guardian", "sub": GUARDIAN, "child": CITIZEN}));
    let of_child = scene.mandate("name", &child, now()).unwrap();
    let given_by = GivenBy::Guardian(number(GUARDIAN));
    assert_eq!((of_child.consent().citizen(), of_child.consent().given_by()), (&number(CITIZEN), given_by));
}

#[test]
fn what_is_granted_is_what_registration_token_and_consent_all_name() {
    let scene = Scene::new();
    let granted = |token: &str, consented: &str| {
        let mandate = scene.mandate(token, &claims(json!({"scope": consented})), now()).unwrap();
        (mandate.groups(), mandate.may_follow_changes())
    };
    let only = |groups: &[Group]| GroupSet::of(groups);
    assert_eq!(granted("name results changes", "name results changes"), (only(&[Group::Name, Group::Results]), true));
    assert_eq!(granted("name results", "results changes"), (only(&[Group::Results]), false));
    assert_eq!(granted("name results", "results comments family"), (only(&[Group::Results]), false));
    assert_eq!(granted("changes", "name"), (GroupSet::NONE, false));
    // Even a token that says more, from before the registration was narrowed.
    let narrow = Terms { scope: scope("name"), ..terms() };
    let permit = Change::Permit { app: app("dhqg-hn"), kind: Kind::Partner(narrow), until: later(now(), 86_400) };
    scene.apps.apply(&permit, now(), yes).unwrap();
    assert_eq!(granted("name results changes", "name results changes"), (only(&[Group::Name]), false));
}

#[test]
fn every_consent_that_is_not_right_is_refused() {
    let scene = Scene::new();
    let until = later(now(), 86_400);
    let register = |name: &str, key: &PrivateKey| {
        scene.apps.apply(&register(name, Kind::Identity, ("e1", key), until), now(), yes).unwrap();
    };
    register("other-eid", &stray_key());
    let iat = now().as_seconds();
    let by_stray =
        |changes: Value| compact(&stray_key(), &consent_header(), &with(consent_claims(CITIZEN, now()), changes));
    let good = claims(json!({}));
    let [head, _, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let of_another = claims(json!({"sub": GUARDIAN}));
    let body = of_another.split('.').nth(1).unwrap();
    let unsigned = format!("{}.", header(json!({"alg": "none"})).rsplit_once('.').unwrap().0);
    let by_partner = compact(
        &partner_key(),
        &json!({"alg": "ES256", "kid": "p1", "typ": "hocba-consent+jwt"}),
        &with(consent_claims(CITIZEN, now()), json!({"iss": "dhqg-hn"})),
    );
    let form = NoConsent::Form;
    for (what, bad, why) in [
        ("nothing", String::new(), form(CompactFault::Form)),
        ("alg none", unsigned, form(CompactFault::Algorithm)),
        ("alg swapped", header(json!({"alg": "ES256"})), NoConsent::Algorithm),
        ("an unknown kid", header(json!({"kid": "e9"})), NoConsent::UnknownKey),
        ("a key of its own", header(json!({"jku": "https://example.com"})), form(CompactFault::Header)),
        ("another type", header(json!({"typ": "JWT"})), NoConsent::Type),
        ("no type", header(json!({"typ": null})), NoConsent::Type),
        ("an assertion", assertion("j", now()), NoConsent::Type),
        ("by somebody else", by_stray(json!({})), NoConsent::Signature),
        ("of another citizen, under this signature", format!("{head}.{body}.{signature}"), NoConsent::Signature),
        ("by the partner itself", by_partner, NoConsent::Issuer),
        ("by nobody", claims(json!({"iss": "nobody"})), NoConsent::Issuer),
        ("by an identity app of others", by_stray(json!({"iss": "other-eid"})), NoConsent::Issuer),
        ("for another portal", claims(json!({"aud": "https://other.example.vn"})), NoConsent::Audience),
        ("for the token endpoint", claims(json!({"aud": ENDPOINT})), NoConsent::Audience),
        ("for several", claims(json!({"aud": [PORTAL]})), NoConsent::Claims),
        ("for another partner", claims(json!({"azp": "other"})), NoConsent::Partner),
        ("for no partner", claims(json!({"azp": null})), NoConsent::Claims),
        ("expired", claims(json!({"iat": iat - 7200, "exp": iat - 3600})), NoConsent::Expired),
        ("made tomorrow", claims(json!({"iat": iat + 60, "exp": iat + 90})), NoConsent::Times),
        ("too long", claims(json!({"exp": iat + MAX_CONSENT_S + 1})), NoConsent::Times),
        ("for no purpose", claims(json!({"purpose": null})), NoConsent::Claims),
        ("for another purpose", claims(json!({"purpose": "quang-cao"})), NoConsent::Purpose),
        ("to nothing", claims(json!({"scope": ""})), NoConsent::Claims),
        ("to numbers of staff", claims(json!({"scope": "name staff_ids"})), NoConsent::Claims),
        ("by nobody in particular", claims(json!({"sub": null})), NoConsent::Claims),
        ("by a number that is none", claims(json!({"sub": "00121000001"})), NoConsent::Claims),
        ("in no role", claims(json!({"role": null})), NoConsent::Claims),
        ("in another role", claims(json!({"role": "neighbour"})), NoConsent::Claims),
        ("a guardian without a child", claims(json!({"role": "guardian"})), NoConsent::Child),
        ("a guardian of oneself", claims(json!({"role": "guardian", "child": CITIZEN})), NoConsent::Child),
        ("a citizen and a child", claims(json!({"child": GUARDIAN})), NoConsent::Child),
        ("a condition we do not know", claims(json!({"only_if": "weekday"})), NoConsent::Claims),
        ("no use", claims(json!({"uses": 0})), NoConsent::Claims),
        ("endless uses", claims(json!({"uses": 1001})), NoConsent::Claims),
        ("counted uses from before the start", claims(json!({"iat": iat - 5, "uses": 3})), NoConsent::UsedUp),
    ] {
        assert_eq!(scene.refusal(&bad), why, "{what}");
    }
    assert!(scene.mandate("name", &good, now()).is_ok());
}

#[test]
fn a_consent_is_presented_as_often_as_it_says() {
    let scene = Scene::new();
    let twice = claims(json!({"jti": "twice", "uses": 2}));
    let result = |presented: &str| scene.mandate("name", presented, now()).map(drop);
    assert_eq!([(); 3].map(|()| result(&twice)), [Ok(()), Ok(()), Err(NoConsent::UsedUp)]);
    let often = claims(json!({"jti": "often"}));
    assert!((0..20).all(|_| result(&often).is_ok()));
    // The same number from another day is the same consent.
    let again = consent(&with(consent_claims(CITIZEN, later(now(), 9)), json!({"jti": "twice", "uses": 9})));
    assert_eq!(scene.mandate("name", &again, later(now(), 9)).map(drop), Ok(()), "it says more, so it counts on");
    for n in 0..4 {
        assert_eq!(result(&claims(json!({"jti": format!("n-{n}"), "uses": 1}))), Ok(()));
    }
    assert_eq!(result(&claims(json!({"jti": "one more", "uses": 1}))), Err(NoConsent::TooMany));
}

#[test]
fn an_identity_app_that_was_ended_says_nothing_any_more() {
    let scene = Scene::new();
    let good = claims(json!({}));
    assert!(scene.mandate("name", &good, now()).is_ok());
    scene.apps.apply(&Change::RemoveKey { app: app("vneid-thu"), kid: kid("e1") }, now(), yes).unwrap();
    assert_eq!(scene.refusal(&good), NoConsent::UnknownKey);
    let back = Change::AddKey { app: app("vneid-thu"), kid: kid("e1"), jwk: identity_key().public().to_jwk() };
    scene.apps.apply(&back, now(), yes).unwrap();
    assert!(scene.mandate("name", &good, now()).is_ok());
    scene.apps.apply(&Change::End { app: app("vneid-thu") }, now(), yes).unwrap();
    assert_eq!(scene.refusal(&good), NoConsent::Issuer);
}

#[test]
fn debug_output_names_nobody() {
    let scene = Scene::new();
    let mandate = scene.mandate("name", &claims(json!({"jti": "secret-number"})), now()).unwrap();
    let printed = format!("{mandate:?}");
    assert!(!printed.contains(CITIZEN) && !printed.contains("secret-number"), "{printed}");
}
