// Counter mode: scanners that type at full speed, duplicates, limits, faults, the list and its file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { photo, png } from "./photos.mjs";
import { Snapshots } from "./snapshots.mjs";
import { Stage, grouped } from "./stage.mjs";
import { SCREENS } from "./visitor.mjs";
import { NOBODY } from "./words.mjs";

/** Milliseconds between two keys of a scanner. */
const WEDGE_MS = 2;

const stage = new Stage({ enhanced: true, screen: "desktop" });
const snapshots = new Snapshots("counter");

/** At the counter; `answers` may answer in place of the portal: gets the code and how often it was asked. */
async function atCounter(options, tour, answers = () => null) {
  return stage.visit(options, async (visitor) => {
    const asked = new Map();
    await visitor.page.route("**/api/v1/transcripts/*", (route) => {
      const code = new URL(route.request().url()).pathname.split("/").at(-1);
      asked.set(code, (asked.get(code) ?? 0) + 1);
      const answer = answers(code, asked.get(code));
      return answer ? route.fulfill(answer) : route.continue();
    });
    await visitor.page.addInitScript(() => {
      globalThis.tunes = [];
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (at) {
        globalThis.tunes.push(this.frequency.value);
        return start.call(this, at);
      };
    });
    await visitor.open("/quay");
    await visitor.page.locator("#counter").waitFor();
    return tour(visitor);
  });
}

async function scan(v, text, end = "Enter") {
  await v.page.keyboard.type(text, { delay: WEDGE_MS });
  if (end) await v.page.keyboard.press(end);
}

const rows = (v) => v.page.locator("#list > li");
const settled = (v, count) =>
  v.page.waitForFunction(
    ([n, waiting]) => {
      const items = [...document.querySelectorAll("#list > li")];
      return items.length === n && !items.some((item) => item.textContent.includes(waiting));
    },
    [count, "Đang kiểm tra"],
    { timeout: 60_000 },
  );
const word = (v) => v.page.locator("#latest-word").innerText();
const sample = (verdict) => stage.sampleOf(verdict).code;
const unchecked = { status: 503, contentType: "application/json", body: '{"verdict":"unchecked"}' };

describe("scanning one after the other", () => {
  test("fifty codes at the speed of a scanner, none lost, all in order", () =>
    atCounter(
      {},
      async (v) => {
        const known = stage.samples.map((s) => s.code);
        const stubborn = "11111111111140008000000000000000";
        const limited = "22222222222240008000000000000000";
        const codes = Array.from({ length: 47 }, (_, i) => known[i % Math.min(known.length, 30)]);
        codes.splice(10, 0, NOBODY, stubborn, limited);
        assert.equal(codes.length, 50);
        for (const [i, code] of codes.entries()) await scan(v, code, i % 3 === 0 ? "Tab" : "Enter");
        await settled(v, 50);
        const shown = await rows(v).locator(".code").allInnerTexts();
        assert.deepEqual(shown.reverse(), codes.map(grouped), "newest first");
        const verdicts = new Map(stage.samples.map((s) => [s.code, s.expected_verdict]));
        const statuses = (await rows(v).locator(".status").allInnerTexts()).reverse();
        const words = { valid: "Có hiệu lực", not_in_force: "Chưa đến ngày có hiệu lực", partly_withdrawn: "Có năm học bị thu hồi", withdrawn: "Đã bị thu hồi", erased: "Nội dung đã xóa", suspended: "Đang được rà soát" };
        for (const [i, code] of codes.entries()) {
          const expected = code === stubborn ? "Chưa kiểm tra được" : (words[verdicts.get(code)] ?? "Không tìm thấy");
          assert.equal(statuses[i].trim(), expected, `row ${i + 1}`);
        }
        const twice = codes.filter((code, i) => codes.indexOf(code) < i).length;
        assert.ok(twice > 0);
        assert.equal(await rows(v).filter({ hasText: "đã quét ở dòng" }).count(), twice);
        const counted = (await v.page.locator("#counts strong").allInnerTexts()).reduce((sum, n) => sum + Number(n), 0);
        assert.equal(counted, new Set(codes).size, "each code counts once");
        assert.equal(await v.page.evaluate(() => document.activeElement.id), "code", "ready for the next");
        assert.equal(await v.page.inputValue("#code"), "");
        await v.picture("counter-fifty-desktop");
        for (const { url } of await v.traffic()) assert.ok(url.startsWith(`${stage.base}/`), `a request to ${url}`);
      },
      (code, times) => {
        if (code.startsWith("1111")) return unchecked;
        if (code.startsWith("2222") && times === 1) return { status: 429, headers: { "retry-after": "2" }, body: "{}" };
        return null;
      },
    ));

  test("too many questions: it waits as long as it is told, says so, and goes on", () =>
    atCounter(
      {},
      async (v) => {
        await scan(v, sample("valid"));
        await v.page.locator("#slow").waitFor();
        assert.match(await v.page.locator("#slow").innerText(), /sau \(giây\): [123]/);
        await scan(v, NOBODY);
        assert.equal(await rows(v).count(), 2, "scanning goes on meanwhile");
        await settled(v, 2);
        assert.equal(await v.page.locator("#slow").isVisible(), false);
        assert.match(await rows(v).last().innerText(), /Có hiệu lực/);
      },
      (_, times) => (times === 1 ? { status: 429, headers: { "retry-after": "3" }, body: "{}" } : null),
    ));

  test("what could not be checked is never called not found, and can be asked again", () => {
    let broken = true;
    return atCounter(
      {},
      async (v) => {
        await scan(v, sample("valid"));
        await settled(v, 1);
        assert.equal(await word(v), "Chưa kiểm tra được");
        await v.picture("counter-unchecked-desktop");
        broken = false;
        await v.page.getByRole("button", { name: "Kiểm tra lại" }).click();
        await settled(v, 1);
        assert.match(await rows(v).innerText(), /Có hiệu lực/);
        assert.equal(await v.page.getByRole("button", { name: "Kiểm tra lại" }).isVisible(), false);
      },
      () => (broken ? { status: 502, body: "<html>" } : null),
    );
  });

  test("answers that are none are could-not-check: a lost network, another code, a new word", () =>
    atCounter(
      {},
      async (v) => {
        const codes = ["3", "4", "5", "6"].map((digit) => digit.repeat(32));
        for (const code of codes) await scan(v, code);
        await settled(v, 4);
        assert.deepEqual(await rows(v).locator(".status").allInnerTexts(), Array(4).fill("Chưa kiểm tra được"));
      },
      (code) => {
        const body = (verdict, about = code) => JSON.stringify({ code: about, verdict, sheets: [], missing_years: [] });
        if (code.startsWith("3")) return { status: 200, body: "not json" };
        if (code.startsWith("4")) return { status: 200, body: body("valid", sample("valid")) };
        if (code.startsWith("5")) return { status: 200, body: body("certainly") };
        return { status: 400, body: body("valid") };
      },
    ));

  test("each kind of answer looks and sounds different", () =>
    atCounter(
      {},
      async (v) => {
        const looks = new Set();
        const sounds = new Set();
        for (const code of [sample("valid"), sample("withdrawn"), NOBODY, "1".repeat(32)]) {
          await v.page.evaluate(() => (globalThis.tunes.length = 0));
          await scan(v, code);
          await v.page.waitForFunction((shown) => document.getElementById("announce").textContent.startsWith(shown), `${looks.size + 1}:`);
          looks.add([await word(v), await v.page.locator("#latest").getAttribute("class"), await v.page.locator("#latest-icon").innerHTML()].join());
          sounds.add((await v.page.evaluate(() => globalThis.tunes)).join());
          await v.picture(`counter-${looks.size}-desktop`);
        }
        assert.equal(looks.size, 4);
        assert.equal(sounds.size, 4);
        await v.page.getByRole("button", { name: "Âm thanh" }).click();
        await v.page.evaluate(() => (globalThis.tunes.length = 0));
        await scan(v, NOBODY);
        await settled(v, 5);
        assert.deepEqual(await v.page.evaluate(() => globalThis.tunes), [], "switched off");
      },
      (code) => (code.startsWith("1111") ? unchecked : null),
    ));
});

describe("what scanners do", () => {
  test("a whole address with a token, a foreign link, a scanner that ends with nothing", () =>
    atCounter({}, async (v) => {
      const code = sample("valid");
      await scan(v, `HTTPS://OTHER.EXAMPLE/V/${code.toUpperCase()}#1.${"ABCD2345".repeat(40)}`);
      await settled(v, 1);
      assert.match(await rows(v).innerText(), /Có hiệu lực[^]*mã QR dẫn đến trang khác: other\.example/);
      await scan(v, code, null);
      await settled(v, 2);
      for (const { url } of await v.traffic()) assert.ok(url.startsWith(`${stage.base}/`) && !url.includes("ABCD2345"));
    }));

  test("keys land in the field wherever the focus was", () =>
    atCounter({}, async (v) => {
      await v.page.getByRole("button", { name: "Âm thanh" }).focus();
      await scan(v, sample("valid"));
      await settled(v, 1);
      assert.equal(await word(v), "Có hiệu lực");
      assert.equal(await v.page.locator("#sound").getAttribute("aria-pressed"), "true", "Enter pressed no button");
    }));

  test("what Telex and VNI made of a code is undone", () =>
    atCounter(
      {},
      async (v) => {
        await v.page.locator("#code").fill("0f8fâd5bd9cb469fa16570867728950");
        await v.page.keyboard.press("Enter");
        await settled(v, 1);
        assert.match(await rows(v).innerText(), /0f8f aad5 bd9c b469 fa16 5708 6772 8950/);
        assert.match(await rows(v).innerText(), /Có hiệu lực[^]*mã đã được khôi phục/);
      },
      (code) => {
        const known = code === "0f8faad5bd9cb469fa16570867728950";
        const body = JSON.stringify({ code, verdict: known ? "valid" : "unknown", sheets: [], missing_years: [] });
        return { status: known ? 200 : 404, body };
      },
    ));

  test("what holds no code, or two, is said and never shown", () =>
    atCounter({}, async (v) => {
      await scan(v, "001203012345|012345678|Nguyen Van A|01012003|Nam");
      await scan(v, "0f8fad5b");
      await scan(v, `${"a".repeat(32)} ${"b".repeat(32)}`);
      await settled(v, 3);
      assert.deepEqual(await rows(v).locator(".status").allInnerTexts(), ["Có nhiều mã", "Không phải mã tra cứu", "Không phải mã tra cứu"]);
      assert.ok(!(await v.page.content()).includes("Nguyen Van A"));
      assert.match(await rows(v).last().innerText(), /Đây là mã QR của thẻ căn cước/);
    }));

  test("a picture is a scan too", () =>
    atCounter({}, async (v) => {
      await v.page.locator("summary").click();
      const buffer = png(photo(sample("valid"), { pitch: 4 }));
      await v.page.locator("input.pictures").last().setInputFiles({ name: "a.png", mimeType: "image/png", buffer });
      await settled(v, 1);
      assert.equal(await word(v), "Có hiệu lực");
      assert.deepEqual(v.complaints, []);
    }));

  test("a screen reader hears each answer once", () =>
    atCounter({}, async (v) => {
      await v.page.evaluate(() => {
        globalThis.heard = [];
        const region = document.getElementById("announce");
        new MutationObserver(() => globalThis.heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
      });
      await scan(v, sample("valid"));
      await scan(v, NOBODY);
      await settled(v, 2);
      const heard = await v.page.evaluate(() => globalThis.heard);
      assert.equal(heard.length, 2);
      assert.match(heard[0], /^1: Có hiệu lực\. .*\d{4}-\d{4}/);
      assert.match(heard[1], /^2: Không tìm thấy/);
      assert.equal(await v.page.locator("#announce").getAttribute("role"), "status");
    }));

  test("the keyboard alone reaches everything and leaves the field", () =>
    atCounter({}, async (v) => {
      await scan(v, sample("valid"), "Tab");
      await settled(v, 1);
      const seen = [];
      for (let i = 0; i < 12; i++) {
        await v.page.keyboard.press("Tab");
        seen.push(await v.page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
      }
      for (const wanted of ["sound", "download", "SUMMARY", "A"]) assert.ok(seen.includes(wanted), `${wanted} in ${seen}`);
    }));
});

describe("the list", () => {
  test("as a file: complete, quoted, nothing a spreadsheet would run", () =>
    atCounter(
      { language: "vi" },
      async (v) => {
        await scan(v, sample("valid"));
        await scan(v, sample("valid"));
        await scan(v, `https://-cmd.example/${"7".repeat(32)}`);
        await scan(v, "=HYPERLINK(1)");
        await settled(v, 4);
        const [file] = await Promise.all([v.page.waitForEvent("download"), v.page.getByRole("button", { name: "Tải danh sách" }).click()]);
        assert.match(file.suggestedFilename(), /^hocba-\d{8}-\d{6}\.csv$/);
        const bytes = await readFile(await file.path());
        assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "the mark that makes Excel read UTF-8");
        const lines = bytes.toString("utf8").slice(1).trimEnd().split("\r\n");
        assert.equal(lines.length, 5);
        const fields = (line) => line.slice(1, -1).split('","');
        assert.deepEqual(fields(lines[0]), ["STT", "Thời điểm", "Mã tra cứu", "Kết quả", "Cấp học", "Năm học", "Năm học chưa có dữ liệu", "Ghi chú"]);
        const first = fields(lines[1]);
        assert.equal(first[0], "1");
        assert.match(first[1], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
        assert.deepEqual([first[2], first[3]], [grouped(sample("valid")), "Có hiệu lực"]);
        assert.match(first[5], /^\d{4}-\d{4}/);
        assert.equal(fields(lines[2])[7], "đã quét ở dòng 1");
        assert.equal(fields(lines[3])[4], "'=1+1", "a formula is text");
        assert.ok(!bytes.toString().includes("HYPERLINK"), "what was no code is not in the file");
        for (const line of lines) assert.doesNotMatch(line, /(^|,)"[=+\-@]/);
      },
      (code) =>
        code.startsWith("7777") ? { status: 200, body: JSON.stringify({ code, verdict: "valid", level: "=1+1", sheets: [], missing_years: [] }) } : null,
    ));

  test("leaving with a list that was not saved asks first; nothing is stored", () =>
    atCounter({}, async (v) => {
      const asked = [];
      v.page.on("dialog", (dialog) => {
        asked.push(dialog.type());
        dialog.accept();
      });
      await v.open("/quay");
      assert.deepEqual(asked, [], "an empty list may go");
      await scan(v, sample("valid"));
      await settled(v, 1);
      const stored = await v.page.evaluate(async () => [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length, (await caches.keys()).length]);
      assert.deepEqual(stored, [0, 0, "", 0, 0]);
      await v.open("/quay");
      assert.deepEqual(asked, ["beforeunload"]);
      await scan(v, sample("valid"));
      await settled(v, 1);
      await Promise.all([v.page.waitForEvent("download"), v.page.getByRole("button", { name: "Tải danh sách" }).click()]);
      await v.open("/");
      assert.equal(asked.length, 1, "a saved list may go");
    }));

  test("a row leads to the verdict page in a tab of its own", () =>
    atCounter({}, async (v) => {
      await scan(v, sample("valid"));
      await settled(v, 1);
      const [tab] = await Promise.all([v.context.waitForEvent("page"), rows(v).locator("a").click()]);
      await tab.waitForLoadState();
      assert.equal(new URL(tab.url()).pathname, `/v/${sample("valid")}`);
      assert.equal(await rows(v).count(), 1, "the list is still there");
    }));
});

describe("for everybody", () => {
  for (const language of ["vi", "en"]) {
    for (const scheme of ["light", "dark"]) {
      test(`axe-core finds nothing, ${language}, ${scheme}`, () =>
        atCounter({ language, scheme }, async (v) => {
          assert.deepEqual(await v.axe(), []);
          await v.page.locator("summary").click();
          const kinds = [...new Set(stage.samples.map((s) => s.expected_verdict))];
          for (const kind of kinds) {
            await scan(v, sample(kind));
            await v.page.waitForFunction((n) => document.getElementById("announce").textContent.startsWith(`${n}:`), kinds.indexOf(kind) + 1);
            assert.deepEqual(await v.axe(), [], kind);
          }
          await scan(v, NOBODY);
          await v.page.waitForFunction((n) => document.getElementById("announce").textContent.startsWith(`${n}:`), kinds.length + 1);
          assert.deepEqual(await v.axe(), []);
          assert.deepEqual(v.complaints.filter((line) => !line.includes("404")), []);
          await v.picture(`counter-${language}-${scheme}`);
          await snapshots.outline(`list.${language}`, v.page, ["main"]);
        }));
    }
  }

  for (const screen of Object.keys(SCREENS)) {
    test(`no wider than the screen (${screen})`, () =>
      atCounter({ screen }, async (v) => {
        for (const code of [sample("valid"), sample("partly_withdrawn"), NOBODY, "no code"]) await scan(v, code);
        await settled(v, 4);
        await v.page.locator("summary").click();
        assert.ok((await v.overhang()) <= 0, `${await v.overhang()} px wider`);
        await v.picture(`counter-${screen}`);
      }));
  }

  test("without JavaScript it says what to do instead", () =>
    stage.visit({ enhanced: false, screen: "phone" }, async (v) => {
      await v.open("/quay");
      assert.ok(await v.page.getByText("Chế độ quầy cần JavaScript").isVisible());
      assert.equal(await v.page.locator("#counter").isVisible(), false);
      await v.page.locator("#fallback a").click();
      assert.equal(new URL(v.page.url()).pathname, "/");
    }));
});
