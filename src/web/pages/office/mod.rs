//! Pages of offices: signing in, and what stands behind it. Who is signed in, and what they look for, stands on each.

pub mod batch;
pub mod enrolment;
pub mod grant;
pub mod journal;
pub mod later;
pub mod members;
pub mod openid;
pub mod password;
mod place;
pub mod record;
pub mod search;
pub mod sign_in;

pub use place::Place;

use maud::{Markup, html};

use super::icons::Tone;
use super::{Extras, Frame, page_with};
use crate::offices::{ActingMember, Member};
use crate::web::assets::{OFFICE_CSS, OPEN_CSS};
use crate::web::text::Text;

/// Who is signed in, and what their forms carry.
#[derive(Clone, Copy)]
pub struct SignedIn<'a> {
    /// Who acts.
    pub who: &'a ActingMember,
    /// Shows that a form is one of this session.
    pub csrf: &'a str,
    /// Where they are.
    pub place: Place,
    /// How many changes of transcripts that they looked at nobody of the office took note of.
    pub untold: usize,
}

/// Not what the forms carry.
impl std::fmt::Debug for SignedIn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedIn({:?})", self.place)
    }
}

impl SignedIn<'_> {
    /// The hidden field that every form of the session carries.
    fn token(&self) -> Markup {
        token(self.csrf)
    }

    /// The member themselves.
    fn member(&self) -> Option<&Member> {
        self.who.office().members().get(&self.who.account().member)
    }

    /// The member's own full name.
    fn full_name(&self) -> &str {
        self.member().map_or("", |member| member.full_name().as_str())
    }
}

/// The hidden field that shows that a form is one of ours.
fn token(csrf: &str) -> Markup {
    html! { input type="hidden" name="form" value=(csrf); }
}

/// A page before sign-in.
fn open_page(frame: &Frame<'_>, title: &str, content: &Markup) -> Markup {
    page_with(frame, title, &Extras { styles: &[&*OPEN_CSS, &*OFFICE_CSS], ..Extras::default() }, content)
}

/// A page behind sign-in.
fn page(frame: &Frame<'_>, signed_in: &SignedIn<'_>, title: &str, content: &Markup) -> Markup {
    page_styled(frame, signed_in, title, &[&*OPEN_CSS, &*OFFICE_CSS], content)
}

/// The same with other style sheets.
fn page_styled(
    frame: &Frame<'_>,
    signed_in: &SignedIn<'_>,
    title: &str,
    styles: &[&crate::web::assets::Asset],
    content: &Markup,
) -> Markup {
    let below = desk(frame, signed_in);
    page_with(frame, title, &Extras { styles, below: Some(&below), ..Extras::default() }, content)
}

/// Below the header: where one may go, who is signed in, what for, and the way out.
fn desk(frame: &Frame<'_>, signed_in: &SignedIn<'_>) -> Markup {
    let words = &frame.text.office;
    let places = Place::ALL.into_iter().filter(|place| signed_in.who.may(place.action()));
    html! {
        div class="desk screen" {
            nav aria-label=(words.places) {
                ul class="bar" {
                    @for place in places {
                        @let here = (place == signed_in.place).then_some("page");
                        li { a href=(place.path()) aria-current=[here] { (link(frame.text, place, signed_in.untold)) } }
                    }
                }
            }
            section class="bar signed" aria-label=(words.who) {
                p {
                    strong { bdi { (signed_in.full_name()) } } " · " ((words.role)(signed_in.who.role())) " · "
                    bdi { (signed_in.who.office().name()) }
                    small { (words.purpose) ": " (signed_in.who.office().purpose().line()) }
                }
                form method="post" action="/co-quan/dang-xuat" {
                    (signed_in.token())
                    button class="quiet-button" type="submit" { (words.sign_out) }
                }
            }
        }
    }
}

/// The name of a place in the links, with how many wait there.
fn link(text: &Text, place: Place, untold: usize) -> String {
    match (place, untold) {
        (Place::Later, 1..) => (text.later.link)(untold),
        _ => place.name(text).to_owned(),
    }
}

/// What somebody should notice before anything else.
fn message(tone: Tone, title: &str, body: &str) -> Markup {
    html! {
        div class={ "fault " (tone.class()) } role=(if tone == Tone::Good { "status" } else { "alert" }) tabindex="-1" autofocus {
            (tone.icon())
            div { p { strong { (title) } } p { (body) } }
        }
    }
}

/// What is wrong with a form, each with the field it is about.
fn faults(title: &str, faults: &[(&str, String)]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div class="fault bad" role="alert" tabindex="-1" autofocus {
                (Tone::Bad.icon())
                div {
                    p { strong { (title) } }
                    ul { @for (field, words) in faults { li { a href={ "#" (field) } { (words) } } } }
                }
            }
        }
    }
}

/// A field with its label and a hint.
struct Field<'a> {
    name: &'a str,
    label: &'a str,
    hint: &'a str,
    kind: &'a str,
    /// What browsers may fill in (HTML `autocomplete`).
    fill: &'a str,
    value: &'a str,
    wrong: bool,
}

impl Field<'_> {
    /// Empty, of text, that browsers leave alone.
    const PLAIN: Field<'static> =
        Field { name: "", label: "", hint: "", kind: "text", fill: "off", value: "", wrong: false };

    fn show(&self) -> Markup {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let digits = self.fill == "one-time-code";
        html! {
            div class="field" {
                label for=(self.name) { (self.label) }
                @if let Some(id) = &hint { p id=(id) class="hint" { (self.hint) } }
                input id=(self.name) name=(self.name) type=(self.kind) required autocomplete=(self.fill)
                    autocapitalize="none" spellcheck="false" inputmode=[digits.then_some("numeric")]
                    aria-describedby=[hint.as_deref()] aria-invalid=[self.wrong.then_some("true")] value=(self.value);
            }
        }
    }
}

/// A new password, twice, with the rules.
fn new_password(frame: &Frame<'_>, wrong: bool) -> Markup {
    let words = &frame.text.passwords;
    let rules = (words.rules)(crate::offices::MIN_CHARACTERS);
    let new = Field {
        name: "password",
        label: words.new,
        hint: &rules,
        kind: "password",
        fill: "new-password",
        wrong,
        ..Field::PLAIN
    };
    let again = Field { name: "again", label: words.again, hint: "", ..new };
    html! { (new.show()) (again.show()) }
}
