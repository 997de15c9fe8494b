// The scan page: what a QR holds leads to the verdict on its code. Links of other sites are never opened.

import { connect, isAllowed, message } from "./camera.js";
import { find } from "./found.js";

const scanner = document.getElementById("scanner");
const said = document.getElementById("said");
const hosts = [scanner.dataset.host, location.host];

function show(part) {
  said.replaceChildren(part);
}

function onText(text) {
  const { codes, token, site, kind } = find(text, hosts);
  if (codes.length > 1) show(message("several", { codes }));
  else if (codes.length === 0) show(message(kind === "link" && site === "" ? "other" : kind, { site }));
  else if (site !== "") show(message("foreign", { site, href: `/v/${codes[0]}` }));
  else {
    show(message("found"));
    location.assign(`/v/${codes[0]}${token}`);
  }
}

const camera = connect({ onText, say: (name) => show(message(name)), once: true });
document.getElementById("fallback").hidden = true;
document.getElementById("tools").hidden = false;
if (await isAllowed()) camera.start();
