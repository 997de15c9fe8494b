//! Offices' members who sign in at a provider: the way there and back in a browser, and what every wrong way gets.

use actix_web::http::Method;
use hocba::offices::{Change, InvitationCode, MemberChange, Role};
use hocba::openid::{Provider, Settings};
use hocba::portal::office_desk::OfficeAnswer;
use hocba::web::shedding;
use serde_json::{Value, json};

use super::offices::{House, change, clock, hidden, typed, wait};
use super::routes::{Answer, call_with, form, get, request};
use crate::offices::provider::{ISSUER, Pretend, param};
use crate::offices::samples::{account, add};

const LEAVE: &str = "/co-quan/ben-ngoai";
const RETURN: &str = "/co-quan/ben-ngoai/ve";
const JOURNEY: &str = "__Host-hocba-office-openid";
const SESSION: &str = "__Host-hocba-office=";

/// A provider that nobody asks.
pub(super) fn nowhere() -> Provider {
    let settings = Settings { issuer: ISSUER.to_owned(), ..Pretend::start().settings() };
    Provider::new(settings, &[8; 32]).unwrap()
}

/// Where a page leads by itself.
fn led_to(page: &Answer) -> String {
    let text = page.text();
    let address = text.split("http-equiv=\"refresh\" content=\"0;url=").nth(1).expect("a page that leads on");
    address.split('"').next().unwrap().replace("&amp;", "&")
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    answer.all("set-cookie").iter().find(|cookie| cookie.starts_with(name)).map(|cookie| (*cookie).to_owned())
}

fn pair(cookie: &str) -> String {
    cookie.split(';').next().unwrap().to_owned()
}

/// A house whose members may sign in at a pretended provider.
struct Played {
    house: House,
    pretend: Pretend,
}

/// The cookie that comes back in the place of the one that was given.
type Brought<'a> = &'a dyn Fn(&str) -> String;

/// A browser that is at the provider.
struct Away {
    address: String,
    cookie: String,
}

impl Played {
    fn new() -> Self {
        let pretend = Pretend::start();
        Self { house: House::with(Some(pretend.provider())), pretend }
    }

    async fn leave(&self, fields: &str) -> Answer {
        let (cookie, tie) = self.house.tie("/co-quan/dang-nhap").await;
        let sent = form(LEAVE, &format!("form={tie}&{fields}")).insert_header(("cookie", cookie));
        self.house.call(sent).await
    }

    /// Leaves, and signs in there as somebody of whom `changes` are said.
    async fn sign_in_there(&self, fields: &str, changes: Value) -> Away {
        let left = self.leave(fields).await;
        assert_eq!(left.status, 200, "{}", left.text());
        let (address, cookie) = (led_to(&left), pair(&cookie(&left, JOURNEY).unwrap()));
        let departure = hocba::openid::Departure { address: address.clone(), cookie: String::new().into() };
        self.pretend.signs_in(&departure, changes, clock());
        Away { address, cookie }
    }

    async fn back(&self, cookie: &str, query: &str) -> Answer {
        self.house.call(get(&format!("{RETURN}?{query}")).insert_header(("cookie", cookie.to_owned()))).await
    }

    async fn come_back(&self, away: &Away) -> Answer {
        self.back(&away.cookie, &format!("code=c-1&state={}", param(&away.address, "state"))).await
    }

    fn invite(&self, name: &str) -> InvitationCode {
        let invited = change(&self.house.desk, add(&account(&format!("{name}@dhqg-hn")), Role::Clerk));
        let OfficeAnswer::Invited { code, .. } = invited else { panic!("no invitation") };
        code
    }

    /// Links a new member with the one that the provider signs in; gives their session's cookie.
    async fn link(&self, name: &str, changes: Value) -> Answer {
        let code = self.invite(name);
        let away = self.sign_in_there(&format!("account={name}%40dhqg-hn&invitation={code}"), changes).await;
        self.come_back(&away).await
    }
}

#[actix_web::test]
async fn without_a_provider_there_is_no_way_to_one() {
    let house = House::new();
    assert!(!house.call(get("/co-quan/dang-nhap")).await.text().contains(LEAVE));
    for request in [get(LEAVE), form(LEAVE, "tiep="), get(RETURN)] {
        assert_eq!(house.call(request).await.status, 404);
    }
    let with = House::with(Some(nowhere()));
    let page = with.call(get("/co-quan/dang-nhap?tiep=tim").insert_header(("accept-language", "en"))).await;
    assert!(page.text().contains("Sign in with Cổng định danh mẫu"));
    assert_eq!(with.call(request(Method::HEAD, RETURN)).await.status, 405, "a code is not for looking at");
    assert_eq!(with.call(get(LEAVE)).await.header("location"), "/co-quan");
}

#[actix_web::test]
async fn a_page_leads_there_and_the_cookie_comes_along_from_another_site() {
    let played = Played::new();
    let left = played.leave("tiep=tim").await;
    assert_eq!((left.status.as_u16(), left.header("cache-control")), (200, "no-store"));
    assert!(led_to(&left).starts_with(&format!("{}/auth?", played.pretend.issuer)));
    let cookie = cookie(&left, JOURNEY).unwrap();
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");
    assert!(left.header("content-security-policy").contains("form-action 'self'"));
    for request in [
        form(LEAVE, "tiep=tim"),
        form(LEAVE, "form=AAAA&tiep=tim"),
        form(LEAVE, "tiep=tim").insert_header(("sec-fetch-site", "cross-site")),
        form(LEAVE, "tiep=tim").insert_header(("origin", "https://evil.example")),
    ] {
        let refused = played.house.call(request).await;
        assert_eq!(refused.status, 403);
        assert!(self::cookie(&refused, JOURNEY).is_none(), "no other site sends anybody there");
    }
}

#[actix_web::test]
async fn whoever_was_invited_links_their_account_and_signs_in_again() {
    let played = Played::new();
    let code = played.invite("moi");
    let who = format!("account=moi%40dhqg-hn&invitation={code}");
    let (tied, tie) = played.house.tie("/co-quan/kich-hoat").await;
    let first = form("/co-quan/kich-hoat", &format!("form={tie}&{who}")).insert_header(("cookie", tied));
    let second = played.house.call(first).await;
    assert!(second.text().contains("Dùng tài khoản Cổng định danh mẫu") && second.text().contains("code groups"));
    assert_eq!(hidden(&second, "invitation"), code.to_string());

    let away = played.sign_in_there(&who, json!({})).await;
    assert!(!away.address.contains("moi") && !away.cookie.contains(&code.to_string()));
    let linked = played.come_back(&away).await;
    assert_eq!((linked.status.as_u16(), led_to(&linked).as_str()), (200, "/co-quan"));
    let session = cookie(&linked, SESSION).unwrap();
    assert!(session.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{session}");
    assert!(cookie(&linked, JOURNEY).unwrap().starts_with(&format!("{JOURNEY}=;")));
    let own = played.house.call(get("/co-quan").insert_header(("cookie", pair(&session)))).await;
    assert!(own.status == 200 && own.text().contains("moi@dhqg-hn"));
    let password = played.house.call(get("/co-quan/mat-khau").insert_header(("cookie", pair(&session)))).await;
    assert!(password.text().contains("Mật khẩu của bạn không nằm ở đây"));
    assert!(!password.text().contains("name=\"present\""));

    let away = played.sign_in_there("tiep=tim", json!({})).await;
    let again = played.come_back(&away).await;
    assert_eq!((again.status.as_u16(), led_to(&again).as_str()), (200, "/co-quan/tim"));
    assert_ne!(cookie(&again, SESSION), Some(session));
    let members = played.house.sign_in(&played.house.administrator).get("/co-quan/thanh-vien");
    assert!(played.house.call(members).await.text().contains("đăng nhập qua nhà cung cấp danh tính"));
}

#[actix_web::test]
async fn an_invitation_that_is_not_right_leads_nowhere() {
    let played = Played::new();
    played.invite("moi");
    let wrong = played.leave(&format!("account=moi%40dhqg-hn&invitation={}", "A2".repeat(12))).await;
    assert!(wrong.status == 403 && wrong.text().contains("Chưa kích hoạt được"));
    assert!(cookie(&wrong, JOURNEY).is_none() && played.pretend.times("/jwks") == 0);
    // Taken up, or taken back, while they were away.
    let code = played.invite("hai");
    let away = played.sign_in_there(&format!("account=hai%40dhqg-hn&invitation={code}"), json!({})).await;
    change(&played.house.desk, Change::Member(MemberChange::Reset { account: account("hai@dhqg-hn") }));
    let late = played.come_back(&away).await;
    assert!(late.status == 403 && late.text().contains("Chưa kích hoạt được") && cookie(&late, SESSION).is_none());
}

#[actix_web::test]
async fn every_wrong_way_back_is_refused_and_repeats_nothing() {
    let played = Played::new();
    assert_eq!(played.link("moi", json!({})).await.status, 200);
    let other_portal = Provider::new(played.pretend.settings(), &[9; 32]).unwrap();
    let foreign = other_portal.leave(hocba::openid::Toward::SignIn { next: String::new() }, clock()).unwrap();
    let foreign = format!("{JOURNEY}={}", *foreign.cookie);
    let own = |cookie: &str| cookie.to_owned();
    let forged = |cookie: &str| {
        let last = if cookie.ends_with('A') { 'Q' } else { 'A' };
        format!("{}{last}", &cookie[..cookie.len() - 1])
    };
    let right = "code=a-code-received&state={state}";
    let strayed = "Hãy đăng nhập lại từ đầu";
    let not_right = "Chưa xác nhận được";
    let rows: [(&str, Brought<'_>, &str, &str); 12] = [
        ("no cookie", &|_| String::new(), right, strayed),
        ("a cookie that is none", &|_| format!("{JOURNEY}=x"), right, strayed),
        ("a forged one", &forged, right, strayed),
        ("two of them", &|cookie| format!("{cookie}; {cookie}"), right, strayed),
        ("another portal's", &|_| foreign.clone(), right, strayed),
        ("another state", &own, "code=a-code-received&state=a-state-received", strayed),
        ("no state", &own, "code=a-code-received", strayed),
        ("two states", &own, "code=a-code-received&state={state}&state={state}", strayed),
        ("another provider", &own, "code=c&state={state}&iss=https%3A%2F%2Fevil.example", not_right),
        ("cancelled", &own, "error=access_denied&state={state}", "Bạn đã hủy đăng nhập"),
        ("refused", &own, "error=%3Cscript%3E&state={state}", not_right),
        ("no code", &own, "state={state}", not_right),
    ];
    for (what, cookie, query, says) in rows {
        let away = played.sign_in_there("tiep=tim", json!({})).await;
        let state = param(&away.address, "state");
        let refused = played.back(&cookie(&away.cookie), &query.replace("{state}", &state)).await;
        assert_eq!(refused.status, 403, "{what}");
        assert!(refused.text().contains(says), "{what}");
        assert!(self::cookie(&refused, SESSION).is_none(), "{what}");
        assert!(self::cookie(&refused, JOURNEY).unwrap().ends_with("Max-Age=0"), "{what}");
        for received in ["-received", &state, "evil.example", "access_denied", "<script>"] {
            assert!(!refused.text().contains(received), "{what} repeats {received}");
        }
    }
    let away = played.sign_in_there("tiep=tim", json!({})).await;
    assert_eq!(played.come_back(&away).await.status, 200, "the right way");
    wait(601);
    let late = played.come_back(&away).await;
    assert!(late.status == 403 && late.text().contains(strayed));
}

#[actix_web::test]
async fn whoever_the_provider_does_not_vouch_for_is_told_why() {
    let played = Played::new();
    assert_eq!(played.link("moi", json!({})).await.status, 200);
    let then = clock().as_seconds() - 400;
    for (changes, says) in [
        (json!({"acr": "0"}), "Cần xác thực hai yếu tố"),
        (json!({"acr": null}), "Cần xác thực hai yếu tố"),
        (json!({"auth_time": then}), "Cần xác thực hai yếu tố"),
        (json!({"sub": "another"}), "Chưa có tài khoản nào liên kết"),
        (json!({"aud": "another"}), "Chưa xác nhận được bạn là ai"),
        (json!({"exp": then}), "Chưa xác nhận được bạn là ai"),
    ] {
        let away = played.sign_in_there("tiep=tim", changes.clone()).await;
        let refused = played.come_back(&away).await;
        assert!(refused.status == 403 && refused.text().contains(says), "{changes}");
        assert!(cookie(&refused, SESSION).is_none() && !refused.text().contains("another"));
    }
    let second = played.link("hai", json!({})).await;
    assert!(second.status == 403 && second.text().contains("Đã liên kết với tài khoản khác"));
    change(&played.house.desk, Change::Member(MemberChange::Disable { account: account("moi@dhqg-hn") }));
    let away = played.sign_in_there("tiep=tim", json!({})).await;
    let disabled = played.come_back(&away).await;
    assert!(disabled.status == 403 && disabled.text().contains("Chưa có tài khoản nào liên kết"));
}

#[actix_web::test]
async fn while_the_provider_is_away_passwords_go_on() {
    let played = Played::new();
    played.pretend.said().description.0 = 500;
    for _ in 0..2 {
        let away = played.leave("tiep=tim").await;
        assert_eq!((away.status.as_u16(), away.header("retry-after")), (503, "30"));
        assert!(away.text().contains("Chưa liên lạc được với nhà cung cấp danh tính"));
    }
    assert_eq!(played.house.send(&typed(&played.house.clerk)).await.status, 303);
    let mut places = Vec::new();
    for _ in 0..4 {
        places.push(shedding::provider(&played.house.state).await.unwrap());
    }
    assert_eq!(played.leave("tiep=tim").await.status, 503);
    wait(60);
    assert_eq!(played.house.send(&typed(&played.house.clerk)).await.status, 303);
    assert_eq!(call_with(&played.house.state, get("/co-quan/dang-nhap")).await.status, 200);
}
