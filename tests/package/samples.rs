//! A tiny nation whose keys, salts and times follow from printed labels, so that its bytes can be
//! made again anywhere. Test keys only: whoever reads this file has them.

use std::io::Read as _;
use std::sync::Arc;

use hocba::package::manifest::{ManifestDraft, SignedManifest, Window};
use hocba::package::writer::{StreamWriter, assemble};
use hocba::package::{Limits, Source};
use hocba::signing::grant::{Holder, KeyClaims, Role};
use hocba::signing::jws::{Jws, ObjectType};
use hocba::signing::{KeyRing, Kid, PrivateKey};
use hocba::transcript::disclosure::Disclosure;
use hocba::transcript::groups::Group;
use hocba::transcript::level::Level;
use hocba::transcript::province::{ProvinceCode, ProvinceId, ProvinceRef};
use hocba::transcript::sheet::SheetClaims;
use hocba::transcript::strict::Extensions;
use hocba::transcript::text::Text;
use hocba::transcript::time::{Day, Moment, SchoolYear};
use sha2::{Digest as _, Sha256};

pub(crate) const LIMITS: Limits = Limits { max_lines: 1000, max_bytes: 16 << 20 };

/// SHA-256 of `hocba tiny example: ` and a label: every seed and salt below.
pub(crate) fn seed(label: &str) -> [u8; 32] {
    Sha256::digest(format!("hocba tiny example: {label}")).into()
}

pub(crate) fn ed25519(label: &str) -> PrivateKey {
    PrivateKey::ed25519_from_seed(&seed(label))
}

pub(crate) fn p256(label: &str) -> PrivateKey {
    PrivateKey::p256_from_scalar(&seed(label)).unwrap()
}

pub(crate) fn root() -> PrivateKey {
    ed25519("root")
}

pub(crate) fn province() -> PrivateKey {
    ed25519("province 22")
}

pub(crate) fn head() -> PrivateKey {
    p256("head of THCS Trần Phú")
}

pub(crate) fn institution() -> PrivateKey {
    ed25519("institution THCS Trần Phú")
}

pub(crate) fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub(crate) fn id(code: &str, vintage: &str) -> ProvinceId {
    ProvinceId { code: ProvinceCode::parse(code).unwrap(), vintage: Day::parse(vintage).unwrap() }
}

pub(crate) fn named(code: &str, vintage: &str, name: &str) -> ProvinceRef {
    let id = id(code, vintage);
    ProvinceRef { code: id.code, vintage: id.vintage, name: Text::new(name).unwrap() }
}

pub(crate) fn quang_ninh() -> ProvinceRef {
    named("22", "2025-07-01", "Quảng Ninh")
}

pub(crate) fn school(province: ProvinceRef, code: &str, levels: &[Level]) -> Holder {
    let name = Text::new("Trường Trung học cơ sở Trần Phú").unwrap();
    Holder::School { province, school: Text::new(code).unwrap(), name, levels: levels.to_vec() }
}

pub(crate) fn tran_phu() -> Holder {
    school(quang_ninh(), "22000701", &[Level::LowerSecondary])
}

/// A grant from 2025 to 2030 without a certificate.
pub(crate) fn grant_claims(key: &PrivateKey, holder: Holder, role: Role) -> KeyClaims {
    KeyClaims::Grant {
        version: 1,
        holder,
        role,
        jwk: key.public().to_jwk(),
        certificate: None,
        valid_from: moment("2025-07-01T00:00:00+07:00"),
        valid_to: moment("2030-06-30T23:59:59+07:00"),
        issued_at: moment("2026-05-04T08:00:00+07:00"),
        extensions: Extensions::default(),
    }
}

pub(crate) fn sign_claims(object: ObjectType, claims: &impl serde::Serialize, by: &PrivateKey) -> Jws {
    Jws::sign(object, serde_json::to_vec(claims).unwrap(), &[(by, None)], Vec::new()).unwrap()
}

pub(crate) fn grant(key: &PrivateKey, holder: Holder, role: Role, by: &PrivateKey) -> Jws {
    sign_claims(ObjectType::Key, &grant_claims(key, holder, role), by)
}

pub(crate) fn revocation(kid: Kid, by: &PrivateKey) -> Jws {
    let claims = KeyClaims::Revoke {
        version: 1,
        kid,
        reason: Text::new("Khóa bị lộ").unwrap(),
        issued_at: moment("2026-06-01T08:00:00+07:00"),
        extensions: Extensions::default(),
    };
    sign_claims(ObjectType::Key, &claims, by)
}

pub(crate) fn province_holder() -> Holder {
    Holder::Province { province: quang_ninh(), predecessors: vec![id("22", "2004-07-08")] }
}

pub(crate) fn province_grant() -> Jws {
    grant(&province(), province_holder(), Role::Province, &root())
}

pub(crate) fn school_grants() -> [Jws; 2] {
    let of = |key: &PrivateKey, role| grant(key, tran_phu(), role, &province());
    [of(&head(), Role::Head), of(&institution(), Role::Institution)]
}

/// A ring of the root alone.
pub(crate) fn bare_ring() -> KeyRing {
    KeyRing::new(&[root().public().to_jwk()]).unwrap()
}

/// Root, province from position 1, head 2, institution 3.
pub(crate) fn ring() -> KeyRing {
    let mut ring = bare_ring();
    for (entry, position) in [province_grant()].iter().chain(&school_grants()).zip(1..) {
        let checked = ring.check_entry(entry, position).unwrap();
        ring.apply(checked, position);
    }
    ring
}

/// The clear claims of sheet `n`.
pub(crate) fn claims(n: u32) -> SheetClaims {
    let hex = |label: &str| data_encoding::HEXLOWER.encode(&seed(&format!("{label} {n}"))[..16]);
    let json = serde_json::json!({
        "version": 1,
        "madinhdanhhocba": hex("transcript"),
        "idbanghi": hex("sheet"),
        "macaphoc": "03",
        "thongtu": "22/2021",
        "namhoc": "2025-2026",
        "makhoi": "06",
        "province": {"matinh": "22", "vintage": "2025-07-01", "tentinh": "Quảng Ninh"},
        "matruong": "22000701",
        "frozen_at": "2026-05-29T16:30:00+07:00",
        "effective_from": "2026-05-29",
        "trichluc": false
    });
    serde_json::from_value(json).unwrap()
}

/// The groups of sheet `n`, as a school would write them.
pub(crate) fn groups(n: u32) -> Vec<(Group, serde_json::Value)> {
    vec![
        (
            Group::Name,
            serde_json::json!({
                "hovaten": format!("Nguyễn Thị Mẫu {n}"), "gioitinh": "2", "ngaythangnamsinh": "2014-03-09"
            }),
        ),
        // Prefix 003 belongs to no province: the number can be nobody's.
        (
            Group::Identity,
            serde_json::json!({"sodinhdanh": format!("003314{n:06}"), "mahocsinh": format!("22-{n:04}")}),
        ),
        (
            Group::Staff,
            serde_json::json!({
                "tengiamhieu": "Vũ Thị Thử", "chucvugiamhieu": "Hiệu trưởng", "tengvcn": "Lê Văn Ví",
                "tenlop": "6A", "tentruong": "Trường Trung học cơ sở Trần Phú",
                "diadanhphathanh": "Quảng Ninh", "ngaykyphathanh": "2026-05-29"
            }),
        ),
        (
            Group::Results,
            serde_json::json!({
                "monhoc": [
                    {"mamonhoc": "VAN", "tenmonhoc": "Ngữ văn",
                     "diemhocky1": "7.5", "diemhocky2": "8.0", "diemcanam": "7.8"},
                    {"mamonhoc": "TOA", "tenmonhoc": "Toán",
                     "diemhocky1": "8.0", "diemhocky2": "8.5", "diemcanam": "8.3"},
                    {"mamonhoc": "GTC", "tenmonhoc": "Giáo dục thể chất",
                     "diemhocky1": "Đ", "diemhocky2": "Đ", "diemcanam": "Đ"}
                ],
                "duoclenlop": true
            }),
        ),
    ]
}

pub(crate) fn disclosures(n: u32) -> Vec<Disclosure> {
    let salt = |group: Group| -> [u8; 16] { seed(&format!("salt {n} {}", group.name()))[..16].try_into().unwrap() };
    groups(n).iter().map(|(group, value)| Disclosure::new(*group, &salt(*group), value).unwrap()).collect()
}

/// Signs a sheet with these keys.
pub(crate) fn sheet_by(
    claims: &SheetClaims,
    disclosures: Vec<Disclosure>,
    signers: &[(&PrivateKey, Option<Kid>)],
) -> Jws {
    let mut claims = claims.clone();
    claims.commit_to(&disclosures);
    Jws::sign(ObjectType::Sheet, serde_json::to_vec(&claims).unwrap(), signers, disclosures).unwrap()
}

/// Sheet `n`, signed by head and institution.
pub(crate) fn sheet(n: u32) -> Jws {
    sheet_by(&claims(n), disclosures(n), &[(&head(), None), (&institution(), None)])
}

/// The province suspends sheet `n`.
pub(crate) fn suspension(n: u32) -> Jws {
    let json = serde_json::json!({
        "version": 1,
        "status": "suspended",
        "madinhdanhhocba": claims(n).code,
        "idbanghi": claims(n).sheet,
        "effective_at": "2026-06-20T09:00:00+07:00",
        "decision": {"number": "12/QĐ-SGDĐT", "date": "2026-06-19", "body": "Sở Giáo dục và Đào tạo Quảng Ninh"}
    });
    sign_claims(ObjectType::Status, &json, &province())
}

pub(crate) fn draft() -> ManifestDraft {
    ManifestDraft {
        province: Some(quang_ninh()),
        school_year: SchoolYear::starting(2025).unwrap(),
        window: Window::Completed,
        sequence: 1,
        previous: None,
        expected_enrolment: 2,
        created_at: moment("2026-06-25T10:00:00+07:00"),
    }
}

/// The province's first package: two grants, two sheets, one status.
pub(crate) fn entries() -> Vec<Jws> {
    let [head, institution] = school_grants();
    vec![head, institution, sheet(1), sheet(2), suspension(2)]
}

pub(crate) fn write(draft: ManifestDraft, key: &PrivateKey, entries: &[Jws]) -> (Vec<u8>, SignedManifest) {
    let mut writer = StreamWriter::new(std::io::Cursor::new(Vec::new()), draft, key, None);
    entries.iter().for_each(|entry| writer.add(entry).unwrap());
    let mut out = Vec::new();
    let signed = writer.finish(&mut out).unwrap();
    (out, signed)
}

/// The ministry's first package: the province's grant.
pub(crate) fn ministry_package() -> (Vec<u8>, SignedManifest) {
    let created_at = moment("2026-05-04T09:00:00+07:00");
    let draft = ManifestDraft { province: None, expected_enrolment: 0, created_at, ..draft() };
    write(draft, &root(), &[province_grant()])
}

pub(crate) fn package() -> (Vec<u8>, SignedManifest) {
    write(draft(), &province(), &entries())
}

pub(crate) fn source(bytes: impl Into<Arc<[u8]>>) -> Arc<dyn Source> {
    let bytes: Arc<[u8]> = bytes.into();
    Arc::new(bytes)
}

/// The decompressed lines, manifest first, each with its line feed.
pub(crate) fn lines_of(package: &[u8]) -> Vec<String> {
    let mut text = String::new();
    zstd::Decoder::new(package).unwrap().read_to_string(&mut text).unwrap();
    text.split_inclusive('\n').map(str::to_owned).collect()
}

pub(crate) fn pack(lines: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    let (manifest, rest) = lines.split_first().unwrap();
    assemble(&mut out, manifest.trim_end_matches('\n').as_bytes(), rest.concat().as_bytes()).unwrap();
    out
}

/// The good package with another manifest, signed by `key`.
pub(crate) fn with_manifest(key: &PrivateKey, change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let (good, signed) = package();
    let mut json = serde_json::to_value(&signed.manifest).unwrap();
    change(&mut json);
    with_payload(&lines_of(&good)[1..], &serde_json::to_vec(&json).unwrap(), &[(key, None)])
}

pub(crate) fn with_payload(lines: &[String], payload: &[u8], signers: &[(&PrivateKey, Option<Kid>)]) -> Vec<u8> {
    let jws = Jws::sign(ObjectType::Manifest, payload, signers, Vec::new()).unwrap();
    let manifest = String::from_utf8(jws.to_json(hocba::transcript::GroupSet::NONE)).unwrap();
    let mut all = vec![format!("{manifest}\n")];
    all.extend_from_slice(lines);
    pack(&all)
}
