//! `hocba rebuild`: makes the derived stores again from the ledger.

use std::io;
use std::path::Path;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::data_dir::DataDir;
use super::{CliFault, Context, Outcome};
use crate::follow::registrar::Registrar;
use crate::heads::{Heads, HeadsFault, HeadsOptions};
use crate::register::RegisterFile;

/// Make heads, records and the register of schools again from the ledger, beside the old ones, and swap; the next writer makes its index again.
///
/// The ledger, the journal and the keys are not touched. Stop the server first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hocba rebuild --data /srv/hocba")]
pub struct RebuildArgs {}

/// Runs the command.
///
/// # Errors
/// When a server is using the stores, or the ledger cannot be followed.
pub fn run(_args: &RebuildArgs, context: &Context) -> Result<Outcome, CliFault> {
    let data = DataDir::at(context.data()?, &context.config);
    data.require_keys()?;
    let size = rebuild(&data, context.shows_progress())?;
    data.forget_index()?;
    context.print(
        &serde_json::json!({ "ledger_size": size }),
        format!("the derived stores reflect {size} ledger entries"),
    )?;
    Ok(Outcome::Yes)
}

fn io_fault(fault: io::Error) -> CliFault {
    CliFault::new(
        format_args!("the derived stores cannot be swapped: {fault}"),
        "make room, check permissions and run it again",
    )
}

/// Builds beside and swaps by renaming. A crash leaves the old stores, or none: then the next start
/// follows the ledger from its beginning.
///
/// # Errors
/// As [`run`].
pub fn rebuild(data: &DataDir, shows_progress: bool) -> Result<u64, CliFault> {
    let current = data.derived();
    if let Err(HeadsFault::Locked) = Heads::open(&current.join("heads"), HeadsOptions::default()) {
        return Err(CliFault::new("a server is using the derived stores", "stop it, rebuild, and start it again"));
    }
    let (next, old) = (current.with_extension("next"), current.with_extension("old"));
    remove(&next)?;
    remove(&old)?;
    data.hand_on_seen(&next)?;
    let size = follow_all(data, &next, shows_progress)?;
    if current.exists() {
        std::fs::rename(&current, &old).map_err(io_fault)?;
    }
    std::fs::rename(&next, &current).map_err(io_fault)?;
    remove(&old)?;
    Ok(size)
}

fn remove(dir: &Path) -> Result<(), CliFault> {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(io_fault(e)),
        _ => Ok(()),
    }
}

/// Follows the whole ledger into stores in `dir`.
///
/// # Errors
/// When the ledger cannot be followed.
pub fn follow_all(data: &DataDir, dir: &Path, shows_progress: bool) -> Result<u64, CliFault> {
    let mut following = data.following(dir)?;
    let (reader, published) = (std::sync::Arc::clone(&following.reader), following.follower.published());
    let mut registrar = Registrar::start(reader, published, RegisterFile::in_dir(dir));
    let bar = if shows_progress { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} entries {eta}") {
        bar.set_style(style);
    }
    let broken = |fault: &dyn std::fmt::Display| {
        CliFault::new(
            format_args!("the ledger cannot be followed: {fault}"),
            "run `hocba audit` to find where it is damaged",
        )
    };
    loop {
        let progress = following.follower.step().map_err(|e| broken(&e))?;
        bar.set_length(progress.size);
        bar.set_position(progress.reflected);
        if !progress.is_behind() {
            following.follower.settle().map_err(|e| broken(&e))?;
            while registrar.step().map_err(|e| broken(&e))? {}
            registrar.save().map_err(|e| broken(&e))?;
            bar.finish_and_clear();
            return Ok(progress.size);
        }
    }
}
