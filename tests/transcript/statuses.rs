//! Status entries: which members belong to which status.

use hocba::transcript::status::{Status, StatusClaims, StatusShapeFault};
use hocba::transcript::strict::from_slice;
use serde_json::{Value, json};

const OLD: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";
const NEW: &str = "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e";

fn entry(status: &str, more: &Value) -> Value {
    let mut entry = json!({
        "version": 1,
        "status": status,
        "madinhdanhhocba": "0f8fad5bd9cb469fa16570867728950e",
        "effective_at": "2026-07-20T08:00:00+07:00",
        "decision": {"number": "123/QĐ-SGDĐT", "date": "2026-07-19", "body": "Sở Giáo dục và Đào tạo Quảng Ninh"},
    });
    for (member, value) in more.as_object().unwrap() {
        entry[member] = value.clone();
    }
    entry
}

fn read(entry: &Value) -> Option<StatusClaims> {
    from_slice(&serde_json::to_vec(entry).unwrap(), 4096).ok()
}

#[test]
fn members_fit_the_status() {
    use StatusShapeFault::{Replacement, Stray, Transfer};
    let target = json!({"province": {"matinh": "22", "vintage": "2025-07-01", "tentinh": "Quảng Ninh"}});
    for (status, more, expected) in [
        ("withdrawn", json!({}), Ok(())),
        ("withdrawn", json!({"idbanghi": OLD}), Ok(())),
        ("suspended", json!({"idbanghi": OLD}), Ok(())),
        ("released", json!({}), Ok(())),
        ("erased", json!({"idbanghi": OLD}), Ok(())),
        ("replaced", json!({"idbanghi": OLD, "replacement": NEW}), Ok(())),
        ("replaced", json!({"idbanghi": OLD, "replacement": NEW, "identity_corrected": true}), Ok(())),
        ("replaced", json!({"replacement": NEW}), Err(Replacement)),
        ("replaced", json!({"idbanghi": OLD}), Err(Replacement)),
        ("replaced", json!({"idbanghi": OLD, "replacement": OLD}), Err(Replacement)),
        ("transferred", json!({"to": target}), Ok(())),
        ("transferred", json!({}), Err(Transfer)),
        ("transferred", json!({"to": target, "idbanghi": OLD}), Err(Transfer)),
        ("withdrawn", json!({"replacement": NEW}), Err(Stray)),
        ("withdrawn", json!({"identity_corrected": true}), Err(Stray)),
        ("suspended", json!({"to": target}), Err(Stray)),
        ("replaced", json!({"idbanghi": OLD, "replacement": NEW, "to": target}), Err(Stray)),
    ] {
        assert_eq!(read(&entry(status, &more)).unwrap().check_shape(), expected, "{status} {more}");
    }
}

#[test]
fn every_status_rests_on_a_decision() {
    for (member, value) in [
        ("decision", Value::Null),
        ("decision", json!({"number": "1", "date": "2026-07-19"})),
        ("decision", json!({"number": "", "date": "2026-07-19", "body": "Sở"})),
        ("status", json!("cancelled")),
        ("idbanghi", json!("5E")),
        ("note", json!("x")),
    ] {
        assert!(read(&entry("withdrawn", &json!({member: value}))).is_none(), "{member}");
    }
}

#[test]
fn numbers_of_statuses_are_stable() {
    for number in 1..=6 {
        assert_eq!(Status::from_number(number).map(|s| s as u8), Some(number));
    }
    assert_eq!((Status::from_number(0), Status::from_number(7)), (None, None));
}
