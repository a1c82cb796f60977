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
      const typing = document.activeElement?.name === "text";
      const typed = live.querySelector('input[name="text"]')?.value ?? "";
      live.innerHTML = text;
      live.dataset.shown = text;
      const field = live.querySelector('input[name="text"]');
      if (field) field.value = typed;
      if (typing) field?.focus();
      if (held) live.querySelector(`button[value="${CSS.escape(held)}"]`)?.focus();
    }
  } catch {
    // The host is being restarted; the next round shows it again.
  }
}

live.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  const answer = await fetch("/dock/do", { method: "POST", body, redirect: "manual" });
  if (answer.status === 409) window.alert((await answer.json()).title);
  await refresh();
});

setInterval(refresh, EVERY_MS);
