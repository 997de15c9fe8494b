//! The `hocba` command: parse arguments, load the configuration, dispatch.

use std::process::ExitCode;

fn main() -> ExitCode {
    hocba::cli::main()
}
