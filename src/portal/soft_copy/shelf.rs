//! Finished files until they are fetched: in this process alone, for ten minutes, and only so many bytes of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

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
}

struct Kept {
    file: Arc<[u8]>,
    until: Moment,
}

impl Shelf {
    /// An empty one.
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, files: Mutex::default() }
    }

    /// Puts a file there.
    ///
    /// # Errors
    /// [`Full`]; also when the system gives no random bytes.
    pub fn put(&self, file: Vec<u8>, now: Moment) -> Result<PickUp, Full> {
        let mut random = [0; TICKET];
        getrandom::fill(&mut random).map_err(|_| Full)?;
        let ticket = PickUp(BASE64URL_NOPAD.encode(&random));
        let until = Moment::from_millis(now.as_millis() + KEPT_MS).ok_or(Full)?;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, kept| kept.until > now);
        let there: usize = files.values().map(|kept| kept.file.len()).sum();
        if there + file.len() > self.most_bytes {
            return Err(Full);
        }
        files.insert(digest(ticket.as_str()), Kept { file: file.into(), until });
        Ok(ticket)
    }

    /// The file of a ticket, as often as it is asked for in its time.
    pub fn get(&self, ticket: &str, now: Moment) -> Option<Arc<[u8]>> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = files.get(&digest(ticket)).filter(|kept| kept.until > now)?;
        Some(Arc::clone(&kept.file))
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").field("most_bytes", &self.most_bytes).finish_non_exhaustive()
    }
}

fn digest(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_for_its_time_and_for_its_ticket_alone() {
        let at = |ms| Moment::from_millis(1_790_000_000_000 + ms).expect("a time");
        let shelf = Shelf::new(100);
        let ticket = shelf.put(vec![1; 60], at(0)).expect("room");
        assert_eq!(shelf.get(ticket.as_str(), at(KEPT_MS - 1)).as_deref(), Some(&[1; 60][..]));
        assert_eq!(shelf.get("", at(1)), None);
        assert_eq!(shelf.put(vec![2; 60], at(1)), Err(Full));
        assert_eq!(shelf.get(ticket.as_str(), at(KEPT_MS)), None);
        assert!(shelf.put(vec![2; 60], at(KEPT_MS)).is_ok(), "what has run out makes room");
    }
}
