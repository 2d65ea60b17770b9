// Models that can be added.

import { texts } from "../texts.js";
import { call } from "../shared/api.js";
import { button, byID, keepingFocus, make, say, setBusy } from "../shared/dom.js";
import { bytes, languageName } from "../shared/format.js";
import { models } from "../shared/models.js";
import { facts } from "./row.js";

export class Catalogue {
  #entries = null;
  #recommendations = [];
  #rows = new Map();
  #add;
  #loaded;
  /** Whether the server has answered, be it that it has no catalogue. */
  #isKnown = false;
  #loading = null;
  /** What the server lets clients change: see docs/api.md. Older servers do not say. */
  changes = "unknown";

  /** @param add is called with the row of a model. @param loaded is called when the server has answered. */
  constructor(add, loaded) {
    [this.#add, this.#loaded] = [add, loaded];
    byID("catalogue-words").addEventListener("input", () => this.draw());
    byID("catalogue-language").addEventListener("change", () => this.draw());
  }

  /** Asks the server until it has answered. If it has no catalogue, the page shows none. */
  async load(again = false) {
    if (this.#isKnown && !again) return;
    this.#loading ??= this.#load().finally(() => { this.#loading = null; });
    await this.#loading;
    this.#loaded();
  }

  async #load() {
    try {
      const { data, recommendations = [], changes = "allowed" } = await call("GET", "v1/catalogue");
      [this.#entries, this.#recommendations, this.changes] = [data, recommendations, changes];
    } catch (refusal) {
      // After another failure, the server has not said whether it has one.
      if (refusal.status !== 404) return;
      if (this.changes === "unknown") this.changes = "allowed";
    }
    this.#isKnown = true;
    byID("catalogue").hidden = this.#entries === null;
    if (this.#entries) this.#fillLanguages();
  }

  #fillLanguages() {
    const select = byID("catalogue-language");
    const chosen = select.value;
    const codes = [...new Set(this.#entries.flatMap(({ languages }) => languages))];
    const choices = codes.map((code) => [code, languageName(code)]).sort(([, a], [, b]) => a.localeCompare(b));
    select.replaceChildren(...[["", texts.catalogue.anyLanguage], ...choices].map(([value, text]) => make("option", { value }, text)));
    select.value = codes.includes(chosen) ? chosen : "";
  }

  draw() {
    if (!this.#entries) return;
    const words = byID("catalogue-words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const language = byID("catalogue-language").value;
    const fits = (entry) => (!language || entry.languages.includes(language))
      && words.every((word) => searched(entry).includes(word));
    const shown = this.#entries.filter(fits);
    say(byID("catalogue-count"), shown.length ? texts.catalogue.count(shown.length) : texts.catalogue.nothing);
    const registered = new Set(models().map(({ id }) => id));
    const reasons = this.#reasons(language);
    // What is recommended for the language comes first.
    shown.sort((a, b) => reasons.has(b.id) - reasons.has(a.id));
    this.#show(shown.map((entry) => {
      const row = this.#row(entry);
      row.draw(registered.has(entry.registered_as ?? entry.id), this.changes === "allowed", reasons.get(entry.id));
      return row.node;
    }));
  }

  /** Moves nothing if nothing has changed, so that the focus and the place on the screen stay. */
  #show(nodes) {
    const list = byID("catalogue-list");
    if (nodes.length === list.children.length && nodes.every((node, index) => node === list.children[index])) return;
    keepingFocus(list, () => list.replaceChildren(...nodes), () => byID("catalogue-words"));
  }

  /** Why to take which model for a language first; without a language, for many of them. */
  #reasons(language) {
    const fitting = this.#recommendations.filter((choice) => (choice.language ?? "") === language);
    return new Map(fitting.map(({ id, machine, reason }) => [id, texts.catalogue.recommended(machine, reason)]));
  }

  #row(entry) {
    if (!this.#rows.has(entry.id)) this.#rows.set(entry.id, new CatalogueRow(entry, this.#add));
    return this.#rows.get(entry.id);
  }
}

class CatalogueRow {
  #problem = make("p", { class: "problem", role: "alert" });
  #recommendation = make("p", { class: "model-recommendation" });

  constructor(entry, add) {
    this.name = entry.id;
    this.button = button(texts.models.add, null, () => add(this), { "aria-label": `${texts.models.add}: ${entry.id}` });
    this.heading = make("h3", { dir: "auto" }, entry.id);
    this.there = make("p", { class: "model-status" }, texts.catalogue.registered);
    const size = entry.display_size_bytes;
    this.node = make("li", { class: "model" },
      make("div", { class: "model-text" },
        this.heading,
        this.#recommendation,
        entry.description && make("p", { class: "model-description" }, entry.description),
        make("p", { class: "model-facts" }, facts(
          entry, size ? bytes(size) : null, texts.models.speed[entry.speed], texts.catalogue.licence(entry.licence))),
        this.#problem),
      make("div", { class: "model-actions" }, this.there, this.button));
  }

  draw(isRegistered, mayAdd, reason = "") {
    this.#recommendation.hidden = !reason;
    say(this.#recommendation, reason);
    keepingFocus(this.node, () => {
      this.button.hidden = isRegistered || !mayAdd;
      this.there.hidden = !isRegistered;
    }, () => this.heading);
  }

  complain(text) { say(this.#problem, text ?? ""); }
  setBusy(isBusy) { setBusy([this.button], isBusy); }
}

function searched({ id, type, languages, description }) {
  return [id, type, ...languages, ...languages.map(languageName), description].join(" ").toLowerCase();
}
