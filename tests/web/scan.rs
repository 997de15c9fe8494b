//! The scan page and the counter as clients get them: headers, words, scripts, and what works without any.

use hocba::web::assets::{self, COUNTER_JS, DECODER_JS, QR_DECODE_JS, QR_INDEX_JS, QR_LICENCE, SCAN_JS};
use hocba::web::text::Language;

use super::fixtures::{CODE, state};
use super::routes::{call_with, form, get};

async fn page(path: &str) -> super::routes::Answer {
    call_with(&state(|_| {}), get(path)).await
}

#[actix_web::test]
async fn only_pages_that_scan_may_use_the_camera() {
    for (path, camera) in [("/quet-ma", "camera=(self)"), ("/quay", "camera=(self)"), ("/", "camera=()")] {
        let answer = page(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("permissions-policy"), format!("{camera}, geolocation=(), microphone=()"), "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    assert!(page(&format!("/v/{CODE}")).await.header("permissions-policy").starts_with("camera=(),"));
}

#[actix_web::test]
async fn only_the_counter_asks_by_script_and_only_us() {
    let policy = |path: &'static str| async move { page(path).await.header("content-security-policy").to_owned() };
    assert!(policy("/quay").await.contains("; connect-src 'self';"));
    for path in ["/quet-ma", "/quay", "/"] {
        let policy = policy(path).await;
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{path}");
        assert!(!policy.contains("unsafe") && !policy.contains("blob:") && !policy.contains("http"), "{path}");
        assert_eq!(policy.contains("connect-src"), path == "/quay", "{path}");
    }
}

#[actix_web::test]
async fn the_counter_is_not_indexed_and_the_scan_page_may_be() {
    assert_eq!(page("/quay").await.header("x-robots-tag"), "noindex, nofollow, noarchive");
    assert_eq!(page("/quet-ma").await.header("x-robots-tag"), "");
}

#[actix_web::test]
async fn each_page_has_one_script_of_ours_and_says_what_works_without() {
    for (path, script, fallback) in [
        ("/quet-ma", &SCAN_JS.url, "ứng dụng máy ảnh của điện thoại"),
        ("/quay", &COUNTER_JS.url, "Hãy tra cứu từng mã ở trang tra cứu."),
    ] {
        let text = page(path).await.text();
        assert_eq!(text.matches("<script").count(), 1, "{path}");
        assert!(text.contains(&format!("<script type=\"module\" src=\"{script}\"></script>")), "{path}");
        assert!(text.contains(fallback), "{path}");
        assert!(text.contains("action=\"/tra-cuu\"") && text.contains("data-host=\"hocba.example.vn\""), "{path}");
        assert!(text.contains(&QR_LICENCE.url), "{path} names the decoder's licence");
        for forbidden in [" style=", "<style", " onclick", "javascript:", "http://"] {
            assert!(!text.contains(forbidden), "{path} holds {forbidden}");
        }
    }
}

#[actix_web::test]
async fn the_printing_rule_is_public_in_both_languages() {
    for language in Language::ALL {
        let text = page(&format!("/quet-ma?lang={}", language.tag())).await.text();
        let rule = text.split("id=\"quy-cach\"").nth(1).unwrap();
        for figure in ["20 mm", "30 mm", "HTTPS://", "/V/"] {
            assert!(rule.contains(figure), "{figure}");
        }
        assert!(text.contains(language.text().scan.rule.title));
    }
}

#[actix_web::test]
async fn scripts_name_each_other_by_addresses_that_last() {
    for script in assets::all().filter(|asset| asset.media_type.starts_with("text/javascript")) {
        let text = std::str::from_utf8(&script.bytes).unwrap();
        assert!(!text.contains("\"./") && !text.contains("'./"), "{} names a file that nobody serves", script.url);
        for part in text.split("/static/").skip(1) {
            let name = part.split(['"', '\'']).next().unwrap();
            if name.ends_with(".js") && !name.contains(' ') {
                assert!(assets::find(&format!("/static/{name}")).is_some(), "{} names {name}", script.url);
            }
        }
        let answer = page(&script.url).await;
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    }
    let decoder = std::str::from_utf8(&DECODER_JS.bytes).unwrap();
    assert!(decoder.contains(&format!("from \"{}\"", QR_DECODE_JS.url)));
    assert!(std::str::from_utf8(&QR_DECODE_JS.bytes).unwrap().contains(&format!("from '{}'", QR_INDEX_JS.url)));
    assert!(page(&QR_LICENCE.url).await.text().starts_with("The MIT License (MIT)"));
}

#[actix_web::test]
async fn the_text_of_a_qr_may_be_pasted_into_the_field() {
    for text in [
        format!("HTTPS%3A%2F%2FHOCBA.EXAMPLE.VN%2FV%2F{}%231.ABCDEFGH", CODE.to_uppercase()),
        format!("M%C3%A3+tra+c%E1%BB%A9u%3A+{CODE}%2C+TH%C3%94NG+TIN"),
        format!("https%3A%2F%2Fother.example%2Fxem%3Fma%3D{CODE}%26nam%3D2025"),
    ] {
        let answer = call_with(&state(|_| {}), form("/tra-cuu", &format!("code={text}"))).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, format!("/v/{CODE}").as_str()), "{text}");
    }
}
