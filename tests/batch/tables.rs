//! Tables that offices hand in: what is read, what is refused as a whole, and what is wrong with one row only.

use std::io::{Cursor, Write as _};

use hocba::batch::archive::ArchiveFault;
use hocba::batch::columns::{Field, Heading, HeadingFault, Ignored, Preview};
use hocba::batch::row::{self, CellFault, GivenClass, Row};
use hocba::batch::table::{self, Cell, Encoding, Form, MAX_CELL, MAX_ROWS, Table, TableFault};
use hocba::transcript::TranscriptCode;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(super) const CODES: [&str; 3] =
    ["0f8fad5bd9cb469fa16570867728950e", "7c9e6679f4a44b5c8d1a2b3c4d5e6f70", "00000000000000000000000000000001"];

fn code(place: usize) -> TranscriptCode {
    TranscriptCode::from_wire(CODES[place]).unwrap()
}

fn read(bytes: impl AsRef<[u8]>) -> Table {
    table::read(bytes.as_ref()).unwrap()
}

fn refused(bytes: impl AsRef<[u8]>) -> TableFault {
    table::read(bytes.as_ref()).unwrap_err()
}

fn rows(bytes: impl AsRef<[u8]>) -> Vec<Row> {
    row::read_all(&read(bytes))
}

fn one(bytes: impl AsRef<[u8]>) -> Row {
    let rows = rows(bytes);
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap()
}

/// What the birth dates of a column are read as.
fn births(dates: &[&str]) -> Vec<Result<String, CellFault>> {
    let lines: String = dates.iter().map(|date| format!("{}\t{date}\n", CODES[0])).collect();
    let rows = rows(format!("Mã tra cứu\tNgày sinh\n{lines}"));
    rows.into_iter().map(|row| row.birth.map(|birth| birth.map(|b| b.to_string()).unwrap_or_default())).collect()
}

fn birth(date: &str) -> Result<String, CellFault> {
    births(&[date]).remove(0)
}

fn saved(mut book: Workbook) -> Vec<u8> {
    book.save_to_buffer().unwrap()
}

/// A spreadsheet with one sheet of this XML, as small as a reader takes it.
fn raw_sheet(sheet_data: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.to_owned()),
        ("_rels/.rels", r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned()),
        ("xl/workbook.xml", r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#.to_owned()),
        ("xl/_rels/workbook.xml.rels", r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#.to_owned()),
        ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet_data}</sheetData></worksheet>"#)),
    ];
    for (name, text) in parts {
        let method =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1));
        zip.start_file(name, method).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text_cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn columns_are_known_by_name_in_two_languages_and_many_spellings() {
    for (title, field) in [
        ("Mã tra cứu", Some(Field::Code)),
        ("MÃ TRA CỨU HỌC BẠ SỐ", Some(Field::Code)),
        ("ma tra cuu", Some(Field::Code)),
        ("Ma\u{303} tra cu\u{31b}\u{301}u", Some(Field::Code)),
        ("2. Mã tra cứu (32 ký tự) *", Some(Field::Code)),
        ("Lookup code", Some(Field::Code)),
        ("Họ và tên", Some(Field::FullName)),
        ("HỌ TÊN HỌC SINH", Some(Field::FullName)),
        ("Họ và tên thí sinh", Some(Field::FullName)),
        ("Full name", Some(Field::FullName)),
        ("Họ và tên đệm", Some(Field::FamilyName)),
        ("Tên", Some(Field::GivenName)),
        ("Ngày sinh", Some(Field::BirthDate)),
        ("Ngày, tháng, năm sinh (dd/mm/yyyy)", Some(Field::BirthDate)),
        ("NGAYSINH", Some(Field::BirthDate)),
        ("Date of Birth", Some(Field::BirthDate)),
        ("Trường", Some(Field::School)),
        ("Tên trường THPT", Some(Field::School)),
        ("Trường THPT", Some(Field::School)),
        ("School name", Some(Field::School)),
        ("Năm học", Some(Field::SchoolYear)),
        ("Lớp", Some(Field::Class)),
        ("Khối", Some(Field::Class)),
        // Whose they are makes them something else.
        ("Họ và tên cha", None),
        ("Họ tên mẹ", None),
        ("Ngày sinh của cha", None),
        ("Mã học sinh", None),
        ("Toán 12", None),
        ("", None),
    ] {
        assert_eq!(Field::titled(title), field, "{title}");
    }
    assert_eq!(Field::titled(&"Mã tra cứu ".repeat(1000)), None);
}

#[test]
fn a_preview_says_what_is_taken_as_what_and_what_is_not_looked_at() {
    let text =
        format!("DANH SÁCH THÍ SINH,,,,\n,,,,\nSTT,Họ và tên,Mã tra cứu,Mã tra cứu,Ghi chú\n1,An,{},x,y\n", CODES[0]);
    let preview = Preview::of(&read(text));
    let taken: Vec<_> = preview.columns.iter().map(|column| column.taken).collect();
    let expected =
        [Err(Ignored::Unknown), Ok(Field::FullName), Ok(Field::Code), Err(Ignored::Twice), Err(Ignored::Unknown)];
    assert_eq!(taken, expected);
    assert_eq!(
        (preview.heading, preview.rows, preview.first),
        (Some(3), 1, vec![vec!["1".into(), "An".into(), CODES[0].into(), "x".into(), "y".to_owned()]])
    );
}

#[test]
fn somebody_may_say_what_the_columns_are() {
    let heading = read(format!("a,Mã tra cứu,b\n{},x,y\n", CODES[0])).heading;
    let taken = heading.taken_as(&[(0, Field::Code), (2, Field::Class)]).unwrap();
    assert_eq!((taken.place(Field::Code), taken.place(Field::Class)), (Some(0), Some(2)));
    assert_eq!(heading.taken_as(&[(0, Field::Class)]), Err(HeadingFault::NoCode));
    assert_eq!(heading.taken_as(&[(0, Field::Code), (1, Field::Code)]), Err(HeadingFault::Twice));
    assert_eq!(heading.taken_as(&[(1, Field::Code), (1, Field::Class)]), Err(HeadingFault::Twice));
    assert_eq!(heading.taken_as(&[(9, Field::Code)]), Err(HeadingFault::NoColumn));
}

#[test]
fn csv_is_read_with_any_separator_and_encoding_that_is_certain() {
    let text = |separator: char| {
        format!(
            "Mã tra cứu{separator}Họ và tên{separator}Ghi chú\n{}{separator}Nguyễn Đức Ổn{separator}\"a{separator} \"\"b\"\"\nc\"\n",
            CODES[0]
        )
    };
    let check = |bytes: Vec<u8>, encoding: Encoding, separator: char, what: &str| {
        let table = read(&bytes);
        assert_eq!(table.form, Form::Delimited { encoding, separator }, "{what}");
        let row = one(&bytes);
        assert_eq!((row.code, row.full_name), (Ok(code(0)), Ok(Some("Nguyễn Đức Ổn".into()))), "{what}");
        assert_eq!(table.lines[0].cell(2).shown(), format!("a{separator} \"b\"\nc"), "{what}");
    };
    for separator in [',', ';', '\t', '|'] {
        let text = text(separator);
        let wide: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        check(text.clone().into_bytes(), Encoding::Utf8, separator, "UTF-8");
        check([b"\xEF\xBB\xBF", text.as_bytes()].concat(), Encoding::Utf8, separator, "UTF-8 with a mark");
        check([b"\xFF\xFE", little.as_slice()].concat(), Encoding::Utf16Le, separator, "UTF-16 LE");
        check([b"\xFE\xFF", big.as_slice()].concat(), Encoding::Utf16Be, separator, "UTF-16 BE");
        check(format!("sep={separator}\n{text}").into_bytes(), Encoding::Utf8, separator, "sep=");
        check(
            text.replace('\n', "\r\n").replace("\"\"\r\nc", "\"\"\nc").into_bytes(),
            Encoding::Utf8,
            separator,
            "CRLF",
        );
    }
    assert!(matches!(refused(b"\xFF\xFEa\0\xD8"), TableFault::Encoding), "half a character");
}

/// `Nguyễn Đức Ổn` as the Vietnamese code page of Windows writes it: tones stand behind their letter.
const IN_1258: &[u8] = b"Nguy\xEA\xDEn \xD0\xFD\xECc \xD4\xD2n";

#[test]
fn code_pages_are_taken_only_where_no_other_reading_is_possible() {
    let with = |title: &[u8], name: &[u8]| [title, CODES[0].as_bytes(), b",", name, b"\n"].concat();
    let plain = b"ma tra cuu,ho va ten\n".as_slice();
    let row = one(with(plain, IN_1258));
    assert_eq!(row.full_name, Ok(Some("Nguyễn Đức Ổn".into())));
    assert!(matches!(read(with(plain, IN_1258)).form, Form::Delimited { encoding: Encoding::Windows1258, .. }));
    assert_eq!(one(with(plain, b"L\xEA V\xE2n H\xE0")).full_name, Ok(Some("Lê Vân Hà".into())));
    // Windows turns letters it does not have into question marks: such a name is never compared.
    assert_eq!(one(with(plain, b"Nguy?n V\xE2n")).full_name, Err(CellFault::LostLetters));
    // TCVN3 and VNI: bytes that are letters of other encodings.
    let names =
        [b"Nguy\xD4n V\xA8n \xA7\xF8c".as_slice(), b"Nguye\xE3n \xD1\xF6\xF9c", b"\xFF\xFF\x80\x81", b"caf\x81"];
    for name in names {
        assert_eq!(refused(with(plain, name)), TableFault::Encoding, "{name:?}");
    }
}

#[test]
fn files_that_are_no_tables_are_refused_as_such() {
    let mut locked = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    locked.resize(4096, 0);
    assert_eq!(refused(locked), TableFault::OldOrLocked);
    assert_eq!(refused("%PDF-1.7 …"), TableFault::NoTable);
    assert_eq!(refused(b"\x89PNG\r\n\x1A\n "), TableFault::NoTable);
    assert_eq!(refused("a\u{1}b,c\n"), TableFault::NoTable);
    assert_eq!(refused(""), TableFault::Empty);
    assert_eq!(refused("\n\n , ,\n"), TableFault::Empty);
    assert_eq!(refused("Mã tra cứu,Tên\n\n"), TableFault::Empty);
    assert_eq!(refused("Họ tên,Lớp\nAn,6\n"), TableFault::NoCodeColumn { titles: vec!["Họ tên".into(), "Lớp".into()] });
    assert_eq!(refused(vec![b'a'; table::MAX_BYTES + 1]), TableFault::TooLong);
    assert_eq!(refused(b"PK\x03\x04 and nothing else"), TableFault::Archive(ArchiveFault::Damaged));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("mimetype", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    assert_eq!(refused(zip.finish().unwrap().into_inner()), TableFault::NoTable, "another kind of spreadsheet");
}

#[test]
fn a_table_has_its_caps() {
    let line = format!("{}\n", CODES[0]);
    let most = format!("Mã tra cứu\n{}", line.repeat(MAX_ROWS));
    assert_eq!(rows(&most).len(), MAX_ROWS);
    assert_eq!(refused(format!("{most}{line}")), TableFault::TooManyRows);
    assert!(TableFault::TooManyRows.to_string().contains("20000"));
    let wide = format!("Mã tra cứu{}x\n{}\n", ",".repeat(64), CODES[0]);
    assert_eq!(refused(wide), TableFault::TooManyColumns { row: 1 });
    assert_eq!(rows(format!("Mã tra cứu{}\n{}\n", ",".repeat(500), CODES[0])).len(), 1, "columns with nothing in them");
}

#[test]
fn a_million_rows_are_refused_before_they_fill_the_memory() {
    let mut sheet = format!("<row r=\"1\">{}</row>", text_cell("A1", "Mã tra cứu"));
    for row in 2..=1_000_000 {
        sheet.push_str(&format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"str\"><v>{}</v></c></row>", CODES[0]));
    }
    assert_eq!(refused(raw_sheet(&sheet)), TableFault::TooManyRows);
}

#[test]
fn archives_that_are_bombs_are_counted_while_they_are_inflated() {
    let bomb = raw_sheet(&" ".repeat(200 << 20));
    assert!(bomb.len() < 2 << 20);
    assert_eq!(refused(&bomb), TableFault::Archive(ArchiveFault::TooLarge(table::MAX_INFLATED)));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..=table::MAX_PARTS {
        zip.start_file(format!("{part}"), SimpleFileOptions::default()).unwrap();
    }
    let parts = zip.finish().unwrap().into_inner();
    assert_eq!(refused(parts), TableFault::Archive(ArchiveFault::TooMany(table::MAX_PARTS)));
}

#[test]
fn a_sheet_is_not_believed_about_its_size() {
    let title = text_cell("A1", "Mã tra cứu");
    let row = text_cell("A2", CODES[0]);
    let corner = "<c r=\"XFD1048576\"><v></v></c>";
    let sheet =
        |corner: &str| format!("<row r=\"1\">{title}</row><row r=\"2\">{row}</row><row r=\"1048576\">{corner}</row>");
    assert_eq!(rows(raw_sheet(&sheet(corner))).len(), 1, "an empty cell in the last corner");
    let fault = refused(raw_sheet(&sheet("<c r=\"XFD1048576\"><v>1</v></c>")));
    assert_eq!(fault, TableFault::TooManyColumns { row: 1_048_576 });
    assert_eq!(rows(raw_sheet(&sheet("<c r=\"B1048576\"><v>1</v></c>"))).len(), 2, "a row without a code is a row");
    let backwards = format!("<row r=\"2\">{row}</row><row r=\"1\">{title}</row>");
    assert_eq!(refused(raw_sheet(&backwards)), TableFault::Damaged);
    let mut cut = raw_sheet(&sheet(""));
    let middle = cut.len() / 3;
    cut[middle..middle + 40].fill(0xAA);
    assert!(table::read(&cut).is_err());
}

#[test]
fn a_spreadsheet_is_read_as_its_author_saw_it() {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    book.add_worksheet().set_name("Hướng dẫn").unwrap().write(0, 0, "Điền vào trang sau").unwrap();
    let sheet = book.add_worksheet().set_name("Danh sách").unwrap();
    sheet.merge_range(0, 0, 0, 5, "DANH SÁCH THÍ SINH", &Format::new()).unwrap();
    for (column, title) in
        ["STT", "Mã tra cứu", "Họ và tên đệm", "Tên", "Ngày sinh", "Lớp", "Trường"].iter().enumerate()
    {
        sheet.write(2, column as u16, *title).unwrap();
    }
    sheet.write(3, 0, 1).unwrap().write(3, 1, CODES[0]).unwrap();
    sheet.write(3, 2, "Nguyễn Văn").unwrap().write(3, 3, " An ").unwrap();
    sheet.write_with_format(3, 4, ExcelDateTime::from_ymd(2014, 9, 5).unwrap(), &date).unwrap();
    sheet.write(3, 5, 6).unwrap().write(3, 6, 2_010_203).unwrap();
    sheet.write(5, 1, Formula::new("=B4").set_result(CODES[1])).unwrap();
    sheet.write(5, 4, "05/09/2014").unwrap();
    sheet.write(6, 1, Formula::new("=NA()").set_result("#N/A")).unwrap();
    sheet.write(7, 1, 12_345_678_901_234_567_890_f64).unwrap();
    sheet.write(8, 1, CODES[2]).unwrap().write(8, 4, 41_887).unwrap();
    let bytes = saved(book);
    assert_eq!(read(&bytes).form, Form::Workbook { sheet: "Danh sách".into() });
    let rows = rows(&bytes);
    let numbers: Vec<u32> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [4, 6, 7, 8, 9]);
    let first = &rows[0];
    assert_eq!((&first.code, &first.full_name), (&Ok(code(0)), &Ok(Some("Nguyễn Văn An".into()))));
    let date = |row: &Row| row.birth.unwrap().unwrap().to_string();
    assert_eq!(
        (date(first), date(&rows[1]), date(&rows[4])),
        ("2014-09-05".into(), "2014-09-05".into(), "2014-09-05".into())
    );
    assert_eq!(first.class, Ok(GivenClass::read("6")));
    assert_eq!(first.school, Ok(Some("2010203".into())), "its zero in front is gone: compared as a number");
    let codes: Vec<_> = rows.iter().map(|row| row.code).collect();
    let lost = [Err(CellFault::Formula), Err(CellFault::CodeBecameNumber)];
    assert_eq!(codes, [Ok(code(0)), Ok(code(1)), lost[0], lost[1], Ok(code(2))]);
}

#[test]
fn merged_cells_go_for_all_their_rows_or_are_named() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in ["Mã tra cứu", "Trường", "Họ tên"].iter().enumerate() {
        sheet.write(0, column as u16, *title).unwrap();
    }
    let plain = Format::new();
    sheet.merge_range(1, 1, 3, 1, "THPT Hòn Gai", &plain).unwrap();
    sheet.merge_range(2, 2, 3, 2, "Nguyễn An", &plain).unwrap();
    sheet.merge_range(4, 0, 5, 0, CODES[2], &plain).unwrap();
    for row in 0..3 {
        sheet.write(row + 1, 0, CODES[row as usize]).unwrap();
    }
    sheet.write(1, 2, "Trần Bình").unwrap().write(4, 2, "A").unwrap().write(5, 2, "B").unwrap();
    let rows = rows(saved(book));
    let schools: Vec<_> = rows.iter().map(|row| row.school.clone().unwrap().unwrap_or_default()).collect();
    assert_eq!(schools, ["THPT Hòn Gai", "THPT Hòn Gai", "THPT Hòn Gai", "", ""]);
    let names: Vec<_> = rows.iter().map(|row| row.full_name.clone()).collect();
    assert_eq!(names[..2], [Ok(Some("Trần Bình".into())), Err(CellFault::Merged)]);
    assert_eq!(rows[2].code, Ok(code(2)), "the row itself goes on");
    assert_eq!(rows[3..].iter().map(|row| row.code).collect::<Vec<_>>(), [Err(CellFault::Merged); 2]);
}

#[test]
fn codes_are_found_in_whatever_holds_one() {
    let upper = CODES[0].to_uppercase();
    for (typed, code_is) in [
        (CODES[0].to_owned(), Ok(code(0))),
        (upper.clone(), Ok(code(0))),
        ("0f8fad5b-d9cb-469f-a165-70867728950e".into(), Ok(code(0))),
        (format!("HTTPS://HOCBA.EXAMPLE/V/{upper}#1.ABC"), Ok(code(0))),
        ("0f8f ad5b d9cb 469f a165 7086 7728 950e".into(), Ok(code(0))),
        ("0f8fad5b".into(), Err(CellFault::NotACode)),
        ("1.23457E+31".into(), Err(CellFault::CodeBecameNumber)),
        ("1,23457E+31".into(), Err(CellFault::CodeBecameNumber)),
        (format!("{} {}", CODES[0], CODES[1]), Err(CellFault::NotACode)),
        ("chưa có".into(), Err(CellFault::NotACode)),
    ] {
        assert_eq!(one(format!("Mã tra cứu\n\"{typed}\"\n")).code, code_is, "{typed}");
    }
    assert_eq!(one("Mã tra cứu,Tên\n,An\n").code, Err(CellFault::NoCode));
    // A list of codes alone, as a scanner at the counter types it.
    let list = rows(CODES.join("\n"));
    assert_eq!(list.iter().map(|row| row.code.unwrap()).collect::<Vec<_>>(), [code(0), code(1), code(2)]);
    assert!(!read(CODES.join("\n")).heading.has_titles());
}

#[test]
fn the_same_code_again_is_named_with_the_row_before() {
    let rows = rows(format!("Mã tra cứu\n{0}\n{1}\n{0}\nx\nx\n{0}\n", CODES[0], CODES[1]));
    assert_eq!(rows.iter().map(|row| row.same_as).collect::<Vec<_>>(), [None, None, Some(2), None, None, Some(2)]);
}

#[test]
fn dates_are_read_as_they_are_written_here() {
    for (typed, read) in [
        ("05/09/2014", Ok("2014-09-05")),
        ("5/9/2014", Ok("2014-09-05")),
        ("05-09-2014", Ok("2014-09-05")),
        ("05.09.2014", Ok("2014-09-05")),
        ("5 / 9 / 2014", Ok("2014-09-05")),
        ("2014-09-05", Ok("2014-09-05")),
        ("2014/9/5", Ok("2014-09-05")),
        ("2014-09-05 00:00:00", Ok("2014-09-05")),
        ("2014-09-05T00:00:00", Ok("2014-09-05")),
        ("05/09/2014 00:00", Ok("2014-09-05")),
        ("ngày 5 tháng 9 năm 2014", Ok("2014-09-05")),
        ("05092014", Ok("2014-09-05")),
        ("20140905", Ok("2014-09-05")),
        ("09/2014", Ok("2014-09")),
        ("2014-09", Ok("2014-09")),
        ("2014", Ok("2014")),
        ("29/02/2012", Ok("2012-02-29")),
        ("29/02/2014", Err(CellFault::NotADate)),
        ("31/04/2014", Err(CellFault::NotADate)),
        ("00/09/2014", Err(CellFault::NotADate)),
        ("05/09/14", Err(CellFault::ShortYear)),
        ("05/09/1814", Err(CellFault::NotADate)),
        ("hôm qua", Err(CellFault::NotADate)),
        ("05/09/2014/1", Err(CellFault::NotADate)),
        ("05/09/20140", Err(CellFault::NotADate)),
        ("", Ok("")),
    ] {
        assert_eq!(birth(typed), read.map(str::to_owned), "{typed}");
    }
}

#[test]
fn the_month_stands_first_only_where_nothing_else_is_possible() {
    assert_eq!(births(&["09/25/2014", "25/09/2014"]), [Ok("2014-09-25".into()), Ok("2014-09-25".into())]);
    // One date of the column has the month first: none that could be either is guessed.
    let mixed = births(&["09/25/2014", "05/09/2014", "07/07/2014", "2014-09-05"]);
    assert_eq!(
        mixed,
        [Ok("2014-09-25".into()), Err(CellFault::EitherOrder), Ok("2014-07-07".into()), Ok("2014-09-05".into())]
    );
    assert_eq!(births(&["25/09/2014", "05/09/2014"])[1], Ok("2014-09-05".into()), "the rule of the country");
}

#[test]
fn one_cell_that_cannot_be_read_takes_nothing_else_down() {
    let long = "x".repeat(MAX_CELL + 1);
    let text = format!(
        "Mã tra cứu;Họ tên;Ngày sinh;Năm học;Lớp\n{0};{long};5/9/2014;2025-2026;Lớp 6A1\n{1};An;x;2025–2026;12\n{2};;;2025;Khối 6\n",
        CODES[0], CODES[1], CODES[2]
    );
    let table = read(&text);
    assert!(matches!(table.lines[0].cell(1), Cell::TooLong(start) if start.chars().count() == MAX_CELL));
    let rows = row::read_all(&table);
    assert!(rows.iter().zip(0..).all(|(row, place)| row.code == Ok(code(place))));
    assert_eq!(rows[0].full_name, Err(CellFault::TooLong));
    assert_eq!(rows[1].birth, Err(CellFault::NotADate));
    let years: Vec<_> = rows.iter().map(|row| row.year.map(|year| year.map(|y| y.to_string()))).collect();
    assert_eq!(years, [Ok(Some("2025-2026".into())), Ok(Some("2025-2026".into())), Err(CellFault::NotASchoolYear)]);
    let classes: Vec<_> = rows.iter().map(|row| row.class.clone().unwrap().unwrap()).collect();
    let told: Vec<_> = classes.iter().map(|c| (c.grade.map(|g| g.number()), c.class.as_deref())).collect();
    assert_eq!(told, [(Some(6), Some("6a1")), (Some(12), None), (Some(6), None)]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_noticed() {
    let rows = rows(format!("Mã tra cứu,Họ tên\n{},An\n{},\"Bình\n{}", CODES[0], CODES[1], "x,y\n".repeat(400)));
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[0].full_name.clone(), rows[1].full_name.clone()),
        (Ok(Some("An".into())), Err(CellFault::TooLong))
    );
}

#[test]
fn nothing_of_a_table_stands_in_what_is_printed_of_it() {
    let table = read(format!("Mã tra cứu,Họ tên,Lớp\n{},Nguyễn An,6A\n", CODES[0]));
    let printed = format!("{:?} {:?}", table.lines, row::read_all(&table)[0].code);
    assert!(!printed.contains("An") && !printed.contains(CODES[0]) && !printed.contains("6A"), "{printed}");
    let _: fn(&Heading) -> bool = Heading::has_titles;
}

/// Bytes of every kind are read or refused; nothing panics, nothing takes long.
#[test]
fn whatever_is_handed_in_is_read_or_refused() {
    let valid = raw_sheet(&format!(
        "<row r=\"1\">{}</row><row r=\"2\">{}</row>",
        text_cell("A1", "Mã tra cứu"),
        text_cell("A2", CODES[0])
    ));
    assert_eq!(rows(&valid).len(), 1);
    for place in 0..valid.len() {
        let mut spoilt = valid.clone();
        spoilt[place] ^= 0x55;
        let _ = table::read(&spoilt);
    }
    for cut in 0..valid.len() {
        let _ = table::read(&valid[..cut]);
    }
}
