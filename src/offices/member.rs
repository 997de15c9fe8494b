//! One member of an office: who, which role, and how they get in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::enrolment::Invitation;
use super::password::PasswordHash;
use super::role::Role;
use super::totp::{Step, TotpSecret};
use crate::transcript::hex32;
use crate::transcript::text::Text;

/// How a member gets in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Access {
    /// Has an invitation, and chooses password and second factor with it.
    Invited(Invitation),
    /// Signs in.
    Enrolled {
        /// The password.
        password: PasswordHash,
        /// The second factor.
        totp: TotpSecret,
        /// The newest code that was accepted.
        last_step: Step,
    },
    /// Signs in at the provider of their office, which checks both factors.
    Linked {
        /// Keyed digest of who they are there: nobody reads from it whose account at the provider it is.
        #[serde(with = "hex32")]
        subject: [u8; 32],
    },
    /// Does not get in.
    Disabled,
}

impl Access {
    /// The name in lists.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Invited(_) => "invited",
            Self::Enrolled { .. } => "enrolled",
            Self::Linked { .. } => "linked",
            Self::Disabled => "disabled",
        }
    }

    /// Whether there is a way in: by password and code, or at the provider.
    pub const fn lets_in(&self) -> bool {
        matches!(self, Self::Enrolled { .. } | Self::Linked { .. })
    }
}

/// Says how, and nothing of it.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A member of an office.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Full name (họ và tên).
    pub(super) full_name: Text<150>,
    /// What they are.
    pub(super) role: Role,
    /// How they get in.
    pub(super) access: Access,
    /// Grows with every change of role or access: sessions of an earlier number are over.
    pub(super) term: u32,
}

impl Member {
    pub(super) fn invited(full_name: Text<150>, role: Role, invitation: Invitation) -> Self {
        Self { full_name, role, access: Access::Invited(invitation), term: 0 }
    }

    /// Full name (họ và tên).
    pub fn full_name(&self) -> &Text<150> {
        &self.full_name
    }

    /// What they are.
    pub fn role(&self) -> Role {
        self.role
    }

    /// How they get in.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Another way in, which ends every session.
    pub(super) fn set_access(&mut self, access: Access) {
        self.access = access;
        self.term = self.term.wrapping_add(1);
    }

    /// Another role, which ends every session.
    pub(super) fn set_role(&mut self, role: Role) {
        self.role = role;
        self.term = self.term.wrapping_add(1);
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Member({}, {:?})", self.role.name(), self.access)
    }
}
