// Many transcripts at once: handed in, looked at, followed to the end, taken home. And who looked at what: for auditors, and
// for the holder. Played on the stage of office.test.mjs.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { NOBODY } from "./words.mjs";

const LIST = "/co-quan/lo";
const JOURNAL = "/co-quan/nhat-ky";

async function handIn(v, name, text) {
  await v.open(LIST);
  await v.page.setInputFiles("#file", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
  return v.pressButton("main form.sign-in button");
}

export const begin = (v) => v.pressButton("button[value=bat-dau]");
const path = (v) => new URL(v.page.url()).pathname;

/** Codes that no transcript has, one on a line: so many that they take a while. */
const long = () => Array.from({ length: 20_000 }, (_, n) => n.toString(16).padStart(8, "0") + NOBODY.slice(8)).join("\n");

const vietnamese = (date) => date.split("-").reverse().join("/");

/** A table as a clerk has it: one row that is right, one that is not, one without a transcript, and a note. */
function table([one, other]) {
  const row = (code, name, date, note) => [code, name, vietnamese(date), note].join(";");
  return [
    "Mã tra cứu;Họ và tên;Ngày sinh;Ghi chú",
    row(one.code, one.full_name, one.date_of_birth, "=1+1"),
    row(other.code, "Người Khác Hẳn", "2001-01-02", "xem lại"),
    row(NOBODY, "Không Có Ai", "2001-01-02", ""),
  ].join("\r\n");
}

/** Takes a file home; its name and its bytes. */
async function takeHome(v, kind) {
  const [download] = await Promise.all([
    v.page.waitForEvent("download"),
    v.page.locator(`button[name=dang][value=${kind}]`).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Reads the page again, as somebody without a script does, until the batch is over. */
export async function untilOver(v) {
  while (await v.page.locator(".progress").count()) {
    await sleep(300);
    await v.page.locator(".progress a.button").click();
    await v.page.waitForLoadState("load");
  }
}

export function batches({ stage, as, isFine }) {
  describe("batches", () => {
    test("a table is looked at, begun, followed to the end and taken home", () =>
      as("clerk", { enhanced: true, screen: "desktop" }, async (v) => {
        const [one, other] = stage.inForce;
        await handIn(v, "Thí sinh đợt 1.csv", table([one, other]));
        assert.equal(path(v), "/co-quan/lo/xem-truoc");
        assert.match(await v.text(), /Thí sinh đợt 1\.csv: bảng 3 dòng/);
        const taken = (place) => v.page.inputValue(`#cot-${place}`);
        assert.deepEqual(await Promise.all([0, 1, 2, 3].map(taken)), ["code", "full_name", "birth_date", ""]);
        await v.page.selectOption("#cot-3", "class");
        await v.pressButton("button[value=xem]");
        assert.equal(await taken(3), "class");
        assert.match(await v.page.locator(".first-rows").innerText(), new RegExp(one.full_name));
        await v.page.selectOption("#cot-3", "");
        await begin(v);
        assert.match(path(v), /^\/co-quan\/lo\/[0-9a-f]{20}$/);
        // The page's own script notices the end.
        await v.page.locator(".counts").waitFor();
        const counts = await v.page.locator(".counts").innerText();
        for (const conclusion of ["Khớp", "Khác với hồ sơ", "Không có học bạ với mã này"]) assert.ok(counts.includes(conclusion), counts);

        const csv = await takeHome(v, "csv");
        assert.match(csv.name, /^ket-qua-[0-9a-f]{20}\.csv$/);
        const rows = csv.bytes.toString("utf8").trim().split("\n");
        assert.equal(rows.length, 4);
        assert.ok(rows[0].includes("KQ: Kết luận") && rows[1].includes("'=1+1") && rows[1].includes("Khớp"), rows[1]);
        assert.equal((await takeHome(v, "xlsx")).bytes.subarray(0, 2).toString(), "PK");
        const report = await takeHome(v, "pdf");
        assert.equal(report.bytes.subarray(0, 5).toString(), "%PDF-");

        await v.open("/xac-thuc-ban-mem");
        await v.page.setInputFiles("#file", { name: "bao-cao.pdf", mimeType: "application/pdf", buffer: report.bytes });
        await v.pressButton("main form button");
        assert.match(await v.heading(), /Báo cáo kiểm tra hàng loạt do Cổng lập/);
        for (const { url } of await v.traffic()) assert.ok(!url.includes(one.code) && !decodeURI(url).includes("Thí sinh"), url);
        assert.deepEqual(v.complaints, []);
      }));

    test("a long list is stopped before its end and deleted, without a script", () =>
      as("clerk", {}, async (v) => {
        // Names are compared in each row, so that it is not over before it is stopped.
        const learners = Array.from({ length: 4_000 }, (_, n) => stage.inForce[n % 2]);
        const rows = learners.map(({ code, full_name }) => `${code};${full_name}`);
        await handIn(v, "dài.csv", ["Mã tra cứu;Họ và tên", ...rows].join("\n"));
        await begin(v);
        const batch = path(v);
        assert.match(await v.text(), /Đang kiểm tra/);
        await v.page.locator(".ending summary").click();
        await v.pressButton(".ending button");
        assert.equal(path(v), batch);
        assert.match(await v.text(), /Đã dừng theo yêu cầu/);
        await v.page.locator(".ending summary").click();
        await v.pressButton(".ending button");
        assert.match(await v.page.locator(".fault[role=status]").innerText(), /Đã xóa lô/);
        assert.equal((await v.open(batch)).status(), 404);
      }));

    test("what is no table is refused in words that help, and codes may be pasted instead", () =>
      as("clerk", {}, async (v) => {
        await handIn(v, "bảng.csv", "Họ tên;Lớp\nAn;9A\n");
        assert.match(await v.page.locator("[role=alert]").innerText(), /đặt tiêu đề cột đó là “Mã tra cứu”.*Họ tên, Lớp/s);
        assert.equal(path(v), LIST);
        await v.pressButton("main form.sign-in button");
        assert.match(await v.page.locator("[role=alert]").innerText(), /Hãy chọn một tệp/);
        await v.page.locator("main form.sign-in summary").click();
        await v.page.fill("#text", `${NOBODY}\n${stage.inForce[0].code}`);
        await v.pressButton("main form.sign-in button");
        assert.match(await v.text(), /Danh sách mã đã dán: bảng 2 dòng/);
      }));

    test("an auditor hands nothing in", () =>
      as("ministry_auditor", {}, async (v) => {
        assert.equal((await v.open(LIST)).status(), 403);
      }));
  });

  describe("who looked", () => {
    /** The office compares a learner's name. */
    async function checked(v, learner) {
      await handIn(v, "một.csv", `Mã tra cứu;Họ và tên\n${learner.code};${learner.full_name}\n`);
      await begin(v);
      await untilOver(v);
    }

    test("the holder sees the office, what for and when, and never whose account", async () => {
      const learner = stage.inForce[2];
      const opened = (tour) =>
        stage.visit({}, async (v) => {
          await v.open(`/v/${learner.code}`);
          await v.typeBirthDate(learner.date_of_birth);
          return tour(v, await v.page.locator("#da-xem").innerText());
        });
      await opened((v, text) => assert.match(text, /Chưa có cơ quan nào xem học bạ này/));
      await as("clerk", {}, (v) => checked(v, learner));
      await sleep(2500);
      await opened(async (v, text) => {
        assert.match(text, /Trường Đại học Mẫu/);
        assert.match(text, /Mở hoặc đối chiếu nội dung · khoảng \d+ giờ ngày/);
        assert.match(text, /Mục đích: Xét tuyển đại học/);
        assert.ok(!text.includes("lan") && !text.includes("Nguyễn Thị Lan"), text);
        await v.picture("office-looks-phone-vi");
      });
    });

    test("an auditor reads the lines, narrows them and goes on to older ones", () =>
      as("ministry_auditor", { screen: "desktop" }, async (v) => {
        await v.open(JOURNAL);
        assert.match(await v.text(), /lan@dai-hoc-mau/);
        await v.page.locator(".filters summary").click();
        await v.page.selectOption("#loai", "lo");
        await v.pressButton(".filters button");
        const lines = await v.page.locator(".journal tbody").innerText();
        assert.match(lines, /Bắt đầu: lô [0-9a-f]{20} của dai-hoc-mau/);
        assert.ok(!lines.includes("Đăng nhập"), lines);
        assert.equal(path(v), JOURNAL);
        for (const { url } of await v.traffic()) assert.ok(!url.includes("lan") && !url.includes("truoc"), url);
      }));

    test("nobody else reads them", async () => {
      for (const role of ["clerk", "office_administrator"]) {
        await as(role, {}, async (v) => assert.equal((await v.open(JOURNAL)).status(), 403, role));
      }
    });
  });

  describe("every page of batches and of the journal", () => {
    for (const screen of ["phone", "desktop"]) {
      for (const language of ["vi", "en"]) {
        const name = (page) => `${page}-${screen}-${language}`;
        test(`has no fault that axe finds and fits, ${screen}, ${language}`, async () => {
          const look = { screen, language, scripts: true };
          await as("clerk", look, async (v) => {
            await v.open(LIST);
            await isFine(v, name("batches"));
            await handIn(v, "bảng.csv", "Họ tên;Lớp\nAn;9A\n");
            await isFine(v, name("batch-refused"));
            await handIn(v, "Danh sách thí sinh đăng ký xét tuyển đợt bổ sung.csv", table(stage.inForce));
            await isFine(v, name("batch-preview"));
            await v.page.selectOption("#cot-0", "");
            await begin(v);
            await isFine(v, name("batch-preview-wrong"));
            await v.page.selectOption("#cot-0", "code");
            await begin(v);
            await v.page.locator(".counts").waitFor();
            await isFine(v, name("batch-done"));
            // The page stays as it is, however quick the portal.
            await v.page.route("**/tien-do", (route) => route.abort());
            await handIn(v, "dài.txt", long());
            await begin(v);
            await v.page.locator("#progress").waitFor();
            await isFine(v, name("batch-under-way"));
          });
          await as("ministry_auditor", look, async (v) => {
            await v.open(JOURNAL);
            await isFine(v, name("journal"));
            await v.page.locator(".filters summary").click();
            await v.page.fill("#tai-khoan", "lan");
            await v.pressButton(".filters button");
            await isFine(v, name("journal-wrong"));
          });
        });
      }
    }
  });
}
