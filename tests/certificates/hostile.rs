//! Bytes that somebody has changed: never a panic, never official.

use hocba::signing::certificates::{Certificate, OcspAnswer, RevocationList, Timestamp};
use proptest::prelude::*;

use super::pki::{CA, Pki, TSA, Words, is_official, judge, spec, usual};
use super::timestamps::stamp;

/// Every byte of the signer's certificate, its issuer's and of both kinds of answers.
#[test]
fn a_flipped_bit_anywhere_is_never_official() {
    let usual = usual();
    let root = [usual.root.clone()];
    let lists = vec![usual.pki.fresh_list("root")];
    let ocsp = vec![usual.pki.ocsp("authority", "signer", "responder")];
    let words = Words { lists: lists.clone(), ocsp: ocsp.clone() };
    assert!(is_official(&usual.judge(&usual.signer, &words)));
    let flipped = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1 << (at % 8);
        bytes
    };
    for at in 0..usual.signer.der().len() {
        let Ok(signer) = Certificate::from_der(&flipped(usual.signer.der(), at)) else { continue };
        let Some(key) = signer.public_key() else { continue };
        let judged = super::pki::judge_key(&signer, &key, &root, std::slice::from_ref(&usual.authority), &words);
        assert!(!is_official(&judged), "signer, byte {at}");
    }
    for at in 0..usual.authority.der().len() {
        let Ok(authority) = Certificate::from_der(&flipped(usual.authority.der(), at)) else { continue };
        assert!(!is_official(&judge(&usual.signer, &root, &[authority], &words)), "authority, byte {at}");
    }
    for at in 0..lists[0].len() {
        let words = Words { lists: vec![flipped(&lists[0], at)], ocsp: ocsp.clone() };
        assert!(!is_official(&usual.judge(&usual.signer, &words)), "list, byte {at}");
    }
    // The responder's certificate in an answer may lose what nobody reads of it; its signature may not.
    for at in 0..ocsp[0].len() {
        let words = Words { lists: lists.clone(), ocsp: vec![flipped(&ocsp[0], at)] };
        assert!(!is_official(&usual.judge(&usual.signer, &words)), "answer, byte {at}");
    }
}

#[test]
fn a_flipped_bit_in_a_timestamp_never_moves_its_time_or_imprint() {
    let pki = Pki::new();
    pki.issue("root", "root", &spec(CA));
    pki.issue("root", "tsa", &spec(TSA));
    let whole = Timestamp::from_der(&stamp(&pki, &[5; 32], "tsa")).unwrap();
    for at in 0..whole.der().len() {
        let mut bytes = whole.der().to_vec();
        bytes[at] ^= 1 << (at % 8);
        if let Ok(read) = Timestamp::from_der(&bytes) {
            assert_eq!((read.at(), read.imprint()), (whole.at(), whole.imprint()), "byte {at}");
        }
    }
}

#[test]
fn a_cut_file_is_refused() {
    let usual = usual();
    let (list, answer) = (usual.pki.fresh_list("root"), usual.pki.ocsp("authority", "signer", "responder"));
    for length in 0..list.len() {
        assert!(RevocationList::from_der(&list[..length]).is_err());
    }
    for length in 0..answer.len() {
        assert!(OcspAnswer::from_der(&answer[..length]).is_err());
    }
    for length in 0..usual.signer.der().len() {
        assert!(Certificate::from_der(&usual.signer.der()[..length]).is_err());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Certificate::from_der(&bytes);
        let _ = Certificate::from_file(&bytes);
        let _ = RevocationList::from_der(&bytes);
        let _ = OcspAnswer::from_der(&bytes);
        let _ = Timestamp::from_der(&bytes);
    }
}
