// The area of models: what the server hears with, and what it could.

import { texts } from "../texts.js";
import { call } from "../shared/api.js";
import { confirm } from "../shared/confirm.js";
import { announce } from "../shared/announce.js";
import { byID, keepingFocus, say } from "../shared/dom.js";
import { models, onModels, refreshModels } from "../shared/models.js";
import { toast } from "../shared/toast.js";
import { Catalogue } from "./catalogue.js";
import { ModelRow } from "./row.js";

/** In milliseconds: how often to ask while something changes, and while nothing does. */
const [eager, calm] = [1000, 10_000];

export class ModelsArea {
  #rows = new Map();
  /** By name, as they were announced. */
  #statuses = new Map();
  #timer = 0;
  #isShown = false;

  constructor() {
    this.catalogue = new Catalogue((entry) => this.#add(entry), () => this.#draw());
    onModels(() => this.#draw());
    document.addEventListener("visibilitychange", () => this.#isShown && !document.hidden && this.#look());
    document.addEventListener("key", () => this.#isShown ? this.show() : refreshModels().catch(() => {}));
  }

  show() {
    this.#isShown = true;
    this.#look(true);
  }

  hide() {
    this.#isShown = false;
    clearTimeout(this.#timer);
  }

  async #look(asksForKey = false) {
    clearTimeout(this.#timer);
    let problem = null;
    try {
      await refreshModels(asksForKey);
      this.catalogue.load();
    } catch (error) { problem = error.message; }
    byID("models-notice").hidden = !problem;
    say(byID("models-notice"), problem ?? "");
    clearTimeout(this.#timer);
    if (!this.#isShown || document.hidden) return;
    const isBusy = models().some(({ status }) => status === "downloading" || status === "loading");
    this.#timer = setTimeout(() => this.#look(), isBusy ? eager : calm);
  }

  #draw() {
    const list = byID("model-list");
    const names = new Set(models().map(({ id }) => id));
    keepingFocus(list, () => {
      for (const [name, row] of this.#rows) if (!names.has(name)) { row.node.remove(); this.#rows.delete(name); }
    }, () => byID("model-list-title"));
    for (const model of models()) {
      if (!this.#rows.has(model.id)) {
        this.#rows.set(model.id, new ModelRow(model.id, {
          act: (action) => this.#act(model.id, action), stop: () => this.#stop(model.id), remove: () => this.#remove(model.id),
        }));
        list.append(this.#rows.get(model.id).node);
      }
      this.#rows.get(model.id).draw(model, this.catalogue.changes);
      this.#announce(model);
    }
    this.catalogue.draw();
    const limit = texts.models.limits[this.catalogue.changes] ?? "";
    byID("changes-notice").hidden = !limit;
    say(byID("changes-notice"), limit);
  }

  #announce({ id, status }) {
    const former = this.#statuses.get(id);
    this.#statuses.set(id, status);
    if (this.#isShown && former && former !== status) announce(texts.models.announce(id, texts.models.status[status] ?? status));
  }

  /** `pull`, `load` or `unload`. */
  async #act(name, action) {
    await this.#attempt(this.#rows.get(name), () => call("POST", pathOf(name), { action }));
  }

  /** Deletes what has come of a download, and so ends it. */
  async #stop(name) {
    await this.#attempt(this.#rows.get(name), () => call("DELETE", pathOf(name)));
  }

  async #remove(name) {
    if (!await confirm(texts.models.sure(name), texts.models.sureHint, texts.models.remove)) return;
    await this.#attempt(this.#rows.get(name), async () => {
      await call("DELETE", pathOf(name));
      toast(texts.models.removed(name));
    });
  }

  async #add(row) {
    await this.#attempt(row, async () => {
      await call("POST", pathOf(row.name), { action: "add" });
      toast(texts.models.added(row.name));
      await this.catalogue.load(true);
    });
  }

  /** If the server refuses, its reason stands in the row until the next attempt. */
  async #attempt(row, work) {
    row.complain(null);
    row.setBusy(true);
    try { await work(); } catch (error) { row.complain(error.message); }
    row.setBusy(false);
    await this.#look();
  }

  press(key) {
    if (key !== "/" || byID("catalogue").hidden) return false;
    byID("catalogue-words").focus();
    return true;
  }
}

/** A name may have slashes, which stay. */
const pathOf = (name) => `v1/models/${name.split("/").map(encodeURIComponent).join("/")}`;
