//! What every page says and never says. The pages are also written to `target/pages/` to be looked at.

use std::path::Path;

use hocba::portal::answer::{SheetVerdict, Verdict};
use hocba::transcript::code::CodeFault;
use hocba::web::assets::PORTAL_CSS;
use hocba::web::pages::icons::Tone;
use hocba::web::pages::second_factor::{Asked, Outcome};
use hocba::web::pages::{Frame, home, problem, transcript, verdict};
use hocba::web::text::Language;
use maud::Markup;

use super::fixtures::{CODE, answer, answers, older, primary, secondary, sheet};

fn frame(language: Language) -> Frame<'static> {
    Frame {
        text: language.text(),
        owner: "Bộ Giáo dục và Đào tạo",
        contact: "mailto:hocba@example.vn",
        banner: None,
        path: "/",
    }
}

fn banner(language: Language) -> &'static str {
    match language {
        Language::Vietnamese => {
            "Từ 22 giờ ngày 22/11/2026, cổng tạm dừng việc xem nội dung học bạ để xử lý sự cố. Kết quả tra cứu về hiệu lực vẫn chính xác."
        }
        Language::English => {
            "Since 22:00 on 22 November 2026 content cannot be opened while we handle an incident. Whether a transcript is in force is still answered correctly."
        }
    }
}

/// Every page in a language, by name.
fn all(language: Language) -> Vec<(String, String)> {
    let frame = frame(language);
    let mut pages: Vec<(String, Markup)> = vec![
        ("home".into(), home::home(&frame)),
        ("bad_length".into(), home::bad_code(&frame, &home::Typed { text: "0f8f", fault: &CodeFault::Length(4) })),
        ("bad_group".into(), {
            let typed = "0f8f ad5b d9cx 469f a165 7086 7728 950e";
            home::bad_code(&frame, &home::Typed { text: typed, fault: &CodeFault::Group { group: 3 } })
        }),
        ("busy".into(), {
            let busy = frame.text.problems.busy;
            problem::problem(&frame, Tone::Undecided, busy.title, busy.body)
        }),
    ];
    for (name, answer) in answers() {
        pages.push((name.into(), verdict::verdict(&frame, &answer, &Asked::FIRST)));
    }
    let valid = &answers()[0].1;
    let with_banner = Frame { banner: Some(banner(language)), ..frame };
    pages.push(("banner".into(), home::home(&with_banner)));
    pages.push(("banner_paused".into(), verdict::verdict(&with_banner, valid, &Asked::PAUSED)));
    let outcomes = [
        ("mismatch", Outcome::Mismatch { attempts_left: 3 }),
        ("locked", Outcome::Locked { retry_after_s: 40_000 }),
        ("name_needed", Outcome::NameNeeded),
        ("bad_date", Outcome::BadDate),
        ("unavailable", Outcome::Unavailable),
        ("closed", Outcome::Closed),
        ("paused", Outcome::Paused),
    ];
    for (name, outcome) in outcomes {
        let asked = Asked { outcome, day: "5", month: "19", year: "2014", full_name: "" };
        pages.push((format!("ask_{name}"), verdict::verdict(&frame, valid, &asked)));
    }
    pages.push(("transcript".into(), transcript::transcript(&frame, valid, &[older(), secondary()], &opening())));
    let suspended = &answers()[6].1;
    pages.push(("transcript_primary".into(), transcript::transcript(&frame, suspended, &[primary()], &opening())));
    pages.into_iter().map(|(name, page)| (name, page.into_string())).collect()
}

fn page(language: Language, name: &str) -> String {
    all(language).into_iter().find(|(n, _)| n == name).map(|(_, page)| page).unwrap()
}

#[test]
fn pages_can_be_looked_at() {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    std::fs::create_dir_all(&target).unwrap();
    std::fs::write(target.join("portal.css"), &PORTAL_CSS.bytes).unwrap();
    for language in Language::ALL {
        for (name, page) in all(language) {
            let page = page.replace(&PORTAL_CSS.url, "portal.css");
            std::fs::write(target.join(format!("{name}.{}.html", language.tag())), page).unwrap();
        }
    }
}

#[test]
fn no_page_needs_or_holds_a_script_or_an_inline_style() {
    for language in Language::ALL {
        for (name, page) in all(language) {
            for forbidden in ["<script>", " style=", "<style", " onclick", "javascript:", "http://"] {
                assert!(!page.contains(forbidden), "{name} holds {forbidden}");
            }
            assert!(page.matches("<script").count() <= 1, "{name} loads one script at most");
            assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/static/").count(), "{name}");
            assert!(page.starts_with(&format!("<!DOCTYPE html><html lang=\"{}\">", language.tag())), "{name}");
            assert_eq!(page.matches("<h1>").count(), 1, "{name} has one h1");
        }
    }
}

#[test]
fn a_code_alone_is_never_called_valid() {
    for language in Language::ALL {
        for (name, answer) in answers() {
            let page = verdict::verdict(&frame(language), &answer, &Asked::FIRST).into_string();
            assert!(!page.contains(language.text().verdicts.content_shown.title), "{name}");
            assert!(!page.contains("verdict good"), "{name} is not green");
        }
    }
    assert!(page(Language::Vietnamese, "valid").contains("Mã học bạ có hiệu lực – chưa đối chiếu nội dung"));
}

#[test]
fn only_a_valid_transcript_with_its_content_is_called_valid() {
    let text = Language::Vietnamese.text();
    for (name, answer) in answers() {
        let page = transcript::transcript(&frame(Language::Vietnamese), &answer, &[secondary()], &opening()).into_string();
        assert_eq!(page.contains(text.verdicts.content_shown.title), name == "valid", "{name}");
        assert_eq!(page.contains("verdict good"), name == "valid", "{name}");
    }
}

#[test]
fn the_issuing_school_is_named_where_it_is_one() {
    let frame = frame(Language::Vietnamese);
    let says = |opened: &[_]| transcript::transcript(&frame, &answers()[0].1, opened, &opening()).into_string();
    assert!(says(&[secondary()]).contains("30/06/2023, do Trường THCS Hoàng Su Phì phát hành."));
    assert!(!says(&[secondary(), primary()]).contains("phát hành."));
}

#[test]
fn every_verdict_has_a_heading_of_its_own() {
    for language in Language::ALL {
        let heading = |page: &str| page.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned();
        let pages = answers().into_iter().filter(|(name, _)| *name != "unchecked_sheet");
        let mut headings: Vec<String> =
            pages.map(|(_, a)| heading(&verdict::verdict(&frame(language), &a, &Asked::FIRST).into_string())).collect();
        let count = headings.len();
        headings.sort();
        headings.dedup();
        assert_eq!(headings.len(), count);
    }
}

#[test]
fn could_not_check_is_unmistakable() {
    let unchecked = page(Language::Vietnamese, "unchecked");
    assert!(unchecked.contains("không có nghĩa là học bạ không hợp lệ"));
    assert!(unchecked.contains("verdict undecided"));
    assert!(!unchecked.contains(Language::Vietnamese.text().verdicts.unknown.title));
    let unknown = page(Language::Vietnamese, "unknown");
    assert!(unknown.contains("verdict absent"));
    assert!(unknown.contains("Học bạ vừa chốt có thể chưa được Sở Giáo dục và Đào tạo gửi về Bộ."));
}

#[test]
fn a_birth_date_is_asked_only_where_it_opens_something() {
    for (name, answer) in answers() {
        let page = verdict::verdict(&frame(Language::Vietnamese), &answer, &Asked::FIRST).into_string();
        let asks = page.contains("name=\"year\"");
        assert_eq!(asks, !matches!(answer.verdict, Verdict::Unknown | Verdict::Unchecked | Verdict::Erased), "{name}");
    }
    assert!(!page(Language::Vietnamese, "ask_locked").contains("name=\"year\""));
}

#[test]
fn dates_and_marks_read_as_people_here_write_them() {
    let page = page(Language::Vietnamese, "transcript");
    assert!(page.contains("8,5") && !page.contains(">8.5<"));
    assert!(page.contains("05/09/2014"));
    assert!(page.contains("Chưa đạt") && page.contains("Miễn"));
    assert!(page.contains("1.234.567"));
    assert!(page.contains("Lý Thị Mẩy"));
}

#[test]
fn closed_groups_are_listed_with_who_may_open_them() {
    let page = page(Language::Vietnamese, "transcript");
    assert!(page.contains("Cha, mẹ, người giám hộ"));
    assert!(page.contains("chỉ cơ quan có thẩm quyền"));
}

#[test]
fn what_was_typed_is_kept_and_escaped() {
    let typed = home::Typed { text: "\"><script>alert(1)</script>", fault: &CodeFault::Group { group: 1 } };
    let page = home::bad_code(&frame(Language::Vietnamese), &typed).into_string();
    assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;"));
    assert!(!page.contains("<script"));
}

#[test]
fn missing_years_are_named() {
    assert!(page(Language::Vietnamese, "valid").contains("năm học 2024-2025"));
    assert!(!page(Language::Vietnamese, "suspended").contains("Chưa có dữ liệu"));
}

#[test]
fn the_code_is_on_the_page_but_in_no_query() {
    let page = verdict::verdict(
        &frame(Language::Vietnamese),
        &answer(Verdict::Valid, vec![sheet(2022, 6, SheetVerdict::Valid)]),
        &Asked::FIRST,
    );
    let page = page.into_string();
    assert!(page.contains(&format!("action=\"/v/{CODE}")));
    assert!(!page.contains("?code=") && !page.contains(&format!("?{CODE}")));
}
