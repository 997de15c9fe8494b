//! The only names this server answers to: a foreign `Host` is how caches are poisoned and links forged.

use actix_web::http::Uri;
use actix_web::http::header::{HOST, HeaderMap};

/// Names that always mean this machine, for health checks and for trying it out.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Allowed hosts.
#[derive(Debug, Clone)]
pub struct Hosts {
    /// Host and port as `public_url` has them, in lower case.
    public: String,
}

impl Hosts {
    /// The host of the public URL.
    pub fn new(public_url: &str) -> Self {
        let rest = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
        Self { public: rest.split('/').next().unwrap_or_default().to_ascii_lowercase() }
    }

    /// The host of the public URL, with its port if it names one.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// Whether a request names exactly one host and that one is ours. A target in absolute form must agree.
    pub fn allow(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let mut named = headers.get_all(HOST);
        let (Some(host), None) = (named.next(), named.next()) else { return false };
        let host = host.to_str().unwrap_or_default();
        self.is_ours(host) && uri.authority().is_none_or(|a| self.is_ours(a.as_str()))
    }

    /// Whether a host, with or without a port, is one of ours.
    pub fn is_ours(&self, host: &str) -> bool {
        host.eq_ignore_ascii_case(&self.public) || LOOPBACK.iter().any(|l| is_with_port(host, l))
    }
}

fn is_with_port(host: &str, name: &str) -> bool {
    let Some((head, port)) = host.split_at_checked(name.len()) else { return false };
    let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok());
    port_fits && head.eq_ignore_ascii_case(name)
}
