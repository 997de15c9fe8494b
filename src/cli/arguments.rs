//! Values of arguments that several commands take.

use clap::Args;
use jiff::civil::Date;

use crate::journal::Reason;
use crate::transcript::level::Level;
use crate::transcript::province::{ProvinceCode, ProvinceId, ProvinceRef};
use crate::transcript::text::Text;
use crate::transcript::time::{Day, Moment};

/// Who makes a change, and why; stands in the journal with it.
#[derive(Debug, Args)]
pub(super) struct By {
    /// Your name, for the journal
    #[arg(long, value_name = "NAME", value_parser = text::<200>)]
    pub(super) by: Text<200>,
    /// Why, for the journal: the letter, decision or contract it follows from
    #[arg(long, value_name = "TEXT", value_parser = text::<300>)]
    pub(super) reason: Reason,
}

const PROVINCE_FORM: &str = "expected CODE:VINTAGE:NAME, for example 22:2025-07-01:\"Quảng Ninh\"";

/// `22:2025-07-01:Quảng Ninh`
pub(super) fn province(text: &str) -> Result<ProvinceRef, String> {
    let (id, name) = text.rsplit_once(':').ok_or(PROVINCE_FORM)?;
    let id = province_id(id).map_err(|_| PROVINCE_FORM)?;
    let name = Text::new(name).map_err(|e| e.to_string())?;
    Ok(ProvinceRef { code: id.code, vintage: id.vintage, name })
}

/// `22:2025-07-01`
pub(super) fn province_id(text: &str) -> Result<ProvinceId, String> {
    let parsed = text.split_once(':').and_then(|(code, vintage)| {
        Some(ProvinceId { code: ProvinceCode::parse(code)?, vintage: Day::parse(vintage)? })
    });
    parsed.ok_or_else(|| "expected CODE:VINTAGE, for example 22:2025-07-01".into())
}

/// A dictionary code (`03`) or a name (`thcs`).
pub(super) fn level(text: &str) -> Result<Level, String> {
    let matches = |l: &Level| l.slug() == text || format!("{:02}", l.number()) == text;
    Level::ALL
        .into_iter()
        .find(matches)
        .ok_or_else(|| "expected 02 (tieu_hoc), 03 (thcs), 04 (thpt) or 05 (gdtx)".into())
}

/// An RFC 3339 time, or a date, which means its first second in Vietnam.
pub(super) fn moment_from(text: &str) -> Result<Moment, String> {
    moment(text, Moment::start_of_day_in_vietnam)
}

/// An RFC 3339 time, or a date, which means its last second in Vietnam.
pub(super) fn moment_to(text: &str) -> Result<Moment, String> {
    moment(text, |date| {
        let next = Moment::start_of_day_in_vietnam(date.tomorrow().ok()?)?;
        Moment::from_millis(next.as_millis() - 1000)
    })
}

fn moment(text: &str, of_day: impl Fn(Date) -> Option<Moment>) -> Result<Moment, String> {
    Moment::parse(text)
        .or_else(|| Day::parse(text).and_then(|day| of_day(day.date())))
        .ok_or_else(|| "expected a time such as 2026-06-25T10:00:00+07:00, or a date such as 2026-06-25".into())
}

/// Now, in whole seconds.
pub(super) fn now() -> Moment {
    let now = jiff::Timestamp::now();
    Moment::from_millis(now.as_second() * 1000).unwrap_or_else(|| now.into())
}

/// Any checked text.
pub(super) fn text<const MAX: usize>(text: &str) -> Result<Text<MAX>, String> {
    Text::new(text).map_err(|e| e.to_string())
}
