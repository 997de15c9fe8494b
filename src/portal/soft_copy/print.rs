//! From a copy that is written down to the file: typeset, with its attachments, then signed.

use std::sync::Arc;

use serde_json::json;

use super::issue::Order;
use super::{EVIDENCE, GUIDE, PrintedSheet, SUMMARY, Summary};
use crate::portal::answer::SheetVerdict;
use crate::portal::disclose::DisclosedSheet;
use crate::signing::certificates::{StampTrust, Timestamper};
use crate::soft_copy::pades::{self, DocumentSigner, Particulars, SignFault, Stamping};
use crate::soft_copy::printed::{self, Attachment, PrintFault, PrintedTranscript, Relation, Standing};
use crate::soft_copy::read_back::PinnedSigners;
use crate::transcript::time::{Day, Moment};

/// The system that stores the original, as copies name it (Law on E-transactions 20/2023, art. 12 §2).
pub const SYSTEM: &str = "Cổng tra cứu học bạ";

/// Why no file came of it.
#[derive(Debug, thiserror::Error)]
pub enum PrintRefusal {
    /// No key signs here.
    #[error("no key signs soft copies here")]
    NoSigner,
    /// It could not be typeset.
    #[error(transparent)]
    Form(#[from] PrintFault),
    /// It could not be signed.
    #[error(transparent)]
    Signature(#[from] SignFault),
    /// An attachment could not be written.
    #[error("an attachment could not be written")]
    Attachment,
}

/// Who gives timestamps, and whether copies wait for them.
pub struct Clockwork {
    /// The authority.
    pub authority: Arc<dyn Timestamper>,
    /// Without a timestamp there is no copy.
    pub is_required: bool,
}

/// What copies are printed, signed and recognised with.
pub struct PrintShop {
    /// Signs; None where copies are only recognised.
    pub signer: Option<Arc<dyn DocumentSigner>>,
    /// Whose copies are ours.
    pub pinned: PinnedSigners,
    /// Timestamps, where there are any.
    pub clock: Option<Clockwork>,
    /// Whose timestamps count on copies that are handed in.
    pub stamps: Arc<StampTrust>,
    /// Owner of the system (cơ quan chủ quản).
    pub owner: String,
    /// The portal's public address.
    pub public_url: String,
    /// Why copies are signed, as viewers show it.
    pub reason: String,
    /// Where.
    pub location: String,
}

impl PrintShop {
    /// The signed file. Takes a processor for a tenth of a second or so, and waits for the timestamp where there is one.
    ///
    /// # Errors
    /// [`PrintRefusal`].
    pub fn print(&self, order: &Order) -> Result<Vec<u8>, PrintRefusal> {
        if self.signer.is_none() {
            return Err(PrintRefusal::NoSigner);
        }
        let rendered = printed::render(&self.transcript(order, &sheets(order))?, attachments(order)?)?;
        if !rendered.substituted.is_empty() {
            // Characters alone name nobody, and are missing from a typeface for everybody.
            tracing::warn!(characters = ?rendered.substituted, "a soft copy needed another typeface");
        }
        self.sign(&rendered.pdf, order.issued_at)
    }

    /// Signs a PDF that was typeset here, at a moment in whole seconds.
    ///
    /// # Errors
    /// [`PrintRefusal`].
    pub fn sign(&self, pdf: &[u8], at: Moment) -> Result<Vec<u8>, PrintRefusal> {
        let signer = self.signer.as_deref().ok_or(PrintRefusal::NoSigner)?;
        let name = format!("{SYSTEM} - {}", self.owner);
        let particulars = Particulars { at, name: &name, reason: &self.reason, location: &self.location };
        let signed = pades::sign(pdf, &particulars, signer, self.stamping())?;
        if let Some(fault) = signed.unstamped {
            tracing::warn!(%fault, "a PDF was issued without a timestamp");
        }
        Ok(signed.bytes)
    }

    fn transcript<'a>(
        &'a self,
        order: &'a Order,
        sheets: &'a [printed::PrintedSheet<'a>],
    ) -> Result<PrintedTranscript<'a>, PrintRefusal> {
        let newest = order.sheets.last().ok_or(PrintRefusal::Attachment)?;
        Ok(PrintedTranscript {
            code: order.code,
            level: newest.claims.level,
            sheets,
            system: SYSTEM,
            owner: &self.owner,
            public_url: &self.public_url,
            issued_at: order.issued_at,
            token: order.token.as_deref(),
            converter: None,
            extract: order.extract,
        })
    }

    /// Whether copies get a timestamp, and from whom.
    pub fn stamping(&self) -> Stamping<'_> {
        match &self.clock {
            None => Stamping::None,
            Some(Clockwork { authority, is_required: true }) => Stamping::Required(&**authority),
            Some(Clockwork { authority, is_required: false }) => Stamping::Wanted(&**authority),
        }
    }
}

impl std::fmt::Debug for PrintShop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrintShop").field("signs", &self.signer.is_some()).finish_non_exhaustive()
    }
}

fn sheets(order: &Order) -> Vec<printed::PrintedSheet<'_>> {
    let printed = |sheet: &'_ DisclosedSheet| standing(order, sheet);
    let all = order.sheets.iter();
    all.map(|s| printed::PrintedSheet { claims: &s.claims, contents: &s.contents, standing: printed(s) }).collect()
}

fn standing(order: &Order, sheet: &DisclosedSheet) -> Standing {
    let lines = order.answer["sheets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let line = lines.iter().find(|line| line["leaf_index"] == sheet.leaf_index);
    let day = |name: &str| line.and_then(|line| Day::parse(line[name].as_str()?));
    match sheet.verdict {
        SheetVerdict::Withdrawn | SheetVerdict::Erased => Standing::Withdrawn(day("withdrawn_on")),
        SheetVerdict::Replaced => Standing::Replaced(day("replaced_on")),
        SheetVerdict::Suspended | SheetVerdict::Unchecked => Standing::Suspended(day("suspended_on")),
        SheetVerdict::NotInForce => Standing::NotInForce,
        SheetVerdict::Valid => Standing::InForce,
    }
}

fn summary(order: &Order) -> Summary {
    let on_record = order.answer["sheets"].as_array().map_or(0, Vec::len);
    let printed = |s: &DisclosedSheet| PrintedSheet {
        school_year: s.claims.school_year,
        leaf_index: s.leaf_index,
        verdict: s.verdict,
    };
    Summary {
        code: order.code,
        issued_at: order.issued_at,
        extract: order.extract,
        whole: on_record == order.sheets.len(),
        sheets: order.sheets.iter().map(printed).collect(),
    }
}

/// The signed sheets with the disclosures that are printed, the evidence, and how to check both.
fn attachments(order: &Order) -> Result<Vec<Attachment>, PrintRefusal> {
    let json = |value: &serde_json::Value| serde_json::to_vec_pretty(value).map_err(|_| PrintRefusal::Attachment);
    let evidence: Vec<_> = order.sheets.iter().filter_map(|sheet| sheet.evidence.as_ref()).collect();
    let mut all = vec![
        attachment(
            SUMMARY,
            "Nội dung bản mềm này được lập từ đâu",
            "application/json",
            Relation::Data,
            serde_json::to_vec_pretty(&summary(order)).map_err(|_| PrintRefusal::Attachment)?,
        ),
        attachment(
            EVIDENCE,
            "Bằng chứng: chữ ký của cơ sở giáo dục, gói của Sở, vị trí trong sổ ghi nhận",
            "application/json",
            Relation::Supplement,
            json(&json!({ "verdict": order.answer, "evidence": evidence }))?,
        ),
        attachment(
            GUIDE,
            "Cách tự kiểm tra bản mềm này",
            "text/plain",
            Relation::Supplement,
            guide(order).into_bytes(),
        ),
    ];
    for sheet in &order.sheets {
        let Some(evidence) = &sheet.evidence else { continue };
        let name = format!("hoc-ba-{}-{}.jws.json", sheet.claims.school_year, sheet.leaf_index);
        let signed = evidence.sheet.jws.get().as_bytes().to_vec();
        let what = format!("Học bạ năm học {} do cơ sở giáo dục ký", sheet.claims.school_year);
        all.push(attachment(&name, &what, "application/json", Relation::Source, signed));
    }
    Ok(all)
}

/// A file inside a copy.
pub fn attachment(name: &str, description: &str, media_type: &str, relation: Relation, bytes: Vec<u8>) -> Attachment {
    Attachment {
        name: name.to_owned(),
        description: description.to_owned(),
        media_type: media_type.to_owned(),
        relation,
        bytes,
    }
}

fn guide(order: &Order) -> String {
    include_str!("cach-kiem-tra.txt").replace("{MÃ}", &order.code.to_string())
}
