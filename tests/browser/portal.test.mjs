// The portal as people see it: phone and desktop, Vietnamese and English, no JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Stage, grouped, isWhole, nameFor, oneOfEach } from "./stage.mjs";
import { SCREENS } from "./visitor.mjs";
import { HEADINGS, NOBODY } from "./words.mjs";

const stage = new Stage();
const { visit } = stage;

const opens = (sample) => sample.expected_verdict !== "erased";
describe("from the code to the verdict", () => {
  for (const screen of ["phone", "desktop"]) {
    test(`a typed code leads to its verdict on a ${screen}`, () =>
      visit({ screen }, async (v) => {
        await v.open("/");
        assert.equal(await v.heading(), HEADINGS.vi.home);
        await v.picture(`home-${screen}`);
        const [sample] = stage.inForce;
        await v.typeCode(grouped(sample.code.toUpperCase()));
        assert.equal(await v.heading(), HEADINGS.vi.valid);
        assert.equal(v.page.url(), `${stage.base}/v/${sample.code}`);
        await v.picture(`verdict-valid-${screen}`);
      }));
  }

  for (const language of ["vi", "en"]) {
    test(`every sample has the heading of its verdict (${language})`, () =>
      visit({ language }, async (v) => {
        for (const sample of stage.samples) {
          const response = await v.open(`/v/${sample.code}`);
          assert.equal(response.status(), 200, sample.expected_verdict);
          assert.equal(await v.heading(), HEADINGS[language][sample.expected_verdict]);
        }
      }));
  }

  test("a code alone is never called a valid transcript, and shows nothing personal", () =>
    visit({}, async (v) => {
      for (const sample of stage.samples) {
        await v.open(`/v/${sample.code}`);
        const page = await v.page.content();
        assert.ok(!page.includes(HEADINGS.vi.content), "a green verdict from a code alone");
        assert.ok(!page.includes(sample.full_name), "a name from a code alone");
      }
    }));

  test("an unknown code says so and is not found", () =>
    visit({}, async (v) => {
      const response = await v.open(`/v/${NOBODY}`);
      assert.equal(response.status(), 404);
      assert.equal(await v.heading(), HEADINGS.vi.unknown);
      assert.equal(await v.page.locator("form.ask, .ask form").count(), 0);
      await v.picture("verdict-unknown-phone");
    }));

  test("a mistyped code is kept, and the wrong group is named", () =>
    visit({}, async (v) => {
      await v.open("/");
      const typed = "0f8f ad5b d9cg 469f a165 7086 7728 950e";
      const response = await v.typeCode(typed);
      assert.equal(response.status(), 400);
      assert.equal(await v.heading(), HEADINGS.vi.bad_code);
      assert.equal(await v.page.inputValue("#code"), typed);
      assert.equal(await v.page.locator("mark").innerText(), "d9cg");
      await v.picture("bad-code-phone");
    }));

  test("each verdict looks different", () =>
    visit({}, async (v) => {
      const looks = new Set();
      const one = oneOfEach("expected_verdict", stage.samples);
      for (const sample of one) {
        await v.open(`/v/${sample.code}`);
        looks.add(await v.heading());
        await v.picture(`verdict-${sample.expected_verdict}-phone`);
      }
      assert.equal(looks.size, one.length);
    }));
});

describe("from the birth date to the transcript", () => {
  for (const screen of ["phone", "desktop"]) {
    test(`the birth date opens every level on a ${screen}`, () =>
      visit({ screen }, async (v) => {
        for (const sample of oneOfEach("level", stage.inForce)) {
          await v.open(`/v/${sample.code}`);
          const response = await v.typeBirthDate(sample.date_of_birth);
          assert.equal(response.status(), 200);
          assert.equal(await v.heading(), HEADINGS.vi.content);
          const text = await v.text();
          assert.ok(text.includes(sample.full_name), "the name is shown");
          for (const year of sample.school_years) assert.ok(text.includes(year), `year ${year} is shown`);
          await v.picture(`transcript-${sample.level}-${screen}`);
        }
      }));
  }

  test("what is not in force opens with its own heading, never with the green one", () =>
    visit({}, async (v) => {
      const others = stage.samples.filter((s) => s.expected_verdict !== "valid");
      for (const sample of oneOfEach("expected_verdict", others).filter(opens)) {
        await v.open(`/v/${sample.code}`);
        const response = await v.typeBirthDate(sample.date_of_birth, nameFor(sample));
        assert.equal(response.status(), 200, sample.expected_verdict);
        assert.equal(await v.heading(), HEADINGS.vi[sample.expected_verdict]);
        await v.picture(`transcript-${sample.expected_verdict}-phone`);
      }
    }));

  test("a birth date known only in part needs the name too", () =>
    visit({}, async (v) => {
      const partial = stage.samples.filter((s) => !isWhole(s) && opens(s));
      assert.ok(partial.length > 0, "the demonstration has a learner whose birth date is known in part");
      const [sample] = partial;
      await v.open(`/v/${sample.code}`);
      const asked = await v.typeBirthDate(sample.date_of_birth);
      assert.equal(asked.status(), 400);
      assert.ok(await v.page.locator("#full_name").isVisible(), "the name is asked for");
      await v.picture("name-needed-phone");
      const opened = await v.typeBirthDate(sample.date_of_birth, sample.full_name);
      assert.equal(opened.status(), 200);
      assert.ok((await v.text()).includes(sample.full_name));
    }));

  test("a wrong birth date keeps what was typed and counts the tries left", () =>
    visit({}, async (v) => {
      const sample = stage.inForce.at(-1);
      await v.open(`/v/${sample.code}`);
      for (const left of [4, 3]) {
        const response = await v.typeBirthDate("1990-01-31");
        assert.equal(response.status(), 403);
        const alert = await v.page.locator("[role=alert]").innerText();
        assert.match(alert, /Ngày sinh không khớp/);
        assert.match(alert, new RegExp(`Còn ${left} lần`));
        assert.equal(await v.page.inputValue("#day"), "31");
        assert.equal(await v.page.inputValue("#month"), "01");
        assert.equal(await v.page.inputValue("#year"), "1990");
      }
      await v.picture("wrong-birth-date-phone");
      assert.equal((await v.typeBirthDate(sample.date_of_birth)).status(), 200);
    }));

  test("too many wrong birth dates lock the form and never the verdict", () =>
    visit({}, async (v) => {
      const sample = stage.samples.find((s) => s.expected_verdict === "partly_withdrawn");
      await v.open(`/v/${sample.code}`);
      const hasForm = async () => (await v.page.locator(".ask form").count()) === 1;
      let tries = 0;
      for (; tries < 10 && (await hasForm()); tries++) await v.typeBirthDate("1990-01-31", nameFor(sample));
      assert.ok(tries === 5 || tries === 6, `locked after ${tries} tries`);
      assert.match(await v.page.locator("[role=alert]").innerText(), /Đã nhập sai quá số lần cho phép/);
      await v.picture("locked-phone");
      const api = await fetch(`${stage.base}/api/v1/transcripts/${sample.code}/disclosure`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ date_of_birth: sample.date_of_birth, full_name: sample.full_name }),
      });
      assert.equal(api.status, 429);
      assert.ok(Number(api.headers.get("retry-after")) > 0);
      assert.equal((await v.open(`/v/${sample.code}`)).status(), 200);
      assert.equal(await v.heading(), HEADINGS.vi.partly_withdrawn);
    }));
});

describe("for everybody", () => {
  test("the language link translates the page and is remembered", () =>
    visit({ screen: "desktop" }, async (v) => {
      const [sample] = stage.inForce;
      await v.open(`/v/${sample.code}`);
      await v.page.getByRole("link", { name: "English" }).click();
      await v.page.waitForLoadState("load");
      assert.equal(await v.heading(), HEADINGS.en.valid);
      await v.typeBirthDate(sample.date_of_birth);
      assert.equal(await v.heading(), HEADINGS.en.content);
      assert.equal(await v.page.locator("html").getAttribute("lang"), "en");
      await v.picture("transcript-english-desktop");
      await v.page.getByRole("link", { name: "Tiếng Việt" }).click();
      await v.page.waitForLoadState("load");
      assert.equal(await v.heading(), HEADINGS.vi.valid);
    }));

  test("the whole way works with the keyboard alone", () =>
    visit({ screen: "desktop" }, async (v) => {
      const [sample] = stage.inForce;
      const { page } = v;
      await v.open("/");
      await page.keyboard.press("Tab");
      assert.equal(await page.locator(":focus").getAttribute("class"), "skip");
      await page.locator("#code").focus();
      await page.keyboard.type(sample.code);
      await Promise.all([page.waitForURL(`**/v/${sample.code}`), page.keyboard.press("Enter")]);
      const [year, month, day] = sample.date_of_birth.split("-");
      await page.locator("#day").focus();
      for (const part of [day, month, year]) {
        await page.keyboard.type(part);
        await page.keyboard.press("Tab");
      }
      await page.locator("#year").focus();
      await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), page.keyboard.press("Enter")]);
      await page.waitForLoadState("load");
      assert.equal(await v.heading(), HEADINGS.vi.content);
    }));

  for (const screen of Object.keys(SCREENS)) {
    test(`no page is wider than the screen (${screen})`, () =>
      visit({ screen, scripts: true }, async (v) => {
        for (const state of states("vi")) {
          await state.reach(v);
          assert.ok((await v.overhang()) <= 0, `${state.name} is ${await v.overhang()} px wider than the screen`);
          if (screen === "small") await v.picture(`small-${state.name}`);
        }
      }));
  }

  test("nothing is asked of anybody else, and no code leaves in a Referer", () =>
    visit({}, async (v) => {
      const [sample] = stage.inForce;
      await v.open("/");
      await v.typeCode(sample.code);
      await v.typeBirthDate(sample.date_of_birth);
      await v.page.locator("header a.brand").click();
      await v.page.waitForLoadState("load");
      const traffic = await v.traffic();
      assert.ok(traffic.length >= 5);
      for (const { url, headers } of traffic) {
        assert.ok(url.startsWith(`${stage.base}/`) || url.startsWith("data:"), `a request to ${url}`);
        assert.equal(new URL(url).search, "", "no query string holds what was typed");
        assert.ok(!(headers.referer ?? "").includes(sample.code), "a code in a Referer");
        assert.ok(!url.includes(sample.date_of_birth), "a birth date in an address");
      }
    }));

  test("answers are kept by no cache, and no cookie is set without a choice", () =>
    visit({}, async (v) => {
      const [sample] = stage.inForce;
      const verdict = await v.open(`/v/${sample.code}`);
      assert.match((await verdict.allHeaders())["cache-control"], /no-store/);
      const opened = await v.typeBirthDate(sample.date_of_birth);
      assert.match((await opened.allHeaders())["cache-control"], /no-store/);
      assert.deepEqual(await v.context.cookies(), []);
    }));

  test("the server's output names nobody", () => {
    const output = stage.demo.output().split("Serving on").slice(1).join("");
    for (const sample of stage.samples) {
      assert.ok(!output.includes(sample.code), "a code in the log");
      assert.ok(!output.includes(sample.full_name), "a name in the log");
    }
  });
});

describe("accessible by axe-core", () => {
  for (const language of ["vi", "en"]) {
    for (const scheme of ["light", "dark"]) {
      test(`every page and state, ${language}, ${scheme}`, () =>
        visit({ language, scheme, scripts: true }, async (v) => {
          const found = [];
          for (const state of states(language)) {
            await state.reach(v);
            for (const violation of await v.axe()) found.push(`${state.name}: ${violation}`);
          }
          assert.deepEqual(found, []);
          if (scheme === "dark") await v.picture(`transcript-dark-${language}`);
        }));
    }
  }

  test("the transcript on a desktop", () =>
    visit({ screen: "desktop", scripts: true }, async (v) => {
      for (const sample of oneOfEach("level", stage.inForce)) {
        await v.open(`/v/${sample.code}`);
        await v.typeBirthDate(sample.date_of_birth);
        assert.deepEqual(await v.axe(), [], sample.level);
      }
    }));
});

/** Every page and state a visitor can meet, and how to get there. */
function states(language) {
  const words = HEADINGS[language];
  const at = (name, path) => ({ name, reach: (v) => v.open(path) });
  const opened = oneOfEach("level", stage.inForce);
  return [
    at("home", "/"),
    at("no-page", "/khong-co"),
    at("unknown", `/v/${NOBODY}`),
    {
      name: "bad-code",
      async reach(v) {
        await v.open("/");
        await v.typeCode("xyz");
        assert.equal(await v.heading(), words.bad_code);
      },
    },
    {
      name: "mistyped-code",
      async reach(v) {
        await v.open("/");
        await v.typeCode("0f8fad5bđcb469f0b6570867728950e");
        assert.ok((await v.page.locator(".meant a").count()) > 0);
      },
    },
    ...oneOfEach("expected_verdict", stage.samples).map((s) => at(`verdict-${s.expected_verdict}`, `/v/${s.code}`)),
    {
      name: "bad-date",
      async reach(v) {
        await v.open(`/v/${opened[0].code}`);
        await v.typeBirthDate("2014-13-31");
        assert.equal(await v.page.locator("[role=alert]").count(), 1);
      },
    },
    {
      name: "name-needed",
      async reach(v) {
        await v.open(`/v/${opened[0].code}`);
        await v.typeBirthDate("2014");
        assert.equal(await v.page.locator("[role=alert]").count(), 1);
      },
    },
    {
      // After five visits a day this is the locked state, which is wanted as well.
      name: "wrong-birth-date",
      async reach(v) {
        const sample = stage.samples.find((s) => s.expected_verdict === "withdrawn");
        await v.open(`/v/${sample.code}`);
        await v.typeBirthDate("1990-01-31", nameFor(sample));
        assert.equal(await v.page.locator("[role=alert]").count(), 1);
      },
    },
    ...opened.map((sample) => ({
      name: `transcript-${sample.level}`,
      async reach(v) {
        await v.open(`/v/${sample.code}`);
        await v.typeBirthDate(sample.date_of_birth);
        assert.equal(await v.heading(), words.content);
      },
    })),
  ];
}
