//! `verdict_vs_static`: public verdicts against the same server library with nothing behind it.

use std::net::SocketAddr;
use std::thread;

use hocba::transcript::TranscriptCode;
use serde_json::Value;

use super::bench::{Bench, Done, Fault};
use super::data::{self, LARGE};
use super::process::Running;
use super::report::Measured;
use super::wrk::{JSON, Load};

/// Transcripts that are asked for.
const TRANSCRIPTS: usize = 100_000;
const WORKERS: usize = 2;
const SECONDS: u32 = 5;

const METHOD: &str = "`wrk -t2 -c64` asks `hocba serve` (2 workers, role public, limits raised) for \
    `GET /api/v1/transcripts/{code}` with codes drawn at random from 100,000 transcripts of 3 sheets of at least \
    6 KB each, in a portal of a million sheets; in turns with an actix-web handler on the same route that parses \
    the code and returns a body of the same size from memory, with as many workers. Before the load every one of \
    the codes is asked for once and must be `valid` with 3 sheets; under load every answer must be 200. Value: ours \
    over the peer's, requests a second.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &LARGE)?;
    let portal = data::settled_portal(bench, &nation, LARGE.name)?;
    let codes = drawn(&nation)?;
    let mut ours = Running::portal(bench, &portal)?;
    ours.wait_until_reflecting(nation.sheets)?;
    let bytes = ask_for_all(ours.address, &codes)?;
    let mut peer = Running::peer(bytes, WORKERS)?;
    peer.wait_until_listening()?;
    let load = Load::of(bench, &codes)?;
    let turns = load.in_turns(bench, (JSON, ours.address), (JSON, peer.address), SECONDS)?;
    let mut beside = turns.rates("ours", "peer");
    beside.push(format!("body: {bytes} bytes; rounds: {} of {SECONDS} s", bench.rounds));
    Ok(vec![Measured::new("verdict_vs_static", turns.ratio(), "≥ 0.5, aim 0.8", METHOD, beside)])
}

/// The codes to ask for, spread over the whole nation.
pub(crate) fn drawn(nation: &data::Nation) -> Result<Vec<TranscriptCode>, Fault> {
    // They are in the order of random codes already, so the first are as good as any.
    let mut codes = nation.codes()?;
    match codes.len() >= TRANSCRIPTS {
        true => codes.truncate(TRANSCRIPTS),
        false => return Err(format!("only {} transcripts have three sheets in force", codes.len()).into()),
    }
    Ok(codes)
}

/// Asks once for every code and checks each answer; gives the mean length of a body.
pub(crate) fn ask_for_all(address: SocketAddr, codes: &[TranscriptCode]) -> Result<usize, Fault> {
    let halves: Vec<&[TranscriptCode]> = codes.chunks(codes.len().div_ceil(WORKERS)).collect();
    let lengths: Vec<Result<usize, Fault>> = thread::scope(|scope| {
        let asking: Vec<_> =
            halves.into_iter().map(|half| scope.spawn(move || ask_each(address, half, |_, _| Ok(())))).collect();
        asking.into_iter().map(|one| one.join().unwrap_or_else(|_| Err("a thread failed".into()))).collect()
    });
    let total: usize = lengths.into_iter().sum::<Result<usize, Fault>>()?;
    Ok(total / codes.len())
}

/// Asks for every code in turn, checks each answer and shows it to `keep`; gives their length together.
pub(crate) fn ask_each(
    address: SocketAddr,
    codes: &[TranscriptCode],
    mut keep: impl FnMut(&TranscriptCode, &[u8]) -> Done,
) -> Result<usize, Fault> {
    let agent = ureq::Agent::new_with_defaults();
    let mut total = 0;
    for code in codes {
        let mut answer = agent.get(format!("http://{address}/api/v1/transcripts/{code}")).call()?;
        let body = answer.body_mut().read_to_vec()?;
        let verdict: Value = serde_json::from_slice(&body)?;
        let sheets = verdict["sheets"].as_array().map_or(0, Vec::len);
        if verdict["verdict"] != "valid" || sheets != 3 {
            return Err(format!("a transcript is {} with {sheets} sheets", verdict["verdict"]).into());
        }
        keep(code, &body)?;
        total += body.len();
    }
    Ok(total)
}
