//! PDFs to sign, and who signs them.

use hocba::signing::PrivateKey;
use hocba::signing::certificates::Certificate;
use hocba::soft_copy::pades::issue::{Subject, Terms, authority, signer, to_pem};
use hocba::soft_copy::pades::{LocalSigner, Particulars, SignFault, SignedPdf, Stamping, sign};
use hocba::soft_copy::read_back::{PinnedSigner, PinnedSigners};
use hocba::transcript::time::Moment;
use lopdf::{Dictionary, Document, Object, SaveOptions, Stream, StringFormat, dictionary};

/// What is attached, by name.
pub(super) const ATTACHED: [(&str, &[u8]); 2] =
    [("hocba.json", br#"{"code":"0f8fad5bd9cb469fa16570867728950e"}"#), ("bang-chung.json", b"{\"leaf\":\"AAAA\"}")];

pub(super) fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub(super) fn signing_time() -> Moment {
    at("2026-06-30T08:15:00+07:00")
}

pub(super) fn particulars() -> Particulars<'static> {
    Particulars {
        at: signing_time(),
        name: "Cổng tra cứu học bạ – Bộ Giáo dục và Đào tạo",
        reason: "Cấp bản mềm học bạ",
        location: "Hà Nội",
    }
}

pub(super) fn key(seed: u8) -> PrivateKey {
    PrivateKey::p256_from_scalar(&[seed; 32]).unwrap()
}

/// An authority and a signer below it.
pub(super) struct People {
    pub(super) root: Certificate,
    pub(super) chain: Vec<Certificate>,
    pub(super) signer: LocalSigner,
}

impl People {
    /// Everything about them follows from this number.
    pub(super) fn new(seed: u8) -> Self {
        Self::valid(seed, "2024-01-01T00:00:00+07:00", "2044-01-01T00:00:00+07:00")
    }

    pub(super) fn valid(seed: u8, from: &str, to: &str) -> Self {
        let terms = |serial| Terms { serial: [serial; 16], from: at(from), to: at(to) };
        let subject = |name| Subject { organisation: "Bộ Giáo dục và Đào tạo", name };
        let (root_key, own_key) = (key(100 + seed), key(seed));
        let root = authority(&root_key, &subject("CA thử nghiệm"), &terms(100 + seed)).unwrap();
        let own = signer((&root_key, &root), &own_key.public(), &subject("Cổng tra cứu học bạ"), &terms(seed)).unwrap();
        let chain = vec![own, root.clone()];
        let pem: String = chain.iter().map(|one| to_pem(one).unwrap()).collect();
        let signer = LocalSigner::from_pem(&own_key.to_pem().unwrap(), pem.as_bytes()).unwrap();
        Self { root, chain, signer }
    }

    pub(super) fn pinned(&self) -> PinnedSigners {
        PinnedSigners::new([PinnedSigner::new(self.chain.clone(), None, None).unwrap()])
    }

    pub(super) fn sign(&self, pdf: &[u8]) -> Result<SignedPdf, SignFault> {
        sign(pdf, &particulars(), &self.signer, Stamping::None)
    }

    /// The usual file, signed.
    pub(super) fn copy(&self) -> Vec<u8> {
        self.sign(&plain()).unwrap().bytes
    }
}

fn text(text: &str) -> Object {
    Object::string_literal(text)
}

/// A tagged file of three pages with attachments, with what `change` does to it.
pub(super) fn document(change: impl FnOnce(&mut Document)) -> Document {
    let mut doc = Document::with_version("1.7");
    let (catalog, pages, tree) = (doc.new_object_id(), doc.new_object_id(), doc.new_object_id());
    let font = doc.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let mut kids = Vec::new();
    let mut elements = Vec::new();
    for number in 0..3 {
        let page = doc.new_object_id();
        let drawn = format!("/P <</MCID 0>> BDC BT /F1 18 Tf 72 700 Td (Trang {number}) Tj ET EMC");
        let content = doc.add_object(Stream::new(Dictionary::new(), drawn.into_bytes()));
        let link = dictionary! {
            "Type" => "Annot", "Subtype" => "Link", "Rect" => [72, 90, 200, 110].map(Object::Integer).to_vec(),
            "F" => 4, "Contents" => text("Tra cuu"),
            "A" => dictionary! { "S" => "URI", "URI" => text("https://hocba.example.vn/V/0F8FAD5BD9CB469FA16570867728950E") },
        };
        let mut dict = dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content, "StructParents" => number,
            "MediaBox" => [0, 0, 595, 842].map(Object::Integer).to_vec(), "Tabs" => "S",
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        };
        if number == 0 {
            dict.set("Annots", vec![link.into()]);
        }
        doc.set_object(page, dict);
        kids.push(page.into());
        let element = dictionary! { "Type" => "StructElem", "S" => "P", "P" => tree, "Pg" => page, "K" => 0 };
        elements.push(Object::from(doc.add_object(element)));
    }
    doc.set_object(pages, dictionary! { "Type" => "Pages", "Count" => 3, "Kids" => kids });
    let parents =
        (0..3).flat_map(|n| [Object::Integer(n as i64), vec![elements[n].clone()].into()]).collect::<Vec<_>>();
    let root =
        dictionary! { "Type" => "StructTreeRoot", "K" => elements, "ParentTree" => dictionary! { "Nums" => parents } };
    doc.set_object(tree, root);
    let names = attach(&mut doc);
    doc.set_object(
        catalog,
        dictionary! {
            "Type" => "Catalog", "Pages" => pages, "StructTreeRoot" => tree, "Lang" => text("vi"),
            "MarkInfo" => dictionary! { "Marked" => true },
            "Names" => dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } },
        },
    );
    let info = doc.add_object(dictionary! { "Title" => text("Ban mem hoc ba") });
    let id = Object::String(vec![7; 16], StringFormat::Hexadecimal);
    doc.trailer.set("Root", catalog);
    doc.trailer.set("Info", info);
    doc.trailer.set("ID", vec![id.clone(), id]);
    change(&mut doc);
    doc
}

fn attach(doc: &mut Document) -> Vec<Object> {
    let mut names = Vec::new();
    for (name, bytes) in ATTACHED {
        let mut stream =
            Stream::new(dictionary! { "Type" => "EmbeddedFile", "Subtype" => "application/json" }, bytes.into());
        stream.compress().unwrap();
        let file = doc.add_object(stream);
        let spec = dictionary! {
            "Type" => "Filespec", "F" => text(name), "UF" => text(name), "AFRelationship" => "Data",
            "EF" => dictionary! { "F" => file, "UF" => file },
        };
        names.extend([text(name), doc.add_object(spec).into()]);
    }
    names
}

/// With a table of cross-references, as PDF 1.4 has it.
pub(super) fn save(mut doc: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    doc.reference_table.cross_reference_type = lopdf::xref::XrefType::CrossReferenceTable;
    doc.save_to(&mut bytes).unwrap();
    bytes
}

pub(super) fn plain() -> Vec<u8> {
    save(document(|_| {}))
}

/// With streams of cross-references and of objects.
pub(super) fn modern() -> Vec<u8> {
    let mut bytes = Vec::new();
    let options = SaveOptions { use_object_streams: true, use_xref_streams: true, ..SaveOptions::default() };
    document(|_| {}).save_with_options(&mut bytes, options).unwrap();
    bytes
}
