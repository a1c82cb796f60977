// Keeps lists fresh: asks for its own page again (the ETag spares the answer) and puts the new rows
// in place of the old. `data-live` may say every how many seconds. Without script the page
// refreshes itself. A page that answers a form names its own place (`data-address`): that is asked
// for, and "back" and "reload" lead to it.
const EVERY_SECONDS = 15
const regions = [...document.querySelectorAll("[data-live]")]
const place = regions[0]?.dataset.address ?? location.href
let known = null

async function look() {
  const answer = await fetch(place, { cache: "no-cache", redirect: "manual" })
  if (answer.type === "opaqueredirect") {
    // Signed out meanwhile: the door says so better than a list that stands still.
    location.reload()
    return
  }
  const version = answer.headers.get("ETag")
  if (!answer.ok || version === known) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const fresh = page.querySelectorAll("[data-live]")
  // Nobody loses the row that he is at.
  const busy = regions.some((region) => region.contains(document.activeElement))
  if (fresh.length !== regions.length || busy) return
  regions.forEach((region, at) => region.replaceChildren(...fresh[at].childNodes))
  known = version
}

if (regions.length > 0) {
  if (regions[0].dataset.address) history.replaceState(null, "", place)
  const seconds = Number(regions[0].dataset.live || EVERY_SECONDS)
  setInterval(() => {
    if (document.visibilityState === "visible") look().catch(() => {})
  }, seconds * 1_000)
}
