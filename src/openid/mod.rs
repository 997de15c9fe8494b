//! Who somebody is by another party's word: OpenID Connect Core 1.0, the authorization code flow, with PKCE (RFC 7636)
//! and the issuer in the answer (RFC 9207).
//!
//! Proofs lead from one to the next, and the last one can be had in no other way:
//!
//! ```text
//! Toward ─► Departure (address, sealed cookie) ─► the provider ─► Journey + Answer ─► Identity
//!        Provider::leave                                      Provider::journey    Provider::identify
//! ```
//!
//! Nothing is kept between leaving and coming back: a [`Journey`] travels sealed in the browser's own cookie. Of the
//! provider is kept what it says of itself and its keys, in memory, for an hour.
//!
//! No library does this here: the strict JWS and the keys of [`crate::signing`] are what such a library would bring a
//! second time. What is taken of an ID token is little: who, for whom, when, and how well they were looked at. An access
//! token that comes along is thrown away.

mod client;
mod description;
mod fault;
mod fetch;
mod id_token;
mod journey;
mod keys;
mod provider;

pub use client::{Credential, CredentialFault};
pub use fault::{Away, IdTokenFault, NoIdentity};
pub use id_token::{Expected, Identity, check};
pub use journey::{Journey, LASTS_S, Toward};
pub use keys::Keys;
pub use provider::{Answer, Departure, Provider, Settings, SettingsFault};
