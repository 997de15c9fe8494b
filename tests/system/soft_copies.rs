//! Soft copies (bản mềm) over the real binary: issued, picked up, judged, and what is written down about them.

use std::path::Path;
use std::process::Command;

use hocba::portal::soft_copy::{EVIDENCE, SUMMARY};
use hocba::synth::Sample;
use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::copies::{field, make_copy, open_with, opened_page, several_years};
use super::disclosure::journal_lines;
use super::nation::{copy_of, files, made};
use super::process::{Server, assert_exit, hocba};
use super::redis_server::{Redis, put_password};

const CHECK: &str = "/xac-thuc-ban-mem";

/// A data directory whose portal signs soft copies, and the settings for it.
fn with_signer(source: &Path) -> (TempDir, String) {
    let data = copy_of(source);
    let keys = data.path().join("keys/soft-copy");
    assert_exit(&hocba(data.path()).args(["key", "soft-copy", "--out"]).arg(keys).output().unwrap(), 0);
    let settings = "[soft_copy]\nkey_file = \"keys/soft-copy/signer.key\"\nchain_file = \"keys/soft-copy/chain.pem\"\n";
    (data, settings.to_owned())
}

/// Asks for a copy and fetches it.
fn soft_copy(server: &Server, sample: &Sample, fields: &[(&str, &str)]) -> Vec<u8> {
    let (status, to, page) = server.form_leading_on(&format!("/v/{}/ban-mem", sample.code), fields);
    assert_eq!(status, 303, "{page}");
    let (status, headers, pdf) = server.fetch(&to.unwrap(), None);
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "application/pdf"));
    assert_eq!(headers["content-disposition"].to_str().unwrap(), "attachment; filename=\"ban-mem-hoc-ba.pdf\"");
    assert!(headers["cache-control"].to_str().unwrap().contains("no-store"));
    pdf
}

fn attached(pdf: &[u8], name: &str) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("ban-mem.pdf"), dir.path().join("out"));
    std::fs::write(&file, pdf).unwrap();
    let done = Command::new("pdfdetach").args(["-savefile", name, "-o"]).args([&out, &file]).status().unwrap();
    assert!(done.success(), "{name} is not attached");
    serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap()
}

#[test]
fn a_holder_gets_a_signed_copy_that_proves_itself() {
    let (data, settings) = with_signer(&made().data());
    let server = Server::start(data.path(), &settings);
    let sample = several_years();
    let page = opened_page(&server, sample);
    assert!(page.contains("/ban-mem\""), "the page offers it");
    let ticket = field(&page, "ticket").unwrap();
    let lines = journal_lines(data.path());
    let (status, to, _) = server.form_leading_on(&format!("/v/{}/ban-mem", sample.code), &[("ticket", &ticket)]);
    let to = to.unwrap();
    assert_eq!(status, 303);
    assert_eq!(journal_lines(data.path()), lines + 2, "what was opened, and the copy, before it is handed out");
    let (_, headers, pdf) = server.fetch(&to, None);
    assert_eq!(headers["accept-ranges"].to_str().unwrap(), "bytes");

    // In parts, as download managers fetch it.
    let (status, headers, part) = server.fetch(&to, Some("bytes=100-299"));
    assert_eq!((status, part.as_slice()), (206, &pdf[100..300]));
    assert_eq!(headers["content-range"].to_str().unwrap(), format!("bytes 100-299/{}", pdf.len()));
    assert_eq!(server.fetch(&to, Some("bytes=-10")).2, pdf[pdf.len() - 10..]);
    assert_eq!(server.fetch(&to, Some("bytes=99999999-")).0, 416);
    assert_eq!(server.fetch(&to, Some("furlongs=1-2")).2, pdf, "what cannot be read is passed over");

    // Other programs read the signature and what is attached.
    let file = data.path().join("ban-mem.pdf");
    std::fs::write(&file, &pdf).unwrap();
    let told = Command::new("pdfsig").arg(&file).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("Signature is Valid") && told.contains("Total document signed"), "{told}");
    let summary = attached(&pdf, SUMMARY);
    assert_eq!(summary["code"], json!(sample.code));
    assert_eq!(summary["sheets"].as_array().unwrap().len(), sample.school_years.len());
    let evidence = data.path().join("bang-chung.json");
    std::fs::write(&evidence, serde_json::to_vec(&attached(&pdf, EVIDENCE)).unwrap()).unwrap();
    assert_exit(&hocba(data.path()).arg("verify").arg(&evidence).output().unwrap(), 0);

    // It is read back: over HTTP, by the operator beside the server, and by its signature alone.
    let (status, judged) = server.judge(CHECK, &pdf);
    assert_eq!((status, &judged["result"], &judged["verdict"]), (200, &json!("genuine_current"), &json!("valid")));
    assert_eq!(judged["code"], json!(sample.code));
    let said = hocba(data.path()).arg("verify").arg(&file).output().unwrap();
    assert_exit(&said, 0);
    assert!(String::from_utf8_lossy(&said.stdout).contains("as the record is now"));
    let alone = Command::new(env!("CARGO_BIN_EXE_hocba"))
        .args(["verify", "--signer"])
        .args([&data.path().join("keys/soft-copy/chain.pem"), &file])
        .output();
    assert_exit(&alone.unwrap(), 0);
    drop(server);
    assert_exit(
        &hocba(data.path())
            .arg("--config")
            .arg(data.path().join("test.toml"))
            .arg("verify")
            .arg(&file)
            .output()
            .unwrap(),
        0,
    );
    assert_exit(&hocba(data.path()).arg("audit").output().unwrap(), 0);
}

#[test]
fn what_is_not_what_was_signed_is_refused() {
    let (data, settings) = with_signer(&made().data());
    let server = Server::start(data.path(), &settings);
    let sample = several_years();
    let ticket = field(&opened_page(&server, sample), "ticket").unwrap();
    let pdf = soft_copy(&server, sample, &[("ticket", &ticket)]);
    let result = |file: &[u8]| server.judge(CHECK, file).1["result"].as_str().unwrap_or_default().to_owned();
    for at in (0..pdf.len()).step_by(pdf.len() / 40) {
        let mut changed = pdf.clone();
        changed[at] ^= 1;
        let result = result(&changed);
        assert!(["altered", "not_issued_here"].contains(&result.as_str()), "byte {at}: {result}");
    }
    assert_eq!(result(&[&pdf[..], b"\n%%EOF\n"].concat()), "altered");
    assert_eq!(result(&pdf[..pdf.len() - 1]), "altered");
    let file = data.path().join("changed.pdf");
    std::fs::write(&file, [&pdf[..], b" "].concat()).unwrap();
    assert_exit(&hocba(data.path()).arg("verify").arg(&file).output().unwrap(), 1);
    let (status, page) = server.upload(CHECK, &[&pdf[..], b" "].concat());
    assert!(status == 200 && page.contains("Nội dung không khớp với dữ liệu gốc") && page.contains("verdict bad"));
    assert!(!page.contains(&sample.full_name));
}

#[test]
fn of_other_files_only_a_code_is_read() {
    let (data, settings) = with_signer(&made().data());
    let server = Server::start(data.path(), &settings);
    let sample = several_years();
    let judged = |file: &[u8]| server.judge(CHECK, file).1;
    let code_only = |judged: &Value| {
        assert_eq!((&judged["result"], &judged["code"]), (&json!("code_only"), &json!(sample.code)), "{judged}");
        assert_eq!(judged["verdict"], "valid");
    };
    // What school software prints to a file, the code in its title.
    code_only(&judged(format!("%PDF-1.4\n1 0 obj\n<< /Title (Hoc ba {}) >>\nendobj\n", sample.code).as_bytes()));
    // A photo of the QR, and a scan that a PDF was made of.
    let address = format!("HTTPS://HOCBA.EXAMPLE.VN/V/{}", sample.code.to_string().to_uppercase());
    let photo = photo_of(&address);
    code_only(&judged(&photo));
    code_only(&judged(&[b"%PDF-1.4\n1 0 obj << /Filter /DCTDecode >> stream\n", &photo[..], b"\nendstream"].concat()));
    let (status, page) = server.upload(CHECK, &photo);
    assert!(
        status == 200 && page.contains(&format!("href=\"/v/{}\"", sample.code)),
        "it leads on to comparing: {page}"
    );
    assert!(!page.contains("verdict good"));
    for junk in
        [&b"%PDF-1.7\n"[..], b"GIF89a", b"PK\x03\x04", b"hello", b"\x89PNG\r\n\x1A\nxx", b"\xFF\xD8\xFF\xE0junk"]
    {
        let (status, answer) = server.judge(CHECK, junk);
        assert_eq!((status, &answer["result"]), (200, &json!("not_issued_here")), "{junk:?}");
    }
    assert_eq!(server.judge(CHECK, b"").0, 400);
    assert_eq!(server.judge(CHECK, &vec![b'%'; 9 << 20]).0, 413);
    assert!(!server.log().contains(&sample.code.to_string()));
}

/// A picture of a QR as a phone's camera stores it, with paper around it.
fn photo_of(text: &str) -> Vec<u8> {
    const MODULE: i32 = 7;
    const PAPER: i32 = 30;
    let qr = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
    let side = u32::try_from((qr.size() + 2 * PAPER) * MODULE).unwrap();
    let picture = image::RgbImage::from_fn(side, side * 3 / 2, |x, y| {
        let at = |pixel: u32| i32::try_from(pixel).unwrap() / MODULE - PAPER;
        let shade = if qr.get_module(at(x), at(y)) { 40 } else { 215 };
        image::Rgb([shade + u8::try_from((x * 31 + y * 17) % 23).unwrap(); 3])
    });
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

#[test]
fn an_extract_has_its_year_alone_and_a_token_opens_its_copy() {
    let (data, settings) = with_signer(&made().data());
    let server = Server::start(data.path(), &settings);
    let sample = several_years();
    let ticket = field(&opened_page(&server, sample), "ticket").unwrap();
    let year = sample.school_years.first().unwrap().to_string();
    let pdf = soft_copy(&server, sample, &[("ticket", &ticket), ("nam-hoc", &year)]);
    let summary = attached(&pdf, SUMMARY);
    assert_eq!(summary["extract"], json!(year));
    assert!(summary["sheets"].as_array().unwrap().iter().all(|sheet| sheet["school_year"] == json!(year)));
    assert_eq!(server.judge(CHECK, &pdf).1["result"], "genuine_current");
    // Whoever has the QR of a copy gets the years of that copy, and no more.
    let token = make_copy(&server, sample, 1);
    let pdf = soft_copy(&server, sample, &[("token", &token)]);
    let summary = attached(&pdf, SUMMARY);
    assert_eq!((summary["sheets"].as_array().unwrap().len(), &summary["whole"]), (1, &json!(false)));
    assert_eq!(server.judge(CHECK, &pdf).1["result"], "genuine_current");
    // And by birth date at once, for whoever writes a script.
    let pdf = soft_copy(&server, sample, &[("date_of_birth", &sample.date_of_birth.to_string())]);
    assert_eq!(server.judge(CHECK, &pdf).1["result"], "genuine_current");
}

#[test]
fn nobody_gets_a_copy_without_having_opened_the_transcript() {
    let (data, settings) = with_signer(&made().data());
    let server = Server::start(data.path(), &settings);
    let sample = several_years();
    let path = format!("/v/{}/ban-mem", sample.code);
    let ticket = field(&opened_page(&server, sample), "ticket").unwrap();
    let lines = journal_lines(data.path());
    for (fields, expected) in [
        (vec![], 400),
        (vec![("ticket", "x")], 403),
        (vec![("token", "1.AAAA")], 403),
        (vec![("date_of_birth", "1990-01-31")], 403),
        (vec![("ticket", ticket.as_str()), ("nam-hoc", "1999-2000")], 400),
        (vec![("ticket", ticket.as_str()), ("nam-hoc", "x")], 400),
    ] {
        let (status, to, page) = server.form_leading_on(&path, &fields);
        assert_eq!((status, to), (expected, None), "{fields:?}");
        assert!(!page.contains(&sample.full_name));
    }
    assert!(journal_lines(data.path()) <= lines + 1, "a year that is not there was opened, and not printed");
    let (status, _, page) = server.fetch("/ban-mem/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", None);
    assert!(status == 404 && String::from_utf8(page).unwrap().contains("đã hết hạn"));
    assert_eq!(server.fetch(&path, None).0, 200, "reloading the form's address leads back to the code's page");
    // The same form sent twice is one copy.
    let copies = |data: &Path| {
        let written = files(&data.join("journal")).into_iter().map(|file| std::fs::read_to_string(file).unwrap());
        written.map(|text| text.matches("copy_issued").count()).sum::<usize>()
    };
    let before = copies(data.path());
    for _ in 0..2 {
        soft_copy(&server, sample, &[("ticket", &ticket)]);
    }
    assert_eq!(copies(data.path()), before + 1);
}

#[test]
fn a_copy_says_what_has_changed_since() {
    let (data, settings) = with_signer(&made().before());
    let was = |s: &Sample| made().answers_before.get(&s.code.to_string()).map(|a| a["verdict"].clone());
    let wanted = |s: &&Sample| {
        was(s) == Some(json!("valid"))
            && made().answers[&s.code.to_string()]["verdict"] == "withdrawn"
            && !s.date_of_birth.is_partial()
    };
    let sample = made().samples().iter().find(wanted).expect("a sample that is withdrawn at the end");
    let server = Server::start(data.path(), &settings);
    let ticket = field(&opened_page(&server, sample), "ticket").unwrap();
    let pdf = soft_copy(&server, sample, &[("ticket", &ticket)]);
    assert_eq!(server.judge(CHECK, &pdf).1["result"], "genuine_current");
    drop(server);
    made().take_rest(data.path());
    let server = Server::start(data.path(), &settings);
    server.wait_until_ready();
    let (status, judged) = server.judge(CHECK, &pdf);
    assert_eq!((status, &judged["result"], &judged["verdict"]), (200, &json!("genuine_older"), &json!("withdrawn")));
    assert!(judged["changes"].as_array().unwrap().iter().all(|c| c["then"] == "valid" && c["now"] == "withdrawn"));
    let (_, page) = server.upload(CHECK, &pdf);
    assert!(page.contains("dữ liệu nay đã khác") && !page.contains("verdict good"));
    // A new copy of it is watermarked and says so itself; it is current, and nothing about it is green.
    let page = opened_page(&server, sample);
    let pdf = soft_copy(&server, sample, &[("ticket", &field(&page, "ticket").unwrap())]);
    let (_, judged) = server.judge(CHECK, &pdf);
    assert_eq!((&judged["result"], &judged["verdict"]), (&json!("genuine_current"), &json!("withdrawn")));
    let (_, page) = server.upload(CHECK, &pdf);
    assert!(!page.contains("verdict good"), "{page}");
}

#[test]
fn the_operator_gets_a_copy_and_leaves_a_name() {
    let (data, settings) = with_signer(&made().data());
    let sample = several_years();
    let config = data.path().join("test.toml");
    std::fs::write(&config, &settings).unwrap();
    let ask = |out: &str, more: &[&str]| {
        hocba(data.path())
            .arg("--config")
            .arg(&config)
            .args([
                "soft-copy",
                &sample.code.to_string(),
                "--by",
                "Nguyễn Văn Trực",
                "--reason",
                "Công văn 12",
                "--out",
            ])
            .arg(data.path().join(out))
            .args(more)
            .output()
            .unwrap()
    };
    assert_exit(&ask("mot.pdf", &[]), 0);
    let written: String =
        files(&data.path().join("journal")).into_iter().map(|f| std::fs::read_to_string(f).unwrap()).collect();
    assert!(written.contains("Nguyễn Văn Trực") && written.contains("Công văn 12"));
    assert_exit(&ask("mot.pdf", &[]), 2);
    assert_exit(&ask("hai.pdf", &["--year", "1999-2000"]), 2);
    let server = Server::start(data.path(), &settings);
    assert_exit(&ask("ba.pdf", &["--year", &sample.school_years[0].to_string()]), 0);
    let pdf = std::fs::read(data.path().join("ba.pdf")).unwrap();
    assert_eq!(server.judge(CHECK, &pdf).1["result"], "genuine_current");
    let token = attached(&pdf, SUMMARY);
    assert_eq!(token["whole"], json!(false));
}

#[test]
fn without_a_signer_none_is_offered_and_nothing_of_a_copy_is_in_the_log() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = several_years();
    let page = opened_page(&server, sample);
    assert!(!page.contains("/ban-mem\""));
    let ticket = field(&page, "ticket").unwrap();
    assert_eq!(server.form_leading_on(&format!("/v/{}/ban-mem", sample.code), &[("ticket", &ticket)]).0, 503);
    drop(server);
    let (data, settings) = with_signer(&made().data());
    let server = Server::start(data.path(), &format!("[log_output]\nlevel = \"trace\"\n{settings}"));
    let ticket = field(&opened_page(&server, sample), "ticket").unwrap();
    let (_, to, _) = server.form_leading_on(&format!("/v/{}/ban-mem", sample.code), &[("ticket", &ticket)]);
    let to = to.unwrap();
    let pdf = server.fetch(&to, None).2;
    server.judge(CHECK, &pdf);
    let log = server.log().to_lowercase();
    for secret in [to.rsplit('/').next().unwrap(), &ticket, &sample.code.to_string(), &sample.full_name] {
        assert!(!log.contains(&secret.to_lowercase()), "{secret} is in the log");
    }
    assert_eq!(open_with(&server, sample, "1.AAAA").0, 403);
}

#[test]
fn a_copy_is_fetched_from_any_replica_and_redis_cannot_read_it() {
    let mut redis = Redis::start();
    let replica = || {
        let (data, settings) = with_signer(&made().data());
        put_password(data.path());
        let server = Server::start(data.path(), &redis.settings(&format!("[limits]\nbackend = \"redis\"\n{settings}")));
        (data, server)
    };
    let ((_one, one), (_other, other)) = (replica(), replica());
    let sample = several_years();
    let ticket = field(&opened_page(&one, sample), "ticket").unwrap();
    let path = format!("/v/{}/ban-mem", sample.code);
    let (_, to, _) = one.form_leading_on(&path, &[("ticket", &ticket)]);
    let to = to.unwrap();
    let (status, _, pdf) = other.fetch(&to, None);
    assert!(status == 200 && pdf == one.fetch(&to, None).2);
    let keys = redis.cli(&["--raw", "KEYS", "*soft-copy:*"]);
    assert_eq!(keys.lines().count(), 1);
    assert!(!keys.contains(to.rsplit('/').next().unwrap()), "a key is no ticket");
    let sealed: Vec<u8> = redis::cmd("GET").arg(keys.trim()).query(&mut redis.connection()).unwrap();
    assert!(sealed.len() > pdf.len() && !sealed.windows(4).any(|four| four == b"%PDF"));
    let left: u64 = redis.cli(&["--raw", "TTL", keys.trim()]).trim().parse().unwrap();
    assert!((1..=600).contains(&left));
    redis.kill();
    assert_eq!(one.fetch(&to, None).0, 200, "whoever made it still has it");
    assert_eq!(other.fetch(&to, None).0, 404);
}
