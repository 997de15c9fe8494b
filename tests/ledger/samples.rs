//! Entries that look like what schools send, made from a seed.

use hocba::ledger::entry::{BodyEntry, FactsEntry, NewEntry, Origin};
use hocba::signing::PrivateKey;
use hocba::signing::jws::{Jws, ObjectType};
use hocba::tlog::leaf::Kind;
use hocba::transcript::province::ProvinceCode;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

const WORDS: &str = "em có ý thức học tập tốt tích cực tham gia các hoạt động nhóm cần cố gắng hơn trong phần tính toán \
    đọc hiểu văn bản trình bày rõ ràng mạch lạc biết vận dụng kiến thức vào thực tiễn chăm chỉ trung thực trách nhiệm \
    hoàn thành đầy đủ nhiệm vụ được giao kỹ năng thực hành tiến bộ mạnh dạn phát biểu xây dựng bài tự tin giao tiếp";
const SUBJECTS: [&str; 12] = [
    "Ngữ văn",
    "Toán",
    "Ngoại ngữ 1",
    "Giáo dục công dân",
    "Khoa học tự nhiên",
    "Lịch sử và Địa lí",
    "Công nghệ",
    "Tin học",
    "Giáo dục thể chất",
    "Nghệ thuật",
    "Hoạt động trải nghiệm, hướng nghiệp",
    "Nội dung giáo dục của địa phương",
];
const FAMILY: [&str; 10] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ"];
const GIVEN: [&str; 12] =
    ["An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Linh", "Minh", "Ngọc", "Phương", "Trang"];

pub(super) struct Samples {
    rng: ChaCha8Rng,
    head: PrivateKey,
    institution: PrivateKey,
}

impl Samples {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut key = || {
            let mut seed = [0; 32];
            rng.fill_bytes(&mut seed);
            PrivateKey::ed25519_from_seed(&seed)
        };
        let (head, institution) = (key(), key());
        Self { rng, head, institution }
    }

    fn below(&mut self, n: usize) -> usize {
        (self.rng.next_u64() % n as u64) as usize
    }

    fn hex(&mut self, bytes: usize) -> String {
        let mut out = vec![0; bytes];
        self.rng.fill_bytes(&mut out);
        data_encoding::HEXLOWER.encode(&out)
    }

    fn salt(&mut self, bytes: usize) -> String {
        let mut out = vec![0; bytes];
        self.rng.fill_bytes(&mut out);
        data_encoding::BASE64URL_NOPAD.encode(&out)
    }

    fn comment(&mut self) -> String {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let count = 14 + self.below(16);
        (0..count).map(|_| words[self.below(words.len())]).collect::<Vec<_>>().join(" ")
    }

    fn name(&mut self) -> String {
        format!(
            "{} {} {}",
            FAMILY[self.below(FAMILY.len())],
            GIVEN[self.below(GIVEN.len())],
            GIVEN[self.below(GIVEN.len())]
        )
    }

    fn facts(&mut self) -> serde_json::Value {
        serde_json::json!({
            "version": 1, "mahocba": self.hex(16), "maphieu": self.hex(16), "macaphoc": "02", "thongtu": "22/2021/TT-BGDĐT",
            "namhoc": "2025-2026", "khoi": 6 + self.below(4),
            "tinh": {"matinh": "22", "vintage": "2025-07-01", "tentinh": "Quảng Ninh"},
            "matruong": format!("22{:06}", self.below(1000)), "frozen_at": "2026-06-28T09:00:00+07:00",
            "effective_from": "2026-06-30", "trichluc": false,
        })
    }

    /// The payload's clear part as bytes, and the signed object as it is stored: about 7 KB like a real sheet's.
    fn object(&mut self) -> (Vec<u8>, Jws) {
        let results: Vec<_> = (0..SUBJECTS.len())
            .map(|i| {
                serde_json::json!({
                    "mamonhoc": format!("{:02}", i + 1), "tenmonhoc": SUBJECTS[i],
                    "diemtbhk1": format!("{}.{}", 5 + self.below(5), self.below(10)),
                    "diemtbhk2": format!("{}.{}", 5 + self.below(5), self.below(10)),
                    "diemtbcn": format!("{}.{}", 5 + self.below(5), self.below(10)), "dathilai": false,
                })
            })
            .collect();
        let comments: Vec<_> =
            (0..SUBJECTS.len()).map(|i| serde_json::json!([SUBJECTS[i], self.comment(), self.name()])).collect();
        // In the place of digests, so that facts leave them out: what matters here is size and how it
        // compresses.
        let groups = serde_json::json!([
            [self.salt(16), "name", {"hoten": self.name(), "ngaysinh": "2013-04-05", "gioitinh": "nữ"}],
            [self.salt(16), "identity", {"sodinhdanh": format!("0{}", self.below(99_999_999_999))}],
            [self.salt(16), "results", results], [self.salt(16), "comments", comments],
            [self.salt(16), "staff", {"hieutruong": self.name(), "gvcn": self.name(), "lop": "6A"}],
        ]);
        let digests: Vec<String> = (0..9).map(|_| self.salt(32)).collect();
        let mut payload = self.facts();
        payload["_sd"] = serde_json::json!([digests, groups]);
        let payload = serde_json::to_vec(&payload).unwrap();
        let facts = hocba::transcript::strict::facts(&payload, payload.len()).unwrap();
        let signers = [(&self.head, None), (&self.institution, None)];
        (facts, Jws::sign(ObjectType::Sheet, payload, &signers, Vec::new()).unwrap())
    }

    /// A small entry, for tests that make thousands.
    pub(super) fn small(&mut self) -> NewEntry {
        let payload = serde_json::to_vec(&serde_json::json!({"version": 1, "maphieu": self.hex(16)})).unwrap();
        self.seal(payload, Origin::default())
    }

    fn seal(&mut self, payload: Vec<u8>, origin: Origin) -> NewEntry {
        let facts = hocba::transcript::strict::facts(&payload, payload.len()).unwrap();
        let jws = Jws::sign(ObjectType::Sheet, payload, &[(&self.head, None)], Vec::new()).unwrap();
        new_entry(facts, &jws, origin)
    }

    pub(super) fn entry(&mut self, origin: Origin) -> NewEntry {
        let (facts, jws) = self.object();
        new_entry(facts, &jws, origin)
    }

    pub(super) fn body(&mut self) -> BodyEntry {
        let new = self.entry(Origin { package: 7, line: 3, certified: true });
        let mut blind = [0; 32];
        self.rng.fill_bytes(&mut blind);
        let facts = FactsEntry { blind, signed_digest: new.signed_digest, origin: new.origin, facts: new.facts };
        BodyEntry { facts, signed: Some(new.signed) }
    }
}

fn new_entry(facts: Vec<u8>, jws: &Jws, origin: Origin) -> NewEntry {
    NewEntry {
        kind: Kind::Sheet,
        province: ProvinceCode::parse("22").unwrap(),
        vintage: 20_250_701,
        year: 2025,
        facts: facts.into(),
        signed_digest: *jws.signed_digest(),
        signed: jws.to_stored().into(),
        origin,
    }
}
