//! Checkpoints: c2sp.org/tlog-checkpoint in a c2sp.org/signed-note, with a c2sp.org/tlog-cosignature beside it.
//!
//! Two keys sign. The *log key* says "this is my tree", once for each tree. The *freshness key* says "this is the
//! newest tree as of this second" (cosignature/v1, key type 0x04), every minute. Whoever steals the freshness key can
//! make an old tree look current, but can't make a tree; whoever steals the log key can fork, and is caught by
//! consistency proofs and witnesses. Signatures of others (witnesses) are kept and not judged.

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64;
use ed25519_dalek::{Signature as Ed25519Signature, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, Signature};
use tlog_tiles::{Checkpoint, Hash as NoteHash};

use super::merkle::Hash;
use crate::transcript::time::Moment;

/// Longest checkpoint note that is read: 17 signatures, post-quantum ones included.
pub const MAX_NOTE: usize = 128 * 1024;
/// Longest origin: it has to fit the one-byte length of newer cosignature formats.
pub const MAX_ORIGIN: usize = 200;

const TYPE_ED25519: u8 = 0x01;
const TYPE_COSIGNATURE: u8 = 0x04;
const FRESHNESS_SUFFIX: &str = "/freshness";

/// Why a checkpoint, a key line or an origin was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// An origin that is empty, too long, or has white space, control characters or a plus.
    #[error("an origin is a URL without its scheme, without spaces and plus signs, at most {MAX_ORIGIN} bytes")]
    Origin,
    /// A public key that is no Ed25519 point, or one of small order.
    #[error("the key is not a sound Ed25519 public key")]
    Key,
    /// Not a verifier key line `name+id+base64` of the expected type.
    #[error("not a verifier key line of this type")]
    KeyLine,
    /// Longer than [`MAX_NOTE`].
    #[error("the checkpoint is longer than {MAX_NOTE} bytes")]
    TooLong,
    /// Not a signed note.
    #[error("not a signed note")]
    Note,
    /// A note whose text is not a checkpoint in its one spelling.
    #[error("the note is not a checkpoint")]
    Checkpoint,
    /// A checkpoint of another log.
    #[error("the checkpoint is of another log")]
    OtherLog,
    /// No signature by the log key.
    #[error("the log has not signed the checkpoint")]
    Unsigned,
    /// Two signatures by one of our keys: which one counts would depend on the reader.
    #[error("the checkpoint has two signatures by the same key")]
    Repeated,
    /// A signature by one of our keys that does not verify.
    #[error("the {0} signature on the checkpoint does not verify")]
    Signature(&'static str),
    /// A cosignature with a time that is no time.
    #[error("the cosignature's time is out of range")]
    Time,
}

/// Checks an origin (and with it every key name made from it).
fn check_origin(origin: &str) -> Result<(), CheckpointFault> {
    let sound =
        origin.len() <= MAX_ORIGIN && signed_note::is_key_name_valid(origin) && !origin.chars().any(|c| c.is_control());
    if sound { Ok(()) } else { Err(CheckpointFault::Origin) }
}

/// The name and number under which a key signs notes.
#[derive(Clone, PartialEq, Eq)]
struct KeyName {
    name: String,
    id: u32,
}

impl KeyName {
    fn new(name: String, kind: u8, key: &VerifyingKey) -> Self {
        let id = signed_note::key_id(&name, &typed(kind, key));
        Self { name, id }
    }

    /// The verifier key line.
    fn line(&self, kind: u8, key: &VerifyingKey) -> String {
        format!("{}+{:08x}+{}", self.name, self.id, BASE64.encode(&typed(kind, key)))
    }

    fn signed(&self, signature: &Signature) -> bool {
        signature.name() == self.name && signature.id() == self.id
    }
}

fn typed(kind: u8, key: &VerifyingKey) -> [u8; 33] {
    let mut out = [kind; 33];
    out[1..].copy_from_slice(key.as_bytes());
    out
}

/// What a cosignature/v1 signs: two lines, then the note's text.
fn cosigned_message(seconds: u64, text: &[u8]) -> Vec<u8> {
    let mut message = format!("cosignature/v1\ntime {seconds}\n").into_bytes();
    message.extend_from_slice(text);
    message
}

fn strictly_verifies(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Ed25519Signature::from_slice(signature).is_ok_and(|s| key.verify_strict(message, &s).is_ok())
}

/// A checkpoint whose log signature was checked, and whose freshness cosignature was checked if it has one. Having one
/// is the proof: nothing else makes it.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    size: u64,
    root: Hash,
    cosigned_at: Option<Moment>,
    bytes: Arc<[u8]>,
}

impl VerifiedCheckpoint {
    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// As of when the freshness key said this is the newest tree.
    pub fn cosigned_at(&self) -> Option<Moment> {
        self.cosigned_at
    }

    /// The note, as it was read.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }
}

impl fmt::Debug for VerifiedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedCheckpoint(size {}, root {})", self.size, BASE64.encode(&self.root))
    }
}

/// The two public keys of a log, and the name it goes by.
#[derive(Clone, PartialEq, Eq)]
pub struct LogVerifier {
    log: KeyName,
    log_key: VerifyingKey,
    freshness: KeyName,
    freshness_key: VerifyingKey,
}

impl LogVerifier {
    /// # Errors
    /// [`CheckpointFault::Origin`]; [`CheckpointFault::Key`] for a key of small order.
    pub fn new(origin: &str, log: VerifyingKey, freshness: VerifyingKey) -> Result<Self, CheckpointFault> {
        check_origin(origin)?;
        if log.is_weak() || freshness.is_weak() {
            return Err(CheckpointFault::Key);
        }
        Ok(Self {
            log: KeyName::new(origin.to_owned(), TYPE_ED25519, &log),
            log_key: log,
            freshness: KeyName::new(format!("{origin}{FRESHNESS_SUFFIX}"), TYPE_COSIGNATURE, &freshness),
            freshness_key: freshness,
        })
    }

    /// From the lines that `/log/vkey` and `/log/vkey-freshness` serve.
    ///
    /// # Errors
    /// [`CheckpointFault`]: a line that is not of this form, or two lines that do not belong together.
    pub fn from_vkeys(log: &str, freshness: &str) -> Result<Self, CheckpointFault> {
        let (origin, log_key) = parse_vkey(log, TYPE_ED25519)?;
        let (name, freshness_key) = parse_vkey(freshness, TYPE_COSIGNATURE)?;
        if name.strip_suffix(FRESHNESS_SUFFIX) != Some(origin) {
            return Err(CheckpointFault::KeyLine);
        }
        Self::new(origin, log_key, freshness_key)
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.log.name
    }

    /// The line `/log/vkey` serves, without its newline.
    pub fn log_vkey(&self) -> String {
        self.log.line(TYPE_ED25519, &self.log_key)
    }

    /// The line `/log/vkey-freshness` serves, without its newline.
    pub fn freshness_vkey(&self) -> String {
        self.freshness.line(TYPE_COSIGNATURE, &self.freshness_key)
    }

    /// Checks a checkpoint: the log's signature must be there and verify; the freshness cosignature may be missing but
    /// must verify; others are kept and ignored.
    ///
    /// # Errors
    /// [`CheckpointFault`].
    pub fn verify(&self, note: &[u8]) -> Result<VerifiedCheckpoint, CheckpointFault> {
        let (parsed, signatures) = parse_note(note)?;
        let text = parsed.text();
        let log = only(&self.log, &signatures)?.ok_or(CheckpointFault::Unsigned)?;
        if !strictly_verifies(&self.log_key, text, log.signature()) {
            return Err(CheckpointFault::Signature("log"));
        }
        let cosigned_at = only(&self.freshness, &signatures)?.map(|s| self.cosigned_at(text, s)).transpose()?;
        let checkpoint = Checkpoint::from_bytes(text).map_err(|_| CheckpointFault::Checkpoint)?;
        // The parser is lenient in places (line ends); there must be one spelling of what was signed.
        if checkpoint.to_bytes() != text {
            return Err(CheckpointFault::Checkpoint);
        }
        if checkpoint.origin() != self.log.name {
            return Err(CheckpointFault::OtherLog);
        }
        Ok(VerifiedCheckpoint { size: checkpoint.size(), root: checkpoint.hash().0, cosigned_at, bytes: note.into() })
    }

    fn cosigned_at(&self, text: &[u8], signature: &Signature) -> Result<Moment, CheckpointFault> {
        let fault = CheckpointFault::Signature("freshness");
        let (seconds, signature) = signature.signature().split_first_chunk::<8>().ok_or(fault.clone())?;
        let seconds = u64::from_be_bytes(*seconds);
        if !strictly_verifies(&self.freshness_key, &cosigned_message(seconds, text), signature) {
            return Err(fault);
        }
        let millis = i64::try_from(seconds).ok().and_then(|s| s.checked_mul(1000));
        millis.and_then(Moment::from_millis).ok_or(CheckpointFault::Time)
    }
}

impl fmt::Debug for LogVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogVerifier({}, {})", self.log_vkey(), self.freshness_vkey())
    }
}

/// The one signature by this key, if there is any.
fn only<'a>(key: &KeyName, signatures: &'a [Signature]) -> Result<Option<&'a Signature>, CheckpointFault> {
    let mut ours = signatures.iter().filter(|s| key.signed(s));
    match (ours.next(), ours.next()) {
        (first, None) => Ok(first),
        _ => Err(CheckpointFault::Repeated),
    }
}

/// A note and all of its signatures (the crate gives those only after judging them).
fn parse_note(bytes: &[u8]) -> Result<(Note, Vec<Signature>), CheckpointFault> {
    if bytes.len() > MAX_NOTE {
        return Err(CheckpointFault::TooLong);
    }
    let note = Note::from_bytes(bytes).map_err(|_| CheckpointFault::Note)?;
    let lines = bytes.get(note.text().len() + 1..).and_then(|b| b.strip_suffix(b"\n")).ok_or(CheckpointFault::Note)?;
    let signatures = lines
        .split(|b| *b == b'\n')
        .map(|line| Signature::from_bytes(line).map_err(|_| CheckpointFault::Note))
        .collect::<Result<Vec<_>, _>>()?;
    Ok((note, signatures))
}

/// `name+id+base64(type ‖ key)`, in its one spelling.
fn parse_vkey(line: &str, kind: u8) -> Result<(&str, VerifyingKey), CheckpointFault> {
    let mut parts = line.splitn(3, '+');
    let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(CheckpointFault::KeyLine);
    };
    check_origin(name)?;
    let key = BASE64.decode(key.as_bytes()).map_err(|_| CheckpointFault::KeyLine)?;
    let key: [u8; 33] = key.try_into().map_err(|_| CheckpointFault::KeyLine)?;
    let (found, bytes) = key.split_first_chunk::<1>().ok_or(CheckpointFault::KeyLine)?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| CheckpointFault::KeyLine)?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| CheckpointFault::Key)?;
    // Writing it again checks the number and every spelling at once.
    match found[0] == kind && KeyName::new(name.to_owned(), kind, &key).line(kind, &key) == line {
        true => Ok((name, key)),
        false => Err(CheckpointFault::KeyLine),
    }
}

/// Adds one signature after the existing ones, in place of an earlier one by the same key.
fn add_signature(note: &[u8], key: &KeyName, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<Vec<u8>, CheckpointFault> {
    let (parsed, signatures) = parse_note(note)?;
    let mut kept: Vec<Signature> = signatures.into_iter().filter(|s| !key.signed(s)).collect();
    kept.push(signature(key, sign(parsed.text()))?);
    Ok(Note::new(parsed.text(), &kept).map_err(|_| CheckpointFault::Note)?.to_bytes())
}

fn signature(key: &KeyName, bytes: Vec<u8>) -> Result<Signature, CheckpointFault> {
    Signature::new(key.name.clone(), key.id, bytes).map_err(|_| CheckpointFault::Origin)
}

/// The log key: signs trees. Belongs to the process that holds the ledger lock.
pub struct LogSigner {
    name: KeyName,
    key: SigningKey,
}

impl LogSigner {
    /// # Errors
    /// [`CheckpointFault::Origin`].
    pub fn new(origin: &str, key: SigningKey) -> Result<Self, CheckpointFault> {
        check_origin(origin)?;
        Ok(Self { name: KeyName::new(origin.to_owned(), TYPE_ED25519, &key.verifying_key()), key })
    }

    /// A checkpoint with the log's signature alone. Signing two trees of one size is a fork that can't be undone: call
    /// this only when everything beneath the root is durable.
    ///
    /// # Errors
    /// [`CheckpointFault`] if the note can't be formed.
    pub fn sign(&self, size: u64, root: &Hash) -> Result<Vec<u8>, CheckpointFault> {
        let text = Checkpoint::new(&self.name.name, size, NoteHash(*root), "")
            .map_err(|_| CheckpointFault::Checkpoint)?
            .to_bytes();
        let signature = signature(&self.name, self.key.sign(&text).to_vec())?;
        Ok(Note::new(&text, &[signature]).map_err(|_| CheckpointFault::Note)?.to_bytes())
    }

    /// The public key.
    pub fn public(&self) -> VerifyingKey {
        self.key.verifying_key()
    }
}

impl fmt::Debug for LogSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogSigner({}+{:08x})", self.name.name, self.name.id)
    }
}

/// The freshness key: says as of when a tree is the newest.
pub struct FreshnessSigner {
    name: KeyName,
    key: SigningKey,
}

impl FreshnessSigner {
    /// # Errors
    /// [`CheckpointFault::Origin`].
    pub fn new(origin: &str, key: SigningKey) -> Result<Self, CheckpointFault> {
        check_origin(origin)?;
        let name = format!("{origin}{FRESHNESS_SUFFIX}");
        Ok(Self { name: KeyName::new(name, TYPE_COSIGNATURE, &key.verifying_key()), key })
    }

    /// The checkpoint with a cosignature of this second, in place of an earlier one. Signatures of others stay.
    ///
    /// # Errors
    /// [`CheckpointFault::Time`] before 1970.
    pub fn cosign(&self, checkpoint: &VerifiedCheckpoint, at: Moment) -> Result<Vec<u8>, CheckpointFault> {
        let seconds = u64::try_from(at.as_seconds()).map_err(|_| CheckpointFault::Time)?;
        add_signature(checkpoint.bytes(), &self.name, |text| {
            let signature = self.key.sign(&cosigned_message(seconds, text));
            [&seconds.to_be_bytes()[..], &signature.to_bytes()].concat()
        })
    }

    /// The public key.
    pub fn public(&self) -> VerifyingKey {
        self.key.verifying_key()
    }
}

impl fmt::Debug for FreshnessSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FreshnessSigner({}+{:08x})", self.name.name, self.name.id)
    }
}

/// Both keys of a writer, and the verifier that everyone else uses: what it hands out has passed that verifier.
#[derive(Debug)]
pub struct Checkpointer {
    log: LogSigner,
    freshness: FreshnessSigner,
    verifier: LogVerifier,
}

impl Checkpointer {
    /// # Errors
    /// [`CheckpointFault::Origin`].
    pub fn new(origin: &str, log: SigningKey, freshness: SigningKey) -> Result<Self, CheckpointFault> {
        let verifier = LogVerifier::new(origin, log.verifying_key(), freshness.verifying_key())?;
        Ok(Self { log: LogSigner::new(origin, log)?, freshness: FreshnessSigner::new(origin, freshness)?, verifier })
    }

    /// Signs a tree with both keys.
    ///
    /// # Errors
    /// [`CheckpointFault`].
    pub fn issue(&self, size: u64, root: &Hash, at: Moment) -> Result<VerifiedCheckpoint, CheckpointFault> {
        let signed = self.verifier.verify(&self.log.sign(size, root)?)?;
        self.renew(&signed, at)
    }

    /// The same tree, cosigned as of `at`.
    ///
    /// # Errors
    /// [`CheckpointFault`].
    pub fn renew(&self, checkpoint: &VerifiedCheckpoint, at: Moment) -> Result<VerifiedCheckpoint, CheckpointFault> {
        self.verifier.verify(&self.freshness.cosign(checkpoint, at)?)
    }

    /// What everyone else checks with.
    pub fn verifier(&self) -> &LogVerifier {
        &self.verifier
    }
}
