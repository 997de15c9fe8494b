//! The comparison with paper over HTTP: the form, what came of it, and what was typed when the page
//! has run out.

use super::fixtures::{CODE, TICKET};
use super::routes::{Answer, call, form, get};

fn path() -> String {
    format!("/v/{CODE}/doi-chieu")
}

async fn compare(fields: &str) -> Answer {
    call(form(&path(), &format!("ticket={TICKET}&{fields}"))).await
}

fn heading(page: &str) -> &str {
    let heading = page.split("<h1").nth(1).unwrap().split("</h1>").next().unwrap();
    heading.split_once('>').unwrap().1
}

#[actix_web::test]
async fn an_opened_page_leads_to_the_comparison_without_asking_again() {
    let opened = call(form(&format!("/v/{CODE}"), "date_of_birth=2014-09-05")).await.text();
    assert!(opened.contains(&format!("action=\"{}\"", path())));
    assert_eq!(
        opened.matches(&format!("name=\"ticket\" value=\"{TICKET}\"")).count(),
        6,
        "comparison, language, copy, voiding, receipt, soft copy"
    );
    let empty = compare("").await;
    assert_eq!((empty.status.as_u16(), empty.header("cache-control")), (200, "no-store"));
    let page = empty.text();
    assert_eq!(heading(&page), "Đối chiếu với bản giấy");
    assert!(page.contains("name=\"v.2025.mTOA.3\"") && page.contains("name=\"v.hs.ten.0\""));
    assert!(!page.contains("2014-09-05") && !page.contains("verdict good"), "nothing was compared yet");
    // By birth date as well, for whoever comes from a page that has run out.
    let by_date = call(form(&path(), "day=5&month=9&year=2014")).await;
    assert_eq!(heading(&by_date.text()), "Đối chiếu với bản giấy");
    // Back, and in the other language.
    let back = call(form(&format!("/v/{CODE}?lang=en"), &format!("ticket={TICKET}"))).await;
    assert_eq!((back.status.as_u16(), heading(&back.text())), (200, "The transcript is valid"));
}

#[actix_web::test]
async fn one_altered_value_outweighs_everything() {
    let page = compare("g=hs&g=2025&v.2025.mTOA.3=9%2C8").await.text();
    assert_eq!(heading(&page), "Nội dung không khớp với dữ liệu gốc");
    assert!(page.contains("verdict bad") && page.contains("1 giá trị khác"));
    let list = page.split("class=\"differences\"").nth(1).unwrap().split("</ul>").next().unwrap();
    assert!(list.contains("Năm học 2025-2026 – Lớp 7: Toán, Cả năm") && list.contains("9,8") && list.contains("8,8"));
    let target = list.split("href=\"#").nth(1).unwrap().split('"').next().unwrap();
    assert!(page.contains(&format!("id=\"{target}\"")), "the difference leads to its field");
    assert!(page.contains("value=\"9,8\"") && page.contains("value=\"2025\" checked"), "what was typed is kept");
}

#[actix_web::test]
async fn only_a_whole_comparison_is_called_valid() {
    let page = compare("g=hs&g=2025").await.text();
    assert_eq!(heading(&page), "Học bạ hợp lệ");
    assert!(page.contains("verdict good") && page.contains("0 giá trị chưa đối chiếu"));
    for part in ["g=2025", "g=hs", "v.2025.mTOA.3=8.8", "g=hs&g=2025&v.2025.mTOA.3=8%2C8x"] {
        let page = compare(part).await.text();
        assert_eq!(heading(&page), "Các giá trị đã đối chiếu đều khớp", "{part}");
        assert!(!page.contains("verdict good"), "{part}");
    }
    // Typed as a person types, each in its own way.
    let typed = compare("v.2025.mTOA.1=8.5&v.2025.mTOA.2=9&v.2025.mTOA.3=+8%2C8+&v.2025.mNTH.2=c%C4%91").await.text();
    assert!(typed.contains("4 giá trị khớp · 0 giá trị khác"));
}

#[actix_web::test]
async fn a_page_that_has_run_out_keeps_what_was_typed() {
    let fields = "ticket=old&v.2025.mTOA.3=9%2C8&v.%22%3E%3Cb%3E=%3Cscript%3E&g=2025.mNVA";
    let asked = call(form(&path(), fields)).await;
    assert_eq!(asked.status, 403);
    let page = asked.text();
    assert!(page.contains("Phiên xem đã hết hạn") && page.contains("vẫn được giữ"));
    assert!(page.contains("name=\"v.2025.mTOA.3\" value=\"9,8\"") && page.contains("name=\"g\" value=\"2025.mNVA\""));
    assert!(page.contains(&format!("action=\"{}\"", path())) && !page.contains("<script>") && !page.contains("Uyên"));
    // A wrong birth date keeps it as well.
    let wrong = call(form(&path(), "day=6&month=9&year=2014&v.2025.mTOA.3=9%2C8")).await;
    assert!(wrong.status == 403 && wrong.text().contains("name=\"v.2025.mTOA.3\" value=\"9,8\""));
    let right = call(form(&path(), "day=5&month=9&year=2014&v.2025.mTOA.3=9%2C8")).await;
    assert_eq!(heading(&right.text()), "Nội dung không khớp với dữ liệu gốc");
    let transcript = call(form(&format!("/v/{CODE}"), "ticket=old")).await;
    assert!(transcript.status == 403 && transcript.text().contains("Phiên xem đã hết hạn"));
}

#[actix_web::test]
async fn odd_requests_are_answered_plainly() {
    let reloaded = call(get(&path())).await;
    assert_eq!((reloaded.status.as_u16(), reloaded.header("location")), (303, &*format!("/v/{CODE}")));
    assert_eq!(call(get("/v/xyz/doi-chieu")).await.status, 400);
    assert_eq!(call(form(&path(), &"v.a=1&".repeat(20_000))).await.status, 413);
    assert_eq!(call(form(&path(), "ticket=a&ticket=b")).await.status, 400);
    assert_eq!(call(form(&path(), "")).await.status, 400, "neither ticket nor birth date");
    let foreign = form(&path(), &format!("ticket={TICKET}")).insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(call(foreign).await.status, 403);
    let unknown = compare("v.2025.mTOA.9=1&g=nothing&x=y").await;
    assert_eq!((unknown.status.as_u16(), heading(&unknown.text())), (200, "Đối chiếu với bản giấy"));
}
