//! Files inside a copy.

use hocba::soft_copy::printed::limits::{MAX_ATTACHED, MAX_ATTACHMENTS};
use hocba::soft_copy::printed::{Attachment, PrintFault, Relation, render};
use hocba::transcript::Level;

use super::{Paper, copy, in_force, printed};
use crate::transcript::sample;

fn file(name: &str, relation: Relation, bytes: &[u8]) -> Attachment {
    Attachment {
        name: name.to_owned(),
        description: format!("Tệp {name}: dữ liệu đã ký của năm học"),
        media_type: "application/json".to_owned(),
        relation,
        bytes: bytes.to_vec(),
    }
}

#[test]
fn files_come_out_as_they_went_in_and_say_what_they_are() {
    let sheet = sample::secondary();
    let sheets = [in_force(&sheet)];
    let files = vec![
        file("nam-2025-2026.jws.json", Relation::Source, b"{\"payload\":\"\"}"),
        file("chung-cu.json", Relation::Supplement, &[0, 159, 146, 150, 10]),
        file("cach-kiem-tra.txt", Relation::Supplement, "Cách kiểm tra bản mềm.\nHow to check.\n".as_bytes()),
    ];
    let paper = Paper::of(&printed(&copy(Level::LowerSecondary, &sheets), files.clone()));
    let listed = paper.tool("pdfdetach", &["-list"], &[]);
    for file in &files {
        assert!(listed.contains(&file.name), "{listed}");
        let to = paper.dir.path().join("out");
        paper.tool("pdfdetach", &["-savefile", &file.name, "-o", to.to_str().unwrap()], &[]);
        assert_eq!(std::fs::read(&to).unwrap(), file.bytes, "{}", file.name);
    }
    let json = paper.tool("qpdf", &["--json=2", "--json-key=qpdf"], &[]);
    for said in
        ["\"/AFRelationship\": \"/Source\"", "\"/AFRelationship\": \"/Supplement\"", "u:Tệp chung-cu.json: dữ liệu"]
    {
        assert!(json.contains(said), "{said} is missing in the file's objects");
    }
}

#[test]
fn too_many_too_large_and_badly_named_files_are_refused() {
    let sheet = sample::secondary();
    let sheets = [in_force(&sheet)];
    let refused = |files| render(&copy(Level::LowerSecondary, &sheets), files).unwrap_err();
    let many = (0..=MAX_ATTACHMENTS).map(|i| file(&format!("{i}"), Relation::Data, b"x")).collect();
    assert!(matches!(refused(many), PrintFault::TooManyAttachments));
    let large = vec![file("a", Relation::Data, &vec![0; MAX_ATTACHED + 1])];
    assert!(matches!(refused(large), PrintFault::AttachmentsTooLarge));
    for name in ["", "../a", "a/b", ".a", "a b", "ă", "a\\b", "a\u{0}"] {
        let fault = refused(vec![file(name, Relation::Data, b"x")]);
        assert!(matches!(fault, PrintFault::AttachmentName), "{name:?}");
    }
    let twice = vec![file("a", Relation::Data, b"x"), file("a", Relation::Data, b"y")];
    assert!(matches!(refused(twice), PrintFault::AttachmentName));
}
