// The area of files: how they come in, the list, and the chosen one beside it.

import { texts } from "../texts.js";
import { confirm } from "../shared/confirm.js";
import { byID, oncePerFrame, say } from "../shared/dom.js";
import { attachMenu } from "../shared/menu.js";
import { Options } from "../shared/options.js";
import { toast } from "../shared/toast.js";
import { Detail } from "./detail.js";
import { FileList } from "./list.js";
import { saveAll } from "./saving.js";
import { formats } from "./subtitles.js";

export class FilesArea {
  /** The file whose text is shown. */
  #chosen = null;

  /** @param isStored whether the browser stores anything */
  constructor(queue, isStored) {
    this.queue = queue;
    this.isStored = isStored;
    this.options = new Options("files", byID("file-options-fields"), byID("file-options-summary"), ["task", "words", "lines"]);
    this.list = new FileList(queue, byID("file-list"), (result) => this.delete(result));
    this.detail = new Detail(queue, byID("detail"), {
      delete: (result) => this.delete(result), again: (result) => this.#again(result),
    });
    this.#takeFiles();
    const drawAll = oncePerFrame(() => this.#draw());
    queue.addEventListener("change", drawAll);
    queue.addEventListener("progress", drawAll);
    queue.addEventListener("notice", ({ detail }) => this.#notice(detail));
    queue.addEventListener("finished", ({ detail }) => this.#announce(queue.result(detail)));
    document.addEventListener("key", () => queue.resume());
    byID("delete-all").addEventListener("click", () => this.#deleteAll());
    attachMenu(byID("all-menu"), () => Object.keys(formats).map((format) => [
      texts.detail.formats[format], () => saveAll(this.#done, format),
    ]));
  }

  get #done() { return this.queue.results.filter(({ state }) => state === "done"); }

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
    const wasEmpty = this.queue.results.length === 0;
    this.queue.add(files, this.options.chosen);
    const first = this.queue.results.at(-files.length);
    const isWide = matchMedia("(min-width: 56rem)").matches;
    const shown = wasEmpty || !this.#chosen ? first.id : this.#chosen;
    // On a narrow screen there is room for the list alone.
    location.hash = isWide ? `#files/${shown}` : "#files";
  }

  /** Shows the text of a file, or the list alone. */
  choose(id) {
    this.#chosen = id && this.queue.result(id) ? id : null;
    this.detail.show(this.#chosen);
    this.#draw();
  }

  #draw() {
    const { results } = this.queue;
    const done = this.#done;
    const section = byID("files");
    section.classList.toggle("is-empty", results.length === 0);
    section.classList.toggle("shows-detail", this.#chosen !== null);
    byID("list-head").hidden = results.length === 0;
    byID("all-menu").disabled = done.length === 0;
    say(byID("list-title"), texts.files.count(results.length, done.length));
    const size = results.filter(({ isKept }) => isKept).reduce((sum, { size }) => sum + size, 0);
    say(byID("kept-text"), this.isStored ? texts.files.kept(size) : texts.files.keptNowhere);
    this.list.draw(this.#chosen);
    this.detail.draw();
  }

  #notice(text) {
    const notice = byID("queue-notice");
    notice.hidden = !text;
    say(notice, text ?? "");
  }

  #announce(result) {
    if (!result) return;
    if (result.state === "failed" && result.id !== this.#chosen) toast(texts.files.announceFailed(result.name));
    const { results } = this.queue;
    if (results.every(({ state }) => state === "done")) toast(texts.files.announceAll(results.length));
  }

  async delete(result) {
    const hasWorth = result.state === "done" || this.queue.isWorking(result.id);
    if (hasWorth && !await confirm(`${texts.files.remove(result.name)}?`, null, texts.actions.delete)) return;
    const { results } = this.queue;
    const index = results.indexOf(result);
    const next = results[index + 1] ?? results[index - 1];
    await this.queue.delete(result.id);
    toast(texts.files.deleted(result.name));
    if (this.#chosen !== result.id) return;
    location.hash = next && matchMedia("(min-width: 56rem)").matches ? `#files/${next.id}` : "#files";
  }

  async #again(result) {
    const { transcribeAgain } = texts.actions;
    if (result.isEdited && !await confirm(`${transcribeAgain}?`, texts.detail.sureAgain, transcribeAgain)) return;
    this.queue.again(result.id, this.options.chosen);
  }

  async #deleteAll() {
    const count = this.queue.results.length;
    if (!await confirm(`${texts.files.deleteAll}?`, texts.files.count(count, count), texts.actions.delete)) return;
    location.hash = "#files";
    for (const { id } of this.queue.results) await this.queue.delete(id);
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
