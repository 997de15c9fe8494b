//! Comments of teachers, homeroom teachers and heads: a small grammar over many fragments, so that
//! texts vary, compress like real ones and read as a teacher would write them.

use super::dice::Dice;

/// How well it went; every fragment table has one row per band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Band {
    /// 8.5 and above, or the best of a scale.
    Excellent,
    /// 6.5 and above.
    Good,
    /// 5.0 and above.
    Fair,
    /// Below.
    Weak,
}

impl Band {
    /// The band of a mark in tenths.
    pub(super) fn of_tenths(tenths: u8) -> Self {
        match tenths {
            85.. => Self::Excellent,
            65..=84 => Self::Good,
            50..=64 => Self::Fair,
            _ => Self::Weak,
        }
    }

    const fn row(self) -> usize {
        self as usize
    }
}

const LEADS: [&[&str]; 4] = [
    &[
        "Nắm rất vững phần",
        "Hiểu sâu, vận dụng linh hoạt nội dung",
        "Thành thạo ở phần",
        "Làm chủ tốt nội dung",
        "Có năng lực nổi bật ở phần",
        "Vận dụng sáng tạo nội dung",
        "Tiếp thu nhanh, nắm chắc phần",
        "Thể hiện rất tốt ở nội dung",
    ],
    &[
        "Nắm vững phần",
        "Hiểu và vận dụng khá tốt nội dung",
        "Khá thành thạo ở phần",
        "Có tiến bộ rõ ở nội dung",
        "Nắm chắc nội dung",
        "Trình bày mạch lạc phần",
        "Vận dụng đúng nội dung",
        "Đã chủ động tìm hiểu phần",
    ],
    &[
        "Nắm được nội dung",
        "Hiểu những nét cơ bản của phần",
        "Bước đầu vận dụng được nội dung",
        "Biết cách tiếp cận phần",
        "Hoàn thành yêu cầu cơ bản ở nội dung",
        "Đã có cố gắng ở phần",
        "Nhận biết được nội dung",
        "Làm được bài cơ bản ở phần",
    ],
    &[
        "Còn lúng túng ở phần",
        "Chưa nắm chắc nội dung",
        "Còn hạn chế ở phần",
        "Chưa theo kịp nội dung",
        "Còn nhầm lẫn ở phần",
        "Cần được hỗ trợ thêm ở nội dung",
        "Chưa hoàn thành phần",
        "Còn nhiều lỗ hổng ở nội dung",
    ],
];

const HABITS: [&[&str]; 4] = [
    &[
        "tích cực phát biểu xây dựng bài",
        "luôn chuẩn bị bài chu đáo",
        "biết giúp bạn cùng tiến bộ",
        "tư duy mạch lạc, lập luận chặt chẽ",
        "có tinh thần tự học cao",
        "trình bày sạch đẹp, khoa học",
        "đặt được những câu hỏi hay",
        "chủ động trong hoạt động nhóm",
    ],
    &[
        "chăm chú nghe giảng",
        "hoàn thành đầy đủ bài tập",
        "có ý thức tự giác",
        "hợp tác tốt với bạn",
        "ghi chép cẩn thận",
        "tiến bộ đều qua hai học kì",
        "mạnh dạn trao đổi ý kiến",
        "biết tự sửa lỗi sai",
    ],
    &[
        "có ý thức học tập",
        "đôi lúc còn thiếu tập trung",
        "làm bài còn chậm",
        "cần mạnh dạn hơn trong giờ học",
        "chưa đều giữa hai học kì",
        "biết lắng nghe góp ý",
        "còn ngại phát biểu",
        "cần cẩn thận hơn khi làm bài",
    ],
    &[
        "chưa tập trung trong giờ học",
        "còn quên bài tập về nhà",
        "thiếu tự tin khi trình bày",
        "kiến thức nền chưa vững",
        "chưa có phương pháp học phù hợp",
        "nghỉ học nhiều nên hổng bài",
        "cần gia đình nhắc nhở thêm",
        "chưa chủ động hỏi khi không hiểu",
    ],
];

/// `@` stands for a second topic of the subject.
const ADVICE: [&[&str]; 4] = [
    &[
        "Tiếp tục phát huy.",
        "Nên thử sức với bài nâng cao ở phần @.",
        "Có thể tham gia bồi dưỡng học sinh giỏi.",
        "Nên đọc thêm tài liệu ở phần @.",
        "Rất đáng khen.",
        "Cần giữ vững phong độ ở năm học tới.",
        "Thế mạnh nổi trội là phần @.",
    ],
    &[
        "Cần luyện thêm phần @.",
        "Nên tự đặt mục tiêu cao hơn.",
        "Phát huy ưu điểm ở phần @.",
        "Chú ý hơn đến phần @ để đạt kết quả tốt hơn.",
        "Tiếp tục giữ nền nếp học tập.",
        "Có thể tiến xa hơn nếu kiên trì.",
        "Cần rèn thêm kĩ năng trình bày.",
    ],
    &[
        "Cần ôn lại phần @.",
        "Nên luyện tập phần @ thường xuyên.",
        "Cần dành thêm thời gian cho phần @.",
        "Cố gắng hỏi thầy cô và bạn khi chưa hiểu.",
        "Cần lập thời gian biểu học ở nhà.",
        "Chú ý sửa các lỗi ở phần @.",
        "Cần cố gắng nhiều hơn ở học kì tới.",
    ],
    &[
        "Cần ôn tập lại từ đầu phần @.",
        "Cần tham gia lớp phụ đạo.",
        "Cần phối hợp với gia đình để củng cố phần @.",
        "Phải hoàn thành bài tập phần @ trong hè.",
        "Cần đi học đều và làm bài đầy đủ.",
        "Giáo viên sẽ hỗ trợ thêm phần @.",
    ],
];

const LITERATURE: &[&str] = &[
    "cách phân tích nhân vật trong truyện ngắn",
    "đọc hiểu văn bản nghị luận",
    "viết đoạn văn nghị luận xã hội",
    "cảm thụ thơ trữ tình",
    "biện pháp tu từ",
    "cách lập dàn ý và liên kết đoạn",
    "kĩ năng nói và nghe",
    "thực hành tiếng Việt",
    "văn bản thông tin",
    "cách dùng dẫn chứng",
    "chính tả và dùng từ",
    "thể loại kí và tản văn",
];
const VIETNAMESE: &[&str] = &[
    "đọc trôi chảy và ngắt nghỉ đúng",
    "viết đúng chính tả",
    "kể lại câu chuyện đã nghe",
    "đặt câu theo mẫu",
    "viết đoạn văn tả cảnh",
    "vốn từ theo chủ điểm",
    "viết chữ đúng cỡ, đều nét",
    "tả con vật và đồ vật",
    "đọc hiểu bài văn ngắn",
    "nói thành câu trước lớp",
    "phân biệt dấu hỏi và dấu ngã",
    "viết thư và lời cảm ơn",
];
const MATHS: &[&str] = &[
    "biến đổi biểu thức đại số",
    "giải phương trình và hệ phương trình",
    "chứng minh hình học phẳng",
    "hàm số và đồ thị",
    "thống kê và xác suất",
    "tính toán với số hữu tỉ",
    "bài toán thực tế lãi suất và đo đạc",
    "hình học không gian",
    "tỉ lệ thức và phần trăm",
    "lập luận và trình bày lời giải",
    "lượng giác",
    "ước lượng và kiểm tra kết quả",
];
const PRIMARY_MATHS: &[&str] = &[
    "cộng, trừ có nhớ",
    "bảng nhân và bảng chia",
    "giải bài toán có lời văn",
    "đo độ dài và khối lượng",
    "nhận dạng hình phẳng và hình khối",
    "tính chu vi, diện tích",
    "so sánh phân số",
    "xem đồng hồ và tính thời gian",
    "đặt tính rồi tính",
    "dãy số và quy luật",
    "số thập phân",
    "biểu đồ đơn giản",
];
const ENGLISH: &[&str] = &[
    "nghe hiểu hội thoại ngắn",
    "phát âm và trọng âm",
    "thì của động từ",
    "viết đoạn văn theo chủ đề",
    "từ vựng về gia đình và trường học",
    "giao tiếp theo cặp",
    "đọc hiểu bài khoá",
    "câu điều kiện",
    "giới thiệu bản thân và bạn bè",
    "cấu trúc câu so sánh",
    "thuyết trình ngắn bằng tiếng Anh",
    "nghe và ghi ý chính",
];
const NATURE: &[&str] = &[
    "thực hành và ghi kết quả thí nghiệm",
    "cấu tạo và chức năng của tế bào",
    "năng lượng và sự chuyển hoá",
    "phản ứng hoá học và cân bằng phương trình",
    "lực và chuyển động",
    "vòng đời của thực vật, động vật",
    "điện và mạch điện đơn giản",
    "chuỗi thức ăn trong tự nhiên",
    "giải thích hiện tượng trong đời sống",
    "bảo vệ môi trường sống",
    "ánh sáng và âm thanh",
    "chăm sóc sức khoẻ bản thân",
];
const PHYSICS: &[&str] = &[
    "động học và các định luật chuyển động",
    "năng lượng, công và công suất",
    "dòng điện và mạch điện",
    "dao động và sóng",
    "nhiệt học",
    "quang học và thấu kính",
    "đo đạc và xử lí sai số",
    "giải thích hiện tượng vật lí trong đời sống",
];
const CHEMISTRY: &[&str] = &[
    "cân bằng phương trình hoá học",
    "bảng tuần hoàn các nguyên tố",
    "liên kết hoá học",
    "dung dịch và nồng độ",
    "hợp chất hữu cơ",
    "tốc độ phản ứng",
    "an toàn trong phòng thí nghiệm",
    "bài toán tính theo phương trình",
];
const BIOLOGY: &[&str] = &[
    "cấu tạo và chức năng của tế bào",
    "di truyền và biến dị",
    "trao đổi chất ở sinh vật",
    "sinh thái và môi trường",
    "tiến hoá của sinh giới",
    "quan sát tiêu bản dưới kính hiển vi",
    "sức khoẻ và phòng bệnh",
    "đa dạng sinh học",
];
const HISTORY: &[&str] = &[
    "các mốc lịch sử dân tộc",
    "các cuộc kháng chiến chống ngoại xâm",
    "so sánh các triều đại phong kiến",
    "các nền văn minh cổ đại",
    "sử dụng tư liệu lịch sử",
    "Cách mạng tháng Tám năm 1945",
    "các cuộc chiến tranh thế giới",
    "liên hệ lịch sử với hiện tại",
];
const GEOGRAPHY: &[&str] = &[
    "đọc và khai thác bản đồ",
    "đặc điểm khí hậu các vùng",
    "phân tích số liệu dân cư",
    "vẽ và nhận xét biểu đồ",
    "địa lí các ngành kinh tế",
    "tài nguyên và môi trường biển đảo",
    "các vùng kinh tế của nước ta",
    "sử dụng Atlat địa lí",
];
const SOCIETY: &[&str] = &[
    "các mốc lịch sử dân tộc",
    "đọc và khai thác bản đồ",
    "đặc điểm khí hậu các vùng",
    "so sánh các triều đại",
    "phân tích số liệu dân cư",
    "ý nghĩa của các cuộc kháng chiến",
    "địa lí kinh tế địa phương",
    "liên hệ lịch sử với hiện tại",
    "sử dụng tư liệu lịch sử",
    "các châu lục và đại dương",
    "biển đảo Việt Nam",
    "di sản văn hoá quê hương",
];
const ETHICS: &[&str] = &[
    "quyền và nghĩa vụ công dân",
    "kính trọng thầy cô và người lớn tuổi",
    "giữ lời hứa và trung thực",
    "quản lí tiền và chi tiêu hợp lí",
    "phòng chống bạo lực học đường",
    "ứng xử văn minh nơi công cộng",
    "pháp luật về giao thông",
    "tôn trọng sự khác biệt",
    "xử lí tình huống trong cuộc sống",
    "thị trường và hoạt động kinh doanh",
    "yêu lao động",
    "bảo vệ của công",
];
const INFORMATICS: &[&str] = &[
    "soạn thảo và trình bày văn bản",
    "lập trình trực quan",
    "sử dụng bảng tính",
    "tìm kiếm thông tin trên mạng",
    "an toàn thông tin cá nhân",
    "thuật toán và sơ đồ khối",
    "tạo bài trình chiếu",
    "tổ chức lưu trữ tệp",
    "gõ bàn phím đúng cách",
    "ứng xử trên môi trường số",
];
const TECHNOLOGY: &[&str] = &[
    "đọc bản vẽ kĩ thuật đơn giản",
    "sử dụng dụng cụ an toàn",
    "chế biến và bảo quản thực phẩm",
    "trồng và chăm sóc cây",
    "thiết kế sản phẩm từ vật liệu sẵn có",
    "tiết kiệm điện trong gia đình",
    "lắp ráp mô hình",
    "đọc hướng dẫn và làm theo quy trình",
];
const MUSIC: &[&str] = &[
    "hát đúng giai điệu và lời ca",
    "gõ đệm theo nhịp",
    "đọc nhạc",
    "biểu diễn trước lớp",
    "nghe và cảm nhận bản nhạc",
    "nhạc cụ gõ",
    "dân ca các vùng miền",
];
const ART: &[&str] = &[
    "phối hợp màu sắc",
    "tạo hình từ vật liệu tái chế",
    "vẽ tranh theo đề tài",
    "bố cục và đường nét",
    "nhận xét sản phẩm của bạn",
    "trang trí đồ vật",
    "hát và vận động theo nhạc",
];
const SPORT: &[&str] = &[
    "đội hình đội ngũ",
    "bài thể dục nhịp điệu",
    "chạy bền và chạy cự li ngắn",
    "kĩ thuật đá cầu",
    "bóng rổ và bóng chuyền",
    "phối hợp vận động",
    "khởi động và hồi tĩnh đúng cách",
    "bật xa tại chỗ",
];
const EXPERIENCE: &[&str] = &[
    "lập kế hoạch hoạt động nhóm",
    "tìm hiểu nghề nghiệp ở địa phương",
    "tham gia hoạt động thiện nguyện",
    "quản lí thời gian của bản thân",
    "giữ gìn vệ sinh trường lớp",
    "trình bày ý tưởng trước tập thể",
    "sinh hoạt dưới cờ",
    "rèn nếp sống khoa học",
];
const LOCAL: &[&str] = &[
    "lễ hội truyền thống của địa phương",
    "nghề thủ công ở quê hương",
    "địa danh và di tích gần nơi ở",
    "sản vật của tỉnh",
    "danh nhân quê hương",
    "môi trường và rừng, biển địa phương",
];
const DEFENCE: &[&str] = &[
    "điều lệnh đội ngũ",
    "phòng chống ma tuý trong học đường",
    "sơ cứu và băng bó",
    "bảo vệ chủ quyền biên giới, biển đảo",
    "tư thế vận động cơ bản",
    "an toàn không gian mạng",
    "lịch sử, truyền thống quân đội",
];

fn topics(field: &str, primary: bool) -> &'static [&'static str] {
    match (field, primary) {
        ("ngu_van", true) => VIETNAMESE,
        ("ngu_van", false) => LITERATURE,
        ("toan", true) => PRIMARY_MATHS,
        ("toan", false) => MATHS,
        ("ngoai_ngu", _) => ENGLISH,
        ("tu_nhien", _) => NATURE,
        ("vat_li", _) => PHYSICS,
        ("hoa_hoc", _) => CHEMISTRY,
        ("sinh_hoc", _) => BIOLOGY,
        ("lich_su", _) => HISTORY,
        ("dia_li", _) => GEOGRAPHY,
        ("xa_hoi", _) => SOCIETY,
        ("dao_duc", _) => ETHICS,
        ("tin_hoc", _) => INFORMATICS,
        ("cong_nghe", _) => TECHNOLOGY,
        ("am_nhac", _) => MUSIC,
        ("mi_thuat", _) => ART,
        ("the_chat", _) => SPORT,
        ("dia_phuong", _) => LOCAL,
        ("quoc_phong", _) => DEFENCE,
        _ => EXPERIENCE,
    }
}

/// A subject teacher's comment.
pub(super) fn subject(dice: &mut Dice, field: &str, primary: bool, band: Band) -> String {
    let topics = topics(field, primary);
    let row = band.row();
    let first = dice.below(topics.len());
    let second = (first + 1 + dice.below(topics.len() - 1)) % topics.len();
    let mut text = format!("{} {}", dice.pick(LEADS[row]), topics[first]);
    if dice.percent(80) {
        text.push_str(if dice.percent(60) { ", " } else { "; " });
        let habits: &[&'static str] = HABITS[row];
        text.push_str(dice.pick::<&str>(habits));
    }
    text.push('.');
    if dice.percent(75) {
        text.push(' ');
        text.push_str(&dice.pick(ADVICE[row]).replace('@', topics[second]));
    }
    text
}

const CONDUCT: [&[&str]; 4] = [
    &[
        "Lễ phép, trung thực, được thầy cô và bạn bè quý mến.",
        "Gương mẫu trong mọi nền nếp của lớp.",
        "Có tinh thần trách nhiệm cao, là hạt nhân của các phong trào.",
        "Sống chan hoà, sẵn sàng giúp đỡ bạn gặp khó khăn.",
        "Tự giác, kỉ luật tốt, biết tự đánh giá bản thân.",
    ],
    &[
        "Ngoan, lễ phép, hoà đồng với bạn bè.",
        "Chấp hành tốt nội quy của nhà trường.",
        "Có ý thức giữ gìn vệ sinh và bảo vệ của công.",
        "Tham gia đầy đủ các hoạt động tập thể.",
        "Biết nhận lỗi và sửa lỗi.",
    ],
    &[
        "Có ý thức chấp hành nội quy, đôi khi còn đi học muộn.",
        "Hiền, ít nói, cần mạnh dạn hơn trong tập thể.",
        "Cần chú ý hơn đến nền nếp học tập.",
        "Đã có chuyển biến tích cực ở cuối năm học.",
        "Tham gia hoạt động tập thể khi được nhắc nhở.",
    ],
    &[
        "Còn vi phạm nội quy, cần nghiêm túc rèn luyện.",
        "Nghỉ học không phép nhiều lần, gia đình cần phối hợp quản lí.",
        "Chưa kiểm soát tốt cảm xúc, cần được thầy cô và gia đình hỗ trợ.",
        "Cần nghiêm túc thực hiện kế hoạch rèn luyện trong hè.",
    ],
];

const STUDY: [&[&str]; 4] = [
    &[
        "Kết quả học tập xuất sắc, đồng đều ở các môn.",
        "Có tư duy độc lập và khả năng tự học rất tốt.",
        "Tiếp thu bài nhanh, luôn hoàn thành vượt yêu cầu.",
        "Đạt nhiều thành tích trong học tập của lớp.",
    ],
    &[
        "Học lực khá, có tiến bộ rõ ở học kì II.",
        "Học tốt các môn xã hội, cần đều hơn ở các môn tự nhiên.",
        "Chăm chỉ, có phương pháp học tập phù hợp.",
        "Nắm được kiến thức cơ bản và biết vận dụng.",
    ],
    &[
        "Kết quả học tập ở mức đạt, cần cố gắng nhiều hơn ở các môn tính toán.",
        "Tiếp thu bài còn chậm nhưng chịu khó.",
        "Kiến thức chưa đều, cần ôn tập có kế hoạch.",
        "Cần đọc thêm và luyện viết hằng ngày.",
    ],
    &[
        "Kết quả học tập còn yếu ở nhiều môn, cần phụ đạo thêm.",
        "Hổng kiến thức lớp dưới, cần kiên trì ôn tập lại.",
        "Cần đi học chuyên cần và hoàn thành bài tập.",
    ],
];

const ACTIVITIES: &[&str] = &[
    "Tham gia tích cực câu lạc bộ của trường.",
    "Có năng khiếu văn nghệ, tham gia biểu diễn ngày 20/11.",
    "Nhiệt tình với hoạt động Đội và công tác thiện nguyện.",
    "Tham gia đội tuyển thể thao của khối.",
    "Tham gia kế hoạch nhỏ và phong trào đọc sách.",
    "Có sáng kiến trong hoạt động trải nghiệm của lớp.",
    "Hoàn thành tốt nhiệm vụ trực nhật và chăm sóc cây xanh.",
    "Biết sử dụng thiết bị số phục vụ học tập.",
    "Là thành viên tích cực của nhóm học tập cùng tiến.",
    "Góp phần xây dựng tập thể lớp đoàn kết.",
    "Tham gia tốt các buổi ngoại khoá về an toàn giao thông.",
    "Giữ gìn sách vở, đồ dùng học tập cẩn thận.",
];

const WISHES: [&[&str]; 4] = [
    &[
        "Chúc em tiếp tục giữ vững thành tích.",
        "Mong em tự tin thử sức ở các sân chơi trí tuệ.",
        "Hãy tiếp tục nuôi dưỡng ước mơ của mình.",
    ],
    &[
        "Cần phát huy hơn nữa trong năm học tới.",
        "Mong em mạnh dạn hơn để đạt kết quả cao hơn.",
        "Cố gắng rèn thêm kĩ năng trình bày.",
    ],
    &[
        "Cần xây dựng thời gian biểu và kiên trì thực hiện.",
        "Gia đình cần quan tâm hơn đến việc học ở nhà.",
        "Mong em tự tin và chủ động hơn.",
    ],
    &[
        "Nhà trường và gia đình cần phối hợp chặt chẽ để giúp em tiến bộ.",
        "Cần quyết tâm hơn trong học tập và rèn luyện.",
        "Mong em đi học đều và không ngại hỏi.",
    ],
];

/// The homeroom teacher's comment; `length` more sentences about activities stand in the middle.
pub(super) fn homeroom(dice: &mut Dice, study: Band, conduct: Band, length: usize) -> String {
    let mut parts = vec![*dice.pick(CONDUCT[conduct.row()]), *dice.pick(STUDY[study.row()])];
    let first = dice.below(ACTIVITIES.len());
    // A stride coprime to the table's length walks it without repeating a sentence.
    parts.extend((0..length.min(ACTIVITIES.len())).map(|i| ACTIVITIES[(first + i * 5) % ACTIVITIES.len()]));
    parts.push(*dice.pick(WISHES[study.row()]));
    parts.join(" ")
}

const QUALITIES: [&[&str]; 4] = [
    &[
        "Yêu quê hương, kính thầy mến bạn; trung thực, chăm làm việc nhà và việc lớp.",
        "Biết quan tâm, chia sẻ với mọi người; có trách nhiệm với việc được giao.",
        "Chăm học, thật thà, luôn nhường nhịn và giúp đỡ bạn.",
        "Tự hào về truyền thống quê hương; mạnh dạn nhận việc khó.",
    ],
    &[
        "Ngoan, thật thà, biết giữ gìn đồ dùng học tập.",
        "Lễ phép với người lớn, đoàn kết với bạn bè.",
        "Chăm chỉ học tập, biết nhận lỗi khi làm sai.",
        "Có ý thức bảo vệ môi trường và của công.",
    ],
    &[
        "Biết vâng lời thầy cô, cần chăm chỉ hơn.",
        "Hoà nhã với bạn, cần tự giác hơn trong công việc của lớp.",
        "Thật thà, đôi lúc còn ham chơi.",
        "Cần có trách nhiệm hơn với nhiệm vụ được giao.",
    ],
    &[
        "Cần cố gắng giữ kỉ luật và chăm chỉ hơn.",
        "Cần tập tính tự giác, không làm ảnh hưởng đến bạn.",
        "Cần được gia đình quan tâm, nhắc nhở thêm.",
    ],
];

/// On the five qualities of primary school.
pub(super) fn qualities(dice: &mut Dice, band: Band) -> String {
    (*dice.pick(QUALITIES[band.row()])).to_owned()
}

const GENERAL: [&[&str]; 4] = [
    &[
        "Tự học tốt, biết hợp tác và dẫn dắt nhóm, có nhiều ý tưởng mới khi giải quyết vấn đề.",
        "Chủ động lập kế hoạch học tập; giao tiếp tự tin, lắng nghe tích cực.",
        "Biết đặt câu hỏi, tìm nhiều cách giải cho một vấn đề.",
    ],
    &[
        "Tự hoàn thành nhiệm vụ học tập, phối hợp tốt với bạn trong nhóm.",
        "Giao tiếp khá tự tin, biết nêu ý kiến của mình.",
        "Biết vận dụng điều đã học để giải quyết tình huống quen thuộc.",
    ],
    &[
        "Thực hiện được nhiệm vụ khi có hướng dẫn, còn rụt rè khi trao đổi nhóm.",
        "Cần tự tin hơn khi trình bày ý kiến.",
        "Bước đầu biết tự kiểm tra bài làm.",
    ],
    &[
        "Cần được hướng dẫn thường xuyên để hoàn thành nhiệm vụ.",
        "Còn phụ thuộc vào bạn khi làm việc nhóm, cần luyện tính tự lập.",
    ],
];

/// On the general competencies of primary school.
pub(super) fn general_competencies(dice: &mut Dice, band: Band) -> String {
    (*dice.pick(GENERAL[band.row()])).to_owned()
}

const SPECIFIC: [&[&str]; 4] = [
    &[
        "Ngôn ngữ phong phú, tính toán nhanh và chính xác, có năng khiếu thẩm mĩ.",
        "Thể lực tốt, khéo tay, ham tìm hiểu tự nhiên.",
        "Đọc diễn cảm, tính nhẩm tốt, thích khám phá công nghệ.",
    ],
    &[
        "Diễn đạt rõ ràng, tính toán đúng, vận động linh hoạt.",
        "Biết quan sát và mô tả sự vật; thích hát và vẽ.",
        "Sử dụng ngôn ngữ khá tốt, thực hành cẩn thận.",
    ],
    &[
        "Đọc, viết và tính toán đạt yêu cầu, cần nhanh hơn.",
        "Vốn từ còn ít, cần đọc thêm sách.",
        "Cần luyện tập thể dục đều và tính toán cẩn thận.",
    ],
    &["Đọc và tính toán còn chậm, cần luyện tập hằng ngày.", "Còn gặp khó khăn khi diễn đạt, cần được hỗ trợ."],
];

/// On the specific competencies of primary school.
pub(super) fn specific_competencies(dice: &mut Dice, band: Band) -> String {
    (*dice.pick(SPECIFIC[band.row()])).to_owned()
}

const INCLUSION: &[&str] = &[
    "Học sinh khuyết tật học hoà nhập, tham gia các hoạt động theo kế hoạch giáo dục cá nhân.",
    "Em vui vẻ đến lớp, được bạn bè giúp đỡ trong sinh hoạt hằng ngày.",
    "Đã biết tự phục vụ và nhận ra các quy tắc đơn giản của lớp.",
    "Em thích nghe kể chuyện, hát theo bạn và vận động nhẹ.",
    "Gia đình và nhà trường phối hợp thường xuyên để hỗ trợ em.",
    "Khả năng giao tiếp có tiến bộ, em biết chào hỏi và nói lời cảm ơn.",
    "Cần tiếp tục hỗ trợ theo mục tiêu cá nhân ở năm học tới.",
    "Em hứng thú với tranh ảnh, đồ vật nhiều màu sắc và trò chơi xếp hình.",
];

/// The homeroom teacher's comment on a learner who is not assessed because of a disability.
pub(super) fn inclusion(dice: &mut Dice, length: usize) -> String {
    let first = dice.below(INCLUSION.len());
    let parts: Vec<_> =
        (0..length.clamp(3, INCLUSION.len())).map(|i| INCLUSION[(first + i * 3) % INCLUSION.len()]).collect();
    parts.join(" ")
}

const HEAD: [&[&str]; 4] = [
    &["Nhất trí đề nghị của giáo viên chủ nhiệm. Biểu dương thành tích của em.", "Đồng ý. Đề nghị khen thưởng."],
    &["Đồng ý với đánh giá của giáo viên chủ nhiệm.", "Nhất trí kết quả; cho lên lớp."],
    &["Đồng ý. Em cần cố gắng hơn trong năm học tới.", "Nhất trí với nhận xét của giáo viên."],
    &[
        "Đề nghị em thực hiện nghiêm túc kế hoạch trong hè.",
        "Đề nghị gia đình phối hợp với nhà trường giúp em tiến bộ.",
    ],
];

/// The head's word of approval.
pub(super) fn head(dice: &mut Dice, band: Band) -> String {
    (*dice.pick(HEAD[band.row()])).to_owned()
}

/// What is said after training in summer.
pub(super) fn summer(dice: &mut Dice, reached: bool) -> String {
    let from: &[&str] = match reached {
        true => &[
            "Đã nghiêm túc rèn luyện trong hè, có tiến bộ rõ, hoàn thành nhiệm vụ được giao.",
            "Hoàn thành kế hoạch ôn tập và rèn luyện trong kì nghỉ hè, đạt yêu cầu đánh giá lại.",
        ],
        false => &[
            "Chưa hoàn thành kế hoạch rèn luyện trong hè, kết quả đánh giá lại chưa đạt.",
            "Đã có cố gắng trong hè nhưng kết quả đánh giá lại chưa đạt yêu cầu.",
        ],
    };
    (*dice.pick(from)).to_owned()
}
