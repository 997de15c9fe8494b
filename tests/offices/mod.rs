//! Accounts and grants of offices: what a grant covers, who gets in, what is kept, what ends a session.

mod desk;
mod errands;
mod openid;
mod passwords;
pub(crate) mod provider;
mod roles;
pub(crate) mod samples;
mod scopes;
mod sessions;
mod shelf;
mod sign_in;
mod totp;
mod waits;
