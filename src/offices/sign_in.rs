//! Signing in with both factors (đăng nhập), and changing one's own password.
//!
//! Whoever may not gets one answer, after the same work: an account that is not there, one that is disabled, a wrong
//! password and a wrong code cannot be told apart, neither by the answer nor by the time it takes.

use super::acting::ActingMember;
use super::member::{Access, Member};
use super::names::Account;
use super::office::Office;
use super::password::{NewPassword, Password, PasswordFault, PasswordHash};
use super::shelf::{Offices, OfficesFault};
use super::totp::{Step, TotpSecret};
use crate::transcript::Moment;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum NoSignIn {
    /// Account, password or code: which of them is not said.
    #[error("account, password or code is not right")]
    Wrong,
    /// Nobody is linked with who they are at the provider.
    #[error("no account is linked with this one of the provider")]
    NotLinked,
    /// All of them are right, but the office may look at nothing now. Only its own members are told.
    #[error("the grant of this office is not in force")]
    NoGrant,
    /// Too many others at this moment; nothing was compared.
    #[error("too many passwords are being compared at the moment")]
    Busy,
    /// It could not be written down.
    #[error("it could not be recorded")]
    NotRecorded,
    /// The shelf does not work.
    #[error(transparent)]
    Fault(#[from] OfficesFault),
}

impl From<PasswordFault> for NoSignIn {
    fn from(fault: PasswordFault) -> Self {
        match fault {
            PasswordFault::Busy => Self::Busy,
            _ => Self::Fault(OfficesFault::Randomness),
        }
    }
}

/// Proof that somebody gave an account's password and a fresh code just now, or that the provider they are linked with
/// said so. Opens one session.
#[derive(Debug)]
#[must_use = "a member who is verified and gets no session has used a code for nothing"]
pub struct Verified {
    pub(super) account: Account,
    pub(super) office_term: u32,
    pub(super) member_term: u32,
}

impl Verified {
    /// Whose.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

/// What an account that is enrolled is compared with.
struct Factors {
    password: PasswordHash,
    totp: TotpSecret,
    last_step: Step,
    term: u32,
}

fn factors(member: &Member) -> Option<Factors> {
    match member.access() {
        Access::Enrolled { password, totp, last_step } => {
            Some(Factors { password: password.clone(), totp: totp.clone(), last_step: *last_step, term: member.term })
        }
        Access::Invited(_) | Access::Linked { .. } | Access::Disabled => None,
    }
}

impl Offices {
    /// Compares both factors. The code's step is durably used up before anybody is told that it was right.
    ///
    /// # Errors
    /// [`NoSignIn`].
    pub fn verify(&self, typed: &str, password: &Password, code: &str, now: Moment) -> Result<Verified, NoSignIn> {
        let account = Account::from_typed(typed);
        let known = account.as_ref().and_then(|account| factors(&self.member(account)?.1));
        let right_password = self.hasher.is_right(password, known.as_ref().map(|known| &known.password))?;
        let nobody = TotpSecret::from_bytes(&self.secrets.digest("nobody", &[]));
        let (secret, last) = known.as_ref().map_or((&nobody, None), |known| (&known.totp, Some(known.last_step)));
        let step = secret.accept(code, now, last);
        match (account, known, step) {
            (Some(account), Some(known), Some(step)) if right_password => {
                let password = self.at_todays_cost(known.password, password);
                self.use_up(account, known.term, password, step, now)
            }
            _ => Err(NoSignIn::Wrong),
        }
    }

    /// A stored password of another cost is stored anew, when there is time for it. It was good enough when it was chosen.
    fn at_todays_cost(&self, stored: PasswordHash, password: &Password) -> PasswordHash {
        match self.hasher.is_current(&stored) {
            true => stored,
            false => self.hasher.hash_again(password).unwrap_or(stored),
        }
    }

    fn use_up(
        &self,
        account: Account,
        term: u32,
        hash: PasswordHash,
        step: Step,
        now: Moment,
    ) -> Result<Verified, NoSignIn> {
        let changing = self.change();
        let (office, _) = self.member(&account).ok_or(NoSignIn::Wrong)?;
        let mut office = Office::clone(&office);
        let (in_force, office_term) = (office.is_in_force(now), office.term());
        let member = office.member_mut(&account.member).ok_or(NoSignIn::Wrong)?;
        let is_the_same = member.term == term;
        // Asked again: another may have signed in with this very code, or changed the account, meanwhile.
        match &mut member.access {
            Access::Enrolled { password, last_step, .. } if is_the_same && *last_step < step => {
                *last_step = step;
                *password = hash;
            }
            _ => return Err(NoSignIn::Wrong),
        }
        if !in_force {
            return Err(NoSignIn::NoGrant);
        }
        changing.put(office)?;
        Ok(Verified { account, office_term, member_term: term })
    }

    /// Another password for oneself, for whoever knows the present one. Ends every session of the account.
    ///
    /// # Errors
    /// [`NoSignIn`]; then nothing has changed.
    pub fn change_password(
        &self,
        who: &ActingMember,
        present: &Password,
        new: &NewPassword,
        record: impl FnOnce(&Office) -> bool,
    ) -> Result<(), NoSignIn> {
        let account = who.account();
        let known = self.member(account).and_then(|(_, member)| factors(&member));
        if !self.hasher.is_right(present, known.as_ref().map(|known| &known.password))? {
            return Err(NoSignIn::Wrong);
        }
        let hash = self.hasher.hash(new)?;
        let changing = self.change();
        let (office, member) = self.member(account).ok_or(NoSignIn::Wrong)?;
        // Not if it was changed or reset while the new one was being stored.
        let Factors { totp, last_step, term, .. } = factors(&member).ok_or(NoSignIn::Wrong)?;
        if known.is_none_or(|known| known.term != term) {
            return Err(NoSignIn::Wrong);
        }
        let mut office = Office::clone(&office);
        let member = office.member_mut(&account.member).ok_or(NoSignIn::Wrong)?;
        member.set_access(Access::Enrolled { password: hash, totp, last_step });
        office.count_change();
        if !record(&office) {
            return Err(NoSignIn::NotRecorded);
        }
        changing.put(office)?;
        Ok(())
    }
}
