// The files and what becomes of them, in this tab and in the browser's storage. Every change is stored at once, so a reload
// loses nothing.
//
// A result is a plain object, as the browser stores it:
//   id, kind, name, size, type, added   the file; `kind` is `file`; `added`, in milliseconds since 1970, is the order of the list
//   options, asked                      what it was sent with, and when that was asked for, in milliseconds since 1970
//   state                               waiting, working, done, failed
//   isKept, tab                         whether the browser keeps the recording; if not, the tab that has it
//   isOnlyCopy                          whether nobody has the recording elsewhere, because it is a dictation
//   length                              of the recording in seconds, if the browser knows it
//   error                               why the last attempt failed
//   text, segments, duration, language, model, ignored    if there is a text; times in seconds. While it is made again, the former
//   transcript                          names this text: another attempt makes another one
//   isEdited, original, edited          whether the segments were edited, what they were before, and when that was, as `asked`

import * as store from "../shared/store.js";

/**
 * Tells of `change` (detail: the id, or `null` for all), `full` if there is no room to store a result, `stored` if all are, and
 * `unreadable` if nothing that was stored can be read.
 */
export class Results extends EventTarget {
  #known = new Map();
  /** New ones that are not stored yet, because their recording is not. */
  #held = new Set();
  /** Those of which the newest version is not stored, because there is no room. */
  #unstored = new Set();
  /** How many writes of a result are under way. */
  #writes = new Map();

  /**
   * Reads what is stored, and follows what other tabs change. If something cannot be read, everything that is stored stays as it
   * is, and nothing more is stored.
   */
  async load() {
    store.onChange((id) => this.#reload(id));
    try {
      for (const result of await store.allResults()) if (result.kind === "file") this.#known.set(result.id, result);
    } catch {
      store.close();
      this.#tell("unreadable", null);
    }
    this.#tell("change", null);
  }

  /** In the order of the list. */
  get all() { return [...this.#known.values()].sort((a, b) => a.added - b.added); }
  get(id) { return this.#known.get(id); }
  /** Whether a text is lost if the page is closed. */
  get areUnstored() { return this.#unstored.size > 0 || (!store.isOpen() && this.#known.size > 0); }

  /** Shows new results; `release` stores them. */
  add(results) {
    for (const result of results) {
      this.#known.set(result.id, result);
      this.#held.add(result.id);
    }
    this.#tell("change", null);
  }

  /** Changes a new result and stores it. */
  async release(id, fields) {
    this.#held.delete(id);
    this.#unstored.add(id);
    await this.change(id, () => fields);
  }

  /**
   * Changes a result here, and as it is stored, with what other tabs have changed. `merge` gets a result and gives the fields to
   * change, or `null`; it is called for this tab's version and for the stored one.
   */
  async change(id, merge) {
    const known = this.#known.get(id);
    if (!known) return;
    Object.assign(known, merge(known));
    this.#tell("change", id);
    if (this.#held.has(id)) return;
    this.#count(id, 1);
    const stored = await this.#store(known, merge);
    this.#count(id, -1);
    // What was read before the newest write is older than what is shown.
    if (this.#writes.get(id) || !this.#known.has(id)) return;
    if (stored === undefined) return this.#forget(id);
    Object.assign(known, stored);
    this.#tell("change", id);
  }

  async #store(known, merge) {
    try {
      if (!store.isOpen()) return known;
      if (!this.#unstored.has(known.id)) return await store.change(known.id, merge);
      await store.put(known);
      this.#settle(known.id);
      return known;
    } catch {
      if (!this.#known.has(known.id)) return known;  // It was deleted meanwhile.
      this.#unstored.add(known.id);
      this.#tell("full", known.id);
      return known;
    }
  }

  #settle(id) {
    if (this.#unstored.delete(id) && this.#unstored.size === 0) this.#tell("stored", id);
  }

  /** Something was deleted, so there may be room for what is not stored. */
  async #storeRest() {
    for (const id of this.#unstored) if (!this.#writes.get(id) && !this.#held.has(id)) await this.change(id, () => null);
  }

  async delete(id) {
    this.#forget(id);
    await store.remove(id);
  }

  #forget(id) {
    for (const set of [this.#known, this.#held, this.#writes]) set.delete(id);
    this.#settle(id);
    this.#tell("change", id);
  }

  /** Another tab has changed or deleted a result, or it was deleted or lost its recording here. */
  async #reload(id) {
    const stored = await store.result(id);
    if (!stored?.isKept) this.#storeRest();
    if (this.#writes.get(id) || this.#held.has(id) || this.#unstored.has(id)) return;
    const known = this.#known.get(id);
    if (known && stored) Object.assign(known, stored);
    else if (known) return this.#forget(id);
    else if (stored?.kind === "file") this.#known.set(id, stored);
    else return;
    this.#tell("change", id);
  }

  #count(id, by) { this.#writes.set(id, (this.#writes.get(id) ?? 0) + by); }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}
