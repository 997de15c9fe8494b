//! Tickets of opened pages: what they open, until when, and what ends them.

use hocba::limits::ClientPrefix;
use hocba::portal::{DiscloseRefusal, Disclosed, SecondFactor, ticket};
use hocba::synth::Sample;
use hocba::transcript::{GroupSet, Moment, TranscriptCode};

use super::disclosure::{journal_lines, whole_date};
use super::nation::{Opened, copy_of, made, now};

fn after(start: Moment, ms: i64) -> Moment {
    Moment::from_millis(start.as_millis() + ms).unwrap()
}

fn ask(
    opened: &Opened,
    code: &TranscriptCode,
    factor: &SecondFactor,
    at: Moment,
) -> Result<Disclosed, DiscloseRefusal> {
    opened.portal.disclose(code, factor, ClientPrefix::of([192, 0, 2, 7].into()), at)
}

fn by_date(sample: &Sample) -> SecondFactor {
    SecondFactor::BirthDate { date: sample.date_of_birth, full_name: Some(sample.full_name.clone()) }
}

fn again(opened: &Disclosed) -> SecondFactor {
    SecondFactor::Ticket(opened.opening.ticket().expect("a ticket").to_owned())
}

fn shown(opened: &Disclosed) -> Vec<String> {
    opened.sheets.iter().map(|s| serde_json::to_string(&s.contents).unwrap()).collect()
}

#[test]
fn a_ticket_shows_the_same_again_and_is_written_down_again() {
    let data = copy_of(&made().data());
    let portal = Opened::at(data.path()).unwrap();
    let (one, start) = (whole_date(), now());
    let first = ask(&portal, &one.code, &by_date(one), start).unwrap();
    assert_eq!(journal_lines(data.path()), 1);
    let second = ask(&portal, &one.code, &again(&first), after(start, 1000)).unwrap();
    assert_eq!(journal_lines(data.path()), 2, "shown again, written down again");
    assert_eq!((shown(&second), second.groups), (shown(&first), GroupSet::BIRTH_DATE));
    let ticket = first.opening.ticket().unwrap();
    assert_eq!(ticket.len(), 79);
    let bytes = data_encoding::BASE64URL_NOPAD.decode(ticket.as_bytes()).unwrap();
    assert!(!bytes.windows(4).any(|w| w == &one.code.as_bytes()[..4]), "names no code");
    let journal = std::fs::read_dir(data.path().join("journal")).unwrap();
    let lines: String = journal.filter_map(|f| std::fs::read_to_string(f.unwrap().path()).ok()).collect();
    assert!(lines.contains("đối chiếu với bản giấy") && !lines.contains(ticket));
    // Another process with the same keys takes it: a replica, or this one started again.
    drop(portal);
    let portal = Opened::at(data.path()).unwrap();
    assert!(ask(&portal, &one.code, &again(&second), after(start, 2000)).is_ok());
}

#[test]
fn a_ticket_runs_out_and_renewing_it_ends_too() {
    let data = copy_of(&made().data());
    let portal = Opened::at(data.path()).unwrap();
    let (one, start) = (whole_date(), now());
    let first = ask(&portal, &one.code, &by_date(one), start).unwrap();
    let at = |ms| after(start, ms);
    assert!(ask(&portal, &one.code, &again(&first), at(ticket::IDLE_MS - 1)).is_ok());
    let ended = ask(&portal, &one.code, &again(&first), at(ticket::IDLE_MS));
    assert_eq!(ended.unwrap_err(), DiscloseRefusal::TicketNotValid);
    assert!(ask(&portal, &one.code, &again(&first), at(-1)).is_err(), "nor before it was given");
    let (mut last, mut time) = (first, 0);
    while let Some(ticket) = last.opening.ticket().map(str::to_owned) {
        time = (time + ticket::IDLE_MS - 1).min(ticket::LONGEST_MS - 1);
        let next = ask(&portal, &one.code, &SecondFactor::Ticket(ticket), at(time)).unwrap();
        assert!(time < ticket::LONGEST_MS);
        if time == ticket::LONGEST_MS - 1 {
            let end = ask(&portal, &one.code, &again(&next), at(ticket::LONGEST_MS));
            assert_eq!(end.unwrap_err(), DiscloseRefusal::TicketNotValid, "an hour after the birth date at the latest");
            return;
        }
        last = next;
    }
    panic!("the ticket was not renewed up to its end");
}

#[test]
fn a_ticket_is_good_for_one_code_and_cannot_be_changed() {
    let data = copy_of(&made().data());
    let portal = Opened::at(data.path()).unwrap();
    let (one, start) = (whole_date(), now());
    let first = ask(&portal, &one.code, &by_date(one), start).unwrap();
    for other in made().samples().iter().filter(|s| s.code != one.code) {
        assert!(ask(&portal, &other.code, &again(&first), start).is_err(), "of another transcript");
    }
    let bytes = data_encoding::BASE64URL_NOPAD.decode(first.opening.ticket().unwrap().as_bytes()).unwrap();
    for i in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        let changed = SecondFactor::Ticket(data_encoding::BASE64URL_NOPAD.encode(&changed));
        assert_eq!(ask(&portal, &one.code, &changed, start).unwrap_err(), DiscloseRefusal::TicketNotValid, "byte {i}");
    }
    for odd in ["", "x", "ẹ", &"A".repeat(79), &"A".repeat(100_000)] {
        let odd = SecondFactor::Ticket(odd.to_owned());
        assert_eq!(ask(&portal, &one.code, &odd, start).unwrap_err(), DiscloseRefusal::TicketNotValid);
    }
    assert_eq!(journal_lines(data.path()), 1, "nothing of it was disclosed");
    let right = ask(&portal, &one.code, &by_date(one), start);
    assert!(right.is_ok(), "and none of it counted as a wrong birth date");
}

#[test]
fn a_changed_record_ends_its_tickets() {
    let (before, after) = (copy_of(&made().before()), copy_of(&made().data()));
    let (then, today) = (Opened::at(before.path()).unwrap(), Opened::at(after.path()).unwrap());
    let start = now();
    let (mut ended, mut kept) = (0, 0);
    for sample in made().samples() {
        let code = sample.code.to_string();
        let (Some(was), Some(is)) = (made().answers_before.get(&code), made().answers.get(&code)) else { continue };
        let Ok(opened) = ask(&then, &sample.code, &by_date(sample), start) else { continue };
        let again = ask(&today, &sample.code, &again(&opened), start);
        match was["sheets"] == is["sheets"] {
            true => kept += usize::from(again.is_ok()),
            false => {
                assert!(again.is_err(), "{} became {}", was["verdict"], is["verdict"]);
                ended += 1;
            }
        }
    }
    assert!(ended > 0 && kept > 0, "{ended} changed, {kept} as before");
}
