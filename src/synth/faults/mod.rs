//! Packages broken in every way intake must refuse, and sheets that it takes and warns about.
//!
//! They stand under `faults/`, and `faults.json` says what is refused or warned about in each and by which
//! rule. They
//! are handed in after the good packages, in the order of `faults.json`: those refused whole leave the
//! province's sequence where it was, and those with bad lines among good ones move it on.

mod lines;
mod packages;
mod spoil;
mod warnings;

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::SynthFault;
use super::deliver::{Chain, Makers, draft, make_dir, write_file};
use super::dice::Dice;
use super::learner::{Learner, Outcome, Stay};
use super::sheets::{self, Draft, Revision, SchoolDesk};
use super::world::{Era, SchoolId, World};
use crate::package::manifest::{ManifestDraft, Window};
use crate::signing::jws::Jws;
use crate::transcript::level::Level;
use crate::transcript::time::SchoolYear;

/// What intake must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// Refuse the package whole.
    Package,
    /// Refuse one line; the others are taken.
    Line,
    /// Take the line, and warn that it contradicts itself.
    Warning,
}

/// A broken package and what intake must say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenPackage {
    /// Path below the nation's directory; a package with several bad lines stands several times.
    pub file: PathBuf,
    /// What intake must do.
    pub expect: Expect,
    /// Which line, for [`Expect::Line`] and [`Expect::Warning`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The rule it breaks, or the rule of the warning.
    pub rule: &'static str,
}

/// Writes the broken packages of a nation and `faults.json`.
pub(super) fn write(dir: &Path, makers: &Makers<'_>, chains: &[Chain]) -> Result<Vec<BrokenPackage>, SynthFault> {
    make_dir(&dir.join("faults"))?;
    let mut bench =
        Bench { dir, world: makers.world, makers, chains: chains.to_vec(), broken: Vec::new(), files: 0, extras: 0 };
    packages::write(&mut bench)?;
    lines::write(&mut bench)?;
    warnings::write(&mut bench)?;
    write_file(&dir.join("faults.json"), &serde_json::to_vec_pretty(&bench.broken)?, false)?;
    Ok(bench.broken)
}

/// Where packages are broken.
struct Bench<'a> {
    dir: &'a Path,
    world: &'a World,
    makers: &'a Makers<'a>,
    chains: Vec<Chain>,
    broken: Vec<BrokenPackage>,
    files: usize,
    extras: u64,
}

/// A learner of no good package, with one year at one school.
struct Extra {
    learner: Learner,
    stay: Stay,
    desk: SchoolDesk,
}

impl Bench<'_> {
    /// Path below the nation's directory of the next file.
    fn next_file(&mut self, name: &str) -> PathBuf {
        self.files += 1;
        PathBuf::from(format!("faults/{:02}-{name}.hbp", self.files))
    }

    /// Writes a package that is refused whole.
    fn refuse_whole(&mut self, name: &str, bytes: &[u8], rule: &'static str) -> Result<(), SynthFault> {
        let file = self.next_file(name);
        write_file(&self.dir.join(&file), bytes, false)?;
        self.broken.push(BrokenPackage { file, expect: Expect::Package, line: None, rule });
        Ok(())
    }

    fn last_year(&self) -> usize {
        self.world.years.len() - 1
    }

    fn year(&self, year: usize) -> Result<SchoolYear, SynthFault> {
        self.world.years.get(year).copied().ok_or(SynthFault::Time)
    }

    /// What the next manifest of a province says about itself.
    fn next_draft(&self, current: usize, year: SchoolYear) -> Result<ManifestDraft, SynthFault> {
        draft(self.world, current, self.chains[current], Window::Late, year, 1000 + self.files)
    }

    fn dice(&mut self, purpose: &str) -> Dice {
        self.extras += 1;
        Dice::new(self.world.seed, purpose, self.extras, 0)
    }

    /// Another learner, with a year at the first school of a level.
    fn extra(&mut self, current: usize, level: Level, grade: u8, year: usize) -> Result<Extra, SynthFault> {
        self.extras += 1;
        // Far beyond the numbers of the nation.
        let number = self.world.learners + 1_000_000_000 + self.extras;
        let old = self.world.current[current].old.start;
        let school = SchoolId { old, level, index: 0 };
        let learner = Learner::plain(self.world, &self.makers.cast, number, old, i32::from(grade), year);
        let desk = SchoolDesk::new(self.world, school, Era::of(self.year(year)?))?;
        Ok(Extra { learner, stay: Stay { year, school, grade, outcome: Outcome::Normal }, desk })
    }

    /// A lower secondary pupil in the last year.
    fn pupil(&mut self, current: usize) -> Result<Extra, SynthFault> {
        self.extra(current, Level::LowerSecondary, 7, self.last_year())
    }

    /// The sheet of an extra, with salts of its own.
    fn draft(&mut self, extra: &Extra) -> Result<Draft, SynthFault> {
        let (stays, min) = ([extra.stay], self.makers.min_bytes);
        let mut draft =
            sheets::draft(self.world, &extra.learner, &stays, &extra.stay, &extra.desk, Revision::First, min)?;
        let mut dice = self.dice("fault salts");
        for disclosure in &mut draft.disclosures {
            *disclosure = spoil::with_salt(disclosure, &dice.bytes())?;
        }
        Ok(draft)
    }

    /// A sheet that intake takes.
    fn good(&mut self, current: usize) -> Result<Jws, SynthFault> {
        let extra = self.pupil(current)?;
        self.draft(&extra)?.sign(&extra.desk)
    }
}
