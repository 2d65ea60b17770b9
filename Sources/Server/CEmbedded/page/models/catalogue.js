// Models that can be added.

import { texts } from "../texts.js";
import { call } from "../shared/api.js";
import { button, byID, make, say } from "../shared/dom.js";
import { bytes, languageName } from "../shared/format.js";
import { models } from "../shared/models.js";
import { facts } from "./row.js";

export class Catalogue {
  #entries = null;
  #recommendations = [];
  #rows = new Map();
  #add;

  /** @param add is called with the row of a model */
  constructor(add) {
    this.#add = add;
    byID("catalogue-words").addEventListener("input", () => this.draw());
    byID("catalogue-language").addEventListener("change", () => this.draw());
  }

  /** Asks the server, once. One without a catalogue has no such part of the page. */
  async load(again = false) {
    if (this.#entries && !again) return;
    try {
      const { data, recommendations = [] } = await call("GET", "v1/catalogue");
      [this.#entries, this.#recommendations] = [data, recommendations];
    } catch {
      return;
    }
    byID("catalogue").hidden = false;
    this.#fillLanguages();
    this.draw();
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
    byID("catalogue-list").replaceChildren(...shown.map((entry) => {
      const row = this.#row(entry);
      row.draw(registered.has(entry.registered_as ?? entry.id), reasons.get(entry.id));
      return row.node;
    }));
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
    this.there = make("p", { class: "model-status" }, texts.catalogue.registered);
    const size = entry.display_size_bytes;
    this.node = make("li", { class: "model" },
      make("div", { class: "model-text" },
        make("h3", { dir: "auto" }, entry.id),
        this.#recommendation,
        entry.description && make("p", { class: "model-description" }, entry.description),
        make("p", { class: "model-facts" }, facts(
          entry, size ? bytes(size) : null, texts.models.speed[entry.speed], texts.catalogue.licence(entry.licence))),
        this.#problem),
      make("div", { class: "model-actions" }, this.there, this.button));
  }

  draw(isRegistered, reason = "") {
    this.#recommendation.hidden = !reason;
    say(this.#recommendation, reason);
    this.button.hidden = isRegistered;
    this.there.hidden = !isRegistered;
  }

  complain(text) { say(this.#problem, text ?? ""); }
  setBusy(isBusy) { this.button.disabled = isBusy; }
}

function searched({ id, type, languages, description }) {
  return [id, type, ...languages, ...languages.map(languageName), description].join(" ").toLowerCase();
}
