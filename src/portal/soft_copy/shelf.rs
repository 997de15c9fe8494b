//! Finished files until they are fetched, for ten minutes: in this process, only so many bytes of them; where replicas
//! share a Redis, also there, since the request that fetches a file may reach another one. What lies in Redis is
//! encrypted under a key that only the ticket gives, and Redis does not see the ticket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

use crate::shared::{Shared, SharedFault};
use crate::transcript::Moment;

/// How long a file can be fetched, in milliseconds.
pub const KEPT_MS: i64 = 10 * 60 * 1000;
/// Random bytes of a ticket.
const TICKET: usize = 24;

/// No more room: nobody fetches what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many soft copies wait to be fetched")]
pub struct Full;

/// What opens a file on the shelf. No more than that: it says nothing about whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct PickUp(String);

impl PickUp {
    /// As it stands in the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// It opens a file.
impl std::fmt::Debug for PickUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PickUp(…)")
    }
}

/// The shelf. Its lock is held for moments: files are shared, never copied under it.
pub struct Shelf {
    most_bytes: usize,
    /// Under the digest of its ticket, so that looking one up does not compare tickets byte by byte.
    files: Mutex<HashMap<[u8; 32], Kept>>,
    shared: Option<Arc<Shared>>,
}

struct Kept {
    file: Arc<[u8]>,
    until: Moment,
}

impl Shelf {
    /// An empty one.
    pub fn new(most_bytes: usize, shared: Option<Arc<Shared>>) -> Self {
        Self { most_bytes, files: Mutex::default(), shared }
    }

    /// Puts a file there. While Redis is away, only this process has it. Blocking, as [`Shelf::get`].
    ///
    /// # Errors
    /// [`Full`]; also when the system gives no random bytes.
    pub fn put(&self, file: Vec<u8>, now: Moment) -> Result<PickUp, Full> {
        let mut random = [0; TICKET];
        getrandom::fill(&mut random).map_err(|_| Full)?;
        let ticket = PickUp(BASE64URL_NOPAD.encode(&random));
        let until = Moment::from_millis(now.as_millis() + KEPT_MS).ok_or(Full)?;
        let file: Arc<[u8]> = file.into();
        self.keep(&ticket, &file, until, now)?;
        if let Some(shared) = &self.shared
            && let Err(fault) = lend(shared, &ticket, &file)
        {
            tracing::warn!(%fault, "a soft copy can be fetched from this replica only");
        }
        Ok(ticket)
    }

    fn keep(&self, ticket: &PickUp, file: &Arc<[u8]>, until: Moment, now: Moment) -> Result<(), Full> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, kept| kept.until > now);
        let there: usize = files.values().map(|kept| kept.file.len()).sum();
        if there + file.len() > self.most_bytes {
            return Err(Full);
        }
        files.insert(digest("local", ticket.as_str()), Kept { file: Arc::clone(file), until });
        Ok(())
    }

    /// The file of a ticket, as often as it is asked for in its time.
    pub fn get(&self, ticket: &str, now: Moment) -> Option<Arc<[u8]>> {
        let here = {
            let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.get(&digest("local", ticket)).filter(|kept| kept.until > now).map(|kept| Arc::clone(&kept.file))
        };
        here.or_else(|| borrow(self.shared.as_ref()?, ticket))
    }
}

/// Puts a file where other replicas find it.
fn lend(shared: &Arc<Shared>, ticket: &PickUp, file: &[u8]) -> Result<(), SharedFault> {
    let refused = |_| SharedFault::Refused("the file cannot be encrypted".into());
    let sealed = cipher(ticket.as_str()).encrypt(&XNonce::default(), file).map_err(refused)?;
    let mut set = redis::cmd("SET");
    set.arg(name(shared, ticket.as_str())).arg(sealed).arg("PX").arg(KEPT_MS);
    shared.wait(|shared| async move { shared.ask::<()>(&set).await })
}

/// What another replica put there; whatever does not decrypt is not there.
fn borrow(shared: &Arc<Shared>, ticket: &str) -> Option<Arc<[u8]>> {
    if BASE64URL_NOPAD.decode_len(ticket.len()).ok() != Some(TICKET) {
        return None;
    }
    let mut get = redis::cmd("GET");
    get.arg(name(shared, ticket));
    let sealed = shared.wait(|shared| async move { shared.ask::<Option<Vec<u8>>>(&get).await }).ok()??;
    let file = cipher(ticket).decrypt(&XNonce::default(), sealed.as_slice()).ok()?;
    Some(file.into())
}

fn name(shared: &Shared, ticket: &str) -> String {
    format!("{}soft-copy:{}", shared.prefix(), HEXLOWER.encode(&digest("name", ticket)))
}

/// Its key encrypts one file only, so its nonce is always the same.
fn cipher(ticket: &str) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&digest("key", ticket).into())
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").field("most_bytes", &self.most_bytes).finish_non_exhaustive()
    }
}

/// A ticket is 192 random bits, so a plain hash gives neither it nor its other hashes away.
fn digest(purpose: &str, ticket: &str) -> [u8; 32] {
    Sha256::digest(format!("hocba/shelf/v1/{purpose}/{ticket}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_for_its_time_and_for_its_ticket_alone() {
        let at = |ms| Moment::from_millis(1_790_000_000_000 + ms).expect("a time");
        let shelf = Shelf::new(100, None);
        let ticket = shelf.put(vec![1; 60], at(0)).expect("room");
        assert_eq!(shelf.get(ticket.as_str(), at(KEPT_MS - 1)).as_deref(), Some(&[1; 60][..]));
        assert_eq!(shelf.get("", at(1)), None);
        assert_eq!(shelf.put(vec![2; 60], at(1)), Err(Full));
        assert_eq!(shelf.get(ticket.as_str(), at(KEPT_MS)), None);
        assert!(shelf.put(vec![2; 60], at(KEPT_MS)).is_ok(), "what has run out makes room");
    }
}
