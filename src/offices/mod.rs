//! IRREPLACEABLE: offices (admissions offices, schools that take a learner over, agencies), what each may see until
//! when, and the people who act for them.
//!
//! Not derivable from the ledger, never touched by `rebuild`, part of every backup. One file an office, sealed under a
//! key of its own, replaced whole; one process owns them all and has them in memory. What bounds it: so many offices,
//! so many members of one, so many bytes of one file.
//!
//! Proofs lead from one to the next, and none can be made elsewhere:
//!
//! ```text
//! account, password, TOTP code ─► Verified ─► a session's token ─► Session ─► ActingMember ─► Permit
//!                  Offices::verify    Sessions::open    Sessions::find   Offices::acting   may_open
//! Identity at the provider ─────► Verified
//!           Offices::verify_linked
//! ```
//!
//! A use case that takes an [`ActingMember`] need not ask again whether somebody signed in with both factors or whether
//! the office's grant is in force: there is no other way to have one. What is outside the grant does not exist: there is
//! no [`Permit`] for it, and nothing that says why.
//!
//! What goes on for an office after the request that began it, such as a batch, has an [`Errand`] instead, asked for again
//! and again: it only looks, within the grant as it is then.
//!
//! Whoever changes something hands in a closure that writes the journal's line first; when it says no, nothing changes.

mod acting;
mod change;
mod cookie;
mod enrolment;
mod errand;
mod linked;
mod member;
mod names;
mod office;
mod password;
mod role;
mod scope;
mod session;
mod shelf;
mod sign_in;
mod totp;

pub use acting::{ActingMember, Permit};
pub use change::{Applied, Change, ChangeRefusal, MemberChange};
pub use cookie::{FormToken, JourneyCookie, SessionCookie};
pub use enrolment::{EnrolRefusal, Enrolment, Invitation, InvitationCode};
pub use errand::Errand;
pub use member::{Access, Member};
pub use names::{Account, MemberName, OfficeId};
pub use office::{Kind, MAX_GRANT_DAYS, MAX_MEMBERS, Office, OfficeFault, Purpose};
pub use password::{Cost, Hasher, MIN_CHARACTERS, NewPassword, Password, PasswordFault, PasswordHash};
pub use role::{Action, Role};
pub use scope::{Provinces, Scope, ScopeFault, Years};
pub use session::{CsrfToken, Session, SessionToken, Sessions, Terms};
pub use shelf::{Bounds, Offices, OfficesFault};
pub use sign_in::{NoSignIn, Verified};
pub use totp::{Step, TotpSecret};
