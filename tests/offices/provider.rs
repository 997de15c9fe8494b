//! A provider that says what a test has it say, on a port of its own.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use hocba::openid::{Answer, Credential, Departure, Identity, Journey, Provider, Settings};
use hocba::openid::{Expected, Keys, Toward, check};
use hocba::signing::PrivateKey;
use hocba::transcript::Moment;
use serde_json::{Value, json};

use super::samples::now;
use crate::apps::samples::{compact, with};

pub(crate) const CLIENT: &str = "hocba";
pub(crate) const ACR: &str = "https://refeds.org/profile/mfa";
pub(crate) const RETURN: &str = "https://hocba.example.vn/co-quan/ben-ngoai/ve";
/// An issuer that nobody asks.
pub(crate) const ISSUER: &str = "https://id.example.vn";

pub(crate) fn ec_key() -> PrivateKey {
    PrivateKey::p256_from_scalar(&[5; 32]).unwrap()
}

pub(crate) fn ed_key() -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[9; 32])
}

pub(crate) static RSA_KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::generate_rsa(&mut rand_core_06::OsRng).unwrap());

/// Our own, which shows that it is we who ask.
pub(crate) fn client_key() -> PrivateKey {
    PrivateKey::p256_from_scalar(&[6; 32]).unwrap()
}

/// A public key as providers publish it.
pub(crate) fn jwk(kid: &str, key: &PrivateKey, more: Value) -> Value {
    with(with(serde_json::to_value(key.public().to_jwk()).unwrap(), json!({"kid": kid, "use": "sig"})), more)
}

/// `e1` and `d1`.
pub(crate) fn key_set() -> Value {
    json!({"keys": [jwk("e1", &ec_key(), json!({"alg": "ES256"})), jwk("d1", &ed_key(), json!({}))]})
}

pub(crate) fn keys(set: &Value) -> Keys {
    Keys::read(set.to_string().as_bytes()).unwrap()
}

pub(crate) fn header() -> Value {
    json!({"alg": "ES256", "kid": "e1", "typ": "JWT"})
}

pub(crate) fn claims(issuer: &str, nonce: &str, now: Moment) -> Value {
    let iat = now.as_seconds();
    json!({
        "iss": issuer, "aud": CLIENT, "sub": "248289761001", "nonce": nonce, "acr": ACR,
        "iat": iat, "exp": iat + 600, "auth_time": iat - 20, "email": "lan@example.vn"
    })
}

pub(crate) fn acr() -> Vec<String> {
    vec![ACR.to_owned(), "phr".to_owned()]
}

pub(crate) fn expected<'a>(acr: &'a [String], issuer: &'a str) -> Expected<'a> {
    Expected { issuer, client_id: CLIENT, nonce: "n-1", acr, max_age_s: 300, now: now() }
}

/// Who somebody of this name is at [`ISSUER`].
pub(crate) fn identity(sub: &str) -> Identity {
    let token = compact(&ec_key(), &header(), &with(claims(ISSUER, "n-1", now()), json!({"sub": sub})));
    check(&token, &keys(&key_set()), &expected(&acr(), ISSUER)).unwrap()
}

/// What it answers, and what it was sent.
pub(crate) struct Said {
    pub(crate) description: (u16, Value),
    pub(crate) keys: (u16, Value),
    pub(crate) token: (u16, Value),
    /// Heads and bodies of requests, the newest last.
    pub(crate) asked: Vec<(String, String)>,
}

pub(crate) struct Pretend {
    pub(crate) issuer: String,
    said: Arc<Mutex<Said>>,
}

impl Pretend {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let description = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["pairwise"]
        });
        let token = (400, json!({"error": "invalid_grant"}));
        let said = Said { description: (200, description), keys: (200, key_set()), token, asked: vec![] };
        let said = Arc::new(Mutex::new(said));
        let for_server = Arc::clone(&said);
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(stream, &for_server)));
        Self { issuer, said }
    }

    pub(crate) fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap()
    }

    /// How often one of its addresses was asked.
    pub(crate) fn times(&self, path: &str) -> usize {
        self.said().asked.iter().filter(|(head, _)| head.split(' ').nth(1) == Some(path)).count()
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            issuer: self.issuer.clone(),
            name: "Cổng định danh mẫu".to_owned(),
            client_id: CLIENT.to_owned(),
            credential: Credential::Key(client_key()),
            acr: acr(),
            max_age_s: 300,
            redirect: RETURN.to_owned(),
        }
    }

    pub(crate) fn provider(&self) -> Provider {
        Provider::new(self.settings(), &[8; 32]).unwrap()
    }

    /// Has it answer a code with this ID token.
    pub(crate) fn gives(&self, token: &str) {
        self.said().token = (200, json!({"access_token": "x", "token_type": "Bearer", "id_token": token}));
    }

    /// Somebody leaves, and the provider says of them what `changes` make of the claims that are right.
    pub(crate) fn visited(
        &self,
        provider: &Provider,
        toward: Toward,
        changes: Value,
        now: Moment,
    ) -> (Journey, Answer) {
        let departure = provider.leave(toward, now).unwrap();
        self.signs_in(&departure, changes, now);
        let journey = provider.journey(&departure.cookie, now).unwrap();
        let answer = Answer { code: "c-1".to_owned(), state: param(&departure.address, "state"), ..Answer::default() };
        (journey, answer)
    }

    pub(crate) fn signs_in(&self, departure: &Departure, changes: Value, now: Moment) {
        let claims = claims(&self.issuer, &param(&departure.address, "nonce"), now);
        self.gives(&compact(&ec_key(), &header(), &with(claims, changes)));
    }
}

/// A field of a query or a form.
pub(crate) fn param(text: &str, name: &str) -> String {
    let fields = text.split_once('?').map_or(text, |(_, query)| query);
    let value = fields.split('&').find_map(|field| field.strip_prefix(&format!("{name}=")));
    value.unwrap_or_else(|| panic!("no {name}")).to_owned()
}

fn answer(mut stream: TcpStream, said: &Mutex<Said>) {
    let mut sent = Vec::new();
    let mut part = [0; 4096];
    let (head, body) = loop {
        let read = stream.read(&mut part).unwrap_or(0);
        sent.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&sent).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return;
            }
            continue;
        };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) || read == 0 {
            break (head.to_owned(), body.to_owned());
        }
    };
    let mut said = said.lock().unwrap();
    let (status, value) = match head.split(' ').nth(1).unwrap_or_default() {
        "/.well-known/openid-configuration" => said.description.clone(),
        "/jwks" => said.keys.clone(),
        "/token" => said.token.clone(),
        _ => (404, Value::Null),
    };
    said.asked.push((head, body));
    drop(said);
    let value = value.to_string();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nlocation: /jwks\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{value}",
        value.len()
    );
}
