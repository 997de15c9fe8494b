//! Keys and signed envelopes: what verifies, and everything that must not.

use std::sync::LazyLock;

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use data_encoding::BASE64URL_NOPAD;
use hocba::signing::jwk::{Algorithm, Jwk, KeyFault};
use hocba::signing::jws::{MAX_JWS, MAX_SIGNATURES};
use hocba::signing::{Jws, JwsFault, Kid, ObjectType, PrivateKey, PublicKey};
use hocba::transcript::groups::{Group, GroupSet};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::transcript::sample;

static RSA: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate_rsa(&mut rand_core_06::OsRng).unwrap());

fn ed(seed: u8) -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[seed; 32])
}

fn p256(scalar: u8) -> PrivateKey {
    PrivateKey::p256_from_scalar(&[scalar; 32]).unwrap()
}

fn each_algorithm() -> [PrivateKey; 3] {
    [ed(1), p256(1), RSA.clone()]
}

#[test]
fn every_algorithm_signs_and_verifies() {
    for key in each_algorithm() {
        let public = key.public();
        let signature = key.sign(b"message");
        assert!(public.verifies(b"message", &signature), "{public:?}");
        assert!(!public.verifies(b"Message", &signature), "{public:?}");
        for at in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped[at] ^= 1;
            assert!(!public.verifies(b"message", &flipped), "{public:?} byte {at}");
        }
        for wrong in [&signature[1..], &[signature.as_slice(), &[0]].concat(), &[]] {
            assert!(!public.verifies(b"message", wrong), "{public:?}");
        }
    }
}

#[test]
fn keys_survive_jwk_and_pem() {
    for key in each_algorithm() {
        let public = key.public();
        assert_eq!(PublicKey::from_jwk(&public.to_jwk()).unwrap(), public);
        let json = serde_json::to_string(&public.to_jwk()).unwrap();
        assert_eq!(serde_json::from_str::<Jwk>(&json).unwrap(), public.to_jwk());
        let again = PrivateKey::from_pem(&key.to_pem().unwrap()).unwrap();
        assert_eq!(again.public(), public);
        assert!(public.verifies(b"m", &again.sign(b"m")));
    }
    for pem in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        assert_eq!(PrivateKey::from_pem(pem).err(), Some(KeyFault::Pem));
    }
}

/// RFC 8037 appendix A: key, thumbprint and signature.
#[test]
fn the_example_of_rfc_8037_holds() {
    let jwk: Jwk = serde_json::from_value(json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    }))
    .unwrap();
    let key = PublicKey::from_jwk(&jwk).unwrap();
    assert_eq!(key.kid().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert!(key.verifies(input, &BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap()));
}

/// RFC 7638 §3.1: the thumbprint of this RSA key.
#[test]
fn the_example_of_rfc_7638_holds() {
    let n = concat!(
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB",
        "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8",
        "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_",
        "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    );
    let jwk: Jwk = serde_json::from_value(json!({"kty": "RSA", "e": "AQAB", "n": n})).unwrap();
    let key = PublicKey::from_jwk(&jwk).unwrap();
    assert_eq!(key.kid().to_string(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

fn okp(x: &[u8]) -> Result<PublicKey, KeyFault> {
    let x = BASE64URL_NOPAD.encode(x);
    PublicKey::from_jwk(&Jwk { crv: Some("Ed25519".into()), e: None, kty: "OKP".into(), n: None, x: Some(x), y: None })
}

#[test]
fn small_order_keys_are_refused() {
    for point in EIGHT_TORSION {
        assert_eq!(okp(point.compress().as_bytes()), Err(KeyFault::Value));
    }
    // The same points under encodings that are not canonical: y + p, and a sign bit on x = 0.
    let p = |low: u8| {
        let mut y = [0xff; 32];
        y[0] = low;
        y[31] = 0x7f;
        y
    };
    let signed = |mut y: [u8; 32]| {
        y[31] |= 0x80;
        y
    };
    let one = |sign: u8| {
        let mut y = [0; 32];
        (y[0], y[31]) = (1, sign);
        y
    };
    for x in [p(0xed), p(0xee), signed(p(0xed)), signed(p(0xee)), signed(p(0xec)), one(0x80)] {
        assert!(okp(&x).is_err(), "{x:02x?}");
    }
}

/// Every y from p to 2^255 - 1 has a second encoding, which would be a second thumbprint of one key.
#[test]
fn a_key_has_one_encoding() {
    for low in 0xed..=0xff {
        for top in [0x7f, 0xff] {
            let mut y = [0xff; 32];
            (y[0], y[31]) = (low, top);
            assert_eq!(okp(&y), Err(KeyFault::Value), "y = p + {}, top {top:x}", low - 0xed);
        }
    }
}

#[test]
fn what_is_no_point_is_refused() {
    assert!((0u8..=255).filter(|low| CompressedEdwardsY([*low; 32]).decompress().is_none()).count() > 50);
    // 255 is y = 2^255 - 1, which is not below p.
    for low in 0u8..255 {
        let valid = CompressedEdwardsY([low; 32]).decompress().is_some_and(|p| !p.is_small_order());
        assert_eq!(okp(&[low; 32]).is_ok(), valid, "{low}");
    }
    assert!(okp(&[1; 31]).is_err() && okp(&[1; 33]).is_err() && okp(&[]).is_err());
}

fn hash(parts: [&[u8]; 3]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&Sha512::digest(parts.concat()).into())
}

/// A signature with this R, over this message, by the secret `a`: S = r + H(R, A, M)·a.
fn crafted(r_point: [u8; 32], r: Scalar, a: Scalar, public: [u8; 32], message: &[u8]) -> Vec<u8> {
    let s = r + hash([&r_point, &public, message]) * a;
    [r_point, s.to_bytes()].concat()
}

/// What cofactored, batched or lenient verifiers accept and `verify_strict` must not.
#[test]
fn crafted_ed25519_signatures_are_refused() {
    let a = Scalar::from_bytes_mod_order([7; 32]);
    let r = Scalar::from_bytes_mod_order([9; 32]);
    let public_point: EdwardsPoint = ED25519_BASEPOINT_POINT * a;
    let public = public_point.compress().to_bytes();
    let key = okp(&public).unwrap();
    let r_point: EdwardsPoint = ED25519_BASEPOINT_POINT * r;
    let honest = crafted(r_point.compress().to_bytes(), r, a, public, b"m");
    assert!(key.verifies(b"m", &honest));

    for torsion in EIGHT_TORSION {
        // Small-order R: with the identity the plain equation holds.
        let small = crafted(torsion.compress().to_bytes(), Scalar::ZERO, a, public, b"m");
        assert!(!key.verifies(b"m", &small));
        // Mixed-order R: holds once multiplied by the cofactor, as batches do.
        let mixed = (r_point + torsion).compress().to_bytes();
        let accepted = key.verifies(b"m", &crafted(mixed, r, a, public, b"m"));
        assert_eq!(accepted, torsion == EdwardsPoint::default());
    }

    // S + L is the same scalar in another encoding.
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut malleable = honest.clone();
    let mut carry = 0u16;
    for (byte, add) in malleable[32..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry as u8;
        carry >>= 8;
    }
    assert!(!key.verifies(b"m", &malleable));

    // R = identity written as y = p + 1.
    let mut high = [0xff; 32];
    (high[0], high[31]) = (0xee, 0x7f);
    assert!(!key.verifies(b"m", &crafted(high, Scalar::ZERO, a, public, b"m")));
    assert!(!key.verifies(b"m", &[0; 64]));
}

#[test]
fn a_signature_under_a_small_order_key_never_gets_as_far_as_a_message() {
    // S = 0, R = A = identity verifies any message in a lenient verifier.
    let identity = EdwardsPoint::default().compress().to_bytes();
    assert!(okp(&identity).is_err());
}

fn refused(jwk: Value) -> KeyFault {
    serde_json::from_value::<Jwk>(jwk).map_or(KeyFault::Shape, |jwk| PublicKey::from_jwk(&jwk).unwrap_err())
}

#[test]
fn jwks_of_other_shapes_are_refused() {
    let (ed, ec) = (
        serde_json::to_value(ed(1).public().to_jwk()).unwrap(),
        serde_json::to_value(p256(1).public().to_jwk()).unwrap(),
    );
    let with = |base: &Value, member: &str, value: Value| {
        let mut jwk = base.clone();
        jwk[member] = value;
        refused(jwk)
    };
    for (member, value) in [
        ("crv", json!("X25519")),
        ("kty", json!("EC")),
        ("y", ed["x"].clone()),
        ("d", ed["x"].clone()),
        ("alg", json!("EdDSA")),
    ] {
        assert_eq!(with(&ed, member, value), KeyFault::Shape, "{member}");
    }
    assert_eq!(with(&ed, "x", json!(format!("{}=", ed["x"].as_str().unwrap()))), KeyFault::Value);
    assert_eq!(with(&ec, "crv", json!("P-384")), KeyFault::Shape);
    assert_eq!(with(&ec, "y", ec["x"].clone()), KeyFault::Value, "a point off the curve");
    for length in [0, 31, 33, 64] {
        assert_eq!(with(&ec, "x", json!(BASE64URL_NOPAD.encode(&vec![1; length]))), KeyFault::Value);
    }
}

#[test]
fn rsa_keys_have_2048_to_4096_bits_and_one_exponent() {
    let rsa = |n: &[u8], e: &str| refused(json!({"kty": "RSA", "n": BASE64URL_NOPAD.encode(n), "e": e}));
    let number = |bytes: usize, first: u8| {
        let mut n = vec![0xa5; bytes];
        n[0] = first;
        n
    };
    assert_eq!(rsa(&number(128, 0xc5), "AQAB"), KeyFault::RsaSize, "1024 bits");
    assert_eq!(rsa(&number(256, 0x7f), "AQAB"), KeyFault::RsaSize, "2047 bits");
    assert_eq!(rsa(&number(257, 0), "AQAB"), KeyFault::RsaSize, "a leading zero");
    assert_eq!(rsa(&number(513, 0xc5), "AQAB"), KeyFault::RsaSize, "more than 4096 bits");
    for exponent in ["Aw", "AQ", "AAEAAQ", ""] {
        assert_eq!(rsa(&number(256, 0xc5), exponent), KeyFault::RsaSize, "{exponent}");
    }
}

#[test]
fn a_private_key_does_not_print_itself() {
    let printed = format!("{:?}", ed(1));
    assert!(printed.starts_with("PrivateKey(") && printed.contains(&ed(1).public().kid().to_string()));
}

// Envelopes.

fn signed_sheet(keys: &[&PrivateKey]) -> Jws {
    let (claims, contents) = sample::secondary();
    let (payload, disclosures) = sample::seal(claims, &contents);
    let signers: Vec<_> = keys.iter().map(|k| (*k, None)).collect();
    Jws::sign(ObjectType::Sheet, payload, &signers, disclosures).unwrap()
}

/// A plain object, as JSON that can be bent.
fn status_json(keys: &[&PrivateKey]) -> Value {
    let signers: Vec<_> = keys.iter().map(|k| (*k, None)).collect();
    let jws = Jws::sign(ObjectType::Status, *b"{\"version\":1}", &signers, Vec::new()).unwrap();
    serde_json::from_slice(&jws.to_json(GroupSet::NONE)).unwrap()
}

fn parse(json: &Value) -> Result<Jws, JwsFault> {
    Jws::parse(&serde_json::to_vec(json).unwrap())
}

#[test]
fn an_object_signed_with_every_algorithm_is_read_back() {
    let keys = each_algorithm();
    let jws = signed_sheet(&keys.each_ref());
    let read = Jws::parse(&jws.to_json(GroupSet::ALL)).unwrap();
    assert_eq!(read, jws);
    for (i, key) in keys.iter().enumerate() {
        assert!(read.verifies(i, &key.public()));
        assert!(!read.verifies((i + 1) % 3, &key.public()));
        assert_eq!(read.signatures()[i].kid, key.public().kid());
    }
    assert!(!read.verifies(3, &keys[0].public()));
    assert!(!read.verifies(0, &ed(2).public()));
}

#[test]
fn a_refusal_names_the_place_and_never_what_stands_there() {
    const NAME: &str = "Nguyễn Thị Mẫu";
    let good = status_json(&[&ed(1)]);
    let mut spoilt: Vec<Value> = Vec::new();
    for pointer in ["/payload", "/signatures", "/signatures/0", "/signatures/0/protected", "/signatures/0/signature"] {
        for value in [json!(NAME), json!([NAME]), json!({ NAME: NAME })] {
            let mut json = good.clone();
            *json.pointer_mut(pointer).unwrap() = value;
            spoilt.push(json);
        }
    }
    for header in
        [json!({ NAME: NAME }), json!(NAME), json!({"alg": [NAME]}), json!({"alg": NAME, "kid": NAME, "typ": NAME})]
    {
        let mut json = good.clone();
        json["signatures"][0]["protected"] = BASE64URL_NOPAD.encode(&serde_json::to_vec(&header).unwrap()).into();
        spoilt.push(json);
    }
    for disclosures in [json!(NAME), json!([NAME]), json!([[NAME]])] {
        let mut json = good.clone();
        json["signatures"][0]["header"] = json!({ "disclosures": disclosures });
        spoilt.push(json);
    }
    for json in spoilt {
        let fault = parse(&json).unwrap_err();
        for said in [fault.to_string(), format!("{fault:?}")] {
            assert!(!said.contains("Nguy") && !said.contains("Mẫu"), "{said}");
        }
    }
}

#[test]
fn signed_bytes_are_payload_then_each_protected_and_signature() {
    let json = status_json(&[&ed(1), &p256(1)]);
    let mut bytes = json["payload"].as_str().unwrap().to_owned();
    for s in json["signatures"].as_array().unwrap() {
        bytes += &format!(".{}.{}", s["protected"].as_str().unwrap(), s["signature"].as_str().unwrap());
    }
    let expected: [u8; 32] = Sha256::digest(bytes.as_bytes()).into();
    assert_eq!(parse(&json).unwrap().signed_digest(), &expected);
}

#[test]
fn white_space_member_order_and_serialization_mean_nothing() {
    let general = status_json(&[&ed(1)]);
    let signature = &general["signatures"][0];
    let flattened = json!({"signature": signature["signature"], "protected": signature["protected"], "payload": general["payload"]});
    let read = parse(&general).unwrap();
    assert_eq!(parse(&flattened).unwrap(), read);
    assert_eq!(Jws::parse(&serde_json::to_vec_pretty(&general).unwrap()).unwrap(), read);
    assert!(parse(&flattened).unwrap().verifies(0, &ed(1).public()));
}

#[test]
fn the_stored_form_gives_the_same_object_and_digest() {
    let jws = signed_sheet(&[&ed(1), &p256(1)]);
    let again = Jws::from_stored(&jws.to_stored()).unwrap();
    assert_eq!(again, jws);
    assert_eq!(again.signed_digest(), jws.signed_digest());
    assert!(again.verifies(0, &ed(1).public()) && again.verifies(1, &p256(1).public()));
    let stored = jws.to_stored();
    for cut in [0, 1, 4, 100, stored.len() - 1] {
        assert!(Jws::from_stored(&stored[..cut]).is_err(), "{cut}");
    }
    assert!(Jws::from_stored(&[stored.as_slice(), &[0]].concat()).is_err());
}

#[test]
fn reading_fewer_groups_of_the_stored_form_changes_nothing_that_is_signed() {
    let jws = signed_sheet(&[&ed(1), &p256(1)]);
    for groups in [GroupSet::NONE, GroupSet::of(&[Group::Name, Group::Staff]), GroupSet::BIRTH_DATE, GroupSet::ALL] {
        let read = Jws::from_stored_with(&jws.to_stored(), groups).unwrap();
        assert_eq!((read.signed_digest(), read.payload()), (jws.signed_digest(), jws.payload()));
        let kept: Vec<_> = jws.disclosures().iter().filter(|d| groups.contains(d.group())).cloned().collect();
        assert_eq!(read.disclosures(), kept);
    }
}

#[test]
fn showing_fewer_groups_changes_nothing_that_is_signed() {
    let jws = signed_sheet(&[&ed(1), &ed(2)]);
    let shown = Jws::parse(&jws.to_json(GroupSet::BIRTH_DATE)).unwrap();
    assert_eq!(shown.signed_digest(), jws.signed_digest());
    assert_eq!(shown.disclosures().len(), 4);
    assert!(shown.disclosures().iter().all(|d| d.group() != Group::Identity));
    assert!(shown.verifies(0, &ed(1).public()) && shown.verifies(1, &ed(2).public()));
}

/// The last character of an encoding with spare bits, moved to its neighbour: the same bytes to a lax decoder.
fn with_trailing_bits(text: &str) -> Option<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = *text.as_bytes().last()?;
    let at = ALPHABET.iter().position(|c| *c == last)?;
    (!text.len().is_multiple_of(4)).then(|| format!("{}{}", &text[..text.len() - 1], ALPHABET[at + 1] as char))
}

#[test]
fn base64url_has_one_form() {
    let json = status_json(&[&ed(1)]);
    let places = ["/payload", "/signatures/0/protected", "/signatures/0/signature"];
    let mut bent = 0;
    for place in places {
        let text = json.pointer(place).unwrap().as_str().unwrap().to_owned();
        let padded = format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
        let mut forms = vec![format!("{text}\n"), format!(" {text}"), text.replace(['-', '_'], "+")];
        forms.extend(with_trailing_bits(&text));
        forms.push(padded);
        for form in forms.into_iter().filter(|f| *f != text) {
            let mut changed = json.clone();
            *changed.pointer_mut(place).unwrap() = json!(form);
            assert_eq!(parse(&changed).unwrap_err(), JwsFault::Base64, "{place} {form}");
            bent += 1;
        }
    }
    assert!(bent >= 9);
}

#[test]
fn envelopes_hold_what_rfc_7515_says_and_nothing_else() {
    let json = status_json(&[&ed(1)]);
    let signature = json["signatures"][0].clone();
    let both = json!({"payload": json["payload"], "signatures": [signature], "protected": signature["protected"], "signature": signature["signature"]});
    let half = json!({"payload": json["payload"], "protected": signature["protected"]});
    let mut extra = json.clone();
    extra["kid"] = json!("x");
    let mut extra_signature = json.clone();
    extra_signature["signatures"][0]["kid"] = json!("x");
    let mut unprotected = json.clone();
    unprotected["signatures"][0]["header"] = json!({"alg": "none"});
    for wrong in [both, half, extra, extra_signature, unprotected, json!([]), json!("a.b.c"), json!({"payload": "e30"})]
    {
        assert!(matches!(parse(&wrong), Err(JwsFault::Envelope(_))), "{wrong}");
    }
    assert_eq!(parse(&json!({"payload": "e30", "signatures": []})).unwrap_err(), JwsFault::Signatures);
    let text = serde_json::to_string(&json).unwrap();
    let payload = format!("{{\"payload\":\"e30\",{}", &text[1..]);
    assert!(matches!(Jws::parse(payload.as_bytes()), Err(JwsFault::Envelope(_))), "a duplicate member");
    let compact =
        format!("{}.{}.{}", signature["protected"].as_str().unwrap(), json["payload"], signature["signature"]);
    assert!(Jws::parse(compact.as_bytes()).is_err());
}

/// A status whose protected header is exactly this text, signed over it.
fn with_header(header: &str) -> Result<Jws, JwsFault> {
    let payload = BASE64URL_NOPAD.encode(b"{}");
    let protected = BASE64URL_NOPAD.encode(header.as_bytes());
    let signature = ed(1).sign(format!("{protected}.{payload}").as_bytes());
    parse(&json!({"payload": payload, "protected": protected, "signature": BASE64URL_NOPAD.encode(&signature)}))
}

#[test]
fn protected_headers_hold_alg_kid_typ_and_at_most_a_certificate() {
    let kid = ed(1).public().kid();
    let good = format!(r#""alg":"EdDSA","kid":"{kid}","typ":"hocba-status""#);
    assert!(with_header(&format!("{{{good}}}")).unwrap().verifies(0, &ed(1).public()));
    assert!(with_header(&format!("{{{}}}", good.replace("EdDSA", "Ed25519"))).unwrap().verifies(0, &ed(1).public()));
    let bound = with_header(&format!(r#"{{{good},"x5t#S256":"{kid}"}}"#)).unwrap();
    assert_eq!(bound.signatures()[0].certificate, Some(kid));
    for more in [
        r#","crit":["b64"]"#,
        r#","b64":false"#,
        r#","jwk":{}"#,
        r#","jku":"https://example.org"#,
        r#","x5c":[]"#,
        r#","cty":"json""#,
        r#","typ":"hocba-status""#,
        r#","alg":"EdDSA""#,
    ] {
        assert!(matches!(with_header(&format!("{{{good}{more}}}")), Err(JwsFault::Header(_))), "{more}");
    }
    for algorithm in ["none", "HS256", "RS1", "ES384", "eddsa", "PS256", ""] {
        let header = format!("{{{}}}", good.replace("EdDSA", algorithm));
        assert_eq!(with_header(&header).unwrap_err(), JwsFault::Algorithm, "{algorithm}");
    }
    for typ in ["JWT", "hocba", "Hocba-status", "hocba-status "] {
        let header = format!("{{{}}}", good.replace("hocba-status", typ));
        assert_eq!(with_header(&header).unwrap_err(), JwsFault::Type, "{typ}");
    }
    for header in ["{}", "[]", "", "{\"alg\":\"EdDSA\"}"] {
        assert!(matches!(with_header(header), Err(JwsFault::Header(_))), "{header}");
    }
}

/// The header says which algorithm, the key decides: no algorithm is tried that the key is not for.
#[test]
fn a_header_cannot_make_a_key_verify_another_algorithm() {
    let kid = ed(1).public().kid();
    let confused = with_header(&format!(r#"{{"alg":"ES256","kid":"{kid}","typ":"hocba-status"}}"#)).unwrap();
    assert_eq!(confused.signatures()[0].algorithm, Algorithm::Es256);
    assert!(!confused.verifies(0, &ed(1).public()));
}

#[test]
fn signatures_are_few_and_each_by_another_key() {
    let mut twice = status_json(&[&ed(1), &ed(2)]);
    twice["signatures"][1] = twice["signatures"][0].clone();
    assert_eq!(parse(&twice).unwrap_err(), JwsFault::Signatures);
    assert_eq!(
        Jws::sign(ObjectType::Status, *b"{}", &[(&ed(1), None), (&ed(1), None)], Vec::new()),
        Err(JwsFault::Signatures)
    );
    assert_eq!(Jws::sign(ObjectType::Status, *b"{}", &[], Vec::new()), Err(JwsFault::Signatures));

    let keys: Vec<_> = (1..=MAX_SIGNATURES as u8 + 1).map(ed).collect();
    let signers: Vec<_> = keys.iter().map(|k| (k, None)).collect();
    assert!(Jws::sign(ObjectType::Status, *b"{}", &signers[..MAX_SIGNATURES], Vec::new()).is_ok());
    assert_eq!(Jws::sign(ObjectType::Status, *b"{}", &signers, Vec::new()), Err(JwsFault::Signatures));
    let mut many = status_json(&[&ed(1)]);
    let more: Vec<Value> = keys.iter().map(|k| status_json(&[k])["signatures"][0].clone()).collect();
    many["signatures"] = json!(more);
    assert_eq!(parse(&many).unwrap_err(), JwsFault::Signatures);
}

#[test]
fn signatures_agree_about_the_type() {
    let mut mixed = status_json(&[&ed(1)]);
    let backfill = Jws::sign(ObjectType::Backfill, *b"{\"version\":1}", &[(&ed(2), None)], Vec::new()).unwrap();
    let backfill: Value = serde_json::from_slice(&backfill.to_json(GroupSet::NONE)).unwrap();
    mixed["signatures"].as_array_mut().unwrap().push(backfill["signatures"][0].clone());
    assert_eq!(parse(&mixed).unwrap_err(), JwsFault::Type);
}

#[test]
fn disclosures_stand_in_the_first_signature_of_sheets_only() {
    let sheet: Value = serde_json::from_slice(&signed_sheet(&[&ed(1), &ed(2)]).to_json(GroupSet::ALL)).unwrap();
    let mut second = sheet.clone();
    second["signatures"][1]["header"] = second["signatures"][0]["header"].take();
    second["signatures"][0].as_object_mut().unwrap().remove("header");
    assert!(matches!(parse(&second), Err(JwsFault::Disclosure(_))));
    let mut status = status_json(&[&ed(1)]);
    status["signatures"][0]["header"] = sheet["signatures"][0]["header"].clone();
    assert!(matches!(parse(&status), Err(JwsFault::Disclosure(_))));
    let mut broken = sheet.clone();
    broken["signatures"][0]["header"]["disclosures"][0] = json!("W10");
    assert!(matches!(parse(&broken), Err(JwsFault::Disclosure(_))));
}

#[test]
fn an_envelope_that_is_too_long_is_not_read() {
    let long = vec![b' '; MAX_JWS + 1];
    assert_eq!(Jws::parse(&long).unwrap_err(), JwsFault::TooLong);
    let deep = format!("{{\"payload\":{}", "[".repeat(10_000));
    assert!(matches!(Jws::parse(deep.as_bytes()), Err(JwsFault::Envelope(_))));
}

#[test]
fn object_types_have_one_name() {
    for typ in ["sheet", "manifest", "key", "status", "backfill", "anchor", "receipt", "verification"] {
        let typ = format!("hocba-{typ}");
        assert_eq!(ObjectType::from_typ(&typ).map(ObjectType::typ), Some(typ.as_str()));
    }
    assert_eq!(Kid::from_wire("short"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Jws::parse(&bytes);
        let _ = Jws::from_stored(&bytes);
        let _ = PrivateKey::from_pem(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_changed_envelope_is_refused_or_signs_something_else(
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let keys = [ed(1), ed(2)];
        let jws = signed_sheet(&keys.each_ref());
        let mut json = jws.to_json(GroupSet::ALL);
        let at = at.index(json.len());
        prop_assume!(json[at] != byte);
        json[at] = byte;
        if let Ok(read) = Jws::parse(&json) {
            let holds = (0..2).all(|i| read.verifies(i, &keys[i].public()));
            // Only the unsigned disclosures can differ while all signatures hold.
            prop_assert_eq!(holds, read.signed_digest() == jws.signed_digest());
            prop_assert!(!holds || read.payload() == jws.payload());
        }
    }

    #[test]
    fn a_changed_stored_form_never_panics(at in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let mut stored = signed_sheet(&[&ed(1)]).to_stored();
        let at = at.index(stored.len());
        stored[at] = byte;
        if let Ok(read) = Jws::from_stored(&stored) {
            prop_assert_eq!(read.to_stored(), stored);
        }
    }

    #[test]
    fn any_jwk_members_are_safe(x in proptest::collection::vec(any::<u8>(), 0..70), y in proptest::collection::vec(any::<u8>(), 0..70), kind in 0usize..3) {
        let text = |b: &[u8]| Some(BASE64URL_NOPAD.encode(b));
        let (kty, crv) = [("OKP", Some("Ed25519")), ("EC", Some("P-256")), ("RSA", None)][kind];
        let jwk = Jwk {
            crv: crv.map(Into::into),
            kty: kty.into(),
            x: (kind < 2).then(|| text(&x)).flatten(),
            y: (kind == 1).then(|| text(&y)).flatten(),
            n: (kind == 2).then(|| text(&x)).flatten(),
            e: (kind == 2).then(|| "AQAB".into()),
        };
        if let Ok(key) = PublicKey::from_jwk(&jwk) {
            prop_assert_eq!(key.to_jwk(), jwk);
            prop_assert!(!key.verifies(b"m", &[0; 64]));
        }
    }
}
