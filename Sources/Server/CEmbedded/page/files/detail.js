// One file: its text with times, the player, and what can be done with it.

import { texts } from "../texts.js";
import { copy } from "../shared/clipboard.js";
import { confirm } from "../shared/confirm.js";
import { icon, keepingFocus, make, say } from "../shared/dom.js";
import { bytes, languageName } from "../shared/format.js";
import { toast } from "../shared/toast.js";
import { edit, restore } from "./edits.js";
import { stateText } from "./list.js";
import { Player } from "./player.js";
import { Sentences } from "./sentences.js";
import { sentences } from "./splitting.js";
import { plainText } from "./subtitles.js";
import { Toolbar } from "./toolbar.js";

export class Detail {
  #results;
  #queue;
  #node;
  #actions;
  #result = null;
  /** The segments that are shown, and the transcript that they are of; or the progress whose growing text is shown. */
  #shown = {};

  /** @param actions `delete(result)` and `again(result)` */
  constructor(results, queue, node, actions) {
    [this.#results, this.#queue, this.#node, this.#actions] = [results, queue, node, actions];
  }

  show(id) {
    const result = id ? this.#results.get(id) : null;
    if (result === this.#result) return;
    this.player?.close();
    this.#result = result;
    this.#node.hidden = !result;
    if (!result) return;
    this.#build(result);
    this.draw();
  }

  #build(result) {
    this.#shown = {};
    this.player = new Player((seconds) => this.sentences.mark(seconds));
    this.title = make("h2", { id: "detail-title", dir: "auto", tabIndex: -1 }, result.name);
    this.meta = make("p", { class: "detail-meta" });
    this.state = make("p", { class: "detail-state" });
    this.toolbar = new Toolbar(result, {
      ...this.#actions,
      edit: () => this.setEditing(!this.sentences.isEditing), restore: () => this.#restore(),
      keepFormer: () => this.#queue.keepFormer(result.id),
    });
    this.sentences = new Sentences({
      play: (seconds) => this.player.playFrom(seconds),
      changed: (change) => this.#edit(change),
      left: () => this.setEditing(false),
    });
    this.#node.replaceChildren(
      make("header", { class: "detail-head" },
        make("a", { class: "back", href: "#files" }, icon("back"), texts.actions.back), this.title, this.meta, this.toolbar.node),
      this.player.picture, this.state, this.sentences.node, this.player.bar);
    this.#openPlayer(result);
  }

  draw() {
    const result = this.#result;
    if (!result) return;
    const isShown = result.state === "done" && result.transcript === this.#shown.transcript;
    if (this.sentences.isEditing && !isShown) this.setEditing(false);
    const progress = this.#queue.progress(result.id);
    keepingFocus(this.#node, () => {
      say(this.meta, this.#describe(result));
      say(this.state, this.#explain(result, progress));
      this.state.dataset.state = result.state;
      this.state.hidden = !this.state.textContent;
      this.toolbar.draw(result, this.sentences.isEditing);
      this.#drawText(result, progress);
    }, () => this.title);
  }

  #drawText({ segments, transcript, state }, progress) {
    this.sentences.node.classList.toggle("is-former", state !== "done" && Boolean(segments));
    if (!segments) return this.#drawGrowing(progress);
    if (segments === this.#shown.segments) return;
    if (transcript === this.#shown.transcript && this.#shown.segments) this.sentences.update(segments);
    else this.sentences.fill(segments);
    this.#shown = { segments, transcript };
  }

  #drawGrowing(progress) {
    // Another attempt hears everything anew.
    if (progress !== this.#shown.progress) this.sentences.fill([]);
    this.#shown = { progress };
    if (progress) this.sentences.grow(sentences(progress.growing.map((piece) => ({ ...piece, text: piece.text.trim() }))));
  }

  #describe(result) {
    const parts = [bytes(result.size), result.model, result.language && languageName(result.language)];
    return [...parts, result.state === "done" && stateText(result)].filter(Boolean).join(" · ");
  }

  #explain(result, progress) {
    const state = stateText(result, progress);
    switch (result.state) {
      case "done":
        if (result.error) return texts.detail.failedAgain(result.error);
        if (!result.text && !result.isEdited) return texts.detail.noSpeech;
        if (this.sentences.isEditing) return texts.detail.editing;
        return result.ignored?.length ? texts.detail.ignored(result.ignored.join(", ")) : "";
      case "failed": return state;
    }
    if (result.segments) return `${state}. ${texts.detail.former}`;
    if (result.state === "waiting") return progress?.note ?? texts.detail.waiting;
    return `${state}.` + (progress?.growing.length ? "" : ` ${texts.detail.growing}`);
  }

  async #openPlayer(result) {
    const { player } = this;
    const recording = await this.#queue.recording(result.id);
    if (player !== this.player || result !== this.#result) return;  // Another file is shown.
    if (!recording) return result.isKept ? null : player.explain(texts.detail.notKept);
    player.open(recording, (length) => {
      if (length && length !== result.length) this.#results.change(result.id, () => ({ length }));
    });
  }

  setEditing(isEditing) {
    if (isEditing && this.#result?.state !== "done") return;
    this.sentences.setEditing(isEditing);
    this.draw();
  }

  /** Stores a new text of a sentence. If another tab has changed it, too, people may choose. */
  async #edit({ index, text, before }) {
    const { id, transcript } = this.#result;
    let other = before;
    await this.#results.change(id, (result) => {
      const fields = edit(result, { transcript, index, text });
      const current = result.segments?.[index]?.text;
      if (fields === null) other = null;
      else if (current !== before && current !== text) other = current;
      return fields;
    });
    const isGone = !this.#results.get(id);
    if (isGone || other === null) {
      const lost = isGone ? texts.detail.editGone(text) : texts.detail.editLost(text);
      toast(lost, { text: texts.actions.copy, run: () => copy(text) });
    } else if (other !== before) {
      const use = () => this.#results.change(id, (result) => edit(result, { transcript, index, text: other }));
      toast(texts.detail.editedElsewhere(other), { text: texts.detail.useOther, run: use });
    }
  }

  async #restore() {
    const { id, transcript } = this.#result;
    if (!await confirm(`${texts.detail.restore}?`, texts.detail.sureAgain, texts.detail.restore)) return;
    this.setEditing(false);
    let isRestored = false;
    await this.#results.change(id, (result) => {
      const fields = result.transcript === transcript ? restore(result) : null;
      isRestored ||= Boolean(fields);
      return fields;
    });
    if (isRestored) toast(texts.detail.restored);
  }

  press(key) {
    switch (key) {
      case " ": this.player.toggle(); return true;
      case "ArrowLeft": this.player.skip(-5); return true;
      case "ArrowRight": this.player.skip(5); return true;
      case "ArrowUp": this.sentences.step(-1); return true;
      case "ArrowDown": this.sentences.step(1); return true;
      case "Escape": if (!this.sentences.isEditing) return false; this.setEditing(false); return true;
      case "Delete": this.#actions.delete(this.#result); return true;
    }
    if (!this.#result.segments) return false;
    switch (key.toLowerCase()) {
      case "e": this.setEditing(true); return true;
      case "c": copy(plainText(this.#result)); return true;
      case "s": this.toolbar.save.click(); return true;
      default: return false;
    }
  }
}
