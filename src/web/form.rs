//! Forms as browsers send them: read under a cap, fields by name.

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::web::{Bytes, BytesMut, Payload, Query};
use futures_util::StreamExt as _;
use serde::Deserialize;

use super::problem::Problem;
use super::{AppState, body};

/// Bytes of a form beside its file: boundaries, names, an empty text field.
const FRAMING: usize = 8 * 1024;
/// Most parts of a form with a file.
const MAX_PARTS: usize = 16;

/// A form's fields; one may stand several times.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form of at most `cap` bytes.
    ///
    /// # Errors
    /// [`Problem`].
    pub(super) async fn read(
        request: &HttpRequest,
        state: &AppState,
        payload: Payload,
        cap: usize,
    ) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Pairs(Vec<(String, String)>);
        body::require(request, "application/x-www-form-urlencoded")?;
        let deadline = Duration::from_millis(state.config.serve.body_deadline_ms);
        let body = body::read(request, payload, cap, deadline).await?;
        let pairs = Query::<Pairs>::from_query(&String::from_utf8_lossy(&body))
            .map_err(|_| Problem::BadRequest("the form cannot be read".into()))?;
        Ok(Self(pairs.into_inner().0))
    }

    /// Every value of a field.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The one value of a field; empty when it is not there.
    ///
    /// # Errors
    /// [`Problem::BadRequest`] when it stands twice: which one counts would depend on the reader.
    pub(super) fn one(&self, name: &'static str) -> Result<String, Problem> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value.unwrap_or_default().to_owned()),
            _ => Err(Problem::BadRequest("a field stands twice".into())),
        }
    }
}

/// The first part `file` or `text` of a form (RFC 7578) that holds something: the file that was chosen,
/// or the text that was pasted in its place. At most `cap` bytes are read.
///
/// # Errors
/// [`Problem`]; [`Problem::BadRequest`] when every part is empty.
pub(super) async fn sent_file(
    request: &HttpRequest,
    state: &AppState,
    payload: Payload,
    cap: usize,
) -> Result<Bytes, Problem> {
    body::require(request, "multipart/form-data")?;
    // As long as for any other body, and a second more for every 64 KiB: what an old phone sends.
    let deadline = Duration::from_millis(state.config.serve.body_deadline_ms + 1000 * (cap as u64 >> 16));
    let body = body::read(request, payload, cap + FRAMING, deadline).await?.freeze();
    let unreadable = || Problem::BadRequest("the form cannot be read".into());
    let whole = futures_util::stream::iter([Ok::<_, actix_web::error::PayloadError>(body)]);
    let mut parts = Multipart::new(request.headers(), whole);
    let mut seen = 0;
    while let Some(part) = parts.next().await {
        seen += 1;
        if seen > MAX_PARTS {
            return Err(unreadable());
        }
        let mut part = part.map_err(|_| unreadable())?;
        let is_it = matches!(part.name(), Some("file" | "text"));
        let content = part.bytes(cap).await;
        let content = content.map_err(|_| Problem::TooLarge { limit: cap as u64 })?.map_err(|_| unreadable())?;
        if is_it && !content.trim_ascii().is_empty() {
            return Ok(content);
        }
    }
    Err(Problem::BadRequest("no file was sent".into()))
}

/// A whole body of at most `cap` bytes, whatever its type.
///
/// # Errors
/// [`Problem`].
pub(super) async fn whole(
    request: &HttpRequest,
    state: &AppState,
    payload: Payload,
    cap: usize,
) -> Result<Bytes, Problem> {
    let deadline = Duration::from_millis(state.config.serve.body_deadline_ms);
    body::read(request, payload, cap, deadline).await.map(BytesMut::freeze)
}
