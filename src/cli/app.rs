//! `hocba app`: partners' apps and identity apps, their keys and terms, beside a running server or without one. Every
//! change has a line in the journal with the name and the reason that were given.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::By;
use super::counter::{self, Counter};
use super::data_dir::DataDir;
use super::local::Request;
use super::{CliFault, Context, Outcome, arguments, files, now};
use crate::apps::{AppId, Change, ChangeRefusal, KeyId, Kind, Name, Naming, OfApp, OfKey, PurposeId, Scope, Terms};
use crate::portal::app_desk::{AppAnswer, AppDesk, AppRequest, AppView, KeyView};
use crate::signing::PublicKey;
use crate::signing::jwk::Jwk;
use crate::transcript::Moment;
use crate::transcript::text::Text;

/// Apps (ứng dụng) that read transcripts under their owner's consent, beside a running server or without one
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Examples:\n  hocba app --data /srv/hocba register vneid-thu --kind identity --name \"Ứng dụng định danh (thử)\" \\\n    --key vneid.jwk --until 2027-06-30 --by \"Nguyễn Văn A\" --reason \"thỏa thuận 12/2026\"\n  hocba app --data /srv/hocba register dhqg-hn --kind partner --name \"Đại học Quốc gia Hà Nội\" \\\n    --key k1=dhqg.jwk --scope name,results,changes --purpose \"tuyen-sinh=Xét tuyển đại học (Điều 34)\" \\\n    --issuer vneid-thu --until 2027-06-30 --by \"Nguyễn Văn A\" --reason \"công văn 12/ĐHQGHN\"\n  hocba app --data /srv/hocba remove-key dhqg-hn k1 --by \"Nguyễn Văn A\" --reason \"lộ khóa\""
)]
pub(super) enum Command {
    /// Every app: what it is, and until when it counts
    List,
    /// One app: terms and keys
    Show {
        /// Its short name, for example dhqg-hn
        #[arg(value_name = "APP", value_parser = name::<OfApp>)]
        app: AppId,
    },
    /// A new app with its keys
    Register(Box<Register>),
    /// Other terms, also after it was ended; access tokens are over
    Permit(Box<Permit>),
    /// The same terms until another day
    Renew(Renew),
    /// Another key beside those it has
    AddKey(AddKey),
    /// Take a key away; access tokens are over
    RemoveKey(RemoveKey),
    /// End it now; access tokens are over
    End(End),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum KindName {
    /// Asks for transcripts of those who consent
    Partner,
    /// Knows who somebody is, and says that they consent
    Identity,
}

#[derive(Debug, Args)]
struct TermsArgs {
    /// What it is
    #[arg(long, value_name = "KIND")]
    kind: KindName,
    /// Most that a partner may ask for: name, identity, origin, policy, family, staff, results, comments, changes
    #[arg(long, value_name = "WORDS", value_delimiter = ',')]
    scope: Vec<String>,
    /// What a partner asks for it for, ID=TEXT with the article or contract it follows from; repeatable
    #[arg(long = "purpose", value_name = "ID=TEXT", value_parser = purpose)]
    purposes: Vec<(PurposeId, Text<200>)>,
    /// Identity app whose consents a partner may present, by its short name; repeatable
    #[arg(long = "issuer", value_name = "APP", value_parser = name::<OfApp>)]
    issuers: Vec<AppId>,
    /// Last day, or last moment, that it counts
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_to)]
    until: Moment,
}

impl TermsArgs {
    fn kind(&self) -> Result<Kind, CliFault> {
        let wrong = |what: &str| CliFault::new(what, "see `hocba app --help` for an example");
        let has_terms = !(self.scope.is_empty() && self.purposes.is_empty() && self.issuers.is_empty());
        match self.kind {
            KindName::Identity if has_terms => Err(wrong("an identity app has no scope, purposes or issuers")),
            KindName::Identity => Ok(Kind::Identity),
            KindName::Partner => {
                let scope = Scope::parse(&self.scope.join(" "));
                let scope = scope.ok_or_else(|| wrong("--scope names payload groups, changes, or both, each once"))?;
                let purposes: BTreeMap<_, _> = self.purposes.iter().cloned().collect();
                if purposes.len() < self.purposes.len() {
                    return Err(wrong("a purpose stands twice"));
                }
                let issuers: BTreeSet<_> = self.issuers.iter().cloned().collect();
                Ok(Kind::Partner(Terms { scope, purposes, issuers }))
            }
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Register {
    /// Short name of the app: small letters a–z, digits, hyphens; its client id, or the `iss` of its consents; never changes
    #[arg(value_name = "APP", value_parser = name::<OfApp>)]
    app: AppId,
    /// Name of the app or its owner
    #[arg(long, value_name = "NAME", value_parser = arguments::text::<150>)]
    name: Text<150>,
    #[command(flatten)]
    terms: TermsArgs,
    /// Public key it signs with, Ed25519 or P-256, as a JWK file; KID=FILE to name it, else by its thumbprint; repeatable
    #[arg(long = "key", value_name = "[KID=]FILE", required = true)]
    keys: Vec<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct Permit {
    /// Short name of the app
    #[arg(value_name = "APP", value_parser = name::<OfApp>)]
    app: AppId,
    #[command(flatten)]
    terms: TermsArgs,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct Renew {
    /// Short name of the app
    #[arg(value_name = "APP", value_parser = name::<OfApp>)]
    app: AppId,
    /// Last day, or last moment, that it counts
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_to)]
    until: Moment,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct AddKey {
    /// Short name of the app
    #[arg(value_name = "APP", value_parser = name::<OfApp>)]
    app: AppId,
    /// Public key as a JWK file; KID=FILE to name it, else by its thumbprint
    #[arg(value_name = "[KID=]FILE")]
    key: String,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct RemoveKey {
    /// Short name of the app
    #[arg(value_name = "APP", value_parser = name::<OfApp>)]
    app: AppId,
    /// Name of the key, as `hocba app show` prints it
    #[arg(value_name = "KID", value_parser = name::<OfKey>)]
    kid: KeyId,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct End {
    /// Short name of the app
    #[arg(value_name = "APP", value_parser = name::<OfApp>)]
    app: AppId,
    #[command(flatten)]
    by: By,
}

fn name<N: Naming>(text: &str) -> Result<Name<N>, String> {
    Name::parse(text).ok_or_else(|| format!("expected {}", N::EXPECTED))
}

fn purpose(text: &str) -> Result<(PurposeId, Text<200>), String> {
    let (id, words) = text.split_once('=').ok_or("expected ID=TEXT, such as \"tuyen-sinh=Xét tuyển đại học\"")?;
    Ok((name(id)?, arguments::text(words)?))
}

/// `FILE`, named by its thumbprint, or `KID=FILE`.
fn key(argument: &str) -> Result<(KeyId, Jwk), CliFault> {
    let (kid, file) = match argument.split_once('=') {
        Some((kid, file)) if !PathBuf::from(argument).exists() => (Some(kid), file),
        _ => (None, argument),
    };
    let jwk = files::read_jwk(&PathBuf::from(file))?;
    let unusable = |fault: &dyn std::fmt::Display| CliFault::new(fault, "give a key as `hocba key generate` makes it");
    let thumbprint = || PublicKey::from_jwk(&jwk).map(|key| key.kid().to_string());
    let kid = kid.map_or_else(thumbprint, |kid| Ok(kid.to_owned())).map_err(|fault| unusable(&fault))?;
    let kid = KeyId::parse(&kid).ok_or_else(|| unusable(&format!("expected {}", OfKey::EXPECTED)))?;
    Ok((kid, jwk))
}

/// What an operator is told when a change was not made.
pub(super) fn fault(refusal: ChangeRefusal) -> CliFault {
    let remedy = match &refusal {
        ChangeRefusal::Unknown(_) => "see `hocba app list`",
        ChangeRefusal::Exists(_) => "choose another short name, or change that app with `hocba app permit`",
        ChangeRefusal::NoKey(..) => "see `hocba app show`",
        ChangeRefusal::NoIssuer(_) => "register the identity app first, with `--kind identity`",
        ChangeRefusal::Full => "short names are not given twice, so there is no room; report this",
        ChangeRefusal::Ended(_) => "give it new terms with `hocba app permit`",
        ChangeRefusal::App(_) => "correct the options; docs/apps.md says what an app may have",
        ChangeRefusal::NotRecorded => "make room or see docs/log.md, \"When the journal stops\"",
        ChangeRefusal::Fault(_) => "check the data directory, and restore apps/ from its backup if it is damaged",
    };
    CliFault::new(refusal, remedy)
}

impl counter::Desk for AppDesk {
    type Question = AppRequest;
    type Answer = AppAnswer;

    fn open(data: &DataDir) -> Result<Self, CliFault> {
        data.app_desk(&data.journal()?, now())
    }

    fn answer(&self, request: AppRequest) -> Result<AppAnswer, CliFault> {
        Self::answer(self, request, now()).map_err(fault)
    }

    fn to_server(request: AppRequest) -> Request {
        Request::Apps { request }
    }
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// When the change was refused, or apps or journal cannot be used.
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let request = self.request()?;
        let answer = Counter::<AppDesk>::open(context)?.ask(request)?;
        context.print(&answer, text(&answer))?;
        Ok(Outcome::Yes)
    }

    fn request(&self) -> Result<AppRequest, CliFault> {
        let (change, by) = match self {
            Self::List => return Ok(AppRequest::List),
            Self::Show { app } => return Ok(AppRequest::Show { app: app.clone() }),
            Self::Register(register) => (register.change()?, &register.by),
            Self::Permit(permit) => {
                let (app, terms) = (permit.app.clone(), &permit.terms);
                (Change::Permit { app, kind: terms.kind()?, until: terms.until }, &permit.by)
            }
            Self::Renew(Renew { app, until, by }) => (Change::Renew { app: app.clone(), until: *until }, by),
            Self::AddKey(AddKey { app, key: argument, by }) => {
                let (kid, jwk) = key(argument)?;
                (Change::AddKey { app: app.clone(), kid, jwk }, by)
            }
            Self::RemoveKey(RemoveKey { app, kid, by }) => {
                (Change::RemoveKey { app: app.clone(), kid: kid.clone() }, by)
            }
            Self::End(End { app, by }) => (Change::End { app: app.clone() }, by),
        };
        Ok(AppRequest::Change { change: Box::new(change), by: by.by.clone(), reason: by.reason.clone() })
    }
}

impl Register {
    fn change(&self) -> Result<Change, CliFault> {
        Ok(Change::Register {
            app: self.app.clone(),
            name: self.name.clone(),
            kind: self.terms.kind()?,
            keys: self.keys.iter().map(|argument| key(argument)).collect::<Result<_, _>>()?,
            until: self.terms.until,
        })
    }
}

fn text(answer: &AppAnswer) -> String {
    match answer {
        AppAnswer::List(apps) if apps.is_empty() => "no apps".to_owned(),
        AppAnswer::List(apps) => apps.iter().map(line).collect::<Vec<_>>().join("\n"),
        AppAnswer::App(app) => whole(app),
    }
}

/// in force, over (its time has passed) or ended (by somebody).
fn state(app: &AppView) -> &'static str {
    match (app.in_force, app.ended) {
        (true, _) => "in force",
        (false, None) => "over",
        (false, Some(_)) => "ended",
    }
}

fn line(app: &AppView) -> String {
    let (kind, keys) = (app.kind.name(), app.keys.len());
    format!("{:<20} {kind:<9} {:<8} until {}  {keys} keys  {}", app.app.as_str(), state(app), app.until, app.name)
}

fn whole(app: &AppView) -> String {
    let mut lines = vec![
        format!("app        {}", app.app),
        format!("name       {}", app.name),
        format!("kind       {}", app.kind.name()),
        format!("state      {}, until {}, changed {} times", state(app), app.until, app.revision),
    ];
    if let Kind::Partner(terms) = &app.kind {
        lines.push(format!("scope      {}", terms.scope));
        lines.extend(terms.purposes.iter().map(|(id, words)| format!("purpose    {id}: {words}")));
        lines.extend(terms.issuers.iter().map(|issuer| format!("issuer     {issuer}")));
    }
    let key = |key: &KeyView| format!("key        {}  {}  thumbprint {}", key.kid, key.algorithm, key.thumbprint);
    lines.extend(app.keys.iter().map(key));
    lines.join("\n")
}
