//! Who may sign what: one case for each rule.

use hocba::signing::grant::{Holder, KeyClaims, Role};
use hocba::signing::jwk::Jwk;
use hocba::signing::jws::{Jws, ObjectType};
use hocba::signing::keyring::Signer;
use hocba::signing::{KeyEntryFault, KeyRefusal, KeyRing, Kid, PrivateKey, SignatureFault};
use hocba::transcript::level::Level;
use hocba::transcript::sheet::SheetClaims;
use hocba::transcript::status::StatusClaims;
use hocba::transcript::strict;
use hocba::transcript::text::Text;

use crate::package::samples::{
    bare_ring, claims, disclosures, ed25519, grant, grant_claims, head, id, institution, moment, named, p256, province,
    province_grant, province_holder, quang_ninh, revocation, ring, root, school, sheet_by, sign_claims, suspension,
    tran_phu,
};

fn add(ring: &mut KeyRing, entry: &Jws, position: u64) {
    let checked = ring.check_entry(entry, position).unwrap();
    ring.apply(checked, position);
}

fn entry_rule(ring: &KeyRing, entry: &Jws) -> &'static str {
    let fault = ring.check_entry(entry, 9).unwrap_err();
    let words = fault.words();
    assert!(words.message_vi.len() > 10 && words.remedy.len() > 10 && words.remedy_vi.len() > 10);
    assert!(!fault.to_string().is_empty());
    fault.rule()
}

fn granted_as(change: impl FnOnce(&mut serde_json::Value)) -> Jws {
    let mut json = serde_json::to_value(grant_claims(&ed25519("new"), province_holder(), Role::Province)).unwrap();
    change(&mut json);
    sign_claims(ObjectType::Key, &json, &root())
}

fn hai_phong(predecessors: Vec<hocba::transcript::province::ProvinceId>) -> Holder {
    Holder::Province { province: named("31", "2025-07-01", "Hải Phòng"), predecessors }
}

#[test]
fn entries_that_are_not_one() {
    let ring = bare_ring();
    assert_eq!(entry_rule(&ring, &suspension(1)), "key.payload");
    assert_eq!(entry_rule(&ring, &granted_as(|j| j["surplus"] = 1.into())), "key.payload");
    assert_eq!(entry_rule(&ring, &granted_as(|j| j["version"] = 2.into())), "key.version");
    assert_eq!(entry_rule(&ring, &granted_as(|j| j["jwk"]["x"] = "AA".into())), "key.bad_jwk");
    // A point of low order verifies anything.
    let weak = data_encoding::BASE64URL_NOPAD.encode(&[0; 32]);
    assert_eq!(entry_rule(&ring, &granted_as(|j| j["jwk"]["x"] = weak.into())), "key.bad_jwk");
    assert_eq!(entry_rule(&ring, &granted_as(|j| j["valid_to"] = j["valid_from"].clone())), "key.bad_period");
    let too_long = |j: &mut serde_json::Value| j["valid_to"] = "2056-06-30T23:59:59+07:00".into();
    assert_eq!(entry_rule(&ring, &granted_as(too_long)), "key.bad_period");
}

#[test]
fn holders_and_roles() {
    let ring = ring();
    let new = ed25519("new");
    let cases = [
        (Holder::Ministry, Role::Province),
        (Holder::Ministry, Role::Head),
        (province_holder(), Role::Root),
        (province_holder(), Role::Institution),
        (tran_phu(), Role::Province),
        (tran_phu(), Role::Root),
        (school(quang_ninh(), "22000701", &[]), Role::Head),
        (school(quang_ninh(), "22000701", &[Level::Primary, Level::Primary]), Role::Head),
        (school(named("00", "2025-07-01", "x"), "22000701", &[Level::Primary]), Role::Head),
        (Holder::Province { province: named("00", "2025-07-01", "x"), predecessors: vec![] }, Role::Province),
    ];
    for (holder, role) in cases {
        let shown = format!("{holder:?} {role:?}");
        assert_eq!(entry_rule(&ring, &grant(&new, holder, role, &root())), "key.bad_holder", "{shown}");
    }
    let old = id("31", "2004-07-08");
    for predecessors in [
        vec![old, old],
        vec![id("31", "2025-07-01")],
        vec![id("30", "2025-07-01")],
        vec![id("30", "2030-01-01")],
        vec![id("00", "2004-07-08")],
    ] {
        let entry = grant(&new, hai_phong(predecessors), Role::Province, &root());
        assert_eq!(entry_rule(&ring, &entry), "key.predecessors");
    }
}

#[test]
fn who_may_grant() {
    let mut ring = ring();
    let new = ed25519("new");
    // Provinces come from the root only, and school keys from their province only.
    assert_eq!(entry_rule(&ring, &grant(&new, hai_phong(vec![]), Role::Province, &province())), "key.not_allowed");
    assert_eq!(entry_rule(&ring, &grant(&new, Holder::Ministry, Role::Root, &province())), "key.not_allowed");
    assert_eq!(entry_rule(&ring, &grant(&new, tran_phu(), Role::Head, &root())), "key.not_allowed");
    assert_eq!(entry_rule(&ring, &grant(&new, tran_phu(), Role::Head, &head())), "key.not_allowed");
    assert_eq!(entry_rule(&ring, &grant(&new, tran_phu(), Role::Head, &ed25519("nobody"))), "key.unknown");
    let foreign = school(named("31", "2025-07-01", "Hải Phòng"), "31000701", &[Level::Primary]);
    assert_eq!(entry_rule(&ring, &grant(&new, foreign.clone(), Role::Head, &province())), "key.not_allowed");
    // Schools of a merged province belong to its heir.
    let inherited = school(named("22", "2004-07-08", "Quảng Ninh"), "22000701", &[Level::Primary]);
    let checked = ring.check_entry(&grant(&new, inherited, Role::Teacher, &province()), 9).unwrap();
    assert_eq!(checked.signer(), Signer::Province(id("22", "2025-07-01")));
    assert!(checked.is_grant() && checked.kid() == new.public().kid());
    // The root grants its successor, and both grant from then on.
    add(&mut ring, &grant(&ed25519("root 2"), Holder::Ministry, Role::Root, &root()), 9);
    add(&mut ring, &grant(&ed25519("31"), hai_phong(vec![]), Role::Province, &ed25519("root 2")), 10);
    assert_eq!(
        ring.check_entry(&revocation(new.public().kid(), &root()), 11).unwrap_err().rule(),
        "key.unknown_target"
    );
}

#[test]
fn a_key_is_granted_once() {
    let mut ring = ring();
    assert_eq!(entry_rule(&ring, &province_grant()), "key.already_granted");
    assert_eq!(entry_rule(&ring, &grant(&root(), hai_phong(vec![]), Role::Province, &root())), "key.already_granted");
    add(&mut ring, &revocation(head().public().kid(), &province()), 5);
    assert_eq!(entry_rule(&ring, &grant(&head(), tran_phu(), Role::Head, &province())), "key.already_granted");
}

#[test]
fn who_may_revoke() {
    let mut ring = ring();
    let kid = |key: &PrivateKey| key.public().kid();
    assert_eq!(entry_rule(&ring, &revocation(kid(&ed25519("nobody")), &root())), "key.unknown_target");
    assert_eq!(entry_rule(&ring, &revocation(kid(&province()), &province())), "key.not_allowed");
    assert_eq!(entry_rule(&ring, &revocation(kid(&root()), &province())), "key.not_allowed");
    assert_eq!(entry_rule(&ring, &revocation(kid(&institution()), &head())), "key.not_allowed");
    assert_eq!(entry_rule(&ring, &revocation(kid(&root()), &root())), "key.last_root");
    add(&mut ring, &revocation(kid(&head()), &province()), 5);
    assert_eq!(entry_rule(&ring, &revocation(kid(&head()), &root())), "key.already_revoked");
    add(&mut ring, &revocation(kid(&institution()), &root()), 6);
    add(&mut ring, &revocation(kid(&province()), &root()), 7);
    assert_eq!(entry_rule(&ring, &grant(&ed25519("x"), tran_phu(), Role::Head, &province())), "key.revoked");
    add(&mut ring, &grant(&ed25519("root 2"), Holder::Ministry, Role::Root, &root()), 8);
    add(&mut ring, &revocation(kid(&root()), &ed25519("root 2")), 9);
    assert_eq!(entry_rule(&ring, &revocation(kid(&ed25519("root 2")), &ed25519("root 2"))), "key.last_root");
}

#[test]
fn the_signature_of_an_entry_must_hold() {
    let ring = ring();
    let payload = serde_json::to_vec(&grant_claims(&ed25519("new"), tran_phu(), Role::Head)).unwrap();
    let two = [(&province(), None), (&root(), None)];
    let entry = Jws::sign(ObjectType::Key, payload.clone(), &two, vec![]).unwrap();
    assert_eq!(entry_rule(&ring, &entry), "key.signature_count");
    let bound = Jws::sign(ObjectType::Key, payload, &[(&province(), Some(Kid([1; 32])))], vec![]).unwrap();
    assert_eq!(entry_rule(&ring, &bound), "key.certificate_mismatch");
    let forged = forge(&grant(&ed25519("new"), tran_phu(), Role::Head, &province()), 0);
    assert_eq!(entry_rule(&ring, &forged), "key.bad_signature");
    // An entry from a verified ledger is taken without looking at the signature again.
    assert!(ring.recall_entry(&forged, 9).unwrap().is_grant());
    let mut early = serde_json::to_value(grant_claims(&ed25519("new"), tran_phu(), Role::Head)).unwrap();
    early["issued_at"] = "2025-06-30T23:59:59+07:00".into();
    assert_eq!(entry_rule(&ring, &sign_claims(ObjectType::Key, &early, &province())), "key.not_yet_valid");
}

/// The object with the last byte of one signature changed.
fn forge(jws: &Jws, signature: usize) -> Jws {
    let mut json: serde_json::Value = serde_json::from_slice(&jws.to_json(hocba::transcript::GroupSet::ALL)).unwrap();
    let text = json["signatures"][signature]["signature"].as_str().unwrap().to_owned();
    let other = if text.starts_with('A') { "B" } else { "A" };
    json["signatures"][signature]["signature"] = format!("{other}{}", &text[1..]).into();
    Jws::parse(&serde_json::to_vec(&json).unwrap()).unwrap()
}

#[test]
fn judged_at_the_claimed_time_and_the_position() {
    let mut ring = ring();
    let kid = head().public().kid();
    add(&mut ring, &revocation(kid, &province()), 6);
    let judge = |at: &str, position| ring.judge(&kid, None, moment(at), position).map(|g| g.role);
    let within = "2026-05-29T16:30:00+07:00";
    assert_eq!(judge(within, 5), Ok(Role::Head));
    assert_eq!(judge(within, 2), Ok(Role::Head));
    // A revocation counts from its own position on and never before; a grant likewise.
    assert_eq!(judge(within, 6), Err(KeyRefusal::Revoked));
    assert_eq!(judge(within, 7), Err(KeyRefusal::Revoked));
    assert_eq!(judge(within, 1), Err(KeyRefusal::Unknown));
    assert_eq!(judge("2025-07-01T00:00:00+07:00", 5), Ok(Role::Head));
    assert_eq!(judge("2025-06-30T23:59:59+07:00", 5), Err(KeyRefusal::NotYetValid));
    assert_eq!(judge("2030-06-30T23:59:59+07:00", 5), Ok(Role::Head));
    assert_eq!(judge("2030-07-01T00:00:00+07:00", 5), Err(KeyRefusal::Expired));
    let other = Kid([3; 32]);
    assert_eq!(ring.judge(&kid, Some(&other), moment(within), 5).err(), Some(KeyRefusal::CertificateMismatch));
    assert_eq!(ring.judge(&other, None, moment(within), 5).err(), Some(KeyRefusal::Unknown));
}

#[test]
fn a_clone_does_not_see_later_changes() {
    let before = ring();
    let mut after = before.clone();
    add(&mut after, &revocation(head().public().kid(), &province()), 6);
    assert!(before.get(&head().public().kid()).unwrap().revoked_at.is_none());
    assert_eq!(after.get(&head().public().kid()).unwrap().revoked_at, Some(6));
    let order: Vec<Kid> = after.iter().map(|g| g.kid).collect();
    assert_eq!(order, [root(), province(), head(), institution()].map(|k| k.public().kid()));
    assert!(!after.is_empty() && after.len() == 4);
}

#[test]
fn applying_twice_changes_nothing() {
    let mut ring = ring();
    let revoke = ring.check_entry(&revocation(head().public().kid(), &province()), 6).unwrap();
    ring.apply(revoke.clone(), 6);
    ring.apply(revoke, 8);
    assert_eq!(ring.get(&head().public().kid()).unwrap().revoked_at, Some(6));
    let mut bare = bare_ring();
    let granted = bare.check_entry(&province_grant(), 1).unwrap();
    bare.apply(granted.clone(), 1);
    bare.apply(granted, 5);
    assert_eq!((bare.len(), bare.get(&province().public().kid()).unwrap().granted_at), (2, 1));
}

#[test]
fn merged_provinces_are_inherited_over_several_mergers() {
    let mut ring = bare_ring();
    let (old, merged, later) = (id("27", "2004-07-08"), id("24", "2025-07-01"), id("24", "2031-07-01"));
    let holder = |province, predecessors| Holder::Province { province, predecessors };
    let bac_ninh = named("24", "2025-07-01", "Bắc Ninh");
    add(&mut ring, &grant(&ed25519("a"), holder(bac_ninh.clone(), vec![old]), Role::Province, &root()), 1);
    add(
        &mut ring,
        &grant(&ed25519("b"), holder(named("24", "2031-07-01", "x"), vec![merged]), Role::Province, &root()),
        2,
    );
    assert!(ring.inherits(merged, old) && ring.inherits(later, merged) && ring.inherits(later, old));
    assert!(ring.inherits(old, old));
    assert!(
        !ring.inherits(old, merged) && !ring.inherits(merged, later) && !ring.inherits(merged, id("24", "2004-07-08"))
    );
    // A renewed key that names no predecessors takes nothing away.
    add(&mut ring, &grant(&ed25519("c"), holder(bac_ninh, vec![]), Role::Province, &root()), 3);
    assert!(ring.inherits(merged, old));
}

fn sheet_with(change: impl FnOnce(&mut SheetClaims), signers: &[(&PrivateKey, Option<Kid>)]) -> (Jws, SheetClaims) {
    let mut claims = claims(1);
    change(&mut claims);
    (sheet_by(&claims, disclosures(1), signers), claims)
}

fn refused(ring: &KeyRing, (jws, claims): &(Jws, SheetClaims)) -> (&'static str, String) {
    let fault = ring.check_sheet_signatures(jws, claims, 9).unwrap_err();
    (fault.refusal.rule(), fault.pointer())
}

#[test]
fn head_and_institution_sign_a_sheet() {
    let ring = ring();
    let both = [(&head(), None), (&institution(), None)];
    let (jws, claims) = sheet_with(|_| {}, &both);
    let signers = ring.check_sheet_signatures(&jws, &claims, 9).unwrap();
    assert_eq!(signers.head.kid, head().public().kid());
    assert_eq!(signers.institution.kid, institution().public().kid());
    assert!(signers.others.is_empty());
    // In any order.
    let (jws, claims) = sheet_with(|_| {}, &[(&institution(), None), (&head(), None)]);
    ring.check_sheet_signatures(&jws, &claims, 9).unwrap();

    let at = |i: usize| format!("/signatures/{i}");
    assert_eq!(refused(&ring, &sheet_with(|_| {}, &both[..1])), ("key.missing_institution", "/signatures".into()));
    assert_eq!(refused(&ring, &sheet_with(|_| {}, &both[1..])), ("key.missing_head", "/signatures".into()));
    let unknown = sheet_with(|_| {}, &[(&head(), None), (&ed25519("nobody"), None)]);
    assert_eq!(refused(&ring, &unknown), ("key.unknown", at(1)));
    let of_province = sheet_with(|_| {}, &[both[0], both[1], (&province(), None)]);
    assert_eq!(refused(&ring, &of_province), ("key.wrong_role", at(2)));
    let elsewhere = sheet_with(|c| c.school = Text::new("22000702").unwrap(), &both);
    assert_eq!(refused(&ring, &elsewhere), ("key.wrong_school", at(0)));
    let primary = sheet_with(|c| c.level = Level::Primary, &both);
    assert_eq!(refused(&ring, &primary), ("key.wrong_level", at(0)));
    let old_list = sheet_with(|c| c.province = named("22", "2004-07-08", "Quảng Ninh"), &both);
    assert_eq!(refused(&ring, &old_list), ("key.wrong_province", at(0)));
    let late = sheet_with(|c| c.frozen_at = moment("2030-07-01T00:00:00+07:00"), &both);
    assert_eq!(refused(&ring, &late), ("key.expired", at(0)));
    let early = sheet_with(|c| c.frozen_at = moment("2025-06-30T00:00:00+07:00"), &both);
    assert_eq!(refused(&ring, &early), ("key.not_yet_valid", at(0)));
    let bound = sheet_with(|_| {}, &[both[0], (&institution(), Some(Kid([1; 32])))]);
    assert_eq!(refused(&ring, &bound), ("key.certificate_mismatch", at(1)));
    let (jws, claims) = sheet_with(|_| {}, &both);
    for i in 0..2 {
        assert_eq!(refused(&ring, &(forge(&jws, i), claims.clone())), ("key.bad_signature", at(i)));
    }
}

#[test]
fn a_sheet_after_the_revocation_is_refused_and_before_it_stands() {
    let mut ring = ring();
    add(&mut ring, &revocation(institution().public().kid(), &province()), 6);
    let (jws, claims) = sheet_with(|_| {}, &[(&head(), None), (&institution(), None)]);
    ring.check_sheet_signatures(&jws, &claims, 5).unwrap();
    let fault = ring.check_sheet_signatures(&jws, &claims, 6).unwrap_err();
    assert_eq!(fault, SignatureFault { signature: Some(1), refusal: KeyRefusal::Revoked });
}

#[test]
fn further_signatures_are_kept_and_must_not_fail() {
    let mut ring = ring();
    let teacher = p256("teacher");
    let other_school = school(quang_ninh(), "22000702", &[Level::Primary]);
    add(&mut ring, &grant(&teacher, other_school, Role::Teacher, &province()), 5);
    let stranger = ed25519("stranger");
    let all = [(&teacher, None), (&head(), None), (&stranger, None), (&institution(), None)];
    let (jws, claims) = sheet_with(|_| {}, &all);
    let signers = ring.check_sheet_signatures(&jws, &claims, 9).unwrap();
    let others: Vec<_> = signers.others.iter().map(|o| (o.kid, o.granted.is_some())).collect();
    assert_eq!(others, [(teacher.public().kid(), true), (stranger.public().kid(), false)]);
    assert_eq!(refused(&ring, &(forge(&jws, 0), claims.clone())), ("key.bad_signature", "/signatures/0".into()));
    // Nothing can be said about a key nobody granted.
    ring.check_sheet_signatures(&forge(&jws, 2), &claims, 9).unwrap();
    // A second head of the same school is a further signature.
    let second = ed25519("second head");
    add(&mut ring, &grant(&second, tran_phu(), Role::Head, &province()), 6);
    let (jws, claims) = sheet_with(|_| {}, &[(&head(), None), (&second, None), (&institution(), None)]);
    let signers = ring.check_sheet_signatures(&jws, &claims, 9).unwrap();
    assert_eq!((signers.head.kid, signers.others.len()), (head().public().kid(), 1));
}

#[test]
fn certificates_are_bound_by_the_grant() {
    let mut ring = ring();
    let (key, certificate) = (p256("bound"), Kid([9; 32]));
    let KeyClaims::Grant { version, holder, role, jwk, valid_from, valid_to, issued_at, extensions, .. } =
        grant_claims(&key, tran_phu(), Role::Head)
    else {
        panic!()
    };
    let bound = Some(certificate);
    let claims = KeyClaims::Grant {
        version,
        holder,
        role,
        jwk,
        certificate: bound,
        valid_from,
        valid_to,
        issued_at,
        extensions,
    };
    add(&mut ring, &sign_claims(ObjectType::Key, &claims, &province()), 5);
    let (jws, claims) = sheet_with(|_| {}, &[(&key, bound), (&institution(), None)]);
    ring.check_sheet_signatures(&jws, &claims, 9).unwrap();
    let without = sheet_with(|_| {}, &[(&key, None), (&institution(), None)]);
    assert_eq!(refused(&ring, &without), ("key.certificate_mismatch", "/signatures/0".into()));
}

fn status(by: &PrivateKey) -> (Jws, StatusClaims) {
    let payload = suspension(1).payload().to_vec();
    let claims = strict::from_slice(&payload, 64 << 10).unwrap();
    (Jws::sign(ObjectType::Status, payload, &[(by, None)], vec![]).unwrap(), claims)
}

#[test]
fn statuses_come_from_the_responsible_province_or_the_ministry() {
    let ring = ring();
    let own = id("22", "2025-07-01");
    let check = |by: &PrivateKey, responsible| {
        let (jws, claims) = status(by);
        ring.check_status_signature(&jws, &claims, responsible, 9)
    };
    assert_eq!(check(&province(), own), Ok(Signer::Province(own)));
    assert_eq!(check(&province(), id("22", "2004-07-08")), Ok(Signer::Province(own)));
    assert_eq!(check(&province(), id("31", "2025-07-01")), Err(KeyRefusal::WrongProvince));
    assert_eq!(check(&root(), own), Ok(Signer::Ministry));
    assert_eq!(check(&head(), own), Err(KeyRefusal::WrongRole));
    assert_eq!(check(&ed25519("nobody"), own), Err(KeyRefusal::Unknown));
    let (jws, claims) = status(&province());
    assert_eq!(ring.check_status_signature(&forge(&jws, 0), &claims, own, 9), Err(KeyRefusal::BadSignature));
}

#[test]
fn backfills_come_from_the_root() {
    let ring = ring();
    let entry = |by: &PrivateKey| sign_claims(ObjectType::Backfill, &serde_json::json!({"version": 1}), by);
    let at = moment("2026-06-25T10:00:00+07:00");
    assert_eq!(ring.check_backfill_signature(&entry(&root()), at, 9), Ok(()));
    assert_eq!(ring.check_backfill_signature(&entry(&province()), at, 9), Err(KeyRefusal::WrongRole));
}

#[test]
fn a_root_that_is_not_a_key_is_refused() {
    let jwk = Jwk { crv: None, e: None, kty: "oct".into(), n: None, x: None, y: None };
    assert!(KeyRing::new(&[jwk]).is_err());
    assert!(KeyRing::new(&[]).unwrap().is_empty());
    assert!(matches!(
        KeyRing::new(&[]).unwrap().check_entry(&province_grant(), 1),
        Err(KeyEntryFault::Signature(KeyRefusal::Unknown))
    ));
}

#[test]
fn large_rings_are_shared_by_clones() {
    let mut ring = ring();
    let template = ring.check_entry(&grant(&ed25519("t"), tran_phu(), Role::Teacher, &province()), 4).unwrap();
    ring.apply(template, 4);
    // Made without signatures: what is shown is that a large ring is cheap to keep, share and ask.
    for n in 0..2000u32 {
        let key = ed25519(&format!("teacher {n}"));
        let entry = ring.recall_entry(&grant(&key, tran_phu(), Role::Teacher, &province()), 5).unwrap();
        ring.apply(entry, 5);
    }
    let clones: Vec<KeyRing> = (0..100_000).map(|_| ring.clone()).collect();
    assert!(clones.iter().all(|c| c.len() == 2005));
}
