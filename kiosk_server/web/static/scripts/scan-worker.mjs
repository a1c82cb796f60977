// The worker of `/scan`: keeps that one page, without anybody's name in it, and the files that it
// is drawn and reads codes with, so that offline codes are judged without a network.

const version = new URL(self.location).searchParams.get("v");
const NAME = `scan-shell-${version}`;
const PAGE = "/scan";
const PATIENCE_MS = 4_000;

async function keep() {
  const shell = await (await fetch("/scan/shell.json", { cache: "no-store" })).json();
  const cache = await caches.open(NAME);
  // Kept as a stranger sees it: no session goes with the request.
  const pages = shell.pages.map((page) => new Request(page, { cache: "reload", credentials: "omit" }));
  await cache.addAll([...shell.files, ...pages]);
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("scan-shell-") && name !== NAME);
  await Promise.all(older.map((name) => caches.delete(name)));
}

function patience() {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("slow")), PATIENCE_MS));
}

async function pageOrKept(request) {
  try {
    return await Promise.race([fetch(request), patience()]);
  } catch {
    const cache = await caches.open(NAME);
    const kept = (await cache.match(request.url)) ?? (await cache.match(`${PAGE}?lang=zh`));
    return kept ?? Response.error();
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
  const { pathname } = new URL(request.url);
  if (request.mode === "navigate") {
    if (pathname === PAGE) event.respondWith(pageOrKept(request));
  } else if (pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
