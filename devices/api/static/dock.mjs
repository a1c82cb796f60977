// The dock without reloads: buttons post in the background, the table follows the devices.
// Without this script every button works as a plain form.
const live = document.getElementById("live");
const EVERY_MS = 1500;
const PATIENCE_MS = 3000;

async function refresh() {
  try {
    const answer = await fetch("/dock/live", { signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await answer.text();
    if (answer.ok && text !== live.dataset.shown) {
      const held = document.activeElement?.value;
      live.innerHTML = text;
      live.dataset.shown = text;
      if (held) live.querySelector(`button[value="${CSS.escape(held)}"]`)?.focus();
    }
  } catch {
    // The host is being restarted; the next round shows it again.
  }
}

live.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams({ deed: event.submitter.value });
  const answer = await fetch("/dock/do", { method: "POST", body, redirect: "manual" });
  if (answer.status === 409) window.alert((await answer.json()).title);
  await refresh();
});

setInterval(refresh, EVERY_MS);
