//! Static files, `robots.txt` and `security.txt`.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::transcript::Moment;
use crate::web::compress::Coding;
use crate::web::problem::Problem;
use crate::web::{AppState, assets};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// How far ahead `Expires` of security.txt lies; RFC 9116 wants less than a year.
const EXPIRES_AFTER_DAYS: i64 = 180;

/// A static file by its versioned address; an address of another version is not found.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn show(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asset = assets::find(request.path()).ok_or(Problem::NotFound)?;
    let known = request.headers().get_all(IF_NONE_MATCH).any(|v| v.as_bytes() == asset.etag.as_bytes());
    let mut response = HttpResponse::new(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, FOR_EVER);
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    if let Ok(etag) = HeaderValue::from_str(&asset.etag) {
        headers.insert(ETAG, etag);
    }
    if known {
        return Ok(response);
    }
    match &asset.gzip {
        Some(gzip) if Coding::Gzip.is_accepted(request.headers()) => {
            headers.insert(CONTENT_ENCODING, Coding::Gzip.value());
            Ok(response.set_body(BoxBody::new(gzip.as_slice())))
        }
        _ => Ok(response.set_body(BoxBody::new(&*asset.bytes))),
    }
}

/// The front page may be indexed, answers may not.
pub async fn robots_txt() -> HttpResponse {
    text("User-agent: *\nAllow: /$\nAllow: /static/\nDisallow: /\n".to_owned())
}

/// RFC 9116.
pub async fn security_txt(state: Data<AppState>) -> HttpResponse {
    let portal = &state.config.portal;
    let expires = expires(state.now());
    text(format!(
        "Contact: {}\nExpires: {expires}\nPreferred-Languages: vi, en\nCanonical: {}/.well-known/security.txt\n",
        portal.contact, portal.public_url
    ))
}

/// The start of a day, so that the file changes once a day only.
fn expires(now: Moment) -> Moment {
    const DAY: i64 = 86_400_000;
    let day = now.as_millis().div_euclid(DAY) + EXPIRES_AFTER_DAYS;
    Moment::from_millis(day * DAY).unwrap_or(now)
}

fn text(body: String) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, TEXT);
    response.headers_mut().insert(CACHE_CONTROL, FOR_A_DAY);
    response.set_body(BoxBody::new(body))
}
