// Codes in any text, by the script that visitors get; no browser needed.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { codesIn, find, originals } from "../../static/found.js";

const CODE = "0f8fad5bd9cb469fa16570867728950e";
const table = JSON.parse(await readFile(new URL("../transcript/found_cases.json", import.meta.url), "utf8"));

describe("a code in any text", () => {
  for (const { name, text, codes, token = "", site = "", kind = "code", ours = false } of table.cases) {
    test(name, () => {
      const found = find(text, table.ours);
      assert.equal(found.codes.length, codes);
      if (codes > 0) assert.equal(found.codes[0], CODE);
      assert.equal(found.token, token);
      assert.equal(found.site, site);
      assert.equal(found.kind, codes > 0 ? "code" : kind);
      if (ours) assert.equal(find(text, []).site, "hocba.example.vn", "the same link is foreign to another portal");
    });
  }

  test("any text is read without a fault", () => {
    const pieces = ["%", "%2", "%zz", "%C3%A2", "-", " ", CODE, "0f8f", "â", "😀", "\0", "\u202e", "8", "::", "http://"];
    for (const a of pieces) for (const b of pieces) for (const c of pieces) find(a + b + c, []);
    assert.deepEqual(codesIn(`${"-".repeat(8159)} ${CODE}`), [CODE]);
    assert.deepEqual(codesIn("x".repeat(100_000)), []);
    assert.deepEqual(find(`${"-".repeat(8160)} ${CODE}`, []).codes, [], "beyond the cap");
  });
});

describe("what a Vietnamese input method made of a code", () => {
  const damaged = [
    ["Telex, aa", "0f8faad5bd9cb469fa16570867728950", "0f8fâd5bd9cb469fa16570867728950"],
    ["Telex, ee", "0f8fad5bd9cb469fee16570867728950", "0f8fad5bd9cb469fê16570867728950"],
    ["Telex, dd", "0f8fadd5bd9cb469fa16570867728950", "0f8fađ5bd9cb469fa16570867728950"],
    ["Telex, tone at once", "0f8faf5bd9cb469fa165708677289500", "0f8fà5bd9cb469fa165708677289500"],
    ["Telex, tone after a consonant", "0f8fac5bacf9cb469fa1657086772895", "0f8fac5bàc9cb469fa1657086772895"],
    ["VNI, a6", "0f8fa65bd3cb469fa165708677289500", "0f8fâ5bd3cb469fa165708677289500"],
    ["VNI, d9 and a1", "0f8fad5bd9cb469fa16570867728950e", "0f8fad5bđcb469fá6570867728950e"],
    ["Vietnamese layout", "0f8fad5bd9cb469fa16570867728950e", "đf\u0301fad\u0300bd\u0323cbô\u0309\u0323fa\u0103\u0309\u0300\u0303đ\u0301\u0309\u0303\u0303â\u0301\u0323\u0300đe"],
  ];
  for (const [name, code, text] of damaged) {
    test(name, () => {
      assert.equal(code.length, 32, "the case itself");
      assert.ok(originals(text).includes(code), `${originals(text).length} proposals`);
      assert.ok(originals(text.toUpperCase()).includes(code), "also with capitals on");
    });
  }

  test("what is not damaged gets no proposal", () => {
    for (const text of [CODE, "", "Nguyễn Văn A", "ă".repeat(64), "0f8fâd5bd9cb469fa1657086772895", "đ".repeat(500)]) {
      assert.deepEqual(originals(text), []);
    }
  });

  test("proposals are few, whole and distinct", () => {
    const all = originals("âcàcâcàcâcàcâcàcâcàc");
    assert.ok(all.length <= 12);
    assert.equal(new Set(all).size, all.length);
    for (const code of all) assert.match(code, /^[0-9a-f]{32}$/);
  });
});
