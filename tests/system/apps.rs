//! Apps at work on a real ledger: whose transcripts a consent opens, which parts of them, what is written down, what the
//! feed of changes says, and what becomes of a number that was corrected.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use hocba::apps::Mandate;
use hocba::journal::{Actor, ConsentFor, Entry, Outcome};
use hocba::package::manifest::ManifestDraft;
use hocba::portal::app_desk::AppDesk;
use hocba::portal::consented::{ChangeKind, ConsentedChanges, ConsentedRefusal, ConsentedTranscripts};
use hocba::portal::office_search::SearchRefusal;
use hocba::records::RecordStore;
use hocba::search::{self, Position, SearchEntry};
use hocba::signing::Jws;
use hocba::signing::jws::ObjectType;
use hocba::transcript::contents::PersonalId;
use hocba::transcript::disclosure::Disclosure;
use hocba::transcript::sheet::Sheet;
use hocba::transcript::{Group, GroupSet, TranscriptCode};
use serde_json::{Value, json};

use super::intake_index;
use super::nation::{Opened, copy_of, data_dir, made, new_portal, now};
use super::office_search::{client, lines, sheets};
use crate::apps::samples::{self, consent, consent_claims, with};
use crate::package::samples as packages;

/// Partner and identity app, beside the portal.
struct Cast {
    desk: AppDesk,
    _dir: tempfile::TempDir,
}

impl Cast {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (desk, _) = samples::desk(dir.path(), now());
        Self { desk, _dir: dir }
    }

    /// What the partner may do under a consent with these claims changed.
    fn mandate(&self, citizen: &PersonalId, changes: Value) -> Mandate {
        let (when, jti) = (now(), data_encoding::HEXLOWER.encode(&getrandom::u64().unwrap().to_be_bytes()));
        let token = samples::token(&self.desk, &jti, None, when);
        let partner = self.desk.acting(&token, when).unwrap();
        let claims = with(consent_claims(citizen.as_str(), when), changes);
        self.desk.mandate(partner, &consent(&claims), when).unwrap()
    }

    fn own(&self, citizen: &PersonalId) -> Mandate {
        self.mandate(citizen, json!({}))
    }
}

fn open(opened: &Opened, mandate: &Mandate) -> ConsentedTranscripts {
    opened.portal.consented_transcripts(mandate, None, client(), now()).unwrap()
}

fn changes(opened: &Opened, mandate: &Mandate, since: u64) -> ConsentedChanges {
    opened.portal.consented_changes(mandate, since, client(), now()).unwrap()
}

fn number_of(sheet: &Sheet) -> Option<PersonalId> {
    sheet.contents().identity.as_ref().unwrap().personal_id
}

/// Everybody in the ledger with a number, and the codes of their booklets.
fn citizens(known: &[(u64, Sheet)]) -> BTreeMap<PersonalId, BTreeSet<TranscriptCode>> {
    let mut all = BTreeMap::<_, BTreeSet<_>>::new();
    for (_, sheet) in known {
        if let Some(number) = number_of(sheet) {
            all.entry(number).or_default().insert(sheet.claims().code);
        }
    }
    all
}

fn codes(found: &ConsentedTranscripts) -> BTreeSet<TranscriptCode> {
    let of = |disclosed: &hocba::portal::Disclosed| disclosed.sheets[0].claims.code;
    found.transcripts.iter().map(of).collect()
}

#[test]
fn a_consent_opens_the_transcripts_of_that_citizen_and_the_parts_it_names() {
    let data = copy_of(&made().data());
    let (opened, cast) = (Opened::with_search(data.path()), Cast::new());
    let known = sheets(data.path());
    let everybody = citizens(&known);
    let granted = GroupSet::of(&[Group::Name, Group::Results]);
    let mut several = 0;
    for (number, theirs) in &everybody {
        let found = open(&opened, &cast.own(number));
        assert_eq!((&codes(&found), found.unchecked, found.groups), (theirs, 0, granted));
        several += usize::from(theirs.len() > 1);
        for disclosed in &found.transcripts {
            let code = disclosed.sheets[0].claims.code;
            if let Some(answer) = made().answers.get(&code.to_string()) {
                assert_eq!(serde_json::to_value(disclosed.verdict).unwrap(), answer["verdict"]);
            }
            for sheet in &disclosed.sheets {
                assert_eq!((sheet.claims.code, sheet.contents.groups()), (code, granted));
                let evidence = serde_json::to_value(sheet.evidence.as_ref().unwrap()).unwrap();
                let signed = Jws::parse(evidence["sheet"]["jws"].to_string().as_bytes()).unwrap();
                let shown = Sheet::open(signed.payload(), signed.disclosures()).unwrap();
                assert_eq!(shown.contents().groups(), granted, "evidence shows no more than what is granted");
            }
        }
    }
    assert!(everybody.len() > 30 && several > 0, "{} {several}", everybody.len());
    let nobody = samples::number("003999999999");
    assert!(open(&opened, &cast.own(&nobody)).transcripts.is_empty());
}

#[test]
fn a_guardian_reads_the_childs_and_not_their_own() {
    let data = copy_of(&made().data());
    let (opened, cast) = (Opened::with_search(data.path()), Cast::new());
    let everybody = citizens(&sheets(data.path()));
    let mut two = everybody.iter();
    let ((guardian, _), (child, theirs)) = (two.next().unwrap(), two.next().unwrap());
    let mandate = cast.mandate(guardian, json!({"role": "guardian", "child": child.as_str()}));
    assert_eq!(codes(&open(&opened, &mandate)), *theirs);
    let lines = lines(data.path());
    let Entry::ConsentUsed(used) = &lines[0] else { panic!("{lines:?}") };
    assert!(used.guardian.is_some_and(|guardian| guardian != used.citizen));
}

#[test]
fn a_transcript_of_somebody_else_is_answered_like_one_of_nobody() {
    let data = copy_of(&made().data());
    let (opened, cast) = (Opened::with_search(data.path()), Cast::new());
    let everybody = citizens(&sheets(data.path()));
    let mut two = everybody.iter();
    let ((number, theirs), (_, others)) = (two.next().unwrap(), two.next().unwrap());
    let mandate = cast.own(number);
    let ask = |code: &TranscriptCode| opened.portal.consented_transcripts(&mandate, Some(code), client(), now());
    let (own, foreign) = (theirs.first().unwrap(), others.first().unwrap());
    assert_eq!(codes(&ask(own).unwrap()), BTreeSet::from([*own]));
    for code in [*foreign, TranscriptCode::from_bytes([0x5a; 16])] {
        assert!(matches!(ask(&code), Err(ConsentedRefusal::NotTheirs)));
    }
    let lines = lines(data.path());
    let [_, Entry::Disclosure(seen), _, Entry::Disclosure(one), _, Entry::Disclosure(other)] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!((seen.outcome, one.outcome), (Outcome::Disclosed, Outcome::Refused));
    assert_eq!((one.groups, one.outcome, &one.purpose), (other.groups, other.outcome, &other.purpose));
}

#[test]
fn the_consent_is_written_down_before_and_each_transcript_as_it_is_shown() {
    let data = copy_of(&made().data());
    let (opened, cast) = (Opened::with_search(data.path()), Cast::new());
    let everybody = citizens(&sheets(data.path()));
    let (number, theirs) = everybody.iter().find(|(_, codes)| codes.len() > 1).unwrap();
    let mandate = cast.mandate(number, json!({"jti": "secret-of-the-consent"}));
    open(&opened, &mandate);
    changes(&opened, &mandate, 0);
    open(&opened, &cast.own(&samples::number("003999999999")));
    let lines = lines(data.path());
    let Entry::ConsentUsed(used) = &lines[0] else { panic!("{lines:?}") };
    assert_eq!((used.partner.as_str(), used.issuer.as_str()), ("dhqg-hn", "vneid-thu"));
    assert_eq!((used.asked, used.groups), (ConsentFor::Transcripts, mandate.groups()));
    assert_eq!((used.purpose.as_str(), used.guardian), ("Xét tuyển đại học (Điều 34)", None));
    let count = theirs.len();
    let seen = |lines: &[Entry], consent: u64, groups: GroupSet| {
        let partner = samples::text("dhqg-hn");
        for line in lines {
            let Entry::Disclosure(seen) = line else { panic!("{line:?}") };
            assert_eq!(seen.actor, Actor::App { partner: Clone::clone(&partner), consent });
            assert_eq!((seen.groups, &seen.purpose, seen.outcome), (groups, &used.purpose, Outcome::Disclosed));
        }
    };
    seen(&lines[1..=count], 1, mandate.groups());
    let Entry::ConsentUsed(followed) = &lines[count + 1] else { panic!("{lines:?}") };
    assert_eq!((followed.asked, followed.groups), (ConsentFor::Changes, GroupSet::NONE));
    assert_eq!((followed.consent, followed.citizen), (used.consent, used.citizen));
    seen(&lines[count + 2..=2 * count + 1], count as u64 + 2, GroupSet::NONE);
    let [Entry::ConsentUsed(last)] = &lines[2 * count + 2..] else { panic!("{lines:?}") };
    assert!(last.citizen != used.citizen && last.consent != used.consent);
    let files = std::fs::read_dir(data.path().join("journal")).unwrap().map(|file| file.unwrap().path());
    let text: String = files.filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    for secret in [number.as_str(), "secret-of-the-consent", &theirs.first().unwrap().to_string()] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn nothing_is_shown_where_it_cannot_be_written_down_nor_beyond_the_limit_nor_without_the_role() {
    let data = copy_of(&made().data());
    let cast = Cast::new();
    let everybody = citizens(&sheets(data.path()));
    let mandate = cast.own(everybody.keys().next().unwrap());
    let ask = |opened: &Opened| opened.portal.consented_transcripts(&mandate, None, client(), now());
    {
        let opened = Opened::with_limits(data.path(), (1, 2));
        assert!(ask(&opened).is_ok() && ask(&opened).is_ok());
        assert!(matches!(ask(&opened), Err(ConsentedRefusal::TooMany(_))));
    }
    assert!(matches!(ask(&Opened::at(data.path()).unwrap()), Err(ConsentedRefusal::NotHere)));
    let opened = Opened::with_search(data.path());
    let nothing = cast.mandate(everybody.keys().next().unwrap(), json!({"scope": "comments"}));
    let refused = opened.portal.consented_transcripts(&nothing, None, client(), now());
    assert!(matches!(refused, Err(ConsentedRefusal::NothingGranted)));
    let refused = opened.portal.consented_changes(&nothing, 0, client(), now());
    assert!(matches!(refused, Err(ConsentedRefusal::NothingGranted)));
    std::fs::remove_dir_all(data.path().join("journal")).unwrap();
    assert!(matches!(ask(&opened), Err(ConsentedRefusal::NotRecorded)));
    let refused = opened.portal.consented_changes(&mandate, 0, client(), now());
    assert!(matches!(refused, Err(ConsentedRefusal::NotRecorded)));
}

#[test]
fn while_the_index_is_made_nobody_is_told_that_there_is_nothing() {
    let data = copy_of(&made().data());
    let cast = Cast::new();
    let everybody = citizens(&sheets(data.path()));
    let mandate = cast.own(everybody.keys().next().unwrap());
    std::fs::remove_dir_all(data.path().join("derived/search")).ok();
    let opened = Opened::with_role(data.path());
    let refused = opened.portal.consented_transcripts(&mandate, None, client(), now());
    assert!(matches!(refused, Err(ConsentedRefusal::Search(SearchRefusal::Preparing { .. }))), "{refused:?}");
}

/// An index that says that somebody's sheet is another one's.
#[test]
fn a_hit_that_its_sheets_do_not_bear_out_is_not_shown() {
    let data = copy_of(&made().data());
    let known = sheets(data.path());
    let everybody = citizens(&known);
    let mut two = everybody.iter();
    let ((number, _), (_, others)) = (two.next().unwrap(), two.next().unwrap());
    let numbers = data_dir(data.path()).numbers_key().unwrap();
    let reader = data_dir(data.path()).reader().unwrap();
    let (leaf, sheet) = known.iter().find(|(_, sheet)| number_of(sheet) == Some(*number)).unwrap();
    let entry = SearchEntry::of(sheet, *leaf, &numbers).unwrap();
    let mut writer = search::open(&data.path().join("derived/search")).unwrap().writer;
    let elsewhere = SearchEntry { code: *others.first().unwrap(), ..entry };
    let nowhere = SearchEntry { code: TranscriptCode::from_bytes([0x5a; 16]), ..entry };
    for entry in [&elsewhere, &nowhere] {
        let _ = writer.add(entry).unwrap();
    }
    writer.commit(Position { size: reader.size(), root: *reader.checkpoint().root() }).unwrap();
    writer.finish().unwrap();
    let (opened, cast) = (Opened::with_search(data.path()), Cast::new());
    let found = open(&opened, &cast.own(number));
    assert_eq!((found.transcripts.len(), found.unchecked), (0, 0));
}

#[test]
fn the_feed_says_what_the_ledger_says_from_a_position_on() {
    let data = copy_of(&made().before());
    let (mut opened, cast) = (Opened::with_search(data.path()), Cast::new());
    let known = sheets(data.path());
    let everybody = citizens(&known);
    let mut next = 0;
    for (number, theirs) in &everybody {
        let all = changes(&opened, &cast.own(number), 0);
        assert_eq!(all.unchecked, 0);
        assert!(all.changes.is_sorted_by_key(|change| change.position));
        assert!(all.changes.iter().all(|change| theirs.contains(&change.code) && change.position < all.next));
        let issued = all.changes.iter().filter(|change| change.change == ChangeKind::Issued);
        let positions: BTreeSet<u64> = issued.filter_map(|change| change.leaf_index).collect();
        let own = known.iter().filter(|(_, sheet)| theirs.contains(&sheet.claims().code));
        assert!(own.clone().count() > 0 && own.map(|(leaf, _)| *leaf).all(|leaf| positions.contains(&leaf)));
        assert!(changes(&opened, &cast.own(number), all.next).changes.is_empty());
        let ahead = changes(&opened, &cast.own(number), all.next + 5);
        assert_eq!((ahead.changes.len(), ahead.next), (0, all.next + 5), "never back");
        next = all.next;
    }
    // The last decisions come: who is concerned learns of them, and of nothing before.
    let taken = {
        drop(opened);
        made().take_rest(data.path());
        opened = Opened::with_search(data.path());
        everybody.keys().map(|number| changes(&opened, &cast.own(number), next)).collect::<Vec<_>>()
    };
    let news: Vec<_> = taken.iter().flat_map(|found| &found.changes).collect();
    assert!(news.iter().all(|change| change.position >= next));
    assert!(news.iter().any(|change| change.change == ChangeKind::Withdrawn && change.effective_on.is_some()));
    for change in &news {
        let verdict = serde_json::to_value(change.verdict).unwrap();
        assert_eq!(verdict, opened.answer(&change.code)["verdict"]);
    }
}

/// A booklet that was frozen under number 1, and corrected to number 2.
fn corrected() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = serde_json::to_vec(&packages::root().public().to_jwk()).unwrap();
    std::fs::write(dir.path().join("root.jwk"), root).unwrap();
    let data = dir.path().join("portal");
    new_portal(dir.path(), &data);
    let mut claims = packages::claims(1);
    claims.sheet = packages::claims(1001).sheet;
    let groups = packages::groups(1).into_iter().map(|(group, value)| match group {
        Group::Identity => (group, with(value, json!({"sodinhdanh": number(2)}))),
        _ => (group, value),
    });
    let salt = |group: Group| -> [u8; 16] { packages::seed(group.name())[..16].try_into().unwrap() };
    let disclosures = groups.map(|(group, value)| Disclosure::new(group, &salt(group), &value).unwrap()).collect();
    let signers = [(&packages::head(), None), (&packages::institution(), None)];
    let replaced = json!({
        "version": 1, "status": "replaced", "madinhdanhhocba": claims.code, "idbanghi": packages::claims(1).sheet,
        "replacement": claims.sheet, "identity_corrected": true, "effective_at": "2026-06-20T09:00:00+07:00",
        "decision": {"number": "12/QĐ-SGDĐT", "date": "2026-06-19", "body": "Sở Giáo dục và Đào tạo Quảng Ninh"}
    });
    let replaced = packages::sign_claims(ObjectType::Status, &replaced, &packages::province());
    let [head, institution] = packages::school_grants();
    let first = packages::write(packages::draft(), &packages::province(), &[head, institution, packages::sheet(1)]);
    let draft = ManifestDraft { sequence: 2, previous: Some(first.1.digest()), ..packages::draft() };
    let again = packages::sheet_by(&claims, disclosures, &signers);
    let second = packages::write(draft, &packages::province(), &[replaced, again]);
    let mut intake = data_dir(&data).intake(intake_index::now()).unwrap();
    for package in [packages::ministry_package().0, first.0, second.0] {
        let taken = intake.receive(packages::source(package), None, false, intake_index::now()).unwrap();
        assert_eq!(taken.receipt.claims.counts.refused, 0);
    }
    drop(intake);
    (dir, data)
}

/// As the samples write the number of learner `n`.
fn number(n: u32) -> String {
    format!("003314{n:06}")
}

#[test]
fn a_number_that_was_corrected_opens_nothing_any_more() {
    let (_dir, data) = corrected();
    let (opened, cast) = (Opened::with_search(&data), Cast::new());
    let code = packages::claims(1).code;
    let (wrong, right) = (samples::number(&number(1)), samples::number(&number(2)));
    let found = open(&opened, &cast.own(&wrong));
    assert_eq!((found.transcripts.len(), found.unchecked), (0, 0));
    assert!(changes(&opened, &cast.own(&wrong), 0).changes.is_empty());
    assert_eq!(codes(&open(&opened, &cast.own(&right))), BTreeSet::from([code]));
    let kinds: Vec<_> = changes(&opened, &cast.own(&right), 0).changes.iter().map(|change| change.change).collect();
    assert_eq!(kinds, [ChangeKind::Issued, ChangeKind::Replaced, ChangeKind::Issued]);
}

/// Bytes that were changed are counted, never shown, and never "there is none".
#[test]
fn what_could_not_be_checked_is_counted_and_not_shown() {
    let data = copy_of(&made().data());
    let known = sheets(data.path());
    let everybody = citizens(&known);
    let records = super::forgery::sample_records(data.path());
    let holder = |code: &TranscriptCode| everybody.iter().find(|(_, codes)| codes.contains(code));
    let (key, (number, theirs)) = records.iter().find_map(|(key, _)| Some((key, holder(&key.code)?))).unwrap();
    let broken = key.code;
    {
        let store = super::forgery::store(data.path());
        RecordStore::put_batch(&store, &[(*key, b"")]).unwrap();
        RecordStore::persist(&store).unwrap();
    }
    let (opened, cast) = (Opened::with_search(data.path()), Cast::new());
    let found = open(&opened, &cast.own(number));
    assert_eq!((codes(&found).contains(&broken), found.unchecked), (false, 1));
    assert_eq!(found.transcripts.len(), theirs.len() - 1);
    let feed = changes(&opened, &cast.own(number), 3);
    assert_eq!((feed.unchecked, feed.next), (1, 3), "the same is asked again");
    let one = opened.portal.consented_transcripts(&cast.own(number), Some(&broken), client(), now());
    assert!(matches!(one, Err(ConsentedRefusal::Unchecked)), "{one:?}");
}
