//! What the templates read: the file `hoc-ba.json`. The groups of each sheet keep the field names of the national data
//! dictionary; what stands beside them is named in Vietnamese, for those who edit the forms. `docs/soft-copy.md` has
//! the list.

use serde::Serialize;
use serde_json::{Value, json};

use super::world::{Picture, attachment_path};
use super::{Attachment, PrintFault, PrintedSheet, PrintedTranscript, Relation, Standing, limits};
use crate::soft_copy::qr::Qr;
use crate::soft_copy::url;
use crate::transcript::contents::{Contents, Results, StudyYear};
use crate::transcript::time::Day;
use crate::transcript::{Moment, SchoolYear, ethnicity};

/// Pixels of a module in the QR of pages: enough for viewers that blur pictures when they enlarge them.
const PIXELS: i32 = 4;

/// The whole file, and the picture of the QR of pages.
pub(super) fn of(
    transcript: &PrintedTranscript<'_>,
    attachments: &[Attachment],
) -> Result<(Value, Picture), PrintFault> {
    let sheets: Vec<&PrintedSheet<'_>> = transcript
        .sheets
        .iter()
        .filter(|sheet| transcript.extract.is_none_or(|year| sheet.claims.school_year == year))
        .collect();
    if sheets.len() > limits::MAX_SHEETS {
        return Err(PrintFault::TooManySheets);
    }
    let newest = newest(&sheets).ok_or(PrintFault::NoSheet)?;
    let code = transcript.code.to_string();
    let address = url::of_code(transcript.public_url, &transcript.code);
    let page_qr = Qr::of(&address)?;
    let cover = transcript
        .token
        .map_or_else(|| address.clone(), |token| url::with_token(transcript.public_url, &transcript.code, token));
    let data = json!({
        "ma": code,
        "ma_nhom": groups_of_four(&code),
        "cap": transcript.level.slug(),
        "he_thong": transcript.system,
        "chu_quan": transcript.owner,
        "dia_chi": transcript.public_url,
        "xuat_luc": moment(transcript.issued_at),
        "trich_luc": transcript.extract,
        "co_ma_mo": transcript.token.is_some(),
        "qr_trang": page_qr.side() * PIXELS,
        "qr_bia": qr(&cover)?,
        "chuyen_doi": transcript.converter.map(|by| json!({
            "co_quan": by.body,
            "nguoi": by.person,
            "luc": moment(by.at),
            "luc_iso": by.at,
        })),
        "hoc_sinh": learner(newest)?,
        "qua_trinh": history(&sheets),
        "nam": sheets.iter().map(|sheet| year(sheet)).collect::<Result<Vec<_>, _>>()?,
        "dinh_kem": attachments.iter().enumerate().map(|(i, a)| attached(i, a)).collect::<Vec<_>>(),
    });
    Ok((data, Picture(page_qr.pixels(PIXELS))))
}

/// The sheet whose facts about the learner count: the newest in force, else the newest.
fn newest<'a, 's>(sheets: &[&'s PrintedSheet<'a>]) -> Option<&'s PrintedSheet<'a>> {
    let in_force = sheets.iter().rfind(|sheet| sheet.standing == Standing::InForce);
    in_force.or(sheets.last()).copied()
}

fn groups_of_four(code: &str) -> Vec<&str> {
    (0..code.len()).step_by(4).filter_map(|from| code.get(from..from + 4)).collect()
}

/// `14:05:09 ngày 28/11/2026`; the templates say which time zone.
pub(super) fn moment(at: Moment) -> String {
    let day = Day::from(at.date_in_vietnam()).to_vietnamese();
    let written = at.to_vietnam_rfc3339();
    format!("{} ngày {day}", written.get(11..19).unwrap_or_default())
}

/// Modules along one side, and the dark bars: column, row, length.
pub(super) fn qr(text: &str) -> Result<Value, PrintFault> {
    let qr = Qr::of(text)?;
    Ok(json!({ "canh": qr.side(), "vach": qr.bars() }))
}

fn written<T: Serialize>(value: &T) -> Result<Value, PrintFault> {
    serde_json::to_value(value).map_err(|_| PrintFault::Data)
}

/// The facts about the learner, and what stands on the cover.
fn learner(sheet: &PrintedSheet<'_>) -> Result<Value, PrintFault> {
    let mut groups = written(&Contents { results: None, comments: None, staff_ids: None, ..sheet.contents.clone() })?;
    groups["tinh"] = written(&sheet.claims.province.name)?;
    if let Some(origin) = &sheet.contents.origin {
        groups["ten_dan_toc"] = json!(ethnicity::of_code(origin.ethnicity.as_str()));
    }
    Ok(groups)
}

/// One year of *Quá trình học tập*.
#[derive(Serialize)]
struct Stay {
    namhoc: SchoolYear,
    tenlop: String,
    tentruong: String,
    tentinh: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ngaytrangthaichuyenden: Option<Day>,
}

/// *Quá trình học tập*: the earlier years as the newest sheet tells them, and the years that are printed and count.
fn history(sheets: &[&PrintedSheet<'_>]) -> Vec<Stay> {
    let told = sheets.iter().rev().filter_map(|sheet| sheet.contents.results.as_ref()).map(Results::history);
    let told = told.into_iter().find(|years| !years.is_empty()).unwrap_or_default();
    let mut stays: Vec<Stay> = told.iter().map(earlier).collect();
    for sheet in sheets.iter().filter(|sheet| counts(sheet.standing)) {
        let missing = stays.iter().all(|stay| stay.namhoc != sheet.claims.school_year);
        if let Some(staff) = sheet.contents.staff.as_ref().filter(|_| missing) {
            stays.push(Stay {
                namhoc: sheet.claims.school_year,
                tenlop: staff.class.to_string(),
                tentruong: staff.school_name.to_string(),
                tentinh: sheet.claims.province.name.to_string(),
                ngaytrangthaichuyenden: None,
            });
        }
    }
    stays.sort_by_key(|stay| stay.namhoc);
    stays
}

fn earlier(year: &StudyYear) -> Stay {
    Stay {
        namhoc: year.school_year,
        tenlop: year.class.to_string(),
        tentruong: year.school.to_string(),
        tentinh: year.province.to_string(),
        ngaytrangthaichuyenden: year.transferred_in,
    }
}

/// Years that were withdrawn or replaced are no part of where somebody studied.
const fn counts(standing: Standing) -> bool {
    !matches!(standing, Standing::Withdrawn(_) | Standing::Replaced(_))
}

fn year(sheet: &PrintedSheet<'_>) -> Result<Value, PrintFault> {
    let (claims, contents) = (sheet.claims, sheet.contents);
    let (standing, day) = match sheet.standing {
        Standing::InForce => ("co_hieu_luc", None),
        Standing::Withdrawn(on) => ("thu_hoi", on),
        Standing::Replaced(on) => ("thay_the", on),
        Standing::Suspended(since) => ("ra_soat", since),
        Standing::NotInForce => ("chua_hieu_luc", Some(claims.effective_from)),
    };
    Ok(json!({
        "nam_hoc": claims.school_year,
        "khoi": claims.grade.number(),
        "thong_tu": claims.circular,
        "tinh": claims.province.name,
        "hieu_luc_tu": claims.effective_from,
        "tu_ban_giay": claims.trichluc,
        "tinh_trang": standing,
        "tinh_trang_ngay": day,
        "mau": form(contents),
        "noi_dung": written(contents)?,
    }))
}

/// Which form a year's results have; None when they were not opened, or when there are none.
fn form(contents: &Contents) -> Option<&'static str> {
    match contents.results.as_ref()? {
        results if results.is_blank() => Some("trong"),
        Results::Primary(_) => Some("tieu_hoc"),
        Results::Secondary(_) => Some("trung_hoc"),
        Results::Older(_) => Some("cu"),
    }
}

pub(super) fn attached(place: usize, attachment: &Attachment) -> Value {
    let relation = match attachment.relation {
        Relation::Source => "source",
        Relation::Data => "data",
        Relation::Supplement => "supplement",
    };
    json!({
        "ten": attachment.name,
        "tep": attachment_path(place),
        "mo_ta": attachment.description,
        "kieu": attachment.media_type,
        "quan_he": relation,
    })
}
