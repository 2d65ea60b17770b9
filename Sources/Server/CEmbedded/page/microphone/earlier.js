// What was dictated before.

import { texts } from "../texts.js";
import { copy } from "../shared/clipboard.js";
import { byID, focus, iconButton, make } from "../shared/dom.js";
import * as store from "../shared/store.js";
import { newID } from "../shared/tab.js";
import { toast } from "../shared/toast.js";

export class Earlier {
  #rows = new Map();

  constructor() {
    this.draw();
    store.onChange(() => this.draw());
  }

  /** Stores the text of a dictation. */
  async keep(text, added) {
    await store.put({ id: newID(), kind: "dictation", added, text, state: "done" }).catch(() => toast(texts.microphone.full));
    await this.draw();
  }

  async draw() {
    const dictations = (await store.allResults()).filter(({ kind }) => kind === "dictation").sort((a, b) => b.added - a.added);
    byID("earlier").hidden = dictations.length === 0;
    const ids = new Set(dictations.map(({ id }) => id));
    for (const [id, node] of this.#rows) if (!ids.has(id)) { node.remove(); this.#rows.delete(id); }
    // A new one comes first; the others stay where they are, and the focus with them.
    for (const dictation of dictations.reverse()) {
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
        iconButton(texts.files.remove(time), "delete", () => this.#delete(id, node))));
    return node;
  }

  async #delete(id, node) {
    const next = node.nextElementSibling ?? node.previousElementSibling;
    await store.remove(id);
    await this.draw();
    focus(next?.querySelector("button:last-child") ?? byID("record"));
  }
}
