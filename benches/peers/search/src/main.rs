//! The same search as a competent developer would write it over a database. `search-peer postgres SOCKET ROWS` or
//! `search-peer sqlite FILE ROWS` loads the rows, says `ready`, and then answers blocks of questions: lines of
//! `name TAB birth date TAB school TAB year` (the last two may be empty) up to an empty line. For each it prints the microseconds
//! that the answer took, and the codes that were found.

mod in_postgres;
mod in_sqlite;

use std::error::Error;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::time::Instant;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

type Fault = Box<dyn Error + Send + Sync>;

/// A sheet: position, code, name, birth date as YYYYMMDD, words of the school, first year.
struct Row {
    leaf: i64,
    code: String,
    name: String,
    birth: i32,
    school: String,
    year: i16,
}

/// A question.
struct Asked {
    name: String,
    birth: i32,
    narrowed: Option<(String, i16)>,
}

impl Asked {
    /// The birth date, and what is on record of it where only month or year are known.
    fn births(&self) -> [i32; 3] {
        [self.birth, self.birth / 100 * 100, self.birth / 10_000 * 10_000]
    }
}

/// Answers with codes, best first.
trait Peer {
    fn find(&mut self, asked: &Asked) -> Result<Vec<String>, Fault>;
}

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, place, rows] = &arguments[..] else { return Err("search-peer postgres|sqlite PLACE ROWS".into()) };
    let mut peer: Box<dyn Peer> = match kind.as_str() {
        "postgres" => Box::new(in_postgres::Sheets::load(place, read(Path::new(rows))?)?),
        _ => Box::new(in_sqlite::Sheets::load(Path::new(place), read(Path::new(rows))?)?),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "ready")?;
    out.flush()?;
    let mut block = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if !line.is_empty() {
            block.push(asked(&line)?);
            continue;
        }
        for asked in block.drain(..) {
            let started = Instant::now();
            let found = peer.find(&asked)?;
            writeln!(out, "{:.1}\t{}", started.elapsed().as_secs_f64() * 1e6, found.join(","))?;
        }
        out.flush()?;
    }
    Ok(())
}

fn read(rows: &Path) -> Result<impl Iterator<Item = Result<Row, Fault>>, Fault> {
    Ok(BufReader::new(File::open(rows)?).lines().map(|line| {
        let line = line?;
        let [leaf, code, name, birth, school, year] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err("a row has six columns".into());
        };
        let (code, name, school) = (code.to_owned(), name.to_owned(), school.to_owned());
        Ok(Row { leaf: leaf.parse()?, code, name, birth: birth.parse()?, school, year: year.parse()? })
    }))
}

fn asked(line: &str) -> Result<Asked, Fault> {
    let [name, birth, school, year] = line.split('\t').collect::<Vec<_>>()[..] else {
        return Err("a question has four columns".into());
    };
    let narrowed = match school {
        "" => None,
        school => Some((school.to_owned(), year.parse()?)),
    };
    Ok(Asked { name: name.to_owned(), birth: birth.parse()?, narrowed })
}

/// Small letters without marks, words in alphabetical order: so that the given name may stand first.
fn plain(name: &str) -> String {
    let small = name.to_lowercase().replace('đ', "d");
    let bare: String = small.nfd().filter(|c| !is_combining_mark(*c)).collect();
    let mut words: Vec<&str> = bare.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}
