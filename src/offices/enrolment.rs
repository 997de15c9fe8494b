//! How a member begins: an invitation code (mã kích hoạt), with which they choose a password and set up their
//! authenticator. Nobody else, the operator who invited them included, ever knows either.
//!
//! The code is stored only as a digest. The second factor is derived from that digest and the shelf's own key, so a
//! form that is loaded again shows the same QR code, and nothing is kept between the steps.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::member::Access;
use super::names::Account;
use super::office::Office;
use super::password::{NewPassword, PasswordFault};
use super::shelf::{Offices, OfficesFault};
use super::totp::TotpSecret;
use crate::seal::shelf::ChangeLock;
use crate::transcript::{Moment, text};

/// Random bytes of a code: 24 characters.
const CODE: usize = 15;
/// Longest text that is read as a code.
const MAX_TYPED: usize = 100;
/// How long an invitation counts.
const VALID_DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;

/// What an operator hands to a new member, once. Never printed by `Debug`, stored nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode([u8; CODE]);

impl InvitationCode {
    pub(super) fn generate() -> Option<Self> {
        let mut bytes = [0; CODE];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// What somebody typed: any case, with or without hyphens and spaces.
    pub fn from_typed(typed: &str) -> Option<Self> {
        if typed.len() > MAX_TYPED {
            return None;
        }
        let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let bytes = BASE32_NOPAD.decode(plain.to_ascii_uppercase().as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    fn digest(&self, account: &Account) -> [u8; 32] {
        let text = format!("hocba/offices/invitation {account} ");
        Sha256::new().chain_update(text.as_bytes()).chain_update(self.0).finalize().into()
    }
}

/// Six groups of four.
impl fmt::Display for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, c) in BASE32_NOPAD.encode(&self.0).chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationCode(…)")
    }
}

impl Serialize for InvitationCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InvitationCode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "an invitation code", Self::from_typed)
    }
}

/// An invitation as it is kept.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    digest: CodeDigest,
    until: Moment,
}

impl Invitation {
    pub(super) fn new(code: &InvitationCode, account: &Account, now: Moment) -> Self {
        let until = Moment::from_millis(now.as_millis().saturating_add(VALID_DAYS * DAY_MS)).unwrap_or(now);
        Self { digest: CodeDigest(code.digest(account)), until }
    }

    /// The last moment it counts.
    pub fn until(&self) -> Moment {
        self.until
    }

    fn is_opened_by(&self, code: &InvitationCode, account: &Account, now: Moment) -> bool {
        bool::from(self.digest.0.ct_eq(&code.digest(account))) && now <= self.until
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct CodeDigest([u8; 32]);

impl Serialize for CodeDigest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&HEXLOWER.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for CodeDigest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "32 bytes in hexadecimal", |text| {
            HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
        })
    }
}

/// Why somebody cannot enrol.
#[derive(Debug, thiserror::Error)]
pub enum EnrolRefusal {
    /// No such account, no invitation, another code, or too late: all the same.
    #[error("no invitation with this account and code")]
    NoInvitation,
    /// The authenticator shows another code: the QR code was not scanned, or a clock is wrong.
    #[error("the code of the authenticator is not right")]
    Totp,
    /// Another account is linked with who they are at the provider.
    #[error("another account is linked with this one of the provider")]
    AlreadyLinked,
    /// Too many others at this moment.
    #[error("too many passwords are being compared at the moment")]
    Busy,
    /// It could not be written down.
    #[error("the enrolment could not be recorded")]
    NotRecorded,
    /// The shelf does not work.
    #[error(transparent)]
    Fault(#[from] OfficesFault),
}

/// What a member who was invited sets up their authenticator with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The account.
    pub account: Account,
    /// The second factor: [`TotpSecret::uri`] goes into a QR code, [`TotpSecret::base32`] beside it.
    pub totp: TotpSecret,
}

impl Offices {
    /// The first step: shows what the authenticator needs. Changes nothing.
    ///
    /// # Errors
    /// [`EnrolRefusal::NoInvitation`].
    pub fn begin_enrolment(
        &self,
        account: &Account,
        code: &InvitationCode,
        now: Moment,
    ) -> Result<Enrolment, EnrolRefusal> {
        let (_, member) = self.member(account).ok_or(EnrolRefusal::NoInvitation)?;
        match member.access() {
            Access::Invited(invitation) if invitation.is_opened_by(code, account, now) => {
                let totp = TotpSecret::from_bytes(&self.secrets.digest("totp", &invitation.digest.0));
                Ok(Enrolment { account: account.clone(), totp })
            }
            _ => Err(EnrolRefusal::NoInvitation),
        }
    }

    /// The second step: the password they chose, and a code that shows that the authenticator has the secret. The
    /// invitation is used up; that code does not sign in any more.
    ///
    /// # Errors
    /// [`EnrolRefusal`]; then nothing has changed.
    pub fn complete_enrolment(
        &self,
        account: &Account,
        code: &InvitationCode,
        password: &NewPassword,
        totp_code: &str,
        now: Moment,
        record: impl FnOnce(&Office) -> bool,
    ) -> Result<(), EnrolRefusal> {
        let Enrolment { totp, .. } = self.begin_enrolment(account, code, now)?;
        let last_step = totp.accept(totp_code, now, None).ok_or(EnrolRefusal::Totp)?;
        let password = self.hasher.hash(password).map_err(|fault| match fault {
            PasswordFault::Busy => EnrolRefusal::Busy,
            _ => EnrolRefusal::Fault(OfficesFault::Randomness),
        })?;
        let changing = self.change();
        // Once more: somebody may have used or taken back the invitation while the password was being stored.
        self.begin_enrolment(account, code, now)?;
        self.take_up(changing, account, Access::Enrolled { password, totp, last_step }, record)
    }

    /// Puts the way in that somebody chose in the place of their invitation, which was shown to be right and is used up.
    pub(super) fn take_up(
        &self,
        changing: ChangeLock<'_, Office>,
        account: &Account,
        access: Access,
        record: impl FnOnce(&Office) -> bool,
    ) -> Result<(), EnrolRefusal> {
        let (office, _) = self.member(account).ok_or(EnrolRefusal::NoInvitation)?;
        let mut office = Office::clone(&office);
        let member = office.member_mut(&account.member).ok_or(EnrolRefusal::NoInvitation)?;
        member.set_access(access);
        office.count_change();
        if !record(&office) {
            return Err(EnrolRefusal::NotRecorded);
        }
        changing.put(office)?;
        Ok(())
    }
}
