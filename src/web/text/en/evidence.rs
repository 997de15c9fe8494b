//! Evidence.

use crate::signing::grant::Role;
use crate::transcript::status::Status;
use crate::web::text::evidence::Evidence;

pub(super) const EVIDENCE: Evidence = Evidence {
    title: "Evidence",
    lead: "Each year of a transcript is signed by the school, signed by the provincial Department of Education and Training when it is handed in, and entered in a public log that nobody can change or shorten. This page says what proves each of these steps, and how to check it without trusting this portal.",
    link: "See the evidence and how to check it yourself",
    back: "Back to the result",
    year: |year, grade| format!("School year {year} – {grade}"),
    signed: "Signed by the school",
    school_signed: "Head and institution signed with two different keys; the signatures were checked at intake.",
    package: "Package",
    province_signed: |province| {
        format!(
            "The Department of Education and Training of {province} signed the package; the signature was checked at intake."
        )
    },
    package_line: |sequence, line, lines| format!("Package {sequence}, line {line}; the package has {lines} lines."),
    logged: "Entered in the log",
    logged_at: |index, time| format!("Entry {index}, logged at {time}."),
    proof: "Proof",
    proved: |hashes, size| {
        format!(
            "{hashes} hashes lead from this entry to the root of the log of {size} entries, which is signed and cosigned."
        )
    },
    decisions: "Decisions on this year",
    decision: |what, index, time| format!("{what}: entry {index}, logged at {time}."),
    status: |status| match status {
        Status::Withdrawn => "Withdrawn",
        Status::Replaced => "Replaced",
        Status::Suspended => "Review begun",
        Status::Released => "Review ended",
        Status::Transferred => "Management transferred",
        Status::Erased => "Content erased by official order",
    },
    checkpoint: "Signed state of the log",
    checkpoint_lead: "The log key signs the number of entries and their root hash. Another key cosigns it with the time, which says that it was the newest state then.",
    log_name: "Name of the log",
    size: "Entries",
    root: "Root hash",
    cosigned: "Cosigned at",
    never_cosigned: "Never cosigned",
    role: |role| match role {
        Role::Root => "Ministry of Education and Training",
        Role::Province => "Department of Education and Training",
        Role::Head => "Head of the school",
        Role::Institution => "School (institution)",
        Role::Teacher => "Teacher",
    },
    pinned: "Ministry of Education and Training (root key)",
    kid: "Key",
    granted: |index| format!("granted in entry {index}"),
    certified: "bound to a certificate",
    not_certified: "not bound to a certificate",
    download: "Download the evidence",
    public_file: "The public file has each year's place in the log, the time it was logged, and the proof. It holds no name, school, class or marks.",
    get_public: "Download the public file (JSON)",
    whole_file: "The whole file has the content shown here, the signatures of school and province, the grants of their keys, and the proofs. It holds personal data: keep it safe. Each download is recorded.",
    get_whole: "Download the whole file (JSON)",
    only_by_code: "You looked up the code of a single year. The whole file can be had with the code of the whole transcript.",
    where_whole: "The whole file, with content and signatures, can be downloaded from the content page after the birth date was entered.",
    not_status: "Evidence says who issued the transcript, that it is unaltered, and since when it has been in the log. It does not say whether it is still in force: look the code up.",
    by_hand: "Check it by hand",
    by_hand_lead: "These commands run on Linux with bash, curl, openssl (3.0 or later), xxd and python3. The log's keys and the ministry's root are needed once; take them from somewhere you trust, not from the site you are checking.",
    with_hocba: "With the program hocba",
    with_tools: "With ordinary tools: proof, signature of the log and time of the cosignature",
    same_for_all: "Everybody is shown the same entries: compare with the public log",
    signatures: "Commitment and every signature, from the root key to the transcript (whole file only)",
    name_of_file: "The downloaded file",
};
