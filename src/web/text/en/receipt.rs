//! Verification receipts.

use crate::web::text::Notice;
use crate::web::text::receipt::Receipt;

pub(super) const RECEIPT: Receipt = Receipt {
    offer: "Keep a receipt of this result",
    offer_why: "The receipt carries the portal’s digital signature: keep it on file and verify it again later. It holds no name, birth date or marks.",
    title: "Receipt of a transcript lookup",
    answered_at: "Answered at",
    answered_by: "Answered by",
    basis: "What was compared",
    on_code: "The lookup code alone; no content was shown",
    on_birth_date: "The birth date matched; the content was shown",
    on_token: "The shared QR code was valid; its content was shown",
    position: "Position in the log",
    ledger_size: "Entries in the log",
    checkpoint_time: "State of the log confirmed at",
    look_up_again: "Scan to see what holds now.",
    proves: "This receipt proves that the portal gave the answer above at the time stated, from the log with the number of entries and the root hash above.",
    proves_not: "It does not say what holds after that time, and does not confirm what is printed on any paper or file beside it.",
    save: "Save the receipt file",
    only_the_file: "The print is for reading only. The file .jws.json carries the signature; verify it on the page “Verify a receipt” (/xac-thuc-bien-nhan) or, without a network, with the command hocba verify.",
    check_title: "Verify a receipt",
    check_why: "Choose the file of a lookup receipt (.jws.json). The portal says whether it issued the receipt and it is unaltered, and what the result for its code is now.",
    file: "Receipt file",
    or_paste: "Or paste the file’s text",
    text: "Text of the receipt file",
    check: "Verify",
    check_another: "Verify another receipt",
    it_says: "What the receipt says",
    then: "Result on the receipt",
    now: "Result now",
    look_up: "Look this code up",
    genuine_same: Notice {
        title: "The receipt is genuine",
        body: "This portal issued it and it is unaltered. The result now is still the one on the receipt.",
    },
    genuine_changed: Notice {
        title: "The receipt is genuine, but the result has changed",
        body: "The receipt is unaltered and was right when it was issued. Please use the present result.",
    },
    genuine_unchecked: Notice {
        title: "The receipt is genuine",
        body: "This portal issued it and it is unaltered. The present result could not be checked; please try again in a few minutes.",
    },
    other_ledger: Notice {
        title: "The receipt does not match the log",
        body: "The signature on the receipt holds, but the log it names is not a beginning of the present one. Please tell the portal.",
    },
    altered: Notice {
        title: "The receipt has been altered",
        body: "Its content does not match the portal’s digital signature. Do not use this receipt.",
    },
    not_ours: Notice {
        title: "Not a receipt of this portal",
        body: "The signature on the file is not this portal’s. It cannot be taken for a receipt of this portal.",
    },
    unreadable: Notice {
        title: "The receipt cannot be read",
        body: "The file is not a lookup receipt, or is damaged. Please choose the .jws.json file that you saved from the portal.",
    },
};
