//! Members of offices who come back from their provider: linked with an invitation, and signed in.

use super::office_desk::{OfficeDesk, SignInRefusal, invited};
use crate::journal::MemberAction;
use crate::limits::{ClientPrefix, SignInTry};
use crate::offices::{NoSignIn, Office, SessionToken, Verified};
use crate::openid::{Answer, Identity, Journey, NoIdentity, Provider, Toward};
use crate::transcript::Moment;

impl OfficeDesk {
    /// Signs in whoever came back, after taking up the invitation they left with, if they did: counts, asks the provider,
    /// writes it down, and only then hands out a token. Blocks for the provider and some fsyncs: not for an event loop.
    ///
    /// # Errors
    /// [`SignInRefusal`].
    pub fn come_back(
        &self,
        provider: &Provider,
        (journey, answer): (&Journey, &Answer),
        client: ClientPrefix,
        before: Option<&SessionToken>,
        now: Moment,
    ) -> Result<SessionToken, SignInRefusal> {
        // Nobody has said yet whose account it is. What fails is counted for where they are, and once for this journey.
        let reserved = self.waits.reserve(&journey.state(), client, now).inspect_err(|_| self.count_refusal(now))?;
        let verified = provider
            .identify(journey, answer, now)
            .map_err(SignInRefusal::from)
            .and_then(|who| self.known(&who, journey.toward(), now));
        match verified {
            Ok(verified) => {
                reserved.right();
                Ok(self.open_session(verified, client, before, now)?)
            }
            Err(refusal) => {
                tracing::info!(%refusal, "a sign-in at the provider was refused");
                self.settle(reserved, &refusal, now);
                Err(refusal)
            }
        }
    }

    fn known(&self, who: &Identity, toward: &Toward, now: Moment) -> Result<Verified, SignInRefusal> {
        if let Toward::Link { account, invitation } = toward {
            let (account, code) = invited(account, invitation)?;
            let record = |office: &Office| self.record_own(office, &account, MemberAction::Linked, now);
            self.offices.link(&account, &code, who, now, record)?;
        }
        Ok(self.offices.verify_linked(who, now)?)
    }

    /// What is nobody's fault here costs no try.
    fn settle(&self, reserved: SignInTry<'_>, refusal: &SignInRefusal, now: Moment) {
        match refusal {
            SignInRefusal::NotIn(NoSignIn::NoGrant) => reserved.right(),
            SignInRefusal::NotIn(NoSignIn::NotRecorded | NoSignIn::Fault(_))
            | SignInRefusal::NotIdentified(NoIdentity::Cancelled | NoIdentity::Away(_)) => reserved.unused(),
            _ => self.count_refusal(now),
        }
    }
}
