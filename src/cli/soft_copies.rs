//! Who signs soft copies (bản mềm) here and whose are recognised, as the configuration says.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::CliFault;
use super::certificates::read_certificates;
use super::data_dir::DataDir;
use super::files;
use crate::certificates::{Fetcher, TimestampAuthority};
use crate::config::Config;
use crate::portal::soft_copy::print::{Clockwork, PrintShop};
use crate::signing::certificates::{Answers, StampTrust};
use crate::soft_copy::pades::{KeyFault, LocalSigner};
use crate::soft_copy::read_back::{PinnedSigner, PinnedSigners};
use crate::transcript::Moment;

/// What a portal prints, signs and recognises soft copies with. Reads keys and certificates; asks nobody.
///
/// # Errors
/// A file that cannot be read, that everybody may read, or that does not fit the others.
pub fn shop(data: &DataDir) -> Result<PrintShop, CliFault> {
    let Config { soft_copy: config, portal, .. } = data.config();
    let file = |name: &str| data.root().join(name);
    let mut pinned = Vec::new();
    // Former periods first: a signer that is named twice counts only for the narrower one.
    for signer in &config.former_signers {
        pinned.push(pin(&file(&signer.chain_file), time(signer.from.as_deref())?, time(signer.to.as_deref())?)?);
    }
    let mut signer = None;
    if !config.chain_file.is_empty() {
        let chain = file(&config.chain_file);
        pinned.push(pin(&chain, None, None)?);
        if !config.key_file.is_empty() {
            signer = Some(Arc::new(local_signer(&file(&config.key_file), &chain)?) as _);
        }
    }
    let stamps = Arc::new(stamp_trust(data)?);
    let clock = authority(data, &stamps)?
        .map(|authority| Clockwork { authority: Arc::new(authority), is_required: config.tsa_required });
    Ok(PrintShop {
        signer,
        pinned: PinnedSigners::new(pinned),
        clock,
        stamps,
        owner: portal.owner.clone(),
        public_url: portal.public_url.clone(),
        reason: config.reason.clone(),
        location: config.location.clone(),
    })
}

fn unfit(path: &Path, fault: KeyFault) -> CliFault {
    CliFault::new(format_args!("{}: {fault}", path.display()), "see docs/soft-copy-signature.md, \"Configuration\"")
}

/// A time that is not understood must not widen a period.
fn time(text: Option<&str>) -> Result<Option<Moment>, CliFault> {
    let read = |text: &str| {
        Moment::parse(text).ok_or_else(|| {
            let what = format_args!("{text:?} in soft_copy.former_signers is no time").to_string();
            CliFault::new(what, "write it as 2026-12-31T23:59:59+07:00")
        })
    };
    text.map(read).transpose()
}

fn pin(path: &Path, from: Option<Moment>, to: Option<Moment>) -> Result<PinnedSigner, CliFault> {
    PinnedSigner::from_pem(&files::read_bytes(path)?, from, to).map_err(|fault| unfit(path, fault))
}

/// A key and its certificates, from files.
///
/// # Errors
/// As [`shop`].
pub(super) fn local_signer(key: &Path, chain: &Path) -> Result<LocalSigner, CliFault> {
    files::require_private(key)?;
    let pem = files::read_text(key)?;
    LocalSigner::from_pem(&pem, &files::read_bytes(chain)?).map_err(|fault| unfit(key, fault))
}

/// With no roots, no timestamp counts.
fn stamp_trust(data: &DataDir) -> Result<StampTrust, CliFault> {
    let mut roots = Vec::new();
    for file in &data.config().soft_copy.tsa_roots {
        roots.extend(read_certificates(&data.root().join(file))?);
    }
    Ok(StampTrust { roots, authorities: Vec::new(), answers: Answers::default() })
}

fn authority(data: &DataDir, trust: &Arc<StampTrust>) -> Result<Option<TimestampAuthority>, CliFault> {
    let config = &data.config().soft_copy;
    if config.tsa_url.is_empty() {
        return Ok(None);
    }
    // The operator has named the address itself, so its host is the one that may be asked.
    let host = host_of(&config.tsa_url);
    let fetcher = Fetcher::new(&[host], Duration::from_millis(config.tsa_timeout_ms));
    fetcher
        .check(&config.tsa_url)
        .map_err(|_| CliFault::new("soft_copy.tsa_url is no address", "write it as http://tsa.ca.gov.vn"))?;
    let nonce = || files::random::<32>().ok();
    Ok(Some(TimestampAuthority::new(config.tsa_url.clone(), fetcher, Arc::clone(trust), nonce)))
}

/// `host`, or `host:port` where it is not the scheme's own.
fn host_of(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let usual = if scheme == "https" { ":443" } else { ":80" };
    host.strip_suffix(usual).unwrap_or(host).to_owned()
}
