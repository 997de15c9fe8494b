//! Security headers, made once per route. A handler that sets its own `Cache-Control` keeps it.

use actix_web::http::header::{
    self, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

use crate::web::routes::Surface;

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Of pages that ask something of us by script.
const ASKING_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const NO_DEVICES: &str = "camera=(), geolocation=(), microphone=()";
const CAMERA_ONLY: &str = "camera=(self), geolocation=(), microphone=()";

/// The headers of one route.
#[derive(Debug)]
pub struct HeaderSet {
    /// Set on every answer, whatever its handler did.
    fixed: Vec<(HeaderName, HeaderValue)>,
}

impl HeaderSet {
    /// For a kind of route; `secure` when the public URL is https.
    pub fn new(surface: Surface, secure: bool) -> Self {
        let fixed = HeaderValue::from_static;
        let mut all = vec![
            (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (REFERRER_POLICY, fixed("no-referrer")),
            (header::CROSS_ORIGIN_RESOURCE_POLICY, fixed("same-origin")),
        ];
        if secure {
            all.push((STRICT_TRANSPORT_SECURITY, fixed("max-age=63072000; includeSubDomains; preload")));
        }
        if surface.is_page() {
            let policy = if surface.asks_by_script() { ASKING_POLICY } else { PAGE_POLICY };
            let devices = if matches!(surface, Surface::Scan | Surface::Counter) { CAMERA_ONLY } else { NO_DEVICES };
            all.push((header::CONTENT_SECURITY_POLICY, fixed(policy)));
            all.push((header::CROSS_ORIGIN_OPENER_POLICY, fixed("same-origin")));
            all.push((header::PERMISSIONS_POLICY, fixed(devices)));
        }
        if matches!(surface, Surface::Page | Surface::Watch | Surface::Counter | Surface::Api) {
            all.push((HeaderName::from_static("x-robots-tag"), fixed("noindex, nofollow, noarchive")));
        }
        if surface == Surface::Open {
            all.push((ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*")));
        }
        Self { fixed: all }
    }

    /// Adds them; an answer may be kept only where its handler has said so.
    pub fn put(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.fixed {
            headers.insert(name.clone(), value.clone());
        }
        if !headers.contains_key(CACHE_CONTROL) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}
