// What was dictated before.

import { texts } from "../texts.js";
import { copy } from "../shared/clipboard.js";
import { confirm } from "../shared/confirm.js";
import { byID, focus, iconButton, make } from "../shared/dom.js";
import * as store from "../shared/store.js";
import { newID } from "../shared/tab.js";

export class Earlier {
  #rows = new Map();
  /** The dictations that are not stored, by id: there is no room, or the browser stores nothing. */
  #unstored = new Map();
  /** The ids of those that were deleted here. */
  #deleted = new Set();
  #changed;

  /** @param changed is called when `areUnstored` may have changed */
  constructor(changed) {
    this.#changed = changed;
    this.draw();
    store.onChange(() => this.#storeRest());
  }

  /** Whether a text is lost if the page is closed. */
  get areUnstored() { return this.#unstored.size > 0; }

  /** Shows the text of a dictation and stores it, as soon as there is room for it. */
  async keep(text, added) {
    const dictation = { id: newID(), kind: "dictation", added, text, state: "done" };
    this.#unstored.set(dictation.id, dictation);
    await this.#storeRest();
  }

  /** Tries to store what is not stored yet: something may have been deleted since. */
  async #storeRest() {
    for (const [id, dictation] of [...this.#unstored]) if (this.#unstored.has(id)) await this.#store(dictation);
    this.#changed();
    await this.draw();
  }

  async #store(dictation) {
    try {
      await store.put(dictation);
    } catch {
      return;
    }
    this.#unstored.delete(dictation.id);
    // It may have been deleted while the browser made room for it.
    if (this.#deleted.has(dictation.id)) await store.remove(dictation.id);
  }

  async draw() {
    const stored = (await store.allResults().catch(() => [])).filter(({ kind }) => kind === "dictation");
    const dictations = new Map([...stored.map((dictation) => [dictation.id, dictation]), ...this.#unstored]);
    byID("earlier").hidden = dictations.size === 0;
    for (const [id, node] of this.#rows) if (!dictations.has(id)) { node.remove(); this.#rows.delete(id); }
    // A new one comes first; the others stay where they are, and the focus with them.
    for (const dictation of [...dictations.values()].sort((a, b) => a.added - b.added)) {
      if (this.#rows.has(dictation.id)) continue;
      const node = this.#row(dictation);
      this.#rows.set(dictation.id, node);
      byID("earlier-list").prepend(node);
    }
  }

  #row({ id, added, text }) {
    const time = new Date(added).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    const node = make("li", {},
      make("p", { class: "earlier-time" }, time),
      make("p", { class: "earlier-text", dir: "auto" }, text),
      make("div", { class: "earlier-actions" },
        iconButton(`${texts.actions.copy}: ${time}`, "copy", () => copy(text)),
        iconButton(texts.files.remove(time), "delete", () => this.#delete(id, node, time))));
    return node;
  }

  async #delete(id, node, time) {
    if (!await confirm(`${texts.files.remove(time)}?`, null, texts.actions.delete)) return;
    const next = node.nextElementSibling ?? node.previousElementSibling;
    this.#deleted.add(id);
    this.#unstored.delete(id);
    await store.remove(id);
    await this.#storeRest();
    focus(next?.querySelector("button:last-child") ?? byID("record"));
  }
}
