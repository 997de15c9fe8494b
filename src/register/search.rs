//! Schools by name, code and province. One pass over all of them: some megabytes of text, no index to keep.

use super::directory::{Directory, SchoolRef};
use super::words::words;
use crate::transcript::province::ProvinceId;

/// Longest query, in characters; more is cut off.
pub const MAX_QUERY: usize = 100;
/// Most words of a query; more are ignored.
const MAX_WORDS: usize = 16;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The words, each behind a space; empty: every school.
    words: String,
    /// In this province as it is now, and those merged into it.
    province: Option<ProvinceId>,
}

impl Query {
    /// From what was typed.
    pub fn new(typed: &str, province: Option<ProvinceId>) -> Self {
        let typed: String = typed.chars().take(MAX_QUERY).collect();
        let all = words(&typed);
        let mut kept = String::with_capacity(all.len());
        for word in all.split_whitespace().take(MAX_WORDS) {
            kept.push(' ');
            kept.push_str(word);
        }
        Self { words: kept, province }
    }

    /// Whether these words of a school match: 0 as they were typed, 1 all of them somewhere.
    fn rank(&self, school: &str) -> Option<u8> {
        // A word is looked for behind a space, so its beginning is enough and its middle is not.
        if school.contains(&self.words) {
            return Some(0);
        }
        let each = |word: &str| {
            school.match_indices(word).any(|(at, _)| school.as_bytes().get(at.wrapping_sub(1)) == Some(&b' '))
        };
        self.words.split_whitespace().all(each).then_some(1)
    }
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many there are in all.
    pub total: usize,
    /// The ones of this page.
    pub schools: Vec<SchoolRef>,
}

impl Directory {
    /// Looks for schools; those whose names have the words as typed come first, then by name.
    pub fn search(&self, query: &Query, skip: usize, take: usize) -> Found {
        let provinces = query.province.map(|province| self.merged_into(province));
        let mut found: [Vec<SchoolRef>; 2] = [Vec::new(), Vec::new()];
        for (at, school) in self.by_name() {
            if provinces.as_ref().is_some_and(|all| !all.contains(&school.province)) {
                continue;
            }
            if let Some(rank) = query.rank(&school.words) {
                found[usize::from(rank)].push(at);
            }
        }
        let total = found.iter().map(Vec::len).sum();
        Found { total, schools: found.into_iter().flatten().skip(skip).take(take).collect() }
    }
}
