//! Provinces, schools and keys of the nation.
//!
//! Learners are numbered through, province by province, so that a province's learners are a range and
//! nothing about them has to be kept.

use std::ops::Range;

use super::dice::Dice;
use super::tables::{CURRENT, CurrentRow, PLACE_NAMES, SCHOOL_NAMES, WORDS};
use super::{SynthFault, SynthOptions};
use crate::signing::{Kid, PrivateKey};
use crate::transcript::level::Level;
use crate::transcript::province::{ProvinceRef, VINTAGE_2004, VINTAGE_2025};
use crate::transcript::text::Text;
use crate::transcript::time::{Day, Moment, SchoolYear};

/// The first school year that belongs to the 34 provinces.
const FIRST_YEAR_OF_34: u16 = 2025;
/// Learners of one level that share a school.
const LEARNERS_PER_SCHOOL: u64 = 150;
/// How many of a hundred learners attend a level at a time, roughly.
const SHARE: [(Level, u64); 4] =
    [(Level::Primary, 42), (Level::LowerSecondary, 33), (Level::UpperSecondary, 18), (Level::Continuing, 7)];

/// Before or after the merger of provinces on 1 July 2025: another code list, other keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Era {
    /// 63 provinces.
    Old,
    /// 34 provinces.
    New,
}

impl Era {
    /// The era of a school year's records.
    pub(super) fn of(year: SchoolYear) -> Self {
        match year.first() < FIRST_YEAR_OF_34 {
            true => Self::Old,
            false => Self::New,
        }
    }
}

/// One of the 34.
#[derive(Debug)]
pub(super) struct Current {
    pub(super) province: ProvinceRef,
    /// Which of [`World::old`] were merged into it.
    pub(super) old: Range<usize>,
}

/// One of the 63.
#[derive(Debug)]
pub(super) struct Old {
    pub(super) province: ProvinceRef,
    /// Which of [`World::current`] it became part of.
    pub(super) current: usize,
    /// Numbers of the learners who start here.
    pub(super) learners: Range<u64>,
    /// Number of schools of each level, in the order of [`Level::ALL`].
    schools: [usize; 4],
}

/// A school by place and level; everything else about it is derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SchoolId {
    /// Which of [`World::old`].
    pub(super) old: usize,
    pub(super) level: Level,
    /// Number among the schools of this level there.
    pub(super) index: usize,
}

/// How a school is called in one era.
#[derive(Debug)]
pub(super) struct School {
    pub(super) code: Text<20>,
    pub(super) name: Text<150>,
    pub(super) commune: String,
    pub(super) commune_code: String,
    /// District of old, `None` since there are none.
    pub(super) district: Option<String>,
}

/// The keys a school signs with.
pub(super) struct SchoolKeys {
    pub(super) head: PrivateKey,
    pub(super) institution: PrivateKey,
    /// Thumbprint of the certificate the institution's key is bound to; only the RS256 key has one.
    pub(super) certificate: Option<Kid>,
    /// Homeroom teacher; only one school in the nation signs with it.
    pub(super) teacher: Option<PrivateKey>,
}

/// The nation before anyone is born: what [`SynthOptions`] ask for, laid out.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) now: Moment,
    pub(super) years: Vec<SchoolYear>,
    pub(super) learners: u64,
    pub(super) current: Vec<Current>,
    pub(super) old: Vec<Old>,
    rsa: Vec<PrivateKey>,
    ecdsa: bool,
}

impl World {
    pub(super) fn new(options: &SynthOptions, now: Moment) -> Result<Self, SynthFault> {
        let mut chosen: Vec<&'static CurrentRow> = CURRENT.iter().collect();
        // The populous first, so that a nation of few provinces still has merged ones.
        chosen.sort_by_key(|row| std::cmp::Reverse(population(row)));
        chosen.truncate(options.provinces.unwrap_or(CURRENT.len()).max(1));
        chosen.sort_by_key(|row| row.code);
        let mut world = Self {
            seed: options.seed,
            now,
            years: (options.first_year.first()..=options.last_year.first()).filter_map(SchoolYear::starting).collect(),
            learners: options.learners,
            current: Vec::new(),
            old: Vec::new(),
            rsa: Vec::new(),
            ecdsa: options.ecdsa,
        };
        world.settle(&chosen)?;
        for era in 0..if options.rsa { 2 } else { 0 } {
            let mut dice = Dice::new(options.seed, "key rsa", era, 0);
            world.rsa.push(PrivateKey::generate_rsa(&mut dice)?);
        }
        Ok(world)
    }

    fn settle(&mut self, chosen: &[&'static CurrentRow]) -> Result<(), SynthFault> {
        let whole: u64 = chosen.iter().map(|row| population(row)).sum();
        let mut before = 0;
        for row in chosen {
            let first_old = self.old.len();
            let parts = row.predecessors.len() as u64;
            for (i, (code, name)) in row.predecessors.iter().enumerate() {
                let upto = |part: u64| (before + population(row) * part / parts) * self.learners / whole;
                let learners = upto(i as u64)..upto(i as u64 + 1);
                let count = learners.end - learners.start;
                let schools = SHARE.map(|(_, share)| (count * share / 100 / LEARNERS_PER_SCHOOL) as usize + 1);
                let province = ProvinceRef {
                    code: *code,
                    vintage: day(VINTAGE_2004)?,
                    name: Text::new(*name).map_err(SynthFault::Text)?,
                };
                self.old.push(Old { province, current: self.current.len(), learners, schools });
            }
            before += population(row);
            let province = ProvinceRef {
                code: row.code,
                vintage: day(VINTAGE_2025)?,
                name: Text::new(row.name).map_err(SynthFault::Text)?,
            };
            self.current.push(Current { province, old: first_old..self.old.len() });
        }
        Ok(())
    }

    /// Where a learner starts.
    pub(super) fn home_of(&self, learner: u64) -> usize {
        self.old.partition_point(|o| o.learners.end <= learner).min(self.old.len() - 1)
    }

    /// Number of schools of a level in an old province.
    pub(super) fn school_count(&self, old: usize, level: Level) -> usize {
        self.old[old].schools[level_index(level)]
    }

    /// Every school of an old province.
    pub(super) fn schools(&self, old: usize) -> impl Iterator<Item = SchoolId> + '_ {
        Level::ALL
            .into_iter()
            .flat_map(move |level| (0..self.school_count(old, level)).map(move |index| SchoolId { old, level, index }))
    }

    fn ordinal(&self, school: SchoolId) -> usize {
        let before = &self.old[school.old].schools[..level_index(school.level)];
        before.iter().sum::<usize>() + school.index
    }

    /// The province a school belongs to in an era.
    pub(super) fn province(&self, school: SchoolId, era: Era) -> &ProvinceRef {
        let old = &self.old[school.old];
        match era {
            Era::Old => &old.province,
            Era::New => &self.current[old.current].province,
        }
    }

    /// Which of [`World::current`] a school belongs to.
    pub(super) fn current_of(&self, school: SchoolId) -> usize {
        self.old[school.old].current
    }

    /// A school's code, name and place in an era.
    pub(super) fn school(&self, id: SchoolId, era: Era) -> Result<School, SynthFault> {
        let ordinal = self.ordinal(id);
        let old = &self.old[id.old];
        let mut dice = Dice::new(self.seed, "school", id.old as u64, ordinal as u64);
        let person = SCHOOL_NAMES[(id.old * 17 + id.index * 7 + level_index(id.level) * 3) % SCHOOL_NAMES.len()];
        // Schools are numbered three to a commune; communes of merged provinces do not collide.
        let commune_number = ordinal / 3;
        let place = PLACE_NAMES[(id.old * 31 + commune_number * 11) % PLACE_NAMES.len()];
        let kind = if dice.percent(35) { "Phường" } else { "Xã" };
        let nth = id.old - self.current[old.current].old.start;
        let commune_code = format!("{:05}", 25 + old.current * 900 + (commune_number % 290) * 3 + nth);
        let name = school_name(&mut dice, id, person, place);
        let code = match era {
            Era::Old => {
                let digit = [4, 5, 7, 8][level_index(id.level)];
                format!("{}{:03}{:03}", old.province.code, ordinal / 20 + 1, digit * 100 + ordinal % 20 + 1)
            }
            Era::New => {
                format!("{}{commune_code}{:03}", self.current[old.current].province.code, ordinal % 1000)
            }
        };
        let district = PLACE_NAMES[(id.old * 13 + ordinal / 20 * 5 + 1) % PLACE_NAMES.len()];
        Ok(School {
            code: Text::new(code).map_err(SynthFault::Text)?,
            name: Text::new(name).map_err(SynthFault::Text)?,
            commune: format!("{kind} {place}"),
            commune_code,
            district: (era == Era::Old).then(|| format!("Huyện {district}")),
        })
    }

    /// A school's keys in an era: most EdDSA, some ES256, one institution RS256.
    pub(super) fn school_keys(&self, id: SchoolId, era: Era) -> SchoolKeys {
        let ordinal = self.ordinal(id) as u64;
        let part = |role: u64| self.key_part("key school", (id.old as u64) << 32 | ordinal, (era as u64) << 8 | role);
        let first_upper = id.old == 0 && id.level == Level::UpperSecondary && id.index == 0;
        let first_lower = id.old == 0 && id.level == Level::LowerSecondary && id.index == 0;
        let head = match self.ecdsa && ordinal % 11 == 5 {
            true => ecdsa(part(0)),
            false => PrivateKey::ed25519_from_seed(&part(0)),
        };
        let institution = match self.rsa.get(era as usize) {
            Some(rsa) if first_lower => rsa.clone(),
            _ if self.ecdsa && ordinal % 4 == 3 => ecdsa(part(1)),
            _ => PrivateKey::ed25519_from_seed(&part(1)),
        };
        let certificate = matches!(institution, PrivateKey::Rsa(_)).then(|| Kid(part(3)));
        let teacher = first_upper.then(|| PrivateKey::ed25519_from_seed(&part(2)));
        SchoolKeys { head, institution, certificate, teacher }
    }

    /// A key of the first school's head that signs no more: 0 expired soon after its grant, 1 revoked.
    pub(super) fn spare_head_key(&self, which: u64) -> PrivateKey {
        PrivateKey::ed25519_from_seed(&self.key_part("key spare head", which, 0))
    }

    /// A key of the first province that signs no more: 0 expired soon after its grant, 1 revoked.
    pub(super) fn spare_province_key(&self, which: u64) -> PrivateKey {
        PrivateKey::ed25519_from_seed(&self.key_part("key spare province", which, 0))
    }

    /// A key nobody granted.
    pub(super) fn stranger_key(&self) -> PrivateKey {
        PrivateKey::ed25519_from_seed(&self.key_part("key stranger", 0, 0))
    }

    /// The ministry's root key.
    pub(super) fn root_key(&self) -> PrivateKey {
        PrivateKey::ed25519_from_seed(&self.key_part("key root", 0, 0))
    }

    /// The key of one of the 34.
    pub(super) fn current_key(&self, current: usize) -> PrivateKey {
        let part = self.key_part("key province", 2025, current as u64);
        match current % 8 == 3 {
            true => ecdsa(part),
            false => PrivateKey::ed25519_from_seed(&part),
        }
    }

    /// The key of one of the 63.
    pub(super) fn old_key(&self, old: usize) -> PrivateKey {
        PrivateKey::ed25519_from_seed(&self.key_part("key province", 2004, old as u64))
    }

    fn key_part(&self, purpose: &str, a: u64, b: u64) -> [u8; 32] {
        Dice::new(self.seed, purpose, a, b).bytes()
    }
}

/// A scalar beyond the group order is as likely as a collision of SHA-256; halving makes it impossible.
fn ecdsa(mut scalar: [u8; 32]) -> PrivateKey {
    scalar[0] &= 0x7f;
    scalar[31] |= 1;
    PrivateKey::p256_from_scalar(&scalar).unwrap_or_else(|| PrivateKey::ed25519_from_seed(&scalar))
}

fn population(row: &CurrentRow) -> u64 {
    row.communes as u64 + if matches!(row.name, "Hà Nội" | "Hồ Chí Minh") { 150 } else { 0 }
}

fn level_index(level: Level) -> usize {
    Level::ALL.iter().position(|l| *l == level).unwrap_or(0)
}

/// A day that a constant of this program names.
pub(super) fn day(text: &str) -> Result<Day, SynthFault> {
    Day::parse(text).ok_or(SynthFault::Time)
}

/// A moment that a constant of this program names.
pub(super) fn moment(text: &str) -> Result<Moment, SynthFault> {
    Moment::parse(text).ok_or(SynthFault::Time)
}

fn school_name(dice: &mut Dice, id: SchoolId, person: &str, place: &str) -> String {
    // Names repeat nationwide as in life, but not among the schools of one level in one province.
    let suffix = match id.index / SCHOOL_NAMES.len() {
        0 => String::new(),
        _ => format!(" {place}"),
    };
    match id.level {
        Level::Primary if dice.percent(8) => format!("Trường TH {person}{suffix}"),
        Level::Primary => format!("Trường Tiểu học {person}{suffix}"),
        Level::LowerSecondary if dice.percent(6) => format!("Trường PTDTBT THCS {place} {}", id.index + 1),
        Level::LowerSecondary => format!("Trường THCS {person}{suffix}"),
        Level::UpperSecondary if dice.percent(10) => format!("Trường PTDTNT THPT {place} {}", id.index + 1),
        Level::UpperSecondary => format!("Trường THPT {person}{suffix}"),
        Level::Continuing if dice.percent(50) => format!("Trung tâm GDNN-GDTX {place} {}", id.index + 1),
        Level::Continuing => format!("Trung tâm GDTX {place} {}", id.index + 1),
    }
}

/// A person's whole name; `sex` is 0 for male, 1 for female.
pub(super) fn person(dice: &mut Dice, sex: usize) -> String {
    let family = WORDS.family.at(dice.below(WORDS.family.total()));
    person_of_family(dice, family, sex)
}

/// A name within a family.
pub(super) fn person_of_family(dice: &mut Dice, family: &str, sex: usize) -> String {
    let middle = WORDS.middle[sex].at(dice.below(WORDS.middle[sex].total()));
    let given = WORDS.given[sex].at(dice.below(WORDS.given[sex].total()));
    match middle.is_empty() {
        true => format!("{family} {given}"),
        false => format!("{family} {middle} {given}"),
    }
}
