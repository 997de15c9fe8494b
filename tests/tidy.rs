//! House rules that a compiler does not hold: who may import whom, and how a file looks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Longest function, in lines: the longest ones are tables of `match` arms.
const MAX_FUNCTION: usize = 90;
/// Longest file of `src/`, in lines.
const MAX_FILE: usize = 800;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository: where it is from the top, and what it says.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The room it belongs to; None for the crate's own two files.
    fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        inside.split_once('/').map(|(room, _)| room)
    }

    /// How many modules lie between it and the top of the crate.
    fn depth(&self) -> usize {
        let parts = self.path.trim_start_matches("src/").split('/').count();
        parts - usize::from(self.path.ends_with("/mod.rs"))
    }

    /// Lines of code with their numbers; comments left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.text.lines().enumerate().map(|(i, line)| (i + 1, line));
        numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Every file under a folder whose name ends so, in order.
fn files(folder: &str, endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(dir) = folders.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "node_modules" {
                folders.push(path);
            } else if endings.iter().any(|e| name.ends_with(e)) {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn sources() -> Vec<Source> {
    files("src", &[".rs"])
}

fn none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

type Table = BTreeMap<String, BTreeSet<String>>;

/// The block of `src/lib.rs` whose lines say `room: rooms it may import`.
fn import_table() -> Table {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut table = Table::new();
    let mut inside = false;
    for line in text.lines().filter_map(|line| line.strip_prefix("//!")) {
        let line = line.trim();
        if line.starts_with("```") {
            inside = line == "```text" && !inside;
            continue;
        }
        let Some((room, allowed)) = line.split_once(':').filter(|_| inside) else { continue };
        if room.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && root().join("src").join(room).is_dir() {
            table.insert(room.to_owned(), allowed.split_whitespace().map(str::to_owned).collect());
        }
    }
    table
}

/// Rooms that a line of code names: `crate::room`, or each of `crate::{room, room::thing}`.
fn rooms_named(line: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let mut rooms = Vec::new();
    for after in line.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            None => rooms.push(after.split(|c| !is_name(c)).next().unwrap_or_default()),
            Some(list) => {
                let mut deep = 0;
                let top_level = list.split(|c| {
                    deep += i32::from(c == '{') - i32::from(c == '}');
                    deep == 0 && c == ','
                });
                rooms.extend(top_level.map(|item| item.trim().split(|c| !is_name(c)).next().unwrap_or_default()));
            }
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

#[test]
fn every_room_imports_only_what_the_map_allows() {
    let table = import_table();
    let mut faults = Vec::new();
    for source in sources() {
        let Some(room) = source.room() else { continue };
        let Some(allowed) = table.get(room) else {
            faults.push(format!("{}: the map in src/lib.rs has no line for {room}", source.path));
            continue;
        };
        for (number, line) in source.code() {
            for named in rooms_named(line) {
                if named != room && !allowed.contains(named) {
                    faults.push(format!("{}:{number}: {room} imports {named}", source.path));
                }
            }
            let climbs = line.matches("super::").count();
            if line.contains(&"super::".repeat(source.depth())) && climbs >= source.depth() {
                faults.push(format!("{}:{number}: reaches the crate's top through super", source.path));
            }
        }
    }
    none(&faults, "imports against the map in src/lib.rs");
}

#[test]
fn the_map_has_no_cycles_and_names_only_rooms() {
    let mut table = import_table();
    let rooms: BTreeSet<String> = table.keys().cloned().collect();
    assert!(rooms.len() >= 10, "the map in src/lib.rs is missing or cannot be read");
    for (room, allowed) in &table {
        assert!(allowed.is_subset(&rooms), "{room} may import what is no room: {allowed:?}");
    }
    // Take away, again and again, whoever imports nothing that is left: a cycle never goes.
    while !table.is_empty() {
        let free: Vec<String> = table.iter().filter(|(_, on)| on.is_empty()).map(|(room, _)| room.clone()).collect();
        assert!(!free.is_empty(), "these rooms import each other in a circle: {:?}", table.keys());
        table.retain(|room, _| !free.contains(room));
        table.values_mut().for_each(|on| on.retain(|room| !free.contains(room)));
    }
}

#[test]
fn pure_rooms_touch_no_disk_clock_or_network() {
    const PURE: [&str; 4] = ["transcript", "consistency", "signing", "tlog"];
    const IMPURE: [&str; 7] =
        ["std::fs", "std::net", "std::thread", "std::process", "SystemTime", "Instant::now", "async fn"];
    let mut faults = Vec::new();
    for source in sources().iter().filter(|s| s.room().is_some_and(|room| PURE.contains(&room))) {
        for (number, line) in source.code() {
            if let Some(what) = IMPURE.iter().find(|what| line.contains(**what)) {
                faults.push(format!("{}:{number}: {what}", source.path));
            }
        }
    }
    none(&faults, "a pure room reaches outside");
}

#[test]
fn every_module_opens_by_saying_what_it_is() {
    let opens = |s: &Source| s.text.lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > 8);
    let faults: Vec<String> = sources().into_iter().filter(|s| !opens(s)).map(|s| s.path).collect();
    none(&faults, "the first line is not `//! …`");
}

#[test]
fn files_and_functions_stay_short() {
    let mut faults = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > MAX_FILE {
            faults.push(format!("{}: {lines} lines, at most {MAX_FILE}", source.path));
        }
        for (number, length) in functions(&source.text) {
            if length > MAX_FUNCTION {
                faults.push(format!("{}:{number}: a function of {length} lines, at most {MAX_FUNCTION}", source.path));
            }
        }
    }
    none(&faults, "too long to read in one go");
}

/// Where each function begins and how many lines it has, from rustfmt's indentation.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let starts = line.trim_start().split(' ').take(4).any(|word| word == "fn");
        if starts && !line.trim_end().ends_with([';', '}']) && !line.trim_start().starts_with("//") {
            open.push((i, indent));
        } else if line.trim() == "}" && open.last().is_some_and(|(_, at)| *at == indent) {
            let (start, _) = open.pop().unwrap();
            found.push((start + 1, i - start + 1));
        }
    }
    found
}

#[test]
fn only_the_command_line_prints() {
    const PRINTING: [&str; 5] = ["println!(", "print!(", "eprintln!(", "eprint!(", "dbg!("];
    let mut faults = Vec::new();
    for source in sources().iter().filter(|s| s.room() != Some("cli")) {
        for (number, line) in source.code() {
            if PRINTING.iter().any(|what| line.contains(what)) {
                faults.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    none(&faults, "printing outside src/cli");
}

#[test]
fn unsafe_code_stays_forbidden() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    let word = ["un", "safe"].concat();
    let blocks = [format!("{word} {{"), format!("{word} fn"), format!("{word} impl")];
    let mut faults = Vec::new();
    for source in sources() {
        for (number, line) in source.code() {
            if blocks.iter().any(|b| line.contains(b)) {
                faults.push(format!("{}:{number}", source.path));
            }
        }
    }
    none(&faults, "not forbidden after all");
}

#[test]
fn nothing_names_somebodys_machine() {
    // Put together here, so that this file does not find itself.
    let folders = ["work", "root", "home"].map(|name| format!("/{name}/"));
    let endings = [".rs", ".md", ".toml", ".mjs", ".json", ".py", ".css", "run"];
    let mut faults = Vec::new();
    for folder in ["src", "tests", "docs", "config", "benches", "static", ".ci"] {
        for source in files(folder, &endings) {
            for (i, line) in source.text.lines().enumerate() {
                let quoted =
                    |f: &String| [' ', '"', '\'', '`', '=', '('].iter().any(|q| line.contains(&format!("{q}{f}")));
                if folders.iter().any(quoted) {
                    faults.push(format!("{}:{}: {}", source.path, i + 1, line.trim()));
                }
            }
        }
    }
    none(&faults, "a path of one machine");
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut faults = Vec::new();
    let top = ["README.md", "CHANGELOG.md"]
        .map(|name| Source { path: name.to_owned(), text: std::fs::read_to_string(root().join(name)).unwrap() });
    for source in files("docs", &[".md"]).into_iter().chain(top) {
        let folder = root().join(&source.path).parent().unwrap().to_owned();
        for target in source.text.split("](").skip(1).filter_map(|after| after.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if !target.contains("://") && !file.is_empty() && !folder.join(file).exists() {
                faults.push(format!("{}: {target}", source.path));
            }
        }
    }
    none(&faults, "links to nothing");
}

#[test]
fn the_rules_find_what_they_look_for() {
    assert_eq!(rooms_named("use crate::ledger::{Writer, crate_thing};"), ["ledger"]);
    assert_eq!(rooms_named("use crate::{heads, tlog::{leaf, tile}, web};"), ["heads", "tlog", "web"]);
    assert_eq!(rooms_named("let x = crate::config::Config::load(crate::cli::y);"), ["config", "cli"]);
    let text = "fn a() {\n    one();\n}\n\nimpl B {\n    pub fn c() {\n    }\n}\n";
    assert_eq!(functions(text), [(1, 3), (6, 2)]);
}
