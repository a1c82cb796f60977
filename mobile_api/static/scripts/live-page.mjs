// A page that tells of something that others change too, a booking, a payment, a parcel: counts down
// what is kept, and asks every few seconds whether something has happened, data-every says how many.
// Without script the page refreshes itself.

const EVERY_SECONDS = 8;
const COUNTED_MS = 500;

/** Minutes and seconds, `4:05`. */
export function inWords(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

function countDown(line) {
  const end = performance.now() + Number(line.dataset.left) * 1_000;
  const words = line.querySelector("[data-left-words]");
  const counting = setInterval(show, COUNTED_MS);
  function show() {
    const left = (end - performance.now()) / 1_000;
    words.textContent = inWords(left);
    if (left > 0) return;
    clearInterval(counting);
    location.reload();
  }
  line.hidden = false;
  show();
}

async function look(region) {
  const { address, version } = region.dataset;
  const answer = await fetch(`${address}/state`, {
    headers: { "If-None-Match": `"${version}"` },
    cache: "no-store",
    redirect: "manual",
  });
  if (answer.status === 304) return;
  // What is new is told by the page itself; so is a sign-in that has ended.
  if (answer.ok || answer.type === "opaqueredirect") location.replace(address);
}

if (typeof document !== "undefined") {
  const region = document.querySelector("[data-live]");
  const line = document.querySelector("[data-left]");
  if (line !== null) countDown(line);
  if (region.dataset.version !== undefined) {
    setInterval(() => {
      if (document.visibilityState === "visible") look(region).catch(() => {});
    }, 1_000 * Number(region.dataset.every ?? EVERY_SECONDS));
  }
}
