//! Official certificates against real authorities made with `openssl`: certificates, revocation lists, OCSP
//! answers and timestamps; then a whole portal.

mod chains;
mod fetching;
mod hostile;
pub(crate) mod pki;
mod portal;
mod revocation;
mod shared;
mod timestamps;
