//! The desk: each step has its line in the journal before it happens, and no line says what lets anybody in.

use std::path::Path;
use std::sync::Arc;

use hocba::journal::{Actor, Entry, Journal, MemberAction, OfficeAction, TagKey};
use hocba::limits::{ClientPrefix, SignInWaits, WaitLimits};
use hocba::offices::{
    Account, Change, InvitationCode, MemberChange, NoSignIn, Password, Role, SessionToken, Step, Terms, TotpSecret,
};
use hocba::portal::office_desk::{OfficeAnswer, OfficeDesk, OfficeRequest, SignInRefusal};
use hocba::transcript::Moment;

use super::samples::{PASSWORD, account, add, create, lan, later, now, office_id, open, sheet, text};

fn client() -> ClientPrefix {
    ClientPrefix::of([192, 0, 2, 7].into())
}

fn desk(dir: &Path) -> (OfficeDesk, Arc<Journal>) {
    let journal = Arc::new(Journal::open(&dir.join("journal"), TagKey::new(&[3; 32])).unwrap());
    let waits = SignInWaits::new(WaitLimits::default()).unwrap();
    (OfficeDesk::new(open(&dir.join("offices")), Terms::default(), waits, Arc::clone(&journal)), journal)
}

fn change(desk: &OfficeDesk, change: Change) -> OfficeAnswer {
    let request =
        OfficeRequest::Change {
            change: Box::new(change), by: text("Trần Văn Bình"), reason: text("công văn 12")
        };
    desk.answer(request, now()).unwrap()
}

fn invited(desk: &OfficeDesk, account: &Account, role: Role) -> InvitationCode {
    match change(desk, add(account, role)) {
        OfficeAnswer::Invited { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

/// An office, and Lan in it, enrolled.
fn with_lan(dir: &Path, role: Role) -> (OfficeDesk, Arc<Journal>, TotpSecret) {
    let (desk, journal) = desk(dir);
    change(&desk, create());
    let code = invited(&desk, &lan(), role).to_string();
    let totp = desk.begin_enrolment(&lan().to_string(), &code, client(), now()).unwrap().totp;
    let password = Password::chosen(PASSWORD, &lan()).unwrap();
    let shown = totp.code(Step::at(now()).plus(-1));
    desk.complete_enrolment((&lan().to_string(), &code), &password, &shown, client(), now()).unwrap();
    (desk, journal, totp)
}

fn sign_in(desk: &OfficeDesk, totp: &TotpSecret, when: Moment) -> Result<SessionToken, SignInRefusal> {
    let code = totp.code(Step::at(when));
    desk.sign_in("lan.nguyen@dhqg-hn", &Password::from_typed(PASSWORD), &code, client(), None, when)
}

fn lines(dir: &Path) -> String {
    let files = std::fs::read_dir(dir.join("journal")).unwrap().map(|file| file.unwrap().path());
    files.filter_map(|file| std::fs::read_to_string(file).ok()).collect()
}

fn entries(journal: &Journal) -> Vec<Entry> {
    journal.iter().unwrap().map(|record| record.unwrap().entry).collect()
}

#[test]
fn every_step_has_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, journal, totp) = with_lan(dir.path(), Role::Clerk);
    let token = sign_in(&desk, &totp, now()).unwrap();
    desk.sign_out(&token, now());
    desk.sign_out(&token, now());
    change(&desk, Change::End { office: office_id() });
    let entries = entries(&journal);
    let [
        Entry::OfficeChanged(created),
        Entry::MemberChanged(added),
        Entry::MemberChanged(enrolled),
        Entry::SignedIn(signed_in),
        Entry::SignedOut(signed_out),
        Entry::OfficeChanged(ended),
    ] = &entries[..]
    else {
        panic!("{entries:?}")
    };
    let operator = Actor::Operator { name: text("Trần Văn Bình") };
    assert_eq!((&created.actor, created.action, created.revision), (&operator, OfficeAction::Created, 1));
    assert_eq!((created.office.as_str(), created.reason.as_str()), ("dhqg-hn", "công văn 12"));
    assert!(created.grant.as_str().starts_with("admissions; Xét tuyển đại học (Luật Giáo dục đại học, Điều 34); prov"));
    assert_eq!((added.action, added.role.as_str(), added.revision), (MemberAction::Added, "clerk", 2));
    let herself = Actor::Office { account: text("lan.nguyen@dhqg-hn") };
    assert_eq!((&enrolled.actor, enrolled.action, &enrolled.reason), (&herself, MemberAction::Enrolled, &None));
    assert_eq!((enrolled.revision, signed_in.account.as_str()), (3, "lan.nguyen@dhqg-hn"));
    assert!(signed_in.client.is_some() && signed_out.account == signed_in.account);
    assert_eq!((ended.action, ended.revision), (OfficeAction::Ended, 4));
    assert_eq!(journal.verify(&[]).unwrap().size, 6);
}

#[test]
fn no_line_says_what_lets_anybody_in() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, _, totp) = with_lan(dir.path(), Role::Clerk);
    let token = sign_in(&desk, &totp, now()).unwrap();
    let lines = lines(dir.path());
    for secret in
        [PASSWORD, "argon2id", &*totp.base32(), &totp.code(Step::at(now())), &token.csrf().to_text(), "192.0.2"]
    {
        assert!(!lines.contains(secret), "{secret}");
    }
}

#[test]
fn who_signed_in_acts_until_something_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, _, totp) = with_lan(dir.path(), Role::Clerk);
    let token = sign_in(&desk, &totp, now()).unwrap();
    let acting = desk.acting(&token, now()).unwrap();
    assert!(acting.may_open(&sheet()).is_some());
    change(&desk, Change::Member(MemberChange::Disable { account: lan() }));
    assert!(desk.acting(&token, now()).is_none());
    assert!(matches!(sign_in(&desk, &totp, later(now(), 60)), Err(SignInRefusal::NotIn(NoSignIn::Wrong))));
}

#[test]
fn the_sixth_failure_waits_whether_the_account_is_there_or_not() {
    for typed in ["lan.nguyen@dhqg-hn", "hoa@dhqg-hn", "nonsense"] {
        let dir = tempfile::tempdir().unwrap();
        let (desk, _, totp) = with_lan(dir.path(), Role::Clerk);
        let code = totp.code(Step::at(now()));
        let try_it = |password: &str| {
            let password = Password::from_typed(password);
            desk.sign_in(typed, &password, &code, client(), None, now()).map(drop).map_err(|e| e.to_string())
        };
        for _ in 0..5 {
            assert_eq!(try_it("x"), Err("account, password or code is not right".to_owned()));
        }
        assert_eq!(try_it(PASSWORD), Err("too many failed sign-ins; again in 30 s".to_owned()), "{typed}");
    }
}

#[test]
fn refusals_are_counted_and_written_once_in_a_while() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, journal, totp) = with_lan(dir.path(), Role::Clerk);
    let before = entries(&journal).len();
    let refuse = |when| {
        let wrong = Password::from_typed("x");
        assert!(desk.sign_in("hoa@dhqg-hn", &wrong, "123456", client(), None, when).is_err());
    };
    for _ in 0..9 {
        refuse(now());
    }
    assert_eq!(entries(&journal).len(), before, "a stranger fills no journal");
    refuse(later(now(), 900));
    desk.write_refusals(later(now(), 3600));
    let entries = entries(&journal);
    let [.., Entry::SignInRefused(refused)] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!((refused.count, refused.since, entries.len()), (10, now(), before + 1));
    let line = lines(dir.path()).lines().last().unwrap().to_owned();
    assert!(!line.contains("hoa") && !line.contains("dhqg"), "{line}");
    assert!(sign_in(&desk, &totp, later(now(), 3600)).is_ok());
}

#[test]
fn without_the_journal_nobody_gets_in_and_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, _, totp) = with_lan(dir.path(), Role::Clerk);
    std::fs::rename(dir.path().join("journal"), dir.path().join("moved")).unwrap();
    assert!(matches!(sign_in(&desk, &totp, now()), Err(SignInRefusal::NotIn(NoSignIn::NotRecorded))));
    let request = OfficeRequest::Change {
        change: Box::new(Change::End { office: office_id() }),
        by: text("Trần Văn Bình"),
        reason: text("công văn 12"),
    };
    assert!(desk.answer(request, now()).is_err());
    assert!(desk.offices().get(&office_id()).unwrap().is_in_force(now()));
}

#[test]
fn an_administrator_is_named_in_the_line() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, journal, totp) = with_lan(dir.path(), Role::OfficeAdministrator);
    let token = sign_in(&desk, &totp, now()).unwrap();
    let who = desk.acting(&token, now()).unwrap();
    let an = account("an@dhqg-hn");
    let add = MemberChange::Add { account: an.clone(), full_name: text("Lê An"), role: Role::Clerk };
    let answer = desk.change_member(&who, add, text("người mới"), now()).unwrap();
    assert!(matches!(answer, OfficeAnswer::Invited { account, .. } if account == an));
    let entries = entries(&journal);
    let [.., Entry::MemberChanged(line)] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(line.actor, Actor::Office { account: text("lan.nguyen@dhqg-hn") });
    let new = Password::chosen("nắng lên trên đồi chè", &lan()).unwrap();
    desk.change_password(&who, &Password::from_typed(PASSWORD), &new, client(), now()).unwrap();
    assert!(desk.acting(&token, now()).is_none());
}

#[test]
fn operators_see_members_and_nothing_that_lets_them_in() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, _, _) = with_lan(dir.path(), Role::Clerk);
    let OfficeAnswer::List(list) = desk.answer(OfficeRequest::List, now()).unwrap() else { panic!("a list") };
    assert_eq!((list.len(), list[0].members, list[0].in_force), (1, 1, true));
    let shown = desk.answer(OfficeRequest::Show { office: office_id() }, now()).unwrap();
    let json = serde_json::to_string(&shown).unwrap();
    assert!(json.contains("Nguyễn Thị Lan") && json.contains("\"enrolled\"") && !json.contains("argon2id"));
    assert!(serde_json::from_str::<OfficeAnswer>(&json).is_ok(), "as the local socket carries it");
    let request = OfficeRequest::Change { change: Box::new(create()), by: text("A"), reason: text("b") };
    let carried: OfficeRequest = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
    assert!(matches!(carried, OfficeRequest::Change { change, .. } if *change == create()));
}
