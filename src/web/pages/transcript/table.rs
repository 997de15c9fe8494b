//! The form's table of subjects: marks in columns, and beside them what the teacher wrote.
//!
//! On a phone the remark moves below its row by the style sheet. Rows then are grids, which makes some
//! browsers forget that this is a table, so every part says its role.

use maud::{Markup, html};

use crate::transcript::contents::{Contents, SubjectTeacher};
use crate::web::text::Text;

/// One subject.
pub(super) struct Row<'a> {
    /// Its code, which ties remarks and teachers to it.
    pub(super) code: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// One for each column of marks.
    pub(super) marks: Vec<String>,
}

/// The whole table.
pub(super) fn subjects(text: &Text, caption: &str, columns: &[&str], rows: &[Row<'_>], contents: &Contents) -> Markup {
    let fields = &text.fields;
    html! {
        @if !rows.is_empty() {
            table class={ "marks columns-" (columns.len()) } role="table" aria-label=(caption) {
                thead role="rowgroup" {
                    tr role="row" {
                        th scope="col" role="columnheader" { (fields.subject) }
                        @for column in columns { th scope="col" role="columnheader" class="mark" { (column) } }
                        th scope="col" role="columnheader" class="said" { (fields.remark) }
                    }
                }
                tbody role="rowgroup" {
                    @for row in rows {
                        tr role="row" {
                            th scope="row" role="rowheader" { bdi { (row.name) } }
                            @for mark in &row.marks { td role="cell" class="mark" { (mark) } }
                            td role="cell" class="said" { (said(text, contents, row.code)) }
                        }
                    }
                }
            }
        }
    }
}

/// What was written about a subject, and who taught it.
fn said(text: &Text, contents: &Contents, subject: &str) -> Markup {
    let taught = |t: &&SubjectTeacher| t.subject.as_str() == subject;
    let teachers: Vec<&str> =
        contents.staff.iter().flat_map(|s| &s.subject_teachers).filter(taught).map(|t| t.teacher.as_str()).collect();
    let written = contents.comments.iter().flat_map(|c| &c.subjects).filter(|c| c.subject.as_str() == subject);
    html! {
        @for comment in written { p { bdi { (comment.comment) } } }
        @if !teachers.is_empty() { small { (text.fields.teacher) ": " bdi { (teachers.join(", ")) } } }
    }
}
