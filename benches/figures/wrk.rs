//! The load generator: `wrk -t2 -c64` asking for codes drawn at random from a file.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use hocba::transcript::TranscriptCode;

use super::bench::{Bench, Fault};

/// Requests are made before the load starts, so that drawing one costs the generator next to nothing.
const SCRIPT: &str = r#"local requests, count = {}, 0
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("seed", threads)
end

function init(args)
    math.randomseed(os.time() + seed * 7919)
    for code in io.lines(args[1]) do
        count = count + 1
        requests[count] = wrk.format("GET", args[2] .. code, {["Accept-Encoding"] = args[3]})
    end
end

function request()
    return requests[math.random(count)]
end
"#;

/// What is asked about a code.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    /// What stands before the code.
    pub(crate) path: &'static str,
    /// Which codings the visitor reads.
    pub(crate) accepts: &'static str,
}

/// The verdict as software asks for it.
pub(crate) const JSON: Question = Question { path: "/api/v1/transcripts/", accepts: "identity" };

/// A file of codes and the script that draws from it.
pub(crate) struct Load {
    script: PathBuf,
    codes: PathBuf,
}

impl Load {
    pub(crate) fn of(bench: &Bench, codes: &[TranscriptCode]) -> Result<Self, Fault> {
        let load = Self { script: bench.data.join("draw.lua"), codes: bench.data.join("drawn.txt") };
        fs::write(&load.script, SCRIPT)?;
        let text: String = codes.iter().map(|code| format!("{code}\n")).collect();
        fs::write(&load.codes, text)?;
        Ok(load)
    }

    /// Verdicts a second over this many seconds; an answer that is not 200 is a fault.
    pub(crate) fn run(&self, address: SocketAddr, seconds: u32) -> Result<f64, Fault> {
        self.ask(JSON, address, seconds)
    }

    /// The same with another question.
    pub(crate) fn ask(&self, question: Question, address: SocketAddr, seconds: u32) -> Result<f64, Fault> {
        let url = format!("http://{address}/");
        let mut wrk = Command::new("wrk");
        wrk.args(["-t2", "-c64", &format!("-d{seconds}s"), "-s"]);
        let output = wrk
            .arg(&self.script)
            .arg(url)
            .arg("--")
            .arg::<&Path>(&self.codes)
            .args([question.path, question.accepts])
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if text.contains("Non-2xx") || text.contains("Socket errors") {
            return Err(format!("answers under load were not all 200:\n{text}").into());
        }
        let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:")).map(str::trim);
        rate.and_then(|r| r.parse().ok()).ok_or_else(|| format!("wrk did not run: {text}").into())
    }
}
