//! Keys of a running portal: one storage secret that everything private at rest is encrypted under, and
//! four Ed25519 keys that speak for the portal.
//!
//! The storage secret comes from a [`KeyProvider`]; a file by default, a key service behind the same
//! trait. It is never used itself: each purpose has its own derived key, so that a key that leaks from
//! a derived store opens nothing in the ledger.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::fsync;
use crate::signing::jwk::Jwk;
use crate::signing::{PrivateKey, PublicKey};

/// Why keys could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeysFault {
    /// A key file that is not there.
    #[error("there is no {0}; restore the key from its backup (a new one would not open what the old one closed)")]
    Missing(PathBuf),
    /// A key file that cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// A key file that everybody on the machine may read.
    #[error("{0} can be read by every user of this machine; run: chmod 600 {0}")]
    Exposed(PathBuf),
    /// Contents that are not a key of the expected kind.
    #[error("{path} does not hold {expected}")]
    Contents {
        /// Which file.
        path: PathBuf,
        /// What should be in it.
        expected: &'static str,
    },
    /// The system gave no randomness, or a key could not be written as PEM.
    #[error("cannot make a key: {0}")]
    Make(String),
    /// A key provider other than files failed.
    #[error("key provider: {0}")]
    Provider(String),
}

/// What a derived key is for. The names are part of the derivation: changing one changes the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Bundles of bodies in the ledger.
    Bodies,
    /// The intake index and other derived tables that name transcripts.
    Index,
    /// Records in the record store and in shared caches.
    Records,
    /// The journal.
    Journal,
    /// Names of limits that replicas share.
    Limits,
    /// Reports of errors.
    Reports,
    /// Tickets with which an opened page shows its content once more.
    Tickets,
    /// Names of copies that replicas share.
    Copies,
    /// Offices, their grants and accounts.
    Offices,
    /// Identification numbers in the search index.
    Search,
    /// Tables and files that offices hand in, and what came of them.
    Batches,
    /// Registered apps.
    Apps,
    /// Members of offices on their way to a provider and back.
    Journeys,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Bodies => b"hocba/storage/v1/bodies",
            Self::Index => b"hocba/storage/v1/index",
            Self::Records => b"hocba/storage/v1/records",
            Self::Journal => b"hocba/storage/v1/journal",
            Self::Limits => b"hocba/storage/v1/limits",
            Self::Reports => b"hocba/storage/v1/reports",
            Self::Tickets => b"hocba/storage/v1/tickets",
            Self::Copies => b"hocba/storage/v1/copies",
            Self::Offices => b"hocba/storage/v1/offices",
            Self::Search => b"hocba/storage/v1/search",
            Self::Batches => b"hocba/storage/v1/batches",
            Self::Apps => b"hocba/storage/v1/apps",
            Self::Journeys => b"hocba/storage/v1/journeys",
        }
    }
}

/// A 256-bit secret. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// From its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Fresh from the operating system.
    ///
    /// # Errors
    /// [`KeysFault::Make`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, KeysFault> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| KeysFault::Make(e.to_string()))?;
        Ok(Self(bytes))
    }

    /// The bytes, for a cipher.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key for one purpose: HKDF-Expand (RFC 5869) of one block. The secret is uniformly random,
    /// so it needs no extraction first.
    #[must_use]
    pub fn derive(&self, purpose: Purpose) -> Self {
        // RFC 2104 pads a key shorter than the block with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        mac.update(purpose.label());
        mac.update(&[1]);
        Self(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// Gives the keys that data at rest is encrypted under.
///
/// The same purpose must give the same key for ever, on every machine that shares the ledger. An
/// implementation may ask a service once and remember; callers keep the key for as long as they run.
pub trait KeyProvider: Send + Sync + fmt::Debug {
    /// The key for one purpose.
    ///
    /// # Errors
    /// [`KeysFault`] when the provider does not answer or does not know.
    fn key(&self, purpose: Purpose) -> Result<SecretKey, KeysFault>;
}

/// A storage secret in memory is a provider: all purposes derive from it.
impl KeyProvider for SecretKey {
    fn key(&self, purpose: Purpose) -> Result<SecretKey, KeysFault> {
        Ok(self.derive(purpose))
    }
}

/// The keys directory: `log.key`, `freshness.key`, `portal.key`, `token.key` (PKCS#8 PEM, Ed25519) and
/// `storage.key` (32 bytes in hexadecimal), each readable by its owner only; and `token-retired.json`, the public keys
/// that tokens were signed with before.
#[derive(Debug, Clone)]
pub struct KeyDir {
    dir: PathBuf,
}

/// Keys that speak for the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalKey {
    /// Signs checkpoints.
    Log,
    /// Cosigns them with the time.
    Freshness,
    /// Signs receipts, anchors and verification results.
    Portal,
    /// Signs tokens of copies. The only one that may be missing (a portal made before there were any), and the only
    /// one that is replaced in passing: [`KeyDir::renew_token_key`].
    Token,
}

impl PortalKey {
    const fn file(self) -> &'static str {
        match self {
            Self::Log => "log.key",
            Self::Freshness => "freshness.key",
            Self::Portal => "portal.key",
            Self::Token => "token.key",
        }
    }
}

const STORAGE: &str = "storage.key";
const RETIRED: &str = "token-retired.json";

/// The key that signs tokens, and the public keys that signed them before: what they signed verifies for ever.
#[derive(Debug, Clone)]
pub struct TokenKey {
    /// Signs.
    pub present: PrivateKey,
    /// Signed, oldest first.
    pub retired: Vec<PublicKey>,
}

impl KeyDir {
    /// Keys in a directory; reads nothing yet.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Makes the keys that are not there yet. Only for a data directory without a ledger: a new key
    /// beside an old ledger opens none of its bodies and speaks for another log.
    ///
    /// # Errors
    /// [`KeysFault`] when a file cannot be written.
    pub fn create_missing(&self) -> Result<(), KeysFault> {
        fsync::create_dir(&self.dir).map_err(|source| KeysFault::Io { path: self.dir.clone(), source })?;
        for which in [PortalKey::Log, PortalKey::Freshness, PortalKey::Portal, PortalKey::Token] {
            self.write_new(which.file(), &fresh_pem()?)?;
        }
        let secret = SecretKey::generate()?;
        self.write_new(STORAGE, &format!("{}\n", HEXLOWER.encode(secret.as_bytes())))
    }

    /// Whether all files are there that a portal cannot be without.
    pub fn is_complete(&self) -> bool {
        let files = [PortalKey::Log.file(), PortalKey::Freshness.file(), PortalKey::Portal.file(), STORAGE];
        files.iter().all(|file| self.dir.join(file).exists())
    }

    /// Reads one of the portal's keys.
    ///
    /// # Errors
    /// [`KeysFault`] when the file is missing, exposed, or does not hold an Ed25519 key.
    pub fn portal_key(&self, which: PortalKey) -> Result<PrivateKey, KeysFault> {
        let (path, text) = self.read(which.file())?;
        match PrivateKey::from_pem(&text) {
            Ok(key @ PrivateKey::Ed25519(_)) => Ok(key),
            _ => Err(KeysFault::Contents { path, expected: "an Ed25519 private key (PKCS#8 PEM)" }),
        }
    }

    /// The key of tokens; None where there never was one.
    ///
    /// # Errors
    /// [`KeysFault`] as [`KeyDir::portal_key`]; a missing key is a fault where there are retired ones.
    pub fn token_key(&self) -> Result<Option<TokenKey>, KeysFault> {
        let retired = self.retired_token_keys()?;
        match self.portal_key(PortalKey::Token) {
            Ok(present) => Ok(Some(TokenKey { present, retired })),
            Err(KeysFault::Missing(_)) if retired.is_empty() => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Makes a new key of tokens. The public half of the one before is kept first, durably: a crash in between leaves
    /// the old key in use and its public half listed twice, which harms nobody.
    ///
    /// # Errors
    /// [`KeysFault`].
    pub fn renew_token_key(&self) -> Result<TokenKey, KeysFault> {
        if let Some(TokenKey { present, mut retired }) = self.token_key()? {
            let public = present.public();
            if !retired.contains(&public) {
                retired.push(public);
            }
            let jwks: Vec<Jwk> = retired.iter().map(PublicKey::to_jwk).collect();
            let text = serde_json::to_string_pretty(&jwks).map_err(|e| KeysFault::Make(e.to_string()))?;
            self.replace(RETIRED, &format!("{text}\n"))?;
        }
        self.replace(PortalKey::Token.file(), &fresh_pem()?)?;
        let missing = || KeysFault::Missing(self.dir.join(PortalKey::Token.file()));
        self.token_key()?.ok_or_else(missing)
    }

    fn retired_token_keys(&self) -> Result<Vec<PublicKey>, KeysFault> {
        let (path, text) = match self.read(RETIRED) {
            Err(KeysFault::Missing(_)) => return Ok(Vec::new()),
            other => other?,
        };
        let read = || -> Option<Vec<PublicKey>> {
            let jwks: Vec<Jwk> = serde_json::from_str(&text).ok()?;
            jwks.iter().map(|jwk| PublicKey::from_jwk(jwk).ok()).collect()
        };
        read().ok_or(KeysFault::Contents { path, expected: "a list of public JWKs" })
    }

    /// Reads the storage secret.
    ///
    /// # Errors
    /// [`KeysFault`] when the file is missing, exposed, or does not hold 32 bytes in hexadecimal.
    pub fn storage(&self) -> Result<SecretKey, KeysFault> {
        let (path, text) = self.read(STORAGE)?;
        HEXLOWER
            .decode(text.trim_end().as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(SecretKey::new)
            .ok_or(KeysFault::Contents { path, expected: "32 bytes in hexadecimal" })
    }

    fn read(&self, file: &str) -> Result<(PathBuf, String), KeysFault> {
        let path = self.dir.join(file);
        let meta = match fs::metadata(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(KeysFault::Missing(path)),
            Err(source) => return Err(KeysFault::Io { path, source }),
            Ok(meta) => meta,
        };
        // A group may be let in on purpose (a container's secret volume); everybody never.
        if meta.permissions().mode() & 0o007 != 0 {
            return Err(KeysFault::Exposed(path));
        }
        match fs::read_to_string(&path) {
            Ok(text) => Ok((path, text)),
            Err(source) => Err(KeysFault::Io { path, source }),
        }
    }

    fn write_new(&self, file: &str, text: &str) -> Result<(), KeysFault> {
        match self.dir.join(file).exists() {
            true => Ok(()),
            false => self.replace(file, text),
        }
    }

    /// A crash on the way leaves a `.next` file that nothing reads, never half a key under its name.
    fn replace(&self, file: &str, text: &str) -> Result<(), KeysFault> {
        let path = self.dir.join(file);
        let write = || -> io::Result<()> {
            let next = path.with_extension("key.next");
            let mut out = open_private(&next)?;
            out.write_all(text.as_bytes())?;
            out.sync_all()?;
            fs::rename(&next, &path)?;
            fsync::sync_parent(&path)
        };
        write().map_err(|source| KeysFault::Io { path: path.clone(), source })
    }
}

impl KeyProvider for KeyDir {
    fn key(&self, purpose: Purpose) -> Result<SecretKey, KeysFault> {
        Ok(self.storage()?.derive(purpose))
    }
}

fn fresh_pem() -> Result<String, KeysFault> {
    let seed = SecretKey::generate()?;
    PrivateKey::ed25519_from_seed(seed.as_bytes()).to_pem().map_err(|e| KeysFault::Make(e.to_string()))
}

fn open_private(path: &Path) -> io::Result<fs::File> {
    // Removed first: the mode counts only for a file that is created here.
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
