//! `hocba package sign-sheet`: salts, digests and signatures of sheets.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::cli::files::{certificate_thumbprint, random, read_private_key};
use crate::cli::{CliFault, Context, Outcome};
use crate::signing::{Jws, Kid, ObjectType, PrivateKey};
use crate::transcript::contents::{Contents, ResultsKind};
use crate::transcript::groups::{Group, GroupSet};
use crate::transcript::sheet::{Sheet, SheetClaims};

#[derive(Debug, Args)]
#[command(after_help = "Example:
  hocba package sign-sheet --head hieu-truong.key --institution truong.key --out lop-6a.signed lop-6a.json

The input holds one JSON object after the other:
  {\"claims\": {\"version\": 1, \"madinhdanhhocba\": \"…32 hex digits…\", \"idbanghi\": \"…\", \"macaphoc\": \"03\", …},
   \"groups\": {\"name\": {\"hovaten\": \"…\", …}, \"identity\": {…}, \"staff\": {…}, \"results\": {…}, \"comments\": {…}}}
Members: docs/transcript.md and docs/package-format.md. Digests and salts are made here.")]
pub(in crate::cli) struct SignSheet {
    /// Private key of the head of the school
    #[arg(long, value_name = "FILE")]
    head: PathBuf,
    /// Certificate of the head's key, where its grant names one: a DER or PEM file, or its x5t#S256
    #[arg(long, value_name = "FILE|X5T")]
    head_certificate: Option<String>,
    /// Private key of the school itself
    #[arg(long, value_name = "FILE")]
    institution: PathBuf,
    /// Certificate of the institution's key, where its grant names one
    #[arg(long, value_name = "FILE|X5T")]
    institution_certificate: Option<String>,
    /// Private key of a teacher who signs too (repeat)
    #[arg(long, value_name = "FILE")]
    teacher: Vec<PathBuf>,
    /// File of the signed sheets, one a line
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// File of sheets to sign
    #[arg(value_name = "SHEETS")]
    sheets: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    claims: SheetClaims,
    groups: DraftGroups,
}

/// One member a group, so that a group written twice is refused and not overwritten.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftGroups {
    name: Option<Box<RawValue>>,
    identity: Option<Box<RawValue>>,
    origin: Option<Box<RawValue>>,
    policy: Option<Box<RawValue>>,
    family: Option<Box<RawValue>>,
    staff: Option<Box<RawValue>>,
    staff_ids: Option<Box<RawValue>>,
    results: Option<Box<RawValue>>,
    comments: Option<Box<RawValue>>,
}

impl DraftGroups {
    fn read(&self, kind: ResultsKind) -> Result<Contents, String> {
        let groups = [
            (Group::Name, &self.name),
            (Group::Identity, &self.identity),
            (Group::Origin, &self.origin),
            (Group::Policy, &self.policy),
            (Group::Family, &self.family),
            (Group::Staff, &self.staff),
            (Group::StaffIds, &self.staff_ids),
            (Group::Results, &self.results),
            (Group::Comments, &self.comments),
        ];
        let mut contents = Contents::default();
        for (group, json) in groups {
            let Some(json) = json else { continue };
            contents
                .put(group, kind, json.get().as_bytes())
                .map_err(|e| format!("sheet.group at \"/{}{}\": {e}", group.name(), e.pointer()))?;
        }
        Ok(contents)
    }
}

type Signers = Vec<(PrivateKey, Option<Kid>)>;

impl SignSheet {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let signers = self.signers()?;
        let input = File::open(&self.sheets)
            .map_err(|e| CliFault::new(format_args!("cannot read {}: {e}", self.sheets.display()), "check the path"))?;
        let fail = |e: std::io::Error| {
            CliFault::new(
                format_args!("cannot write {}: {e}", self.out.display()),
                "choose a new file in a directory you own",
            )
        };
        // Beside the output until all sheets are signed: a file there is always whole.
        let dir = self.out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(dir).map_err(fail)?);
        let mut count = 0u64;
        for draft in serde_json::Deserializer::from_reader(BufReader::new(input)).into_iter::<Draft>() {
            count += 1;
            let fault = |e: &dyn std::fmt::Display| {
                CliFault::new(
                    format_args!("sheet {count} of {}: {e}", self.sheets.display()),
                    "correct it; nothing was written",
                )
            };
            let draft = draft.map_err(|e| fault(&e))?;
            let jws = sign(draft, &signers, || random().map_err(|e| e.to_string())).map_err(|e| fault(&e))?;
            out.write_all(&jws.to_json(GroupSet::ALL)).and_then(|()| out.write_all(b"\n")).map_err(fail)?;
        }
        if count == 0 {
            return Err(CliFault::new(
                format_args!("{} holds no sheet", self.sheets.display()),
                "see --help for the form",
            ));
        }
        let file = out.into_inner().map_err(|e| fail(e.into_error()))?;
        file.as_file().sync_all().map_err(fail)?;
        file.persist_noclobber(&self.out).map_err(|e| fail(e.error))?;
        let answer = json!({"sheets": count, "file": self.out});
        context.print(&answer, format!("signed  {count} sheets\nfile    {}", self.out.display()))?;
        Ok(Outcome::Yes)
    }

    fn signers(&self) -> Result<Signers, CliFault> {
        let bound = |path: &Path, certificate: Option<&String>| {
            Ok((read_private_key(path)?, certificate.map(|c| certificate_thumbprint(c)).transpose()?))
        };
        let mut signers = vec![
            bound(&self.head, self.head_certificate.as_ref())?,
            bound(&self.institution, self.institution_certificate.as_ref())?,
        ];
        for teacher in &self.teacher {
            signers.push(bound(teacher, None)?);
        }
        Ok(signers)
    }
}

/// Salts, commits, checks as intake will, signs.
fn sign(draft: Draft, signers: &Signers, mut salt: impl FnMut() -> Result<[u8; 16], String>) -> Result<Jws, String> {
    let mut claims = draft.claims;
    let kind = ResultsKind::of(claims.level, claims.circular.as_str())
        .ok_or("sheet.circular at \"/thongtu\": expected number and year, such as 22/2021")?;
    let contents = draft.groups.read(kind)?;
    let salts = contents.groups().iter().map(|_| salt()).collect::<Result<Vec<_>, _>>()?;
    let mut salts = salts.into_iter();
    let disclosures = contents.disclose(|| salts.next().unwrap_or_default()).map_err(|e| e.to_string())?;
    claims.commit_to(&disclosures);
    let payload = serde_json::to_vec(&claims).map_err(|e| e.to_string())?;
    Sheet::parse(&payload, &disclosures).map_err(|e| e.to_string())?;
    let by: Vec<_> = signers.iter().map(|(key, certificate)| (key, *certificate)).collect();
    Jws::sign(ObjectType::Sheet, payload, &by, disclosures).map_err(|e| e.to_string())
}
