//! Lines that are refused alone, among lines that are taken.

use super::spoil::{self, MixedOrder, json};
use super::{Bench, BrokenPackage, Expect, Extra};
use crate::package::PackageWriter;
use crate::package::manifest::ManifestDraft;
use crate::signing::grant::{Holder, KeyClaims, Role};
use crate::signing::jws::{Jws, ObjectType};
use crate::signing::{Kid, PrivateKey};
use crate::synth::SynthFault;
use crate::synth::grants::{self, Period, school_holder};
use crate::synth::learner::{Fate, Learner, Outcome, Stay};
use crate::synth::marks::text;
use crate::synth::sheets::{self, Draft, Revision, SchoolDesk};
use crate::synth::statuses::{self, Decider};
use crate::synth::world::{Era, SchoolId};
use crate::transcript::backfill::BackfillClaims;
use crate::transcript::code::{SheetId, TranscriptCode};
use crate::transcript::disclosure::{Disclosure, GroupDigest};
use crate::transcript::groups::Group;
use crate::transcript::level::Level;
use crate::transcript::sheet::Grade;
use crate::transcript::status::{Status, StatusClaims};
use crate::transcript::strict::Extensions;
use crate::transcript::time::{Day, Moment, SchoolYear};

pub(super) const HOME: usize = 0;
const ELSEWHERE: usize = 1;
const DAY: i64 = 86_400;

pub(super) fn write(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    payloads(bench)?;
    claims(bench)?;
    groups(bench)?;
    signatures(bench)?;
    others(bench)?;
    booklets(bench)?;
    statuses_of_province(bench)?;
    backdated(bench)?;
    if bench.world.current.len() > 1 {
        foreign(bench)?;
        awaiting(bench)?;
    }
    decided(bench, Fate::MinistrySuspended, Status::Released, "status.ministry_suspension")?;
    decided(bench, Fate::Erased, Status::Withdrawn, "status.erased_is_final")
}

/// What becomes of a line, and by which rule.
type Expected = (Expect, &'static str);

/// A package being made, some of whose lines break a rule.
pub(super) struct Sheaf {
    name: &'static str,
    current: usize,
    draft: ManifestDraft,
    lines: Vec<(Vec<u8>, Option<Expected>)>,
}

impl Sheaf {
    fn new(bench: &Bench<'_>, name: &'static str, current: usize, year: SchoolYear) -> Result<Self, SynthFault> {
        Ok(Self { name, current, draft: bench.next_draft(current, year)?, lines: Vec::new() })
    }

    pub(super) fn last_year(bench: &Bench<'_>, name: &'static str, current: usize) -> Result<Self, SynthFault> {
        Self::new(bench, name, current, bench.year(bench.last_year())?)
    }

    fn good(&mut self, line: &Jws) {
        self.lines.push((json(line), None));
    }

    fn bad(&mut self, line: &Jws, rule: &'static str) {
        self.bad_json(json(line), rule);
    }

    /// A line that is taken, and warned about.
    pub(super) fn odd(&mut self, line: &Jws, rule: &'static str) {
        self.lines.push((json(line), Some((Expect::Warning, rule))));
    }

    fn bad_json(&mut self, line: Vec<u8>, rule: &'static str) {
        self.lines.push((line, Some((Expect::Line, rule))));
    }

    /// Writes the package with a good sheet at its end: one bad line takes no other down.
    pub(super) fn finish(mut self, bench: &mut Bench<'_>) -> Result<(), SynthFault> {
        if self.draft.school_year == bench.year(bench.last_year())? {
            let last = bench.good(self.current)?;
            self.good(&last);
        }
        let file = bench.next_file(self.name);
        let key = bench.world.current_key(self.current);
        let mut writer = PackageWriter::create(&bench.dir.join(&file), self.draft, &key, None)?;
        for (i, (line, expected)) in self.lines.iter().enumerate() {
            writer.add_json(line)?;
            if let Some((expect, rule)) = *expected {
                let line = Some(i as u64 + 2);
                bench.broken.push(BrokenPackage { file: file.clone(), expect, line, rule });
            }
        }
        let signed = writer.finish()?;
        let chain = &mut bench.chains[self.current];
        chain.sequence = signed.manifest.sequence;
        chain.previous = Some(signed.digest());
        Ok(())
    }
}

fn sign_payload(
    payload: Vec<u8>,
    disclosures: Vec<Disclosure>,
    signers: &[(&PrivateKey, Option<Kid>)],
) -> Result<Jws, SynthFault> {
    Ok(Jws::sign(ObjectType::Sheet, payload, signers, disclosures)?)
}

fn sign_by(mut draft: Draft, signers: &[(&PrivateKey, Option<Kid>)]) -> Result<Jws, SynthFault> {
    draft.claims.commit_to(&draft.disclosures);
    sign_payload(serde_json::to_vec(&draft.claims)?, draft.disclosures, signers)
}

/// Payloads that two readers could take for different facts.
fn payloads(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "payloads", HOME)?;
    let deep = format!("{{\"extensions\":{{\"x\":{}}},", spoil::deep());
    for (to, rule) in [
        ("{\"version\":1,", "line.payload"),
        ("{\"extensions\":{\"x\":1.5},", "line.payload"),
        ("{\"extensions\":{\"x\":\"Ho\u{300}a\"},", "line.payload"),
        ("{\"extensions\":{\"x\":\"\\ud800\"},", "line.payload"),
        ("{\"extensions\":{\"x\":\"a\u{202e}b\"},", "line.payload"),
        (&deep, "line.payload"),
        ("{\"ghichu\":\"x\",", "sheet.claims"),
    ] {
        let extra = bench.pupil(HOME)?;
        let mut draft = bench.draft(&extra)?;
        draft.claims.commit_to(&draft.disclosures);
        let payload = spoil::replace(&serde_json::to_vec(&draft.claims)?, "{", to);
        sheaf.bad(&sign_payload(payload, draft.disclosures, &extra.desk.signers())?, rule);
    }
    sheaf.finish(bench)
}

/// A change to a draft, and the rule it breaks.
type Spoiled<'a> = (&'static str, &'a dyn Fn(&mut Draft) -> Result<(), SynthFault>);

fn spoiled(bench: &mut Bench<'_>, sheaf: &mut Sheaf, changes: &[Spoiled<'_>]) -> Result<(), SynthFault> {
    for (rule, change) in changes {
        let extra = bench.pupil(HOME)?;
        let mut draft = bench.draft(&extra)?;
        change(&mut draft)?;
        sheaf.bad(&draft.sign(&extra.desk)?, rule);
    }
    Ok(())
}

/// Clear claims that cannot be.
fn claims(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "claims", HOME)?;
    let ahead = bench.world.now_plus(300 * DAY)?;
    let grade = Grade::new(11).ok_or(SynthFault::Time)?;
    let before = bench.world.years.first().map_or(2022, |y| y.first());
    let too_early = Day::parse(&format!("{before}-01-01")).ok_or(SynthFault::Time)?;
    spoiled(
        bench,
        &mut sheaf,
        &[
            ("sheet.frozen_ahead", &|d| {
                d.claims.frozen_at = ahead;
                d.claims.effective_from = Day::from(ahead.date_in_vietnam());
                Ok(())
            }),
            ("sheet.effective_before_freeze", &|d| {
                d.claims.effective_from = too_early;
                Ok(())
            }),
            ("sheet.grade", &|d| {
                d.claims.grade = grade;
                Ok(())
            }),
            ("sheet.circular", &|d| {
                d.claims.circular = text("Thông tư 22")?;
                Ok(())
            }),
            ("sheet.version", &|d| {
                d.claims.version = 2;
                Ok(())
            }),
            ("sheet.same_ids", &|d| {
                d.claims.sheet = SheetId::from_bytes(*d.claims.code.as_bytes());
                Ok(())
            }),
        ],
    )?;
    sheaf.finish(bench)
}

/// Groups and their digests.
fn groups(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "groups", HOME)?;
    let name = |to: &'static str| {
        move |d: &mut Draft| {
            let Some(disclosure) = d.disclosures.iter_mut().find(|x| x.group() == Group::Name) else { return Ok(()) };
            let value = spoil::replace(disclosure.value(), "\"hovaten\":\"", to);
            *disclosure = spoil::with_value(disclosure, disclosure.salt(), &value)?;
            Ok(())
        }
    };
    let salt = bench.dice("fault salts").bytes();
    spoiled(
        bench,
        &mut sheaf,
        &[
            ("sheet.group_missing", &|d| {
                d.disclosures.retain(|x| x.group() != Group::Results);
                Ok(())
            }),
            ("sheet.salt_repeated", &|d| {
                for disclosure in d.disclosures.iter_mut().take(2) {
                    *disclosure = spoil::with_salt(disclosure, &salt)?;
                }
                Ok(())
            }),
            ("sheet.group", &name("\"hovaten\":\"Ho\u{300}a ")),
            ("sheet.group", &name("\"hovaten\":\"\u{202e}")),
            ("sheet.group", &name("\"ghichu\":1.5,\"hovaten\":\"")),
            ("sheet.group", &name("\"hovaten\":\"A\",\"hovaten\":\"")),
            ("sheet.group_repeated", &|d| {
                d.disclosures.retain(|x| x.group() != Group::Comments);
                let again = d.disclosures.first().map(|first| spoil::with_salt(first, &[9; 16])).transpose()?;
                d.disclosures.extend(again);
                Ok(())
            }),
        ],
    )?;
    digests(bench, &mut sheaf)?;
    sheaf.finish(bench)
}

/// `_sd` that says other things than the disclosures beside it.
fn digests(bench: &mut Bench<'_>, sheaf: &mut Sheaf) -> Result<(), SynthFault> {
    // A decoy in place of a group that is left out.
    let extra = bench.pupil(HOME)?;
    let mut draft = bench.draft(&extra)?;
    draft.disclosures.retain(|x| x.group() != Group::Comments);
    draft.claims.commit_to(&draft.disclosures);
    draft.claims.digests.push(GroupDigest::of_encoded("decoy"));
    let payload = serde_json::to_vec(&draft.claims)?;
    sheaf.bad(&sign_payload(payload, draft.disclosures, &extra.desk.signers())?, "sheet.digest_not_opened");
    // A group whose salt is not the one that was committed to.
    let extra = bench.pupil(HOME)?;
    let mut draft = bench.draft(&extra)?;
    draft.claims.commit_to(&draft.disclosures);
    draft.disclosures[3] = spoil::with_salt(&draft.disclosures[3], &bench.dice("fault salts").bytes())?;
    let payload = serde_json::to_vec(&draft.claims)?;
    sheaf.bad(&sign_payload(payload, draft.disclosures, &extra.desk.signers())?, "sheet.disclosure_not_committed");
    Ok(())
}

/// Who signed a sheet.
fn signatures(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "signatures", HOME)?;
    let world = bench.world;
    let (revoked, expired) = (world.spare_head_key(1), world.spare_head_key(0));
    let (stranger, province) = (world.stranger_key(), granter(bench));
    for (head, institution, rule) in [
        (None, Some(&stranger), "key.unknown"),
        (Some(&revoked), None, "key.revoked"),
        (Some(&expired), None, "key.expired"),
        (Some(&province), None, "key.wrong_role"),
    ] {
        // The spare keys belong to the province's first primary school.
        let extra = bench.extra(HOME, Level::Primary, 4, bench.last_year())?;
        let keys = &extra.desk.keys;
        let signers =
            [(head.unwrap_or(&keys.head), None), (institution.unwrap_or(&keys.institution), keys.certificate)];
        sheaf.bad(&sign_by(bench.draft(&extra)?, &signers)?, rule);
    }
    let extra = bench.pupil(HOME)?;
    let keys = &extra.desk.keys;
    sheaf.bad(&sign_by(bench.draft(&extra)?, &[(&keys.head, None)])?, "key.missing_institution");
    let extra = bench.pupil(HOME)?;
    let keys = &extra.desk.keys;
    let only = [(&keys.institution, keys.certificate)];
    sheaf.bad(&sign_by(bench.draft(&extra)?, &only)?, "key.missing_head");
    let extra = bench.pupil(HOME)?;
    let signed = bench.draft(&extra)?.sign(&extra.desk)?;
    sheaf.bad_json(spoil::flip_signature(&signed, 0)?, "key.bad_signature");
    let extra = bench.pupil(HOME)?;
    let keys = &extra.desk.keys;
    let certified = [(&keys.head, Some(Kid([5; 32]))), (&keys.institution, keys.certificate)];
    sheaf.bad(&sign_by(bench.draft(&extra)?, &certified)?, "key.certificate_mismatch");
    outside_the_grant(bench, &mut sheaf)?;
    mixed_order(bench, &mut sheaf)?;
    sheaf.finish(bench)
}

/// A school's sheets for another school, another level, another province.
fn outside_the_grant(bench: &mut Bench<'_>, sheaf: &mut Sheaf) -> Result<(), SynthFault> {
    let extra = bench.pupil(HOME)?;
    let mut draft = bench.draft(&extra)?;
    draft.claims.school = text("99999999")?;
    sheaf.bad(&draft.sign(&extra.desk)?, "key.wrong_school");
    // A primary school's pupil, signed for as if the lower secondary school taught the grade.
    let (pupil, other) = (bench.extra(HOME, Level::Primary, 4, bench.last_year())?, bench.pupil(HOME)?);
    let mut draft = bench.draft(&pupil)?;
    draft.claims.school = other.desk.school.code.clone();
    sheaf.bad(&draft.sign(&other.desk)?, "key.wrong_level");
    if bench.world.current.len() > 1 {
        let extra = bench.pupil(HOME)?;
        let mut draft = bench.draft(&extra)?;
        draft.claims.province = bench.world.current[ELSEWHERE].province.clone();
        sheaf.bad(&draft.sign(&extra.desk)?, "key.wrong_province");
    }
    Ok(())
}

/// A signature that batch checks pass and strict ones refuse, by a key that was granted.
fn mixed_order(bench: &mut Bench<'_>, sheaf: &mut Sheaf) -> Result<(), SynthFault> {
    let key = MixedOrder::new(&bench.dice("mixed order").bytes())?;
    let desk = bench.pupil(HOME)?.desk;
    let period = Period::of(bench.world, Era::of(bench.year(bench.last_year())?))?;
    let claims = KeyClaims::Grant {
        version: 1,
        holder: school_holder(&desk),
        role: Role::Institution,
        jwk: key.public().to_jwk(),
        certificate: None,
        valid_from: period.from,
        valid_to: period.to,
        issued_at: period.issued,
        extensions: Extensions::default(),
    };
    sheaf.good(&grants::sign(ObjectType::Key, &claims, &granter(bench))?);
    // Half of the signatures hold by chance of their hash; sixty-four trials do not fail together.
    for _ in 0..64 {
        let extra = bench.pupil(HOME)?;
        let signed = sign_by(bench.draft(&extra)?, &[(&extra.desk.keys.head, None)])?;
        if let Some(line) = key.sign_beside(&signed)? {
            sheaf.bad_json(line, "key.bad_signature");
            return Ok(());
        }
    }
    Ok(())
}

/// Who grants the keys of the home province's schools in the last year.
fn granter(bench: &Bench<'_>) -> PrivateKey {
    match bench.world.years.last().map(|y| Era::of(*y)) {
        Some(Era::Old) => bench.world.old_key(bench.world.current[HOME].old.start),
        _ => bench.world.current_key(HOME),
    }
}

/// Grants, revocations and permissions by those who have no right to them.
fn others(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "keys", HOME)?;
    let world = bench.world;
    let (province, desk) = (world.current_key(HOME), bench.pupil(HOME)?.desk);
    let period = Period::of(world, Era::New)?;
    let fresh = PrivateKey::ed25519_from_seed(&bench.dice("fault key").bytes());
    let by_school = Period::of(world, Era::of(bench.year(bench.last_year())?))?;
    let made = grants::grant(school_holder(&desk), Role::Head, &fresh, None, by_school, &desk.keys.head)?;
    sheaf.bad(&made, "key.not_allowed");
    let holder = Holder::Province { province: world.current[HOME].province.clone(), predecessors: Vec::new() };
    sheaf.bad(&grants::grant(holder, Role::Province, &fresh, None, period, &province)?, "key.not_allowed");
    let at = world.status_at(0, 0)?;
    sheaf.bad(&grants::revoke(&world.root_key(), "Thử nghiệm", at, &province)?, "key.not_allowed");
    sheaf.bad(&grants::revoke(&fresh, "Thử nghiệm", at, &province)?, "key.unknown_target");
    let backwards = Period { from: period.to, to: period.from, issued: period.issued };
    let made = grants::grant(school_holder(&desk), Role::Head, &fresh, None, backwards, &province)?;
    sheaf.bad(&made, "key.bad_period");
    let made = grants::grant(school_holder(&desk), Role::Province, &fresh, None, period, &province)?;
    sheaf.bad(&made, "key.bad_holder");
    sheaf.bad(&weak_key(&desk, period, &province)?, "key.bad_jwk");
    let backfill = BackfillClaims {
        version: 1,
        provinces: vec![world.current[HOME].province.id()],
        schools: Vec::new(),
        school_years: world.years.clone(),
        until: world.now_plus(DAY)?,
        reason: text("Thử nghiệm")?,
        extensions: Extensions::default(),
    };
    sheaf.bad(&grants::sign(ObjectType::Backfill, &backfill, &province)?, "key.wrong_role");
    sheaf.finish(bench)
}

/// A grant of the neutral point, under which anything verifies that is not checked strictly.
fn weak_key(desk: &SchoolDesk, period: Period, by: &PrivateKey) -> Result<Jws, SynthFault> {
    let mut jwk = desk.keys.head.public().to_jwk();
    (jwk.kty, jwk.crv, jwk.y) = ("OKP".into(), Some("Ed25519".into()), None);
    jwk.x = Some(format!("AQ{}", "A".repeat(41)));
    let claims = KeyClaims::Grant {
        version: 1,
        holder: school_holder(desk),
        role: Role::Head,
        jwk,
        certificate: None,
        valid_from: period.from,
        valid_to: period.to,
        issued_at: period.issued,
        extensions: Extensions::default(),
    };
    grants::sign(ObjectType::Key, &claims, by)
}

/// Sheets that extend somebody else's booklet, or freeze a year twice.
fn booklets(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "booklets", HOME)?;
    let owner = bench.pupil(HOME)?;
    let first = bench.draft(&owner)?;
    let (code, sheet) = (first.claims.code, first.claims.sheet);
    sheaf.good(&first.sign(&owner.desk)?);
    // The year again, with another id.
    let mut again = bench.draft(&owner)?;
    again.claims.sheet = owner.learner.sheet(bench.world, owner.stay.year, 7);
    sheaf.bad(&again.sign(&owner.desk)?, "sheet.frozen_conflict");
    // Another learner under the code: of another birth date, of the same one.
    let mut other = bench.pupil(HOME)?;
    other.learner.birth = another_day(owner.learner.birth)?;
    let mut draft = bench.draft(&other)?;
    draft.claims.code = code;
    sheaf.bad(&draft.sign(&other.desk)?, "sheet.other_birth_date");
    let mut twin = bench.pupil(HOME)?;
    twin.learner.birth = owner.learner.birth;
    let mut draft = bench.draft(&twin)?;
    draft.claims.code = code;
    sheaf.bad(&draft.sign(&twin.desk)?, "sheet.other_identity");
    let primary = bench.extra(HOME, Level::Primary, 4, bench.last_year())?;
    let mut draft = bench.draft(&primary)?;
    draft.claims.code = code;
    sheaf.bad(&draft.sign(&primary.desk)?, "sheet.other_level");
    // Ids that are taken.
    let extra = bench.pupil(HOME)?;
    let mut draft = bench.draft(&extra)?;
    draft.claims.sheet = sheet;
    sheaf.bad(&draft.sign(&extra.desk)?, "sheet.id_taken");
    let extra = bench.pupil(HOME)?;
    let mut draft = bench.draft(&extra)?;
    draft.claims.code = TranscriptCode::from_bytes(*sheet.as_bytes());
    sheaf.bad(&draft.sign(&extra.desk)?, "sheet.code_taken");
    if let Some(year) = bench.last_year().checked_sub(1) {
        let extra = bench.extra(HOME, Level::LowerSecondary, 7, year)?;
        sheaf.bad(&bench.draft(&extra)?.sign(&extra.desk)?, "sheet.wrong_year");
    }
    sheaf.finish(bench)
}

fn another_day(date: jiff::civil::Date) -> Result<jiff::civil::Date, SynthFault> {
    date.with().day(date.day() % 28 + 1).build().map_err(|_| SynthFault::Time)
}

/// Statuses that cannot take effect.
fn statuses_of_province(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "statuses", HOME)?;
    let (world, by) = (bench.world, Decider::Province(HOME));
    let owner = bench.pupil(HOME)?;
    let first = bench.draft(&owner)?;
    let sheet = first.claims.sheet;
    sheaf.good(&first.sign(&owner.desk)?);
    let status = |status, nth| statuses::claims(world, &owner.learner, &owner.stay, status, nth, by);
    let mut put = |claims: &StatusClaims, rule| -> Result<(), SynthFault> {
        sheaf.bad(&statuses::sign_status(world, claims, by)?, rule);
        Ok(())
    };
    let ahead = world.now_plus(300 * DAY)?;
    put(&StatusClaims { effective_at: ahead, ..status(Status::Withdrawn, 0)? }, "status.ahead")?;
    put(&status(Status::Released, 1)?, "status.nothing_to_release")?;
    let stranger = bench.pupil(HOME)?;
    let nobody = statuses::claims(world, &stranger.learner, &stranger.stay, Status::Withdrawn, 0, by)?;
    put(&nobody, "status.unknown_target")?;
    put(&StatusClaims { identity_corrected: true, ..status(Status::Withdrawn, 2)? }, "status.shape")?;
    put(&StatusClaims { version: 2, ..status(Status::Withdrawn, 3)? }, "status.version")?;
    // A replacement that is not followed by its sheet, and one whose sheet is refused.
    let new_sheet = owner.learner.sheet(world, owner.stay.year, 1);
    let replaced = |nth| -> Result<StatusClaims, SynthFault> {
        Ok(StatusClaims { sheet: Some(sheet), replacement: Some(new_sheet), ..status(Status::Replaced, nth)? })
    };
    put(&replaced(4)?, "status.replacement_missing")?;
    put(&replaced(5)?, "status.replacement_refused")?;
    let mut changed = Extra { learner: owner.learner, stay: owner.stay, desk: owner.desk };
    changed.learner.birth = another_day(changed.learner.birth)?;
    let mut draft = bench.draft(&changed)?;
    draft.claims.sheet = new_sheet;
    sheaf.bad(&draft.sign(&changed.desk)?, "sheet.other_birth_date");
    sheaf.finish(bench)
}

/// A sheet of a year so long ago that the ministry would have to permit it, and did not.
fn backdated(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let world = bench.world;
    let Some(year) = world.years.first().and_then(|y| SchoolYear::starting(y.first() - 2)) else { return Ok(()) };
    // Where only years of today's provinces were asked for, no key of older ones was granted.
    if Era::of(year) == Era::Old && !world.years.iter().any(|y| Era::of(*y) == Era::Old) {
        return Ok(());
    }
    let mut sheaf = Sheaf::new(bench, "backdated", HOME, year)?;
    let mut extra = bench.pupil(HOME)?;
    extra.desk = SchoolDesk::new(world, extra.stay.school, Era::of(year))?;
    extra.learner.birth =
        extra.learner.birth.with().year(year.first() as i16 - 12).build().map_err(|_| SynthFault::Time)?;
    let mut draft = bench.draft(&extra)?;
    let frozen = Moment::parse(&format!("{}-06-20T09:00:00+07:00", year.first() + 1)).ok_or(SynthFault::Time)?;
    draft.claims.school_year = year;
    draft.claims.frozen_at = frozen;
    draft.claims.effective_from = Day::from(frozen.date_in_vietnam());
    sheaf.bad(&draft.sign(&extra.desk)?, "sheet.backdated");
    sheaf.finish(bench)
}

/// The first booklet of the cast with a fate, and its last year.
fn cast_booklet(bench: &Bench<'_>, fate: Fate) -> Option<(Learner, Stay)> {
    bench.makers.cast.members(bench.world.learners).find_map(|number| {
        let learner = bench.makers.learner(number);
        let stays = learner.stays(bench.world);
        let last = stays.last().copied().filter(|_| learner.fate(bench.world, &stays) == fate)?;
        Some((learner, last))
    })
}

/// Sheets and statuses of another province.
fn foreign(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let mut sheaf = Sheaf::last_year(bench, "of-another-province", ELSEWHERE)?;
    let theirs = bench.good(HOME)?;
    sheaf.bad(&theirs, "sheet.wrong_province");
    if let Some((learner, last)) = cast_booklet(bench, Fate::None) {
        let holder = bench.world.current_of(last.school);
        let by = Decider::Province(if holder == ELSEWHERE { HOME } else { ELSEWHERE });
        let claims = statuses::claims(bench.world, &learner, &last, Status::Withdrawn, 0, by)?;
        sheaf.bad(&statuses::sign_status(bench.world, &claims, by)?, "status.not_responsible");
    }
    let desk = bench.pupil(HOME)?.desk;
    let fresh = PrivateKey::ed25519_from_seed(&bench.dice("fault key").bytes());
    let (period, by) = (Period::of(bench.world, Era::New)?, bench.world.current_key(ELSEWHERE));
    sheaf.bad(&grants::grant(school_holder(&desk), Role::Head, &fresh, None, period, &by)?, "key.not_allowed");
    sheaf.finish(bench)
}

/// A year of a booklet that another province holds and has not transferred: it waits in quarantine.
fn awaiting(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let world = bench.world;
    let (Some((learner, last)), Some(year)) = (cast_booklet(bench, Fate::NotInForce), bench.last_year().checked_sub(1))
    else {
        return Ok(());
    };
    let current = if world.current_of(last.school) == ELSEWHERE { HOME } else { ELSEWHERE };
    let mut sheaf = Sheaf::new(bench, "awaiting-transfer", current, bench.year(year)?)?;
    let school = SchoolId { old: world.current[current].old.start, level: last.school.level, index: 0 };
    let desk = SchoolDesk::new(world, school, Era::of(bench.year(year)?))?;
    let stay = Stay { year, school, grade: last.grade, outcome: Outcome::Normal };
    let min = bench.makers.min_bytes;
    let draft = sheets::draft(world, &learner, &[stay], &stay, &desk, Revision::First, min)?;
    sheaf.bad(&draft.sign(&desk)?, "sheet.awaiting_transfer");
    sheaf.finish(bench)
}

/// A province's word against a decision that stands above it.
fn decided(bench: &mut Bench<'_>, fate: Fate, status: Status, rule: &'static str) -> Result<(), SynthFault> {
    let Some((learner, last)) = cast_booklet(bench, fate) else { return Ok(()) };
    let current = bench.world.current_of(last.school);
    let mut sheaf = Sheaf::last_year(bench, "against-a-decision", current)?;
    let by = Decider::Province(current);
    let claims = statuses::claims(bench.world, &learner, &last, status, 9, by)?;
    sheaf.bad(&statuses::sign_status(bench.world, &claims, by)?, rule);
    sheaf.finish(bench)
}
