// A ticket's page: asks for itself again (the ETag spares the answer) and puts each part anew whose
// words have changed, so that a screen reader says what is new alone. Without script the page
// refreshes itself.
const EVERY_MS = 10_000
const BUZZ_MS = [300, 150, 300]
let known = null

function isCalled(page) {
  return page.querySelector("[data-called]") !== null
}

async function look() {
  const answer = await fetch(location.href, { cache: "no-cache" })
  const version = answer.headers.get("ETag")
  if (!answer.ok || version === known) return
  known = version
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const wasCalled = isCalled(document)
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`)
    // Words are compared: a form's token is another in every answer.
    if (fresh === null || fresh.textContent === part.textContent) continue
    part.replaceChildren(...fresh.childNodes)
  }
  document.title = page.title
  if (!wasCalled && isCalled(document)) navigator.vibrate?.(BUZZ_MS)
}

setInterval(() => look().catch(() => {}), EVERY_MS)
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") look().catch(() => {})
})
