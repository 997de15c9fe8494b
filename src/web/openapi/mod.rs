//! What machines may ask, as an OpenAPI 3.1 document: `GET /api/v1/openapi.json`, and a page that shows it to people.
//!
//! Paths come from the table of routes, shapes from the very types that are written and read: a member that is added
//! to an answer is in the document. `tests/web/openapi.rs` compares the document with the routes, and a program that
//! we did not write sends what the document allows, and what it forbids, to every one of them.
//!
//! | file | holds |
//! |---|---|
//! | `apps` | what is said of operations of apps |
//! | `operation` | what is said of one operation |
//! | `operations` | all of them |
//! | `shapes` | types that are written as one string, and bodies that are no JSON |

mod apps;
mod operation;
mod operations;
mod shapes;

use std::sync::LazyLock;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

pub use operation::{Method, Operation, Tag};
pub use operations::OPERATIONS;

use super::AppState;
use super::pages;

/// Where the document is.
pub const DOCUMENT_PATH: &str = "/api/v1/openapi.json";
/// Where shapes that have a name stand in the document.
const COMPONENTS: &str = "/components/schemas";

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
static BYTES: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(DOCUMENT.to_string()));

/// `GET /api/v1/openapi.json`.
pub async fn show() -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response.set_body(BoxBody::new(BYTES.clone()))
}

/// The same for people.
pub async fn page(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    super::site::page(&request, &state, StatusCode::OK, "/tai-lieu-api", |frame| pages::api::document(frame, &DOCUMENT))
}

/// Answers are described as they are written, requests as they are read.
struct Shapes {
    written: SchemaGenerator,
    read: SchemaGenerator,
}

impl Shapes {
    fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = COMPONENTS.into();
                settings.meta_schema = None;
            })
        };
        Self {
            written: settings().for_serialize().into_generator(),
            read: settings().for_deserialize().into_generator(),
        }
    }

    fn named(mut self) -> Map<String, Value> {
        let mut all = self.read.take_definitions(true);
        all.extend(self.written.take_definitions(true));
        all
    }
}

fn document() -> Value {
    let mut shapes = Shapes::new();
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let at = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = at {
            methods.insert(operation.method.name().to_owned(), operation.describe(&mut shapes));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cổng tra cứu học bạ",
            "version": "1",
            "summary": "Verdicts on digital school transcripts of Viet Nam, what proves them, and what they hold.",
            "description": "A verdict says whether a transcript (học bạ số) is on record and in force; it names nobody. \
                What a transcript holds is disclosed to whoever has its code and a second factor. Everything on record \
                stands in a public log (c2sp.org/tlog-tiles). Codes and second factors are never part of a query.\n\n\
                Problems are `application/problem+json` (RFC 9457) with a stable `type`. Whoever asks too much gets 429 \
                with `Retry-After`; 503 says nothing about a transcript, and to ask again.",
        },
        "servers": [{ "url": "/" }],
        "tags": Tag::ALL.map(|tag| json!({ "name": tag.name(), "description": tag.describe() })),
        "paths": paths,
        "components": {
            "schemas": shapes.named(),
            "securitySchemes": { operation::BEARER: { "type": "http", "scheme": "bearer" } },
        },
    })
}
