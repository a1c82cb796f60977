// The page that fetches offline codes: takes them as data, seals them with the PIN that was typed,
// and says until when they serve. Where nothing can be kept the form goes its own way.

import { forgetBatch, keepBatch } from "./code-store.mjs";

const form = document.querySelector("[data-keep]");
const drop = document.querySelector("[data-drop]");

async function keep() {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
    redirect: "manual",
  });
  if (answer.type === "opaqueredirect") return location.reload();
  if (!answer.ok) return say(await answer.text());
  const batch = await answer.json();
  await keepBatch(form.elements.pin.value, batch);
  const until = new Date(batch.codes.at(-1).expires_at);
  const done = document.querySelector("[data-done]").content.cloneNode(true);
  done.querySelector("[data-until]").textContent = until.toLocaleString("sv-SE", {
    timeZone: "Asia/Shanghai",
  }).slice(0, 16);
  document.querySelector("[data-fault]").replaceChildren();
  form.replaceWith(done);
}

/** Show what the answer's own page says is wrong. */
function say(html) {
  const told = new DOMParser().parseFromString(html, "text/html");
  const fault = told.querySelector("[data-fault]");
  if (fault === null) return location.reload();
  document.querySelector("[data-fault]").replaceChildren(...fault.childNodes);
  form.elements.pin.value = "";
  form.elements.pin.focus();
}

if (crypto.subtle !== undefined && "indexedDB" in window) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    keep()
      .catch(() => form.submit())
      .finally(() => {
        button.disabled = false;
      });
  });
}

drop.addEventListener("submit", (event) => {
  event.preventDefault();
  forgetBatch(drop.dataset.drop)
    .catch(() => {})
    .finally(() => drop.submit());
});
