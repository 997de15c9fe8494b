//! The public log (c2sp.org/tlog-tiles), readable from everywhere.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::tlog::tile::TilePath;
use crate::web::AppState;
use crate::web::backend::LogFile;
use crate::web::problem::Problem;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=604800, immutable");
/// A partial tile's bytes do not change either, but it goes away once it is full.
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
const NEVER: HeaderValue = HeaderValue::from_static("no-store");

/// `GET /log/checkpoint`.
///
/// # Errors
/// [`Problem`].
pub async fn checkpoint(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    file(state, LogFile::Checkpoint, TEXT, NEVER).await
}

/// `GET /log/vkey`.
///
/// # Errors
/// [`Problem`].
pub async fn vkey(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    file(state, LogFile::Vkey, TEXT, FOR_AN_HOUR).await
}

/// `GET /log/vkey-freshness`.
///
/// # Errors
/// [`Problem`].
pub async fn vkey_freshness(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    file(state, LogFile::FreshnessVkey, TEXT, FOR_AN_HOUR).await
}

/// `GET /log/tile/…`: one spelling per tile, and never the bodies.
///
/// # Errors
/// [`Problem`].
pub async fn tile(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let text = request.path().strip_prefix("/log/").unwrap_or_default();
    let path = TilePath::parse(text).ok().filter(TilePath::is_public).ok_or(Problem::NotFound)?;
    let cache = if path.is_full() { IMMUTABLE } else { FOR_AN_HOUR };
    file(state, LogFile::Tile(path), BYTES, cache).await
}

async fn file(
    state: Data<AppState>,
    file: LogFile,
    media_type: HeaderValue,
    cache: HeaderValue,
) -> Result<HttpResponse, Problem> {
    let backend = Arc::clone(&state.backend);
    let read = web::block(move || backend.log(file)).await.map_err(|_| Problem::Busy)?;
    let bytes = read.map_err(|error| {
        tracing::error!(%error, "a file of the log cannot be read");
        Problem::Busy
    })?;
    let mut response = HttpResponse::new(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response.headers_mut().insert(CACHE_CONTROL, cache);
    Ok(response.set_body(BoxBody::new(bytes.ok_or(Problem::NotFound)?)))
}
