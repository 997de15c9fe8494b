//! The places of the portal, in the header of every page.

use maud::{Markup, html};

use crate::web::text::{Site, Text};

/// A place that everybody may go to.
struct Place {
    path: &'static str,
    name: fn(&Site) -> &'static str,
}

/// In the order of the header; each has a page.
const PLACES: [Place; 3] = [
    Place { path: "/", name: |site| site.places.lookup },
    Place { path: "/quet-ma", name: |site| site.places.scan },
    Place { path: "/quay", name: |site| site.places.counter },
];

/// Whether the page of this path is one of the places.
pub(super) fn is_place(path: &str) -> bool {
    PLACES.iter().any(|place| place.path == path)
}

/// The links; the one to the page of this path says that it is shown.
pub(super) fn links(text: &Text, path: &str) -> Markup {
    let site = &text.site;
    html! {
        nav class="places" aria-label=(site.places.title) {
            ul class="bar" {
                @for place in &PLACES {
                    li { a href=(place.path) aria-current=[(place.path == path).then_some("page")] { ((place.name)(site)) } }
                }
            }
        }
    }
}
