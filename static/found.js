// Transcript codes inside any text: what a QR holds, what a keyboard scanner types, what somebody pastes.
// The same rules as src/transcript/found.rs, held by the same table of cases (tests/transcript/found_cases.json).

/** Most characters that are looked at; a QR holds at most 7,089. */
const MAX_TEXT = 8192;
const DIGITS = 32;
const UUID = [8, 4, 4, 4, 12];
const LETTER = /[\p{Alphabetic}\p{N}]/u;
const HEX = /^[0-9a-f]+$/i;
const HYPHEN = /[-\u2010-\u2015]/;
const JOINT = /[- \u00a0\u2010-\u2015]/;
/** What a soft copy's QR has behind the code; anything else is not carried on. */
const TOKEN = /^#1\.[A-Za-z0-9]{1,4096}$/;

/**
 * What a text holds.
 * @param {string} text
 * @param {string[]} hosts the portal's own names, with a port where it is not the usual one
 * @returns {{codes: string[], token: string, site: string, kind: string}}
 *   `token`: the fragment of a link of ours, else empty; `site`: whose link it is if not ours, else empty;
 *   `kind`: what the text looks like where it holds no code.
 */
export function find(text, hosts) {
  const read = [...text.slice(0, 2 * MAX_TEXT)].slice(0, MAX_TEXT).join("");
  const codes = codesIn(read);
  const urls = links(read);
  const foreign = urls.find((url) => !isOurs(url, hosts));
  return {
    codes,
    token: codes.length === 1 && urls.length === 1 && !foreign ? tokenOf(urls[0], codes[0]) : "",
    site: foreign ? nameOf(foreign) : "",
    kind: codes.length > 0 ? "code" : kindOf(read, urls),
  };
}

/** The codes of a text in the order they stand there, each once, in lower case without hyphens. */
export function codesIn(text) {
  const words = wordsOf(unescaped(text));
  const found = new Set();
  for (let at = 0; at < words.length; ) {
    const length = codeAt(words, at);
    const taken = words.slice(at, at + length).map((word) => word.text);
    if (length > 0) found.add(taken.join("").toLowerCase());
    at += Math.max(length, 1);
  }
  return [...found];
}

/** How many words from this one on make a code; 0 where none begins. */
function codeAt(words, at) {
  if (!HEX.test(words[at].text)) return 0;
  if (words[at].text.length === DIGITS) return 1;
  const isPart = (length, i) => {
    const word = words[at + i];
    return word && HEX.test(word.text) && word.text.length === length && (i === 0 || HYPHEN.test(word.joint));
  };
  if (UUID.every(isPart)) return UUID.length;
  // Groups of four or eight; more groups than a code has are something else, such as a checksum.
  if (!isGroup(words[at]) || (JOINT.test(words[at].joint) && at > 0 && isGroup(words[at - 1]))) return 0;
  let end = at + 1;
  while (end < words.length && isGroup(words[end]) && JOINT.test(words[end].joint)) end++;
  const digits = words.slice(at, end).reduce((sum, word) => sum + word.text.length, 0);
  return digits === DIGITS ? end - at : 0;
}

function isGroup({ text }) {
  return HEX.test(text) && text.length % 4 === 0 && text.length < DIGITS;
}

/** Letters and digits that stand together, each with the one character that joins it to the word before. */
function wordsOf(text) {
  const words = [];
  let gap = "";
  let inside = false;
  for (const c of text) {
    if (!LETTER.test(c)) {
      gap = inside ? c : gap + c;
      inside = false;
      continue;
    }
    if (inside) words[words.length - 1].text += c;
    else words.push({ text: c, joint: [...gap].length === 1 ? gap : "" });
    inside = true;
  }
  return words;
}

/** Percent escapes of a link become what they stand for, so that `%2F` does not look like two digits. */
function unescaped(text) {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex) => {
    const byte = parseInt(hex, 16);
    return byte < 128 ? String.fromCharCode(byte) : "\ufffd";
  });
}

/** Links of a text, as a browser would read them. */
function links(text) {
  const whole = text.trim();
  const marked = whole.match(/\b[a-z][a-z0-9+.-]*:[\\/]{2}[^\s"'<>]+/gi) ?? [];
  const opaque = marked.length === 0 ? whole.match(/^(?:javascript|data|blob|intent|vbscript):[^\s]*/i) : null;
  const bare = marked.length === 0 ? whole.match(/^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#][^\s"'<>]*)?$/i) : null;
  const candidates = opaque ? [opaque[0]] : bare ? [`https://${bare[0]}`] : marked;
  return candidates.flatMap((candidate) => {
    try {
      return [new URL(candidate.replace(/[.,;)]+$/, ""))];
    } catch {
      return [];
    }
  });
}

function isOurs(url, hosts) {
  return /^https?:$/.test(url.protocol) && hosts.includes(url.host);
}

/** A site's name for people: its host, or the scheme of what has none. */
function nameOf(url) {
  if (/^https?:$/.test(url.protocol)) return url.host.slice(0, 80);
  return (url.host ? `${url.protocol}//${url.host}` : url.protocol).slice(0, 80);
}

function tokenOf(url, code) {
  const place = url.pathname.match(/^\/v\/([^/]+)$/i);
  const leads = place && codesIn(place[1])[0] === code && url.search === "";
  return leads && TOKEN.test(url.hash) ? url.hash : "";
}

/** What a text without a code looks like, so that people can be told without showing it. */
function kindOf(text, urls) {
  const whole = text.trim();
  if (whole === "") return "empty";
  if (urls.length > 0) return "link";
  if (/^\d{9,12}\|/.test(whole)) return "citizen_card";
  if (/^(BEGIN:VCARD|MECARD:|WIFI:|tel:|sms(to)?:|mailto:|geo:)/i.test(whole)) return "contact";
  if (/^000201/.test(whole)) return "payment";
  const close = whole.replace(/[-\s]/g, "");
  if (/^[0-9a-z\u00c0-\u1ef9]{28,36}$/i.test(close) && [...close].filter((c) => HEX.test(c)).length >= 26) return "almost";
  return /^\d+$/.test(whole) ? "number" : "other";
}

/** The keys that Telex and VNI make a mark of, as far as a code holds them; `=` is the letter once more. */
const MARKS = {
  "\u0302": { telex: "=", vni: "6" },
  "\u0306": { vni: "8" },
  "\u0300": { telex: "f", vni: "2" },
  "\u0301": { vni: "1" },
  "\u0309": { vni: "3" },
  "\u0303": { vni: "4" },
  "\u0323": { vni: "5" },
};
/** The row of digits of the Vietnamese keyboard layout, 1 to 9 and 0. */
const LAYOUT = new Map([..."ăâêô\u0300\u0309\u0303\u0301\u0323đ"].map((c, i) => [c, String((i + 1) % 10)]));
/** Most originals that are proposed. */
const MAX_ORIGINALS = 12;

/**
 * Codes that a scanner may have typed where a Vietnamese input method made this text of them, the likeliest
 * first. Empty where the text has no such damage, or too much of it.
 */
export function originals(text) {
  const typed = text.trim().toLowerCase().replace(/[-\s\u2010-\u2015]/g, "");
  if (typed.length > 2 * DIGITS || !/[^0-9a-z]/.test(typed)) return [];
  const lines = [...undone(typed.normalize("NFC"), "telex"), ...undone(typed.normalize("NFC"), "vni")];
  if (!/[0-9]/.test(typed)) lines.unshift(typedByLayout(typed));
  return [...new Set(lines)].filter((line) => line.length === DIGITS && HEX.test(line)).slice(0, MAX_ORIGINALS);
}

function typedByLayout(typed) {
  const pieces = [...typed].flatMap((c) => (LAYOUT.has(c) ? [c] : [...c.normalize("NFD")]));
  return pieces.map((c) => LAYOUT.get(c) ?? c).join("");
}

/** Takes the marks off and puts their keys where they may have been pressed: at once, or later in the same word. */
function undone(typed, method) {
  const characters = [...typed];
  let lines = [{ text: "", held: "" }];
  for (const [i, c] of characters.entries()) {
    const { base, keys } = damage(c, method);
    if (keys === null) return [];
    const wordGoesOn = /[^0-9]/.test(characters[i + 1] ?? "0");
    lines = lines.flatMap(({ text, held }) => {
      const pressed = { text: text + base + held + keys, held: "" };
      const later = { text: text + base, held: held + keys };
      return later.held !== "" && wordGoesOn ? [pressed, later] : [pressed];
    });
    lines = lines.slice(0, 64);
  }
  return lines.map((line) => line.text);
}

/** A letter without its marks, and the keys that made them; null where this input method has no such key. */
function damage(c, method) {
  if (c === "đ") return { base: "d", keys: method === "telex" ? "d" : "9" };
  const [base, ...marks] = c.normalize("NFD");
  const keys = marks.map((mark) => MARKS[mark]?.[method]);
  return { base, keys: keys.includes(undefined) ? null : keys.map((key) => (key === "=" ? base : key)).join("") };
}
