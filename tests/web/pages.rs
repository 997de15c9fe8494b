//! What every page says and never says. The pages are also written to `target/pages/` to be looked at.

use std::path::Path;
use std::sync::LazyLock;

use hocba::portal::answer::{SheetVerdict, Verdict};
use hocba::portal::verification::{Judged, Now};
use hocba::soft_copy::qr::Qr;
use hocba::transcript::code::CodeFault;
use hocba::transcript::paper::Typed;
use hocba::web::assets;
use hocba::web::backend::{DisclosedSheet, JudgedReceipt, Kept, Opening, ShareRefusal};
use hocba::web::pages::icons::Tone;
use hocba::web::pages::second_factor::{Asked, Outcome, Then};
use hocba::web::pages::share::Done;
use hocba::web::pages::transcript::Opened;
use hocba::web::pages::{Frame, counter, home, paper, problem, receipt, scan, share, transcript, verdict};
use hocba::web::text::Language;
use maud::Markup;

use super::copies;
use super::fixtures::{CODE, answer, answers, code, older, primary, secondary, sheet};
use super::open::{open_pages, told_sheets};

/// As a birth date opens it.
static OPENING: LazyLock<Opening> = LazyLock::new(copies::opening);

pub(super) fn opened(sheets: &[DisclosedSheet]) -> Opened<'_> {
    opened_with(sheets, &OPENING)
}

fn opened_with<'a>(sheets: &'a [DisclosedSheet], opening: &'a Opening) -> Opened<'a> {
    Opened { sheets, opening, public_url: "https://hocba.example.vn", issues_copies: true, looks: None }
}

pub(super) fn frame(language: Language) -> Frame<'static> {
    Frame {
        text: language.text(),
        owner: "Bộ Giáo dục và Đào tạo",
        contact: "mailto:hocba@example.vn",
        banner: None,
        offices: true,
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

/// What stands below an opened transcript.
fn more(frame: &Frame<'_>) -> Markup {
    hocba::web::pages::evidence::opened(frame, &code(), &told_sheets(), opened(&[]).again())
}

/// Every page in a language, by name.
fn all(language: Language) -> Vec<(String, String)> {
    let frame = frame(language);
    let mut pages: Vec<(String, Markup)> = vec![
        ("home".into(), home::home(&frame)),
        ("scan".into(), scan::scan(&frame, "hocba.example.vn")),
        ("counter".into(), counter::counter(&frame, "hocba.example.vn")),
        ("bad_length".into(), home::bad_code(&frame, &home::Typed { text: "0f8f", fault: &CodeFault::Length(4) })),
        ("bad_group".into(), {
            let typed = "0f8f ad5b d9cx 469f a165 7086 7728 950e";
            home::bad_code(&frame, &home::Typed { text: typed, fault: &CodeFault::Group { group: 3 } })
        }),
        ("bad_group_length".into(), {
            let typed = "0f8f ad5 d9cb 469f a165 7086 7728 950e";
            let fault = CodeFault::GroupLength { group: 2, length: 3 };
            home::bad_code(&frame, &home::Typed { text: typed, fault: &fault })
        }),
        ("bad_keyboard".into(), {
            let typed = "0f8fad5bđcb469f0b6570867728950e";
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
    pages.push(("paused".into(), verdict::verdict(&frame, valid, &Asked::PAUSED)));
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
        let asked = Asked { outcome, day: "5", month: "19", year: "2014", full_name: "", then: Then::Transcript };
        pages.push((format!("ask_{name}"), verdict::verdict(&frame, valid, &asked)));
    }
    pages.push((
        "transcript".into(),
        transcript::transcript(&frame, valid, &opened(&[older(), secondary()]), &more(&frame)),
    ));
    let suspended = &answers()[6].1;
    pages.push((
        "transcript_primary".into(),
        transcript::transcript(&frame, suspended, &opened(&[primary()]), &more(&frame)),
    ));
    let sheets = [older(), secondary()];
    let mut typed = Typed::default();
    pages.push(("paper_form".into(), paper::paper(&frame, valid, &opened(&sheets), &typed)));
    typed.tick("2025".into());
    typed.tick("hs".into());
    typed.put("2025.mTOA.3".into(), "9,8".into());
    typed.put("2025.mNVA.1".into(), "7.8".into());
    typed.put("2020.cu0.0".into(), "Kha".into());
    pages.push(("paper_differs".into(), paper::paper(&frame, valid, &opened(&sheets), &typed)));
    pages.extend(open_pages(&frame));
    pages.extend(of_copies(&frame));
    pages.into_iter().map(|(name, page)| (name, page.into_string())).collect()
}

/// The pages of copies and of receipts.
fn of_copies(frame: &Frame<'_>) -> Vec<(String, Markup)> {
    let made = copies::made();
    let by_token =
        Opening::Token { ticket: Some("t".into()), token: "1.Q7".into(), copy: copies::open_copy(), is_partial: true };
    let valid = &answers()[0].1;
    let stated = copies::stated();
    let kept = Kept { jws: "{}".into(), stated: stated.clone() };
    let qr = |text: &str| Qr::of(text).unwrap();
    let mut pages = vec![
        ("copy_made".to_owned(), share::made(frame, CODE, &made, &qr(&made.url))),
        (
            "transcript_by_token".to_owned(),
            transcript::transcript(frame, valid, &opened_with(&[secondary()], &by_token), &more(frame)),
        ),
        ("receipt".to_owned(), receipt::kept(frame, &kept, &qr(&made.url[..60]))),
        ("receipt_ask".to_owned(), receipt::ask(frame)),
    ];
    let done = [
        ("voided_this", Done::VoidedThis),
        ("voided_listed", Done::VoidedListed),
        ("too_late", Done::Refused(ShareRefusal::TicketNotValid)),
        ("nothing_chosen", Done::Refused(ShareRefusal::NothingChosen)),
        ("not_a_copy", Done::Refused(ShareRefusal::NotACopy)),
        ("copy_unavailable", Done::Refused(ShareRefusal::Unavailable)),
    ];
    pages.extend(done.map(|(name, done)| (name.to_owned(), share::done(frame, CODE, done))));
    let genuine = || Judged::Genuine(Box::new(stated.clone()));
    let holds = |verdict, is_same_ledger| Some(Now { verdict, is_same_ledger });
    let judged = [
        ("receipt_same", genuine(), holds(Verdict::Valid, Some(true))),
        ("receipt_changed", genuine(), holds(Verdict::Withdrawn, Some(true))),
        ("receipt_unchecked", genuine(), holds(Verdict::Unchecked, None)),
        ("receipt_other_ledger", genuine(), holds(Verdict::Valid, Some(false))),
        ("receipt_altered", Judged::Altered, None),
        ("receipt_not_ours", Judged::NotOurs, None),
        ("receipt_unreadable", Judged::Unreadable, None),
    ];
    pages.extend(
        judged.map(|(name, receipt, now)| (name.to_owned(), receipt::judged(frame, &JudgedReceipt { receipt, now }))),
    );
    pages
}

#[test]
fn a_copy_is_never_called_valid_when_what_it_opens_was_replaced() {
    let text = Language::Vietnamese.text();
    let valid = &answers()[0].1;
    let replaced = DisclosedSheet { verdict: SheetVerdict::Replaced, ..secondary() };
    let page = |sheets: &[DisclosedSheet]| {
        transcript::transcript(&frame(Language::Vietnamese), valid, &opened(sheets), &maud::html! {}).into_string()
    };
    let alone = page(&[replaced]);
    assert!(alone.contains(text.verdicts.replaced.title) && !alone.contains("verdict good"));
    let replaced = DisclosedSheet { verdict: SheetVerdict::Replaced, ..secondary() };
    assert!(page(&[replaced, secondary()]).contains("verdict good"), "beside what took its place");
}

#[test]
fn only_a_receipt_that_still_holds_is_green() {
    for language in Language::ALL {
        for (name, page) in all(language).into_iter().filter(|(name, _)| name.starts_with("receipt_")) {
            assert_eq!(page.contains("verdict good"), name == "receipt_same", "{name}");
        }
    }
}

fn page(language: Language, name: &str) -> String {
    all(language).into_iter().find(|(n, _)| n == name).map(|(_, page)| page).unwrap()
}

#[test]
fn pages_can_be_looked_at() {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    std::fs::create_dir_all(&target).unwrap();
    for asset in assets::all() {
        std::fs::write(target.join(asset.url.trim_start_matches("/static/")), &asset.bytes).unwrap();
    }
    for language in Language::ALL {
        for (name, page) in all(language) {
            let page = page.replace("/static/", "");
            std::fs::write(target.join(format!("{name}.{}.html", language.tag())), page).unwrap();
        }
    }
}

#[test]
fn no_page_holds_an_inline_script_or_style_and_only_scanning_loads_one() {
    for language in Language::ALL {
        for (name, page) in all(language) {
            // The name of a vocabulary, which nothing is fetched from.
            let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
            for forbidden in ["<script>", " style=", "<style", " onclick", "javascript:", "http://"] {
                assert!(!page.contains(forbidden), "{name} holds {forbidden}");
            }
            assert!(page.matches("<script").count() <= 1, "{name} loads one script at most");
            let ours = ["<script src=\"/static/", "<script type=\"module\" src=\"/static/"];
            let ours: usize = ours.iter().map(|script| page.matches(script).count()).sum();
            assert_eq!(page.matches("<script").count(), ours, "{name}");
            assert!(page.starts_with(&format!("<!DOCTYPE html><html lang=\"{}\">", language.tag())), "{name}");
            assert_eq!(page.matches("<h1").count(), 1, "{name} has one h1");
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
        let sheets = [secondary()];
        let page = transcript::transcript(&frame(Language::Vietnamese), &answer, &opened(&sheets), &maud::html! {})
            .into_string();
        assert_eq!(page.contains(text.verdicts.content_shown.title), name == "valid", "{name}");
        assert_eq!(page.contains("verdict good"), name == "valid", "{name}");
    }
}

#[test]
fn the_issuing_school_is_named_where_it_is_one() {
    let frame = frame(Language::Vietnamese);
    let says =
        |sheets: &[_]| transcript::transcript(&frame, &answers()[0].1, &opened(sheets), &maud::html! {}).into_string();
    assert!(says(&[secondary()]).contains("30/06/2023, do Trường THCS Hoàng Su Phì phát hành."));
    assert!(!says(&[secondary(), primary()]).contains("phát hành."));
}

#[test]
fn every_verdict_has_a_heading_of_its_own() {
    for language in Language::ALL {
        let heading = |page: &str| page.split("<h1").nth(1).unwrap().split("</h1>").next().unwrap().to_owned();
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
fn a_mistyped_code_is_proposed_and_never_taken() {
    for language in Language::ALL {
        let page = page(language, "bad_keyboard");
        assert!(page.contains("href=\"/v/0f8fad5bd9cb469f0b6570867728950e\""));
        assert!(page.contains(language.text().bad_code.keyboard));
        assert!(page.contains("<mark><bdi>đcb4</bdi></mark>"));
    }
    let short = page(Language::Vietnamese, "bad_group_length");
    assert!(short.contains("Nhóm thứ 2 có 3 ký tự") && short.contains("<mark><bdi>ad5</bdi></mark>"));
}

#[test]
fn nobody_is_asked_for_a_birth_date_while_nothing_can_be_opened() {
    for language in Language::ALL {
        let text = language.text();
        let page = page(language, "paused");
        assert!(!page.contains("name=\"year\"") && page.contains(text.problems.verdict_only.title));
        let (lead, steps) = ((text.verdicts.in_force.body)(""), text.verdicts.meanings.in_force);
        let asks = lead.split(". ").nth(1).unwrap();
        assert!(!page.contains(asks) && !page.contains(steps[0]), "{language:?}");
    }
}

#[test]
fn every_verdict_says_what_to_do_next() {
    for language in Language::ALL {
        let text = language.text();
        for (name, page) in all(language).iter().filter(|(name, _)| answers().iter().any(|(n, _)| n == name)) {
            let next = page.split(text.verdicts.next).nth(1).unwrap_or_else(|| panic!("{name} says nothing"));
            assert!(next.split("</section>").next().unwrap().contains("<li>"), "{name}");
        }
    }
}

#[test]
fn earlier_prints_of_withdrawn_and_replaced_years_are_called_out() {
    let page = page(Language::Vietnamese, "partly_withdrawn");
    assert!(page.contains("Bản in trước ngày 03/08/2026 không còn dùng được cho năm học 2022-2023, 2023-2024."));
    let replaced = vec![sheet(2023, 7, SheetVerdict::Replaced), sheet(2023, 7, SheetVerdict::Valid)];
    let answer = answer(Verdict::Valid, replaced);
    let page = verdict::verdict(&frame(Language::Vietnamese), &answer, &Asked::FIRST).into_string();
    assert!(page.contains("chưa đối chiếu nội dung") && page.contains("không còn dùng được cho năm học 2023-2024."));
}

/// What the portal answers about a replaced sheet that was asked for by its own id.
#[test]
fn a_replaced_sheet_is_called_replaced() {
    let answer = answer(Verdict::Withdrawn, vec![sheet(2023, 7, SheetVerdict::Replaced)]);
    let page = verdict::verdict(&frame(Language::Vietnamese), &answer, &Asked::FIRST).into_string();
    assert!(page.contains(">Học bạ đã được thay thế</h1>"));
    let text = Language::Vietnamese.text();
    assert!(page.contains(text.verdicts.meanings.replaced[1]) && !page.contains(text.verdicts.withdrawn.title));
}

#[test]
fn each_check_says_when_it_was_made() {
    let page = page(Language::Vietnamese, "valid");
    let checks = page.split("class=\"checks\"").nth(1).unwrap().split("</ul>").next().unwrap();
    assert_eq!(checks.matches("kiểm tra khi tiếp nhận, từ 08/07/2023 đến 08/07/2026").count(), 2);
    assert_eq!(checks.matches("kiểm tra lúc 14:03:10 ngày 22/11/2026 (GMT+7)").count(), 1);
    assert!(checks.contains("Nội dung bản giấy hoặc tệp bạn đang có: <strong>Chưa đối chiếu</strong>"));
    let shown = self::page(Language::Vietnamese, "transcript");
    assert!(!shown.contains("Chưa đối chiếu</strong>"), "on a page that shows the content it is not said");
}

#[test]
fn the_verdict_has_the_focus_unless_a_message_has() {
    for language in Language::ALL {
        for (name, page) in all(language) {
            let focused = page.matches(" autofocus").count();
            assert!(focused <= 1, "{name} has {focused} places that take the focus");
            if name.starts_with("ask_") && name != "ask_paused" {
                assert!(page.contains("role=\"alert\" tabindex=\"-1\" autofocus"), "{name}");
            } else if answers().iter().any(|(n, _)| *n == name) {
                assert!(page.contains("<h1 tabindex=\"-1\" autofocus>"), "{name}");
            }
        }
    }
}

/// A page without its tags and without what is marked as Vietnamese, as a name or as commands.
fn sentences(page: &str) -> String {
    let mut out = String::new();
    let mut skipped: Option<(&str, usize)> = None;
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        match &mut skipped {
            None if name != "html" && (name == "bdi" || name == "pre" || tag.contains("lang=\"vi\"")) => {
                skipped = Some((name, 1))
            }
            Some((open, depth)) if *open == name => *depth = if tag.starts_with('/') { *depth - 1 } else { *depth + 1 },
            _ => {}
        }
        if let Some((_, 0)) = skipped {
            skipped = None;
        }
        if skipped.is_none() {
            out.push_str(text);
            out.push('\n');
        }
    }
    out
}

#[test]
fn english_pages_are_english() {
    const TERMS: [&str; 6] = [
        "Cổng tra cứu học bạ",
        "(học bạ)",
        "(Tiểu học)",
        "(Trung học cơ sở)",
        "(Trung học phổ thông)",
        "(Giáo dục thường xuyên)",
    ];
    let is_vietnamese = |c: char| "ăâđêôơư".contains(c) || ('\u{1EA0}'..='\u{1EF9}').contains(&c);
    for (name, page) in all(Language::English) {
        // What stands on the paper form is Vietnamese in either language, and so are the names of places.
        let is_vietnamese_anyway = ["transcript", "paper", "bad_", "school", "province"];
        if is_vietnamese_anyway.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let text = TERMS.iter().fold(sentences(&page), |text, term| text.replace(term, ""));
        let left: Vec<&str> = text.lines().filter(|line| line.to_lowercase().contains(is_vietnamese)).collect();
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

#[test]
fn both_languages_say_everything_and_not_the_same() {
    let numbers = |text: &str| text.chars().all(|c| !c.is_alphabetic());
    for ((name, vi), (_, en)) in all(Language::Vietnamese).iter().zip(all(Language::English)) {
        // A form's Vietnamese terms are marked as such in English, so there its parts differ.
        let is_form = name.starts_with("transcript") || name.starts_with("paper");
        let (vi_tags, en_tags) = (vi.matches('<').count(), en.matches('<').count());
        assert!(is_form || vi_tags == en_tags, "{name} has the same parts in both languages");
        let (vi, en) = (sentences(vi), sentences(&en));
        let same = vi.lines().zip(en.lines()).filter(|(v, e)| v == e && v.trim().len() > 12 && !numbers(v));
        let same: Vec<&str> = same.map(|(v, _)| v).filter(|v| !is_of_the_data(v)).collect();
        assert!(is_form || same.is_empty(), "{name}: {same:?}");
    }
}

/// Codes, hashes, addresses: the same in every language.
fn is_of_the_data(line: &str) -> bool {
    line.contains("hocba@example.vn")
        || line.contains("hocba.example.vn")
        || line.starts_with('/')
        || line.starts_with("HTTPS://")
        || line.starts_with("https://")
        || line.trim_end_matches('=').bytes().all(|b| b.is_ascii_alphanumeric() || b"+-_".contains(&b))
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
