//! Words of the scan page, the counter and the rule for printing QR codes.

use super::Notice;

/// The scan page.
#[derive(Debug, Clone, Copy)]
pub struct Scan {
    /// Heading, and what links to the page say.
    pub title: &'static str,
    /// What the page does, and that pictures stay on the device.
    pub lead: &'static str,
    /// Where scripts do not run: the phone's own camera.
    pub without_script: Notice,
    /// Heading of the typed field.
    pub type_title: &'static str,
    /// What may be typed or pasted.
    pub type_hint: &'static str,
    /// Camera and pictures.
    pub tools: Tools,
    /// What came of a picture.
    pub said: Said,
    /// Leads to the counter.
    pub to_counter: &'static str,
    /// Names the decoder and its licence.
    pub decoder: &'static str,
    /// How QR codes are printed.
    pub rule: PrintingRule,
}

/// Camera and pictures, on the scan page and at the counter.
#[derive(Debug, Clone, Copy)]
pub struct Tools {
    /// Starts the camera.
    pub start: &'static str,
    /// Stops it.
    pub stop: &'static str,
    /// Its light.
    pub torch: &'static str,
    /// Names the camera's picture to screen readers.
    pub viewfinder: &'static str,
    /// How to hold the paper.
    pub aim: &'static str,
    /// Takes a photo with the phone's own camera.
    pub take_photo: &'static str,
    /// Chooses a file.
    pub choose_photo: &'static str,
    /// A picture may be dropped or pasted.
    pub drop: &'static str,
}

/// What the page says about the camera and about what was read.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// The browser asks for leave.
    pub asking: Notice,
    /// The camera is on.
    pub looking: Notice,
    /// Leave was not given.
    pub denied: Notice,
    /// There is no camera.
    pub no_camera: Notice,
    /// Another program uses it.
    pub camera_busy: Notice,
    /// The browser gives no camera to pages.
    pub unsupported: Notice,
    /// The picture is being read.
    pub reading: Notice,
    /// No QR in the picture.
    pub nothing: Notice,
    /// Not a picture, or one that this browser cannot open.
    pub not_picture: Notice,
    /// Too many bytes.
    pub too_large: Notice,
    /// A code; its page is being opened.
    pub found: Notice,
    /// The code stands in a link to another site; its name follows the sentence.
    pub foreign: Notice,
    /// Looks up the code here.
    pub foreign_look_up: &'static str,
    /// More than one code.
    pub several: Notice,
    /// A link without a code.
    pub link: Notice,
    /// A citizen identity card.
    pub citizen_card: Notice,
    /// A contact, a telephone number, a wireless network.
    pub contact: Notice,
    /// A payment.
    pub payment: Notice,
    /// A number such as of a product.
    pub number: Notice,
    /// Nearly a code.
    pub almost: Notice,
    /// A QR without text.
    pub empty: Notice,
    /// Anything else.
    pub other: Notice,
}

/// How school software prints QR codes.
#[derive(Debug, Clone, Copy)]
pub struct PrintingRule {
    /// Heading.
    pub title: &'static str,
    /// For whom it is.
    pub lead: &'static str,
    /// What is ruled, and how.
    pub items: [(&'static str, &'static str); 8],
    /// Heading of the test.
    pub test_title: &'static str,
    /// How to test a print.
    pub test: [&'static str; 4],
}

/// The counter.
#[derive(Debug, Clone, Copy)]
pub struct Counter {
    /// Heading, and what links to the page say.
    pub title: &'static str,
    /// Whom it helps, and how.
    pub lead: &'static str,
    /// Where scripts do not run.
    pub without_script: Notice,
    /// Label of the field.
    pub label: &'static str,
    /// How to use scanner and keyboard.
    pub hint: &'static str,
    /// Checks what stands in the field.
    pub submit: &'static str,
    /// Shown before the first scan.
    pub ready: Notice,
    /// A code whose answer is on its way.
    pub waiting: &'static str,
    /// Asked too often: what follows is the number of seconds.
    pub slow_down: &'static str,
    /// Switches sounds.
    pub sound: &'static str,
    /// Asks again for what could not be checked.
    pub retry: &'static str,
    /// Saves the list.
    pub download: &'static str,
    /// The list is kept nowhere else.
    pub kept: &'static str,
    /// Heading of the counts.
    pub counts: &'static str,
    /// Heading of the list.
    pub list: &'static str,
    /// Headings of the file's columns.
    pub columns: [&'static str; 8],
    /// Short words for the verdicts.
    pub verdicts: CounterVerdicts,
    /// Below a verdict that is in force.
    pub compare: &'static str,
    /// The code was scanned before, in the row whose number follows.
    pub duplicate: &'static str,
    /// Years between the first and the last without a sheet; they follow.
    pub missing: &'static str,
    /// A Vietnamese input method had changed the characters.
    pub repaired: &'static str,
    /// The QR is a link to another site, whose name follows.
    pub foreign: &'static str,
    /// Opens the camera part.
    pub camera: &'static str,
}

/// Short words for the verdicts, readable from afar.
#[derive(Debug, Clone, Copy)]
pub struct CounterVerdicts {
    /// In force.
    pub valid: &'static str,
    /// In force later.
    pub not_in_force: &'static str,
    /// Some years withdrawn.
    pub partly_withdrawn: &'static str,
    /// All withdrawn.
    pub withdrawn: &'static str,
    /// Has a successor.
    pub replaced: &'static str,
    /// Erased.
    pub erased: &'static str,
    /// Under review.
    pub suspended: &'static str,
    /// Nothing on record.
    pub unknown: &'static str,
    /// Could not be checked.
    pub unchecked: &'static str,
    /// Not a code.
    pub no_code: &'static str,
    /// More than one code.
    pub several: &'static str,
}
