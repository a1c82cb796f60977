// An address is chosen level by level: once a level is chosen, the next one is fetched from the page
// itself, and what was typed beside it is neither sent nor lost. Without script a button does it.

async function step(form, place) {
  const { id } = document.activeElement ?? {};
  const sent = new FormData();
  sent.set("csrf_token", form.elements.namedItem("csrf_token").value);
  sent.set("step", "divisions");
  for (const select of place.querySelectorAll("select")) sent.append("division", select.value);
  const answer = await fetch(form.action, { method: "POST", body: sent, redirect: "error" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("[data-divisions]");
  if (!answer.ok || found === null) return;
  place.replaceChildren(...found.childNodes);
  offer(place);
  if (id) document.getElementById(id)?.focus();
}

function offer(place) {
  place.querySelector("[data-division-next]").hidden = true;
}

if (typeof document !== "undefined") {
  for (const place of document.querySelectorAll("[data-divisions]")) {
    const form = place.closest("form");
    offer(place);
    place.addEventListener("change", () => {
      step(form, place).catch(() => {
        // The line is dead: the button asks for the next level as it would without a script.
        place.querySelector("[data-division-next]").hidden = false;
      });
    });
  }
}
