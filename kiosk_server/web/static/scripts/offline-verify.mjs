// Offline codes judged on a phone without a network, word for word as the server judges them.
//
//   readTrustList(bytes, known)         the list of keys; `known` is the one at hand, or null
//   readStatusList(bytes, trustList)    the list of codes that no longer serve
//   verify(text, {trustList, statusList, now, audience})  ->  {reason, facts}
//
// `now` is a Date. `reason` is null for a genuine code, else a word: unreadable, not_ours,
// unknown_issuer, altered, wrong_audience, not_yet_valid, expired, withheld, superseded, cancelled,
// rescinded, revoked, stopped, trust_list_too_old. `facts` is null unless our own key signed it.
// `askIssuer` stands beside "unreadable" where our own key made the code by an algorithm that no
// browser has: the issuer can judge it. Both readers throw ListRefused. Texts in facts are a stranger's until shown as text.

import { NotCbor, Tagged, covered, decode } from "./small-cbor.mjs";

const PREFIX = "ZZ1:";
const LONGEST = 1500;
const LEEWAY = 60;
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const MOST_BYTES = 1 << 16;
const CWT_TYPE = 61;
const TRUST_TYPE = "application/trust-list+cwt";
const STATUS_TYPE = "application/statuslist+cwt";
const [ES256, EDDSA] = [-7, -8];
const OF_STATUS = {
  0x1: "expired",
  0x2: "withheld",
  0x3: "superseded",
  0xc: "cancelled",
  0xd: "rescinded",
  0xe: "revoked",
  0xf: "stopped",
};

export class ListRefused extends Error {}

/** Judge a scanned text by the lists at hand; either may be null. */
export async function verify(text, { trustList, statusList, now, audience = null }) {
  if (!text.startsWith(PREFIX)) return { reason: "not_ours", facts: null };
  const message = readCode(text);
  if (message === null) return { reason: "unreadable", facts: null };
  const seconds = now.getTime() / 1000;
  const fresh = trustList !== null && seconds <= trustList.nextUpdate + LEEWAY;
  const found = trustList === null ? null : find(trustList, message.kid);
  if (found === null) {
    return { reason: fresh ? "unknown_issuer" : "trust_list_too_old", facts: null };
  }
  const named = found.key.get(3);
  if (message.typ !== CWT_TYPE || message.algorithm !== named) {
    return { reason: "altered", facts: null };
  }
  // Whoever cannot judge a signature must not call it false.
  if (named !== ES256 && named !== EDDSA) {
    return { reason: "unreadable", facts: null, askIssuer: true };
  }
  if (!(await signedBy(message, found.key))) return { reason: "altered", facts: null };
  const facts = factsIn(message);
  if (facts === null) return { reason: "unreadable", facts: null };
  if (facts.issuer !== found.issuer.id) return { reason: "unknown_issuer", facts: null };
  const list = statusList?.address === facts.listAddress ? statusList : null;
  const against = reasonAgainst(facts, list, seconds, audience);
  if (against !== null) return { reason: against, facts };
  const listed = list !== null && statusAt(list, facts.place) !== null;
  const sure = fresh && listed && seconds <= list.expiresAt + LEEWAY;
  return { reason: sure ? null : "trust_list_too_old", facts };
}

/** Return a trust list that a key of *known* signed, or of its own where none is known yet. */
export async function readTrustList(bytes, known) {
  const { message, claims } = signedList(bytes, TRUST_TYPE);
  const made = {
    version: number(claims.get("version")),
    issuedAt: number(claims.get(6)),
    nextUpdate: number(claims.get(4)),
    issuers: list(claims.get("issuers")).map((each) => ({
      id: string(each.get("iss")),
      statusAddress: string(each.get("statuses")),
      keys: list(each.get("keys")),
    })),
  };
  if (!(await madeBy(message, known ?? made, claims.get(1)))) throw new ListRefused();
  const same = made.version === known?.version;
  if (known && (same ? made.issuedAt < known.issuedAt : made.version < known.version)) {
    throw new ListRefused();
  }
  return made;
}

/** Return the status list that an issuer of *trustList* signed for its own address. */
export async function readStatusList(bytes, trustList) {
  const { message, claims } = signedList(bytes, STATUS_TYPE);
  const [issuer, address, listed] = [claims.get(1), claims.get(2), claims.get(65533)];
  const own = trustList.issuers.some((one) => one.id === issuer && one.statusAddress === address);
  if (!own || !(await madeBy(message, trustList, issuer))) throw new ListRefused();
  if (!(listed instanceof Map) || listed.get("bits") !== 4) throw new ListRefused();
  const [issuedAt, expiresAt] = [number(claims.get(6)), number(claims.get(4))];
  return { address, issuedAt, expiresAt, bits: await inflated(listed.get("lst")) };
}

function reasonAgainst(facts, statusList, seconds, audience) {
  if (facts.audience !== null && facts.audience !== audience) return "wrong_audience";
  if (seconds < facts.notBefore - LEEWAY) return "not_yet_valid";
  if (seconds > facts.expiresAt + LEEWAY) return "expired";
  const status = statusList === null ? 0 : (statusAt(statusList, facts.place) ?? 0);
  return status === 0 ? null : (OF_STATUS[status] ?? "revoked");
}

function statusAt(statusList, place) {
  const at = Math.floor(place / 2);
  if (place < 0 || at >= statusList.bits.length) return null;
  return place % 2 ? statusList.bits[at] >> 4 : statusList.bits[at] & 15;
}

function find(trustList, kid) {
  for (const issuer of trustList.issuers) {
    const key = issuer.keys.find((each) => ascii(each.get(2)) === kid);
    if (key) return { issuer, key };
  }
  return null;
}

async function madeBy(message, trustList, issuer) {
  const found = find(trustList, message.kid);
  return found !== null && found.issuer.id === issuer && signedBy(message, found.key);
}

async function signedBy(message, key) {
  // The algorithm is the key's own; a header that names another does not get to choose.
  if (message.algorithm !== key.get(3) || message.signature.length !== 64) return false;
  const x = base64url(key.get(-2));
  let [jwk, how] = [{ kty: "OKP", crv: "Ed25519", x }, { name: "Ed25519" }];
  if (key.get(3) === ES256) {
    jwk = { kty: "EC", crv: "P-256", x, y: base64url(key.get(-3)) };
    how = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  } else if (key.get(3) !== EDDSA) return false;
  const imported = await crypto.subtle.importKey("jwk", jwk, how, false, ["verify"]);
  return crypto.subtle.verify(how, imported, message.signature, message.covered);
}

function readCode(text) {
  const bytes = text.length > LONGEST ? null : base45(text.slice(PREFIX.length));
  return bytes === null ? null : read(() => sign1(bytes));
}

function signedList(bytes, typ) {
  const message = read(() => sign1(bytes));
  const claims = message && read(() => decode(message.payload));
  if (!(claims instanceof Map) || message.typ !== typ) throw new ListRefused();
  return { message, claims };
}

function sign1(bytes) {
  const outer = decode(bytes);
  if (!(outer instanceof Tagged) || outer.tag !== 18 || outer.value.length !== 4) {
    throw new NotCbor();
  }
  const [guarded, , payload, signature] = outer.value;
  if (![guarded, payload, signature].every((part) => part instanceof Uint8Array)) {
    throw new NotCbor();
  }
  const header = decode(guarded);
  const whole = header instanceof Map && Number.isInteger(header.get(1));
  if (!whole || !(header.get(4) instanceof Uint8Array)) throw new NotCbor();
  const [algorithm, kid, typ] = [header.get(1), ascii(header.get(4)), header.get(16)];
  return { algorithm, kid, typ, payload, signature, covered: covered(guarded, payload) };
}

function factsIn(message) {
  const claims = read(() => decode(message.payload));
  try {
    const listed = claims.get(65535).get("status_list");
    const fields = claims.get("f") ?? new Map();
    return {
      issuer: string(claims.get(1)),
      kind: string(claims.get("k")),
      maskedName: string(claims.get("n")),
      scene: string(claims.get("s")),
      issuedAt: number(claims.get(6)),
      notBefore: number(claims.get(5)),
      expiresAt: number(claims.get(4)),
      place: number(listed.get("idx")),
      listAddress: string(listed.get("uri")),
      fields: Object.fromEntries([...fields].map(([name, value]) => [string(name), string(value)])),
      audience: claims.has(3) ? string(claims.get(3)) : null,
      sample: claims.get("x") === true,
    };
  } catch (fault) {
    if (fault instanceof TypeError || fault instanceof ListRefused) return null;
    throw fault;
  }
}

function read(deed) {
  try {
    return deed();
  } catch (fault) {
    if (fault instanceof NotCbor) return null;
    throw fault;
  }
}

async function inflated(packed) {
  if (!(packed instanceof Uint8Array)) throw new ListRefused();
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bits = new Uint8Array(MOST_BYTES);
  let length = 0;
  try {
    for (const stream = reader.getReader(); ; ) {
      const { done, value } = await stream.read();
      if (done) return bits.subarray(0, length);
      bits.set(value, length);
      length += value.length;
    }
  } catch (fault) {
    // Broken, or longer than any list of ours.
    if (fault instanceof TypeError || fault instanceof RangeError) throw new ListRefused();
    throw fault;
  }
}

function base45(text) {
  const digits = [...text].map((letter) => LETTERS.indexOf(letter));
  if (digits.length === 0 || digits.length % 3 === 1 || digits.includes(-1)) return null;
  const bytes = [];
  for (let at = 0; at < digits.length; at += 3) {
    const [low, middle, high] = digits.slice(at, at + 3);
    const value = low + middle * 45 + (high ?? 0) * 2025;
    if (value > (high === undefined ? 0xff : 0xffff)) return null;
    bytes.push(...(high === undefined ? [value] : [value >> 8, value & 255]));
  }
  return Uint8Array.from(bytes);
}

function ascii(bytes) {
  return bytes instanceof Uint8Array ? String.fromCharCode(...bytes) : null;
}

function base64url(bytes) {
  const text = btoa(ascii(bytes) ?? "");
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function string(value) {
  if (typeof value !== "string") throw new ListRefused();
  return value;
}

function number(value) {
  if (!Number.isInteger(value)) throw new ListRefused();
  return value;
}

function list(value) {
  if (!Array.isArray(value)) throw new ListRefused();
  return value;
}
