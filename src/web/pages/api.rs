//! The OpenAPI document as a page. Made from the document alone, so that it shows what programs get.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::{Extras, Frame, page_with};
use crate::web::assets::{API_CSS, OPEN_CSS};
use crate::web::openapi::DOCUMENT_PATH;
use crate::web::text::api::Api;

/// The page.
pub fn document(frame: &Frame<'_>, document: &Value) -> Markup {
    let words = &frame.text.api;
    let extras = Extras { styles: &[&OPEN_CSS, &API_CSS], ..Extras::default() };
    page_with(
        frame,
        words.title,
        &extras,
        &html! {
            section {
                h1 { (words.title) }
                p { (words.lead) }
                p { a href=(DOCUMENT_PATH) { (words.document) } }
                p class="place" { (words.in_english) }
                (contents(document))
            }
            div lang="en" {
                @for tag in list(&document["tags"]) {
                    section class="operations" {
                        h2 id=(text(&tag["name"])) { (capitalized(text(&tag["name"]))) }
                        p { (text(&tag["description"])) }
                        @for (path, method, operation) in of_tag(document, text(&tag["name"])) {
                            (one(words, path, method, operation))
                        }
                    }
                }
                section {
                    h2 id="problems" lang=(frame.text.language.tag()) { (words.problems) }
                    p { a href="#shape-Problem" { "Problem" } " (RFC 9457)" }
                    dl class="api-facts" {
                        @for (status, about) in problems(document) {
                            dt { code { (status) } }
                            dd { (about) }
                        }
                    }
                }
                section {
                    h2 id="shapes" lang=(frame.text.language.tag()) { (words.shapes) }
                    @for (name, shape) in members(&document["components"]["schemas"]) { (named(words, name, shape)) }
                }
            }
        },
    )
}

fn contents(document: &Value) -> Markup {
    html! {
        ul class="contents" {
            @for tag in list(&document["tags"]) {
                @for (path, method, operation) in of_tag(document, text(&tag["name"])) {
                    li { a href={ "#" (text(&operation["operationId"])) } { code { (method.to_uppercase()) " " (path) } } }
                }
            }
        }
    }
}

fn of_tag<'a>(document: &'a Value, tag: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
    let all = members(&document["paths"])
        .flat_map(|(path, methods)| members(methods).map(move |(method, operation)| (path, method, operation)));
    all.filter(move |(_, _, operation)| operation["tags"][0] == tag)
}

fn one(words: &Api, path: &str, method: &str, operation: &Value) -> Markup {
    html! {
        article class="card" id=(text(&operation["operationId"])) {
            h3 { code { (method.to_uppercase()) " " (path) } }
            p { strong { (text(&operation["summary"])) } }
            p { (text(&operation["description"])) }
            @if !list(&operation["parameters"]).is_empty() {
                h4 { (words.parameters) }
                dl class="api-facts" {
                    @for parameter in list(&operation["parameters"]) {
                        dt { code { (text(&parameter["name"])) } }
                        dd { (kind(&parameter["schema"])) ": " (text(&parameter["description"])) }
                    }
                }
            }
            @if let Some(body) = operation.get("requestBody") {
                h4 { (words.request) }
                p { (content(&body["content"])) }
            }
            h4 { (words.answers) }
            dl class="api-facts" {
                @for (status, answer) in members(&operation["responses"]).filter(|(_, answer)| !is_problem(answer)) {
                    dt { code { (status) } }
                    dd { (text(&answer["description"])) " " (content(&answer["content"])) }
                }
                dt { code { (problems_of(operation).map(|(status, _)| status).collect::<Vec<_>>().join(", ")) } }
                dd { a href="#problems" { (words.problems) } }
            }
        }
    }
}

/// Whether an answer is nothing but a problem, which is told once for all operations.
fn is_problem(answer: &Value) -> bool {
    let plain = &answer["content"]["application/problem+json"]["schema"]["$ref"];
    let others = members(&answer["content"]).any(|(media_type, _)| media_type == "application/json");
    plain == "#/components/schemas/Problem" && !others
}

/// The statuses of an operation's problems.
fn problems_of(operation: &Value) -> impl Iterator<Item = (&str, &Value)> {
    members(&operation["responses"]).filter(|(_, answer)| is_problem(answer))
}

/// What each status of a problem means, whatever was asked.
fn problems(document: &Value) -> BTreeMap<&str, &str> {
    let operations = members(&document["paths"]).flat_map(|(_, methods)| members(methods));
    operations
        .flat_map(|(_, operation)| problems_of(operation))
        .map(|(status, answer)| (status, text(&answer["description"])))
        .collect()
}

fn content(content: &Value) -> Markup {
    html! {
        @for (i, (media_type, body)) in members(content).enumerate() {
            @if i > 0 { ", " }
            span class="body" { code { (media_type) } ": " (kind(&body["schema"])) }
        }
    }
}

fn named(words: &Api, name: &str, shape: &Value) -> Markup {
    let required = list(&shape["required"]);
    html! {
        article class="card" id={ "shape-" (name) } {
            h3 { code { (name) } }
            @if let Some(about) = shape["description"].as_str() { p { (about) } }
            @if shape["properties"].is_object() {
                dl class="api-facts" {
                    @for (member, of) in members(&shape["properties"]) {
                        dt {
                            code { (member) }
                            @if !required.iter().any(|r| r == member) { " " small { (words.optional) } }
                        }
                        dd { (kind(of)) @if let Some(about) = of["description"].as_str() { ": " (about) } }
                    }
                }
            } @else { p { (kind(shape)) } }
        }
    }
}

/// A shape in a few words.
fn kind(shape: &Value) -> Markup {
    if let Some(name) = shape["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return html! { a href={ "#shape-" (name) } { (name) } };
    }
    for any in ["anyOf", "oneOf"] {
        if shape["type"].is_null() && shape[any].is_array() {
            return joined(list(&shape[any]));
        }
    }
    if let Some(values) = shape["enum"].as_array() {
        return html! { @for (i, value) in values.iter().enumerate() { @if i > 0 { " | " } code { (text(value)) } } };
    }
    if !shape["const"].is_null() {
        return html! { code { (text(&shape["const"])) } };
    }
    match &shape["type"] {
        Value::String(kind) if kind == "array" => html! { "[" (kind_of_items(shape)) "]" },
        Value::String(kind) => html! { (kind) @if let Some(format) = shape["format"].as_str() { " (" (format) ")" } },
        Value::Array(kinds) => {
            html! { @for (i, kind) in kinds.iter().enumerate() { @if i > 0 { " | " } (text(kind)) } }
        }
        _ => html! { "any" },
    }
}

fn kind_of_items(shape: &Value) -> Markup {
    kind(&shape["items"])
}

fn joined(shapes: &[Value]) -> Markup {
    html! { @for (i, shape) in shapes.iter().enumerate() { @if i > 0 { " | " } (kind(shape)) } }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
