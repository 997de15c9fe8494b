// What is open to everybody: evidence, the ledger, schools and their keys, and reports of errors.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { Snapshots } from "./snapshots.mjs";
import { Stage } from "./stage.mjs";
import { SCREENS } from "./visitor.mjs";
import { NOBODY } from "./words.mjs";

const WORDS = {
  vi: {
    evidence: "Bằng chứng",
    ledger: "Sổ ghi nhận công khai",
    schools: "Cơ sở giáo dục và khóa ký",
    unknown_school: "Không có trong danh mục",
    report: "Báo sai sót",
    filed: "Đã nhận báo sai sót",
    state: "Tình trạng báo sai sót",
    no_ticket: "Không tìm thấy báo sai sót",
    api: "Tài liệu API",
  },
  en: {
    evidence: "Evidence",
    ledger: "Public log",
    schools: "Schools and signing keys",
    unknown_school: "Not in the directory",
    report: "Report an error",
    filed: "The report was received",
    state: "State of a report",
    no_ticket: "No report found",
    api: "API documentation",
  },
};

const stage = new Stage({}, followed);
const { visit } = stage;
const snapshots = new Snapshots("open");

/** The directory follows a moment behind the answers. */
async function followed() {
  for (let tries = 0; tries < 300; tries++) {
    const page = await (await fetch(`${stage.base}/truong?q=truong`)).text();
    if (/href="\/truong\/\d\d\/[^"]+"/.test(page) && !page.includes("đang được lập")) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the directory does not follow");
}

const inForce = () => stage.inForce[0];
const withdrawn = () => stage.sampleOf("withdrawn");

async function download(v, press) {
  const [file] = await Promise.all([v.page.waitForEvent("download"), press()]);
  return { name: file.suggestedFilename(), json: JSON.parse(await readFile(await file.path(), "utf8")) };
}

async function fillReport(v, { about = "results", text = "Điểm Toán ghi sai", contact = "" } = {}) {
  await v.page.selectOption("#about", about);
  await v.page.fill("#text", text);
  await v.page.fill("#contact", contact);
  return v.press("main");
}

describe("evidence", () => {
  for (const screen of ["phone", "desktop"]) {
    test(`from the verdict to the public file on a ${screen}`, () =>
      visit({ screen }, async (v) => {
        const sample = inForce();
        await v.open(`/v/${sample.code}`);
        await v.page.getByRole("link", { name: "Xem bằng chứng và cách tự kiểm tra" }).click();
        await v.page.waitForLoadState("load");
        assert.equal(await v.heading(), WORDS.vi.evidence);
        const text = await v.text();
        for (const year of sample.school_years) assert.ok(text.includes(`Năm học ${year}`));
        assert.ok(text.includes("Đồng ký lúc") && text.includes("hocba verify"));
        assert.ok(!text.includes(sample.full_name) && !text.includes("Trường "), "no name and no school");
        await v.picture(`evidence-${screen}`);
        await snapshots.outline("evidence", v.page, ["main"]);
        const file = await download(v, () => v.page.getByRole("link", { name: /Tải tệp công khai/ }).click());
        assert.equal(file.name, "bang-chung-cong-khai.json");
        assert.equal(file.json.sheets.length, sample.school_years.length);
        assert.ok(!JSON.stringify(file.json).includes("matruong"));
      }));
  }

  test("from the opened transcript to the whole file, by POST", () =>
    visit({ screen: "desktop" }, async (v) => {
      const sample = inForce();
      await v.open(`/v/${sample.code}`);
      await v.typeBirthDate(sample.date_of_birth);
      const section = v.page.locator("#bang-chung");
      await section.locator("summary").first().click();
      const told = await section.innerText();
      assert.ok(told.includes("Thủ trưởng cơ sở giáo dục") && told.includes("Mã khóa"));
      assert.ok(!told.includes(sample.full_name));
      await v.picture("transcript-evidence-desktop");
      const file = await download(v, () => section.locator("button").click());
      assert.equal(file.name, "bang-chung.json");
      assert.equal(file.json.evidence.length, sample.school_years.length);
      for (const { url } of await v.traffic()) {
        assert.ok(!url.includes(sample.date_of_birth) && new URL(url).search === "", "nothing typed in an address");
      }
      await section.getByRole("link", { name: /./ }).first().click();
      await v.page.waitForLoadState("load");
      assert.match(v.page.url(), /\/truong\/\d\d\//, "a signature leads to its school");
    }));

  test("a decision on a year is told with its entry", () =>
    visit({}, async (v) => {
      await v.open(`/v/${withdrawn().code}/bang-chung`);
      assert.match(await v.text(), /Thu hồi: mục số/);
      await v.picture("evidence-withdrawn-phone");
    }));

  test("there is none for a code that nobody has", () =>
    visit({}, async (v) => assert.equal((await v.open(`/v/${NOBODY}/bang-chung`)).status(), 404)));
});

describe("the ledger", () => {
  for (const screen of ["phone", "desktop"]) {
    test(`state, keys, counts and entries on a ${screen}`, () =>
      visit({ screen }, async (v) => {
        await v.open("/nhat-ky");
        assert.equal(await v.heading(), WORDS.vi.ledger);
        const vkey = (await (await fetch(`${stage.base}/log/vkey`)).text()).trim();
        const text = await v.text();
        assert.ok(text.includes(vkey) && text.includes("hocba audit --log"));
        await v.picture(`ledger-${screen}`);
        await snapshots.outline("ledger", v.page, ["main"]);
        const first = async () => (await v.page.locator("#cac-muc tbody th").last().innerText()).trim();
        const newest = await first();
        await v.page.getByRole("link", { name: "Cũ hơn" }).click();
        await v.page.waitForLoadState("load");
        assert.notEqual(await first(), newest);
        await v.page.fill("#den", "0");
        await v.page.locator("#cac-muc form button").click();
        await v.page.waitForLoadState("load");
        assert.equal(await first(), "0");
        assert.equal(await v.page.locator("#cac-muc tbody tr").count(), 1);
      }));
  }

  test("a number that is none gets a page that says so", () =>
    visit({}, async (v) => assert.equal((await v.open("/nhat-ky?den=x")).status(), 400)));
});

describe("schools", () => {
  for (const screen of ["phone", "desktop"]) {
    test(`a school is found without marks and shows its keys on a ${screen}`, () =>
      visit({ screen }, async (v) => {
        await v.open("/truong");
        assert.equal(await v.heading(), WORDS.vi.schools);
        await v.picture(`schools-${screen}`);
        await v.page.fill("#q", "trường");
        await v.press("main");
        const name = (await v.page.locator(".schools a").first().innerText()).trim();
        const typed = name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D");
        await v.page.fill("#q", typed.toLowerCase());
        await v.press("main");
        assert.ok((await v.page.locator(".schools a").allInnerTexts()).map((t) => t.trim()).includes(name));
        assert.equal(await v.page.inputValue("#q"), typed.toLowerCase());
        await v.picture(`schools-found-${screen}`);
        await snapshots.outline("schools-found", v.page, ["main"], [name]);
        await v.page.locator(".schools a").first().click();
        await v.page.waitForLoadState("load");
        assert.match(await v.text(), /Thủ trưởng[\s\S]*Thời hạn[\s\S]*Mã khóa/);
        await v.picture(`school-${screen}`);
        await snapshots.outline("school", v.page, ["main"], [name]);
      }));
  }

  test("a province filters, and shows its own keys", () =>
    visit({}, async (v) => {
      await v.open("/truong");
      const options = v.page.locator("#tinh option");
      assert.ok((await options.count()) > 1);
      const code = await options.nth(1).getAttribute("value");
      await v.page.selectOption("#tinh", code);
      await v.press("main");
      assert.equal(await v.page.inputValue("#tinh"), code);
      await v.open(`/truong/${code}`);
      assert.match(await v.text(), /Sở Giáo dục và Đào tạo/);
      await v.picture("province-phone");
    }));

  test("nothing found, and nobody there", () =>
    visit({}, async (v) => {
      await v.open("/truong?q=khong+co+truong+nay");
      assert.match(await v.text(), /Không tìm thấy cơ sở giáo dục nào/);
      await v.picture("schools-none-phone");
      assert.equal((await v.open("/truong/24/khong-co")).status(), 404);
      assert.equal(await v.heading(), WORDS.vi.unknown_school);
    }));
});

describe("reports of errors", () => {
  for (const screen of ["phone", "desktop"]) {
    test(`from the verdict to the ticket and its state on a ${screen}`, () =>
      visit({ screen }, async (v) => {
        const sample = stage.samples.find((s) => s.level === (screen === "phone" ? "thpt" : "gdtx"));
        await v.open(`/v/${sample.code}`);
        await v.page.getByRole("link", { name: "Báo sai sót", exact: true }).click();
        await v.page.waitForLoadState("load");
        assert.equal(await v.heading(), WORDS.vi.report);
        await v.picture(`report-${screen}`);
        await snapshots.outline("report", v.page, ["main"]);
        await v.page.fill("#contact", "không phải địa chỉ");
        await v.page.fill("#text", "Điểm Toán ghi sai");
        await v.page.selectOption("#about", "results");
        const wrong = await v.press("main");
        assert.equal(wrong.status(), 400);
        assert.match(await v.page.locator("[role=alert]").innerText(), /không phải là thư điện tử/);
        assert.equal(await v.page.inputValue("#text"), "Điểm Toán ghi sai");
        await v.picture(`report-faults-${screen}`);
        await snapshots.outline("report-faults", v.page, ["main"]);
        const filed = await fillReport(v, { contact: "phu.huynh@example.vn" });
        assert.equal(filed.status(), 201);
        assert.equal(await v.heading(), WORDS.vi.filed);
        const ticket = await v.page.locator(".ticket-code").innerText();
        assert.match(ticket, /^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/);
        await v.picture(`report-filed-${screen}`);
        await snapshots.outline("report-filed", v.page, ["main"], [ticket]);
        await v.page.getByRole("link", { name: "Xem tình trạng báo sai sót" }).click();
        await v.page.waitForLoadState("load");
        await v.page.fill("#ticket", ticket.toLowerCase().replaceAll("-", " "));
        await v.press("main");
        assert.equal(await v.heading(), WORDS.vi.state);
        const text = await v.text();
        assert.ok(text.includes("Đã nhận") && !text.includes("Điểm Toán") && !text.includes(sample.code));
        await v.picture(`report-state-${screen}`);
        await snapshots.outline("report-state", v.page, ["main"], [ticket]);
        for (const { url } of await v.traffic()) assert.ok(!url.includes(ticket), "a ticket in an address");
      }));
  }

  test("a form that is sent twice is one report", () =>
    visit({}, async (v) => {
      const sample = stage.samples.find((s) => s.expected_verdict === "suspended");
      await v.open(`/v/${sample.code}/bao-sai-sot`);
      await fillReport(v);
      const ticket = await v.page.locator(".ticket-code").innerText();
      const again = await v.page.reload();
      assert.equal(again.status(), 200);
      assert.equal(await v.page.locator(".ticket-code").innerText(), ticket);
      assert.match(await v.text(), /đã được nhận từ trước/);
    }));

  test("a ticket that nobody has", () =>
    visit({}, async (v) => {
      await v.open("/bao-sai-sot");
      await v.page.fill("#ticket", "0000 0000 0000 0000 0000");
      assert.equal((await v.press("main")).status(), 404);
      assert.equal(await v.heading(), WORDS.vi.no_ticket);
    }));
});

/** Every page of this area, and how to get there; without a word in an address. */
function places(language) {
  const words = WORDS[language];
  const at = (name, path, heading) => ({
    name,
    async reach(v) {
      await v.open(path);
      if (heading) assert.equal(await v.heading(), heading);
    },
  });
  const code = inForce().code;
  return [
    at("evidence", `/v/${code}/bang-chung`, words.evidence),
    at("evidence-withdrawn", `/v/${withdrawn().code}/bang-chung`, words.evidence),
    at("ledger", "/nhat-ky", words.ledger),
    at("ledger-first", "/nhat-ky?den=0", words.ledger),
    at("api", "/tai-lieu-api", words.api),
    at("schools", "/truong", words.schools),
    at("schools-page", "/truong?q=truong&trang=2", words.schools),
    at("schools-none", "/truong?q=khong+co", words.schools),
    at("school-unknown", "/truong/24/khong-co", words.unknown_school),
    {
      name: "province",
      async reach(v) {
        await v.open("/truong");
        await v.page.locator("table a").first().click();
        await v.page.waitForLoadState("load");
      },
    },
    {
      name: "school",
      async reach(v) {
        await v.open("/truong?q=truong");
        await v.page.locator(".schools a").first().click();
        await v.page.waitForLoadState("load");
      },
    },
    at("report", `/v/${code}/bao-sai-sot`, words.report),
    at("ticket", "/bao-sai-sot", words.state),
    {
      name: "ticket-fault",
      async reach(v) {
        await v.open("/bao-sai-sot");
        await v.page.fill("#ticket", "x");
        await v.press("main");
        assert.equal(await v.page.locator("[role=alert]").count(), 1);
      },
    },
    {
      name: "transcript-evidence",
      async reach(v) {
        const sample = inForce();
        await v.open(`/v/${sample.code}`);
        await v.typeBirthDate(sample.date_of_birth);
        await v.page.locator("#bang-chung summary").first().click();
      },
    },
  ];
}

describe("for everybody", () => {
  for (const language of ["vi", "en"]) {
    for (const scheme of ["light", "dark"]) {
      test(`accessible by axe-core, ${language}, ${scheme}`, () =>
        visit({ language, scheme, scripts: true }, async (v) => {
          const found = [];
          for (const place of places(language)) {
            await place.reach(v);
            for (const violation of await v.axe()) found.push(`${place.name}: ${violation}`);
            if (scheme === "dark") await v.picture(`open-dark-${place.name}-${language}`);
            else if (language === "en") await v.picture(`open-en-${place.name}`);
          }
          assert.deepEqual(found, []);
        }));
    }
  }

  for (const screen of Object.keys(SCREENS)) {
    test(`no page is wider than the screen (${screen})`, () =>
      visit({ screen, scripts: true }, async (v) => {
        for (const place of places("vi")) {
          await place.reach(v);
          assert.ok((await v.overhang()) <= 0, `${place.name} is ${await v.overhang()} px wider than the screen`);
        }
      }));
  }

  test("nothing is asked of anybody else", () =>
    visit({}, async (v) => {
      for (const place of places("vi")) await place.reach(v);
      for (const { url, headers } of await v.traffic()) {
        assert.ok(url.startsWith(`${stage.base}/`) || url.startsWith("data:"), `a request to ${url}`);
        assert.ok(!(headers.referer ?? "").includes("/v/"), "a code in a Referer");
      }
    }));
});
