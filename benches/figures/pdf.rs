//! `pdf_cpu_chromium_vs_ours` and `pdf_cpu_weasyprint_vs_ours`: what a soft copy costs, against the same content printed
//! from HTML by a browser and by WeasyPrint; and that memory stays where it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hocba::signing::{Jws, PrivateKey};
use hocba::soft_copy::pades::issue::{Subject, Terms, authority, signer, to_pem};
use hocba::soft_copy::pades::{LocalSigner, Particulars, Stamping, sign};
use hocba::soft_copy::printed::{Attachment, PrintedSheet, PrintedTranscript, Relation, Rendered, Standing, render};
use hocba::soft_copy::qr::Qr;
use hocba::soft_copy::url;
use hocba::transcript::contents::Contents;
use hocba::transcript::sheet::Sheet;
use hocba::transcript::{Moment, SheetClaims, TranscriptCode};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use super::bench::{Bench, Fault, median};
use super::data::{self, Nation, SMALL};
use super::process::memory_mb;
use super::report::Measured;

/// Pages of the copy that is printed.
const PAGES: usize = 6;
/// Transcripts among which copies of so many pages are looked for, and how many of those are printed in turns: a
/// portal never prints one learner's copy twice in a row, and what a printer remembers of one must not help it.
const CANDIDATES: usize = 200;
const COPIES: usize = 10;
/// Documents of a turn; we have a turn before and after each of theirs, because a machine that is shared changes its
/// speed by a third within a minute.
const OURS: usize = 20;
const CHROMIUM: usize = 10;
const WEASYPRINT: usize = 5;
/// Documents over which memory is watched, and after which it is looked at first.
const MANY: usize = 1000;
const WARM: usize = 100;
/// The kernel's, on every Linux of today.
const TICKS_A_SECOND: f64 = 100.0;
const PUBLIC_URL: &str = "https://hocba.moet.gov.vn";

const METHOD: &str = "Processor time of one soft copy of six pages, warm, all threads and processes together, ten learners' \
    copies in turns. Ours, before and after each turn of theirs: typeset as PDF/A-3a and PDF/UA-1 with its attachments and \
    signed, in process. Theirs: the same learners' content as HTML of about as many pages, the same typefaces, a QR on every \
    page, printed by a running headless Chromium (a tab for each document, tagged PDF) and by WeasyPrint in a running Python \
    (pdf/a-3a); neither attaches nor signs anything. Value: theirs over ours.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let copies = Copies::find(&data::nation(bench, &SMALL)?)?;
    let dir = bench.data.join("pdf");
    fs::create_dir_all(&dir)?;
    let pages = copies.pages(bench, &dir)?;
    let mut ours = vec![copies.cost(OURS)?];
    let mut chromium = Peer { name: "Chromium", pdf: dir.join("chromium.pdf"), took: Vec::new(), pages: 0 };
    let mut weasyprint = Peer { name: "WeasyPrint", pdf: dir.join("weasyprint.pdf"), took: Vec::new(), pages: 0 };
    let python = bench.root.join("target/bench-peers/weasyprint/bin/python");
    for _ in 0..bench.rounds {
        let script = bench.root.join("benches/peers/pdf/chromium.mjs");
        chromium.print(Command::new("node").arg(script), CHROMIUM, &pages)?;
        ours.push(copies.cost(OURS)?);
        let script = bench.root.join("benches/peers/pdf/weasy.py");
        weasyprint.print(Command::new(&python).arg(script), WEASYPRINT, &pages)?;
        ours.push(copies.cost(OURS)?);
    }
    // What we took around each of their turns.
    let around: Vec<f64> = ours.windows(2).map(|turns| (turns[0] + turns[1]) / 2.0).collect();
    let size = copies.print(0)?.len() / 1000;
    let memory = copies.memory()?;
    let figure = |name: &str, target: &str, peer: &Peer, first: usize| {
        let around = around.iter().skip(first).step_by(2);
        let ratio = median(around.zip(&peer.took).map(|(ours, theirs)| theirs / ours).collect());
        let beside = vec![
            format!("ours: {:.1} ms, {PAGES} pages, {size} KB", median(ours.clone())),
            format!("{}: {:.0} ms, {} pages", peer.name, median(peer.took.clone()), peer.pages),
            format!("rounds: {}, with {OURS} documents of ours before and after each of theirs", peer.took.len()),
            memory.clone(),
        ];
        Measured::new(name, ratio, target, METHOD, beside)
    };
    Ok(vec![
        figure("pdf_cpu_chromium_vs_ours", "≥ 20", &chromium, 0),
        figure("pdf_cpu_weasyprint_vs_ours", "≥ 10", &weasyprint, 1),
    ])
}

/// A program that prints the pages, and the processor milliseconds that it took for each document.
struct Peer {
    name: &'static str,
    pdf: PathBuf,
    took: Vec<f64>,
    pages: usize,
}

impl Peer {
    fn print(&mut self, command: &mut Command, count: usize, pages: &[PathBuf]) -> Result<(), Fault> {
        let output = command.arg(&self.pdf).arg(count.to_string()).args(pages).output()?;
        if !output.status.success() {
            return Err(format!("{}: {}", self.name, String::from_utf8_lossy(&output.stderr).trim()).into());
        }
        self.took.push(String::from_utf8(output.stdout)?.trim().parse()?);
        self.pages = lopdf::Document::load(&self.pdf)?.get_pages().len();
        Ok(())
    }
}

/// One learner's copy, and who signs it.
struct Copy {
    code: TranscriptCode,
    years: Vec<(SheetClaims, Contents)>,
    attachments: Vec<(String, Vec<u8>)>,
    signer: LocalSigner,
}

/// Copies that are printed in turns.
struct Copies(Vec<Copy>);

impl Copies {
    fn find(nation: &Nation) -> Result<Self, Fault> {
        let codes: Vec<TranscriptCode> = nation.codes()?.into_iter().take(CANDIDATES).collect();
        let mut copies = Vec::new();
        for (code, sheets) in nation.booklets(&codes)? {
            copies.extend(Copy::of(code, sheets)?.of_pages()?);
            if copies.len() == COPIES {
                return Ok(Self(copies));
            }
        }
        Err(format!("only {} copies have {PAGES} pages", copies.len()).into())
    }

    /// The same content for the peers, a file each.
    fn pages(&self, bench: &Bench, dir: &Path) -> Result<Vec<PathBuf>, Fault> {
        let write = |(i, copy): (usize, &Copy)| {
            let page = dir.join(format!("page-{i}.html"));
            fs::write(&page, copy.html(bench).into_string())?;
            Ok(page)
        };
        self.0.iter().enumerate().map(write).collect()
    }

    /// The signed file of the one whose turn it is.
    fn print(&self, turn: usize) -> Result<Vec<u8>, Fault> {
        self.0[turn % self.0.len()].print()
    }

    /// Processor milliseconds of a document.
    fn cost(&self, count: usize) -> Result<f64, Fault> {
        for turn in 0..self.0.len() {
            self.print(turn)?;
        }
        let before = own_ticks()?;
        for turn in 0..count {
            self.print(turn)?;
        }
        Ok((own_ticks()? - before) * 1000.0 / TICKS_A_SECOND / count as f64)
    }

    /// What is resident after some documents and after many, in a phrase.
    fn memory(&self) -> Result<String, Fault> {
        let own = || memory_mb(std::process::id(), "VmRSS").ok_or("no memory in /proc");
        for turn in 0..WARM {
            self.print(turn)?;
        }
        let warm = own()?;
        for turn in WARM..MANY {
            self.print(turn)?;
        }
        Ok(format!("resident after {WARM} documents: {warm:.0} MB; after {MANY}: {:.0} MB", own()?))
    }
}

impl Copy {
    /// Itself, if with all its years or with its newest ones it has so many pages.
    fn of_pages(mut self) -> Result<Option<Self>, Fault> {
        while !self.years.is_empty() {
            if self.rendered()?.pages == PAGES {
                return Ok(Some(self));
            }
            self.years.remove(0);
            self.attachments.remove(0);
        }
        Ok(None)
    }

    fn of(code: TranscriptCode, sheets: Vec<Vec<u8>>) -> Result<Self, Fault> {
        let mut copy = Self { code, years: Vec::new(), attachments: Vec::new(), signer: signer_of_a_day()? };
        for line in sheets {
            let jws = Jws::parse(&line)?;
            let sheet = Sheet::parse(jws.payload(), jws.disclosures())?;
            // What a birth date opens.
            let Contents { name, results, comments, staff, .. } = sheet.contents().clone();
            let opened = Contents { name, results, comments, staff, ..Contents::default() };
            copy.attachments.push((format!("hoc-ba-{}.jws.json", sheet.claims().school_year), line));
            copy.years.push((sheet.claims().clone(), opened));
        }
        copy.years.sort_by_key(|(claims, _)| claims.school_year);
        copy.attachments.sort();
        Ok(copy)
    }

    fn rendered(&self) -> Result<Rendered, Fault> {
        let years = self.years.iter();
        let sheets: Vec<PrintedSheet<'_>> =
            years.map(|(claims, contents)| PrintedSheet { claims, contents, standing: Standing::InForce }).collect();
        let attach = |(name, bytes): &(String, Vec<u8>)| Attachment {
            name: name.clone(),
            description: "Học bạ do cơ sở giáo dục ký".into(),
            media_type: "application/json".into(),
            relation: Relation::Source,
            bytes: bytes.clone(),
        };
        let transcript = PrintedTranscript {
            code: self.code,
            level: self.years.last().ok_or("a booklet without sheets")?.0.level,
            sheets: &sheets,
            system: "Cổng tra cứu học bạ",
            owner: "Bộ Giáo dục và Đào tạo",
            public_url: PUBLIC_URL,
            issued_at: issued_at()?,
            token: None,
            converter: None,
            extract: None,
        };
        Ok(render(&transcript, self.attachments.iter().map(attach).collect())?)
    }

    /// The signed file.
    fn print(&self) -> Result<Vec<u8>, Fault> {
        let particulars = Particulars {
            at: issued_at()?,
            name: "Cổng tra cứu học bạ",
            reason: "Cấp bản mềm học bạ",
            location: "Hà Nội",
        };
        Ok(sign(&self.rendered()?.pdf, &particulars, &self.signer, Stamping::None)?.bytes)
    }

    /// The same content for the peers.
    fn html(&self, bench: &Bench) -> Markup {
        let fonts = bench.root.join("static/fonts");
        let face = |file: &str, weight: &str| {
            let path = fonts.join(file);
            format!(
                "@font-face {{ font-family: Tinos; font-weight: {weight}; src: url(\"file://{}\") }}\n",
                path.display()
            )
        };
        let style = face("tinos-regular.ttf", "400") + &face("tinos-bold.ttf", "700") + STYLE;
        let qr = Qr::of(&url::of_code(PUBLIC_URL, &self.code)).map(|qr| qr.svg()).unwrap_or_default();
        let years: Vec<Year> = self.years.iter().map(Year::of).collect();
        let learner = years.last().map(|year| &year.contents["name"]).unwrap_or(&Value::Null);
        html! {
            (DOCTYPE)
            html lang="vi" {
                head { meta charset="utf-8"; title { "Học bạ" } style { (PreEscaped(&style)) } }
                body {
                    section {
                        h1 { "HỌC BẠ" } h2 { (text(&learner["hovaten"])) }
                        (rows(learner)) div class="qr" { (PreEscaped(&qr)) } p { (self.code) }
                    }
                    section { h2 { "Thông tin học sinh" } (rows(learner)) div class="qr" { (PreEscaped(&qr)) } }
                    @for year in &years { (year.html(&qr)) }
                }
            }
        }
    }
}

/// A school year as its wire names have it.
struct Year {
    school_year: String,
    contents: Value,
}

impl Year {
    fn of((claims, contents): &(SheetClaims, Contents)) -> Self {
        let contents = serde_json::to_value(contents).unwrap_or_default();
        Self { school_year: claims.school_year.to_string(), contents }
    }

    fn html(&self, qr: &str) -> Markup {
        let subjects = self.contents["results"]["monhoc"].as_array().map(Vec::as_slice).unwrap_or_default();
        let comments = self.contents["comments"]["nxetmonhoc"].as_array().map(Vec::as_slice).unwrap_or_default();
        let comment = |subject: &Value| {
            let of = comments.iter().find(|comment| comment["mamonhoc"] == subject["mamonhoc"]);
            of.map(|comment| text(&comment["nxetmonhoc"])).unwrap_or_default()
        };
        let columns = ["tenmonhoc", "diemhocky1", "diemhocky2", "diemcanam", "mucdatduoc", "diemkiemtradinhky"];
        let columns: Vec<&str> =
            columns.into_iter().filter(|column| subjects.iter().any(|subject| !subject[*column].is_null())).collect();
        html! {
            section {
                h2 { "Năm học " (self.school_year) }
                table {
                    thead { tr { @for column in &columns { th { (column) } } th { "Nhận xét" } } }
                    tbody { @for subject in subjects {
                        tr { @for column in &columns { td { (text(&subject[*column])) } } td { (comment(subject)) } }
                    } }
                }
                (rows(&self.contents["results"])) (rows(&self.contents["comments"])) (rows(&self.contents["staff"]))
                div class="qr" { (PreEscaped(qr)) }
            }
        }
    }
}

const STYLE: &str = "@page { size: A4; margin: 20mm 15mm 20mm 30mm; @bottom-right { content: counter(page) } }
body { font: 13pt Tinos; margin: 0 } section { break-after: page } table { border-collapse: collapse; width: 100% }
th, td { border: .4pt solid #000; padding: 1mm 1.5mm; text-align: left } thead { display: table-header-group }
tr { break-inside: avoid } .qr svg { width: 20mm; height: 20mm }";

/// Every plain member, a line each.
fn rows(group: &Value) -> Markup {
    let members = group.as_object().into_iter().flatten().filter(|(_, value)| !value.is_array() && !value.is_object());
    html! { table { tbody { @for (name, value) in members { tr { th { (name) } td { (text(value)) } } } } } }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

fn issued_at() -> Result<Moment, Fault> {
    Moment::parse("2026-11-28T14:05:09+07:00").ok_or_else(|| "no time".into())
}

fn signer_of_a_day() -> Result<LocalSigner, Fault> {
    let key = |byte| PrivateKey::p256_from_scalar(&[byte; 32]).ok_or("no key");
    let (root_key, own_key) = (key(1)?, key(2)?);
    let moment = |text| Moment::parse(text).ok_or("no time");
    let terms = |serial| -> Result<Terms, Fault> {
        let (from, to) = (moment("2024-01-01T00:00:00+07:00")?, moment("2044-01-01T00:00:00+07:00")?);
        Ok(Terms { serial: [serial; 16], from, to })
    };
    let subject = |name| Subject { organisation: "Bộ Giáo dục và Đào tạo", name };
    let root = authority(&root_key, &subject("CA"), &terms(1)?)?;
    let own = signer((&root_key, &root), &own_key.public(), &subject("Cổng tra cứu học bạ"), &terms(2)?)?;
    Ok(LocalSigner::from_pem(&own_key.to_pem()?, format!("{}{}", to_pem(&own)?, to_pem(&root)?).as_bytes())?)
}

/// Processor time of this process so far, all threads together.
fn own_ticks() -> Result<f64, Fault> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let [user, system] = [fields.get(11), fields.get(12)].map(|field| field.and_then(|n| n.parse::<f64>().ok()));
    Ok(user.ok_or("no user time")? + system.ok_or("no system time")?)
}
