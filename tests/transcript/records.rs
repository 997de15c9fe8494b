//! Records: canonical bytes, read in place.

use hocba::tlog::leaf::{Kind, Leaf, commitment, leaf_of};
use hocba::transcript::record::*;
use hocba::transcript::status::Status;
use hocba::transcript::time::Day;
use hocba::transcript::{Level, Moment, SchoolYear, SheetId, TranscriptCode};
use proptest::prelude::*;

fn leaf() -> impl Strategy<Value = LeafParts> {
    (
        any::<(u64, u64, [u8; 2], u32, u16)>(),
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
        proptest::collection::vec(any::<u8>(), 0..60),
    )
        .prop_map(|((index, logged_at, province, vintage, year), blind, signed_digest, facts)| LeafParts {
            index,
            logged_at,
            province,
            vintage,
            year,
            blind,
            signed_digest,
            facts: facts.into(),
        })
}

fn certified() -> impl Strategy<Value = Certified> {
    (any::<[u64; 3]>(), -9_000_000_000_000i64..9_000_000_000_000).prop_map(|([head, institution, package], millis)| {
        Certified { head, institution, package, frozen_at: Moment::from_millis(millis).unwrap() }
    })
}

fn sheet() -> impl Strategy<Value = SheetEntry> {
    (
        leaf(),
        any::<[u8; 16]>(),
        1976u16..2200,
        any::<u8>(),
        (1i16..9999, 1i8..=12, 1i8..=28),
        (any::<bool>(), proptest::option::of(certified())),
        ".{0,12}",
    )
        .prop_map(|(leaf, id, year, grade, (y, m, d), (trichluc, certified), name)| SheetEntry {
            leaf,
            sheet: SheetId::from_bytes(id),
            school_year: SchoolYear::starting(year).unwrap(),
            grade,
            effective_from: Day::from(jiff::civil::Date::new(y, m, d).unwrap()),
            trichluc,
            province_name: name.into(),
            certified,
        })
}

fn status() -> impl Strategy<Value = StatusEntry> {
    let id = || proptest::option::of(any::<[u8; 16]>().prop_map(SheetId::from_bytes));
    (leaf(), 1u8..=6, id(), id(), -9_000_000_000_000i64..9_000_000_000_000, any::<bool>()).prop_map(
        |(leaf, status, sheet, replacement, millis, by_ministry)| StatusEntry {
            leaf,
            status: Status::from_number(status).unwrap(),
            sheet,
            replacement,
            effective_at: Moment::from_millis(millis).unwrap(),
            by_ministry,
        },
    )
}

fn record() -> impl Strategy<Value = Record> {
    let transcript = (
        any::<[u8; 16]>(),
        0usize..4,
        proptest::collection::vec(sheet(), 0..5),
        proptest::collection::vec(status(), 0..4),
    )
        .prop_map(|(code, level, sheets, statuses)| {
            Record::Transcript(TranscriptRecord {
                code: TranscriptCode::from_bytes(code),
                level: Level::ALL[level],
                sheets,
                statuses,
            })
        });
    let pointer = any::<([u8; 16], [u8; 16])>().prop_map(|(sheet, code)| Record::SheetPointer {
        sheet: SheetId::from_bytes(sheet),
        code: TranscriptCode::from_bytes(code),
    });
    let role = prop_oneof![
        Just(CertifiedRole::Head),
        Just(CertifiedRole::Institution),
        Just(CertifiedRole::Teacher),
        Just(CertifiedRole::Office)
    ];
    let bound = (role, any::<[u8; 32]>(), proptest::option::of(any::<[u8; 32]>()))
        .prop_map(|(role, certificate, previous)| BoundGrant { role, certificate, previous });
    let grant = (any::<([u8; 32], u64)>(), proptest::option::of(bound))
        .prop_map(|((kid, leaf), bound)| Record::GrantPointer { kid, leaf, bound });
    let newest = any::<[u8; 32]>().prop_map(|kid| Record::NewestBound { kid });
    prop_oneof![4 => transcript, 1 => pointer, 1 => grant, 1 => newest]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_record_survives(record in record()) {
        let bytes = record.encode();
        prop_assert_eq!(&Record::decode(&bytes).unwrap(), &record);
        prop_assert_eq!(record.encode(), bytes);
    }

    #[test]
    fn every_accepted_encoding_is_canonical(record in record(), at in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = record.encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = Record::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
    }

    #[test]
    fn a_cut_or_longer_record_is_refused(record in record(), at in any::<proptest::sample::Index>()) {
        let mut bytes = record.encode();
        prop_assert!(Record::decode(&bytes[..at.index(bytes.len())]).is_err());
        bytes.push(0);
        prop_assert!(Record::decode(&bytes).is_err());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Record::decode(&bytes);
        let _ = Record::decode(&[&[1, 1][..], &bytes].concat());
    }

    #[test]
    fn the_view_shows_what_the_record_holds(record in record()) {
        let bytes = record.encode();
        match (RecordView::parse(&bytes).unwrap(), &record) {
            (RecordView::Transcript(view), Record::Transcript(owned)) => {
                prop_assert_eq!(view.sheets().map(SheetView::to_entry).collect::<Vec<_>>(), owned.sheets.clone());
                prop_assert_eq!(view.statuses().map(StatusView::to_entry).collect::<Vec<_>>(), owned.statuses.clone());
                prop_assert_eq!((view.sheet_count(), view.status_count()), (owned.sheets.len(), owned.statuses.len()));
                prop_assert_eq!((view.code, view.level), (owned.code, owned.level));
            }
            (RecordView::SheetPointer { sheet, code }, Record::SheetPointer { sheet: s, code: c }) => {
                prop_assert_eq!((sheet, code), (*s, *c));
            }
            (RecordView::GrantPointer { kid, leaf, bound }, Record::GrantPointer { kid: k, leaf: l, bound: b }) => {
                prop_assert_eq!((kid, leaf, bound), (*k, *l, *b));
            }
            (RecordView::NewestBound { kid }, Record::NewestBound { kid: k }) => prop_assert_eq!(&kid, k),
            _ => prop_assert!(false, "another kind"),
        }
    }

    #[test]
    fn leaves_survive_and_other_lengths_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(leaf) = Leaf::decode(&bytes) {
            prop_assert_eq!(leaf.encode().to_vec(), bytes);
        }
    }
}

#[test]
fn a_count_beyond_the_bytes_is_refused_at_once() {
    let mut bytes = vec![1, 1];
    bytes.extend_from_slice(&[0; 16]);
    bytes.push(3);
    bytes.extend_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(Record::decode(&bytes), Err(RecordFault::CutShort));
}

#[test]
fn faults_are_told_apart() {
    for (bytes, fault) in [
        (&[][..], RecordFault::CutShort),
        (&[2, 1], RecordFault::Version),
        (&[1, 0], RecordFault::Value("kind")),
        (&[1, 3], RecordFault::CutShort),
        (&[1, 2, 0], RecordFault::CutShort),
    ] {
        assert_eq!(Record::decode(bytes), Err(fault));
    }
}

#[test]
fn a_leaf_is_recomputed_from_its_parts() {
    let parts = LeafParts {
        index: 7,
        logged_at: 1_782_612_000_000,
        province: *b"22",
        vintage: 20_250_701,
        year: 2025,
        blind: [3; 32],
        signed_digest: [4; 32],
        facts: (*b"{}").into(),
    };
    let leaf = leaf_of(Kind::Sheet, parts.view()).unwrap();
    assert_eq!(leaf.commitment, commitment(Kind::Sheet, &[3; 32], b"{}", &[4; 32]));
    assert_eq!(Leaf::decode(&leaf.encode()), Ok(leaf));
    assert_ne!(leaf_of(Kind::Status, parts.view()).unwrap().commitment, leaf.commitment);
    assert_eq!(leaf_of(Kind::Sheet, LeafParts { province: *b"2x", ..parts }.view()), None);
}
