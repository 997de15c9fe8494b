//! Members who sign in at the provider of their office: linked once, with their invitation, in the place of a password
//! and an authenticator; known again by a keyed digest of issuer and subject, and by nothing else. An e-mail address is
//! not looked at: whoever has it today may not be who had it when they were invited.
//!
//! Who that is, is looked for in every office: a sign-in is rare beside everything else, a million members are looked
//! through in some milliseconds, and an index would be a second truth to keep.

use super::enrolment::{EnrolRefusal, InvitationCode};
use super::member::Access;
use super::names::Account;
use super::office::Office;
use super::shelf::Offices;
use super::sign_in::{NoSignIn, Verified};
use crate::openid::Identity;
use crate::transcript::Moment;

impl Offices {
    /// Takes an invitation up by linking the account with who somebody is at the provider. The invitation is used up.
    ///
    /// # Errors
    /// [`EnrolRefusal`]; then nothing has changed.
    pub fn link(
        &self,
        account: &Account,
        code: &InvitationCode,
        who: &Identity,
        now: Moment,
        record: impl FnOnce(&Office) -> bool,
    ) -> Result<(), EnrolRefusal> {
        let subject = self.subject(who);
        // Held while they are looked for, so that two accounts cannot be linked with one subject at once.
        let changing = self.change();
        self.begin_enrolment(account, code, now)?;
        if self.linked_with(&subject).is_some() {
            return Err(EnrolRefusal::AlreadyLinked);
        }
        self.take_up(changing, account, Access::Linked { subject }, record)
    }

    /// Whose account is linked with who somebody is at the provider.
    ///
    /// # Errors
    /// [`NoSignIn::NotLinked`], also for one that was disabled or reset since; [`NoSignIn::NoGrant`].
    pub fn verify_linked(&self, who: &Identity, now: Moment) -> Result<Verified, NoSignIn> {
        let subject = self.subject(who);
        let account = self.linked_with(&subject).ok_or(NoSignIn::NotLinked)?;
        let (office, member) = self.member(&account).ok_or(NoSignIn::NotLinked)?;
        // Asked again: it may have changed since.
        if !is_linked(member.access(), &subject) {
            return Err(NoSignIn::NotLinked);
        }
        match office.is_in_force(now) {
            true => Ok(Verified { account, office_term: office.term(), member_term: member.term }),
            false => Err(NoSignIn::NoGrant),
        }
    }

    fn subject(&self, who: &Identity) -> [u8; 32] {
        self.secrets.digest("openid", &who.to_bytes())
    }

    fn linked_with(&self, subject: &[u8; 32]) -> Option<Account> {
        self.all().iter().find_map(|office| {
            let (member, _) = office.members().iter().find(|(_, member)| is_linked(member.access(), subject))?;
            Some(Account { office: office.id().clone(), member: member.clone() })
        })
    }
}

fn is_linked(access: &Access, who: &[u8; 32]) -> bool {
    matches!(access, Access::Linked { subject } if subject == who)
}
