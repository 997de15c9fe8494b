//! What is signed, and what is not.

use hocba::signing::certificates::Certificate;
use hocba::soft_copy::pades::issue::{Subject, Terms, authority};
use hocba::soft_copy::pades::{
    DocumentSigner, KeyFault, LocalSigner, MAX_PDF, Particulars, ROOM, SignFault, SignerFault, Stamping, UpdateFault,
    sign,
};
use hocba::soft_copy::read_back::PinnedSigner;
use lopdf::{Document, Object, dictionary};

use super::base::{People, at, document, key, modern, particulars, plain, save, signing_time};

#[test]
fn the_original_stays_byte_for_byte_and_the_same_gives_the_same() {
    let people = People::new(1);
    for pdf in [plain(), modern(), [plain(), b"\n".to_vec()].concat()] {
        let signed = people.sign(&pdf).unwrap();
        assert!(signed.bytes.starts_with(&pdf) && signed.bytes.ends_with(b"%%EOF\n"));
        assert!(signed.bytes.len() < pdf.len() + 2 * ROOM + 3000);
        assert!(signed.timestamp.is_none() && signed.unstamped.is_none());
        assert_eq!(people.sign(&pdf).unwrap().bytes, signed.bytes);
        let later = Particulars { at: at("2026-06-30T08:15:01+07:00"), ..particulars() };
        assert_ne!(sign(&pdf, &later, &people.signer, Stamping::None).unwrap().bytes, signed.bytes);
    }
}

#[test]
fn the_signature_is_certified_invisible_and_leaves_the_structure_alone() {
    let people = People::new(1);
    for pdf in [plain(), modern()] {
        let before = Document::load_mem(&pdf).unwrap();
        let after = Document::load_mem(&people.sign(&pdf).unwrap().bytes).unwrap();
        let page = after.get_dictionary(*after.get_pages().get(&1).unwrap()).unwrap();
        assert_eq!(page.get(b"Tabs").unwrap().as_name().unwrap(), b"S");
        let annotations = page.get(b"Annots").unwrap().as_array().unwrap();
        assert_eq!(annotations.len(), 2, "the link that was there, and ours");
        let widget = after.get_dictionary(annotations[1].as_reference().unwrap()).unwrap();
        assert_eq!(widget.get(b"F").unwrap().as_i64().unwrap(), 132);
        assert_eq!(widget.get(b"Rect").unwrap().as_array().unwrap(), &vec![Object::Integer(-10); 4]);
        let help = lopdf::decode_text_string(widget.get(b"TU").unwrap()).unwrap();
        assert!(help.starts_with("Chữ ký số"), "{help}");
        let signature = after.get_dictionary(widget.get(b"V").unwrap().as_reference().unwrap()).unwrap();
        let text = |name: &[u8]| lopdf::decode_text_string(signature.get(name).unwrap()).unwrap();
        assert_eq!(text(b"Reason"), particulars().reason);
        assert_eq!(text(b"M"), "D:20260630081500+07'00'");
        let catalog = after.catalog().unwrap();
        let certified = catalog.get(b"Perms").unwrap().as_dict().unwrap().get(b"DocMDP").unwrap();
        assert_eq!(certified, widget.get(b"V").unwrap());
        let form = catalog.get(b"AcroForm").unwrap().as_dict().unwrap();
        assert_eq!(form.get(b"SigFlags").unwrap().as_i64().unwrap(), 3);
        // Every object but the page and the catalog is what it was.
        let changed: Vec<_> =
            before.objects.iter().filter(|(id, object)| after.objects.get(id) != Some(object)).collect();
        let names: Vec<_> =
            changed.iter().filter_map(|(_, object)| object.as_dict().ok()?.get(b"Type").ok()?.as_name().ok()).collect();
        assert!(names.iter().all(|name| [&b"Page"[..], b"Catalog", b"XRef", b"ObjStm"].contains(name)), "{changed:?}");
        // The file keeps its name and gets a new second half.
        let ids = |doc: &Document| doc.trailer.get(b"ID").unwrap().as_array().unwrap().clone();
        assert_eq!(ids(&before)[0], ids(&after)[0]);
        assert_ne!(ids(&before)[1], ids(&after)[1]);
    }
}

#[test]
fn a_list_of_annotations_that_stands_apart_gets_the_widget_too() {
    let apart = save(document(|doc| {
        let page = doc.page_iter().next().unwrap();
        let list = doc.get_dictionary(page).unwrap().get(b"Annots").unwrap().clone();
        let list = doc.add_object(list);
        doc.get_dictionary_mut(page).unwrap().set("Annots", list);
    }));
    let signed = Document::load_mem(&People::new(1).sign(&apart).unwrap().bytes).unwrap();
    let page = signed.get_dictionary(signed.page_iter().next().unwrap()).unwrap();
    assert_eq!(page.get_deref(b"Annots", &signed).unwrap().as_array().unwrap().len(), 2);
}

/// Files that are not ours to sign, each with what is wrong.
#[test]
fn what_is_not_a_finished_file_of_ours_is_not_signed() {
    let people = People::new(1);
    let in_catalog = |name: &str, value: Object| {
        let name = name.to_owned();
        save(document(|doc| doc.catalog_mut().unwrap().set(name, value)))
    };
    let script = dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") };
    let launch = dictionary! { "S" => "Launch", "F" => Object::string_literal("calc.exe") };
    let cut = plain();
    let cases: Vec<(&str, Vec<u8>, UpdateFault)> = vec![
        ("nothing", Vec::new(), UpdateFault::Form),
        ("another type", b"\x89PNG\r\n\x1a\n".to_vec(), UpdateFault::Form),
        ("a head alone", b"%PDF-1.7\nstartxref\n0\n%%EOF".to_vec(), UpdateFault::Parse),
        ("a cut file", cut[..cut.len() / 2].to_vec(), UpdateFault::Form),
        ("something in front", [b"MZ".to_vec(), plain()].concat(), UpdateFault::Form),
        ("something behind", [plain(), b"\nPK".to_vec()].concat(), UpdateFault::Form),
        ("a copy", people.copy(), UpdateFault::Form),
        ("two revisions", [plain(), plain()].concat(), UpdateFault::Form),
        (
            "a signature's entry",
            save(document(|doc| {
                doc.add_object(dictionary! { "ByteRange" => 1 });
            })),
            UpdateFault::Taken,
        ),
        ("permissions", in_catalog("Perms", dictionary! {}.into()), UpdateFault::Taken),
        ("a form", in_catalog("AcroForm", dictionary! {}.into()), UpdateFault::Active),
        ("a script when opened", in_catalog("OpenAction", script.into()), UpdateFault::Active),
        ("a program when opened", in_catalog("OpenAction", launch.into()), UpdateFault::Active),
        ("actions of the document", in_catalog("AA", dictionary! {}.into()), UpdateFault::Active),
        ("a giant", [plain(), vec![b' '; MAX_PDF]].concat(), UpdateFault::TooLong),
    ];
    for (what, pdf, fault) in cases {
        assert_eq!(people.sign(&pdf).map(|_| ()), Err(SignFault::Update(fault)), "{what}");
    }
}

/// What docs/soft-copy-signature.md says of sizes, and what a hardware module is given.
#[test]
fn envelope_and_attributes_are_as_long_as_is_said() {
    struct Measured<'a>(&'a LocalSigner);
    impl DocumentSigner for Measured<'_> {
        fn identity(&self) -> &PinnedSigner {
            self.0.identity()
        }
        fn sign(&self, attributes: &[u8]) -> Result<[u8; 64], SignerFault> {
            assert!((120..160).contains(&attributes.len()), "{}", attributes.len());
            self.0.sign(attributes)
        }
    }
    let people = People::new(1);
    let copy = sign(&plain(), &particulars(), &Measured(&people.signer), Stamping::None).unwrap().bytes;
    let at = memchr::memmem::find(&copy, b"/Contents<").unwrap() + 10;
    let digits = &copy[at..at + 2 * ROOM];
    let used = digits.iter().rposition(|digit| *digit != b'0').unwrap() / 2;
    assert!((1_300..1_700).contains(&used), "{used}");
}

type Answer<'a> = Box<dyn Fn(&[u8]) -> Result<[u8; 64], SignerFault> + Send + Sync + 'a>;

/// Has a chain and answers as it is told.
struct Odd<'a>(PinnedSigner, Answer<'a>);

impl<'a> Odd<'a> {
    fn new(
        chain: &[Certificate],
        answer: impl Fn(&[u8]) -> Result<[u8; 64], SignerFault> + Send + Sync + 'a,
    ) -> Result<Self, KeyFault> {
        Ok(Self(PinnedSigner::new(chain.to_vec(), None, None)?, Box::new(answer)))
    }
}

impl DocumentSigner for Odd<'_> {
    fn identity(&self) -> &PinnedSigner {
        &self.0
    }

    fn sign(&self, attributes: &[u8]) -> Result<[u8; 64], SignerFault> {
        self.1(attributes)
    }
}

#[test]
fn a_signer_is_not_believed() {
    let (people, other) = (People::new(1), People::new(2));
    let sign_with = |signer: &dyn DocumentSigner| sign(&plain(), &particulars(), signer, Stamping::None).map(|_| ());
    let sign_as =
        |answer: Result<[u8; 64], SignerFault>| sign_with(&Odd::new(&people.chain, move |_| answer.clone()).unwrap());
    let away = SignerFault("the module is away".into());
    assert_eq!(sign_as(Err(away.clone())), Err(SignFault::Signer(away)));
    assert_eq!(sign_as(Ok([0; 64])), Err(SignFault::Signature));
    assert_eq!(sign_as(other.signer.sign(b"something else")), Err(SignFault::Signature));
    // The right words under another's key.
    let stranger = Odd::new(&people.chain, |attributes| other.signer.sign(attributes)).unwrap();
    assert_eq!(sign_with(&stranger), Err(SignFault::Signature));
    assert_eq!(Odd::new(&[], |_| Ok([0; 64])).err(), Some(KeyFault::Chain));
    let mixed = [people.chain[0].clone(), other.root.clone()];
    assert_eq!(Odd::new(&mixed, |_| Ok([0; 64])).err(), Some(KeyFault::Order));
    let ended = People::valid(3, "2024-01-01T00:00:00+07:00", "2026-06-30T08:14:59+07:00");
    assert_eq!(sign_with(&ended.signer), Err(SignFault::Certificate));
    let ahead = People::valid(3, "2026-06-30T08:15:01+07:00", "2030-06-30T08:14:59+07:00");
    assert_eq!(sign_with(&ahead.signer), Err(SignFault::Certificate));
    assert!(signing_time() < at("2026-06-30T08:15:01+07:00"));
    // A chain that leaves no room.
    let (from, to) = (at("2024-01-01T00:00:00+07:00"), at("2044-01-01T00:00:00+07:00"));
    let subject = Subject { organisation: "Bộ Giáo dục và Đào tạo", name: "CA thử nghiệm" };
    let again = |serial| authority(&key(101), &subject, &Terms { serial: [serial; 16], from, to }).unwrap();
    let long: Vec<Certificate> = [people.chain[0].clone()].into_iter().chain((1..40).map(again)).collect();
    let long = Odd::new(&long, |attributes| people.signer.sign(attributes)).unwrap();
    assert_eq!(sign_with(&long), Err(SignFault::Room));
}

/// A device gives whichever of the two signatures it likes; one form of them is written.
#[test]
fn both_forms_of_a_signature_give_the_same_file() {
    struct Flipped<'a>(&'a LocalSigner, bool);
    impl DocumentSigner for Flipped<'_> {
        fn identity(&self) -> &PinnedSigner {
            self.0.identity()
        }
        fn sign(&self, attributes: &[u8]) -> Result<[u8; 64], SignerFault> {
            let signature = p256::ecdsa::Signature::from_slice(&self.0.sign(attributes)?).unwrap().normalize_s();
            let (r, s) = signature.split_scalars();
            let s = if self.1 { -*s } else { *s };
            let other = p256::ecdsa::Signature::from_scalars(*r, s).unwrap();
            Ok(other.to_bytes().as_slice().try_into().unwrap())
        }
    }
    let people = People::new(1);
    let sign_with =
        |high| sign(&plain(), &particulars(), &Flipped(&people.signer, high), Stamping::None).unwrap().bytes;
    assert_eq!(sign_with(false), sign_with(true));
}

#[test]
fn keys_and_chains_of_other_kinds_make_no_signer() {
    let people = People::new(1);
    let pem = |chain: &[Certificate]| -> String {
        chain.iter().map(|one| hocba::soft_copy::pades::issue::to_pem(one).unwrap()).collect()
    };
    let own = key(1).to_pem().unwrap();
    let make = |key: &str, chain: &str| LocalSigner::from_pem(key, chain.as_bytes()).map(|_| ());
    assert_eq!(make(&own, &pem(&people.chain)), Ok(()));
    assert_eq!(make("no key", &pem(&people.chain)), Err(KeyFault::Pem));
    let ed25519 = hocba::signing::PrivateKey::ed25519_from_seed(&[1; 32]).to_pem().unwrap();
    assert_eq!(make(&ed25519, &pem(&people.chain)), Err(KeyFault::NotP256));
    assert_eq!(make(&own, "no certificate"), Err(KeyFault::Chain));
    assert_eq!(make(&key(2).to_pem().unwrap(), &pem(&people.chain)), Err(KeyFault::OtherKey));
    let reversed: Vec<_> = people.chain.iter().rev().cloned().collect();
    assert_eq!(make(&own, &pem(&reversed)), Err(KeyFault::Order));
}
