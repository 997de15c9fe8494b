//! Tokens, cookies, and what ends a session.

use hocba::offices::{
    Change, CsrfToken, MemberChange, Offices, Password, Role, Scope, SessionCookie, SessionToken, Sessions, Step,
    Terms, TotpSecret,
};
use hocba::transcript::Moment;

use super::samples::{PASSWORD, add, at, enrol, lan, later, now, office_id, scope, with_member, yes};

/// Signs Lan in with the next code; each call needs a later moment.
fn sign_in(offices: &Offices, totp: &TotpSecret, sessions: &Sessions, when: Moment) -> SessionToken {
    let code = totp.code(Step::at(when));
    let verified = offices.verify("lan.nguyen@dhqg-hn", &Password::from_typed(PASSWORD), &code, when).unwrap();
    sessions.open(verified, None, when).unwrap()
}

fn text(token: SessionToken) -> String {
    let header = SessionCookie::set(token).to_header();
    header.split(['=', ';']).nth(1).unwrap().to_owned()
}

#[test]
fn the_cookie_has_every_attribute() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let sessions = Sessions::new(Terms::default());
    let token = sign_in(&offices, &totp, &sessions, now());
    let header = SessionCookie::set(token.clone()).to_header();
    let value = text(token);
    assert_eq!(value.len(), 43);
    assert_eq!(*header, format!("__Host-hocba-office={value}; Path=/; Secure; HttpOnly; SameSite=Strict"));
    assert_eq!(
        *SessionCookie::clear().to_header(),
        "__Host-hocba-office=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
    );
    let found = |headers: &[&str]| {
        SessionCookie::read(headers.iter().copied()).is_some_and(|token| sessions.find(&token, now()).is_some())
    };
    let ours = format!("__Host-hocba-office={value}");
    assert!(found(&[&ours]) && found(&[&format!("lang=vi; {ours}; x=y")]) && found(&["lang=vi", &ours]));
    for bad in [
        String::new(),
        format!("hocba-office={value}"),
        format!("__host-hocba-office={value}"),
        format!("{ours}; {ours}"),
        format!("{ours}A"),
        format!("__Host-hocba-office={}", &value[1..]),
        format!("__Host-hocba-office=\"{value}\""),
    ] {
        assert!(!found(&[&bad]), "{bad}");
    }
    assert!(!found(&[&ours, "__Host-hocba-office=x"]), "two of the name are none");
}

#[test]
fn what_is_in_memory_and_in_logs_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let sessions = Sessions::new(Terms::default());
    let token = sign_in(&offices, &totp, &sessions, now());
    let printed = format!("{sessions:?} {token:?} {:?} {:?}", token.csrf(), SessionCookie::set(token.clone()));
    let value = text(token.clone());
    assert!(!printed.contains(&value) && !printed.contains(&token.csrf().to_text()), "{printed}");
}

#[test]
fn forms_belong_to_one_session() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let sessions = Sessions::new(Terms::default());
    let one = sign_in(&offices, &totp, &sessions, now());
    let two = sign_in(&offices, &totp, &sessions, later(now(), 60));
    let sent: CsrfToken = one.csrf();
    assert!(one.csrf().is(&sent.to_text()) && !two.csrf().is(&sent.to_text()));
    assert!(sent.to_text() != text(one.clone()), "does not say the token");
    for bad in ["", "x", &sent.to_text()[1..], &format!("{}A", sent.to_text())] {
        assert!(!one.csrf().is(bad), "{bad}");
    }
}

#[test]
fn idle_sessions_end_and_busy_ones_end_too() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let sessions = Sessions::new(Terms::default());
    let token = sign_in(&offices, &totp, &sessions, now());
    assert!(sessions.find(&token, later(now(), 899)).is_some());
    assert!(sessions.find(&token, later(now(), 899 + 900)).is_none(), "a quarter of an hour");
    assert_eq!(sessions.count(), 0);
    let start = later(now(), 3600);
    let token = sign_in(&offices, &totp, &sessions, start);
    let mut s = 0;
    while s + 600 < 8 * 3600 {
        s += 600;
        assert!(sessions.find(&token, later(start, s)).is_some(), "{s}");
    }
    assert!(sessions.find(&token, later(start, 8 * 3600)).is_none(), "eight hours");
}

#[test]
fn signing_in_again_is_a_new_token_and_signing_out_ends_one() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let sessions = Sessions::new(Terms::default());
    let first = sign_in(&offices, &totp, &sessions, now());
    let then = later(now(), 60);
    let code = totp.code(Step::at(then));
    let verified = offices.verify("lan.nguyen@dhqg-hn", &Password::from_typed(PASSWORD), &code, then).unwrap();
    let second = sessions.open(verified, Some(&first), then).unwrap();
    assert!(sessions.find(&first, then).is_none(), "the browser's former one is over");
    assert!(sessions.find(&second, then).is_some());
    assert_eq!(sessions.end(&second).unwrap().account(), &lan());
    assert!(sessions.find(&second, then).is_none() && sessions.end(&second).is_none());
}

#[test]
fn there_are_only_so_many() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let sessions = Sessions::new(Terms { per_account: 2, ..Terms::default() });
    let tokens = [0, 60, 120].map(|s| sign_in(&offices, &totp, &sessions, later(now(), s)));
    let last = later(now(), 120);
    assert!(sessions.find(&tokens[0], last).is_none(), "the one used longest ago made room");
    assert!(sessions.find(&tokens[1], last).is_some() && sessions.find(&tokens[2], last).is_some());
    let sessions = Sessions::new(Terms { at_a_time: 1, ..Terms::default() });
    let tokens = [180, 240].map(|s| sign_in(&offices, &totp, &sessions, later(now(), s)));
    assert_eq!((sessions.find(&tokens[0], last).is_some(), sessions.count()), (false, 1));
}

/// Each of these ends the session at once, without anybody telling the sessions.
#[test]
fn whatever_changes_member_or_grant_ends_the_session() {
    let narrower = || scope().renewed(at("2026-08-01T00:00:00+07:00"));
    let member = |change: fn(hocba::offices::Account) -> MemberChange| Change::Member(change(lan()));
    let changes: [(&str, Change, bool); 6] = [
        ("disabled", member(|account| MemberChange::Disable { account }), false),
        ("reset", member(|account| MemberChange::Reset { account }), false),
        ("another role", member(|account| MemberChange::SetRole { account, role: Role::OfficeAdministrator }), false),
        ("ended", Change::End { office: office_id() }, false),
        ("another grant", Change::Grant { office: office_id(), scope: Scope::clone(&narrower()) }, false),
        ("renewed", Change::Renew { office: office_id(), until: at("2027-01-01T00:00:00+07:00") }, true),
    ];
    for (what, change, goes_on) in changes {
        let dir = tempfile::tempdir().unwrap();
        let (offices, totp) = with_member(dir.path(), Role::Clerk);
        let sessions = Sessions::new(Terms::default());
        let token = sign_in(&offices, &totp, &sessions, now());
        let acts = || sessions.find(&token, now()).is_some_and(|session| offices.acting(&session, now()).is_some());
        assert!(acts());
        offices.apply(&add(&super::samples::account("an@dhqg-hn"), Role::Clerk), now(), yes).unwrap();
        assert!(acts(), "somebody else is no reason");
        offices.apply(&change, now(), yes).unwrap();
        assert_eq!(acts(), goes_on, "{what}");
        if what == "ended" {
            let again = Change::Grant { office: office_id(), scope: scope() };
            offices.apply(&again, now(), yes).unwrap();
            assert!(!acts(), "a new grant revives nothing");
        }
    }
}

#[test]
fn a_grant_that_ran_out_and_was_renewed_revives_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let sessions = Sessions::new(Terms { idle_s: 1 << 40, longest_s: 1 << 40, ..Terms::default() });
    let token = sign_in(&offices, &totp, &sessions, now());
    let (end, over) = (at("2026-09-30T23:59:59+07:00"), at("2026-10-01T00:00:00+07:00"));
    let acts = |when| offices.acting(&sessions.find(&token, when).unwrap(), when).is_some();
    assert!(acts(end) && !acts(over));
    let renew = Change::Renew { office: office_id(), until: at("2027-01-01T00:00:00+07:00") };
    offices.apply(&renew, over, yes).unwrap();
    assert!(!acts(over));
}

#[test]
fn after_a_reset_the_same_person_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::Clerk);
    let reset = Change::Member(MemberChange::Reset { account: lan() });
    let (code, _) = offices.apply(&reset, now(), yes).unwrap().invitation.unwrap();
    let password = Password::from_typed(PASSWORD);
    assert!(offices.verify("lan.nguyen@dhqg-hn", &password, &totp.code(Step::at(now())), now()).is_err());
    let new = enrol(&offices, &lan(), &code, now());
    assert!(new != totp, "another second factor");
    let sessions = Sessions::new(Terms::default());
    sign_in(&offices, &new, &sessions, later(now(), 60));
}
