//! `hocba switch`: verdict-only mode and the banner, while servers run.

use std::fs::File;

use clap::{Args, Subcommand, ValueEnum};

use super::data_dir::DataDir;
use super::{CliFault, Context, Outcome, arguments};
use crate::fsync::FileLock;
use crate::switches::{Banner, MAX_BANNER, Switches, SwitchesFile};
use crate::transcript::text::Text;

/// Switch what running servers do: each notices within a second or two, and a restart forgets nothing
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Examples:\n  hocba switch --data /srv/hocba verdict-only on\n  hocba switch --data /srv/hocba banner \\\n    --vi \"Cổng đang xử lý sự cố; kết quả tra cứu vẫn đúng.\" --en \"We are handling an incident; results remain correct.\"\n  hocba switch --data /srv/hocba banner off"
)]
pub(super) enum Command {
    /// Give verdicts and open nothing: every disclosure is answered with 503
    VerdictOnly {
        /// Which way
        #[arg(value_enum)]
        to: To,
    },
    /// Show a notice on every page, or none
    Banner(BannerArgs),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Off {
    Off,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba switch --data /srv/hocba banner --vi \"Cổng đang bảo trì.\" --en \"Maintenance is under way.\"\n  hocba switch --data /srv/hocba banner off"
)]
pub(super) struct BannerArgs {
    /// Take the notice away
    #[arg(value_enum, required_unless_present_any = ["vi", "en"], conflicts_with_all = ["vi", "en"])]
    off: Option<Off>,
    /// The notice on Vietnamese pages: one line, at most 300 characters, plain text
    #[arg(long, value_name = "TEXT", requires = "en", value_parser = arguments::text::<MAX_BANNER>)]
    vi: Option<Text<MAX_BANNER>>,
    /// The same on English pages
    #[arg(long, value_name = "TEXT", requires = "vi", value_parser = arguments::text::<MAX_BANNER>)]
    en: Option<Text<MAX_BANNER>>,
}

impl BannerArgs {
    fn banner(&self) -> Option<Banner> {
        Some(Banner { vi: self.vi.clone()?, en: self.en.clone()? })
    }
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// When the file cannot be read or written, or another command is at it.
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let data = DataDir::at(context.data()?, &context.config);
        data.require_keys()?;
        let fault = |e: &dyn std::fmt::Display| {
            CliFault::new(
                format_args!("the switches cannot be set: {e}"),
                "run the command as the server's user, alone, and check the data directory",
            )
        };
        // Held from reading to writing: of two commands at once none undoes the other.
        let _lock = FileLock::take(File::open(data.root()).map_err(|e| fault(&e))?).map_err(|e| fault(&e))?;
        let file = SwitchesFile::in_dir(data.root());
        let switches = self.changed(file.read().unwrap_or_else(|fault| {
            tracing::warn!(%fault, "set again from what servers do meanwhile: verdicts only, no banner");
            Switches::unreadable()
        }));
        file.write(&switches).map_err(|e| fault(&e))?;
        context.print(&switches, lines(&switches).join("\n"))?;
        Ok(Outcome::Yes)
    }

    fn changed(&self, switches: Switches) -> Switches {
        match self {
            Self::VerdictOnly { to } => Switches { verdict_only: *to == To::On, ..switches },
            Self::Banner(args) => Switches { banner: args.banner(), ..switches },
        }
    }
}

/// The switches as `hocba status` shows them too.
pub(super) fn lines(switches: &Switches) -> Vec<String> {
    let verdict_only = if switches.verdict_only { "ON: nothing is opened" } else { "off" };
    let mut lines = vec![format!("verdicts    only: {verdict_only}")];
    match &switches.banner {
        None => lines.push("banner      off".into()),
        Some(Banner { vi, en }) => lines.extend([format!("banner      vi: {vi}"), format!("            en: {en}")]),
    }
    lines
}
