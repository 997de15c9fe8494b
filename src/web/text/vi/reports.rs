//! Báo sai sót.

use crate::reports::{About, State};
use crate::web::text::Notice;
use crate::web::text::reports::Reports;

pub(super) const REPORTS: Reports = Reports {
    title: "Báo sai sót",
    lead: "Báo sai sót được chuyển đến cơ sở giáo dục đã phát hành học bạ và Sở Giáo dục và Đào tạo. Bạn nhận một mã để xem kết quả.",
    who_corrects: "Cổng không tự sửa học bạ. Nếu có sai sót, cơ sở giáo dục thu hồi hoặc thay thế theo quy định, và kết quả tra cứu sẽ cho thấy điều đó.",
    about: "Sai sót về",
    about_name: |about| match about {
        About::Person => "Họ tên, giới tính hoặc ngày sinh",
        About::Results => "Điểm, kết quả học tập, rèn luyện",
        About::Comments => "Nhận xét",
        About::School => "Trường, lớp hoặc giáo viên",
        About::Years => "Thiếu hoặc thừa năm học",
        About::Status => "Tình trạng hiệu lực",
        About::Other => "Việc khác",
    },
    choose: "Chọn một mục",
    year: "Năm học",
    any_year: "Không riêng năm học nào",
    text: "Nội dung sai sót",
    text_hint: "Ghi rõ điều đang hiển thị và điều đúng. Tối đa 2.000 ký tự. Không cần ghi số định danh cá nhân.",
    contact: "Thư điện tử hoặc số điện thoại (không bắt buộc)",
    contact_hint: "Chỉ dùng để trả lời báo sai sót này.",
    submit: "Gửi",
    privacy: |days| {
        format!(
            "Nội dung được lưu ở dạng mã hóa, chỉ cơ quan giải quyết xem được, mỗi lần xem đều được ghi nhận, và bị xóa sau {days} ngày."
        )
    },
    fault_title: "Chưa gửi được",
    fault_about: "Hãy chọn sai sót về điều gì.",
    fault_empty: "Hãy ghi nội dung sai sót.",
    fault_long: "Nội dung dài quá 2.000 ký tự.",
    fault_characters: "Nội dung có ký tự không nhận được, ví dụ ký tự điều khiển ẩn. Hãy gõ lại đoạn đó.",
    fault_contact: "Đây không phải là thư điện tử hay số điện thoại. Hãy sửa lại hoặc để trống.",
    fault_year: "Học bạ không có năm học này.",
    filed: "Đã nhận báo sai sót",
    filed_again: "Báo sai sót này đã được nhận từ trước; không có báo mới nào được tạo.",
    number: "Số tiếp nhận",
    ticket: "Mã theo dõi",
    keep: "Hãy ghi lại hoặc chụp mã theo dõi. Cổng không lưu mã và không hiển thị lại; ai có mã đều xem được tình trạng và câu trả lời.",
    sent_to: |province| format!("Chuyển đến cơ sở giáo dục đã phát hành học bạ và Sở Giáo dục và Đào tạo {province}."),
    see_state: "Xem tình trạng báo sai sót",
    state_title: "Tình trạng báo sai sót",
    state_hint: "Nhập mã theo dõi gồm 20 ký tự, ví dụ 7K2M-9QXR-04TB-VN5H-C8DE",
    state_submit: "Xem tình trạng",
    fault_ticket: "Mã theo dõi gồm 20 chữ số và chữ cái, chia thành năm nhóm.",
    no_ticket: Notice {
        title: "Không tìm thấy báo sai sót",
        body: "Không có báo sai sót nào ứng với mã vừa nhập. Hãy kiểm tra lại từng nhóm; báo sai sót đã hết thời hạn lưu thì bị xóa.",
    },
    state: "Tình trạng",
    state_name: |state| match state {
        State::Received => "Đã nhận",
        State::Forwarded => "Đã chuyển",
        State::Answered => "Đã trả lời",
        State::Closed => "Đã kết thúc",
    },
    state_means: |state| match state {
        State::Received => "Cổng đã nhận và sẽ chuyển đến cơ quan giải quyết.",
        State::Forwarded => "Cơ sở giáo dục hoặc Sở Giáo dục và Đào tạo đang xem xét.",
        State::Answered => "Cơ quan giải quyết đã trả lời.",
        State::Closed => "Việc giải quyết đã kết thúc.",
    },
    filed_at: "Nhận lúc",
    history: "Quá trình giải quyết",
    answer: "Trả lời",
    no_answer: "Chưa có câu trả lời.",
    too_many: Notice {
        title: "Học bạ này đã có nhiều báo sai sót",
        body: "Trong 30 ngày qua học bạ này đã có đủ số báo sai sót được nhận. Hãy theo dõi báo đã gửi, hoặc liên hệ cơ sở giáo dục đã phát hành học bạ.",
    },
    full: Notice {
        title: "Hôm nay cổng không nhận thêm báo sai sót",
        body: "Hãy gửi lại vào ngày mai, hoặc liên hệ cơ sở giáo dục đã phát hành học bạ.",
    },
    unavailable: Notice {
        title: "Chưa nhận được báo sai sót",
        body: "Hệ thống đang bận nên chưa lưu được nội dung. Nội dung vừa nhập còn ở dưới đây; vui lòng gửi lại sau ít phút.",
    },
    back: "Về kết quả tra cứu",
};
