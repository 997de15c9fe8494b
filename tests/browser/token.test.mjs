// Copies with a QR and receipts of lookups, as people use them: phone and desktop, both languages, with scripts and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readFile } from "node:fs/promises";
import { Snapshots } from "./snapshots.mjs";
import { Stage } from "./stage.mjs";
import { HEADINGS } from "./words.mjs";

const WORDS = {
  vi: {
    made: "Mã QR chia sẻ học bạ",
    byToken: "Bạn đang xem bằng mã QR chia sẻ",
    voided: "Đã hủy mã QR",
    isVoid: "Mã QR chia sẻ đã bị hủy",
    notValid: "Mã QR",
    receipt: "Biên nhận kết quả tra cứu học bạ",
    check: "Xác thực biên nhận",
    genuine: "Biên nhận đúng do Cổng cấp",
    altered: "Biên nhận đã bị sửa đổi",
    unreadable: "Không đọc được biên nhận",
  },
  en: {
    made: "QR code to share a transcript",
    byToken: "You are looking at it through a shared QR code",
    voided: "The QR code is void",
    isVoid: "The shared QR code was voided",
    receipt: "Receipt of a transcript lookup",
    check: "Verify a receipt",
    genuine: "The receipt is genuine",
    altered: "The receipt has been altered",
    unreadable: "The receipt cannot be read",
  },
};

const stage = new Stage();
const { visit } = stage;
const snapshots = new Snapshots("token");

/** Samples in force with a whole birth date; each test takes another, so that none voids another's copy. */
let next = 0;
function aSample(more = () => true) {
  const all = stage.inForce.filter((s) => s.token && more(s));
  return all[next++ % all.length];
}

/** Opens with the birth date and makes a copy; the page with the QR is shown. */
async function makeCopy(v, sample, only) {
  await v.open(`/v/${sample.code}`);
  await v.typeBirthDate(sample.date_of_birth);
  if (only !== undefined) {
    const boxes = v.page.locator("#chia-se input[type=checkbox]");
    for (let i = 0; i < (await boxes.count()); i++) await boxes.nth(i).setChecked(i === only);
  }
  const response = await v.press("#chia-se form[action$='/chia-se']");
  assert.equal(response.status(), 200);
  const link = await v.page.locator("#link").inputValue();
  return { link, token: link.split("#")[1] };
}

/** What the browser went to and what it kept must not hold the token. */
async function assertNeverSent(v, token) {
  for (const request of await v.traffic()) {
    assert.ok(!request.url.includes(token), `the token stands in an address: ${request.method}`);
    assert.ok(request.url.startsWith(v.base), `a request to somebody else: ${request.url}`);
    for (const [name, value] of Object.entries(request.headers)) {
      assert.ok(!value.includes(token), `the token stands in ${name}`);
    }
  }
}

/** Waits for the page that the script's form leads to. */
async function scan(v, path, token) {
  await v.page.evaluate(() => (window.isLeft = true));
  const answered = v.page.waitForResponse((r) => r.request().method() === "POST");
  await v.page.goto(`${v.base}${path}#${token}`);
  const response = await answered;
  // Where only the fragment changed, the page from before is still there for a moment.
  await v.page.waitForFunction(() => !window.isLeft);
  await v.page.waitForLoadState("load");
  return response;
}

describe("from a scanned QR to the transcript", () => {
  for (const [screen, language] of [["phone", "vi"], ["desktop", "en"]]) {
    test(`the QR opens exactly its sheets, and its token stays out of every address (${screen}, ${language})`, () =>
      visit({ screen, language, scripts: true }, async (v) => {
        const sample = aSample();
        const response = await scan(v, `/V/${sample.code.toUpperCase()}`, sample.token);
        assert.equal(response.status(), 200);
        assert.equal(await v.heading(), HEADINGS[language].content);
        const text = await v.text();
        assert.ok(text.includes(sample.full_name) && text.includes(WORDS[language].byToken));
        assert.ok(!v.page.url().includes(sample.token));
        await assertNeverSent(v, sample.token);
        await v.picture(`token-opened-${screen}-${language}`);
        assert.deepEqual(await v.axe(), []);
        // Going back finds no token in the history either.
        await v.page.goBack();
        assert.ok(!v.page.url().includes("#1."), "the history keeps the token");
      }));
  }

  test("scanned again on the page that is open, where only the fragment changes", () =>
    visit({ scripts: true }, async (v) => {
      const sample = aSample();
      await v.open(`/v/${sample.code}`);
      const answered = v.page.waitForResponse((r) => r.request().method() === "POST");
      await v.page.evaluate((token) => (location.hash = token), sample.token);
      assert.equal((await answered).status(), 200);
      await v.page.waitForLoadState("load");
      assert.equal(await v.heading(), HEADINGS.vi.content);
      await assertNeverSent(v, sample.token);
    }));

  test("without scripts the verdict is shown, and the QR's text can be pasted", () =>
    visit({ scripts: false }, async (v) => {
      const sample = aSample();
      await v.page.goto(`${v.base}/v/${sample.code}#${sample.token}`);
      assert.equal(await v.heading(), HEADINGS.vi.valid);
      assert.ok(await v.page.locator("#day").isVisible(), "it asks for the birth date");
      await v.page.locator(".paste summary").click();
      await v.picture("token-paste-phone");
      await v.page.fill("#token", `${v.base.toUpperCase()}/V/${sample.code.toUpperCase()}#${sample.token}`);
      const response = await v.press(".paste form");
      assert.equal(response.status(), 200);
      assert.equal(await v.heading(), HEADINGS.vi.content);
    }));

  test("a token of another transcript opens nothing, and says so", () =>
    visit({ scripts: true }, async (v) => {
      const [sample, other] = [aSample(), aSample()];
      assert.notEqual(sample.code, other.code);
      const response = await scan(v, `/v/${sample.code}`, other.token);
      assert.equal(response.status(), 403);
      assert.equal(await v.heading(), HEADINGS.vi.valid);
      const text = await v.page.content();
      assert.ok(!text.includes(sample.full_name) && !text.includes(other.full_name));
      await v.picture("token-not-valid-phone");
      assert.deepEqual(await v.axe(), []);
    }));
});

describe("from the birth date to a copy", () => {
  for (const [screen, language, scheme] of [["phone", "vi", "light"], ["desktop", "en", "dark"]]) {
    test(`a copy is made, opened, listed and voided without scripts (${screen}, ${language})`, () =>
      visit({ screen, language, scheme }, async (v) => {
        const words = WORDS[language];
        const sample = aSample((s) => s.school_years.length > 1);
        const { token } = await makeCopy(v, sample, 0);
        assert.equal(await v.heading(), words.made);
        assert.ok(await v.page.locator("figure svg").isVisible());
        await v.picture(`copy-made-${screen}-${language}`);
        await snapshots.outline(`copy-made.${language}`, v.page, ["main"], [sample.full_name]);
        await v.open(`/v/${sample.code}`);
        await v.page.locator(".paste summary").click();
        await v.page.fill("#token", token);
        await v.press(".paste form");
        assert.equal(await v.page.locator("section.sheet").count(), 1, "the one year that was chosen");
        await v.open(`/v/${sample.code}`);
        await v.typeBirthDate(sample.date_of_birth);
        assert.ok((await v.page.locator(".copies li").count()) >= 1);
        await v.picture(`copy-listed-${screen}-${language}`);
        await snapshots.outline(`copy-listed.${language}`, v.page, [".copies", "#chia-se"], [sample.full_name]);
        const response = await v.press(".copies li:first-child form");
        assert.equal(response.status(), 200);
        assert.equal(await v.heading(), words.voided);
        await v.picture(`copy-voided-${screen}-${language}`);
        await snapshots.outline(`copy-voided.${language}`, v.page, ["main"], [sample.full_name]);
        await v.open(`/v/${sample.code}`);
        await v.page.locator(".paste summary").click();
        await v.page.fill("#token", token);
        assert.equal((await v.press(".paste form")).status(), 403);
        assert.ok((await v.text()).includes(words.isVoid));
        await v.picture(`copy-is-void-${screen}-${language}`);
        await snapshots.outline(`copy-is-void.${language}`, v.page, ["main"], [sample.full_name]);
        await assertNeverSent(v, token);
      }));
  }

  test("whoever has the QR can void it", () =>
    visit({ scripts: true }, async (v) => {
      const sample = aSample();
      const { token } = await makeCopy(v, sample);
      await scan(v, `/v/${sample.code}`, token);
      await v.page.locator(".share summary").click();
      assert.equal((await v.press(".share form[action$='/vo-hieu']")).status(), 200);
      assert.equal(await v.heading(), WORDS.vi.voided);
      assert.equal((await scan(v, `/v/${sample.code}`, token)).status(), 403);
    }));

  test("the printed QR measures at least 30 mm", () =>
    visit({ screen: "desktop", scripts: true }, async (v) => {
      await makeCopy(v, aSample());
      await v.page.emulateMedia({ media: "print" });
      const { width, height } = await v.page.locator("figure.qr-long svg").boundingBox();
      const mm = (pixels) => (pixels / 96) * 25.4;
      assert.ok(mm(width) >= 30 && Math.abs(width - height) < 1, `${mm(width)} mm`);
    }));

  for (const language of ["vi", "en"]) {
    test(`the pages of copies are accessible and fit small screens (${language})`, () =>
      visit({ screen: "small", language, scripts: true }, async (v) => {
        const sample = aSample();
        const look = async (name) => {
          assert.ok((await v.overhang()) <= 0, `${name} is wider than the screen`);
          assert.deepEqual(await v.axe(), [], name);
        };
        const { token } = await makeCopy(v, sample);
        await look("made");
        await v.page.locator("details summary").click();
        await look("made, with its link");
        await v.open(`/v/${sample.code}`);
        await v.typeBirthDate(sample.date_of_birth);
        await look("offer and list");
        await scan(v, `/v/${sample.code}`, token);
        await look("opened by a token");
        await v.page.locator(".share summary").click();
        await v.press(".share form[action$='/vo-hieu']");
        await look("voided");
        await scan(v, `/v/${sample.code}`, token);
        await look("refused");
      }));
  }
});

describe("a receipt of the answer", () => {
  for (const [screen, language, scheme] of [["phone", "vi", "light"], ["desktop", "en", "dark"]]) {
    test(`is kept, saved and verified without scripts (${screen}, ${language})`, () =>
      visit({ screen, language, scheme }, async (v) => {
        const words = WORDS[language];
        const sample = aSample();
        await v.open(`/v/${sample.code}`);
        await v.press("form[action$='/bien-nhan']");
        assert.equal(await v.heading(), words.receipt);
        const page = await v.page.content();
        assert.ok(!page.includes(sample.full_name));
        await v.picture(`receipt-${screen}-${language}`);
        await snapshots.outline(`receipt.${language}`, v.page, ["main"], [sample.full_name]);
        const [download] = await Promise.all([
          v.page.waitForEvent("download"),
          v.page.locator("form[action='/bien-nhan/tep'] button").click(),
        ]);
        assert.match(download.suggestedFilename(), /^bien-nhan-\d{14}\.jws\.json$/);
        const file = await download.path();
        const receipt = JSON.parse(await readFile(file, "utf8"));
        const stated = JSON.parse(Buffer.from(receipt.payload, "base64url"));
        assert.equal(stated.answer.code, sample.code);

        await v.open("/xac-thuc-bien-nhan");
        assert.equal(await v.heading(), words.check);
        await v.picture(`receipt-check-${screen}-${language}`);
        await snapshots.outline(`receipt-check.${language}`, v.page, ["main"], [sample.full_name]);
        await v.page.setInputFiles("#file", file);
        await v.press("form[action='/xac-thuc-bien-nhan']");
        assert.equal(await v.heading(), words.genuine);
        await v.picture(`receipt-genuine-${screen}-${language}`);
        await snapshots.outline(`receipt-genuine.${language}`, v.page, ["main"], [sample.full_name]);
        stated.answer.verdict = "withdrawn";
        const payload = Buffer.from(JSON.stringify(stated)).toString("base64url");
        for (const [text, heading] of [
          [JSON.stringify({ ...receipt, payload }), words.altered],
          ["???", words.unreadable],
        ]) {
          await v.open("/xac-thuc-bien-nhan");
          await v.page.locator("form[action='/xac-thuc-bien-nhan'] summary").click();
          await v.page.fill("#text", text);
          await v.press("form[action='/xac-thuc-bien-nhan']");
          assert.equal(await v.heading(), heading);
        }
        await v.picture(`receipt-unreadable-${screen}-${language}`);
        await snapshots.outline(`receipt-unreadable.${language}`, v.page, ["main"], [sample.full_name]);
      }));
  }

  for (const language of ["vi", "en"]) {
    test(`its pages are accessible and fit small screens (${language})`, () =>
      visit({ screen: "small", language, scripts: true }, async (v) => {
        const look = async (name) => {
          assert.ok((await v.overhang()) <= 0, `${name} is wider than the screen`);
          assert.deepEqual(await v.axe(), [], name);
        };
        await v.open(`/v/${aSample().code}`);
        await v.press("form[action$='/bien-nhan']");
        await look("receipt");
        const receipt = await v.page.locator("input[name=bien_nhan]").inputValue();
        await v.open("/xac-thuc-bien-nhan");
        await look("form");
        await v.page.locator("form[action='/xac-thuc-bien-nhan'] summary").click();
        await look("form with the text field");
        await v.page.fill("#text", receipt);
        await v.press("form[action='/xac-thuc-bien-nhan']");
        await look("genuine");
        const payload = Buffer.from("{}").toString("base64url");
        for (const text of [JSON.stringify({ ...JSON.parse(receipt), payload }), "???", ""]) {
          await v.open("/xac-thuc-bien-nhan");
          await v.page.locator("form[action='/xac-thuc-bien-nhan'] summary").click();
          await v.page.fill("#text", text);
          await v.press("form[action='/xac-thuc-bien-nhan']");
          await look(`not genuine: ${await v.heading()}`);
        }
      }));
  }
});

test("nothing of a copy is in the server's log", () => {
  const log = stage.demo.output();
  for (const sample of stage.samples) {
    assert.ok(!sample.token || !log.replace(/With a copy's QR: .*/g, "").includes(sample.token));
  }
});
