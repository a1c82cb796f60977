// The phone's own scanner, `/m/scan`: what the camera or a picture says is sent like a typed code,
// and the server says whether it is a sign of ours.

import { openCamera, readPicture } from "./scan-camera.mjs";

const one = (name) => document.querySelector(name);
const form = one("[data-typed]");
let close = null;

function trouble(name) {
  const place = one("p[data-trouble]");
  place.hidden = name === null;
  if (name === null) return;
  place.replaceChildren(one(`template[data-trouble="${name}"]`).content.cloneNode(true));
}

function show(open) {
  one("[data-view]").hidden = !open;
  one("[data-close]").hidden = !open;
  one("[data-open]").hidden = open;
}

function closeCamera() {
  close?.();
  close = null;
  show(false);
}

function send(text) {
  one("[name=code]").value = text.slice(0, one("[name=code]").maxLength);
  form.requestSubmit();
}

one("[data-open]").addEventListener("click", async () => {
  trouble(null);
  show(true);
  try {
    close = await openCamera(one("video"), (text) => {
      closeCamera();
      send(text);
    });
  } catch (fault) {
    closeCamera();
    trouble(fault instanceof DOMException || !navigator.mediaDevices ? "no_camera" : "no_reader");
  }
});
one("[data-close]").addEventListener("click", closeCamera);
one("[data-picture]").addEventListener("change", async ({ target }) => {
  trouble(null);
  if (target.files.length === 0) return;
  try {
    const text = await readPicture(target.files[0]);
    if (text === null) trouble("no_code");
    else send(text);
  } catch {
    trouble("no_reader");
  }
  target.value = "";
});
one("[data-scan]").hidden = false;
if (!navigator.mediaDevices?.getUserMedia) trouble("no_camera");
