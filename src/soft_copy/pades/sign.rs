//! Signing one finished PDF.

use data_encoding::HEXUPPER;

use super::signer::canonical;
use super::update::{Prepared, UpdateFault, prepare};
use super::{DocumentSigner, SignerFault, cms};
use crate::signing::certificates::{StampFault, Timestamp, Timestamper};
use crate::soft_copy::read_back::{Alteration, PinnedSigners, Refused, verify};
use crate::transcript::time::Moment;

/// How far a timestamp may lie from our own time, in milliseconds.
const CLOCK_SKEW: i64 = 300_000;

/// What a signature says about itself, in Vietnamese, for those who look at it in a viewer.
#[derive(Debug, Clone, Copy)]
pub struct Particulars<'a> {
    /// When it is made; whole seconds.
    pub at: Moment,
    /// Who signs (người ký): the system and its owner.
    pub name: &'a str,
    /// Why (lý do).
    pub reason: &'a str,
    /// Where (nơi ký).
    pub location: &'a str,
}

/// Whether a timestamp is asked for.
#[derive(Clone, Copy)]
pub enum Stamping<'a> {
    /// No timestamp: B-B.
    None,
    /// B-T; B-B, and noted, while the authority is away.
    Wanted(&'a dyn Timestamper),
    /// B-T, or no signature.
    Required(&'a dyn Timestamper),
}

/// Why a PDF was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignFault {
    /// Not a file that is signed.
    #[error(transparent)]
    Update(#[from] UpdateFault),
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] SignerFault),
    /// The signer's certificate is not valid at that time, or cannot be written into a signature.
    #[error("the signer's certificate does not count at the time of signing")]
    Certificate,
    /// What came from the signer does not verify under its certificate.
    #[error("the signer's signature does not verify under its certificate")]
    Signature,
    /// A timestamp is required and there is none.
    #[error(transparent)]
    Stamp(#[from] StampFault),
    /// Certificates and timestamp are longer than the room for them.
    #[error("certificates and timestamp do not fit into the signature")]
    Room,
    /// What was made is not what would be read back.
    #[error("the signed PDF would not be read back")]
    NotReadBack,
}

/// A signed PDF.
#[derive(Clone)]
pub struct SignedPdf {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The timestamp in it.
    pub timestamp: Option<Timestamp>,
    /// Why there is none although one was wanted.
    pub unstamped: Option<StampFault>,
}

/// Its bytes are somebody's transcript.
impl std::fmt::Debug for SignedPdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stamped = self.timestamp.as_ref().map(Timestamp::at);
        write!(f, "SignedPdf({} bytes, {stamped:?}, {:?})", self.bytes.len(), self.unstamped)
    }
}

/// Signs a finished PDF of one revision.
///
/// # Errors
/// [`SignFault`]; nothing is signed by halves.
pub fn sign(
    pdf: &[u8],
    particulars: &Particulars<'_>,
    signer: &dyn DocumentSigner,
    stamping: Stamping<'_>,
) -> Result<SignedPdf, SignFault> {
    let identity = signer.identity();
    if !identity.covers(particulars.at) {
        return Err(SignFault::Certificate);
    }
    let prepared = prepare(pdf, particulars)?;
    let digest = prepared.digest();
    let attributes = cms::to_sign(identity.certificate(), &digest).map_err(|_| SignFault::Certificate)?;
    let bytes = signer.sign(&attributes)?;
    let signature = canonical(&bytes).ok_or(SignFault::Signature)?;
    let (timestamp, unstamped) = stamp(stamping, &cms::imprint(&signature), particulars.at)?;
    let token = timestamp.as_ref().map(Timestamp::der);
    let envelope = cms::envelope(identity.chain(), &digest, &signature, token).map_err(|_| SignFault::Certificate)?;
    let bytes = fill_in(prepared, &envelope)?;
    // Whatever is handed out can be checked here again: a copy that could not would be worse than none.
    match verify(&bytes, &PinnedSigners::new([identity.clone()])) {
        Ok(copy) if copy.signed_at().as_seconds() == particulars.at.as_seconds() => {
            Ok(SignedPdf { bytes, timestamp, unstamped })
        }
        Err(Refused::Altered(Alteration::Signature)) => Err(SignFault::Signature),
        _ => Err(SignFault::NotReadBack),
    }
}

type Stamped = (Option<Timestamp>, Option<StampFault>);

fn stamp(stamping: Stamping<'_>, imprint: &[u8; 32], at: Moment) -> Result<Stamped, StampFault> {
    let ask = |authority: &dyn Timestamper| {
        let timestamp = authority.stamp(imprint)?;
        match (timestamp.at().as_millis() - at.as_millis()).abs() <= CLOCK_SKEW {
            true => Ok(timestamp),
            false => Err(StampFault::Clock),
        }
    };
    match stamping {
        Stamping::None => Ok((None, None)),
        Stamping::Required(authority) => Ok((Some(ask(authority)?), None)),
        Stamping::Wanted(authority) => Ok(match ask(authority) {
            Ok(timestamp) => (Some(timestamp), None),
            Err(fault) => (None, Some(fault)),
        }),
    }
}

/// Puts the envelope into its gap; the zeros behind it stay.
fn fill_in(prepared: Prepared, envelope: &[u8]) -> Result<Vec<u8>, SignFault> {
    let Prepared { mut bytes, gap } = prepared;
    let hex = HEXUPPER.encode(envelope);
    let place = bytes.get_mut(gap.start + 1..gap.end - 1).and_then(|place| place.get_mut(..hex.len()));
    place.ok_or(SignFault::Room)?.copy_from_slice(hex.as_bytes());
    Ok(bytes)
}
