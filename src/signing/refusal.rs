//! Why a signature or a key entry is refused: stable rule names, and words for people.

use super::jwk::KeyFault;
use super::jws::MAX_SIGNATURES;
use crate::transcript::strict::JsonFault;

/// What a refusal says to the people who must act on it. The English message is its `Display`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Stable name, `area.rule`.
    pub rule: &'static str,
    /// What is wrong, in Vietnamese.
    pub message_vi: &'static str,
    /// What to do next, in English.
    pub remedy: &'static str,
    /// What to do next, in Vietnamese.
    pub remedy_vi: &'static str,
}

const fn words(rule: &'static str, message_vi: &'static str, remedy: &'static str, remedy_vi: &'static str) -> Words {
    Words { rule, message_vi, remedy, remedy_vi }
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum KeyRefusal {
    /// No grant for this key stands before the entry.
    #[error("no grant for the signing key is on record")]
    Unknown,
    /// The claimed time lies before the grant's period.
    #[error("the signing key was not yet valid at the claimed time")]
    NotYetValid,
    /// The claimed time lies after the grant's period.
    #[error("the signing key was no longer valid at the claimed time")]
    Expired,
    /// A revocation stands at or before the entry.
    #[error("the signing key is revoked")]
    Revoked,
    /// The key was granted for something else.
    #[error("the signing key was granted for another role")]
    WrongRole,
    /// The key belongs to another province.
    #[error("the signing key belongs to another province")]
    WrongProvince,
    /// The key belongs to another school.
    #[error("the signing key belongs to another school")]
    WrongSchool,
    /// The school's grant does not name this level.
    #[error("the signing key was granted to a school that does not teach this level")]
    WrongLevel,
    /// `x5t#S256` and the grant disagree, or only one of them names a certificate.
    #[error("the signature's x5t#S256 is not the certificate of the grant")]
    CertificateMismatch,
    /// The signature does not verify under the granted key.
    #[error("the signature does not verify")]
    BadSignature,
    /// Objects other than sheets carry exactly one signature.
    #[error("an object of this kind carries exactly one signature")]
    SignatureCount,
    /// No signature by a head of the school.
    #[error("the head of the school did not sign")]
    MissingHead,
    /// No signature by the school itself.
    #[error("the school (institution key) did not sign")]
    MissingInstitution,
}

impl KeyRefusal {
    /// Rule name, Vietnamese message and remedies.
    pub const fn words(self) -> Words {
        match self {
            Self::Unknown => words(
                "key.unknown",
                "Khóa ký chưa được đăng ký trên hệ thống.",
                "deliver the grant of this key first, in this package before the line or in an earlier one",
                "Gửi bản đăng ký khóa trước, trong gói này ở dòng đứng trước hoặc trong gói trước.",
            ),
            Self::NotYetValid => words(
                "key.not_yet_valid",
                "Tại thời điểm chốt, khóa ký chưa có hiệu lực.",
                "check the claimed time, or sign with the key that was valid then",
                "Kiểm tra thời điểm chốt, hoặc ký bằng khóa có hiệu lực tại thời điểm đó.",
            ),
            Self::Expired => words(
                "key.expired",
                "Tại thời điểm chốt, khóa ký đã hết hạn.",
                "check the claimed time, or sign with the key that was valid then",
                "Kiểm tra thời điểm chốt, hoặc ký bằng khóa có hiệu lực tại thời điểm đó.",
            ),
            Self::Revoked => words(
                "key.revoked",
                "Khóa ký đã bị thu hồi.",
                "have a new key granted and sign again with it",
                "Đăng ký khóa mới rồi ký lại bằng khóa đó.",
            ),
            Self::WrongRole => words(
                "key.wrong_role",
                "Khóa ký được cấp cho vai trò khác.",
                "sign with a key granted for this role",
                "Ký bằng khóa được cấp đúng vai trò.",
            ),
            Self::WrongProvince => words(
                "key.wrong_province",
                "Khóa ký thuộc tỉnh, thành phố khác.",
                "sign with a key of the province the object names, code list included",
                "Ký bằng khóa của tỉnh, thành phố ghi trong dữ liệu, đúng cả danh mục mã.",
            ),
            Self::WrongSchool => words(
                "key.wrong_school",
                "Khóa ký thuộc cơ sở giáo dục khác.",
                "sign with a key granted to the school the sheet names",
                "Ký bằng khóa được cấp cho cơ sở giáo dục ghi trong học bạ.",
            ),
            Self::WrongLevel => words(
                "key.wrong_level",
                "Khóa ký được cấp cho cơ sở giáo dục không dạy cấp học này.",
                "correct the level of the sheet, or have a key granted that names this level",
                "Sửa cấp học trên học bạ, hoặc đăng ký khóa có cấp học này.",
            ),
            Self::CertificateMismatch => words(
                "key.certificate_mismatch",
                "Chứng thư số trong chữ ký không phải chứng thư đã đăng ký cùng khóa.",
                "write the x5t#S256 of the grant in the protected header, or none where the grant has none",
                "Ghi x5t#S256 đúng như bản đăng ký khóa, hoặc bỏ đi nếu bản đăng ký không có.",
            ),
            Self::BadSignature => words(
                "key.bad_signature",
                "Chữ ký số không hợp lệ.",
                "sign the object again; what was signed is not what was sent, or another key signed it",
                "Ký lại; nội dung gửi khác nội dung đã ký, hoặc chữ ký do khóa khác tạo ra.",
            ),
            Self::SignatureCount => words(
                "key.signature_count",
                "Đối tượng này phải có đúng một chữ ký.",
                "send the object with one signature",
                "Gửi lại với đúng một chữ ký.",
            ),
            Self::MissingHead => words(
                "key.missing_head",
                "Thiếu chữ ký của thủ trưởng cơ sở giáo dục.",
                "have the head of the school sign with the key granted for the role head",
                "Thủ trưởng cơ sở giáo dục ký bằng khóa được cấp cho vai trò head.",
            ),
            Self::MissingInstitution => words(
                "key.missing_institution",
                "Thiếu chữ ký của cơ sở giáo dục.",
                "sign with the key granted for the role institution",
                "Ký bằng khóa được cấp cho vai trò institution.",
            ),
        }
    }

    /// The rule name.
    pub const fn rule(self) -> &'static str {
        self.words().rule
    }
}

/// A sheet refused for one of its signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct SignatureFault {
    /// Which signature, counted from 0; None when one is missing.
    pub signature: Option<usize>,
    /// Why.
    pub refusal: KeyRefusal,
}

impl SignatureFault {
    /// JSON pointer to the signature, `/signatures/0`.
    pub fn pointer(&self) -> String {
        match self.signature {
            Some(i) if i < MAX_SIGNATURES => format!("/signatures/{i}"),
            _ => "/signatures".into(),
        }
    }
}

/// Why a grant or revocation is refused.
#[derive(Debug, thiserror::Error)]
pub enum KeyEntryFault {
    /// Not a `hocba-key` object.
    #[error("the object is not a key entry")]
    Type,
    /// The payload is not strict JSON of a grant or a revocation.
    #[error("the key entry's payload: {0}")]
    Payload(#[from] JsonFault),
    /// A version we do not know.
    #[error("the key entry has version {0}; known is 1")]
    Version(u8),
    /// The granted key cannot be used.
    #[error("the granted key: {0}")]
    Key(#[from] KeyFault),
    /// `valid_from` is not before `valid_to`, or the period is longer than thirty years.
    #[error("valid_from must lie before valid_to, at most thirty years")]
    Period,
    /// The role does not fit the holder, the province code is 00, or the levels are none or repeated.
    #[error("the role does not fit the holder, or the holder's province or levels are not valid")]
    Holder,
    /// A predecessor of the same or a later code list, repeated, or the code 00.
    #[error("predecessors must be different provinces of earlier code lists")]
    Predecessors,
    /// The key has been granted before.
    #[error("the key has been granted before")]
    AlreadyGranted,
    /// Nothing to revoke.
    #[error("the key to revoke was never granted")]
    UnknownTarget,
    /// The key is revoked already.
    #[error("the key is revoked already")]
    AlreadyRevoked,
    /// Without a root nobody could grant anything any more.
    #[error("the last root cannot be revoked")]
    LastRoot,
    /// The signer may grant or revoke, but not this.
    #[error("the signer has no right to grant or revoke this key")]
    NotAllowed,
    /// The signature on the entry does not count.
    #[error("the signature of the key entry: {0}")]
    Signature(#[from] KeyRefusal),
}

impl KeyEntryFault {
    /// Rule name, Vietnamese message and remedies.
    pub const fn words(&self) -> Words {
        match self {
            Self::Type | Self::Payload(_) => words(
                "key.payload",
                "Nội dung đăng ký hoặc thu hồi khóa không đúng định dạng.",
                "make the entry with `hocba key grant` or `hocba key revoke`, or as docs/package-format.md says",
                "Tạo bằng `hocba key grant` hoặc `hocba key revoke`, hoặc theo docs/package-format.md.",
            ),
            Self::Version(_) => {
                words("key.version", "Phiên bản định dạng không được hỗ trợ.", "write version 1", "Ghi phiên bản 1.")
            }
            Self::Key(_) => words(
                "key.bad_jwk",
                "Khóa công khai không hợp lệ.",
                "give an Ed25519, P-256 or RSA (2048 to 4096 bits) public JWK",
                "Dùng JWK công khai Ed25519, P-256 hoặc RSA (2048 đến 4096 bit).",
            ),
            Self::Period => words(
                "key.bad_period",
                "Thời hạn của khóa không hợp lệ.",
                "give a period of at most thirty years whose start lies before its end",
                "Ghi thời hạn không quá ba mươi năm, ngày bắt đầu trước ngày kết thúc.",
            ),
            Self::Holder => words(
                "key.bad_holder",
                "Vai trò không phù hợp với người giữ khóa.",
                "grant root to the ministry, province to a province, head, institution or teacher to a school with its \
                 levels",
                "Cấp root cho Bộ, province cho tỉnh, head, institution hoặc teacher cho cơ sở giáo dục kèm cấp học.",
            ),
            Self::Predecessors => words(
                "key.predecessors",
                "Danh sách tỉnh tiền thân không hợp lệ.",
                "name each merged province once, with the vintage of its own, earlier code list",
                "Ghi mỗi tỉnh được sáp nhập một lần, theo danh mục mã trước đó.",
            ),
            Self::AlreadyGranted => words(
                "key.already_granted",
                "Khóa này đã được đăng ký.",
                "make a new key; a period is not extended by granting the same key again",
                "Tạo khóa mới; không gia hạn bằng cách đăng ký lại khóa cũ.",
            ),
            Self::UnknownTarget => words(
                "key.unknown_target",
                "Khóa cần thu hồi chưa từng được đăng ký.",
                "check the thumbprint with `hocba key thumbprint`",
                "Kiểm tra dấu vân tay bằng `hocba key thumbprint`.",
            ),
            Self::AlreadyRevoked => words(
                "key.already_revoked",
                "Khóa này đã bị thu hồi.",
                "nothing: the key is revoked",
                "Không cần làm gì: khóa đã bị thu hồi.",
            ),
            Self::LastRoot => words(
                "key.last_root",
                "Không thể thu hồi khóa gốc cuối cùng.",
                "grant its successor first",
                "Cấp khóa gốc kế nhiệm trước.",
            ),
            Self::NotAllowed => words(
                "key.not_allowed",
                "Bên ký không có quyền cấp hoặc thu hồi khóa này.",
                "provinces grant and revoke the keys of their own schools; everything else is for the ministry root",
                "Tỉnh cấp và thu hồi khóa của cơ sở giáo dục thuộc tỉnh; các khóa khác do khóa gốc của Bộ.",
            ),
            Self::Signature(refusal) => refusal.words(),
        }
    }

    /// The rule name.
    pub const fn rule(&self) -> &'static str {
        self.words().rule
    }
}
