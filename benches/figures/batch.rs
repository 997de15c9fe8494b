//! `batch_vs_bare`: a batch of an office, journal and all, against looking the same codes up in a loop.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hocba::cli::data_dir::DataDir;
use hocba::cli::node::{Duties, Node};
use hocba::config::Config;
use hocba::offices::{Change, Kind, OfficeId, Provinces, Purpose, Scope, Years};
use hocba::portal::batch::{BatchDesk, Caller, HandedIn};
use hocba::portal::office_desk::OfficeRequest;
use hocba::transcript::text::Text;
use hocba::transcript::{GroupSet, Level, Moment, SchoolYear, TranscriptCode};

use super::bench::{Bench, Done, Fault, median};
use super::data::{self, SMALL};
use super::report::Measured;

const ROWS: usize = 10_000;
const OFFICE: &str = "bench";

const METHOD: &str = "One process over a portal of 200,000 sheets, nothing else running in it; 10,000 codes of transcripts of 3 \
    sheets, drawn at random, in turns: the loop calls `Portal::verdict` for each code and looks at the verdict; the batch \
    takes a CSV with those codes (parsed, sealed, fsynced, written down), looks every row up, writes each transcript's \
    keyed hash into the journal and the results into its sealed file, both fsynced at each step, to the end. Both on one \
    thread; every verdict must be `valid`. Value: rows a second of the batch over those of the loop.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &SMALL)?;
    let portal = data::settled_portal(bench, &nation, SMALL.name)?;
    let mut codes = nation.codes()?;
    if codes.len() < ROWS {
        return Err(format!("only {} transcripts have three sheets in force", codes.len()).into());
    }
    codes.truncate(ROWS);
    let node = opened(bench, &portal)?;
    let desk = node.batches()?;
    let table = codes.iter().fold("Mã tra cứu\n".to_owned(), |table, code| table + &code.to_string() + "\n");
    let file = HandedIn { name: text("ma.csv")?, bytes: Arc::new(table.into_bytes()), taken: Vec::new() };
    let mut rounds = Vec::new();
    // The first round fills caches.
    for round in 0..=bench.rounds {
        let bare = bare(&node, &codes)?;
        let batch = batch(&desk, &file)?;
        if round > 0 {
            rounds.push((bare, batch));
        }
    }
    let rate = |seconds: f64| ROWS as f64 / seconds;
    let middle = |of: fn(&(f64, f64)) -> f64| median(rounds.iter().map(of).collect());
    let beside = vec![
        format!("bare: {:.0} rows/s", rate(middle(|round| round.0))),
        format!("batch: {:.0} rows/s", rate(middle(|round| round.1))),
        format!("rounds: {}", rounds.len()),
    ];
    let ratio = median(rounds.iter().map(|(bare, batch)| bare / batch).collect());
    Ok(vec![Measured::new("batch_vs_bare", ratio, "≥ 0.5", METHOD, beside)])
}

fn now() -> Moment {
    Moment::from(jiff::Timestamp::now())
}

fn text<const MAX: usize>(text: &str) -> Result<Text<MAX>, Fault> {
    Ok(Text::new(text)?)
}

fn office() -> Result<OfficeId, Fault> {
    OfficeId::parse(OFFICE).ok_or_else(|| "no name of an office".into())
}

/// The portal in this process, with an office that may look everything up.
fn opened(bench: &Bench, portal: &Path) -> Result<Node, Fault> {
    let config = Config::load(&[&portal.join("hocba.toml"), &bench.settings()?])?;
    let node = Node::start(&DataDir::at(portal, &config), Duties::default())?;
    node.wait_until_followed();
    let offices = node.offices.as_ref().map_err(String::as_str)?;
    if offices.offices().get(&office()?).is_none() {
        let year = |first| SchoolYear::starting(first).ok_or("no school year");
        let until = Moment::from_millis(now().as_millis() + 300 * 86_400_000).ok_or("no time")?;
        let years = Years::new(year(2000)?, year(2100)?)?;
        let scope = Scope::new(Provinces::ALL, Level::ALL, years, GroupSet::NONE, until)?;
        let change = Change::Create {
            office: office()?,
            name: text("Đơn vị đo")?,
            kind: Kind::Admissions,
            purpose: Purpose::new("Đo tốc độ", "không")?,
            scope,
        };
        let request = OfficeRequest::Change { change: Box::new(change), by: text("bench")?, reason: text("bench")? };
        offices.answer(request, now())?;
    }
    Ok(node)
}

/// Seconds for looking every code up.
fn bare(node: &Node, codes: &[TranscriptCode]) -> Result<f64, Fault> {
    let started = Instant::now();
    let valid = codes.iter().filter(|code| {
        let verdict = node.portal.verdict(code, now(), |answer| black_box(answer).verdict);
        verdict == hocba::portal::answer::Verdict::Valid
    });
    match valid.count() {
        ROWS => Ok(started.elapsed().as_secs_f64()),
        valid => Err(format!("only {valid} of {ROWS} transcripts are valid").into()),
    }
}

/// Seconds from handing the table in to the last row.
fn batch(desk: &BatchDesk, file: &HandedIn) -> Result<f64, Fault> {
    let caller = Caller::Operator { office: office()?, name: text("bench")?, reason: text("bench")? };
    let started = Instant::now();
    let view = desk.begin(&caller, file, now())?;
    desk.work_off(&now);
    let seconds = started.elapsed().as_secs_f64();
    finished(desk, &caller, &view.id)?;
    desk.delete(&caller, &view.id, now())?;
    Ok(seconds)
}

fn finished(desk: &BatchDesk, caller: &Caller<'_>, id: &hocba::batch::jobs::JobId) -> Done {
    let view = desk.get(caller, id).ok_or("the batch is gone")?;
    let results =
        desk.results(caller, id, hocba::portal::batch::Format::Csv, hocba::portal::batch::Tongue::En, now())?;
    let valid = String::from_utf8(results)?.matches(",In force,").count();
    match view.done == ROWS as u64 && valid == ROWS {
        true => Ok(()),
        false => Err(format!("{} rows done, {valid} of them valid", view.done).into()),
    }
}
