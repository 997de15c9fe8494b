//! From leaving for the provider until coming back. Nothing is kept of it here: it travels in the browser's cookie,
//! sealed, so that nobody reads the invitation in it or makes one for somebody else's browser.
//!
//! One random token is all of it; what the provider gets to see is derived from it, each under a label of its own.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::seal::{RandomToken, Seal};
use crate::signing::keyed::KeyedHash;
use crate::transcript::Moment;

/// Seconds within which they must be back: time to find the telephone with the second factor.
pub const LASTS_S: i64 = 600;
/// Longest cookie that is opened.
const MAX_SEALED: usize = 2048;
/// What it is sealed as.
const NAME: &str = "journey";

/// What somebody leaves for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Toward {
    /// To be signed in.
    SignIn {
        /// The name of the page to go on to.
        next: String,
    },
    /// To take up an invitation.
    Link {
        /// The account, as typed.
        account: String,
        /// The invitation code, as typed.
        invitation: String,
    },
}

/// Neither account nor invitation.
impl std::fmt::Debug for Toward {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SignIn { .. } => "SignIn",
            Self::Link { .. } => "Link",
        })
    }
}

/// Proof that this browser left for the provider within the last ten minutes.
#[derive(Clone)]
pub struct Journey {
    token: RandomToken,
    until: Moment,
    toward: Toward,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    token: String,
    until: Moment,
    toward: Toward,
}

impl Journey {
    /// One that begins now. None when the system gives no randomness.
    pub(super) fn begin(toward: Toward, now: Moment) -> Option<Self> {
        let until = Moment::from_millis(now.as_millis().saturating_add(LASTS_S * 1000)).unwrap_or(now);
        Some(Self { token: RandomToken::generate()?, until, toward })
    }

    /// What they left for.
    pub fn toward(&self) -> &Toward {
        &self.toward
    }

    /// What tells it from every other journey; comes back with the answer.
    pub fn state(&self) -> String {
        self.derived("state")
    }

    /// Whether an answer is to this one; takes as long for any text.
    pub(super) fn is_answered_by(&self, state: &str) -> bool {
        bool::from(self.state().as_bytes().ct_eq(state.as_bytes()))
    }

    /// What the ID token must repeat.
    pub(super) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// What shows the provider that the code came back to whoever asked (RFC 7636 §4.1).
    pub(super) fn verifier(&self) -> Zeroizing<String> {
        Zeroizing::new(self.derived("verifier"))
    }

    /// Its digest, which goes ahead (S256).
    pub(super) fn challenge(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.verifier().as_bytes()))
    }

    fn derived(&self, label: &str) -> String {
        BASE64URL_NOPAD.encode(&KeyedHash::new(self.token.as_bytes()).digest(label, &[]))
    }

    /// As the browser keeps it.
    pub(super) fn seal(&self, seal: &Seal) -> Option<Zeroizing<String>> {
        let wire = Wire { token: self.token.to_text().to_string(), until: self.until, toward: self.toward.clone() };
        let plain = Zeroizing::new(serde_json::to_vec(&wire).ok()?);
        seal.close(NAME, &plain).map(|sealed| Zeroizing::new(BASE64URL_NOPAD.encode(&sealed)))
    }

    /// One that was sealed here and is not over.
    pub(super) fn open(seal: &Seal, text: &str, now: Moment) -> Option<Self> {
        let sealed = BASE64URL_NOPAD.decode(text.as_bytes()).ok().filter(|_| text.len() <= MAX_SEALED)?;
        let plain = seal.open(NAME, &sealed)?;
        let Wire { token, until, toward } = serde_json::from_slice(&plain).ok()?;
        let token = RandomToken::parse(&token).filter(|_| now <= until)?;
        Some(Self { token, until, toward })
    }
}

/// Nothing that comes back.
impl std::fmt::Debug for Journey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Journey({:?})", self.toward)
    }
}
