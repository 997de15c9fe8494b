//! The OpenAPI document against the table of routes, and its page.

use std::collections::BTreeSet;

use hocba::web::openapi::{DOCUMENT_PATH, OPERATIONS};
use hocba::web::routes::{Surface, TABLE};
use serde_json::Value;

use super::routes::{call, get};

async fn document() -> Value {
    let answer = call(get(DOCUMENT_PATH)).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    answer.json()
}

/// Pages that answer machines too.
const FOR_BOTH: [&str; 3] = ["/xac-thuc-ban-mem", "/xac-thuc-bien-nhan", "/v/{code}/bang-chung/tep"];
/// Text for people, and what a page asks for itself.
const NO_API: [&str; 2] = ["/.well-known/security.txt", "/co-quan/lo/{batch}/tien-do"];

#[actix_web::test]
async fn whatever_answers_machines_is_in_the_document_with_its_methods() {
    let document = document().await;
    for route in TABLE.iter().filter(|route| !route.methods.is_empty() && route.surface != Surface::Operators) {
        let machines = matches!(route.surface, Surface::Api | Surface::Open) || FOR_BOTH.contains(&route.pattern);
        let machines = machines && !NO_API.contains(&route.pattern);
        let described: BTreeSet<&str> =
            OPERATIONS.iter().filter(|o| o.route.pattern == route.pattern).map(|o| o.method.name()).collect();
        let known = |method: &&str| ["GET", "POST", "PUT"].contains(method);
        let answered: BTreeSet<String> = route.methods.split(", ").filter(known).map(str::to_lowercase).collect();
        match machines {
            false => assert!(described.is_empty(), "{} is no API", route.pattern),
            // A page takes forms besides what machines send it.
            true if route.surface == Surface::Page => assert!(!described.is_empty(), "{}", route.pattern),
            true => assert!(described.iter().copied().eq(answered.iter().map(String::as_str)), "{}", route.pattern),
        }
    }
    for operation in OPERATIONS {
        let said = &document["paths"][operation.path][operation.method.name()];
        assert_eq!(said["operationId"], operation.id);
        let declared = said["parameters"].as_array().unwrap();
        for name in operation.path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
            assert!(declared.iter().any(|p| p["name"] == name && p["in"] == "path"), "{}: {name}", operation.path);
        }
    }
    let ids: BTreeSet<&str> = OPERATIONS.iter().map(|o| o.id).collect();
    assert_eq!(ids.len(), OPERATIONS.len(), "two operations of one name");
}

#[actix_web::test]
async fn every_shape_that_is_named_is_there_and_every_member_too() {
    let document = document().await;
    let shapes = document["components"]["schemas"].as_object().unwrap();
    let mut names = BTreeSet::new();
    collect(&document, &mut names);
    assert!(names.len() > 15, "{names:?}");
    for name in &names {
        let name = name.strip_prefix("#/components/schemas/").unwrap_or_else(|| panic!("{name}"));
        assert!(shapes.contains_key(name), "{name}");
    }
    for (shape, member) in [
        ("VerdictAnswer", "missing_years"),
        ("SheetAnswer", "replaced_by"),
        ("Problem", "attempts_left"),
        ("JudgedCopy", "changes"),
        ("ByBirthDate", "date_of_birth"),
        ("TakenPackage", "counts"),
    ] {
        assert!(shapes[shape]["properties"][member].is_object(), "{shape}.{member}");
    }
    assert!(shapes["SheetAnswer"]["properties"].get("logged_at").is_none(), "what is not written is not described");
}

fn collect<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            names.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| collect(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, names)),
        _ => {}
    }
}

#[actix_web::test]
async fn the_page_shows_every_operation_and_every_link_leads_somewhere() {
    for (language, heading) in [("vi", "Tài liệu API"), ("en", "API documentation")] {
        let page = call(get(&format!("/tai-lieu-api?lang={language}"))).await.text();
        assert!(page.contains(&format!("<h1>{heading}</h1>")), "{language}");
        for operation in OPERATIONS {
            assert!(page.contains(&format!("id=\"{}\"", operation.id)), "{}", operation.id);
        }
        for link in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(page.contains(&format!("id=\"{link}\"")), "#{link} leads nowhere");
        }
    }
}
