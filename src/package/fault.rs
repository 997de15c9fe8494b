//! Every reason to refuse a whole package: rule name, line, words and remedy.

use std::io;

use super::line::{LineFault, MANIFEST_LINE};
use super::manifest::{Counts, ManifestFault};
use super::reader::MAX_WINDOW_LOG;
use crate::signing::jws::MAX_JWS;
use crate::signing::refusal::KeyRefusal;

/// Why a package was refused as a whole. Nothing of it reaches the ledger.
#[derive(Debug, thiserror::Error)]
pub enum PackageFault {
    /// The first bytes are not those of a zstd frame.
    #[error("the file is not a zstd stream")]
    NotZstd,
    /// The frame needs more memory than readers grant.
    #[error("the zstd window is larger than {} MiB", 1 << (MAX_WINDOW_LOG - 20))]
    Window,
    /// The compressed data is damaged.
    #[error("the compressed data is damaged at or after line {line}")]
    Corrupt {
        /// The line that was being read.
        line: u64,
    },
    /// The file ends inside the frame or inside a line.
    #[error("the package ends inside line {line}")]
    Truncated {
        /// The line that was being read.
        line: u64,
    },
    /// Bytes after the one frame.
    #[error("bytes follow the end of the zstd frame")]
    TrailingBytes,
    /// Too many bytes once decompressed.
    #[error("the package is larger than {max} bytes once decompressed")]
    TooLarge {
        /// The line at which the cap was passed.
        line: u64,
        /// The cap.
        max: u64,
    },
    /// A line beyond the cap; read no further.
    #[error("line {line} is longer than {MAX_JWS} bytes")]
    LineTooLong {
        /// Which.
        line: u64,
    },
    /// More lines than a package may have.
    #[error("the package has more than {max} lines after the manifest")]
    TooManyLines {
        /// The cap.
        max: u64,
    },
    /// A line whose envelope cannot be read: the root cannot be formed.
    #[error("line {line}: {fault}")]
    Envelope {
        /// Which.
        line: u64,
        /// What is wrong with it.
        fault: LineFault,
    },
    /// Line 1 is not a manifest that we understand.
    #[error(transparent)]
    Manifest(#[from] ManifestFault),
    /// The manifest counts other lines than follow, or none.
    #[error("the manifest counts {} lines ({stated:?}), the package holds {} ({found:?})", .lines, .found.total())]
    Counts {
        /// `lines` of the manifest.
        lines: u64,
        /// `counts` of the manifest.
        stated: Counts,
        /// What was read.
        found: Counts,
    },
    /// The lines are not those that were signed.
    #[error("the root over the lines is not the one the manifest states")]
    RootMismatch,
    /// The manifest's signature does not count.
    #[error("the manifest: {0}")]
    Signature(#[from] KeyRefusal),
    /// The second reading found other lines than the first: the file was changed meanwhile.
    #[error("line {line} changed while the package was being read")]
    Changed {
        /// The first line that differs.
        line: u64,
    },
    /// The file itself cannot be read; says nothing about the package.
    #[error("the package cannot be read: {0}")]
    Unreadable(#[source] io::Error),
}

impl PackageFault {
    /// The stable rule name.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotZstd => "package.not_zstd",
            Self::Window => "package.window",
            Self::Corrupt { .. } => "package.corrupt",
            Self::Truncated { .. } => "package.truncated",
            Self::TrailingBytes => "package.trailing_bytes",
            Self::TooLarge { .. } => "package.too_large",
            Self::LineTooLong { .. } => "package.line_too_long",
            Self::TooManyLines { .. } => "package.too_many_lines",
            Self::Envelope { .. } => "package.envelope",
            Self::Manifest(_) => "package.manifest",
            Self::Counts { .. } => "package.counts",
            Self::RootMismatch => "package.root_mismatch",
            Self::Signature(refusal) => signature_rule(*refusal),
            Self::Changed { .. } => "package.changed",
            Self::Unreadable(_) => "package.unreadable",
        }
    }

    /// The line it concerns, the manifest being 1; None when it concerns the file.
    pub const fn line(&self) -> Option<u64> {
        match self {
            Self::Corrupt { line }
            | Self::Truncated { line }
            | Self::TooLarge { line, .. }
            | Self::LineTooLong { line }
            | Self::Envelope { line, .. }
            | Self::Changed { line } => Some(*line),
            Self::Manifest(_) | Self::Counts { .. } | Self::RootMismatch | Self::Signature(_) => Some(MANIFEST_LINE),
            Self::NotZstd | Self::Window | Self::TrailingBytes | Self::TooManyLines { .. } | Self::Unreadable(_) => {
                None
            }
        }
    }

    /// What is wrong, in English.
    pub fn message_en(&self) -> String {
        self.to_string()
    }

    /// What is wrong, in Vietnamese.
    pub fn message_vi(&self) -> String {
        match self {
            Self::NotZstd => "Tệp không phải gói dữ liệu nén zstd.".into(),
            Self::Window => "Cửa sổ nén zstd lớn hơn mức cho phép.".into(),
            Self::Corrupt { line } => format!("Dữ liệu nén bị hỏng tại hoặc sau dòng {line}."),
            Self::Truncated { line } => format!("Gói bị cắt ngang ở dòng {line}."),
            Self::TrailingBytes => "Có dữ liệu thừa sau phần nén của gói.".into(),
            Self::TooLarge { max, .. } => format!("Gói sau khi giải nén lớn hơn {max} byte."),
            Self::LineTooLong { line } => format!("Dòng {line} dài hơn {MAX_JWS} byte."),
            Self::TooManyLines { max } => format!("Gói có nhiều hơn {max} dòng."),
            Self::Envelope { line, .. } => format!("Không đọc được đối tượng ký số ở dòng {line}."),
            Self::Manifest(_) => "Dòng 1 không phải bản kê (manifest) hợp lệ.".into(),
            Self::Counts { lines, found, .. } => {
                format!("Bản kê ghi {lines} dòng, gói có {} dòng hoặc khác loại.", found.total())
            }
            Self::RootMismatch => "Các dòng trong gói khác với các dòng đã ký trong bản kê.".into(),
            Self::Signature(refusal) => format!("Bản kê: {}", refusal.words().message_vi),
            Self::Changed { line } => format!("Tệp bị thay đổi trong khi đọc, từ dòng {line}."),
            Self::Unreadable(_) => "Không đọc được tệp.".into(),
        }
    }

    /// What to do next, in English.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NotZstd => "send the *.hbp file itself, as `hocba package make` wrote it",
            Self::Window => "compress again at an ordinary level (at most 19, without long mode)",
            Self::Corrupt { .. } | Self::Truncated { .. } => {
                "send the file again and compare its size; if that fails, make the package again"
            }
            Self::TrailingBytes => "write the whole package as one zstd frame and nothing after it",
            Self::TooLarge { .. } | Self::TooManyLines { .. } => "split the delivery into several packages in sequence",
            Self::LineTooLong { .. } => "write one object on each line; a sheet takes a few kilobytes",
            Self::Envelope { .. } => {
                "correct this line and make the package again; the rest cannot be taken without it"
            }
            Self::Manifest(_) => "make the package with `hocba package make`, or as docs/package-format.md says",
            Self::Counts { .. } | Self::RootMismatch => {
                "make the package again; lines were added, removed, changed or reordered after the manifest was signed"
            }
            Self::Signature(refusal) => refusal.words().remedy,
            Self::Changed { .. } => "keep the file still and hand it in again",
            Self::Unreadable(_) => "check that the file exists and may be read",
        }
    }

    /// What to do next, in Vietnamese.
    pub const fn remedy_vi(&self) -> &'static str {
        match self {
            Self::NotZstd => "Gửi đúng tệp *.hbp do `hocba package make` tạo ra.",
            Self::Window => "Nén lại ở mức thông thường (không quá 19, không dùng chế độ long).",
            Self::Corrupt { .. } | Self::Truncated { .. } => {
                "Gửi lại tệp và so dung lượng; nếu vẫn lỗi thì tạo lại gói."
            }
            Self::TrailingBytes => "Ghi cả gói thành một khung zstd, không có gì phía sau.",
            Self::TooLarge { .. } | Self::TooManyLines { .. } => "Chia thành nhiều gói theo thứ tự.",
            Self::LineTooLong { .. } => "Ghi mỗi đối tượng trên một dòng; một học bạ chỉ vài kilobyte.",
            Self::Envelope { .. } => "Sửa dòng này rồi tạo lại gói; thiếu nó không thể nhận phần còn lại.",
            Self::Manifest(_) => "Tạo gói bằng `hocba package make`, hoặc theo docs/package-format.md.",
            Self::Counts { .. } | Self::RootMismatch => {
                "Tạo lại gói; có dòng bị thêm, bớt, sửa hoặc đổi thứ tự sau khi ký bản kê."
            }
            Self::Signature(refusal) => refusal.words().remedy_vi,
            Self::Changed { .. } => "Giữ nguyên tệp rồi nộp lại.",
            Self::Unreadable(_) => "Kiểm tra tệp có tồn tại và có quyền đọc.",
        }
    }
}

/// The manifest's signature refuses the whole package, so its rules carry the package's name.
const fn signature_rule(refusal: KeyRefusal) -> &'static str {
    match refusal {
        KeyRefusal::BadSignature => "package.signature",
        KeyRefusal::WrongProvince => "package.wrong_province",
        KeyRefusal::Unknown => "package.key_unknown",
        KeyRefusal::NotYetValid => "package.key_not_yet_valid",
        KeyRefusal::Expired => "package.key_expired",
        KeyRefusal::Revoked => "package.key_revoked",
        KeyRefusal::CertificateMismatch => "package.key_certificate_mismatch",
        KeyRefusal::SignatureCount => "package.signature_count",
        KeyRefusal::WrongRole
        | KeyRefusal::WrongSchool
        | KeyRefusal::WrongLevel
        | KeyRefusal::MissingHead
        | KeyRefusal::MissingInstitution => "package.key_wrong_role",
    }
}
