//! What a copy may hold. Checked before a line is typeset, because time and memory grow with it.

use std::collections::HashSet;

use serde_json::Value;

use super::{Attachment, PrintFault};
use crate::transcript::copy;

/// Most sheets of a booklet, as in a copy's id. The longest level has seven grades, and some years are there twice.
pub const MAX_SHEETS: usize = copy::MAX_SHEETS;
/// Most rows of all tables and lists together: seven years with thirteen subjects, each with remark and teacher, take 350;
/// all of them replaced once, twice that.
pub const MAX_ROWS: usize = 1000;
/// Most text, in bytes: seven years in which every subject has a remark as long as the dictionary allows.
pub const MAX_TEXT: usize = 512 * 1024;
/// Most files to attach: each sheet with its evidence.
pub const MAX_ATTACHMENTS: usize = 2 * MAX_SHEETS + 4;
/// Most bytes of files to attach: copies that people upload to be checked have 8 MB at most.
pub const MAX_ATTACHED: usize = 6 << 20;
/// Longest name of a file.
const MAX_NAME: usize = 100;

/// Files with plain names of their own, within bounds.
pub(super) fn check_attachments(attachments: &[Attachment]) -> Result<(), PrintFault> {
    if attachments.len() > MAX_ATTACHMENTS {
        return Err(PrintFault::TooManyAttachments);
    }
    if attachments.iter().map(|a| a.bytes.len()).sum::<usize>() > MAX_ATTACHED {
        return Err(PrintFault::AttachmentsTooLarge);
    }
    let mut seen = HashSet::new();
    match attachments.iter().all(|a| is_plain(&a.name) && seen.insert(a.name.as_str())) {
        true => Ok(()),
        false => Err(PrintFault::AttachmentName),
    }
}

/// A name that means the same in every file system and cannot climb out of a folder.
fn is_plain(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(allowed) && !name.starts_with('.')
}

/// Rows and text of everything the templates read.
pub(super) fn check_data(data: &Value) -> Result<(), PrintFault> {
    let mut size = Size::default();
    size.add(data);
    match size {
        Size { rows, .. } if rows > MAX_ROWS => Err(PrintFault::TooManyRows),
        Size { text, .. } if text > MAX_TEXT => Err(PrintFault::TooMuchText),
        _ => Ok(()),
    }
}

#[derive(Default)]
struct Size {
    rows: usize,
    text: usize,
}

impl Size {
    /// A row is an object in a list; the bars of QR codes are lists of numbers.
    fn add(&mut self, data: &Value) {
        match data {
            Value::String(text) => self.text += text.len(),
            Value::Array(items) => {
                self.rows += items.iter().filter(|item| item.is_object()).count();
                items.iter().for_each(|item| self.add(item));
            }
            Value::Object(members) => members.values().for_each(|member| self.add(member)),
            _ => {}
        }
    }
}
