//! `GET /.well-known/jwks.json`: the pinned roots and the key of our receipts. Without `alg`, because
//! libraries disagree on its name for Ed25519.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::{Bytes, Data};
use schemars::JsonSchema;
use serde::Serialize;

use crate::signing::jwk::{Jwk, Kid, PublicKey};
use crate::web::AppState;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Key")]
struct Entry<'a> {
    #[serde(flatten)]
    #[schemars(with = "Members")]
    key: &'a Jwk,
    kid: Kid,
    r#use: &'static str,
    /// `root`: pinned, grants are checked up to it; `portal`: receipts. A member of our own, as RFC 7517 allows.
    role: &'static str,
}

/// A JWK set (RFC 7517).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KeySet")]
pub(in crate::web) struct Set<'a> {
    keys: Vec<Entry<'a>>,
}

/// The members of a key of any kind (RFC 7518, RFC 8037).
type Members = std::collections::BTreeMap<String, serde_json::Value>;

/// The set as JSON. A key that is none is left out: nothing could be checked with it.
pub(in crate::web) fn jwk_set(keys: &[Jwk], roots: &[Jwk]) -> Bytes {
    let role = |key: &Jwk| if roots.contains(key) { "root" } else { "portal" };
    let entry = |key| Some(Entry { kid: PublicKey::from_jwk(key).ok()?.kid(), key, r#use: "sig", role: role(key) });
    let set = Set { keys: keys.iter().filter_map(entry).collect() };
    Bytes::from(serde_json::to_vec(&set).unwrap_or_default())
}

/// The set.
pub async fn show(state: Data<AppState>) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response.set_body(BoxBody::new(state.jwks.clone()))
}
