// The worker of `/board/`: keeps the files that a board is drawn with, and each board's page as it
// came last, state included. A reload in the middle of a dead line then shows the last state; the
// page itself says how old it is. A worker and not the browser's storage, since a page that cannot
// be loaded can read no storage.

const version = new URL(self.location).searchParams.get("v");
const NAME = `board-${version}`;
const PATIENCE_MS = 8_000;

async function keepFiles() {
  const shell = await (await fetch("/board/shell.json", { cache: "no-store" })).json();
  const cache = await caches.open(NAME);
  await cache.addAll(shell.files);
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("board-") && name !== NAME);
  await Promise.all(older.map((name) => caches.delete(name)));
}

function patience() {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("slow")), PATIENCE_MS));
}

async function pageOrKept(request) {
  const cache = await caches.open(NAME);
  const opened = request.mode === "navigate";
  try {
    const answer = await Promise.race([fetch(request), patience()]);
    if (answer.ok) await cache.put(request.url, answer.clone());
    // A gateway that answers for a server that is down has no board: the last one is better.
    const down = opened && answer.status >= 500;
    return down ? ((await kept(cache, request)) ?? answer) : answer;
  } catch (fault) {
    // The page's own question must fail, so that it says that the line is dead.
    if (!opened) throw fault;
    return (await kept(cache, request)) ?? Response.error();
  }
}

function kept(cache, request) {
  return cache.match(request.url, { ignoreVary: true });
}

self.addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { pathname } = new URL(request.url);
  if (/^\/board\/[^/.]+$/.test(pathname)) {
    event.respondWith(pageOrKept(request));
  } else if (pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});
