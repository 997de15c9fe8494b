//! The room `apps`: what is registered, who is let in with which token, and which consent counts.

mod clients;
mod compact;
mod consents;
mod desk;
mod names;
pub(crate) mod samples;
mod shelf;
