//! The URLs in our QR codes: upper case, so that they stay in alphanumeric mode. Browsers lower-case scheme and host;
//! the path is answered as `/V/…` too.

use crate::transcript::TranscriptCode;

/// A code's page: `HTTPS://<HOST>/V/<32 UPPERCASE HEX>`.
pub fn of_code(public_url: &str, code: &TranscriptCode) -> String {
    format!("{}/V/{}", public_url.to_ascii_uppercase(), code.to_string().to_ascii_uppercase())
}

/// The same with a token as its fragment, which no browser sends anywhere.
pub fn with_token(public_url: &str, code: &TranscriptCode, token: &str) -> String {
    format!("{}#{token}", of_code(public_url, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_upper_case_to_the_token() {
        let code = TranscriptCode::from_wire("0f8fad5bd9cb469fa16570867728950e").expect("a code");
        assert_eq!(
            with_token("https://hocba.moet.gov.vn", &code, "1.AB"),
            "HTTPS://HOCBA.MOET.GOV.VN/V/0F8FAD5BD9CB469FA16570867728950E#1.AB"
        );
    }
}
