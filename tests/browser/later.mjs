// What an office is told of transcripts that were put under review after it had looked. Played on the stage of
// office.test.mjs, as its last act: a whole delivery is under review from then on.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { begin, untilOver } from "./batches.mjs";

const PAGE = "/co-quan/thay-doi";
const BINARY = process.env.HOCBA ?? "target/ci/hocba";

/** The ministry puts deliveries of the province under review until one of them is what this transcript's newest year came with. */
async function putUnderReview(base, data, code) {
  const hocba = (...args) => promisify(execFile)(BINARY, [...args, "--data", data]);
  const verdict = async () => (await fetch(`${base}/api/v1/transcripts/${code}`)).json();
  const route = (await verdict()).sheets.at(-1).province.code;
  const decision = ["--decision", "3100/QĐ-BGDĐT", "--decided-on", new Date().toISOString().slice(0, 10)];
  for (let n = 1; n < 40; n++) {
    const out = join(data, `hold-${n}.hbp`);
    const held = ["package", "hold", "--package", `${route}/${n}`, "--key", join(data, "nation/keys/root.pem"), ...decision, "--out", out];
    // A delivery without sheets holds nothing, and single sheets may be under review already.
    await hocba(...held).then(() => hocba("ingest", out)).catch((refused) => assert.equal(refused.code, 1, refused.stderr));
    await sleep(700);
    if ((await verdict()).verdict === "suspended") return;
  }
  assert.fail("no delivery of the province holds the transcript");
}

export function later({ stage, as, isFine }) {
  const links = (v) => v.page.locator(".desk nav").innerText();

  /** The office looks every sample up in a batch. */
  async function lookUp(v) {
    await v.open("/co-quan/lo");
    await v.page.locator("main form.sign-in summary").click();
    await v.page.fill("#text", stage.samples.map((sample) => sample.code).join("\n"));
    await v.press("main form.sign-in");
    await begin(v);
    await untilOver(v);
  }

  describe("changed since the office looked", () => {
    test("the office is told on every page, sees what happened and takes note", async () => {
      const { code } = stage.inForce[0];
      await as("clerk", {}, lookUp);
      await putUnderReview(stage.base, stage.demo.data, code);
      await as("clerk", { screen: "desktop", scripts: true }, async (v) => {
        await v.open("/co-quan/tim");
        for (let tries = 0; !/xem \(\d+\)/.test(await links(v)); tries++) {
          assert.ok(tries < 60, await links(v));
          await sleep(500);
          await v.open("/co-quan/tim");
        }
        await v.open("/co-quan");
        await v.page.getByRole("link", { name: /chưa ghi nhận/ }).click();
        await v.page.waitForURL(`**${PAGE}`);
        const first = v.page.locator(`.hit:has(input[value="${code}"])`).first();
        assert.match(await first.innerText(), /đang được rà soát\s+mới.*Đang rà soát.*khoảng \d+ giờ ngày/s);
        await isFine(v, "later-desktop-vi");
        await Promise.all([v.page.waitForURL("**/co-quan/ho-so"), first.locator("button").click()]);
        await v.page.locator(".learner").waitFor();
        await v.open(PAGE);
        await v.press("main section > form.card");
        assert.match(await v.text(), /Không có thay đổi nào mà đơn vị chưa ghi nhận/);
        assert.ok(!/xem \(\d+\)/.test(await links(v)), await links(v));
        assert.ok((await v.page.locator(".hit").count()) > 0, "what was noted stays listed");
        for (const { url } of await v.traffic()) assert.ok(!/[0-9a-f]{32}/.test(url), url);
        assert.deepEqual(v.complaints, []);
      });
    });

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
