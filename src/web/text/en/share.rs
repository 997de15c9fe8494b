//! Copies with a QR code.

use crate::web::text::Notice;
use crate::web::text::share::Share;

pub(super) const SHARE: Share = Share {
    title: "Share with a QR code",
    why: "Make a QR code that shows a school or an office exactly the years you choose, without your birth date. You can void it at any time.",
    years: "School years in the QR code",
    make: "Make a QR code to share",
    as_good_as_paper: "Whoever has this QR code can see the content. Keep it as you would keep the paper, and give it only to those who need it.",
    open: "QR codes that work now",
    list_unknown: "The list of your QR codes cannot be shown now. Please try again in a few minutes.",
    made_at: |time| format!("Made at {time}"),
    opens: |years, day| format!("Opens the school years {years}; works up to and including {day}."),
    void: "Void this code",
    void_of: |time| format!("Void this code, made at {time}"),
    void_all: "Void all codes",
    made_title: "QR code to share a transcript",
    made_lead: "Print this page, or take a screenshot and send it to whoever needs to see the transcript.",
    scan_me: "Scan it with a phone’s camera to see the transcript.",
    opens_years: "School years shown",
    opens_groups: "Content shown",
    opens_until: "Shown up to and including",
    as_link: "Send it as a link",
    link: "Link to share",
    how_to_void: "To void the code: use the button below, scan the code and choose to void it, or open the transcript with the birth date and void it under “Share with a QR code”. After its last day the code opens nothing, but can still be verified as issued by this portal.",
    void_this: "Void this QR code",
    void_this_question: "Void this QR code?",
    void_this_why: "Once it is void, nobody can see the transcript with this QR code any more. This cannot be undone.",
    back: "Back to this code’s page",
    by_token: "You are looking at it through a shared QR code",
    partial: "This transcript has other school years that are not in the QR code; see the table of years below.",
    have_qr: "Do you have a shared QR code?",
    qr_text: "Text of the shared QR code",
    qr_text_hint: "Scan the QR code, copy all of the text or address you get (it has a # in it), and paste it here.",
    open_with_qr: "Open with the QR code",
    voided_this: Notice { title: "The QR code is void", body: "This QR code does not open the transcript any more." },
    voided_listed: Notice {
        title: "The QR code is void",
        body: "The QR codes you chose do not open the transcript any more.",
    },
    too_late: Notice {
        title: "The page was opened too long ago",
        body: "To protect the transcript, please go back, enter the birth date once more and go on from there.",
    },
    nothing_chosen: Notice {
        title: "No school year was chosen",
        body: "Please go back, enter the birth date and choose at least one school year in force to share.",
    },
    not_a_copy: Notice {
        title: "The QR code does not belong to this transcript",
        body: "This portal did not issue the QR code for this lookup code. Please check the QR code.",
    },
    unavailable: Notice { title: "The system is busy", body: "Nothing was done. Please try again in a few minutes." },
    expired: Notice {
        title: "The shared link has expired",
        body: "This portal issued the QR code, but the time in which it shows the content is over. Enter the birth date, or ask for a new code.",
    },
    voided: Notice {
        title: "The shared QR code was voided",
        body: "This portal issued the QR code, and the holder of the transcript has voided it. Enter the birth date, or ask for a new code.",
    },
};
