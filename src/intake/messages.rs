//! What each rule says to the people who must act on it, in Vietnamese and English, with the remedy.

use std::fmt::Display;

use schemars::JsonSchema;
use serde::Serialize;

use crate::package::fault::PackageFault;
use crate::signing::refusal::{KeyEntryFault, KeyRefusal, SignatureFault, Words};
use crate::transcript::sheet::SheetFault;

/// A rule that a line or a package broke. Boxed, so that results stay small where all goes well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Refusal(Box<RefusalText>);

impl std::ops::Deref for Refusal {
    type Target = RefusalText;

    fn deref(&self) -> &RefusalText {
        &self.0
    }
}

/// What a refusal says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefusalText {
    /// Stable name, `area.rule`.
    pub rule: &'static str,
    /// The line, where a whole package is refused for one; a receipt's details name it themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// JSON pointer into the payload; empty for the whole line.
    pub pointer: String,
    /// What is wrong, in Vietnamese.
    pub message_vi: String,
    /// What is wrong, in English.
    pub message_en: String,
    /// What to do, in Vietnamese.
    pub remedy_vi: String,
    /// What to do, in English.
    pub remedy_en: String,
    /// For a frozen conflict or a waiting sheet: the province that holds the transcript.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holding_province: Option<String>,
}

impl Refusal {
    fn from_words(words: Words, message_en: String, pointer: &str) -> Self {
        Self(Box::new(RefusalText {
            rule: words.rule,
            line: None,
            pointer: pointer.to_owned(),
            message_vi: words.message_vi.to_owned(),
            message_en,
            remedy_vi: words.remedy_vi.to_owned(),
            remedy_en: words.remedy.to_owned(),
            holding_province: None,
        }))
    }

    /// The refusal of a rule at a place.
    pub fn new(rule: &'static str, pointer: impl Into<String>) -> Self {
        let text = text_of(rule);
        Self(Box::new(RefusalText {
            rule,
            line: None,
            pointer: pointer.into(),
            message_vi: text.vi.to_owned(),
            message_en: text.en.to_owned(),
            remedy_vi: text.remedy_vi.to_owned(),
            remedy_en: text.remedy_en.to_owned(),
            holding_province: None,
        }))
    }

    /// Adds what the parser or checker saw; it names places, never values.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Display) -> Self {
        self.0.message_vi = format!("{} ({detail})", self.0.message_vi);
        self.0.message_en = format!("{} ({detail})", self.0.message_en);
        self
    }

    /// Names the line.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Names the province that holds the transcript.
    #[must_use]
    pub fn held_by(mut self, province: impl Display) -> Self {
        self.0.holding_province = Some(province.to_string());
        self
    }
}

impl From<KeyRefusal> for Refusal {
    fn from(refusal: KeyRefusal) -> Self {
        Self::from_words(refusal.words(), refusal.to_string(), "/signatures/0")
    }
}

impl From<SignatureFault> for Refusal {
    fn from(fault: SignatureFault) -> Self {
        Self::from_words(fault.refusal.words(), fault.to_string(), &fault.pointer())
    }
}

impl From<KeyEntryFault> for Refusal {
    fn from(fault: KeyEntryFault) -> Self {
        Self::from_words(fault.words(), fault.to_string(), "")
    }
}

impl From<SheetFault> for Refusal {
    fn from(fault: SheetFault) -> Self {
        Self::new(fault.rule.name(), fault.pointer).with_detail(fault.detail)
    }
}

impl From<PackageFault> for Refusal {
    fn from(fault: PackageFault) -> Self {
        Self(Box::new(RefusalText {
            rule: fault.rule(),
            line: fault.line(),
            pointer: String::new(),
            message_vi: fault.message_vi(),
            message_en: fault.message_en(),
            remedy_vi: fault.remedy_vi().to_owned(),
            remedy_en: fault.remedy().to_owned(),
            holding_province: None,
        }))
    }
}

struct RuleText {
    rule: &'static str,
    vi: &'static str,
    en: &'static str,
    remedy_vi: &'static str,
    remedy_en: &'static str,
}

fn text_of(rule: &str) -> &'static RuleText {
    RULES.iter().find(|t| t.rule == rule).unwrap_or(&UNNAMED)
}

/// Whether a rule has its own text; a test asks it of every rule in the code.
pub fn is_named(rule: &str) -> bool {
    RULES.iter().any(|t| t.rule == rule)
}

const UNNAMED: RuleText = RuleText {
    rule: "line.refused",
    vi: "Dòng này không đạt yêu cầu",
    en: "This line does not meet the rules",
    remedy_vi: "Xem quy tắc được nêu trong tài liệu định dạng gói",
    remedy_en: "See the rule named in the documentation of the package format",
};

const fn text(
    rule: &'static str,
    vi: &'static str,
    en: &'static str,
    remedy_vi: &'static str,
    remedy_en: &'static str,
) -> RuleText {
    RuleText { rule, vi, en, remedy_vi, remedy_en }
}

const RULES: &[RuleText] = &[
    text(
        "line.payload",
        "Nội dung không phải JSON chặt chẽ",
        "The payload is not strict JSON",
        "Dùng UTF-8 dạng NFC, không trùng tên, không số thực",
        "Use UTF-8 in form NFC, no duplicate members, no floats",
    ),
    text(
        "line.type",
        "Loại đối tượng không được gửi trong gói",
        "This type of object does not travel in packages",
        "Chỉ gửi học bạ, trạng thái, khóa và quyết định nộp muộn",
        "Send only sheets, statuses, keys and backfill permissions",
    ),
    text(
        "status.payload",
        "Nội dung trạng thái không đúng định dạng",
        "The status payload is not well-formed",
        "So với mẫu trong tài liệu",
        "Compare with the documented example",
    ),
    text(
        "status.shape",
        "Các mục của trạng thái không khớp nhau",
        "The members of the status do not fit together",
        "Thay thế phải nêu phiếu cũ và phiếu mới; chuyển quyền phải nêu nơi nhận",
        "A replacement names old and new sheet; a transfer names its target",
    ),
    text(
        "status.version",
        "Phiên bản trạng thái không được hỗ trợ",
        "This status version is not supported",
        "Dùng phiên bản 1",
        "Use version 1",
    ),
    text(
        "status.unknown_target",
        "Không có học bạ hoặc phiếu mà trạng thái nêu",
        "The transcript or sheet the status names is not on record",
        "Kiểm tra mã; gửi học bạ trước trạng thái",
        "Check the code; deliver the sheet before the status",
    ),
    text(
        "status.not_responsible",
        "Người ký không phải tỉnh đang quản lý học bạ này",
        "The signer is not the province now responsible",
        "Đề nghị tỉnh đang quản lý hoặc Bộ ký",
        "Ask the responsible province or the ministry to sign",
    ),
    text(
        "status.ahead",
        "Thời điểm áp dụng ở tương lai",
        "The status takes effect in the future",
        "Gửi lại khi đến thời điểm đó",
        "Deliver it when the time has come",
    ),
    text(
        "status.erased_is_final",
        "Nội dung đã bị xóa theo quyết định, không đổi trạng thái được nữa",
        "Erased content keeps that status for ever",
        "Không cần làm gì",
        "Nothing is to be done",
    ),
    text(
        "status.nothing_to_release",
        "Không có lần rà soát nào đang mở",
        "There is no open review to release",
        "Kiểm tra mã học bạ và phiếu",
        "Check transcript code and sheet id",
    ),
    text(
        "status.ministry_suspension",
        "Chỉ Bộ mới kết thúc việc rà soát do Bộ quyết định",
        "Only the ministry releases its own suspension",
        "Đề nghị Bộ ký",
        "Ask the ministry to sign",
    ),
    text(
        "status.already",
        "Phiếu đã ở trạng thái này hoặc không còn hiệu lực",
        "The sheet already has this status or is no longer in force",
        "Kiểm tra lịch sử trạng thái",
        "Check the history of the sheet",
    ),
    text(
        "status.replacement_missing",
        "Phiếu thay thế không đứng ngay sau trạng thái thay thế",
        "The new sheet does not follow its replacement status",
        "Đặt phiếu mới ở dòng kế tiếp",
        "Put the new sheet on the very next line",
    ),
    text(
        "status.replacement_refused",
        "Phiếu thay thế bị từ chối nên phiếu cũ vẫn còn hiệu lực",
        "The new sheet was refused, so the old one stays in force",
        "Sửa phiếu mới rồi gửi lại cả hai dòng",
        "Correct the new sheet and deliver both lines again",
    ),
    text(
        "sheet.frozen_conflict",
        "Năm học này đã có phiếu khác được chốt",
        "Another sheet of this school year is already frozen",
        "Dùng trạng thái thay thế hoặc thu hồi",
        "Use a replacement or a withdrawal",
    ),
    text(
        "sheet.frozen_ahead",
        "Thời điểm chốt ở tương lai",
        "The claimed freezing time lies in the future",
        "Kiểm tra đồng hồ của máy ký",
        "Check the clock of the signing machine",
    ),
    text(
        "sheet.backdated",
        "Thời điểm chốt quá xa mà không có quyết định cho nộp muộn",
        "Frozen too long ago without a backfill permission",
        "Đề nghị Bộ cấp quyết định nộp muộn cho trường hoặc tỉnh",
        "Ask the ministry for a backfill entry",
    ),
    text(
        "sheet.effective_before_freeze",
        "Ngày hiệu lực trước ngày chốt",
        "The effective date lies before the freeze",
        "Ngày hiệu lực từ ngày chốt trở đi",
        "Let it take effect on or after the day of the freeze",
    ),
    text(
        "sheet.wrong_year",
        "Năm học của phiếu khác năm học của gói",
        "The sheet's school year is not the package's",
        "Gửi phiếu trong gói của đúng năm học",
        "Deliver it in a package of its school year",
    ),
    text(
        "sheet.wrong_province",
        "Tỉnh gửi gói không quản lý tỉnh ghi trên phiếu",
        "The delivering province is not the sheet's, nor its successor",
        "Gửi qua tỉnh quản lý",
        "Deliver it through the responsible province",
    ),
    text(
        "sheet.id_taken",
        "Mã phiếu đã được dùng",
        "The sheet id is already in use",
        "Tạo mã UUID ngẫu nhiên mới",
        "Make a new random UUID",
    ),
    text(
        "sheet.code_taken",
        "Mã tra cứu trùng với mã phiếu khác",
        "The transcript code is in use as a sheet id",
        "Tạo mã UUID ngẫu nhiên mới",
        "Make a new random UUID",
    ),
    text(
        "sheet.salt_repeated",
        "Muối ngẫu nhiên bị lặp trong gói",
        "A salt is repeated within the package",
        "Mỗi nhóm cần 16 byte ngẫu nhiên riêng",
        "Draw 16 fresh random bytes for every group",
    ),
    text(
        "sheet.other_level",
        "Cấp học khác với học bạ đang lưu",
        "The level differs from the transcript on record",
        "Mỗi cấp học một mã học bạ",
        "Each level has a transcript code of its own",
    ),
    text(
        "sheet.other_identity",
        "Số định danh khác với học bạ đang lưu",
        "The identification number differs from the transcript on record",
        "Kiểm tra mã; sửa định danh phải qua trạng thái thay thế",
        "Check the code; corrections of identity need a replacement",
    ),
    text(
        "sheet.other_birth_date",
        "Ngày sinh khác với học bạ đang lưu",
        "The birth date differs from the transcript on record",
        "Kiểm tra mã; sửa ngày sinh phải qua trạng thái thay thế",
        "Check the code; corrections need a replacement",
    ),
    text(
        "sheet.awaiting_transfer",
        "Học bạ do tỉnh khác quản lý; phiếu chờ lệnh chuyển quyền",
        "Another province holds the transcript; the sheet waits for its transfer",
        "Đề nghị tỉnh đang quản lý gửi trạng thái chuyển quyền",
        "Ask the holding province to deliver a transfer entry",
    ),
    text(
        "backfill.payload",
        "Nội dung cho nộp muộn không đúng định dạng",
        "The backfill payload is not well-formed",
        "So với mẫu trong tài liệu",
        "Compare with the documented example",
    ),
    text(
        "sheet.claims",
        "Phần khai báo của phiếu không đúng định dạng",
        "The clear claims are not of this format",
        "So với mẫu trong tài liệu",
        "Compare with the documented example",
    ),
    text(
        "sheet.version",
        "Phiên bản phiếu không được hỗ trợ",
        "This sheet version is not supported",
        "Dùng phiên bản 1",
        "Use version 1",
    ),
    text(
        "sheet.same_ids",
        "Mã tra cứu và mã phiếu trùng nhau",
        "Transcript code and sheet id are the same",
        "Tạo hai mã UUID khác nhau",
        "Make two different UUIDs",
    ),
    text(
        "sheet.grade",
        "Khối lớp không thuộc cấp học",
        "The level does not have this grade",
        "Kiểm tra mã khối và mã cấp học",
        "Check grade and level",
    ),
    text(
        "sheet.circular",
        "Thông tư không bắt đầu bằng số/năm",
        "The circular does not start with number/year",
        "Ghi như 22/2021",
        "Write it like 22/2021",
    ),
    text(
        "sheet.frozen_before_year",
        "Chốt trước khi năm học bắt đầu",
        "Frozen before the school year began",
        "Kiểm tra năm học và thời điểm chốt",
        "Check school year and freezing time",
    ),
    text(
        "sheet.digest_algorithm",
        "_sd_alg không phải sha-256",
        "_sd_alg is not sha-256",
        "Ghi sha-256",
        "Write sha-256",
    ),
    text(
        "sheet.digests",
        "Danh sách _sd quá dài hoặc bị lặp",
        "_sd is too long or repeats a digest",
        "Mỗi nhóm đúng một giá trị băm",
        "Give each group exactly one digest",
    ),
    text(
        "sheet.disclosure_not_committed",
        "Có nhóm thông tin không nằm trong _sd",
        "A disclosure is not committed to in _sd",
        "Tính lại giá trị băm của nhóm",
        "Compute the digest of the group again",
    ),
    text(
        "sheet.digest_not_opened",
        "Có giá trị băm trong _sd không kèm nhóm thông tin",
        "A digest in _sd has no disclosure",
        "Gửi đủ các nhóm, không thêm giá trị giả",
        "Send every group and no decoys",
    ),
    text(
        "sheet.group_repeated",
        "Một nhóm thông tin xuất hiện hai lần",
        "A group is opened twice",
        "Mỗi nhóm một lần",
        "Send each group once",
    ),
    text(
        "sheet.group_missing",
        "Thiếu nhóm thông tin bắt buộc",
        "A required group is missing",
        "Cần có name, identity, staff, results",
        "name, identity, staff and results are required",
    ),
    text(
        "sheet.group",
        "Nhóm thông tin không đúng định dạng",
        "A group is not of its type",
        "Sửa mục được nêu",
        "Correct the member named",
    ),
    text(
        "sheet.results",
        "Kết quả không đầy đủ hoặc mâu thuẫn",
        "Results are incomplete or contradict themselves",
        "Sửa mục được nêu",
        "Correct the member named",
    ),
    text(
        "sheet.comment_repeated",
        "Hai nhận xét cho một môn",
        "Two comments on one subject",
        "Mỗi môn một nhận xét",
        "Send one comment a subject",
    ),
    text(
        "sheet.birth_date",
        "Ngày sinh không hợp lý",
        "The birth date is not plausible",
        "Kiểm tra ngày sinh và năm học",
        "Check birth date and school year",
    ),
    text(
        "sheet.quarantine_full",
        "Quá nhiều phiếu chờ chuyển quyền trong một gói",
        "Too many sheets of one package wait for a transfer",
        "Đề nghị tỉnh đang quản lý gửi lệnh chuyển quyền trước",
        "Have the holding provinces deliver their transfers first",
    ),
    text(
        "backfill.shape",
        "Quyết định nộp muộn thiếu năm học hoặc quá rộng",
        "The permission names no year, or too much",
        "Nêu năm học, tỉnh hoặc trường",
        "Name school years, and provinces or schools",
    ),
    text(
        "package.other_address",
        "Gói không phải của địa chỉ này",
        "The package belongs to another address",
        "Gửi tới tỉnh và số thứ tự ghi trong gói",
        "Send it to the province and sequence it names",
    ),
    text(
        "package.sequence_used",
        "Số thứ tự này đã có gói khác",
        "This sequence number belongs to another package",
        "Dùng số thứ tự tiếp theo",
        "Use the next sequence number",
    ),
    text(
        "package.sequence_gap",
        "Thiếu gói đứng trước",
        "An earlier package is missing",
        "Gửi các gói theo thứ tự",
        "Deliver the packages in order",
    ),
    text(
        "package.previous_digest",
        "Gói không nối tiếp gói trước",
        "The package does not follow the one before it",
        "Ghi đúng giá trị băm của bản kê trước",
        "Name the digest of the previous manifest",
    ),
];
