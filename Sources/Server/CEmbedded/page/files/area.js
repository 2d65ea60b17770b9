// The area of files: how they come in, the list, and the chosen one beside it.

import { texts } from "../texts.js";
import { confirm } from "../shared/confirm.js";
import { announce } from "../shared/announce.js";
import { byID, keepingFocus, make, oncePerFrame, say } from "../shared/dom.js";
import { attachMenu } from "../shared/menu.js";
import { Options } from "../shared/options.js";
import * as store from "../shared/store.js";
import { toast } from "../shared/toast.js";
import { Detail } from "./detail.js";
import { FileList, stateText } from "./list.js";
import { saveAll } from "./saving.js";
import { formats } from "./subtitles.js";

export class FilesArea {
  /** The file whose text is shown. */
  #chosen = null;
  /** What people should know now, by what it is about. */
  #notices = new Map();
  /** The names of those whose recording was given up, by id. */
  #givenUp = new Map();
  /** The states that were announced, by id. */
  #states = new Map();

  constructor(results, queue) {
    Object.assign(this, { results, queue });
    this.options = new Options("files", byID("file-options-fields"), byID("file-options-summary"), ["task", "words", "lines"]);
    this.list = new FileList(results, queue, byID("file-list"), (result) => this.delete(result));
    this.detail = new Detail(results, queue, byID("detail"), {
      delete: (result) => this.delete(result), again: (result) => this.#again(result),
    });
    this.#takeFiles();
    const drawAll = oncePerFrame(() => this.#draw());
    results.addEventListener("change", ({ detail }) => { drawAll(); this.#announce(detail); });
    results.addEventListener("full", () => this.#notice({ about: "room", text: texts.files.full }));
    results.addEventListener("stored", () => this.#notice({ about: "room", text: null }));
    results.addEventListener("unreadable", () => this.#notice({ about: "store", text: texts.files.unreadable }));
    store.onGivenUp(({ id, name }) => {
      this.#givenUp.set(id, name);
      this.#noticeGivenUp();
    });
    queue.addEventListener("progress", drawAll);
    queue.addEventListener("notice", ({ detail }) => this.#notice(detail));
    queue.addEventListener("finished", ({ detail }) => this.#finish(results.get(detail)));
    addEventListener("beforeunload", (event) => { if (queue.wouldLose || results.areUnstored) event.preventDefault(); });
    document.addEventListener("key", () => queue.resume());
    byID("delete-all").addEventListener("click", () => this.#deleteAll());
    attachMenu(byID("all-menu"), () => Object.keys(formats).map((format) => [
      texts.detail.formats[format], () => saveAll(this.#done, format),
    ]));
  }

  /** The files that have a text, even if it is being made again. */
  get #done() { return this.results.all.filter(({ segments }) => segments); }

  #takeFiles() {
    const chooser = byID("chooser");
    byID("choose").addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      this.add([...chooser.files]);
      chooser.value = "";
    });
    // Anywhere on the page will do.
    const veil = byID("drop-veil");
    const carriesFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      veil.hidden = false;
    });
    addEventListener("dragleave", ({ relatedTarget }) => { if (!relatedTarget) veil.hidden = true; });
    addEventListener("drop", (event) => {
      veil.hidden = true;
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.add(filesIn(event.dataTransfer));
    });
    addEventListener("paste", ({ clipboardData }) => {
      if (clipboardData?.files.length) this.add([...clipboardData.files]);
    });
  }

  /** Adds files to the queue, and shows the first one unless another one is shown. */
  add(files) {
    if (files.length === 0) return;
    const wasEmpty = this.results.all.length === 0;
    this.queue.add(files, this.options.chosen);
    const first = this.results.all.at(-files.length);
    const isWide = matchMedia("(min-width: 56rem)").matches;
    const shown = wasEmpty || !this.#chosen ? first.id : this.#chosen;
    // On a narrow screen there is room for the list alone.
    location.hash = isWide ? `#files/${shown}` : "#files";
  }

  /** Shows the text of a file, or the list alone. */
  choose(id) {
    const former = this.#chosen;
    this.#chosen = id && this.results.get(id) ? id : null;
    // On a narrow screen, either the list or the text is shown.
    keepingFocus(byID("files"), () => {
      this.detail.show(this.#chosen);
      this.#draw();
    }, () => this.#chosen ? this.detail.title : this.list.link(former) ?? byID("choose"));
    // A link to the area itself, such as the one back to the list, takes the focus away.
    if (former && !this.#chosen && document.activeElement === document.body) this.list.link(former)?.focus();
  }

  #draw() {
    if (this.#chosen && !this.results.get(this.#chosen)) return this.#leave();
    const results = this.results.all;
    const done = this.#done;
    const section = byID("files");
    section.classList.toggle("is-empty", results.length === 0);
    section.classList.toggle("shows-detail", this.#chosen !== null);
    byID("list-head").hidden = results.length === 0;
    byID("all-menu").disabled = done.length === 0;
    const failed = results.filter(({ state }) => state === "failed");
    say(byID("list-title"), texts.files.count(results.length, done.length, failed.length));
    const size = results.filter(({ isKept }) => isKept).reduce((sum, { size }) => sum + size, 0);
    say(byID("kept-text"), store.isOpen() ? texts.files.kept(size) : texts.files.keptNowhere);
    this.list.draw(this.#chosen);
    this.detail.draw();
  }

  /** The chosen file was deleted in another tab. */
  #leave() {
    toast(texts.files.deletedElsewhere(this.detail.title.textContent));
    location.hash = "#files";
    this.choose(null);
  }

  #notice({ about, text }) {
    if ((this.#notices.get(about) ?? null) === text) return;
    if (text) this.#notices.set(about, text); else this.#notices.delete(about);
    const notice = byID("queue-notice");
    notice.hidden = this.#notices.size === 0;
    notice.replaceChildren(...[...new Set(this.#notices.values())].map((text) => make("p", {}, text)));
  }

  /** Says whose recordings were given up, but for files that were deleted since. */
  #noticeGivenUp() {
    for (const id of this.#givenUp.keys()) if (!this.results.get(id)) this.#givenUp.delete(id);
    const names = [...this.#givenUp.values()];
    this.#notice({ about: "given up", text: names.length ? texts.files.givenUp(names) : null });
  }

  /** Tells screen readers when a file is begun and when it is finished; what was there when the page was opened is known. */
  #announce(id) {
    const result = id === null ? null : this.results.get(id);
    if (!result) {
      this.#noticeGivenUp();
      for (const { id, state } of this.results.all) if (!this.#states.has(id)) this.#states.set(id, state);
      return;
    }
    const isNew = this.#states.get(id) !== result.state;
    this.#states.set(id, result.state);
    if (isNew && result.state !== "waiting") {
      announce(texts.files.announce(result.name, result.state === "working" ? texts.state.begun : stateText(result)));
    }
  }

  #finish(result) {
    if (!result) return;
    if (result.state === "failed" && result.id !== this.#chosen) toast(texts.files.announceFailed(result.name));
    const results = this.results.all;
    if (results.every(({ state }) => state === "done")) toast(texts.files.announceAll(results.length));
  }

  async delete(result) {
    const hasWorth = result.segments || result.isOnlyCopy || this.queue.isWorking(result.id);
    if (hasWorth && !await confirm(`${texts.files.remove(result.name)}?`, null, texts.actions.delete)) return;
    const results = this.results.all;
    const index = results.indexOf(result);
    const next = results[index + 1] ?? results[index - 1];
    const hadFocus = byID("files").contains(document.activeElement);
    const isWide = matchMedia("(min-width: 56rem)").matches;
    if (this.#chosen === result.id) {
      const shown = isWide ? next : null;
      location.hash = shown ? `#files/${shown.id}` : "#files";
      this.choose(shown?.id);
    }
    const isDeleted = this.results.delete(result.id);
    // At once, so that no key is lost while the browser deletes the recording.
    this.#draw();
    if (hadFocus) (this.list.link(next?.id) ?? byID("choose")).focus();
    await isDeleted;
    toast(texts.files.deleted(result.name));
  }

  async #again(result) {
    const { transcribeAgain } = texts.actions;
    if (result.isEdited && !await confirm(`${transcribeAgain}?`, texts.detail.sureAgain, transcribeAgain)) return;
    this.queue.again(result.id, this.options.chosen);
  }

  async #deleteAll() {
    const count = this.results.all.length;
    if (!await confirm(`${texts.files.deleteAll}?`, texts.files.count(count, count), texts.actions.delete)) return;
    location.hash = "#files";
    this.choose(null);
    const areDeleted = this.results.all.map(({ id }) => this.results.delete(id));
    byID("choose").focus();
    await Promise.all(areDeleted);
    toast(texts.files.cleared);
  }

  /** What a key does here; returns whether it does anything. */
  press(key) {
    if (key === "o" || key === "O") { byID("chooser").click(); return true; }
    return this.#chosen !== null && this.detail.press(key);
  }
}

/** The files of a drop. A folder looks like a file that cannot be read. */
function filesIn(transfer) {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory ?? false;
  if (items.some(isFolder)) toast(texts.files.folder);
  return items.filter((item) => !isFolder(item)).map((item) => item.getAsFile()).filter(Boolean);
}
