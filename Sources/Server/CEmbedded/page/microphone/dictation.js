// One dictation, from the press of the button to its text. If the connection is lost, no sound is.

import { texts } from "../texts.js";
import { Refusal } from "../shared/api.js";
import { dropDraft, keepDraft } from "./drafts.js";
import { Recorder } from "./recorder.js";
import { Session } from "./session.js";
import { wave } from "./wave.js";

/** Tells of `change` and `level`. */
export class Dictation extends EventTarget {
  /** `asking`, `connecting`, `live`, `finishing`, `ended`. */
  state = "asking";
  level = 0;
  /** What went wrong, in words. */
  problem = null;
  began = 0;
  #recorder = new Recorder();
  #session = null;
  /** All sound, until the server has answered to it. */
  #blocks = [];
  #isLost = false;
  #starting;
  #ending = null;
  #keep;

  /**
   * @param options see options.js
   * @param keep stores the text, and the recording (a WAV file, or `null`) if the server heard only a part of it; gets the id of
   *   the recording's draft, or `null` if there was no room for one. Resolves when both are as safe as they can be.
   */
  constructor(options, keep) {
    super();
    this.options = options;
    this.#keep = (recording, draft) => keep(this, recording, draft);
  }

  get text() { return this.#session?.text ?? ""; }
  get turns() { return this.#session?.turns ?? []; }
  /** In seconds. */
  get length() { return this.#blocks.reduce((sum, { length }) => sum + length, 0) / this.#recorder.rate; }

  /** Resolves when it records, or has ended because it cannot. */
  start() {
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start() {
    try {
      const lose = () => { this.problem = texts.microphone.ended; this.stop(); };
      await this.#recorder.start((samples, level) => this.#hear(samples, level), lose);
    } catch (error) {
      this.problem = reason(error);
      return this.#become("ended");
    }
    this.began = Date.now();
    this.#session = new Session(this.options, this.#recorder.rate);
    this.#session.addEventListener("text", () => this.#tell("change"));
    this.#session.addEventListener("lost", () => this.#lose());
    for (const block of this.#blocks) this.#session.append(block);
    if (this.state === "asking") this.#become("connecting");
    this.#session.open().then(() => { if (this.state === "connecting" && !this.#isLost) this.#become("live"); });
  }

  #hear(samples, level) {
    this.level = level;
    this.#blocks.push(samples);
    if (!this.#isLost) this.#session?.append(samples);
    this.#tell("level");
  }

  #lose() {
    this.#isLost = true;
    this.problem ??= this.#session.error || texts.microphone.lost;
    this.#tell("change");
  }

  /** Resolves when all text is there, or the recording has been handed on as a file. */
  stop() {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end() {
    await this.#starting;
    if (this.state === "ended") return;
    this.#become("finishing");
    try {
      await this.#finish();
    } catch (error) {
      // If the recording has a draft, the next visit takes it up.
      this.problem = texts.microphone.failed(error.message);
    } finally {
      this.#blocks = [];
      this.#become("ended");
    }
  }

  async #finish() {
    await this.#recorder.stop();
    const recording = new File(
      [wave(this.#blocks, this.#recorder.rate)], texts.microphone.rescuedName(new Date(this.began)), { type: "audio/wav" });
    const keeping = keepDraft(recording, this.options);
    await this.#session.finish();
    const isWhole = this.#blocks.length === 0 || !this.#isLost && this.turns.every(({ error }) => !error);
    this.problem ??= this.turns.find(({ error }) => error)?.error ?? null;
    const draft = await keeping;
    await this.#keep(isWhole ? null : recording, draft);
    // If the text had no room, it may get that of the draft.
    if (isWhole && draft !== null) await dropDraft(draft);
  }

  #become(state) {
    this.state = state;
    this.#tell("change");
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}

/** Why the microphone cannot be used: the names are those of the Media Capture specification. */
function reason(error) {
  if (error instanceof Refusal) return error.message;
  switch (error.name) {
    case "NotAllowedError": case "SecurityError": return texts.microphone.denied;
    case "NotFoundError": case "OverconstrainedError": return texts.microphone.noDevice;
    default: return texts.microphone.busy;
  }
}

/** Why this page cannot record at all, or `null`. */
export function obstacle() {
  if (!isSecureContext) return texts.microphone.insecure;
  return navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode ? null : texts.microphone.unsupported;
}
