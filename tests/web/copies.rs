//! Copies and receipts as the portal would give them, for pages and routes.

use hocba::portal::answer::Verdict;
use hocba::portal::verification::{Basis, Judged, KeepRefusal, Kept, Now, Stated};
use hocba::transcript::time::SchoolYear;
use hocba::transcript::{CopyId, GroupSet, Moment, TranscriptCode};
use hocba::web::backend::{CopyMade, JudgedReceipt, OpenCopy, Opening, ShareRefusal, Void};

use super::fixtures::{CODE, TICKET, UNCHECKED, answers, code, leaf, now};

/// A receipt that is genuine.
pub(super) const GENUINE: &str = r#"{"payload":"genuine"}"#;
/// A receipt that somebody has changed.
pub(super) const ALTERED: &str = r#"{"payload":"altered"}"#;

/// A copy that was made before.
pub(super) fn open_copy() -> OpenCopy {
    OpenCopy {
        copy: CopyId::new(GroupSet::BIRTH_DATE, &[0], [7; 14]).unwrap(),
        issued_at: now(),
        expires_at: Moment::parse("2027-05-22T00:00:00+07:00").unwrap(),
        years: vec![SchoolYear::starting(2022).unwrap()],
    }
}

/// As a birth date opens it, with a copy that was made before.
pub(super) fn opening() -> Opening {
    let copies = Some(vec![open_copy()]);
    Opening::BirthDate { ticket: Some(TICKET.into()), shareable: vec![leaf(2022)], copies }
}

/// A copy that was made just now.
pub(super) fn made() -> CopyMade {
    let url = format!("HTTPS://HOCBA.VN/V/{}#1.{}", CODE.to_uppercase(), "Q7".repeat(140));
    CopyMade { token: "1.Q7".into(), url, copy: open_copy(), groups: GroupSet::BIRTH_DATE }
}

/// What a receipt states.
pub(super) fn stated() -> Stated {
    Stated {
        code: code(),
        verdict: "valid".into(),
        issued_at: now(),
        basis: Basis::BirthDate,
        portal: "https://hocba.vn".into(),
        ledger_size: 1000,
        root_hash: "A".repeat(44),
        checkpoint_time: Some(now()),
        answer: serde_json::to_value(&answers()[0].1).unwrap(),
    }
}

/// Makes a copy where a page was opened and a year chosen.
pub(super) fn share(ticket: &str, leaves: &[u64]) -> Result<CopyMade, ShareRefusal> {
    match (ticket, leaves) {
        (TICKET, []) => Err(ShareRefusal::NothingChosen),
        (TICKET, _) => Ok(made()),
        _ => Err(ShareRefusal::TicketNotValid),
    }
}

/// Voids where a page was opened, or with the one token that there is.
pub(super) fn void(which: &Void) -> Result<(), ShareRefusal> {
    match which {
        Void::OfToken(token) if token == "good" => Ok(()),
        Void::OfToken(_) => Err(ShareRefusal::NotACopy),
        Void::One { ticket, .. } | Void::All { ticket } if ticket == TICKET => Ok(()),
        Void::One { .. } | Void::All { .. } => Err(ShareRefusal::TicketNotValid),
    }
}

/// Gives a receipt of everything that could be checked.
pub(super) fn keep(code: &TranscriptCode) -> Result<Kept, KeepRefusal> {
    match code.to_string().as_str() {
        UNCHECKED => Err(KeepRefusal::Unavailable),
        _ => Ok(Kept { jws: GENUINE.into(), stated: stated() }),
    }
}

/// Knows two receipts.
pub(super) fn judge(json: &[u8]) -> JudgedReceipt {
    let (receipt, now) = match json {
        _ if json == GENUINE.as_bytes() => {
            let now = Now { verdict: Verdict::Valid, is_same_ledger: Some(true) };
            (Judged::Genuine(Box::new(stated())), Some(now))
        }
        _ if json == ALTERED.as_bytes() => (Judged::Altered, None),
        _ => (Judged::Unreadable, None),
    };
    JudgedReceipt { receipt, now }
}
