//! The transcript page: each level's form, years that cannot be used, what is closed, what prints.

use hocba::portal::answer::{SheetVerdict, Verdict, VerdictAnswer};
use hocba::transcript::contents::{Contents, ResultsKind};
use hocba::transcript::{Group, SheetClaims};
use hocba::web::backend::DisclosedSheet;
use hocba::web::pages::transcript;
use hocba::web::text::Language;
use serde_json::{Value, json};

use super::fixtures::{CODE, answer, answers, claims, day, leaf, older, primary, secondary, sheet};
use super::pages::{frame, opened};

fn show(language: Language, answer: &VerdictAnswer<'_>, sheets: &[DisclosedSheet]) -> String {
    transcript::transcript(&frame(language), answer, &opened(sheets), &maud::html! {}).into_string()
}

fn valid() -> VerdictAnswer<'static> {
    answers().into_iter().next().unwrap().1
}

fn with_results(claims: SheetClaims, kind: ResultsKind, results: &Value) -> DisclosedSheet {
    let name = json!({"hovaten": "Y Bhăm Êban", "gioitinh": "1", "thangnamsinh": "2012-07"});
    let mut contents = Contents::default();
    contents.put(Group::Name, kind, name.to_string().as_bytes()).unwrap();
    contents.put(Group::Results, kind, results.to_string().as_bytes()).unwrap();
    DisclosedSheet { claims, contents, verdict: SheetVerdict::Valid, leaf_index: leaf(2025) }
}

/// The parts stand in this order.
fn in_order(page: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let at = page[from..].find(part).unwrap_or_else(|| panic!("{part} is missing, or stands earlier"));
        from += at + part.len();
    }
}

#[test]
fn a_primary_year_has_the_order_of_its_form() {
    let page = show(Language::Vietnamese, &valid(), &[primary()]);
    in_order(
        &page,
        &[
            "1. Các môn học và hoạt động giáo dục",
            "Mức đạt được",
            "Điểm KTĐK",
            "Hoàn thành tốt",
            "2. Phẩm chất chủ yếu",
            "Yêu nước",
            "Yêu quý bạn bè.",
            "3. Năng lực cốt lõi",
            "3.1. Năng lực chung",
            "Tự chủ và tự học",
            "Biết tự phục vụ.",
            "3.2. Năng lực đặc thù",
            "Ngôn ngữ",
            "4. Đánh giá kết quả giáo dục",
            "6. Hoàn thành chương trình",
            "Giáo viên chủ nhiệm",
        ],
    );
    assert_eq!(page.matches("Yêu quý bạn bè.").count(), 1, "a comment stands once");
}

#[test]
fn a_secondary_year_has_the_order_of_its_form() {
    let page = show(Language::Vietnamese, &valid(), &[secondary()]);
    in_order(
        &page,
        &[
            "Quá trình học tập",
            "Các môn học và hoạt động giáo dục",
            "HKI",
            "HKII",
            "Cả năm",
            "Đánh giá lại",
            "Toán",
            "8,5",
            "9,0",
            "8,8",
            "Tư duy tốt",
            "Vũ Đức Thắng",
            "Rèn luyện",
            "Học tập",
            "Được lên lớp",
            "Tổng số buổi nghỉ học",
            "Chứng chỉ",
            "Khen thưởng",
            "Nhận xét",
            "Người ký",
            "Hiệu trưởng",
            "Giáo viên chủ nhiệm",
        ],
    );
}

#[test]
fn continuing_education_and_older_circulars_have_their_own_words() {
    let results =
        json!({"monhoc": [{"mamonhoc": "VAN", "tenmonhoc": "Ngữ văn", "diemcanam": "7.0"}], "duoclenlop": true});
    let continuing = with_results(claims("05", "43/2021", "2025-2026", "11"), ResultsKind::Secondary, &results);
    let page = show(Language::Vietnamese, &valid(), &[continuing, older()]);
    assert!(page.contains("Giáo dục thường xuyên – Thông tư 43/2021/TT-BGDĐT"));
    assert!(!page.contains("Trung học – Thông tư 22/2021"), "a chapter that no year needs");
    assert!(page.contains("Năm học này theo Thông tư 58/2011") && page.contains("Học lực cả năm"));
    assert!(page.contains("07/2012"), "a birth date known in part");
}

#[test]
fn english_has_a_glossary_and_leaves_names_alone() {
    let page = show(Language::English, &valid(), &[secondary(), primary()]);
    for term in
        ["How to read this transcript", "Circular 22/2021", "Circular 27/2020", "Kết quả học tập", "CĐ", "Article 9"]
    {
        assert!(page.contains(term), "{term}");
    }
    assert!(page.contains("8.5") && page.contains("5 September 2014"));
    assert!(page.contains("<bdi>Nguyễn Hoàng Phương Uyên</bdi>") && page.contains("Trường THCS Hoàng Su Phì"));
    assert!(page.contains("lang=\"vi\">Xem bằng tiếng Việt"), "the other language is one button away");
}

#[test]
fn names_of_any_length_and_kind_stand_apart() {
    let long = "Nguyễn ".repeat(20) + "Hoàng";
    let kind = ResultsKind::Secondary;
    for name in ["H'Mai Niê Kđăm", "Y Wăn Byă", "Công Tằng Tôn Nữ Hoàng Phương Quỳnh Như", long.as_str(), "<b>Đ</b>"]
    {
        let mut one = secondary();
        let group = json!({"hovaten": name, "gioitinh": "2", "ngaythangnamsinh": "2014-09-05"});
        one.contents.put(Group::Name, kind, group.to_string().as_bytes()).unwrap();
        let page = show(Language::Vietnamese, &valid(), &[one]);
        let escaped = name.replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.contains(&format!("<bdi>{escaped}</bdi>")), "{name}");
    }
}

#[test]
fn a_year_that_cannot_be_used_says_so_where_it_stands() {
    use SheetVerdict as S;
    let mut replaced = secondary();
    replaced.verdict = S::Replaced;
    replaced.leaf_index = leaf(2023);
    let mut withdrawn = primary();
    withdrawn.verdict = S::Withdrawn;
    let public = answer(
        Verdict::PartlyWithdrawn,
        vec![sheet(2022, 2, S::Withdrawn), sheet(2023, 7, S::Replaced), sheet(2025, 7, S::Valid)],
    );
    let page = show(Language::Vietnamese, &public, &[withdrawn, replaced, secondary()]);
    assert_eq!(page.matches("class=\"card sheet void\"").count(), 2);
    assert!(page.contains("đã bị thu hồi ngày 03/08/2026"));
    assert!(page.contains("Bản in trước 03/08/2026 không còn dùng được cho năm học 2025-2026."));
    assert!(page.contains("<span class=\"unseen\">Đã thu hồi</span>"), "the list of years says it too");
    let mut waiting = secondary();
    waiting.verdict = S::NotInForce;
    waiting.claims.effective_from = day("2027-06-30");
    let page = show(Language::Vietnamese, &valid(), &[waiting]);
    assert!(page.contains("có hiệu lực từ ngày 30/06/2027"));
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len(), "every id once");
}

#[test]
fn a_sheet_from_before_a_correction_keeps_its_own_facts() {
    let mut before = secondary();
    before.verdict = SheetVerdict::Replaced;
    before.leaf_index = leaf(2024);
    let group = json!({"hovaten": "Nguyễn Hoàng Phương Uyên", "gioitinh": "1", "ngaythangnamsinh": "2014-09-06"});
    before.contents.put(Group::Name, ResultsKind::Secondary, group.to_string().as_bytes()).unwrap();
    let page = show(Language::Vietnamese, &valid(), &[before, secondary()]);
    assert_eq!(page.matches("06/09/2014").count(), 1, "in its own year");
    assert_eq!(page.matches("05/09/2014").count(), 1, "and the corrected one for the learner");
}

#[test]
fn a_learner_who_is_not_assessed_has_no_empty_tables() {
    let blank = with_results(claims("02", "27/2020", "2025-2026", "03"), ResultsKind::Primary, &json!({}));
    let page = show(Language::Vietnamese, &valid(), &[blank]);
    assert!(page.contains("không ghi kết quả đánh giá") && !page.contains("class=\"marks"));
    assert!(!page.contains("khuyết tật"), "why is told by a group that is closed");
    let mut told = with_results(claims("02", "27/2020", "2025-2026", "03"), ResultsKind::Primary, &json!({}));
    let policy = json!({"cokhuyettatkhongdanhgia": true});
    told.contents.put(Group::Policy, ResultsKind::Primary, policy.to_string().as_bytes()).unwrap();
    assert!(show(Language::Vietnamese, &valid(), &[told]).contains("Học sinh khuyết tật không đánh giá"));
}

#[test]
fn exempt_and_transcribed_years_say_so() {
    let mut from_paper = secondary();
    from_paper.claims.trichluc = true;
    let page = show(Language::Vietnamese, &valid(), &[from_paper]);
    assert!(page.contains("Miễn") && page.contains("được chuyển từ học bạ giấy"));
}

#[test]
fn what_is_closed_says_who_may_open_it_and_why() {
    let page = show(Language::Vietnamese, &valid(), &[secondary()]);
    for part in [
        "Số định danh, mã học sinh",
        "Nơi sinh, quê quán",
        "Đối tượng chính sách",
        "Cha, mẹ, người giám hộ",
        "Số định danh của giáo viên",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("Người có thể mở") && page.contains("Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15"));
    let open = show(Language::Vietnamese, &valid(), &[primary()]);
    assert!(open.contains("003317000001") && !open.contains("<dt>Số định danh, mã học sinh</dt>"));
}

#[test]
fn a_print_carries_the_code_and_a_qr_of_its_address_alone() {
    let page = show(Language::Vietnamese, &valid(), &[secondary()]);
    let foot = page.split("class=\"print-foot\"").nth(1).unwrap();
    assert_eq!(foot.matches("<svg").count(), 1);
    let spaced: String =
        CODE.as_bytes().chunks(4).map(|c| format!("<span>{}</span><wbr>", std::str::from_utf8(c).unwrap())).collect();
    assert!(foot.contains(&spaced));
    let expected =
        hocba::soft_copy::qr::Qr::of(&format!("HTTPS://HOCBA.EXAMPLE.VN/V/{}", CODE.to_uppercase())).unwrap();
    assert!(foot.contains(&expected.svg()));
}
