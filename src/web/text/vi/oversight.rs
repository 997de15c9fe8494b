//! Ai đã xem gì.

use crate::journal::{
    AppAction, BatchAction, ConsentFor, Entry, MemberAction, MemberChanged, OfficeAction, Outcome, ReportAction,
    SearchedBy,
};
use crate::portal::oversight::{How, LineKind, What};
use crate::transcript::GroupSet;
use crate::web::text::Notice;
use crate::web::text::oversight::{Looks, Oversight};

use super::VI;

pub(super) const OVERSIGHT: Oversight = Oversight {
    title: "Nhật ký tra cứu",
    lead: "Những gì các đơn vị và người vận hành cổng đã tìm, mở và kiểm tra. Học bạ chỉ hiện dưới dạng mã băm có khóa, mỗi tháng một khác; từ nhật ký không biết được học bạ của ai.",
    alerts: "Điều cần chú ý",
    alerts_lead: |days| {
        format!(
            "Trong {days} ngày qua. Đây là dấu hiệu để hỏi lại đơn vị, không phải kết luận; ngưỡng do người vận hành đặt."
        )
    },
    no_alerts: "Không có gì vượt ngưỡng.",
    not_whole: "Hệ thống đang đọc lại nhật ký sau khi khởi động; danh sách này chưa đủ.",
    damaged: Notice {
        title: "Nhật ký có chỗ hỏng",
        body: "Có dòng không đúng với những gì đã ghi. Danh sách có thể thiếu. Hãy báo ngay cho người vận hành cổng.",
    },
    alert: |what, count| match what {
        What::Often => format!("{count} lần tìm và mở trong một giờ"),
        What::Widely => format!("Xem {count} học bạ khác nhau trong ngày"),
        What::InVain => format!("{count} lần tìm hoặc mở không có kết quả trong ngày"),
        What::Rows => format!("Kiểm tra hàng loạt {count} dòng trong ngày"),
        What::Operator => format!("Người vận hành cổng xem {count} lần trong ngày, trong giờ làm việc"),
        What::OperatorAtNight => format!("Người vận hành cổng xem {count} lần trong ngày, ngoài giờ làm việc"),
    },
    between: |from, to| format!("từ {from} đến {to}"),
    see: "Xem các dòng",
    see_of: |who| format!("Xem các dòng của {who}"),
    more_alerts: |n| format!("{n} mục khác"),
    lines: "Các dòng nhật ký",
    narrow: "Lọc",
    office: "Đơn vị",
    account: "Tài khoản",
    account_hint: "Ví dụ lan.nguyen@dhqg-hn",
    kind: "Loại việc",
    kinds: |kind| match kind {
        LineKind::Searches => "Tìm học bạ",
        LineKind::Opened => "Mở học bạ",
        LineKind::Batches => "Kiểm tra hàng loạt",
        LineKind::InBatches => "Từng học bạ trong các lô",
        LineKind::Operators => "Người vận hành cổng",
        LineKind::SignIns => "Đăng nhập, đăng xuất",
        LineKind::Apps => "Ứng dụng",
        LineKind::Changes => "Thay đổi quyền và tài khoản",
    },
    any: "Tất cả",
    from: "Từ ngày",
    to: "Đến hết ngày",
    show: "Lọc",
    reset: "Bỏ lọc",
    when: "Lúc",
    who: "Ai",
    what: "Việc",
    purpose: "Mục đích, lý do",
    about: "Mã băm",
    and_more: |n| format!("và {n} mã nữa"),
    operator: "Người vận hành cổng",
    nobody: "Hệ thống",
    says,
    none: "Không có dòng nào.",
    read_to: |moment| format!("Đã đọc đến {moment}."),
    read_all: "Đã đọc hết.",
    older: "Xem các dòng cũ hơn",
    fault: "Chưa lọc được",
    fault_office: "Tên ngắn của đơn vị chưa đúng, ví dụ dhqg-hn.",
    fault_account: "Tài khoản chưa đúng, ví dụ lan.nguyen@dhqg-hn.",
    fault_day: "Ngày chưa đúng.",
    state: "Tính toàn vẹn của nhật ký",
    state_lead: "Mỗi dòng mang mã băm của dòng trước. Mốc ghi vào sổ công khai cho thấy nhật ký không bị cắt bớt hay viết lại; lệnh hocba audit kiểm tra lại toàn bộ.",
    size: "Số dòng",
    head: "Mã băm của dòng cuối",
    anchored: "Mốc gần nhất trong sổ công khai",
    anchored_at: |lines, entry, moment| format!("{lines} dòng, tại mục {entry} của sổ, lúc {moment}"),
    not_anchored: "Chưa có mốc nào.",
};

pub(super) const LOOKS: Looks = Looks {
    title: "Những cơ quan đã xem",
    lead: |day| {
        format!(
            "Các đơn vị được cấp quyền, và ứng dụng được đồng ý, đã xem hoặc kiểm tra học bạ này, kể từ {day}; mới nhất trước. Không gồm những người có mã và ngày sinh hoặc mã QR."
        )
    },
    none: "Chưa có cơ quan nào xem học bạ này.",
    not_whole: "Danh sách đang được lập lại nên có thể chưa đủ. Hãy xem lại sau ít phút.",
    purpose: "Mục đích",
    operator: "Đơn vị vận hành cổng tra cứu",
    operator_purpose: "Theo yêu cầu công việc; lý do được giữ trong nhật ký",
    how: |how| match how {
        How::Checked => "Kiểm tra mã trong danh sách",
        How::Found => "Hiện trong kết quả tìm",
        How::Opened => "Mở hoặc đối chiếu nội dung",
    },
    hour: |hour, day| format!("khoảng {hour} giờ ngày {day}"),
    more: "Còn những lần xem cũ hơn không hiện ở đây.",
    wrong: "Nếu có cơ quan không liên quan đến bạn, hãy liên hệ cơ quan chủ quản ở cuối trang.",
};

fn groups(groups: GroupSet) -> String {
    groups.iter().map(|group| (VI.transcript.group)(group)).collect::<Vec<_>>().join(", ")
}

fn account(changed: &MemberChanged) -> String {
    let what = match changed.action {
        MemberAction::Added => "Mời",
        MemberAction::Enrolled => "Kích hoạt",
        MemberAction::Linked => "Liên kết với nhà cung cấp",
        MemberAction::RoleSet => "Đổi vai trò",
        MemberAction::PasswordChanged => "Đổi mật khẩu",
        MemberAction::Reset => "Đặt lại",
        MemberAction::Disabled => "Khóa",
        MemberAction::Readmitted => "Mở lại",
    };
    format!("{what} tài khoản {}", changed.account)
}

fn says(entry: &Entry) -> String {
    match entry {
        Entry::Disclosure(seen) if seen.outcome == Outcome::Refused => "Xin mở học bạ, không được mở".to_owned(),
        Entry::Disclosure(seen) => format!("Mở học bạ: {}", groups(seen.groups)),
        Entry::Report(report) => {
            let what = match report.action {
                ReportAction::Filed => "Nhận",
                ReportAction::Read => "Đọc",
                ReportAction::Exported => "Xuất",
                ReportAction::Forwarded => "Chuyển",
                ReportAction::Answered => "Trả lời",
                ReportAction::Closed => "Đóng",
            };
            format!("{what} {} báo sai sót", report.reports.len())
        }
        Entry::CopyIssued(_) => "Cấp bản sao học bạ".to_owned(),
        Entry::CopyVoided(_) => "Vô hiệu bản sao học bạ".to_owned(),
        Entry::OfficeChanged(changed) => {
            let what = match changed.action {
                OfficeAction::Created => "Tạo đơn vị và cấp quyền",
                OfficeAction::Granted => "Cấp quyền khác",
                OfficeAction::Renewed => "Đổi thời hạn",
                OfficeAction::Ended => "Thu hồi quyền",
            };
            format!("{what}: {}. {}", changed.office, changed.grant)
        }
        Entry::MemberChanged(changed) => account(changed),
        Entry::AppChanged(changed) => {
            let what = match changed.action {
                AppAction::Registered => "Đăng kí ứng dụng",
                AppAction::Permitted => "Đổi phạm vi của ứng dụng",
                AppAction::Renewed => "Đổi thời hạn của ứng dụng",
                AppAction::KeyAdded => "Thêm khóa cho ứng dụng",
                AppAction::KeyRemoved => "Bỏ một khóa của ứng dụng",
                AppAction::Ended => "Chấm dứt ứng dụng",
            };
            format!("{what} {}. {}", changed.app, changed.registration)
        }
        Entry::ConsentUsed(used) => match used.asked {
            ConsentFor::Transcripts => {
                format!("Ứng dụng {}, theo sự đồng ý: xin xem học bạ ({})", used.partner, groups(used.groups))
            }
            ConsentFor::Changes => format!("Ứng dụng {}, theo sự đồng ý: hỏi những thay đổi", used.partner),
        },
        Entry::SignedIn(_) => "Đăng nhập".to_owned(),
        Entry::SignInRefused(refused) => {
            format!("{} lần đăng nhập không thành công, kể từ {}", refused.count, (VI.moment)(refused.since))
        }
        Entry::SignedOut(_) => "Đăng xuất".to_owned(),
        Entry::ChangesNoted(noted) => {
            format!("Ghi nhận các thay đổi của học bạ đã xem, đến mục {} của sổ", (VI.number)(noted.position))
        }
        Entry::SearchMade(search) => match search.by {
            SearchedBy::Name => "Tìm theo họ tên và ngày sinh".to_owned(),
            SearchedBy::Number => "Tìm theo số định danh".to_owned(),
        },
        Entry::SearchFound(found) => {
            let shown = match found.transcripts.len() {
                0 => "Kết quả tìm: không có học bạ nào".to_owned(),
                n => format!("Kết quả tìm: hiện {n} học bạ"),
            };
            match found.unchecked {
                0 => shown,
                n => format!("{shown}, {n} học bạ chưa kiểm tra được"),
            }
        }
        Entry::BatchChanged(changed) => {
            let what = match changed.action {
                BatchAction::Begun => "Bắt đầu",
                BatchAction::Finished => "Xong",
                BatchAction::Cancelled => "Dừng theo yêu cầu",
                BatchAction::Stopped => "Dừng giữa chừng",
                BatchAction::Taken => "Tải kết quả",
                BatchAction::Deleted => "Xóa",
            };
            format!("{what}: lô {} của {}, {} dòng", changed.batch, changed.office, (VI.number)(changed.rows))
        }
        Entry::BatchRows(rows) => format!("Tra cứu {} mã trong lô {}", rows.transcripts.len(), rows.batch),
    }
}
