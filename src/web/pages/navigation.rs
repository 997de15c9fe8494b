//! The places of the portal, in the header of every page.

use maud::{Markup, html};

use super::Frame;
use crate::web::text::Site;

/// A place that everybody may go to.
struct Place {
    path: &'static str,
    name: fn(&Site) -> &'static str,
}

/// In the order of the header; each has a page.
const PLACES: [Place; 1] = [Place { path: "/", name: |site| site.places.lookup }];

/// The links; the page that is shown says so.
pub(super) fn links(frame: &Frame<'_>) -> Markup {
    let site = &frame.text.site;
    html! {
        nav class="places" aria-label=(site.places.title) {
            ul class="bar" {
                @for place in &PLACES {
                    li { a href=(place.path) aria-current=[(place.path == frame.path).then_some("page")] { ((place.name)(site)) } }
                }
            }
        }
    }
}
