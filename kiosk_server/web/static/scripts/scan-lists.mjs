// The trust list and the status list as this phone keeps them: fetched while there is a network,
// believed by their signatures alone, and told with their age.
//
//   judge(text, audience)   ->  {reason, facts} by the lists at hand, renewed first where they can be
//   renew()                 ->  the lists at hand: {trustList, statusList}, either may be null

import { ListRefused, readStatusList, readTrustList, verify } from "./offline-verify.mjs";

const KEPT = "scan-lists";
const TRUST = "/trust";
const STATUS = "/status/1";
const FRESH_MS = 60_000;
const PATIENCE_MS = 4_000;

let kept = null;
let renewedAt = -Infinity;

/** Judge an offline code by the freshest lists that can be had. */
export async function judge(text, audience = null) {
  const lists = await renew();
  return verify(text, { ...lists, now: new Date(), audience });
}

/** Return the lists at hand, newer ones where the network gives them. */
export async function renew() {
  kept ??= await remembered();
  // A page that was just opened asks anew, however young its lists are.
  if (performance.now() - renewedAt < FRESH_MS) return kept;
  const [trust, status] = await Promise.all([fetched(TRUST), fetched(STATUS)]);
  if (trust !== null) await believeTrust(trust);
  if (status !== null && kept.trustList !== null) await believeStatus(status);
  if (trust !== null && status !== null) renewedAt = performance.now();
  return kept;
}

async function believeTrust(bytes) {
  // A list whose time is over vouches for no other: the next one is the first again, over TLS.
  const over = kept.trustList !== null && Date.now() / 1000 > kept.trustList.nextUpdate;
  const known = over ? null : kept.trustList;
  const found = await believed(readTrustList(bytes, known));
  if (found === null) return;
  kept = { ...kept, trustList: found };
  await remember(TRUST, bytes);
}

async function believeStatus(bytes) {
  const found = await believed(readStatusList(bytes, kept.trustList));
  // An older list than ours would give a code back what it has lost.
  if (found === null || found.issuedAt < (kept.statusList?.issuedAt ?? 0)) return;
  kept = { ...kept, statusList: found };
  await remember(STATUS, bytes);
}

async function believed(reading) {
  try {
    return await reading;
  } catch (fault) {
    if (fault instanceof ListRefused) return null;
    throw fault;
  }
}

async function fetched(path) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(path, { cache: "no-cache", signal });
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

async function remembered() {
  const [trust, status] = await Promise.all([recalled(TRUST), recalled(STATUS)]);
  const trustList = trust === null ? null : await believed(readTrustList(trust, null));
  const readable = status !== null && trustList !== null;
  const statusList = readable ? await believed(readStatusList(status, trustList)) : null;
  return { trustList, statusList };
}

async function recalled(path) {
  if (!("caches" in globalThis)) return null;
  const answer = await (await caches.open(KEPT)).match(path);
  return answer === undefined ? null : new Uint8Array(await answer.arrayBuffer());
}

async function remember(path, bytes) {
  if (!("caches" in globalThis)) return;
  await (await caches.open(KEPT)).put(path, new Response(bytes));
}
