// The opened transcript and its comparison with paper: read on a phone, printed, compared by keyboard alone.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { printed, squeezed } from "./print.mjs";
import { Snapshots } from "./snapshots.mjs";
import { Stage, nameFor, oneOfEach } from "./stage.mjs";
import { HEADINGS } from "./words.mjs";

const PAPER = {
  vi: {
    form: "Đối chiếu với bản giấy",
    partly: "Các giá trị đã đối chiếu đều khớp",
    differs: "Nội dung không khớp với dữ liệu gốc",
    back: "Xem nội dung học bạ",
    submit: "Đối chiếu",
  },
  en: {
    form: "Compare with a paper copy",
    partly: "What was compared is the same",
    differs: "The content differs from the record",
    back: "Show the transcript",
    submit: "Compare",
  },
};

/** Of static/transcript.css: the page's lower margin, and the foot that every page repeats. */
const MARGIN_MM = 10;
const FOOT_MM = 24;

const stage = new Stage();
const { visit } = stage;
const snapshots = new Snapshots("transcript");

/** Whole pages are looked at here; where it is narrow, only whether they fit. */
const SCREENS = ["phone", "desktop"];
const NARROW = ["small", "zoomed"];

const lastYear = (sample) => sample.school_years.at(-1);
/** For each level the transcript with most years among those that go on to the last one. */
function longest() {
  const newest = stage.inForce.map(lastYear).sort().at(-1);
  const current = stage.inForce.filter((s) => lastYear(s) === newest);
  const byYears = current.sort((a, b) => a.school_years.length - b.school_years.length);
  return oneOfEach("level", byYears);
}
/** The same, and one of which every year follows an earlier circular. */
const everyForm = () => [...longest(), stage.inForce.find((s) => s.level === "thpt" && lastYear(s) < "2024")];

async function openTranscript(v, sample) {
  await v.open(`/v/${sample.code}`);
  const response = await v.typeBirthDate(sample.date_of_birth, nameFor(sample));
  assert.equal(response.status(), 200);
}

/** Presses a button by its name and waits for the page that answers. */
async function pressNamed(v, name) {
  const [response] = await Promise.all([
    v.page.waitForResponse((r) => r.request().isNavigationRequest()),
    v.page.getByRole("button", { name, exact: true }).click(),
  ]);
  await v.page.waitForLoadState("load");
  return response;
}

async function openComparison(v, sample, language = "vi") {
  await openTranscript(v, sample);
  const response = await pressNamed(v, PAPER[language].form);
  assert.equal(response.status(), 200);
  assert.equal(await v.heading(), PAPER[language].form);
}

/** What headings and fields say of a learner. */
const hide = (sample) => [sample.full_name];

describe("reading a transcript", () => {
  for (const screen of SCREENS) {
    for (const language of ["vi", "en"]) {
      test(`every level, ${screen}, ${language}`, () =>
        visit({ screen, language, scripts: true }, async (v) => {
          for (const [number, sample] of everyForm().entries()) {
            await openTranscript(v, sample);
            assert.equal(await v.heading(), HEADINGS[language].content);
            assert.ok((await v.overhang()) <= 0, `${sample.level} is wider than the screen`);
            assert.deepEqual(await v.axe(), [], sample.level);
            await v.picture(`transcript-${number}-${sample.level}-${language}-${screen}`);
          }
        }));
    }
  }

  for (const screen of NARROW) {
    for (const language of ["vi", "en"]) {
      test(`every level fits, ${screen}, ${language}`, () =>
        visit({ screen, language, scripts: true }, async (v) => {
          for (const sample of everyForm()) {
            await openTranscript(v, sample);
            assert.equal(await v.heading(), HEADINGS[language].content);
            assert.ok((await v.overhang()) <= 0, `${sample.level} is wider than the screen`);
            assert.deepEqual(await v.axe(), [], sample.level);
          }
        }));
    }
  }

  test("in the dark", () =>
    visit({ scheme: "dark", scripts: true }, async (v) => {
      for (const sample of longest()) {
        await openTranscript(v, sample);
        assert.deepEqual(await v.axe(), [], sample.level);
        await v.picture(`transcript-${sample.level}-dark-phone`);
      }
    }));

  test("the years stay in reach, and lead where they say", () =>
    visit({}, async (v) => {
      const sample = longest().find((s) => s.school_years.length > 2);
      await openTranscript(v, sample);
      const last = sample.school_years.at(-1);
      const link = v.page.locator(".jump a", { hasText: last });
      await link.click();
      assert.ok(await link.isVisible(), "the list is still on the screen");
      const list = await v.page.locator(".jump").boundingBox();
      const heading = await v.page.locator(".sheet h2", { hasText: last }).first().boundingBox();
      assert.ok(heading.y >= list.y + list.height - 1, "the list does not hide the year it leads to");
      assert.ok(heading.y < 500, "the year is at the top");
      await v.picture("transcript-jumped-phone");
    }));

  for (const language of ["vi", "en"]) {
    test(`years that cannot be used say so, whatever the verdict (${language})`, () =>
      visit({ language, scripts: true }, async (v) => {
        const others = stage.samples.filter((s) => !["valid", "erased"].includes(s.expected_verdict));
        for (const sample of oneOfEach("expected_verdict", others)) {
          await openTranscript(v, sample);
          const marked = await v.page.locator(".sheet .fault, .sheet .status:not(.good)").count();
          assert.ok(marked > 0, sample.expected_verdict);
          assert.deepEqual(await v.axe(), [], sample.expected_verdict);
          await v.picture(`transcript-${sample.expected_verdict}-${language}-phone`);
        }
      }));
  }

  test("the other language is one button away, without the birth date", () =>
    visit({ screen: "desktop" }, async (v) => {
      const [sample] = longest();
      await openTranscript(v, sample);
      await pressNamed(v, "Show in English");
      assert.equal(await v.heading(), HEADINGS.en.content);
      assert.ok((await v.text()).includes(sample.full_name), "the name stays as it is");
      assert.ok((await v.text()).includes("How to read this transcript"));
      await pressNamed(v, "Xem bằng tiếng Việt");
      assert.equal(await v.heading(), HEADINGS.vi.content);
    }));

  for (const language of ["vi", "en"]) {
    test(`a screen reader is given headings, tables and years in order (${language})`, () =>
      visit({ language }, async (v) => {
        for (const sample of longest()) {
          await openTranscript(v, sample);
          await snapshots.outline(`opened-${sample.level}.${language}`, v.page, ["main"], hide(sample));
          // A year has two sheets where one took the place of the other.
          const years = await v.page.getByRole("heading", { level: 2 }).filter({ hasText: /20\d\d-20\d\d/ }).allInnerTexts();
          const inOrder = new Set(years.map((text) => text.match(/20\d\d-20\d\d/)[0]));
          assert.deepEqual([...inOrder], sample.school_years);
          const subject = v.page.getByRole("rowheader", { name: "Toán", exact: true });
          assert.ok((await subject.count()) >= sample.school_years.length, `${sample.level}: a subject heads its row`);
        }
      }));
  }
});

describe("printing a transcript", () => {
  test("every page has the code in groups and a QR of its address alone", () =>
    visit({ screen: "desktop" }, async (v) => {
      for (const sample of longest()) {
        await openTranscript(v, sample);
        const print = await printed(v.page);
        try {
          const [texts, codes] = await Promise.all([print.texts(), print.codes()]);
          assert.ok(texts.length >= sample.school_years.length, `${sample.level}: ${texts.length} pages`);
          assert.equal(codes.length, texts.length);
          const groups = sample.code.match(/.{4}/g).join("");
          for (const [number, text] of texts.entries()) {
            assert.ok(text.replaceAll(" ", "").includes(groups), `${sample.level}, page ${number + 1} has no code`);
            const address = `/V/${sample.code.toUpperCase()}`;
            assert.ok(codes[number].endsWith(address), `${sample.level}, page ${number + 1}: ${codes[number]}`);
            assert.equal(codes[number], codes[number].toUpperCase());
            assert.equal(codes[number].split("\n").length, 1);
          }
        } finally {
          await print.leave();
        }
      }
    }));

  // Half as large again, so that every table runs over a page.
  test("no row is cut by a page or lies under its foot, and the head of a table comes again", () =>
    visit({ screen: "desktop" }, async (v) => {
      for (const sample of longest()) {
        await openTranscript(v, sample);
        const rows = (await v.page.locator(".marks tbody tr").allInnerTexts()).map(squeezed);
        assert.ok(rows.length >= 8, sample.level);
        const print = await printed(v.page, 1.5);
        try {
          const texts = await print.texts();
          for (const row of rows) {
            const whole = texts.filter((text) => text.includes(row)).length;
            assert.ok(whole > 0, `${sample.level}: no page has the whole row: ${row}`);
          }
          const foot = squeezed(await v.page.locator(".print-foot").textContent()).replaceAll(" ", "");
          for (const [number, words] of (await print.lowest(MARGIN_MM + 1.5 * FOOT_MM)).entries()) {
            const letters = (text) => [...text].sort().join("");
            assert.equal(letters(words.join("")), letters(foot), `${sample.level}, page ${number + 1}: under the foot`);
          }
          const head = squeezed(await v.page.locator(".marks thead").first().innerText());
          const heads = texts.reduce((sum, text) => sum + text.split(head).length - 1, 0);
          const tables = await v.page.locator(".marks").count();
          assert.ok(heads > tables, `${sample.level}: ${heads} heads for ${tables} tables over ${texts.length} pages`);
        } finally {
          await print.leave();
        }
      }
    }));
});

describe("comparing with a paper copy", () => {
  for (const screen of SCREENS) {
    for (const language of ["vi", "en"]) {
      test(`every level, ${screen}, ${language}`, () =>
        visit({ screen, language, scripts: true }, async (v) => {
          for (const sample of longest()) {
            await openComparison(v, sample, language);
            assert.ok((await v.overhang()) <= 0, `${sample.level} is wider than the screen`);
            assert.deepEqual(await v.axe(), [], sample.level);
            await v.picture(`paper-${sample.level}-${language}-${screen}`);
            // One value that is not the record's, one that cannot be read, everything else ticked.
            for (const tick of await v.page.locator(".tick.all input").all()) await tick.check();
            await v.page.locator("input[name='v.hs.ten.0']").fill("Một Người Khác");
            await v.page.locator("input[name='v.hs.sinh.0']").fill("hôm qua");
            await pressNamed(v, PAPER[language].submit);
            assert.equal(await v.heading(), PAPER[language].differs);
            assert.equal(await v.page.locator(".differences li").count(), 1);
            assert.equal(await v.page.locator(".differences strong").first().innerText(), "Một Người Khác");
            assert.ok((await v.overhang()) <= 0, `${sample.level} is wider than the screen`);
            assert.deepEqual(await v.axe(), [], sample.level);
            await v.picture(`paper-differs-${sample.level}-${language}-${screen}`);
          }
        }));
    }
  }

  for (const screen of NARROW) {
    for (const language of ["vi", "en"]) {
      test(`every level fits, ${screen}, ${language}`, () =>
        visit({ screen, language, scripts: true }, async (v) => {
          for (const sample of longest()) {
            await openComparison(v, sample, language);
            assert.ok((await v.overhang()) <= 0, `${sample.level} is wider than the screen`);
            await v.page.locator("input[name='v.hs.ten.0']").fill("Một Người Khác");
            await pressNamed(v, PAPER[language].submit);
            assert.equal(await v.heading(), PAPER[language].differs);
            assert.ok((await v.overhang()) <= 0, `${sample.level} is wider than the screen, compared`);
          }
          assert.deepEqual(await v.axe(), []);
          await v.picture(`paper-differs-${screen}-${language}`);
        }));
    }
  }

  test("in the dark", () =>
    visit({ scheme: "dark", scripts: true }, async (v) => {
      const [sample] = longest();
      await openComparison(v, sample);
      await v.page.locator("input[name='v.hs.ten.0']").fill("Một Người Khác");
      await pressNamed(v, PAPER.vi.submit);
      assert.deepEqual(await v.axe(), []);
      await v.picture("paper-differs-dark-phone");
    }));

  test("the keyboard alone is enough, without a script", () =>
    visit({ screen: "desktop" }, async (v) => {
      const { page } = v;
      const sample = longest().find((s) => s.level === "thcs");
      await openTranscript(v, sample);
      const focused = (what) => page.locator(`:focus${what}`).count();
      /** Tabs on until the focus is there. */
      const tabTo = async (what) => {
        for (let presses = 0; presses < 400; presses++) {
          await page.keyboard.press("Tab");
          if (await focused(what)) return presses + 1;
        }
        throw new Error(`Tab never reaches ${what}`);
      };
      const enter = async () => {
        await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), page.keyboard.press("Enter")]);
        await page.waitForLoadState("load");
      };
      await tabTo("[type=submit]");
      await enter();
      assert.equal(await v.heading(), PAPER.vi.form);
      // The learner is typed, with the keys of a keyboard that has a decimal point and no capitals.
      await tabTo("[name='v.hs.ten.0']");
      await page.keyboard.type(sample.full_name.toUpperCase().normalize("NFD"));
      await tabTo("[name='v.hs.sinh.0']");
      await page.keyboard.type(sample.date_of_birth.split("-").reverse().map(Number).join("/"));
      await enter();
      assert.equal(await v.heading(), PAPER.vi.partly);
      assert.match(await page.locator(".summary").innerText(), /^2 giá trị khớp · 0 giá trị khác/);
      // The rest is ticked, part by part.
      const parts = await page.locator(".tick.all input").count();
      assert.equal(parts, sample.school_years.length + 1);
      for (let part = 0; part < parts; part++) {
        await tabTo("[name=g][value]:not([value*='.'])");
        await page.keyboard.press("Space");
      }
      await tabTo("[type=submit]");
      await enter();
      assert.equal(await v.heading(), HEADINGS.vi.content);
      assert.match(await page.locator(".summary").innerText(), /0 giá trị chưa đối chiếu/);
      await v.picture("paper-matches-desktop");
      await snapshots.outline("paper-matches.vi", page, ["main"], hide(sample));
    }));

  test("an altered mark is found, and its line is one link away", () =>
    visit({ screen: "desktop" }, async (v) => {
      const sample = longest().find((s) => s.level === "thpt");
      await openComparison(v, sample);
      const line = v.page.getByRole("group", { name: "Toán" }).last();
      const field = line.getByRole("textbox").nth(2);
      const known = await line.locator(".known bdi").nth(2).innerText();
      assert.match(known, /^\d+,\d$/);
      const altered = known.startsWith("9") ? "1,9" : "9,9";
      await field.fill(altered);
      for (const tick of await v.page.locator(".tick.all input").all()) await tick.check();
      await pressNamed(v, PAPER.vi.submit);
      assert.equal(await v.heading(), PAPER.vi.differs);
      const difference = v.page.locator(".differences li");
      assert.match(await difference.innerText(), new RegExp(`Toán, Cả năm.*${altered}.*${known}`));
      await difference.getByRole("link").click();
      const [target] = await v.page.locator(":target").all();
      assert.equal(await target.inputValue(), altered);
      assert.equal(await target.getAttribute("aria-invalid"), "true");
      // Typed again in the record's own value, with a point for the comma.
      await target.fill(` ${known.replace(",", ".")} `);
      await pressNamed(v, PAPER.vi.submit);
      assert.equal(await v.heading(), HEADINGS.vi.content);
    }));

  test("what is not in force is not compared, and never called valid", () =>
    visit({ scripts: true }, async (v) => {
      for (const verdict of ["withdrawn", "partly_withdrawn", "suspended", "not_in_force"]) {
        const sample = stage.samples.find((s) => s.expected_verdict === verdict);
        await openTranscript(v, sample);
        assert.ok((await v.overhang()) <= 0, `${verdict} is wider than the screen`);
        await pressNamed(v, PAPER.vi.form);
        assert.equal(await v.heading(), HEADINGS.vi[verdict]);
        assert.ok((await v.page.locator(".part .remark").count()) > 0, verdict);
        for (const tick of await v.page.locator(".tick.all input").all()) await tick.check();
        await pressNamed(v, PAPER.vi.submit);
        assert.equal(await v.heading(), HEADINGS.vi[verdict], verdict);
        assert.equal(await v.page.locator(".verdict.good").count(), 0);
        assert.deepEqual(await v.axe(), [], verdict);
        await v.picture(`paper-${verdict}-phone`);
      }
    }));

  test("a page that has run out asks again and loses nothing", () =>
    visit({ scripts: true }, async (v) => {
      const sample = longest().find((s) => s.level === "tieu_hoc");
      await openComparison(v, sample);
      await v.page.locator("input[name='v.hs.ten.0']").fill("Một Người Khác");
      await v.page.locator(".compare input[name=ticket]").evaluate((input) => (input.value = "old"));
      const asked = await pressNamed(v, PAPER.vi.submit);
      assert.equal(asked.status(), 403);
      assert.match(await v.page.locator("[role=alert]").innerText(), /Phiên xem đã hết hạn/);
      assert.deepEqual(await v.axe(), []);
      await v.picture("paper-expired-phone");
      const again = await v.typeBirthDate(sample.date_of_birth);
      assert.equal(again.status(), 200);
      assert.equal(await v.heading(), PAPER.vi.differs);
      assert.equal(await v.page.inputValue("input[name='v.hs.ten.0']"), "Một Người Khác");
    }));

  test("nothing typed is in an address, a cookie or a request to anybody else", () =>
    visit({}, async (v) => {
      const [sample] = longest();
      await openComparison(v, sample);
      await v.page.locator("input[name='v.hs.ten.0']").fill(sample.full_name);
      const answer = await pressNamed(v, PAPER.vi.submit);
      assert.match((await answer.allHeaders())["cache-control"], /no-store/);
      await pressNamed(v, PAPER.vi.back);
      assert.equal(await v.heading(), HEADINGS.vi.content);
      assert.deepEqual(await v.context.cookies(), []);
      for (const { url, headers } of await v.traffic()) {
        assert.ok(url.startsWith(`${stage.base}/`), `a request to ${url}`);
        assert.equal(new URL(url).search, "");
        assert.ok(!(headers.referer ?? "").includes(sample.code));
      }
      const page = await v.page.content();
      const [year, month, day] = sample.date_of_birth.split("-");
      assert.ok(!page.includes(sample.date_of_birth), "the birth date is not kept as it was typed");
      assert.ok(page.includes(`${day}/${month}/${year}`), "it is on the page as content");
    }));
});
