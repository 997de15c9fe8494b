//! Shapes of what is written as one string, and of bodies that are no JSON of our own making.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::signing::jwk::Kid;
use crate::transcript::contents::BirthDate;
use crate::transcript::province::ProvinceCode;
use crate::transcript::text::Text;
use crate::transcript::time::Day;
use crate::transcript::{Moment, SchoolYear, TranscriptCode};

/// A string of a pattern or a format, under a name of its own.
macro_rules! strings {
    ($($type:ty, $name:literal, $schema:tt;)+) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

strings! {
    TranscriptCode, "TranscriptCode", {
        "type": "string", "pattern": "^[0-9a-f]{32}$", "examples": ["0f8fad5bd9cb469fa16570867728950e"],
        "description": "The code of a transcript (mã tra cứu), or the id of one sheet.",
    };
    Moment, "Moment", { "type": "string", "format": "date-time", "description": "With the offset of Viet Nam." };
    Day, "Day", { "type": "string", "format": "date" };
    BirthDate, "BirthDate", {
        "type": "string", "examples": ["2012-09-05", "2012-09", "2012"],
        "pattern": "^(19|20)[0-9]{2}(-(0[1-9]|1[0-2])|-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|-(0[469]|11)-(0[1-9]|[12][0-9]|30)|-02-(0[1-9]|[12][0-9]))?$",
    };
    SchoolYear, "SchoolYear", { "type": "string", "pattern": "^[0-9]{4}-[0-9]{4}$", "examples": ["2025-2026"] };
    ProvinceCode, "ProvinceCode", { "type": "string", "pattern": "^[0-9]{2}$" };
    Kid, "KeyId", { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$", "description": "Thumbprint (RFC 7638)." };
}

impl<const N: usize> JsonSchema for Text<N> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Text{N}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": N })
    }
}

/// A signed object in the general JSON serialization of RFC 7515.
pub(super) fn jws(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["payload", "signatures"],
        "properties": {
            "payload": { "type": "string", "contentEncoding": "base64url" },
            "signatures": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["protected", "signature"],
                    "properties": { "protected": { "type": "string" }, "signature": { "type": "string" } },
                },
            },
        },
    })
}

/// Lines of text.
pub(super) fn text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string" })
}

/// Bytes of any kind.
pub(super) fn bytes(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "binary" })
}

/// A form with one file in it.
pub(super) fn file(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["file"],
        "additionalProperties": false,
        "properties": { "file": { "type": "string", "format": "binary", "minLength": 1 } },
    })
}

/// The code in a path: any case, hyphens and spaces.
pub(super) fn typed_code(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[0-9a-fA-F]{32}$", "examples": ["0f8fad5bd9cb469fa16570867728950e"] })
}

/// The sender of packages.
pub(super) fn route(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^(0[1-9]|[1-9][0-9]|bo)$", "examples": ["22"] })
}

/// The number of a package.
pub(super) fn sequence(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": 999_999_999_999_u64 })
}

/// 1, or nothing.
pub(super) fn one(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["1"] })
}

/// A signed token in the compact serialization of RFC 7515.
pub(super) fn compact_jws(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$" })
}
