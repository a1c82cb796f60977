// The worker of the phone's pages: keeps the pages that are shown without a network and the files
// they are drawn with. It never keeps a page with anybody's name in it: those go to the network
// alone.

// A new version of the files, or another look, makes another worker with a cache of its own.
const NAME = `phone-shell-${new URL(self.location).search}`;

async function keep() {
  const shell = await (await fetch("/m/shell.json", { cache: "no-store" })).json();
  const cache = await caches.open(NAME);
  const pages = shell.pages.map((page) => new Request(page, { cache: "reload" }));
  await cache.addAll([...shell.files, ...pages]);
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
    const { pathname } = new URL(request.url);
    return (await caches.match(pathname)) ?? (await caches.match("/m/offline")) ?? Response.error();
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
