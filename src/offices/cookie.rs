//! The cookie that carries a session's token. There is one way to write it, so no page can forget an attribute.
//!
//! `__Host-`: browsers take it only over TLS, from this very host, for all of it; no subdomain can set one in its place.
//! `HttpOnly`: no script reads it. `SameSite=Strict`: no other site's link or form is sent with it. Without `Max-Age` it
//! ends with the browser; the server ends it sooner.

use std::fmt;

use zeroize::Zeroizing;

use super::session::SessionToken;

const NAME: &str = "__Host-hocba-office";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

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
        Zeroizing::new(match &self.0 {
            Some(token) => format!("{NAME}={}; {ATTRIBUTES}", *token.to_text()),
            None => format!("{NAME}=; {ATTRIBUTES}; Max-Age=0"),
        })
    }

    /// The token in the `Cookie` headers of a request. Two of the name are none: one of them is not ours.
    pub fn read<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<SessionToken> {
        let pairs = headers.into_iter().flat_map(|header| header.split(';'));
        let mut ours = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| *name == NAME);
        let (_, value) = ours.next()?;
        match ours.next() {
            None => SessionToken::parse(value),
            Some(_) => None,
        }
    }
}

impl fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "SessionCookie(set)" } else { "SessionCookie(clear)" })
    }
}
