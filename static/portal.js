// Pages that show a code: a button that copies it. It stays hidden where it cannot work.
"use strict";

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
