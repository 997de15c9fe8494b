//! Official certificates in a running process: judged in the background, asked about by the writer.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use der::asn1::ObjectIdentifier;
use serde_json::{Value, json};

use super::data_dir::DataDir;
use super::{CliFault, files, now};
use crate::certificates::{Fetcher, Refresh, Report, Store};
use crate::config;
use crate::portal::Portal;
use crate::portal::certificate_evidence::Trusted;
use crate::portal::official::KeyStanding;
use crate::signing::Kid;
use crate::signing::certificates::{Certificate, Judge};

/// How often it is looked whether something came in.
const POLL: Duration = Duration::from_millis(500);

/// Roots, what is kept, and who asks.
pub struct Certificates {
    store: Store,
    roots: Vec<Certificate>,
    policies: Vec<ObjectIdentifier>,
    fetcher: Fetcher,
    config: config::Certificates,
    /// One round at a time; the state that was last judged.
    judged: Mutex<Option<State>>,
}

/// What a judgement depends on besides the roots.
type State = (Option<SystemTime>, Option<Kid>);

fn unreadable(fault: impl std::fmt::Display) -> CliFault {
    CliFault::new(format_args!("the certificates cannot be read: {fault}"), "check DATA/certificates")
}

impl Certificates {
    /// Reads the configured roots; opens nothing else yet.
    ///
    /// # Errors
    /// A root that cannot be read.
    pub fn open(data: &DataDir) -> Result<Self, CliFault> {
        let config = data.config().certificates.clone();
        let mut roots = Vec::new();
        for file in &config.roots {
            roots.extend(read_certificates(&data.root().join(file))?);
        }
        let policies = config.policies.iter().map(|policy| ObjectIdentifier::new(policy));
        Ok(Self {
            store: data.certificates(),
            roots,
            policies: policies.collect::<Result<_, _>>().map_err(|_| {
                CliFault::new("certificates.policies holds no dotted number", "write it as 2.16.704.1.1.1.1.1")
            })?,
            fetcher: Fetcher::new(&config.allowed_hosts, Duration::from_millis(config.timeout_ms)),
            config,
            judged: Mutex::new(None),
        })
    }

    /// What this portal judges by.
    pub fn trusted(&self) -> Trusted {
        Trusted { roots: self.roots.clone(), policies: self.policies.clone() }
    }

    /// Whether anything can be official here.
    pub fn has_roots(&self) -> bool {
        !self.roots.is_empty()
    }

    /// Judges by what is kept at this moment.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn judge(&self, portal: &Portal) -> Result<(), CliFault> {
        let state = (self.store.changed(), portal.newest_bound());
        let kept = Arc::new(self.store.load().map_err(unreadable)?);
        let authorities = kept.all_authorities(&self.roots);
        let answers = kept.answers(&authorities, &HashSet::new());
        let judge =
            Judge { roots: &self.roots, authorities: &authorities, policies: &self.policies, answers: &answers };
        portal.judge_certificates(&kept, &judge);
        for file in kept.damaged() {
            tracing::warn!(file, "a file in DATA/certificates is damaged and counts for nothing");
        }
        *self.judged.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
        Ok(())
    }

    /// Asks authorities once, then judges.
    ///
    /// # Errors
    /// When the directory cannot be read or written.
    pub fn refresh(&self, portal: &Portal) -> Result<Report, CliFault> {
        let kept = self.store.load().map_err(unreadable)?;
        let refresh = Refresh {
            store: &self.store,
            fetcher: &self.fetcher,
            roots: &self.roots,
            ask_ocsp: self.config.ocsp,
            nonce: || files::random::<16>().ok(),
        };
        let report = refresh.run(&portal.bound_certificates(&kept), now()).map_err(unreadable)?;
        self.judge(portal)?;
        Ok(report)
    }

    /// Judges for ever, whenever something came in; with `asks`, also asks authorities.
    pub fn keep_judged(&self, portal: &Portal, asks: bool) {
        let every = Duration::from_secs(self.config.refresh_s);
        let mut asked: Option<(Instant, Option<Kid>)> = None;
        loop {
            let newest = portal.newest_bound();
            let is_due = asked.is_none_or(|(at, of)| at.elapsed() > every || of != newest);
            let done = if asks && self.config.fetch && newest.is_some() && is_due {
                asked = Some((Instant::now(), newest));
                self.refresh(portal).map(|report| tell(&report))
            } else if *self.judged.lock().unwrap_or_else(PoisonError::into_inner)
                != Some((self.store.changed(), newest))
            {
                self.judge(portal)
            } else {
                Ok(())
            };
            if let Err(fault) = done {
                tracing::error!(%fault, "certificates could not be judged");
                std::thread::sleep(every.min(Duration::from_secs(60)));
            }
            std::thread::sleep(POLL);
        }
    }

    /// What is known about every certificate, for `hocba certificate list`.
    pub fn answer(&self, portal: &Portal) -> Value {
        let official = portal.official();
        let mut keys: Vec<Value> = official.keys().map(describe).collect();
        keys.sort_by_key(|key| key["leaf_index"].as_u64());
        json!({ "roots": self.roots.len(), "stamped_packages": official.stamped_packages(), "certificates": keys })
    }
}

fn tell(report: &Report) {
    tracing::info!(asked_about = report.certificates, kept = report.kept, removed = report.removed, "certificates");
    for fault in &report.faults {
        tracing::warn!(fault, "an authority did not answer");
    }
}

/// Thumbprints and times only: a certificate's subject may name a person.
fn describe(standing: &KeyStanding) -> Value {
    let mut answer = json!({
        "x5t#S256": standing.bound.certificate,
        "kid": standing.bound.key.kid(),
        "leaf_index": standing.bound.leaf,
    });
    match &standing.judged {
        None => answer["fault"] = json!("the certificate is not here; bring it with `hocba certificate import`"),
        Some(Err(fault)) => answer["fault"] = json!(fault.to_string()),
        Some(Ok(judgement)) => {
            answer["official_from"] = json!(judgement.from);
            answer["official_until"] = json!(judgement.until);
            answer["revoked_since"] = json!(judgement.revoked_since);
            answer["old_algorithm"] = json!(judgement.old_algorithm);
            answer["chain"] = json!(judgement.chain);
        }
    }
    answer
}

/// Certificates of a file, DER or PEM.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read_certificates(path: &Path) -> Result<Vec<Certificate>, CliFault> {
    Certificate::from_file(&files::read_bytes(path)?)
        .map_err(|fault| CliFault::new(format_args!("{}: {fault}", path.display()), "give certificates in DER or PEM"))
}
