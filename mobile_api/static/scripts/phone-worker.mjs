// The worker of the phone's pages: keeps the page that is shown without a network and the files it
// is drawn with. It never keeps a page with anybody's name in it: those go to the network alone.

const version = new URL(self.location).searchParams.get("v");
const NAME = `phone-shell-${version}`;

async function keep() {
  const shell = await (await fetch("/m/shell.json", { cache: "no-store" })).json();
  const cache = await caches.open(NAME);
  await cache.addAll([...shell.files, new Request(shell.page, { cache: "reload" })]);
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("phone-shell-") && name !== NAME);
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function pageOrShell(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match("/m/offline")) ?? Response.error();
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(pageOrShell(request));
  } else if (new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
