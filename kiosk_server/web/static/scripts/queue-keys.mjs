// Keys of the queue's page: each does what the button does that shows it. They can be turned off
// (WCAG 2.1.4), are not heard in fields, and one page sends one deed.

const KEPT = "queue-keys";
const FIELDS = "input, select, textarea, [contenteditable]";
const choice = document.querySelector("[data-keys-on]");
let sent = false;

function isOn() {
  return localStorage.getItem(KEPT) !== "off";
}

function pressed(event) {
  const chord = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  if (sent || event.repeat || chord || !isOn() || event.target.closest(FIELDS)) return;
  // The place of a key and not its letter: with a Uyghur or pinyin layout it is the same one.
  const letter = event.code.replace(/^Key/, "");
  const button = document.querySelector(`[data-key="${CSS.escape(letter)}"]`);
  if (button === null) return;
  event.preventDefault();
  button.click();
}

if (choice !== null) {
  document.querySelector("[data-keys]").hidden = false;
  choice.checked = isOn();
  choice.addEventListener("change", () => {
    localStorage.setItem(KEPT, choice.checked ? "on" : "off");
    // The box itself is a field: whoever has ticked it goes on with keys at once.
    choice.blur();
  });
  document.addEventListener("keydown", pressed);
  document.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  // Come back to by "back", the page is as it was drawn and may be used again.
  addEventListener("pageshow", () => {
    sent = false;
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
