//! What is said of one operation.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::{Shapes, shapes};
use crate::intake::messages::RefusalText;
use crate::web::problem::Wire;
use crate::web::routes::Spec;

/// A shape, described by a generator that collects what has a name.
pub(super) type Shape = fn(&mut SchemaGenerator) -> Schema;

/// Methods that machines use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET, and HEAD with it.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
}

impl Method {
    /// As the document writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
        }
    }
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// Verdicts and receipts of them.
    Transcripts,
    /// Files that are handed back to be judged.
    Copies,
    /// Apps that read under a consent.
    Apps,
    /// Packages of the provinces.
    Feeds,
    /// The public log and keys.
    Log,
    /// The server itself.
    Server,
}

impl Tag {
    /// In the order of the document.
    pub const ALL: [Self; 6] = [Self::Transcripts, Self::Copies, Self::Apps, Self::Feeds, Self::Log, Self::Server];

    /// As the document writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transcripts => "transcripts",
            Self::Copies => "copies",
            Self::Apps => "apps",
            Self::Feeds => "feeds",
            Self::Log => "log",
            Self::Server => "server",
        }
    }

    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Transcripts => "Verdicts on transcripts, receipts of them, and what transcripts hold.",
            Self::Copies => {
                "Soft copies, reports and receipts that somebody was given: are they genuine, do they hold?"
            }
            Self::Apps => "Apps that read transcripts under their owner's consent (docs/apps.md).",
            Self::Feeds => "Packages of frozen records that provinces deliver.",
            Self::Log => "The transparency log of everything on record, and the keys that sign.",
            Self::Server => "The server itself.",
        }
    }
}

/// A parameter in a path or a query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) place: &'static str,
    pub(super) about: &'static str,
    pub(super) shape: Shape,
}

/// A body, and the media type it comes in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    pub(super) media_type: &'static str,
    pub(super) shape: Shape,
}

/// An answer that is no problem.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) about: &'static str,
    pub(super) body: Body,
}

/// One method of one path.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The row of the table of routes that answers.
    pub route: &'static Spec,
    /// The path as the document writes it.
    pub path: &'static str,
    /// The method.
    pub method: Method,
    /// A name for programs.
    pub id: &'static str,
    /// What it is about.
    pub tag: Tag,
    pub(super) summary: &'static str,
    pub(super) about: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) request: &'static [Body],
    pub(super) answers: &'static [Answer],
    /// Statuses of problems, besides those that every operation may have.
    pub(super) problems: &'static [u16],
    /// A page for people at the same address: HTML to whoever does not ask for JSON.
    pub(super) for_people: bool,
    /// Asked with an access token.
    pub(super) bearer: bool,
}

pub(super) const PAGE: Body = Body { media_type: "text/html; charset=utf-8", shape: shapes::text };

fn problem(shapes: &mut SchemaGenerator) -> Schema {
    shapes.subschema_for::<Wire<'static>>()
}

/// A problem with the rule that the package broke.
fn refused_package(shapes: &mut SchemaGenerator) -> Schema {
    let (problem, refusal) = (problem(shapes), shapes.subschema_for::<RefusalText>());
    json_schema!({ "allOf": [problem, refusal] })
}

/// Problems of any operation: a request that is none, another host's name, too much at once, a fault of ours, and a
/// server that cannot find out now.
const ANYWHERE: [u16; 5] = [400, 421, 429, 500, 503];

/// The name of the way to show an access token.
pub(super) const BEARER: &str = "accessToken";

impl Operation {
    /// A GET by machines that takes nothing and has no problems of its own; what is not so is said beside it.
    pub(super) const fn get(route: &'static Spec, path: &'static str, id: &'static str, tag: Tag) -> Self {
        Self {
            route,
            path,
            method: Method::Get,
            id,
            tag,
            summary: "",
            about: "",
            parameters: &[],
            request: &[],
            answers: &[],
            problems: &[],
            for_people: false,
            bearer: false,
        }
    }

    /// The same by POST.
    pub(super) const fn post(route: &'static Spec, path: &'static str, id: &'static str, tag: Tag) -> Self {
        Self { method: Method::Post, ..Self::get(route, path, id, tag) }
    }

    pub(super) fn describe(&self, shapes: &mut Shapes) -> Value {
        let parameters = self.parameters.iter().map(|parameter| {
            json!({
                "name": parameter.name,
                "in": parameter.place,
                "required": parameter.place != "query",
                "description": parameter.about,
                "schema": (parameter.shape)(&mut shapes.read),
            })
        });
        let mut described = json!({
            "operationId": self.id,
            "tags": [self.tag.name()],
            "summary": self.summary,
            "description": self.about,
            "parameters": parameters.collect::<Value>(),
            "responses": self.responses(&mut shapes.written),
        });
        if self.bearer {
            described["security"] = json!([{ BEARER: [] }]);
        }
        if !self.request.is_empty() {
            described["requestBody"] = json!({ "required": true, "content": content(self.request, &mut shapes.read) });
        }
        described
    }

    fn responses(&self, shapes: &mut SchemaGenerator) -> Map<String, Value> {
        let mut all = Map::new();
        for answer in self.answers {
            let mut bodies = vec![answer.body];
            // A file is a file, whoever asks for it.
            bodies.extend((self.for_people && self.method == Method::Post).then_some(PAGE));
            let content = content(&bodies, shapes);
            all.insert(answer.status.to_string(), json!({ "description": answer.about, "content": content }));
        }
        for status in self.problems.iter().chain(&ANYWHERE) {
            let shape: Shape = if matches!(status, 409 | 422) { refused_package } else { problem };
            let mut bodies = vec![Body { media_type: "application/problem+json", shape }];
            bodies.extend(self.for_people.then_some(PAGE));
            let mut problem = json!({ "description": reason(*status), "content": content(&bodies, shapes) });
            if matches!(status, 429 | 503) {
                let seconds =
                    json!({ "description": "Seconds to wait.", "schema": { "type": "integer", "minimum": 0 } });
                problem["headers"] = json!({ "Retry-After": seconds });
            }
            // An answer of the same status has a shape of its own beside the problem's.
            match all.get_mut(&status.to_string()) {
                Some(answer) => merge(&mut answer["content"], &mut problem["content"]),
                None => drop(all.insert(status.to_string(), problem)),
            }
        }
        all
    }
}

fn merge(into: &mut Value, from: &mut Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.append(from);
    }
}

fn content(bodies: &[Body], shapes: &mut SchemaGenerator) -> Map<String, Value> {
    bodies.iter().map(|body| (body.media_type.to_owned(), json!({ "schema": (body.shape)(shapes) }))).collect()
}

const fn reason(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be read; the detail says what is wrong.",
        403 => "Not opened: the second factor does not match, is void or has run out, or nothing may be disclosed.",
        404 => "Nothing is there.",
        408 => "The body took too long.",
        409 => "The package does not follow the last one on record.",
        413 => "The body is too large.",
        415 => "The body is of a media type that is not taken.",
        421 => "This server does not answer for the host that the request names.",
        422 => "The package is refused; the rule, the reason and the remedy are named.",
        429 => "Too many requests, or no tries of the second factor left.",
        500 => "A fault of ours.",
        _ => "Could not be found out now. Says nothing about a transcript.",
    }
}
