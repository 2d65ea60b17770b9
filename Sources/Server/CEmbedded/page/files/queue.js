// Sends the files to the server, two at a time, and tries again after lost connections, busy servers and missing keys.

import { texts } from "../texts.js";
import { Refusal } from "../shared/api.js";
import { isOpen, newID, tab } from "../shared/tab.js";
import { replace } from "./edits.js";
import { lengthOf } from "./length.js";
import { own } from "./owner.js";
import { isReadable, Recordings } from "./recordings.js";
import { transcribe } from "./transcription.js";
import { Trouble } from "./trouble.js";

/** How many files are sent at the same time: one is heard while the next one arrives. */
const atOnce = 2;

/** The progress of a file that waits. */
const idle = (note = null) => ({ sent: 0, heard: 0, growing: [], note });

const isUnfinished = ({ state }) => state === "waiting" || state === "working";

/** Tells of `progress` (detail: id), `finished` (id) and `notice` (`{about, text}`; without a text, it is settled). */
export class Queue extends EventTarget {
  #results;
  #recordings = new Recordings();
  /** What is known of a file in work: `{sent, heard, growing, note}`. */
  #progress = new Map();
  /** What ends the work on a file. */
  #running = new Map();
  #trouble = new Trouble((about, text) => this.#tell("notice", { about, text }), () => this.#advance());
  /** Whether this tab works on the recordings that the browser keeps. */
  #isOwner = false;

  constructor(results) {
    super();
    this.#results = results;
    results.addEventListener("change", ({ detail }) => this.#follow(detail));
  }

  /** Begins to work once no other tab does. */
  async start() {
    await own(() => this.#begin(), () => this.#tell("notice", { about: "tabs", text: texts.files.otherTab }));
  }

  async #begin() {
    this.#tell("notice", { about: "tabs", text: null });
    for (const { id, isKept, state } of this.#results.all) {
      // A file that was in work when the page was closed is sent again.
      if (isKept && state === "working") await this.#results.change(id, () => ({ state: "waiting" }));
    }
    this.#isOwner = true;
    this.#advance();
    await this.#findLost();
    // Without locks, nobody can tell whether the other tab is open.
    if (!navigator.locks) return;
    document.addEventListener("visibilitychange", () => document.hidden || this.#findLost());
    this.#results.addEventListener("change", () => this.#findLost());
  }

  /** Says of files that wait for a tab with their recording that they are lost, if that tab was closed. */
  async #findLost() {
    for (const { id, isKept, tab } of this.#results.all.filter(isUnfinished)) {
      const isElsewhere = !isKept && !this.#recordings.isOnlyHere(id) && !this.#running.has(id);
      if (!isElsewhere || await isOpen(tab)) continue;
      const result = this.#results.get(id);
      if (result && isUnfinished(result)) await this.#fail(id, texts.state.lost);
    }
  }

  progress(id) {
    return this.#progress.get(id) ?? (this.#recordings.copying === id ? idle(texts.state.copying) : undefined);
  }
  isWorking(id) { return this.#running.has(id); }
  /** Whether something is lost if the page is closed now: a recording that waits, of which there is no copy. */
  get wouldLose() { return this.#results.all.some((result) => isUnfinished(result) && this.#recordings.isOnlyHere(result.id)); }

  /** The recording itself, or `undefined` if it was not kept. */
  async recording(id) { return await this.#recordings.get(id); }

  /** Adds files to the end of the queue; resolves to their results when all are stored. */
  async add(files, options) {
    const results = files.map((file, index) => this.#next(file, index, { options }));
    results.forEach(({ id }, index) => this.#recordings.add(id, files[index]));
    this.#results.add(results);
    // Another tab may work on the queue, so the recording is stored before its result.
    await Promise.all(results.map((result) => this.#keep(result)));
    return results;
  }

  /**
   * Adds a recording of which nobody has another copy; resolves when it is stored, as far as there is room.
   *
   * @param id what it is stored under already, so that it needs no second room; `null` if it is not stored
   */
  async rescue(file, id, options) {
    const result = this.#next(file, 0, { options, isOnlyCopy: true, ...(id && { id, isKept: true }) });
    if (id === null) this.#recordings.add(result.id, file);
    this.#results.add([result]);
    await (id === null ? this.#keep(result) : this.#results.release(id, {}));
    this.#advance();
  }

  /** A result for the end of the list. */
  #next({ name, size, type }, index, fields) {
    const last = Math.max(0, ...this.#results.all.map(({ added }) => added));
    const now = Date.now();
    return {
      id: newID(), kind: "file", name, size, type, added: Math.max(now, last + 1) + index,
      asked: now, state: "waiting", isKept: false, tab, ...fields,
    };
  }

  async #keep({ id, name }) {
    const known = () => this.#results.get(id);
    const outcome = await this.#recordings.copy(id, () => known() && { ...known(), isKept: true });
    if (!known()) return this.#results.delete(id);  // It was deleted meanwhile.
    const failure = outcome === "unreadable" ? { state: "failed", error: texts.state.moved } : {};
    await this.#results.release(id, { isKept: outcome === "kept", ...failure });
    if (outcome === "full") this.#tell("notice", { about: id, text: texts.files.tooLarge(name) });
    this.#advance();
  }

  /** Sends a file again. If it has a text, that stays until there is another one. */
  async again(id, options) {
    this.#trouble.forget(id);
    if (!await this.recording(id)) return this.#fail(id, texts.state.lost);
    await this.#results.change(id, () => ({ state: "waiting", error: null, options, asked: Date.now() }));
    this.#advance();
  }

  /** Keeps the former text of a file that is sent again. */
  async keepFormer(id) {
    await this.#results.change(id, (result) => isUnfinished(result) && result.segments ? { state: "done", error: null } : null);
  }

  /** Goes on after a key was entered. */
  resume() { this.#trouble.resume(); }

  /** Ends the work on a file that was deleted, or whose former text is to stay. */
  #follow(id) {
    if (id === null) return;
    const result = this.#results.get(id);
    if (!result) this.#recordings.forget(id);
    if (!result || !isUnfinished(result)) {
      this.#running.get(id)?.abort();
      this.#tell("notice", { about: id, text: null });
    }
    this.#advance();
  }

  #advance() {
    if (this.#trouble.waitsForKey) return;
    for (const { id, state, isKept } of this.#results.all) {
      if (this.#running.size >= atOnce) return;
      const isMine = isKept ? this.#isOwner : this.#recordings.isOnlyHere(id) && !this.#recordings.isPending(id);
      if (isMine && state === "waiting" && !this.#running.has(id)) this.#work(id);
    }
  }

  async #work(id) {
    const ending = new AbortController();
    this.#running.set(id, ending);
    try {
      await this.#attempt(id, ending.signal);
    } catch (error) {
      // The browser's storage may fail at any time.
      const give = (error) => this.#fail(id, error.message);
      if (!ending.signal.aborted) await this.#recover(id, error, ending.signal).catch(give);
    } finally {
      this.#running.delete(id);
      this.#progress.delete(id);
      this.#tell("progress", id);
      this.#advance();
    }
  }

  async #attempt(id, signal) {
    const recording = await this.recording(id);
    if (!recording) throw new Refusal("refused", texts.state.lost);
    const progress = idle();
    this.#progress.set(id, progress);
    await this.#results.change(id, (result) => isUnfinished(result) ? { state: "working" } : null);
    const changed = () => this.#tell("progress", id);
    const { name, options } = this.#results.get(id) ?? {};
    if (signal.aborted) return;
    const length = lengthOf(recording);
    length.then((length) => length && this.#results.change(id, () => ({ length })));
    const transcript = await transcribe(recording, name, options, {
      uploaded: (sent) => { progress.sent = sent; changed(); },
      // The time to which the server has heard follows the text that it heard there. Another server may tell no times.
      delta: (text) => {
        const last = progress.growing.at(-1);
        if (last?.isOpen) last.text += text;
        else progress.growing.push({ start: progress.heard, end: progress.heard, text, isOpen: true });
        changed();
      },
      heard: (seconds) => {
        progress.heard = seconds;
        const last = progress.growing.at(-1);
        if (last?.isOpen) Object.assign(last, { end: seconds, isOpen: false });
        changed();
      },
      length: () => length,
    }, signal);
    if (signal.aborted) return;
    this.#trouble.forget(id);
    const text = { ...transcript, model: options.model, transcript: newID() };
    await this.#results.change(id, (result) => replace(result, text, texts.detail.editedMeanwhile));
    this.#tell("finished", id);
  }

  async #recover(id, error, signal) {
    const wait = (note = null) => {
      this.#progress.set(id, idle(note));
      return this.#results.change(id, (result) => isUnfinished(result) ? { state: "waiting" } : null);
    };
    switch (error.kind) {
      case "key":
        await wait();
        return this.#trouble.askForKey();
      case "busy":
        await wait(error.message);
        return this.#trouble.pause(error.wait, signal);
      case "unreachable": {
        const recording = await this.recording(id);
        if (recording && !await isReadable(recording)) return this.#fail(id, texts.state.moved);
        await wait();
        if (await this.#trouble.isBrokenForGood(id, signal)) await this.#fail(id, texts.server.brokeOffOften);
        return;
      }
      case "broken":
        await wait(error.message);
        if (await this.#trouble.isBrokenForGood(id, signal)) await this.#fail(id, error.message);
        return;
      default:
        return this.#fail(id, error.message);
    }
  }

  async #fail(id, error) {
    await this.#results.change(id, (result) => ({ state: result.segments ? "done" : "failed", error }));
    this.#tell("finished", id);
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}
