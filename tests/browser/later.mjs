// What an office is told of transcripts that were put under review after it had looked. Played on the stage of
// office.test.mjs, as its last act: a whole delivery is under review from then on.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { begin, press, untilOver } from "./batches.mjs";

const PAGE = "/co-quan/thay-doi";
const BINARY = process.env.HOCBA ?? "target/ci/hocba";

/** The ministry puts everything under review that came with a province's second package. */
async function hold(data, route) {
  const hocba = (...args) => promisify(execFile)(BINARY, [...args, "--data", data]);
  const out = join(data, "hold.hbp");
  const decision = ["--decision", "3100/QĐ-BGDĐT", "--decided-on", new Date().toISOString().slice(0, 10)];
  await hocba("package", "hold", "--package", `${route}/2`, "--key", join(data, "nation/keys/root.pem"), ...decision, "--out", out);
  await hocba("ingest", out);
}

export function later({ stage, as, isFine }) {
  const links = (v) => v.page.locator(".desk nav").innerText();

  /** The office looks every sample up in a batch. */
  async function lookUp(v) {
    await v.open("/co-quan/lo");
    await v.page.locator("main form.sign-in summary").click();
    await v.page.fill("#text", stage.samples.map((sample) => sample.code).join("\n"));
    await press(v, "main form.sign-in button");
    await begin(v);
    await untilOver(v);
  }

  describe("changed since the office looked", () => {
    test("the office is told on every page, sees what happened and takes note", () =>
      as("clerk", { screen: "desktop" }, async (v) => {
        await lookUp(v);
        const verdict = await (await fetch(`${stage.base}/api/v1/transcripts/${stage.inForce[0].code}`)).json();
        await hold(stage.demo.data, verdict.sheets.at(-1).province.code);
        for (let tries = 0; !/xem \(\d+\)/.test(await links(v)); tries++) {
          assert.ok(tries < 60, await links(v));
          await sleep(500);
          await v.open("/co-quan/tim");
        }
        await v.open("/co-quan");
        await v.page.getByRole("link", { name: /chưa ghi nhận/ }).click();
        await v.page.waitForURL(`**${PAGE}`);
        const first = v.page.locator(".hit").first();
        assert.match(await first.innerText(), /đang được rà soát.*mới.*Đang được rà soát.*Kiểm tra mã trong danh sách/s);
        await isFine(v, "later-desktop-vi");
        await Promise.all([v.page.waitForURL("**/co-quan/ho-so"), first.locator("button").click()]);
        await v.page.locator(".learner").waitFor();
        await v.open(PAGE);
        await press(v, "main form.card button");
        assert.match(await v.text(), /Không có thay đổi nào mà đơn vị chưa ghi nhận/);
        assert.ok(!/xem \(\d+\)/.test(await links(v)), await links(v));
        assert.ok((await v.page.locator(".hit").count()) > 0, "what was noted stays listed");
        for (const { url } of await v.traffic()) assert.ok(!/[0-9a-f]{32}/.test(url), url);
        assert.deepEqual(v.complaints, []);
      }));

    for (const [screen, language] of [["phone", "vi"], ["phone", "en"], ["desktop", "en"]]) {
      test(`the page has no fault that axe finds and fits, ${screen}, ${language}`, () =>
        as("office_administrator", { screen, language, scripts: true }, async (v) => {
          await v.open(PAGE);
          await isFine(v, `later-${screen}-${language}`);
        }));
    }

    test("an auditor sees that note was taken, and no such page", () =>
      as("ministry_auditor", {}, async (v) => {
        assert.equal((await v.open(PAGE)).status(), 403);
        await v.open("/co-quan/nhat-ky");
        assert.match(await v.text(), /Ghi nhận các thay đổi của học bạ đã xem, đến mục/);
      }));
  });
}
