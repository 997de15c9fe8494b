//! Strict JSON: no duplicate members, no floats, NFC text, bounded depth.
//!
//! serde's derived structs refuse duplicate members by themselves; [`Value`] does the same for the
//! places that are free-form (`extensions`, canonicalisation). `serde_json::Value` would silently
//! keep the last duplicate, which lets two readers of the same signed bytes see different facts.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::text;

/// Why JSON was refused.
#[derive(Debug, thiserror::Error)]
pub enum JsonFault {
    /// Longer than the cap for its kind, in bytes.
    #[error("JSON is longer than {0} bytes")]
    TooLong(usize),
    /// Not valid for its type; the message of the parser, which names line and column but no value.
    #[error("{0}")]
    Syntax(String),
}

/// Parses JSON of at most `max` bytes into a type that refuses duplicates, floats and unknown members.
///
/// # Errors
/// [`JsonFault`] with the place of the fault.
pub fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8], max: usize) -> Result<T, JsonFault> {
    if bytes.len() > max {
        return Err(JsonFault::TooLong(max));
    }
    serde_json::from_slice(bytes).map_err(|e| JsonFault::Syntax(e.to_string()))
}

/// JSON without floats and without duplicate members; integers within ±2^53 so that JCS is exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer within ±(2^53 − 1).
    Integer(i64),
    /// Checked text.
    String(String),
    /// `[…]`
    Array(Vec<Value>),
    /// `{…}`
    Object(BTreeMap<String, Value>),
}

const MAX_SAFE: i64 = (1 << 53) - 1;

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without floats or duplicate members")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Value, E> {
        match v.abs() <= MAX_SAFE {
            true => Ok(Value::Integer(v)),
            false => Err(E::custom("integer beyond 2^53")),
        }
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Value, E> {
        i64::try_from(v).map_err(|_| E::custom("integer beyond 2^53")).and_then(|v| self.visit_i64(v))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("floating-point numbers are not allowed"))
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Value, E> {
        text::check(v).map_err(E::custom)?;
        Ok(Value::String(v.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(v) = seq.next_element()? {
            out.push(v);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut out = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            text::check(&key).map_err(de::Error::custom)?;
            let value = map.next_value()?;
            if out.insert(key, value).is_some() {
                return Err(de::Error::custom("duplicate member"));
            }
        }
        Ok(Value::Object(out))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ValueVisitor)
    }
}

/// Members outside the standard (`extensions`): kept and signed, never interpreted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extensions(BTreeMap<String, Value>);

impl Extensions {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The facts of a payload: its RFC 8785 (JCS) bytes without `_sd` and `_sd_alg`. These bytes go into
/// the ledger's commitment and are kept as they are.
///
/// # Errors
/// [`JsonFault`] when the payload is not a strict JSON object.
pub fn facts(payload: &[u8], max: usize) -> Result<Vec<u8>, JsonFault> {
    let mut members: BTreeMap<String, Value> = from_slice::<Extensions>(payload, max)?.0;
    members.remove("_sd");
    members.remove("_sd_alg");
    serde_json_canonicalizer::to_vec(&members).map_err(|e| JsonFault::Syntax(e.to_string()))
}
