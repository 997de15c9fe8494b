//! Synthetic nations and portals that took their packages, made once and kept.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use hocba::signing::{Jws, KeyRing, ObjectType};
use hocba::synth::{SynthOptions, write_nation};
use hocba::transcript::time::{Day, Moment, SchoolYear};
use hocba::transcript::{SheetClaims, TranscriptCode};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bench::{Bench, Done, Fault, run};

/// Bytes that the JSON of every sheet has at least as it travels.
pub(crate) const SHEET_BYTES: u64 = 6 << 10;
/// What the generator aims at, so that content and clear claims without base64 are about 6 KB too.
const TRAVELLING_BYTES: usize = 8600;

/// What nation to make: three school years.
pub(crate) struct Wanted {
    pub(crate) name: &'static str,
    pub(crate) learners: u64,
    pub(crate) provinces: usize,
}

/// 200,000 sheets.
pub(crate) const SMALL: Wanted = Wanted { name: "200k", learners: 78_000, provinces: 2 };
/// A million sheets.
pub(crate) const LARGE: Wanted = Wanted { name: "1m", learners: 390_000, provinces: 10 };

/// A transcript, and its sheets as they travel.
pub(crate) type Booklet = (TranscriptCode, Vec<Vec<u8>>);

/// A nation's packages, and what is in them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Nation {
    dir: PathBuf,
    packages: Vec<PathBuf>,
    /// Sheets in the packages.
    pub(crate) sheets: u64,
    /// Bytes of their JSON: payloads and disclosures, without base64, signatures or compression.
    pub(crate) raw_bytes: u64,
    /// Bytes of their lines as they travel.
    pub(crate) line_bytes: u64,
    /// Bytes of the shortest of these lines.
    pub(crate) smallest: u64,
}

impl Nation {
    /// The packages, in the order in which they are taken; the first holds the ministry's keys.
    pub(crate) fn packages(&self) -> &[PathBuf] {
        &self.packages
    }

    /// Transcripts of exactly three sheets that are in force and that no status concerns.
    pub(crate) fn codes(&self) -> Result<Vec<TranscriptCode>, Fault> {
        let text = fs::read_to_string(self.dir.join("codes.txt"))?;
        Ok(text.lines().filter_map(TranscriptCode::from_wire).collect())
    }

    /// The first sheets of the nation, as they travel.
    pub(crate) fn sample(&self, count: usize) -> Result<Vec<Vec<u8>>, Fault> {
        let largest = self.packages.iter().max_by_key(|p| fs::metadata(p).map_or(0, |m| m.len()));
        let mut sample = Vec::new();
        for line in lines(largest.ok_or("a nation without packages")?)? {
            let line = line?;
            if Jws::parse(&line)?.object() == ObjectType::Sheet {
                sample.push(line);
            }
            if sample.len() == count {
                break;
            }
        }
        Ok(sample)
    }

    /// Every sheet of some transcripts, as it travels.
    pub(crate) fn booklets(&self, codes: &[TranscriptCode]) -> Result<Vec<Booklet>, Fault> {
        let mut booklets: HashMap<TranscriptCode, Vec<Vec<u8>>> =
            codes.iter().map(|code| (*code, Vec::new())).collect();
        for package in &self.packages {
            for line in lines(package)? {
                let line = line?;
                let jws = Jws::parse(&line)?;
                if jws.object() == ObjectType::Sheet {
                    let claims: SheetClaims = serde_json::from_slice(jws.payload())?;
                    booklets.entry(claims.code).and_modify(|sheets| sheets.push(line));
                }
            }
        }
        Ok(codes.iter().filter_map(|code| booklets.remove_entry(code)).collect())
    }

    /// Every key of the nation, in force from its grant on, and the size of the ledger once all are granted.
    pub(crate) fn ring(&self) -> Result<(KeyRing, u64), Fault> {
        let mut ring = KeyRing::new(&[serde_json::from_slice(&fs::read(self.dir.join("root.jwk"))?)?])?;
        let mut position = 0;
        for package in &self.packages {
            for line in lines(package)? {
                let jws = Jws::parse(&line?)?;
                if jws.object() == ObjectType::Key {
                    position += 1;
                    let entry = ring.check_entry(&jws, position)?;
                    ring.apply(entry, position);
                }
            }
        }
        Ok((ring, position))
    }

    /// A fresh data directory that trusts this nation's root.
    pub(crate) fn fresh_portal(&self, bench: &Bench, dir: &Path) -> Done {
        if dir.exists() {
            fs::remove_dir_all(dir)?;
        }
        run(bench.hocba(dir)?.args(["key", "portal", "--root"]).arg(self.dir.join("root.jwk")))
    }
}

/// The nation, made now if it was not yet.
pub(crate) fn nation(bench: &Bench, wanted: &Wanted) -> Result<Nation, Fault> {
    let today = Moment::from(jiff::Timestamp::now()).date_in_vietnam();
    let name = format!("nation-{}-{}-{}-{TRAVELLING_BYTES}", wanted.name, wanted.learners, wanted.provinces);
    let dir = bench.data.join(name);
    let summary = dir.join("nation.json");
    if let Ok(bytes) = fs::read(&summary) {
        return Ok(serde_json::from_slice(&bytes)?);
    }
    eprintln!("making a nation of {} sheets, once", wanted.name);
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    let year = |first| SchoolYear::starting(first).ok_or("no such school year");
    let options = SynthOptions {
        provinces: Some(wanted.provinces),
        first_year: year(2023)?,
        last_year: year(2025)?,
        sheets_min_bytes: TRAVELLING_BYTES,
        rsa: false,
        // The floor is one of EdDSA.
        ecdsa: false,
        ..SynthOptions::new(wanted.learners)?
    };
    let made = write_nation(&dir, &options, Moment::from(jiff::Timestamp::now()))?;
    let nation = survey(dir, made.packages, Day::from(today))?;
    if nation.smallest < SHEET_BYTES {
        return Err(format!("a sheet has only {} bytes", nation.smallest).into());
    }
    fs::write(summary, serde_json::to_vec_pretty(&nation)?)?;
    Ok(nation)
}

/// The lines of a package without its manifest. The packages are our own, so nothing is checked.
fn lines(package: &Path) -> Result<impl Iterator<Item = Result<Vec<u8>, Fault>> + use<>, Fault> {
    let decoder = zstd::Decoder::new(fs::File::open(package)?)?;
    Ok(BufReader::with_capacity(1 << 20, decoder).split(b'\n').skip(1).map(|line| line.map_err(Fault::from)))
}

/// What one package adds to a survey.
#[derive(Default)]
struct Tally {
    sheets: u64,
    raw_bytes: u64,
    line_bytes: u64,
    smallest: u64,
    /// Sheets in force by transcript; a large number where there is anything else about it.
    transcripts: HashMap<TranscriptCode, u32>,
}

const SPECIAL: u32 = 1000;

impl Tally {
    fn of(package: &Path, today: Day) -> Result<Self, Fault> {
        let mut tally = Self { smallest: u64::MAX, ..Self::default() };
        for line in lines(package)? {
            tally.add(&line?, today)?;
        }
        Ok(tally)
    }

    fn add(&mut self, line: &[u8], today: Day) -> Done {
        let jws = Jws::parse(line)?;
        match jws.object() {
            ObjectType::Sheet => {
                let claims: SheetClaims = serde_json::from_slice(jws.payload())?;
                let disclosed: usize = jws.disclosures().iter().map(|d| d.json().len()).sum();
                let raw = (jws.payload().len() + disclosed) as u64;
                self.sheets += 1;
                self.raw_bytes += raw;
                self.line_bytes += line.len() as u64;
                self.smallest = self.smallest.min(line.len() as u64);
                let weight = if claims.effective_from <= today { 1 } else { SPECIAL };
                *self.transcripts.entry(claims.code).or_default() += weight;
            }
            ObjectType::Status => {
                #[derive(Deserialize)]
                struct Concerned {
                    madinhdanhhocba: TranscriptCode,
                }
                let status: Concerned = serde_json::from_slice(jws.payload())?;
                *self.transcripts.entry(status.madinhdanhhocba).or_default() += SPECIAL;
            }
            _ => {}
        }
        Ok(())
    }

    fn and(mut self, other: Self) -> Self {
        self.sheets += other.sheets;
        self.raw_bytes += other.raw_bytes;
        self.line_bytes += other.line_bytes;
        self.smallest = self.smallest.min(other.smallest);
        for (code, sheets) in other.transcripts {
            *self.transcripts.entry(code).or_default() += sheets;
        }
        self
    }
}

fn survey(dir: PathBuf, packages: Vec<PathBuf>, today: Day) -> Result<Nation, Fault> {
    let empty = || Tally { smallest: u64::MAX, ..Tally::default() };
    let tally = packages.par_iter().map(|package| Tally::of(package, today)).try_reduce(empty, |a, b| Ok(a.and(b)))?;
    let mut codes: Vec<TranscriptCode> =
        tally.transcripts.iter().filter(|(_, sheets)| **sheets == 3).map(|(code, _)| *code).collect();
    codes.sort_by_key(|code| *code.as_bytes());
    let mut out = std::io::BufWriter::new(fs::File::create(dir.join("codes.txt"))?);
    codes.iter().try_for_each(|code| writeln!(out, "{code}"))?;
    out.flush()?;
    Ok(Nation {
        dir,
        packages,
        sheets: tally.sheets,
        raw_bytes: tally.raw_bytes,
        line_bytes: tally.line_bytes,
        smallest: tally.smallest,
    })
}

/// A portal that took the whole nation and whose derived stores are settled. The ledger is kept; the
/// derived stores are made again, so that they are those of this version.
pub(crate) fn settled_portal(bench: &Bench, nation: &Nation, name: &str) -> Result<PathBuf, Fault> {
    let dir = bench.data.join(format!("portal-{name}"));
    let done = dir.join("taken");
    if !done.exists() {
        eprintln!("taking the packages of {name}, once");
        nation.fresh_portal(bench, &dir)?;
        run(bench.hocba(&dir)?.arg("ingest").args(nation.packages()))?;
        fs::write(&done, b"")?;
    }
    run(bench.hocba(&dir)?.arg("rebuild"))?;
    Ok(dir)
}
