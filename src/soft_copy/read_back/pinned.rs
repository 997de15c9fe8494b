//! The signers whose copies are ours: the present one and those before it.

use data_encoding::{HEXLOWER, HEXUPPER};
use memchr::memmem;
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier as _};

use crate::signing::certificates::Certificate;
use crate::signing::{Kid, PublicKey};
use crate::soft_copy::pades::KeyFault;
use crate::soft_copy::pades::signer::check_chain;
use crate::transcript::time::Moment;

/// One signer, its certificates as they stand in signatures, and when it signs.
#[derive(Debug, Clone)]
pub struct PinnedSigner {
    chain: Vec<Certificate>,
    certificate: Certificate,
    key: VerifyingKey,
    from: Moment,
    to: Moment,
}

impl PinnedSigner {
    /// A signer whose copies count when signed between these moments, or in the validity of its certificate where
    /// that is narrower.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn new(chain: Vec<Certificate>, from: Option<Moment>, to: Option<Moment>) -> Result<Self, KeyFault> {
        check_chain(&chain)?;
        let certificate = chain.first().ok_or(KeyFault::Chain)?.clone();
        let Some(PublicKey::P256(key)) = certificate.public_key() else { return Err(KeyFault::NotP256) };
        let (first, last) = certificate.validity().ok_or(KeyFault::Chain)?;
        let from = from.map_or(first, |from| from.max(first));
        let to = to.map_or(last, |to| to.min(last));
        Ok(Self { chain, certificate, key, from, to })
    }

    /// As [`PinnedSigner::new`], from a file of certificates (PEM, the signer's first).
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn from_pem(chain: &[u8], from: Option<Moment>, to: Option<Moment>) -> Result<Self, KeyFault> {
        Self::new(Certificate::from_file(chain).map_err(|_| KeyFault::Chain)?, from, to)
    }

    /// The signer's own certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Whether copies signed at this moment count.
    pub fn covers(&self, at: Moment) -> bool {
        (self.from..=self.to).contains(&at)
    }

    pub(in crate::soft_copy) fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    pub(in crate::soft_copy) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        self.key.verify(message, signature).is_ok()
    }

    /// Whether the hexadecimal digits of its key stand in these bytes: one coordinate is enough.
    fn is_named_in(&self, bytes: &[u8]) -> bool {
        let point = self.key.to_sec1_point(false);
        let coordinates = point.as_bytes().get(1..).unwrap_or_default().chunks(32);
        coordinates.into_iter().any(|coordinate| {
            [HEXUPPER.encode(coordinate), HEXLOWER.encode(coordinate)]
                .iter()
                .any(|digits| memmem::find(bytes, digits.as_bytes()).is_some())
        })
    }
}

/// All signers whose copies are ours.
#[derive(Debug, Clone, Default)]
pub struct PinnedSigners(Vec<PinnedSigner>);

impl PinnedSigners {
    /// These signers. One that is given twice counts for its first period: the narrower one, if it stands first.
    pub fn new(signers: impl IntoIterator<Item = PinnedSigner>) -> Self {
        Self(signers.into_iter().collect())
    }

    /// Whether there is none: then no copy can be told to be ours.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The signer with one of these thumbprints.
    pub(super) fn among(&self, thumbprints: &[Kid]) -> Option<&PinnedSigner> {
        self.0.iter().find(|signer| thumbprints.contains(&signer.certificate.thumbprint()))
    }

    /// Whether the key of one of them is named anywhere: then a file that does not verify was one of ours.
    pub(super) fn any_named_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|signer| signer.is_named_in(bytes))
    }
}
