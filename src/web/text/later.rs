//! Words about what was changed of transcripts after an office had looked at them.

use crate::transcript::Status;

/// The page, and what leads to it.
#[derive(Debug, Clone, Copy)]
pub struct Later {
    /// Heading, and the link to it.
    pub title: &'static str,
    /// The link with how many the office has not taken note of.
    pub link: fn(usize) -> String,
    /// What is listed.
    pub lead: &'static str,
    /// It is still being made.
    pub not_whole: &'static str,
    /// How many nobody of the office took note of.
    pub open: fn(usize) -> String,
    /// There are no such.
    pub none_open: &'static str,
    /// What taking note does.
    pub take_note_why: &'static str,
    /// The button.
    pub take_note: &'static str,
    /// Beside one that is new.
    pub new: &'static str,
    /// What happened; whether to one year or the whole.
    pub happened: fn(Status, bool) -> &'static str,
    /// Label: from when.
    pub effective: &'static str,
    /// Label: logged when.
    pub logged: &'static str,
    /// Label: how the office had looked.
    pub seen: &'static str,
    /// Opens one, with its code.
    pub open_of: fn(&str) -> String,
    /// None at all.
    pub none: &'static str,
    /// To older ones.
    pub older: &'static str,
    /// To the newest.
    pub newest: &'static str,
}
