//! Operations of apps: an access token, and what is read with one under somebody's consent.

use super::operation::{Answer, Body, Operation, Parameter, Tag};
use super::operations::{CODE, JSON};
use super::shapes;
use crate::web::api::apps::wire;
use crate::web::routes;

const CONSENT: Parameter = Parameter {
    name: "Hocba-Consent",
    place: "header",
    about: "The consent: a compact JWS of an identity app (docs/apps.md).",
    shape: shapes::compact_jws,
};
const SINCE: Parameter = Parameter {
    name: "since",
    place: "query",
    about: "A position of the ledger: `next` of the answer before, or 0.",
    shape: |_| schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": 999_999_999_999_u64 }),
};
const FAULT: Body = Body { media_type: JSON, shape: |g| g.subschema_for::<wire::OAuthFault>() };
const UNREADABLE: Answer =
    Answer { status: 400, about: "`invalid_request` and its kin: the request cannot be read.", body: FAULT };
const NO_TOKEN: Answer = Answer { status: 401, about: "`invalid_token`: ask for another one.", body: FAULT };
const NOT_GRANTED: Answer = Answer {
    status: 403,
    about: "`invalid_grant`: the consent does not count, or is about somebody else. `insufficient_scope`: nothing of it is \
        granted.",
    body: FAULT,
};
const TRANSCRIPTS: Answer = Answer {
    status: 200,
    about: "The transcripts of the one who consents.",
    body: Body { media_type: JSON, shape: |g| g.subschema_for::<wire::TranscriptsAnswer<'static>>() },
};

/// `POST /oauth/token`.
pub(super) const TOKEN: Operation = Operation {
    summary: "An access token for a partner's app",
    about: "Client credentials (RFC 6749) with `private_key_jwt` (RFC 7523), ES256 or Ed25519.",
    request: &[Body {
        media_type: "application/x-www-form-urlencoded",
        shape: |g| g.subschema_for::<wire::TokenForm>(),
    }],
    answers: &[
        Answer {
            status: 200,
            about: "The token.",
            body: Body { media_type: JSON, shape: |g| g.subschema_for::<wire::TokenAnswer<'static>>() },
        },
        UNREADABLE,
        Answer { status: 401, about: "`invalid_client`: nobody known asks.", body: FAULT },
    ],
    problems: &[404, 408, 413],
    ..Operation::post(&routes::TOKEN, "/oauth/token", "token", Tag::Apps)
};

/// `GET /.well-known/oauth-authorization-server`.
pub(super) const METADATA: Operation = Operation {
    summary: "Where and how apps get access tokens",
    about: "RFC 8414.",
    answers: &[Answer {
        status: 200,
        about: "Addresses, algorithms, scopes.",
        body: Body { media_type: JSON, shape: |g| g.subschema_for::<wire::Metadata<'static>>() },
    }],
    problems: &[404],
    ..Operation::get(&routes::OAUTH, "/.well-known/oauth-authorization-server", "authorizationServer", Tag::Apps)
};

/// `GET /api/v1/citizens/me/transcripts`.
pub(super) const ALL: Operation = Operation {
    summary: "Transcripts of whoever consents",
    about: "With verdicts, the parts that registration, token and consent all name, and what proves them without us. The \
        consent is written into the journal before anybody is looked for.",
    parameters: &[CONSENT],
    answers: &[TRANSCRIPTS, UNREADABLE, NO_TOKEN, NOT_GRANTED],
    problems: &[404],
    bearer: true,
    ..Operation::get(&routes::CITIZEN, "/api/v1/citizens/me/transcripts", "consentedTranscripts", Tag::Apps)
};

/// `GET /api/v1/citizens/me/transcripts/{code}`.
pub(super) const ONE: Operation = Operation {
    route: &routes::CITIZEN_ONE,
    path: "/api/v1/citizens/me/transcripts/{code}",
    id: "consentedTranscript",
    summary: "One transcript of whoever consents",
    about: "Somebody else's is answered like one that there is not.",
    parameters: &[CODE, CONSENT],
    ..ALL
};

/// `GET /api/v1/citizens/me/changes`.
pub(super) const CHANGES: Operation = Operation {
    route: &routes::CHANGES,
    path: "/api/v1/citizens/me/changes",
    id: "consentedChanges",
    summary: "What changed of the transcripts of whoever consents",
    about: "Entries of the ledger from a position on, each with the verdict now.",
    parameters: &[CONSENT, SINCE],
    answers: &[
        Answer {
            status: 200,
            about: "The changes, and where to go on.",
            body: Body { media_type: JSON, shape: |g| g.subschema_for::<wire::ChangesAnswer<'static>>() },
        },
        UNREADABLE,
        NO_TOKEN,
        NOT_GRANTED,
    ],
    ..ALL
};
