// A code that is being shown: counts its seconds, makes the next one in time, and asks every
// second and a half whether somebody has scanned it. Without script the page leads on by itself.

const EVERY_MS = 1_500;
const WATCHED_MS = 120_000;
const code = document.querySelector("[data-code]");
const again = document.querySelector("[data-again]");
const left = document.querySelector("[data-left]");
const time = document.querySelector("[data-clock]");
const begun = performance.now();

function count() {
  if (left === null) return;
  const gone = Math.floor((performance.now() - begun) / 1_000);
  left.textContent = String(Math.max(0, Number(code.dataset.seconds) - gone));
  time.textContent = new Date().toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });
  if (gone >= Number(code.dataset.seconds)) {
    clearInterval(counting);
    again.requestSubmit();
  }
}

async function look() {
  const address = code.dataset.address ?? `/m/show/codes/${code.dataset.code}`;
  const answer = await fetch(`${address}/state`, {
    headers: { "If-None-Match": `"${code.dataset.version}"` },
    cache: "no-store",
    redirect: "manual",
  });
  // Whatever is new is told in words by the page itself; so is a sign-in that has ended.
  if (answer.status !== 304 && (answer.ok || answer.type === "opaqueredirect")) {
    location.replace(address);
  }
}

const counting = setInterval(count, 1_000);
const watching = setInterval(() => {
  if (performance.now() - begun > WATCHED_MS) clearInterval(watching);
  else if (document.visibilityState === "visible") look().catch(() => {});
}, EVERY_MS);
