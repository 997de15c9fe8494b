//! Who is asking, as far as limits need to know.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, X_FORWARDED_FOR};
use ipnet::IpNet;

use crate::web::AppState;
use crate::web::problem::Problem;

/// The client's address: the peer's, or the rightmost hop in `X-Forwarded-For` that no trusted proxy
/// vouches for. Headers from anybody else are not even read.
pub fn address(request: &HttpRequest, state: &AppState) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |a| a.ip());
    let trusted = &state.config.serve.trusted_proxies;
    if !trusted.iter().any(|net| net.contains(&peer.to_canonical())) {
        return peer.to_canonical();
    }
    let forwarded: Vec<&str> =
        request.headers().get_all(X_FORWARDED_FOR).map(|v| v.to_str().unwrap_or_default()).collect();
    client_address(peer, &forwarded, trusted)
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

fn client_address(peer: IpAddr, forwarded: &[&str], trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    for hop in forwarded.iter().rev().flat_map(|v| v.rsplit(',')) {
        if !trusted.iter().any(|net| net.contains(&client)) {
            break;
        }
        // What a trusted proxy wrote is an address; anything else ends the chain of trust.
        let Ok(next) = hop.trim().parse::<IpAddr>() else { break };
        client = next.to_canonical();
    }
    client
}
