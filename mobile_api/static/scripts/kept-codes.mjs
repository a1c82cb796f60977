// The page of kept codes, with or without a network: the PIN opens them, the code of these minutes
// is drawn from its squares, the next one follows by the phone's own clock.

import { isThere, openBatches } from "./code-store.mjs";

const find = (name) => document.querySelector(`[data-${name}]`);
const pin = document.querySelector("#typed-pin");
const fault = document.querySelector("#pin-fault");
const choices = new Map();
let shown = null;
let drawn = null;

const moment = (date) => date.toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });

async function begin() {
  const there = await isThere();
  find("none").hidden = there;
  find("locked").hidden = !there;
  if (there) pin.focus();
}

async function open() {
  const found = await openBatches(pin.value);
  pin.value = "";
  if (found.batches === undefined) return refuse(found.triesLeft);
  find("locked").hidden = true;
  if (found.batches.length > 1) offer(found.batches);
  show(found.batches[0]);
  setInterval(tick, 500);
}

function refuse(left) {
  if (left === 0) {
    find("locked").hidden = true;
    find("gone").hidden = false;
    return;
  }
  fault.hidden = false;
  find("pin-field").classList.add("field-wrong");
  find("tries").textContent = String(left);
  pin.focus();
}

function offer(batches) {
  const buttons = batches.map((batch) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "m-segment";
    button.textContent = batch.title;
    button.addEventListener("click", () => show(batch));
    choices.set(batch, button);
    return button;
  });
  find("which").replaceChildren(...buttons);
  find("which").hidden = false;
}

function show(batch) {
  [shown, drawn] = [batch, null];
  for (const [each, button] of choices) {
    button.setAttribute("aria-pressed", String(each === batch));
  }
  find("title").textContent = batch.title;
  for (const name of document.querySelectorAll("[data-name]")) {
    name.textContent = batch.masked_holder;
  }
  find("scene").textContent = batch.scene_name;
  const says = find("says");
  says.textContent = batch.field_names.map((name) => says.dataset.comma + name).join("");
  find("until").textContent = moment(new Date(batch.codes.at(-1).expires_at)).slice(0, 16);
  find("sample").hidden = !batch.sample;
  tick();
}

function tick() {
  const now = Date.now();
  const code = shown.codes.find(
    (each) => Date.parse(each.not_before) - 60_000 <= now && now < Date.parse(each.expires_at),
  );
  find("shown").hidden = code === undefined;
  find("over").hidden = code !== undefined;
  if (code === undefined) return;
  if (code !== drawn) draw(code);
  const left = Math.max(0, Math.floor((Date.parse(code.expires_at) - now) / 1000));
  find("left").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  find("clock").textContent = moment(new Date(now));
}

function draw(code) {
  drawn = code;
  const bits = Uint8Array.from(atob(code.modules), (letter) => letter.charCodeAt(0));
  const dark = (at) => (bits[at >> 3] >> (7 - (at & 7))) & 1;
  let path = "";
  for (let row = 0; row < code.side; row += 1) {
    for (let column = 0; column < code.side; column += 1) {
      const begun = column;
      while (column < code.side && dark(row * code.side + column)) column += 1;
      if (column > begun) path += `M${begun} ${row}h${column - begun}v1h${begun - column}z`;
    }
  }
  find("code").setAttribute("viewBox", `0 0 ${code.side} ${code.side}`);
  find("code").querySelector("path").setAttribute("d", path);
}

find("open").addEventListener("submit", (event) => {
  event.preventDefault();
  open().catch(() => location.reload());
});
begin().catch(() => {});
