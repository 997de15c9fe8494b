// What a screen reader is told, kept as text in snapshots/ and compared.
// UPDATE_SNAPSHOTS=1 writes the files again; a file that no test takes any more is refused.

import assert from "node:assert/strict";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";

const FOLDER = join(import.meta.dirname, "snapshots");
const UPDATING = process.env.UPDATE_SNAPSHOTS === "1";

/** The snapshots of one test file: their names begin with its area. */
export class Snapshots {
  constructor(area) {
    Object.assign(this, { area, taken: new Set() });
    after(() => this.refuseOrphans());
  }

  /** Compares the accessibility trees of some parts of a page, in order, with what is kept under a name. */
  compare(name, page, selectors) {
    return this.keep(name, page, selectors, (tree) => tree);
  }

  /** As `compare`, for pages whose content is somebody's: only what carries it, each once. `hide`: names on the page. */
  outline(name, page, selectors, hide = []) {
    return this.keep(name, page, selectors, (tree) => carrying(hide.reduce((t, part) => t.replaceAll(part, "(name)"), tree)));
  }

  async keep(name, page, selectors, reduce) {
    const trees = [];
    for (const selector of selectors) {
      for (const part of await page.locator(selector).all()) trees.push(`# ${selector}\n${await part.ariaSnapshot()}`);
    }
    const now = `${reduce(masked(trees.join("\n")))}\n`;
    const file = `${this.area}.${name}.yml`;
    this.taken.add(file);
    if (UPDATING) {
      await mkdir(FOLDER, { recursive: true });
      await writeFile(join(FOLDER, file), now);
    }
    const kept = await readFile(join(FOLDER, file), "utf8").catch(() => "");
    assert.equal(now, kept, `${file} is not what it was; look, then run with UPDATE_SNAPSHOTS=1`);
  }

  async refuseOrphans() {
    const kept = (await readdir(FOLDER).catch(() => [])).filter((file) => file.startsWith(`${this.area}.`));
    const orphans = kept.filter((file) => !this.taken.has(file));
    if (UPDATING) await Promise.all(orphans.map((file) => rm(join(FOLDER, file))));
    else assert.deepEqual(orphans, [], "snapshots that no test takes");
  }
}

/** Roles of what a visitor steers by; what is read from a learner's record is in none of them. */
const CARRIERS = "heading|navigation|region|form|table|columnheader|button|link|textbox|checkbox|combobox|group|status|alert|img|figure";
const CARRIER = new RegExp(`^ *- ['"]?((?:${CARRIERS})\\b(?: "(?:[^"\\\\]|\\\\.)*")?(?: \\[[^\\]]*\\])*)`);

/** What can be opened says so in its summary, which is its text and not its name. */
const SUMMARY = /^ *- (group: .*)$/;

/** The lines of a tree that carry its content, each once and without its depth and its values. */
function carrying(tree) {
  const carrier = (line) => (line.match(SUMMARY) ?? line.match(CARRIER))?.[1];
  const lines = tree.split("\n").map((line) => (line.startsWith("#") ? line : carrier(line)));
  return [...new Set(lines)].filter(Boolean).join("\n");
}

const LEVELS = [
  "Giáo dục thường xuyên",
  "Tiểu học",
  "Trung học cơ sở",
  "Trung học phổ thông",
  "Continuing education",
  "Lower secondary",
  "Upper secondary",
  "Primary",
];

/** What differs from run to run and from learner to learner: codes, times, days, years, levels, counts. */
function masked(text) {
  return text
    .replace(/([0-9a-f]{4} ?){8}/g, "(code)")
    .replace(/[0-9a-f]{32}/g, "(code)")
    .replace(/\d{2}:\d{2}:\d{2}/g, "(time)")
    .replace(/\d{2}\/\d{2}\/\d{4}/g, "(day)")
    .replace(/\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December) \d{4}/g, "(day)")
    .replace(/20\d{2}-20\d{2}/g, "(year)")
    .replace(/từ \(day\) đến \(day\)|\(day\) to \(day\)/g, "(day)")
    .replace(/\(year\)(, \(year\))+/g, "(year)")
    .replace(/(Dữ liệu gốc|On record): [^"]*? \. /g, "$1: (value). ")
    .replace(new RegExp(`(${LEVELS.join("|")})( \\(.*\\))?$`, "gm"), "(level)")
    .replace(/\d{1,3}([.,]\d{3})+/g, "(number)");
}
