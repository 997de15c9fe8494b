//! Words of the comparison with a paper copy.

use super::Notice;

/// The comparison page.
#[derive(Debug, Clone, Copy)]
pub struct Paper {
    /// Heading before anything was compared; also the button that leads here.
    pub title: &'static str,
    /// How it goes.
    pub intro: &'static str,
    /// How values may be typed.
    pub hint: &'static str,
    /// What is not part of it.
    pub left_out: &'static str,
    /// Every value is the same, and the transcript is valid.
    pub matches: Notice,
    /// Every value is the same, and the transcript's own verdict stands.
    pub all_same: &'static str,
    /// A value differs.
    pub differs: Notice,
    /// What was compared is the same, but not everything was.
    pub partly: NoticeOf,
    /// The copy that opened it does not open every year on record.
    pub not_in_copy: &'static str,
    /// How many values: the same, different, unreadable, left.
    pub counts: fn(&Counts) -> String,
    /// Values that are only ticked.
    pub ticked: fn(usize) -> String,
    /// Heading of the list of differences.
    pub differences: &'static str,
    /// What the paper says.
    pub on_paper: &'static str,
    /// What is on record.
    pub on_record: &'static str,
    /// Nothing on record.
    pub blank: &'static str,
    /// Heading of the learner's facts.
    pub learner: &'static str,
    /// Tick of a row.
    pub same: &'static str,
    /// Tick of a whole part.
    pub all_in_part: &'static str,
    /// Outcome: the same.
    pub is_same: &'static str,
    /// Outcome: not the same.
    pub is_different: &'static str,
    /// Outcome: not read.
    pub is_unreadable: &'static str,
    /// Outcome: not compared.
    pub is_left: &'static str,
    /// What to do with a value that could not be read.
    pub unreadable_hint: &'static str,
    /// A year that cannot be compared; its standing.
    pub not_comparable: fn(&str) -> String,
    /// The button.
    pub submit: &'static str,
    /// Back to the transcript.
    pub back: &'static str,
    /// The ticket has run out.
    pub expired: Notice,
    /// What was typed is kept.
    pub kept: &'static str,
    /// Label of a text that is too long to type.
    pub tick_only: &'static str,
}

/// A heading and a sentence with a number in it.
#[derive(Debug, Clone, Copy)]
pub struct NoticeOf {
    /// Heading.
    pub title: &'static str,
    /// The sentence for a number of values.
    pub body: fn(usize) -> String,
}

/// How many values ended how.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// The same.
    pub same: usize,
    /// Different.
    pub differs: usize,
    /// Could not be read.
    pub unreadable: usize,
    /// Left out.
    pub left: usize,
}
