//! IRREPLACEABLE: apps (ứng dụng). Partners ask for transcripts of people who consent to it; identity apps, such as those
//! of the electronic identity, know who somebody is and say that they consent.
//!
//! Not derivable from the ledger, never touched by `rebuild`, part of every backup. What is kept of an app are its public
//! keys and what it is registered for: nothing that lets anybody in, sealed all the same, so that nobody adds a key of
//! theirs by writing a file.
//!
//! Proofs lead from one to the next, and none can be made elsewhere:
//!
//! ```text
//! client assertion ─► Client ─► access token ─► ActingPartner ─┐
//!        Apps::authenticate  Tokens::issue    Apps::acting     ├─► Mandate
//!                                       consent ─► Consent ────┘   Apps::mandate
//! ```
//!
//! A use case that takes a [`Mandate`] need not ask again who asks, whether they may, whose transcripts are meant, and
//! whether somebody who may consent did. What is opened is what registration, token and consent all name.
//!
//! Nothing of a token is ever printed, logged or kept but digests, keyed hashes and why it was refused.

mod app;
mod claims;
mod client;
mod consent;
mod names;
mod partner;
mod scope;
mod shelf;
mod tokens;
mod uses;

pub use app::{App, AppFault, AppKey, Kind, MAX_DAYS, MAX_ISSUERS, MAX_KEYS, MAX_PURPOSES, Terms};
pub use client::{Client, MAX_ASSERTION_S, NoClient};
pub use consent::{Consent, GivenBy, MAX_CONSENT_S, NoConsent, TYP};
pub use names::{AppId, KeyId, Name, Naming, OfApp, OfKey, OfPurpose, PurposeId};
pub use partner::{ActingPartner, Mandate, NoToken};
pub use scope::{MOST, Scope};
pub use shelf::{Apps, Change, ChangeRefusal, MAX_APPS};
pub use tokens::{TOKEN_S, Tokens};
pub use uses::Uses;
