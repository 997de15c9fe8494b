//! Tokens of copies: one encoding, one meaning, and a library of others that agrees.

use std::path::Path;
use std::process::Command;

use coset::cbor::value::Value;
use coset::{CborSerializable as _, CoseSign1, TaggedCborSerializable as _};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hocba::signing::PrivateKey;
use hocba::soft_copy::token::{Claims, MAX_TOKEN, TokenFault, TokenKeys, digest_of_leaves, in_text};
use hocba::soft_copy::{qr::Qr, url};
use hocba::transcript::{CopyId, GroupSet, TranscriptCode};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::python::{python, run};

fn key(seed: u8) -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[seed; 32])
}

fn keys(seeds: &[u8]) -> TokenKeys {
    TokenKeys::new(seeds.iter().map(|seed| key(*seed).public()))
}

fn claims() -> Claims {
    Claims {
        code: TranscriptCode::from_wire("0f8fad5bd9cb469fa16570867728950e").unwrap(),
        issued_at: 1_795_330_990,
        expires_at: 1_811_000_000,
        sheets: digest_of_leaves([[1u8; 50].as_slice(), [2u8; 50].as_slice()]),
        copy: CopyId::new(GroupSet::BIRTH_DATE, &[0, 1], [9; 14]).unwrap(),
    }
}

fn bytes_of(token: &str) -> Vec<u8> {
    BASE32_NOPAD.decode(token.strip_prefix("1.").unwrap().as_bytes()).unwrap()
}

fn token_of(bytes: &[u8]) -> String {
    format!("1.{}", BASE32_NOPAD.encode(bytes))
}

#[test]
fn what_was_signed_is_read_again_and_fits_its_qr() {
    let token = claims().sign(&key(1)).unwrap();
    assert_eq!(keys(&[1]).check(&token), Ok(claims()));
    assert!(token.len() < 300 && token.len() <= MAX_TOKEN, "{}", token.len());
    let text = url::with_token("https://hocba.moet.gov.vn", &claims().code, &token);
    assert_eq!(Qr::of(&text).unwrap().side(), 61 + 8, "version 11, so that 30 mm suffice");
    assert_eq!(in_text(&format!("  {text}\n")), token);
    assert_eq!(in_text(&token), token);
}

#[test]
fn a_former_key_still_verifies_and_another_never_does() {
    let token = claims().sign(&key(1)).unwrap();
    assert_eq!(keys(&[2, 1]).check(&token), Ok(claims()));
    assert_eq!(keys(&[2]).check(&token), Err(TokenFault::UnknownKey));
    // The kid of a known key, the signature of another.
    let mut forged = bytes_of(&claims().sign(&key(2)).unwrap());
    let genuine = bytes_of(&token);
    let kid_at = genuine.iter().zip(&forged).position(|(a, b)| a != b).unwrap();
    forged[kid_at..kid_at + 4].copy_from_slice(&genuine[kid_at..kid_at + 4]);
    assert_eq!(keys(&[1, 2]).check(&token_of(&forged)), Err(TokenFault::Signature));
}

#[test]
fn no_bit_can_be_changed_and_no_byte_added_or_taken() {
    let token = claims().sign(&key(1)).unwrap();
    let bytes = bytes_of(&token);
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(keys(&[1]).check(&token_of(&changed)).is_err(), "bit {bit}");
    }
    for length in 0..bytes.len() {
        assert_eq!(keys(&[1]).check(&token_of(&bytes[..length])), Err(TokenFault::Form));
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(keys(&[1]).check(&token_of(&longer)), Err(TokenFault::Form));
}

#[test]
fn only_canonical_base32_in_upper_case_is_read() {
    let token = claims().sign(&key(1)).unwrap();
    let check = |text: &str| keys(&[1]).check(text);
    assert_eq!(check(&token.to_lowercase()), Err(TokenFault::Form));
    assert_eq!(check(&format!("{token}=")), Err(TokenFault::Form));
    assert_eq!(check(&format!(" {token}")), Err(TokenFault::Form));
    assert_eq!(check(token.strip_prefix("1.").unwrap()), Err(TokenFault::Form));
    assert_eq!(check(&token.replacen("1.", "2.", 1)), Err(TokenFault::Form));
    // The last character holds bits that no byte has: any but zeros is another spelling of the same token.
    let last = token.chars().last().unwrap();
    let others = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".chars().filter(|c| *c != last);
    for other in others {
        assert!(check(&format!("{}{other}", &token[..token.len() - 1])).is_err());
    }
    assert_eq!(check(&format!("1.{}", "A".repeat(MAX_TOKEN))), Err(TokenFault::Form));
}

/// The claims in another encoding, with a signature that holds over it.
fn signed(payload: Vec<u8>, protected: Vec<u8>) -> Vec<u8> {
    let input = Value::Array(vec![
        Value::Text("Signature1".into()),
        Value::Bytes(protected.clone()),
        Value::Bytes(Vec::new()),
        Value::Bytes(payload.clone()),
    ]);
    let signature = key(1).sign(&input.to_vec().unwrap());
    let message =
        [Value::Bytes(protected), Value::Map(Vec::new()), Value::Bytes(payload), Value::Bytes(signature)].to_vec();
    Value::Array(message).to_vec().unwrap()
}

#[test]
fn another_encoding_of_the_same_is_refused_although_its_signature_holds() {
    let bytes = bytes_of(&claims().sign(&key(1)).unwrap());
    let message = CoseSign1::from_slice(&bytes).unwrap();
    let (payload, protected) = (message.payload.clone().unwrap(), message.protected.original_data.clone().unwrap());
    let check = |bytes: &[u8]| keys(&[1]).check(&token_of(bytes));
    assert_eq!(check(&signed(payload.clone(), protected.clone())), Ok(claims()), "the means of this test");

    let tagged = message.clone().to_tagged_vec().unwrap();
    assert_eq!(check(&tagged), Err(TokenFault::Form), "tag 18");
    let mut indefinite = bytes.clone();
    indefinite[0] = 0x9f;
    indefinite.push(0xff);
    assert_eq!(check(&indefinite), Err(TokenFault::Form), "an array of indefinite length");
    let mut open_map = payload.clone();
    open_map[0] = 0xbf;
    open_map.push(0xff);
    assert_eq!(check(&signed(open_map, protected.clone())), Err(TokenFault::Form), "a map of indefinite length");
    // exp as a 64-bit number: 1a…, 1b00000000….
    let at = payload.iter().position(|b| *b == 0x1a).unwrap();
    let long = [&payload[..at], &[0x1b, 0, 0, 0, 0], &payload[at + 1..]].concat();
    assert_eq!(check(&signed(long, protected.clone())), Err(TokenFault::Form), "a number longer than need be");
}

#[test]
fn other_claims_and_headers_are_refused_although_their_signature_holds() {
    let bytes = bytes_of(&claims().sign(&key(1)).unwrap());
    let message = CoseSign1::from_slice(&bytes).unwrap();
    let (payload, protected) = (message.payload.clone().unwrap(), message.protected.original_data.clone().unwrap());
    let check = |payload: Vec<u8>, protected: Vec<u8>| keys(&[1]).check(&token_of(&signed(payload, protected)));
    let Value::Map(members) = Value::from_slice(&payload).unwrap() else { panic!("a map") };
    let with = |members: Vec<(Value, Value)>| Value::Map(members).to_vec().unwrap();
    let number = |n: i64| Value::Integer(n.into());

    for left_out in 0..members.len() {
        let mut fewer = members.clone();
        fewer.remove(left_out);
        assert_eq!(check(with(fewer), protected.clone()), Err(TokenFault::Form), "claim {left_out} left out");
    }
    for extra in [(number(1), Value::Text("hocba".into())), (number(5), number(0)), (number(-70_003), number(1))] {
        let more = [members.clone(), vec![extra]].concat();
        assert_eq!(check(with(more), protected.clone()), Err(TokenFault::Form));
    }
    let twice = [members.clone(), vec![members[0].clone()]].concat();
    assert_eq!(check(with(twice), protected.clone()), Err(TokenFault::Form), "a claim twice");
    let mut reversed = members.clone();
    reversed.reverse();
    assert_eq!(check(with(reversed), protected.clone()), Err(TokenFault::Form), "claims in another order");
    let mut fractional = members.clone();
    fractional[0].1 = Value::Float(1_811_000_000.0);
    assert_eq!(check(with(fractional), protected.clone()), Err(TokenFault::Form), "a time with a fraction");
    let mut negative = members;
    negative[1].1 = number(-1);
    assert_eq!(check(with(negative), protected.clone()), Err(TokenFault::Form), "a time before 1970");

    let Value::Map(header) = Value::from_slice(&protected).unwrap() else { panic!("a map") };
    for alg in [-7, -19, -8_000] {
        let mut other = header.clone();
        other[0].1 = number(alg);
        assert_eq!(check(payload.clone(), with(other)), Err(TokenFault::Form), "alg {alg}");
    }
    let more = [header.clone(), vec![(number(3), Value::Text("text/plain".into()))]].concat();
    assert_eq!(check(payload.clone(), with(more)), Err(TokenFault::Form), "a header more");
    let mut short = header;
    short[1].1 = Value::Bytes(vec![1, 2, 3]);
    assert_eq!(check(payload, with(short)), Err(TokenFault::Form), "a kid of three bytes");
}

#[test]
fn an_ordinary_library_agrees() {
    let dir = tempfile::tempdir().unwrap();
    let jwk = key(1).public().to_jwk();
    let mut entry = serde_json::to_value(&jwk).unwrap();
    entry["kid"] = json!(key(1).public().kid());
    let jwks = dir.path().join("jwks.json");
    std::fs::write(&jwks, json!({ "keys": [key(2).public().to_jwk(), entry] }).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/check_token.py");
    let check = |qr: &str| {
        let mut command = Command::new(python());
        command.arg(&script).arg(&jwks).arg(qr);
        command
    };
    let token = claims().sign(&key(1)).unwrap();
    let qr = url::with_token("https://hocba.moet.gov.vn", &claims().code, &token);
    let said: Json = serde_json::from_str(&run(&mut check(&qr))).unwrap();
    assert_eq!(
        said,
        json!({
            "code": claims().code, "issued_at": claims().issued_at, "discloses_until": claims().expires_at,
            "sheets": HEXLOWER.encode(&claims().sheets), "copy": claims().copy,
        })
    );
    let strangers = claims().sign(&key(3)).unwrap();
    let of_another = qr.replacen("/V/0F", "/V/1F", 1);
    for bad in [url::with_token("https://x", &claims().code, &strangers), of_another] {
        assert_eq!(check(&bad).output().unwrap().status.code(), Some(1), "{bad}");
    }
}

proptest! {
    #[test]
    fn any_claims_come_back(code: [u8; 16], issued_at: u32, expires_at: u32, sheets: [u8; 32], random: [u8; 14], place in 0usize..32) {
        let copy = CopyId::new(GroupSet::BIRTH_DATE, &[place], random).unwrap();
        let claims = Claims { code: TranscriptCode::from_bytes(code), issued_at, expires_at, sheets, copy };
        let token = claims.sign(&key(1)).unwrap();
        prop_assert_eq!(keys(&[1]).check(&token), Ok(claims));
    }

    #[test]
    fn no_text_makes_it_panic_and_none_is_taken(text in "(1\\.)?[A-Z2-7]{0,400}|\\PC{0,400}") {
        prop_assert!(keys(&[1]).check(&text).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic_and_none_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..240)) {
        prop_assert!(keys(&[1]).check(&token_of(&bytes)).is_err());
    }

    #[test]
    fn a_token_with_bytes_put_into_it_is_refused(at in 0usize..170, put in prop::collection::vec(any::<u8>(), 1..8), cut in 0usize..8) {
        let mut bytes = bytes_of(&claims().sign(&key(1)).unwrap());
        let end = (at + cut).min(bytes.len());
        prop_assume!(bytes[at..end] != put[..]);
        bytes.splice(at..end, put);
        prop_assert!(keys(&[1]).check(&token_of(&bytes)).is_err());
    }
}
