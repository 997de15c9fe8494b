//! Offices on disk: sealed, bounded, changed whole, and nothing without its line in the journal.

use std::path::{Path, PathBuf};

use hocba::offices::{
    Account, Bounds, Change, ChangeRefusal, Hasher, Kind, MAX_MEMBERS, MemberChange, OfficeId, Offices, OfficesFault,
    Password, Role, Sessions, Step, Terms,
};

use super::samples::{
    CHEAP, PASSWORD, account, add, at, create, enrol, lan, later, now, office_id, open, purpose, scope, text,
    with_member, yes,
};

fn files(dir: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = all.filter(|path| path.extension().is_some_and(|e| e == "office")).collect();
    found.sort();
    found
}

fn create_named(id: &str) -> Change {
    let office = OfficeId::parse(id).unwrap();
    Change::Create { office, name: text("Trường"), kind: Kind::Admissions, purpose: purpose(), scope: scope() }
}

fn member(change: fn(Account) -> MemberChange) -> Change {
    Change::Member(change(lan()))
}

#[test]
fn what_was_changed_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, _) = with_member(dir.path(), Role::Clerk);
    let before = offices.get(&office_id()).unwrap();
    assert_eq!((before.revision(), before.members().len(), before.is_in_force(now())), (3, 1, true));
    drop(offices);
    let offices = open(dir.path());
    assert_eq!(*offices.get(&office_id()).unwrap(), *before);
    assert_eq!((offices.count(), offices.all().len()), (1, 1));
}

#[test]
fn nothing_lies_on_the_disk_in_clear() {
    let dir = tempfile::tempdir().unwrap();
    with_member(dir.path(), Role::Clerk);
    let [file] = &files(dir.path())[..] else { panic!("one file") };
    assert_eq!(file.file_name().unwrap(), "dhqg-hn.office");
    let bytes = std::fs::read(file).unwrap();
    for clear in ["argon2id", "Lan", "lan.nguyen", "members", "Xét"] {
        assert!(!bytes.windows(clear.len()).any(|w| w == clear.as_bytes()), "{clear}");
    }
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn every_flipped_bit_every_cut_and_every_swap_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let offices = open(dir.path());
    offices.apply(&create_named("mot"), now(), yes).unwrap();
    offices.apply(&create_named("hai"), now(), yes).unwrap();
    drop(offices);
    let [hai, mot] = &files(dir.path())[..] else { panic!("two files") };
    let (good, other) = (std::fs::read(mot).unwrap(), std::fs::read(hai).unwrap());
    let opens = |bytes: &[u8]| {
        std::fs::write(mot, bytes).unwrap();
        match Offices::open(dir.path(), &[7; 32], Bounds::default(), Hasher::new(CHEAP).unwrap()) {
            Ok(_) => true,
            Err(OfficesFault::Damaged(path)) => {
                assert_eq!(&path, mot);
                false
            }
            Err(other) => panic!("{other}"),
        }
    };
    for at in 0..good.len() {
        let mut spoiled = good.clone();
        spoiled[at] ^= 1 << (at % 8);
        assert!(!opens(&spoiled), "byte {at}");
    }
    for length in [0, 1, 24, 25, good.len() - 1] {
        assert!(!opens(&good[..length]), "{length} bytes");
    }
    assert!(!opens(&other), "another office's file");
    assert!(!opens(&[good.clone(), vec![0]].concat()) && !opens(&vec![1; 600_000]));
    assert!(opens(&good));
}

#[test]
fn one_process_has_them_and_another_key_opens_none() {
    let dir = tempfile::tempdir().unwrap();
    let offices = open(dir.path());
    offices.apply(&create(), now(), yes).unwrap();
    let again = |key: u8| Offices::open(dir.path(), &[key; 32], Bounds::default(), Hasher::new(CHEAP).unwrap());
    assert!(matches!(again(7), Err(OfficesFault::Locked(_))));
    drop(offices);
    assert!(matches!(again(8), Err(OfficesFault::Damaged(_))));
    assert!(again(7).is_ok());
}

#[test]
fn what_a_crash_leaves_beside_the_files_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    drop(with_member(dir.path(), Role::Clerk));
    std::fs::write(dir.path().join("office.next"), b"half").unwrap();
    let offices = open(dir.path());
    offices.apply(&member(|account| MemberChange::Disable { account }), now(), yes).unwrap();
    assert!(!dir.path().join("office.next").exists());
}

#[test]
fn without_its_line_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let offices = open(dir.path());
    assert!(matches!(offices.apply(&create(), now(), |_| false), Err(ChangeRefusal::NotRecorded)));
    assert_eq!((offices.count(), files(dir.path()).len()), (0, 0));
    offices.apply(&create(), now(), |office| office.revision() == 1).unwrap();
    let before = offices.get(&office_id()).unwrap();
    for change in [
        add(&lan(), Role::Clerk),
        Change::End { office: office_id() },
        Change::Renew { office: office_id(), until: at("2027-01-01T00:00:00+07:00") },
        Change::Grant { office: office_id(), scope: scope() },
    ] {
        assert!(matches!(offices.apply(&change, now(), |_| false), Err(ChangeRefusal::NotRecorded)));
        assert_eq!(*offices.get(&office_id()).unwrap(), *before);
    }
}

#[test]
fn when_the_disk_refuses_the_old_state_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, _) = with_member(dir.path(), Role::Clerk);
    // A directory where the next file would be written.
    std::fs::create_dir(dir.path().join("office.next")).unwrap();
    let disable = member(|account| MemberChange::Disable { account });
    assert!(matches!(offices.apply(&disable, now(), yes), Err(ChangeRefusal::Fault(OfficesFault::Io { .. }))));
    assert_eq!(offices.get(&office_id()).unwrap().members()[&lan().member].access().name(), "enrolled");
    std::fs::remove_dir(dir.path().join("office.next")).unwrap();
    offices.apply(&disable, now(), yes).unwrap();
}

#[test]
fn changes_that_make_no_sense_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, _) = with_member(dir.path(), Role::Clerk);
    let refused = |change: &Change| offices.apply(change, now(), |_| panic!("nothing to record")).unwrap_err();
    assert!(matches!(refused(&create()), ChangeRefusal::OfficeExists(_)));
    assert!(matches!(refused(&add(&lan(), Role::Clerk)), ChangeRefusal::AccountExists(_)));
    assert!(matches!(refused(&add(&account("an@other"), Role::Clerk)), ChangeRefusal::UnknownOffice(_)));
    let hoa = Change::Member(MemberChange::Disable { account: account("hoa@dhqg-hn") });
    assert!(matches!(refused(&hoa), ChangeRefusal::UnknownAccount(_)));
    assert!(matches!(refused(&member(|account| MemberChange::Readmit { account })), ChangeRefusal::NotDisabled(_)));
    let past = Change::Renew { office: office_id(), until: now() };
    assert!(matches!(refused(&past), ChangeRefusal::Office(_)));
    offices.apply(&member(|account| MemberChange::Disable { account }), now(), yes).unwrap();
    for change in
        [member(|account| MemberChange::Disable { account }), member(|account| MemberChange::Reset { account })]
    {
        assert!(matches!(refused(&change), ChangeRefusal::Disabled(_)));
    }
    let readmit = member(|account| MemberChange::Readmit { account });
    assert!(offices.apply(&readmit, now(), yes).unwrap().invitation.is_some());
    offices.apply(&Change::End { office: office_id() }, now(), yes).unwrap();
    for change in [
        Change::End { office: office_id() },
        Change::Renew { office: office_id(), until: at("2027-01-01T00:00:00+07:00") },
    ] {
        assert!(matches!(refused(&change), ChangeRefusal::Ended(_)));
    }
    assert!(!offices.get(&office_id()).unwrap().is_in_force(now()));
    offices.apply(&Change::Grant { office: office_id(), scope: scope() }, now(), yes).unwrap();
    assert!(offices.get(&office_id()).unwrap().is_in_force(now()));
}

#[test]
fn offices_and_members_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let hasher = Hasher::new(CHEAP).unwrap();
    let offices = Offices::open(dir.path(), &[7; 32], Bounds { offices: 2 }, hasher).unwrap();
    offices.apply(&create(), now(), yes).unwrap();
    offices.apply(&create_named("mot"), now(), yes).unwrap();
    assert!(matches!(offices.apply(&create_named("hai"), now(), yes), Err(ChangeRefusal::Full)));
    let name: String = "Đ".repeat(150);
    for n in 0..MAX_MEMBERS {
        let account = account(&format!("{}.{n:03}@dhqg-hn", "x".repeat(36)));
        let change = MemberChange::Add { account, full_name: text(&name), role: Role::OfficeAdministrator };
        offices.apply(&Change::Member(change), now(), yes).unwrap();
    }
    assert!(matches!(offices.apply(&add(&lan(), Role::Clerk), now(), yes), Err(ChangeRefusal::Office(_))));
    drop(offices);
    let size = files(dir.path()).iter().map(|file| std::fs::metadata(file).unwrap().len()).max().unwrap();
    assert!(size < 256 * 1024, "the fullest office is half of what is read: {size}");
    assert_eq!(open(dir.path()).get(&office_id()).unwrap().members().len(), MAX_MEMBERS);
}

#[test]
fn an_administrator_changes_members_of_the_own_office_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (offices, totp) = with_member(dir.path(), Role::OfficeAdministrator);
    offices.apply(&create_named("other"), now(), yes).unwrap();
    offices.apply(&add(&account("an@other"), Role::Clerk), now(), yes).unwrap();
    let auditor = account("kiem@dhqg-hn");
    offices.apply(&add(&auditor, Role::MinistryAuditor), now(), yes).unwrap();
    let sessions = Sessions::new(Terms::default());
    let acting = |who: &str, code: &str, when| {
        let verified = offices.verify(who, &Password::from_typed(PASSWORD), code, when).unwrap();
        let token = sessions.open(verified, None, when).unwrap();
        offices.acting(&sessions.find(&token, when).unwrap(), when).unwrap()
    };
    let administrator = acting("lan.nguyen@dhqg-hn", &totp.code(Step::at(now())), now());
    let an = account("an@dhqg-hn");
    let add_an = |role| MemberChange::Add { account: account("an@dhqg-hn"), full_name: text("Lê An"), role };
    let apply = |who, change: &MemberChange| offices.apply_as(who, change, now(), yes);
    for (what, change) in [
        ("an auditor", add_an(Role::MinistryAuditor)),
        ("another office", MemberChange::Disable { account: account("an@other") }),
        ("themselves", MemberChange::Disable { account: lan() }),
        ("themselves", MemberChange::SetRole { account: lan(), role: Role::Clerk }),
        ("an auditor's account", MemberChange::Reset { account: auditor.clone() }),
        ("an auditor's role", MemberChange::SetRole { account: auditor.clone(), role: Role::Clerk }),
    ] {
        assert!(matches!(apply(&administrator, &change), Err(ChangeRefusal::NotYours)), "{what}");
    }
    let (code, _) = apply(&administrator, &add_an(Role::Clerk)).unwrap().invitation.unwrap();
    let promote = MemberChange::SetRole { account: an.clone(), role: Role::MinistryAuditor };
    assert!(matches!(apply(&administrator, &promote), Err(ChangeRefusal::NotYours)));
    let totp = enrol(&offices, &an, &code, later(now(), 60));
    let then = later(now(), 120);
    let clerk = acting("an@dhqg-hn", &totp.code(Step::at(then)), then);
    let disable = MemberChange::Disable { account: lan() };
    assert!(matches!(apply(&clerk, &disable), Err(ChangeRefusal::NotYours)), "a clerk changes nobody");
    apply(&administrator, &MemberChange::Disable { account: an }).unwrap();
}
