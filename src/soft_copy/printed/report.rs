//! What the template of a batch's report reads: the file `bao-cao.json`.

use serde_json::{Value, json};

use super::data::{attached, moment};
use super::{Attachment, PrintFault};
use crate::transcript::Moment;

/// The report of a batch (báo cáo kiểm tra hàng loạt).
#[derive(Debug, Clone, Copy)]
pub struct BatchReport<'a> {
    /// Its number.
    pub batch: &'a str,
    /// The system that made it.
    pub system: &'a str,
    /// Who owns the system.
    pub owner: &'a str,
    /// The portal's public address.
    pub public_url: &'a str,
    /// For which office.
    pub office: &'a str,
    /// By whom.
    pub by: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// The name of the file that was handed in.
    pub file: &'a str,
    /// Its SHA-256 in hexadecimal digits.
    pub digest: &'a str,
    /// How many rows it has.
    pub rows: u64,
    /// How many of them were looked up.
    pub done: u64,
    /// When the first and the last of them were.
    pub checked: (Moment, Moment),
    /// The positions of the ledger that the first and the last reflect, and the root at the last, base64.
    pub ledger: (u64, u64, &'a str),
    /// When the report is made.
    pub made_at: Moment,
    /// How many rows came to what.
    pub counts: &'a [(&'a str, u64)],
    /// The rows that are printed.
    pub printed: &'a [ReportRow<'a>],
    /// Whether these are all that were looked up.
    pub is_whole: bool,
}

/// One printed row.
#[derive(Debug, Clone)]
pub struct ReportRow<'a> {
    /// Its number in the file.
    pub row: u32,
    /// The code, in groups; nothing where there is none.
    pub code: String,
    /// What it comes to.
    pub conclusion: &'a str,
    /// Why.
    pub reason: String,
}

impl BatchReport<'_> {
    pub(super) fn data(&self, attachments: &[Attachment]) -> Result<Value, PrintFault> {
        let row = |row: &ReportRow<'_>| json!({ "dong": row.row, "ma": row.code, "ket_luan": row.conclusion, "giai_thich": row.reason });
        Ok(json!({
            "ma": self.batch,
            "he_thong": self.system,
            "chu_quan": self.owner,
            "dia_chi": self.public_url,
            "don_vi": self.office,
            "nguoi": self.by,
            "muc_dich": self.purpose,
            "tep": self.file,
            "sha256": self.digest,
            "tong": self.rows,
            "xong": self.done,
            "tu": moment(self.checked.0),
            "den": moment(self.checked.1),
            "so_cai_tu": self.ledger.0,
            "so_cai_den": self.ledger.1,
            "goc": self.ledger.2,
            "lap_luc": moment(self.made_at),
            "in_het": self.is_whole,
            "dem": self.counts.iter().map(|(name, count)| json!({ "ket_luan": name, "so": count })).collect::<Vec<_>>(),
            "dong": self.printed.iter().map(row).collect::<Vec<_>>(),
            "dinh_kem": attachments.iter().enumerate().map(|(place, a)| attached(place, a)).collect::<Vec<_>>(),
        }))
    }
}
