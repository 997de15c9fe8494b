// A batch that is worked on: how far it is, asked every two seconds. The page says the same without this script, when it
// is loaded again.
"use strict";

const EVERY_MS = 2000;
const part = document.querySelector("[data-progress]");
const bar = part.querySelector("progress");
const said = part.querySelector("[role=status]");
const number = new Intl.NumberFormat(part.dataset.language === "vi" ? "vi-VN" : "en-GB");
// The sentence of the page itself, with other numbers in it.
const sentence = said.textContent.replace(/^[\d.,]+/, "#");
part.querySelector("a.button").hidden = true;

const ask = async () => {
  try {
    const answer = await fetch(part.dataset.progress, { cache: "no-store" });
    // Signed out, or deleted by somebody else: the page itself says so.
    if (answer.redirected || answer.status === 403 || answer.status === 404) return location.reload();
    if (answer.ok) {
      const { waiting, done } = await answer.json();
      if (!waiting) return location.reload();
      bar.value = done;
      said.textContent = sentence.replace("#", number.format(done));
    }
  } catch {
    // Away for a moment: asked again.
  }
  setTimeout(ask, EVERY_MS);
};
setTimeout(ask, EVERY_MS / 2);
