//! What an operator switches while servers run: verdict-only mode, and a banner on every page.
//!
//! The state is one small file in the data directory. A command replaces it whole; every serving process
//! looks at it twice a second, so nothing is restarted and a restart forgets nothing. The bytes: [`checked`].
//!
//! No file means that nothing is switched on. A file that cannot be used may have said "verdict-only", so it
//! counts as that: too much closed for a while does less harm than a leak that somebody meant to stop.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};

use crate::fsync::{self, checked};
use crate::transcript::text::Text;

/// File name, in the data directory.
const NAME: &str = "switches";
/// File name while it is written.
const TEMPORARY: &str = "switches.tmp";
/// Far above two banners.
const MAX_LEN: u64 = 8192;
/// Most characters of a banner in one language.
pub const MAX_BANNER: usize = 300;

/// A notice that stands on every page: one line of plain text in each language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Banner {
    /// On Vietnamese pages.
    pub vi: Text<MAX_BANNER>,
    /// On English pages.
    pub en: Text<MAX_BANNER>,
}

/// How the switches stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    /// Verdicts are given, nothing is opened.
    pub verdict_only: bool,
    /// Shown on every page.
    pub banner: Option<Banner>,
}

impl Switches {
    /// What counts while the file cannot be used.
    pub fn unreadable() -> Self {
        Self { verdict_only: true, banner: None }
    }
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SwitchesFault {
    /// Not what was written.
    #[error("{0} is damaged")]
    Damaged(PathBuf),
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

/// The file of one data directory.
#[derive(Debug, Clone)]
pub struct SwitchesFile {
    path: PathBuf,
    temporary: PathBuf,
}

impl SwitchesFile {
    /// The file in a data directory; reads nothing yet.
    pub fn in_dir(dir: &Path) -> Self {
        Self { path: dir.join(NAME), temporary: dir.join(TEMPORARY) }
    }

    /// How the switches stand; all off when there is no file.
    ///
    /// # Errors
    /// [`SwitchesFault`]; [`Switches::unreadable`] counts then.
    pub fn read(&self) -> Result<Switches, SwitchesFault> {
        let Some(bytes) = checked::read(&self.path, MAX_LEN).map_err(|source| self.io(source))? else {
            return Ok(Switches::default());
        };
        let switches = checked::open(&bytes).and_then(|line| serde_json::from_slice(line).ok());
        switches.ok_or_else(|| SwitchesFault::Damaged(self.path.clone()))
    }

    /// Sets the switches; durable when it returns.
    ///
    /// # Errors
    /// [`SwitchesFault::Io`]; the file then says the old thing or the new one.
    pub fn write(&self, switches: &Switches) -> Result<(), SwitchesFault> {
        let bytes = serde_json::to_vec(switches).map(checked::seal).map_err(|e| self.io(e.into()))?;
        fsync::replace(&self.path, &self.temporary, &bytes).map_err(|source| self.io(source))
    }

    fn io(&self, source: io::Error) -> SwitchesFault {
        SwitchesFault::Io { path: self.path.clone(), source }
    }
}

/// The switches as a serving process obeys them.
#[derive(Debug, Clone)]
pub struct Watched {
    file: SwitchesFile,
    current: Arc<ArcSwap<Switches>>,
    /// The fault that was logged last, so that it is logged once.
    said: Option<String>,
}

impl Watched {
    /// Looks at a file for the first time.
    pub fn new(file: SwitchesFile) -> Self {
        let mut watched = Self { file, current: Arc::default(), said: None };
        watched.look();
        watched
    }

    /// What handlers read.
    pub fn current(&self) -> Arc<ArcSwap<Switches>> {
        Arc::clone(&self.current)
    }

    /// Looks again; says in the log what is different.
    pub fn look(&mut self) {
        let switches = match self.file.read() {
            Ok(switches) => {
                self.said = None;
                switches
            }
            Err(fault) => {
                self.say(&fault);
                Switches::unreadable()
            }
        };
        if **self.current.load() != switches {
            let (verdict_only, banner) = (switches.verdict_only, switches.banner.is_some());
            tracing::warn!(verdict_only, banner, "switched");
            self.current.store(Arc::new(switches));
        }
    }

    fn say(&mut self, fault: &SwitchesFault) {
        let text = fault.to_string();
        if self.said.as_ref() != Some(&text) {
            tracing::error!(%fault, "switches cannot be read: verdicts only, until `hocba switch` sets them again");
            self.said = Some(text);
        }
    }
}
