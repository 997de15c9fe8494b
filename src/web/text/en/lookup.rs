//! English: the home page and a code that is none.

use crate::web::text::{BadCode, Lookup};

pub(super) const LOOKUP: Lookup = Lookup {
    title: "Look up a school transcript",
    label: "Transcript lookup code",
    hint: "Type the 32-character code printed on the transcript. Capitals, spaces and hyphens are fine.",
    example: "Example: 0f8f ad5b d9cb 469f a165 7086 7728 950e",
    submit: "Look up",
    guide: "How it works",
    steps: [
        "Type the code, or scan the QR code on the transcript with your phone's camera.",
        "See whether the code is in force.",
        "Enter the birth date printed on the transcript to see and compare its content.",
    ],
    privacy: "For a code alone the portal never shows the pupil's name, school, class or marks.",
    again: "Look up another code",
};

pub(super) const BAD_CODE: BadCode = BadCode {
    title: "This is not a valid lookup code",
    rule: "A code has 32 characters: digits 0–9 and letters a–f only.",
    length: |n| format!("What you typed has {n} {}.", if n == 1 { "character" } else { "characters" }),
    group: |n| format!("Group {n} of four characters holds a character that is not 0–9 or a–f."),
    group_length: |group, n| {
        format!("Group {group} has {n} {}; each group has 4.", if n == 1 { "character" } else { "characters" })
    },
    empty: "No code was typed.",
    keyboard: "A Vietnamese keyboard (Telex or VNI) turned some characters of the code into accented letters. Please switch it off and type or scan again.",
    meant: |n| {
        if n == 1 { "Is this the code on the transcript?" } else { "Is one of these the code on the transcript?" }
    },
    choose: "Compare with the printed code and choose the one that is the same.",
};
