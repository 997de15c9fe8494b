//! What is done to copies and what strangers send: the table of hostile files.

use hocba::soft_copy::pades::{MAX_PDF, ROOM};
use hocba::soft_copy::read_back::Class;
use lopdf::{Dictionary, Document, IncrementalDocument, Object, Stream, dictionary};

use super::base::{People, document, modern, plain, save};

/// A file, what it is, and what the public must be told.
pub(super) struct Case {
    pub(super) what: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) class: Class,
}

pub(super) fn find(bytes: &[u8], what: &[u8]) -> usize {
    memchr::memmem::find(bytes, what).unwrap_or_else(|| panic!("no {}", String::from_utf8_lossy(what)))
}

pub(super) fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = find(bytes, from);
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

/// The range's numbers, as they stand in a copy.
pub(super) fn numbers(copy: &[u8]) -> (usize, [usize; 4]) {
    let at = find(copy, b"/ByteRange[") + 11;
    let end = at + find(&copy[at..], b"]");
    let text = std::str::from_utf8(&copy[at..end]).unwrap();
    let numbers: Vec<usize> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    (at, numbers.try_into().unwrap())
}

/// The copy with other text between the brackets, as long as what was there.
pub(super) fn with_range(copy: &[u8], text: &str) -> Vec<u8> {
    let (at, _) = numbers(copy);
    let end = at + find(&copy[at..], b"]");
    assert!(text.len() <= end - at, "{text}");
    let padded = format!("{text:<width$}", width = end - at);
    [&copy[..at], padded.as_bytes(), &copy[end..]].concat()
}

/// A revision after the last: what somebody draws over the first page.
pub(super) fn overlay(pdf: &[u8]) -> Vec<u8> {
    let mut update = IncrementalDocument::create_from(pdf.to_vec(), Document::load_mem(pdf).unwrap());
    let page = update.get_prev_documents().page_iter().next().unwrap();
    let drawn = update.new_document.add_object(Stream::new(Dictionary::new(), b"BT (9,9) Tj ET".to_vec()));
    update.opt_clone_object_to_new_document(page).unwrap();
    update.new_document.get_dictionary_mut(page).unwrap().set("Contents", drawn);
    let mut bytes = Vec::new();
    update.save_to(&mut bytes).unwrap();
    bytes.push(b'\n');
    bytes
}

/// Everything that is done to a signed copy.
pub(super) fn altered(people: &People) -> Vec<Case> {
    let copy = people.copy();
    let case = |what, bytes| Case { what, bytes, class: Class::Altered };
    let (_, [_, start, end, rest]) = numbers(&copy);
    let longer = overlay(&copy);
    let stretched = end + (longer.len() - copy.len()) + rest - end;
    let gap = &copy[start..end];
    let zero = "0";
    let mut cases = vec![
        case("an update after it", longer.clone()),
        case(
            "an update after it, and a range that covers it",
            with_range(&longer, &format!("0 {start} {end} {stretched}")),
        ),
        case("two updates after it", overlay(&longer)),
        case("the file twice", [copy.clone(), copy.clone()].concat()),
        case("another PDF behind it", [copy.clone(), plain()].concat()),
        case("itself behind another PDF", [plain(), copy.clone()].concat()),
        case("one byte behind it", [copy.clone(), b"\n".to_vec()].concat()),
        case("an archive behind it", [copy.clone(), b"PK\x03\x04".to_vec()].concat()),
        case("the last byte cut", copy[..copy.len() - 1].to_vec()),
        case("all behind the gap cut", copy[..end].to_vec()),
        case("cut within the gap", copy[..start + 6000].to_vec()),
        case("a range that stops before the end", with_range(&copy, &format!("0 {start} {end} {}", rest - 1))),
        case("a range that goes past the end", with_range(&copy, &format!("0 {start} {end} {}", rest + 1))),
        case("a range that starts later", with_range(&copy, &format!("1 {start} {end} {rest}"))),
        case("a gap one byte larger in front", with_range(&copy, &format!("0 {} {end} {rest}", start - 1))),
        case("a gap one byte larger behind", with_range(&copy, &format!("0 {start} {} {}", end + 1, rest - 1))),
        case("a gap inside the string", with_range(&copy, &format!("0 {} {} {}", start + 1, end - 1, rest + 1))),
        case("a gap that is all of the file", with_range(&copy, &format!("0 0 {} 0", copy.len()))),
        case("no gap", with_range(&copy, &format!("0 {start} {start} {}", copy.len() - start))),
        case("a gap that ends before it starts", with_range(&copy, &format!("0 {end} {start} {}", copy.len() - start))),
        case("a negative number", with_range(&copy, &format!("0 {start} -1 {rest}"))),
        case("a number with a sign", with_range(&copy, &format!("0 +{start} {end} {rest}"))),
        case("a number with zeros in front", with_range(&copy, &format!("00 {start} {end} {rest}"))),
        case("a number with a point", with_range(&copy, &format!("0 {start}.0 {end} {rest}"))),
        case("a number past 32 bits", with_range(&copy, &format!("0 {start} 4294967296 {rest}"))),
        case("a number past 64 bits", with_range(&copy, "0 1 18446744073709551616 1")),
        case("three numbers", with_range(&copy, &format!("0 {start} {end}"))),
        case("five numbers", with_range(&copy, &format!("0 {start} {end} 1 1"))),
        case("six numbers, two gaps", with_range(&copy, "0 9 9 9 9 9")),
        case("no numbers", with_range(&copy, "")),
        case("words", with_range(&copy, "true null")),
        case("a nested list", with_range(&copy, "[0 1 2 3")),
        case("tabs between the numbers", with_range(&copy, &format!("0\t{start}\t{end}\t{rest}"))),
        case("a line break behind the numbers", with_range(&copy, &format!("0 {start} {end} {rest}\n"))),
        case("a comment in the range", with_range(&copy, &format!("0 {start} {end} {rest}%"))),
        case("a range elsewhere", replaced(&copy, b"/ByteRange[", b"/ByteRange 5 0 R[")),
        case("a range with a space", replaced(&copy, b"/ByteRange[0", b"/ByteRange [")),
        case("a range with another name", replaced(&copy, b"/ByteRange", b"/ByteRang#65")),
        case("a second range", replaced(&copy, b"/Type/Sig/", b"/ByteRange[0 0 0 0]/Type/Sig/")),
        case("two strings of contents", replaced(&copy, b"]/Contents<", b"]/Contents<00>/Contents<")),
        case("contents elsewhere", replaced(&copy, b"]/Contents<", b"]/Contents 5 0 R/X<")),
        case("a space in front of the string", replaced(&copy, b"]/Contents<", b"]/Contents <")),
        case("a string in parentheses", [&copy[..start], b"(", &gap[1..gap.len() - 1], b")", &copy[end..]].concat()),
        case("lower case in the string", [&copy[..start], gap.to_ascii_lowercase().as_slice(), &copy[end..]].concat()),
        case("a space in the string", [&copy[..end - 2], b" >", &copy[end..]].concat()),
        case("an odd digit in the string", [&copy[..end - 2], b"X>", &copy[end..]].concat()),
        case("something behind the envelope", [&copy[..end - 3], b"01>", &copy[end..]].concat()),
        case("a string within the string", [&copy[..end - 3], b"><>", &copy[end..]].concat()),
        case("another time", replaced(&copy, b"/M(D:2026", b"/M(D:2025")),
        case("another reason", replaced(&copy, b"/SubFilter/ETSI.CAdES.detached", b"/SubFilter/ETSI.CAdES.detacheD")),
        case("changes allowed", replaced(&copy, b"/P 1", b"/P 3")),
        case("another mark", replaced(&copy, b"(Trang 0)", b"(Trang 9)")),
        case("another page's mark", replaced(&copy, b"(Trang 2)", b"(Trang 7)")),
        case("another code", replaced(&copy, b"0F8FAD5B", b"1F8FAD5B")),
        case("white space in the original", replaced(&copy, b"endobj\n", b"endobj ")),
        case("another version", replaced(&copy, b"%PDF-1.7", b"%PDF-1.4")),
        case("another start of the table", replaced(&copy, b"startxref\n", b"startxref\r")),
        case("another stranger's signature after it", signed_again(people)),
        case("its envelope on another file", transplanted(people)),
    ];
    let numbers = [("zero and zero", format!("{zero} 0 0 {}", copy.len()))];
    cases.extend(numbers.map(|(what, text)| case(what, with_range(&copy, &text))));
    cases
}

/// A revision with a stranger's signature, put after a copy of ours by hand: two ranges, the last of which holds.
pub(super) fn signed_again(people: &People) -> Vec<u8> {
    let stranger = People::new(9).copy();
    let copy = people.copy();
    let (at, _) = numbers(&stranger);
    let signature = &stranger[at - 11..at + 2 * ROOM + 100];
    [copy.as_slice(), b"90 0 obj\n<</Type/Sig", signature, b"\nstartxref\n0\n%%EOF\n"].concat()
}

/// The envelope of a copy, in another file of ours, whose range is right.
fn transplanted(people: &People) -> Vec<u8> {
    let copy = people.copy();
    let other = People::new(9)
        .sign(&save(document(|doc| {
            doc.add_object(dictionary! { "X" => 1 });
        })))
        .unwrap()
        .bytes;
    let (_, [_, start, end, _]) = numbers(&copy);
    let (_, [_, place, after, _]) = numbers(&other);
    [&other[..place], &copy[start..end], &other[after..]].concat()
}

fn flate_bomb(size: usize) -> Stream {
    let mut stream = Stream::new(Dictionary::new(), vec![0; size]);
    stream.compress().unwrap();
    stream
}

/// Files of strangers, none of which was ever signed here.
pub(super) fn strangers() -> Vec<Case> {
    let case = |what, bytes| Case { what, bytes, class: Class::NotIssuedHere };
    let unreadable = |what, bytes| Case { what, bytes, class: Class::Unreadable };
    let in_catalog = |name: &str, value: Object| {
        let name = name.to_owned();
        save(document(|doc| doc.catalog_mut().unwrap().set(name, value)))
    };
    let script = dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("while(1);") };
    let nested = |open: &str, close: &str| {
        let deep = [open.repeat(100_000), close.repeat(100_000)].concat();
        format!("%PDF-1.7\n1 0 obj\n{deep}\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n").into_bytes()
    };
    let page_loop = save(document(|doc| {
        let pages = doc.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
        doc.get_dictionary_mut(pages).unwrap().set("Kids", vec![pages.into(); 50]);
    }));
    let table_loop = {
        let pdf = plain();
        let at = pdf.len() - 9;
        let start = memchr::memmem::rfind(&pdf, b"startxref\n").unwrap() + 10;
        let table = String::from_utf8_lossy(&pdf[start..at]).trim().split('\n').next().unwrap().to_owned();
        replaced(&pdf, b"trailer\n<<", format!("trailer\n<</Prev {table}").as_bytes())
    };
    let encrypted = replaced(&plain(), b"trailer\n<<", b"trailer\n<</Encrypt 1 0 R");
    let stranger = People::new(9);
    let many_streams = {
        let part = [b"9 0 obj<</Filter/FlateDecode>>stream\n".as_slice(), &flate_bomb(4 << 20).content].concat();
        [b"%PDF-1.7\n".to_vec(), part.repeat(1000)].concat()
    };
    vec![
        unreadable("nothing", Vec::new()),
        unreadable("one byte", b"%".to_vec()),
        unreadable("an image", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
        unreadable("a page of the web", b"<!doctype html><script>alert(1)</script>".to_vec()),
        unreadable("a Word file", b"PK\x03\x04word/document.xml".to_vec()),
        unreadable("PDF 2.0", replaced(&plain(), b"%PDF-1.7", b"%PDF-2.0")),
        unreadable("a program that is also a PDF", [b"MZ\x90\0".to_vec(), plain()].concat()),
        unreadable("an archive that is also a PDF", [b"PK\x03\x04".to_vec(), stranger.copy()].concat()),
        unreadable("a mark of UTF-8 in front", [b"\xef\xbb\xbf".to_vec(), plain()].concat()),
        unreadable("a giant of zeros", vec![0; 50 << 20]),
        unreadable("a giant PDF", [plain(), vec![b'%'; 50 << 20]].concat()),
        unreadable("one byte too long", [plain(), vec![b' '; MAX_PDF + 1 - plain().len()]].concat()),
        case("a head alone", b"%PDF-1.7\n".to_vec()),
        case("an unsigned file", plain()),
        case("an unsigned modern file", modern()),
        case("an unsigned file of two revisions", overlay(&plain())),
        case("half a file", plain()[..700].to_vec()),
        case("a stranger's copy", stranger.copy()),
        case("a stranger's copy with an update", overlay(&stranger.copy())),
        case("a stranger's copy, cut", stranger.copy()[..3000].to_vec()),
        case("encrypted", encrypted),
        case("a form of XFA", in_catalog("AcroForm", dictionary! { "XFA" => Object::string_literal("<x/>") }.into())),
        case("a script", in_catalog("OpenAction", script.into())),
        case("a page tree that is a circle", page_loop),
        case("a table that names itself", table_loop),
        case(
            "a bomb",
            save(document(|doc| {
                doc.add_object(flate_bomb(256 << 20));
            })),
        ),
        case("a thousand bombs", many_streams),
        case("deep lists", nested("[", "]")),
        case("deep dictionaries", nested("<</A", ">>")),
        case("deep strings", nested("(", ")")),
        case(
            "eight megabytes of ranges",
            [b"%PDF-1.7".to_vec(), b"/ByteRange[0 1 2 3]/Contents<00>".repeat(240_000)].concat(),
        ),
        case(
            "eight megabytes of addresses",
            [b"%PDF-1.7".to_vec(), b"/v/0f8fad5bd9cb469fa16570867728950e".repeat(230_000)].concat(),
        ),
        case("eight megabytes of streams", [b"%PDF-1.7".to_vec(), b"stream\n\x78\x9c".repeat(800_000)].concat()),
        case("eight megabytes of titles", [b"%PDF-1.7".to_vec(), b"/Title(".repeat(1_000_000)].concat()),
        case("an endless range", [b"%PDF-1.7/ByteRange[".to_vec(), vec![b'1'; 7 << 20]].concat()),
        case("an envelope of empty lists", envelope(&b"\x30\x80".repeat(ROOM / 2))),
        case("an envelope of deep lists", envelope(&deep_der())),
        case("an envelope with a length past its end", envelope(b"\x30\x84\xff\xff\xff\xff")),
        case("an envelope that is no envelope", envelope(b"\x04\x03abc")),
    ]
}

/// A file whose range is right, with this envelope.
pub(super) fn envelope(der: &[u8]) -> Vec<u8> {
    let copy = People::new(9).copy();
    let (_, [_, start, end, _]) = numbers(&copy);
    let mut padded = der.to_vec();
    padded.resize(ROOM, 0);
    [&copy[..=start], data_encoding::HEXUPPER.encode(&padded).as_bytes(), &copy[end - 1..]].concat()
}

/// Lists in lists, with right lengths.
fn deep_der() -> Vec<u8> {
    let mut der = Vec::new();
    while der.len() + 4 < ROOM {
        let length = u16::try_from(der.len()).unwrap().to_be_bytes();
        der.splice(0..0, [0x30, 0x82, length[0], length[1]]);
    }
    der
}
