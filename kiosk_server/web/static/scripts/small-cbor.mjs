// The CBOR (RFC 8949) that credentials are written in, and no more: definite lengths, whole
// numbers, bytes, text, arrays, maps, tags, true, false, null. Anything else is refused.

const DEEPEST = 12;
const utf8 = new TextDecoder("utf-8", { fatal: true });

export class NotCbor extends Error {}

export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

/** Return the value in *bytes*, maps as Map; throws NotCbor, also for what follows the value. */
export function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function take(count) {
    if (count > bytes.length - at) throw new NotCbor();
    at += count;
    return at - count;
  }

  function size(info) {
    if (info < 24) return info;
    if (info === 24) return view.getUint8(take(1));
    if (info === 25) return view.getUint16(take(2));
    if (info === 26) return view.getUint32(take(4));
    if (info !== 27) throw new NotCbor();
    const long = view.getBigUint64(take(8));
    if (long > BigInt(Number.MAX_SAFE_INTEGER)) throw new NotCbor();
    return Number(long);
  }

  function slice(count) {
    const from = take(count);
    return bytes.subarray(from, from + count);
  }

  function text(count) {
    try {
      return utf8.decode(slice(count));
    } catch {
      throw new NotCbor();
    }
  }

  function map(count, depth) {
    const made = new Map();
    for (let number = 0; number < count; number += 1) {
      const key = read(depth);
      if (made.has(key)) throw new NotCbor();
      made.set(key, read(depth));
    }
    return made;
  }

  function read(depth) {
    if (depth > DEEPEST) throw new NotCbor();
    const first = view.getUint8(take(1));
    const [kind, info] = [first >> 5, first & 31];
    if (kind === 7) {
      if (info < 20 || info > 22) throw new NotCbor();
      return [false, true, null][info - 20];
    }
    const count = size(info);
    if (kind === 0) return count;
    if (kind === 1) return -1 - count;
    if (kind === 2) return slice(count);
    if (kind === 3) return text(count);
    if (kind === 4) {
      const made = [];
      for (let number = 0; number < count; number += 1) made.push(read(depth + 1));
      return made;
    }
    return kind === 5 ? map(count, depth + 1) : new Tagged(count, read(depth + 1));
  }

  const value = read(0);
  if (at !== bytes.length) throw new NotCbor();
  return value;
}

function head(kind, count) {
  if (count < 24) return [(kind << 5) | count];
  if (count < 256) return [(kind << 5) | 24, count];
  if (count < 65536) return [(kind << 5) | 25, count >> 8, count & 255];
  throw new NotCbor();
}

/** Return what a COSE_Sign1 signature covers: ["Signature1", guarded, h'', payload]. */
export function covered(guarded, payload) {
  const context = new TextEncoder().encode("Signature1");
  const parts = [head(4, 4), head(3, context.length), context];
  parts.push(head(2, guarded.length), guarded, head(2, 0), head(2, payload.length), payload);
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
