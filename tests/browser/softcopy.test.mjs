// Soft copies (bản mềm) as people get, keep and check them: phone and desktop, both languages, without scripts.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { photo, png } from "./photos.mjs";
import { Snapshots } from "./snapshots.mjs";
import { Stage } from "./stage.mjs";
import { HEADINGS } from "./words.mjs";

const CHECK = "/xac-thuc-ban-mem";
const WORDS = {
  vi: {
    check: "Xác thực bản mềm",
    current: "Bản mềm khớp với dữ liệu gốc",
    withdrawn: "Bản mềm đúng do Cổng cấp; hãy xem tình trạng học bạ",
    altered: "Nội dung không khớp với dữ liệu gốc",
    code: "Chỉ đọc được mã tra cứu – chưa đối chiếu nội dung",
    nothing: "Không phải bản mềm do Cổng này cấp",
    unreadable: "Không đọc được tệp",
    gone: "Liên kết tải bản mềm đã hết hạn",
  },
  en: {
    check: "Verify a soft copy",
    current: "The soft copy agrees with the record",
    withdrawn: "The soft copy is genuine; look at the transcript’s status",
    altered: "The content differs from the record",
    code: "Only the lookup code could be read – content not compared",
    nothing: "Not a soft copy of this portal",
    unreadable: "The file cannot be read",
    gone: "The link to the soft copy has run out",
  },
};

const stage = new Stage();
const { visit } = stage;
const snapshots = new Snapshots("softcopy");

let next = 0;
const aSample = () => stage.inForce[next++ % stage.inForce.length];
const severalYears = () => stage.inForce.find((sample) => sample.school_years.length > 2);

async function opened(v, sample) {
  await v.open(`/v/${sample.code}`);
  await v.typeBirthDate(sample.date_of_birth);
}

/** Presses the button on an opened transcript's page; the file that the browser saves. */
async function get(v, year) {
  if (year) await v.page.selectOption("#nam-hoc", year);
  const [download] = await Promise.all([
    v.page.waitForEvent("download"),
    v.page.locator("#ban-mem button[type=submit]").click(),
  ]);
  assert.equal(download.suggestedFilename(), "ban-mem-hoc-ba.pdf");
  return readFile(await download.path());
}

/** Hands a file in; the heading of what came of it. */
async function check(v, file, name = "ban-mem.pdf", mimeType = "application/pdf") {
  await v.open(CHECK);
  await v.page.setInputFiles("#file", { name, mimeType, buffer: file });
  await v.press(`form[action='${CHECK}']`);
  return v.heading();
}

function photoOfQr(code) {
  return png(photo(`HTTPS://HOCBA.EXAMPLE.VN/V/${code.toUpperCase()}`, { pitch: 7, turn: 4, blur: 0.8, noise: 4 }));
}

describe("a holder gets a soft copy, and whoever gets it can check it", () => {
  for (const [screen, language, scheme] of [["phone", "vi", "light"], ["desktop", "en", "dark"]]) {
    test(`without scripts (${screen}, ${language})`, () =>
      visit({ screen, language, scheme }, async (v) => {
        const words = WORDS[language];
        const sample = severalYears();
        await opened(v, sample);
        assert.equal(await v.heading(), HEADINGS[language].content);
        await v.page.locator("#ban-mem").scrollIntoViewIfNeeded();
        await v.picture(`softcopy-offer-${screen}-${language}`);
        await snapshots.outline(`offer.${language}`, v.page, ["#ban-mem"], [sample.full_name]);
        const pdf = await get(v);
        assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
        // The page is still there: another one, of one year, is one press away.
        const extract = await get(v, sample.school_years[0]);
        assert.ok(extract.length < pdf.length);
        await v.open("/");
        await v.page.locator(`a[href='${CHECK}']`).first().click();
        assert.equal(await v.heading(), words.check);
        await v.picture(`softcopy-check-${screen}-${language}`);
        await snapshots.compare(`check.${language}`, v.page, ["main"]);
        for (const [file, name] of [[extract, "extract"], [pdf, "current"]]) {
          assert.equal(await check(v, file), words.current);
          assert.ok(await v.page.locator(".verdict.good").isVisible());
          assert.ok(!(await v.page.content()).includes(sample.full_name), "a file alone shows nobody's name");
          await v.picture(`softcopy-${name}-${screen}-${language}`);
        }
        await snapshots.outline(`current.${language}`, v.page, ["main"], [sample.full_name]);
        await v.page.locator(`a[href='/v/${sample.code}']`).click();
        assert.equal(await v.heading(), HEADINGS[language].valid);
      }));

    test(`what is none, or not any more (${screen}, ${language})`, () =>
      visit({ screen, language, scheme }, async (v) => {
        const words = WORDS[language];
        const sample = aSample();
        await opened(v, sample);
        const pdf = await get(v);
        const changed = Buffer.from(pdf);
        changed[changed.length >> 1] ^= 1;
        for (const [name, heading, ...file] of [
          ["altered", words.altered, changed],
          ["code", words.code, photoOfQr(sample.code), "anh.png", "image/png"],
          ["nothing", words.nothing, Buffer.from("%PDF-1.4\nthư mời\n%%EOF")],
          ["unreadable", words.unreadable, Buffer.from("GIF89a"), "anh.gif", "image/gif"],
        ]) {
          assert.equal(await check(v, ...file), heading);
          assert.equal(await v.page.locator(".verdict.good").count(), 0, name);
          await v.picture(`softcopy-${name}-${screen}-${language}`);
          await snapshots.outline(`${name}.${language}`, v.page, ["main"]);
        }
        await v.open("/ban-mem/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        assert.equal(await v.heading(), words.gone);
        await v.picture(`softcopy-gone-${screen}-${language}`);
      }));
  }

  test("from the photo of a paper copy it leads on to the code", () =>
    visit({}, async (v) => {
      const sample = aSample();
      await check(v, photoOfQr(sample.code), "anh.png", "image/png");
      await v.page.locator(`a[href='/v/${sample.code}']`).click();
      assert.equal(await v.heading(), HEADINGS.vi.valid);
    }));

  test("that of a withdrawn transcript is genuine and never green", () =>
    visit({ language: "en" }, async (v) => {
      const sample = stage.sampleOf("withdrawn");
      await opened(v, sample);
      const pdf = await get(v);
      assert.equal(await check(v, pdf), WORDS.en.withdrawn);
      assert.equal(await v.page.locator(".verdict.good").count(), 0);
      await v.picture("softcopy-withdrawn-phone-en");
    }));

  test("with the keyboard alone", () =>
    visit({ screen: "desktop" }, async (v) => {
      const sample = severalYears();
      await opened(v, sample);
      await v.page.locator("#nam-hoc").focus();
      await v.page.keyboard.press("ArrowDown");
      await v.page.keyboard.press("Tab");
      const [download] = await Promise.all([v.page.waitForEvent("download"), v.page.keyboard.press("Enter")]);
      assert.ok((await readFile(await download.path())).length > 10_000);
    }));
});

for (const language of ["vi", "en"]) {
  test(`its pages are accessible and fit small screens (${language})`, () =>
    visit({ screen: "small", language, scripts: true }, async (v) => {
      const sample = aSample();
      const look = async (name) => {
        assert.ok((await v.overhang()) <= 0, `${name} is wider than the screen`);
        assert.deepEqual(await v.axe(), [], name);
      };
      await opened(v, sample);
      await look("offer");
      const pdf = await get(v);
      await v.open(CHECK);
      await look("form");
      await check(v, pdf);
      await look("current");
      await check(v, Buffer.concat([pdf, Buffer.from(" ")]));
      await look("altered");
      await check(v, photoOfQr(sample.code), "anh.png", "image/png");
      await look("a photo");
      await check(v, Buffer.from("?"));
      await look("unreadable");
      await v.open("/ban-mem/AAAA");
      await look("gone");
    }));
}

test("nothing of a copy is in the server's log", () => {
  const log = stage.demo.output();
  assert.ok(!/ban-mem\/[\w-]{20}/.test(log), "a ticket is in the log");
});
