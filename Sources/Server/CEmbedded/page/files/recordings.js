// The recordings of this tab. Each is copied into the browser's storage when it is added, because a file on the disk may be moved
// or changed before its turn comes.

import * as store from "../shared/store.js";

export class Recordings {
  /** Files on the disk, as long as there is no copy. */
  #originals = new Map();
  /** Those whose turn to be copied has not ended. */
  #pending = new Set();
  #turn = Promise.resolve();
  /** The one that is being copied. */
  copying = null;

  add(id, file) {
    this.#originals.set(id, file);
    this.#pending.add(id);
  }

  /** Whether this tab alone has the recording. */
  isOnlyHere(id) { return this.#originals.has(id); }
  /** Whether there may be a copy soon. */
  isPending(id) { return this.#pending.has(id); }

  /**
   * Copies a recording after those before it. Resolves to `kept`, `full` if there is no room, or `unreadable`.
   *
   * @param result gives what to store with it, or `undefined` if it is not wanted any more
   */
  copy(id, result) {
    this.#turn = this.#turn.then(() => this.#copy(id, result));
    return this.#turn;
  }

  async #copy(id, result) {
    const original = this.#originals.get(id);
    if (!original) return "full";
    this.copying = id;
    const outcome = await store.hasRoom(original.size) ? await keep(original, result) : "full";
    this.copying = null;
    this.#pending.delete(id);
    if (outcome === "kept") this.#originals.delete(id);
    return outcome;
  }

  /** The copy, or else the file on the disk; `undefined` if neither is there. */
  async get(id) { return await store.recording(id) ?? this.#originals.get(id); }

  forget(id) {
    this.#originals.delete(id);
    this.#pending.delete(id);
  }
}

async function keep(original, result) {
  let copy;
  try { copy = await read(original); } catch { return "unreadable"; }
  const stored = result();
  return stored && await store.keep(copy, stored) ? "kept" : "full";
}

/** In bytes: how much of a file is in memory as an array. The browser puts the parts of a large copy on the disk. */
const partSize = 16 << 20;

/** A copy that does not depend on the file. What a browser stores for a `File` may be no more than its place on the disk. */
async function read(file) {
  const parts = [];
  for (let at = 0; at < file.size; at += partSize) parts.push(new Blob([await file.slice(at, at + partSize).arrayBuffer()]));
  return new File(parts, file.name, { type: file.type });
}

/** Whether a file can still be read: browsers refuse one that was moved or changed after it was chosen. */
export const isReadable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);
