//! What offices are told of transcripts that were withdrawn after they had looked: on every page that there is something,
//! the list, and that somebody took note.

use hocba::follow::statuses::LoggedStatus;
use hocba::journal::{Actor, Event, Outcome};
use hocba::portal::oversight::{Filter, LineKind};
use hocba::transcript::{GroupSet, Status};

use super::fixtures::code;
use super::offices::{House, clock};
use crate::offices::samples::{later, text};

const PATH: &str = "/co-quan/thay-doi";

/// The clerk's office opened the transcript an hour ago; then it was withdrawn, twice over.
fn withdrawn(house: &House) {
    let actor = Actor::Office { account: text(&house.clerk.account.to_string()) };
    let (transcript, client) = (code(), None);
    let groups = GroupSet::BIRTH_DATE;
    let event = Event {
        actor,
        purpose: text("Xét tuyển"),
        transcript: &transcript,
        groups,
        client,
        outcome: Outcome::Disclosed,
    };
    house.journal.append(later(clock(), -7200), &event).unwrap();
    let oversight = house.state.oversight.as_ref().unwrap();
    assert!(oversight.follow());
    let logged = |position, status| LoggedStatus {
        code: transcript,
        status,
        sheet: None,
        effective_at: clock(),
        position,
        logged_at: clock(),
    };
    oversight.tell(&[logged(40, Status::Suspended), logged(41, Status::Withdrawn)], true, clock());
}

#[actix_web::test]
async fn an_office_is_told_on_every_page_until_somebody_takes_note() {
    let house = House::new();
    let (clerk, administrator) = (house.sign_in(&house.clerk), house.sign_in(&house.administrator));
    assert!(house.call(clerk.get(PATH)).await.text().contains("Không có thay đổi nào mà đơn vị chưa ghi nhận"));
    withdrawn(&house);
    for browser in [&clerk, &administrator] {
        for path in ["/co-quan", "/co-quan/tim", "/co-quan/lo", "/co-quan/mat-khau", PATH] {
            let page = house.call(browser.get(path)).await.text();
            assert!(page.contains("Thay đổi sau khi xem (2)"), "{path}");
        }
    }
    assert!(house.call(clerk.get("/co-quan")).await.text().contains("2 thay đổi mà đơn vị chưa ghi nhận"));
    let list = house.call(clerk.get(PATH)).await.text();
    let place = |words: &str| list.find(words).unwrap_or_else(|| panic!("{words}: {list}"));
    assert!(place("Học bạ bị thu hồi") < place("Học bạ đang được rà soát"), "the newest first");
    assert!(list.contains("Mở hoặc đối chiếu nội dung") && list.contains(&format!("value=\"{}\"", code())));
    assert!(!list.contains("Nguyễn Hoàng"), "whose it is stands behind the button, which is written down");
    let noted = house.call(administrator.post(PATH, "den=41")).await;
    assert_eq!((noted.status.as_u16(), noted.header("location")), (303, PATH));
    let list = house.call(clerk.get(PATH)).await.text();
    assert!(list.contains("Học bạ bị thu hồi") && !list.contains("Thay đổi sau khi xem (") && !list.contains(">mới<"));
}

#[actix_web::test]
async fn taking_note_is_written_down_and_reaches_no_further_than_what_there_is() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let lines = || house.state.oversight.as_ref().unwrap().lines(&Filter::default()).unwrap().records;
    let before = lines().len();
    assert_eq!(house.call(clerk.post(PATH, "den=99")).await.status, 303);
    assert_eq!(lines().len(), before, "there is nothing to take note of");
    withdrawn(&house);
    for (fields, status) in [("", 400), ("den=x", 400), ("den=-1", 400), ("den=18446744073709551615", 303)] {
        assert_eq!(house.call(clerk.post(PATH, fields)).await.status.as_u16(), status, "{fields}");
    }
    let kind = Some(LineKind::Opened);
    let oversight = house.state.oversight.as_ref().unwrap();
    let newest = &oversight.lines(&Filter { kind, ..Filter::default() }).unwrap().records[0];
    let said = serde_json::to_value(&newest.entry).unwrap();
    let account = house.clerk.account.to_string();
    assert_eq!(said, serde_json::json!({"changes_noted": {"account": account, "position": 41}}));
    let auditor = house.sign_in(&house.auditor);
    let journal = house.call(auditor.get("/co-quan/nhat-ky")).await.text();
    assert!(journal.contains("Ghi nhận các thay đổi của học bạ đã xem, đến mục 41 của sổ"));
    assert!(!journal.contains("Thay đổi sau khi xem"), "an auditor opens no transcript, and is told of none");
}

#[actix_web::test]
async fn a_position_leads_to_what_was_logged_before_it() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    withdrawn(&house);
    let older = house.call(clerk.get(&format!("{PATH}?truoc=41"))).await.text();
    assert!(older.contains("Học bạ đang được rà soát") && !older.contains("Học bạ bị thu hồi"));
    assert!(older.contains("Về các thay đổi mới nhất"));
    for odd in ["x", "-1", "", "99999999999999999999"] {
        assert_eq!(house.call(clerk.get(&format!("{PATH}?truoc={odd}"))).await.status, 200, "{odd}");
    }
}
