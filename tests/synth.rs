//! The synthetic nation: the same bytes for a seed, every kind of sample, marks by the circulars, and
//! packages in an order that a portal can take.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hocba::cli::data_dir::DataDir;
use hocba::config::Config;
use hocba::intake::{Intake, IntakeFault};
use hocba::package::PackageLine;
use hocba::package::file::FileSource;
use hocba::package::reader::Limits;
use hocba::package::verify::VerifiedPackage;
use hocba::signing::ObjectType;
use hocba::signing::keyring::KeyRing;
use hocba::synth::{Expect, ExpectedVerdict, Nation, SynthOptions, write_nation};
use hocba::transcript::backfill::BackfillClaims;
use hocba::transcript::contents::{Attainment, Results, SubjectLevel, SubjectMark, TestMark, YearLevel};
use hocba::transcript::groups::GroupSet;
use hocba::transcript::level::Level;
use hocba::transcript::province::ProvinceId;
use hocba::transcript::sheet::Sheet;
use hocba::transcript::status::{Status, StatusClaims};
use hocba::transcript::strict;
use hocba::transcript::time::{Moment, SchoolYear};
use hocba::transcript::{SheetId, TranscriptCode};

const LIMITS: Limits = Limits { max_lines: 300_000, max_bytes: 1 << 30 };

fn now() -> Moment {
    Moment::parse("2026-11-22T09:00:00+07:00").unwrap()
}

fn options(learners: u64) -> SynthOptions {
    // Generating RSA keys takes seconds in a test build; one test asks for them.
    SynthOptions { rsa: false, ..SynthOptions::new(learners).unwrap() }
}

fn make(dir: &Path, options: &SynthOptions) -> Nation {
    write_nation(dir, options, now()).unwrap()
}

struct Made {
    _dir: tempfile::TempDir,
    nation: Nation,
    lines: Vec<Line>,
}

/// A line that a portal would take, with the package it came in.
struct Line {
    package: usize,
    line: PackageLine,
    raw_len: usize,
}

/// One nation that most tests look at.
fn nation() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let nation = make(dir.path(), &options(400));
        let lines = take(&nation);
        Made { _dir: dir, nation, lines }
    })
}

/// What a portal keeps of a transcript to judge the next line.
struct Held {
    province: ProvinceId,
    level: Level,
    birth: String,
    number: Option<String>,
    sheets: HashMap<SchoolYear, SheetId>,
}

/// Takes every package in order as intake does, and panics at the first thing it would refuse.
fn take(nation: &Nation) -> Vec<Line> {
    take_all(nation).1
}

/// The same, with the keys on record afterwards.
fn take_all(nation: &Nation) -> (KeyRing, Vec<Line>) {
    let mut ring = KeyRing::new(std::slice::from_ref(&nation.root)).unwrap();
    let mut chains: HashMap<String, (u64, Option<_>)> = HashMap::new();
    let mut held: HashMap<TranscriptCode, Held> = HashMap::new();
    let mut backfills: Vec<BackfillClaims> = Vec::new();
    let mut out = Vec::new();
    for (position, path) in nation.packages.iter().enumerate() {
        let position = position as u64 + 1;
        let package = VerifiedPackage::verify(FileSource::shared(path).unwrap(), LIMITS, &ring, position).unwrap();
        let manifest = package.manifest().clone();
        let chain = chains.entry(manifest.route().to_owned()).or_default();
        assert_eq!((manifest.sequence, manifest.previous), (chain.0 + 1, chain.1));
        *chain = (manifest.sequence, Some(package.manifest_digest()));
        let mut salts = HashSet::new();
        let mut replacing: Option<StatusClaims> = None;
        for line in package.lines().unwrap() {
            let line = line.unwrap();
            match line.jws.object() {
                ObjectType::Key => {
                    let entry = ring.check_entry(&line.jws, position).unwrap();
                    ring.apply(entry, position);
                }
                ObjectType::Backfill => {
                    assert!(manifest.province.is_none());
                    ring.check_backfill_signature(&line.jws, manifest.created_at, position).unwrap();
                    let claims: BackfillClaims = strict::from_slice(line.jws.payload(), 1 << 16).unwrap();
                    claims.check_shape().unwrap();
                    backfills.push(claims);
                }
                ObjectType::Status => {
                    assert!(replacing.is_none(), "a replacement is followed by its sheet");
                    let claims: StatusClaims = strict::from_slice(line.jws.payload(), 1 << 16).unwrap();
                    claims.check_shape().unwrap();
                    assert!(claims.effective_at <= now());
                    let known = held.get_mut(&claims.code).expect("a status concerns a transcript on record");
                    ring.check_status_signature(&line.jws, &claims, known.province, position).unwrap();
                    if let Some(to) = &claims.to {
                        known.province = to.province.id();
                    }
                    replacing = (claims.status == Status::Replaced).then_some(claims);
                }
                ObjectType::Sheet => {
                    let sheet = Sheet::parse(line.jws.payload(), line.jws.disclosures()).unwrap();
                    let claims = sheet.claims();
                    ring.check_sheet_signatures(&line.jws, claims, position).unwrap();
                    let deliverer = manifest.province.as_ref().unwrap().id();
                    assert!(ring.inherits(deliverer, claims.province.id()));
                    assert_eq!(claims.school_year, manifest.school_year);
                    assert!(claims.frozen_at <= now());
                    let age = now().as_seconds() - claims.frozen_at.as_seconds();
                    let permitted =
                        |b: &BackfillClaims| b.covers(claims.province.id(), &claims.school, claims.school_year, now());
                    assert!(age < 400 * 86_400 || backfills.iter().any(permitted), "older than 400 days");
                    for disclosure in line.jws.disclosures() {
                        assert!(salts.insert(disclosure.salt().to_vec()), "a salt is repeated");
                    }
                    enter(&mut held, &ring, &sheet, replacing.take());
                }
                other => panic!("{other:?} in a package"),
            }
            let raw_len = line.jws.to_json(GroupSet::ALL).len();
            out.push(Line { package: position as usize - 1, line, raw_len });
        }
        assert!(replacing.is_none());
    }
    (ring, out)
}

fn enter(held: &mut HashMap<TranscriptCode, Held>, ring: &KeyRing, sheet: &Sheet, replacing: Option<StatusClaims>) {
    let claims = sheet.claims();
    let birth = sheet.birth().unwrap().to_string();
    let number = sheet.contents().identity.as_ref().unwrap().personal_id.map(|n| n.to_string());
    let province = claims.province.id();
    let known = held.entry(claims.code).or_insert_with(|| Held {
        province,
        level: claims.level,
        birth: birth.clone(),
        number: number.clone(),
        sheets: HashMap::new(),
    });
    assert_eq!(known.level, claims.level);
    assert_eq!(known.number, number);
    let corrected = replacing.as_ref().is_some_and(|r| r.identity_corrected);
    assert_eq!(known.birth == birth, !corrected);
    assert!(
        ring.inherits(known.province, province) || ring.inherits(province, known.province),
        "another province without a transfer"
    );
    let before = known.sheets.insert(claims.school_year, claims.sheet);
    assert_eq!(before, replacing.as_ref().and_then(|r| r.sheet), "one sheet a year, or a replacement");
    assert_eq!(replacing.map(|r| (r.code, r.replacement)), before.map(|_| (claims.code, Some(claims.sheet))));
    known.birth = birth;
    if !ring.inherits(known.province, province) {
        known.province = province;
    }
}

pub(crate) fn sheets() -> impl Iterator<Item = Sheet> {
    let lines = nation().lines.iter().filter(|l| l.line.jws.object() == ObjectType::Sheet);
    lines.map(|l| Sheet::parse(l.line.jws.payload(), l.line.jws.disclosures()).unwrap())
}

pub(crate) fn statuses() -> impl Iterator<Item = StatusClaims> {
    let lines = nation().lines.iter().filter(|l| l.line.jws.object() == ObjectType::Status);
    lines.map(|l| strict::from_slice(l.line.jws.payload(), 1 << 16).unwrap())
}

#[test]
fn packages_are_taken_in_order_without_a_refusal() {
    let made = nation();
    assert_eq!(made.lines.iter().map(|l| l.package).max(), Some(made.nation.packages.len() - 1));
    let count = made.lines.iter().filter(|l| l.line.jws.object() == ObjectType::Sheet).count();
    assert_eq!(count as u64, made.nation.sheets);
    assert!(count > 1000, "{count}");
}

#[test]
fn small_nations_are_taken_too() {
    for (learners, provinces) in [(1, None), (50, None), (60, Some(1)), (90, Some(3))] {
        let dir = tempfile::tempdir().unwrap();
        let nation = make(dir.path(), &SynthOptions { provinces, ..options(learners) });
        take(&nation);
        if learners >= 50 {
            assert_every_sample(&nation);
        }
    }
}

#[test]
fn single_years_and_old_years_are_taken() {
    let year = |first| SchoolYear::starting(first).unwrap();
    for (first, last) in [(2025, 2025), (2019, 2021)] {
        let dir = tempfile::tempdir().unwrap();
        let some = SynthOptions { first_year: year(first), last_year: year(last), provinces: Some(2), ..options(70) };
        take(&make(dir.path(), &some));
    }
}

#[test]
fn a_nation_made_early_is_frozen_in_the_past() {
    let dir = tempfile::tempdir().unwrap();
    let early = Moment::parse("2025-10-20T00:00:00+07:00").unwrap();
    let nation = write_nation(dir.path(), &SynthOptions { provinces: Some(1), ..options(60) }, early).unwrap();
    assert!(nation.sheets > 60);
    let too_early = Moment::parse("2025-07-20T00:00:00+07:00").unwrap();
    assert!(write_nation(dir.path(), &options(60), too_early).is_err());
}

fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    found.sort();
    found
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (a, b, c) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let some = SynthOptions { provinces: Some(2), faults: true, ..options(80) };
    make(a.path(), &some);
    let later_that_month = Moment::parse("2026-11-30T23:00:00+07:00").unwrap();
    write_nation(b.path(), &some, later_that_month).unwrap();
    make(c.path(), &SynthOptions { seed: 2, ..some });
    let strip = |dir: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        files(dir).into_iter().map(|(p, bytes)| (p.strip_prefix(dir).unwrap().to_owned(), bytes)).collect()
    };
    assert!(strip(a.path()) == strip(b.path()));
    assert!(strip(a.path()) != strip(c.path()));
}

fn assert_every_sample(nation: &Nation) {
    let levels: HashSet<_> = nation.samples.iter().map(|s| s.level).collect();
    assert_eq!(levels, HashSet::from(["tieu_hoc", "thcs", "thpt", "gdtx"]));
    for verdict in [
        ExpectedVerdict::Valid,
        ExpectedVerdict::NotInForce,
        ExpectedVerdict::PartlyWithdrawn,
        ExpectedVerdict::Withdrawn,
        ExpectedVerdict::Erased,
        ExpectedVerdict::Suspended,
    ] {
        for level in &levels {
            let there = nation.samples.iter().any(|s| s.expected_verdict == verdict && s.level == *level);
            assert!(there, "{verdict:?} at {level}");
        }
    }
}

#[test]
fn samples_cover_every_level_and_every_verdict() {
    assert_every_sample(&nation().nation);
}

#[test]
fn samples_are_what_the_packages_say() {
    for sample in &nation().nation.samples {
        let of_code: Vec<Sheet> = sheets().filter(|s| s.claims().code == sample.code).collect();
        let newest = of_code.iter().max_by_key(|s| (s.claims().school_year, s.claims().frozen_at)).unwrap();
        assert_eq!(newest.claims().level.slug(), sample.level);
        assert_eq!(newest.contents().name.as_ref().unwrap().full_name.as_str(), sample.full_name);
        assert!(newest.birth().unwrap() == sample.date_of_birth);
        let mut years: Vec<_> = of_code.iter().map(|s| s.claims().school_year).collect();
        years.sort();
        years.dedup();
        assert_eq!(years, sample.school_years);
        assert_eq!(verdict(sample.code, &of_code), sample.expected_verdict, "{}", sample.level);
    }
}

/// The verdict by the contract's order, from the entries alone.
fn verdict(code: TranscriptCode, sheets: &[Sheet]) -> ExpectedVerdict {
    let of_code: Vec<StatusClaims> = statuses().filter(|s| s.code == code).collect();
    let reaches = |s: &StatusClaims, id: SheetId| s.sheet.is_none_or(|only| only == id);
    let has = |wanted: Status, id: SheetId| of_code.iter().any(|s| s.status == wanted && reaches(s, id));
    let left: Vec<&Sheet> = sheets.iter().filter(|s| !has(Status::Replaced, s.claims().sheet)).collect();
    let open =
        |s: &StatusClaims| s.status == Status::Suspended && !of_code.iter().any(|r| r.status == Status::Released);
    let today = now().date_in_vietnam();
    let gone = left.iter().filter(|s| has(Status::Withdrawn, s.claims().sheet)).count();
    if of_code.iter().any(open) {
        ExpectedVerdict::Suspended
    } else if left.iter().all(|s| has(Status::Erased, s.claims().sheet)) {
        ExpectedVerdict::Erased
    } else if gone == left.len() {
        ExpectedVerdict::Withdrawn
    } else if gone > 0 {
        ExpectedVerdict::PartlyWithdrawn
    } else if left.iter().all(|s| s.claims().effective_from.date() > today) {
        ExpectedVerdict::NotInForce
    } else {
        ExpectedVerdict::Valid
    }
}

#[test]
fn every_special_case_is_there() {
    let all: Vec<Sheet> = sheets().collect();
    let any = |what: &str, holds: &dyn Fn(&Sheet) -> bool| assert!(all.iter().any(holds), "no {what}");
    any("partial birth date", &|s| s.birth().unwrap().is_partial());
    any("foreign pupil without a number", &|s| s.contents().identity.as_ref().unwrap().personal_id.is_none());
    any("learner not assessed", &|s| s.contents().policy.as_ref().unwrap().not_assessed);
    any("transcription from paper", &|s| s.claims().trichluc);
    any("older circular", &|s| matches!(s.contents().results, Some(Results::Older(_))));
    any("old province", &|s| s.claims().province.vintage.to_string() == "2004-07-08");
    any("new province", &|s| s.claims().province.vintage.to_string() == "2025-07-01");
    let secondary = |s: &Sheet, holds: &dyn Fn(&hocba::transcript::contents::SecondaryResults) -> bool| matches!(&s.contents().results, Some(Results::Secondary(r)) if holds(r));
    any("re-assessment in summer", &|s| secondary(s, &|r| r.learning_again.is_some()));
    any("training in summer", &|s| secondary(s, &|r| r.conduct_again.is_some()));
    any("exemption", &|s| secondary(s, &|r| r.subjects.iter().any(|x| x.year == Some(SubjectMark::Exempt))));
    any("repeated grade", &|s| secondary(s, &|r| r.promoted == Some(false)));
    let seen: HashSet<Status> = statuses().map(|s| s.status).collect();
    assert_eq!(seen.len(), 6, "{seen:?}");
    assert!(statuses().any(|s| s.identity_corrected));
}

#[test]
fn no_number_can_be_a_persons() {
    for sheet in sheets() {
        let staff = sheet.contents().staff_ids.as_ref().unwrap();
        let own = sheet.contents().identity.as_ref().unwrap().personal_id;
        let teachers = staff.subject_teacher_ids.iter().map(|t| t.teacher_id);
        for number in own.into_iter().chain(staff.head_id).chain(staff.homeroom_teacher_id).chain(teachers) {
            assert!(["003", "005", "007", "009"].contains(&&number.as_str()[..3]));
        }
    }
}

#[test]
fn sheets_are_as_large_as_real_ones_and_say_different_things() {
    let sizes: Vec<usize> =
        nation().lines.iter().filter(|l| l.line.jws.object() == ObjectType::Sheet).map(|l| l.raw_len).collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
    println!("sheets: {least} to {most} bytes, {mean} in the mean");
    assert!(*least >= 6 * 1024 && *most <= 16 * 1024, "{least} to {most}");
    assert!((6_500..11_000).contains(&mean), "{mean}");
    let texts: Vec<String> = sheets()
        .flat_map(|s| s.contents().comments.clone().unwrap().subjects)
        .map(|c| c.comment.as_str().to_owned())
        .collect();
    let distinct: HashSet<&String> = texts.iter().collect();
    assert!(distinct.len() * 100 > texts.len() * 80, "{} of {}", distinct.len(), texts.len());
}

fn tenths(mark: Option<SubjectMark>) -> Option<u16> {
    match mark {
        Some(SubjectMark::Mark(t)) => Some(u16::from(t.number())),
        _ => None,
    }
}

/// TT 22/2021 and 43/2021 once more, written down independently of the generator.
fn level(marks: &[u16], failed: usize, needed: usize) -> YearLevel {
    let judge = |marks: &[u16], failed: usize| {
        let least = marks.iter().min().copied().unwrap_or(0);
        let above = |line| marks.iter().filter(|m| **m >= line).count() >= needed;
        match () {
            () if least >= 65 && above(80) && failed == 0 => YearLevel::Good,
            () if least >= 50 && above(65) && failed == 0 => YearLevel::Fair,
            () if least >= 35 && above(50) && failed <= 1 => YearLevel::Reached,
            () => YearLevel::NotReached,
        }
    };
    let own = judge(marks, failed);
    let without = |i: usize| {
        let mut rest = marks.to_vec();
        rest.remove(i);
        judge(&rest, failed)
    };
    let best = (0..marks.len()).map(without).max().unwrap().max(judge(marks, failed.saturating_sub(1)));
    match (own, best) {
        (YearLevel::NotReached, YearLevel::Fair | YearLevel::Good) => YearLevel::Reached,
        (YearLevel::Reached, YearLevel::Good) => YearLevel::Fair,
        _ => own,
    }
}

#[test]
fn secondary_results_follow_the_circulars() {
    let mut seen = 0;
    for sheet in sheets() {
        let Some(Results::Secondary(r)) = &sheet.contents().results else { continue };
        if sheet.contents().policy.as_ref().unwrap().not_assessed {
            continue;
        }
        seen += 1;
        let scored: Vec<_> = r.subjects.iter().filter(|s| tenths(s.year).is_some()).collect();
        for subject in &scored {
            let (h1, h2) = (tenths(subject.term1).unwrap(), tenths(subject.term2).unwrap());
            assert_eq!(tenths(subject.year), Some((h1 + 2 * h2 + 1) / 3));
        }
        let needed = if sheet.claims().level == Level::Continuing { 5 } else { 6 };
        let of = |pick: &dyn Fn(&hocba::transcript::contents::SecondarySubject) -> Option<SubjectMark>| {
            let marks: Vec<u16> = scored.iter().map(|s| tenths(pick(s)).unwrap()).collect();
            let failed = r.subjects.iter().filter(|s| pick(s) == Some(SubjectMark::NotPassed)).count();
            Some(level(&marks, failed, needed))
        };
        assert!(r.learning_term1 == of(&|s| s.term1));
        assert!(r.learning_term2 == of(&|s| s.term2));
        assert!(r.learning_year == of(&|s| s.year));
        let last = of(&|s| s.again.or(s.year));
        assert!(r.learning_again.is_none_or(|again| Some(again) == last));
        let conduct = r.conduct_again.or(r.conduct_year).unwrap();
        let absences = r.absences.unwrap().number();
        let promoted = last >= Some(YearLevel::Reached) && conduct >= YearLevel::Reached && absences <= 45;
        assert_eq!(r.promoted, Some(promoted));
        let both = r.learning_year == Some(YearLevel::Good) && r.conduct_year == Some(YearLevel::Good);
        assert_eq!(r.awards.is_some(), both);
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn primary_results_follow_the_circular() {
    let mut seen = 0;
    for sheet in sheets() {
        let Some(Results::Primary(r)) = &sheet.contents().results else { continue };
        if sheet.contents().policy.as_ref().unwrap().not_assessed {
            continue;
        }
        seen += 1;
        let levels: Vec<_> = r.subjects.iter().filter_map(|s| s.level).filter(|l| *l != SubjectLevel::Exempt).collect();
        let marks = r.subjects.iter().filter_map(|s| match s.test {
            Some(TestMark::Mark(m)) => Some(m.number()),
            _ => None,
        });
        let (c, q) = (r.competencies.unwrap(), r.qualities.unwrap());
        let codes: Vec<Attainment> = [
            c.self_study,
            c.communication,
            c.problem_solving,
            c.language,
            c.calculation,
            c.science,
            c.technology,
            c.informatics,
            c.aesthetics,
            c.physical,
            q.patriotism,
            q.compassion,
            q.diligence,
            q.honesty,
            q.responsibility,
        ]
        .into_iter()
        .flatten()
        .collect();
        let best =
            levels.iter().all(|l| *l == SubjectLevel::CompletedWell) && codes.iter().all(|c| *c == Attainment::Good);
        let enough = !levels.contains(&SubjectLevel::NotCompleted) && !codes.contains(&Attainment::NeedsEffort);
        let expected = match marks.min().unwrap() {
            9.. if best => "Hoàn thành xuất sắc",
            7.. if best => "Hoàn thành tốt",
            5.. if enough => "Hoàn thành",
            _ => "Chưa hoàn thành",
        };
        assert_eq!(r.overall.as_ref().unwrap().as_str(), expected);
        assert_eq!(r.completed_class, Some(expected != "Chưa hoàn thành"));
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn one_school_signs_with_rs256() {
    let dir = tempfile::tempdir().unwrap();
    let some = SynthOptions { provinces: Some(1), rsa: true, ..options(120) };
    let nation = make(dir.path(), &some);
    let lines = take(&nation);
    let algorithms: HashSet<_> = lines
        .iter()
        .filter(|l| l.line.jws.object() == ObjectType::Sheet)
        .flat_map(|l| l.line.jws.signatures().iter().map(|s| s.algorithm.name()))
        .collect();
    assert_eq!(algorithms, HashSet::from(["EdDSA", "ES256", "RS256"]));
}

/// What a line breaks by itself and by the keys on record; what it breaks by other lines is for intake.
fn rule_of_line(line: &PackageLine, ring: &mut KeyRing, position: u64, created_at: Moment) -> Option<&'static str> {
    let payload = line.jws.payload();
    if strict::facts(payload, 1 << 16).is_err() {
        return Some("line.payload");
    }
    match line.jws.object() {
        ObjectType::Sheet => match Sheet::parse(payload, line.jws.disclosures()) {
            Err(fault) => Some(fault.rule.name()),
            Ok(sheet) => {
                ring.check_sheet_signatures(&line.jws, sheet.claims(), position).err().map(|f| f.refusal.rule())
            }
        },
        ObjectType::Key => match ring.check_entry(&line.jws, position) {
            Ok(entry) => {
                ring.apply(entry, position);
                None
            }
            Err(fault) => Some(fault.rule()),
        },
        ObjectType::Backfill => {
            ring.check_backfill_signature(&line.jws, created_at, position).err().map(|refusal| refusal.rule())
        }
        _ => {
            let claims: StatusClaims = strict::from_slice(payload, 1 << 16).unwrap();
            match claims.check_shape() {
                Err(_) => Some("status.shape"),
                Ok(()) => (claims.version != 1).then_some("status.version"),
            }
        }
    }
}

/// Rules that compare a line with what is on record or with the package around it.
const BY_RECORD: &[&str] = &[
    "sheet.frozen_ahead",
    "sheet.backdated",
    "sheet.wrong_year",
    "sheet.wrong_province",
    "sheet.salt_repeated",
    "sheet.frozen_conflict",
    "sheet.other_birth_date",
    "sheet.other_identity",
    "sheet.other_level",
    "sheet.id_taken",
    "sheet.code_taken",
    "sheet.awaiting_transfer",
    "status.ahead",
    "status.nothing_to_release",
    "status.unknown_target",
    "status.replacement_missing",
    "status.replacement_refused",
    "status.not_responsible",
    "status.ministry_suspension",
    "status.erased_is_final",
];

/// Rules about the order of packages, which only intake knows.
const BY_SEQUENCE: &[&str] = &["package.sequence_gap", "package.sequence_used", "package.previous_digest"];

#[test]
fn broken_packages_break_the_rules_they_name() {
    let dir = tempfile::tempdir().unwrap();
    let nation = make(dir.path(), &SynthOptions { provinces: Some(3), faults: true, ..options(90) });
    let (mut ring, _) = take_all(&nation);
    let position = nation.packages.len() as u64 + 1;
    let open = |file: &Path, ring: &KeyRing| {
        VerifiedPackage::verify(FileSource::shared(&dir.path().join(file)).unwrap(), LIMITS, ring, position)
    };
    for broken in nation.faults.iter().filter(|b| b.expect == Expect::Package) {
        match open(&broken.file, &ring) {
            Err(fault) => assert_eq!(fault.rule(), broken.rule, "{}", broken.file.display()),
            Ok(_) => assert!(BY_SEQUENCE.contains(&broken.rule), "{}", broken.file.display()),
        }
    }
    let mut files: Vec<_> = nation.faults.iter().filter(|b| b.expect != Expect::Package).map(|b| &b.file).collect();
    files.dedup();
    for file in files {
        let package = open(file, &ring).unwrap();
        let created_at = package.manifest().created_at;
        for line in package.lines().unwrap() {
            let line = line.unwrap();
            let found = rule_of_line(&line, &mut ring, position, created_at);
            let expected = nation
                .faults
                .iter()
                .find(|b| b.file == *file && b.line == Some(line.number))
                .filter(|b| b.expect == Expect::Line)
                .map(|b| b.rule);
            let by_record = expected.is_some_and(|rule| BY_RECORD.contains(&rule));
            let place = format!("{} line {}", file.display(), line.number);
            assert_eq!(found, expected.filter(|_| !by_record), "{place}");
        }
    }
}

#[test]
fn the_nation_agrees_with_its_circulars_and_the_odd_sheets_cover_every_rule() {
    for sheet in sheets() {
        let findings = hocba::consistency::judge(sheet.claims(), sheet.contents());
        assert!(findings.is_empty(), "{findings:?} in {:?}", sheet.claims().circular);
    }
    let dir = tempfile::tempdir().unwrap();
    let nation = make(dir.path(), &SynthOptions { faults: true, provinces: Some(1), ..options(60) });
    let warned: Vec<_> = nation.faults.iter().filter(|b| b.expect == Expect::Warning).map(|b| b.rule).collect();
    let rules: Vec<_> = hocba::consistency::rules().map(|rule| rule.name).collect();
    assert_eq!(warned, rules);
}

#[test]
fn broken_packages_cover_what_intake_must_refuse() {
    let dir = tempfile::tempdir().unwrap();
    let nation = make(dir.path(), &SynthOptions { faults: true, provinces: Some(2), ..options(60) });
    let rules: HashSet<_> = nation.faults.iter().map(|b| b.rule).collect();
    let missing: Vec<_> = BY_RECORD.iter().chain(BY_SEQUENCE).filter(|r| !rules.contains(**r)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let listed: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("faults.json")).unwrap()).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), nation.faults.len());
    for broken in &nation.faults {
        assert!(dir.path().join(&broken.file).is_file());
        assert_eq!(broken.line.is_some(), broken.expect != Expect::Package);
    }
    assert!(nation.faults.len() > 90, "{}", nation.faults.len());
}

/// A portal that pins the nation's root.
fn portal(nation: &Path, data: &Path) -> Intake {
    let config = Config::load(&[&nation.join("hocba.toml")]).unwrap();
    let data = DataDir::at(data, &config);
    data.create_keys().unwrap();
    data.intake(now()).unwrap()
}

/// Rules of the lines that did not simply enter, by line.
fn refusals(details: &[u8]) -> HashMap<u64, String> {
    let lines = details.split(|b| *b == b'\n').filter(|l| !l.is_empty());
    lines
        .map(|line| {
            let detail: serde_json::Value = serde_json::from_slice(line).unwrap();
            (detail["line"].as_u64().unwrap(), detail["rule"].as_str().unwrap_or("none").to_owned())
        })
        .collect()
}

#[test]
fn a_portal_takes_the_nation_and_refuses_what_is_broken() {
    let (dir, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let nation = make(dir.path(), &SynthOptions { faults: true, provinces: Some(3), ..options(90) });
    let mut portal = portal(dir.path(), data.path());
    for path in &nation.packages {
        let received = portal.receive(FileSource::shared(path).unwrap(), None, false, now()).unwrap();
        let odd = refusals(&received.receipt.details);
        assert!(odd.is_empty(), "{}: {odd:?}", path.display());
    }
    for broken in &nation.faults {
        let place = broken.file.display();
        let source = FileSource::shared(&dir.path().join(&broken.file)).unwrap();
        match (portal.receive(source, None, false, now()), broken.expect) {
            (Err(IntakeFault::Rejected(refusal)), Expect::Package) => assert_eq!(refusal.rule, broken.rule, "{place}"),
            (Ok(received), Expect::Line | Expect::Warning) => {
                let found = refusals(&received.receipt.details);
                let expected: HashMap<u64, String> = nation
                    .faults
                    .iter()
                    .filter(|b| b.file == broken.file)
                    .map(|b| (b.line.unwrap(), b.rule.to_owned()))
                    .collect();
                assert_eq!(found, expected, "{place}");
                let of_file = || nation.faults.iter().filter(|b| b.file == broken.file);
                let warned = of_file().filter(|b| b.expect == Expect::Warning).count() as u64;
                assert_eq!(received.receipt.claims.counts.warnings, warned, "{place}");
            }
            (other, expect) => panic!("{place}: {expect:?}, but {:?}", other.map(|r| r.receipt.claims)),
        }
    }
}
