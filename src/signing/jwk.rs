//! Keys and algorithms: EdDSA, ES256, RS256 as JWK (RFC 7517), named by thumbprint (RFC 7638).

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::signature::Verifier as _;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use rsa::pkcs1v15;

use rsa::signature::{SignatureEncoding as _, Verifier as _};
use rsa::traits::PublicKeyParts as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Signature algorithms of RFC 7518 and RFC 8037 that the portal accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519; written `EdDSA`, `Ed25519` accepted (RFC 9864).
    EdDsa,
    /// ECDSA P-256 with SHA-256.
    Es256,
    /// RSA PKCS#1 v1.5 with SHA-256, 2048 to 4096 bits.
    Rs256,
}

impl Algorithm {
    /// The name in a protected header that we write.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm a protected header names.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }
}

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Key type, curve or members that are not one of the three accepted shapes.
    #[error("the key is not an Ed25519, P-256 or RSA public JWK")]
    Shape,
    /// A coordinate or modulus that is not canonical base64url or not a valid point.
    #[error("the key's numbers are not valid")]
    Value,
    /// RSA outside 2048–4096 bits or with an exponent other than 65537.
    #[error("an RSA key must have 2048 to 4096 bits and the exponent 65537")]
    RsaSize,
    /// A private key file that cannot be read.
    #[error("the private key file is not PKCS#8 PEM of an accepted type")]
    Pem,
}

/// RFC 7638 thumbprint of a public key: 32 bytes, base64url on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kid(pub [u8; 32]);

impl Kid {
    /// Reads the wire form.
    pub fn from_wire(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({self})")
    }
}

impl Serialize for Kid {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Kid {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        Self::from_wire(&text).ok_or_else(|| serde::de::Error::custom("expected a base64url SHA-256"))
    }
}

/// The public members of a JWK, in the order RFC 7638 hashes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    /// Curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// RSA exponent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Key type.
    pub kty: String,
    /// RSA modulus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Point, first coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Point, second coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

/// A public key that has been checked.
#[derive(Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// Ed25519.
    Ed25519(VerifyingKey),
    /// ECDSA P-256.
    P256(p256::ecdsa::VerifyingKey),
    /// RSA.
    Rsa(Box<rsa::RsaPublicKey>),
}

fn number(member: Option<&String>) -> Result<Vec<u8>, KeyFault> {
    BASE64URL_NOPAD.decode(member.ok_or(KeyFault::Shape)?.as_bytes()).map_err(|_| KeyFault::Value)
}

impl PublicKey {
    /// Reads and checks a JWK.
    ///
    /// # Errors
    /// [`KeyFault`]: wrong shape, invalid numbers, or an RSA size outside the bounds.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyFault> {
        match (jwk.kty.as_str(), jwk.crv.as_deref(), &jwk.x, &jwk.y, &jwk.n, &jwk.e) {
            ("OKP", Some("Ed25519"), Some(_), None, None, None) => {
                let bytes: [u8; 32] = number(jwk.x.as_ref())?.try_into().map_err(|_| KeyFault::Value)?;
                let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyFault::Value)?;
                // dalek keeps the bytes it was given; another encoding of the same point would be a second kid.
                match key.is_weak() || key.to_edwards().compress().to_bytes() != bytes {
                    true => Err(KeyFault::Value),
                    false => Ok(Self::Ed25519(key)),
                }
            }
            ("EC", Some("P-256"), Some(_), Some(_), None, None) => {
                let (x, y) = (number(jwk.x.as_ref())?, number(jwk.y.as_ref())?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(KeyFault::Value);
                }
                let point = [&[4u8][..], &x, &y].concat();
                p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).map(Self::P256).map_err(|_| KeyFault::Value)
            }
            ("RSA", None, None, None, Some(_), Some(e)) => {
                let n = number(jwk.n.as_ref())?;
                if e != "AQAB" || n.first() == Some(&0) || !(256..=512).contains(&n.len()) {
                    return Err(KeyFault::RsaSize);
                }
                let key = rsa::RsaPublicKey::new(rsa::BigUint::from_bytes_be(&n), rsa::BigUint::from(65_537u32))
                    .map_err(|_| KeyFault::RsaSize)?;
                match key.n().bits() >= 2048 {
                    true => Ok(Self::Rsa(Box::new(key))),
                    false => Err(KeyFault::RsaSize),
                }
            }
            _ => Err(KeyFault::Shape),
        }
    }

    /// The public JWK.
    pub fn to_jwk(&self) -> Jwk {
        let text = |bytes: &[u8]| Some(BASE64URL_NOPAD.encode(bytes));
        let none = Jwk { crv: None, e: None, kty: String::new(), n: None, x: None, y: None };
        match self {
            Self::Ed25519(key) => {
                Jwk { kty: "OKP".into(), crv: Some("Ed25519".into()), x: text(key.as_bytes()), ..none }
            }
            Self::P256(key) => {
                let point = key.to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                Jwk { kty: "EC".into(), crv: Some("P-256".into()), x: text(x), y: text(y), ..none }
            }
            Self::Rsa(key) => {
                Jwk { kty: "RSA".into(), n: text(&key.n().to_bytes_be()), e: Some("AQAB".into()), ..none }
            }
        }
    }

    /// RFC 7638 thumbprint: members in lexicographic order, which is the order [`Jwk`] declares.
    pub fn kid(&self) -> Kid {
        let json = serde_json::to_vec(&self.to_jwk()).unwrap_or_default();
        Kid(Sha256::digest(&json).into())
    }

    /// The only algorithm this key verifies.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::EdDsa,
            Self::P256(_) => Algorithm::Es256,
            Self::Rsa(_) => Algorithm::Rs256,
        }
    }

    /// Whether `signature` over `message` verifies. Ed25519 strictly: no mixed-order points, no
    /// malleable encodings.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => {
                ed25519_dalek::Signature::from_slice(signature).is_ok_and(|s| key.verify_strict(message, &s).is_ok())
            }
            Self::P256(key) => {
                p256::ecdsa::Signature::from_slice(signature).is_ok_and(|s| key.verify(message, &s).is_ok())
            }
            Self::Rsa(key) => {
                let verifier = pkcs1v15::VerifyingKey::<rsa::sha2::Sha256>::new((**key).clone());
                pkcs1v15::Signature::try_from(signature).is_ok_and(|s| verifier.verify(message, &s).is_ok())
            }
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?}, {})", self.algorithm(), self.kid())
    }
}

/// A private key; only in the hands of schools, provinces, the ministry and the demonstration.
#[derive(Clone)]
pub enum PrivateKey {
    /// Ed25519.
    Ed25519(Box<SigningKey>),
    /// ECDSA P-256.
    P256(p256::ecdsa::SigningKey),
    /// RSA.
    Rsa(Box<rsa::RsaPrivateKey>),
}

impl PrivateKey {
    /// An Ed25519 key from its 32-byte seed.
    pub fn ed25519_from_seed(seed: &[u8; 32]) -> Self {
        Self::Ed25519(Box::new(SigningKey::from_bytes(seed)))
    }

    /// A P-256 key from a 32-byte scalar; None for the few values that are not one.
    pub fn p256_from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        p256::ecdsa::SigningKey::from_slice(scalar).ok().map(Self::P256)
    }

    /// A fresh RSA key of 2048 bits; takes about a second.
    ///
    /// # Errors
    /// [`KeyFault::RsaSize`] when the generator fails.
    pub fn generate_rsa(rng: &mut impl rand_core_06::CryptoRngCore) -> Result<Self, KeyFault> {
        rsa::RsaPrivateKey::new(rng, 2048).map(|k| Self::Rsa(Box::new(k))).map_err(|_| KeyFault::RsaSize)
    }

    /// Reads PKCS#8 PEM of any accepted type.
    ///
    /// # Errors
    /// [`KeyFault::Pem`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyFault> {
        use ed25519_dalek::pkcs8::DecodePrivateKey as _;
        if let Ok(key) = SigningKey::from_pkcs8_pem(pem) {
            return Ok(Self::Ed25519(Box::new(key)));
        }
        if let Ok(key) = p256::SecretKey::from_pkcs8_pem(pem) {
            return Ok(Self::P256(key.into()));
        }
        rsa::RsaPrivateKey::from_pkcs8_pem(pem).map(|k| Self::Rsa(Box::new(k))).map_err(|_| KeyFault::Pem)
    }

    /// PKCS#8 PEM.
    ///
    /// # Errors
    /// [`KeyFault::Pem`] when the key cannot be encoded.
    pub fn to_pem(&self) -> Result<String, KeyFault> {
        use ed25519_dalek::pkcs8::EncodePrivateKey as _;
        let pem = match self {
            Self::Ed25519(key) => {
                // Without the public half: with it, it is of a version that OpenSSL 3.0 does not read.
                let alone = ed25519_dalek::pkcs8::KeypairBytes { secret_key: key.to_bytes(), public_key: None };
                alone.to_pkcs8_pem(Default::default()).map_err(|_| KeyFault::Pem)?.to_string()
            }
            Self::P256(key) => {
                let secret = p256::SecretKey::from(key);
                secret.to_pkcs8_pem(Default::default()).map_err(|_| KeyFault::Pem)?.to_string()
            }
            Self::Rsa(key) => key.to_pkcs8_pem(Default::default()).map_err(|_| KeyFault::Pem)?.to_string(),
        };
        Ok(pem)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Ed25519(key) => PublicKey::Ed25519(key.verifying_key()),
            Self::P256(key) => PublicKey::P256(*key.verifying_key()),
            Self::Rsa(key) => PublicKey::Rsa(Box::new(key.to_public_key())),
        }
    }

    /// Signs a message with the key's algorithm.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Self::Rsa(key) => {
                let signer = pkcs1v15::SigningKey::<rsa::sha2::Sha256>::new((**key).clone());
                signer.sign(message).to_vec()
            }
        }
    }
}

/// Never prints the key.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.public().kid())
    }
}
