//! Transcripts of the synthetic nation: every level, every form, every standing.

use std::collections::BTreeMap;

use hocba::soft_copy::printed::{PrintedSheet, PrintedTranscript, Standing};
use hocba::transcript::contents::Results;
use hocba::transcript::sheet::Sheet;
use hocba::transcript::status::{Status, StatusClaims};
use hocba::transcript::time::Day;
use hocba::transcript::{Level, TranscriptCode};

use super::{Paper, copy, printed, squeezed};
use crate::synth;

/// Booklets by code, oldest sheet first, each with what was decided about it.
fn booklets() -> BTreeMap<TranscriptCode, Vec<(Sheet, Standing)>> {
    let statuses: Vec<StatusClaims> = synth::statuses().collect();
    let mut booklets: BTreeMap<TranscriptCode, Vec<(Sheet, Standing)>> = BTreeMap::new();
    for sheet in synth::sheets() {
        let standing = standing(&sheet, &statuses);
        booklets.entry(sheet.claims().code).or_default().push((sheet, standing));
    }
    for sheets in booklets.values_mut() {
        sheets.sort_by_key(|(sheet, _)| (sheet.claims().school_year, sheet.claims().frozen_at));
    }
    booklets
}

fn standing(sheet: &Sheet, statuses: &[StatusClaims]) -> Standing {
    let claims = sheet.claims();
    let concerns = |s: &&StatusClaims| s.code == claims.code && s.sheet.is_none_or(|id| id == claims.sheet);
    let mut standing = Standing::InForce;
    for status in statuses.iter().filter(concerns) {
        let day = Some(Day::from(status.effective_at.date_in_vietnam()));
        standing = match status.status {
            Status::Withdrawn => Standing::Withdrawn(day),
            Status::Replaced => Standing::Replaced(day),
            Status::Suspended => Standing::Suspended(day),
            Status::Released => Standing::InForce,
            Status::Transferred | Status::Erased => standing,
        };
    }
    standing
}

/// What there is most of at a level.
pub(in crate::soft_copy) fn longest(level: Level) -> Vec<(Sheet, Standing)> {
    chosen(level).pop().unwrap()
}

/// One booklet for every form and standing there is at a level, and the level's longest.
fn chosen(level: Level) -> Vec<Vec<(Sheet, Standing)>> {
    let kind = |(sheet, standing): &(Sheet, Standing)| {
        let form = match sheet.contents().results {
            Some(Results::Older(_)) => 1,
            Some(_) => 2,
            None => 3,
        };
        let standing = match standing {
            Standing::InForce => 1,
            Standing::Withdrawn(_) => 2,
            Standing::Replaced(_) => 3,
            Standing::Suspended(_) => 4,
            Standing::NotInForce => 5,
        };
        (form, standing, sheet.claims().trichluc)
    };
    let size = |sheets: &Vec<(Sheet, Standing)>| -> usize {
        sheets.iter().map(|(sheet, _)| serde_json::to_vec(sheet.contents()).unwrap().len()).sum()
    };
    let mut all: Vec<_> = booklets().into_values().filter(|sheets| sheets[0].0.claims().level == level).collect();
    all.sort_by_key(size);
    let longest = all.pop().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    // Counted to the end: a booklet takes all it shows off the list.
    all.retain(|sheets| sheets.iter().filter(|sheet| seen.insert(kind(sheet))).count() > 0);
    all.push(longest);
    all
}

#[test]
fn every_level_of_a_nation_prints_with_what_is_on_record() {
    for level in Level::ALL {
        for booklet in chosen(level) {
            let sheets: Vec<PrintedSheet<'_>> = booklet
                .iter()
                .map(|(sheet, standing)| PrintedSheet {
                    claims: sheet.claims(),
                    contents: sheet.contents(),
                    standing: *standing,
                })
                .collect();
            let claims = sheets[0].claims;
            let transcript = PrintedTranscript { code: claims.code, ..copy(level, &sheets) };
            let rendered = printed(&transcript, Vec::new());
            assert!(rendered.substituted.is_empty(), "{:?}", rendered.substituted);
            assert!(rendered.pages >= 2 + sheets.len(), "each year begins on a page of its own");
            let text = Paper::of(&rendered).text();
            for sheet in &sheets {
                for said in said(sheet) {
                    assert!(text.contains(&said), "{said:?} is missing in:\n{text}");
                }
            }
        }
    }
}

/// What must be found on paper: names, the year, every subject, and how each remark begins.
fn said(sheet: &PrintedSheet<'_>) -> Vec<String> {
    let contents = sheet.contents;
    let staff = contents.staff.as_ref().unwrap();
    let mut said = vec![
        format!("NĂM HỌC {}", sheet.claims.school_year),
        squeezed(staff.head.as_str()),
        squeezed(staff.homeroom_teacher.as_str()),
        squeezed(contents.name.as_ref().unwrap().full_name.as_str()),
        contents.name.as_ref().unwrap().birth.to_vietnamese(),
    ];
    let results = contents.results.as_ref();
    said.extend(results.and_then(|r| match r {
        Results::Primary(r) => r.overall.as_ref().map(ToString::to_string),
        Results::Secondary(r) => r.awards.as_ref().map(|a| squeezed(a.as_str())),
        Results::Older(r) => r.rows.first().map(|row| squeezed(row.label.as_str())),
    }));
    // The beginning: lines of other columns stand between the lines of one cell.
    let comments = contents.comments.iter().flat_map(|c| &c.subjects);
    if !matches!(results, Some(Results::Older(_))) {
        said.extend(comments.map(|c| c.comment.as_str().split_whitespace().take(3).collect::<Vec<_>>().join(" ")));
    }
    said
}
