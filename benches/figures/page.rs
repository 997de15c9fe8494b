//! `html_vs_json` and `first_view_kb`: the verdict page against the verdict API, and how small it is.

use std::net::SocketAddr;

use hocba::transcript::TranscriptCode;

use super::bench::{Bench, Fault, median};
use super::data::{self, LARGE};
use super::process::Running;
use super::report::Measured;
use super::verdict::{ask_for_all, drawn};
use super::wrk::{JSON, Load, Question};

const SECONDS: u32 = 5;
/// As browsers of today ask over TLS.
const BROWSER: &str = "gzip, deflate, br, zstd";
/// As browsers of yesterday ask.
const OLD_BROWSER: &str = "gzip, deflate";
const PAGE: Question = Question { path: "/v/", accepts: BROWSER };
/// Pages that are looked at before the load.
const LOOKED_AT: usize = 100;

const RATIO: &str = "`GET /v/{code}` against `GET /api/v1/transcripts/{code}`, in turns on one server, same codes and load as \
    `verdict_vs_static`; pages are asked for as browsers do (`Accept-Encoding: gzip, deflate, br, zstd`) and compressed \
    anew for each answer. Before the load a hundred pages must say that the code is in force. Value: pages over verdicts, \
    requests a second.";
const SIZE: &str = "HTML of a verdict page of three school years and its style sheet, both compressed as they travel, in KB of \
    1,024 bytes: the larger of what a browser of today and one that reads only gzip gets. Fonts and the script that \
    copies a code come later and hold nothing up.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &LARGE)?;
    let portal = data::settled_portal(bench, &nation, LARGE.name)?;
    let codes = drawn(&nation)?;
    let mut ours = Running::portal(bench, &portal)?;
    ours.wait_until_reflecting(nation.sheets)?;
    ask_for_all(ours.address, &codes)?;
    for code in codes.iter().take(LOOKED_AT) {
        look_at(ours.address, code)?;
    }
    let views = [first_view(ours.address, &codes[0], BROWSER)?, first_view(ours.address, &codes[0], OLD_BROWSER)?];
    let load = Load::of(bench, &codes)?;
    let mut rounds = Vec::new();
    for _ in 0..bench.rounds {
        rounds.push((load.ask(PAGE, ours.address, SECONDS)?, load.ask(JSON, ours.address, SECONDS)?));
    }
    let ratio = median(rounds.iter().map(|(page, json)| page / json).collect());
    let beside = vec![
        format!("pages: {:.0} requests a second", median(rounds.iter().map(|r| r.0).collect())),
        format!("verdicts: {:.0} requests a second", median(rounds.iter().map(|r| r.1).collect())),
        format!("rounds: {} of {SECONDS} s", rounds.len()),
    ];
    let kb = |view: &View| (view.html + view.css) as f64 / 1024.0;
    let sizes = views.iter().map(|v| format!("`{}`: HTML {} bytes, CSS {} bytes", v.accepts, v.html, v.css)).collect();
    Ok(vec![
        Measured::new("html_vs_json", ratio, "≥ 0.6", RATIO, beside),
        Measured::new("first_view_kb", views.iter().map(kb).fold(0.0, f64::max), "≤ 14", SIZE, sizes),
    ])
}

/// Bytes of a first view as they travel.
struct View {
    accepts: &'static str,
    html: usize,
    css: usize,
}

fn first_view(address: SocketAddr, code: &TranscriptCode, accepts: &'static str) -> Result<View, Fault> {
    let path = format!("/v/{code}");
    let page = String::from_utf8(fetch(address, &path, "identity")?)?;
    let css: Vec<&str> =
        page.split("<link rel=\"stylesheet\" href=\"").skip(1).filter_map(|p| p.split('"').next()).collect();
    let sizes: Result<Vec<usize>, Fault> = css.iter().map(|url| Ok(fetch(address, url, accepts)?.len())).collect();
    Ok(View { accepts, html: fetch(address, &path, accepts)?.len(), css: sizes?.iter().sum() })
}

fn look_at(address: SocketAddr, code: &TranscriptCode) -> Result<(), Fault> {
    let page = String::from_utf8(fetch(address, &format!("/v/{code}"), "identity")?)?;
    match page.contains("Mã học bạ có hiệu lực") {
        true => Ok(()),
        false => Err("a page does not say that its code is in force".into()),
    }
}

/// An answer's body as it travels.
fn fetch(address: SocketAddr, path: &str, accepts: &str) -> Result<Vec<u8>, Fault> {
    let mut answer = ureq::get(format!("http://{address}{path}")).header("accept-encoding", accepts).call()?;
    Ok(answer.body_mut().read_to_vec()?)
}
