//! Reports of errors on disk: sealed, bounded, filed once, changed whole, deleted in time.

use std::path::Path;

use hocba::reports::{
    About, Bounds, Change, Contact, FileRefusal, NewReport, Reports, ReportsFault, State, TicketCode, words,
};
use hocba::transcript::province::{ProvinceCode, ProvinceRef};
use hocba::transcript::text::Text;
use hocba::transcript::time::{Day, SchoolYear};
use hocba::transcript::{Moment, TranscriptCode};
use proptest::prelude::*;

const BOUNDS: Bounds = Bounds { at_a_time: 50, per_day: 20, per_transcript: 3, keep_days: 730 };
const SECRET: &str = "Điểm Toán học kì I là 8,5 chứ không phải 5,8";

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn now() -> Moment {
    at("2026-11-22T14:03:10+07:00")
}

fn open(dir: &Path, bounds: Bounds) -> Reports {
    Reports::open(dir, &[7; 32], bounds).unwrap()
}

fn code(n: u8) -> TranscriptCode {
    TranscriptCode::from_bytes([n; 16])
}

fn new(n: u8) -> NewReport {
    NewReport {
        code: code(n),
        school_year: SchoolYear::starting(2025),
        province: ProvinceRef {
            code: ProvinceCode::parse("22").unwrap(),
            vintage: Day::parse("2025-07-01").unwrap(),
            name: Text::new("Quảng Ninh").unwrap(),
        },
        school: Text::new("22001").unwrap(),
        about: About::Results,
        text: words(SECRET).unwrap(),
        contact: Some(Contact::new("phu.huynh@example.vn").unwrap()),
    }
}

fn change(state: State, text: Option<&str>) -> Change {
    Change { state, by: Text::new("Nguyễn Văn A").unwrap(), text: text.map(|text| words(text).unwrap()) }
}

#[test]
fn a_report_is_found_by_its_ticket_and_its_number_and_by_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    let filed = reports.file(new(1), &[1; 16], now(), |number| number == 1).unwrap();
    assert_eq!((filed.number, filed.again), (1, false));
    let shown = filed.ticket.to_string();
    assert_eq!(shown.len(), 24);
    let typed = shown.to_lowercase().replace('-', " ");
    for ticket in [filed.ticket, TicketCode::from_typed(&typed).unwrap()] {
        assert_eq!(reports.by_ticket(&ticket).unwrap().unwrap().text.as_str(), SECRET);
    }
    assert_eq!(reports.by_number(1).unwrap().unwrap().state(), State::Received);
    assert!(reports.by_number(2).unwrap().is_none());
    assert!(reports.by_ticket(&TicketCode::from_typed("00000000000000000000").unwrap()).unwrap().is_none());
    drop(reports);
    // After a restart too.
    assert!(open(dir.path(), BOUNDS).by_ticket(&filed.ticket).unwrap().is_some());
}

#[test]
fn the_same_form_again_is_the_same_report() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    let first = reports.file(new(1), &[1; 16], now(), |_| true).unwrap();
    let again = reports.file(new(1), &[1; 16], now(), |_| panic!("nothing new to record")).unwrap();
    assert!(again.again && again.number == first.number && again.ticket == first.ticket);
    assert_eq!(reports.count(), 1);
    let other = reports.file(new(2), &[1; 16], now(), |_| true).unwrap();
    assert!(other.ticket != first.ticket, "another transcript, another report");
}

#[test]
fn nothing_that_was_written_lies_on_the_disk_in_clear() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    let filed = reports.file(new(1), &[1; 16], now(), |_| true).unwrap();
    reports.change(1, change(State::Answered, Some("Đã thay thế")), now()).unwrap().unwrap();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        let mut bytes = std::fs::read(entry.path()).unwrap();
        bytes.extend_from_slice(entry.file_name().as_encoded_bytes());
        for secret in [SECRET, "phu.huynh", "Quảng Ninh", "22001", &code(1).to_string(), &filed.ticket.to_string()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
        }
    }
}

#[test]
fn what_cannot_be_recorded_is_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    assert!(matches!(reports.file(new(1), &[1; 16], now(), |_| false), Err(FileRefusal::NotRecorded)));
    assert_eq!(reports.count(), 0);
    assert!(!reports.file(new(1), &[1; 16], now(), |_| true).unwrap().again);
}

#[test]
fn there_are_only_so_many() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    for nonce in 0..3 {
        reports.file(new(1), &[nonce; 16], now(), |_| true).unwrap();
    }
    assert!(matches!(reports.file(new(1), &[9; 16], now(), |_| true), Err(FileRefusal::Transcript)));
    // A month later it is taken again.
    reports.file(new(1), &[9; 16], at("2026-12-23T08:00:00+07:00"), |_| true).unwrap();
    for n in 2..19 {
        reports.file(new(n), &[n; 16], now(), |_| true).unwrap();
    }
    assert!(matches!(reports.file(new(30), &[30; 16], now(), |_| true), Err(FileRefusal::Full)), "a day's worth");
    reports.file(new(30), &[30; 16], at("2026-11-23T00:00:00+07:00"), |_| true).unwrap();
    let small = tempfile::tempdir().unwrap();
    let reports = open(small.path(), Bounds { at_a_time: 2, ..BOUNDS });
    reports.file(new(1), &[1; 16], now(), |_| true).unwrap();
    reports.file(new(2), &[2; 16], now(), |_| true).unwrap();
    assert!(matches!(reports.file(new(3), &[3; 16], now(), |_| true), Err(FileRefusal::Full)), "no place");
}

#[test]
fn reports_are_deleted_when_their_time_is_over_and_numbers_never_come_again() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    reports.file(new(1), &[1; 16], now(), |_| true).unwrap();
    let second = reports.file(new(2), &[2; 16], now(), |_| true).unwrap();
    assert_eq!(reports.expire(at("2028-11-20T00:00:00+07:00")).unwrap(), 0);
    assert_eq!(reports.expire(at("2028-11-25T00:00:00+07:00")).unwrap(), 2);
    assert!(reports.by_ticket(&second.ticket).unwrap().is_none());
    drop(reports);
    let reports = open(dir.path(), BOUNDS);
    let later = at("2028-11-25T00:00:00+07:00");
    assert_eq!(reports.file(new(3), &[3; 16], later, |_| true).unwrap().number, 3);
}

#[test]
fn states_follow_and_the_reporter_sees_answers_alone() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    reports.file(new(1), &[1; 16], now(), |_| true).unwrap();
    let forwarded = reports.change(1, change(State::Forwarded, Some("gửi trường qua công văn 12")), now());
    let forwarded = forwarded.unwrap().unwrap();
    assert_eq!((forwarded.state(), forwarded.answer()), (State::Forwarded, None), "a note is not an answer");
    let answered = reports.change(1, change(State::Answered, Some("Đã thay thế")), now()).unwrap().unwrap();
    assert_eq!(answered.answer().unwrap().as_str(), "Đã thay thế");
    let closed = reports.change(1, change(State::Closed, None), now()).unwrap().unwrap();
    assert_eq!((closed.state(), closed.answer().unwrap().as_str()), (State::Closed, "Đã thay thế"));
    assert!(reports.change(1, change(State::Answered, Some("x")), now()).unwrap().is_none(), "closed stays closed");
    assert!(reports.change(7, change(State::Answered, Some("x")), now()).unwrap().is_none());
}

#[test]
fn one_process_has_them_and_another_key_opens_none() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    assert!(matches!(Reports::open(dir.path(), &[7; 32], BOUNDS), Err(ReportsFault::Locked(_))));
    reports.file(new(1), &[1; 16], now(), |_| true).unwrap();
    drop(reports);
    let other = Reports::open(dir.path(), &[8; 32], BOUNDS).unwrap();
    assert!(matches!(other.by_number(1), Err(ReportsFault::Damaged(_))));
}

#[test]
fn a_flipped_bit_and_a_moved_file_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let reports = open(dir.path(), BOUNDS);
    reports.file(new(1), &[1; 16], now(), |_| true).unwrap();
    reports.file(new(2), &[2; 16], now(), |_| true).unwrap();
    let mut paths: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("2026"))
        .collect();
    paths.sort();
    let [first, second] = &paths[..] else { panic!("{paths:?}") };
    let (one, two) = (std::fs::read(first).unwrap(), std::fs::read(second).unwrap());
    for at in (0..one.len()).step_by(11) {
        let mut spoiled = one.clone();
        spoiled[at] ^= 1;
        std::fs::write(first, spoiled).unwrap();
        assert!(matches!(reports.by_number(1), Err(ReportsFault::Damaged(_))), "bit at {at}");
    }
    std::fs::write(first, &two).unwrap();
    assert!(matches!(reports.by_number(1), Err(ReportsFault::Damaged(_))), "another report's bytes");
    assert!(reports.by_number(2).is_ok());
}

#[test]
fn contacts_are_addresses_or_numbers() {
    for good in ["a@b.vn", " phu.huynh+lop6@truong.edu.vn ", "0912 345 678", "+84 (912) 345-678"] {
        assert!(Contact::new(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "a",
        "a@b",
        "@b.vn",
        "a@@b.vn",
        "a b@c.vn",
        "<a@b.vn>",
        "12345",
        "1".repeat(16).as_str(),
        "a@b.vn\nBcc: x@y.vn",
        "\u{202e}a@b.vn",
    ] {
        assert!(Contact::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn words_are_normalised_and_bounded() {
    assert_eq!(words(" a\r\nb \n").unwrap().as_str(), "a\nb");
    assert_eq!(words("hoa\u{300}").unwrap().as_str(), "hoà");
    assert!(words(&"đ".repeat(2000)).is_ok());
    assert!(words(&"đ".repeat(2001)).is_err());
    for bad in ["", " \r\n ", "a\u{0}b", "a\u{202e}b", "a\u{1b}[31m"] {
        assert!(words(bad).is_err(), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn any_typed_ticket_is_read_or_refused(typed in any::<String>()) {
        if let Some(ticket) = TicketCode::from_typed(&typed) {
            prop_assert_eq!(TicketCode::from_typed(&ticket.to_string()), Some(ticket));
        }
    }

    #[test]
    fn a_ticket_survives_being_typed(digits in "[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{20}") {
        let ticket = TicketCode::from_typed(&digits).unwrap();
        prop_assert_eq!(TicketCode::from_typed(&ticket.to_string().replace('-', "").replace('0', "o").replace('1', "l")), Some(ticket));
    }
}
