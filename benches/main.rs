//! Figures of docs/benchmarks.md; run by benches/run, which builds it and names the portal's binary.
//!
//! Every figure drives the real `hocba` binary: packages through `hocba ingest`, questions over HTTP to
//! `hocba serve`. Peers and floors are measured in the same run, in turns with us, so that a busy machine
//! slows both.

mod figures;

use std::process::ExitCode;

use figures::bench::Bench;

/// The portal's own, so that what is measured in process here costs what it costs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // `cargo bench` adds --bench.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let done = match arguments.first().map(String::as_str) {
        Some(figures::peer::SUBCOMMAND) => figures::peer::serve(&arguments[1..]),
        _ => Bench::new().and_then(|bench| figures::run(&bench, &arguments)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("benches: {fault}");
            ExitCode::FAILURE
        }
    }
}
