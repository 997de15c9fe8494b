//! `hocba office`: offices, their grants and their members, beside a running server or without one. Every change has a
//! line in the journal with the name and the reason that were given.

use std::io::{BufRead as _, Read as _};

use clap::{Args, Subcommand};

use super::arguments::By;
use super::counter::{self, Counter};
use super::data_dir::DataDir;
use super::local::Request;
use super::{CliFault, Context, Outcome, arguments, now};
use crate::offices::{
    Account, Change, ChangeRefusal, Kind, MemberChange, OfficeId, Provinces, Purpose, Role, Scope, Step, TotpSecret,
    Years,
};
use crate::portal::office_desk::{OfficeAnswer, OfficeDesk, OfficeRequest, OfficeSummary, OfficeView};
use crate::transcript::province::ProvinceId;
use crate::transcript::text::Text;
use crate::transcript::{Group, GroupSet, Level, Moment, SchoolYear};

/// Most bytes of a line that is read as a secret.
const MAX_SECRET: u64 = 1024;

/// Offices (đơn vị) that may look transcripts up: grants and accounts, beside a running server or without one
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Examples:\n  hocba office --data /srv/hocba create dhqg-hn --name \"Đại học Quốc gia Hà Nội\" --kind admissions \\\n    --purpose \"Xét tuyển đại học\" --citation \"Luật Giáo dục đại học, Điều 34\" --all-provinces --level thpt \\\n    --from-year 2023-2024 --to-year 2025-2026 --group name,identity,results --until 2026-09-30 \\\n    --by \"Nguyễn Văn A\" --reason \"công văn 12/ĐHQGHN\"\n  hocba office --data /srv/hocba add lan.nguyen@dhqg-hn --full-name \"Nguyễn Thị Lan\" --role clerk \\\n    --by \"Nguyễn Văn A\" --reason \"công văn 12/ĐHQGHN\"\n  hocba office --data /srv/hocba reset lan.nguyen@dhqg-hn --by \"Nguyễn Văn A\" --reason \"mất điện thoại\""
)]
pub(super) enum Command {
    /// Every office: what it is, and until when it may look
    List,
    /// One office: purpose, grant and members
    Show {
        /// Its short name, for example dhqg-hn
        #[arg(value_name = "OFFICE", value_parser = office)]
        office: OfficeId,
    },
    /// A new office with a grant
    Create(Box<Create>),
    /// Another grant, also after one was ended; everybody signs in again
    Grant(Box<Grant>),
    /// The same grant until another day
    Renew(Renew),
    /// End the grant now; everybody is signed out
    End(End),
    /// Invite a new member; prints the invitation code once
    Add(Add),
    /// Give a member another role; ends their sessions
    Role(SetRole),
    /// Let a member in no more; ends their sessions
    Disable(OfMember),
    /// Forget a member's password and second factor; prints a new invitation code once
    Reset(OfMember),
    /// Invite a member who was disabled again
    Readmit(OfMember),
    /// Print the code that an authenticator with this secret shows now; for a demonstration without a telephone
    Code {
        /// The secret in base32; without it, the first line of standard input
        #[arg(value_name = "SECRET")]
        secret: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct ScopeArgs {
    /// Province as sheets name it, CODE:VINTAGE, for example 22:2025-07-01; name those that were merged into it, too
    #[arg(long = "province", value_name = "CODE:VINTAGE", value_delimiter = ',', value_parser = arguments::province_id)]
    #[arg(required_unless_present = "all_provinces", conflicts_with = "all_provinces")]
    provinces: Vec<ProvinceId>,
    /// Every province
    #[arg(long)]
    all_provinces: bool,
    /// Level of schooling: 02 (tieu_hoc), 03 (thcs), 04 (thpt), 05 (gdtx)
    #[arg(long = "level", value_name = "LEVEL", required = true, value_delimiter = ',', value_parser = arguments::level)]
    levels: Vec<Level>,
    /// First school year, for example 2023-2024
    #[arg(long, value_name = "YEAR", value_parser = year)]
    from_year: SchoolYear,
    /// Last school year
    #[arg(long, value_name = "YEAR", value_parser = year)]
    to_year: SchoolYear,
    /// Payload groups that may be opened: name, identity, origin, policy, family, staff, staff_ids, results, comments
    #[arg(long = "group", value_name = "GROUP", value_delimiter = ',', value_parser = group)]
    groups: Vec<Group>,
    /// Last day, or last moment, that it counts
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_to)]
    until: Moment,
}

impl ScopeArgs {
    fn scope(&self) -> Result<Scope, CliFault> {
        let provinces = if self.all_provinces { Ok(Provinces::ALL) } else { Provinces::these(self.provinces.clone()) };
        let scope = || {
            let (provinces, years) = (provinces?, Years::new(self.from_year, self.to_year)?);
            Scope::new(provinces, self.levels.clone(), years, GroupSet::of(&self.groups), self.until)
        };
        scope().map_err(|e| CliFault::new(e, "correct the options of the grant; see `hocba office create --help`"))
    }
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Short name of the office: small letters a–z, digits, hyphens; never changes
    #[arg(value_name = "OFFICE", value_parser = office)]
    office: OfficeId,
    /// Name of the office
    #[arg(long, value_name = "NAME", value_parser = arguments::text::<150>)]
    name: Text<150>,
    /// What it is: admissions, receiving_school or agency; bounds what it may ever see
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Kind,
    /// What it looks transcripts up for
    #[arg(long, value_name = "TEXT")]
    purpose: String,
    /// The article that this follows from
    #[arg(long, value_name = "TEXT")]
    citation: String,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct Grant {
    /// Short name of the office
    #[arg(value_name = "OFFICE", value_parser = office)]
    office: OfficeId,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct Renew {
    /// Short name of the office
    #[arg(value_name = "OFFICE", value_parser = office)]
    office: OfficeId,
    /// Last day, or last moment, that the grant counts
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_to)]
    until: Moment,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct End {
    /// Short name of the office
    #[arg(value_name = "OFFICE", value_parser = office)]
    office: OfficeId,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The account, MEMBER@OFFICE, for example lan.nguyen@dhqg-hn
    #[arg(value_name = "ACCOUNT", value_parser = account)]
    account: Account,
    /// Full name
    #[arg(long, value_name = "NAME", value_parser = arguments::text::<150>)]
    full_name: Text<150>,
    /// What they are: clerk, office_administrator or ministry_auditor
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Role,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct SetRole {
    /// The account, MEMBER@OFFICE
    #[arg(value_name = "ACCOUNT", value_parser = account)]
    account: Account,
    /// What they are from now on: clerk, office_administrator or ministry_auditor
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Role,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct OfMember {
    /// The account, MEMBER@OFFICE
    #[arg(value_name = "ACCOUNT", value_parser = account)]
    account: Account,
    #[command(flatten)]
    by: By,
}

fn office(text: &str) -> Result<OfficeId, String> {
    OfficeId::parse(text).ok_or_else(|| "expected 2 to 40 small letters, digits and hyphens, such as dhqg-hn".into())
}

fn account(text: &str) -> Result<Account, String> {
    Account::parse(text).ok_or_else(|| "expected MEMBER@OFFICE, such as lan.nguyen@dhqg-hn".into())
}

fn year(text: &str) -> Result<SchoolYear, String> {
    SchoolYear::parse(text).ok_or_else(|| "expected a school year such as 2025-2026".into())
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::from_name(text).ok_or_else(|| format!("expected {}", Kind::ALL.map(Kind::name).join(", ")))
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_name(text).ok_or_else(|| format!("expected {}", Role::ALL.map(Role::name).join(", ")))
}

fn group(text: &str) -> Result<Group, String> {
    Group::from_name(text).ok_or_else(|| format!("expected one of {}", Group::ALL.map(Group::name).join(", ")))
}

/// What an operator is told when a change was not made.
pub(super) fn fault(refusal: ChangeRefusal) -> CliFault {
    let remedy = match &refusal {
        ChangeRefusal::UnknownOffice(_) => "see `hocba office list`",
        ChangeRefusal::UnknownAccount(_) => "see `hocba office show`",
        ChangeRefusal::OfficeExists(_) => "choose another short name, or change that office with `hocba office grant`",
        ChangeRefusal::AccountExists(_) => "choose another name, or see `hocba office reset`",
        ChangeRefusal::Full => "end what is not needed any more; short names are not given twice",
        ChangeRefusal::Ended(_) => "give it a new grant with `hocba office grant`",
        ChangeRefusal::Disabled(_) => "let them in again with `hocba office readmit`",
        ChangeRefusal::NotDisabled(_) => "use `hocba office reset`",
        ChangeRefusal::NotYours => "ask the portal's operator",
        ChangeRefusal::Office(_) => "correct the grant; docs/offices.md says what each kind of office may see",
        ChangeRefusal::NotRecorded => "make room or see docs/log.md, \"When the journal stops\"",
        ChangeRefusal::Fault(_) => "check the data directory, and restore offices/ from its backup if it is damaged",
    };
    CliFault::new(refusal, remedy)
}

impl counter::Desk for OfficeDesk {
    type Question = OfficeRequest;
    type Answer = OfficeAnswer;

    fn open(data: &DataDir) -> Result<Self, CliFault> {
        data.office_desk(&data.journal()?)
    }

    fn answer(&self, request: OfficeRequest) -> Result<OfficeAnswer, CliFault> {
        Self::answer(self, request, now()).map_err(fault)
    }

    fn to_server(request: OfficeRequest) -> Request {
        Request::Offices { request }
    }
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// When the change was refused, or offices or journal cannot be used.
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        if let Self::Code { secret } = self {
            return code(context, secret.as_deref());
        }
        let request = self.request()?;
        let answer = Counter::<OfficeDesk>::open(context)?.ask(request)?;
        context.print(&answer, text(&answer))?;
        Ok(Outcome::Yes)
    }

    fn request(&self) -> Result<OfficeRequest, CliFault> {
        let member = |change: MemberChange| Change::Member(change);
        let (change, by) = match self {
            // Answered before: it needs no offices.
            Self::List | Self::Code { .. } => return Ok(OfficeRequest::List),
            Self::Show { office } => return Ok(OfficeRequest::Show { office: office.clone() }),
            Self::Create(create) => (create.change()?, &create.by),
            Self::Grant(grant) => {
                (Change::Grant { office: grant.office.clone(), scope: grant.scope.scope()? }, &grant.by)
            }
            Self::Renew(Renew { office, until, by }) => (Change::Renew { office: office.clone(), until: *until }, by),
            Self::End(End { office, by }) => (Change::End { office: office.clone() }, by),
            Self::Add(Add { account, full_name, role, by }) => {
                let (account, full_name) = (account.clone(), full_name.clone());
                (member(MemberChange::Add { account, full_name, role: *role }), by)
            }
            Self::Role(SetRole { account, role, by }) => {
                (member(MemberChange::SetRole { account: account.clone(), role: *role }), by)
            }
            Self::Disable(OfMember { account, by }) => (member(MemberChange::Disable { account: account.clone() }), by),
            Self::Reset(OfMember { account, by }) => (member(MemberChange::Reset { account: account.clone() }), by),
            Self::Readmit(OfMember { account, by }) => (member(MemberChange::Readmit { account: account.clone() }), by),
        };
        Ok(OfficeRequest::Change { change: Box::new(change), by: by.by.clone(), reason: by.reason.clone() })
    }
}

/// The code of now, and how long it is shown.
fn code(context: &Context, secret: Option<&str>) -> Result<Outcome, CliFault> {
    let fault =
        |what: &str| CliFault::new(what, "give the 32 letters and digits beside the QR code, or in DATA/demo.json");
    let mut line = String::new();
    let typed = match secret {
        Some(secret) => secret,
        None => {
            std::io::stdin().lock().take(MAX_SECRET).read_line(&mut line).map_err(|_| fault("no secret was given"))?;
            &line
        }
    };
    let secret = TotpSecret::from_typed(typed).ok_or_else(|| fault("that is not the secret of an authenticator"))?;
    let at = now();
    let (code, left) = (secret.code(Step::at(at)), Step::seconds_left(at));
    context.print(&serde_json::json!({ "code": code, "seconds_left": left }), format!("{code}  for {left} s"))?;
    Ok(Outcome::Yes)
}

impl Create {
    fn change(&self) -> Result<Change, CliFault> {
        let purpose = Purpose::new(&self.purpose, &self.citation)
            .map_err(|e| CliFault::new(e, "correct --purpose and --citation"))?;
        Ok(Change::Create {
            office: self.office.clone(),
            name: self.name.clone(),
            kind: self.kind,
            purpose,
            scope: self.scope.scope()?,
        })
    }
}

fn text(answer: &OfficeAnswer) -> String {
    match answer {
        OfficeAnswer::List(offices) if offices.is_empty() => "no offices".to_owned(),
        OfficeAnswer::List(offices) => offices.iter().map(line).collect::<Vec<_>>().join("\n"),
        OfficeAnswer::Office(office) => whole(office),
        OfficeAnswer::Invited { office, account, code, until } => format!(
            "{}\n\naccount          {account}\ninvitation code  {code}\ncounts until     {until}\n\
             Hand the code to the member alone: with it they choose a password and set up their authenticator. It is \
             not shown again.",
            whole(office)
        ),
    }
}

/// in force, over (its time has passed) or ended (by somebody).
fn state(office: &OfficeSummary) -> &'static str {
    match (office.in_force, office.ended) {
        (true, _) => "in force",
        (false, None) => "over",
        (false, Some(_)) => "ended",
    }
}

fn line(office: &OfficeSummary) -> String {
    format!(
        "{:<24}  {:<8}  until {}  {:<16}  {:>3} members  {}",
        office.office,
        state(office),
        office.until,
        office.kind.name(),
        office.members,
        office.name
    )
}

fn whole(office: &OfficeView) -> String {
    let summary = &office.summary;
    let mut lines = vec![
        format!("office   {}, {}", summary.office, summary.name),
        format!("kind     {}", summary.kind.name()),
        format!("purpose  {}", office.purpose.line()),
        format!("grant    {}: {}", state(summary), office.scope),
    ];
    lines.extend(office.members.iter().map(|member| {
        let (account, role) = (member.account.to_string(), member.role.name());
        format!("member   {account:<32}  {role:<20}  {:<8}  {}", member.access, member.full_name)
    }));
    lines.join("\n")
}
