//! Which language a visitor reads: the link just followed, else the cookie it left, else
//! `Accept-Language`, else Vietnamese. The cookie holds `vi` or `en` and nothing about a person.

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderValue};

use super::text::Language;

/// The language of a request, and the cookie that remembers it when it was just chosen.
pub(super) fn of(request: &HttpRequest, secure: bool) -> (Language, Option<HeaderValue>) {
    if let Some(language) = from_query(request.query_string()) {
        return (language, Some(remember(language, secure)));
    }
    let headers = request.headers();
    let language = from_cookie(headers).or_else(|| from_accept(headers)).unwrap_or(Language::Vietnamese);
    (language, None)
}

/// `lang=vi` or `lang=en`, exactly.
fn from_query(query: &str) -> Option<Language> {
    let tag = query.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    Language::ALL.into_iter().find(|l| l.tag() == tag)
}

fn from_cookie(headers: &HeaderMap) -> Option<Language> {
    let texts = headers.get_all(COOKIE).filter_map(|v| v.to_str().ok());
    let tag = texts.flat_map(|v| v.split(';')).find_map(|pair| pair.trim().strip_prefix("lang="))?;
    Language::ALL.into_iter().find(|l| l.tag() == tag)
}

/// The heaviest language that we have (RFC 9110 §12.5.4); the first of equals.
fn from_accept(headers: &HeaderMap) -> Option<Language> {
    let mut best: Option<(u16, Language)> = None;
    let texts = headers.get_all(ACCEPT_LANGUAGE).filter_map(|v| v.to_str().ok());
    for item in texts.flat_map(|v| v.split(',')).take(32) {
        let mut parts = item.split(';');
        let Some(language) = Language::from_tag(parts.next().unwrap_or_default().trim()) else { continue };
        let weight = parts.find_map(|p| p.trim().strip_prefix("q=")).map_or(1000, thousandths);
        if weight > 0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// A weight such as `0.8` in thousandths; anything else counts as nothing.
fn thousandths(text: &str) -> u16 {
    match text.split_once('.') {
        Some(("0", decimals)) if decimals.len() <= 3 && decimals.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{decimals:0<3}").parse().unwrap_or(0)
        }
        Some(("1", decimals)) if decimals.len() <= 3 && decimals.bytes().all(|b| b == b'0') => 1000,
        None if text == "1" => 1000,
        _ => 0,
    }
}

fn remember(language: Language, secure: bool) -> HeaderValue {
    HeaderValue::from_static(match (language, secure) {
        (Language::Vietnamese, true) => "lang=vi; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure",
        (Language::Vietnamese, false) => "lang=vi; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        (Language::English, true) => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure",
        (Language::English, false) => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
    })
}
