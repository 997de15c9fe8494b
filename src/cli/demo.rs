//! `hocba demo`: the main job end to end, no services needed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::data_dir::DataDir;
use super::demo_office::{self, DemoOffice};
use super::demo_sandbox::{self, Sandbox};
use super::node::{Duties, Node};
use super::serve::{self, Listeners};
use super::{CliFault, Context, Outcome, ingest, key_soft_copy, now};
use crate::config::{Config, RoleName};
use crate::journal::Actor;
use crate::portal::ShareRefusal;
use crate::synth::{self, Nation, Sample, SynthOptions};
use crate::transcript::text::Text;

/// Make a synthetic nation, take its packages, serve it, and print codes to try.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba demo\n  hocba demo --learners 500 --listen 127.0.0.1:9000 --data /tmp/demo --sandbox\n\nDATA/demo.json lists the printed samples. Keys are made for the demonstration and have no meaning elsewhere."
)]
pub struct DemoArgs {
    /// How many learners
    #[arg(long, default_value_t = 2000, value_name = "N")]
    learners: u64,
    /// Address to serve on
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Seed of the nation
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Register a partner's app and an identity app, with keys made now and a script in DATA/sandbox to try them
    #[arg(long)]
    sandbox: bool,
    /// Stop when everything is ingested
    #[arg(long)]
    no_serve: bool,
}

/// `DATA/demo.json`.
#[derive(Debug, Serialize)]
struct DemoFile<'a> {
    base_url: String,
    samples: Vec<DemoSample<'a>>,
    offices: Vec<DemoOffice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<Sandbox>,
}

#[derive(Debug, Serialize)]
struct DemoSample<'a> {
    #[serde(flatten)]
    sample: &'a Sample,
    /// Of a copy of every year that can be handed on, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be written or the address is taken.
pub fn run(args: &DemoArgs, context: &Context) -> Result<Outcome, CliFault> {
    let root = demo_directory(context)?;
    let mut config = context.config.clone();
    config.serve.listen = args.listen;
    config.serve.roles = vec![RoleName::Public, RoleName::Offices, RoleName::Writer];
    let listeners = match args.no_serve {
        true => None,
        false => Some(Listeners::bind(&config)?),
    };
    let address = listeners.as_ref().map_or(Ok(args.listen), Listeners::address)?;
    config.portal.public_url = format!("http://{address}");
    let nation = make_nation(args, &root, context)?;
    config.trust.roots = vec![nation.root.clone()];
    let (key_file, chain_file) = key_soft_copy::demonstration(&root, &config.portal.owner)?;
    (config.soft_copy.key_file, config.soft_copy.chain_file) = (key_file, chain_file);
    remember_root(&root, &config)?;
    let data = DataDir::at(&root, &config);
    data.create_keys()?;
    take_packages(&data, &nation, context)?;
    let serves = listeners.is_some();
    let node = Node::start(&data, Duties { writes: serves, searches: serves })?;
    node.wait_until_followed();
    let samples = nation.samples.iter().map(|sample| with_token(&node, sample)).collect::<Result<_, _>>()?;
    let desk = node.offices.as_ref().map_err(|fault| CliFault::new(fault, "report this"))?;
    let offices = vec![demo_office::make(desk)?];
    let sandbox = match args.sandbox {
        true => {
            let apps = node.apps.as_ref().map_err(|fault| CliFault::new(fault, "report this"))?;
            Some(demo_sandbox::make(apps, &root, &config.portal.public_url, &nation.samples)?)
        }
        false => None,
    };
    let demo = DemoFile { base_url: config.portal.public_url.clone(), samples, offices, sandbox };
    write_demo_file(&root, &demo)?;
    context.print(&demo, screen(&root, &demo))?;
    if let Some(listeners) = listeners {
        if !context.json {
            println!("\nServing on {}; stop with Ctrl-C.", demo.base_url);
        }
        serve::serve(node, &data, listeners)?;
    }
    Ok(Outcome::Yes)
}

/// A copy for whoever tries the demonstration; a transcript of which nothing is in force has none.
fn with_token<'a>(node: &Node, sample: &'a Sample) -> Result<DemoSample<'a>, CliFault> {
    let actor = Actor::Operator { name: Text::new("hocba demo").map_err(|e| CliFault::new(e, "report this"))? };
    let made = node.portal.share_as_operator(&sample.code, &actor, "dữ liệu thử nghiệm", |_| true, now());
    let token = match made {
        Ok(made) => Some(made.token),
        Err(ShareRefusal::NothingChosen) => None,
        Err(fault) => return Err(CliFault::new(format_args!("no copy could be made: {fault}"), "report this")),
    };
    Ok(DemoSample { sample, token })
}

/// A directory named with `--data` must be new: a demonstration never mixes with real records.
fn demo_directory(context: &Context) -> Result<PathBuf, CliFault> {
    let fault = |e: std::io::Error| {
        CliFault::new(format_args!("no directory for the demonstration: {e}"), "name one with --data DIR")
    };
    match &context.data {
        None => Ok(tempfile::Builder::new().prefix("hocba-demo-").tempdir().map_err(fault)?.keep()),
        Some(dir) => {
            std::fs::create_dir_all(dir).map_err(fault)?;
            match std::fs::read_dir(dir).map_err(fault)?.next() {
                None => Ok(dir.clone()),
                Some(_) => Err(CliFault::new(
                    format_args!("{} is not empty", dir.display()),
                    format_args!(
                        "serve what is there with `hocba serve --data {}`, or name a new directory",
                        dir.display()
                    ),
                )),
            }
        }
    }
}

fn make_nation(args: &DemoArgs, root: &std::path::Path, context: &Context) -> Result<Nation, CliFault> {
    let fault = |e: synth::SynthFault| CliFault::new(e, "make room, or choose another directory");
    let options = SynthOptions { seed: args.seed, ..SynthOptions::new(args.learners).map_err(fault)? };
    let spinner = match context.shows_progress() {
        true => ProgressBar::new_spinner().with_message("making a synthetic nation: keys, signatures, packages"),
        false => ProgressBar::hidden(),
    };
    spinner.enable_steady_tick(std::time::Duration::from_millis(120));
    let nation = synth::write_nation(&root.join("nation"), &options, now()).map_err(fault)?;
    spinner.finish_and_clear();
    Ok(nation)
}

/// `DATA/hocba.toml`, so that later commands on this directory trust the same root.
fn remember_root(root: &std::path::Path, config: &Config) -> Result<(), CliFault> {
    #[derive(Serialize)]
    struct Settings<'a> {
        portal: PortalSettings<'a>,
        trust: &'a crate::config::Trust,
        soft_copy: SoftCopySettings<'a>,
    }
    #[derive(Serialize)]
    struct SoftCopySettings<'a> {
        key_file: &'a str,
        chain_file: &'a str,
    }
    #[derive(Serialize)]
    struct PortalSettings<'a> {
        public_url: &'a str,
    }
    let soft_copy = SoftCopySettings { key_file: &config.soft_copy.key_file, chain_file: &config.soft_copy.chain_file };
    let portal = PortalSettings { public_url: &config.portal.public_url };
    let settings = Settings { portal, trust: &config.trust, soft_copy };
    let text = toml::to_string(&settings).map_err(|e| CliFault::new(e, "report this"))?;
    write(&root.join("hocba.toml"), text.as_bytes())
}

fn write(path: &std::path::Path, bytes: &[u8]) -> Result<(), CliFault> {
    std::fs::write(path, bytes)
        .map_err(|e| CliFault::new(format_args!("cannot write {}: {e}", path.display()), "make room"))
}

fn take_packages(data: &DataDir, nation: &Nation, context: &Context) -> Result<(), CliFault> {
    let mut intake = data.intake(now())?;
    let bar = match context.shows_progress() {
        true => ProgressBar::new(nation.packages.len() as u64),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} packages checked and logged") {
        bar.set_style(style);
    }
    for package in &nation.packages {
        let taken = ingest::take(&mut intake, package, false)?;
        if !taken.is_clean() {
            return Err(CliFault::new(
                format_args!("the demonstration's own package {} was not taken clean", package.display()),
                "look at its receipt beside it and report this",
            ));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

fn write_demo_file(root: &std::path::Path, demo: &DemoFile<'_>) -> Result<(), CliFault> {
    let json = serde_json::to_vec_pretty(demo).map_err(|e| CliFault::new(e, "report this"))?;
    write(&root.join("demo.json"), &json)
}

fn screen(root: &std::path::Path, demo: &DemoFile<'_>) -> String {
    let mut lines = vec![
        format!("Data: {}", root.display()),
        format!("Portal: {}", demo.base_url),
        String::new(),
        format!("{:<17} {:<9} {:<11} {:<32} name", "expected verdict", "level", "birth date", "code"),
    ];
    for DemoSample { sample, .. } in &demo.samples {
        let verdict = serde_json::to_value(sample.expected_verdict).ok().and_then(|v| v.as_str().map(str::to_owned));
        lines.push(format!(
            "{:<17} {:<9} {:<11} {:<32} {}",
            verdict.unwrap_or_default(),
            sample.level,
            sample.date_of_birth.to_string(),
            sample.code,
            sample.full_name
        ));
    }
    if let Some(DemoSample { sample, token }) = demo.samples.first() {
        lines.push(format!("\nTry: {}/v/{}", demo.base_url, sample.code));
        lines.extend(token.as_ref().map(|t| format!("With a copy's QR: {}/v/{}#{t}", demo.base_url, sample.code)));
    }
    lines.push(format!("\nFor offices: {}/co-quan", demo.base_url));
    for account in demo.offices.iter().flat_map(|office| &office.accounts) {
        lines.push(format!(
            "{:<21} {:<18} password {}",
            account.role.name(),
            account.account.to_string(),
            account.password
        ));
        lines.push(format!("{:<40} code     hocba office code {}", "", account.totp_secret));
    }
    if let Some(sandbox) = &demo.sandbox {
        let script = sandbox.script.display();
        lines.push(format!("\nFor apps (docs/apps.md): bash {script}\n{:<9}bash {script} changes?since=0", ""));
    }
    lines.join("\n")
}
