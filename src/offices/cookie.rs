//! The cookies of offices: of a session, of a form before there is one, and of whoever is on the way to the provider and
//! back. There is one way to write them, so no page can forget an attribute.
//!
//! `__Host-`: browsers take it only over TLS, from this very host, for all of it; no subdomain can set one in its place.
//! `HttpOnly`: no script reads it. `SameSite=Strict`: no other site's link or form is sent with it. Without `Max-Age` it
//! ends with the browser; the server ends it sooner. One alone is `Lax`: that of a journey, which must come along when the
//! provider's site leads back.

use std::fmt;

use zeroize::Zeroizing;

use super::session::{CsrfToken, SessionToken};
use crate::openid::LASTS_S;

const SESSION: &str = "__Host-hocba-office";
const FORM: &str = "__Host-hocba-office-form";
const JOURNEY: &str = "__Host-hocba-office-openid";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
const LAX: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// A `Set-Cookie` header.
pub struct SessionCookie(Option<SessionToken>);

impl SessionCookie {
    /// Hands a token to the browser.
    pub fn set(token: SessionToken) -> Self {
        Self(Some(token))
    }

    /// Takes it away again.
    pub fn clear() -> Self {
        Self(None)
    }

    /// The value of the header.
    pub fn to_header(&self) -> Zeroizing<String> {
        match &self.0 {
            Some(token) => set(SESSION, token),
            None => Zeroizing::new(format!("{SESSION}=; {ATTRIBUTES}; Max-Age=0")),
        }
    }

    /// The token in the `Cookie` headers of a request. Two of the name are none: one of them is not ours.
    pub fn read<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<SessionToken> {
        read(SESSION, headers)
    }
}

impl fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "SessionCookie(set)" } else { "SessionCookie(clear)" })
    }
}

/// What a browser holds before anybody is signed in. It opens nothing: it ties the form that comes back to the browser
/// that got it, or another site could sign a visitor in as somebody else, who then reads what they look for.
#[derive(Debug, Clone)]
pub struct FormToken(SessionToken);

impl FormToken {
    /// A new one. None when the system gives no randomness.
    pub fn generate() -> Option<Self> {
        SessionToken::generate().map(Self)
    }

    /// The one in the `Cookie` headers of a request.
    pub fn read<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        read(FORM, headers).map(Self)
    }

    /// The value of the `Set-Cookie` header.
    pub fn to_header(&self) -> Zeroizing<String> {
        set(FORM, &self.0)
    }

    /// What the form carries.
    pub fn csrf(&self) -> CsrfToken {
        self.0.csrf()
    }
}

/// What a browser holds from leaving for the provider until it is back: a journey, sealed. Whoever else has it could at
/// most come back in its place.
pub struct JourneyCookie(Option<Zeroizing<String>>);

impl JourneyCookie {
    /// Hands a sealed journey to the browser.
    pub fn set(sealed: Zeroizing<String>) -> Self {
        Self(Some(sealed))
    }

    /// Takes it away again.
    pub fn clear() -> Self {
        Self(None)
    }

    /// The value of the header.
    pub fn to_header(&self) -> Zeroizing<String> {
        Zeroizing::new(match &self.0 {
            Some(sealed) => format!("{JOURNEY}={}; {LAX}; Max-Age={LASTS_S}", **sealed),
            None => format!("{JOURNEY}=; {ATTRIBUTES}; Max-Age=0"),
        })
    }

    /// The sealed journey in the `Cookie` headers of a request.
    pub fn read<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        value(JOURNEY, headers)
    }
}

impl fmt::Debug for JourneyCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "JourneyCookie(set)" } else { "JourneyCookie(clear)" })
    }
}

fn set(name: &str, token: &SessionToken) -> Zeroizing<String> {
    Zeroizing::new(format!("{name}={}; {ATTRIBUTES}", *token.to_text()))
}

fn read<'a>(name: &str, headers: impl IntoIterator<Item = &'a str>) -> Option<SessionToken> {
    value(name, headers).and_then(SessionToken::parse)
}

/// The value of a cookie. Two of the name are none: one of them is not ours.
fn value<'a>(name: &str, headers: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let pairs = headers.into_iter().flat_map(|header| header.split(';'));
    let mut ours = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(found, _)| *found == name);
    let (_, value) = ours.next()?;
    match ours.next() {
        None => Some(value),
        Some(_) => None,
    }
}
