//! Forms as browsers send them: read under a cap, fields by name.

use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::web::{Bytes, BytesMut, Payload, Query};
use futures_util::StreamExt as _;
use serde::Deserialize;

use super::problem::Problem;
use super::{AppState, body};

/// Bytes of a form beside its file: boundaries, names, an empty text field.
const FRAMING: usize = 8 * 1024;
/// Most bytes of text that is pasted in the place of a file: twice what the longest list of codes has.
const MAX_PASTED: usize = 2 << 20;
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

    /// The fields whose names begin so: what follows in their names, and their values.
    pub(super) fn with_prefix(&self, prefix: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
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
/// [`Problem`]; [`Problem::BadRequest`] when every part is empty, or one has another name.
pub(super) async fn sent_file(
    request: &HttpRequest,
    state: &AppState,
    payload: Payload,
    cap: usize,
) -> Result<Bytes, Problem> {
    body::require(request, "multipart/form-data")?;
    let deadline = deadline(state, cap as u64);
    let body = body::read(request, payload, cap + FRAMING, deadline).await?.freeze();
    let whole = futures_util::stream::iter([Ok::<_, actix_web::error::PayloadError>(body)]);
    let mut parts = Multipart::new(request.headers(), whole);
    let (mut seen, mut sent) = (0, None);
    while let Some(part) = next_part(&mut parts).await? {
        seen += 1;
        if seen > MAX_PARTS || !matches!(part.name(), Some("file" | "text")) {
            return Err(unreadable());
        }
        let content = whole_part(part, cap).await?;
        sent = sent.or_else(|| Some(content).filter(|content| !content.trim_ascii().is_empty()));
    }
    sent.map(Bytes::from).ok_or_else(|| Problem::BadRequest("no file was sent".into()))
}

/// A form of ours with a file, read as it comes in: a file may be long, and lies in memory once.
pub(super) struct Upload {
    /// The file that was chosen; None where none was.
    pub(super) file: Option<SentFile>,
    /// What was typed into the field beside it.
    pub(super) text: String,
}

/// A file that was chosen.
pub(super) struct SentFile {
    /// Its name, as the browser says it.
    pub(super) name: String,
    /// What it holds.
    pub(super) bytes: Vec<u8>,
}

impl Upload {
    /// Reads a form whose first field is the hidden `form`, then `file` of at most `cap` bytes and `text`.
    /// Nothing further is read of one whose first field is not `is_ours`.
    ///
    /// # Errors
    /// [`Problem`]; [`Problem::StaleForm`] when it is not one of ours.
    pub(super) async fn read(
        request: &HttpRequest,
        state: &AppState,
        payload: Payload,
        cap: usize,
        is_ours: impl Fn(&str) -> bool,
    ) -> Result<Self, Problem> {
        body::require(request, "multipart/form-data")?;
        let longest = (cap + MAX_PASTED + FRAMING) as u64;
        let length = body::announced(request).unwrap_or(longest);
        if length > longest {
            return Err(Problem::TooLarge { limit: cap as u64 });
        }
        let deadline = deadline(state, length);
        let mut parts = Multipart::new(request.headers(), payload);
        let read = async {
            let mut upload = Self { file: None, text: String::new() };
            let first = next_part(&mut parts).await?.ok_or(Problem::StaleForm)?;
            let is_first = first.name() == Some("form");
            let token = String::from_utf8(whole_part(first, FRAMING).await?).unwrap_or_default();
            if !is_first || !is_ours(&token) {
                return Err(Problem::StaleForm);
            }
            for _ in 0..MAX_PARTS {
                let Some(part) = next_part(&mut parts).await? else { return Ok(upload) };
                upload.take(part, cap).await?;
            }
            Err(unreadable())
        };
        actix_web::rt::time::timeout(deadline, read).await.unwrap_or(Err(Problem::SlowBody))
    }

    async fn take(&mut self, part: Field, cap: usize) -> Result<(), Problem> {
        match part.name() {
            Some("file") if self.file.is_none() => {
                let name = part.content_disposition().and_then(|shown| shown.get_filename()).unwrap_or_default();
                let name = name.to_owned();
                let bytes = whole_part(part, cap).await?;
                // What browsers send for a field in which nothing was chosen.
                if !(name.is_empty() && bytes.is_empty()) {
                    self.file = Some(SentFile { name, bytes });
                }
                Ok(())
            }
            Some("text") if self.text.is_empty() => {
                let text = whole_part(part, MAX_PASTED).await?;
                self.text = String::from_utf8(text).map_err(|_| unreadable())?;
                Ok(())
            }
            _ => Err(unreadable()),
        }
    }
}

fn unreadable() -> Problem {
    Problem::BadRequest("the form cannot be read".into())
}

/// As long as for any other body, and a second more for every 64 KiB: what an old phone sends.
fn deadline(state: &AppState, length: u64) -> Duration {
    Duration::from_millis(state.config.serve.body_deadline_ms + 1000 * (length >> 16))
}

async fn next_part(parts: &mut Multipart) -> Result<Option<Field>, Problem> {
    parts.next().await.transpose().map_err(|_| unreadable())
}

async fn whole_part(mut part: Field, cap: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| unreadable())?;
        if bytes.len() + chunk.len() > cap {
            return Err(Problem::TooLarge { limit: cap as u64 });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
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
