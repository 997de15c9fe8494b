//! Words of the page for programmers.

/// `/tai-lieu-api`.
#[derive(Debug, Clone, Copy)]
pub struct Api {
    /// Heading; also the link to it.
    pub title: &'static str,
    /// What it is.
    pub lead: &'static str,
    /// The link to the document itself.
    pub document: &'static str,
    /// What language the rest is in.
    pub in_english: &'static str,
    /// Heading: parameters.
    pub parameters: &'static str,
    /// Heading: what is sent.
    pub request: &'static str,
    /// Heading: what is answered.
    pub answers: &'static str,
    /// Heading: problems, told once.
    pub problems: &'static str,
    /// Heading: shapes that have a name.
    pub shapes: &'static str,
    /// Column: name.
    pub name: &'static str,
    /// Column: type.
    pub kind: &'static str,
    /// Column: what it means.
    pub meaning: &'static str,
    /// A member that may be missing.
    pub optional: &'static str,
}
