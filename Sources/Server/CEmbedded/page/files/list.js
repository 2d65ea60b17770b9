// The list of files, with the progress of each.

import { texts } from "../texts.js";
import { icon, iconButton, make, say } from "../shared/dom.js";
import { words } from "./words.js";

/** The share of a file's work that its upload counts as. */
const uploadShare = 0.2;

export class FileList {
  #results;
  #queue;
  #list;
  #rows = new Map();
  #remove;

  constructor(results, queue, list, remove) {
    [this.#results, this.#queue, this.#list, this.#remove] = [results, queue, list, remove];
    list.addEventListener("keydown", (event) => this.#press(event));
  }

  draw(chosen) {
    const results = this.#results.all;
    const ids = new Set(results.map(({ id }) => id));
    for (const [id, row] of this.#rows) if (!ids.has(id)) { row.node.remove(); this.#rows.delete(id); }
    for (const result of results) {
      const row = this.#rows.get(result.id) ?? this.#addRow(result);
      row.draw(result, this.#queue.progress(result.id), result.id === chosen);
    }
  }

  #addRow(result) {
    const row = new Row(result, () => this.#remove(this.#results.get(result.id)));
    this.#rows.set(result.id, row);
    this.#list.append(row.node);
    return row;
  }

  /** What shows a file; `undefined` if it is not in the list. */
  link(id) { return this.#rows.get(id)?.link; }

  #press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...this.#list.querySelectorAll("a")];
    const index = links.indexOf(document.activeElement);
    if (index < 0) return;
    if (step) links[index + step]?.focus();
    else if (event.key === "Delete") this.#remove(this.#results.all[index]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

class Row {
  #icon = make("span", { class: "file-icon" });
  #state = make("span", { class: "file-state" });
  #progress = make("progress", { max: 1, "aria-hidden": "true" });
  #shownIcon = null;

  constructor({ id, name }, remove) {
    this.link = make("a", { href: `#files/${id}`, class: "file" },
      this.#icon, make("span", { class: "file-name", title: name, dir: "auto" }, name), this.#state);
    this.node = make("li", {}, this.link, iconButton(texts.files.remove(name), "close", remove), this.#progress);
  }

  draw(result, progress, isChosen) {
    this.node.dataset.state = result.state;
    if (isChosen) this.link.setAttribute("aria-current", "true"); else this.link.removeAttribute("aria-current");
    say(this.#state, stateText(result, progress));
    this.#drawIcon({ done: "done", failed: "failed", waiting: "waiting", working: "mark" }[result.state]);
    const share = shareDone(result, progress);
    this.#progress.hidden = result.state !== "working" || !progress;
    if (share === null) this.#progress.removeAttribute("value"); else this.#progress.value = share;
  }

  #drawIcon(name) {
    if (name === this.#shownIcon) return;
    this.#shownIcon = name;
    this.#icon.replaceChildren(icon(name));
  }
}

/** How far a file is, in words. */
export function stateText(result, progress) {
  switch (result.state) {
    case "waiting": return progress?.note ?? texts.state.waiting;
    case "failed": return result.error ?? texts.state.failed;
    case "done":
      if (!result.text) return texts.state.silent(result.duration);
      return [texts.state.done(result.duration, words(result.segments)), result.isEdited && texts.state.edited].filter(Boolean).join(", ");
    default:
      if (!progress) return texts.state.elsewhere;
      if (progress.sent < result.size) return texts.state.uploading(Math.floor(100 * progress.sent / Math.max(1, result.size)));
      return texts.state.hearing(progress.heard, result.length);
  }
}

/** From 0 to 1; `null` if nobody knows. */
function shareDone(result, progress) {
  if (!progress) return null;
  if (progress.sent < result.size) return uploadShare * progress.sent / Math.max(1, result.size);
  return result.length ? uploadShare + (1 - uploadShare) * Math.min(1, progress.heard / result.length) : null;
}
