//! The printed form: what it shows, to eyes, to scanners and to screen readers, and what it withstands.

mod attached;
pub(super) mod extremes;
pub(super) mod nation;
mod pages;
mod withstands;

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use hocba::signing::PrivateKey;
use hocba::soft_copy::printed::{
    Attachment, Converter, PrintFault, PrintedSheet, PrintedTranscript, Rendered, Standing, render,
};
use hocba::soft_copy::token::{Claims, digest_of_leaves};
use hocba::transcript::contents::Contents;
use hocba::transcript::{CopyId, GroupSet, Level, Moment, SheetClaims, TranscriptCode};

const PUBLIC_URL: &str = "https://hocba.moet.gov.vn";
/// Debian packages that have the tools below; `tests/run` installs them.
const PACKAGES: &str = "poppler-utils, zbar-tools and qpdf";

pub(super) fn code() -> TranscriptCode {
    TranscriptCode::from_bytes([0x0f; 16])
}

/// What the tokens on covers are signed with.
pub(super) fn token_key() -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[1; 32])
}

pub(super) fn token(code: TranscriptCode) -> String {
    let claims = Claims {
        code,
        issued_at: 1_795_330_990,
        expires_at: 1_811_000_000,
        sheets: digest_of_leaves([[1u8; 50].as_slice()]),
        copy: CopyId::new(GroupSet::BIRTH_DATE, &[0], [9; 14]).unwrap(),
    };
    claims.sign(&token_key()).unwrap()
}

/// A copy of these sheets, without a token.
pub(super) fn copy<'a>(level: Level, sheets: &'a [PrintedSheet<'a>]) -> PrintedTranscript<'a> {
    PrintedTranscript {
        code: code(),
        level,
        sheets,
        system: "Cổng tra cứu học bạ",
        owner: "Bộ Giáo dục và Đào tạo",
        public_url: PUBLIC_URL,
        issued_at: Moment::parse("2026-11-28T14:05:09+07:00").unwrap(),
        token: None,
        converter: None,
        extract: None,
    }
}

fn converter() -> Converter<'static> {
    Converter {
        body: "Trường THPT Hòn Gai",
        person: "Lê Thị Hạnh",
        at: Moment::parse("2026-12-01T09:00:00+07:00").unwrap(),
    }
}

pub(super) fn in_force<'a>((claims, contents): &'a (SheetClaims, Contents)) -> PrintedSheet<'a> {
    PrintedSheet { claims, contents, standing: Standing::InForce }
}

/// Typesets, and tells what a template says when it does not work. With `PRINTED_COPIES` set to a folder, every copy
/// is kept there under the name of its test, for people to look at.
pub(super) fn printed(transcript: &PrintedTranscript<'_>, attachments: Vec<Attachment>) -> Rendered {
    let rendered = render(transcript, attachments).unwrap_or_else(|fault| match fault {
        PrintFault::Form(form) => panic!("{form}: {}", form.message()),
        other => panic!("{other}"),
    });
    if let Some(folder) = std::env::var_os("PRINTED_COPIES") {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let test = std::thread::current().name().unwrap_or("copy").rsplit("::").next().unwrap_or("copy").to_owned();
        let name = format!("{test}-{}.pdf", COUNT.fetch_add(1, Ordering::Relaxed));
        std::fs::write(PathBuf::from(folder).join(name), &rendered.pdf).unwrap();
    }
    rendered
}

/// A copy as a file, for tools that read files.
struct Paper {
    dir: tempfile::TempDir,
    pages: usize,
}

impl Paper {
    fn of(rendered: &Rendered) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("copy.pdf"), &rendered.pdf).unwrap();
        Self { dir, pages: rendered.pages }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("copy.pdf")
    }

    /// What a tool says about the file: its arguments, the file, and what comes after.
    fn tool(&self, name: &str, before: &[&str], after: &[&str]) -> String {
        let mut command = Command::new(name);
        command.current_dir(self.dir.path()).args(before).arg(self.path()).args(after);
        let output = command.output().unwrap_or_else(|e| panic!("{name} cannot run: {e}; install {PACKAGES}"));
        assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        // pdfinfo prints titles of headings in UTF-16.
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The text as a person would copy it, white space squeezed.
    fn text(&self) -> String {
        squeezed(&self.tool("pdftotext", &[], &["-"]))
    }

    fn text_of_page(&self, page: usize) -> String {
        let page = page.to_string();
        squeezed(&self.tool("pdftotext", &["-f", &page, "-l", &page], &["-"]))
    }

    /// The letters in the order in which they are drawn: a watermark lies across the page, letter by letter.
    fn letters_of_page(&self, page: usize) -> String {
        let page = page.to_string();
        self.tool("pdftotext", &["-raw", "-f", &page, "-l", &page], &["-"]).split_whitespace().collect()
    }

    /// The text in the order of the tags, with their names: what a screen reader reads.
    fn tags(&self) -> String {
        self.tool("pdfinfo", &["-struct-text"], &[])
    }

    /// What a scanner reads from a page at 150 dpi.
    fn codes_of_page(&self, page: usize) -> Vec<String> {
        let number = page.to_string();
        self.tool("pdftoppm", &["-r", "150", "-gray", "-png", "-singlefile", "-f", &number, "-l", &number], &["page"]);
        let scan = Command::new("zbarimg").args(["--raw", "-q"]).arg(self.dir.path().join("page.png")).output();
        let scan = scan.unwrap_or_else(|e| panic!("zbarimg cannot run: {e}; install {PACKAGES}"));
        String::from_utf8(scan.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
