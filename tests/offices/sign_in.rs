//! Enrolling and signing in: what lets in, and that nothing else can be told apart.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hocba::offices::{
    Access, Account, Bounds, Change, Cost, EnrolRefusal, Hasher, InvitationCode, MemberChange, NoSignIn, Offices,
    Password, Role, Sessions, Step, Terms,
};
use hocba::transcript::Moment;
use proptest::prelude::*;

use super::samples::{
    CHEAP, PASSWORD, account, add, create, enrol, lan, later, now, office_id, open, with_invited, with_member, yes,
};

const LAN: &str = "lan.nguyen@dhqg-hn";

fn right() -> Password {
    Password::from_typed(PASSWORD)
}

fn refusal(offices: &Offices, typed: &str, password: &str, code: &str, when: Moment) -> String {
    offices.verify(typed, &Password::from_typed(password), code, when).unwrap_err().to_string()
}

#[test]
fn both_factors_let_in_and_less_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let code = totp.code(Step::at(now()));
    let other = totp.code(Step::at(now()).plus(5));
    let wrong = NoSignIn::Wrong.to_string();
    offices.apply(&add(&account("an@dhqg-hn"), Role::Clerk), now(), yes).unwrap();
    let gone = account("gone@dhqg-hn");
    let (invitation, _) = offices.apply(&add(&gone, Role::Clerk), now(), yes).unwrap().invitation.unwrap();
    let gone_totp = enrol(&offices, &gone, &invitation, now());
    offices.apply(&Change::Member(MemberChange::Disable { account: gone }), now(), yes).unwrap();
    for (what, typed, password, code) in [
        ("a wrong password", LAN, "mưa rơi trên mái nhà", code.as_str()),
        ("no password", LAN, "", &code),
        ("a wrong code", LAN, PASSWORD, &other),
        ("no code", LAN, PASSWORD, ""),
        ("nobody of this name", "hoa@dhqg-hn", PASSWORD, &code),
        ("no such office", "lan.nguyen@other", PASSWORD, &code),
        ("not an account", "lan.nguyen", PASSWORD, &code),
        ("somebody invited", "an@dhqg-hn", PASSWORD, &code),
        ("somebody disabled", "gone@dhqg-hn", PASSWORD, &gone_totp.code(Step::at(now()))),
    ] {
        assert_eq!(refusal(&offices, typed, password, code, now()), wrong, "{what}");
    }
    let verified = offices.verify(" Lan.Nguyen@DHQG-HN ", &right(), &code, now()).unwrap();
    assert_eq!(verified.account(), &lan());
}

#[test]
fn a_code_lets_in_once_and_never_again_even_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let code = totp.code(Step::at(now()));
    assert!(offices.verify(LAN, &right(), &totp.code(Step::at(now()).plus(-1)), now()).is_err(), "used to enrol");
    assert!(offices.verify(LAN, &right(), &code, now()).is_ok());
    assert!(offices.verify(LAN, &right(), &code, now()).is_err());
    drop(offices);
    let offices = open(dir.path());
    assert!(offices.verify(LAN, &right(), &code, now()).is_err());
    let then = later(now(), 30);
    assert!(offices.verify(LAN, &right(), &totp.code(Step::at(then)), then).is_ok());
}

#[test]
fn of_many_with_one_code_one_gets_in() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let (code, count) = (totp.code(Step::at(now())), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                if offices.verify(LAN, &right(), &code, now()).is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(count.into_inner(), 1);
}

#[test]
fn a_wrong_password_uses_no_code_up() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let code = totp.code(Step::at(now()));
    assert!(offices.verify(LAN, &Password::from_typed("x"), &code, now()).is_err());
    assert!(offices.verify(LAN, &right(), &code, now()).is_ok());
}

#[test]
fn only_members_are_told_that_the_grant_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let code = totp.code(Step::at(now()));
    offices.apply(&Change::End { office: office_id() }, now(), yes).unwrap();
    assert!(matches!(offices.verify(LAN, &right(), &code, now()), Err(NoSignIn::NoGrant)));
    assert!(matches!(offices.verify(LAN, &Password::from_typed("x"), &code, now()), Err(NoSignIn::Wrong)));
}

/// An account that is not there costs as much as a wrong password.
#[test]
fn the_work_is_the_same_for_everybody() {
    let dir = tempfile::tempdir().unwrap();
    let hasher = Hasher::new(Cost { memory_kib: 8 * 1024, passes: 2, at_once: 8 }).unwrap();
    let offices = Offices::open(dir.path(), &[7; 32], Bounds::default(), hasher).unwrap();
    offices.apply(&create(), now(), yes).unwrap();
    let (code, _) = offices.apply(&add(&lan(), Role::Clerk), now(), yes).unwrap().invitation.unwrap();
    enrol(&offices, &lan(), &code, now());
    let fastest = |typed: &str, password: &str| -> Duration {
        let times = (0..5).map(|_| {
            let start = Instant::now();
            assert!(offices.verify(typed, &Password::from_typed(password), "000000", now()).is_err());
            start.elapsed()
        });
        times.min().unwrap()
    };
    let known = fastest(LAN, "not the password");
    for (typed, password) in
        [("hoa@dhqg-hn", "not the password"), ("nonsense", "x"), (LAN, ""), (LAN, "y".repeat(9000).as_str())]
    {
        let time = fastest(typed, password);
        assert!(time * 4 > known && time < known * 4, "{typed}: {time:?} beside {known:?}");
    }
}

#[test]
fn a_password_of_an_older_cost_is_stored_anew_at_the_next_sign_in() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    drop(offices);
    let hasher = Hasher::new(Cost { passes: 3, ..CHEAP }).unwrap();
    let offices = Offices::open(dir.path(), &[7; 32], Bounds::default(), hasher).unwrap();
    let is_current = || {
        let office = offices.get(&office_id()).unwrap();
        let Access::Enrolled { password, .. } = office.members()[&lan().member].access() else { panic!("enrolled") };
        offices.hasher().is_current(password)
    };
    assert!(!is_current());
    offices.verify(LAN, &right(), &totp.code(Step::at(now())), now()).map(drop).unwrap();
    assert!(is_current());
    let then = later(now(), 30);
    assert!(offices.verify(LAN, &right(), &totp.code(Step::at(then)), then).is_ok());
}

#[test]
fn an_invitation_shows_the_same_factor_until_it_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, code) = with_invited(dir.path(), Role::Clerk);
    let first = offices.begin_enrolment(&lan(), &code, now()).unwrap();
    drop(offices);
    let offices = open(dir.path());
    let typed = InvitationCode::from_typed(&code.to_string().to_lowercase().replace('-', " ")).unwrap();
    assert_eq!(offices.begin_enrolment(&lan(), &typed, now()).unwrap(), first);
    enrol(&offices, &lan(), &code, now());
    assert!(matches!(offices.begin_enrolment(&lan(), &code, now()), Err(EnrolRefusal::NoInvitation)), "used up");
}

#[test]
fn an_invitation_is_for_one_account_and_seven_days() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, code) = with_invited(dir.path(), Role::Clerk);
    let an = account("an@dhqg-hn");
    let (other, until) = offices.apply(&add(&an, Role::Clerk), now(), yes).unwrap().invitation.unwrap();
    let begins = |account: &Account, code: &InvitationCode, when| offices.begin_enrolment(account, code, when).is_ok();
    assert!(begins(&lan(), &code, now()) && begins(&an, &other, until));
    assert!(!begins(&lan(), &other, now()) && !begins(&an, &code, now()));
    assert!(!begins(&account("hoa@dhqg-hn"), &code, now()));
    assert_eq!(until, later(now(), 7 * 86_400));
    assert!(!begins(&an, &other, later(until, 1)));
}

#[test]
fn enrolling_needs_the_authenticator_and_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, code) = with_invited(dir.path(), Role::Clerk);
    let totp = offices.begin_enrolment(&lan(), &code, now()).unwrap().totp;
    let password = Password::chosen(PASSWORD, &lan()).unwrap();
    let shown = totp.code(Step::at(now()));
    let wrong = totp.code(Step::at(now()).plus(9));
    let complete =
        |shown: &str, recorded: bool| offices.complete_enrolment(&lan(), &code, &password, shown, now(), |_| recorded);
    assert!(matches!(complete(&wrong, true), Err(EnrolRefusal::Totp)));
    assert!(matches!(complete(&shown, false), Err(EnrolRefusal::NotRecorded)));
    assert!(offices.begin_enrolment(&lan(), &code, now()).is_ok(), "nothing has changed");
    complete(&shown, true).unwrap();
    assert!(matches!(complete(&shown, true), Err(EnrolRefusal::NoInvitation)));
}

#[test]
fn who_knows_the_present_password_may_choose_another() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let sessions = Sessions::new(Terms::default());
    let verified = offices.verify(LAN, &right(), &totp.code(Step::at(now())), now()).unwrap();
    let token = sessions.open(verified, None, now()).unwrap();
    let acting = || offices.acting(&sessions.find(&token, now()).unwrap(), now());
    let new = Password::chosen("nắng lên trên đồi chè", &lan()).unwrap();
    let who = acting().unwrap();
    let wrong = Password::from_typed("x");
    assert!(matches!(offices.change_password(&who, &wrong, &new, yes), Err(NoSignIn::Wrong)));
    assert!(matches!(offices.change_password(&who, &right(), &new, |_| false), Err(NoSignIn::NotRecorded)));
    assert!(acting().is_some());
    offices.change_password(&who, &right(), &new, yes).unwrap();
    assert!(acting().is_none(), "every session is over");
    let then = later(now(), 60);
    let code = totp.code(Step::at(then));
    assert!(offices.verify(LAN, &right(), &code, then).is_err());
    assert!(offices.verify(LAN, &Password::from_typed("nắng lên trên đồi chè"), &code, then).is_ok());
}

#[test]
fn no_secret_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, code) = with_invited(dir.path(), Role::Clerk);
    let invited = format!("{:?} {code:?} {offices:?}", offices.get(&office_id()).unwrap());
    let enrolment = offices.begin_enrolment(&lan(), &code, now()).unwrap();
    let totp = enrol(&offices, &lan(), &code, now());
    let enrolled = format!("{:?} {enrolment:?}", offices.get(&office_id()).unwrap());
    let code = code.to_string();
    for secret in [&code, &code.replace('-', ""), &*totp.base32(), "argon2id", "Lan", "lan.nguyen"] {
        assert!(!invited.contains(secret) && !enrolled.contains(secret), "{secret}: {invited} {enrolled}");
    }
}

proptest! {
    #[test]
    fn any_invitation_code_typed_is_read_or_refused(typed in any::<String>()) {
        if let Some(code) = InvitationCode::from_typed(&typed) {
            prop_assert!(InvitationCode::from_typed(&code.to_string()) == Some(code));
        }
    }

    #[test]
    fn any_account_typed_is_read_or_refused(typed in "[a-z0-9.@ -]{0,90}") {
        if let Some(account) = Account::from_typed(&typed) {
            prop_assert_eq!(account.to_string(), typed.trim());
            prop_assert!(account.to_string().len() <= 81);
        }
    }
}
