//! Where apps are kept: `<short name>.app`, one sealed file each, on a [`Shelf`]; and how they are changed.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::app::{App, AppFault, Kind};
use super::names::{AppId, KeyId};
use crate::seal::Seal;
use crate::seal::shelf::{Kept, Shelf, ShelfFault};
use crate::signing::jwk::Jwk;
use crate::signing::keyed::KeyedHash;
use crate::transcript::Moment;
use crate::transcript::text::Text;

/// Most apps: partners of a country are hundreds.
pub const MAX_APPS: usize = 1_000;

impl Kept for App {
    type Name = AppId;
    const ENDING: &'static str = "app";
    /// The fullest app has a third of it.
    const MAX_FILE: u64 = 128 * 1024;

    fn name(&self) -> &AppId {
        self.id()
    }

    fn parse_name(text: &str) -> Option<AppId> {
        AppId::parse(text)
    }
}

/// A change of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A new app.
    Register {
        /// Its short name.
        app: AppId,
        /// Its name.
        name: Text<150>,
        /// What it is.
        kind: Kind,
        /// What it signs with; more may be added.
        keys: Vec<(KeyId, Jwk)>,
        /// The last moment it counts.
        until: Moment,
    },
    /// Other terms, also after it was ended.
    Permit {
        /// Which.
        app: AppId,
        /// What it may do from now on; of the same kind.
        kind: Kind,
        /// The last moment it counts.
        until: Moment,
    },
    /// The same until another moment.
    Renew {
        /// Which.
        app: AppId,
        /// The last moment it counts.
        until: Moment,
    },
    /// Another key beside those it has.
    AddKey {
        /// Which.
        app: AppId,
        /// The key's name.
        kid: KeyId,
        /// The key.
        jwk: Jwk,
    },
    /// One key less.
    RemoveKey {
        /// Which.
        app: AppId,
        /// The key's name.
        kid: KeyId,
    },
    /// It asks for nothing any more.
    End {
        /// Which.
        app: AppId,
    },
}

impl Change {
    /// Which app it is about.
    pub fn app(&self) -> &AppId {
        match self {
            Self::Register { app, .. }
            | Self::Permit { app, .. }
            | Self::Renew { app, .. }
            | Self::AddKey { app, .. }
            | Self::RemoveKey { app, .. }
            | Self::End { app } => app,
        }
    }
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRefusal {
    /// No app has this name.
    #[error("there is no app {0}")]
    Unknown(AppId),
    /// There is one already.
    #[error("there is an app {0} already")]
    Exists(AppId),
    /// It has no such key.
    #[error("the app {0} has no key {1}")]
    NoKey(AppId, KeyId),
    /// A partner may present consents of identity apps alone, and those are registered first.
    #[error("{0} is no identity app")]
    NoIssuer(AppId),
    /// As many as may be.
    #[error("there are as many apps as there may be")]
    Full,
    /// It was ended.
    #[error("the app {0} was ended")]
    Ended(AppId),
    /// What it would become is no app.
    #[error(transparent)]
    App(#[from] AppFault),
    /// It could not be written down.
    #[error("the change could not be recorded")]
    NotRecorded,
    /// The shelf does not work.
    #[error(transparent)]
    Fault(#[from] ShelfFault),
}

/// All apps, owned by this process.
#[derive(Debug)]
pub struct Apps {
    shelf: Shelf<App>,
}

impl Apps {
    /// Opens or begins the apps in `dir`, sealed with `key`.
    ///
    /// # Errors
    /// [`ShelfFault`].
    pub fn open(dir: &Path, key: &[u8; 32]) -> Result<Self, ShelfFault> {
        let seal = Seal::new(&KeyedHash::new(key).digest("hocba/apps/v1/seal", &[]));
        Ok(Self { shelf: Shelf::open(dir, seal)? })
    }

    /// Every app, in order of short names.
    pub fn all(&self) -> Vec<Arc<App>> {
        self.shelf.all()
    }

    /// The app with this short name.
    pub fn get(&self, id: &AppId) -> Option<Arc<App>> {
        self.shelf.get(id)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.shelf.count()
    }

    /// Makes a change. `record` is called with the app as it will be before anything is kept; when it says no, nothing
    /// is.
    ///
    /// # Errors
    /// [`ChangeRefusal`].
    pub fn apply(
        &self,
        change: &Change,
        now: Moment,
        record: impl FnOnce(&App) -> bool,
    ) -> Result<Arc<App>, ChangeRefusal> {
        let changing = self.shelf.change();
        if let Change::Register { kind, .. } | Change::Permit { kind, .. } = change {
            self.check_issuers(kind)?;
        }
        let mut app = match change {
            Change::Register { app, name, kind, keys, until } => {
                self.check_new(app)?;
                App::new(app.clone(), name.clone(), kind.clone(), keys, *until, now)?
            }
            other => {
                let known = self.get(other.app()).ok_or_else(|| ChangeRefusal::Unknown(other.app().clone()))?;
                App::clone(&known)
            }
        };
        alter(&mut app, change, now)?;
        app.count_change();
        match record(&app) {
            true => Ok(changing.put(app)?),
            false => Err(ChangeRefusal::NotRecorded),
        }
    }

    fn check_new(&self, id: &AppId) -> Result<(), ChangeRefusal> {
        if self.get(id).is_some() {
            return Err(ChangeRefusal::Exists(id.clone()));
        }
        if self.count() >= MAX_APPS { Err(ChangeRefusal::Full) } else { Ok(()) }
    }

    fn check_issuers(&self, kind: &Kind) -> Result<(), ChangeRefusal> {
        let Kind::Partner(terms) = kind else { return Ok(()) };
        let is_identity = |id: &&AppId| self.get(id).is_some_and(|app| *app.kind() == Kind::Identity);
        match terms.issuers.iter().find(|id| !is_identity(id)) {
            None => Ok(()),
            Some(other) => Err(ChangeRefusal::NoIssuer(other.clone())),
        }
    }
}

fn alter(app: &mut App, change: &Change, now: Moment) -> Result<(), ChangeRefusal> {
    // An app that was ended comes back by new terms and in no other way; a stolen key may go before that.
    if app.ended().is_some() && !matches!(change, Change::Permit { .. } | Change::RemoveKey { .. }) {
        return Err(ChangeRefusal::Ended(app.id().clone()));
    }
    match change {
        Change::Register { .. } => {}
        Change::Permit { kind, until, .. } => app.permit(kind.clone(), *until, now)?,
        Change::Renew { until, .. } => app.renew(*until, now)?,
        Change::AddKey { kid, jwk, .. } => app.add_key(kid, jwk)?,
        Change::RemoveKey { kid, .. } if !app.remove_key(kid) => {
            return Err(ChangeRefusal::NoKey(app.id().clone(), kid.clone()));
        }
        Change::RemoveKey { .. } => {}
        Change::End { .. } => app.end(now),
    }
    Ok(())
}
