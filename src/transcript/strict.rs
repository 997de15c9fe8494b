//! Strict JSON: no duplicate members, no floats, NFC text, bounded depth.
//!
//! serde's derived structs refuse duplicate members by themselves; [`Value`] does the same for the
//! places that are free-form (`extensions`, canonicalisation). `serde_json::Value` would silently
//! keep the last duplicate, which lets two readers of the same signed bytes see different facts.

use std::borrow::Cow;
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
    /// Not valid for its type: where, and what was expected there. Never what stands there.
    #[error("{detail}")]
    Syntax {
        /// JSON pointer (RFC 6901) to the member, empty for the whole text.
        pointer: String,
        /// What is wrong, without any value.
        detail: String,
    },
}

impl JsonFault {
    /// A fault of the whole text.
    fn whole(fault: &serde_json::Error) -> Self {
        Self::Syntax { pointer: String::new(), detail: without_values(fault) }
    }

    /// JSON pointer to the member, empty for the whole text.
    pub fn pointer(&self) -> &str {
        match self {
            Self::TooLong(_) => "",
            Self::Syntax { pointer, .. } => pointer,
        }
    }
}

/// Parses JSON of at most `max` bytes into a type that refuses duplicates, floats and unknown members.
///
/// # Errors
/// [`JsonFault`] with the place of the fault.
pub fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8], max: usize) -> Result<T, JsonFault> {
    if bytes.len() > max {
        return Err(JsonFault::TooLong(max));
    }
    parse(bytes).map_err(|e| locate::<T>(bytes, &e))
}

/// Parses JSON whose UTF-8 is checked once for the whole text, not again for every string in it.
///
/// # Errors
/// serde's word, which may repeat a value: pass it through [`without_values`].
pub fn parse<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, serde_json::Error> {
    let text = simdutf8::basic::from_utf8(bytes).map_err(|_| de::Error::custom("the text is not UTF-8"))?;
    serde_json::from_str(text)
}

/// Longest part of a pointer that is taken from the text itself.
const MAX_POINTER_PART: usize = 40;

/// Reads the text once more, slowly, to find out where the fault is. Only refused text pays for this.
fn locate<'de, T: Deserialize<'de>>(bytes: &'de [u8], fault: &serde_json::Error) -> JsonFault {
    let mut from = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut from) {
        Ok(_) => JsonFault::whole(fault),
        Err(at) => JsonFault::Syntax { pointer: pointer(at.path()), detail: without_values(fault) },
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut out = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                let key: String = key.chars().filter(|c| !text::is_forbidden(*c)).take(MAX_POINTER_PART).collect();
                out.push('/');
                out.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    out
}

/// The parser's message with what it quotes from the text cut out: serde repeats the value it refuses,
/// and that value may be a name. Member names of our own formats stay.
pub fn without_values(fault: &serde_json::Error) -> String {
    let message = fault.to_string();
    let place = format!(" at line {} column {}", fault.line(), fault.column());
    let body = message.strip_suffix(&place).unwrap_or(&message);
    let kind = ["invalid type", "invalid value", "unknown variant", "unknown field", "invalid length"]
        .into_iter()
        .find(|kind| body.starts_with(kind));
    match kind {
        None => message,
        Some("unknown field") => format!("unknown member{place}"),
        // The value may itself hold the word, so the last one counts.
        Some(kind) => match body.rfind(", expected ") {
            Some(at) => format!("{kind}{}{place}", &body[at..]),
            None => format!("{kind}{place}"),
        },
    }
}

/// JSON without floats and without duplicate members; integers within ±2^53 so that JCS is exact. Texts
/// are borrowed where the source holds them as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer within ±(2^53 − 1).
    Integer(i64),
    /// Checked text.
    String(Cow<'a, str>),
    /// `[…]`
    Array(Vec<Value<'a>>),
    /// `{…}`
    Object(Members<'a>),
}

/// The members of an object, each name once.
type Members<'a> = BTreeMap<Cow<'a, str>, Value<'a>>;

impl Value<'_> {
    /// The same, out of the source's life.
    fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(v) => Value::Bool(v),
            Self::Integer(v) => Value::Integer(v),
            Self::String(v) => Value::String(Cow::Owned(v.into_owned())),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(members) => Value::Object(owned(members)),
        }
    }
}

fn owned(members: Members<'_>) -> Members<'static> {
    members.into_iter().map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned())).collect()
}

const MAX_SAFE: i64 = (1 << 53) - 1;

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without floats or duplicate members")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Value<'de>, E> {
        // Not `abs`: the smallest i64 has none.
        match (-MAX_SAFE..=MAX_SAFE).contains(&v) {
            true => Ok(Value::Integer(v)),
            false => Err(E::custom("integer beyond 2^53")),
        }
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Value<'de>, E> {
        i64::try_from(v).map_err(|_| E::custom("integer beyond 2^53")).and_then(|v| self.visit_i64(v))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value<'de>, E> {
        Err(E::custom("floating-point numbers are not allowed"))
    }

    fn visit_borrowed_str<E: de::Error>(self, v: &'de str) -> Result<Value<'de>, E> {
        text::check(v).map_err(E::custom)?;
        Ok(Value::String(Cow::Borrowed(v)))
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Value<'de>, E> {
        text::check(v).map_err(E::custom)?;
        Ok(Value::String(Cow::Owned(v.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        let mut out = Vec::new();
        while let Some(v) = seq.next_element()? {
            out.push(v);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value<'de>, A::Error> {
        read_members(map).map(Value::Object)
    }
}

/// A member's name, borrowed where the source holds it as it is.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

fn read_members<'de, A: MapAccess<'de>>(mut map: A) -> Result<Members<'de>, A::Error> {
    let mut out = BTreeMap::new();
    while let Some(Name(name)) = map.next_key()? {
        text::check(&name).map_err(de::Error::custom)?;
        let value = map.next_value()?;
        if out.insert(name, value).is_some() {
            return Err(de::Error::custom("duplicate member"));
        }
    }
    Ok(out)
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ValueVisitor)
    }
}

/// An object as a whole.
struct Object<'a>(Members<'a>);

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object without duplicate members")
    }

    // Not derived: a derived map would keep the last of two members with one name.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<'de>, A::Error> {
        read_members(map).map(Object)
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ObjectVisitor)
    }
}

/// Members outside the standard (`extensions`): kept and signed, never interpreted.
#[derive(Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Extensions(Members<'static>);

impl<'de> Deserialize<'de> for Extensions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Object::deserialize(from).map(|object| Self(owned(object.0)))
    }
}

/// Prints how many there are: nobody knows what they hold.
impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extensions({})", self.0.len())
    }
}

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
    let Object(mut members) = from_slice(payload, max)?;
    members.remove("_sd");
    members.remove("_sd_alg");
    // serde_json writes strings and safe integers as JCS does, and a BTreeMap is in code point order.
    // JCS orders by UTF-16 units, which differs only once a name leaves the basic plane.
    let written = match members.iter().all(|(name, value)| in_basic_plane(name) && names_in_basic_plane(value)) {
        true => {
            let mut out = Vec::with_capacity(payload.len());
            serde_json::to_writer(&mut out, &members).map(|()| out)
        }
        false => serde_json_canonicalizer::to_vec(&members),
    };
    written.map_err(|e| JsonFault::whole(&e))
}

fn in_basic_plane(name: &str) -> bool {
    // Four-byte sequences, and only they, start with 0xF0 or more.
    name.bytes().all(|b| b < 0xF0)
}

fn names_in_basic_plane(value: &Value<'_>) -> bool {
    match value {
        Value::Array(items) => items.iter().all(names_in_basic_plane),
        Value::Object(members) => members.iter().all(|(name, v)| in_basic_plane(name) && names_in_basic_plane(v)),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::String(_) => true,
    }
}
