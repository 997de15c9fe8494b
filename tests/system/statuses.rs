//! Statuses read from a real ledger, and offices that are told of them: all of them and in order, from a moment on, never
//! silently fewer.

use std::sync::Arc;

use hocba::follow::FollowFault;
use hocba::follow::statuses::{LoggedStatus, Statuses};
use hocba::portal::oversight::Oversight;
use hocba::tlog::leaf::{Kind, LEAF_LEN};
use hocba::transcript::status::StatusClaims;
use hocba::transcript::{Moment, Status};

use super::nation::{Opened, copy_of, data_dir, files, made, now};
use super::office_search::{clerk_of_all, client};

fn beginning() -> Moment {
    Moment::from_millis(0).unwrap()
}

fn statuses(opened: &Opened, since: Moment) -> Statuses {
    Statuses::new(Arc::clone(&opened.reader), opened.follower.published(), since)
}

fn read(statuses: &mut Statuses) -> Vec<LoggedStatus> {
    let mut found = Vec::new();
    while !statuses.step(&mut found).unwrap() {}
    found
}

#[test]
fn every_status_is_read_once_and_in_order_and_what_comes_later_too() {
    let data = copy_of(&made().before());
    let mut opened = Opened::at(data.path()).unwrap();
    let mut reading = statuses(&opened, beginning());
    let mut found = read(&mut reading);
    assert!(reading.step(&mut found).unwrap(), "nothing is new");
    let known = found.len();
    made().take_rest(data.path());
    opened.follow();
    found.extend(read(&mut reading));
    let reader = data_dir(data.path()).reader().unwrap();
    let expected: Vec<(u64, Status)> = (0..reader.size())
        .filter(|index| reader.leaf(*index).unwrap().kind == Kind::Status)
        .map(|index| {
            let claims: StatusClaims = serde_json::from_slice(&reader.facts_of(index).unwrap().facts).unwrap();
            (index, claims.status)
        })
        .collect();
    assert!(known > 0 && known < expected.len() && expected.iter().any(|(_, status)| *status == Status::Withdrawn));
    assert_eq!(found.iter().map(|s| (s.position, s.status)).collect::<Vec<_>>(), expected);
    for since in found.iter().map(|status| status.logged_at).chain([now()]) {
        let later: Vec<_> = found.iter().filter(|status| status.logged_at >= since).copied().collect();
        assert_eq!(read(&mut statuses(&opened, since)), later);
    }
}

#[test]
fn a_leaf_that_is_no_status_any_more_is_a_fault_and_not_a_silence() {
    let data = copy_of(&made().data());
    let opened = Opened::at(data.path()).unwrap();
    let all = read(&mut statuses(&opened, beginning()));
    let tiles: Vec<_> =
        files(data.path()).into_iter().filter(|file| file.to_string_lossy().contains("/tile/entries/")).collect();
    let mut hidden = 0;
    for file in tiles {
        let mut bytes = std::fs::read(&file).unwrap();
        // Entries of a tile: two bytes of length, then the leaf.
        for entry in bytes.chunks_exact_mut(LEAF_LEN + 2).filter(|entry| entry[3] == Kind::Status as u8) {
            entry[3] = Kind::Anchor as u8;
            hidden += 1;
        }
        std::fs::write(&file, bytes).unwrap();
    }
    assert!(hidden >= all.len() && hidden > 0);
    let mut found = Vec::new();
    let mut reading = statuses(&opened, beginning());
    assert!(matches!(reading.step(&mut found), Err(FollowFault::Tree(_) | FollowFault::Ledger(_))));
    assert!(found.is_empty());
    assert!(reading.step(&mut found).is_err(), "and it stays one");
}

#[test]
fn an_office_that_opened_a_transcript_is_told_when_it_is_withdrawn() {
    let data = copy_of(&made().before());
    let mut opened = Opened::with_search(data.path());
    let clerk = clerk_of_all();
    let is_withdrawn_since = |code: &str| {
        made().answers_before.get(code).is_some_and(|then| then["verdict"] == "valid")
            && made().answers[code]["verdict"] == "withdrawn"
    };
    let mut seen = 0;
    for sample in made().samples() {
        seen += usize::from(opened.portal.office_open(&clerk, &sample.code, client(), now()).is_ok());
    }
    assert!(seen > 20, "{seen}");
    let bounds = data_dir(data.path()).config().oversight;
    let oversight = Oversight::new(Arc::clone(&opened.journal), bounds, now());
    let mut reading = statuses(&opened, beginning());
    let before = read(&mut reading);
    while !oversight.follow() {}
    oversight.tell(&before, true, now());
    let office = clerk.office().id();
    let known = oversight.later_changes(office, None).newest;
    made().take_rest(data.path());
    opened.follow();
    oversight.tell(&read(&mut reading), true, now());
    // What was logged in the hour of a look, before it, is told as well; here it is passed over.
    let mut told = oversight.later_changes(office, None).changes;
    told.retain(|change| Some(change.logged.position) > known);
    let expected: Vec<_> =
        made().samples().iter().filter(|sample| is_withdrawn_since(&sample.code.to_string())).map(|s| s.code).collect();
    assert!(!expected.is_empty());
    for code in expected {
        assert!(
            told.iter().any(|change| *change.code() == code && change.logged.status == Status::Withdrawn),
            "{code}"
        );
    }
}
