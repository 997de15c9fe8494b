//! Passwords (mật khẩu): argon2id, stored as PHC strings, compared by a number of threads that is bounded.
//!
//! A comparison costs 19 MiB of memory and some 20 ms on purpose, so strangers who try passwords could ask for more of
//! both than there is: only so many run at a time, and whoever comes then is told to come again.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::names::Account;
use crate::transcript::text;

/// Fewest characters of a new password.
pub const MIN_CHARACTERS: usize = 12;
/// Most characters of a password.
const MAX_CHARACTERS: usize = 128;
/// Most bytes of what is typed: a character has at most four, and takes three before it is composed.
const MAX_TYPED: usize = MAX_CHARACTERS * 12;
/// Fewest different characters of a new password.
const MIN_DIFFERENT: usize = 5;
const SALT: usize = 16;

/// Why a password is not taken, or cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Too short.
    #[error("a password has at least {MIN_CHARACTERS} characters")]
    Short,
    /// Too long.
    #[error("a password has at most {MAX_CHARACTERS} characters")]
    Long,
    /// A control character, or one that is not seen.
    #[error("a password holds no control or invisible characters")]
    Control,
    /// A few characters again and again, or the name of the account.
    #[error("this password is too easy to guess")]
    Weak,
    /// As many are being compared as may be.
    #[error("too many passwords are being compared at the moment")]
    Busy,
    /// A cost that argon2 does not allow.
    #[error("argon2 does not allow this cost")]
    Cost,
    /// The system gave no randomness, or no memory.
    #[error("no randomness or no memory")]
    System,
}

/// A password as typed, in NFC: the same keys on another keyboard are the same password. Never printed, wiped when it
/// is dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// What somebody typed to sign in. What no password can be becomes one that matches nothing: it costs as much to
    /// compare as any.
    pub fn from_typed(typed: &str) -> Self {
        let composed = if typed.len() <= MAX_TYPED { compose(typed) } else { Zeroizing::default() };
        Self(composed)
    }

    /// What somebody chose for an account.
    ///
    /// # Errors
    /// [`PasswordFault`] says what is wrong with it.
    pub fn chosen(typed: &str, account: &Account) -> Result<NewPassword, PasswordFault> {
        if typed.len() > MAX_TYPED {
            return Err(PasswordFault::Long);
        }
        let password = Self(compose(typed));
        let count = password.0.chars().count();
        if count < MIN_CHARACTERS {
            return Err(PasswordFault::Short);
        }
        if count > MAX_CHARACTERS {
            return Err(PasswordFault::Long);
        }
        if password.0.contains('\n') || text::check(&password.0).is_err() {
            return Err(PasswordFault::Control);
        }
        match password.is_easy(account) {
            true => Err(PasswordFault::Weak),
            false => Ok(NewPassword(password)),
        }
    }

    fn is_easy(&self, account: &Account) -> bool {
        let different: BTreeSet<char> = self.0.chars().collect();
        let lower = Zeroizing::new(self.0.to_lowercase());
        let names_it = lower.contains(account.member.as_str()) || lower.contains(account.office.as_str());
        // A name within a long password is no harm; one that is most of it is.
        let rest = self.0.chars().count().saturating_sub(account.to_string().len());
        different.len() < MIN_DIFFERENT || (names_it && rest < MIN_CHARACTERS)
    }
}

/// Large enough from the beginning, so that no copy is left behind where it grew.
fn compose(typed: &str) -> Zeroizing<String> {
    let mut composed = Zeroizing::new(String::with_capacity(typed.len() * 3));
    composed.extend(typed.nfc());
    composed
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password that was found good enough: what can be stored.
#[derive(Debug, Clone)]
pub struct NewPassword(Password);

/// A stored password: a PHC string of argon2id. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Reads one; nothing but argon2id.
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = phc::PasswordHash::new(text).ok()?;
        let whole = parsed.salt.is_some() && parsed.hash.is_some() && Params::try_from(&parsed).is_ok();
        (parsed.algorithm.as_str() == "argon2id" && whole).then(|| Self(text.to_owned()))
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Serialize for PasswordHash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PasswordHash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "a PHC string of argon2id", Self::parse)
    }
}

/// What comparing a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// KiB of memory.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Comparisons at a time.
    pub at_once: usize,
}

/// 19 MiB and two passes on one lane: the least that OWASP advises for argon2id (Password Storage Cheat Sheet), and what
/// a machine of two cores can afford. Four at a time.
impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST, at_once: 4 }
    }
}

/// Makes and compares stored passwords.
pub struct Hasher {
    argon2: Argon2<'static>,
    at_once: usize,
    running: AtomicUsize,
    /// Compared with where there is no account: the answer then takes as long as any.
    nobody: PasswordHash,
}

impl Hasher {
    /// With this cost; makes one hash, of nobody's password.
    ///
    /// # Errors
    /// [`PasswordFault::Cost`], [`PasswordFault::System`].
    pub fn new(cost: Cost) -> Result<Self, PasswordFault> {
        let params = Params::new(cost.memory_kib, cost.passes, Params::DEFAULT_P_COST, None);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(|_| PasswordFault::Cost)?);
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|_| PasswordFault::System)?;
        let nobody = hash(&argon2, &random)?;
        Ok(Self { argon2, at_once: cost.at_once.max(1), running: AtomicUsize::new(0), nobody })
    }

    /// Stores a new password.
    ///
    /// # Errors
    /// [`PasswordFault::Busy`], [`PasswordFault::System`].
    pub fn hash(&self, NewPassword(password): &NewPassword) -> Result<PasswordHash, PasswordFault> {
        self.take_place(|| hash(&self.argon2, password.0.as_bytes()))
    }

    /// Stores a password that was just found right at another cost.
    pub(super) fn hash_again(&self, password: &Password) -> Result<PasswordHash, PasswordFault> {
        self.take_place(|| hash(&self.argon2, password.0.as_bytes()))
    }

    /// Whether a password is the one that was stored; with none stored it is not, and that takes as long.
    ///
    /// # Errors
    /// [`PasswordFault::Busy`]; then nothing was compared.
    pub fn is_right(&self, password: &Password, stored: Option<&PasswordHash>) -> Result<bool, PasswordFault> {
        self.take_place(|| {
            let hash = phc::PasswordHash::new(stored.unwrap_or(&self.nobody).as_str());
            let same = hash.is_ok_and(|hash| self.argon2.verify_password(password.0.as_bytes(), &hash).is_ok());
            Ok(same && stored.is_some())
        })
    }

    /// Whether a stored password costs what it would cost today.
    pub fn is_current(&self, stored: &PasswordHash) -> bool {
        let params = phc::PasswordHash::new(stored.as_str()).ok().and_then(|hash| Params::try_from(&hash).ok());
        let now = self.argon2.params();
        params.is_some_and(|then| then.m_cost() == now.m_cost() && then.t_cost() == now.t_cost())
    }

    fn take_place<T>(&self, work: impl FnOnce() -> Result<T, PasswordFault>) -> Result<T, PasswordFault> {
        let place = Place(&self.running);
        if self.running.fetch_add(1, Ordering::AcqRel) >= self.at_once {
            return Err(PasswordFault::Busy);
        }
        let done = work();
        drop(place);
        done
    }
}

/// Given back whatever happens, a panic included.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<PasswordHash, PasswordFault> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(|_| PasswordFault::System)?;
    let hashed: phc::PasswordHash =
        argon2.hash_password_with_salt(password, &salt).map_err(|_| PasswordFault::System)?;
    PasswordHash::parse(&hashed.to_string()).ok_or(PasswordFault::System)
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hasher({:?})", self.argon2.params())
    }
}
