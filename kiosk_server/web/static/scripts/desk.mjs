// A verifier's page that waits: for the answer to a question, or for what holders give at a sign.
// It asks where things stand, which delivers nothing, and sends the page's own form when something
// has come. What was given is shown once, so it stays on the page until that is left.

const EVERY_MS = 1_500;
const form = document.querySelector("[data-collect]");
const answers = document.querySelector("[data-answers]");
const once = "once" in form.dataset;
let known = null;

async function look() {
  const headers = known === null ? {} : { "If-None-Match": known };
  const answer = await fetch(form.dataset.watch, { headers, cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 401) {
    // Signed out, or the device was revoked meanwhile: the door says so better.
    location.reload();
    return;
  }
  if (!answer.ok) return;
  known = answer.headers.get("ETag");
  if ((await answer.text()) !== "0") await take();
}

async function take() {
  const headers = { Accept: "text/html" };
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
  if (!answer.ok) {
    form.requestSubmit();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-answers]");
  if (fresh === null) return;
  if (once) {
    clearInterval(watching);
    answers.replaceChildren(...document.adoptNode(fresh).childNodes);
    form.hidden = true;
  } else {
    answers.prepend(...document.adoptNode(fresh).childNodes);
  }
}

let busy = false;
const watching = setInterval(async () => {
  if (busy || document.visibilityState !== "visible") return;
  busy = true;
  try {
    await look();
  } catch {
    // The line is dead for the moment; the next second asks again.
  }
  busy = false;
}, EVERY_MS);
