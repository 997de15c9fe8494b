// Counter mode: whatever scanner, camera or keyboard gives becomes a row, and each row's verdict is asked of the
// portal, one after the other. The list lives in this page only; nothing is stored unless the person downloads it.

import { connect, inGroups, message } from "./camera.js";
import { find, originals } from "./found.js";

const $ = (id) => document.getElementById(id);
const counter = $("counter");
const field = $("code");
const hosts = [counter.dataset.host, location.host];
const words = wordsOf($("words").content);
const looks = new Map([...document.querySelectorAll("template.verdict-looks")].map((t) => [t.dataset.verdict, t]));

/** Milliseconds after the last key at which a scanner that ends without Enter counts as done. */
const SETTLED_MS = 400;
/** Milliseconds after which an answer is no longer waited for. */
const DEADLINE_MS = 15_000;
/** Seconds to wait where a refusal does not say how long. */
const DEFAULT_WAIT_S = 10;
/** Verdicts that are answers about a code; the rest is about what was scanned. */
const ANSWERS = ["valid", "not_in_force", "partly_withdrawn", "suspended", "withdrawn", "replaced", "erased", "unknown", "unchecked"];

const rows = [];
const queue = [];
let working = false;
let saved = true;

function wordsOf(content) {
  const spoken = new Map([...content.querySelectorAll("[data-word]")].map((s) => [s.dataset.word, s.textContent]));
  const levels = new Map([...content.querySelectorAll("[data-level]")].map((s) => [s.dataset.level, s.textContent]));
  const columns = [...content.querySelectorAll("[data-column]")].map((s) => s.textContent);
  return { say: (name) => spoken.get(name) ?? "", level: (slug) => levels.get(slug) ?? slug, columns };
}

/** Takes what was scanned: a row at once, its verdict when it comes. */
function take(text) {
  if (text.trim() === "") return;
  const { codes, site, kind } = find(text, hosts);
  const candidates = codes.length === 0 ? originals(text) : codes;
  const row = { number: rows.length + 1, at: new Date(), codes: candidates, code: candidates[0] ?? "", site };
  row.repaired = codes.length === 0 && candidates.length > 0;
  const before = rows.find((other) => other.code !== "" && other.code === row.code);
  row.duplicateOf = before?.number ?? 0;
  row.verdict = "waiting";
  rows.push(row);
  saved = false;
  if (codes.length > 1) settle(row, { verdict: "several", code: "", hint: words.say("several") });
  else if (candidates.length === 0) settle(row, { verdict: "no_code", code: "", hint: words.say(kind) });
  else ask(row);
}

function ask(row) {
  row.verdict = "waiting";
  draw(row);
  queue.push(row);
  if (!working) work();
}

async function work() {
  working = true;
  while (queue.length > 0) {
    const row = queue.shift();
    settle(row, await verdictOf(row));
  }
  working = false;
}

/** The verdict on a row's code; of several codes it may have been, the first that is on record. */
async function verdictOf({ codes }) {
  let likeliest = null;
  for (const code of codes) {
    const answer = await verdictOn(code);
    if (answer.verdict !== "unknown") return answer;
    likeliest ??= answer;
  }
  return likeliest;
}

async function verdictOn(code) {
  for (;;) {
    const answer = await fetchVerdict(code);
    if (answer.wait === undefined) return answer;
    await countDown(answer.wait);
  }
}

async function fetchVerdict(code) {
  const nothing = { code, verdict: "unchecked" };
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), DEADLINE_MS);
  try {
    const response = await fetch(`/api/v1/transcripts/${code}`, { cache: "no-store", signal: deadline.signal });
    if (response.status === 429) return { wait: Number(response.headers.get("retry-after")) || DEFAULT_WAIT_S };
    if (![200, 404, 503].includes(response.status)) return nothing;
    const answer = await response.json();
    return ANSWERS.includes(answer.verdict) && answer.code === code ? readAnswer(answer) : nothing;
  } catch {
    return nothing;
  } finally {
    clearTimeout(timer);
  }
}

function readAnswer({ code, verdict, level, sheets, missing_years }) {
  // Whoever holds a sheet's own id holds a print that has a successor.
  const replaced = sheets.length > 0 && sheets.every((sheet) => sheet.verdict === "replaced");
  const years = [...new Set(sheets.map((sheet) => sheet.school_year))].sort();
  return {
    code,
    verdict: replaced ? "replaced" : verdict,
    level: level ? words.level(level) : "",
    years,
    missing: missing_years,
  };
}

async function countDown(seconds) {
  $("slow").hidden = false;
  for (let left = Math.ceil(seconds); left > 0; left--) {
    $("seconds").textContent = String(left);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  $("slow").hidden = true;
}

function settle(row, answer) {
  Object.assign(row, { level: "", years: [], missing: [], hint: "", ...answer });
  saved = false;
  draw(row);
  drawLatest(row);
  drawCounts();
  sound(row.verdict);
}

function wordOf(verdict) {
  return looks.get(verdict).dataset.word;
}

function iconOf(verdict) {
  return looks.get(verdict).content.cloneNode(true);
}

/** What is to be known besides the verdict. */
function notesOf(row) {
  return [
    row.duplicateOf > 0 ? `${words.say("duplicate")} ${row.duplicateOf}` : "",
    row.missing?.length > 0 ? `${words.say("missing")} ${row.missing.join(", ")}` : "",
    row.repaired && row.verdict !== "no_code" ? words.say("repaired") : "",
    row.site ? `${words.say("foreign")} ${row.site}` : "",
    row.hint ?? "",
  ].filter((note) => note !== "");
}

function element(name, className, ...content) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}

function draw(row) {
  const verdict = element("span", `status ${looks.get(row.verdict).dataset.tone}`, iconOf(row.verdict), wordOf(row.verdict));
  const code = row.code === "" ? element("span", "code", "–") : element("a", "code", inGroups(row.code));
  if (row.code !== "") Object.assign(code, { href: `/v/${row.code}`, target: "_blank", rel: "noopener noreferrer" });
  const facts = [clock(row.at), row.level, (row.years ?? []).join(", "), ...notesOf(row)].filter((fact) => fact);
  const number = element("span", "number", `${row.number}.`);
  const item = element("li", "", number, verdict, code, element("span", "quiet", facts.join(" · ")));
  $("results").hidden = false;
  if (row.item) row.item.replaceWith(item);
  else $("list").prepend(item);
  row.item = item;
}

function clock(at) {
  return at.toLocaleTimeString(document.documentElement.lang, { hour12: false });
}

function drawLatest(row) {
  const latest = $("latest");
  latest.className = `card verdict latest ${looks.get(row.verdict).dataset.tone}`;
  $("latest-icon").replaceChildren(iconOf(row.verdict));
  $("latest-word").textContent = wordOf(row.verdict);
  const facts = [row.code && inGroups(row.code), row.level, row.years.join(", "), ...notesOf(row)].filter((fact) => fact);
  const lines = [facts.join(" · "), row.verdict === "valid" ? words.say("compare") : ""].filter((line) => line);
  $("latest-detail").replaceChildren(...lines.flatMap((line, i) => (i > 0 ? [document.createElement("br"), line] : [line])));
  $("announce").textContent = [`${row.number}: ${wordOf(row.verdict)}`, row.level, row.years.join(", "), ...notesOf(row)]
    .filter((fact) => fact)
    .join(". ");
}

/** Each code counts once, by its newest answer. */
function drawCounts() {
  const newest = new Map(rows.map((row) => [row.code || `row ${row.number}`, row.verdict]));
  const counts = new Map();
  for (const verdict of newest.values()) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const shown = [...looks.keys()].filter((verdict) => counts.has(verdict) && verdict !== "waiting");
  $("counts").replaceChildren(
    ...shown.map((verdict) => {
      const label = element("span", `status ${looks.get(verdict).dataset.tone}`, iconOf(verdict), wordOf(verdict));
      return element("li", "", label, element("strong", "", String(counts.get(verdict))));
    }),
  );
  $("retry").hidden = !rows.some((row) => row.verdict === "unchecked");
  $("download").disabled = rows.length === 0;
}

/** Tones per verdict, as [hertz, seconds]; made here, so that nothing is loaded. */
const TUNES = {
  valid: [[880, 0.12]],
  attention: [[520, 0.14], [392, 0.22]],
  unknown: [[220, 0.5]],
  unchecked: [[660, 0.08], [660, 0.08], [660, 0.08]],
};
let audio = null;

function sound(verdict) {
  if ($("sound").getAttribute("aria-pressed") !== "true" || !globalThis.AudioContext) return;
  audio ??= new AudioContext();
  audio.resume().catch(() => {});
  let at = audio.currentTime + 0.02;
  for (const [hertz, seconds] of TUNES[verdict] ?? TUNES.attention) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.06;
  }
}

/** A field of RFC 4180; what a spreadsheet would take for a formula gets an apostrophe in front. */
function csvField(value) {
  const text = String(value);
  const safe = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** The list as a file that spreadsheets open: UTF-8 with its mark, oldest first. */
function csv() {
  const line = (row) => [
    row.number,
    localTime(row.at),
    // In groups, so that no spreadsheet takes a code for a number.
    row.code && inGroups(row.code),
    wordOf(row.verdict),
    row.level ?? "",
    (row.years ?? []).join(" "),
    (row.missing ?? []).join(" "),
    notesOf({ ...row, missing: [] }).join("; "),
  ];
  const lines = [words.columns, ...rows.map(line)].map((fields) => fields.map(csvField).join(","));
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

function localTime(at) {
  const two = (n) => String(n).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}

function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
  link.download = `hocba-${localTime(new Date()).replace(/[-:]/g, "").replace(" ", "-")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  saved = true;
}

/** Takes what stands in the field and makes it ready for the next. */
function submit() {
  clearTimeout(settling);
  const text = field.value;
  field.value = "";
  field.focus();
  take(text);
}

let settling;
$("wedge").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
field.addEventListener("keydown", (event) => {
  // Some scanners end with Tab; in an empty field Tab moves on as everywhere.
  if (event.key !== "Tab" || event.shiftKey || field.value.trim() === "") return;
  event.preventDefault();
  submit();
});
field.addEventListener("input", () => {
  clearTimeout(settling);
  if (find(field.value, hosts).codes.length === 1) settling = setTimeout(submit, SETTLED_MS);
});
document.addEventListener("keydown", (event) => {
  const elsewhere = !event.target.closest("input, textarea, select, video");
  const printable = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (elsewhere && printable) field.focus();
});
$("sound").addEventListener("click", ({ currentTarget }) => {
  currentTarget.setAttribute("aria-pressed", String(currentTarget.getAttribute("aria-pressed") !== "true"));
  field.focus();
});
$("retry").addEventListener("click", () => {
  rows.filter((row) => row.verdict === "unchecked").forEach(ask);
  drawCounts();
  field.focus();
});
$("download").addEventListener("click", download);
addEventListener("beforeunload", (event) => {
  if (!saved) event.preventDefault();
});

connect({
  onText(text) {
    if ($("finder").hidden) $("said").replaceChildren();
    take(text);
  },
  say(name) {
    $("camera").open = true;
    $("said").replaceChildren(message(name));
  },
  once: false,
});
$("fallback").hidden = true;
counter.hidden = false;
field.focus();
