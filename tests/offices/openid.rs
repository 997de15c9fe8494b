//! Signing in at a provider: which ID tokens say something, what goes there and comes back, and whom it lets in.

use std::path::Path;
use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use hocba::config::{Config, CredentialFile};
use hocba::journal::{Actor, Entry, Journal, MemberAction, TagKey};
use hocba::limits::{ClientPrefix, SignInWaits, WaitLimits};
use hocba::offices::{
    Access, Change, EnrolRefusal, InvitationCode, MemberChange, NoSignIn, Offices, Role, Sessions, Terms,
};
use hocba::openid::{
    Answer, Away, Credential, CredentialFault, IdTokenFault, Identity, Journey, Keys, NoIdentity, Provider, Settings,
    SettingsFault, Toward, check,
};
use hocba::portal::office_desk::{OfficeAnswer, OfficeDesk, OfficeRequest, SignInRefusal};
use hocba::signing::{Compact, CompactFault, PrivateKey};
use hocba::transcript::base64url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::provider::{
    ACR, CLIENT, ISSUER, Pretend, RSA_KEY, acr, claims, client_key, ec_key, ed_key, expected, header, identity, jwk,
    key_set, keys, param,
};
use super::samples::{account, add, create, enrol, lan, later, now, office_id, open, scope, text, with_invited, yes};
use crate::apps::samples::{compact, stray_key, with};

fn good() -> Value {
    claims(ISSUER, "n-1", now())
}

fn judge(token: &str, set: &Value) -> Result<Identity, IdTokenFault> {
    check(token, &keys(set), &expected(&acr(), ISSUER))
}

#[test]
fn an_id_token_of_each_algorithm_says_who_it_is() {
    let set = json!({"keys": [
        jwk("e1", &ec_key(), json!({"alg": "ES256"})),
        jwk("d1", &ed_key(), json!({"alg": "EdDSA"})),
        jwk("r1", &RSA_KEY, json!({"alg": "RS256", "x5t": "ignored", "x5c": ["ignored"]})),
    ]});
    for (alg, kid, key) in [("ES256", "e1", &ec_key()), ("EdDSA", "d1", &ed_key()), ("RS256", "r1", &RSA_KEY)] {
        for header in [json!({"alg": alg, "kid": kid}), json!({"alg": alg, "kid": kid, "typ": "JWT"})] {
            let who = judge(&compact(key, &header, &good()), &set).unwrap();
            assert_eq!(who.to_bytes(), b"https://id.example.vn\x00248289761001");
            assert_eq!(format!("{who:?}"), "Identity(…)");
        }
    }
}

#[test]
fn claims_may_be_said_in_more_than_one_way() {
    for changes in [
        json!({"aud": [CLIENT]}),
        json!({"aud": [CLIENT], "azp": CLIENT}),
        json!({"aud": ["https://api.example.vn", CLIENT], "azp": CLIENT}),
        json!({"acr": "phr"}),
        json!({"sub": "x".repeat(255)}),
        json!({"iat": now().as_seconds() + 30, "nbf": now().as_seconds() + 30}),
        json!({"auth_time": now().as_seconds() - 300}),
        json!({"exp": now().as_seconds() + 1}),
        json!({"groups": ["a", {"b": 1.5}], "amr": ["pwd", "otp"]}),
    ] {
        let token = compact(&ec_key(), &header(), &with(good(), changes.clone()));
        assert!(judge(&token, &key_set()).is_ok(), "{changes}");
    }
}

#[test]
fn an_id_token_with_a_claim_that_is_not_right_says_nothing() {
    use IdTokenFault as F;
    let now = now().as_seconds();
    for (changes, fault) in [
        (json!({"iss": "https://id.example.vn/"}), F::Issuer),
        (json!({"iss": "https://evil.example"}), F::Issuer),
        (json!({"iss": null}), F::Claims),
        (json!({"aud": "another"}), F::Audience),
        (json!({"aud": []}), F::Audience),
        (json!({"aud": ["another"], "azp": CLIENT}), F::Audience),
        (json!({"aud": [CLIENT, "another"]}), F::Audience),
        (json!({"aud": [CLIENT, "another"], "azp": "another"}), F::Audience),
        (json!({"azp": "another"}), F::Audience),
        (json!({"aud": null}), F::Claims),
        (json!({"aud": {"is": CLIENT}}), F::Claims),
        (json!({"exp": now}), F::Expired),
        (json!({"exp": now - 1, "iat": now - 600}), F::Expired),
        (json!({"exp": null}), F::Claims),
        (json!({"exp": "2026"}), F::Claims),
        (json!({"exp": i64::MIN}), F::Expired),
        (json!({"iat": now + 31}), F::Times),
        (json!({"iat": now + 5, "exp": now + 5}), F::Times),
        (json!({"iat": i64::MAX}), F::Times),
        (json!({"nbf": now + 31}), F::Times),
        (json!({"iat": null}), F::Claims),
        (json!({"nonce": "n-2"}), F::Nonce),
        (json!({"nonce": ""}), F::Nonce),
        (json!({"nonce": null}), F::Nonce),
        (json!({"acr": "0"}), F::OneFactor),
        (json!({"acr": format!("{ACR} ")}), F::OneFactor),
        (json!({"acr": ""}), F::OneFactor),
        (json!({"acr": null}), F::OneFactor),
        (json!({"acr": null, "amr": ["mfa"]}), F::OneFactor),
        (json!({"acr": [ACR]}), F::Claims),
        (json!({"auth_time": now - 301}), F::NotFresh),
        (json!({"auth_time": now + 31}), F::NotFresh),
        (json!({"auth_time": i64::MIN}), F::NotFresh),
        (json!({"auth_time": null}), F::NotFresh),
        (json!({"sub": ""}), F::Subject),
        (json!({"sub": "x".repeat(256)}), F::Subject),
        (json!({"sub": "Lân"}), F::Subject),
        (json!({"sub": "a\u{0}b"}), F::Subject),
        (json!({"sub": null}), F::Claims),
        (json!({"sub": 7}), F::Claims),
    ] {
        let token = compact(&ec_key(), &header(), &with(good(), changes.clone()));
        assert_eq!(judge(&token, &key_set()), Err(fault), "{changes}");
    }
}

#[test]
fn an_id_token_that_its_key_did_not_sign_says_nothing() {
    use IdTokenFault as F;
    let header = |changes| with(header(), changes);
    let by = |key: &PrivateKey, changes: Value| compact(key, &header(changes), &good());
    let signed = by(&ec_key(), json!({}));
    let (front, signature) = signed.rsplit_once('.').unwrap();
    let other_payload = base64url::encode(with(good(), json!({"sub": "1"})).to_string().as_bytes());
    let swapped = format!("{}.{other_payload}.{signature}", front.split_once('.').unwrap().0);
    // The old trick: the public key, which everybody has, as the secret of a MAC.
    let unsigned = by(&ec_key(), json!({"alg": "HS256"}));
    let front_of_mac = unsigned.rsplit_once('.').unwrap().0;
    let mut mac = Hmac::<Sha256>::new_from_slice(key_set()["keys"][0].to_string().as_bytes()).unwrap();
    mac.update(front_of_mac.as_bytes());
    let by_mac = format!("{front_of_mac}.{}", base64url::encode(&mac.finalize().into_bytes()));
    let none = by(&ec_key(), json!({"alg": "none"}));
    let none_at_all = format!("{}.", none.rsplit_once('.').unwrap().0);
    for (what, token, fault) in [
        ("another's key", by(&stray_key(), json!({"alg": "EdDSA", "kid": "d1"})), F::Signature),
        ("no key of the name", by(&stray_key(), json!({"alg": "EdDSA", "kid": "x1"})), F::UnknownKey),
        ("the algorithm of another key", by(&ec_key(), json!({"alg": "EdDSA"})), F::Algorithm),
        ("an algorithm that no key has", by(&ec_key(), json!({"alg": "RS256"})), F::Algorithm),
        ("none, with a signature", none, F::Form(CompactFault::Algorithm)),
        ("none, without one", none_at_all, F::Form(CompactFault::Algorithm)),
        ("a MAC under the public key", by_mac, F::Form(CompactFault::Algorithm)),
        ("an algorithm of which nobody heard", by(&ec_key(), json!({"alg": "XS1"})), F::Form(CompactFault::Algorithm)),
        ("no name of a key", by(&ec_key(), json!({"kid": null})), F::Form(CompactFault::Header)),
        ("a key brought along", by(&ec_key(), json!({"jwk": {}})), F::Form(CompactFault::Header)),
        ("the address of one", by(&ec_key(), json!({"jku": ISSUER})), F::Form(CompactFault::Header)),
        ("a critical header", by(&ec_key(), json!({"crit": ["b64"], "b64": false})), F::Form(CompactFault::Header)),
        ("another type", by(&ec_key(), json!({"typ": "at+jwt"})), F::Type),
        ("claims of another", swapped, F::Signature),
        ("no signature", format!("{front}."), F::Signature),
        ("half of it", front.to_owned(), F::Form(CompactFault::Header)),
        ("nothing", String::new(), F::Form(CompactFault::Form)),
        ("too long", format!("{signed}{}", "A".repeat(4096)), F::Form(CompactFault::TooLong)),
    ] {
        let judged = judge(&token, &key_set());
        match what {
            // The payload of half a token is no header, or it is none at all.
            "half of it" => assert!(matches!(judged, Err(F::Form(_))), "{judged:?}"),
            _ => assert_eq!(judged, Err(fault), "{what}"),
        }
    }
    let twice = format!("{{\"sub\":\"1\",{}", &good().to_string()[1..]);
    let part = |text: &str| base64url::encode(text.as_bytes());
    let front = format!("{}.{}", part(&header(json!({})).to_string()), part(&twice));
    let token = format!("{front}.{}", base64url::encode(&ec_key().sign(front.as_bytes())));
    assert_eq!(judge(&token, &key_set()), Err(F::Claims), "a claim that stands twice");
}

#[test]
fn keys_that_sign_no_id_token_are_passed_over() {
    let token = compact(&ec_key(), &header(), &good());
    let of = |key: Value| json!({"keys": [{"kty": "oct", "k": "AA", "kid": "e1"}, 7, {}, key]});
    assert!(judge(&token, &of(jwk("e1", &ec_key(), json!({"use": null})))).is_ok());
    for other in [json!({"use": "enc"}), json!({"alg": "ES384"}), json!({"alg": "RS256"}), json!({"kid": null})] {
        let judged = judge(&token, &of(jwk("e1", &ec_key(), other.clone())));
        assert_eq!(judged, Err(IdTokenFault::UnknownKey), "{other}");
    }
    for none in ["", "[]", "{}", "{\"keys\":{}}", "\u{feff}{\"keys\":[]}"] {
        assert!(Keys::read(none.as_bytes()).is_none(), "{none}");
    }
}

fn toward() -> Toward {
    Toward::SignIn { next: "tim".to_owned() }
}

fn to_link(code: &InvitationCode) -> Toward {
    Toward::Link { account: lan().to_string(), invitation: code.to_string() }
}

#[test]
fn whoever_leaves_takes_along_what_binds_the_answer_to_them() {
    let pretend = Pretend::start();
    let provider = pretend.provider();
    let (one, two) = (provider.leave(toward(), now()).unwrap(), provider.leave(toward(), now()).unwrap());
    let address = &one.address;
    assert!(address.starts_with(&format!("{}/auth?response_type=code&scope=openid&client_id=hocba&", pretend.issuer)));
    assert_eq!(param(address, "redirect_uri"), "https%3A%2F%2Fhocba.example.vn%2Fco-quan%2Fben-ngoai%2Fve");
    assert_eq!(param(address, "acr_values"), "https%3A%2F%2Frefeds.org%2Fprofile%2Fmfa%20phr");
    assert_eq!((param(address, "max_age").as_str(), param(address, "code_challenge_method").as_str()), ("300", "S256"));
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(param(address, name).len(), 43);
        assert_ne!(param(address, name), param(&two.address, name), "{name}");
    }
    assert_eq!(pretend.times("/jwks"), 1, "asked once for both");
    let journey = provider.journey(&one.cookie, now()).unwrap();
    assert_eq!((journey.toward(), journey.state()), (&toward(), param(address, "state")));
}

#[test]
fn a_journey_is_sealed_and_ends() {
    let (pretend, other) = (Pretend::start(), Pretend::start());
    let provider = pretend.provider();
    let code = InvitationCode::from_typed(&"A2".repeat(12)).unwrap();
    let cookie = provider.leave(to_link(&code), now()).unwrap().cookie;
    assert!(cookie.len() < 700, "{}", cookie.len());
    let open = |provider: &Provider, cookie: &str, when| provider.journey(cookie, when).map(|j| j.toward().clone());
    assert_eq!(open(&provider, &cookie, later(now(), 600)), Some(to_link(&code)));
    assert_eq!(open(&provider, &cookie, later(now(), 601)), None, "over");
    let plain = data_encoding::BASE64URL_NOPAD.decode(cookie.as_bytes()).unwrap();
    assert!(!String::from_utf8_lossy(&plain).contains("lan.nguyen"));
    let another_portal = Provider::new(pretend.settings(), &[9; 32]).unwrap();
    let another_provider = other.provider();
    for stranger in [&another_portal, &another_provider] {
        assert_eq!(open(stranger, &cookie, now()), None);
    }
    let mut forged = cookie.to_string();
    let last = if forged.pop() == Some('A') { 'Q' } else { 'A' };
    forged.push(last);
    for bad in ["", "x", &forged, &"A".repeat(4000), &cookie[1..]] {
        assert_eq!(open(&provider, bad, now()), None);
    }
    let journey = provider.journey(&cookie, now()).unwrap();
    assert_eq!(format!("{journey:?}"), "Journey(Link)");
}

#[test]
fn the_provider_is_shown_that_it_is_we_who_ask() {
    let pretend = Pretend::start();
    let by_key = pretend.provider();
    let (journey, answer) = pretend.visited(&by_key, toward(), json!({}), now());
    assert_eq!(by_key.identify(&journey, &answer, now()).unwrap().to_bytes().last(), Some(&b'1'));
    let (head, form) = pretend.said().asked.last().unwrap().clone();
    assert!(!head.to_lowercase().contains("authorization:"), "{head}");
    let one = |name: &str| param(&form, name);
    assert_eq!((one("grant_type").as_str(), one("code").as_str()), ("authorization_code", "c-1"));
    assert_eq!(one("redirect_uri"), "https%3A%2F%2Fhocba.example.vn%2Fco-quan%2Fben-ngoai%2Fve");
    assert_eq!(one("client_assertion_type"), "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer");
    let assertion = one("client_assertion");
    let assertion = Compact::parse(&assertion).unwrap();
    assert!(assertion.verifies(&client_key().public()));
    assert_eq!(assertion.kid(), client_key().public().kid().to_string());
    let said: Value = serde_json::from_slice(assertion.payload()).unwrap();
    let iat = now().as_seconds();
    assert_eq!((&said["iss"], &said["sub"], &said["aud"]), (&json!(CLIENT), &json!(CLIENT), &json!(pretend.issuer)));
    assert_eq!((&said["iat"], &said["exp"]), (&json!(iat), &json!(iat + 60)));
    assert_eq!(said["jti"].as_str().unwrap().len(), 43);

    let secret = Credential::from_secret("bí mật:1\n").unwrap();
    let by_secret = Provider::new(Settings { credential: secret, ..pretend.settings() }, &[8; 32]).unwrap();
    let departure = by_secret.leave(toward(), now()).unwrap();
    pretend.signs_in(&departure, json!({}), now());
    let journey = by_secret.journey(&departure.cookie, now()).unwrap();
    let answer = Answer { code: "c-2".into(), state: journey.state(), ..Answer::default() };
    by_secret.identify(&journey, &answer, now()).unwrap();
    let (head, form) = pretend.said().asked.last().unwrap().clone();
    let basic = data_encoding::BASE64.encode(b"hocba:b%C3%AD%20m%E1%BA%ADt%3A1");
    assert!(head.contains(&format!("Basic {basic}")) && !form.contains("client_"), "{head}");
    let digest = base64url::encode(&Sha256::digest(param(&form, "code_verifier").as_bytes()));
    assert_eq!(digest, param(&departure.address, "code_challenge"));
}

#[test]
fn what_is_no_credential_is_refused() {
    assert!(Credential::from_pem(&client_key().to_pem().unwrap()).is_ok());
    assert!(Credential::from_pem(&ed_key().to_pem().unwrap()).is_ok());
    for none in [RSA_KEY.to_pem().unwrap(), "x".to_owned()] {
        assert_eq!(Credential::from_pem(&none).unwrap_err(), CredentialFault::Key);
    }
    for none in ["", " \n", "two\nlines"] {
        assert_eq!(Credential::from_secret(none).unwrap_err(), CredentialFault::Secret);
    }
    let printed = format!("{:?}{:?}", Credential::Key(client_key()), Credential::from_secret("geheim").unwrap());
    assert!(!printed.contains("geheim") && !printed.contains(&client_key().public().kid().to_string()));
}

#[test]
fn only_addresses_that_nobody_reads_along_are_asked() {
    let pretend = Pretend::start();
    for issuer in [
        "",
        "id.example.vn",
        "http://id.example.vn",
        "ftp://id.example.vn",
        "https://a@id.example.vn",
        "http://127.0.0.1.evil.example",
        "https://id.example.vn#x",
        "https://id.example.vn/\"x",
    ] {
        let settings = Settings { issuer: issuer.to_owned(), ..pretend.settings() };
        assert_eq!(Provider::new(settings, &[8; 32]).unwrap_err(), SettingsFault::Issuer, "{issuer}");
    }
    for (member, address) in [
        ("issuer", "http://127.0.0.1:1"),
        ("issuer", "https://id.example.vn"),
        ("authorization_endpoint", "http://id.example.vn/auth"),
        ("token_endpoint", "http://id.example.vn/token"),
        ("jwks_uri", "javascript:alert(1)"),
    ] {
        let pretend = Pretend::start();
        pretend.said().description.1[member] = json!(address);
        assert_eq!(pretend.provider().leave(toward(), now()).unwrap_err(), Away::Description, "{member} {address}");
        assert_eq!((pretend.times("/jwks"), pretend.times("/token")), (0, 0));
    }
}

#[test]
fn an_answer_to_another_question_is_none() {
    let pretend = Pretend::start();
    let provider = pretend.provider();
    let (journey, right) = pretend.visited(&provider, toward(), json!({}), now());
    let ask = |answer: &Answer| provider.identify(&journey, answer, now()).map(drop);
    let answer = |change: &dyn Fn(&mut Answer)| {
        let mut answer = Answer { code: right.code.clone(), state: right.state.clone(), ..Answer::default() };
        change(&mut answer);
        answer
    };
    for state in ["", "x", &right.state[1..], &format!("{}A", right.state)] {
        assert_eq!(ask(&answer(&|a| a.state = state.to_owned())), Err(NoIdentity::State));
    }
    for iss in ["", "https://evil.example", &format!("{}/", pretend.issuer)] {
        assert_eq!(ask(&answer(&|a| a.iss = Some(iss.to_owned()))), Err(NoIdentity::Issuer));
    }
    for (error, refusal) in [
        ("access_denied", NoIdentity::Cancelled),
        ("unmet_authentication_requirements", NoIdentity::OneFactor),
        ("server_error", NoIdentity::Away(Away::Status(503))),
        ("<script>", NoIdentity::Refused),
    ] {
        assert_eq!(ask(&answer(&|a| a.error = error.to_owned())), Err(refusal));
    }
    for code in [String::new(), "x".repeat(2049)] {
        assert_eq!(ask(&answer(&|a| a.code = code.clone())), Err(NoIdentity::Refused));
    }
    assert_eq!(pretend.times("/token"), 0, "none of it gets as far as a code");
    assert_eq!(ask(&answer(&|a| a.iss = Some(pretend.issuer.clone()))), Ok(()));
    assert_eq!(ask(&right), Ok(()), "it does not say that it names itself");

    let named = Pretend::start();
    named.said().description.1["authorization_response_iss_parameter_supported"] = json!(true);
    let provider = named.provider();
    let (journey, right) = named.visited(&provider, toward(), json!({}), now());
    assert_eq!(provider.identify(&journey, &right, now()), Err(NoIdentity::Issuer), "it says that it does");
    let right = Answer { iss: Some(named.issuer.clone()), ..right };
    assert!(provider.identify(&journey, &right, now()).is_ok());
}

#[test]
fn an_id_token_of_another_sign_in_lets_nobody_in() {
    let pretend = Pretend::start();
    let provider = pretend.provider();
    let (second, theirs) = pretend.visited(&provider, toward(), json!({}), now());
    let departure = provider.leave(toward(), now()).unwrap();
    let third = provider.journey(&departure.cookie, now()).unwrap();
    let answer = Answer { code: "c".into(), state: third.state(), ..Answer::default() };
    assert_eq!(provider.identify(&third, &answer, now()), Err(IdTokenFault::Nonce.into()), "that of the one before");
    assert!(provider.identify(&second, &theirs, now()).is_ok());
}

#[test]
fn a_provider_that_misbehaves_is_away() {
    for (status, body, refusal) in [
        (400, json!({"error": "invalid_grant"}), NoIdentity::Refused),
        (400, json!("x"), NoIdentity::Refused),
        (400, json!({"error": "invalid_client"}), Away::Credential.into()),
        (401, json!({"error": "invalid_client"}), Away::Credential.into()),
        (302, json!({}), Away::Status(302).into()),
        (500, json!({}), Away::Status(500).into()),
        (200, json!({"access_token": "x"}), Away::Answer.into()),
        (200, json!("x".repeat(300_000)), Away::TooLong.into()),
        (200, json!({"id_token": "x"}), IdTokenFault::Form(CompactFault::Form).into()),
    ] {
        let pretend = Pretend::start();
        let provider = pretend.provider();
        let (journey, answer) = pretend.visited(&provider, toward(), json!({}), now());
        pretend.said().token = (status, body);
        assert_eq!(provider.identify(&journey, &answer, now()), Err(refusal), "{status}");
    }
}

#[test]
fn a_provider_that_was_away_is_left_alone_for_a_moment_and_asked_again() {
    let pretend = Pretend::start();
    let provider = pretend.provider();
    pretend.said().description.0 = 503;
    let leave = |seconds| provider.leave(toward(), later(now(), seconds)).map(drop);
    assert_eq!(leave(0), Err(Away::Status(503)));
    assert_eq!(leave(4), Err(Away::Resting));
    assert_eq!(leave(5), Err(Away::Status(503)));
    pretend.said().description.0 = 200;
    assert_eq!((leave(9), leave(10), leave(3609)), (Err(Away::Resting), Ok(()), Ok(())));
    assert_eq!(pretend.times("/jwks"), 1);
    assert_eq!((leave(3610), pretend.times("/jwks")), (Ok(()), 2), "an hour later it is asked anew");
    pretend.said().keys = (200, json!({"keys": 1}));
    assert_eq!(leave(7300), Err(Away::Keys));
    let nobody = Settings { issuer: "http://127.0.0.1:1".to_owned(), ..pretend.settings() };
    assert_eq!(Provider::new(nobody, &[8; 32]).unwrap().leave(toward(), now()).unwrap_err(), Away::Connection);
}

#[test]
fn a_new_key_is_asked_for_once_a_minute() {
    let pretend = Pretend::start();
    let provider = pretend.provider();
    let ask = |when| {
        let departure = provider.leave(toward(), when).unwrap();
        let claims = claims(&pretend.issuer, &param(&departure.address, "nonce"), when);
        pretend.gives(&compact(&stray_key(), &json!({"alg": "EdDSA", "kid": "new"}), &claims));
        let journey = provider.journey(&departure.cookie, when).unwrap();
        let answer = Answer { code: "c".into(), state: journey.state(), ..Answer::default() };
        provider.identify(&journey, &answer, when).map(drop)
    };
    let unknown = Err(NoIdentity::Token(IdTokenFault::UnknownKey));
    assert_eq!((ask(now()), ask(later(now(), 59))), (unknown, unknown));
    assert_eq!(pretend.times("/jwks"), 1);
    assert_eq!((ask(later(now(), 60)), pretend.times("/jwks")), (unknown, 2));
    pretend.said().keys.1["keys"].as_array_mut().unwrap().push(jwk("new", &stray_key(), json!({})));
    assert_eq!((ask(later(now(), 119)), pretend.times("/jwks")), (unknown, 2));
    assert_eq!((ask(later(now(), 120)), pretend.times("/jwks")), (Ok(()), 3));
}

fn access(offices: &Offices) -> Access {
    offices.get(&office_id()).unwrap().members()[&lan().member].access().clone()
}

#[test]
fn an_invitation_is_taken_up_once_by_who_somebody_is_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, code) = with_invited(dir.path(), Role::Clerk);
    let (who, stranger) = (identity("lan"), identity("an"));
    let link = |code: &InvitationCode, who: &Identity, when| offices.link(&lan(), code, who, when, yes);
    assert!(matches!(offices.verify_linked(&who, now()), Err(NoSignIn::NotLinked)));
    let other = InvitationCode::from_typed(&"A2".repeat(12)).unwrap();
    for refused in [
        link(&other, &who, now()),
        link(&code, &who, later(now(), 8 * 86_400)),
        offices.link(&account("khong.co@dhqg-hn"), &code, &who, now(), yes),
    ] {
        assert!(matches!(refused, Err(EnrolRefusal::NoInvitation)));
    }
    let unrecorded = offices.link(&lan(), &code, &who, now(), |_| false);
    assert!(matches!(unrecorded, Err(EnrolRefusal::NotRecorded)) && access(&offices).name() == "invited");
    link(&code, &who, now()).unwrap();
    assert_eq!((access(&offices).name(), access(&offices).lets_in()), ("linked", true));
    for who in [&who, &stranger] {
        assert!(matches!(link(&code, who, now()), Err(EnrolRefusal::NoInvitation)), "it is used up");
    }
    assert_eq!(offices.verify_linked(&who, now()).unwrap().account(), &lan());
    assert!(matches!(offices.verify_linked(&stranger, now()), Err(NoSignIn::NotLinked)));
    drop(offices);
    assert_eq!(open(dir.path()).verify_linked(&who, now()).unwrap().account(), &lan(), "after a restart");
}

#[test]
fn who_somebody_is_elsewhere_is_linked_with_one_account() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, code) = with_invited(dir.path(), Role::Clerk);
    let an = account("an@dhqg-hn");
    let (second, _) = offices.apply(&add(&an, Role::Clerk), now(), yes).unwrap().invitation.unwrap();
    offices.link(&lan(), &code, &identity("lan"), now(), yes).unwrap();
    let again = offices.link(&an, &second, &identity("lan"), now(), yes);
    assert!(matches!(again, Err(EnrolRefusal::AlreadyLinked)));
    // The invitation is still good, for a password too.
    enrol(&offices, &an, &second, now());
    assert_eq!(offices.verify_linked(&identity("lan"), now()).unwrap().account(), &lan());
}

#[test]
fn the_same_name_at_another_provider_is_somebody_else() {
    let elsewhere = "https://id.example.com";
    let token = compact(&ec_key(), &header(), &with(claims(elsewhere, "n-1", now()), json!({"sub": "lan"})));
    let other = check(&token, &keys(&key_set()), &expected(&acr(), elsewhere)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (offices, code) = with_invited(dir.path(), Role::Clerk);
    offices.link(&lan(), &code, &identity("lan"), now(), yes).unwrap();
    assert!(matches!(offices.verify_linked(&other, now()), Err(NoSignIn::NotLinked)));
}

#[test]
fn disabling_a_reset_and_the_grants_end_shut_whoever_is_linked_out() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, code) = with_invited(dir.path(), Role::Clerk);
    let who = identity("lan");
    let member = |change: MemberChange| offices.apply(&Change::Member(change), now(), yes).unwrap().invitation;
    offices.link(&lan(), &code, &who, now(), yes).unwrap();
    let sessions = Sessions::new(Terms::default());
    let token = sessions.open(offices.verify_linked(&who, now()).unwrap(), None, now()).unwrap();
    let acts = || offices.acting(&sessions.find(&token, now()).unwrap(), now()).is_some();
    assert!(acts() && offices.errand_of(&lan(), now()).is_some());
    member(MemberChange::Disable { account: lan() });
    assert!(!acts() && offices.errand_of(&lan(), now()).is_none());
    assert!(matches!(offices.verify_linked(&who, now()), Err(NoSignIn::NotLinked)));
    let (code, _) = member(MemberChange::Readmit { account: lan() }).unwrap();
    assert!(matches!(offices.verify_linked(&who, now()), Err(NoSignIn::NotLinked)), "linked anew, with the new code");
    offices.link(&lan(), &code, &who, now(), yes).unwrap();
    assert!(offices.verify_linked(&who, now()).is_ok() && !acts(), "the old session stays over");
    let (code, _) = member(MemberChange::Reset { account: lan() }).unwrap();
    assert!(matches!(offices.verify_linked(&who, now()), Err(NoSignIn::NotLinked)));
    offices.link(&lan(), &code, &who, now(), yes).unwrap();
    let over = later(scope().until(), 1);
    assert!(matches!(offices.verify_linked(&who, over), Err(NoSignIn::NoGrant)));
    offices.apply(&Change::End { office: office_id() }, now(), yes).unwrap();
    assert!(matches!(offices.verify_linked(&who, now()), Err(NoSignIn::NoGrant)));
}

/// A desk with an office, Lan's invitation in it, and a provider.
struct House {
    desk: OfficeDesk,
    journal: Arc<Journal>,
    pretend: Pretend,
    provider: Provider,
    code: InvitationCode,
}

fn client() -> ClientPrefix {
    ClientPrefix::of([192, 0, 2, 7].into())
}

impl House {
    fn new(dir: &Path) -> Self {
        let journal = Arc::new(Journal::open(&dir.join("journal"), TagKey::new(&[3; 32])).unwrap());
        let waits = SignInWaits::new(WaitLimits::default()).unwrap();
        let desk = OfficeDesk::new(open(&dir.join("offices")), Terms::default(), waits, Arc::clone(&journal));
        let change = |change: Change| {
            let (by, reason) = (text("Trần Văn Bình"), text("công văn 12"));
            desk.answer(OfficeRequest::Change { change: Box::new(change), by, reason }, now()).unwrap()
        };
        change(create());
        let OfficeAnswer::Invited { code, .. } = change(add(&lan(), Role::Clerk)) else { panic!("an invitation") };
        let pretend = Pretend::start();
        let provider = pretend.provider();
        Self { desk, journal, pretend, provider, code }
    }

    fn come(&self, toward: Toward, changes: Value) -> Result<hocba::offices::SessionToken, SignInRefusal> {
        let (journey, answer) = self.pretend.visited(&self.provider, toward, changes, now());
        self.come_back(&journey, &answer)
    }

    fn come_back(&self, journey: &Journey, answer: &Answer) -> Result<hocba::offices::SessionToken, SignInRefusal> {
        self.desk.come_back(&self.provider, (journey, answer), client(), None, now())
    }

    fn entries(&self) -> Vec<Entry> {
        self.journal.iter().unwrap().map(|record| record.unwrap().entry).collect()
    }
}

#[test]
fn whoever_is_linked_and_signs_in_has_a_line_of_each_first() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::new(dir.path());
    let token = house.come(to_link(&house.code), json!({})).unwrap();
    assert_eq!(house.desk.acting(&token, now()).unwrap().account(), &lan());
    let again = house.come(toward(), json!({})).unwrap();
    assert!(house.desk.acting(&again, now()).is_some());
    let entries = house.entries();
    let [_, _, Entry::MemberChanged(linked), Entry::SignedIn(first), Entry::SignedIn(second)] = &entries[..] else {
        panic!("{entries:?}")
    };
    assert_eq!(
        (linked.action, linked.actor.clone()),
        (MemberAction::Linked, Actor::Office { account: text("lan.nguyen@dhqg-hn") })
    );
    assert_eq!((first.account.as_str(), second.account.as_str()), ("lan.nguyen@dhqg-hn", "lan.nguyen@dhqg-hn"));
    let lines: String = std::fs::read_dir(dir.path().join("journal"))
        .unwrap()
        .filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok())
        .collect();
    assert!(!lines.contains("248289761001") && !lines.contains(&house.pretend.issuer));
    let OfficeAnswer::Office(view) = house.desk.answer(OfficeRequest::Show { office: office_id() }, now()).unwrap()
    else {
        panic!("an office")
    };
    assert_eq!(view.members[0].access, "linked");
}

#[test]
fn without_the_journal_nobody_is_linked() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::new(dir.path());
    std::fs::rename(dir.path().join("journal"), dir.path().join("moved")).unwrap();
    let refused = house.come(to_link(&house.code), json!({}));
    assert!(matches!(refused, Err(SignInRefusal::NotEnrolled(EnrolRefusal::NotRecorded))));
    assert_eq!(access(house.desk.offices()).name(), "invited");
}

#[test]
fn failures_are_counted_for_where_they_come_from_and_a_providers_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::new(dir.path());
    let (journey, answer) = house.pretend.visited(&house.provider, toward(), json!({}), now());
    let cancelled = || Answer { error: "access_denied".into(), state: answer.state.clone(), ..Answer::default() };
    for _ in 0..40 {
        let refused = house.come_back(&journey, &cancelled());
        assert!(matches!(refused, Err(SignInRefusal::NotIdentified(NoIdentity::Cancelled))));
    }
    house.pretend.said().token = (500, json!({}));
    for _ in 0..40 {
        let refused = house.come_back(&journey, &answer);
        assert!(matches!(refused, Err(SignInRefusal::NotIdentified(NoIdentity::Away(_)))));
    }
    for tries in 0..30 {
        let refused = house.come(toward(), json!({}));
        assert!(matches!(refused, Err(SignInRefusal::NotIn(NoSignIn::NotLinked))), "{tries}");
    }
    assert!(matches!(house.come(toward(), json!({})), Err(SignInRefusal::Wait(_))));
    house.desk.write_refusals(later(now(), 3600));
    let entries = house.entries();
    let Some(Entry::SignInRefused(refused)) = entries.last() else { panic!("{entries:?}") };
    assert_eq!(refused.count, 31);
}

#[test]
fn a_provider_is_configured_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("hocba.toml");
    let load = |changes: &[(&str, &str)]| {
        let mut lines = vec![
            ("issuer", "\"https://id.example.vn\""),
            ("client_id", "\"hocba\""),
            ("name", "\"Cổng định danh\""),
            ("key_file", "\"keys/openid.pem\""),
            ("acr", "[\"mfa\"]"),
        ];
        lines.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        lines.extend(changes);
        let lines =
            lines.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name} = {value}\n"));
        std::fs::write(&file, format!("[offices.openid]\n{}", lines.collect::<String>())).unwrap();
        Config::load(&[&file]).map(|config| config.offices.openid).map_err(|fault| fault.to_string())
    };
    let whole = load(&[]).unwrap();
    assert!(
        whole.is_on() && whole.credential() == Some(CredentialFile::Key("keys/openid.pem")) && whole.max_age_s == 300
    );
    let secret = load(&[("key_file", ""), ("secret_file", "\"s\"")]).unwrap();
    assert_eq!(secret.credential(), Some(CredentialFile::Secret("s")));
    assert!(!Config::load(&[]).unwrap().offices.openid.is_on());
    for (changes, about) in [
        (&[("key_file", "")][..], "key_file or secret_file"),
        (&[("secret_file", "\"s\"")], "key_file or secret_file"),
        (&[("client_id", "")], "client_id"),
        (&[("name", "")], "name"),
        (&[("acr", "")], "acr"),
        (&[("acr", "[\"a b\"]")], "acr"),
        (&[("max_age_s", "0")], "max_age_s"),
        (&[("max_age_s", "86400")], "max_age_s"),
        (&[("secret", "\"s\"")], "unknown field"),
    ] {
        let fault = load(changes).unwrap_err();
        assert!(fault.contains(about), "{fault}");
    }
}
