//! Reading back a soft copy (bản mềm) that somebody hands in: verified before it is parsed.
//!
//! Nothing of the file is interpreted before its signature holds. What is looked at until then is the last byte
//! range, one hexadecimal string, and one DER structure, each compared with the only form that is written here.
//! A file that passes is byte for byte one that was issued, so what parses it afterwards meets no stranger's bytes.
//!
//! | step | refuses |
//! |---|---|
//! | size, first bytes | giants, other types, polyglots with something in front |
//! | one byte range, over all but one gap | anything appended, wrapped or cut; second signatures; games with numbers |
//! | envelope: strict DER, of a pinned signer | strangers' signatures |
//! | digest | every changed byte |
//! | envelope again, as it would be written | changes inside the gap, where no digest looks |
//! | signature, timestamp, time within the signer's period | forgeries; keys after their end |
//! | two revisions | a signed file that was never one of ours |

mod contents;
mod pinned;
mod range;
mod unsigned;

pub use contents::{Contents, ContentsFault};
pub use pinned::{PinnedSigner, PinnedSigners};
pub use range::Shape;
pub use unsigned::codes_in_unsigned;

use memchr::memmem;

use super::pades::{MAX_PDF, cms, update};
use crate::signing::certificates::{Certificate, Timestamp};
use crate::transcript::time::Moment;

/// How the public is told about a file that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It bears a signature of ours and is not what was signed (đã bị sửa).
    Altered,
    /// No signature of ours is on it (không phải bản do hệ thống này cấp).
    NotIssuedHere,
    /// Not a PDF, or longer than any soft copy: nothing can be said.
    Unreadable,
}

/// Why a file is not a copy that was issued here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Longer than any soft copy.
    #[error("the file is longer than any soft copy")]
    TooLong,
    /// It does not begin as a PDF.
    #[error("the file is not a PDF")]
    NotPdf,
    /// A PDF without a signature of ours.
    #[error("the PDF is not signed with a key of ours")]
    Foreign,
    /// Signed with a key of ours outside the period in which it signs.
    #[error("the PDF was signed outside the period of its key")]
    Period,
    /// It bears a certificate of ours, and something is not as it was signed.
    #[error("the PDF is not as it was signed: {0}")]
    Altered(#[from] Alteration),
}

impl Refused {
    /// What the public is told.
    pub fn class(self) -> Class {
        match self {
            Self::TooLong | Self::NotPdf => Class::Unreadable,
            Self::Foreign | Self::Period => Class::NotIssuedHere,
            Self::Altered(_) => Class::Altered,
        }
    }
}

/// What is not as it was signed. For logs and tests; the public is told that it is, not where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Alteration {
    /// Byte range or gap.
    #[error(transparent)]
    Shape(#[from] Shape),
    /// The envelope is not strict DER, or of another kind.
    #[error("the envelope cannot be read")]
    Envelope,
    /// The envelope is a stranger's, on a file that bears our certificate elsewhere.
    #[error("another signature is on it")]
    Signer,
    /// The bytes are not the ones that were signed.
    #[error("its digest differs")]
    Digest,
    /// The envelope is not as it is written here.
    #[error("its envelope differs")]
    Form,
    /// The signature does not verify.
    #[error("its signature does not verify")]
    Signature,
    /// The timestamp is over something else, or cannot be read.
    #[error("its timestamp does not hold")]
    Timestamp,
    /// No time of signing.
    #[error("it has no time of signing")]
    Time,
    /// Not an original and one update.
    #[error("it has other revisions than those written here")]
    Revisions,
}

/// A copy that was issued here, unchanged: having one is the proof.
#[derive(Clone)]
pub struct SignedCopy<'a> {
    bytes: &'a [u8],
    signer: Certificate,
    signed_at: Moment,
    timestamp: Option<Timestamp>,
}

/// Its bytes are somebody's transcript.
impl std::fmt::Debug for SignedCopy<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedCopy({} bytes, {}, {:?})", self.bytes.len(), self.signed_at, self.signer)
    }
}

impl<'a> SignedCopy<'a> {
    /// The file.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The certificate it was signed with.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// When it was signed, as the signer says.
    pub fn signed_at(&self) -> Moment {
        self.signed_at
    }

    /// The timestamp over its signature: its own signature holds; whether its authority counts is for
    /// [`crate::signing::certificates::StampTrust`] to say. Somebody may have taken one away.
    pub fn timestamp(&self) -> Option<&Timestamp> {
        self.timestamp.as_ref()
    }

    /// What is in it.
    ///
    /// # Errors
    /// [`ContentsFault`].
    pub fn contents(&self) -> Result<Contents, ContentsFault> {
        Contents::of(self)
    }
}

/// Checks that a file is a copy signed by one of these, unchanged.
///
/// # Errors
/// [`Refused`].
pub fn verify<'a>(bytes: &'a [u8], pinned: &PinnedSigners) -> Result<SignedCopy<'a>, Refused> {
    if bytes.len() > MAX_PDF {
        return Err(Refused::TooLong);
    }
    if !bytes.starts_with(b"%PDF-1.") {
        return Err(Refused::NotPdf);
    }
    match check(bytes, pinned) {
        // Which of the two it is only words: neither is a copy of ours.
        Err(Refused::Altered(_)) if !pinned.any_named_in(bytes) => Err(Refused::Foreign),
        checked => checked,
    }
}

fn check<'a>(bytes: &'a [u8], pinned: &PinnedSigners) -> Result<SignedCopy<'a>, Refused> {
    let found = range::find(bytes).map_err(Alteration::Shape)?;
    let envelope = cms::read(&found.envelope).ok_or(Alteration::Envelope)?;
    let signer = pinned.among(&envelope.certificates).ok_or(Alteration::Signer)?;
    let digest = update::digest_around(bytes, &found.gap);
    if envelope.digest != digest {
        return Err(Alteration::Digest.into());
    }
    let signature = envelope.signature.ok_or(Alteration::Signature)?;
    let attributes = cms::to_sign(signer.certificate(), &digest).map_err(|_| Alteration::Form)?;
    if !signer.verifies(&attributes, &signature) {
        return Err(Alteration::Signature.into());
    }
    let timestamp = timestamp(&envelope, &cms::imprint(&signature))?;
    // Outside the digest and the attributes nothing is signed: all of it must be what we would write.
    let again = cms::envelope(signer.chain(), &digest, &signature, envelope.token.as_deref());
    if again.ok().as_deref() != Some(found.envelope.as_slice()) {
        return Err(Alteration::Form.into());
    }
    if memmem::find_iter(bytes, update::START).count() != 2 {
        return Err(Alteration::Revisions.into());
    }
    let signed_at = signed_at(bytes, &found).ok_or(Alteration::Time)?;
    match signer.covers(signed_at) {
        true => Ok(SignedCopy { bytes, signer: signer.certificate().clone(), signed_at, timestamp }),
        false => Err(Refused::Period),
    }
}

fn timestamp(envelope: &cms::Read, imprint: &[u8; 32]) -> Result<Option<Timestamp>, Alteration> {
    let Some(token) = &envelope.token else { return Ok(None) };
    let timestamp = Timestamp::from_der(token).map_err(|_| Alteration::Timestamp)?;
    match timestamp.imprint() == imprint && timestamp.der() == token.as_slice() {
        true => Ok(Some(timestamp)),
        false => Err(Alteration::Timestamp),
    }
}

/// The entry right before the byte range.
fn signed_at(bytes: &[u8], found: &range::Found) -> Option<Moment> {
    let before = bytes.get(..found.range)?;
    let time = before.get(before.len().checked_sub(update::TIME.len() + 22)?..)?;
    let text = time.strip_prefix(update::TIME)?.strip_suffix(b")")?;
    update::read_time(text)
}
