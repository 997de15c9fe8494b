//! A Python with the libraries that the examples of docs/ use, for checks in another language.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What the examples import, and where it comes from.
const IMPORTS: &str = "import joserfc, zstandard, pycose, cbor2, pyhanko, schemathesis";
const PACKAGES: [&str; 6] =
    ["joserfc==1.8.0", "zstandard==0.25.0", "pycose==1.1.0", "cbor2==6.3.0", "pyhanko==0.38.0", "schemathesis==4.32.5"];

pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?} cannot run: {e}; install python3 with venv"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A virtual environment with the libraries, made once beside the build.
pub(crate) fn python() -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let make = || {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python-examples");
        let python = dir.join("bin/python");
        let ready = || Command::new(&python).args(["-c", IMPORTS]).output().is_ok_and(|o| o.status.success());
        if !ready() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&dir));
            run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES));
            assert!(ready(), "{PACKAGES:?} could not be installed in {}", dir.display());
        }
        python
    };
    MADE.get_or_init(make).clone()
}
