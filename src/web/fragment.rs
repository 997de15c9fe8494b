//! Parts of pages that are the same for everybody: written once and compressed once for each language.
//!
//! A page is made anew for every visitor, and half of it is the same every time. So the compressor is told which parts
//! to look for: where one stands, its frame is taken as it was made at the start (RFC 8878 §3: several frames are the
//! concatenation of what they hold; Chromium, Firefox and curl read them so). A part is found by comparing its bytes,
//! so a page is never sent with anything but what was written.

use maud::{Markup, Render};
use memchr::memmem::Finder;

/// Level of what is compressed once.
const THOROUGH_ZSTD: i32 = 19;
/// Bytes that are searched for before the rest is compared: longer needles take a slower search.
const SEARCHED: usize = 32;

/// One part.
#[derive(Debug)]
pub struct Fragment {
    html: String,
    finder: Finder<'static>,
    frame: Vec<u8>,
}

impl Fragment {
    /// Takes a part that is the same for everybody.
    pub fn new(part: Markup) -> Self {
        let html = part.into_string();
        let start = html.as_bytes().get(..SEARCHED).unwrap_or(html.as_bytes());
        let finder = Finder::new(start).into_owned();
        // Compressing fails only where memory does, and then whatever follows would, too: without a frame the part is
        // compressed with the page.
        let frame = zstd::bulk::compress(html.as_bytes(), THOROUGH_ZSTD).unwrap_or_default();
        Self { html, finder, frame }
    }

    /// What stands in `page` before the part, its frame, and what stands behind it.
    pub(super) fn split<'p>(&self, page: &'p [u8]) -> Option<(&'p [u8], &[u8], &'p [u8])> {
        if self.frame.is_empty() {
            return None;
        }
        self.finder.find_iter(page).find_map(|at| {
            let (before, from) = page.split_at_checked(at)?;
            Some((before, self.frame.as_slice(), from.strip_prefix(self.html.as_bytes())?))
        })
    }
}

impl Render for Fragment {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&self.html);
    }
}
