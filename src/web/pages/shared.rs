//! What verdict pages show to everybody alike, written once for each language.

use std::sync::LazyLock;

use super::second_factor::{self, Asked};
use super::{icons, navigation, receipt, share, verdict};
use crate::web::fragment::Fragment;
use crate::web::text::Language;

/// The parts of one language.
#[derive(Debug)]
pub struct Shared {
    pub(super) meta: Fragment,
    pub(super) book: Fragment,
    pub(super) places: Fragment,
    pub(super) guide_in_force: Fragment,
    pub(super) empty_form: Fragment,
    pub(super) paste: Fragment,
    pub(super) years_head: Fragment,
    pub(super) not_compared: Fragment,
    pub(super) technical: Fragment,
    pub(super) receipt: Fragment,
    pub(super) foot: Fragment,
}

impl Shared {
    /// Those of a language.
    pub fn of(language: Language) -> &'static Self {
        static VIETNAMESE: LazyLock<Shared> = LazyLock::new(|| Shared::new(Language::Vietnamese));
        static ENGLISH: LazyLock<Shared> = LazyLock::new(|| Shared::new(Language::English));
        match language {
            Language::Vietnamese => &VIETNAMESE,
            Language::English => &ENGLISH,
        }
    }

    fn new(language: Language) -> Self {
        let text = language.text();
        Self {
            meta: Fragment::new(super::meta()),
            book: Fragment::new(icons::book()),
            places: Fragment::new(navigation::links(text, "")),
            guide_in_force: Fragment::new(verdict::next_steps(text, text.verdicts.meanings.in_force)),
            empty_form: Fragment::new(second_factor::fields(text, &Asked::FIRST)),
            paste: Fragment::new(share::paste_fields(text)),
            years_head: Fragment::new(verdict::years_head(text)),
            not_compared: Fragment::new(verdict::not_compared(text)),
            technical: Fragment::new(verdict::technical(text)),
            receipt: Fragment::new(receipt::offer_button(text)),
            foot: Fragment::new(super::foot_links(text)),
        }
    }

    /// As they stand on a verdict page, from its beginning to its end.
    pub fn in_order(&self) -> [&Fragment; 11] {
        [
            &self.meta,
            &self.book,
            &self.places,
            &self.guide_in_force,
            &self.empty_form,
            &self.paste,
            &self.years_head,
            &self.not_compared,
            &self.technical,
            &self.receipt,
            &self.foot,
        ]
    }
}
