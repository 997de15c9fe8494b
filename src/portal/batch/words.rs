//! What a result says, in the words of a clerk; the same in Vietnamese and English.

use serde::{Deserialize, Serialize};

use super::outcome::{Compared, Conclusion, FileResult, Outcome, Year};
use crate::batch::row::CellFault;
use crate::portal::answer::{SheetVerdict, Verdict};

/// The language of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tongue {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

impl Tongue {
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Vi => &VI,
            Self::En => &EN,
        }
    }
}

/// Everything results say.
pub(super) struct Words {
    /// Titles of our columns.
    pub(super) columns: [&'static str; 11],
    /// What a row comes to.
    pub(super) conclusion: fn(Conclusion) -> &'static str,
    /// The public verdict.
    pub(super) verdict: fn(Verdict) -> &'static str,
    /// What came of comparing; nothing where nothing was given.
    pub(super) compared: fn(Compared) -> &'static str,
    /// Why, in a sentence or some.
    pub(super) reason: fn(&Outcome) -> String,
}

const VI: Words = Words {
    columns: [
        "KQ: Dòng",
        "KQ: Mã tra cứu",
        "KQ: Kết luận",
        "KQ: Tình trạng học bạ",
        "KQ: Họ và tên",
        "KQ: Ngày sinh",
        "KQ: Trường",
        "KQ: Năm học",
        "KQ: Lớp",
        "KQ: Giải thích",
        "KQ: Kiểm tra lúc",
    ],
    conclusion: |conclusion| match conclusion {
        Conclusion::Matches => "Khớp",
        Conclusion::InForce => "Có hiệu lực, chưa đối chiếu",
        Conclusion::Look => "Cần xem lại",
        Conclusion::Differs => "Khác với hồ sơ",
        Conclusion::NotInForce => "Không còn hoặc chưa có hiệu lực",
        Conclusion::Altered => "Bản mềm bị sửa",
        Conclusion::Unknown => "Không có học bạ với mã này",
        Conclusion::Unchecked => "Chưa kiểm tra được",
        Conclusion::Unread => "Không đọc được mã",
    },
    verdict: |verdict| match verdict {
        Verdict::Valid => "Có hiệu lực",
        Verdict::NotInForce => "Chưa có hiệu lực",
        Verdict::PartlyWithdrawn => "Một số năm học bị thu hồi",
        Verdict::Withdrawn => "Đã bị thu hồi",
        Verdict::Erased => "Đã được xóa theo quy định",
        Verdict::Suspended => "Đang được rà soát",
        Verdict::Unknown => "Không tìm thấy",
        Verdict::Unchecked => "Chưa kiểm tra được",
    },
    compared: |compared| match compared {
        Compared::NotGiven => "",
        Compared::Matches => "khớp",
        Compared::Near => "gần khớp",
        Compared::Differs => "khác",
        Compared::NotRead(_) => "không đọc được",
        Compared::NotGranted => "ngoài phạm vi",
        Compared::NotOnRecord => "hồ sơ không có",
        Compared::NotChecked => "chưa kiểm tra được",
    },
    reason: |outcome| Reason { outcome, said: Vec::new(), speak: &REASONS_VI }.whole(),
};

const EN: Words = Words {
    columns: [
        "Result: row",
        "Result: lookup code",
        "Result: conclusion",
        "Result: transcript",
        "Result: full name",
        "Result: birth date",
        "Result: school",
        "Result: school year",
        "Result: class",
        "Result: explanation",
        "Result: checked at",
    ],
    conclusion: |conclusion| match conclusion {
        Conclusion::Matches => "Matches",
        Conclusion::InForce => "In force, not compared",
        Conclusion::Look => "Look again",
        Conclusion::Differs => "Differs from the record",
        Conclusion::NotInForce => "Not in force, or not yet",
        Conclusion::Altered => "Soft copy was altered",
        Conclusion::Unknown => "No transcript with this code",
        Conclusion::Unchecked => "Could not be checked",
        Conclusion::Unread => "No code could be read",
    },
    verdict: |verdict| match verdict {
        Verdict::Valid => "In force",
        Verdict::NotInForce => "Not yet in force",
        Verdict::PartlyWithdrawn => "Some school years withdrawn",
        Verdict::Withdrawn => "Withdrawn",
        Verdict::Erased => "Erased by lawful order",
        Verdict::Suspended => "Under review",
        Verdict::Unknown => "Not found",
        Verdict::Unchecked => "Could not be checked",
    },
    compared: |compared| match compared {
        Compared::NotGiven => "",
        Compared::Matches => "matches",
        Compared::Near => "nearly matches",
        Compared::Differs => "differs",
        Compared::NotRead(_) => "could not be read",
        Compared::NotGranted => "outside the grant",
        Compared::NotOnRecord => "not on record",
        Compared::NotChecked => "could not be checked",
    },
    reason: |outcome| Reason { outcome, said: Vec::new(), speak: &REASONS_EN }.whole(),
};

/// Sentences of a reason.
struct Reasons {
    fields: [&'static str; 5],
    differs: fn(&str) -> String,
    near: fn(&str) -> String,
    not_granted: fn(&str) -> String,
    not_on_record: fn(&str) -> String,
    not_checked: fn(&str) -> String,
    not_read: fn(&str, CellFault) -> String,
    unread: fn(CellFault) -> &'static str,
    same_as: fn(u32) -> String,
    year: fn(&Year) -> String,
    unknown: &'static str,
    unchecked: &'static str,
    file: fn(FileResult) -> &'static str,
}

struct Reason<'a> {
    outcome: &'a Outcome,
    said: Vec<String>,
    speak: &'static Reasons,
}

impl Reason<'_> {
    fn whole(mut self) -> String {
        let (outcome, speak) = (self.outcome, self.speak);
        if let Some(file) = outcome.file {
            self.say((speak.file)(file).to_owned());
        }
        if let Some(fault) = outcome.unread.filter(|_| outcome.file.is_none()) {
            self.say((speak.unread)(fault).to_owned());
        }
        match outcome.verdict {
            Some(Verdict::Unknown) => self.say(speak.unknown.to_owned()),
            Some(Verdict::Unchecked) => self.say(speak.unchecked.to_owned()),
            // What was replaced by a sheet in force says nothing against the transcript.
            Some(Verdict::Valid) | None => {}
            Some(_) => outcome.years.iter().for_each(|year| self.said.push((speak.year)(year))),
        }
        let on_record = !matches!(outcome.verdict, Some(Verdict::Unknown | Verdict::Unchecked));
        for (name, field) in speak.fields.into_iter().zip(outcome.fields.all()) {
            match field {
                Compared::NotGiven | Compared::Matches => {}
                Compared::NotRead(fault) => self.say((speak.not_read)(name, fault)),
                Compared::Differs => self.say((speak.differs)(name)),
                Compared::Near => self.say((speak.near)(name)),
                Compared::NotGranted => self.say((speak.not_granted)(name)),
                Compared::NotOnRecord if on_record => self.say((speak.not_on_record)(name)),
                Compared::NotChecked if on_record => self.say((speak.not_checked)(name)),
                Compared::NotOnRecord | Compared::NotChecked => {}
            }
        }
        if let Some(row) = outcome.same_as {
            self.say((speak.same_as)(row));
        }
        self.said.join(" ")
    }

    fn say(&mut self, sentence: String) {
        if !sentence.is_empty() {
            self.said.push(sentence);
        }
    }
}

const REASONS_VI: Reasons = Reasons {
    fields: ["Họ và tên", "Ngày sinh", "Trường", "Năm học", "Lớp"],
    differs: |field| format!("{field} khác với hồ sơ."),
    near: |field| format!("{field} gần giống, hãy xem lại từng chữ."),
    not_granted: |field| format!("{field}: ngoài phạm vi đơn vị được xem, không đối chiếu."),
    not_on_record: |field| format!("{field}: hồ sơ không có để đối chiếu."),
    not_checked: |field| format!("{field}: tạm thời chưa đối chiếu được, hãy thử lại."),
    not_read: |field, fault| format!("{field}: {}", fault_vi(fault)),
    unread: fault_vi,
    same_as: |row| format!("Trùng mã với dòng {row}."),
    year: |year| {
        let what = match year.verdict {
            SheetVerdict::Withdrawn => "bị thu hồi",
            SheetVerdict::Replaced => "đã được thay thế",
            SheetVerdict::Suspended => "đang được rà soát",
            SheetVerdict::NotInForce => "chưa có hiệu lực, chỉ có hiệu lực",
            SheetVerdict::Erased => "đã được xóa",
            SheetVerdict::Unchecked => "chưa kiểm tra được",
            SheetVerdict::Valid => "có hiệu lực",
        };
        let since = year.since.map(|day| format!(" từ {}", day.to_vietnamese())).unwrap_or_default();
        format!("Năm học {} {what}{since}.", year.school_year)
    },
    unknown: "Cổng không có học bạ nào với mã này; hãy xem lại mã.",
    unchecked: "Tạm thời chưa kiểm tra được; không có nghĩa là học bạ không hợp lệ. Hãy thử lại.",
    file: |file| match file {
        FileResult::GenuineCurrent => "Bản mềm do cổng cấp, nguyên vẹn và đúng với hồ sơ hiện nay.",
        FileResult::GenuineOlder => "Bản mềm do cổng cấp, nguyên vẹn; hồ sơ đã thay đổi từ đó.",
        FileResult::Unchecked => "Bản mềm do cổng cấp, nguyên vẹn; tạm thời chưa kiểm tra được hồ sơ hiện nay.",
        FileResult::Altered => "Tệp mang chữ ký của cổng nhưng đã bị sửa.",
        FileResult::CodeOnly => "Không phải bản mềm do cổng cấp; chỉ đọc được mã tra cứu.",
        FileResult::NotIssuedHere => "Không phải bản mềm do cổng cấp và không đọc được mã tra cứu nào.",
        FileResult::TooLong => "Tệp quá lớn hoặc bị hỏng.",
    },
};

fn fault_vi(fault: CellFault) -> &'static str {
    match fault {
        CellFault::NoCode => "không có mã tra cứu.",
        CellFault::NotACode => "không phải một mã tra cứu 32 ký tự.",
        CellFault::CodeBecameNumber => {
            "bảng tính đã đổi mã thành số và làm mất chữ số; hãy định dạng cột mã là Văn bản rồi nhập lại."
        }
        CellFault::Merged => "ô bị gộp với dòng khác, không biết của ai; hãy bỏ gộp ô.",
        CellFault::Formula => "công thức trong ô bị lỗi.",
        CellFault::TooLong => "nội dung quá dài; có thể thiếu một dấu ngoặc kép.",
        CellFault::NotADate => "không phải ngày; hãy ghi ngày/tháng/năm, ví dụ 05/09/2014.",
        CellFault::ShortYear => "năm chỉ có hai chữ số; hãy ghi đủ bốn chữ số.",
        CellFault::EitherOrder => {
            "không rõ đâu là ngày, đâu là tháng vì cột có cả hai cách ghi; hãy ghi năm-tháng-ngày, ví dụ 2014-09-05."
        }
        CellFault::NotASchoolYear => "không phải năm học; hãy ghi như 2025-2026.",
        CellFault::LostLetters => "có chữ bị mất khi lưu tệp (dấu ?); hãy lưu lại dạng CSV UTF-8 hoặc .xlsx.",
    }
}

const REASONS_EN: Reasons = Reasons {
    fields: ["Full name", "Birth date", "School", "School year", "Class"],
    differs: |field| format!("{field} differs from the record."),
    near: |field| format!("{field} is nearly the same: look at each letter."),
    not_granted: |field| format!("{field}: outside what the office may see, not compared."),
    not_on_record: |field| format!("{field}: nothing on record to compare with."),
    not_checked: |field| format!("{field}: could not be compared just now, try again."),
    not_read: |field, fault| format!("{field}: {}", fault_en(fault)),
    unread: fault_en,
    same_as: |row| format!("The same code as row {row}."),
    year: |year| {
        let what = match year.verdict {
            SheetVerdict::Withdrawn => "withdrawn",
            SheetVerdict::Replaced => "replaced",
            SheetVerdict::Suspended => "under review",
            SheetVerdict::NotInForce => "not yet in force: only",
            SheetVerdict::Erased => "erased",
            SheetVerdict::Unchecked => "could not be checked",
            SheetVerdict::Valid => "in force",
        };
        let since = year.since.map(|day| format!(" from {}", day.to_vietnamese())).unwrap_or_default();
        format!("School year {} {what}{since}.", year.school_year)
    },
    unknown: "The portal has no transcript with this code; check the code.",
    unchecked: "Could not be checked just now; that does not mean the transcript is not valid. Try again.",
    file: |file| match file {
        FileResult::GenuineCurrent => "A soft copy of this portal, unaltered and as the record is now.",
        FileResult::GenuineOlder => "A soft copy of this portal, unaltered; the record has changed since.",
        FileResult::Unchecked => "A soft copy of this portal, unaltered; the record could not be checked just now.",
        FileResult::Altered => "The file bears the portal's signature and was altered.",
        FileResult::CodeOnly => "Not a soft copy of this portal; only a lookup code was read from it.",
        FileResult::NotIssuedHere => "Not a soft copy of this portal, and no lookup code could be read.",
        FileResult::TooLong => "The file is too large, or damaged.",
    },
};

fn fault_en(fault: CellFault) -> &'static str {
    match fault {
        CellFault::NoCode => "no lookup code.",
        CellFault::NotACode => "not a lookup code of 32 characters.",
        CellFault::CodeBecameNumber => {
            "the spreadsheet made a number of the code and lost digits: format the column as Text and enter it again."
        }
        CellFault::Merged => "the cell is merged with those of other rows, so whose it is cannot be told: unmerge it.",
        CellFault::Formula => "the formula in the cell failed.",
        CellFault::TooLong => "too long; a quotation mark may be missing.",
        CellFault::NotADate => "not a date: write day/month/year, for example 05/09/2014.",
        CellFault::ShortYear => "the year has two digits only: write all four.",
        CellFault::EitherOrder => {
            "day and month could stand in either order, and the column holds both: write 2014-09-05."
        }
        CellFault::NotASchoolYear => "not a school year: write it as 2025-2026.",
        CellFault::LostLetters => "letters were lost when the file was saved (?): save it as CSV UTF-8 or .xlsx.",
    }
}
