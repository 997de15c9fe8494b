//! Where everything is, and how often it is measured.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whatever went wrong, as a sentence.
pub(crate) type Fault = Box<dyn Error + Send + Sync>;
/// Done, or what went wrong.
pub(crate) type Done = Result<(), Fault>;

/// Interleaved rounds of a ratio, when the environment does not say.
const ROUNDS: usize = 5;

/// One run of the benchmarks.
pub(crate) struct Bench {
    /// The portal's release binary.
    pub(crate) hocba: PathBuf,
    /// The repository.
    pub(crate) root: PathBuf,
    /// Data that is made once and kept.
    pub(crate) data: PathBuf,
    /// Rounds of each ratio.
    pub(crate) rounds: usize,
}

impl Bench {
    pub(crate) fn new() -> Result<Self, Fault> {
        let hocba = std::env::var_os("HOCBA_BIN").ok_or("start me with `bash benches/run`")?;
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let data = root.join("target/bench-data");
        std::fs::create_dir_all(&data)?;
        let rounds = std::env::var("BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
        Ok(Self { hocba: hocba.into(), root, data, rounds })
    }

    /// A command of the portal on a data directory, with the benchmarks' settings.
    pub(crate) fn hocba(&self, data: &Path) -> Result<Command, Fault> {
        let mut command = Command::new(&self.hocba);
        command.arg("--data").arg(data).arg("--config").arg(self.settings()?);
        Ok(command)
    }

    /// Everybody asks from one address here, and nobody renews the cosignature of a ledger at rest.
    pub(crate) fn settings(&self) -> Result<PathBuf, Fault> {
        let path = self.data.join("bench.toml");
        let text = "[serve]\nworkers = 2\nadmin_listen = \"127.0.0.1:0\"\n\n[log]\nmax_age_s = 315360000\nmax_clock_gap_h = 87600\n\n\
                    [limits]\nverdicts_per_minute = 1000000000\nverdict_burst = 1000000000\n\n\
                    [log_output]\nlevel = \"error\"\n";
        std::fs::write(&path, text)?;
        Ok(path)
    }
}

/// Runs a command to its end; its output matters only when it fails.
pub(crate) fn run(command: &mut Command) -> Done {
    let output = command.output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim()).into()),
    }
}

/// The middle one; of an even number the lower middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}
