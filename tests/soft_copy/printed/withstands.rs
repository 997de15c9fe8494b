//! Names that would be commands, characters no font has, and more than a form holds.

use hocba::soft_copy::printed::limits::{MAX_ROWS, MAX_SHEETS, MAX_TEXT};
use hocba::soft_copy::printed::{PrintFault, PrintedSheet, PrintedTranscript, render};
use hocba::transcript::Level;
use hocba::transcript::contents::{OlderRow, Results, SubjectComment};

use super::{Paper, code, copy, in_force, printed};
use crate::transcript::sample::{self, text};

#[test]
fn the_same_input_gives_the_same_bytes_whatever_was_printed_before() {
    let (one, other) = (sample::primary(), sample::secondary());
    let (first, second) = ([in_force(&one)], [in_force(&other)]);
    let copy_of_one = copy(Level::Primary, &first);
    let once = printed(&copy_of_one, vec![]).pdf;
    printed(&copy(Level::LowerSecondary, &second), vec![]);
    let again = std::thread::scope(|scope| scope.spawn(|| printed(&copy_of_one, vec![]).pdf).join().unwrap());
    assert!(once == again, "two different files");
    let later = hocba::transcript::Moment::parse("2026-11-28T14:05:10+07:00").unwrap();
    assert!(once != printed(&PrintedTranscript { issued_at: later, ..copy_of_one }, vec![]).pdf);
}

#[test]
fn markup_in_a_name_is_printed_as_it_stands() {
    let names = [
        "#read(\"hoc-ba.typ\") #panic()",
        "*Đậm* _nghiêng_ `mã`",
        "$x^2$ \\ \\u{41} ~",
        "<nhãn> @nhãn @@",
        "= Đề mục - + / // không",
        "https://a.vn [link] {code} #{1+1}",
        "\"nháy\" 'đơn' -- --- ...",
        "]#pagebreak()[",
    ];
    for name in names {
        let mut sheet = sample::secondary();
        sheet.1.name.as_mut().unwrap().full_name = text(name);
        sheet.1.staff.as_mut().unwrap().school_name = text(name);
        sheet.1.comments.as_mut().unwrap().homeroom = Some(text(name));
        let sheets = [in_force(&sheet)];
        let plain = copy(Level::LowerSecondary, &sheets);
        let transcript = PrintedTranscript { system: name, owner: name, ..plain };
        let rendered = printed(&transcript, vec![]);
        assert!(rendered.substituted.is_empty(), "{:?}", rendered.substituted);
        let text = Paper::of(&rendered).text();
        assert!(text.matches(name).count() >= 4, "{name} is not printed as it stands in: {text}");
    }
}

#[test]
fn every_people_s_names_print_in_the_document_s_own_typeface() {
    let names = [
        "H’Mai Niê Kđăm",
        "Ƀlŭ Čil Múp",
        "Y'Nhiêm Ê-ban",
        "Ksor H’Bŏng",
        "Kpă Y Tlŭ",
        "Sô̆ Y ƀăng",
        "Thạch Sa Rươne",
        "Lầu Y Pó",
        "Giàng A Phử",
        "Điểu K’Rứt",
        "K'Brêu Ơ̆t",
        "Chế Thị Ñgan",
        "Nguyễn Thị Quỵên Ẵm",
        "Hồ Ta̱ Vi̤",
    ];
    for name in names {
        let mut sheet = sample::primary();
        sheet.1.name.as_mut().unwrap().full_name = text(name);
        let sheets = [in_force(&sheet)];
        let rendered = printed(&copy(Level::Primary, &sheets), vec![]);
        assert!(rendered.substituted.is_empty(), "{name}: {:?}", rendered.substituted);
        let mut printed = Paper::of(&rendered).text_of_page(2);
        // A mark that is moved above another one is drawn by itself, and copying gives its letter twice.
        for stacked in ["ô̆", "Ơ̆", "a̱", "i̤"] {
            printed = printed.replace(&stacked.repeat(2), stacked);
        }
        assert!(printed.contains(name), "{name} is missing in: {printed}");
    }
}

#[test]
fn a_character_that_no_font_has_is_printed_by_its_number_and_reported() {
    let mut sheet = sample::primary();
    sheet.1.name.as_mut().unwrap().full_name = text("Trần 中 Anna Жукова");
    let sheets = [in_force(&sheet)];
    let rendered = printed(&copy(Level::Primary, &sheets), vec![]);
    assert_eq!(rendered.substituted, ['Ж', 'а', 'в', 'к', 'о', 'у', '中']);
    let text = Paper::of(&rendered).text_of_page(2);
    assert!(text.contains("Trần [U+4E2D] Anna Жукова"), "{text}");
}

#[test]
fn more_than_a_form_holds_is_refused_by_name() {
    let sheet = sample::secondary();
    let refused = |sheets: &[PrintedSheet<'_>]| render(&copy(Level::LowerSecondary, sheets), vec![]).unwrap_err();
    assert!(matches!(refused(&[]), PrintFault::NoSheet));
    let many = vec![in_force(&sheet); MAX_SHEETS + 1];
    assert!(matches!(refused(&many), PrintFault::TooManySheets));

    let mut rows = sample::older();
    let row = OlderRow { label: text("Học lực"), value: text("Khá") };
    let Some(Results::Older(results)) = &mut rows.1.results else { panic!("older results") };
    results.rows = vec![row; MAX_ROWS + 1];
    assert!(matches!(refused(&[in_force(&rows)]), PrintFault::TooManyRows));

    let mut long = sample::secondary();
    let comment = SubjectComment { subject: text("01"), comment: text(&"ấ".repeat(2000)) };
    long.1.comments.as_mut().unwrap().subjects = vec![comment; MAX_TEXT / 6000 + 1];
    assert!(matches!(refused(&[in_force(&long)]), PrintFault::TooMuchText));

    let sheets = [in_force(&sheet)];
    let token = "A".repeat(2000);
    let unscannable = PrintedTranscript { token: Some(&token), code: code(), ..copy(Level::LowerSecondary, &sheets) };
    assert!(matches!(render(&unscannable, vec![]), Err(PrintFault::Qr(_))));
}
