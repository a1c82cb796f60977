// The phone's own store of offline codes: sealed with a key made of the PIN, forgotten after five
// wrong ones, when the last code is over, and with every sign-in page.
//
//   keepBatch(pin, batch)     keeps a batch under its certificate's id, instead of the one before
//   isThere()                 whether anything is kept that is not over
//   openBatches(pin)          -> {batches} | {triesLeft}; 0 tries left: all is forgotten
//   forgetBatch(id), forgetAll()

const NAME = "m-codes";
const MOST_TRIES = 5;
const ROUNDS = 310_000;

export async function keepBatch(pin, batch) {
  const meta = (await read("meta", "meta")) ?? { salt: bytes(16) };
  const key = await keyOf(pin, meta.salt);
  const iv = bytes(12);
  const plain = new TextEncoder().encode(JSON.stringify(batch));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
  const until = Date.parse(batch.codes.at(-1).expires_at);
  await write("meta", "meta", { ...meta, tries: 0 });
  await write("batches", batch.certificate_id, { iv, sealed, until });
}

export async function isThere() {
  await forgetWhatIsOver();
  return (await all("batches")).length > 0;
}

export async function openBatches(pin) {
  await forgetWhatIsOver();
  const meta = await read("meta", "meta");
  if (meta === undefined) return { triesLeft: 0 };
  // Counted before it is tried: closing the page in between gives no try back.
  const tries = meta.tries + 1;
  await write("meta", "meta", { ...meta, tries });
  const key = await keyOf(pin, meta.salt);
  const batches = [];
  for (const { iv, sealed } of await all("batches")) {
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
      batches.push(JSON.parse(new TextDecoder().decode(plain)));
    } catch {
      // Another PIN sealed it.
    }
  }
  if (batches.length > 0) {
    await write("meta", "meta", { ...meta, tries: 0 });
    return { batches };
  }
  if (tries >= MOST_TRIES) await forgetAll();
  return { triesLeft: Math.max(0, MOST_TRIES - tries) };
}

export async function forgetBatch(id) {
  await act("batches", "readwrite", (store) => store.delete(id));
}

export async function forgetAll() {
  await act("batches", "readwrite", (store) => store.clear());
  await act("meta", "readwrite", (store) => store.clear());
}

async function forgetWhatIsOver() {
  const over = [];
  await act("batches", "readonly", (store) => {
    const cursor = store.openCursor();
    cursor.onsuccess = () => {
      if (cursor.result === null) return;
      if (cursor.result.value.until <= Date.now()) over.push(cursor.result.key);
      cursor.result.continue();
    };
    return cursor;
  });
  for (const id of over) await forgetBatch(id);
}

async function keyOf(pin, salt) {
  const raw = new TextEncoder().encode(pin);
  const base = await crypto.subtle.importKey("raw", raw, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  const made = { name: "AES-GCM", length: 256 };
  return crypto.subtle.deriveKey(how, base, made, false, ["encrypt", "decrypt"]);
}

function bytes(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

const read = (name, key) => act(name, "readonly", (store) => store.get(key));
const all = (name) => act(name, "readonly", (store) => store.getAll());
const write = (name, key, value) => act(name, "readwrite", (store) => store.put(value, key));

async function act(name, mode, deed) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const request = deed(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("meta");
      request.result.createObjectStore("batches");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
