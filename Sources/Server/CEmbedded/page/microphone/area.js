// The area of the microphone: a button, a level, the text as it comes, and what was said before.

import { texts } from "../texts.js";
import { copy } from "../shared/clipboard.js";
import { byID, oncePerFrame, say } from "../shared/dom.js";
import { clock } from "../shared/format.js";
import { Options } from "../shared/options.js";
import * as store from "../shared/store.js";
import { toast } from "../shared/toast.js";
import { Captions } from "./captions.js";
import { Dictation, obstacle } from "./dictation.js";
import { takeUpDrafts } from "./drafts.js";
import { Earlier } from "./earlier.js";
import { SpeechText } from "./speech-text.js";

/** In milliseconds: a press that is longer is a hold, which ends when it is released. */
const holdLength = 400;

export class MicrophoneArea {
  #dictation = null;
  /** Those that would lose something if the page was closed. */
  #open = new Set();
  /** The time stamp of the event that has begun a press; `null` if none is going on. */
  #pressed = null;
  #draw = oncePerFrame(() => this.#show());
  #earlier = new Earlier(this.#draw);

  /**
   * @param rescue takes a recording that the server heard only in part, the id it is stored under, or `null`, and the options of
   *   its dictation
   */
  constructor(rescue) {
    this.rescue = rescue;
    this.options = new Options("speech", byID("speech-options-fields"), byID("speech-options-summary"), ["words", "delay"]);
    this.text = new SpeechText(byID("speech-text"));
    this.captions = new Captions(() => this.toggle());
    this.#listen();
    byID("record").disabled = obstacle() !== null;
    this.#show();
  }

  get isRecording() { return this.#dictation !== null && !["finishing", "ended"].includes(this.#dictation.state); }

  #listen() {
    const record = byID("record");
    record.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      record.setPointerCapture(event.pointerId);
      this.#press(event);
    });
    for (const end of ["pointerup", "pointercancel"]) record.addEventListener(end, (event) => this.#release(event));
    // A click without a pointer: the Enter key, or a screen reader.
    record.addEventListener("click", ({ detail }) => { if (detail === 0) this.toggle(); });
    byID("stop-and-copy").addEventListener("click", () => this.stopAndCopy());
    byID("speech-copy").addEventListener("click", () => this.#copy());
    byID("captions-open").addEventListener("click", () => this.captions.open());
    addEventListener("keyup", (event) => { if (event.key === " ") this.#release(event); });
    // Another window has the keys now. The question for the microphone may be such a window: then a hold becomes a press.
    addEventListener("blur", (event) => {
      if (this.#dictation?.state === "asking") this.#pressed = null; else this.#release(event);
    });
    addEventListener("beforeunload", (event) => {
      if (this.#open.size > 0 || this.#earlier.areUnstored) event.preventDefault();
    });
  }

  /** Takes up recordings whose text was not complete when a page was closed. */
  async takeUp() {
    await takeUpDrafts(async (file, id, options) => {
      await this.rescue(file, id, options);
      toast(texts.microphone.takenUp);
    });
  }

  #press({ timeStamp }) {
    if (this.isRecording) { this.stop(); return; }
    this.#pressed = timeStamp;
    this.start();
  }

  /** The events tell when something was pressed and released; a busy page gets them later. */
  #release({ timeStamp }) {
    const wasHeld = this.#pressed !== null && timeStamp - this.#pressed >= holdLength;
    this.#pressed = null;
    if (wasHeld && this.isRecording) this.stop();
  }

  toggle() { if (this.isRecording) this.stop(); else this.start(); }

  async start() {
    if (this.isRecording || obstacle()) return;
    // A former one may still wait for its text.
    const dictation = new Dictation(
      this.options.chosen, (dictation, recording, draft) => this.#keep(dictation, recording, draft));
    this.#dictation = dictation;
    this.#open.add(dictation);
    this.text.begin();
    for (const name of ["change", "level"]) dictation.addEventListener(name, this.#draw);
    dictation.addEventListener("change", () => { if (dictation.state === "ended") this.#open.delete(dictation); });
    await dictation.start();
  }

  async stop() {
    await this.#dictation?.stop();
    this.#show();
  }

  async #keep({ text, began, options }, recording, draft) {
    if (text) await this.#earlier.keep(text, began);
    if (!recording) return;
    await this.rescue(recording, draft, options);
    toast(texts.microphone.rescued);
  }

  #copy() {
    if (this.#dictation?.text) copy(this.#dictation.text);
  }

  async stopAndCopy() {
    // Another one may begin before this one has ended.
    const dictation = this.#dictation;
    await this.stop();
    if (dictation?.text) copy(dictation.text);
    else if (!dictation?.problem) toast(texts.microphone.silent);
  }

  #show() {
    const dictation = this.#dictation;
    const isLive = this.isRecording;
    const record = byID("record");
    record.setAttribute("aria-pressed", `${isLive}`);
    byID("microphone").classList.toggle("is-live", isLive);
    document.querySelector("[data-area=microphone]").classList.toggle("is-live", isLive);
    const level = isLive ? loudness(dictation.level) : 0;
    record.style.setProperty("--level", level);
    byID("level").value = level;
    say(byID("record-label"), isLive ? texts.microphone.stop : texts.microphone.start);
    say(byID("record-state"), this.#stateText(dictation));
    say(byID("record-time"), dictation && isLive ? clock(dictation.length) : "");
    byID("stop-and-copy").hidden = !isLive;
    if (dictation) this.text.draw(dictation.turns);
    byID("speech-copy").disabled = !dictation?.text;
    const problem = this.#problem;
    this.captions.draw(dictation?.turns ?? [], isLive, problem);
    byID("microphone-notice").hidden = !problem;
    say(byID("microphone-notice"), problem);
    say(byID("speech-kept"), store.isOpen() ? texts.microphone.kept : texts.microphone.keptNowhere);
  }

  /** What people should know now; empty if there is nothing. */
  get #problem() {
    const unstored = this.#earlier.areUnstored && (store.isOpen() ? texts.microphone.full : texts.microphone.notStored);
    return [obstacle(), this.#dictation?.problem, unstored].filter(Boolean).join(" ");
  }

  #stateText(dictation) {
    if (!dictation) return texts.microphone.idle;
    if (dictation.state === "ended") return dictation.text || dictation.problem ? texts.microphone.idle : texts.microphone.silent;
    return texts.microphone[dictation.state];
  }

  /** What a key does here; returns whether it does anything. */
  press(key, event) {
    switch (key) {
      case " ": if (!event.repeat) this.#press(event); return true;
      case "c": case "C": if (this.isRecording) this.stopAndCopy(); else this.#copy(); return true;
      case "l": case "L": this.captions.open(); return true;
      case "Escape": return this.captions.close();
      default: return false;
    }
  }
}

/** A level as ears judge it: from −60 dB (0) to −6 dB (1). */
const loudness = (level) => Math.max(0, Math.min(1, (20 * Math.log10(level + 1e-6) + 60) / 54));
