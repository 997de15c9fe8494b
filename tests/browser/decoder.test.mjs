// The QR reader that visitors get, on pictures as cameras take them; no browser needed.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { read } from "../../static/decoder.js";
import { modules, photo, rgba } from "./photos.mjs";

const CODE = "0F8FAD5BD9CB469FA16570867728950E";
const URL_ONLY = `HTTPS://HOCBA.EXAMPLE.VN/V/${CODE}`;
const TEXTS = {
  url: URL_ONLY,
  // As long as a token that signs the code and the digest of its sheets.
  token: `${URL_ONLY}#1.${base32(340)}`,
  uuid: "0f8fad5b-d9cb-469f-a165-70867728950e",
  vietnamese: `Mã tra cứu học bạ: ${CODE.toLowerCase()}`,
};

/** Letters and digits as a token of 212 bytes has them, the same in every run. */
function base32(length) {
  const bytes = createHash("shake256", { outputLength: length }).update("token").digest();
  return [...bytes].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31]).join("");
}

/** What is done to a picture, `blur` in modules. */
const LOOKS = [
  ["straight", {}],
  ...[7, 20, 45, 90, 133].map((turn) => ["turned", { turn }]),
  ...[10, 15, 30, 45].map((tilt) => ["tilted", { tilt, turn: 10 }]),
  ...[0, 20, 45].map((turn) => ["held in the hand", { turn, tilt: 15, blur: 0.15, noise: 3 }]),
  ...[0.2, 0.35, 0.5].map((blur) => ["blurred", { blur, turn: 5, noise: 4 }]),
  ...[15, 30, 45].map((noise) => ["noisy", { noise, turn: 5 }]),
  ["dark", { contrast: 0.35, dark: 0.5, noise: 6, turn: 8 }],
  ["dark", { contrast: 0.2, dark: 0.7, noise: 4, turn: 8 }],
  ...[0.5, 0.75].map((shadow) => ["shadow", { shadow, turn: 8, noise: 4 }]),
  ["all at once", { turn: 13, tilt: 20, blur: 0.25, noise: 10, shadow: 0.4 }],
];

describe("the QR reader", () => {
  test("the long QR has the size that the printing rule counts on", () => {
    assert.equal(modules(TEXTS.url).side, 29);
    assert.equal(modules(TEXTS.token).side, 65);
  });

  test("reads nearly every photo and misreads none", (t) => {
    const tally = new Map();
    const missed = [];
    const times = [];
    for (const [kind, text] of Object.entries(TEXTS)) {
      for (const pitch of [3, 5]) {
        for (const [name, look] of LOOKS) {
          const image = rgba(photo(text, { ...look, pitch, blur: (look.blur ?? 0) * pitch }));
          const started = performance.now();
          const found = read(image, true);
          times.push(performance.now() - started);
          assert.ok(found === text || found === null, `${kind} ${name}: misread`);
          const count = tally.get(name) ?? [0, 0];
          tally.set(name, [count[0] + (found === text), count[1] + 1]);
          if (found === null) missed.push(`${kind}, ${pitch} pixels a module, ${name} ${JSON.stringify(look)}`);
        }
      }
    }
    times.sort((a, b) => a - b);
    for (const [name, [got, all]] of tally) t.diagnostic(`${name}: ${got} of ${all}`);
    t.diagnostic(`median ${times[times.length >> 1].toFixed(0)} ms, slowest ${times.at(-1).toFixed(0)} ms`);
    for (const each of missed) t.diagnostic(`missed: ${each}`);
    assert.ok(missed.length <= 0.05 * times.length, missed.join("\n"));
  });

  test("finds nothing where there is nothing", () => {
    const blank = { data: new Uint8ClampedArray(4 * 320 * 240).fill(200), width: 320, height: 240 };
    assert.equal(read(blank, true), null);
    assert.equal(read({ ...blank, data: blank.data.map((_, i) => (i * 7919) % 251) }, true), null);
    assert.equal(read({ data: new Uint8ClampedArray(4), width: 1, height: 1 }, true), null);
  });
});

test("the library is the one that its README names", async () => {
  const folder = new URL("../../static/vendor/qr/", import.meta.url);
  const readme = await readFile(new URL("README.md", folder), "utf8");
  const sums = [...readme.matchAll(/`(\w+\.js)` \| `([0-9a-f]{64})`/g)];
  assert.equal(sums.length, 2);
  for (const [, name, sum] of sums) {
    const bytes = await readFile(new URL(name, folder));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sum, name);
    assert.doesNotMatch(bytes.toString(), /\beval\(|new Function|importScripts|fetch\(|XMLHttpRequest|WebSocket/, name);
  }
});
