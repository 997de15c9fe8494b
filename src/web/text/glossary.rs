//! Words that explain the transcript's own: grades, levels and what they mean in law.

/// What a glossary is about; a page shows the parts its years need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chapter {
    /// The transcript and its standing.
    Standing,
    /// Primary, Circular 27/2020.
    Primary,
    /// Lower and upper secondary, Circular 22/2021.
    Secondary,
    /// Continuing education, Circular 43/2021.
    Continuing,
    /// Circulars before those.
    Older,
}

/// A term and its meaning.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// As it stands on the transcript, with its abbreviation.
    pub term: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// A chapter's words.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Heading.
    pub title: &'static str,
    /// In the order in which a reader meets them.
    pub entries: &'static [Entry],
}

/// The glossary.
#[derive(Debug, Clone, Copy)]
pub struct Glossary {
    /// Heading.
    pub title: &'static str,
    /// What it is for.
    pub intro: &'static str,
    /// The words of a chapter.
    pub chapter: fn(Chapter) -> &'static Words,
}
