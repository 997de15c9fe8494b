//! Scanning and the counter.

use crate::web::text::Notice;
use crate::web::text::scan::{Counter, CounterVerdicts, PrintingRule, Said, Scan, Tools};

const fn notice(title: &'static str, body: &'static str) -> Notice {
    Notice { title, body }
}

pub(super) const SCAN: Scan = Scan {
    title: "Scan a QR code",
    lead: "Point the camera at the QR code printed on the transcript, or choose a photo of it. Pictures are read on this device and sent nowhere.",
    without_script: notice(
        "Scan with your phone's camera app",
        "This browser does not run the scanner of this page. Open your phone's camera app, point it at the QR code and open the link to this portal; or type the code printed beside the QR code into the field below.",
    ),
    type_title: "Or type the code",
    type_hint: "Type the 32 characters printed on the transcript, or paste the whole text that the QR code holds.",
    tools: Tools {
        start: "Turn on the camera",
        stop: "Turn off the camera",
        torch: "Light",
        viewfinder: "Picture from the camera",
        aim: "Keep the QR code within the frame, well lit, about a hand's width away.",
        take_photo: "Take a photo of the QR code",
        choose_photo: "Choose a picture…",
        drop: "On a computer you can drag a picture onto this page or paste a screenshot (Ctrl+V).",
    },
    said: SAID,
    to_counter: "Many files in a row: counter mode",
    decoder: "QR reader: library qr 0.7.0, MIT licence",
    rule: RULE,
};

const SAID: Said = Said {
    asking: notice("Waiting for leave to use the camera", "Choose “Allow” when the browser asks."),
    looking: notice("Looking for a QR code", "Bring the QR code into the picture."),
    denied: notice(
        "The browser may not use the camera",
        "Allow the camera for this site in your browser's settings and turn it on again. You can still choose a picture or type the code.",
    ),
    no_camera: notice(
        "There is no camera",
        "This device has no camera. Choose a picture of the QR code or type the code.",
    ),
    camera_busy: notice(
        "The camera is in use",
        "Another program uses the camera. Close it and turn the camera on again, or choose a picture of the QR code.",
    ),
    unsupported: notice(
        "The browser gives this page no camera",
        "Open the page in a newer browser over https, or choose a picture of the QR code, or type the code.",
    ),
    reading: notice("Reading the picture", "This takes a few seconds."),
    nothing: notice(
        "No QR code found in the picture",
        "Take it again from closer, straight and well lit, with all four corners and the white border in view; or type the code printed beside it.",
    ),
    not_picture: notice(
        "This file cannot be opened",
        "Choose a JPEG, PNG or WebP picture. For a PDF or a HEIC photo, take a screenshot of the part with the QR code and paste or choose that.",
    ),
    too_large: notice(
        "The picture is too large",
        "Choose one below 40 MB, or take a screenshot of the part with the QR code.",
    ),
    found: notice("The code was read", "Opening the answer."),
    foreign: notice(
        "This QR code leads to another site",
        "The portal does not open that link and takes only the lookup code. The QR code leads to:",
    ),
    foreign_look_up: "Look up this code here",
    several: notice("The QR code holds several codes", "Choose the one that is printed on the transcript."),
    link: notice(
        "This is a link to another site",
        "It holds no lookup code, so the portal does not open it. Scan the QR code of the transcript or type the 32 characters. The link leads to:",
    ),
    citizen_card: notice(
        "This is the QR code of an identity card",
        "Do not scan identity cards here. What was read is neither kept nor sent. Scan the QR code of the transcript.",
    ),
    contact: notice(
        "This is a QR code of a contact or a Wi-Fi network",
        "It holds no lookup code. Scan the QR code of the transcript.",
    ),
    payment: notice(
        "This is a payment QR code",
        "Looking up a transcript costs nothing. Scan the QR code of the transcript.",
    ),
    number: notice(
        "This is only a number",
        "A lookup code has 32 characters, digits 0–9 and letters a–f. Scan the QR code of the transcript.",
    ),
    almost: notice(
        "Nearly a lookup code, but not quite",
        "A code has exactly 32 characters, digits 0–9 and letters a–f only. Turn off the Vietnamese input method and scan again, or type the code printed on the transcript.",
    ),
    empty: notice("The QR code is empty", "Type the code printed on the transcript."),
    other: notice(
        "The QR code holds no lookup code",
        "Check that it is the QR code of the transcript. If it is, type the 32 characters printed on the transcript, and tell the school.",
    ),
};

const RULE: PrintingRule = PrintingRule {
    title: "How to print QR codes on transcripts",
    lead: "For school software and printers, so that every phone and scanner can read them.",
    items: [
        (
            "Text",
            "The lookup address alone, all in capitals: HTTPS://, the portal's host name, /V/ and the 32 characters of the code. No name, birth date, marks or address of another site.",
        ),
        (
            "Size",
            "With the address alone: sides of at least 20 mm. With a token (long): at least 30 mm. The white border comes on top.",
        ),
        ("Error correction", "M. Q and H make the modules smaller at the same size, and harder to read."),
        ("White border", "Four modules on every side; no text, line, stamp or signature may touch it."),
        (
            "Drawing",
            "As vectors (SVG, PDF); as pixels only from 300 dpi, with a whole number of dots a module. Never as JPEG.",
        ),
        ("Colour", "Black on white. Not inverted, not pale, no pattern behind it, no logo inside."),
        ("Place", "In a lower corner of the page, at least 10 mm from edges and folds, not below glossy lamination."),
        (
            "Text beside it",
            "The 32 characters in eight groups of four right beside it, in a monospaced font of at least 9 points, for typing where scanning fails.",
        ),
    ],
    test_title: "Test before issuing",
    test: [
        "Print one with the printer and paper that will be used, and photocopy that print.",
        "Scan both with an Android phone, an iPhone and this page, in classroom light, tilted by about 30 degrees.",
        "Each must be read within three seconds and open the page of the code printed beside it; compare every group of four.",
        "Photograph the page with a phone from 30 cm and choose that photo on this page: it must be read as well.",
    ],
};

pub(super) const COUNTER: Counter = Counter {
    title: "Counter mode",
    lead: "Check many transcripts in a row with a scanner, a camera or the keyboard.",
    without_script: notice(
        "Counter mode needs JavaScript",
        "This browser does not run counter mode. Look up the codes one by one on the lookup page.",
    ),
    label: "Lookup code or text of the QR code",
    hint: "Scan one after another, no mouse needed: the scanner types the code and then Enter or Tab. Turn off the Vietnamese input method.",
    submit: "Check",
    ready: notice("Ready", "Scan the first transcript."),
    waiting: "Checking…",
    slow_down: "Asked faster than the limit. The waiting codes will be checked by themselves after (seconds):",
    sound: "Sound",
    retry: "Check again what could not be checked",
    download: "Download the list (CSV)",
    kept: "The list lives on this page only and is lost when you close it. Download it if you need it; the file is yours to look after.",
    counts: "Counts",
    list: "List, newest first",
    columns: ["No.", "Time", "Lookup code", "Answer", "Level", "School years", "School years without data", "Note"],
    verdicts: CounterVerdicts {
        valid: "In force",
        not_in_force: "Not in force yet",
        partly_withdrawn: "Some years withdrawn",
        withdrawn: "Withdrawn",
        replaced: "Replaced",
        erased: "Content erased",
        suspended: "Under review",
        unknown: "Not found",
        unchecked: "Could not be checked",
        no_code: "Not a lookup code",
        several: "Several codes",
    },
    compare: "Only the code was checked; the content has not been compared with the paper.",
    duplicate: "scanned before, row",
    missing: "no data for school year",
    repaired: "a Vietnamese input method had changed the characters; the code was restored",
    foreign: "the QR code leads to another site:",
    camera: "Use the camera as the scanner",
};
