//! Errands: what goes on for an office after the request that began it, and when it ends.

use hocba::offices::{Change, MemberChange, Role, Scope};
use hocba::transcript::{GroupSet, Level};

use super::samples::{
    GROUPS, account, lan, later, now, office_id, province, scope, sheet, with_invited, with_member, years, yes,
};

#[test]
fn an_errand_sees_what_the_grant_covers_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, _) = with_member(dir.path(), Role::Clerk);
    for errand in [offices.errand_of(&lan(), now()), offices.errand_for(&office_id(), now())] {
        let errand = errand.unwrap();
        assert_eq!((errand.groups(), errand.office().id()), (GROUPS, &office_id()));
        let mut outside = sheet();
        assert!(errand.covers(&outside));
        outside.level = Level::LowerSecondary;
        assert!(!errand.covers(&outside));
    }
}

#[test]
fn whoever_may_not_look_any_more_has_no_errand() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, _) = with_member(dir.path(), Role::Clerk);
    assert!(offices.errand_of(&account("nobody@dhqg-hn"), now()).is_none());
    assert!(offices.errand_of(&account("lan.nguyen@other"), now()).is_none());
    let over = later(scope().until(), 1);
    assert!(offices.errand_of(&lan(), scope().until()).is_some());
    assert!(offices.errand_of(&lan(), over).is_none() && offices.errand_for(&office_id(), over).is_none());
    let member = |change: MemberChange| offices.apply(&Change::Member(change), now(), yes).map(drop).unwrap();
    member(MemberChange::SetRole { account: lan(), role: Role::MinistryAuditor });
    assert!(offices.errand_of(&lan(), now()).is_none(), "an auditor looks nothing up");
    member(MemberChange::SetRole { account: lan(), role: Role::OfficeAdministrator });
    assert!(offices.errand_of(&lan(), now()).is_some());
    member(MemberChange::Disable { account: lan() });
    assert!(offices.errand_of(&lan(), now()).is_none());
    assert!(offices.errand_for(&office_id(), now()).is_some(), "the office's grant goes on");
    offices.apply(&Change::End { office: office_id() }, now(), yes).unwrap();
    assert!(offices.errand_for(&office_id(), now()).is_none());
}

#[test]
fn somebody_who_was_only_invited_has_no_errand() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, _) = with_invited(dir.path(), Role::Clerk);
    assert!(offices.errand_of(&lan(), now()).is_none());
}

/// Another grant ends sessions; a batch goes on within the new one.
#[test]
fn an_errand_goes_by_the_grant_as_it_is_now() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, _) = with_member(dir.path(), Role::Clerk);
    let provinces = hocba::offices::Provinces::these([province("01", "2025-07-01")]).unwrap();
    let other = Scope::new(provinces, [Level::Primary], years(2025, 2025), GroupSet::NONE, scope().until()).unwrap();
    offices.apply(&Change::Grant { office: office_id(), scope: other }, now(), yes).unwrap();
    let errand = offices.errand_of(&lan(), now()).unwrap();
    assert!(!errand.covers(&sheet()) && errand.groups() == GroupSet::NONE);
}
