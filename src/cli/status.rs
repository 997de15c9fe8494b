//! `hocba status`: ledger, followers, stores and faults in one screen.

use clap::Args;
use serde_json::{Value, json};

use super::data_dir::DataDir;
use super::local::{self, Request};
use super::{CliFault, Context, Outcome, now, switch};
use crate::switches::{Switches, SwitchesFile};

/// Show ledger size and age, following, journal and faults.
///
/// Asks the running server; without one, reads the ledger.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba status --data /srv/hocba\n  hocba status --data /srv/hocba --confirm-clock\n\nExit code 1: something needs attention."
)]
pub struct StatusArgs {
    /// Say that the clock is right although it is far past the last cosignature
    #[arg(long)]
    confirm_clock: bool,
}

/// Runs the command.
///
/// # Errors
/// When neither server nor ledger can be asked.
pub fn run(args: &StatusArgs, context: &Context) -> Result<Outcome, CliFault> {
    let data = DataDir::at(context.data()?, &context.config);
    data.require_keys()?;
    if args.confirm_clock {
        return confirm_clock(&data, context);
    }
    let mut status = match local::ask(&data.socket(), &Request::Status)? {
        Some(status) => status,
        None => at_rest(&data)?,
    };
    // Read here, as every server does within a second.
    let read = SwitchesFile::in_dir(data.root()).read();
    let fault = read.as_ref().err().map(ToString::to_string);
    let switches = read.unwrap_or_else(|_| Switches::unreadable());
    let mut lines = vec![screen(&status)];
    lines.extend(switch::lines(&switches));
    lines.extend(fault.iter().map(|fault| format!("fault       {fault}: set it again with `hocba switch`")));
    let is_open = |part: &str| status[part]["closed"].is_null() && status[part]["fault"].is_null();
    let are_open = ["offices", "batches", "search"].into_iter().all(is_open);
    let healthy = status["health"]["ready"] == true && fault.is_none() && are_open;
    status["switches"] = json!({ "verdict_only": switches.verdict_only, "banner": switches.banner, "fault": fault });
    context.print(&status, lines.join("\n"))?;
    Ok(if healthy { Outcome::Yes } else { Outcome::No })
}

fn confirm_clock(data: &DataDir, context: &Context) -> Result<Outcome, CliFault> {
    let answer = match local::ask(&data.socket(), &Request::ConfirmClock)? {
        Some(answer) => answer,
        None => {
            let now_ms = u64::try_from(now().as_millis()).unwrap_or(0);
            let mut intake = data.intake(now())?;
            intake.writer().confirm_clock(now_ms).map_err(|e| CliFault::new(e, "run `hocba audit`"))?;
            json!({ "confirmed": true })
        }
    };
    context.print(&answer, "the clock is confirmed; the writer goes on")?;
    Ok(Outcome::Yes)
}

fn at_rest(data: &DataDir) -> Result<Value, CliFault> {
    let checkpoint = data.reader()?.checkpoint();
    let age = checkpoint.cosigned_at().map(|at| now().as_seconds() - at.as_seconds());
    Ok(json!({
        "running": false,
        "writer": false,
        "health": {
            "ready": false,
            "ledger_size": checkpoint.size(),
            "checkpoint_age_s": age,
            "faults": ["no server is running here"],
        },
        "data": data.root(),
    }))
}

fn screen(status: &Value) -> String {
    let health = &status["health"];
    let number = |value: &Value| value.as_i64().map_or("unknown".to_owned(), |n| n.to_string());
    let mut lines = vec![
        format!("data        {}", status["data"].as_str().unwrap_or_default()),
        format!(
            "server      {}",
            match (status["running"] == true, status["writer"] == true) {
                (true, true) => "running, writes the ledger",
                (true, false) => "running, follows only",
                (false, _) => "not running",
            }
        ),
        format!(
            "ledger      {} entries, cosigned {} s ago",
            number(&health["ledger_size"]),
            number(&health["checkpoint_age_s"])
        ),
    ];
    if status["running"] == true {
        lines.push(format!("answers     reflect {} entries", number(&health["reflected_size"])));
        let journal = &status["journal"];
        let state = journal["closed"].as_str().map_or(String::new(), |why| format!(", CLOSED: {why}"));
        lines.push(format!("journal     {} lines{state}", number(&journal["lines"])));
        lines.push(format!("reports     {} of errors", number(&status["reports"])));
        for name in ["offices", "apps"] {
            let kept = &status[name];
            let state = kept["closed"].as_str().map_or(String::new(), |why| format!(", CLOSED: {why}"));
            lines.push(format!("{name:<11} {}{state}", number(&kept["count"])));
        }
        lines.extend(Some(&status["search"]).filter(|index| !index.is_null()).map(search_line));
        let batches = &status["batches"];
        let state = batches["closed"].as_str().map_or(String::new(), |why| format!(", CLOSED: {why}"));
        lines.push(format!("batches     {} waiting{state}", number(&batches["waiting"])));
    }
    if let Some(line) = health.get("shared").map(shared_line) {
        lines.push(line);
    }
    match health["faults"].as_array().filter(|f| !f.is_empty()) {
        None => lines.push("faults      none".into()),
        Some(faults) => lines.extend(faults.iter().map(|f| format!("fault       {}", f.as_str().unwrap_or_default()))),
    }
    lines.join("\n")
}

/// The search index of a process that answers offices.
fn search_line(index: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let size = number(&index["ledger_size"]);
    let state = match (index["fault"].as_str(), index["ready"] == true) {
        (Some(fault), _) => format!(", STOPPED: {fault}"),
        (None, false) => ", BEING PREPARED".into(),
        (None, true) => format!(", complete {} s ago", number(&index["age_s"])),
    };
    let (sheets, megabytes) = (number(&index["sheets"]), number(&index["bytes"]).div_ceil(1_000_000));
    format!("search      {sheets} sheets of {size} entries, {megabytes} MB{state}")
}

/// The engine shared with other replicas.
fn shared_line(shared: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let state = match shared["up"] == true {
        true => "up".to_owned(),
        false => format!("AWAY: {}", shared["fault"].as_str().unwrap_or("it is being reached")),
    };
    let mut line = format!("redis       {state}, given up {} times", number(&shared["given_up"]));
    if shared["holds_records"] == true {
        let mended = &shared["mended"];
        line += &format!(
            "; {} records wait to be made again, {} were",
            number(&shared["refill_queue"]),
            number(&mended["on_demand"]) + number(&mended["gone_through"])
        );
        if number(&mended["bundles_left"]) > 0 {
            line += &format!(", {} bundles of the ledger still to go through", number(&mended["bundles_left"]));
        }
    }
    line
}
