//! Reading request bodies under a cap and one deadline for the whole of it: a body that drips stays
//! open for ever otherwise.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt as _;

use super::problem::Problem;

/// Refuses a body that is not of this media type, or that is encoded.
///
/// # Errors
/// [`Problem::MediaType`].
pub(super) fn require(request: &HttpRequest, expected: &'static str) -> Result<(), Problem> {
    let header = |name| request.headers().get(name).and_then(|v| v.to_str().ok());
    let essence = header(CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let encoded = header(CONTENT_ENCODING).is_some_and(|e| !e.eq_ignore_ascii_case("identity"));
    match essence.eq_ignore_ascii_case(expected) && !encoded {
        true => Ok(()),
        false => Err(Problem::MediaType { expected }),
    }
}

/// How many bytes a body has, where its sender says so.
pub(super) fn announced(request: &HttpRequest) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok())
}

/// Reads a whole body of at most `cap` bytes within `deadline`.
///
/// # Errors
/// [`Problem::TooLarge`], [`Problem::SlowBody`], or [`Problem::BadRequest`] when it breaks off.
pub(super) async fn read(
    request: &HttpRequest,
    mut payload: Payload,
    cap: usize,
    deadline: Duration,
) -> Result<BytesMut, Problem> {
    let too_large = || Problem::TooLarge { limit: cap as u64 };
    if announced(request).is_some_and(|n| n > cap as u64) {
        return Err(too_large());
    }
    let whole = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Problem::BadRequest("the body broke off".into()))?;
            if body.len() + chunk.len() > cap {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    actix_web::rt::time::timeout(deadline, whole).await.unwrap_or(Err(Problem::SlowBody))
}
