//! Soft copies as the portal would issue and judge them, and what their pages say.

use std::net::IpAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::rt;
use actix_web::test::TestRequest;
use actix_web::web::Data;
use hocba::portal::answer::{SheetVerdict, Verdict};
use hocba::portal::soft_copy::judge::{Change, Genuine, Judged};
use hocba::portal::soft_copy::shelf::Shelf;
use hocba::transcript::time::SchoolYear;
use hocba::transcript::{Moment, TranscriptCode};
use hocba::web::AppState;
use hocba::web::backend::{DiscloseRefusal, JudgedCopy, PickUp, SecondFactor, SoftCopies, SoftCopyRefusal};

use super::fixtures::{CODE, TICKET, UNCHECKED, code, day, now, plain_state, state};
use super::routes::{Answer, api, call_with, form, get, post};

/// The ticket of a file that is on the shelf.
pub(super) const KEPT: &str = "ticket-of-a-file";
/// The file.
pub(super) const FILE: &[u8] = b"%PDF-1.7 a soft copy";
const BOUNDARY: &str = "multipart/form-data; boundary=x";

/// Issues to whoever has the ticket, and judges files by what they say of themselves.
pub(super) struct DeskFixture;

impl SoftCopies for DeskFixture {
    fn issues(&self) -> bool {
        true
    }

    fn issue(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        extract: Option<SchoolYear>,
        _: IpAddr,
        now: Moment,
    ) -> Result<PickUp, SoftCopyRefusal> {
        if code.to_string() == UNCHECKED {
            return Err(SoftCopyRefusal::Unavailable);
        }
        if extract.is_some_and(|year| year != SchoolYear::starting(2025).unwrap()) {
            return Err(SoftCopyRefusal::NoSuchYear);
        }
        match factor {
            SecondFactor::Ticket(ticket) if ticket == TICKET => {
                Ok(Shelf::new(1000, None).put(FILE.to_vec(), now).unwrap())
            }
            _ => Err(SoftCopyRefusal::NotOpened(DiscloseRefusal::TicketNotValid)),
        }
    }

    fn pick_up(&self, ticket: &str, _: Moment) -> Option<Arc<[u8]>> {
        (ticket == KEPT).then(|| FILE.into())
    }

    fn judge(&self, file: &[u8], _: Moment) -> JudgedCopy {
        let change = |then, now| Change { school_year: SchoolYear::starting(2025).unwrap(), then, now, since: None };
        let genuine = |verdict, changes| {
            Judged::Genuine(Genuine {
                code: code(),
                issued_at: now(),
                extract: None,
                stamped_at: Some(now()),
                verdict,
                changes,
            })
        };
        let withdrawn =
            Change { since: Some(day("2026-08-03")), ..change(Some(SheetVerdict::Valid), SheetVerdict::Withdrawn) };
        match file {
            b"current" => genuine(Verdict::Valid, Some(vec![])),
            b"current, withdrawn" => genuine(Verdict::Withdrawn, Some(vec![])),
            b"older" => genuine(Verdict::PartlyWithdrawn, Some(vec![withdrawn, change(None, SheetVerdict::Valid)])),
            b"unchecked" => genuine(Verdict::Unchecked, None),
            b"altered" => Judged::Altered,
            b"code" => Judged::CodeOnly { code: code(), verdict: Verdict::Valid },
            b"unreadable" => Judged::Unreadable,
            _ => Judged::NotIssuedHere,
        }
    }
}

/// A file as a browser sends it.
pub(super) fn upload(file: &str) -> TestRequest {
    let body =
        format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n{file}\r\n--x--\r\n");
    post("/xac-thuc-ban-mem", BOUNDARY, &body)
}

async fn page(file: &str) -> String {
    call_with(&state(|_| {}), upload(file)).await.text()
}

#[actix_web::test]
async fn green_is_only_what_is_current_and_in_force() {
    for (file, tone, said) in [
        ("current", "good", "khớp với dữ liệu gốc"),
        ("current, withdrawn", "caution", "xem tình trạng"),
        ("older", "caution", "dữ liệu nay đã khác"),
        ("unchecked", "undecided", "Chưa đối chiếu được"),
        ("altered", "bad", "Nội dung không khớp với dữ liệu gốc"),
        ("code", "note", "chưa đối chiếu nội dung"),
        ("nothing of ours", "bad", "Không phải bản mềm"),
        ("unreadable", "note", "Không đọc được tệp"),
    ] {
        let page = page(file).await;
        assert!(page.contains(&format!("verdict {tone}")), "{file}: {page}");
        assert!(page.contains(said), "{file}: {page}");
    }
}

#[actix_web::test]
async fn an_older_copy_says_what_has_changed() {
    let page = page("older").await;
    assert!(page.contains("trong bản mềm: Có hiệu lực; hiện nay: Đã thu hồi"), "{page}");
    assert!(page.contains("chưa có trong bản mềm; hiện nay: Có hiệu lực"), "{page}");
    assert!(page.contains("03/08/2026"), "{page}");
}

/// Prints when it is let go on.
struct Holding {
    asked: Sender<()>,
    go_on: Mutex<Receiver<()>>,
}

impl SoftCopies for Holding {
    fn issues(&self) -> bool {
        true
    }

    fn issue(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        extract: Option<SchoolYear>,
        client: IpAddr,
        now: Moment,
    ) -> Result<PickUp, SoftCopyRefusal> {
        self.asked.send(()).ok();
        self.go_on.lock().unwrap().recv().unwrap();
        DeskFixture.issue(code, factor, extract, client, now)
    }

    fn pick_up(&self, ticket: &str, now: Moment) -> Option<Arc<[u8]>> {
        DeskFixture.pick_up(ticket, now)
    }

    fn judge(&self, file: &[u8], now: Moment) -> JudgedCopy {
        DeskFixture.judge(file, now)
    }
}

fn ask() -> TestRequest {
    form(&format!("/v/{CODE}/ban-mem"), &format!("ticket={TICKET}"))
}

fn asked(state: &Data<AppState>) -> rt::task::JoinHandle<Answer> {
    let state = state.clone();
    rt::spawn(async move { call_with(&state, ask()).await })
}

/// One press, on which a copy lies until the sender says so.
async fn busy_press(wait_ms: u64) -> (Data<AppState>, rt::task::JoinHandle<Answer>, Sender<()>) {
    let ((asked_for, was_asked), (go_on, held)) = (channel(), channel());
    let mut state = plain_state(|config| {
        config.serve.soft_copies_at_once = 1;
        config.serve.soft_copies_waiting = 1;
        config.serve.soft_copy_wait_ms = wait_ms;
    });
    state.soft_copies = Some(Arc::new(Holding { asked: asked_for, go_on: Mutex::new(held) }));
    let state = Data::new(state);
    let first = asked(&state);
    actix_web::web::block(move || was_asked.recv()).await.unwrap().unwrap();
    (state, first, go_on)
}

#[actix_web::test]
async fn while_the_press_is_busy_others_are_told_to_come_again() {
    let (state, first, go_on) = busy_press(20).await;
    for request in [ask(), upload("current")] {
        let answer = call_with(&state, request).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "30"), "nothing became free in time");
    }
    assert_eq!(call_with(&state, get(&api(CODE))).await.status, 200, "verdicts go on");
    assert_eq!(call_with(&state, get(&format!("/ban-mem/{KEPT}"))).await.status, 200, "finished files, too");
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap().status, 303);
    go_on.send(()).unwrap();
    assert_eq!(call_with(&state, ask()).await.status, 303, "its place is free again");
}

#[actix_web::test]
async fn only_so_many_wait_for_the_press() {
    let (state, first, go_on) = busy_press(60_000).await;
    let (second, third) = (asked(&state), asked(&state));
    while !second.is_finished() && !third.is_finished() {
        rt::time::sleep(Duration::from_millis(5)).await;
    }
    go_on.send(()).unwrap();
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap().status, 303);
    let mut statuses = [second.await.unwrap().status.as_u16(), third.await.unwrap().status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 503], "one waits for its place, one is refused at once");
}
