//! A text as a QR code (ISO/IEC 18004), drawn as SVG: sharp in any size, and printable.
//!
//! Error correction M, and upper-case text in alphanumeric mode: at a fixed printed size larger modules read better
//! than more correction (`HTTPS://…/V/…` with a token fits version 12, 65 × 65 modules).

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// Light modules around the symbol, without which scanners do not find it.
const QUIET_ZONE: i32 = 4;
/// Largest version: 666 bytes, or 970 alphanumeric characters. Printed at 30 mm, its modules measure 0.28 mm, and
/// cameras of old phones read no smaller ones.
const LARGEST: u8 = 20;
/// From this length on, switching to alphanumeric mode and back costs less than it saves.
const WORTH_SWITCHING: usize = 16;

/// More text than a QR code that old phones can read holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

/// A QR code, ready to be drawn.
#[derive(Clone, PartialEq, Eq)]
pub struct Qr(QrCode);

/// What a QR holds may open a transcript.
impl std::fmt::Debug for Qr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Qr({} modules)", self.0.size())
    }
}

impl Qr {
    /// The smallest code that holds the text.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let segments = segments(text);
        // No boost: one level of correction everywhere, so that a length always gives the same size.
        QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, Version::MIN, Version::new(LARGEST), None, false)
            .map(Self)
            .map_err(|_| TooLong)
    }

    /// Modules along one side, with the quiet zone: the drawing's own unit.
    pub fn side(&self) -> i32 {
        self.0.size() + 2 * QUIET_ZONE
    }

    /// The drawing: dark on light whatever the page's colours are, quiet zone included, without a size of its own (the
    /// style sheet or the place it stands in gives it) and without a name (a caption says what it is).
    pub fn svg(&self) -> String {
        let side = self.side();
        format!(
            "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" \
             shape-rendering=\"crispEdges\" aria-hidden=\"true\" focusable=\"false\">\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{}\"/></svg>",
            self.dark()
        )
    }

    /// One bar for each run of dark modules in a row.
    fn dark(&self) -> String {
        let mut path = String::new();
        for (x, y, run) in self.bars() {
            // Writing into a text cannot fail.
            let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
        }
        path
    }

    /// The same drawing in bytes, 0 for dark and 255 for light, row by row; each module so many of them wide and high.
    pub(super) fn pixels(&self, module: i32) -> Vec<u8> {
        let shade = |x: i32, y: i32| if self.0.get_module(x - QUIET_ZONE, y - QUIET_ZONE) { 0 } else { u8::MAX };
        let row = |y: i32| (0..self.side() * module).map(move |x| shade(x / module, y / module));
        (0..self.side() * module).flat_map(row).collect()
    }

    /// The runs of dark modules, row by row: where each begins, quiet zone included, and how long it is.
    pub(super) fn bars(&self) -> Vec<(i32, i32, i32)> {
        let mut bars = Vec::new();
        for y in 0..self.0.size() {
            let mut x = 0;
            while x < self.0.size() {
                let run = (x..self.0.size()).take_while(|x| self.0.get_module(*x, y)).count() as i32;
                if run > 0 {
                    bars.push((x + QUIET_ZONE, y + QUIET_ZONE, run));
                }
                x += run + 1;
            }
        }
        bars
    }
}

/// Long runs of the alphanumeric set in its mode (5.5 bits a character), the rest as bytes: a token's URL is two such
/// runs with the `#` between them, which is not in the set.
fn segments(text: &str) -> Vec<QrSegment> {
    if QrSegment::is_alphanumeric(text) {
        return vec![QrSegment::make_alphanumeric(text)];
    }
    let mut segments = Vec::new();
    let (mut start, mut at) = (0, 0);
    let bytes_up_to = |start: usize, end: usize, segments: &mut Vec<QrSegment>| {
        if start < end {
            segments.push(QrSegment::make_bytes(&text.as_bytes()[start..end]));
        }
    };
    while at < text.len() {
        let run = alphanumeric_run(&text.as_bytes()[at..]);
        if run >= WORTH_SWITCHING {
            bytes_up_to(start, at, &mut segments);
            segments.push(QrSegment::make_alphanumeric(&text[at..at + run]));
            start = at + run;
        }
        at += run.max(1);
    }
    bytes_up_to(start, text.len(), &mut segments);
    segments
}

/// How many characters of the alphanumeric set stand at the beginning.
fn alphanumeric_run(bytes: &[u8]) -> usize {
    let is_in_set = |b: &&u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b" $%*+-./:".contains(b);
    bytes.iter().take_while(is_in_set).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE_URL: &str = "HTTPS://HOCBA.MOET.GOV.VN/V/0F8FAD5BD9CB469FA16570867728950E";

    #[test]
    fn a_code_s_url_is_version_4_at_most_and_one_with_a_token_12() {
        assert!(Qr::of(CODE_URL).expect("a QR").0.version().value() <= 4);
        // 212 bytes of COSE, the size that was measured.
        let token = "A".repeat(340);
        assert_eq!(Qr::of(&format!("{CODE_URL}#1.{token}")).expect("a QR").0.version().value(), 12);
    }

    #[test]
    fn only_what_alphanumeric_mode_cannot_hold_is_bytes() {
        let url = format!("{CODE_URL}#1.{}", "Q7".repeat(100));
        let modes: Vec<_> = segments(&url).iter().map(|s| (s.mode(), s.num_chars())).collect();
        let alphanumeric = qrcodegen::QrSegmentMode::Alphanumeric;
        let bytes = qrcodegen::QrSegmentMode::Byte;
        assert_eq!(modes, [(alphanumeric, CODE_URL.len()), (bytes, 1), (alphanumeric, 202)]);
        assert_eq!(segments("https://a.vn/v/0f8f").len(), 1);
        assert_eq!(segments("học bạ").iter().map(QrSegment::num_chars).sum::<usize>(), "học bạ".len());
    }

    #[test]
    fn too_much_text_is_refused() {
        assert_eq!(Qr::of(&"A".repeat(971)), Err(TooLong));
        assert!(Qr::of(&"A".repeat(970)).is_ok());
    }

    #[test]
    fn the_drawing_has_the_quiet_zone_and_every_dark_module() {
        let qr = Qr::of(CODE_URL).expect("a QR");
        let path = qr.dark();
        let runs: Vec<(i32, i32, i32)> = path
            .split_terminator('z')
            .map(|bar| {
                let numbers: Vec<i32> = bar.split(['M', ' ', 'h', 'v']).filter_map(|n| n.parse().ok()).collect();
                (numbers[0], numbers[1], numbers[2])
            })
            .collect();
        let dark = |x: i32, y: i32| runs.iter().any(|(from, row, run)| *row == y && (*from..from + run).contains(&x));
        for y in 0..qr.side() {
            for x in 0..qr.side() {
                // Outside the symbol every module is light.
                assert_eq!(dark(x, y), qr.0.get_module(x - QUIET_ZONE, y - QUIET_ZONE), "{x} {y}");
            }
        }
    }
}
