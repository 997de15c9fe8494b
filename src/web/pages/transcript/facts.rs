//! Labelled facts about the learner and the school.

use maud::{Markup, html};

use crate::transcript::contents::{
    FamilyGroup, IdentityGroup, NameGroup, OriginGroup, Place, PolicyGroup, Results, Sex,
};
use crate::transcript::ethnicity;
use crate::web::backend::DisclosedSheet;
use crate::web::text::Text;

/// A label and a value, left out when there is none.
pub(super) fn fact(label: &str, value: Option<impl AsRef<str>>) -> Markup {
    html! { @if let Some(value) = value { div { dt { (label) } dd { bdi { (value.as_ref()) } } } } }
}

/// The same for long texts, in a line of its own.
pub(super) fn long_fact(label: &str, value: Option<impl AsRef<str>>) -> Markup {
    html! { @if let Some(value) = value { div class="wide" { dt { (label) } dd { bdi { (value.as_ref()) } } } } }
}

/// Yes or no in words.
pub(super) fn answer(text: &Text, label: &str, value: Option<bool>) -> Markup {
    fact(label, value.map(|yes| if yes { text.fields.yes } else { text.fields.no }))
}

/// Name, birth date, sex.
pub(super) fn name(text: &Text, name: &NameGroup) -> Markup {
    let fields = &text.fields;
    html! {
        div class="wide" { dt { (fields.full_name) } dd { strong { bdi { (name.full_name) } } } }
        (fact(fields.birth_date, Some((fields.birth)(name.birth))))
        (fact(fields.sex, Some(sex(text, name.sex))))
    }
}

/// Sex in words.
pub(in crate::web::pages) fn sex(text: &Text, sex: Sex) -> &'static str {
    match sex {
        Sex::Male => text.fields.male,
        Sex::Female => text.fields.female,
        Sex::Unknown => text.fields.not_known,
    }
}

/// Identification number and pupil codes.
pub(super) fn identity(text: &Text, identity: &IdentityGroup) -> Markup {
    html! {
        (fact(text.fields.personal_id, identity.personal_id.as_ref().map(|id| id.as_str())))
        (fact(text.fields.pupil_code, Some(identity.pupil_code.as_str())))
        (fact(text.fields.register_number, identity.register_number.as_ref().map(|n| n.as_str())))
    }
}

/// Places, ethnicity, nationality.
pub(super) fn origin(text: &Text, origin: &OriginGroup) -> Markup {
    let place = |p: &Option<Place>| p.as_ref().map(|p| p.detail.as_str().to_owned());
    html! {
        (fact(text.fields.birth_place, place(&origin.birth_place)))
        (fact(text.fields.home_place, place(&origin.home_place)))
        (fact(text.fields.residence, place(&origin.residence)))
        (fact(text.fields.ethnicity, Some(ethnicity::of_code(origin.ethnicity.as_str()))))
        (fact(text.fields.nationality, Some(origin.nationality.as_str())))
    }
}

/// Policy status.
pub(super) fn policy(text: &Text, policy: &PolicyGroup) -> Markup {
    fact(text.fields.policy_status, policy.policy_status.as_ref().map(|p| p.as_str()))
}

/// Parents and guardian.
pub(super) fn family(text: &Text, family: &FamilyGroup) -> Markup {
    html! {
        (fact(text.fields.father, family.father.as_ref().map(|n| n.as_str())))
        (fact(text.fields.mother, family.mother.as_ref().map(|n| n.as_str())))
        (fact(text.fields.guardian, family.guardian.as_ref().map(|n| n.as_str())))
    }
}

/// *Quá trình học tập*, from the newest sheet that has it.
pub(super) fn history(text: &Text, opened: &[DisclosedSheet]) -> Markup {
    let fields = &text.fields;
    let results = opened.iter().rev().filter_map(|s| s.contents.results.as_ref());
    let Some(history) = results.map(Results::history).find(|h| !h.is_empty()) else { return html! {} };
    html! {
        h3 { (fields.history) }
        table class="history" {
            thead { tr { th scope="col" { (text.sheets.year) } th scope="col" { (fields.class) } th scope="col" { (fields.school) } } }
            tbody {
                @for year in history {
                    tr {
                        th scope="row" class="nowrap" { (year.school_year) }
                        td { bdi { (year.class) } }
                        td {
                            bdi { (year.school) } ", " bdi { (year.province) }
                            @if let Some(day) = year.transferred_in { small { (fields.transferred_in) ": " ((text.day)(day)) } }
                        }
                    }
                }
            }
        }
    }
}
