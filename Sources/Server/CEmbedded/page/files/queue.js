// The files and what becomes of them. Every change is stored at once, so a reload loses nothing.
//
// A result is a plain object, as the browser stores it:
//   id, name, size, type, added       the file; `added` in milliseconds since 1970, which is the order of the list
//   options                           what it was sent with
//   state                             waiting, working, done, failed
//   isKept                            whether the browser keeps the recording
//   length                            of the recording in seconds, if the browser knows it
//   error                             why the last attempt failed
//   text, segments, duration, language, model, ignored             if it is done; times in seconds
//   isEdited, original                whether the segments were edited, and what they were before

import { texts } from "../texts.js";
import { askForKey, Refusal } from "../shared/api.js";
import { serverIsBack } from "../shared/server-state.js";
import * as store from "../shared/store.js";
import { lengthOf } from "./length.js";
import { transcribe } from "./transcription.js";

/** How many files are sent at the same time: one is heard while the next one arrives. */
const atOnce = 2;
/** How often a connection may break although the server is there. */
const mostBreaks = 5;

/** Tells of `change` (detail: id), `progress` (id) and `notice` (a text or `null`). */
export class Queue extends EventTarget {
  #results = new Map();
  /** Recordings chosen in this tab, which need not be read from the store. */
  #chosen = new Map();
  /** What is known of a file in work: `{sent, heard, growing, note}`. */
  #progress = new Map();
  #running = new Map();
  #breaks = new Map();
  /** Whether this tab works on the queue. With several tabs, only one does. */
  isOwner = false;

  /** Reads what is stored, and begins to work once no other tab does. */
  async start() {
    store.onChange((id) => this.#reload(id));
    for (const result of await store.allResults()) this.#results.set(result.id, result);
    this.#tell("change", null);
    this.#own(async () => {
      this.isOwner = true;
      for (const { id, isKept } of this.results) if (isKept) await this.#reload(id);
      // A file that was in work when the page was closed is sent again.
      for (const result of this.results.filter(({ state }) => state === "working")) await this.#change(result, { state: "waiting" });
      this.#advance();
    });
  }

  /** Browsers have locks only for pages with https or on this machine; without them, each tab works. */
  #own(work) {
    if (!navigator.locks) return work();
    navigator.locks.request("asr2clip-queue", async () => {
      this.#tell("notice", null);
      await work();
      await new Promise(() => {});  // until the tab is closed
    });
    navigator.locks.query().then(({ held }) => {
      if (!this.isOwner && held.some(({ name }) => name === "asr2clip-queue")) this.#tell("notice", texts.files.otherTab);
    });
  }

  get results() {
    return [...this.#results.values()].filter(({ kind }) => kind !== "dictation").sort((a, b) => a.added - b.added);
  }
  result(id) { return this.#results.get(id); }
  progress(id) { return this.#progress.get(id); }
  isWorking(id) { return this.#running.has(id); }

  /** The recording itself, or `undefined` if it was not kept. */
  async recording(id) { return this.#chosen.get(id) ?? await store.recording(id); }

  /** Adds files to the end of the queue. */
  async add(files, options) {
    const last = Math.max(0, ...this.results.map(({ added }) => added));
    const results = files.map((file, index) => ({
      id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`,
      kind: "file", name: file.name, size: file.size, type: file.type, added: Math.max(Date.now(), last + 1) + index,
      options, state: "waiting", isKept: false,
    }));
    results.forEach((result, index) => {
      this.#results.set(result.id, result);
      this.#chosen.set(result.id, files[index]);
    });
    this.#tell("change", null);
    this.#advance();
    // Another tab may work on the queue, so the recording is stored before its result.
    for (const result of results) await this.#keep(result);
    return results;
  }

  async #keep(result) {
    const isKept = await store.keep(result.id, this.#chosen.get(result.id));
    if (!this.#results.has(result.id)) return store.remove(result.id);  // It was deleted meanwhile.
    if (!isKept) this.#tell("notice", texts.files.tooLarge(result.name));
    await this.#change(result, { isKept });
  }

  /** Sends a file again. If it has a text, that stays until there is another one. */
  async again(id, options) {
    const result = this.#results.get(id);
    this.#breaks.delete(id);
    await this.#change(result, { state: "waiting", error: null, options });
    this.#advance();
  }

  async delete(id) {
    this.#forget(id);
    this.#tell("change", id);
    await store.remove(id);
  }

  #forget(id) {
    this.#results.delete(id);
    this.#chosen.delete(id);
    this.#progress.delete(id);
    this.#running.get(id)?.abort();
  }

  /** Changes a result by hand. */
  async edit(id, change) { await this.#change(this.#results.get(id), change); }

  // The work.

  #advance() {
    if (!this.isOwner || this.isPaused) return;
    for (const result of this.results) {
      if (this.#running.size >= atOnce) return;
      if (result.state === "waiting" && !this.#running.has(result.id)) this.#work(result);
    }
  }

  async #work(result) {
    const { id } = result;
    const ending = new AbortController();
    this.#running.set(id, ending);
    try {
      await this.#attempt(result, ending.signal);
    } catch (error) {
      if (!ending.signal.aborted) await this.#failed(result, error, ending.signal);
    }
    this.#running.delete(id);
    this.#progress.delete(id);
    this.#tell("change", id);
    this.#advance();
  }

  async #attempt(result, signal) {
    const { id, name, options } = result;
    const recording = await this.recording(id);
    if (!recording) throw new Refusal("refused", texts.state.lost);
    const progress = { sent: 0, heard: 0, growing: [], note: null };
    this.#progress.set(id, progress);
    await this.#change(result, { state: "working" });
    const changed = () => this.#tell("progress", id);
    lengthOf(recording).then((length) => { if (length) { result.length = length; changed(); } });
    const transcript = await transcribe(recording, name, options, {
      uploaded: (sent) => { progress.sent = sent; changed(); },
      // The time to which the server has heard follows the text that it heard there.
      delta: (text) => { progress.growing.push({ start: progress.heard, end: progress.heard, text: text.trim() }); },
      heard: (seconds) => {
        progress.heard = seconds;
        if (progress.growing.length) progress.growing.at(-1).end = seconds;
        changed();
      },
    }, signal);
    this.#breaks.delete(id);
    if (!this.#results.has(id)) return;
    await this.#change(result, { ...transcript, state: "done", error: null, isEdited: false, original: null, model: options.model });
    this.dispatchEvent(new CustomEvent("finished", { detail: id }));
  }

  async #failed(result, error, signal) {
    const { id } = result;
    if (error.kind === "unreachable" && !await this.#isBrokenForGood(id)) return this.#change(result, { state: "waiting" });
    if (error.kind === "key") {
      await this.#change(result, { state: "waiting" });
      return this.#waitForKey();
    }
    if (error.kind === "busy") {
      this.#progress.set(id, { sent: 0, heard: 0, growing: [], note: error.message });
      await this.#change(result, { state: "waiting" });
      return pause(error.wait, signal);
    }
    const message = error.kind === "unreachable" ? texts.server.brokeOffOften : error.message;
    await this.#change(result, { state: result.segments ? "done" : "failed", error: message });
    this.dispatchEvent(new CustomEvent("finished", { detail: id }));
  }

  /** Waits until the server is there again. Returns true if it was there all the time and this file breaks nonetheless. */
  async #isBrokenForGood(id) {
    const began = Date.now();
    const timer = setTimeout(() => this.#tell("notice", texts.files.waitingForServer), 300);
    await serverIsBack();
    clearTimeout(timer);
    this.#tell("notice", null);
    const wasThere = Date.now() - began < 1000;
    const breaks = wasThere ? (this.#breaks.get(id) ?? 0) + 1 : 0;
    this.#breaks.set(id, breaks);
    if (wasThere) await pause(Math.min(breaks, 3));
    return breaks >= mostBreaks;
  }

  /** Whether the queue waits for a key that nobody has entered yet. */
  isPaused = false;

  async #waitForKey() {
    this.isPaused = true;
    try {
      await askForKey();
      this.resume();
    } catch {
      this.#tell("notice", texts.key.needed);
    }
  }

  /** Goes on after a key was entered. */
  resume() {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.#tell("notice", null);
    this.#advance();
  }

  // What is kept.

  async #change(result, change) {
    if (!this.#results.has(result.id)) return;
    Object.assign(result, change);
    this.#tell("change", result.id);
    try {
      await store.put(result);
    } catch {
      this.#tell("notice", texts.files.full);
    }
  }

  /** Another tab has changed or deleted a result. */
  async #reload(id) {
    const stored = await store.result(id);
    const known = this.#results.get(id);
    if (!stored) this.#forget(id);
    else if (!known) this.#results.set(id, stored);
    else if (!this.#running.has(id)) Object.assign(known, stored);
    this.#tell("change", id);
    this.#advance();
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}

const pause = (seconds, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, seconds * 1000);
  signal?.addEventListener("abort", () => { clearTimeout(timer); resolve(); });
});
