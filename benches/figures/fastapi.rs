//! `verdict_vs_fastapi_dict`: checked verdicts against the unchecked rows of a database.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hocba::transcript::TranscriptCode;
use serde_json::Value;

use super::bench::{Bench, Done, Fault};
use super::data::{self, LARGE};
use super::postgres::Postgres;
use super::process::Running;
use super::report::Measured;
use super::verdict::{ask_each, drawn};
use super::wrk::{JSON, Load};

const SECONDS: u32 = 5;
/// Answers of the peer that are compared with the row before the load.
const COMPARED: usize = 1000;

const METHOD: &str = "As `verdict_vs_static`, in turns with FastAPI (uvicorn with uvloop and httptools, 2 workers, \
    no access log) over asyncpg (16 connections a worker) and PostgreSQL as Debian sets it, on a unix socket. Its table has \
    the 100,000 answers that we gave before, a row for each sheet, indexed by code; it reads the rows, makes dictionaries of \
    them and returns these, unchecked. Before the load a thousand of its answers must be the same JSON as \
    ours. Value: ours over the peer's, requests a second.";

const LOAD: &str = "CREATE TABLE asked (code uuid, document jsonb)
\\copy asked FROM '{}'
CREATE TABLE verdicts (code uuid, verdict text, level text, checked_at text, missing_years text[], \
ledger_size bigint, root_hash text, checkpoint_time text, school_year text, grade smallint, sheet_verdict text, \
effective_from date, province_code text, province_vintage date, province_name text, transcribed_from_paper boolean, \
signed_with text, school_signature text, province_signature text, ledger text, leaf_index bigint)
INSERT INTO verdicts SELECT code, d->>'verdict', d->>'level', d->>'checked_at', \
ARRAY(SELECT jsonb_array_elements_text(d->'missing_years')), \
(d->'as_of'->>'ledger_size')::bigint, d->'as_of'->>'root_hash', d->'as_of'->>'checkpoint_time', \
s->>'school_year', (s->>'grade')::smallint, s->>'verdict', (s->>'effective_from')::date, s->'province'->>'code', \
(s->'province'->>'vintage')::date, s->'province'->>'name', (s->>'transcribed_from_paper')::boolean, s->>'signed_with', \
s->'checks'->>'school_signature', s->'checks'->>'province_signature', s->'checks'->>'ledger', (s->>'leaf_index')::bigint \
FROM (SELECT code, document AS d, jsonb_array_elements(document->'sheets') AS s FROM asked) each
CREATE INDEX ON verdicts (code)
DROP TABLE asked
VACUUM ANALYZE verdicts
";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &LARGE)?;
    let portal = data::settled_portal(bench, &nation, LARGE.name)?;
    let codes = drawn(&nation)?;
    let mut ours = Running::portal(bench, &portal)?;
    ours.wait_until_reflecting(nation.sheets)?;
    let rows = write_rows(bench, ours.address, &codes)?;
    let postgres = Postgres::start(bench)?;
    postgres.sql(&LOAD.replace("{}", &rows.to_string_lossy()))?;
    let mut peer = Running::fastapi(bench, &postgres.socket)?;
    peer.wait_until_listening()?;
    compare(peer.address, &rows)?;
    let load = Load::of(bench, &codes)?;
    let turns = load.in_turns(bench, (JSON, ours.address), (JSON, peer.address), SECONDS)?;
    fs::remove_file(rows)?;
    let mut beside = turns.rates("ours", "peer");
    beside.push(format!("rounds: {} of {SECONDS} s", bench.rounds));
    Ok(vec![Measured::new("verdict_vs_fastapi_dict", turns.ratio(), "≥ 20", METHOD, beside)])
}

/// Our answers as PostgreSQL copies them: code, tab, document.
fn write_rows(bench: &Bench, address: SocketAddr, codes: &[TranscriptCode]) -> Result<PathBuf, Fault> {
    let path = bench.data.join("rows.txt");
    let mut out = BufWriter::new(fs::File::create(&path)?);
    ask_each(address, codes, |code, document| {
        let document = std::str::from_utf8(document)?.replace('\\', "\\\\");
        Ok(writeln!(out, "{code}\t{document}")?)
    })?;
    out.flush()?;
    Ok(path)
}

/// The peer answers with what is in the rows.
fn compare(address: SocketAddr, rows: &Path) -> Done {
    let agent = ureq::Agent::new_with_defaults();
    for row in fs::read_to_string(rows)?.lines().take(COMPARED) {
        let (code, document) = row.split_once('\t').ok_or("a row without a document")?;
        let mut answer = agent.get(format!("http://{address}/api/v1/transcripts/{code}")).call()?;
        let theirs: Value = answer.body_mut().read_json()?;
        let ours: Value = serde_json::from_str(&document.replace("\\\\", "\\"))?;
        if without_code(theirs) != without_code(ours) {
            return Err("the peer answers something else than we did".into());
        }
    }
    Ok(())
}

/// A code is written in another case or grouping by PostgreSQL.
fn without_code(mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.remove("code");
    }
    document
}
