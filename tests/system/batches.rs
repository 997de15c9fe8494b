//! Many transcripts at once over the real binary: tables, archives, the signed report, what is written down, and a kill
//! in the middle.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use hocba::batch::table;
use hocba::journal::{self, BatchAction, Entry};
use hocba::synth::{ExpectedVerdict, Sample};
use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::nation::{copy_of, files, made};
use super::process::{Server, assert_exit, hocba};

const OFFICE: [&str; 2] = ["--office", "dhqg-hn"];
const BY: [&str; 4] = ["--by", "Trần Văn Bình", "--reason", "công văn 12"];

/// A data directory with an office that may see these groups of these levels, and a signer of soft copies.
fn with_office(levels: &str, groups: &str) -> TempDir {
    let data = copy_of(&made().data());
    let keys = data.path().join("keys/soft-copy");
    assert_exit(&hocba(data.path()).args(["key", "soft-copy", "--out"]).arg(keys).output().unwrap(), 0);
    let settings = "[soft_copy]\nkey_file = \"keys/soft-copy/signer.key\"\nchain_file = \"keys/soft-copy/chain.pem\"\n";
    let config = data.path().join("hocba.toml");
    let before = fs::read_to_string(&config).unwrap_or_default();
    fs::write(&config, format!("{before}\n{settings}")).unwrap();
    let until = jiff::Zoned::now().date().saturating_add(jiff::Span::new().days(300)).to_string();
    let what = ["--kind", "admissions", "--purpose", "Xét tuyển", "--citation", "Điều 34", "--all-provinces"];
    let years = ["--from-year", "2010-2011", "--to-year", "2030-2031", "--level", levels, "--group", groups];
    let name = ["office", "create", "dhqg-hn", "--name", "Đại học Quốc gia Hà Nội", "--until", &until];
    let args = [&name[..], &what, &years, &BY].concat();
    assert_exit(&hocba(data.path()).args(args).output().unwrap(), 0);
    data
}

fn batch(data: &Path, args: &[&str]) -> Output {
    hocba(data).args(["--json", "batch"]).args(args).args(OFFICE).args(BY).output().unwrap()
}

fn said(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Samples with this verdict whose birth date is whole.
fn samples(verdict: ExpectedVerdict) -> impl Iterator<Item = &'static Sample> {
    made().samples().iter().filter(move |s| s.expected_verdict == verdict && !s.date_of_birth.is_partial())
}

fn sample() -> &'static Sample {
    samples(ExpectedVerdict::Valid).next().unwrap()
}

fn vietnamese(sample: &Sample) -> String {
    sample.date_of_birth.to_vietnamese()
}

/// Rows of results, by title.
fn read_csv(path: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let bytes = fs::read(path).unwrap();
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").expect("a mark in front");
    let mut reader = csv::Reader::from_reader(text);
    reader.deserialize().map(Result::unwrap).collect()
}

fn entries(data: &Path) -> Vec<Entry> {
    let segments = files(&data.join("journal")).into_iter().filter(|f| f.extension().is_some_and(|e| e == "jsonl"));
    let text: String = segments.map(|segment| fs::read_to_string(segment).unwrap()).collect();
    text.lines().map(|line| journal::read_line(line.as_bytes()).unwrap().entry).collect()
}

#[test]
fn a_table_is_checked_row_by_row_and_taken_home() {
    let data = with_office("tieu_hoc,thcs,thpt,gdtx", "name,staff");
    let dir = tempfile::tempdir().unwrap();
    let one = sample();
    let two = samples(ExpectedVerdict::Valid).nth(1).unwrap();
    let withdrawn = samples(ExpectedVerdict::Withdrawn).next().unwrap();
    let (last, code) = (one.school_years.last().unwrap(), one.code);
    let bare = hocba::transcript::name::fold(&one.full_name);
    let table = format!(
        "STT;Mã tra cứu;Họ và tên;Ngày sinh;Năm học;Ghi chú\n\
         1;{code};{name};{birth};{last};=cmd|' /C calc'!A0\n\
         2;{two};Người Khác;01/01/1999;;+84\n\
         3;{withdrawn};;;;\n\
         4;ffffffffffffffffffffffffffffffff;Ai Đó;;;\n\
         5;{upper};{bare};31/02/2010;1999-2000;\n\
         6;không có;X;;;\n\
         7;{three};;;;\n",
        name = one.full_name,
        birth = vietnamese(one),
        two = two.code,
        withdrawn = withdrawn.code,
        upper = code.to_string().to_uppercase(),
        three = samples(ExpectedVerdict::Suspended).next().map_or(one.code, |s| s.code),
    );
    let file = dir.path().join("thí sinh.csv");
    fs::write(&file, &table).unwrap();
    let out = |ending: &str| dir.path().join(format!("kq.{ending}"));
    let before = entries(data.path()).len();
    let outs: Vec<String> = ["csv", "xlsx", "pdf"].map(|ending| out(ending).display().to_string()).to_vec();
    let ran = batch(data.path(), &[file.to_str().unwrap(), "--out", &outs[0], "--out", &outs[1], "--out", &outs[2]]);
    assert_exit(&ran, 0);
    let view = said(&ran);
    assert_eq!((&view["rows"], &view["done"], &view["state"]), (&7.into(), &7.into(), &"finished".into()), "{view}");

    let rows = read_csv(&out("csv"));
    let of = |title: &str| rows.iter().map(|row| row[title].as_str()).collect::<Vec<_>>();
    assert_eq!(of("STT"), ["1", "2", "3", "4", "5", "6", "7"], "their order, their columns");
    let conclusions = of("KQ: Kết luận");
    assert_eq!(
        conclusions[..6],
        [
            "Khớp",
            "Khác với hồ sơ",
            "Không còn hoặc chưa có hiệu lực",
            "Không có học bạ với mã này",
            "Khác với hồ sơ",
            "Không đọc được mã"
        ]
    );
    assert_eq!(of("KQ: Họ và tên")[..6], ["khớp", "khác", "", "hồ sơ không có", "gần khớp", ""]);
    assert_eq!(of("KQ: Ngày sinh")[..6], ["khớp", "khác", "", "", "không đọc được", ""]);
    assert_eq!(of("KQ: Năm học")[..6], ["khớp", "", "", "", "khác", ""]);
    let why = of("KQ: Giải thích");
    assert!(why[2].contains("bị thu hồi từ "), "{}", why[2]);
    assert!(why[4].contains("Trùng mã với dòng 2.") && why[4].contains("không phải ngày"), "{}", why[4]);
    assert!(why[5].contains("không phải một mã tra cứu"), "{}", why[5]);
    // What a spreadsheet would run is text, in both formats.
    assert_eq!(of("Ghi chú")[..2], ["'=cmd|' /C calc'!A0", "'+84"]);
    let sheet = table::read(&fs::read(out("xlsx")).unwrap()).unwrap();
    assert_eq!(sheet.lines.len(), 7);
    assert_eq!(sheet.lines[0].cell(5).shown(), "'=cmd|' /C calc'!A0");
    assert_eq!(sheet.lines[0].cell(8).shown(), "Khớp");

    check_journal(&entries(data.path())[before..], &code);
    check_report(data.path(), &out("pdf"));
    assert_exit(&hocba(data.path()).arg("audit").output().unwrap(), 0);
}

/// Begun before anything was looked up; each transcript named by a keyed hash; taken home three times.
fn check_journal(entries: &[Entry], code: &hocba::transcript::TranscriptCode) {
    let kinds: Vec<String> = entries
        .iter()
        .map(|entry| match entry {
            Entry::BatchChanged(changed) => format!("{:?} {}", changed.action, changed.rows),
            Entry::BatchRows(rows) => format!("{} looked up", rows.transcripts.len()),
            Entry::Disclosure(opened) => {
                format!("opened {}", opened.groups.iter().map(|g| g.name()).collect::<String>())
            }
            other => format!("{other:?}"),
        })
        .collect();
    let begun = format!("{:?} 7", BatchAction::Begun);
    let taken = format!("{:?} 7", BatchAction::Taken);
    let finished = format!("{:?} 7", BatchAction::Finished);
    let expected =
        [begun.as_str(), "3 looked up", "opened name", "opened name", "opened name", &finished, &taken, &taken, &taken];
    assert_eq!(kinds, expected);
    let text = serde_json::to_string(entries).unwrap();
    assert!(!text.contains(&code.to_string()) && !text.contains(&sample().full_name));
    assert!(text.contains("công văn 12; Xét tuyển"));
}

fn check_report(data: &Path, report: &Path) {
    let verify = |path: &Path| hocba(data).args(["--json", "verify"]).arg(path).output().unwrap();
    let told = verify(report);
    assert_exit(&told, 0);
    let told = said(&told);
    assert_eq!(told["result"], "genuine_report");
    let summary = &told["report"];
    assert_eq!((&summary["rows"], &summary["done"], &summary["office"]), (&7.into(), &7.into(), &"dhqg-hn".into()));
    assert_eq!(summary["counts"]["matches"], 1);
    assert!(summary["ledger_size"].as_u64().unwrap() > 0);
    let pdf = fs::read(report).unwrap();
    let altered = report.with_file_name("sửa.pdf");
    for place in [pdf.len() / 3, pdf.len() / 2, pdf.len() - 30] {
        let mut spoilt = pdf.clone();
        spoilt[place] ^= 1;
        fs::write(&altered, spoilt).unwrap();
        let told = verify(&altered);
        assert_exit(&told, 1);
        assert_eq!(said(&told)["result"], "altered", "byte {place}");
    }
    let server = Server::start(data, "");
    let (status, answer) = server.judge("/xac-thuc-ban-mem", &pdf);
    assert_eq!((status, &answer["result"], &answer["report"]["rows"]), (200, &"genuine_report".into(), &7.into()));
    let (status, page) = server.upload("/xac-thuc-ban-mem", &pdf);
    assert!(status == 200 && page.contains("Báo cáo kiểm tra hàng loạt do Cổng lập, còn nguyên vẹn"), "{page}");
}

#[test]
fn outside_the_grant_there_is_the_public_verdict_and_nothing_else() {
    let one = sample();
    let other = if one.level == "thpt" { "thcs" } else { "thpt" };
    for (levels, groups, says) in [(other, "name,staff", "ngoài phạm vi"), (one.level, "results", "ngoài phạm vi")]
    {
        let data = with_office(levels, groups);
        let file = data.path().join("t.csv");
        fs::write(&file, format!("Mã tra cứu,Họ tên\n{},{}\n", one.code, one.full_name)).unwrap();
        let out = data.path().join("kq.csv");
        let before = entries(data.path()).len();
        assert_exit(&batch(data.path(), &[file.to_str().unwrap(), "--out", out.to_str().unwrap()]), 0);
        let rows = read_csv(&out);
        assert_eq!(
            (rows[0]["KQ: Họ và tên"].as_str(), rows[0]["KQ: Tình trạng học bạ"].as_str()),
            (says, "Có hiệu lực")
        );
        assert_eq!(rows[0]["KQ: Kết luận"], "Cần xem lại");
        let opened = entries(data.path())[before..].iter().filter(|e| matches!(e, Entry::Disclosure(_))).count();
        assert_eq!(opened, 0, "nothing was opened");
    }
}

#[test]
fn a_batch_is_refused_or_stopped_in_plain_words() {
    let data = with_office("thpt", "name");
    let file = |text: &str| {
        let path = data.path().join("t.csv");
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let refused = |args: &[&str]| {
        let ran = batch(data.path(), args);
        assert_exit(&ran, 2);
        String::from_utf8(ran.stderr).unwrap()
    };
    assert!(refused(&[&file("Họ tên\nAn\n")]).contains("no column of lookup codes was found"));
    let many = format!("Mã tra cứu\n{}", format!("{}\n", sample().code).repeat(20_001));
    assert!(refused(&[&file(&many)]).contains("more than 20000 rows"));
    assert!(refused(&[&file("Mã tra cứu\nx\n"), "--out", "kq.docx"]).contains("not .csv, .xlsx or .pdf"));
    assert!(refused(&[&file("Mã tra cứu\nx\n"), "--column", "1=mark"]).contains("N=FIELD"));
    let preview = hocba(data.path()).args(["--json", "batch", "--preview", &file("Mã tra cứu;Toán\nx;9\n")]).output();
    let preview = preview.unwrap();
    assert_exit(&preview, 0);
    assert_eq!(said(&preview)["columns"][0]["taken"]["as"], "code");
    let end = ["office", "end", "dhqg-hn"];
    assert_exit(&hocba(data.path()).args(end).args(BY).output().unwrap(), 0);
    assert!(refused(&[&file("Mã tra cứu\nx\n")]).contains("the office's grant is over"));
    assert_eq!(fs::read_dir(data.path().join("batches")).unwrap().count(), 1, "only the lock");
}

/// Waits until the server has done so many rows of its only batch.
fn wait_for_rows(data: &Path, least: u64) -> Value {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let listed = batch(data, &["list"]);
        if listed.status.success()
            && let Some(view) = said(&listed).as_array().and_then(|all| all.first()).cloned()
            && view["done"].as_u64().unwrap() >= least
        {
            return view;
        }
        assert!(Instant::now() < deadline, "no progress");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn killed_and_restarted_in_the_middle_no_row_is_lost_or_doubled() {
    let data = with_office("tieu_hoc,thcs,thpt,gdtx", "name");
    let known: Vec<&Sample> = samples(ExpectedVerdict::Valid).collect();
    let count = 20_000;
    let mut text = "Mã tra cứu,Họ và tên,Ngày sinh,Số báo danh\n".to_owned();
    for row in 0..count {
        let one = known[row % known.len()];
        text.push_str(&format!("{},{},{},SBD{row}\n", one.code, one.full_name, vietnamese(one)));
    }
    let file = data.path().join("t.csv");
    fs::write(&file, text).unwrap();
    let mut server = Server::start(data.path(), "");
    let mut handing_in = hocba(data.path())
        .args(["--json", "batch", file.to_str().unwrap()])
        .args(OFFICE)
        .args(BY)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut kills = 0;
    let mut done = 0;
    while done < count as u64 {
        let view = wait_for_rows(data.path(), done + 1);
        let now = view["done"].as_u64().unwrap();
        assert!(now >= done, "rows that were done are done");
        done = now;
        if done < count as u64 && kills < 4 {
            server.kill();
            kills += 1;
            server = Server::start(data.path(), "");
        }
    }
    let _ = handing_in.kill();
    let _ = handing_in.wait();
    assert!(kills > 0, "it was over before it could be killed");
    let id = wait_for_rows(data.path(), count as u64)["id"].as_str().unwrap().to_owned();
    let out = data.path().join("kq.csv");
    assert_exit(&batch(data.path(), &["results", &id, "--out", out.to_str().unwrap()]), 0);
    let rows = read_csv(&out);
    assert_eq!(rows.len(), count);
    for (place, row) in rows.iter().enumerate() {
        assert_eq!(
            (row["Số báo danh"].as_str(), row["KQ: Dòng"].as_str()),
            (&*format!("SBD{place}"), &*(place + 2).to_string())
        );
        assert_eq!(row["KQ: Kết luận"], "Khớp", "row {place}");
    }
    drop(server);
    let opened = entries(data.path()).iter().filter(|e| matches!(e, Entry::Disclosure(_))).count();
    assert!(opened >= count, "every row was written down before it was kept: {opened}");
    assert_exit(&hocba(data.path()).arg("audit").output().unwrap(), 0);
}

#[test]
fn a_batch_is_cancelled_deleted_and_seen_by_its_office_alone() {
    let data = with_office("thpt", "name");
    let file = data.path().join("t.csv");
    fs::write(&file, format!("Mã tra cứu\n{}\n", sample().code)).unwrap();
    let ran = batch(data.path(), &[file.to_str().unwrap()]);
    assert_exit(&ran, 0);
    let id = said(&ran)["id"].as_str().unwrap().to_owned();
    let of_others = |args: &[&str]| {
        let ran = hocba(data.path()).args(["--json", "batch"]).args(args).args(["--office", "other"]).args(BY).output();
        ran.unwrap()
    };
    assert_eq!(said(&of_others(&["list"])), serde_json::json!([]));
    for args in [["cancel", &id], ["delete", &id], ["results", &id]] {
        let refused = of_others(&args);
        assert_exit(&refused, 2);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no such batch"));
    }
    let cancelled = batch(data.path(), &["cancel", &id]);
    assert_eq!(said(&cancelled)["state"], "finished", "what is over stays as it is");
    assert_exit(&batch(data.path(), &["delete", &id]), 0);
    assert_eq!(said(&batch(data.path(), &["list"])), serde_json::json!([]));
    let kept = files(&data.path().join("batches"));
    assert_eq!(kept.len(), 1, "only the lock: {kept:?}");
}

#[test]
fn nothing_is_taken_that_cannot_be_written_down() {
    let data = with_office("thpt", "name");
    let file = data.path().join("t.csv");
    fs::write(&file, format!("Mã tra cứu\n{}\n", sample().code)).unwrap();
    let server = Server::start(data.path(), "");
    fs::rename(data.path().join("journal"), data.path().join("elsewhere")).unwrap();
    let refused = batch(data.path(), &[file.to_str().unwrap()]);
    assert_exit(&refused, 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("the batch could not be recorded, so it was not taken"));
    assert_eq!(files(&data.path().join("batches")).len(), 1, "only the lock");
    drop(server);
}

/// A photo of a page with this QR.
fn photo(text: &str) -> Vec<u8> {
    let qr = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
    let side = (qr.size() as u32 + 8) * 8;
    let picture = image::GrayImage::from_fn(side, side, |x, y| {
        let dark = qr.get_module(x as i32 / 8 - 4, y as i32 / 8 - 4);
        image::Luma([if dark { 20 } else { 235 }])
    });
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

fn jpeg(text: &str) -> Vec<u8> {
    let picture = image::load_from_memory(&photo(text)).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

#[test]
fn an_archive_of_soft_copies_and_photos_is_judged_file_by_file() {
    let data = with_office("thpt", "name");
    let one = sample();
    let pdf = data.path().join("bản mềm.pdf");
    let issue =
        hocba(data.path()).args(["soft-copy", &one.code.to_string(), "--out"]).arg(&pdf).args(BY).output().unwrap();
    assert_exit(&issue, 0);
    let pdf = fs::read(&pdf).unwrap();
    let mut altered = pdf.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let photo = photo(&format!("HTTPS://HOCBA.EXAMPLE/V/{}", one.code.to_string().to_uppercase()));
    for (name, bytes) in [
        ("Nguyễn An.pdf", pdf.as_slice()),
        ("lớp 12/sửa.pdf", &altered),
        ("ảnh.png", &photo),
        ("ghi chú.txt", b"x"),
        ("__MACOSX/._ảnh.png", b"x"),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let file = data.path().join("hồ sơ.zip");
    fs::write(&file, zip.finish().unwrap().into_inner()).unwrap();
    let out = data.path().join("kq.csv");
    assert_exit(&batch(data.path(), &[file.to_str().unwrap(), "--out", out.to_str().unwrap()]), 0);
    let rows = read_csv(&out);
    let told: Vec<_> =
        rows.iter().map(|r| (r["Tệp"].as_str(), r["KQ: Kết luận"].as_str(), r["KQ: Mã tra cứu"].as_str())).collect();
    let code = one.code.to_string();
    assert_eq!(
        told,
        [
            ("Nguyễn An.pdf", "Khớp", code.as_str()),
            ("lớp 12/sửa.pdf", "Bản mềm bị sửa", ""),
            ("ảnh.png", "Cần xem lại", &code),
            ("ghi chú.txt", "Không đọc được mã", "")
        ]
    );
}

#[test]
fn a_scan_gives_a_row_for_each_page() {
    let data = with_office("thpt", "name");
    let codes: Vec<String> = samples(ExpectedVerdict::Valid).take(3).map(|s| s.code.to_string()).collect();
    let mut scan = b"%PDF-1.4\n".to_vec();
    for (place, code) in codes.iter().map(String::as_str).chain(["nothing to look up"]).enumerate() {
        let picture = jpeg(code);
        scan.extend(
            format!("{} 0 obj << /Filter /DCTDecode /Length {} >>\nstream\r\n", place + 1, picture.len()).bytes(),
        );
        scan.extend(&picture);
        scan.extend(b"\nendstream\nendobj\n");
    }
    let file = data.path().join("scan.pdf");
    fs::write(&file, scan).unwrap();
    let out = data.path().join("kq.csv");
    assert_exit(&batch(data.path(), &[file.to_str().unwrap(), "--out", out.to_str().unwrap()]), 0);
    let rows = read_csv(&out);
    let told: Vec<_> = rows.iter().map(|row| (row["Trang"].as_str(), row["KQ: Mã tra cứu"].as_str())).collect();
    assert_eq!(told, [("1", &*codes[0]), ("2", &*codes[1]), ("3", &*codes[2]), ("4", "")]);
    assert_eq!(rows[0]["KQ: Kết luận"], "Cần xem lại", "a code alone compares nothing");
}
