// Looking a code up: focus, announcements, mistyped codes, copying, languages, type that can be read from afar.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Snapshots } from "./snapshots.mjs";
import { Stage } from "./stage.mjs";
import { HEADINGS, NOBODY } from "./words.mjs";

const CODE = "0f8fad5bd9cb469fa16570867728950e";
const snapshots = new Snapshots("site");
const stage = new Stage();
const { visit } = stage;

const sample = (verdict) => stage.sampleOf(verdict);
const verdicts = () => [...new Set(stage.samples.map((s) => s.expected_verdict))];
const focused = (v) => v.page.locator(":focus");

describe("the verdict is where the reader is", () => {
  for (const enhanced of [false, true]) {
    test(`it has the focus and is a status, ${enhanced ? "with" : "without"} scripts`, () =>
      visit({ enhanced }, async (v) => {
        for (const verdict of [...verdicts(), "unknown"]) {
          const code = verdict === "unknown" ? NOBODY : stage.samples.find((s) => s.expected_verdict === verdict).code;
          await v.open(`/v/${code}`);
          assert.equal(await focused(v).innerText(), HEADINGS.vi[verdict], verdict);
          assert.ok((await v.page.locator(".verdict div[role=status]").innerText()).includes(HEADINGS.vi[verdict]));
        }
        assert.deepEqual(v.complaints.filter((c) => !c.includes("404")), []);
      }));
  }

  test("after a wrong birth date the message has the focus instead, and the next Tab is the first field", () =>
    visit({ screen: "desktop" }, async (v) => {
      await v.open(`/v/${sample("valid").code}`);
      await v.typeBirthDate("1990-01-31");
      assert.equal(await focused(v).getAttribute("role"), "alert");
      await v.page.keyboard.press("Tab");
      assert.equal(await focused(v).getAttribute("id"), "day");
    }));

  test("with the keyboard alone: from the code to the birth date without passing the header again", () =>
    visit({ screen: "desktop" }, async (v) => {
      const { page } = v;
      await v.open("/");
      await page.locator("#code").focus();
      await page.keyboard.type(sample("valid").code);
      await Promise.all([page.waitForURL("**/v/*"), page.keyboard.press("Enter")]);
      // A page moves the focus when it is first drawn, which may be after it was loaded.
      await page.locator("h1:focus").waitFor();
      await page.keyboard.press("Tab");
      assert.equal(await focused(v).getAttribute("id"), "day");
    }));
});

describe("a verdict can be read from two metres", () => {
  for (const screen of ["phone", "desktop", "zoomed"]) {
    for (const scheme of ["light", "dark"]) {
      test(`large words and an icon of its own, ${screen}, ${scheme}`, () =>
        visit({ screen, scheme, scripts: true }, async (v) => {
          const looks = new Set();
          for (const verdict of verdicts()) {
            await v.open(`/v/${stage.samples.find((s) => s.expected_verdict === verdict).code}`);
            const { words, icon, path, colour } = await v.page.evaluate(() => {
              const banner = document.querySelector(".verdict");
              const svg = banner.querySelector(":scope > .icon");
              return {
                words: parseFloat(getComputedStyle(banner.querySelector("h1")).fontSize),
                icon: svg.getBoundingClientRect().width,
                path: svg.innerHTML,
                colour: getComputedStyle(banner.querySelector("h1")).color,
              };
            });
            assert.ok(words >= 26 && icon >= 60, `${verdict}: words ${words} px, icon ${icon} px`);
            looks.add(`${path} ${colour}`);
            if (scheme === "dark") await v.picture(`verdict-${verdict}-${screen}-dark`);
          }
          assert.ok(looks.size >= 3, "icons and colours tell verdicts apart");
        }));
    }
  }

  test("a code alone is not green, in neither scheme", async () => {
    for (const scheme of ["light", "dark"]) {
      await visit({ scheme, scripts: true }, async (v) => {
        await v.open(`/v/${sample("valid").code}`);
        const [red, green, blue] = await v.page.evaluate(() =>
          getComputedStyle(document.querySelector("h1")).color.match(/[\d.]+/g).map(Number),
        );
        assert.ok(blue > green && blue > red, `${scheme}: ${red} ${green} ${blue}`);
      });
    }
  });

  test("nothing moves while a page loads", () =>
    visit({ scripts: true }, async (v) => {
      await v.page.addInitScript(() => {
        globalThis.moved = 0;
        const add = (list) => list.getEntries().forEach((entry) => (globalThis.moved += entry.value));
        new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
      });
      for (const path of ["/", `/v/${sample("valid").code}`, `/v/${NOBODY}`, "/", `/v/${sample("withdrawn")?.code ?? NOBODY}`]) {
        await v.open(path);
        await v.page.waitForTimeout(300);
        assert.equal(await v.page.evaluate(() => globalThis.moved), 0, path);
      }
    }));
});

describe("a mistyped code", () => {
  const cases = [
    ["a look-alike", CODE.replace("0f8f", "Of8f"), CODE],
    ["a keyboard in VNI mode", "0f8fad5bđcb469f0b6570867728950e", "0f8fad5bd9cb469f0b6570867728950e"],
    ["a keyboard in Telex mode", "0f8fâ5bd9cb469f0b6570867728950e", "0f8faa5bd9cb469f0b6570867728950e"],
  ];
  for (const [what, typed, meant] of cases) {
    test(`${what}: the code is proposed, one press away, and what was typed is kept`, () =>
      visit({}, async (v) => {
        await v.open("/");
        const response = await v.typeCode(typed);
        assert.equal(response.status(), 400);
        assert.equal(await v.page.inputValue("#code"), typed);
        assert.equal(await focused(v).getAttribute("id"), "code-fault");
        await v.picture(`mistyped-${what.replaceAll(" ", "-")}-phone`);
        await v.page.locator(`.meant a[href="/v/${meant}"]`).click();
        await v.page.waitForLoadState("load");
        assert.equal(v.page.url(), `${stage.base}/v/${meant}`);
      }));
  }

  test("the text of a QR code, a copied sentence and full-width digits are codes", () =>
    visit({}, async (v) => {
      const { code } = sample("valid");
      const wide = [...code].map((c) => String.fromCodePoint(c.codePointAt(0) + 0xfee0)).join("");
      const dashed = code.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
      const texts = [`HTTPS://HOCBA.EXAMPLE.VN/V/${code.toUpperCase()}#1.2KRA6EBZ`, `Mã: ${dashed}.`, wide, ` \u200b${code}\t`];
      for (const text of texts) {
        await v.open("/");
        await v.typeCode(text);
        assert.equal(v.page.url(), `${stage.base}/v/${code}`, text);
      }
    }));

  test("a group that is too short is named", () =>
    visit({ language: "en" }, async (v) => {
      await v.open("/");
      await v.typeCode("0f8f ad5 d9cb 469f a165 7086 7728 950e");
      assert.match(await v.page.locator("[role=alert]").innerText(), /Group 2 has 3 characters/);
      assert.equal(await v.page.locator("mark").innerText(), "ad5");
    }));

  test("a form that is far too large gets a page that says so", () =>
    visit({ language: "en" }, async (v) => {
      const answer = await v.context.request.post(`${stage.base}/tra-cuu`, {
        form: { code: "a".repeat(50_000) },
        headers: { "accept-language": "en" },
      });
      assert.equal(answer.status(), 413);
      assert.match(await answer.text(), /Too much data/);
    }));
});

describe("the copy button", () => {
  test("copies 32 digits and says so; without scripts there is none", async () => {
    const { code } = sample("valid");
    await visit({ enhanced: true }, async (v) => {
      await v.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await v.open(`/v/${code}`);
      await v.page.locator(".copy").click();
      await v.page.locator(".copy + [role=status]", { hasText: "Đã sao chép" }).waitFor();
      assert.equal(await v.page.evaluate(() => navigator.clipboard.readText()), code);
      assert.deepEqual(v.complaints, []);
    });
    await visit({}, async (v) => {
      await v.open(`/v/${code}`);
      assert.ok(!(await v.page.locator(".copy").isVisible()));
    });
  });
});

describe("languages", () => {
  test("every page has the switch, and the page it leads to is the same in the other language", () =>
    visit({ screen: "desktop" }, async (v) => {
      for (const path of ["/", "/khong-co", `/v/${NOBODY}`, `/v/${sample("valid").code}`]) {
        await v.open(`${path}?lang=vi`);
        const before = await v.heading();
        await v.page.getByRole("link", { name: "English" }).click();
        await v.page.waitForLoadState("load");
        assert.equal(await v.page.locator("html").getAttribute("lang"), "en");
        if (path !== "/khong-co") assert.notEqual(await v.heading(), before, path);
      }
    }));
});

describe("what a screen reader is told", () => {
  for (const language of ["vi", "en"]) {
    test(`looking a code up (${language})`, () =>
      visit({ language }, async (v) => {
        const { page } = v;
        const frame = ["header", "footer"];
        await v.open("/");
        await snapshots.compare(`home.${language}`, page, [...frame, "main"]);
        await v.typeCode("0f8fad5bđcb469f0b6570867728950e");
        await snapshots.compare(`mistyped.${language}`, page, ["main"]);
        for (const verdict of verdicts()) {
          await v.open(`/v/${stage.samples.find((s) => s.expected_verdict === verdict).code}`);
          const parts = [".verdict", ".guide", ".ask", ".years thead", ".checks", ".again"];
          await snapshots.compare(`verdict-${verdict}.${language}`, page, parts);
        }
        await v.open(`/v/${NOBODY}`);
        await snapshots.compare(`verdict-unknown.${language}`, page, ["main"]);
        await v.open(`/v/${sample("valid").code}`);
        await v.typeBirthDate("2014-13-31");
        await snapshots.compare(`bad-date.${language}`, page, [".ask"]);
      }));
  }
});
