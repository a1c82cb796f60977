// The page `/scan`: camera, picture, typed code; offline codes are judged here, live ones asked for
// by a touch. What the server says comes as a piece of its own page, in its own words.

import { openCamera, readPicture } from "./scan-camera.mjs";
import { judge, renew } from "./scan-lists.mjs";
import { isMuted, mute, say, wake } from "./scan-sound.mjs";
import { forShowing, whatIs } from "./scan-text.mjs";

const one = (name, within = document) => within.querySelector(name);
const scan = one("[data-scan]");
const found = one("#found");
const form = one("[data-typed]");
const names = JSON.parse(scan.dataset.names);
const FORM_TOO_OLD = 400;
let close = null;

function template(kind, name) {
  return one(`template[data-${kind}="${CSS.escape(name)}"]`).content.cloneNode(true);
}

function tell(piece) {
  found.replaceChildren(piece);
  const verdict = one("[data-verdict]", found);
  say(verdict.dataset.tone);
  one("h2", verdict)?.focus();
  verdict.scrollIntoView({ block: "nearest" });
}

function trouble(name) {
  const place = one("p[data-trouble]");
  place.hidden = name === null;
  if (name !== null) place.replaceChildren(template("trouble", name));
}

function closeCamera() {
  close?.();
  close = null;
  for (const name of ["[data-view]", "[data-pointing]", "[data-close]"]) one(name).hidden = true;
  one("[data-open]").hidden = false;
}

async function open() {
  wake();
  trouble(null);
  found.replaceChildren();
  for (const name of ["[data-view]", "[data-pointing]", "[data-close]"]) one(name).hidden = false;
  one("[data-open]").hidden = true;
  try {
    close = await openCamera(one("video"), (text) => {
      closeCamera();
      take(text);
    });
  } catch (fault) {
    closeCamera();
    trouble(fault instanceof DOMException || fault instanceof ReferenceError || !navigator.mediaDevices
      ? "no_camera" : "no_reader");
  }
}

async function take(text) {
  const scanned = whatIs(text, scan.dataset.origin);
  if (scanned.what === "offline") {
    const verdict = await judge(scanned.text, scan.dataset.audience ?? null);
    if (verdict.askIssuer) await ask(scanned.text);
    else tellOffline(verdict);
  } else if (scanned.what === "live") {
    tell(template("telling", "live"));
    one("[data-look]", found).addEventListener("click", () => ask(scanned.text), { once: true });
  } else if (scanned.what === "page") {
    location.assign(scanned.path + location.search);
  } else {
    const piece = template("telling", "not_ours");
    fill(piece, "foreign", forShowing(scanned.text), "bdi");
    tell(piece);
  }
}

function tellOffline({ reason, facts }) {
  const piece = template("telling", reason ?? "genuine");
  if (facts !== null) {
    fill(piece, "kind", names.kinds[facts.kind] ?? facts.kind);
    fill(piece, "holder", facts.maskedName);
    fill(piece, "scene", names.scenes[facts.scene] ?? facts.scene);
    fill(piece, "until", moment(facts.expiresAt));
    const row = one('[data-slot="field"]', piece);
    for (const [name, value] of Object.entries(facts.fields)) {
      const filled = row.cloneNode(true);
      one("dt", filled).textContent = names.fields[`${facts.kind}.${name}`] ?? name;
      one("bdi", filled).textContent = value;
      filled.hidden = false;
      row.before(filled);
    }
    for (const name of ["facts", ...(facts.sample ? ["sample"] : [])]) {
      one(`[data-slot="${name}"]`, piece).hidden = false;
    }
  }
  fill(piece, "judged", one("[data-lists]").textContent, "[data-age]");
  tell(piece);
}

function fill(piece, slot, text, within = "bdi") {
  const place = one(`[data-slot="${slot}"]`, piece);
  one(within, place).textContent = text;
  place.hidden = false;
}

/** Ask the server for the one look; its answer is a page, of which the verdict is taken. */
async function ask(text, again = true) {
  const body = new FormData(form);
  body.set("code", text);
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
  } catch {
    tell(template("telling", "no_network"));
    return;
  }
  if (answer.status === FORM_TOO_OLD && again) {
    await renewForm();
    await ask(text, false);
    return;
  }
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const verdict = one("[data-verdict]", page);
  if (verdict !== null) {
    tell(document.adoptNode(verdict));
    return;
  }
  const words = document.createElement("p");
  words.className = "notice notice-warn";
  words.dataset.verdict = "";
  words.textContent = one("h1", page)?.textContent ?? "";
  tell(words);
}

/** A page that was kept for a dead line has a form that the server no longer knows. */
async function renewForm() {
  const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = one("[name=csrf_token]", page);
  if (token !== null) one("[name=csrf_token]", form).value = token.value;
}

function moment(seconds) {
  return new Date(seconds * 1000).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).slice(0, 16);
}

async function tellLists() {
  const { statusList } = await renew();
  if (statusList !== null) one("[data-lists]").textContent = moment(statusList.issuedAt);
}

async function install() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(scan.dataset.worker, { scope: "/scan", type: "module" });
  } catch {
    // A web view may forbid it: the page then needs the network, as before.
  }
}

one("[data-open]").addEventListener("click", open);
one("[data-close]").addEventListener("click", closeCamera);
one("[data-picture]").addEventListener("change", async (event) => {
  wake();
  const [file] = event.target.files;
  trouble(null);
  if (file === undefined) return;
  try {
    const text = await readPicture(file);
    if (text === null) trouble("no_code");
    else await take(text);
  } catch {
    trouble("no_reader");
  }
  event.target.value = "";
});
form.addEventListener("submit", (event) => {
  wake();
  const text = one("[name=code]", form).value.trim();
  event.preventDefault();
  if (whatIs(text, scan.dataset.origin).what === "offline") take(text);
  else ask(text);
});
one("[data-mute]").addEventListener("click", ({ currentTarget }) => {
  mute(!isMuted());
  currentTarget.setAttribute("aria-pressed", String(isMuted()));
});
one("[data-mute]").setAttribute("aria-pressed", String(isMuted()));
for (const part of [scan, one("[data-state]")]) part.hidden = false;
if (!navigator.mediaDevices?.getUserMedia) trouble("no_camera");
await Promise.all([install(), tellLists()]);
