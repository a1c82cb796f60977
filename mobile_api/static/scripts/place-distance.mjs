// How far the places of a list are, reckoned on the phone: where somebody is never leaves it. No
// request is made here, and nothing is kept.

const EARTH_KM = 6_371;
const RADIANS = Math.PI / 180;
const WAIT_MS = 15_000;

/** Kilometres between two points in degrees, on the great circle. */
export function kilometres(from, to) {
  const half = (one, other) => Math.sin(((other - one) * RADIANS) / 2) ** 2;
  const north = half(from.latitude, to.latitude);
  const east = half(from.longitude, to.longitude);
  const narrowed = Math.cos(from.latitude * RADIANS) * Math.cos(to.latitude * RADIANS);
  return 2 * EARTH_KM * Math.asin(Math.sqrt(north + narrowed * east));
}

/** Two digits are all that a straight line is good for. */
export function rounded(distance) {
  return distance < 10 ? distance.toFixed(1) : String(Math.round(distance));
}

function write(row, here) {
  const { latitude, longitude } = row.dataset;
  if (latitude === undefined) return Infinity;
  const there = { latitude: Number(latitude), longitude: Number(longitude) };
  const distance = kilometres(here, there);
  const told = row.querySelector("[data-away]");
  // A row of a closed list has no room for it, and is put in its place alone.
  if (told) {
    told.querySelector("[data-away-number]").textContent = rounded(distance);
    told.hidden = false;
  }
  return distance;
}

function sort(list, here) {
  const rows = [...list.children].map((row) => [write(row, here), row]);
  rows.sort(([one], [other]) => one - other);
  const chosen = list.value;
  list.append(...rows.map(([, row]) => row));
  // What is chosen in a closed list stays so, wherever it stands now.
  if (chosen !== undefined) list.value = chosen;
}

function offer(box) {
  const [button, line] = [box.querySelector("button"), box.querySelector("[role=status]")];
  const say = (what) => {
    line.textContent = line.dataset[`said${what}`];
  };
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        for (const list of document.querySelectorAll("[data-places]")) sort(list, coords);
        say("Sorted");
      },
      () => say("Refused"),
      { timeout: WAIT_MS, maximumAge: 60_000 },
    );
  });
  box.hidden = false;
}

if (typeof document !== "undefined" && "geolocation" in navigator) {
  for (const box of document.querySelectorAll("[data-distance]")) offer(box);
}
