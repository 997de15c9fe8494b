//! Whole sheets and partial ones: claims, digests and groups hold together, or a rule says why not.

use data_encoding::BASE64URL_NOPAD;
use hocba::transcript::contents::*;
use hocba::transcript::disclosure::{Disclosure, DisclosureFault, GroupDigest};
use hocba::transcript::groups::{Group, GroupSet};
use hocba::transcript::sheet::{Grade, Sheet, SheetClaims, SheetRule};
use hocba::transcript::time::Day;
use hocba::transcript::{Level, Moment, SheetId};
use proptest::prelude::*;
use serde_json::json;

use super::sample::{self, text};

#[test]
fn a_sheet_of_every_level_is_read() {
    for (claims, contents) in [sample::primary(), sample::secondary(), sample::older(), sample::continuing()] {
        let (payload, disclosures) = sample::seal(claims.clone(), &contents);
        let sheet = Sheet::parse(&payload, &disclosures).unwrap();
        assert!(*sheet.contents() == contents);
        assert_eq!(sheet.claims().code, claims.code);
        assert_eq!(sheet.groups(), GroupSet::ALL);
        assert_eq!(sheet.birth(), BirthDate::parse("2014-03-09"));
    }
}

type Change = fn(&mut SheetClaims, &mut Contents);

fn secondary(contents: &mut Contents) -> &mut SecondaryResults {
    match contents.results.as_mut() {
        Some(Results::Secondary(results)) => results,
        _ => panic!("a secondary sheet"),
    }
}

#[test]
fn each_rule_refuses_what_it_is_for() {
    let changes: [(Change, SheetRule, &str); 17] = [
        (|s, _| s.version = 2, SheetRule::Version, "/version"),
        (|s, _| s.sheet = SheetId::from_bytes(*s.code.as_bytes()), SheetRule::SameIds, "/idbanghi"),
        (|s, _| s.grade = Grade::new(5).unwrap(), SheetRule::Grade, "/makhoi"),
        (|s, _| s.grade = Grade::new(10).unwrap(), SheetRule::Grade, "/makhoi"),
        (|s, _| s.circular = text("hai hai"), SheetRule::Circular, "/thongtu"),
        (
            |s, _| s.frozen_at = Moment::parse("2025-07-31T23:59:59+07:00").unwrap(),
            SheetRule::FrozenBeforeYear,
            "/frozen_at",
        ),
        (
            |s, _| s.effective_from = Day::parse("2026-06-27").unwrap(),
            SheetRule::EffectiveBeforeFreeze,
            "/effective_from",
        ),
        (|_, c| c.name.as_mut().unwrap().birth = BirthDate::parse("2022").unwrap(), SheetRule::BirthDate, "/name"),
        (|_, c| c.name.as_mut().unwrap().birth = BirthDate::parse("1914-05").unwrap(), SheetRule::BirthDate, "/name"),
        (|_, c| c.name = None, SheetRule::GroupMissing, "/name"),
        (|_, c| c.identity = None, SheetRule::GroupMissing, "/identity"),
        (|_, c| c.staff = None, SheetRule::GroupMissing, "/staff"),
        (|_, c| c.results = None, SheetRule::GroupMissing, "/results"),
        (|_, c| secondary(c).promoted = None, SheetRule::Results, "/results/duoclenlop"),
        (|_, c| secondary(c).subjects.clear(), SheetRule::Results, "/results/monhoc"),
        (|_, c| secondary(c).subjects[1].code = text("01"), SheetRule::Results, "/results/monhoc"),
        (
            |_, c| c.comments.as_mut().unwrap().subjects[3].subject = text("02"),
            SheetRule::CommentRepeated,
            "/comments/nxetmonhoc/3",
        ),
    ];
    for (change, rule, pointer) in changes {
        let (mut claims, mut contents) = sample::secondary();
        change(&mut claims, &mut contents);
        let (payload, disclosures) = sample::seal(claims, &contents);
        let fault = Sheet::parse(&payload, &disclosures).unwrap_err();
        assert_eq!((fault.rule, fault.pointer.as_str()), (rule, pointer), "{fault}");
    }
}

#[test]
fn a_learner_who_is_not_assessed_may_have_no_results() {
    let (claims, mut contents) = sample::secondary();
    contents.policy.as_mut().unwrap().not_assessed = true;
    contents.results = Some(Results::Secondary(Box::default()));
    let (payload, disclosures) = sample::seal(claims, &contents);
    assert!(Sheet::parse(&payload, &disclosures).is_ok());
}

#[test]
fn exemptions_and_partial_birth_dates_are_ordinary() {
    let (claims, mut contents) = sample::secondary();
    secondary(&mut contents).subjects[8].year = Some(SubjectMark::Exempt);
    contents.name.as_mut().unwrap().birth = BirthDate::parse("2014").unwrap();
    contents.identity.as_mut().unwrap().personal_id = None;
    let (payload, disclosures) = sample::seal(claims, &contents);
    assert!(Sheet::parse(&payload, &disclosures).is_ok());
}

#[test]
fn primary_school_is_completed_in_grade_five() {
    let (mut claims, contents) = sample::primary();
    claims.grade = Grade::new(4).unwrap();
    let (payload, disclosures) = sample::seal(claims, &contents);
    let fault = Sheet::parse(&payload, &disclosures).unwrap_err();
    assert_eq!(fault.pointer, "/results/dahthanhctrinhtieuhoc");
}

/// A payload with one member changed, under the disclosures it was made with.
fn with_member(member: &str, value: serde_json::Value) -> Result<Sheet, (SheetRule, String)> {
    let (claims, contents) = sample::secondary();
    let (payload, disclosures) = sample::seal(claims, &contents);
    let mut payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    payload[member] = value;
    Sheet::parse(&serde_json::to_vec(&payload).unwrap(), &disclosures).map_err(|f| (f.rule, f.pointer))
}

#[test]
fn clear_claims_are_strict() {
    for (member, value) in [
        ("version", json!("1")),
        ("version", json!(1.0)),
        ("makhoi", json!(6)),
        ("makhoi", json!("6")),
        ("macaphoc", json!("06")),
        ("namhoc", json!("2025–2026")),
        ("trichluc", json!("false")),
        ("trichluc", json!(0)),
        ("frozen_at", json!("2026-06-28")),
        ("madinhdanhhocba", json!("0F8FAD5BD9CB469FA16570867728950E")),
    ] {
        let (rule, pointer) = with_member(member, value.clone()).unwrap_err();
        assert_eq!((rule, pointer), (SheetRule::Claims, format!("/{member}")), "{value}");
    }
    assert_eq!(with_member("hovaten", json!("A")).unwrap_err(), (SheetRule::Claims, "/hovaten".into()));
    assert_eq!(with_member("province", json!({})).unwrap_err(), (SheetRule::Claims, "/province".into()));
    assert!(with_member("extensions", json!({"anything": [1, "two", null]})).is_ok());
    assert_eq!(with_member("extensions", json!({"mark": 8.5})).unwrap_err().0, SheetRule::Claims);
}

#[test]
fn digests_and_disclosures_match_one_to_one() {
    let (claims, contents) = sample::secondary();
    let (payload, disclosures) = sample::seal(claims.clone(), &contents);
    let rule = |payload: &[u8], disclosures: &[Disclosure]| Sheet::parse(payload, disclosures).unwrap_err().rule;

    assert_eq!(rule(&payload, &disclosures[1..]), SheetRule::DigestNotOpened);
    let twice = [&disclosures[..], &disclosures[..1]].concat();
    assert_eq!(rule(&payload, &twice), SheetRule::DisclosureNotCommitted);

    let other = Disclosure::new(Group::Policy, &[9; 16], &PolicyGroup::default()).unwrap();
    let mut swapped = disclosures.clone();
    swapped[3] = other.clone();
    assert_eq!(rule(&payload, &swapped), SheetRule::DisclosureNotCommitted);

    let mut decoy = claims.clone();
    decoy.commit_to(&disclosures[..8]);
    decoy.digests.push(GroupDigest::of_encoded("decoy"));
    let decoy = serde_json::to_vec(&decoy).unwrap();
    assert_eq!(rule(&decoy, &disclosures[..8]), SheetRule::DigestNotOpened);

    let mut two_policies = claims.clone();
    let policies = [&disclosures[..8], &[other]].concat();
    two_policies.commit_to(&policies);
    let two_policies = serde_json::to_vec(&two_policies).unwrap();
    assert_eq!(rule(&two_policies, &policies), SheetRule::GroupRepeated);

    let mut repeated = claims.clone();
    repeated.commit_to(&disclosures);
    repeated.digests[1] = repeated.digests[0];
    assert_eq!(rule(&serde_json::to_vec(&repeated).unwrap(), &disclosures), SheetRule::Digests);
    repeated.digests = (0..10).map(|i| GroupDigest::of_encoded(&i.to_string())).collect();
    assert_eq!(rule(&serde_json::to_vec(&repeated).unwrap(), &disclosures), SheetRule::Digests);

    for algorithm in [json!("sha-512"), json!(null), json!("SHA-256")] {
        assert_eq!(with_member("_sd_alg", algorithm).unwrap_err().0, SheetRule::DigestAlgorithm);
    }
    assert_eq!(with_member("_sd", json!(["kurz"])).unwrap_err(), (SheetRule::Claims, "/_sd/0".into()));
}

#[test]
fn a_group_of_the_wrong_type_is_named_to_the_member() {
    let (mut claims, contents) = sample::secondary();
    let (_, mut disclosures) = sample::seal(claims.clone(), &contents);
    let mut value: serde_json::Value = serde_json::from_slice(disclosures[7].value()).unwrap();
    value["monhoc"][3]["diemcanam"] = json!("9.75");
    disclosures[7] = Disclosure::new(Group::Results, &[7; 16], &value).unwrap();
    claims.commit_to(&disclosures);
    let fault = Sheet::parse(&serde_json::to_vec(&claims).unwrap(), &disclosures).unwrap_err();
    assert_eq!((fault.rule, fault.pointer.as_str()), (SheetRule::Group, "/results/monhoc/3/diemcanam"));
    assert!(!fault.to_string().contains("9.75"), "{fault}");
}

#[test]
fn a_partial_sheet_opens_with_what_was_shown() {
    let (claims, contents) = sample::secondary();
    let (payload, disclosures) = sample::seal(claims, &contents);
    let shown: Vec<_> = disclosures.into_iter().filter(|d| GroupSet::BIRTH_DATE.contains(d.group())).collect();
    let sheet = Sheet::open(&payload, &shown).unwrap();
    assert_eq!(sheet.groups(), GroupSet::BIRTH_DATE);
    assert!(sheet.contents().identity.is_none());
    assert!(Sheet::open(&payload, &[]).unwrap().birth().is_none());
    assert_eq!(Sheet::parse(&payload, &shown).unwrap_err().rule, SheetRule::DigestNotOpened);
    let foreign = Disclosure::new(Group::Family, &[9; 16], &FamilyGroup::default()).unwrap();
    assert_eq!(Sheet::open(&payload, &[foreign]).unwrap_err().rule, SheetRule::DisclosureNotCommitted);
}

#[test]
fn rule_names_are_stable_and_distinct() {
    let names: std::collections::BTreeSet<_> = SheetRule::ALL.iter().map(|r| r.name()).collect();
    assert_eq!(names.len(), SheetRule::ALL.len());
    assert!(names.iter().all(|n| n.starts_with("sheet.")));
}

#[test]
fn a_sheet_does_not_print_itself() {
    let (claims, contents) = sample::secondary();
    let (payload, disclosures) = sample::seal(claims, &contents);
    let printed = format!("{:?} {:?}", Sheet::parse(&payload, &disclosures).unwrap(), disclosures);
    assert!(!printed.contains("Dương") && !printed.contains("0f0f"), "{printed}");
}

/// The example of RFC 9901 §4.2.3: this salt, name and value give this digest.
#[test]
fn the_digest_is_that_of_rfc_9901() {
    let encoded = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    assert_eq!(GroupDigest::of_encoded(encoded).to_string(), "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY");
}

#[test]
fn disclosures_are_salt_group_and_value() {
    let encode = |json: &str| BASE64URL_NOPAD.encode(json.as_bytes());
    let salt = BASE64URL_NOPAD.encode(&[1; 16]);
    let parse = |json: &str| Disclosure::from_encoded(&encode(json));
    let good = format!("[\"{salt}\", \"policy\" , {{\"a\": 1}} ]");
    let read = parse(&good).unwrap();
    assert_eq!((read.value(), read.salt()), (&b"{\"a\": 1}"[..], &[1u8; 16][..]));
    assert_eq!(read.encoded(), encode(&good));
    assert_eq!(read.digest(), GroupDigest::of_encoded(&encode(&good)));
    assert_eq!(Disclosure::from_json(good.as_bytes()), Ok(read));
    for (json, fault) in [
        ("[]".to_owned(), DisclosureFault::Shape),
        (format!("[\"{salt}\",\"policy\"]"), DisclosureFault::Shape),
        (format!("[\"{salt}\",\"policy\",1,2]"), DisclosureFault::Shape),
        (format!("[\"{salt}\",\"policy\",1]x"), DisclosureFault::Shape),
        (format!("{{\"{salt}\":1}}"), DisclosureFault::Shape),
        ("[1,\"policy\",1]".to_owned(), DisclosureFault::Shape),
        (format!("[\"{}\",\"policy\",1]", &salt[..20]), DisclosureFault::Salt),
        (format!("[\"{salt}=\",\"policy\",1]"), DisclosureFault::Salt),
        (format!("[\"{salt}\",\"Policy\",1]"), DisclosureFault::UnknownGroup),
        (format!("[\"{salt}\",\"\",1]"), DisclosureFault::UnknownGroup),
    ] {
        assert_eq!(parse(&json), Err(fault), "{json}");
    }
    for encoded in ["W10=", "W 10", "W1", "", "W11"] {
        assert!(Disclosure::from_encoded(encoded).is_err(), "{encoded:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_flipped_bit_in_the_payload_never_panics(at in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let (claims, contents) = sample::secondary();
        let (mut payload, disclosures) = sample::seal(claims, &contents);
        let at = at.index(payload.len());
        payload[at] ^= 1 << bit;
        let _ = Sheet::parse(&payload, &disclosures);
        let _ = Sheet::open(&payload, &disclosures[..3]);
    }

    #[test]
    fn a_changed_disclosure_is_never_the_committed_one(
        which in 0usize..9,
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let (claims, contents) = sample::secondary();
        let (payload, mut disclosures) = sample::seal(claims, &contents);
        let mut json = disclosures[which].json().to_vec();
        let at = at.index(json.len());
        prop_assume!(json[at] != byte);
        json[at] = byte;
        if let Ok(changed) = Disclosure::from_json(json) {
            disclosures[which] = changed;
            prop_assert_eq!(Sheet::parse(&payload, &disclosures).unwrap_err().rule, SheetRule::DisclosureNotCommitted);
        }
    }

    #[test]
    fn no_bytes_make_the_disclosure_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in any::<String>()) {
        let _ = Disclosure::from_json(bytes);
        let _ = Disclosure::from_encoded(&text);
    }
}

#[test]
fn levels_below_and_above_are_kept_apart() {
    for level in Level::ALL {
        for grade in 1..=12 {
            let (_, contents) = match level {
                Level::Primary => sample::primary(),
                _ => sample::secondary(),
            };
            let circular = if level == Level::Primary { "27/2020" } else { "22/2021" };
            let mut contents = contents;
            if let Some(Results::Primary(results)) = contents.results.as_mut() {
                results.completed_primary = None;
            }
            let (payload, disclosures) = sample::seal(sample::claims(level, grade, circular), &contents);
            let read = Sheet::parse(&payload, &disclosures);
            assert_eq!(read.is_ok(), level.grades().contains(&grade), "{level:?} {grade}");
        }
    }
}
