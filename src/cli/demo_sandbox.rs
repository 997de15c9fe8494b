//! The sandbox of the demonstration: a partner's app and an identity app with keys that are made at run time and written
//! down, private halves too, which nothing but a demonstration ever does; and a script that plays both.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{CliFault, app, files, now};
use crate::apps::{AppId, Change, KeyId, Kind, PurposeId, Scope, Terms};
use crate::portal::app_desk::{AppDesk, AppRequest, TOKEN_PATH};
use crate::signing::PrivateKey;
use crate::synth::{ExpectedVerdict, Sample};
use crate::transcript::contents::PersonalId;
use crate::transcript::text::Text;
use crate::transcript::{Moment, TranscriptCode};

const PARTNER: &str = "truong-mau";
const PARTNER_NAME: &str = "Ứng dụng của Trường Đại học Mẫu (dữ liệu thử nghiệm)";
const IDENTITY: &str = "dinh-danh-mau";
const IDENTITY_NAME: &str = "Ứng dụng định danh mẫu (dữ liệu thử nghiệm)";
const PURPOSE: &str = "tuyen-sinh";
const PURPOSE_TEXT: &str = "Xét tuyển đại học (Luật Giáo dục đại học, Điều 34)";
const SCOPE: &str = "name identity staff results comments changes";
const YEAR_MS: i64 = 365 * 86_400_000;
/// What the script does once it knows whom it plays.
const SCRIPT: &str = include_str!("sandbox/try.sh");

/// The sandbox in `DATA/demo.json`, and as `DATA/sandbox/sandbox.json`.
#[derive(Debug, Serialize)]
pub(super) struct Sandbox {
    token_endpoint: String,
    /// What consents are for.
    audience: String,
    partner: SandboxApp,
    identity: SandboxApp,
    purpose: &'static str,
    scope: &'static str,
    /// People to consent.
    citizens: Vec<Citizen>,
    /// Plays both apps.
    pub(super) script: PathBuf,
}

/// An app, and where its private key is.
#[derive(Debug, Serialize)]
struct SandboxApp {
    id: &'static str,
    kid: KeyId,
    /// PKCS#8 PEM, Ed25519.
    private_key: PathBuf,
}

/// Somebody of the synthetic nation.
#[derive(Debug, Serialize)]
struct Citizen {
    personal_id: PersonalId,
    full_name: String,
    code: TranscriptCode,
}

/// Registers both apps and writes `DATA/sandbox`.
///
/// # Errors
/// When a file, the apps or the journal cannot be written.
pub(super) fn make(desk: &AppDesk, root: &Path, portal: &str, samples: &[Sample]) -> Result<Sandbox, CliFault> {
    let dir = root.join("sandbox");
    std::fs::create_dir_all(&dir)
        .map_err(|e| CliFault::new(format_args!("cannot make {}: {e}", dir.display()), "make room"))?;
    let identity = registered(desk, &dir, IDENTITY, IDENTITY_NAME, Kind::Identity, "identity")?;
    let partner = registered(desk, &dir, PARTNER, PARTNER_NAME, Kind::Partner(terms()?), "partner")?;
    let citizen = |sample: &Sample| {
        let (full_name, code) = (sample.full_name.clone(), sample.code);
        sample.personal_id.map(|personal_id| Citizen { personal_id, full_name, code })
    };
    let is_valid = |sample: &&Sample| sample.expected_verdict == ExpectedVerdict::Valid;
    let valid_first = samples.iter().filter(is_valid).chain(samples.iter().filter(|sample| !is_valid(sample)));
    let citizens: Vec<Citizen> = valid_first.filter_map(citizen).collect();
    let script = dir.join("try.sh");
    files::write_new(&script, text(portal, &partner, &identity, citizens.first()).as_bytes(), true)?;
    let sandbox = Sandbox {
        token_endpoint: format!("{portal}{TOKEN_PATH}"),
        audience: portal.to_owned(),
        partner,
        identity,
        purpose: PURPOSE,
        scope: SCOPE,
        citizens,
        script,
    };
    let json = serde_json::to_vec_pretty(&sandbox).map_err(|e| unlikely(&e))?;
    files::write_new(&dir.join("sandbox.json"), &json, true)?;
    Ok(sandbox)
}

fn unlikely(fault: &dyn std::fmt::Display) -> CliFault {
    CliFault::new(format_args!("no sandbox was made: {fault}"), "report this")
}

fn terms() -> Result<Terms, CliFault> {
    let made = || {
        let purposes = [(PurposeId::parse(PURPOSE)?, Text::new(PURPOSE_TEXT).ok()?)].into();
        Some(Terms { scope: Scope::parse(SCOPE)?, purposes, issuers: [AppId::parse(IDENTITY)?].into() })
    };
    made().ok_or_else(|| unlikely(&"its terms"))
}

/// An app with a fresh key, whose private half lies in `dir` for its owner alone.
fn registered(
    desk: &AppDesk,
    dir: &Path,
    id: &'static str,
    name: &str,
    kind: Kind,
    file: &str,
) -> Result<SandboxApp, CliFault> {
    let key = PrivateKey::ed25519_from_seed(&files::random()?);
    let kid = KeyId::parse(&key.public().kid().to_string()).ok_or_else(|| unlikely(&"a key's name"))?;
    let private_key = dir.join(format!("{file}.key.pem"));
    files::write_new(&private_key, key.to_pem().map_err(|e| unlikely(&e))?.as_bytes(), true)?;
    let jwk = key.public().to_jwk();
    let public = serde_json::to_vec(&jwk).map_err(|e| unlikely(&e))?;
    files::write_new(&dir.join(format!("{file}.jwk")), &public, false)?;
    let until = Moment::from_millis(now().as_millis() + YEAR_MS).ok_or_else(|| unlikely(&"a time"))?;
    let app = AppId::parse(id).ok_or_else(|| unlikely(&"a name"))?;
    let text = |e| unlikely(&e);
    let name = Text::new(name).map_err(text)?;
    let change = Change::Register { app, name, kind, keys: vec![(kid.clone(), jwk)], until };
    let by = Text::new("hocba demo").map_err(text)?;
    let reason = Text::new("dữ liệu thử nghiệm").map_err(text)?;
    let request = AppRequest::Change { change: Box::new(change), by, reason };
    desk.answer(request, now()).map_err(app::fault)?;
    Ok(SandboxApp { id, kid, private_key })
}

/// Whom the script plays stands at its top, to be changed.
fn text(portal: &str, partner: &SandboxApp, identity: &SandboxApp, first: Option<&Citizen>) -> String {
    let citizen = first.map_or("", |citizen| citizen.personal_id.as_str());
    format!(
        "#!/usr/bin/env bash\n# Plays a partner's app and an identity app against the demonstration: bash try.sh [WHAT \
         [CITIZEN]]\n# WHAT: transcripts (else), transcripts/CODE, or changes?since=0. CITIZEN: an identification number \
         of sandbox.json.\n# Needs bash, curl and openssl 3.\nset -euo pipefail\nPORTAL={portal}\nPARTNER={}\n\
         PARTNER_KID={}\nIDENTITY={}\nIDENTITY_KID={}\nPURPOSE={PURPOSE}\nwhat=${{1:-transcripts}}\n\
         citizen=${{2:-{citizen}}}\n{SCRIPT}",
        partner.id, partner.kid, identity.id, identity.kid,
    )
}
