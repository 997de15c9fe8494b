//! What a thread that goes on for ever says of a fault: once, however often it meets it, and again when it comes back.

use std::fmt::Display;

/// The fault that was said last, if it lasts.
#[derive(Debug, Default)]
pub(super) struct Lasting(Option<String>);

impl Lasting {
    /// Whether a fault is another than the one before.
    pub(super) fn is_new(&mut self, fault: &impl Display) -> bool {
        let text = fault.to_string();
        let is_new = self.0.as_ref() != Some(&text);
        self.0 = Some(text);
        is_new
    }

    /// There is none any more.
    pub(super) fn is_over(&mut self) {
        self.0 = None;
    }
}
