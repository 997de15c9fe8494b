//! Which values of an opened sheet are compared, in the order of the paper form.
//!
//! Comments and the names of teachers are not: they are long, and no decision rests on them; they are
//! there to be read.

use super::Value;
use crate::transcript::contents::{
    Contents, NameGroup, OlderResults, PrimaryResults, Results, SecondaryResults, StaffGroup,
};
use crate::transcript::time::SchoolYear;

/// One line of the comparison: a subject, a result, a fact.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Names it in a form: the part (a year, or the learner), a dot, and the row.
    pub key: String,
    /// What it is.
    pub item: Item<'a>,
    /// Its values.
    pub cells: Vec<Cell<'a>>,
}

impl Row<'_> {
    /// The part it belongs to: everything before the first dot.
    pub fn part(&self) -> &str {
        self.key.split('.').next().unwrap_or_default()
    }

    /// Names a cell of it in a form.
    pub fn cell_key(&self, cell: &Cell<'_>) -> String {
        format!("{}.{}", self.key, cell.column as u8)
    }
}

/// One value of a row.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    /// Which column of the form.
    pub column: Column,
    /// What is on record.
    pub value: Value<'a>,
}

/// A column of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Column {
    /// The only one.
    Only = 0,
    /// Học kì I.
    Term1 = 1,
    /// Học kì II.
    Term2 = 2,
    /// Cả năm.
    Year = 3,
    /// Sau đánh giá lại.
    Again = 4,
    /// Mức đạt được.
    Level = 5,
    /// Điểm KTĐK.
    Test = 6,
}

/// What a row is; the pages have the words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// Họ và tên.
    FullName,
    /// Ngày sinh.
    Birth,
    /// Giới tính.
    Sex,
    /// Trường.
    School,
    /// Lớp.
    Class,
    /// A subject by its name on record.
    Subject(&'a str),
    /// One of the five qualities, in the order of the dictionary.
    Quality(usize),
    /// One of the ten competencies, in the order of the dictionary.
    Competency(usize),
    /// Kết quả học tập.
    Learning,
    /// Kết quả rèn luyện.
    Conduct,
    /// Đánh giá kết quả giáo dục (primary).
    Overall,
    /// Hoàn thành chương trình lớp học.
    CompletedClass,
    /// Hoàn thành chương trình tiểu học.
    CompletedPrimary,
    /// Completion in words.
    Completion,
    /// Được lên lớp.
    Promoted,
    /// Tổng số buổi nghỉ học.
    Absences,
    /// Khen thưởng.
    Awards,
    /// Khen thưởng đột xuất.
    SpecialAwards,
    /// Kết quả tham gia các cuộc thi.
    Competitions,
    /// Chứng chỉ.
    Certificate,
    /// A labelled text of an older booklet.
    Older(&'a str),
}

/// Never prints a name.
impl std::fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Item(…)")
    }
}

/// Key of the part that holds the learner's own facts.
pub const LEARNER: &str = "hs";

/// The learner's own facts, from the sheet that counts for them.
pub fn learner(name: &NameGroup) -> Vec<Row<'_>> {
    let row = |id: &str, item, value| only(&format!("{LEARNER}.{id}"), item, value);
    vec![
        row("ten", Item::FullName, Value::Name(name.full_name.as_str())),
        row("sinh", Item::Birth, Value::Birth(name.birth)),
        row("gioi", Item::Sex, Value::Sex(name.sex)),
    ]
}

/// One year's values.
pub fn year(school_year: SchoolYear, contents: &Contents) -> Vec<Row<'_>> {
    let mut rows = Rows { part: school_year.first().to_string(), rows: Vec::new() };
    if let Some(staff) = &contents.staff {
        rows.staff(staff);
    }
    match &contents.results {
        Some(Results::Primary(results)) => rows.primary(results),
        Some(Results::Secondary(results)) => rows.secondary(results),
        Some(Results::Older(results)) => rows.older(results),
        None => {}
    }
    rows.rows
}

fn only<'a>(key: &str, item: Item<'a>, value: Value<'a>) -> Row<'a> {
    Row { key: key.to_owned(), item, cells: vec![Cell { column: Column::Only, value }] }
}

struct Rows<'a> {
    part: String,
    rows: Vec<Row<'a>>,
}

impl<'a> Rows<'a> {
    fn push(&mut self, id: &str, item: Item<'a>, cells: Vec<Cell<'a>>) {
        self.rows.push(Row { key: format!("{}.{id}", self.part), item, cells });
    }

    /// A row of one value that the record has.
    fn one(&mut self, id: &str, item: Item<'a>, value: Option<Value<'a>>) {
        if let Some(value) = value {
            self.push(id, item, vec![Cell { column: Column::Only, value }]);
        }
    }

    /// A row of one value, blank on record or not: what a forger would add to the paper.
    fn one_or_blank(&mut self, id: &str, item: Item<'a>, value: Option<Value<'a>>) {
        self.one(id, item, Some(value.unwrap_or(Value::Nothing)));
    }

    fn staff(&mut self, staff: &'a StaffGroup) {
        self.one("truong", Item::School, Some(Value::Text(staff.school_name.as_str())));
        self.one("lop", Item::Class, Some(Value::Text(staff.class.as_str())));
    }

    fn primary(&mut self, results: &'a PrimaryResults) {
        for subject in &results.subjects {
            let cells = vec![
                Cell { column: Column::Level, value: subject.level.map_or(Value::Nothing, Value::Level) },
                Cell { column: Column::Test, value: subject.test.map_or(Value::Nothing, Value::Test) },
            ];
            self.push(&format!("m{}", subject.code.as_str()), Item::Subject(subject.name.as_str()), cells);
        }
        for (i, level) in results.qualities.iter().flat_map(|q| q.in_order()).enumerate() {
            self.one(&format!("pc{i}"), Item::Quality(i), level.map(Value::Attainment));
        }
        for (i, level) in results.competencies.iter().flat_map(|c| c.in_order()).enumerate() {
            self.one(&format!("nl{i}"), Item::Competency(i), level.map(Value::Attainment));
        }
        self.one("xeploai", Item::Overall, results.overall.as_ref().map(|t| Value::Text(t.as_str())));
        self.one("htlop", Item::CompletedClass, results.completed_class.map(Value::Answer));
        self.one("httieuhoc", Item::CompletedPrimary, results.completed_primary.map(Value::Answer));
        self.one("hoanthanh", Item::Completion, results.completion.as_ref().map(|t| Value::Text(t.as_str())));
        self.one("lenlop", Item::Promoted, results.promoted.map(Value::Answer));
        self.one_or_blank("khen", Item::Awards, results.awards.as_ref().map(|t| Value::Text(t.as_str())));
        let special = results.special_awards.as_ref().map(|t| Value::Text(t.as_str()));
        self.one_or_blank("dotxuat", Item::SpecialAwards, special);
    }

    fn secondary(&mut self, results: &'a SecondaryResults) {
        let again = results.subjects.iter().any(|s| s.again.is_some());
        for subject in &results.subjects {
            let marks = [subject.term1, subject.term2, subject.year, subject.again].map(|m| m.map(Value::Mark));
            let cells = four(marks, again);
            self.push(&format!("m{}", subject.code.as_str()), Item::Subject(subject.name.as_str()), cells);
        }
        let learning = [results.learning_term1, results.learning_term2, results.learning_year, results.learning_again];
        let conduct = [results.conduct_term1, results.conduct_term2, results.conduct_year, results.conduct_again];
        for (id, item, levels) in [("renluyen", Item::Conduct, conduct), ("hoctap", Item::Learning, learning)] {
            if levels.iter().any(Option::is_some) {
                self.push(id, item, four(levels.map(|l| l.map(Value::Year)), levels[3].is_some()));
            }
        }
        let text = |t: &'a Option<crate::transcript::text::Text<2000>>| t.as_ref().map(|t| Value::Text(t.as_str()));
        self.one_or_blank("nghi", Item::Absences, results.absences.map(Value::Absences));
        self.one("lenlop", Item::Promoted, results.promoted.map(Value::Answer));
        self.one("hoanthanh", Item::Completion, text(&results.completion));
        for (i, certificate) in results.certificates.iter().enumerate() {
            self.one(&format!("cc{i}"), Item::Certificate, Some(Value::Text(certificate.name.as_str())));
        }
        self.one("thi", Item::Competitions, text(&results.competitions));
        self.one_or_blank("khen", Item::Awards, text(&results.awards));
        self.one_or_blank("dotxuat", Item::SpecialAwards, text(&results.special_awards));
    }

    fn older(&mut self, results: &'a OlderResults) {
        for (i, row) in results.rows.iter().enumerate() {
            self.one(&format!("cu{i}"), Item::Older(row.label.as_str()), Some(Value::Text(row.value.as_str())));
        }
        self.one("lenlop", Item::Promoted, results.promoted.map(Value::Answer));
    }
}

/// Two terms and the year, and the result after the summer where the table has that column.
fn four(values: [Option<Value<'_>>; 4], again: bool) -> Vec<Cell<'_>> {
    let columns = [Column::Term1, Column::Term2, Column::Year, Column::Again];
    let shown = if again { 4 } else { 3 };
    let cell = |(column, value): (Column, Option<_>)| Cell { column, value: value.unwrap_or(Value::Nothing) };
    columns.into_iter().zip(values).take(shown).map(cell).collect()
}
