//! `search_p50_postgres_vs_ours`, `search_p50_sqlite_vs_ours` and `index_bytes_per_sheet`: whom an office means among a
//! million sheets.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use hocba::cli::data_dir::DataDir;
use hocba::config::Config;
use hocba::ledger::LedgerReader;
use hocba::search::{self, Granted, Query, Scope, SearchReader};
use hocba::signing::Jws;
use hocba::tlog::leaf::Kind;
use hocba::transcript::contents::BirthDate;
use hocba::transcript::sheet::Sheet;
use hocba::transcript::words::words;
use hocba::transcript::{SchoolYear, TranscriptCode, name};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use rayon::prelude::*;

use super::bench::{Bench, Fault, median};
use super::data::{self, LARGE};
use super::postgres::Postgres;
use super::process::Ended;
use super::report::Measured;

/// Questions of one turn, and turns of each kind of question.
const BLOCK: usize = 100;
const TURNS: usize = 10;
/// Of a hundred that are sought, so many must be found by everybody: else they do not do the same.
const FOUND: f64 = 0.99;

const METHOD: &str = "Median time of finding whom an office means among a million sheets, from what was typed to the codes \
    (the index alone on our side; reading and proving the hits again comes on top). A quarter each is typed \
    as on record, without marks, with the given name first, and with one typing error; half of the questions also name school \
    and year. Everybody looks among those born on that day and those of whom only its month or year is known. Taken in turns of \
    100 questions, everything in memory: everybody was asked about every birth date once before, and what those first \
    questions took is named below. Each must find the transcript for 99 of 100 questions.";
const POSTGRES: &str = "PostgreSQL as Debian has it, with 1 GB of shared buffers, on a unix socket, statements prepared \
    (Rust's `postgres`): a column without marks (`unaccent`), the table clustered by a btree on the birth date, trigrams \
    (`pg_trgm`, GIN) for names; the planner chooses. Value: theirs over ours.";
const SQLITE: &str = "SQLite in process (Rust's `rusqlite`, bundled), everything cached: a covering btree on birth date and \
    name without marks, words in alphabetical order; a function of the application compares the names of the day, because its \
    full-text index knows no typing errors. Value: theirs over ours.";
const BYTES: &str =
    "Bytes of the search index on disk over the sheets in it, after `hocba rebuild` of a million sheets.";

/// A sheet as the peers have it.
struct Row {
    code: TranscriptCode,
    name: String,
    birth: BirthDate,
    school: String,
    year: SchoolYear,
}

/// A question, and the transcript that it means.
struct Asked {
    name: String,
    birth: BirthDate,
    narrowed: Option<(String, SchoolYear)>,
    means: TranscriptCode,
}

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &LARGE)?;
    let portal = data::settled_portal(bench, &nation, LARGE.name)?;
    let dir = DataDir::search_in(&portal.join("derived"));
    let rows_file = bench.data.join("search-rows.tsv");
    let rows = rows(&portal, &rows_file)?;
    let writer = search::open(&dir)?.writer;
    let per_sheet = search::stored_bytes(&dir)? as f64 / writer.sheets() as f64;
    let server = Postgres::start_with(bench, &["shared_buffers=1GB"])?;
    let mut postgres = Peer::start(bench, "postgres", &server.socket, &rows_file)?;
    let mut sqlite = Peer::start(bench, "sqlite", &bench.data.join("search.sqlite"), &rows_file)?;
    let Times { turns: times, first } = in_turns(&rows, &writer.reader(), &mut postgres, &mut sqlite)?;
    let sheets = format!("sheets: {}", writer.sheets());
    let questions = format!("questions: {} of each kind", BLOCK * TURNS);
    let ratio = |of: usize| median(times.iter().flat_map(|t| t[of].clone()).collect());
    let ours = ratio(OURS);
    let beside = |of: usize, who: &str| {
        let kinds = ["name and birth date", "name, birth date, school and year"];
        let line = |(kind, t): (&str, &[Vec<f64>; 3])| {
            format!("{kind}: ours {:.0} µs, {who} {:.0} µs", median(t[OURS].clone()), median(t[of].clone()))
        };
        let first = format!(
            "the first question about a birth date: ours {:.0} µs, {who} {:.0} µs",
            median(first[OURS].clone()),
            median(first[of].clone())
        );
        kinds.into_iter().zip(&times).map(line).chain([first, sheets.clone(), questions.clone()]).collect()
    };
    Ok(vec![
        Measured::new(
            "search_p50_postgres_vs_ours",
            ratio(IN_POSTGRES) / ours,
            "≥ 5",
            &format!("{METHOD} {POSTGRES}"),
            beside(IN_POSTGRES, "PostgreSQL"),
        ),
        Measured::new(
            "search_p50_sqlite_vs_ours",
            ratio(IN_SQLITE) / ours,
            "≥ 5",
            &format!("{METHOD} {SQLITE}"),
            beside(IN_SQLITE, "SQLite"),
        ),
        Measured::new("index_bytes_per_sheet", per_sheet, "≤ 250", BYTES, vec![sheets.clone()]),
    ])
}

const OURS: usize = 0;
const IN_POSTGRES: usize = 1;
const IN_SQLITE: usize = 2;

/// Microseconds of every answer, of each who answers.
struct Times {
    /// Of each kind of question.
    turns: [[Vec<f64>; 3]; 2],
    /// Of the first question about each birth date.
    first: [Vec<f64>; 3],
}

fn in_turns(rows: &[Row], ours: &SearchReader, postgres: &mut Peer, sqlite: &mut Peer) -> Result<Times, Fault> {
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let mut times = Times { turns: Default::default(), first: Default::default() };
    let mut ask = |block: &[Asked]| Ok::<_, Fault>([ask_ours(ours, block)?, postgres.ask(block)?, sqlite.ask(block)?]);
    for block in Asked::of_every_date(rows, &mut random).chunks(BLOCK) {
        for (who, answers) in ask(block)?.into_iter().enumerate() {
            times.first[who].extend(answers.into_iter().map(|(micros, _)| micros));
        }
    }
    let mut found = [0; 3];
    for turn in 0..2 * TURNS {
        let kind = turn % 2;
        let block: Vec<Asked> = (0..BLOCK).map(|i| Asked::draw(rows, i, kind == 1, &mut random)).collect();
        for (who, answers) in ask(&block)?.into_iter().enumerate() {
            for (asked, (micros, codes)) in block.iter().zip(answers) {
                times.turns[kind][who].push(micros);
                found[who] += usize::from(codes.contains(&asked.means.to_string()));
            }
        }
    }
    let least = (2 * TURNS * BLOCK) as f64 * FOUND;
    match found.iter().all(|found| *found as f64 >= least) {
        true => Ok(times),
        false => Err(format!("not everybody finds who is meant: {found:?} of {}", 2 * TURNS * BLOCK).into()),
    }
}

/// Microseconds, and the codes found.
type Answers = Vec<(f64, Vec<String>)>;

fn ask_ours(reader: &SearchReader, block: &[Asked]) -> Result<Answers, Fault> {
    let scope = Scope::new(&Granted::All, Granted::All, Granted::All);
    let ask = |asked: &Asked| {
        let started = Instant::now();
        let mut query = Query::named(&asked.name, asked.birth)?;
        if let Some((school, year)) = &asked.narrowed {
            query = query.in_school(school)?.in_year(*year);
        }
        let found = reader.search(&query, &scope)?;
        let micros = started.elapsed().as_secs_f64() * 1e6;
        Ok((micros, found.hits.iter().map(|hit| hit.code.to_string()).collect()))
    };
    block.iter().map(ask).collect()
}

impl Asked {
    fn draw(rows: &[Row], i: usize, narrowed: bool, random: &mut ChaCha8Rng) -> Self {
        Self::about(&rows[random.next_u64() as usize % rows.len()], i, narrowed, random)
    }

    /// One for each birth date.
    fn of_every_date(rows: &[Row], random: &mut ChaCha8Rng) -> Vec<Self> {
        let mut asked = HashSet::new();
        let first = rows.iter().filter(|row| asked.insert(row.birth.number()));
        first.enumerate().map(|(i, row)| Self::about(row, i, false, random)).collect()
    }

    fn about(row: &Row, i: usize, narrowed: bool, random: &mut ChaCha8Rng) -> Self {
        let folded = name::fold(&row.name);
        let typed = match i % 4 {
            0 => row.name.clone(),
            1 => folded,
            2 => folded.rsplit_once(' ').map_or(folded.clone(), |(before, given)| format!("{given} {before}")),
            _ => with_a_typo(&folded, random),
        };
        let narrowed = narrowed.then(|| (row.school.clone(), row.year));
        Self { name: typed, birth: row.birth, narrowed, means: row.code }
    }

    /// As the peers read it.
    fn line(&self) -> String {
        let (school, year) = match &self.narrowed {
            Some((school, year)) => (school.as_str(), year.first().to_string()),
            None => ("", String::new()),
        };
        format!("{}\t{}\t{school}\t{year}\n", self.name, self.birth.number())
    }
}

/// One letter of the longest word is left out.
fn with_a_typo(folded: &str, random: &mut ChaCha8Rng) -> String {
    let mut words: Vec<String> = folded.split(' ').map(str::to_owned).collect();
    if let Some(longest) = words.iter_mut().max_by_key(|word| word.chars().count()) {
        let mut letters: Vec<char> = longest.chars().collect();
        // The first letters are typed with more care.
        let at = 1 + random.next_u64() as usize % (letters.len() - 1).max(1);
        letters.remove(at.min(letters.len() - 1));
        *longest = letters.into_iter().collect();
    }
    words.join(" ")
}

/// All sheets of a portal, of learners whose birth date is known in full; also in a file for the peers, with the others.
fn rows(portal: &Path, file: &Path) -> Result<Vec<Row>, Fault> {
    let data = DataDir::at(portal, &Config::load(&[&portal.join("hocba.toml")])?);
    let reader = data.reader()?;
    let bundles = (0..reader.size().div_ceil(256)).into_par_iter();
    let read: Vec<Vec<(u64, Row)>> = bundles.map(|bundle| bundle_rows(&reader, bundle)).collect::<Result<_, _>>()?;
    let mut out = BufWriter::new(fs::File::create(file)?);
    let mut known = HashSet::new();
    let mut rows = Vec::new();
    for (leaf, row) in read.into_iter().flatten() {
        let (birth, year) = (row.birth.number(), row.year.first());
        writeln!(out, "{leaf}\t{}\t{}\t{birth}\t{}\t{year}", row.code, row.name, row.school)?;
        if !row.birth.is_partial() && known.insert((row.code, row.year)) {
            rows.push(row);
        }
    }
    out.flush()?;
    Ok(rows)
}

fn bundle_rows(reader: &LedgerReader, bundle: u64) -> Result<Vec<(u64, Row)>, Fault> {
    let width = (reader.size() - bundle * 256).min(256) as u16;
    let entries = reader.leaves(bundle, width)?.into_iter().zip(reader.bodies(bundle, width)?);
    let mut rows = Vec::new();
    for (leaf, (entry, body)) in (bundle * 256..).zip(entries) {
        let Some(signed) = body.signed.filter(|_| entry.kind == Kind::Sheet) else { continue };
        let jws = Jws::from_stored(&signed)?;
        let sheet = Sheet::parse(jws.payload(), jws.disclosures())?;
        let (claims, contents) = (sheet.claims(), sheet.contents());
        let Some((name, staff)) = contents.name.as_ref().zip(contents.staff.as_ref()) else { continue };
        let school = words(staff.school_name.as_str()).trim().to_owned();
        let (name, birth) = (name.full_name.as_str().to_owned(), name.birth);
        rows.push((leaf, Row { code: claims.code, name, birth, school, year: claims.school_year }));
    }
    Ok(rows)
}

/// A running peer of benches/peers/search.
struct Peer {
    _ended: Ended,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn start(bench: &Bench, kind: &str, place: &Path, rows: &Path) -> Result<Self, Fault> {
        eprintln!("loading a million sheets into {kind}");
        let program: PathBuf = bench.root.join("target/bench-peers/search/release/search-peer");
        let mut command = Command::new(program);
        command.arg(kind).arg(place).arg(rows).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut ended = Ended::start_as_is(&mut command, "KILL")?;
        let questions = ended.child.stdin.take().ok_or("no pipe to the peer")?;
        let answers = BufReader::new(ended.child.stdout.take().ok_or("no pipe from the peer")?);
        let mut peer = Self { _ended: ended, questions, answers };
        match peer.line()?.as_str() {
            "ready" => Ok(peer),
            other => Err(format!("the peer {kind} says {other:?}").into()),
        }
    }

    fn line(&mut self) -> Result<String, Fault> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim_end_matches('\n').to_owned())
    }

    fn ask(&mut self, block: &[Asked]) -> Result<Answers, Fault> {
        let lines: String = block.iter().map(Asked::line).collect();
        self.questions.write_all(format!("{lines}\n").as_bytes())?;
        self.questions.flush()?;
        let answer = |line: String| {
            let (micros, codes) = line.split_once('\t').ok_or("the peer gave up")?;
            Ok((micros.parse()?, codes.split(',').map(str::to_owned).collect()))
        };
        (0..block.len()).map(|_| answer(self.line()?)).collect()
    }
}
