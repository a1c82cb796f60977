// The call board: asks for its own page every few seconds (the ETag spares the answer) and puts the
// new state in place of the old. On a dead line the last state stays, and the foot says since when
// it is old; when the line is back everything is as before. The worker keeps the page over a reload;
// when the server was last heard is kept in the browser's storage, since a 304 renews no page.

import { chimeOf } from "./board-chime.mjs";
import { Announcer } from "./board-sound.mjs";
import { voiceOf } from "./board-voice.mjs";

const EVERY_MS = 3_000;
const PATIENCE_MS = 8_000;
const OLD_AFTER_MS = 10_000;
const ZONE = "Asia/Shanghai";

const one = (name, within = document) => within.querySelector(name);
const { board, version, worker, asOf } = document.body.dataset;
const live = one("[data-live]");
const heardKey = `board-heard-${board}`;
const soundKey = "board-sound";
const chime = chimeOf();
const announcer = new Announcer(chime, voiceOf());

let known = null;
let heard = Math.max(Number(asOf) * 1000, Number(localStorage.getItem(heardKey)));
let ahead = 0;
// Counted on the browser's own steady clock: that of a television may begin in 1970.
let answered = null;
let failed = false;

/** What time it is at the server, in milliseconds: a television's own clock is often wrong. */
function now() {
  return Date.now() + ahead;
}

function told(moment, parts) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, ...parts }).format(moment);
}

function clockTime(moment) {
  return told(moment, { hour: "2-digit", minute: "2-digit" });
}

function day(moment) {
  return told(moment, { year: "numeric", month: "2-digit", day: "2-digit" });
}

function hear(answer) {
  const server = Number(answer.headers.get("Kiosk-Server-Time")) * 1000;
  if (server > 0) ahead = server - Date.now();
  heard = now();
  answered = performance.now();
  localStorage.setItem(heardKey, String(heard));
}

async function look() {
  const headers = known === null ? {} : { "If-None-Match": known };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(location.href, { headers, cache: "no-store", signal });
  if (answer.status !== 304 && !answer.ok) throw new Error(`answered ${answer.status}`);
  if (answer.status === 304) {
    hear(answer);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = one("[data-live]", page);
  if (fresh === null) throw new Error("not a board");
  hear(answer);
  known = answer.headers.get("ETag");
  if (page.body.dataset.version !== version) {
    location.reload();
    return;
  }
  show(fresh);
}

function show(fresh) {
  const before = one("[data-call]", live)?.dataset.call;
  live.replaceChildren(...document.adoptNode(fresh).childNodes);
  const newest = one("[data-call]", live);
  newest?.classList.toggle("b-new", newest.dataset.call !== before);
  listen();
}

function listen() {
  const calls = [...live.querySelectorAll("[data-aloud] > [data-key]")].reverse();
  const heardNow = calls.map((call) => ({
    key: call.dataset.key,
    at: Number(call.dataset.at),
    utterances: [...call.children].map(({ textContent, lang }) => ({ text: textContent, lang })),
  }));
  announcer.hear(heardNow, now() / 1000);
}

function isOld() {
  return answered === null ? failed : performance.now() - answered > OLD_AFTER_MS;
}

function tellTime() {
  const old = isOld();
  // A clock that lies behind what was heard from the server tells no time at all.
  one("[data-clock]").textContent = now() < heard ? "—:—" : clockTime(now());
  one("[data-old]").hidden = !old;
  one("[data-hint]").hidden = old;
  const sameDay = day(heard) === day(now());
  one("[data-since]").textContent = sameDay ? clockTime(heard) : `${day(heard)} ${clockTime(heard)}`;
}

function tellSound() {
  one("[data-sound]").setAttribute("aria-pressed", String(announcer.on));
  one("[data-sound-on]").hidden = announcer.on;
  one("[data-sound-off]").hidden = !announcer.on;
}

async function turnSound(on) {
  announcer.on = on && (await chime.wake());
  localStorage.setItem(soundKey, on ? "on" : "off");
  if (announcer.on) chime.ring();
  tellSound();
}

async function keepForDeadLines() {
  if (!("serviceWorker" in navigator)) return;
  // Only what comes through the worker is kept: once it is there, the page is asked for whole.
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    known = null;
  });
  try {
    await navigator.serviceWorker.register(worker, { scope: "/board/", type: "module" });
  } catch {
    // Forbidden, or no https: the board then needs its line for a reload, and for nothing else.
  }
}

async function lookAgain() {
  try {
    await look();
  } catch {
    // The line is dead for the moment: the last state stays, and `tellTime` says how old it is.
    failed = true;
  }
  tellTime();
  setTimeout(lookAgain, EVERY_MS);
}

one("[data-sound]").hidden = false;
one("[data-sound]").addEventListener("click", () => turnSound(!announcer.on));
if (localStorage.getItem(soundKey) === "on") turnSound(true);
listen();
setInterval(tellTime, 1_000);
keepForDeadLines();
lookAgain();
