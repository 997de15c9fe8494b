//! Page numbers, laid over finished pages.
//!
//! A page that asks for its own number makes the typesetter lay the whole document out a second time, only to learn
//! how many pages there are. So the numbers are a form of their own (`forms/so-trang.typ`), typeset once for each count
//! of pages. They say nothing of a learner and are kept.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::json;
use typst::diag::Warned;
use typst::layout::{Frame, Point};
use typst::model::Document as _;
use typst_layout::PagedDocument;

use super::PrintFault;
use super::world::{Desk, Form};

/// Counts up to here are kept: every ordinary copy. Beyond, they are typeset anew.
const KEPT_PAGES: usize = 32;

/// A frame for each page.
type Numbers = Vec<Frame>;

static KEPT: LazyLock<Mutex<HashMap<(Form, usize), Numbers>>> = LazyLock::new(Mutex::default);

/// The same pages, numbered.
pub(super) fn number(form: Form, document: &PagedDocument) -> Result<PagedDocument, PrintFault> {
    let numbers = numbers(form, document.pages().len())?;
    let numbered = document.pages().iter().zip(numbers).map(|(page, number)| {
        let mut page = page.clone();
        page.frame.push_frame(Point::zero(), number);
        page
    });
    Ok(PagedDocument::new(numbered.collect(), document.info().clone()))
}

fn numbers(form: Form, pages: usize) -> Result<Numbers, PrintFault> {
    // A thread that fell over while it held the map left it whole: entries are put in ready.
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(numbers) = kept().get(&(form, pages)) {
        return Ok(numbers.clone());
    }
    let numbers = typeset(form, pages)?;
    if pages <= KEPT_PAGES {
        kept().insert((form, pages), numbers.clone());
    }
    Ok(numbers)
}

fn typeset(form: Form, pages: usize) -> Result<Numbers, PrintFault> {
    let data = serde_json::to_vec(&json!({ "mau": form.name(), "tong": pages })).map_err(|_| PrintFault::Data)?;
    let desk = Desk::new(Form::PageNumbers, data, None, Vec::new());
    let Warned { output, warnings: _ } = typst::compile::<PagedDocument>(&desk);
    let document = output.map_err(|faults| PrintFault::form(&desk, &faults))?;
    Ok(document.pages().iter().map(|page| page.frame.clone()).collect())
}
