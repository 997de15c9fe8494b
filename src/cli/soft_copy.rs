//! `hocba soft-copy`: the signed PDF of a transcript, for the operator of the machine.

use std::path::PathBuf;

use clap::Args;
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::data_dir::DataDir;
use super::files::write_new;
use super::local::{self, Request};
use super::node::{Duties, Node};
use super::{CliFault, Context, Outcome, arguments, now};
use crate::journal::Actor;
use crate::portal::soft_copy::issue::IssueRefusal;
use crate::portal::soft_copy::print::{PrintRefusal, PrintShop};
use crate::portal::{DiscloseRefusal, Portal};
use crate::transcript::text::Text;
use crate::transcript::{SchoolYear, TranscriptCode};

/// Issue the signed PDF (bản mềm) of a transcript, or of one school year; the journal keeps who and why.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba soft-copy --data /srv/hocba 0f8fad5b-d9cb-469f-a165-70867728950e --by \"Nguyễn Văn A\" --reason \"Công văn 12/SGDĐT\" --out ban-mem.pdf\n\nIt holds what a birth date opens. Signing needs soft_copy.key_file (see `hocba key soft-copy`)."
)]
pub(super) struct SoftCopyArgs {
    /// The 32 characters printed on the transcript
    #[arg(value_parser = code)]
    code: TranscriptCode,
    /// Where to write it; an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only this school year (trích lục), for example 2025-2026
    #[arg(long, value_name = "YEAR", value_parser = year)]
    year: Option<SchoolYear>,
    /// Your name, for the journal
    #[arg(long, value_name = "NAME", value_parser = arguments::text::<200>)]
    by: Text<200>,
    /// Why, for the journal; at most 200 characters
    #[arg(long, value_name = "TEXT", value_parser = arguments::text::<200>)]
    reason: Text<200>,
}

fn code(text: &str) -> Result<TranscriptCode, String> {
    TranscriptCode::from_typed(text).map_err(|fault| fault.to_string())
}

fn year(text: &str) -> Result<SchoolYear, String> {
    SchoolYear::parse(text).ok_or_else(|| "expected a school year, for example 2025-2026".into())
}

/// What an operator asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorOrder {
    code: TranscriptCode,
    year: Option<SchoolYear>,
    by: Text<200>,
    reason: Text<200>,
}

/// Writes it down, prints and signs it.
pub(super) fn print(portal: &Portal, shop: &PrintShop, order: &OperatorOrder) -> Result<Vec<u8>, CliFault> {
    if shop.signer.is_none() {
        return Err(CliFault::new(PrintRefusal::NoSigner, "make a key with `hocba key soft-copy`, then start again"));
    }
    let actor = Actor::Operator { name: order.by.clone() };
    let made = portal.order_soft_copy_as_operator(&order.code, &actor, order.reason.as_str(), order.year, now());
    let made = made.map_err(|refusal| {
        let remedy = match refusal {
            IssueRefusal::NotOpened(DiscloseRefusal::Unknown) => "check the code",
            IssueRefusal::NotOpened(_) => "run `hocba status`, then `hocba verify` with the code",
            IssueRefusal::NotRecorded => "see docs/log.md, \"When the journal stops\"; tokens need `hocba key token`",
            IssueRefusal::NoSuchYear => "see `hocba verify` with the code for the years on record",
            IssueRefusal::SheetAlone => "give the booklet's code, not a sheet's own id",
        };
        CliFault::new(refusal, remedy)
    })?;
    shop.print(&made).map_err(|fault| CliFault::new(fault, "see docs/soft-copy.md"))
}

impl SoftCopyArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// What could not be opened, signed or written.
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let data = DataDir::at(context.data()?, &context.config);
        let Self { code, out, year, by, reason } = self;
        if out.exists() {
            return Err(CliFault::new(format_args!("{} exists", out.display()), "name another file"));
        }
        let order = OperatorOrder { code: *code, year: *year, by: by.clone(), reason: reason.clone() };
        let pdf = match local::ask(&data.socket(), &Request::SoftCopy { order: order.clone() })? {
            Some(answer) => BASE64
                .decode(answer["pdf"].as_str().unwrap_or_default().as_bytes())
                .map_err(|e| CliFault::new(format_args!("the server's answer cannot be read: {e}"), "try again"))?,
            None => {
                let node = Node::start(&data, Duties::default())?;
                node.wait_until_followed();
                node.judge_certificates()?;
                print(&node.portal, &node.shop, &order)?
            }
        };
        write_new(out, &pdf, true)?;
        let text = format!("{} ({} bytes)", out.display(), pdf.len());
        context.print(&json!({ "file": out, "bytes": pdf.len() }), text)?;
        Ok(Outcome::Yes)
    }
}
