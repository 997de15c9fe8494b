//! Sheets that contradict themselves: one for each consistency rule, all of them taken.

use super::lines::{HOME, Sheaf};
use super::{Bench, spoil};
use crate::signing::jws::Jws;
use crate::synth::SynthFault;
use crate::synth::marks::text;
use crate::synth::sheets::Draft;
use crate::transcript::contents::{
    Absences, Attainment, Competencies, IdentityGroup, PersonalId, PrimaryResults, PrimarySubject, Qualities, Results,
    SecondaryResults, SecondarySubject, SubjectLevel, SubjectMark, Tenths, TestMark, WholeMark, YearLevel,
};
use crate::transcript::groups::Group;
use crate::transcript::level::Level;

pub(super) fn write(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    primary(bench)?;
    secondary(bench, "warnings-secondary", Level::LowerSecondary, 7, &TT22)?;
    secondary(bench, "warnings-continuing", Level::Continuing, 10, &TT43)?;
    identity(bench)
}

/// A rule, and how a sheet that agrees with the circular comes to break it.
type Oddity<T> = (&'static str, fn(&mut T) -> Result<(), SynthFault>);

const TT22: [Oddity<SecondaryResults>; 9] = [
    ("tt22.year_average", year_average),
    ("tt22.year_comment", year_comment),
    ("tt22.learning_result", learning_result),
    ("tt22.conduct_year", conduct_year),
    ("tt22.promotion", promotion),
    ("tt22.summer_conduct", summer_conduct),
    ("tt22.summer_subject", summer_subject),
    ("tt22.summer_learning", summer_learning),
    ("tt22.award", award),
];

const TT43: [Oddity<SecondaryResults>; 8] = [
    ("tt43.year_average", year_average),
    ("tt43.year_comment", year_comment),
    ("tt43.learning_result", learning_result),
    ("tt43.conduct_year", conduct_year),
    ("tt43.promotion", promotion),
    ("tt43.summer_conduct", summer_conduct),
    ("tt43.summer_subject", summer_subject),
    ("tt43.summer_learning", summer_learning),
];

fn mark(tenths: u8) -> Option<SubjectMark> {
    Tenths::new(tenths).map(SubjectMark::Mark)
}

fn year_average(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    r.subjects[0].year = mark(86);
    Ok(())
}

fn year_comment(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    // Not passed in term 1, so that both levels of the subject are on the sheet.
    (r.subjects[8].term1, r.subjects[8].year) = (Some(SubjectMark::NotPassed), Some(SubjectMark::NotPassed));
    (r.learning_term1, r.learning_year) = (Some(YearLevel::Fair), Some(YearLevel::Fair));
    Ok(())
}

fn learning_result(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    r.learning_year = Some(YearLevel::Fair);
    Ok(())
}

fn conduct_year(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    r.conduct_term2 = Some(YearLevel::Reached);
    Ok(())
}

fn promotion(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    r.absences = Absences::new(46);
    Ok(())
}

fn summer_conduct(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    r.conduct_again = Some(YearLevel::Fair);
    Ok(())
}

fn summer_subject(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    r.subjects[0].again = mark(95);
    Ok(())
}

fn summer_learning(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    r.learning_again = Some(YearLevel::Fair);
    Ok(())
}

fn award(r: &mut SecondaryResults) -> Result<(), SynthFault> {
    r.awards = Some(text("Học sinh Xuất sắc")?);
    Ok(())
}

/// A good year in eight scored subjects and one judged by comments.
fn good_year() -> Result<SecondaryResults, SynthFault> {
    const NAMES: [&str; 9] = [
        "Ngữ văn",
        "Toán",
        "Lịch sử",
        "Địa lí",
        "Vật lí",
        "Sinh học",
        "Công nghệ",
        "Tin học",
        "Nội dung giáo dục của địa phương",
    ];
    let subject = |(i, name): (usize, &&str)| {
        let level = if i < 8 { mark(85) } else { Some(SubjectMark::Passed) };
        let code = text(format!("M{i}"))?;
        Ok(SecondarySubject { code, name: text(*name)?, term1: level, term2: level, year: level, again: None })
    };
    let good = Some(YearLevel::Good);
    Ok(SecondaryResults {
        subjects: NAMES.iter().enumerate().map(subject).collect::<Result<_, SynthFault>>()?,
        learning_term1: good,
        learning_term2: good,
        learning_year: good,
        conduct_term1: good,
        conduct_term2: good,
        conduct_year: good,
        absences: Absences::new(2),
        promoted: Some(true),
        ..SecondaryResults::default()
    })
}

fn secondary(
    bench: &mut Bench<'_>,
    name: &'static str,
    level: Level,
    grade: u8,
    oddities: &[Oddity<SecondaryResults>],
) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, name, HOME)?;
    for (rule, spoil) in oddities {
        let mut results = good_year()?;
        spoil(&mut results)?;
        sheaf.odd(&sheet(bench, level, grade, &Results::Secondary(Box::new(results)))?, rule);
    }
    sheaf.finish(bench)
}

/// An excellent year in grade 5.
fn excellent_year() -> Result<PrimaryResults, SynthFault> {
    const TESTED: [&str; 6] =
        ["Tiếng Việt", "Toán", "Tiếng Anh", "Lịch sử và Địa lí", "Khoa học", "Tin học và Công nghệ"];
    let subject = |(i, name): (usize, &&str)| {
        let test = WholeMark::new(10).map(TestMark::Mark);
        let (code, level) = (text(format!("M{i}"))?, Some(SubjectLevel::CompletedWell));
        Ok(PrimarySubject { code, name: text(*name)?, level, test })
    };
    let good = Some(Attainment::Good);
    Ok(PrimaryResults {
        subjects: TESTED.iter().enumerate().map(subject).collect::<Result<_, SynthFault>>()?,
        competencies: Some(Competencies {
            self_study: good,
            communication: good,
            problem_solving: good,
            language: good,
            calculation: good,
            science: good,
            technology: good,
            informatics: good,
            aesthetics: good,
            physical: good,
        }),
        qualities: Some(Qualities {
            patriotism: good,
            compassion: good,
            diligence: good,
            honesty: good,
            responsibility: good,
        }),
        overall: Some(text("Hoàn thành xuất sắc")?),
        completed_class: Some(true),
        completed_primary: Some(true),
        promoted: Some(true),
        ..PrimaryResults::default()
    })
}

fn primary(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let oddities: [(u8, Oddity<PrimaryResults>); 5] = [
        (
            5,
            ("tt27.overall", |r| {
                r.overall = Some(text("Hoàn thành tốt")?);
                Ok(())
            }),
        ),
        (
            5,
            ("tt27.class_completion", |r| {
                (r.completed_class, r.completed_primary) = (Some(false), Some(false));
                Ok(())
            }),
        ),
        (
            5,
            ("tt27.primary_completion", |r| {
                r.completed_primary = Some(false);
                Ok(())
            }),
        ),
        (
            4,
            ("tt27.promotion", |r| {
                (r.completed_primary, r.promoted) = (None, Some(false));
                Ok(())
            }),
        ),
        (
            5,
            ("tt27.award", |r| {
                r.subjects[0].level = Some(SubjectLevel::Completed);
                (r.overall, r.awards) = (Some(text("Hoàn thành")?), Some(text("Học sinh Xuất sắc")?));
                Ok(())
            }),
        ),
    ];
    let mut sheaf = Sheaf::last_year(bench, "warnings-primary", HOME)?;
    for (grade, (rule, spoil)) in oddities {
        let mut results = excellent_year()?;
        spoil(&mut results)?;
        sheaf.odd(&sheet(bench, Level::Primary, grade, &Results::Primary(Box::new(results)))?, rule);
    }
    sheaf.finish(bench)
}

/// A learner's sheet with these results.
fn sheet(bench: &mut Bench<'_>, level: Level, grade: u8, results: &Results) -> Result<Jws, SynthFault> {
    let extra = bench.extra(HOME, level, grade, bench.last_year())?;
    let mut draft = bench.draft(&extra)?;
    put(&mut draft, Group::Results, results)?;
    draft.sign(&extra.desk)
}

/// Puts another value into a group.
fn put(draft: &mut Draft, group: Group, value: &impl serde::Serialize) -> Result<(), SynthFault> {
    let json = serde_json::to_vec(value)?;
    if let Some(disclosure) = draft.disclosures.iter_mut().find(|d| d.group() == group) {
        *disclosure = spoil::with_value(disclosure, disclosure.salt(), &json)?;
    }
    Ok(())
}

/// Identification numbers of another sex, and of another birth year.
fn identity(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "warnings-identity", HOME)?;
    // The fourth digit is odd for women; the sixth is the last of the birth year.
    for (rule, at) in [("identity.sex", 3), ("identity.birth_year", 5)] {
        let other = |digit: u8| if at == 3 { digit ^ 1 } else { (digit + 1) % 10 };
        let extra = bench.pupil(HOME)?;
        let mut draft = bench.draft(&extra)?;
        let mut group = identity_of(&draft)?;
        let digits = group.personal_id.iter().flat_map(|id| id.as_str().bytes()).enumerate();
        let changed = digits.map(|(i, d)| char::from(if i == at { b'0' + other(d - b'0') } else { d }));
        group.personal_id = PersonalId::parse(&changed.collect::<String>());
        put(&mut draft, Group::Identity, &group)?;
        sheaf.odd(&draft.sign(&extra.desk)?, rule);
    }
    sheaf.finish(bench)
}

fn identity_of(draft: &Draft) -> Result<IdentityGroup, SynthFault> {
    let group = draft.disclosures.iter().find(|d| d.group() == Group::Identity).ok_or(SynthFault::Time)?;
    Ok(serde_json::from_slice(group.value())?)
}
