// What each page must say, as the public reads it. Changing a heading means changing it here on purpose.

export const HEADINGS = {
  vi: {
    home: "Tra cứu học bạ số",
    bad_code: "Mã tra cứu không đúng định dạng",
    valid: "Mã học bạ có hiệu lực – chưa đối chiếu nội dung",
    content: "Học bạ hợp lệ",
    not_in_force: "Học bạ chưa đến ngày có hiệu lực",
    partly_withdrawn: "Học bạ có năm học đã bị thu hồi",
    withdrawn: "Học bạ đã bị thu hồi",
    erased: "Nội dung học bạ đã được xóa theo quyết định",
    suspended: "Học bạ đang được rà soát",
    unknown: "Không tìm thấy học bạ",
    no_page: "Không có trang này",
  },
  en: {
    home: "Look up a school transcript",
    bad_code: "This is not a valid lookup code",
    valid: "The code is in force – content not yet compared",
    content: "The transcript is valid",
    not_in_force: "The transcript is not in force yet",
    partly_withdrawn: "Some years of this transcript were withdrawn",
    withdrawn: "The transcript was withdrawn",
    erased: "The content was erased by official order",
    suspended: "The transcript is under review",
    unknown: "No transcript found",
    no_page: "There is no such page",
  },
};

/** A code that no transcript has. */
export const NOBODY = "00000000000040008000000000000000";
