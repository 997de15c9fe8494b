//! Copies that come back: ours and unchanged, or refused.

use hocba::soft_copy::pades::{Particulars, Stamping, sign};
use hocba::soft_copy::read_back::{
    Class, ContentsFault, PinnedSigner, PinnedSigners, Refused, codes_in_unsigned, verify,
};
use hocba::transcript::TranscriptCode;
use lopdf::{Object, Stream, dictionary};

use super::base::{ATTACHED, People, at, document, modern, particulars, plain, save, signing_time};

#[test]
fn a_copy_is_read_back_with_all_that_is_in_it() {
    let people = People::new(1);
    for pdf in [plain(), modern()] {
        let signed = people.sign(&pdf).unwrap().bytes;
        let copy = verify(&signed, &people.pinned()).unwrap();
        assert_eq!((copy.bytes(), copy.signed_at()), (signed.as_slice(), signing_time()));
        assert_eq!(copy.signer().thumbprint(), people.chain[0].thumbprint());
        let contents = copy.contents().unwrap();
        assert_eq!(contents.pages(), 3);
        assert_eq!(contents.names().collect::<Vec<_>>(), ATTACHED.map(|(name, _)| name));
        for (name, bytes) in ATTACHED {
            assert_eq!(contents.attachment(name, 1 << 20).unwrap().unwrap(), bytes);
            assert_eq!(contents.attachment(name, bytes.len() - 1), Err(ContentsFault::TooLong));
        }
        assert_eq!(contents.attachment("../../etc/passwd", 1 << 20), Ok(None));
        assert!(!format!("{copy:?}").contains("PDF"));
    }
}

#[test]
fn attachments_that_are_bombs_or_trees_that_are_none_end_in_a_fault() {
    let people = People::new(1);
    let bomb = save(document(|doc| {
        let mut stream = Stream::new(dictionary! {}, vec![b' '; 12 << 20]);
        stream.compress().unwrap();
        let file = doc.add_object(stream);
        let spec = dictionary! { "EF" => dictionary! { "F" => file } };
        let names = vec![Object::string_literal("bomb"), spec.into()];
        let tree = dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } };
        doc.catalog_mut().unwrap().set("Names", tree);
    }));
    let signed = people.sign(&bomb).unwrap().bytes;
    let pinned = people.pinned();
    let contents = verify(&signed, &pinned).unwrap().contents().unwrap();
    assert_eq!(contents.attachment("bomb", 1 << 20), Err(ContentsFault::TooLong));
    let circle = save(document(|doc| {
        let tree = doc.new_object_id();
        doc.set_object(tree, dictionary! { "Kids" => vec![tree.into()] });
        doc.catalog_mut().unwrap().set("Names", dictionary! { "EmbeddedFiles" => tree });
    }));
    let signed = people.sign(&circle).unwrap().bytes;
    assert_eq!(verify(&signed, &pinned).unwrap().contents().map(|_| ()), Err(ContentsFault::Attachments));
}

#[test]
fn a_signer_of_the_past_counts_for_its_own_time() {
    let (past, present) = (People::new(1), People::new(2));
    let copy = past.copy();
    let pin = |people: &People, from: Option<&str>, to: Option<&str>| {
        PinnedSigner::new(people.chain.clone(), from.map(at), to.map(at)).unwrap()
    };
    let pinned = |signer| PinnedSigners::new([pin(&present, None, None), signer]);
    let check = |signer| verify(&copy, &pinned(signer)).map(|copy| copy.signed_at());
    assert_eq!(check(pin(&past, None, None)), Ok(signing_time()));
    assert_eq!(check(pin(&past, None, Some("2026-06-30T08:15:00+07:00"))), Ok(signing_time()));
    assert_eq!(check(pin(&past, None, Some("2026-06-30T08:14:59+07:00"))), Err(Refused::Period));
    assert_eq!(check(pin(&past, Some("2026-06-30T08:15:01+07:00"), None)), Err(Refused::Period));
    // Unpinned it is a stranger's.
    let refused = verify(&copy, &present.pinned()).unwrap_err();
    assert_eq!((refused, refused.class()), (Refused::Foreign, Class::NotIssuedHere));
    assert_eq!(verify(&copy, &PinnedSigners::default()).map(|_| ()), Err(Refused::Foreign));
    assert!(PinnedSigners::default().is_empty());
    // Another certificate for the same key is another signer.
    let again = People::valid(1, "2025-01-01T00:00:00+07:00", "2044-01-01T00:00:00+07:00");
    assert_eq!(verify(&copy, &again.pinned()).unwrap_err().class(), Class::Altered);
}

#[test]
fn every_time_of_day_is_read_back_to_the_second() {
    let people = People::new(1);
    for text in ["2025-12-31T23:59:59+07:00", "2026-01-01T00:00:00+07:00", "2028-02-29T12:34:56+07:00"] {
        let signed = sign(&plain(), &Particulars { at: at(text), ..particulars() }, &people.signer, Stamping::None);
        let bytes = signed.unwrap().bytes;
        assert_eq!(verify(&bytes, &people.pinned()).unwrap().signed_at(), at(text));
    }
}

fn code(text: &str) -> TranscriptCode {
    TranscriptCode::from_wire(text).unwrap()
}

#[test]
fn codes_of_a_printed_file_are_found_where_people_put_them() {
    let own = code("0f8fad5bd9cb469fa16570867728950e");
    // The link on its first page, and only that: not the file's own name, which is as long as a code.
    assert_eq!(codes_in_unsigned(&plain()), [own]);
    assert_eq!(codes_in_unsigned(&modern()), [own]);
    let with_title = |title: Object| {
        save(document(|doc| {
            let page = doc.page_iter().next().unwrap();
            doc.get_dictionary_mut(page).unwrap().remove(b"Annots");
            let info = doc.add_object(dictionary! { "Title" => title });
            doc.trailer.set("Info", info);
        }))
    };
    let other = "d9cb469f-a165-7086-7728-950e0f8fad5b";
    let found = [code(&other.replace('-', ""))];
    assert_eq!(codes_in_unsigned(&with_title(Object::string_literal(format!("Hoc ba {other}")))), found);
    let units =
        |text: &str| std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let utf16 = Object::String(units(&format!("Học bạ {other}")), lopdf::StringFormat::Hexadecimal);
    assert_eq!(codes_in_unsigned(&with_title(utf16)), found);
    assert!(codes_in_unsigned(&with_title(Object::string_literal("Hoc ba"))).is_empty());
    assert!(codes_in_unsigned(b"https://hocba.example.vn/v/0f8fad5bd9cb469fa16570867728950e").is_empty());
}
