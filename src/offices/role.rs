//! Who may do what: one table of roles and actions, and nothing that asks for a role anywhere else.

use serde::{Deserialize, Serialize};

/// What a member is (vai trò).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks transcripts up and reads them (cán bộ nghiệp vụ).
    Clerk,
    /// The same, and keeps the accounts of the office (quản trị đơn vị).
    OfficeAdministrator,
    /// Reads who looked at what, of every office, and no transcript (cán bộ giám sát của Bộ).
    MinistryAuditor,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Find transcripts within the grant.
    Search,
    /// Open groups of a transcript within the grant.
    Open,
    /// Check many codes at once within the grant.
    Batch,
    /// See what the own office may see, and until when.
    SeeGrant,
    /// See the accounts of the own office.
    SeeMembers,
    /// Add, disable and reset accounts of the own office.
    ManageMembers,
    /// Read the journal's lines about the own office.
    ReadOfficeJournal,
    /// Read grants, accounts and the journal's lines of every office.
    ReadEveryOffice,
    /// Change the own password and second factor.
    ChangeOwnCredentials,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Clerk, Self::OfficeAdministrator, Self::MinistryAuditor];

    /// The name on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::OfficeAdministrator => "office_administrator",
            Self::MinistryAuditor => "ministry_auditor",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The table. Columns: clerk, office administrator, ministry auditor.
    pub const fn may(self, action: Action) -> bool {
        let [clerk, administrator, auditor] = match action {
            Action::Search => [true, true, false],
            Action::Open => [true, true, false],
            Action::Batch => [true, true, false],
            Action::SeeGrant => [true, true, true],
            Action::SeeMembers => [false, true, true],
            Action::ManageMembers => [false, true, false],
            Action::ReadOfficeJournal => [false, true, true],
            Action::ReadEveryOffice => [false, false, true],
            Action::ChangeOwnCredentials => [true, true, true],
        };
        match self {
            Self::Clerk => clerk,
            Self::OfficeAdministrator => administrator,
            Self::MinistryAuditor => auditor,
        }
    }

    /// Whether an office administrator may give this role to somebody, or touch an account that has it. Auditors are
    /// appointed at the machine, by the portal's operator.
    pub const fn is_of_the_office(self) -> bool {
        match self {
            Self::Clerk | Self::OfficeAdministrator => true,
            Self::MinistryAuditor => false,
        }
    }
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 9] = [
        Self::Search,
        Self::Open,
        Self::Batch,
        Self::SeeGrant,
        Self::SeeMembers,
        Self::ManageMembers,
        Self::ReadOfficeJournal,
        Self::ReadEveryOffice,
        Self::ChangeOwnCredentials,
    ];
}
