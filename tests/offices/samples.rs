//! Offices, members and sheets that the suites share. Passwords cost next to nothing here.

use std::path::Path;

use hocba::offices::{
    Account, Bounds, Change, Cost, Hasher, InvitationCode, Kind, MemberChange, Office, OfficeId, Offices, Password,
    Provinces, Purpose, Role, Scope, Step, TotpSecret, Years,
};
use hocba::transcript::province::{ProvinceCode, ProvinceId, ProvinceRef};
use hocba::transcript::sheet::Grade;
use hocba::transcript::strict::Extensions;
use hocba::transcript::text::Text;
use hocba::transcript::time::{Day, SchoolYear};
use hocba::transcript::{Group, GroupSet, Level, Moment, SheetClaims, SheetId, TranscriptCode};

pub(crate) const PASSWORD: &str = "mưa rơi trên mái phố";
pub(crate) const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, at_once: 64 };

pub(crate) fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub(crate) fn now() -> Moment {
    at("2026-07-01T08:00:00+07:00")
}

pub(crate) fn later(start: Moment, seconds: i64) -> Moment {
    Moment::from_millis(start.as_millis() + seconds * 1000).unwrap()
}

pub(crate) fn account(text: &str) -> Account {
    Account::parse(text).unwrap()
}

pub(crate) fn office_id() -> OfficeId {
    OfficeId::parse("dhqg-hn").unwrap()
}

pub(crate) fn lan() -> Account {
    account("lan.nguyen@dhqg-hn")
}

pub(crate) fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).unwrap()
}

pub(crate) fn province(code: &str, vintage: &str) -> ProvinceId {
    ProvinceId { code: ProvinceCode::parse(code).unwrap(), vintage: Day::parse(vintage).unwrap() }
}

pub(crate) fn years(first: u16, last: u16) -> Years {
    Years::new(SchoolYear::starting(first).unwrap(), SchoolYear::starting(last).unwrap()).unwrap()
}

pub(crate) const GROUPS: GroupSet = GroupSet::of(&[Group::Name, Group::Identity, Group::Results]);

/// Quảng Ninh, upper secondary, three years, until the end of September.
pub(crate) fn scope() -> Scope {
    let provinces = Provinces::these([province("22", "2025-07-01")]).unwrap();
    let until = at("2026-09-30T23:59:59+07:00");
    Scope::new(provinces, [Level::UpperSecondary], years(2023, 2025), GROUPS, until).unwrap()
}

pub(crate) fn purpose() -> Purpose {
    Purpose::new("Xét tuyển đại học", "Luật Giáo dục đại học, Điều 34").unwrap()
}

pub(crate) fn create() -> Change {
    create_with(Kind::Admissions, scope())
}

pub(crate) fn create_with(kind: Kind, scope: Scope) -> Change {
    Change::Create {
        office: office_id(), name: text("Đại học Quốc gia Hà Nội"), kind, purpose: purpose(), scope
    }
}

pub(crate) fn add(account: &Account, role: Role) -> Change {
    Change::Member(MemberChange::Add { account: account.clone(), full_name: text("Nguyễn Thị Lan"), role })
}

pub(crate) fn yes(_: &Office) -> bool {
    true
}

pub(crate) fn open(dir: &Path) -> Offices {
    Offices::open(dir, &[7; 32], Bounds::default(), Hasher::new(CHEAP).unwrap()).unwrap()
}

/// The office of the samples, with one member of this role who has an invitation.
pub(crate) fn with_invited(dir: &Path, role: Role) -> (Offices, InvitationCode) {
    let offices = open(dir);
    offices.apply(&create(), now(), yes).unwrap();
    let (code, _) = offices.apply(&add(&lan(), role), now(), yes).unwrap().invitation.unwrap();
    (offices, code)
}

/// Sets up password and authenticator; the code of the step before `when` is used up by it.
pub(crate) fn enrol(offices: &Offices, account: &Account, code: &InvitationCode, when: Moment) -> TotpSecret {
    let totp = offices.begin_enrolment(account, code, when).unwrap().totp;
    let password = Password::chosen(PASSWORD, account).unwrap();
    let shown = totp.code(Step::at(when).plus(-1));
    offices.complete_enrolment(account, code, &password, &shown, when, yes).unwrap();
    totp
}

/// The same with a member who is enrolled.
pub(crate) fn with_member(dir: &Path, role: Role) -> (Offices, TotpSecret) {
    let (offices, code) = with_invited(dir, role);
    let totp = enrol(&offices, &lan(), &code, now());
    (offices, totp)
}

/// A sheet within [`scope`].
pub(crate) fn sheet() -> SheetClaims {
    SheetClaims {
        version: 1,
        code: TranscriptCode::from_bytes([1; 16]),
        sheet: SheetId::from_bytes([2; 16]),
        level: Level::UpperSecondary,
        circular: text("22/2021"),
        school_year: SchoolYear::starting(2025).unwrap(),
        grade: Grade::new(12).unwrap(),
        province: ProvinceRef {
            code: ProvinceCode::parse("22").unwrap(),
            vintage: Day::parse("2025-07-01").unwrap(),
            name: text("Quảng Ninh"),
        },
        school: text("22010203"),
        frozen_at: at("2026-06-28T09:00:00+07:00"),
        effective_from: Day::parse("2026-06-30").unwrap(),
        trichluc: false,
        digests: Vec::new(),
        digest_algorithm: None,
        extensions: Extensions::default(),
    }
}
