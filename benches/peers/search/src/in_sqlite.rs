//! SQLite: a covering btree on birth date and plain name; names of that day are compared by a function of the application, for
//! its full-text index knows no typing errors.

use std::path::Path;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, params};

use super::{Asked, Fault, Peer, Row, plain};

const TABLE: &str = "
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA mmap_size = 2000000000;
    CREATE TABLE sheets (leaf INTEGER PRIMARY KEY, code TEXT, plain_name TEXT, birth INTEGER, school TEXT, year INTEGER);";
const INDEX: &str = "
    CREATE INDEX by_birth_and_name ON sheets (birth, plain_name, code, year, school);
    ANALYZE;";
const NAMED: &str = "SELECT code FROM sheets WHERE birth IN (?2, ?3, ?4) AND near(plain_name, ?1) < 2
    GROUP BY code ORDER BY min(near(plain_name, ?1)), code LIMIT 20";
const NARROWED: &str = "SELECT code FROM sheets WHERE birth IN (?2, ?3, ?4) AND year = ?6 AND near(plain_name, ?1) < 2
    AND instr(school, ?5) > 0 GROUP BY code ORDER BY min(near(plain_name, ?1)), code LIMIT 20";

pub(super) struct Sheets(Connection);

impl Sheets {
    pub(super) fn load(file: &Path, rows: impl Iterator<Item = Result<Row, Fault>>) -> Result<Self, Fault> {
        let _ = std::fs::remove_file(file);
        let mut sheets = Connection::open(file)?;
        sheets.execute_batch(TABLE)?;
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        sheets.create_scalar_function("near", 2, flags, |row| {
            let both = (row.get_raw(0).as_str(), row.get_raw(1).as_str());
            Ok(if let (Ok(held), Ok(typed)) = both { near(held.as_bytes(), typed.as_bytes()) } else { 2 })
        })?;
        let taken = sheets.transaction()?;
        {
            let mut insert = taken.prepare("INSERT INTO sheets VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for row in rows {
                let row = row?;
                let school = format!(" {} ", row.school);
                insert.execute(params![row.leaf, row.code, plain(&row.name), row.birth, school, row.year])?;
            }
        }
        taken.commit()?;
        sheets.execute_batch(INDEX)?;
        Ok(Self(sheets))
    }
}

impl Peer for Sheets {
    fn find(&mut self, asked: &Asked) -> Result<Vec<String>, Fault> {
        let (name, [day, month, year_of_birth]) = (plain(&asked.name), asked.births());
        let found: Result<_, _> = match &asked.narrowed {
            None => {
                let mut named = self.0.prepare_cached(NAMED)?;
                named.query_map(params![name, day, month, year_of_birth], |row| row.get(0))?.collect()
            }
            Some((school, year)) => {
                let mut narrowed = self.0.prepare_cached(NARROWED)?;
                let school = format!(" {school} ");
                narrowed.query_map(params![name, day, month, year_of_birth, school, year], |row| row.get(0))?.collect()
            }
        };
        Ok(found?)
    }
}

/// 0: the same; 1: one letter left out, added, mistaken or swapped with its neighbour; 2: another name.
fn near(held: &[u8], typed: &[u8]) -> i64 {
    if held.len().abs_diff(typed.len()) > 1 {
        return 2;
    }
    let start = held.iter().zip(typed).take_while(|(a, b)| a == b).count();
    let (held, typed) = (&held[start..], &typed[start..]);
    let end = held.iter().rev().zip(typed.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&held[..held.len() - end], &typed[..typed.len() - end]) {
        ([], []) => 0,
        ([_], [_] | []) | ([], [_]) => 1,
        ([a, b], [c, d]) if a == d && b == c => 1,
        _ => 2,
    }
}
