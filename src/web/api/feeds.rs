//! `/feeds/…`: packages from the provinces. A package is authenticated by its signed manifest, which
//! stands first in it: whoever has no key in force is turned away after the first bytes.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::BASE64URL_NOPAD;
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::json;
use crate::intake::receipt::{Counts, LedgerRange, Receipt};
use crate::intake::warnings::{self, Consistency};
use crate::intake::{IntakeFault, Received};
use crate::transcript::province::ProvinceCode;
use crate::web::AppState;
use crate::web::backend::{FeedFault, Feeds};
use crate::web::problem::Problem;

/// Most packages on their way at a time; a further one is asked to come back.
pub const MAX_UPLOADS: usize = 4;
/// Bytes by which a manifest must have come: one full zstd block and its frame header.
const HEAD: usize = 192 * 1024;
/// A sender slower than this, in bytes a second, is given up.
const SLOWEST: u64 = 32 * 1024;
/// Bytes that go to the spool file at a time.
const SPOOL_STEP: usize = 1 << 20;

/// Counts who is in.
#[derive(Debug)]
pub struct Semaphore {
    free: AtomicUsize,
}

/// A place, given back when dropped.
#[derive(Debug)]
struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    /// With so many places.
    pub fn new(places: usize) -> Self {
        Self { free: AtomicUsize::new(places) }
    }

    fn enter(&self) -> Option<Permit<'_>> {
        let take = |free: usize| free.checked_sub(1);
        self.free.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).ok().map(|_| Permit(self))
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.free.fetch_add(1, Ordering::AcqRel);
    }
}

/// What the next package must say.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExpectedPackage")]
pub(in crate::web) struct Expected {
    province: String,
    next_sequence: u64,
    /// Digest of the manifest before, base64url.
    previous: Option<String>,
}

/// What became of a package.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TakenPackage")]
pub(in crate::web) struct Taken<'a> {
    receipt_url: Option<String>,
    details_url: Option<String>,
    again: bool,
    dry_run: bool,
    late: bool,
    counts: Counts,
    consistency: Consistency,
    ledger: Option<LedgerRange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Object>")]
    receipt: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Object>>")]
    details: Option<Vec<&'a RawValue>>,
}

type Object = serde_json::Map<String, serde_json::Value>;

/// Two digits, or `bo` for the ministry.
fn route(request: &HttpRequest) -> Result<String, Problem> {
    let text = request.match_info().get("province").unwrap_or_default();
    let known = text == "bo" || ProvinceCode::parse(text).is_some_and(|p| p != ProvinceCode::MINISTRY);
    known.then(|| text.to_owned()).ok_or(Problem::NotFound)
}

/// A sequence number without leading zeros or signs.
fn sequence(request: &HttpRequest) -> Result<u64, Problem> {
    let text = request.match_info().get("sequence").unwrap_or_default();
    let digits = text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    digits.then(|| text.parse().ok()).flatten().ok_or(Problem::NotFound)
}

fn problem(fault: FeedFault) -> Problem {
    match fault {
        FeedFault::Busy => Problem::Busy,
        FeedFault::Intake(IntakeFault::Rejected(refusal)) => match refusal.rule {
            "package.sequence_gap" | "package.sequence_used" | "package.previous_digest" => Problem::Conflict(refusal),
            _ => Problem::RefusedPackage(refusal),
        },
        FeedFault::Intake(fault) => {
            tracing::error!(%fault, "a package could not be taken");
            Problem::Busy
        }
    }
}

fn storage(fault: io::Error) -> Problem {
    tracing::error!(%fault, "the spool cannot be written");
    Problem::Busy
}

async fn ask<T: Send + 'static>(
    state: &AppState,
    question: impl FnOnce(&dyn Feeds) -> Result<T, FeedFault> + Send + 'static,
) -> Result<T, Problem> {
    let feeds = Arc::clone(state.feeds.as_ref().ok_or(Problem::NotFound)?);
    web::block(move || question(&*feeds)).await.map_err(|_| Problem::Busy)?.map_err(problem)
}

/// `GET /feeds/{province}`: what the next package must say.
///
/// # Errors
/// [`Problem`].
pub async fn expected(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let province = route(&request)?;
    let asked = province.clone();
    let known = ask(&state, move |feeds| feeds.expected(&asked)).await?;
    let next_sequence = known.as_ref().map_or(1, |s| s.next);
    let previous = known.map(|s| BASE64URL_NOPAD.encode(&s.previous));
    json(StatusCode::OK, &Expected { province, next_sequence, previous }, 128)
}

/// `GET /feeds/{province}/{sequence}/receipt`: the signed receipt.
///
/// # Errors
/// [`Problem`].
pub async fn receipt(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    stored(request, state, "application/jose+json", |receipt| receipt.signed).await
}

/// `GET /feeds/{province}/{sequence}/details`: the lines that did not simply enter, as NDJSON. Warnings are
/// left out, as whoever asks need not be the sender; with them, in the answer to the delivery, the text
/// has the digest that the receipt holds.
///
/// # Errors
/// [`Problem`].
pub async fn details(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    stored(request, state, "application/x-ndjson", |receipt| warnings::without_warnings(&receipt.details)).await
}

async fn stored(
    request: HttpRequest,
    state: Data<AppState>,
    media_type: &'static str,
    part: fn(Receipt) -> Vec<u8>,
) -> Result<HttpResponse, Problem> {
    let (province, sequence) = (route(&request)?, sequence(&request)?);
    let receipt = ask(&state, move |feeds| feeds.receipt(&province, sequence)).await?.ok_or(Problem::NotFound)?;
    let mut response = HttpResponse::new(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response.set_body(BoxBody::new(part(receipt))))
}

/// `PUT /feeds/{province}/{sequence}`, `?dry_run=1`. Answers when everything the receipt says is durable;
/// the same package again gets the same receipt, so a province that lost the answer simply sends again.
///
/// # Errors
/// [`Problem`].
pub async fn receive(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (province, sequence) = (route(&request)?, sequence(&request)?);
    let dry_run = match request.query_string() {
        "" => false,
        "dry_run=1" => true,
        _ => return Err(Problem::BadRequest("the only query is dry_run=1".into())),
    };
    let _place = state.uploads.enter().ok_or(Problem::Busy)?;
    let file = Upload::new(&request, &state, &province, sequence)?.take(payload).await?;
    let (now, asked) = (state.now(), province.clone());
    let received = ask(&state, move |feeds| feeds.receive(file, &asked, sequence, dry_run, now)).await?;
    answer(&province, sequence, &received)
}

fn answer(province: &str, sequence: u64, received: &Received) -> Result<HttpResponse, Problem> {
    let claims = &received.receipt.claims;
    let url = |part: &str| (!claims.dry_run).then(|| format!("/feeds/{province}/{sequence}/{part}"));
    let raw = |text| serde_json::from_slice::<&RawValue>(text).ok();
    let lines = || warnings::lines(&received.receipt.details);
    let taken = Taken {
        receipt_url: url("receipt"),
        details_url: url("details"),
        again: received.again,
        dry_run: claims.dry_run,
        late: claims.late,
        counts: claims.counts,
        consistency: claims.consistency,
        ledger: claims.ledger,
        // A dry run keeps nothing, so its receipt is here or nowhere.
        receipt: claims.dry_run.then(|| raw(received.receipt.signed.as_slice())).flatten(),
        // Warnings are told to the sender alone, so here or nowhere.
        details: (claims.dry_run || claims.consistency.written > 0).then(|| lines().filter_map(raw).collect()),
    };
    let mut response = json(StatusCode::ACCEPTED, &taken, 512)?;
    if let Some(Ok(url)) = taken.receipt_url.as_deref().map(HeaderValue::from_str) {
        response.headers_mut().insert(LOCATION, url);
    }
    Ok(response)
}

/// A package on its way into a spool file without a name: it holds personal data, and no crash may
/// leave it behind.
struct Upload<'a> {
    state: &'a AppState,
    province: &'a str,
    sequence: u64,
    started: Instant,
    taken: u64,
    admitted: bool,
    buffer: Vec<u8>,
    file: File,
}

impl<'a> Upload<'a> {
    fn new(request: &HttpRequest, state: &'a AppState, province: &'a str, sequence: u64) -> Result<Self, Problem> {
        let limit = state.config.intake.max_upload_bytes;
        let announced =
            request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
        if announced.is_some_and(|n: u64| n > limit) {
            return Err(Problem::TooLarge { limit });
        }
        let file = tempfile::tempfile_in(&state.spool).map_err(storage)?;
        let (started, buffer) = (Instant::now(), Vec::with_capacity(SPOOL_STEP));
        Ok(Self { state, province, sequence, started, taken: 0, admitted: false, buffer, file })
    }

    async fn take(mut self, mut payload: Payload) -> Result<File, Problem> {
        let patience = Duration::from_millis(self.state.config.serve.body_deadline_ms);
        loop {
            let next = actix_web::rt::time::timeout(patience, payload.next()).await;
            let Some(chunk) = next.map_err(|_| Problem::SlowBody)? else { break };
            let chunk: Bytes = chunk.map_err(|_| Problem::BadRequest("the package broke off".into()))?;
            self.add(&chunk, patience).await?;
        }
        if !self.admitted {
            self.admit().await?;
        }
        self.spool().await?;
        Ok(self.file)
    }

    async fn add(&mut self, chunk: &[u8], patience: Duration) -> Result<(), Problem> {
        let limit = self.state.config.intake.max_upload_bytes;
        self.taken += chunk.len() as u64;
        if self.taken > limit {
            return Err(Problem::TooLarge { limit });
        }
        if self.started.elapsed() > patience + Duration::from_secs(self.taken / SLOWEST) {
            return Err(Problem::SlowBody);
        }
        self.buffer.extend_from_slice(chunk);
        if !self.admitted && self.buffer.len() >= HEAD {
            self.admit().await?;
        }
        if self.admitted && self.buffer.len() >= SPOOL_STEP {
            self.spool().await?;
        }
        Ok(())
    }

    /// Asks whether the manifest, which has come by now, is one we take; until then nothing is on disk.
    async fn admit(&mut self) -> Result<(), Problem> {
        let (head, province, sequence) = (Arc::<[u8]>::from(&*self.buffer), self.province.to_owned(), self.sequence);
        ask(self.state, move |feeds| feeds.admit(head, &province, sequence)).await?;
        self.admitted = true;
        Ok(())
    }

    async fn spool(&mut self) -> Result<(), Problem> {
        let bytes = std::mem::replace(&mut self.buffer, Vec::with_capacity(SPOOL_STEP));
        let mut file = self.file.try_clone().map_err(storage)?;
        let write = move || file.write_all(&bytes);
        web::block(write).await.map_err(|_| Problem::Busy)?.map_err(storage)
    }
}
