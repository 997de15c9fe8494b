//! The office of the demonstration: a clerk, an administrator and an auditor, with passwords and authenticators that are
//! made at run time and written down, which nothing but a demonstration ever does.

use data_encoding::BASE32_NOPAD;
use serde::Serialize;

use super::{CliFault, now};
use crate::limits::ClientPrefix;
use crate::offices::{
    Account, Change, Kind, MemberChange, MemberName, OfficeId, Password, Provinces, Purpose, Role, Scope, Step, Years,
};
use crate::portal::office_desk::{OfficeAnswer, OfficeDesk, OfficeRequest};
use crate::transcript::text::Text;
use crate::transcript::{Group, GroupSet, Level, Moment, SchoolYear};

const OFFICE: &str = "dai-hoc-mau";
const NAME: &str = "Trường Đại học Mẫu (dữ liệu thử nghiệm)";
const MEMBERS: [(&str, &str, Role); 3] = [
    ("lan", "Nguyễn Thị Lan", Role::Clerk),
    ("quan", "Trần Minh Quân", Role::OfficeAdministrator),
    ("mai", "Lê Thị Mai", Role::MinistryAuditor),
];
const YEAR_MS: i64 = 365 * 86_400_000;

/// An office in `DATA/demo.json`.
#[derive(Debug, Serialize)]
pub(super) struct DemoOffice {
    office: OfficeId,
    name: &'static str,
    pub(super) accounts: Vec<DemoAccount>,
}

/// One of its accounts, with what lets anybody in.
#[derive(Debug, Serialize)]
pub(super) struct DemoAccount {
    pub(super) account: Account,
    full_name: &'static str,
    pub(super) role: Role,
    pub(super) password: String,
    /// Base32; `hocba office code` makes codes of it.
    pub(super) totp_secret: String,
}

/// Makes the office and enrols its members, as they would do it themselves.
///
/// # Errors
/// When offices or journal cannot be written.
pub(super) fn make(desk: &OfficeDesk) -> Result<DemoOffice, CliFault> {
    let unlikely =
        |fault: &dyn std::fmt::Display| CliFault::new(format_args!("no office was made: {fault}"), "report this");
    let office = OfficeId::parse(OFFICE).ok_or_else(|| unlikely(&"its name"))?;
    change(desk, create(&office).map_err(|fault| unlikely(&fault))?)?;
    let member = |(member, full_name, role)| {
        let member = MemberName::parse(member).ok_or_else(|| unlikely(&"a name"))?;
        enrolled(desk, Account { office: office.clone(), member }, full_name, role)
    };
    let accounts = MEMBERS.into_iter().map(member).collect::<Result<_, _>>()?;
    Ok(DemoOffice { office, name: NAME, accounts })
}

fn create(office: &OfficeId) -> Result<Change, Box<dyn std::error::Error>> {
    let years = Years::new(
        SchoolYear::starting(2010).ok_or("a school year")?,
        SchoolYear::starting(2030).ok_or("a school year")?,
    )?;
    let groups = GroupSet::of(&[Group::Name, Group::Identity, Group::Results, Group::Staff]);
    let until = Moment::from_millis(now().as_millis() + YEAR_MS).ok_or("a time")?;
    Ok(Change::Create {
        office: office.clone(),
        name: Text::new(NAME)?,
        kind: Kind::Admissions,
        purpose: Purpose::new("Xét tuyển đại học", "Luật Giáo dục đại học, Điều 34")?,
        scope: Scope::new(Provinces::ALL, Level::ALL, years, groups, until)?,
    })
}

fn change(desk: &OfficeDesk, change: Change) -> Result<OfficeAnswer, CliFault> {
    let text = |e| CliFault::new(format_args!("{e}"), "report this");
    let by = Text::new("hocba demo").map_err(text)?;
    let reason = Text::new("dữ liệu thử nghiệm").map_err(text)?;
    let request = OfficeRequest::Change { change: Box::new(change), by, reason };
    desk.answer(request, now()).map_err(super::office::fault)
}

fn enrolled(desk: &OfficeDesk, account: Account, full_name: &'static str, role: Role) -> Result<DemoAccount, CliFault> {
    let fault = |e: &dyn std::fmt::Display| CliFault::new(format_args!("an account was not made: {e}"), "report this");
    let named = Text::new(full_name).map_err(|e| fault(&e))?;
    let add = MemberChange::Add { account: account.clone(), full_name: named, role };
    let OfficeAnswer::Invited { code, .. } = change(desk, Change::Member(add))? else {
        return Err(fault(&"there is no invitation"));
    };
    let (typed, code) = (account.to_string(), code.to_string());
    let here = ClientPrefix::of(std::net::Ipv4Addr::LOCALHOST.into());
    let totp = desk.begin_enrolment(&typed, &code, here, now()).map_err(|e| fault(&e))?.totp;
    let password = password()?;
    let chosen = Password::chosen(&password, &account).map_err(|e| fault(&e))?;
    // The code of the step before: whoever reads the screen can sign in with the one that is shown now.
    let shown = totp.code(Step::at(now()).plus(-1));
    desk.complete_enrolment((&typed, &code), &chosen, &shown, here, now()).map_err(|e| fault(&e))?;
    let totp_secret = totp.base32().to_string();
    Ok(DemoAccount { account, full_name, role, password, totp_secret })
}

/// Twenty letters and digits: a hundred random bits.
fn password() -> Result<String, CliFault> {
    let mut random = [0; 13];
    getrandom::fill(&mut random).map_err(|e| CliFault::new(format_args!("no randomness: {e}"), "try again"))?;
    Ok(BASE32_NOPAD.encode(&random)[..20].to_ascii_lowercase())
}
