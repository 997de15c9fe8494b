//! `hocba rebuild`: makes the derived stores again from the ledger.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::data_dir::DataDir;
use super::{CliFault, Context, Outcome};
use crate::config::RoleName;
use crate::follow::Follower;
use crate::follow::registrar::Registrar;
use crate::heads::{Heads, HeadsFault, HeadsOptions};
use crate::register::RegisterFile;

/// How often what comes behind the heads looks for more.
const LOOK: Duration = Duration::from_millis(10);

/// Make heads, records, the register of schools and, where offices are answered, the search index again from the ledger, beside the old ones, and swap; the next writer makes its index again.
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
    // A role may have been given on the command line of the server: what is there is made again.
    let answers_offices = data.config().serve.roles.contains(&RoleName::Offices);
    let searches = answers_offices || DataDir::search_in(&current).exists();
    let size = follow_all(data, &next, searches, shows_progress)?;
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

/// Follows the whole ledger into stores in `dir`, with a search index among them or without.
///
/// # Errors
/// When the ledger cannot be followed.
pub fn follow_all(data: &DataDir, dir: &Path, searches: bool, shows_progress: bool) -> Result<u64, CliFault> {
    let mut following = data.following(dir)?;
    let (reader, published) = (Arc::clone(&following.reader), following.follower.published());
    let mut registrar = Registrar::start(reader, published, RegisterFile::in_dir(dir));
    let indexer = match searches {
        true => Some(data.indexer(dir, &following)?),
        false => None,
    };
    let bar = if shows_progress { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} entries {eta}") {
        bar.set_style(style);
    }
    // What comes behind the heads has the cores that they leave idle.
    let is_followed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let behind = scope.spawn(|| {
            keep_up(&is_followed, || registrar.step())?;
            registrar.save().map_err(|e| broken(&e))
        });
        let search = indexer.map(|mut indexer| {
            let is_followed = &is_followed;
            scope.spawn(move || {
                keep_up(is_followed, || indexer.step())?;
                indexer.finish().map_err(|e| broken(&e))
            })
        });
        let followed = follow(&mut following.follower, &bar);
        is_followed.store(true, Ordering::Release);
        joined(behind)?;
        search.map_or(Ok(()), joined)?;
        bar.finish_and_clear();
        followed
    })
}

fn follow(follower: &mut Follower, bar: &ProgressBar) -> Result<u64, CliFault> {
    loop {
        let progress = follower.step().map_err(|e| broken(&e))?;
        bar.set_length(progress.size);
        bar.set_position(progress.reflected);
        if !progress.is_behind() {
            follower.settle().map_err(|e| broken(&e))?;
            return Ok(progress.size);
        }
    }
}

/// Steps until there is nothing more to come.
fn keep_up<E: Display>(is_followed: &AtomicBool, mut step: impl FnMut() -> Result<bool, E>) -> Result<(), CliFault> {
    loop {
        let is_last = is_followed.load(Ordering::Acquire);
        match step().map_err(|e| broken(&e))? {
            true => {}
            false if is_last => return Ok(()),
            false => std::thread::sleep(LOOK),
        }
    }
}

fn joined(work: ScopedJoinHandle<'_, Result<(), CliFault>>) -> Result<(), CliFault> {
    work.join().unwrap_or_else(|_| Err(broken(&"it was given up in the middle")))
}

fn broken(fault: &dyn Display) -> CliFault {
    CliFault::new(
        format_args!("the ledger cannot be followed: {fault}"),
        "run `hocba audit` to find where it is damaged",
    )
}
