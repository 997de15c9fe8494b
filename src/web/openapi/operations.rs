//! All operations that machines use, in the order of the document.

use super::apps;
use super::operation::{Answer, Body, Method, Operation, PAGE, Parameter, Tag};
use super::shapes;
use crate::portal::answer::VerdictAnswer;
use crate::portal::public_evidence::PublicEvidence;
use crate::web::api::{disclosure, feeds, health, keys, receipt, soft_copy};
use crate::web::routes;

pub(super) const JSON: &str = "application/json";
const JOSE: &str = "application/jose+json";
const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

pub(super) const CODE: Parameter = Parameter {
    name: "code",
    place: "path",
    about: "The code of a transcript, or the id of one of its sheets. Any case; hyphens and spaces are passed over.",
    shape: shapes::typed_code,
};
const PROVINCE: Parameter = Parameter {
    name: "province",
    place: "path",
    about: "Two digits of the code list, or `bo` for the ministry.",
    shape: shapes::route,
};
const SEQUENCE: Parameter =
    Parameter { name: "sequence", place: "path", about: "Which package of the sender.", shape: shapes::sequence };
const VERDICT: Body = Body { media_type: JSON, shape: |g| g.subschema_for::<VerdictAnswer<'static>>() };
const FILE: &[Body] = &[Body { media_type: "multipart/form-data", shape: shapes::file }];
const ANSWER_FROM_LOG: &[u16] = &[404];

/// All of them.
pub static OPERATIONS: &[Operation] = &[
    Operation {
        summary: "The public verdict on a transcript",
        about: "Names nobody. `unknown` is a 404 and `unchecked` a 503, both of the same shape. The id of a sheet answers \
            for that sheet alone.",
        parameters: &[CODE],
        answers: &[
            Answer { status: 200, about: "The verdict.", body: VERDICT },
            Answer { status: 404, about: "Nothing is on record under this code.", body: VERDICT },
            Answer { status: 503, about: "Could not be checked. Says nothing about the transcript.", body: VERDICT },
        ],
        problems: &[404],
        ..Operation::get(&routes::VERDICT, "/api/v1/transcripts/{code}", "verdict", Tag::Transcripts)
    },
    Operation {
        summary: "What a transcript holds, for whoever has its second factor",
        about: "Either the learner's birth date, with the full name where the record knows the date in part only, or the \
            token of a soft copy. Written into the journal before it is answered.",
        parameters: &[CODE],
        request: &[Body { media_type: JSON, shape: |g| g.subschema_for::<disclosure::Ask>() }],
        answers: &[Answer {
            status: 200,
            about: "The verdict, the opened sheets, and what proves them without us.",
            body: Body { media_type: JSON, shape: |g| g.subschema_for::<disclosure::Answer<'static>>() },
        }],
        problems: &[403, 404, 408, 413, 415],
        ..Operation::post(&routes::DISCLOSURE, "/api/v1/transcripts/{code}/disclosure", "disclose", Tag::Transcripts)
    },
    Operation {
        summary: "A signed receipt of the verdict that stands now",
        about: "For the file: it proves what the portal answered, when, and from which state of the log.",
        parameters: &[CODE],
        answers: &[Answer {
            status: 200,
            about: "The receipt (RFC 7515).",
            body: Body { media_type: JOSE, shape: shapes::jws },
        }],
        problems: &[403, 404],
        ..Operation::post(&routes::KEEP_JSON, "/api/v1/transcripts/{code}/receipt", "keep", Tag::Transcripts)
    },
    Operation {
        summary: "Everything about a code that is public, with proofs",
        about: "Leaves, inclusion proofs and the checkpoint, to be checked without us.",
        parameters: &[CODE],
        answers: &[Answer {
            status: 200,
            about: "The evidence.",
            body: Body { media_type: JSON, shape: |g| g.subschema_for::<PublicEvidence>() },
        }],
        problems: &[404],
        for_people: true,
        ..Operation::get(&routes::PUBLIC_FILE, "/v/{code}/bang-chung/tep", "evidence", Tag::Transcripts)
    },
    Operation {
        summary: "A page that asks for the file",
        about: "For people.",
        answers: &[Answer { status: 200, about: "The page.", body: PAGE }],
        for_people: true,
        ..Operation::get(&routes::CHECK_COPY, "/xac-thuc-ban-mem", "judgePage", Tag::Copies)
    },
    Operation {
        summary: "Is a soft copy, a report or a photo of a copy genuine, and does it still hold?",
        about: "A PDF, PNG or JPEG of at most 8 MB. Answers JSON to whoever accepts it before HTML.",
        request: FILE,
        answers: &[
            Answer {
                status: 200,
                about: "What came of it.",
                body: Body { media_type: JSON, shape: |g| g.subschema_for::<soft_copy::Answer>() },
            },
            Answer {
                status: 503,
                about: "`unchecked`: could not be found out now.",
                body: Body { media_type: JSON, shape: |g| g.subschema_for::<soft_copy::Answer>() },
            },
        ],
        problems: &[403, 408, 413, 415],
        for_people: true,
        ..Operation::post(&routes::CHECK_COPY, "/xac-thuc-ban-mem", "judge", Tag::Copies)
    },
    Operation {
        summary: "A page that asks for the receipt",
        about: "For people.",
        answers: &[Answer { status: 200, about: "The page.", body: PAGE }],
        for_people: true,
        ..Operation::get(&routes::CHECK_KEPT, "/xac-thuc-bien-nhan", "judgeReceiptPage", Tag::Copies)
    },
    Operation {
        summary: "Is a receipt genuine, and what holds now?",
        about: "The receipt as it was given; what is none is `unreadable`.",
        request: &[Body { media_type: JOSE, shape: shapes::bytes }],
        answers: &[Answer {
            status: 200,
            about: "What came of it.",
            body: Body { media_type: JSON, shape: |g| g.subschema_for::<receipt::Answer<'static>>() },
        }],
        problems: &[403, 408, 413, 415],
        for_people: true,
        ..Operation::post(&routes::CHECK_KEPT, "/xac-thuc-bien-nhan", "judgeReceipt", Tag::Copies)
    },
    apps::TOKEN,
    apps::METADATA,
    apps::ALL,
    apps::ONE,
    apps::CHANGES,
    Operation {
        summary: "What a sender's next package must say",
        about: "Its number, and the digest of the one before.",
        parameters: &[PROVINCE],
        answers: &[Answer {
            status: 200,
            about: "The next number.",
            body: Body { media_type: JSON, shape: |g| g.subschema_for::<feeds::Expected>() },
        }],
        problems: &[404],
        ..Operation::get(&routes::FEED, "/feeds/{province}", "expected", Tag::Feeds)
    },
    Operation {
        method: Method::Put,
        summary: "Delivers a package of frozen, signed records",
        about: "Authenticated by the signed manifest that stands first in it. Answered when everything that the receipt \
            says is durable; the same package again gets the same receipt.",
        parameters: &[
            PROVINCE,
            SEQUENCE,
            Parameter { name: "dry_run", place: "query", about: "Check only, keep nothing.", shape: shapes::one },
        ],
        request: &[Body { media_type: BYTES, shape: shapes::bytes }],
        answers: &[Answer {
            status: 202,
            about: "Taken, with the address of the receipt.",
            body: Body { media_type: JSON, shape: |g| g.subschema_for::<feeds::Taken<'static>>() },
        }],
        problems: &[404, 408, 409, 413, 422],
        ..Operation::get(&routes::PACKAGE, "/feeds/{province}/{sequence}", "deliver", Tag::Feeds)
    },
    Operation {
        summary: "The signed receipt of a package",
        about: "How many lines entered, were on record already, wait, or were refused.",
        parameters: &[PROVINCE, SEQUENCE],
        answers: &[Answer {
            status: 200,
            about: "The receipt (RFC 7515).",
            body: Body { media_type: JOSE, shape: shapes::jws },
        }],
        problems: &[404],
        ..Operation::get(&routes::RECEIPT, "/feeds/{province}/{sequence}/receipt", "packageReceipt", Tag::Feeds)
    },
    Operation {
        summary: "The lines of a package that did not simply enter",
        about: "One JSON object a line: the line, the rule, the reason and the remedy in both languages; names nobody.",
        parameters: &[PROVINCE, SEQUENCE],
        answers: &[Answer {
            status: 200,
            about: "The lines.",
            body: Body { media_type: "application/x-ndjson", shape: shapes::text },
        }],
        problems: &[404],
        ..Operation::get(&routes::DETAILS, "/feeds/{province}/{sequence}/details", "packageDetails", Tag::Feeds)
    },
    Operation {
        summary: "The newest checkpoint of the log",
        about: "A signed note: origin, size, root, signatures (c2sp.org/tlog-checkpoint).",
        answers: &[Answer { status: 200, about: "The note.", body: Body { media_type: TEXT, shape: shapes::text } }],
        problems: ANSWER_FROM_LOG,
        ..Operation::get(&routes::CHECKPOINT, "/log/checkpoint", "checkpoint", Tag::Log)
    },
    Operation {
        summary: "A tile of hashes, or of leaves",
        about: "As c2sp.org/tlog-tiles writes it: level 0 to 63, or `entries` for the leaves. An index beyond 999 goes on in \
            groups of three digits (`x001/234`), and a tile that is not full yet ends in `.p/{width}`.",
        parameters: &[
            Parameter {
                name: "level",
                place: "path",
                about: "Level of the tile, or `entries`.",
                shape: |_| schemars::json_schema!({ "type": "string", "pattern": "^([0-9]|[1-5][0-9]|6[0-3]|entries)$" }),
            },
            Parameter {
                name: "index",
                place: "path",
                about: "Index of the tile.",
                shape: |_| schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{3}$" }),
            },
        ],
        answers: &[Answer { status: 200, about: "The tile.", body: Body { media_type: BYTES, shape: shapes::bytes } }],
        problems: ANSWER_FROM_LOG,
        ..Operation::get(&routes::TILE, "/log/tile/{level}/{index}", "tile", Tag::Log)
    },
    Operation {
        summary: "The key that checkpoints are signed with",
        about: "A verifier key of a signed note, one line.",
        answers: &[Answer { status: 200, about: "The key.", body: Body { media_type: TEXT, shape: shapes::text } }],
        problems: ANSWER_FROM_LOG,
        ..Operation::get(&routes::VKEY, "/log/vkey", "logKey", Tag::Log)
    },
    Operation {
        summary: "The key that says a checkpoint is fresh",
        about: "A verifier key of a cosignature (c2sp.org/tlog-cosignature), one line.",
        answers: &[Answer { status: 200, about: "The key.", body: Body { media_type: TEXT, shape: shapes::text } }],
        problems: ANSWER_FROM_LOG,
        ..Operation::get(&routes::FRESHNESS, "/log/vkey-freshness", "freshnessKey", Tag::Log)
    },
    Operation {
        summary: "The pinned roots, and the key of our receipts",
        about: "A JWK set (RFC 7517).",
        answers: &[Answer {
            status: 200,
            about: "The keys.",
            body: Body { media_type: "application/jwk-set+json", shape: |g| g.subschema_for::<keys::Set<'static>>() },
        }],
        ..Operation::get(&routes::JWKS, "/.well-known/jwks.json", "keys", Tag::Log)
    },
    Operation {
        summary: "This document",
        about: "OpenAPI 3.1.",
        answers: &[Answer {
            status: 200,
            about: "The document.",
            body: Body {
                media_type: JSON,
                shape: |_| schemars::json_schema!({ "type": "object", "required": ["openapi"] }),
            },
        }],
        ..Operation::get(&routes::OPENAPI, "/api/v1/openapi.json", "openapi", Tag::Server)
    },
    Operation {
        summary: "The server answers",
        about: "Says nothing about what it can find out.",
        answers: &[Answer {
            status: 200,
            about: "It does.",
            body: Body { media_type: JSON, shape: |g| g.subschema_for::<health::Alive>() },
        }],
        ..Operation::get(&routes::HEALTH, "/healthz", "alive", Tag::Server)
    },
    Operation {
        summary: "The server follows the log, and its answers are fresh",
        about: "503 where they are not.",
        answers: &[
            Answer {
                status: 200,
                about: "It does.",
                body: Body { media_type: JSON, shape: |g| g.subschema_for::<health::Ready>() },
            },
            Answer {
                status: 503,
                about: "It does not.",
                body: Body { media_type: JSON, shape: |g| g.subschema_for::<health::Ready>() },
            },
        ],
        ..Operation::get(&routes::READY, "/readyz", "ready", Tag::Server)
    },
];
