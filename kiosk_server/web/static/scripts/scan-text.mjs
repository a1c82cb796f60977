// What a scanned text is, by its form alone; `public/scanned_text.py` says the same on the server.
//
//   whatIs(text, origin)   ->  {what, path, text}: live, offline, page (a page of ours) or foreign
//   forShowing(text)       ->  a stranger's text as it may stand on a page
//
// An address is ours only if its origin is. Nobody else's is ever opened, nor made a link.

const OFFLINE = "ZZ1:";
const LIVE = /^\/s\/[0-9A-Za-z_-]{22}$/;
const PAGE = /^\/(v|sign|c|r)\/[0-9A-Za-z._-]{8,160}$/;
const LONGEST_SHOWN = 80;

export function whatIs(text, origin) {
  const plain = text.trim();
  if (plain.startsWith(OFFLINE)) return { what: "offline", path: null, text: plain };
  let address = null;
  try {
    address = new URL(plain);
  } catch {
    return { what: "foreign", path: null, text: plain };
  }
  if (address.origin === new URL(origin).origin) {
    const path = address.pathname;
    if (LIVE.test(path)) return { what: "live", path, text: plain };
    if (PAGE.test(path)) return { what: "page", path, text: plain };
  }
  return { what: "foreign", path: null, text: plain };
}

export function forShowing(text) {
  const plain = text.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
  const letters = [...plain];
  return letters.length <= LONGEST_SHOWN ? plain : `${letters.slice(0, LONGEST_SHOWN - 1).join("")}…`;
}
