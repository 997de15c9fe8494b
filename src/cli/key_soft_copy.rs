//! `hocba key soft-copy`: an authority and a signer of soft copies, for demonstrations.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::certificates::read_certificates;
use super::files::{random, read_private_key, write_new};
use super::soft_copies::local_signer;
use super::{CliFault, Context, Outcome, arguments};
use crate::signing::PrivateKey;
use crate::signing::certificates::Certificate;
use crate::soft_copy::pades::issue::{IssueFault, Subject, Terms, authority, signer, to_pem};
use crate::transcript::time::Moment;

/// How much longer than its signers an authority is valid.
const AUTHORITY_LIVES: i64 = 4;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hocba key soft-copy --data /srv/hocba --out /srv/hocba/keys/soft-copy\n  hocba key soft-copy --data /srv/hocba --authority /srv/hocba/keys/soft-copy --out /srv/hocba/keys/soft-copy-2027\n\nWrites ca.key and ca.pem (the authority), signer.key and chain.pem (P-256), and prints what to put into DATA/hocba.toml. Viewers trust copies only after somebody has given them ca.pem: for official use get a certificate from an authority that they know, and put it and your key in place of these (docs/soft-copy-signature.md)."
)]
pub(super) struct SoftCopyKey {
    /// Directory for the new files; nothing in it is overwritten
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Directory of an earlier call, whose authority issues the new certificate; without it a new one is made
    #[arg(long, value_name = "DIR")]
    authority: Option<PathBuf>,
    /// Years that the signer's certificate is valid
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=5))]
    years: u8,
}

fn failed(fault: impl std::fmt::Display) -> CliFault {
    CliFault::new(format_args!("cannot make the certificates: {fault}"), "check portal.owner and try again")
}

impl SoftCopyKey {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let (issued, key, chain) = self.make(context.config.portal.owner.as_str())?;
        self.tell(context, &issued, &key, &chain)
    }

    /// The new certificate, and where its key and chain are.
    fn make(&self, owner: &str) -> Result<(Certificate, PathBuf, PathBuf), CliFault> {
        std::fs::create_dir_all(&self.out)
            .map_err(|e| CliFault::new(format_args!("cannot make {}: {e}", self.out.display()), "check the path"))?;
        let (by, root) = match &self.authority {
            Some(dir) => read_authority(dir)?,
            None => self.make_authority(owner)?,
        };
        let own = p256()?;
        let subject = Subject { organisation: owner, name: "Cổng tra cứu học bạ – ký bản mềm" };
        let issued = signer((&by, &root), &own.public(), &subject, &terms(self.years.into())?).map_err(failed)?;
        let (key, chain) = (self.out.join("signer.key"), self.out.join("chain.pem"));
        write_new(&key, own.to_pem().map_err(failed)?.as_bytes(), true)?;
        write_new(&chain, (pem(&issued)? + &pem(&root)?).as_bytes(), false)?;
        // What a server would refuse at its start is refused here.
        local_signer(&key, &chain)?;
        Ok((issued, key, chain))
    }

    fn make_authority(&self, owner: &str) -> Result<(PrivateKey, Certificate), CliFault> {
        let key = p256()?;
        let subject = Subject { organisation: owner, name: "CA trình diễn bản mềm học bạ" };
        let terms = terms(i64::from(self.years) * AUTHORITY_LIVES)?;
        let root = authority(&key, &subject, &terms).map_err(failed)?;
        write_new(&self.out.join("ca.key"), key.to_pem().map_err(failed)?.as_bytes(), true)?;
        write_new(&self.out.join("ca.pem"), pem(&root)?.as_bytes(), false)?;
        Ok((key, root))
    }

    fn tell(&self, context: &Context, issued: &Certificate, key: &Path, chain: &Path) -> Result<Outcome, CliFault> {
        let relative = |path: &Path| {
            let data = context.data.as_deref().and_then(|data| path.strip_prefix(data).ok());
            data.unwrap_or(path).display().to_string()
        };
        let (key, chain) = (relative(key), relative(chain));
        let until = issued.validity().map(|(_, to)| to);
        let answer = json!({
            "x5t#S256": issued.thumbprint(), "key_file": key, "chain_file": chain, "valid_until": until,
        });
        let until = until.map(|until| until.to_string()).unwrap_or_default();
        let thumbprint = issued.thumbprint();
        let text = format!(
            "signer   {thumbprint}\nuntil    {until}\n\nPut this into DATA/hocba.toml and start again:\n\n[soft_copy]\n\
             key_file = {key:?}\nchain_file = {chain:?}"
        );
        context.print(&answer, text)?;
        Ok(Outcome::Yes)
    }
}

/// An authority and a signer for a demonstration in this data directory: key and chain, relative to it.
pub(super) fn demonstration(data: &Path, owner: &str) -> Result<(String, String), CliFault> {
    const DIR: &str = "keys/soft-copy";
    SoftCopyKey { out: data.join(DIR), authority: None, years: 5 }.make(owner)?;
    Ok((format!("{DIR}/signer.key"), format!("{DIR}/chain.pem")))
}

fn read_authority(dir: &Path) -> Result<(PrivateKey, Certificate), CliFault> {
    let root = read_certificates(&dir.join("ca.pem"))?.into_iter().next();
    let key = read_private_key(&dir.join("ca.key"))?;
    match root.filter(|root| root.public_key() == Some(key.public())) {
        Some(root) => Ok((key, root)),
        None => Err(CliFault::new(
            format_args!("ca.key and ca.pem in {} do not belong together", dir.display()),
            "give the directory of an earlier call",
        )),
    }
}

fn pem(certificate: &Certificate) -> Result<String, CliFault> {
    to_pem(certificate).map_err(failed)
}

fn p256() -> Result<PrivateKey, CliFault> {
    // All but one in 2^32 scalars are keys.
    loop {
        if let Some(key) = PrivateKey::p256_from_scalar(&random()?) {
            return Ok(key);
        }
    }
}

/// From now on, for so many years.
fn terms(years: i64) -> Result<Terms, CliFault> {
    let from = arguments::now();
    let to = Moment::from_millis(from.as_millis() + years * 365 * 86_400_000);
    Ok(Terms { serial: random()?, from, to: to.ok_or_else(|| failed(IssueFault::Encoding))? })
}
