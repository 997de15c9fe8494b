//! Who looked at what: the journal read backwards and followed, what stands out in it, and what a holder is shown.

use std::path::Path;
use std::sync::Arc;

use hocba::config::Config;
use hocba::follow::statuses::LoggedStatus;
use hocba::journal::*;
use hocba::offices::{Account, OfficeId};
use hocba::portal::oversight::{CHANGES_PER_PAGE, Filter, How, LineKind, Oversight, What};
use hocba::transcript::{GroupSet, Moment, SheetId, Status, TranscriptCode};
use tempfile::TempDir;

use crate::offices::samples::{at, later, text};

const CODE: TranscriptCode = TranscriptCode::from_bytes(*b"\x0f\x8f\xad[\xd9\xcbF\x9f\xa1ep\x86g(\x95\x0e");
const LAN: &str = "lan@dhqg-hn";

/// A Wednesday, ten in the morning.
fn morning() -> Moment {
    at("2026-07-01T10:00:00+07:00")
}

/// Small segments, so that a few lines are several of them.
fn open(dir: &Path) -> Arc<Journal> {
    let options = Options { segment_bytes: 2_000 };
    Arc::new(Journal::open_on(dir, TagKey::new(&[3; 32]), options, Arc::new(RealDisk)).unwrap())
}

fn journal() -> (TempDir, Arc<Journal>) {
    let dir = TempDir::new().unwrap();
    let journal = open(dir.path());
    (dir, journal)
}

fn oversight(journal: &Arc<Journal>) -> Oversight {
    let oversight = Oversight::new(Arc::clone(journal), Config::load(&[]).unwrap().oversight, morning());
    while !oversight.follow() {}
    oversight
}

fn office() -> Actor {
    Actor::Office { account: text(LAN) }
}

fn operator() -> Actor {
    Actor::Operator { name: text("Trần Văn Bình") }
}

fn code(n: u32) -> TranscriptCode {
    let mut bytes = *CODE.as_bytes();
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    TranscriptCode::from_bytes(bytes)
}

fn event<'a>(actor: Actor, transcript: &'a TranscriptCode) -> Event<'a> {
    Event {
        actor,
        purpose: text("Xét tuyển"),
        transcript,
        groups: GroupSet::BIRTH_DATE,
        client: Some("198.51.100.0/24"),
        outcome: Outcome::Disclosed,
    }
}

fn opened(journal: &Journal, n: u32, when: Moment) {
    journal.append(when, &event(office(), &code(n))).unwrap();
}

fn holder(journal: &Journal, when: Moment) {
    let actor = Actor::Holder { opened_with: SecondFactor::BirthDate };
    journal.append(when, &event(actor, &CODE)).unwrap();
}

fn search(journal: &Journal, account: &str, found: &[TranscriptCode], when: Moment) {
    let (account, purpose) = (text(account), text("Xét tuyển"));
    let search = Searching { account, purpose, by: SearchedBy::Name, subject: b"ai", client: None };
    let made = journal.append_search(when, &search).unwrap();
    journal.append_found(when, search.account, &made, found, GroupSet::NONE, 0).unwrap();
}

fn batch(journal: &Journal, actor: Actor, looked_up: &[TranscriptCode], when: Moment) {
    let seen = RowsSeen { actor, purpose: text("Xét tuyển"), batch: text("00"), looked_up, opened: &[] };
    journal.append_rows(when, &seen).unwrap();
}

fn numbers(back: &Back) -> Vec<u64> {
    back.records.iter().map(|record| record.seq).collect()
}

#[test]
fn lines_are_read_backwards_page_by_page_and_each_once() {
    let (_dir, journal) = journal();
    for n in 0..130 {
        opened(&journal, n, later(morning(), i64::from(n)));
        holder(&journal, later(morning(), i64::from(n)));
    }
    let oversight = oversight(&journal);
    let (mut seen, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let back = oversight.lines(&Filter { before, ..Filter::default() }).unwrap();
        seen.extend(numbers(&back));
        pages += 1;
        assert!(pages < 60, "it ends");
        match back.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    // Lines of holders are nobody's business here.
    let expected: Vec<u64> = (0..130).rev().map(|n| 2 * n + 1).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_page_stops_at_its_bound_and_says_how_far_it_read() {
    let (_dir, journal) = journal();
    opened(&journal, 1, morning());
    for n in 0..60 {
        holder(&journal, later(morning(), 60 + n));
    }
    let first = oversight(&journal).lines(&Filter::default()).unwrap();
    assert!(first.records.is_empty() && first.next.is_some(), "four segments hold nothing of it");
    assert!(first.read_to.unwrap() > morning());
}

#[test]
fn filters_take_office_account_kind_and_days() {
    let (_dir, journal) = journal();
    opened(&journal, 1, morning());
    search(&journal, "mai@so-gd", &[], later(morning(), 1));
    batch(&journal, office(), &[CODE], later(morning(), 2));
    batch(&journal, operator(), &[CODE], later(morning(), 86_400));
    let begun = BatchEvent {
        actor: Some(office()),
        office: text("dhqg-hn"),
        purpose: text("Xét tuyển"),
        batch: text("00"),
        action: BatchAction::Begun,
        rows: 1,
        input: &[7; 32],
    };
    journal.append_batch(later(morning(), 86_401), &begun).unwrap();
    let oversight = oversight(&journal);
    let of = |filter: Filter| numbers(&oversight.lines(&filter).unwrap());
    let day = |text: &str| Some(at(text));
    assert_eq!(of(Filter::default()), [6, 3, 2, 1]);
    assert_eq!(of(Filter { office: OfficeId::parse("dhqg-hn"), ..Filter::default() }), [6, 1]);
    assert_eq!(of(Filter { account: Account::parse("mai@so-gd"), ..Filter::default() }), [3, 2]);
    assert_eq!(of(Filter { account: Account::parse("mai@dhqg-hn"), ..Filter::default() }), [0_u64; 0]);
    for (kind, lines) in [
        (LineKind::Searches, &[3, 2][..]),
        (LineKind::Opened, &[1]),
        (LineKind::Batches, &[6]),
        (LineKind::InBatches, &[5, 4]),
        (LineKind::Operators, &[5]),
        (LineKind::SignIns, &[]),
        (LineKind::Changes, &[]),
    ] {
        assert_eq!(of(Filter { kind: Some(kind), ..Filter::default() }), lines, "{kind:?}");
    }
    assert_eq!(of(Filter { from: day("2026-07-02T00:00:00+07:00"), ..Filter::default() }), [6]);
    assert_eq!(of(Filter { to: day("2026-07-02T00:00:00+07:00"), ..Filter::default() }), [3, 2, 1]);
    assert_eq!(of(Filter { to: day("2026-07-01T10:00:01+07:00"), ..Filter::default() }), [1]);
}

#[test]
fn a_changed_line_is_a_fault_and_not_left_out() {
    let (dir, journal) = journal();
    opened(&journal, 1, morning());
    let path = dir.path().join("000000000001.jsonl");
    let spoilt = std::fs::read_to_string(&path).unwrap().replace(LAN, "lam@dhqg-hn");
    std::fs::write(&path, spoilt).unwrap();
    let oversight = Oversight::new(Arc::clone(&journal), Config::load(&[]).unwrap().oversight, morning());
    assert!(matches!(oversight.lines(&Filter::default()), Err(JournalFault::Line { line: 1, .. })));
    assert!(!oversight.follow());
    assert!(oversight.stands_out(morning()).fault.is_some());
    assert!(!oversight.looks(&code(1), morning()).is_whole, "nobody is told that no office looked");
}

/// What stands out, without its times.
fn stands_out(oversight: &Oversight) -> Vec<(What, u64)> {
    let mut all: Vec<_> =
        oversight.stands_out(morning()).alerts.into_iter().map(|alert| (alert.what, alert.count)).collect();
    all.sort_unstable();
    all
}

#[test]
fn many_looks_in_an_hour_stand_out_and_as_many_in_two_do_not() {
    let (_dir, journal) = journal();
    for n in 0..61 {
        search(&journal, LAN, &[CODE], later(morning(), n * 59));
        search(&journal, "mai@dhqg-hn", &[CODE], later(morning(), n * 118));
    }
    let oversight = oversight(&journal);
    let alerts = oversight.stands_out(morning()).alerts;
    let [alert] = &alerts[..] else { panic!("{alerts:?}") };
    assert_eq!((alert.what, alert.who.as_str(), alert.count), (What::Often, LAN, 61));
    assert_eq!((alert.since, alert.last), (morning(), later(morning(), 3540)));
}

#[test]
fn many_learners_many_misses_and_large_batches_stand_out() {
    let (_dir, journal) = journal();
    // So slowly that nothing else stands out: two in three minutes.
    for n in 0..201 {
        opened(&journal, n, later(at("2026-07-01T00:00:00+07:00"), i64::from(n) * 90));
    }
    // The same one again is no other learner.
    opened(&journal, 0, at("2026-07-01T06:00:00+07:00"));
    for n in 0..41 {
        search(&journal, "mai@dhqg-hn", &[], later(at("2026-07-01T00:00:00+07:00"), n * 120));
    }
    let codes: Vec<TranscriptCode> = (0..200).map(code).collect();
    for _ in 0..251 {
        batch(&journal, Actor::Office { account: text("nam@dhqg-hn") }, &codes, morning());
    }
    let oversight = oversight(&journal);
    assert_eq!(stands_out(&oversight), [(What::Widely, 201), (What::InVain, 41), (What::Rows, 50_200)]);
}

#[test]
fn operators_are_shown_whatever_they_see_and_at_night_apart() {
    let (_dir, journal) = journal();
    for when in ["2026-07-01T17:59:59+07:00", "2026-07-01T18:00:00+07:00", "2026-07-04T10:00:00+07:00"] {
        journal.append(at(when), &Event { client: None, ..event(operator(), &CODE) }).unwrap();
    }
    let report = ReportEvent {
        actor: Some(operator()),
        action: ReportAction::Read,
        reports: &[1],
        transcript: Some(&CODE),
        client: None,
    };
    journal.append_report(at("2026-07-04T11:00:00+07:00"), &report).unwrap();
    let oversight = oversight(&journal);
    // Wednesday in working hours, Wednesday after them, Saturday twice.
    assert_eq!(stands_out(&oversight), [(What::Operator, 1), (What::OperatorAtNight, 1), (What::OperatorAtNight, 2)]);
    let months_later = at("2026-09-01T10:00:00+07:00");
    assert!(oversight.stands_out(months_later).alerts.is_empty(), "shown for thirty days");
}

#[test]
fn a_holder_sees_which_offices_looked_newest_first_and_nothing_of_others() {
    let (_dir, journal) = journal();
    opened(&journal, 7, at("2026-05-20T09:10:00+07:00"));
    let mine = code(7);
    search(&journal, "mai@so-gd", &[code(8), mine], at("2026-06-30T23:59:00+07:00"));
    batch(&journal, Actor::Office { account: text("nam@so-gd") }, &[code(9), mine], at("2026-07-01T08:30:00+07:00"));
    let app = Actor::App { partner: text("so-gd"), consent: 3 };
    journal.append(at("2026-07-01T09:00:00+07:00"), &event(app, &mine)).unwrap();
    holder(&journal, morning());
    let refused = Event { outcome: Outcome::Refused, ..event(Actor::Office { account: text("x@khac") }, &mine) };
    journal.append(morning(), &refused).unwrap();
    journal.append(morning(), &Event { client: None, ..event(operator(), &mine) }).unwrap();
    let oversight = oversight(&journal);
    let looks = oversight.looks(&mine, morning());
    let shown: Vec<_> = looks.looks.iter().map(|l| (l.office.as_deref(), l.how, l.hour.to_string())).collect();
    assert_eq!(
        shown,
        [
            (None, How::Opened, "2026-07-01T10:00:00+07:00".to_owned()),
            (Some("app:so-gd"), How::Opened, "2026-07-01T09:00:00+07:00".to_owned()),
            (Some("so-gd"), How::Checked, "2026-07-01T08:00:00+07:00".to_owned()),
            (Some("so-gd"), How::Found, "2026-06-30T23:00:00+07:00".to_owned()),
            (Some("dhqg-hn"), How::Opened, "2026-05-20T09:00:00+07:00".to_owned()),
        ]
    );
    assert!(looks.is_whole && !looks.more);
    assert_eq!(looks.looks[2].purpose, "Xét tuyển");
    assert_eq!(looks.looks[0].purpose, "", "an operator's reason may name somebody");
    let text = format!("{looks:?}");
    assert!(!text.contains("nam") && !text.contains("Bình"), "the office alone: {text}");
    assert!(oversight.looks(&code(77), morning()).looks.is_empty());
}

#[test]
fn looks_within_an_hour_are_one_and_the_strongest_counts() {
    let (_dir, journal) = journal();
    let mine = code(7);
    search(&journal, LAN, &[mine], morning());
    opened(&journal, 7, later(morning(), 60));
    search(&journal, LAN, &[mine], later(morning(), 120));
    let looks = oversight(&journal).looks(&mine, morning()).looks;
    assert_eq!((looks.len(), looks[0].how), (1, How::Opened));
}

#[test]
fn a_look_shows_once_it_was_followed_and_after_a_restart() {
    let (dir, journal) = journal();
    let oversight = oversight(&journal);
    for n in 0..40 {
        opened(&journal, n, morning());
        assert!(oversight.follow());
        assert_eq!(oversight.looks(&code(n), morning()).looks.len(), 1, "at once, over every segment's end");
    }
    drop((oversight, journal));
    let again = self::oversight(&open(dir.path()));
    assert!((0..40).all(|n| again.looks(&code(n), morning()).looks.len() == 1));
}

#[test]
fn older_looks_than_a_year_are_not_shown() {
    let (_dir, journal) = journal();
    opened(&journal, 1, at("2025-06-01T10:00:00+07:00"));
    opened(&journal, 1, at("2025-07-02T10:00:00+07:00"));
    let looks = oversight(&journal).looks(&code(1), morning());
    assert_eq!(looks.looks.len(), 1);
    assert_eq!(looks.since.date_in_vietnam().to_string(), "2025-06-30");
}

fn logged(n: u32, status: Status, position: u64, logged_at: Moment) -> LoggedStatus {
    let sheet = Some(SheetId::from_bytes(*code(n).as_bytes()));
    LoggedStatus { code: code(n), status, sheet, effective_at: morning(), position, logged_at }
}

fn hanoi() -> OfficeId {
    OfficeId::parse("dhqg-hn").unwrap()
}

/// Positions that an office is told.
fn told(oversight: &Oversight, office: &str) -> Vec<u64> {
    let office = OfficeId::parse(office).unwrap();
    oversight.later_changes(&office, None).changes.iter().map(|change| change.logged.position).collect()
}

#[test]
fn an_office_that_looked_before_is_told_of_what_ends_or_touches_a_transcript() {
    let (_dir, journal) = journal();
    let day = |n: i64| later(morning(), n * 24 * 3600);
    opened(&journal, 1, morning());
    search(&journal, "mai@so-gd", &[code(2)], morning());
    batch(&journal, Actor::Office { account: text("nam@so-gd") }, &[code(3)], day(40));
    let app = Actor::App { partner: text("ung-dung"), consent: 3 };
    journal.append(morning(), &event(app, &code(1))).unwrap();
    journal.append(morning(), &Event { client: None, ..event(operator(), &code(2)) }).unwrap();
    holder(&journal, morning());
    let theirs = code(1);
    let refused = Event { outcome: Outcome::Refused, ..event(Actor::Office { account: text("x@khac") }, &theirs) };
    journal.append(morning(), &refused).unwrap();
    let oversight = oversight(&journal);
    let all = [
        (1, Status::Withdrawn),
        (1, Status::Transferred),
        (2, Status::Replaced),
        (2, Status::Suspended),
        (2, Status::Released),
        (3, Status::Erased),
        (9, Status::Withdrawn),
    ];
    let statuses: Vec<_> = (10..).zip(all).map(|(at, (n, status))| logged(n, status, at, day(50))).collect();
    oversight.tell(&statuses, true, day(51));
    assert_eq!(told(&oversight, "dhqg-hn"), [10], "another school's management changes nothing");
    assert_eq!(told(&oversight, "so-gd"), [15, 14, 13, 12]);
    assert!(told(&oversight, "khac").is_empty() && told(&oversight, "ung-dung").is_empty());
    let changes = oversight.later_changes(&hanoi(), None);
    assert_eq!((changes.changes[0].how, changes.changes[0].seen), (How::Opened, morning()));
    assert_eq!((changes.newest, changes.next, changes.noted, changes.open), (Some(10), None, None, 1));
    assert!(changes.is_whole);
}

#[test]
fn whoever_looked_afterwards_saw_it_and_is_told_nothing() {
    let (_dir, journal) = journal();
    opened(&journal, 1, at("2026-07-01T12:00:00+07:00"));
    opened(&journal, 2, at("2026-07-01T10:59:59+07:00"));
    opened(&journal, 3, at("2026-06-30T23:00:00+07:00"));
    opened(&journal, 3, at("2026-07-02T08:00:00+07:00"));
    let oversight = oversight(&journal);
    let when = at("2026-07-01T11:00:00+07:00");
    let statuses = [1, 2, 3].map(|n| logged(n, Status::Withdrawn, n.into(), when));
    oversight.tell(&statuses, true, at("2026-07-03T11:00:00+07:00"));
    assert_eq!(told(&oversight, "dhqg-hn"), [3, 2]);
    let newest = oversight.later_changes(&hanoi(), None).changes[0];
    assert_eq!(newest.seen.to_string(), "2026-06-30T23:00:00+07:00", "the last look before");
}

#[test]
fn what_an_office_took_note_of_is_read_back_from_the_journal() {
    let (dir, journal) = journal();
    opened(&journal, 1, morning());
    opened(&journal, 2, morning());
    let statuses = [1, 2].map(|n| logged(n, Status::Withdrawn, 10 * u64::from(n), later(morning(), 3600)));
    let oversight = oversight(&journal);
    oversight.tell(&statuses, true, later(morning(), 7200));
    assert_eq!(oversight.untold(&hanoi()), 2);
    let noted = ChangesNoted { account: text(LAN), position: 10 };
    journal.append_office(later(morning(), 7200), OfficeEvent::ChangesNoted(noted)).unwrap();
    assert!(oversight.follow());
    assert_eq!(oversight.untold(&hanoi()), 1);
    assert_eq!(oversight.untold(&OfficeId::parse("so-gd").unwrap()), 0);
    drop((oversight, journal));
    let again = self::oversight(&open(dir.path()));
    assert_eq!(again.untold(&hanoi()), 0, "the ledger was not read yet");
    assert!(!again.later_changes(&hanoi(), None).is_whole);
    again.tell(&statuses, true, later(morning(), 7200));
    let changes = again.later_changes(&hanoi(), None);
    assert_eq!((changes.noted, changes.open, changes.changes.len()), (Some(10), 1, 2), "what was noted stays listed");
}

#[test]
fn changes_come_page_by_page_and_each_once() {
    let (_dir, journal) = journal();
    let oversight = oversight(&journal);
    let count = 2 * CHANGES_PER_PAGE as u32 + 7;
    for n in 0..count {
        opened(&journal, n, morning());
    }
    assert!(oversight.follow());
    let when = later(morning(), 3600);
    let statuses: Vec<_> = (0..count).map(|n| logged(n, Status::Withdrawn, u64::from(n) * 3, when)).collect();
    let (first, second) = statuses.split_at(60);
    oversight.tell(first, false, when);
    assert!(!oversight.later_changes(&hanoi(), None).is_whole, "more of the ledger is to come");
    oversight.tell(second, true, when);
    let (mut before, mut read, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = oversight.later_changes(&hanoi(), before);
        read.extend(page.changes.iter().map(|change| change.logged.position));
        pages += 1;
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    let expected: Vec<u64> = (0..count).rev().map(|n| u64::from(n) * 3).collect();
    assert_eq!((read, pages), (expected, 3));
    let a_year_on = later(when, 366 * 24 * 3600 + 1);
    oversight.tell(&[], true, a_year_on);
    assert_eq!(oversight.untold(&hanoi()), 0, "after a year they are forgotten");
}
