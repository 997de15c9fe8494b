//! Why nobody is known to have come. None of it names what was sent, so that all of it may be logged.

use crate::signing::CompactFault;

/// Why a provider could not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Away {
    /// No connection, or no answer in time.
    #[error("no connection, or no answer in time")]
    Connection,
    /// Another status than 200.
    #[error("it answered with status {0}")]
    Status(u16),
    /// An answer longer than anything of its kind.
    #[error("its answer is too long")]
    TooLong,
    /// What it says of itself cannot be read, is about another issuer, or names an address that is not https.
    #[error("its description cannot be used")]
    Description,
    /// Its keys cannot be read.
    #[error("its keys cannot be read")]
    Keys,
    /// Its answer to a code holds no ID token.
    #[error("its answer holds no ID token")]
    Answer,
    /// It does not take us for the client that we are registered as.
    #[error("it does not take our credential")]
    Credential,
    /// It was away a moment ago.
    #[error("it was away a moment ago")]
    Resting,
    /// The system gives no randomness.
    #[error("the system gives no randomness")]
    Randomness,
}

/// Why an ID token says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    /// Not a compact JWS of ours.
    #[error("{0}")]
    Form(#[from] CompactFault),
    /// It is something else.
    #[error("it is of another type")]
    Type,
    /// The provider has no key of that name.
    #[error("it names a key that the provider does not have")]
    UnknownKey,
    /// Another algorithm than that of the key.
    #[error("the algorithm is not that of the key")]
    Algorithm,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// A claim is missing, or cannot be read.
    #[error("a claim is missing or cannot be read")]
    Claims,
    /// Another provider's.
    #[error("it is by another issuer")]
    Issuer,
    /// It is meant for somebody else, or for others too without saying that we asked for it.
    #[error("it is for another audience")]
    Audience,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// It counts from a time that is still to come, or makes no sense.
    #[error("its times make no sense")]
    Times,
    /// It answers another question than ours.
    #[error("it is for another sign-in")]
    Nonce,
    /// No subject, or a longer one than there may be.
    #[error("the subject is not 1 to 255 characters of ASCII")]
    Subject,
    /// It does not say that two factors were checked.
    #[error("two factors were not checked")]
    OneFactor,
    /// It does not say when they were checked, or that was too long ago.
    #[error("they were checked too long ago, or it does not say when")]
    NotFresh,
}

/// Why nobody is known to have come back from the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoIdentity {
    /// The answer does not belong to a journey of this browser.
    #[error("the answer belongs to no journey of this browser")]
    State,
    /// The answer names another provider, or none where this one names itself.
    #[error("the answer is by another provider")]
    Issuer,
    /// They said no at the provider.
    #[error("it was cancelled at the provider")]
    Cancelled,
    /// The provider could not check two factors.
    #[error("the provider could not check two factors")]
    OneFactor,
    /// The provider refused, or does not take its own code.
    #[error("the provider refused")]
    Refused,
    /// The ID token says nothing.
    #[error("the ID token: {0}")]
    Token(#[from] IdTokenFault),
    /// The provider could not be asked.
    #[error("the provider could not be asked: {0}")]
    Away(#[from] Away),
}
