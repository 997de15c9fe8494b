//! Signature algorithms of certificates and of what is signed around them.
//!
//! RSA PKCS#1 v1.5 and ECDSA on P-256 and P-384. SHA-1 and RSA below 2048 bits are of the past: official
//! signatures of their time used them, so they verify and are marked. Anything else is not understood.

use der::Decode as _;
use der::asn1::ObjectIdentifier;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::sha2::{Digest, Sha256, Sha384, Sha512};
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha1::Sha1;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::signing::PublicKey;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// Fewest bits of an RSA key that is looked at at all.
const MIN_RSA_BITS: usize = 1024;

/// Whether an algorithm is of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// SHA-1, or RSA below 2048 bits: shown with a note.
    Old,
    /// Of today.
    Current,
}

/// Hash functions that signatures and digests name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The function an algorithm identifier names.
    pub(super) fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        const NAMES: [(&str, Hash); 4] = [
            ("1.3.14.3.2.26", Hash::Sha1),
            ("2.16.840.1.101.3.4.2.1", Hash::Sha256),
            ("2.16.840.1.101.3.4.2.2", Hash::Sha384),
            ("2.16.840.1.101.3.4.2.3", Hash::Sha512),
        ];
        let found = NAMES.iter().find(|(name, _)| ObjectIdentifier::new_unwrap(name) == *oid);
        found.map(|(_, hash)| *hash)
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn padding(self) -> Pkcs1v15Sign {
        match self {
            Self::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
            Self::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Self::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Self::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }

    pub(super) fn strength(self) -> Strength {
        match self {
            Self::Sha1 => Strength::Old,
            _ => Strength::Current,
        }
    }
}

/// The kind of key a signature algorithm wants, and its hash; None where the identifier leaves the hash to
/// another member, as `rsaEncryption` in CMS does.
fn scheme(oid: &ObjectIdentifier) -> Option<(ObjectIdentifier, Option<Hash>)> {
    const SCHEMES: [(&str, ObjectIdentifier, Option<Hash>); 9] = [
        ("1.2.840.113549.1.1.1", RSA, None),
        ("1.2.840.113549.1.1.5", RSA, Some(Hash::Sha1)),
        ("1.2.840.113549.1.1.11", RSA, Some(Hash::Sha256)),
        ("1.2.840.113549.1.1.12", RSA, Some(Hash::Sha384)),
        ("1.2.840.113549.1.1.13", RSA, Some(Hash::Sha512)),
        ("1.2.840.10045.4.1", EC, Some(Hash::Sha1)),
        ("1.2.840.10045.4.3.2", EC, Some(Hash::Sha256)),
        ("1.2.840.10045.4.3.3", EC, Some(Hash::Sha384)),
        ("1.2.840.10045.4.3.4", EC, Some(Hash::Sha512)),
    ];
    let found = SCHEMES.iter().find(|(name, ..)| ObjectIdentifier::new_unwrap(name) == *oid);
    found.map(|(_, key, hash)| (*key, *hash))
}

/// A certificate's public key, if it is one that is understood.
#[derive(Debug, Clone)]
pub(super) enum IssuerKey {
    Rsa(Box<RsaPublicKey>),
    P256(Box<p256::ecdsa::VerifyingKey>),
    P384(Box<p384::ecdsa::VerifyingKey>),
}

impl IssuerKey {
    pub(super) fn from_spki(spki: &SubjectPublicKeyInfoOwned) -> Option<Self> {
        let bits = spki.subject_public_key.as_bytes()?;
        if spki.algorithm.oid == RSA {
            let key = RsaPublicKey::from_pkcs1_der(bits).ok()?;
            return (key.n().bits() >= MIN_RSA_BITS).then(|| Self::Rsa(Box::new(key)));
        }
        let parameters = spki.algorithm.parameters.as_ref().filter(|_| spki.algorithm.oid == EC)?;
        let curve = ObjectIdentifier::from_der(&der::Encode::to_der(parameters).ok()?).ok()?;
        match curve {
            P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(bits).ok().map(|key| Self::P256(Box::new(key))),
            P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(bits).ok().map(|key| Self::P384(Box::new(key))),
            _ => None,
        }
    }

    /// Whether it is the very key that was granted.
    pub(super) fn is(&self, granted: &PublicKey) -> bool {
        match (self, granted) {
            (Self::Rsa(own), PublicKey::Rsa(key)) => own == key,
            (Self::P256(own), PublicKey::P256(key)) => **own == *key,
            _ => false,
        }
    }

    /// The key in the ring's form, where it may sign sheets.
    pub(super) fn to_public(&self) -> Option<PublicKey> {
        match self {
            Self::Rsa(key) => Some(PublicKey::Rsa(key.clone())),
            Self::P256(key) => Some(PublicKey::P256(**key)),
            Self::P384(_) => None,
        }
    }

    pub(super) fn strength(&self) -> Strength {
        match self {
            Self::Rsa(key) if key.n().bits() < 2048 => Strength::Old,
            _ => Strength::Current,
        }
    }

    /// How strong the signature is; None when it does not verify or is not understood. `digest` is the hash
    /// that CMS names apart; elsewhere None.
    pub(super) fn verify(
        &self,
        algorithm: &AlgorithmIdentifierOwned,
        digest: Option<Hash>,
        message: &[u8],
        signature: &[u8],
    ) -> Option<Strength> {
        let (kind, named) = scheme(&algorithm.oid)?;
        let hash = match (named, digest) {
            (Some(named), Some(digest)) if named != digest => return None,
            (named, digest) => named.or(digest)?,
        };
        let prehash = hash.digest(message);
        let holds = match self {
            Self::Rsa(key) => kind == RSA && key.verify(hash.padding(), &prehash, signature).is_ok(),
            Self::P256(key) => {
                let parsed = p256::ecdsa::DerSignature::try_from(signature).ok()?;
                kind == EC && key.verify_prehash(&prehash, &parsed).is_ok()
            }
            Self::P384(key) => {
                let parsed = p384::ecdsa::DerSignature::try_from(signature).ok()?;
                kind == EC && key.verify_prehash(&prehash, &parsed).is_ok()
            }
        };
        holds.then(|| hash.strength().min(self.strength()))
    }
}
