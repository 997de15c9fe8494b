//! What happens to booklets after the freeze, each by a decision of a province or of the ministry.

use super::SynthFault;
use super::grants::sign;
use super::learner::{Fate, Learner, Stay};
use super::marks::text;
use super::sheets::{self, Revision, SchoolDesk};
use super::world::World;
use super::{ExpectedVerdict, Sample};
use crate::signing::PrivateKey;
use crate::signing::jws::{Jws, ObjectType};
use crate::transcript::code::SheetId;
use crate::transcript::status::{Decision, Status, StatusClaims, TransferTarget};
use crate::transcript::strict::Extensions;
use crate::transcript::time::{Day, Moment};

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decider {
    /// One of [`World::current`].
    Province(usize),
    /// The ministry.
    Ministry,
}

impl Decider {
    fn key(self, world: &World) -> PrivateKey {
        match self {
            Self::Province(current) => world.current_key(current),
            Self::Ministry => world.root_key(),
        }
    }

    fn decision(self, world: &World, number: u64, at: Moment) -> Result<Decision, SynthFault> {
        let (sign, body) = match self {
            Self::Province(current) => {
                ("QĐ-SGDĐT", format!("Sở Giáo dục và Đào tạo {}", world.current[current].province.name))
            }
            Self::Ministry => ("QĐ-BGDĐT", "Bộ Giáo dục và Đào tạo".to_owned()),
        };
        Ok(Decision {
            number: text(format!("{}/{sign}", 1000 + number % 2000))?,
            date: Day::from(at.date_in_vietnam()),
            body: text(body)?,
        })
    }
}

/// A status before it is signed.
pub(super) fn claims(
    world: &World,
    learner: &Learner,
    last: &Stay,
    status: Status,
    nth: i64,
    decider: Decider,
) -> Result<StatusClaims, SynthFault> {
    let at = world.status_at(learner.number, nth)?;
    Ok(StatusClaims {
        version: 1,
        status,
        code: learner.code(world, last.school.level),
        sheet: None,
        effective_at: at,
        decision: decider.decision(world, learner.number, at)?,
        replacement: None,
        identity_corrected: false,
        to: None,
        extensions: Extensions::default(),
    })
}

/// Signs a status.
pub(super) fn sign_status(world: &World, claims: &StatusClaims, by: Decider) -> Result<Jws, SynthFault> {
    sign(ObjectType::Status, claims, &by.key(world))
}

/// The lines a fate brings, in order; those of the ministry only when `by` is the ministry.
pub(super) fn lines(
    world: &World,
    learner: &Learner,
    stays: &[Stay],
    desk: Option<&SchoolDesk>,
    by: Decider,
    min_bytes: usize,
) -> Result<Vec<Jws>, SynthFault> {
    let Some(last) = stays.last() else { return Ok(Vec::new()) };
    let fate = learner.fate(world, stays);
    let booklet = || stays.iter().filter(|s| s.school.level == last.school.level);
    let sheet = |stay: &Stay| learner.sheet(world, stay.year, 0);
    let whole = |status, nth| claims(world, learner, last, status, nth, by);
    let one =
        |status, nth, sheet: SheetId| Ok::<_, SynthFault>(StatusClaims { sheet: Some(sheet), ..whole(status, nth)? });
    let ministry = matches!(fate, Fate::MinistrySuspended | Fate::MinistryReleased);
    if ministry != (by == Decider::Ministry) {
        return Ok(Vec::new());
    }
    let statuses = match fate {
        Fate::None | Fate::NotInForce => Vec::new(),
        Fate::Withdrawn => vec![whole(Status::Withdrawn, 0)?],
        Fate::WithdrawnEach => {
            let each = booklet().enumerate().map(|(i, s)| one(Status::Withdrawn, i as i64, sheet(s)));
            each.collect::<Result<_, _>>()?
        }
        Fate::PartlyWithdrawn => {
            booklet().take(1).map(|s| one(Status::Withdrawn, 0, sheet(s))).collect::<Result<_, _>>()?
        }
        Fate::Suspended | Fate::MinistrySuspended => vec![whole(Status::Suspended, 0)?],
        Fate::SuspendedYear => vec![one(Status::Suspended, 0, sheet(last))?],
        Fate::Released | Fate::MinistryReleased => vec![whole(Status::Suspended, 0)?, whole(Status::Released, 1)?],
        Fate::Erased => vec![whole(Status::Erased, 0)?],
        Fate::Replaced(identity_corrected) => {
            let replacement = Some(learner.sheet(world, last.year, 1));
            let status = one(Status::Replaced, 0, sheet(last))?;
            vec![StatusClaims { replacement, identity_corrected, ..status }]
        }
    };
    let mut lines = statuses.iter().map(|s| sign_status(world, s, by)).collect::<Result<Vec<_>, _>>()?;
    // A replacement and its new sheet are neighbours: they commit together or not at all.
    if let (Fate::Replaced(_), Some(desk)) = (fate, desk) {
        lines.push(sheets::draft(world, learner, stays, last, desk, Revision::Replacement, min_bytes)?.sign(desk)?);
    }
    Ok(lines)
}

/// The transfer of a learner's last booklet to the province of an old province.
pub(super) fn transfer(
    world: &World,
    learner: &Learner,
    stay: &Stay,
    to_old: usize,
    nth: i64,
) -> Result<Jws, SynthFault> {
    let from = Decider::Province(world.current_of(stay.school));
    // The province of today: nothing can be transferred to one that is no more.
    let province = world.current[world.old[to_old].current].province.clone();
    let status = claims(world, learner, stay, Status::Transferred, nth, from)?;
    sign_status(world, &StatusClaims { to: Some(TransferTarget { province, school: None }), ..status }, from)
}

/// The sample of a learner's last booklet.
pub(super) fn sample(world: &World, learner: &Learner) -> Result<Option<Sample>, SynthFault> {
    let stays = learner.stays(world);
    let Some(last) = stays.last() else { return Ok(None) };
    let fate = learner.fate(world, &stays);
    let expected_verdict = match fate {
        Fate::Withdrawn | Fate::WithdrawnEach => ExpectedVerdict::Withdrawn,
        Fate::PartlyWithdrawn => ExpectedVerdict::PartlyWithdrawn,
        Fate::Suspended | Fate::SuspendedYear | Fate::MinistrySuspended => ExpectedVerdict::Suspended,
        Fate::Erased => ExpectedVerdict::Erased,
        Fate::NotInForce => ExpectedVerdict::NotInForce,
        Fate::None | Fate::Replaced(_) | Fate::Released | Fate::MinistryReleased => ExpectedVerdict::Valid,
    };
    let level = last.school.level;
    Ok(Some(Sample {
        code: learner.code(world, level),
        date_of_birth: sheets::birth(learner.birth, learner.precision)?,
        full_name: learner.name.clone(),
        personal_id: sheets::number_of(world, learner)?.0,
        expected_verdict,
        level: level.slug(),
        school_years: stays.iter().filter(|s| s.school.level == level).map(|s| world.years[s.year]).collect(),
    }))
}
