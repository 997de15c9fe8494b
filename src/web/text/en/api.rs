//! Words of the page for programmers, in English.

use crate::web::text::api::Api;

pub(super) const API: Api = Api {
    title: "API documentation",
    lead: "Programs of schools, offices and apps look transcripts up at the addresses below. The documentation is made from the portal's own code.",
    document: "Get the OpenAPI 3.1 document (JSON)",
    in_english: "The details are in English.",
    parameters: "Parameters",
    request: "Sent",
    answers: "Answered",
    problems: "Problems",
    shapes: "Shapes of data",
    name: "Name",
    kind: "Type",
    meaning: "Meaning",
    optional: "optional",
};
