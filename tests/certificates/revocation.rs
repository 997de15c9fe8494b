//! What authorities say about revocation.

use std::fs;

use hocba::signing::certificates::{DerFault, OcspAnswer, RevocationList};
use hocba::transcript::time::Moment;

use super::pki::{CA, Pki, RESPONDER, SIGNER, Spec, TO, Words, at, is_official, judge, make_usual, now, spec, usual};

/// Before and after the summer of 2025, in which the sheet was signed and logged.
const BEFORE: &str = "250501000000Z";
const BETWEEN: &str = "250701000000Z";
const AFTER: &str = "250801000000Z";

#[test]
fn a_revocation_ends_the_period_and_never_reaches_back() {
    for (revoked_at, reason, official) in [
        (BEFORE, "superseded", false),
        // Signed before, but that it existed was proved only after.
        (BETWEEN, "superseded", false),
        (AFTER, "superseded", true),
        (AFTER, "keyCompromise", true),
        // The key is said to have been compromised earlier than it was revoked.
        (AFTER, "keyCompromise,20250501000000Z", false),
        (BEFORE, "certificateHold", false),
    ] {
        let usual = make_usual();
        usual.pki.revoke("authority", "signer", revoked_at, reason);
        let by_list = usual.judge(&usual.signer, &usual.words());
        assert_eq!(is_official(&by_list), official, "list, {revoked_at} {reason}");
        let lists = vec![usual.pki.fresh_list("root")];
        let ocsp = vec![usual.pki.ocsp("authority", "signer", "responder")];
        let by_ocsp = usual.judge(&usual.signer, &Words { lists, ocsp });
        // An OCSP answer has no room for the earlier date.
        let official = official || reason.contains(',');
        assert_eq!(is_official(&by_ocsp), official, "OCSP, {revoked_at} {reason}");
        for judged in [by_list, by_ocsp] {
            assert!(judged.unwrap().revoked_since.is_some());
        }
        // Others of the same authority are none the worse.
        assert!(is_official(&usual.judge(&usual.rsa_signer, &usual.words())));
    }
}

#[test]
fn an_authority_that_is_revoked_takes_its_signers_with_it() {
    for (revoked_at, official) in [(BEFORE, false), (AFTER, true)] {
        let usual = make_usual();
        usual.pki.revoke("root", "authority", revoked_at, "CACompromise");
        assert_eq!(is_official(&usual.judge(&usual.signer, &usual.words())), official, "{revoked_at}");
    }
}

#[test]
fn a_later_good_word_does_not_undo_a_revocation() {
    let usual = make_usual();
    let earlier = usual.words();
    usual.pki.revoke("authority", "signer", BEFORE, "certificateHold");
    let mut words = usual.words();
    // As if the hold had been lifted: the newest list does not have it.
    let index = usual.pki.path("authority.index");
    let lifted: String = fs::read_to_string(&index)
        .unwrap()
        .lines()
        .map(|line| match line.strip_prefix("R\t") {
            Some(rest) => {
                let (ends, rest) = rest.split_once('\t').unwrap();
                format!("V\t{ends}\t\t{}\n", rest.split_once('\t').unwrap().1)
            }
            None => format!("{line}\n"),
        })
        .collect();
    fs::write(index, lifted).unwrap();
    words.lists.push(usual.pki.list("authority", "20301231000000Z", TO, ""));
    assert!(!is_official(&usual.judge(&usual.signer, &words)));
    assert!(is_official(&usual.judge(&usual.signer, &earlier)));
}

#[test]
fn a_signer_counts_up_to_the_newest_word_about_it() {
    let usual = usual();
    let root = usual.pki.fresh_list("root");
    let said = |from: &str, to: &str| {
        let lists = vec![root.clone(), usual.pki.list("authority", from, to, "")];
        usual.judge(&usual.signer, &Words { lists, ocsp: Vec::new() })
    };
    // Good for a year, it promises; but a revocation in between would not have been heard of.
    assert!(!is_official(&said("20250630120000Z", "20260630120000Z")));
    assert!(is_official(&said("20250703000000Z", "20250704000000Z")));
    assert_eq!(said("20250703000000Z", "20250704000000Z").unwrap().until, Some(at("2025-07-03T00:00:00Z")));
    // Authorities publish about authorities twice a year: until the next is due.
    let lists = |from: &str, to: &str| vec![usual.pki.list("root", from, to, ""), usual.pki.fresh_list("authority")];
    let said = |from, to| usual.judge(&usual.signer, &Words { lists: lists(from, to), ocsp: Vec::new() });
    assert!(is_official(&said("20250101000000Z", "20250801000000Z")));
    assert!(!is_official(&said("20250101000000Z", "20250701000000Z")));
}

#[test]
fn words_given_after_a_certificate_has_expired_say_nothing() {
    let pki = Pki::new();
    let root = pki.issue("root", "root", &spec(CA));
    let leaf = pki.issue("root", "leaf", &Spec { to: "20250801000000Z", ..spec(SIGNER) });
    let judged = |from: &str| {
        let lists = vec![pki.list("root", from, TO, "")];
        judge(&leaf, std::slice::from_ref(&root), &[], &Words { lists, ocsp: Vec::new() })
    };
    assert!(is_official(&judged("20250731000000Z")));
    assert_eq!(judged("20250802000000Z").unwrap().until, None);
}

#[test]
fn only_the_issuer_or_its_responder_may_answer() {
    let usual = make_usual();
    let pki = &usual.pki;
    let root = vec![pki.fresh_list("root")];
    let by = |responder: &str| {
        let ocsp = vec![pki.ocsp("authority", "signer", responder)];
        is_official(&usual.judge(&usual.signer, &Words { lists: root.clone(), ocsp }))
    };
    assert!(by("responder"));
    assert!(by("authority"), "the issuer itself");
    // Of the same issuer, but no responder; a responder of another authority; the root for its authority.
    assert!(!by("rsa-signer"));
    pki.issue("root", "root-responder", &spec(RESPONDER));
    assert!(!by("root-responder"));
    assert!(!by("root"));
    let plain = RESPONDER.replace("noCheck=ignored\n", "");
    pki.issue("authority", "checked", &spec(&plain));
    assert!(!by("checked"), "nobody was asked about the responder");
    let ocsp = vec![pki.ocsp("authority", "signer", "checked")];
    let lists = [root.clone(), vec![pki.list("authority", "20250101000000Z", TO, "")]].concat();
    assert!(is_official(&usual.judge(&usual.signer, &Words { lists, ocsp: ocsp.clone() })));
    pki.revoke("authority", "checked", BEFORE, "keyCompromise");
    let lists = [root.clone(), vec![pki.list("authority", "20250601000000Z", TO, "")]].concat();
    assert!(!is_official(&usual.judge(&usual.signer, &Words { lists, ocsp })));
    pki.issue("authority", "outdated", &Spec { to: "20250101000000Z", ..spec(RESPONDER) });
    assert!(!by("outdated"));
}

#[test]
fn a_revocation_in_the_future_promises_nothing_until_then() {
    let usual = make_usual();
    usual.pki.revoke("authority", "signer", "400101000000Z", "superseded");
    let judged = usual.judge(&usual.signer, &usual.words()).unwrap();
    assert!(judged.until < Some(at("2040-01-01T00:00:00Z")) && judged.until > Some(at("2025-07-02T00:00:00Z")));
    assert!(judged.until <= Some(Moment::from(jiff::Timestamp::now())));
}

#[test]
fn unknown_is_not_good() {
    let usual = make_usual();
    fs::write(usual.pki.path("authority.index"), "").unwrap();
    let ocsp = vec![usual.pki.ocsp("authority", "signer", "responder")];
    let lists = vec![usual.pki.fresh_list("root")];
    assert_eq!(usual.judge(&usual.signer, &Words { lists, ocsp }).unwrap().until, None);
}

#[test]
fn an_answer_about_another_certificate_says_nothing() {
    let usual = usual();
    let ocsp = vec![usual.pki.ocsp("authority", "rsa-signer", "responder")];
    let words = Words { lists: vec![usual.pki.fresh_list("root")], ocsp };
    assert!(is_official(&usual.judge(&usual.rsa_signer, &words)));
    assert_eq!(usual.judge(&usual.signer, &words).unwrap().until, None);
}

#[test]
fn lists_of_others_and_partial_lists_do_not_count() {
    let usual = usual();
    let pki = &usual.pki;
    let judged = |list: Vec<u8>| {
        let lists = vec![pki.fresh_list("root"), list];
        is_official(&usual.judge(&usual.signer, &Words { lists, ocsp: Vec::new() }))
    };
    let point = |text: &str| format!("issuingDistributionPoint=critical,@point\n[point]\n{text}");
    let list = |extensions: &str| pki.list("authority", &now(), TO, extensions);
    assert!(judged(list("")));
    assert!(judged(list(&point("onlyuser=TRUE"))));
    assert!(!judged(list(&point("onlyCA=TRUE"))));
    // One part of several, and the certificate does not say that it is in this one.
    assert!(!judged(list(&point("fullname=URI:http://ca.example/part-2.crl"))));
    for refused in ["onlysomereasons=keyCompromise", "indirectCRL=TRUE", "onlyAA=TRUE"] {
        let read = RevocationList::from_der(&list(&point(refused)));
        assert_eq!(read.err(), Some(DerFault::NotUnderstood("revocation list")), "{refused}");
    }
    let delta = list("2.5.29.27=critical,ASN1:INTEGER:1");
    assert_eq!(RevocationList::from_der(&delta).err(), Some(DerFault::NotUnderstood("revocation list")));
    // Of the same name, by another key.
    let strange = Pki::new();
    strange.issue("root", "root", &spec(CA));
    strange.issue("root", "authority", &spec(CA));
    assert!(!judged(strange.fresh_list("authority")));
    // An authority that may issue certificates but no lists.
    let mute = Pki::new();
    let root = mute.issue("root", "root", &spec(&CA.replace(",cRLSign", "")));
    let leaf = mute.issue("root", "leaf", &spec(SIGNER));
    let words = Words { lists: vec![mute.fresh_list("root")], ocsp: Vec::new() };
    assert_eq!(judge(&leaf, &[root], &[], &words).unwrap().until, None);
}

#[test]
fn an_ocsp_answer_knows_its_question_and_its_time() {
    let usual = usual();
    let nonce = [7; 16];
    let request = hocba::signing::certificates::ocsp_request(&usual.signer, &usual.authority, &nonce).unwrap();
    let pki = &usual.pki;
    fs::write(pki.path("asked.der"), request).unwrap();
    let mut arguments = vec!["ocsp", "-index", "authority.index", "-CA", "authority.pem", "-rsigner", "responder.pem"];
    arguments.extend(["-rkey", "responder.key", "-reqin", "asked.der", "-respout", "said.der", "-nmin", "5"]);
    pki.openssl(&arguments);
    let answer = OcspAnswer::from_der(&fs::read(pki.path("said.der")).unwrap()).unwrap();
    assert_eq!((answer.repeats(&nonce), answer.repeats(&[8; 16])), (Some(true), Some(false)));
    let later =
        |minutes: i64| Moment::from_millis(answer.this_update().unwrap().as_millis() + minutes * 60_000).unwrap();
    assert!(!answer.is_stale(later(4)) && answer.is_stale(later(6)));
    // `tryLater` is no answer.
    assert_eq!(OcspAnswer::from_der(&[0x30, 3, 0x0a, 1, 3]).err(), Some(DerFault::Form("OCSP answer")));
}
