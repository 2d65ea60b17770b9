// What the browser keeps: results, and the recordings they were made from, until somebody deletes them.

const results = "results";
const recordings = "recordings";

/** The share of the browser's room that a recording may take, so that texts still have some. */
const roomUsed = 0.9;

/** Tells the other tabs of this page which result has changed. */
const others = new BroadcastChannel("asr2clip");

let database = null;

/** Opens the database. If the browser stores nothing, everything is kept until the page is closed. */
export async function open() {
  try {
    const request = indexedDB.open("asr2clip", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(results, { keyPath: "id" });
      request.result.createObjectStore(recordings);
    };
    database = await settled(request);
  } catch {
    // `isOpen` says so.
  }
}

/**
 * Calls `changed` with the id of each result that another tab changes, or that is deleted or loses its recording here, and with
 * `null` when nothing is stored any more.
 */
export function onChange(changed) {
  others.addEventListener("message", ({ data }) => changed(data));
  changes.addEventListener("change", ({ detail }) => changed(detail));
}

/** Calls `lost` with the result whose recording was deleted here to make room. */
export function onGivenUp(lost) {
  changes.addEventListener("given-up", ({ detail }) => lost(detail));
}

const changes = new EventTarget();

function tellAll(id) {
  others.postMessage(id);
  changes.dispatchEvent(new CustomEvent("change", { detail: id }));
}

export async function allResults() {
  return database ? await run(results, "readonly", (store) => store.getAll()) : [];
}

export async function result(id) {
  return database ? await run(results, "readonly", (store) => store.get(id)) : undefined;
}

/** Stores a result; throws if there is no room, or if the browser stores nothing. */
export async function put(result) {
  if (!database) throw new DOMException("", "InvalidStateError");
  await makingRoom(() => run(results, "readwrite", (store) => store.put(result)));
  others.postMessage(result.id);
}

/**
 * Changes a result as it is stored, in one transaction, so that no change of another tab is lost. `merge` gives the fields to
 * change, or `null`. Resolves to the new result, or `undefined` if it was deleted; throws if there is no room.
 */
export async function change(id, merge) {
  let result, fields;
  await makingRoom(() => run(results, "readwrite", (store) => {
    const asked = store.get(id);
    asked.onsuccess = () => {
      result = asked.result;
      fields = result && merge(result);
      if (fields) store.put(Object.assign(result, fields));
    };
    return asked;
  }));
  if (fields) others.postMessage(id);
  return result;
}

/** Whether the browser stores anything. */
export const isOpen = () => database !== null;

/** Stores nothing from now on, because what is stored cannot be read. */
export function close() {
  database?.close();
  database = null;
  changes.dispatchEvent(new CustomEvent("change", { detail: null }));
}

/** Stores a recording with its result, so that a recording is never there alone. Returns false if there is no room for it. */
export async function keep(recording, result) {
  if (!await hasRoom(recording.size)) return false;
  try {
    await run([results, recordings], "readwrite", (results, recordings) => {
      recordings.put(recording, result.id);
      return results.put(result);
    });
    // Otherwise a browser that runs out of room may delete what people still want.
    navigator.storage?.persist?.();
    return true;
  } catch {
    return false;
  }
}

/** Whether a recording can be kept. Once something had no room, Chromium stores nothing, however small, until something is deleted. */
export async function hasRoom(size) {
  if (!database) return false;
  const unknown = { quota: Infinity, usage: 0 };
  const { quota, usage } = await navigator.storage?.estimate?.().catch(() => unknown) ?? unknown;
  return size < roomUsed * (quota - usage);
}

export async function recording(id) {
  return database ? await run(recordings, "readonly", (store) => store.get(id)) : undefined;
}

export async function remove(id) {
  if (database) {
    await run([results, recordings], "readwrite", (results, recordings) => {
      recordings.delete(id);
      return results.delete(id);
    });
  }
  tellAll(id);
}

/** Writes. As long as there is no room, gives up a recording and tries again; throws if there is none to give up. */
async function makingRoom(write) {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (error?.name !== "QuotaExceededError") throw error;
      // Writes that fail at the same time wait for one recording.
      freeing ??= giveUpRecording().finally(() => { freeing = null; });
      if (!await freeing) throw error;
    }
  }
}
let freeing = null;

/**
 * Deletes the largest recording whose text is complete; resolves to whether there was one. The deletion has a transaction of its
 * own, because Chromium counts its room as free only once it is committed.
 */
async function giveUpRecording() {
  const kept = new Set(await run(recordings, "readonly", (store) => store.getAllKeys()));
  const done = (await allResults()).filter(({ id, state }) => kept.has(id) && state === "done");
  if (done.length === 0) return false;
  const largest = done.reduce((first, second) => first.size >= second.size ? first : second);
  let isGone = false;
  await run([results, recordings], "readwrite", (results, recordings) => {
    const asked = results.get(largest.id);
    asked.onsuccess = () => {
      isGone = asked.result?.state === "done";  // Another tab may have asked for its text again.
      if (isGone) recordings.delete(largest.id);
    };
    return asked;
  });
  if (!isGone) return true;
  await run(results, "readwrite", (store) => {
    const asked = store.get(largest.id);
    asked.onsuccess = () => asked.result && store.put({ ...asked.result, isKept: false });
    return asked;
  }).catch(() => {});  // Then only the size that the page shows is wrong.
  tellAll(largest.id);
  changes.dispatchEvent(new CustomEvent("given-up", { detail: largest }));
  return true;
}

/** One request in a transaction of its own; resolves when it has been committed. `request` gets each store of `names`. */
function run(names, mode, request) {
  const transaction = database.transaction(names, mode);
  const asked = request(...[names].flat().map((name) => transaction.objectStore(name)));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error ?? asked.error);
  });
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
