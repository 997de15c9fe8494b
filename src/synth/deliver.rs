//! Packages in the order in which intake takes them without a fault.
//!
//! First the ministry's keys and permissions; then year by year a package of each of today's
//! provinces, the first of which grants the schools' keys; then each province's late package of the
//! last year with what was decided about older sheets; last the ministry's own decisions. A learner
//! who changes province is transferred in the old province's package of the year before, which stands
//! earlier in the order than the new province's next one.
//!
//! Provinces are made side by side, each as a stream: no package is ever whole in memory.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::grants::{self, Period};
use super::learner::{Cast, Fate, Learner, Stay};
use super::sheets::{self, Revision, SchoolDesk};
use super::statuses::{self, Decider};
use super::world::{Era, SchoolId, World};
use super::{Nation, SynthFault, SynthOptions, faults};
use crate::package::PackageWriter;
use crate::package::manifest::{Digest256, ManifestDraft, SignedManifest, Window};
use crate::signing::PrivateKey;
use crate::signing::jws::Jws;
use crate::transcript::time::{Moment, SchoolYear};

/// Makes a nation in `dir`: packages, `root.jwk`, `hocba.toml`, private keys under `keys/`, and with
/// `options.faults` broken packages under `faults/` with `faults.json`.
///
/// Everything is dated by the calendar and by the first day of the month of `now`, so that the same
/// seed gives the same bytes all month while nothing lies ahead that should not.
///
/// # Errors
/// [`SynthFault`]: options that do not fit, or a file that cannot be written.
pub fn write_nation(dir: &Path, options: &SynthOptions, now: Moment) -> Result<Nation, SynthFault> {
    let now = first_of_month(now)?;
    check(options, now)?;
    make_dir(dir)?;
    let world = World::new(options, now)?;
    let makers = Makers::new(&world, options);
    let mut delivery = Delivery::new(dir, &makers);
    delivery.ministry_keys()?;
    for year in 0..world.years.len() {
        delivery.year(year)?;
    }
    delivery.late_and_decided()?;
    delivery.ministry_decisions()?;
    let broken = match options.faults {
        true => faults::write(dir, &makers, &delivery.state())?,
        false => Vec::new(),
    };
    write_trust(dir, &world)?;
    write_keys(&dir.join("keys"), &world)?;
    let mut samples = Vec::new();
    for number in makers.cast.members(world.learners) {
        samples.extend(statuses::sample(&world, &makers.learner(number))?);
    }
    let root = world.root_key().public().to_jwk();
    Ok(Nation { packages: delivery.packages, root, samples, sheets: delivery.sheets, faults: broken, made_at: now })
}

fn first_of_month(now: Moment) -> Result<Moment, SynthFault> {
    Moment::start_of_day_in_vietnam(now.date_in_vietnam().first_of_month()).ok_or(SynthFault::Time)
}

fn check(options: &SynthOptions, now: Moment) -> Result<(), SynthFault> {
    if options.learners == 0 {
        return Err(SynthFault::Options("a nation has at least one learner"));
    }
    if options.provinces == Some(0) {
        return Err(SynthFault::Options("a nation has at least one province"));
    }
    let years = options.last_year.first().checked_sub(options.first_year.first());
    if years.is_none_or(|n| n >= 30) {
        return Err(SynthFault::Options("the school years must run forward, 30 at most"));
    }
    // Two months after the year began, and after the merger: everything frozen, signed and decided
    // lies at most three weeks back.
    let begun = super::world::moment(&format!("{}-10-01T00:00:00+07:00", options.last_year.first()))?;
    let merged = super::world::moment("2025-08-01T00:00:00+07:00")?;
    match now < begun || now < merged {
        true => Err(SynthFault::TooEarly),
        false => Ok(()),
    }
}

/// A learner and the province that has them as a guest; a learner whom the ministry decides about.
type Seen = (Option<(u64, usize)>, Option<u64>);

/// What every package is made from.
pub(super) struct Makers<'a> {
    pub(super) world: &'a World,
    pub(super) cast: Cast,
    pub(super) min_bytes: usize,
    /// Learners who study in a province other than the one they are numbered in: number, province.
    guests: Vec<(u64, usize)>,
    /// Learners whom the ministry decides about.
    ministry: Vec<u64>,
}

impl<'a> Makers<'a> {
    fn new(world: &'a World, options: &SynthOptions) -> Self {
        let cast = Cast::new(world.learners);
        let mut makers =
            Self { world, cast, min_bytes: options.sheets_min_bytes, guests: Vec::new(), ministry: Vec::new() };
        let seen: Vec<Seen> = (0..world.learners)
            .into_par_iter()
            .map(|number| makers.look(number))
            .filter(|(guest, ministry)| guest.is_some() || ministry.is_some())
            .collect();
        makers.guests = seen.iter().filter_map(|(guest, _)| *guest).collect();
        makers.ministry = seen.iter().filter_map(|(_, number)| *number).collect();
        makers
    }

    fn look(&self, number: u64) -> Seen {
        let learner = self.learner(number);
        if !learner.is_unusual() {
            return (None, None);
        }
        let stays = learner.stays(self.world);
        let home = self.world.old[self.world.home_of(number)].current;
        let guest = stays.iter().map(|s| self.world.current_of(s.school)).find(|current| *current != home);
        let fate = learner.fate(self.world, &stays);
        let ministry = matches!(fate, Fate::MinistrySuspended | Fate::MinistryReleased);
        (guest.map(|current| (number, current)), ministry.then_some(number))
    }

    pub(super) fn learner(&self, number: u64) -> Learner {
        Learner::new(self.world, &self.cast, number)
    }

    /// Numbers of all who may study in a province: those numbered there, then guests.
    pub(super) fn numbers(&self, current: usize) -> impl Iterator<Item = u64> + '_ {
        let home = self.world.old[self.world.current[current].old.clone()].iter().flat_map(|o| o.learners.clone());
        home.chain(self.guests.iter().filter(move |(_, at)| *at == current).map(|(number, _)| *number))
    }

    /// The desks of every school of a province in an era.
    pub(super) fn desks(&self, current: usize, era: Era) -> Result<HashMap<SchoolId, SchoolDesk>, SynthFault> {
        let schools = self.world.current[current].old.clone().flat_map(|old| self.world.schools(old));
        schools.map(|id| Ok((id, SchoolDesk::new(self.world, id, era)?))).collect()
    }

    /// The lines of a learner in a province's package of a year: the sheet, and the transfer of one
    /// who goes on elsewhere.
    fn year_lines(
        &self,
        number: u64,
        current: usize,
        year: usize,
        late: Option<bool>,
        desks: &HashMap<SchoolId, SchoolDesk>,
    ) -> Result<Vec<Jws>, SynthFault> {
        let learner = self.learner(number);
        let stays = learner.stays(self.world);
        let here = |s: &&Stay| s.year == year && self.world.current_of(s.school) == current;
        let wanted = |s: &&Stay| late.is_none_or(|late| s.outcome.is_late() == late);
        let Some(stay) = stays.iter().find(here).filter(wanted) else { return Ok(Vec::new()) };
        let Some(desk) = desks.get(&stay.school) else { return Ok(Vec::new()) };
        let first = Revision::First;
        let mut lines =
            vec![sheets::draft(self.world, &learner, &stays, stay, desk, first, self.min_bytes)?.sign(desk)?];
        let next = stays.iter().find(|s| s.year == year + 1 && s.school.level == stay.school.level);
        if let Some(next) = next.filter(|n| self.world.current_of(n.school) != current) {
            lines.push(statuses::transfer(self.world, &learner, stay, next.school.old, -2)?);
        }
        Ok(lines)
    }

    /// What a province decided about a learner whose last year was there.
    fn decided_lines(
        &self,
        number: u64,
        current: usize,
        desks: &HashMap<SchoolId, SchoolDesk>,
    ) -> Result<Vec<Jws>, SynthFault> {
        let learner = self.learner(number);
        if !learner.is_unusual() {
            return Ok(Vec::new());
        }
        let stays = learner.stays(self.world);
        let Some(last) = stays.last().filter(|s| self.world.current_of(s.school) == current) else {
            return Ok(Vec::new());
        };
        let by = Decider::Province(current);
        let desk = desks.get(&last.school);
        let mut lines = statuses::lines(self.world, &learner, &stays, desk, by, self.min_bytes)?;
        if let Some(to) = learner.leaves_for(self.world, &stays) {
            lines.push(statuses::transfer(self.world, &learner, last, to, 8)?);
        }
        Ok(lines)
    }

    /// Learners at school in a province in a year.
    fn enrolment(&self, current: usize, year: usize) -> u64 {
        let at = |s: &Stay| s.year == year && self.world.current_of(s.school) == current;
        self.numbers(current).filter(|n| self.learner(*n).stays(self.world).iter().any(at)).count() as u64
    }
}

/// Where a province stands in its sequence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chain {
    /// Packages so far.
    pub(super) sequence: u64,
    /// Digest of the last manifest.
    pub(super) previous: Option<Digest256>,
}

/// Learners per batch that is made before it is written: bounds memory.
const BATCH: usize = 64;

struct Delivery<'a> {
    dir: &'a Path,
    makers: &'a Makers<'a>,
    /// By province, the ministry last.
    chains: Vec<Chain>,
    packages: Vec<PathBuf>,
    sheets: u64,
}

/// A package before it has its place in the order.
struct Made {
    path: PathBuf,
    signed: SignedManifest,
}

impl<'a> Delivery<'a> {
    fn new(dir: &'a Path, makers: &'a Makers<'a>) -> Self {
        let chains = vec![Chain::default(); makers.world.current.len() + 1];
        Self { dir, makers, chains, packages: Vec::new(), sheets: 0 }
    }

    fn state(&self) -> Vec<Chain> {
        self.chains.clone()
    }

    fn last_year(&self) -> usize {
        self.makers.world.years.len() - 1
    }

    fn ministry_keys(&mut self) -> Result<(), SynthFault> {
        self.ministry(&grants::ministry_lines(self.makers.world)?)
    }

    fn ministry_decisions(&mut self) -> Result<(), SynthFault> {
        let world = self.makers.world;
        let mut lines = Vec::new();
        for number in &self.makers.ministry {
            let learner = self.makers.learner(*number);
            let stays = learner.stays(world);
            lines.extend(statuses::lines(world, &learner, &stays, None, Decider::Ministry, self.makers.min_bytes)?);
        }
        match lines.is_empty() {
            true => Ok(()),
            false => self.ministry(&lines),
        }
    }

    fn ministry(&mut self, lines: &[Jws]) -> Result<(), SynthFault> {
        let world = self.makers.world;
        let nth = self.chains.len() - 1;
        let draft = ManifestDraft {
            province: None,
            school_year: world.years[self.last_year()],
            window: Window::Completed,
            sequence: self.chains[nth].sequence + 1,
            previous: self.chains[nth].previous,
            expected_enrolment: 0,
            created_at: world.packed_at(self.packages.len())?,
        };
        let path = self.dir.join(".bo.tmp");
        let mut writer = PackageWriter::create(&path, draft, &world.root_key(), None)?;
        for line in lines {
            writer.add(line)?;
        }
        let signed = writer.finish()?;
        self.place(nth, Made { path, signed })
    }

    /// Gives a package its number in the order and its province's chain the next link.
    fn place(&mut self, nth: usize, made: Made) -> Result<(), SynthFault> {
        let manifest = &made.signed.manifest;
        let name = format!("{:04}-{}-{}.hbp", self.packages.len() + 1, manifest.route(), manifest.sequence);
        let path = self.dir.join(name);
        fs::rename(&made.path, &path).map_err(|source| SynthFault::Write { path: path.clone(), source })?;
        self.chains[nth] = Chain { sequence: manifest.sequence, previous: Some(made.signed.digest()) };
        self.sheets += manifest.counts.sheets;
        self.packages.push(path);
        Ok(())
    }

    fn year(&mut self, year: usize) -> Result<(), SynthFault> {
        // In the last year those assessed again in summer come in a package of their own.
        let late = (year == self.last_year()).then_some(false);
        self.each_province(Window::Completed, year, |makers, current, out| {
            let era = Era::of(makers.world.years[year]);
            if year == 0 {
                first_lines(makers, current, out)?;
            }
            let desks = makers.desks(current, era)?;
            out.batches(makers.numbers(current), |number| makers.year_lines(number, current, year, late, &desks))
        })
    }

    fn late_and_decided(&mut self) -> Result<(), SynthFault> {
        let year = self.last_year();
        self.each_province(Window::Late, year, |makers, current, out| {
            let desks = makers.desks(current, Era::of(makers.world.years[year]))?;
            out.batches(makers.numbers(current), |number| {
                makers.year_lines(number, current, year, Some(true), &desks)
            })?;
            out.batches(makers.numbers(current), |number| makers.decided_lines(number, current, &desks))
        })
    }

    fn each_province(
        &mut self,
        window: Window,
        year: usize,
        fill: impl Fn(&Makers<'_>, usize, &mut Out) -> Result<(), SynthFault> + Sync,
    ) -> Result<(), SynthFault> {
        let (makers, dir, before) = (self.makers, self.dir, self.packages.len());
        let chains = &self.chains;
        let made: Vec<Option<Made>> = (0..makers.world.current.len())
            .into_par_iter()
            .with_max_len(1)
            .map(|current| {
                let mut out = Out::create(dir, makers, current, chains[current], window, year, before + current)?;
                fill(makers, current, &mut out)?;
                out.finish()
            })
            .collect::<Result<_, SynthFault>>()?;
        for (current, made) in made.into_iter().enumerate() {
            if let Some(made) = made {
                self.place(current, made)?;
            }
        }
        Ok(())
    }
}

/// The manifest draft of a province's next package.
pub(super) fn draft(
    world: &World,
    current: usize,
    chain: Chain,
    window: Window,
    year: SchoolYear,
    nth: usize,
) -> Result<ManifestDraft, SynthFault> {
    Ok(ManifestDraft {
        province: Some(world.current[current].province.clone()),
        school_year: year,
        window,
        sequence: chain.sequence + 1,
        previous: chain.previous,
        expected_enrolment: 0,
        created_at: world.packed_at(nth)?,
    })
}

/// A package being made; one without lines leaves nothing behind.
struct Out {
    writer: PackageWriter,
    path: PathBuf,
    lines: u64,
}

impl Out {
    fn create(
        dir: &Path,
        makers: &Makers<'_>,
        current: usize,
        chain: Chain,
        window: Window,
        year: usize,
        nth: usize,
    ) -> Result<Self, SynthFault> {
        let world = makers.world;
        let mut draft = draft(world, current, chain, window, world.years[year], nth)?;
        draft.expected_enrolment = makers.enrolment(current, year);
        let path = dir.join(format!(".{current}.tmp"));
        Ok(Self { writer: PackageWriter::create(&path, draft, &world.current_key(current), None)?, path, lines: 0 })
    }

    fn add(&mut self, line: &Jws) -> Result<(), SynthFault> {
        self.lines += 1;
        Ok(self.writer.add(line)?)
    }

    /// Makes the lines of many learners, a batch at a time, and writes them in order.
    fn batches(
        &mut self,
        numbers: impl Iterator<Item = u64>,
        make: impl Fn(u64) -> Result<Vec<Jws>, SynthFault> + Sync,
    ) -> Result<(), SynthFault> {
        let mut numbers = numbers.peekable();
        while numbers.peek().is_some() {
            let batch: Vec<u64> = numbers.by_ref().take(BATCH).collect();
            let made: Vec<Vec<Jws>> = batch.into_par_iter().map(&make).collect::<Result<_, _>>()?;
            for line in made.iter().flatten() {
                self.add(line)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Option<Made>, SynthFault> {
        if self.lines == 0 {
            return Ok(None);
        }
        let signed = self.writer.finish()?;
        Ok(Some(Made { path: self.path, signed }))
    }
}

/// Key lines at the start of a province's first package: its schools before and after the merger, the
/// former granted by the provinces they belonged to.
fn first_lines(makers: &Makers<'_>, current: usize, out: &mut Out) -> Result<(), SynthFault> {
    let world = makers.world;
    for era in eras(world) {
        let period = Period::of(world, era)?;
        for old in world.current[current].old.clone() {
            let by = match era {
                Era::Old => world.old_key(old),
                Era::New => world.current_key(current),
            };
            for id in world.schools(old) {
                for line in grants::school_grants(&SchoolDesk::new(world, id, era)?, period, &by)? {
                    out.add(&line)?;
                }
            }
        }
    }
    match current {
        0 => spare_lines(world, out),
        _ => Ok(()),
    }
}

/// Former keys of the head of the nation's first school.
fn spare_lines(world: &World, out: &mut Out) -> Result<(), SynthFault> {
    let (Some(id), Some(era)) = (world.schools(0).next(), world.years.last().map(|y| Era::of(*y))) else {
        return Ok(());
    };
    let by = match era {
        Era::Old => world.old_key(0),
        Era::New => world.current_key(0),
    };
    for line in grants::spare_head_keys(world, &SchoolDesk::new(world, id, era)?, era, &by)? {
        out.add(&line)?;
    }
    Ok(())
}

fn eras(world: &World) -> impl Iterator<Item = Era> + '_ {
    [Era::Old, Era::New].into_iter().filter(|era| world.years.iter().any(|y| Era::of(*y) == *era))
}

pub(super) fn make_dir(dir: &Path) -> Result<(), SynthFault> {
    fs::create_dir_all(dir).map_err(|source| SynthFault::Write { path: dir.to_owned(), source })
}

/// Writes a file whole; `secret` ones are for their owner only.
pub(super) fn write_file(path: &Path, content: &[u8], secret: bool) -> Result<(), SynthFault> {
    let mode = if secret { 0o600 } else { 0o644 };
    let opened = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path);
    let written = opened.and_then(|mut file| file.write_all(content));
    written.map_err(|source| SynthFault::Write { path: path.to_owned(), source })
}

/// `root.jwk`, and a `hocba.toml` that pins it.
fn write_trust(dir: &Path, world: &World) -> Result<(), SynthFault> {
    let jwk = world.root_key().public().to_jwk();
    let json = serde_json::to_string_pretty(&jwk)?;
    write_file(&dir.join("root.jwk"), json.as_bytes(), false)?;
    let member = |name: &str, value: &Option<String>| value.as_ref().map(|v| format!("{name} = \"{v}\""));
    let members = [
        member("crv", &jwk.crv),
        Some(format!("kty = \"{}\"", jwk.kty)),
        member("x", &jwk.x),
        member("y", &jwk.y),
        member("n", &jwk.n),
        member("e", &jwk.e),
    ];
    let members: Vec<String> = members.into_iter().flatten().collect();
    let toml = format!(
        "# The synthetic nation's ministry root; never pin it where real transcripts are served.\n[trust]\nroots = [{{ {} }}]\n",
        members.join(", ")
    );
    write_file(&dir.join("hocba.toml"), toml.as_bytes(), false)
}

fn write_keys(dir: &Path, world: &World) -> Result<(), SynthFault> {
    make_dir(dir)?;
    let write = |name: String, key: &PrivateKey| write_file(&dir.join(name), key.to_pem()?.as_bytes(), true);
    write("root.pem".into(), &world.root_key())?;
    for (i, old) in world.old.iter().enumerate() {
        write(format!("province-{}-{}.pem", old.province.code, old.province.vintage), &world.old_key(i))?;
    }
    for (i, current) in world.current.iter().enumerate() {
        write(format!("province-{}-{}.pem", current.province.code, current.province.vintage), &world.current_key(i))?;
    }
    for era in eras(world) {
        for id in (0..world.old.len()).flat_map(|old| world.schools(old)) {
            let (code, keys) = (world.school(id, era)?.code, world.school_keys(id, era));
            write(format!("school-{code}-head.pem"), &keys.head)?;
            write(format!("school-{code}-institution.pem"), &keys.institution)?;
            if let Some(teacher) = &keys.teacher {
                write(format!("school-{code}-teacher.pem"), teacher)?;
            }
        }
    }
    Ok(())
}
