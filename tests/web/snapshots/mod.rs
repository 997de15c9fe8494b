//! What every route answers in every status, kept as text beside this file: status line, headers, and
//! the shape of the body. Whoever changes an answer sees it in the diff.
//!
//! Another answer is another row in its area's `rows()`; another area is another line in [`AREAS`].
//! `UPDATE_SNAPSHOTS=1 cargo test snapshots` writes the files again; a file without a row is refused.

mod people;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use actix_web::App;
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use hocba::web::AppState;
use hocba::web::routes::{Spec, Surface, TABLE, operators, public};
use serde_json::Value;

/// Where the rows come from.
const AREAS: [fn() -> Vec<Row>; 5] =
    [rows::rows, people::rows, super::feeds::rows, super::offices::rows, super::apps::rows];

/// One question, and the name under which its answer is kept.
pub(super) struct Row {
    /// File name without its ending: the page or route, then the case.
    pub(super) name: String,
    /// The route that should answer, as [`TABLE`] has it.
    pub(super) route: &'static str,
    /// Which of the two listeners.
    pub(super) surface: Listener,
    /// The question.
    pub(super) request: TestRequest,
    /// Who answers.
    pub(super) state: Data<AppState>,
}

impl Row {
    /// A question to the public.
    pub(super) fn public(name: &str, route: &'static str, request: TestRequest, state: Data<AppState>) -> Self {
        Self { name: name.to_owned(), route, surface: Listener::Public, request, state }
    }
}

/// Where a question is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Listener {
    Public,
    Operators,
}

impl Listener {
    fn of(spec: &Spec) -> Self {
        if spec.surface == Surface::Operators { Self::Operators } else { Self::Public }
    }
}

#[actix_web::test]
async fn every_route_answers_as_it_did() {
    let mut taken = BTreeMap::new();
    for row in AREAS.iter().flat_map(|rows| rows()).chain(methods()) {
        let text = take(row.route, row.surface, row.request, &row.state).await;
        assert!(taken.insert(row.name.clone(), text).is_none(), "two rows are called {}", row.name);
    }
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        write(&taken);
    }
    let kept = read();
    let mut faults = Vec::new();
    for name in taken.keys().chain(kept.keys()).collect::<BTreeSet<_>>() {
        match (taken.get(name), kept.get(name)) {
            (Some(now), Some(before)) if now != before => faults.push(format!("{name}: {}", difference(before, now))),
            (Some(_), None) => faults.push(format!("{name}: not kept yet")),
            (None, Some(_)) => faults.push(format!("{name}: no row takes it any more")),
            _ => {}
        }
    }
    assert!(faults.is_empty(), "look, then run with UPDATE_SNAPSHOTS=1:\n{}", faults.join("\n"));
}

#[test]
fn every_route_has_a_row() {
    let rows: Vec<Row> = AREAS.iter().flat_map(|rows| rows()).collect();
    for spec in TABLE {
        let has_row = rows.iter().any(|row| row.route == spec.pattern && row.surface == Listener::of(spec));
        assert!(has_row, "no row asks {} of the {:?} listener", spec.pattern, Listener::of(spec));
    }
}

/// For every route: what OPTIONS says, and what a method that it does not take gets.
fn methods() -> impl Iterator<Item = Row> {
    TABLE.iter().filter(|spec| !spec.methods.is_empty()).flat_map(|spec| {
        let path = spec.pattern.replace("{code}", super::fixtures::CODE).replace("{path:.*}", "0/000");
        let path = path
            .replace("{province}", "08")
            .replace("{sequence}", "7")
            .replace("{file}", "x")
            .replace("{school}", "08000001")
            .replace("{ticket}", "x")
            .replace("{batch}", "x")
            .replace("{office}", "x");
        let state = match spec.pattern {
            pattern if pattern.starts_with("/co-quan") => super::offices::state,
            pattern if pattern.contains("/oauth") || pattern.contains("/citizens/") => super::apps::state,
            _ => super::feeds::state,
        };
        [Method::OPTIONS, Method::DELETE].map(|method| Row {
            name: format!("{}.{}", name_of(spec), method.as_str().to_lowercase()),
            route: spec.pattern,
            surface: Listener::of(spec),
            request: super::routes::request(method, &path),
            state: state(),
        })
    })
}

fn name_of(spec: &Spec) -> String {
    let place = if spec.surface == Surface::Operators { "operators" } else { "route" };
    let words = spec.pattern.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(|w| !w.is_empty());
    // `/v/` and `/V/` are two routes, and some file systems fold case.
    let upper = if spec.pattern.starts_with("/V/") { ["upper"].as_slice() } else { &[] };
    [place].into_iter().chain(words).chain(upper.iter().copied()).collect::<Vec<_>>().join("-").to_lowercase()
}

async fn take(route: &str, listener: Listener, request: TestRequest, state: &Data<AppState>) -> String {
    let configure = |app: &mut actix_web::web::ServiceConfig| match listener {
        Listener::Public => public(state, app),
        Listener::Operators => operators(state, app),
    };
    let app = init_service(App::new().configure(configure)).await;
    let request = request.to_request();
    let mut out = format!("{} {route}\n\n", request.method());
    let response = actix_web::test::call_service(&app, request).await.map_into_boxed_body();
    let _ = writeln!(out, "{}", response.status());
    let mut headers: Vec<String> = response
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", masked(name.as_str(), value.to_str().unwrap())))
        .collect();
    headers.sort();
    let header = |name: &str| response.headers().get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
    let (media_type, coding) = (header("content-type"), header("content-encoding"));
    let body = read_body(response).await;
    let shape = if coding.is_empty() { shape(&media_type, &body) } else { "(compressed)".to_owned() };
    let _ = writeln!(out, "{}\n\n{shape}", headers.join("\n"));
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// What differs from run to run or with every change of a file.
fn masked(name: &str, value: &str) -> String {
    match name {
        "x-request-id" => "(id)".to_owned(),
        "etag" => "(hash)".to_owned(),
        "date" => "(time)".to_owned(),
        "set-cookie" if value.starts_with("__Host-") => {
            let (name, rest) = value.split_once('=').unwrap();
            format!("{name}=(token);{}", rest.split_once(';').unwrap().1)
        }
        "location" if value.starts_with("/ban-mem/") => "/ban-mem/(ticket)".to_owned(),
        _ => value.to_owned(),
    }
}

/// Enough of a body to see what it is, and nothing that a wording or a value changes often.
fn shape(media_type: &str, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match media_type.split(';').next().unwrap_or_default() {
        _ if body.is_empty() => "(nothing)".to_owned(),
        "text/html" => html_shape(&text),
        "application/json" | "application/problem+json" => {
            let mut lines = BTreeSet::new();
            json_shape("", &serde_json::from_slice(body).unwrap(), &mut lines);
            lines.into_iter().collect::<Vec<_>>().join("\n")
        }
        "text/plain" => format!("{} lines, first: {}", text.lines().count(), text.lines().next().unwrap_or_default()),
        _ => "(bytes)".to_owned(),
    }
}

fn html_shape(text: &str) -> String {
    let between = |from: &str, to: &str| text.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or("");
    let start = text.split("<head>").next().unwrap_or_default();
    let heading = between("<h1", "</h1>");
    format!(
        "{start}\ntitle: {}\nh1: {}\nforms: {}\nscripts: {}\nalerts: {}",
        between("<title>", "</title>"),
        heading.split_once('>').map_or(heading, |(_, words)| words),
        text.matches("<form").count(),
        text.matches("<script").count(),
        text.matches("role=\"alert\"").count(),
    )
}

/// One line for each member: its path and what kind of value it has; a type and a verdict as they are.
fn json_shape(path: &str, value: &Value, lines: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Object(members) => {
            return members.iter().for_each(|(name, value)| json_shape(&format!("{path}.{name}"), value, lines));
        }
        Value::Array(items) if !items.is_empty() => {
            return items.iter().for_each(|item| json_shape(&format!("{path}[]"), item, lines));
        }
        Value::Array(_) => "empty list",
        Value::String(text) if path == ".type" || path == ".verdict" => text.as_str(),
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "yes or no",
        Value::Null => "null",
    };
    lines.insert(format!("{path}: {kind}"));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web/snapshots")
}

fn read() -> BTreeMap<String, String> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
    texts
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn write(taken: &BTreeMap<String, String>) {
    for name in read().keys().filter(|name| !taken.contains_key(*name)) {
        fs::remove_file(folder().join(format!("{name}.txt"))).unwrap();
    }
    for (name, text) in taken {
        fs::write(folder().join(format!("{name}.txt")), text).unwrap();
    }
}

fn difference(before: &str, now: &str) -> String {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (before, now) = (lines(before), lines(now));
    let gone = before.difference(&now).map(|line| format!("\n    - {line}"));
    gone.chain(now.difference(&before).map(|line| format!("\n    + {line}"))).collect()
}
