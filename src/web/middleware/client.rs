//! Who is asking, as far as limits need to know.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, X_FORWARDED_FOR};

use crate::limits;
use crate::web::AppState;
use crate::web::backend::Work;
use crate::web::problem::Problem;

/// The client's address: the peer's, or the rightmost hop in `X-Forwarded-For` that no trusted proxy
/// vouches for. Headers from anybody else are not believed.
pub fn address(request: &HttpRequest, state: &AppState) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |a| a.ip());
    let forwarded: Vec<&[u8]> = request.headers().get_all(X_FORWARDED_FOR).map(|v| v.as_bytes()).collect();
    limits::client_address(peer, forwarded.into_iter(), &state.config.serve.trusted_proxies)
}

/// Lets a request in, or says when to come back. Waits for Redis where replicas count together.
///
/// # Errors
/// [`Problem::TooMany`].
pub async fn admit(state: &AppState, work: Work, client: IpAddr) -> Result<(), Problem> {
    let admitted = match state.gate.admit_together(work, client, state.now()) {
        None => state.gate.admit(work, client),
        Some(asking) => asking.await,
    };
    admitted.map_err(|retry_after_s| Problem::TooMany { retry_after_s })
}

/// Refuses a form that a browser says another site sent: somebody else's page must not spend a
/// visitor's tries. `Origin` is no help, since `no-referrer` makes it `null` on our own forms.
///
/// # Errors
/// [`Problem::ForeignForm`].
pub fn refuse_foreign_form(request: &HttpRequest) -> Result<(), Problem> {
    match request.headers().get(HeaderName::from_static("sec-fetch-site")).map(|v| v.as_bytes()) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Problem::ForeignForm),
    }
}
