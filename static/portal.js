// Pages of a code: the token of a copy's QR, and a button that copies the code.
"use strict";

// The token in a copy's QR is the fragment of the address, which no browser sends. It is taken off the
// address before anything else, so that neither the history nor a copied address holds it; then it is sent as a form.
const openWithToken = () => {
  const token = location.hash.slice(1);
  if (!token.startsWith("1.")) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  const form = document.createElement("form");
  const field = document.createElement("input");
  Object.assign(form, { method: "post", action: location.pathname });
  Object.assign(field, { type: "hidden", name: "token", value: token });
  form.append(field);
  document.body.append(form);
  form.submit();
};
openWithToken();
// The same page, scanned again: only the fragment changes, and nothing is loaded.
addEventListener("hashchange", openWithToken);

// A button that copies the code. It stays hidden where it cannot work.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  const code = document.getElementById(button.dataset.copy);
  const said = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      said.textContent = button.dataset.done;
      setTimeout(() => (said.textContent = ""), 4000);
    } catch {
      // Not allowed here: the code is marked, so that the keyboard or the phone's menu can copy it.
      getSelection().selectAllChildren(code);
    }
  });
}
