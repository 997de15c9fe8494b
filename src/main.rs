//! The `hocba` command: parse arguments, load the configuration, dispatch.

use std::process::ExitCode;

/// For the many threads that read packages side by side.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hocba::cli::main()
}
