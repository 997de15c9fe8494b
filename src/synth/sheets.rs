//! One school year of a learner as the school's software writes and signs it.

use super::SynthFault;
use super::comments::{self, Band};
use super::dice::Dice;
use super::learner::{Fate, Learner, Precision, Stay};
use super::marks::{self, YearResults, programme, text};
use super::tables::Subject;
use super::world::{Era, School, SchoolId, SchoolKeys, World, person, person_of_family};
use crate::signing::jws::{Jws, ObjectType};
use crate::signing::{Kid, PrivateKey};
use crate::transcript::contents::{
    BirthDate, BirthYear, CommentsGroup, CommuneCode, Contents, FamilyGroup, IdentityGroup, NameGroup, OriginGroup,
    PersonalId, Place, PolicyGroup, Results, Sex, StaffGroup, StaffIdsGroup, StudyYear, SubjectComment, SubjectTeacher,
    SubjectTeacherId, YearMonth,
};
use crate::transcript::disclosure::Disclosure;
use crate::transcript::groups::Group;
use crate::transcript::level::Level;
use crate::transcript::province::ProvinceRef;
use crate::transcript::sheet::{Grade, SheetClaims};
use crate::transcript::strict::Extensions;
use crate::transcript::time::{Day, Moment};

/// Number prefixes that no province and no country has, so that no number can be a person's.
const NOBODYS_PREFIXES: [&str; 4] = ["003", "005", "007", "009"];

/// A school of one era with everything its sheets need, made once for a package.
pub(super) struct SchoolDesk {
    pub(super) id: SchoolId,
    pub(super) province: ProvinceRef,
    pub(super) school: School,
    pub(super) keys: SchoolKeys,
}

impl SchoolDesk {
    pub(super) fn new(world: &World, id: SchoolId, era: Era) -> Result<Self, SynthFault> {
        Ok(Self {
            id,
            province: world.province(id, era).clone(),
            school: world.school(id, era)?,
            keys: world.school_keys(id, era),
        })
    }

    /// Who signs sheets, in order: head, institution and, at one school, the homeroom teacher.
    pub(super) fn signers(&self) -> Vec<(&PrivateKey, Option<Kid>)> {
        let both = [(&self.keys.head, None), (&self.keys.institution, self.keys.certificate)];
        both.into_iter().chain(self.keys.teacher.iter().map(|t| (t, None))).collect()
    }
}

/// Which version of a year's sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Revision {
    /// As first frozen.
    First,
    /// The replacement.
    Replacement,
}

/// A sheet before it is signed: what `--faults` spoils.
pub(super) struct Draft {
    pub(super) claims: SheetClaims,
    pub(super) disclosures: Vec<Disclosure>,
}

impl Draft {
    /// Commits and signs.
    pub(super) fn sign(mut self, desk: &SchoolDesk) -> Result<Jws, SynthFault> {
        self.claims.commit_to(&self.disclosures);
        let payload = serde_json::to_vec(&self.claims)?;
        Ok(Jws::sign(ObjectType::Sheet, payload, &desk.signers(), self.disclosures)?)
    }
}

/// Writes a learner's sheet of a year.
pub(super) fn draft(
    world: &World,
    learner: &Learner,
    stays: &[Stay],
    stay: &Stay,
    desk: &SchoolDesk,
    revision: Revision,
    min_bytes: usize,
) -> Result<Draft, SynthFault> {
    let year = world.years[stay.year];
    let (_, circular) = programme(stay.school.level, stay.grade, year.first());
    let fate = learner.fate(world, stays);
    let first = world.frozen_at(stay, learner.number)?;
    let frozen_at = match revision {
        Revision::First => first,
        Revision::Replacement => world.replaced_at(first)?,
    };
    let effective_from = match fate {
        Fate::NotInForce => world.day_ahead(45 + (learner.number % 50) as i32)?,
        _ => Day::from(frozen_at.date_in_vietnam()),
    };
    let claims = SheetClaims {
        version: 1,
        code: learner.code(world, stay.school.level),
        sheet: learner.sheet(world, stay.year, revision as u64),
        level: stay.school.level,
        circular: text(circular)?,
        school_year: year,
        grade: Grade::new(stay.grade).ok_or(SynthFault::Time)?,
        province: desk.province.clone(),
        school: desk.school.code.clone(),
        frozen_at,
        effective_from,
        trichluc: learner.transcribed && Era::of(year) == Era::Old,
        digests: Vec::new(),
        digest_algorithm: None,
        extensions: Extensions::default(),
    };
    let page = Page { world, learner, stays, stay, desk, revision, fate, frozen_at };
    let disclosures = page.disclosures(min_bytes)?;
    Ok(Draft { claims, disclosures })
}

/// The birth date as the register knows it.
pub(super) fn birth(date: jiff::civil::Date, precision: Precision) -> Result<BirthDate, SynthFault> {
    let (year, month) = (date.year().unsigned_abs(), date.month().unsigned_abs());
    match precision {
        Precision::Day => Ok(BirthDate::Day(Day::from(date))),
        Precision::Month => YearMonth::new(year, month).map(BirthDate::Month).ok_or(SynthFault::Time),
        Precision::Year => BirthYear::new(year).map(BirthDate::Year).ok_or(SynthFault::Time),
    }
}

/// The birth date a sheet states: a booklet whose birth date was corrected had it wrong before.
pub(super) fn stated_birth(
    learner: &Learner,
    fate: Fate,
    revision: Revision,
    level_is_last: bool,
) -> Result<BirthDate, SynthFault> {
    let wrong = fate == Fate::Replaced(true) && revision == Revision::First && level_is_last;
    let date = match wrong {
        // All birth days are 1 to 28, so the next day is in the same month or is the 29th, which may not exist.
        true => learner.birth.with().day(learner.birth.day() % 28 + 1).build().map_err(|_| SynthFault::Time)?,
        false => learner.birth,
    };
    birth(date, learner.precision)
}

/// Twelve digits of the official form with a prefix nobody has.
fn personal_id(dice: &mut Dice, birth_year: i16, sex: usize) -> Result<PersonalId, SynthFault> {
    let century = if birth_year < 2000 { 0 } else { 2 };
    let prefix = *dice.pick(&NOBODYS_PREFIXES);
    let digits = format!("{prefix}{}{:02}{:06}", century + sex, birth_year % 100, dice.below(1_000_000));
    PersonalId::parse(&digits).ok_or(SynthFault::Time)
}

/// A learner's number, which foreigners have none of; and the dice as they lie then.
pub(super) fn number_of(world: &World, learner: &Learner) -> Result<(Option<PersonalId>, Dice), SynthFault> {
    let mut dice = learner.dice(world, "identity", 0);
    let number = personal_id(&mut dice, learner.birth.year(), learner.sex)?;
    Ok(((learner.nationality == "VN").then_some(number), dice))
}

/// A member of staff: the same name and number wherever the same post is asked for.
fn staff_member(dice: &mut Dice) -> Result<(String, PersonalId), SynthFault> {
    let sex = usize::from(dice.percent(68));
    let name = person(dice, sex);
    let born = dice.between(1966, 1999) as i16;
    Ok((name, personal_id(dice, born, sex)?))
}

/// Who holds a post; posts change hands every few years.
fn post(
    world: &World,
    school: SchoolId,
    post: &str,
    year: usize,
    term: usize,
) -> Result<(String, PersonalId), SynthFault> {
    let place = (school.old as u64) << 40 | u64::from(school.level.number()) << 32 | school.index as u64;
    staff_member(&mut Dice::new(world.seed, post, place, (year / term) as u64))
}

struct Page<'a> {
    world: &'a World,
    learner: &'a Learner,
    stays: &'a [Stay],
    stay: &'a Stay,
    desk: &'a SchoolDesk,
    revision: Revision,
    fate: Fate,
    frozen_at: Moment,
}

impl Page<'_> {
    fn disclosures(&self, min_bytes: usize) -> Result<Vec<Disclosure>, SynthFault> {
        let year = marks::results(self.world, self.learner, self.stay)?;
        let mut contents = Contents {
            name: Some(self.name()?),
            identity: Some(self.identity()?),
            origin: Some(self.origin()?),
            policy: Some(self.policy()?),
            family: Some(self.family()?),
            ..Contents::default()
        };
        self.put_staff(&year, &mut contents)?;
        contents.results = Some(self.with_history(&year.results)?);
        let mut salts = self.learner.dice(self.world, "salts", self.stay.year << 1 | self.revision as usize);
        let mut disclosures = contents.disclose(|| salts.bytes())?;
        // The clear claims and two signatures take about this much beside the disclosures.
        let beside = 1500;
        let size: usize = disclosures.iter().map(|d| d.json().len() * 4 / 3 + 3).sum();
        let salt = salts.bytes();
        for length in 0..12 {
            let comments = Disclosure::new(Group::Comments, &salt, &self.comments(&year, length)?)?;
            let enough = beside + size + comments.json().len() * 4 / 3 >= min_bytes;
            if enough || length == 11 {
                disclosures.push(comments);
                break;
            }
        }
        Ok(disclosures)
    }

    fn name(&self) -> Result<NameGroup, SynthFault> {
        let last = self.stays.last().map(|s| s.school.level);
        let birth = stated_birth(self.learner, self.fate, self.revision, last == Some(self.stay.school.level))?;
        let sex = if self.learner.sex == 0 { Sex::Male } else { Sex::Female };
        Ok(NameGroup { full_name: text(self.learner.name.as_str())?, sex, birth, extensions: Extensions::default() })
    }

    fn identity(&self) -> Result<IdentityGroup, SynthFault> {
        let (number, mut dice) = number_of(self.world, self.learner)?;
        // Ten digits, the first two of the province before the merger.
        let home = &self.world.old[self.world.home_of(self.learner.number)].province.code;
        let pupil = format!("{home}{:08}", self.learner.number % 100_000_000);
        let first = self.stays.iter().find(|s| s.school.level == self.stay.school.level).map_or(0, |s| s.year);
        let register = format!("{}/{}", dice.between(1, 899), self.world.years[first].first());
        Ok(IdentityGroup {
            personal_id: number,
            pupil_code: text(pupil)?,
            register_number: Some(text(register)?),
            extensions: Extensions::default(),
        })
    }

    fn place(&self, dice: &mut Dice, school: &School, province: &ProvinceRef) -> Result<Place, SynthFault> {
        let house = match dice.percent(50) {
            true => format!("Số {}, tổ {}", dice.between(1, 240), dice.between(1, 19)),
            false => format!("Thôn {}", dice.between(1, 12)),
        };
        let district = school.district.as_ref().map(|d| format!(", {d}")).unwrap_or_default();
        Ok(Place {
            detail: text(format!("{house}, {}{district}, {}", school.commune, province.name))?,
            commune: CommuneCode::parse(&school.commune_code),
            province: Some(province.code),
        })
    }

    /// Born and rooted where the learner started; living where the school is.
    fn origin(&self) -> Result<OriginGroup, SynthFault> {
        let mut dice = self.learner.dice(self.world, "origin", 0);
        let era = Era::of(self.world.years[self.stay.year]);
        let start = self.learner.birth_place(self.world);
        let (school, province) = (self.world.school(start, era)?, self.world.province(start, era));
        let birth_place = Place { commune: None, ..self.place(&mut dice, &school, province)? };
        let home_place = Place { commune: None, ..self.place(&mut dice, &school, province)? };
        Ok(OriginGroup {
            birth_place: Some(birth_place),
            home_place: Some(home_place),
            residence: Some(self.place(&mut dice, &self.desk.school, &self.desk.province)?),
            ethnicity: text(self.learner.ethnicity)?,
            nationality: text(self.learner.nationality)?,
            extensions: Extensions::default(),
        })
    }

    fn policy(&self) -> Result<PolicyGroup, SynthFault> {
        let mut dice = self.learner.dice(self.world, "policy", 0);
        let status = match dice.below(100) {
            0..3 => Some("Hộ nghèo"),
            3..6 => Some("Hộ cận nghèo"),
            6 => Some("Con thương binh"),
            7 if self.learner.ethnicity != "01" => Some("Học sinh dân tộc thiểu số vùng đặc biệt khó khăn"),
            _ if self.learner.not_assessed => Some("Học sinh khuyết tật học hoà nhập"),
            _ => None,
        };
        Ok(PolicyGroup {
            policy_status: status.map(text).transpose()?,
            not_assessed: self.learner.not_assessed,
            extensions: Extensions::default(),
        })
    }

    fn family(&self) -> Result<FamilyGroup, SynthFault> {
        const WORK: [&str; 9] = [
            "Nông dân",
            "Công nhân",
            "Giáo viên",
            "Buôn bán",
            "Bộ đội",
            "Nhân viên văn phòng",
            "Lái xe",
            "Lao động tự do",
            "Y sĩ",
        ];
        let mut dice = self.learner.dice(self.world, "family", 0);
        let family = self.learner.name.split(' ').next().unwrap_or("Nguyễn");
        let father = person_of_family(&mut dice, family, 0);
        let mother = person(&mut dice, 1);
        let (job1, job2) = (*dice.pick(&WORK), *dice.pick(&WORK));
        let mut group = FamilyGroup::default();
        let alone = dice.below(100);
        if alone >= 4 {
            group.father = Some(text(father)?);
            group.father_occupation = Some(text(job1)?);
        }
        if alone != 4 {
            group.mother = Some(text(mother)?);
            group.mother_occupation = Some(text(job2)?);
        }
        if alone == 5 {
            group.guardian = Some(text(person(&mut dice, 1))?);
        }
        Ok(group)
    }

    fn class(&self, stay: &Stay) -> String {
        format!("{}A{}", stay.grade, self.learner.number % 3 + 1)
    }

    fn put_staff(&self, year: &YearResults, contents: &mut Contents) -> Result<(), SynthFault> {
        let (school, index) = (self.stay.school, self.stay.year);
        let class = self.class(self.stay);
        let (head, head_id) = post(self.world, school, "post head", index, 4)?;
        let (homeroom, homeroom_id) = post(self.world, school, &format!("post {class}"), index, 1)?;
        let (mut names, mut ids) = (Vec::new(), Vec::new());
        for (subject, _) in &year.subjects {
            let (name, id) = match self.taught_by_homeroom(subject) {
                true => (homeroom.clone(), homeroom_id),
                false => post(self.world, school, &format!("post {}{}", subject.code, self.stay.grade / 2), index, 3)?,
            };
            names.push(SubjectTeacher { subject: text(subject.code)?, teacher: text(name)? });
            ids.push(SubjectTeacherId { subject: text(subject.code)?, teacher_id: id });
        }
        let title = match school.level {
            Level::Continuing => "Giám đốc",
            _ => "Hiệu trưởng",
        };
        let place = &self.desk.school;
        contents.staff = Some(StaffGroup {
            head: text(head)?,
            head_title: text(title)?,
            homeroom_teacher: text(homeroom)?,
            class: text(class)?,
            school_name: place.name.clone(),
            commune: Some(text(place.commune.as_str())?),
            commune_code: CommuneCode::parse(&place.commune_code),
            issue_place: text(self.desk.province.name.as_str())?,
            issue_date: Day::from(self.frozen_at.date_in_vietnam()),
            subject_teachers: names,
            extensions: Extensions::default(),
        });
        contents.staff_ids = Some(StaffIdsGroup {
            head_id: Some(head_id),
            homeroom_teacher_id: Some(homeroom_id),
            subject_teacher_ids: ids,
            extensions: Extensions::default(),
        });
        Ok(())
    }

    /// In primary school the homeroom teacher teaches most subjects.
    fn taught_by_homeroom(&self, subject: &Subject) -> bool {
        let own = ["ngoai_ngu", "tin_hoc", "am_nhac", "mi_thuat", "the_chat"];
        self.stay.school.level == Level::Primary && !own.contains(&subject.field)
    }

    /// The booklet's table of earlier years: those before the nation's first year at the first school.
    fn with_history(&self, results: &Results) -> Result<Results, SynthFault> {
        let level = self.stay.school.level;
        let earlier = self.stays.iter().filter(|s| s.school.level == level && s.year < self.stay.year);
        let mut history = Vec::new();
        let mut before: Option<&Stay> = None;
        for stay in earlier {
            let era = Era::of(self.world.years[stay.year]);
            let moved = before.is_some_and(|b| b.school != stay.school);
            history.push(StudyYear {
                school_year: self.world.years[stay.year],
                class: text(self.class(stay))?,
                school: self.world.school(stay.school, era)?.name,
                province: self.world.province(stay.school, era).name.clone(),
                transferred_in: if moved { transfer_day(self.world, stay.year)? } else { None },
            });
            before = Some(stay);
        }
        let mut results = results.clone();
        match &mut results {
            Results::Primary(r) => r.history = history,
            Results::Secondary(r) => r.history = history,
            Results::Older(r) => r.history = history,
        }
        Ok(results)
    }

    fn comments(&self, year: &YearResults, length: usize) -> Result<CommentsGroup, SynthFault> {
        let mut dice = self.learner.dice(self.world, "comments", self.stay.year);
        let primary = self.stay.school.level == Level::Primary;
        let mut subjects = Vec::new();
        for (subject, band) in &year.subjects {
            let mut words = comments::subject(&mut dice, subject.field, primary, *band);
            for _ in 0..length / 2 {
                words.push(' ');
                words.push_str(&comments::subject(&mut dice, subject.field, primary, *band));
            }
            subjects.push(SubjectComment { subject: text(subject.code)?, comment: text(words)? });
        }
        let some = |words: String| text(words).map(Some);
        let homeroom = match self.learner.not_assessed {
            true => comments::inclusion(&mut dice, length + 3),
            false => comments::homeroom(&mut dice, year.study, year.conduct, length + 1),
        };
        let homeroom = match year.summer {
            Some(reached) => format!("{homeroom} {}", comments::summer(&mut dice, reached)),
            None => homeroom,
        };
        let codes = primary && matches!(year.results, Results::Primary(_));
        Ok(CommentsGroup {
            homeroom: some(homeroom)?,
            qualities: if codes { some(comments::qualities(&mut dice, year.conduct))? } else { None },
            general_competencies: if codes {
                some(comments::general_competencies(&mut dice, year.study))?
            } else {
                None
            },
            specific_competencies: if codes {
                some(comments::specific_competencies(&mut dice, year.study))?
            } else {
                None
            },
            subjects,
            head: some(comments::head(&mut dice, if year.summer == Some(false) { Band::Weak } else { year.study }))?,
            extensions: Extensions::default(),
        })
    }
}

fn transfer_day(world: &World, year: usize) -> Result<Option<Day>, SynthFault> {
    let text = format!("{}-08-25", world.years[year].first());
    Day::parse(&text).map(Some).ok_or(SynthFault::Time)
}
