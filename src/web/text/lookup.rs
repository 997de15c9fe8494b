//! Words of the home page and of a code that is none.

/// Home and the code field.
#[derive(Debug, Clone, Copy)]
pub struct Lookup {
    /// Heading.
    pub title: &'static str,
    /// Label of the field.
    pub label: &'static str,
    /// Hint under the label.
    pub hint: &'static str,
    /// An example, in groups of four.
    pub example: &'static str,
    /// The button.
    pub submit: &'static str,
    /// Heading of the short guide.
    pub guide: &'static str,
    /// The short guide.
    pub steps: [&'static str; 3],
    /// What the portal never shows for a code alone.
    pub privacy: &'static str,
    /// Another code, please.
    pub again: &'static str,
}

/// What is wrong with a typed code.
#[derive(Debug, Clone, Copy)]
pub struct BadCode {
    /// Heading.
    pub title: &'static str,
    /// The rule.
    pub rule: &'static str,
    /// How many characters there were.
    pub length: fn(usize) -> String,
    /// Which group of four looks wrong.
    pub group: fn(usize) -> String,
    /// Which group does not have four characters, and how many it has.
    pub group_length: fn(usize, usize) -> String,
    /// Nothing was typed.
    pub empty: &'static str,
    /// A Vietnamese keyboard was on.
    pub keyboard: &'static str,
    /// Heading of the one code or the codes that may have been meant.
    pub meant: fn(usize) -> &'static str,
    /// How to choose among them.
    pub choose: &'static str,
}
