//! Words of evidence: what was signed, logged and proved, and how to check it by hand.

use crate::signing::grant::Role;
use crate::transcript::status::Status;

/// The evidence page, and the part of the transcript page about evidence.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// Heading.
    pub title: &'static str,
    /// What the page is about.
    pub lead: &'static str,
    /// Link from verdict and transcript to the page.
    pub link: &'static str,
    /// Back to the verdict.
    pub back: &'static str,
    /// Heading of one year.
    pub year: fn(&str, &str) -> String,
    /// Label: who signed at the school.
    pub signed: &'static str,
    /// Head and institution signed, as a code alone shows it.
    pub school_signed: &'static str,
    /// Label: the package.
    pub package: &'static str,
    /// A province signed the package; its name.
    pub province_signed: fn(&str) -> String,
    /// Sequence, line and lines of a package.
    pub package_line: fn(&str, &str, &str) -> String,
    /// Label: in the log.
    pub logged: &'static str,
    /// Position and time.
    pub logged_at: fn(&str, &str) -> String,
    /// Label: the proof.
    pub proof: &'static str,
    /// Hashes of the path and size of the tree.
    pub proved: fn(usize, &str) -> String,
    /// Label: decisions.
    pub decisions: &'static str,
    /// A decision: what, position and time of its entry.
    pub decision: fn(&str, &str, &str) -> String,
    /// What was decided.
    pub status: fn(Status) -> &'static str,
    /// Heading of the part about the checkpoint.
    pub checkpoint: &'static str,
    /// Who signs the checkpoint, and who says that it is the newest.
    pub checkpoint_lead: &'static str,
    /// Label: name of the log.
    pub log_name: &'static str,
    /// Label: size.
    pub size: &'static str,
    /// Label: root.
    pub root: &'static str,
    /// Label: cosigned.
    pub cosigned: &'static str,
    /// It never was.
    pub never_cosigned: &'static str,
    /// Label: a key's role.
    pub role: fn(Role) -> &'static str,
    /// A key without a grant in the evidence: a pinned root.
    pub pinned: &'static str,
    /// Label of a key's thumbprint.
    pub kid: &'static str,
    /// Where the grant stands.
    pub granted: fn(&str) -> String,
    /// Bound to a certificate.
    pub certified: &'static str,
    /// Not bound to one.
    pub not_certified: &'static str,
    /// Heading of the download.
    pub download: &'static str,
    /// What the public file holds and what not.
    pub public_file: &'static str,
    /// The button for it.
    pub get_public: &'static str,
    /// What the whole file holds; it is personal.
    pub whole_file: &'static str,
    /// The button for it.
    pub get_whole: &'static str,
    /// A sheet was asked for by its own id: no whole file.
    pub only_by_code: &'static str,
    /// Where the whole file is to be had.
    pub where_whole: &'static str,
    /// What evidence does not prove.
    pub not_status: &'static str,
    /// Heading of the instructions.
    pub by_hand: &'static str,
    /// What is needed, and where keys must come from.
    pub by_hand_lead: &'static str,
    /// With our own program.
    pub with_hocba: &'static str,
    /// Path, root and checkpoint.
    pub with_tools: &'static str,
    /// The public tiles hold the same.
    pub same_for_all: &'static str,
    /// Commitment and signatures: the whole file only.
    pub signatures: &'static str,
    /// Names the file that the first lines are for.
    pub name_of_file: &'static str,
}
