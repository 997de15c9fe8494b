//! JSON seen at a glance: whether a text is one value, without making anything of it.
//!
//! Every group of a sheet is looked at twice: when the envelope is read, to say where the value of a
//! disclosure is, and when the value is read into its type. The first look only has to be sure that a
//! reader would get to the end. This one knows JSON as software writes it, without white space and with
//! the short escapes, and says no to everything else, which is then for serde to judge.

/// Deepest nesting that is looked into; groups have three levels.
const MAX_DEPTH: u32 = 16;

/// Whether a text is surely one JSON value (RFC 8259) from its first to its last byte. No means: unusual,
/// or none.
pub(super) fn is_value(text: &str) -> bool {
    value(text.as_bytes(), MAX_DEPTH).is_some_and(<[u8]>::is_empty)
}

/// What stands behind the value that the bytes start with.
fn value(bytes: &[u8], depth: u32) -> Option<&[u8]> {
    match bytes {
        [b'"', rest @ ..] => string(rest),
        [b'{', rest @ ..] => members(rest, depth.checked_sub(1)?),
        [b'[', rest @ ..] => items(rest, depth.checked_sub(1)?),
        [b'0', rest @ ..] => number_ends(rest),
        [b'1'..=b'9', rest @ ..] => number_ends(&rest[rest.iter().take_while(|b| b.is_ascii_digit()).count()..]),
        _ => [&b"true"[..], b"false", b"null"].iter().find_map(|word| bytes.strip_prefix(*word)),
    }
}

/// A whole number ends here: no further digits, no fraction, no exponent.
fn number_ends(rest: &[u8]) -> Option<&[u8]> {
    matches!(rest, [] | [b',' | b']' | b'}', ..]).then_some(rest)
}

/// Behind the bracket that opens a list.
fn items(mut rest: &[u8], depth: u32) -> Option<&[u8]> {
    if let [b']', rest @ ..] = rest {
        return Some(rest);
    }
    loop {
        match value(rest, depth)? {
            [b',', next @ ..] => rest = next,
            [b']', rest @ ..] => return Some(rest),
            _ => return None,
        }
    }
}

/// Behind the brace that opens an object.
fn members(mut rest: &[u8], depth: u32) -> Option<&[u8]> {
    if let [b'}', rest @ ..] = rest {
        return Some(rest);
    }
    loop {
        let [b'"', name @ ..] = rest else { return None };
        let [b':', held @ ..] = string(name)? else { return None };
        match value(held, depth)? {
            [b',', next @ ..] => rest = next,
            [b'}', rest @ ..] => return Some(rest),
            _ => return None,
        }
    }
}

/// Behind the quotation mark that opens a string.
fn string(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        match rest.get(literal(rest)..)? {
            [b'"', rest @ ..] => return Some(rest),
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', next @ ..] => rest = next,
            _ => return None,
        }
    }
}

/// How many bytes stand for themselves: up to a quotation mark, a backslash or a control character. Eight
/// at a time, by what a subtraction borrows from the top bit of each.
fn literal(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES << 7;
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word;
    let same = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let (words, tail) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // A borrow can also mark bytes behind the first one that is meant, never before it.
        let marked = (below(word, b' ') | same(word, b'"') | same(word, b'\\')) & TOPS;
        if marked != 0 {
            return i * 8 + marked.trailing_zeros() as usize / 8;
        }
    }
    let ends = |b: &u8| matches!(b, ..b' ' | b'"' | b'\\');
    words.len() * 8 + tail.iter().position(ends).unwrap_or(tail.len())
}
