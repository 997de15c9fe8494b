//! `POST /oauth/token`: an access token for a partner that shows who it is (RFC 6749 §4.4, RFC 7523); and where clients
//! find that out (RFC 8414).

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::desk;
use super::refusal::{OAuthError, PRAGMA, Refused};
use super::wire::{JWT_BEARER, Metadata, TokenAnswer, TokenForm};
use crate::apps::Scope;
use crate::portal::app_desk::{TokenIssued, TokenRequest};
use crate::web::api::json;
use crate::web::backend::Work;
use crate::web::problem::Problem;
use crate::web::{AppState, body, middleware};

/// Most bytes of a form: an assertion, percent-encoded, and the rest.
const MAX_FORM: usize = 16 * 1024;

/// Issues a token.
///
/// # Errors
/// [`Problem`].
pub async fn issue(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    match issued(&request, &state, payload).await {
        Ok(issued) => answer(&issued),
        Err(refused) => refused.answer(),
    }
}

/// `GET /.well-known/oauth-authorization-server`.
///
/// # Errors
/// [`Problem`].
pub async fn metadata(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let desk = desk(&state)?;
    let everything = Scope::everything().to_string();
    let metadata = Metadata {
        issuer: desk.audience(),
        token_endpoint: desk.endpoint(),
        grant_types_supported: ["client_credentials"],
        response_types_supported: [],
        token_endpoint_auth_methods_supported: ["private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported: ["ES256", "EdDSA", "Ed25519"],
        scopes_supported: everything.split(' ').collect(),
    };
    json(StatusCode::OK, &metadata, 1024)
}

async fn issued(request: &HttpRequest, state: &AppState, payload: Payload) -> Result<TokenIssued, Refused> {
    let desk = Arc::clone(desk(state)?);
    let client = middleware::address(request, state);
    middleware::admit(state, Work::Disclosure, client).await?;
    if request.headers().contains_key(AUTHORIZATION) {
        return Err(OAuthError::other_method().into());
    }
    let asked = asked(form(request, state, payload).await?)?;
    let now = state.now();
    let issued = web::block(move || desk.token(&asked, now)).await.map_err(|_| Problem::Busy)?;
    Ok(issued?)
}

async fn form(request: &HttpRequest, state: &AppState, payload: Payload) -> Result<TokenForm, Refused> {
    let unreadable = || OAuthError::request(|text| text.form);
    body::require(request, "application/x-www-form-urlencoded").map_err(|_| unreadable())?;
    let deadline = Duration::from_millis(state.config.serve.body_deadline_ms);
    let body = body::read(request, payload, MAX_FORM, deadline).await?;
    let text = std::str::from_utf8(&body).map_err(|_| unreadable())?;
    Ok(Query::<TokenForm>::from_query(text).map_err(|_| unreadable())?.into_inner())
}

/// A field without a value counts as left out (RFC 6749 §3.2).
fn asked(form: TokenForm) -> Result<TokenRequest, OAuthError> {
    if form.grant_type.is_empty() {
        return Err(OAuthError::request(|text| text.grant_type));
    }
    if form.grant_type != "client_credentials" {
        return Err(OAuthError::grant_type());
    }
    if form.client_assertion.is_empty() || form.client_assertion_type.is_empty() {
        return Err(OAuthError::client(|text| text.client_missing));
    }
    if form.client_assertion_type != JWT_BEARER {
        return Err(OAuthError::client(|text| text.client_method));
    }
    let given = |field: String| Some(field).filter(|field| !field.is_empty());
    let (client_id, scope) = (given(form.client_id), given(form.scope));
    Ok(TokenRequest { assertion: form.client_assertion, client_id, scope })
}

fn answer(issued: &TokenIssued) -> Result<HttpResponse, Problem> {
    let answer = TokenAnswer {
        access_token: &issued.token,
        token_type: "Bearer",
        expires_in: issued.expires_in,
        scope: issued.scope.to_string(),
    };
    let mut response = json(StatusCode::OK, &answer, 256)?;
    let (name, value) = PRAGMA;
    response.headers_mut().insert(name, value);
    Ok(response)
}
