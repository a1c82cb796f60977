// What every page of the phone does: keep the shell for a dead line, open what opens by the clock.
// Nothing here is needed to sign in or to read: without it every page works as a form.

const root = document.documentElement;

async function keepShell() {
  if (!("serviceWorker" in navigator)) return;
  const look = [root.lang, root.dataset.size, root.dataset.theme].join(".");
  const told = new URLSearchParams({ v: root.dataset.worker, look });
  const address = `/m/worker.mjs?${told}`;
  try {
    await navigator.serviceWorker.register(address, { scope: "/m/", type: "module" });
  } catch {
    // A web view may forbid it: the pages then need the network, as before.
  }
}

/** A button that opens after some seconds says how many are left. */
function openInTime(button) {
  const words = button.textContent;
  let left = Number(button.dataset.opensIn);
  const show = () => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${words} (${left})` : words;
  };
  show();
  const timer = setInterval(() => {
    left -= 1;
    show();
    if (left <= 0) clearInterval(timer);
  }, 1000);
}

/** A code scanned off a terminal stands behind `#`, which no server is told; a touch sends it. */
function takeScanned(field) {
  const scanned = /^#([0-9]{8})$/.exec(location.hash);
  if (!scanned) return;
  field.value = scanned[1];
  history.replaceState(null, "", location.pathname + location.search);
  field.form.querySelector("button").focus();
}

/** "Back" and "reload" ask for a page, never for a form once more: what answered one takes its place. */
function stayAskable() {
  const { here } = root.dataset;
  if (here === undefined) return;
  const place = here || document.querySelector(".m-top a.round")?.pathname;
  if (place) history.replaceState(null, "", place);
}

/** Where somebody signs in, nobody is signed in: what another kept on this phone is forgotten. */
function forgetCodes() {
  if ("indexedDB" in window) indexedDB.deleteDatabase("m-codes");
}

if (document.querySelector("[data-nobody]") !== null) forgetCodes();
stayAskable();
for (const field of document.querySelectorAll("[data-scanned]")) takeScanned(field);
for (const button of document.querySelectorAll("[data-opens-in]")) openInTime(button);
await keepShell();
