//! Soft copies.

use crate::web::text::Notice;
use crate::web::text::soft_copy::SoftCopy;

pub(super) const SOFT_COPY: SoftCopy = SoftCopy {
    title: "Soft copy of the transcript (PDF)",
    why: "A PDF in the official form, with the portal’s digital signature and its evidence inside. Keep, send or print it; whoever gets it can verify it here, years later too. The form is in Vietnamese.",
    which_years: "Content",
    all_years: "The whole transcript",
    extract_of: |year| format!("Extract of school year {year}"),
    get: "Get the soft copy (PDF)",
    recorded: "Every soft copy issued is recorded. You have one already?",
    gone: Notice {
        title: "The link to the soft copy has run out",
        body: "A soft copy can be fetched for ten minutes after it was made. Please look the code up again and make a new one.",
    },
    check_title: "Verify a soft copy",
    check_why: "Choose the soft copy (PDF) that you were given. The portal says whether it issued the file, whether it is unaltered and whether it still agrees with the record. Of a photo or a scan only the lookup code can be read.",
    file: "File of the soft copy",
    file_hint: "PDF, or a JPG or PNG picture; at most 8 MB and 16 megapixels. The file is not kept.",
    check: "Verify",
    check_another: "Verify another file",
    current: Notice {
        title: "The soft copy agrees with the record",
        body: "The portal issued this file and it is unaltered. The transcript is in force and has not changed since.",
    },
    current_not_in_force: Notice {
        title: "The soft copy is genuine; look at the transcript’s status",
        body: "The file is unaltered and agrees with the record, but not every year of the transcript is in force.",
    },
    older: Notice {
        title: "The soft copy is genuine, but the record has changed",
        body: "The portal issued this file and it is unaltered. The transcript has changed since; please use a new soft copy.",
    },
    unchecked: Notice {
        title: "Could not be compared with the record",
        body: "The portal issued this file and it is unaltered. The transcript’s present status could not be checked; please try again in a few minutes.",
    },
    report: Notice {
        title: "Report of a batch, made by this portal and unaltered",
        body: "It says how the transcripts were when they were checked. For how they are now, look each code up again.",
    },
    report_number: "Report number",
    report_office: "Office",
    report_rows: "Rows checked",
    report_ledger: "Position in the ledger",
    report_digest: "SHA-256 of the file handed in",
    altered: Notice {
        title: "The content differs from the record",
        body: "The file bears the portal’s signature and is not the file that was issued: it was changed, printed to PDF again or damaged on the way. Do not use this file.",
    },
    code_only: Notice {
        title: "Only the lookup code could be read – content not compared",
        body: "This is not a soft copy issued by the portal: it may be a photo, a scan or a file made by school software. Please look the code up and compare the content.",
    },
    not_issued_here: Notice {
        title: "Not a soft copy of this portal",
        body: "The file has no signature of this portal, and no lookup code could be read from it. If you have a paper copy, please type the code printed on it.",
    },
    unreadable: Notice {
        title: "The file cannot be read",
        body: "Please choose a PDF, or a JPG or PNG picture of at most 8 MB and 16 megapixels.",
    },
    what_changed: "What has changed since",
    was_and_is: |then, now| format!("in the copy: {then}; now: {now}"),
    is_new: |now| format!("not in the copy; now: {now}"),
    issued_at: "Issued at",
    stamped_at: "Timestamp",
    extract: "Extract of school year",
    now: "Result of a look-up now",
    look_up: "Look this code up",
    compare: "Look up and compare",
};
