//! Key entries and backfills: the ministry grants provinces, provinces grant their schools.

use serde::Serialize;

use super::SynthFault;
use super::marks::text;
use super::sheets::SchoolDesk;
use super::world::{Era, World};
use crate::signing::grant::{Holder, KeyClaims, Role};
use crate::signing::jws::{Jws, ObjectType};
use crate::signing::{Kid, PrivateKey};
use crate::transcript::backfill::BackfillClaims;
use crate::transcript::strict::Extensions;
use crate::transcript::time::{Moment, SchoolYear};

/// Signs any entry that carries no disclosures.
pub(super) fn sign(object: ObjectType, claims: &impl Serialize, key: &PrivateKey) -> Result<Jws, SynthFault> {
    Ok(Jws::sign(object, serde_json::to_vec(claims)?, &[(key, None)], Vec::new())?)
}

/// A key's period and the moment of its grant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Period {
    pub(super) from: Moment,
    pub(super) to: Moment,
    pub(super) issued: Moment,
}

impl Period {
    /// The usual period of an era.
    pub(super) fn of(world: &World, era: Era) -> Result<Self, SynthFault> {
        let (from, to) = world.key_period(era)?;
        Ok(Self { from, to, issued: from })
    }

    /// A period of an era that is long over.
    pub(super) fn short(world: &World, era: Era) -> Result<Self, SynthFault> {
        let (from, to) = world.short_period(era)?;
        Ok(Self { from, to, issued: from })
    }
}

/// A grant, signed.
pub(super) fn grant(
    holder: Holder,
    role: Role,
    key: &PrivateKey,
    certificate: Option<Kid>,
    period: Period,
    by: &PrivateKey,
) -> Result<Jws, SynthFault> {
    let claims = KeyClaims::Grant {
        version: 1,
        holder,
        role,
        jwk: key.public().to_jwk(),
        certificate,
        valid_from: period.from,
        valid_to: period.to,
        issued_at: period.issued,
        extensions: Extensions::default(),
    };
    sign(ObjectType::Key, &claims, by)
}

/// A revocation, signed.
pub(super) fn revoke(key: &PrivateKey, reason: &str, issued_at: Moment, by: &PrivateKey) -> Result<Jws, SynthFault> {
    let kid = key.public().kid();
    let claims =
        KeyClaims::Revoke { version: 1, kid, reason: text(reason)?, issued_at, extensions: Extensions::default() };
    sign(ObjectType::Key, &claims, by)
}

/// Who a school is, for its grants.
pub(super) fn school_holder(desk: &SchoolDesk) -> Holder {
    Holder::School {
        province: desk.province.clone(),
        school: desk.school.code.clone(),
        name: desk.school.name.clone(),
        levels: vec![desk.id.level],
    }
}

/// The grants of a school's keys by its province.
pub(super) fn school_grants(desk: &SchoolDesk, period: Period, by: &PrivateKey) -> Result<Vec<Jws>, SynthFault> {
    let holder = || school_holder(desk);
    let keys = &desk.keys;
    let mut grants = vec![
        grant(holder(), Role::Head, &keys.head, None, period, by)?,
        grant(holder(), Role::Institution, &keys.institution, keys.certificate, period, by)?,
    ];
    if let Some(teacher) = &keys.teacher {
        grants.push(grant(holder(), Role::Teacher, teacher, None, period, by)?);
    }
    Ok(grants)
}

/// The lines of the ministry's first package: all province keys, then permissions to be late.
pub(super) fn ministry_lines(world: &World) -> Result<Vec<Jws>, SynthFault> {
    let root = world.root_key();
    let mut lines = Vec::new();
    for (i, old) in world.old.iter().enumerate() {
        let holder = Holder::Province { province: old.province.clone(), predecessors: Vec::new() };
        lines.push(grant(holder, Role::Province, &world.old_key(i), None, Period::of(world, Era::Old)?, &root)?);
    }
    for (i, current) in world.current.iter().enumerate() {
        let predecessors = world.old[current.old.clone()].iter().map(|o| o.province.id()).collect();
        let holder = Holder::Province { province: current.province.clone(), predecessors };
        lines.push(grant(holder, Role::Province, &world.current_key(i), None, Period::of(world, Era::New)?, &root)?);
    }
    lines.extend(spare_province_keys(world, &root)?);
    let mut late: Vec<SchoolYear> = Vec::new();
    for year in &world.years {
        if world.needs_backfill(*year)? {
            late.push(*year);
        }
    }
    if late.is_empty() {
        return Ok(lines);
    }
    for current in &world.current {
        let old = world.old[current.old.clone()].iter().map(|o| o.province.id());
        let claims = BackfillClaims {
            version: 1,
            provinces: std::iter::once(current.province.id()).chain(old).collect(),
            schools: Vec::new(),
            school_years: late.clone(),
            until: world.now_plus(400 * 86_400)?,
            reason: text("Nộp bổ sung học bạ số các năm học trước khi Cổng tra cứu vận hành")?,
            extensions: Extensions::default(),
        };
        lines.push(sign(ObjectType::Backfill, &claims, &root)?);
    }
    Ok(lines)
}

/// Former keys of the first province: one whose period is over, one that was revoked.
fn spare_province_keys(world: &World, root: &PrivateKey) -> Result<Vec<Jws>, SynthFault> {
    let Some(first) = world.current.first() else { return Ok(Vec::new()) };
    let holder = || Holder::Province { province: first.province.clone(), predecessors: Vec::new() };
    let (expired, revoked) = (world.spare_province_key(0), world.spare_province_key(1));
    Ok(vec![
        grant(holder(), Role::Province, &expired, None, Period::short(world, Era::New)?, root)?,
        grant(holder(), Role::Province, &revoked, None, Period::of(world, Era::New)?, root)?,
        revoke(&revoked, "Lộ khóa ký, đã cấp khóa mới", world.status_at(0, 0)?, root)?,
    ])
}

/// Former keys of a school's head: one whose period is over, one that was revoked.
pub(super) fn spare_head_keys(
    world: &World,
    desk: &SchoolDesk,
    era: Era,
    by: &PrivateKey,
) -> Result<Vec<Jws>, SynthFault> {
    let (expired, revoked) = (world.spare_head_key(0), world.spare_head_key(1));
    let period = Period::of(world, era)?;
    // A province that is no more cannot revoke today; it did so while its key was valid.
    let revoked_at = if era == Era::Old { period.issued } else { world.status_at(0, 0)? };
    Ok(vec![
        grant(school_holder(desk), Role::Head, &expired, None, Period::short(world, era)?, by)?,
        grant(school_holder(desk), Role::Head, &revoked, None, period, by)?,
        revoke(&revoked, "Thay đổi người đứng đầu cơ sở giáo dục", revoked_at, by)?,
    ])
}
