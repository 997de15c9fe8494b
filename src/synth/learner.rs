//! Learners: who they are, where they study each year, and what becomes of their booklets.
//!
//! Everything follows from the seed and the learner's number. The first numbers of each stride are a
//! *cast*: learners written so that every level, verdict and special case is there in the smallest
//! nation.

use jiff::civil::Date;

use super::dice::Dice;
use super::tables::WORDS;
use super::world::{SchoolId, World, person};
use crate::transcript::code::{SheetId, TranscriptCode};
use crate::transcript::level::Level;

/// How precisely the civil register knows a birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    Day,
    Month,
    Year,
}

/// How a school year ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Moves up at once.
    Normal,
    /// Re-assessed in summer, then moves up.
    Reassessed,
    /// Trains conduct in summer, then moves up.
    SummerConduct,
    /// Re-assessed in summer, repeats the grade.
    Retained,
    /// Absent too often, repeats the grade.
    Absent,
}

impl Outcome {
    /// Whether the sheet is frozen in August, after the summer.
    pub(super) fn is_late(self) -> bool {
        matches!(self, Self::Reassessed | Self::SummerConduct | Self::Retained)
    }

    /// Whether the grade is repeated.
    pub(super) fn repeats(self) -> bool {
        matches!(self, Self::Retained | Self::Absent)
    }
}

/// What becomes of the booklet a learner had last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing.
    None,
    /// Withdrawn as a whole.
    Withdrawn,
    /// Withdrawn year by year.
    WithdrawnEach,
    /// Its first year withdrawn.
    PartlyWithdrawn,
    /// Its last year replaced; the flag: because a birth date was wrong.
    Replaced(bool),
    /// Under review by the province.
    Suspended,
    /// Under review by the province, one year only.
    SuspendedYear,
    /// Reviewed by the province and released.
    Released,
    /// Under review by the ministry.
    MinistrySuspended,
    /// Reviewed by the ministry and released.
    MinistryReleased,
    /// Erased by lawful order.
    Erased,
    /// Takes effect later.
    NotInForce,
}

/// What is special about a member of the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    None,
    Month,
    Year,
    Foreign,
    NotAssessed,
    Ends(Outcome),
    Transcribed,
    Exempt,
    Edge(usize),
    /// Changes province before the last year.
    Moves,
    /// Is transferred after the last year.
    Leaves,
}

/// A written part.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// Grade in the last school year.
    grade: i32,
    level: Level,
    fate: Fate,
    quirk: Quirk,
}

fn cast() -> Vec<Part> {
    use Level::{Continuing, LowerSecondary, Primary, UpperSecondary};
    let part = |level, grade, fate, quirk| Part { grade, level, fate, quirk };
    let mut cast = Vec::new();
    for (level, first) in [(Primary, 1), (LowerSecondary, 6), (UpperSecondary, 10), (Continuing, 10)] {
        cast.push(part(level, first + 1, Fate::None, Quirk::None));
        cast.push(part(level, first, Fate::NotInForce, Quirk::None));
        cast.push(part(level, first + 1, Fate::PartlyWithdrawn, Quirk::None));
        cast.push(part(level, first + 2, Fate::Withdrawn, Quirk::None));
        cast.push(part(level, first + 1, Fate::Erased, Quirk::None));
        cast.push(part(level, first + 2, Fate::Suspended, Quirk::None));
        cast.push(part(level, first + 1, Fate::Replaced(false), Quirk::None));
    }
    cast.push(part(LowerSecondary, 8, Fate::Replaced(true), Quirk::None));
    cast.push(part(LowerSecondary, 9, Fate::Released, Quirk::None));
    cast.push(part(UpperSecondary, 12, Fate::SuspendedYear, Quirk::None));
    cast.push(part(UpperSecondary, 11, Fate::MinistrySuspended, Quirk::None));
    cast.push(part(Primary, 3, Fate::MinistryReleased, Quirk::None));
    cast.push(part(Primary, 5, Fate::WithdrawnEach, Quirk::None));
    for (level, grade, quirk) in [
        (UpperSecondary, 12, Quirk::Month),
        (Continuing, 12, Quirk::Year),
        (Primary, 4, Quirk::Foreign),
        (Primary, 2, Quirk::NotAssessed),
        (LowerSecondary, 7, Quirk::NotAssessed),
        (LowerSecondary, 8, Quirk::Ends(Outcome::Reassessed)),
        (LowerSecondary, 7, Quirk::Ends(Outcome::SummerConduct)),
        (UpperSecondary, 11, Quirk::Ends(Outcome::Retained)),
        (UpperSecondary, 10, Quirk::Ends(Outcome::Absent)),
        (Primary, 4, Quirk::Ends(Outcome::Reassessed)),
        (LowerSecondary, 9, Quirk::Transcribed),
        (UpperSecondary, 11, Quirk::Exempt),
        (LowerSecondary, 8, Quirk::Moves),
        (LowerSecondary, 7, Quirk::Leaves),
        // Finished grade 12 two years before the last: all under the older circular.
        (UpperSecondary, 14, Quirk::None),
        (LowerSecondary, 9, Quirk::Edge(0)),
    ] {
        cast.push(part(level, grade, Fate::None, quirk));
    }
    cast
}

/// Written parts of the nation, by learner number.
#[derive(Debug)]
pub(super) struct Cast {
    parts: Vec<Part>,
    stride: u64,
}

impl Cast {
    pub(super) fn new(learners: u64) -> Self {
        let parts = cast();
        let stride = (learners / parts.len() as u64).max(1);
        Self { parts, stride }
    }

    fn part(&self, learner: u64) -> Option<Part> {
        let index = usize::try_from(learner / self.stride).ok()?;
        learner.is_multiple_of(self.stride).then(|| self.parts.get(index).copied()).flatten()
    }

    /// Numbers of the learners that have a part, of a nation of this size.
    pub(super) fn members(&self, learners: u64) -> impl Iterator<Item = u64> + '_ {
        (0..self.parts.len() as u64).map(|i| i * self.stride).filter(move |n| *n < learners)
    }
}

/// One school year of a learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay {
    /// Index into [`World::years`].
    pub(super) year: usize,
    pub(super) school: SchoolId,
    pub(super) grade: u8,
    pub(super) outcome: Outcome,
}

/// A change of school before a year (which may be the one after the last).
#[derive(Debug, Clone, Copy)]
struct Move {
    year: usize,
    old: usize,
    catchment: usize,
}

/// A learner.
#[derive(Debug)]
pub(super) struct Learner {
    pub(super) number: u64,
    home: usize,
    catchment: usize,
    moves: Option<Move>,
    start_grade: i32,
    track: Option<Level>,
    adult: bool,
    outcomes: [Outcome; 32],
    /// 0 male, 1 female.
    pub(super) sex: usize,
    pub(super) name: String,
    pub(super) birth: Date,
    pub(super) precision: Precision,
    /// Nationality code.
    pub(super) nationality: &'static str,
    /// Two-digit ethnicity code.
    pub(super) ethnicity: &'static str,
    pub(super) not_assessed: bool,
    pub(super) transcribed: bool,
    pub(super) exempt: bool,
    /// Latent ability in tenths of a mark.
    pub(super) ability: i32,
    fate: Fate,
}

const FOREIGN: &[(&str, &str, usize)] = &[
    ("Kim Min Jun", "KR", 0),
    ("Park Seo Yeon", "KR", 1),
    ("Sok Dara", "KH", 0),
    ("Vongsa Phimmasone", "LA", 1),
    ("Tanaka Haruto", "JP", 0),
    ("Emma Laurent", "FR", 1),
];

impl Learner {
    pub(super) fn new(world: &World, cast: &Cast, number: u64) -> Self {
        let mut dice = Dice::new(world.seed, "learner", number, 0);
        let home = world.home_of(number);
        let years = world.years.len();
        let sex = dice.below(2);
        let adult = dice.percent(1);
        let track = match dice.below(100) {
            0..78 => Some(Level::UpperSecondary),
            78..93 => Some(Level::Continuing),
            _ => None,
        };
        let start_grade = dice.between(2 - years as i32, 12);
        let mut learner = Self {
            number,
            home,
            catchment: dice.below(1 << 30),
            moves: None,
            start_grade,
            track,
            adult,
            outcomes: [Outcome::Normal; 32],
            sex,
            name: String::new(),
            birth: Date::constant(2010, 1, 1),
            precision: Precision::Day,
            nationality: "VN",
            ethnicity: "01",
            not_assessed: dice.one_in_10k(60),
            transcribed: dice.one_in_10k(100),
            exempt: dice.one_in_10k(50),
            ability: dice.bell(72, 12).clamp(35, 98),
            fate: draw_fate(&mut dice),
        };
        learner.draw_moves(world, &mut dice);
        learner.draw_outcomes(&mut dice);
        learner.draw_person(&mut dice);
        learner.draw_birth(world, &mut dice);
        if let Some(part) = cast.part(number) {
            learner.play(world, part, &mut dice);
        }
        learner
    }

    /// A learner with nothing special, in a grade in a year.
    pub(super) fn plain(world: &World, cast: &Cast, number: u64, home: usize, grade: i32, year: usize) -> Self {
        let mut learner = Self::new(world, cast, number);
        let mut dice = Dice::new(world.seed, "plain", number, 0);
        let part = Part { grade, level: Level::UpperSecondary, fate: Fate::None, quirk: Quirk::None };
        learner.home = home;
        learner.play(world, part, &mut dice);
        learner.start_grade = grade - year as i32;
        learner.draw_birth(world, &mut dice);
        learner.precision = Precision::Day;
        learner
    }

    fn draw_moves(&mut self, world: &World, dice: &mut Dice) {
        let (moving, far) = (dice.one_in_10k(300), dice.percent(30));
        let year = 1 + dice.below(world.years.len());
        let catchment = dice.below(1 << 30);
        if !moving {
            return;
        }
        // Never between two predecessors of one province: that is one province today.
        let old = match far {
            true => other_province(world, self.home, dice),
            false => self.home,
        };
        self.moves = Some(Move { year, old, catchment });
    }

    fn draw_outcomes(&mut self, dice: &mut Dice) {
        for outcome in &mut self.outcomes {
            // Weak learners stumble more often.
            let risk = usize::try_from((95 - self.ability).max(1)).unwrap_or(1);
            *outcome = match dice.below(10_000) {
                n if n < risk * 4 => Outcome::Reassessed,
                n if n < risk * 5 => Outcome::SummerConduct,
                n if n < risk * 6 => Outcome::Retained,
                n if n < risk * 6 + 10 => Outcome::Absent,
                _ => Outcome::Normal,
            };
        }
    }

    fn draw_person(&mut self, dice: &mut Dice) {
        if dice.one_in_10k(40) {
            let (name, nationality, sex) = *dice.pick(FOREIGN);
            (self.name, self.nationality, self.sex, self.ethnicity) = (name.into(), nationality, sex, "55");
            return;
        }
        if dice.one_in_10k(80) {
            let index = dice.below(WORDS.edge.len());
            return self.take_edge_name(index);
        }
        self.name = person(dice, self.sex);
        self.ethnicity = match self.name.split(' ').next() {
            Some("Nông" | "Hứa") => "02",
            Some("Lò") => "03",
            Some("Giàng" | "Sùng" | "Vàng") => "08",
            Some("Thạch" | "Danh") => "05",
            Some("Quách") => "06",
            _ => "01",
        };
    }

    fn take_edge_name(&mut self, index: usize) {
        let (name, sex) = WORDS.edge[index % WORDS.edge.len()];
        (self.name, self.sex) = (name.into(), sex);
        self.ethnicity = match name.split(' ').next() {
            Some("H'Mai" | "Y") => "12",
            Some("K'Brể" | "Ka") => "16",
            Some("Sùng" | "Giàng") => "08",
            Some("Rơ" | "Rmah") => "10",
            Some("Thạch" | "Kim") => "05",
            Some("Bế") => "02",
            Some("Lò") => "03",
            _ => "01",
        };
    }

    fn draw_birth(&mut self, world: &World, dice: &mut Dice) {
        let first = world.years.first().map_or(2022, |y| i32::from(y.first()));
        let delay = match self.adult {
            true => dice.between(2, 14),
            false => i32::from(dice.one_in_10k(200)),
        };
        let year = first - self.start_grade - 5 - delay;
        let (month, day) = (dice.between(1, 12) as i8, dice.between(1, 28) as i8);
        self.birth = Date::new(i16::try_from(year).unwrap_or(2010), month, day).unwrap_or(self.birth);
        self.precision = match dice.below(1000) {
            0..2 => Precision::Month,
            2..4 => Precision::Year,
            _ => Precision::Day,
        };
    }

    /// Takes a written part: nothing else about the learner is left to chance that could spoil it.
    fn play(&mut self, world: &World, part: Part, dice: &mut Dice) {
        let years = world.years.len();
        self.adult = false;
        self.start_grade = part.grade - (years as i32 - 1);
        self.track = Some(match part.level {
            Level::Continuing => Level::Continuing,
            _ => Level::UpperSecondary,
        });
        self.moves = None;
        self.outcomes = [Outcome::Normal; 32];
        self.ability = self.ability.max(62);
        (self.not_assessed, self.transcribed, self.exempt) = (false, false, false);
        self.fate = part.fate;
        (self.nationality, self.ethnicity) = ("VN", "01");
        self.name = person(dice, self.sex);
        self.draw_birth(world, dice);
        self.precision = Precision::Day;
        match part.quirk {
            Quirk::None => {}
            Quirk::Month => self.precision = Precision::Month,
            Quirk::Year => self.precision = Precision::Year,
            Quirk::Foreign => {
                let (name, nationality, sex) = FOREIGN[0];
                (self.name, self.nationality, self.sex, self.ethnicity) = (name.into(), nationality, sex, "55");
            }
            Quirk::NotAssessed => self.not_assessed = true,
            Quirk::Ends(outcome) => self.outcomes[years - 1] = outcome,
            Quirk::Transcribed => self.transcribed = true,
            Quirk::Exempt => self.exempt = true,
            Quirk::Edge(index) => self.take_edge_name(index),
            Quirk::Moves | Quirk::Leaves => {
                let year = years - usize::from(part.quirk == Quirk::Moves);
                let old = other_province(world, self.home, dice);
                self.moves = Some(Move { year, old, catchment: self.catchment });
            }
        }
    }

    /// The school years on record, oldest first; at most one stay a year.
    pub(super) fn stays(&self, world: &World) -> Vec<Stay> {
        let mut stays = Vec::new();
        let mut grade = self.start_grade;
        for year in 0..world.years.len() {
            if grade > 12 {
                break;
            }
            let outcome = self.outcomes.get(year).copied().unwrap_or(Outcome::Normal);
            let Some(level) = self.level_at(grade) else {
                grade += 1;
                continue;
            };
            let (old, catchment) = match self.moves {
                Some(m) if year >= m.year => (m.old, m.catchment),
                _ => (self.home, self.catchment),
            };
            let index = catchment % world.school_count(old, level);
            let outcome = self.settled(outcome, grade);
            stays.push(Stay { year, school: SchoolId { old, level, index }, grade: grade as u8, outcome });
            grade += i32::from(!outcome.repeats());
        }
        stays
    }

    /// Whose commune the learner was born in: the first school's, whatever schools follow.
    pub(super) fn birth_place(&self, world: &World) -> SchoolId {
        let level = Level::Primary;
        SchoolId { old: self.home, level, index: self.catchment % world.school_count(self.home, level) }
    }

    /// Learners whose booklet meets a fate, and those not assessed, end every year in the plain way.
    fn settled(&self, outcome: Outcome, grade: i32) -> Outcome {
        match outcome {
            _ if self.fate != Fate::None || self.not_assessed => Outcome::Normal,
            Outcome::SummerConduct | Outcome::Absent if grade <= 5 => Outcome::Normal,
            other => other,
        }
    }

    fn level_at(&self, grade: i32) -> Option<Level> {
        match grade {
            1..=5 => Some(Level::Primary),
            6..=9 if self.adult => Some(Level::Continuing),
            6..=9 => Some(Level::LowerSecondary),
            10..=12 => self.track,
            _ => None,
        }
    }

    /// Whether the learner moves, or anything is decided about a booklet.
    pub(super) fn is_unusual(&self) -> bool {
        self.moves.is_some() || self.fate != Fate::None
    }

    /// The fate of the last booklet, as far as its stays allow it.
    pub(super) fn fate(&self, world: &World, stays: &[Stay]) -> Fate {
        let Some(last) = stays.last() else { return Fate::None };
        let booklet = stays.iter().filter(|s| s.school.level == last.school.level).count();
        let in_last_year = last.year + 1 == world.years.len();
        match self.fate {
            Fate::PartlyWithdrawn | Fate::WithdrawnEach if booklet < 2 => Fate::None,
            Fate::Replaced(_) if !in_last_year => Fate::None,
            Fate::NotInForce if booklet != 1 || !in_last_year => Fate::None,
            fate => fate,
        }
    }

    /// Where the learner goes after the last year, when that is another province.
    pub(super) fn leaves_for(&self, world: &World, stays: &[Stay]) -> Option<usize> {
        let last = stays.last()?;
        let m = self.moves.filter(|m| m.year == world.years.len() && last.year + 1 == m.year)?;
        // Someone who has finished the level starts a new booklet elsewhere; nothing is transferred.
        let goes_on = last.grade < *last.school.level.grades().end();
        (goes_on && world.old[m.old].current != world.current_of(last.school)).then_some(m.old)
    }

    /// The lookup code of the booklet of a level.
    pub(super) fn code(&self, world: &World, level: Level) -> TranscriptCode {
        TranscriptCode::from_bytes(Dice::new(world.seed, "code", self.number, u64::from(level.number())).uuid())
    }

    /// The id of a year's sheet; `revision` 1 is the replacement.
    pub(super) fn sheet(&self, world: &World, year: usize, revision: u64) -> SheetId {
        SheetId::from_bytes(Dice::new(world.seed, "sheet", self.number, (year as u64) << 8 | revision).uuid())
    }

    /// The learner's own draws about one year.
    pub(super) fn dice(&self, world: &World, purpose: &str, year: usize) -> Dice {
        Dice::new(world.seed, purpose, self.number, year as u64)
    }
}

fn draw_fate(dice: &mut Dice) -> Fate {
    match dice.below(10_000) {
        0..10 => Fate::Withdrawn,
        10..15 => Fate::WithdrawnEach,
        15..25 => Fate::PartlyWithdrawn,
        25..75 => Fate::Replaced(false),
        75..85 => Fate::Replaced(true),
        85..92 => Fate::Suspended,
        92..95 => Fate::SuspendedYear,
        95..103 => Fate::Released,
        103..104 => Fate::MinistrySuspended,
        104..105 => Fate::MinistryReleased,
        105..107 => Fate::Erased,
        107..112 => Fate::NotInForce,
        _ => Fate::None,
    }
}

/// An old province that is part of another province today; the same one where there is no other.
fn other_province(world: &World, home: usize, dice: &mut Dice) -> usize {
    let own = &world.current[world.old[home].current].old;
    let others = world.old.len() - own.len();
    if others == 0 {
        return home;
    }
    let draw = dice.below(others);
    if draw < own.start { draw } else { draw + own.len() }
}
