// Processor milliseconds that a Chromium which is already running takes for a PDF of a page, over all its processes:
// node chromium.mjs PAGE.html PDF COUNT

import { readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const TICKS_A_SECOND = 100;
const [page, pdf, count] = process.argv.slice(2);

/** Of every process below this one, ended ones that were waited for included. */
function ticks() {
  const stats = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/stat`, "latin1")];
      } catch {
        return [];
      }
    })
    .map((stat) => [Number.parseInt(stat), stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number)]);
  const parents = new Map(stats.map(([pid, fields]) => [pid, fields[1]]));
  const isBelow = (pid) => {
    for (let at = parents.get(pid); at > 1; at = parents.get(at)) if (at === process.pid) return true;
    return false;
  };
  const sum = ([, fields]) => fields[11] + fields[12] + fields[13] + fields[14];
  return stats.filter(([pid]) => isBelow(pid)).reduce((all, stat) => all + sum(stat), 0);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
});
// A page of its own for each, as in a service: nothing of one learner is left for the next.
async function print() {
  const tab = await browser.newPage();
  await tab.goto(pathToFileURL(page).href);
  await tab.pdf({ path: pdf, preferCSSPageSize: true, tagged: true });
  await tab.close();
}
await print();
const before = ticks();
for (let i = 0; i < Number(count); i++) await print();
const after = ticks();
await browser.close();
console.log(((after - before) * 1000) / TICKS_A_SECOND / Number(count));
