//! Offices at work on a real ledger: who finds and opens what under which grant, what is written down, and what becomes of
//! hits when something is not what it should be.

use std::collections::BTreeSet;
use std::path::Path;

use hocba::journal::{Actor, Entry, Outcome, Records, SearchedBy};
use hocba::limits::{ClientPrefix, RateLimiter};
use hocba::offices::{ActingMember, Kind, Password, Provinces, Role, Scope, Sessions, Step, Terms, Years};
use hocba::portal::office_open::OpenRefusal;
use hocba::portal::office_search::{OfficeFound, SearchForm, SearchRefusal, Sought};
use hocba::portal::{DiscloseRefusal, Disclosed, Opening};
use hocba::search::{self, Granted, PersonalTag, Position, Query, SearchEntry};
use hocba::signing::Jws;
use hocba::signing::keyed::KeyedHash;
use hocba::tlog::leaf::Kind as LeafKind;
use hocba::transcript::contents::BirthDate;
use hocba::transcript::sheet::Sheet;
use hocba::transcript::{Group, GroupSet, Level, SchoolYear, TranscriptCode};

use super::intake_index;
use super::nation::{Opened, copy_of, data_dir, made, now};
use crate::offices::samples::{self, PASSWORD, lan, yes};

pub(super) fn client() -> ClientPrefix {
    ClientPrefix::of([192, 0, 2, 7].into())
}

/// Somebody signed in with both factors, for an office with this grant.
fn acting(kind: Kind, scope: Scope, role: Role) -> ActingMember {
    let (dir, when) = (tempfile::tempdir().unwrap(), now());
    let offices = samples::open(dir.path());
    offices.apply(&samples::create_with(kind, scope), when, yes).unwrap();
    let (code, _) = offices.apply(&samples::add(&lan(), role), when, yes).unwrap().invitation.unwrap();
    let shown = samples::enrol(&offices, &lan(), &code, when).code(Step::at(when));
    let verified = offices.verify(&lan().to_string(), &Password::from_typed(PASSWORD), &shown, when).unwrap();
    let sessions = Sessions::new(Terms::default());
    let token = sessions.open(verified, None, when).unwrap();
    offices.acting(&sessions.find(&token, when).unwrap(), when).unwrap()
}

fn year(first: u16) -> SchoolYear {
    SchoolYear::starting(first).unwrap()
}

fn all_years() -> Years {
    Years::new(year(1976), year(2199)).unwrap()
}

fn scope(provinces: Provinces, levels: &[Level], years: Years, groups: GroupSet) -> Scope {
    let until = samples::later(now(), 24 * 3600);
    Scope::new(provinces, levels.iter().copied(), years, groups, until).unwrap()
}

fn everything(groups: GroupSet) -> Scope {
    scope(Provinces::ALL, &Level::ALL, all_years(), groups)
}

pub(super) fn clerk_of_all() -> ActingMember {
    acting(Kind::Agency, everything(GroupSet::ALL), Role::Clerk)
}

/// What the ledger says: every sheet whose content is there, with its position.
pub(super) fn sheets(data: &Path) -> Vec<(u64, Sheet)> {
    let reader = data_dir(data).reader().unwrap();
    let sheets = (0..reader.size()).filter(|index| reader.leaf(*index).unwrap().kind == LeafKind::Sheet);
    let content = |index| {
        let jws = Jws::from_stored(&reader.signed(index).unwrap()?).unwrap();
        Some((index, Sheet::parse(jws.payload(), jws.disclosures()).unwrap()))
    };
    sheets.filter_map(content).collect()
}

fn named(name: &str, birth: BirthDate) -> SearchForm {
    let who = Sought::Named { name: name.to_owned(), birth };
    SearchForm { who, school: None, province: None, year: None, level: None }
}

/// As somebody types the name of the sheet's learner.
fn about(sheet: &Sheet) -> SearchForm {
    let name = sheet.contents().name.as_ref().unwrap();
    named(&hocba::transcript::name::fold(name.full_name.as_str()), name.birth)
}

fn by_number(sheet: &Sheet) -> Option<SearchForm> {
    let number = sheet.contents().identity.as_ref().unwrap().personal_id?;
    Some(SearchForm { who: Sought::Numbered(number), ..about(sheet) })
}

/// What the index is asked: how near a name is decides the room `search`, whose own tests say how.
fn query(form: &SearchForm, numbers: &KeyedHash) -> Query {
    match &form.who {
        Sought::Named { name, birth } => Query::named(name, *birth).unwrap(),
        Sought::Numbered(number) => Query::identified(PersonalTag::of(numbers, number)),
    }
}

fn search(opened: &Opened, who: &ActingMember, form: &SearchForm) -> OfficeFound {
    opened.portal.office_search(who, form, client(), now()).unwrap()
}

fn codes(found: &OfficeFound) -> BTreeSet<TranscriptCode> {
    found.hits.iter().map(|hit| hit.code).collect()
}

fn open(opened: &Opened, who: &ActingMember, code: &TranscriptCode) -> Result<Disclosed, OpenRefusal> {
    opened.portal.office_open(who, code, client(), now())
}

fn is_unknown(answer: &Result<Disclosed, OpenRefusal>) -> bool {
    matches!(answer, Err(OpenRefusal::NotOpened(DiscloseRefusal::Unknown)))
}

/// Lines of the journal about searches, disclosures and refusals.
pub(super) fn lines(data: &Path) -> Vec<Entry> {
    Records::open(&data.join("journal")).unwrap().map(|line| line.unwrap().entry).collect()
}

/// Grants that tell the nation's sheets apart, each with what it may open.
fn grants(known: &[(u64, Sheet)]) -> Vec<(Kind, Scope)> {
    let provinces: BTreeSet<_> = known.iter().map(|(_, sheet)| sheet.claims().province.id()).collect();
    let of = |id| Provinces::these([id]).unwrap();
    let without_family = GroupSet::of(&[Group::Name, Group::Identity, Group::Results, Group::Staff]);
    let mut all = vec![
        (Kind::Agency, everything(GroupSet::ALL)),
        (Kind::Admissions, scope(Provinces::ALL, &[Level::UpperSecondary], all_years(), without_family)),
        (
            Kind::ReceivingSchool,
            scope(
                Provinces::ALL,
                &Level::ALL,
                Years::new(year(2024), year(2024)).unwrap(),
                GroupSet::of(&[Group::Name]),
            ),
        ),
        (Kind::Agency, scope(Provinces::ALL, &[Level::Primary], all_years(), GroupSet::of(&[Group::Results]))),
    ];
    all.extend(provinces.into_iter().map(|id| (Kind::Agency, scope(of(id), &Level::ALL, all_years(), GroupSet::ALL))));
    all
}

#[test]
fn every_grant_finds_and_opens_its_sheets_and_no_others() {
    let data = copy_of(&made().data());
    let opened = Opened::with_search(data.path());
    let known = sheets(data.path());
    let numbers = data_dir(data.path()).numbers_key().unwrap();
    let anywhere = search::Scope::new(&Granted::All, Granted::All, Granted::All);
    assert_eq!(opened.indexer.as_ref().unwrap().shown().load().sheets, known.len() as u64);
    let booklets: BTreeSet<TranscriptCode> = known.iter().map(|(_, sheet)| sheet.claims().code).collect();
    let (mut found_some, mut opened_some, mut outside) = (0, 0, 0);
    for (i, (kind, scope)) in grants(&known).into_iter().enumerate() {
        let role = if i % 2 == 0 { Role::Clerk } else { Role::OfficeAdministrator };
        let groups = scope.groups();
        let who = acting(kind, scope.clone(), role);
        for code in &booklets {
            let own = || known.iter().filter(|(_, sheet)| sheet.claims().code == *code);
            let within: Vec<u64> = own().filter(|(_, s)| scope.covers(s.claims())).map(|(leaf, _)| *leaf).collect();
            let (_, newest) = own().max_by_key(|(leaf, _)| *leaf).unwrap();
            for form in [Some(about(newest)), by_number(newest)].into_iter().flatten() {
                let meant = query(&form, &numbers);
                let is_meant = |leaf, sheet| meant.finds(&SearchEntry::of(sheet, leaf, &numbers).unwrap(), &anywhere);
                let is_expected = own().any(|(leaf, sheet)| within.contains(leaf) && is_meant(*leaf, sheet));
                let found = search(&opened, &who, &form);
                assert_eq!(found.unchecked, 0);
                assert_eq!((found.index_size, found.more), (found.ledger_size, false));
                assert_eq!(codes(&found).contains(code), is_expected, "{kind:?} {form:?}");
                for hit in &found.hits {
                    let theirs = |s: &Sheet| s.claims().code == hit.code && scope.covers(s.claims());
                    assert!(known.iter().any(|(_, sheet)| theirs(sheet)), "outside the grant");
                    assert_eq!(hit.learner.is_some(), groups.contains(Group::Name));
                    assert_eq!(hit.school.is_some(), groups.contains(Group::Staff));
                    assert!(hit.years.iter().all(|(year, _)| scope.years().covers(*year)) && !hit.years.is_empty());
                    if let Some(answer) = made().answers.get(&hit.code.to_string()) {
                        assert_eq!(serde_json::to_value(hit.verdict).unwrap(), answer["verdict"]);
                    }
                    found_some += 1;
                }
            }
            match open(&opened, &who, code) {
                Ok(disclosed) => {
                    let leaves: Vec<u64> = disclosed.sheets.iter().map(|sheet| sheet.leaf_index).collect();
                    assert_eq!(BTreeSet::from_iter(&leaves), BTreeSet::from_iter(&within));
                    assert_eq!(disclosed.groups, groups);
                    assert!(matches!(disclosed.opening, Opening::Granted { .. }));
                    for sheet in &disclosed.sheets {
                        let (contents, whole) =
                            (&sheet.contents, own().find(|(l, _)| *l == sheet.leaf_index).unwrap().1.contents());
                        assert_eq!(contents.name.is_some(), groups.contains(Group::Name));
                        assert_eq!(contents.results.is_some(), groups.contains(Group::Results));
                        assert_eq!(contents.family.is_some(), groups.contains(Group::Family) && whole.family.is_some());
                        assert_eq!(contents.identity.is_some(), groups.contains(Group::Identity));
                    }
                    opened_some += 1;
                }
                refused => {
                    assert!(within.is_empty() && is_unknown(&refused), "{refused:?}");
                    outside += 1;
                }
            }
        }
    }
    assert!(found_some > 100 && opened_some > 100 && outside > 100, "{found_some} {opened_some} {outside}");
}

#[test]
fn an_auditor_neither_searches_nor_opens_and_a_process_without_the_role_knows_no_office() {
    let data = copy_of(&made().data());
    let known = sheets(data.path());
    let (_, sheet) = &known[0];
    let auditor = acting(Kind::Agency, everything(GroupSet::ALL), Role::MinistryAuditor);
    let opened = Opened::with_search(data.path());
    let refused = opened.portal.office_search(&auditor, &about(sheet), client(), now());
    assert!(matches!(refused, Err(SearchRefusal::NotAllowed)));
    assert!(matches!(open(&opened, &auditor, &sheet.claims().code), Err(OpenRefusal::NotAllowed)));
    drop(opened);
    let opened = Opened::at(data.path()).unwrap();
    let clerk = clerk_of_all();
    let refused = opened.portal.office_search(&clerk, &about(sheet), client(), now());
    assert!(matches!(refused, Err(SearchRefusal::NotHere)));
    assert!(matches!(open(&opened, &clerk, &sheet.claims().code), Err(OpenRefusal::NotHere)));
    assert!(lines(data.path()).is_empty());
}

#[test]
fn what_was_looked_for_found_and_opened_is_written_down_and_names_nobody() {
    let data = copy_of(&made().data());
    let opened = Opened::with_search(data.path());
    let known = sheets(data.path());
    let (_, sheet) = &known[0];
    let who = acting(Kind::Admissions, everything(GroupSet::of(&[Group::Name, Group::Results])), Role::Clerk);
    let found = search(&opened, &who, &about(sheet));
    let nobody = search(&opened, &who, &named("Không Có Ai", BirthDate::parse("1999-01-01").unwrap()));
    assert!(!found.hits.is_empty() && nobody.hits.is_empty());
    let (by_name, by_number) = (about(sheet), by_number(sheet).unwrap());
    search(&opened, &who, &SearchForm { year: Some(sheet.claims().school_year), ..by_name });
    search(&opened, &who, &by_number);
    open(&opened, &who, &sheet.claims().code).unwrap();
    let stranger = TranscriptCode::from_bytes([0x5a; 16]);
    assert!(is_unknown(&open(&opened, &who, &stranger)));
    let lines = lines(data.path());
    let [
        Entry::SearchMade(first),
        Entry::SearchFound(first_found),
        Entry::SearchMade(second),
        Entry::SearchFound(second_found),
        Entry::SearchMade(third),
        Entry::SearchFound(_),
        Entry::SearchMade(number),
        Entry::SearchFound(number_found),
        Entry::Disclosure(seen),
        Entry::Disclosure(refused),
    ] = &lines[..]
    else {
        panic!("{lines:?}")
    };
    assert_eq!(first.account.as_str(), "lan.nguyen@dhqg-hn");
    assert_eq!(first.purpose.as_str(), "Xét tuyển đại học (Luật Giáo dục đại học, Điều 34)");
    assert_eq!((first.by, number.by), (SearchedBy::Name, SearchedBy::Number));
    assert!(first.client.is_some() && first.sought == third.sought && first.sought != second.sought);
    assert_eq!((first_found.search, second_found.search), (1, 3));
    assert_eq!((first_found.transcripts.len(), second_found.transcripts.len()), (found.hits.len(), 0));
    assert_eq!(first_found.groups, GroupSet::of(&[Group::Name]));
    assert!(number_found.transcripts.contains(&seen.transcript), "what was opened is what was found");
    let account = samples::text("lan.nguyen@dhqg-hn");
    assert_eq!((&seen.actor, seen.outcome), (&Actor::Office { account }, Outcome::Disclosed));
    assert_eq!((seen.groups, &seen.purpose), (who.groups(), &first.purpose));
    assert_eq!((refused.outcome, refused.groups), (Outcome::Refused, who.groups()));
    let files = std::fs::read_dir(data.path().join("journal")).unwrap().map(|file| file.unwrap().path());
    let text: String = files.filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    let name = sheet.contents().name.as_ref().unwrap();
    for secret in [name.full_name.as_str(), &sheet.claims().code.to_string(), &name.birth.to_string(), "Không Có Ai"]
    {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn a_code_outside_the_grant_and_a_code_of_nobody_leave_the_same_line() {
    let data = copy_of(&made().data());
    let opened = Opened::with_search(data.path());
    let known = sheets(data.path());
    let (_, sheet) = known.iter().find(|(_, sheet)| sheet.claims().level == Level::Primary).unwrap();
    let who = acting(
        Kind::Admissions,
        scope(Provinces::ALL, &[Level::UpperSecondary], all_years(), GroupSet::of(&[Group::Name])),
        Role::Clerk,
    );
    let outside = open(&opened, &who, &sheet.claims().code);
    let nobody = open(&opened, &who, &TranscriptCode::from_bytes([0x5a; 16]));
    assert!(is_unknown(&outside) && is_unknown(&nobody));
    assert_eq!(outside.unwrap_err().to_string(), nobody.unwrap_err().to_string());
    let lines = lines(data.path());
    let [Entry::Disclosure(one), Entry::Disclosure(other)] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(
        (&one.actor, &one.purpose, one.groups, one.outcome, one.client),
        (&other.actor, &other.purpose, other.groups, other.outcome, other.client)
    );
}

#[test]
fn a_sheets_own_id_opens_that_sheet_and_never_names_the_booklet() {
    let data = copy_of(&made().data());
    let opened = Opened::with_search(data.path());
    let known = sheets(data.path());
    let who = clerk_of_all();
    for (leaf, sheet) in known.iter().take(5) {
        let id = sheet.claims().sheet.as_lookup();
        let disclosed = open(&opened, &who, &id).unwrap();
        let [only] = &disclosed.sheets[..] else { panic!("{} sheets", disclosed.sheets.len()) };
        assert_eq!((only.leaf_index, only.claims.code, only.evidence.is_none()), (*leaf, id, true));
        assert!(!disclosed.answer.to_string().contains(&sheet.claims().code.to_string()));
    }
}

#[test]
fn nothing_is_found_or_opened_where_it_cannot_be_written_down() {
    let data = copy_of(&made().data());
    let opened = Opened::with_search(data.path());
    let known = sheets(data.path());
    let (_, sheet) = &known[0];
    let who = clerk_of_all();
    assert!(!search(&opened, &who, &about(sheet)).hits.is_empty());
    std::fs::remove_dir_all(data.path().join("journal")).unwrap();
    let refused = opened.portal.office_search(&who, &about(sheet), client(), now());
    assert!(matches!(refused, Err(SearchRefusal::NotRecorded)), "{refused:?}");
    for code in [sheet.claims().code, TranscriptCode::from_bytes([0x5a; 16])] {
        let refused = open(&opened, &who, &code);
        assert!(matches!(refused, Err(OpenRefusal::NotOpened(DiscloseRefusal::JournalUnavailable))), "{refused:?}");
    }
}

#[test]
fn an_account_that_asks_too_often_waits_and_others_do_not() {
    let data = copy_of(&made().data());
    let opened = Opened::with_limits(data.path(), (1, 3));
    let known = sheets(data.path());
    let (_, sheet) = &known[0];
    let (who, when) = (clerk_of_all(), now());
    let search = |who: &ActingMember| opened.portal.office_search(who, &about(sheet), client(), when);
    for _ in 0..3 {
        search(&who).unwrap();
        open(&opened, &who, &sheet.claims().code).unwrap();
    }
    let Err(SearchRefusal::TooMany(refusal)) = search(&who) else { panic!("a fourth") };
    assert!((1..=60).contains(&refusal.retry_after_s));
    assert!(matches!(open(&opened, &who, &sheet.claims().code), Err(OpenRefusal::TooMany(_))));
    // What looks for nobody costs nothing, and the limit is one of accounts.
    let limiter: RateLimiter<&str> = RateLimiter::new(1, 1, 100);
    assert!(limiter.check("a").is_ok() && limiter.check("a").is_err() && limiter.check("b").is_ok());
    assert_eq!(lines(data.path()).len(), 3 * 3, "what was refused has no line");
}

#[test]
fn what_looks_for_nobody_is_said_so_and_not_written_down() {
    let data = copy_of(&made().data());
    let opened = Opened::with_search(data.path());
    let who = clerk_of_all();
    let birth = BirthDate::parse("2012-03-04").unwrap();
    let an = named("Nguyễn Văn An", birth);
    let far = |text: &str| Some(text.to_owned());
    for form in [
        named("…", birth),
        SearchForm { province: far("Atlantis"), ..an.clone() },
        SearchForm { school: far("trường"), ..an.clone() },
    ] {
        let refused = opened.portal.office_search(&who, &form, client(), now());
        assert!(matches!(refused, Err(SearchRefusal::Query(_))), "{refused:?}");
    }
    assert!(lines(data.path()).is_empty());
    // A field that is left blank narrows nothing.
    let (_, sheet) = &sheets(data.path())[0];
    let blank = SearchForm { province: far(" "), school: far(""), ..about(sheet) };
    assert!(codes(&search(&opened, &who, &blank)).contains(&sheet.claims().code));
}

#[test]
fn a_search_before_the_index_is_whole_says_that_it_is_being_prepared() {
    let data = copy_of(&made().data());
    let mut opened = Opened::with_role(data.path());
    let known = sheets(data.path());
    let who = clerk_of_all();
    let ask = |opened: &Opened| opened.portal.office_search(&who, &about(&known[0].1), client(), now());
    let Err(SearchRefusal::Preparing { reflected: 0, size }) = ask(&opened) else { panic!("before it is opened") };
    assert!(size > 0 && lines(data.path()).is_empty());
    opened.indexer.as_mut().unwrap().settle().unwrap();
    assert!(!ask(&opened).unwrap().hits.is_empty());
}

#[test]
fn hits_whose_record_cannot_be_checked_are_counted_and_not_shown() {
    let data = copy_of(&made().data());
    let known = sheets(data.path());
    let in_force = |code: &TranscriptCode| {
        made().answers.get(&code.to_string()).is_some_and(|answer| answer["verdict"] == "valid")
    };
    let (_, sheet) = known.iter().find(|(_, sheet)| in_force(&sheet.claims().code)).unwrap();
    let code = sheet.claims().code;
    let others = super::forgery::sample_records(data.path());
    let (key, record) = others.iter().find(|(key, _)| key.code == code).unwrap();
    let (_, other) = others.iter().find(|(key, _)| key.code != code).unwrap();
    let mut flipped = record.clone();
    flipped[record.len() / 2] ^= 4;
    for forged in [flipped.as_slice(), other.as_slice(), b""] {
        {
            let store = super::forgery::store(data.path());
            hocba::records::RecordStore::put_batch(&store, &[(*key, forged)]).unwrap();
            hocba::records::RecordStore::persist(&store).unwrap();
        }
        let opened = Opened::with_search(data.path());
        let who = clerk_of_all();
        for form in [Some(about(sheet)), by_number(sheet)].into_iter().flatten() {
            let found = search(&opened, &who, &form);
            assert!(!codes(&found).contains(&code) && found.unchecked == 1, "{found:?}");
        }
        assert!(matches!(open(&opened, &who, &code), Err(OpenRefusal::NotOpened(DiscloseRefusal::Unchecked))));
    }
}

/// An index that says what its sheets do not: somebody else's name at a sheet, a booklet that there is not.
#[test]
fn hits_that_their_sheets_do_not_bear_out_are_dropped() {
    let data = copy_of(&made().data());
    let known = sheets(data.path());
    let numbers = data_dir(data.path()).numbers_key().unwrap();
    let reader = data_dir(data.path()).reader().unwrap();
    let (_, sheet) = &known[0];
    let (leaf, other) = known.iter().find(|(_, s)| s.contents().name != sheet.contents().name).unwrap();
    let entry = SearchEntry::of(sheet, *leaf, &numbers).unwrap();
    let dir = data.path().join("derived/search");
    let mut writer = search::open(&dir).unwrap().writer;
    let elsewhere = SearchEntry { code: other.claims().code, ..entry };
    let nowhere = SearchEntry { code: TranscriptCode::from_bytes([0x5a; 16]), ..entry };
    for entry in [&elsewhere, &nowhere] {
        let _ = writer.add(entry).unwrap();
    }
    writer.commit(Position { size: reader.size(), root: *reader.checkpoint().root() }).unwrap();
    writer.finish().unwrap();
    let opened = Opened::with_search(data.path());
    let who = clerk_of_all();
    assert_eq!(opened.indexer.as_ref().unwrap().shown().load().sheets, 2, "it is believed as far as it goes");
    for form in [Some(about(sheet)), by_number(sheet)].into_iter().flatten() {
        let found = search(&opened, &who, &form);
        assert_eq!((found.hits.len(), found.unchecked), (0, 0), "{found:?}");
    }
}

#[test]
fn an_index_of_another_ledger_is_made_again() {
    let data = copy_of(&made().data());
    let count = sheets(data.path()).len() as u64;
    let size = data_dir(data.path()).reader().unwrap().size();
    for position in [
        Position { size, root: [7; 32] },
        Position { size: size / 2, root: [7; 32] },
        Position { size: size + 1, root: [7; 32] },
    ] {
        let dir = data.path().join("derived/search");
        let mut writer = search::begin_anew(&dir).unwrap();
        writer.commit(position).unwrap();
        writer.finish().unwrap();
        let opened = Opened::with_search(data.path());
        let index = opened.indexer.as_ref().unwrap().shown();
        assert_eq!((index.load().sheets, index.load().reflected()), (count, size));
    }
}

#[test]
fn a_body_that_is_not_what_its_leaf_commits_to_stops_the_index() {
    let data = copy_of(&made().data());
    let bundles = super::nation::files(&data.path().join("ledger")).into_iter();
    let bundle = bundles
        .filter(|file| file.to_string_lossy().contains("bodies"))
        .max_by_key(|f| std::fs::metadata(f).unwrap().len());
    let bundle = bundle.unwrap();
    let mut bytes = std::fs::read(&bundle).unwrap();
    let middle = bytes.len() * 3 / 4;
    bytes[middle] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let opened = Opened::with_search(data.path());
    let index = opened.indexer.as_ref().unwrap().shown();
    assert!(index.load().fault.is_some());
    let refused = opened.portal.office_search(
        &clerk_of_all(),
        &named("An", BirthDate::parse("2012-01-01").unwrap()),
        client(),
        now(),
    );
    assert!(matches!(refused, Err(SearchRefusal::OutOfOrder)), "{refused:?}");
}

#[test]
fn what_is_erased_while_it_is_followed_is_found_no_more() {
    let data = copy_of(&intake_index::made().after(intake_index::BEFORE));
    let known = sheets(data.path());
    let erased = crate::package::samples::claims(3).code;
    let (_, sheet) = known.iter().find(|(_, sheet)| sheet.claims().code == erased).unwrap();
    let who = clerk_of_all();
    let mut opened = Opened::with_search(data.path());
    let found = |opened: &Opened| codes(&search(opened, &who, &about(sheet)));
    assert!(found(&opened).contains(&erased));
    let before = opened.indexer.as_ref().unwrap().shown().load().sheets;
    {
        let mut intake = data_dir(data.path()).intake(intake_index::now()).unwrap();
        for package in [4, 5] {
            intake_index::receive(&mut intake, package).unwrap();
        }
    }
    opened.follow();
    let count = sheets(data.path()).len() as u64;
    let shown = |opened: &Opened| opened.indexer.as_ref().unwrap().shown().load().sheets;
    assert!(!found(&opened).contains(&erased));
    assert_eq!((shown(&opened), count), (before + 1, before + 1), "two came, one went");
    // Nothing is being merged any more.
    opened.indexer.take().unwrap().finish().unwrap();
    drop(opened);
    // After a start, and made again from nothing, it is the same.
    for anew in [false, true] {
        if anew {
            std::fs::remove_dir_all(data.path().join("derived/search")).unwrap();
        }
        let mut opened = Opened::with_search(data.path());
        assert!(!found(&opened).contains(&erased));
        assert_eq!(shown(&opened), count);
        opened.indexer.take().unwrap().finish().unwrap();
    }
}

#[test]
fn debug_output_of_searches_names_nobody() {
    let form = named("Nguyễn Văn An", BirthDate::parse("2012-03-04").unwrap());
    assert_eq!(format!("{form:?}"), "SearchForm(…)");
}
