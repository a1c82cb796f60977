// Keeps a list fresh: asks for its own page again (the ETag spares the answer) and puts the new
// rows in place of the old. Without script the page refreshes itself.
const EVERY_MS = 15_000
const region = document.querySelector("[data-live]")
let known = null

async function look() {
  const answer = await fetch(location.href, { cache: "no-cache", redirect: "manual" })
  if (answer.type === "opaqueredirect") {
    // Signed out meanwhile: the door says so better than a list that stands still.
    location.reload()
    return
  }
  const version = answer.headers.get("ETag")
  if (!answer.ok || version === known) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const fresh = page.querySelector("[data-live]")
  // Nobody loses the row that he is at.
  if (fresh === null || region.contains(document.activeElement)) return
  region.replaceChildren(...fresh.childNodes)
  known = version
}

if (region !== null) {
  setInterval(() => {
    if (document.visibilityState === "visible") look().catch(() => {})
  }, EVERY_MS)
}
