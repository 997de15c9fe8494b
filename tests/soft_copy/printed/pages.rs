//! What every page carries, and how the pages read.

use hocba::soft_copy::printed::{PrintFault, PrintedSheet, PrintedTranscript, Standing, render};
use hocba::soft_copy::url;
use hocba::transcript::contents::Contents;
use hocba::transcript::{Level, SchoolYear, SheetClaims};

use super::{PUBLIC_URL, Paper, code, converter, copy, in_force, printed, token};
use crate::transcript::sample;

fn of_year(first: u16, (claims, contents): (SheetClaims, Contents)) -> (SheetClaims, Contents) {
    (SheetClaims { school_year: SchoolYear::starting(first).unwrap(), ..claims }, contents)
}

#[test]
fn every_page_carries_its_number_the_code_and_a_qr_of_its_address() {
    let sheets = [of_year(2024, sample::secondary()), of_year(2025, sample::secondary())];
    let sheets: Vec<_> = sheets.iter().map(in_force).collect();
    let token = token(code());
    let paper =
        Paper::of(&printed(&PrintedTranscript { token: Some(&token), ..copy(Level::LowerSecondary, &sheets) }, vec![]));
    let address = url::of_code(PUBLIC_URL, &code());
    for page in 1..=paper.pages {
        let text = paper.text_of_page(page);
        assert!(text.contains("0f0f 0f0f 0f0f 0f0f 0f0f 0f0f 0f0f 0f0f"), "page {page}: {text}");
        assert!(text.contains(&format!("Trang {page}/{}", paper.pages)), "page {page}: {text}");
        let codes = paper.codes_of_page(page);
        assert!(codes.contains(&address), "page {page}: {codes:?}");
        let opening = codes.iter().filter(|code| code.contains('#')).count();
        assert_eq!(opening, usize::from(page == 1), "only the cover has what opens the transcript");
    }
    assert!(paper.codes_of_page(1).contains(&url::with_token(PUBLIC_URL, &code(), &token)));
}

#[test]
fn the_cover_says_what_it_is_whose_system_it_comes_from_and_when() {
    let sheet = sample::primary();
    let sheets = [in_force(&sheet)];
    let cover = |transcript: &PrintedTranscript<'_>| Paper::of(&printed(transcript, vec![])).text_of_page(1);
    let plain = cover(&copy(Level::Primary, &sheets));
    for said in [
        "HỌC BẠ",
        "TIỂU HỌC",
        "BẢN MỀM HỌC BẠ SỐ",
        "Cổng tra cứu học bạ",
        "Bộ Giáo dục và Đào tạo",
        "14:05:09 ngày 28/11/2026",
        "Nguyễn Thị Thùy Dương",
        "09/03/2014",
    ] {
        assert!(plain.contains(said), "{said} is missing in: {plain}");
    }
    assert!(!plain.contains("CHUYỂN ĐỔI"));
    let converted = cover(&PrintedTranscript { converter: Some(converter()), ..copy(Level::Primary, &sheets) });
    for said in ["BẢN CHUYỂN ĐỔI TỪ HỌC BẠ SỐ", "Trường THPT Hòn Gai", "Lê Thị Hạnh", "2026-12-01T09:00:00+07:00"]
    {
        assert!(converted.contains(said), "{said} is missing in: {converted}");
    }
}

#[test]
fn an_extract_prints_its_year_alone() {
    let sheets = [of_year(2024, sample::continuing()), of_year(2025, sample::continuing())];
    let sheets: Vec<_> = sheets.iter().map(in_force).collect();
    let whole = copy(Level::Continuing, &sheets);
    let text = Paper::of(&printed(&PrintedTranscript { extract: SchoolYear::starting(2024), ..whole }, vec![])).text();
    assert!(text.contains("TRÍCH LỤC HỌC BẠ") && text.contains("Năm học 2024-2025"), "{text}");
    assert!(!text.contains("2025-2026") && !text.contains("QUÁ TRÌNH HỌC TẬP"), "{text}");
    let none = PrintedTranscript { extract: SchoolYear::starting(2020), ..whole };
    assert!(matches!(render(&none, vec![]), Err(PrintFault::NoSheet)));
}

#[test]
fn years_that_do_not_count_say_so_on_their_pages_and_no_others() {
    let sheet = sample::secondary();
    let day = Some(sheet.0.effective_from);
    for (standing, mark, notice) in [
        (Standing::InForce, None, None),
        (Standing::Withdrawn(day), Some("ĐÃBỊTHUHỒI"), Some("đã bị thu hồi ngày 30/06/2026")),
        (Standing::Replaced(None), Some("ĐÃĐƯỢCTHAYTHẾ"), Some("đã được thay bằng bản mới, không còn")),
        (Standing::Suspended(day), None, Some("đang được rà soát từ ngày 30/06/2026")),
        (Standing::NotInForce, None, Some("có hiệu lực từ ngày 30/06/2026")),
    ] {
        let sheets = [PrintedSheet { standing, ..in_force(&sheet) }, in_force(&sheet)];
        let paper = Paper::of(&printed(&copy(Level::LowerSecondary, &sheets), vec![]));
        let first_half = paper.text_of_page(3);
        let last = paper.text_of_page(paper.pages);
        if let Some(mark) = mark {
            assert!(paper.letters_of_page(3).contains(mark), "no watermark {mark}");
            assert!(!paper.letters_of_page(paper.pages).contains(mark), "a watermark on a year in force");
        }
        if let Some(notice) = notice {
            assert!(first_half.contains(notice), "{notice} is missing in: {first_half}");
            assert!(!last.contains(notice));
        }
    }
}

#[test]
fn a_screen_reader_reads_headings_tables_and_people_in_the_order_of_the_form() {
    let sheet = sample::primary();
    let sheets = [in_force(&sheet)];
    let token = token(code());
    let tags =
        Paper::of(&printed(&PrintedTranscript { token: Some(&token), ..copy(Level::Primary, &sheets) }, vec![])).tags();
    let order = [
        "HỌC BẠ",
        "BẢN MỀM HỌC BẠ SỐ",
        "THÔNG TIN HỌC SINH",
        "QUÁ TRÌNH HỌC TẬP",
        "NĂM HỌC 2025-2026",
        "1. Các môn học",
        "Tiếng Việt",
        "Hoàn thành tốt",
        "2. Những phẩm chất",
        "3. Những năng lực",
        "3.1. Những năng lực chung",
        "3.2. Những năng lực đặc thù",
        "4. Đánh giá",
        "Hoàn thành xuất sắc",
        "5. Khen thưởng",
        "6. Hoàn thành chương trình",
        "NHẬN XÉT CỦA GIÁO VIÊN",
        "Phạm Quốc Huy",
        "Lê Thị Bích Ngọc",
    ];
    let mut rest = tags.as_str();
    for said in order {
        let at = rest.find(said).unwrap_or_else(|| panic!("{said} does not follow in:\n{tags}"));
        rest = &rest[at + said.len()..];
    }
    for tag in ["H1", "H2", "H3", "Table", "THead", "TH ", "TD", "Figure"] {
        assert!(tags.contains(tag), "no {tag} in:\n{tags}");
    }
    // What pages repeat is no part of what is read.
    assert!(!tags.contains("Trang 1/"), "{tags}");
}

#[test]
fn a_table_that_goes_on_repeats_its_header_and_cuts_no_row() {
    let mut sheet = sample::secondary();
    for comment in &mut sheet.1.comments.as_mut().unwrap().subjects {
        comment.comment = sample::text(&format!("ĐẦU {} CUỐI", "Em cần cố gắng hơn nữa trong học tập. ".repeat(12)));
    }
    let sheets = [in_force(&sheet)];
    let paper = Paper::of(&printed(&copy(Level::LowerSecondary, &sheets), vec![]));
    let pages: Vec<String> = (1..=paper.pages).map(|page| paper.text_of_page(page)).collect();
    let with_rows: Vec<&String> = pages.iter().filter(|text| text.contains("ĐẦU")).collect();
    assert!(with_rows.len() >= 2, "{pages:#?}");
    for text in with_rows {
        assert!(text.contains("Môn học/Hoạt động"), "no header in: {text}");
        assert_eq!(text.matches("ĐẦU").count(), text.matches("CUỐI").count(), "a row is cut: {text}");
    }
}
