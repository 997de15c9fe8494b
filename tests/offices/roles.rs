//! The table of roles and actions, whole, and what comes of it.

use hocba::offices::{Action, Role, Sessions, Terms};
use hocba::transcript::{GroupSet, Level, SheetClaims};

use super::samples::{GROUPS, at, lan, now, purpose, sheet, with_member};

/// Clerk, office administrator, ministry auditor.
const TABLE: [(Action, [bool; 3]); 9] = [
    (Action::Search, [true, true, false]),
    (Action::Open, [true, true, false]),
    (Action::Batch, [true, true, false]),
    (Action::SeeGrant, [true, true, true]),
    (Action::SeeMembers, [false, true, true]),
    (Action::ManageMembers, [false, true, false]),
    (Action::ReadOfficeJournal, [false, true, true]),
    (Action::ReadEveryOffice, [false, false, true]),
    (Action::ChangeOwnCredentials, [true, true, true]),
];

#[test]
fn the_table_is_this_one() {
    assert_eq!(TABLE.map(|(action, _)| action), Action::ALL, "every action has a row");
    for (action, row) in TABLE {
        assert_eq!(Role::ALL.map(|role| role.may(action)), row, "{action:?}");
    }
    for role in Role::ALL {
        assert_eq!(Role::from_name(role.name()), Some(role));
        assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.name()));
        // Whoever watches does not look, and whoever looks does not watch others.
        assert!(!(role.may(Action::ReadEveryOffice) && role.may(Action::Open)));
    }
}

#[test]
fn who_acts_opens_what_role_and_grant_both_allow() {
    let code = hocba::offices::Step::at(now());
    for (role, opens) in [(Role::Clerk, true), (Role::OfficeAdministrator, true), (Role::MinistryAuditor, false)] {
        let dir = tempfile::tempdir().unwrap();
        let (offices, totp) = with_member(dir.path(), role);
        let password = hocba::offices::Password::from_typed(super::samples::PASSWORD);
        let verified = offices.verify("lan.nguyen@dhqg-hn", &password, &totp.code(code), now()).unwrap();
        let sessions = Sessions::new(Terms::default());
        let token = sessions.open(verified, None, now()).unwrap();
        let acting = offices.acting(&sessions.find(&token, now()).unwrap(), now()).unwrap();
        assert_eq!((acting.role(), acting.account()), (role, &lan()));
        for action in Action::ALL {
            assert_eq!(acting.may(action), role.may(action));
        }
        let within = acting.may_open(&sheet());
        assert_eq!((within.is_some(), acting.search_scope().is_some()), (opens, opens), "{role:?}");
        assert_eq!(acting.groups(), if opens { GROUPS } else { GroupSet::NONE });
        if let Some(permit) = within {
            assert_eq!((permit.groups(), permit.account(), permit.purpose()), (GROUPS, &lan(), &purpose()));
        }
        assert!(acting.may_open(&SheetClaims { level: Level::Primary, ..sheet() }).is_none(), "outside does not exist");
        assert!(offices.acting(&sessions.find(&token, now()).unwrap(), at("2026-10-01T00:00:00+07:00")).is_none());
    }
}
