//! Who signs soft copies.

use p256::ecdsa::Signature;

use crate::signing::certificates::Certificate;
use crate::signing::{PrivateKey, PublicKey};
use crate::soft_copy::read_back::PinnedSigner;

/// The signer could not sign: a device that is away, a service that refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signer did not sign: {0}")]
pub struct SignerFault(pub String);

/// Why key and certificates do not make a signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The private key cannot be read.
    #[error("the private key is not PKCS#8 PEM")]
    Pem,
    /// A key of another kind.
    #[error("soft copies are signed with P-256 keys")]
    NotP256,
    /// No certificate, or one that cannot be read.
    #[error("the certificate chain cannot be read")]
    Chain,
    /// The first certificate is for another key.
    #[error("the first certificate of the chain is for another key")]
    OtherKey,
    /// The certificates do not follow one another.
    #[error("a certificate of the chain was not issued by the next one")]
    Order,
}

/// Signs soft copies with ECDSA on P-256 and SHA-256. A hardware module or a signing service stands behind this
/// trait as well as a key in a file: what it is given has some 140 bytes and is never the document.
pub trait DocumentSigner: Send + Sync {
    /// The signer's certificate, those above it as far as they are to be in the signature, and when it signs.
    fn identity(&self) -> &PinnedSigner;

    /// The signature, r and s of 32 bytes each, over the DER of the signed attributes (RFC 5652 §5.4). The signer
    /// hashes them itself: a device that takes digests is given their SHA-256.
    ///
    /// # Errors
    /// [`SignerFault`].
    fn sign(&self, attributes: &[u8]) -> Result<[u8; 64], SignerFault>;
}

/// A key of our own, from files. Its signatures are deterministic (RFC 6979).
#[derive(Debug)]
pub struct LocalSigner {
    key: PrivateKey,
    identity: PinnedSigner,
}

impl LocalSigner {
    /// From a private key (PKCS#8 PEM) and a chain (PEM, the signer's certificate first).
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn from_pem(key: &str, chain: &[u8]) -> Result<Self, KeyFault> {
        let key = PrivateKey::from_pem(key).map_err(|_| KeyFault::Pem)?;
        if !matches!(key, PrivateKey::P256(_)) {
            return Err(KeyFault::NotP256);
        }
        let identity = PinnedSigner::from_pem(chain, None, None)?;
        match identity.certificate().public_key() == Some(key.public()) {
            true => Ok(Self { key, identity }),
            false => Err(KeyFault::OtherKey),
        }
    }
}

impl DocumentSigner for LocalSigner {
    fn identity(&self) -> &PinnedSigner {
        &self.identity
    }

    fn sign(&self, attributes: &[u8]) -> Result<[u8; 64], SignerFault> {
        self.key.sign(attributes).try_into().map_err(|_| SignerFault("the key is not P-256".into()))
    }
}

/// That each certificate was issued by the next, and the first is for a P-256 key.
///
/// # Errors
/// [`KeyFault`].
pub(in crate::soft_copy) fn check_chain(chain: &[Certificate]) -> Result<(), KeyFault> {
    let leaf = chain.first().ok_or(KeyFault::Chain)?;
    if !matches!(leaf.public_key(), Some(PublicKey::P256(_))) {
        return Err(KeyFault::NotP256);
    }
    match chain.windows(2).all(|pair| matches!(pair, [one, next] if one.is_issued_by(next))) {
        true => Ok(()),
        false => Err(KeyFault::Order),
    }
}

/// The one form of a signature that is written and read: of s and n − s, which verify alike, the smaller.
pub(in crate::soft_copy) fn canonical(signature: &[u8; 64]) -> Option<Signature> {
    Signature::from_slice(signature).ok().map(|signature| signature.normalize_s())
}
