// One file: its text with times, the player, and what can be done with it.

import { texts } from "../texts.js";
import { copy } from "../shared/clipboard.js";
import { button, icon, make, say } from "../shared/dom.js";
import { bytes, languageName } from "../shared/format.js";
import { attachMenu } from "../shared/menu.js";
import { toast } from "../shared/toast.js";
import { stateText } from "./list.js";
import { Player } from "./player.js";
import { save } from "./saving.js";
import { Sentences } from "./sentences.js";
import { sentences } from "./splitting.js";
import { formats, plainText } from "./subtitles.js";

export class Detail {
  #queue;
  #node;
  #actions;
  #result = null;
  /** What the drawn parts depend on: the file and its state. */
  #drawn = null;

  constructor(queue, node, actions) {
    [this.#queue, this.#node, this.#actions] = [queue, node, actions];
  }

  show(id) {
    const result = id ? this.#queue.result(id) : null;
    if (result === this.#result) return;
    this.player?.close();
    this.#result = result;
    this.#drawn = null;
    this.#node.hidden = !result;
    if (result) this.draw();
  }

  draw() {
    const result = this.#result;
    if (!result) return;
    const progress = this.#queue.progress(result.id);
    const current = `${result.id} ${result.state} ${result.state === "done"}`;
    if (this.#drawn !== current) {
      const isNew = !this.#drawn?.startsWith(result.id);
      this.#drawn = current;
      this.#build(result, isNew);
    }
    say(this.meta, this.#describe(result));
    say(this.state, this.#explain(result, progress));
    this.state.hidden = !this.state.textContent;
    if (progress?.growing.length) this.sentences.grow(sentences(progress.growing));
  }

  #build(result, isNew) {
    if (isNew) {
      this.player?.close();
      this.player = new Player((seconds) => this.sentences.mark(seconds));
      this.#openPlayer(result);
    }
    const isDone = result.state === "done";
    this.meta = make("p", { class: "detail-meta" });
    this.state = make("p", { class: "detail-state", role: "status", data: { state: result.state } });
    this.sentences = new Sentences({
      play: (seconds) => this.player.playFrom(seconds),
      changed: (segments) => this.#edited(segments),
      left: () => this.setEditing(false),
    });
    if (isDone) this.sentences.fill(result.segments);
    this.#node.replaceChildren(
      make("header", { class: "detail-head" },
        make("a", { class: "back", href: "#files" }, icon("back"), texts.actions.back),
        make("h2", { id: "detail-title", dir: "auto" }, result.name),
        this.meta,
        this.#toolbar(result, isDone)),
      this.player.picture,
      this.state,
      this.sentences.node,
      this.player.bar);
  }

  #toolbar(result, isDone) {
    this.copyButton = button(texts.actions.copy, "copy", () => copy(plainText(result)));
    this.saveButton = button(texts.actions.save, "save", null);
    this.editButton = button(texts.actions.edit, "edit", () => this.setEditing(!this.sentences.isEditing), { "aria-pressed": "false" });
    this.restoreButton = button(texts.detail.restore, "undo", () => this.#restore(), { class: "plain", hidden: !result.isEdited });
    attachMenu(this.saveButton, () => Object.keys(formats).map((format) => [
      `${texts.detail.formats[format]} (.${format})`, () => save(result, format),
    ]));
    return make("div", { class: "toolbar" },
      isDone && this.copyButton,
      isDone && make("div", { class: "menu-anchor" }, this.saveButton),
      isDone && result.text && this.editButton,
      isDone && this.restoreButton,
      result.state === "failed" && button(texts.actions.again, "again", () => this.#actions.again(result), { class: "primary" }),
      isDone && button(texts.actions.transcribeAgain, "again", () => this.#actions.again(result), {
        class: "plain", title: texts.detail.transcribeAgain,
      }),
      button(texts.actions.delete, "delete", () => this.#actions.delete(result), { class: "plain" }));
  }

  #describe(result) {
    const parts = [bytes(result.size), result.model, result.language && languageName(result.language)];
    return [...parts, result.state === "done" && stateText(result)].filter(Boolean).join(" · ");
  }

  #explain(result, progress) {
    switch (result.state) {
      case "done":
        if (result.error) return texts.detail.failedAgain(result.error);
        if (!result.text) return texts.detail.noSpeech;
        if (this.sentences.isEditing) return texts.detail.editing;
        return result.ignored?.length ? texts.detail.ignored(result.ignored.join(", ")) : "";
      case "working": return `${stateText(result, progress)}.` + (progress?.growing.length ? "" : ` ${texts.detail.growing}`);
      case "waiting": return progress?.note ?? texts.detail.waiting;
      default: return stateText(result, progress);
    }
  }

  async #openPlayer(result) {
    const { player } = this;
    const recording = await this.#queue.recording(result.id);
    if (!recording) return result.isKept ? null : player.explain(texts.detail.notKept);
    player.open(recording, (length) => {
      if (!length || length === result.length) return;
      result.length = length;
      this.draw();
    });
  }

  setEditing(isEditing) {
    if (this.#result?.state !== "done") return;
    this.sentences.setEditing(isEditing);
    this.editButton.setAttribute("aria-pressed", `${isEditing}`);
    say(this.editButton.lastChild, isEditing ? texts.actions.editDone : texts.actions.edit);
    this.draw();
  }

  #edited(segments) {
    const original = this.#result.original ?? this.#result.segments;
    this.restoreButton.hidden = false;
    this.#queue.edit(this.#result.id, { segments, original, isEdited: true, text: plainText({ segments }) });
  }

  async #restore() {
    const { id, original } = this.#result;
    this.setEditing(false);
    await this.#queue.edit(id, { segments: original, original: null, isEdited: false, text: plainText({ segments: original }) });
    this.#drawn = null;
    this.draw();
    toast(texts.detail.restored);
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
    if (this.#result.state !== "done") return false;
    switch (key.toLowerCase()) {
      case "e": this.setEditing(true); return true;
      case "c": this.copyButton.click(); return true;
      case "s": this.saveButton.click(); return true;
      default: return false;
    }
  }
}
