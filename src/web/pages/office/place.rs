//! The places behind sign-in: address, name and who may go there. Whoever signs in first is led back to one of them, and
//! to nowhere else.

use crate::offices::Action;
use crate::web::text::Text;

/// A place behind sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The own office and its grant.
    Own,
    /// Looking for a learner.
    Search,
    /// Many transcripts at once.
    Batches,
    /// What was changed after the office had looked.
    Later,
    /// Its members.
    Members,
    /// Every office.
    Every,
    /// Who looked at what.
    Journal,
    /// The own password.
    Password,
}

impl Place {
    /// In the order of the links.
    pub const ALL: [Self; 8] = [
        Self::Search,
        Self::Batches,
        Self::Later,
        Self::Journal,
        Self::Own,
        Self::Members,
        Self::Every,
        Self::Password,
    ];

    /// The address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Own => "/co-quan",
            Self::Search => "/co-quan/tim",
            Self::Batches => "/co-quan/lo",
            Self::Later => "/co-quan/thay-doi",
            Self::Members => "/co-quan/thanh-vien",
            Self::Every => "/co-quan/don-vi",
            Self::Journal => "/co-quan/nhat-ky",
            Self::Password => "/co-quan/mat-khau",
        }
    }

    /// The address of the sign-in page that leads back here.
    pub const fn sign_in(self) -> &'static str {
        match self {
            Self::Own => "/co-quan/dang-nhap",
            Self::Search => "/co-quan/dang-nhap?tiep=tim",
            Self::Batches => "/co-quan/dang-nhap?tiep=lo",
            Self::Later => "/co-quan/dang-nhap?tiep=thay-doi",
            Self::Members => "/co-quan/dang-nhap?tiep=thanh-vien",
            Self::Every => "/co-quan/dang-nhap?tiep=don-vi",
            Self::Journal => "/co-quan/dang-nhap?tiep=nhat-ky",
            Self::Password => "/co-quan/dang-nhap?tiep=mat-khau",
        }
    }

    /// What stands for it in a form and in the address of the sign-in page: the end of its own.
    pub fn slug(self) -> &'static str {
        self.path().trim_start_matches("/co-quan").trim_start_matches('/')
    }

    /// The place of a slug; the own office for any other text.
    pub fn from_slug(slug: &str) -> Self {
        Self::ALL.into_iter().find(|place| place.slug() == slug).unwrap_or(Self::Own)
    }

    /// What one does there.
    pub const fn action(self) -> Action {
        match self {
            Self::Own => Action::SeeGrant,
            Self::Search => Action::Search,
            Self::Batches => Action::Batch,
            Self::Later => Action::Open,
            Self::Members => Action::ManageMembers,
            Self::Every | Self::Journal => Action::ReadEveryOffice,
            Self::Password => Action::ChangeOwnCredentials,
        }
    }

    /// Its name.
    pub fn name(self, text: &Text) -> &'static str {
        match self {
            Self::Own => text.office.own,
            Self::Search => text.office_search.title,
            Self::Batches => text.batches.title,
            Self::Later => text.later.title,
            Self::Members => text.office.members,
            Self::Every => text.office.every,
            Self::Journal => text.oversight.title,
            Self::Password => text.office.password,
        }
    }
}
