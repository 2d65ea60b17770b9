// The choices for recordings and for live speech. Fields that the chosen model has no use for are not shown.

import { texts } from "../texts.js";
import { field, make, select } from "./dom.js";
import { can, modelNamed, models, onModels } from "./models.js";
import { remember, remembered } from "./settings.js";

/** What is chosen: `{model, language, task, words, lines, delay}`; empty values mean the server's own choice. */
export class Options {
  #name;
  #fields;
  #summary;
  #has;

  /** @param has which of `task`, `words`, `lines` and `delay` there are */
  constructor(name, fields, summary, has) {
    Object.assign(this, { values: stored(name) });
    [this.#name, this.#fields, this.#summary, this.#has] = [name, fields, summary, has];
    onModels(() => this.#draw());
  }

  /** The choices that the model takes, for a request. All of them, as long as the server has not told its models. */
  get chosen() {
    const { model = "", language = "", task = "", lines = "", delay = "" } = this.values;
    const words = (this.values.words ?? "").split(/[,\n]/).map((word) => word.trim()).filter(Boolean);
    if (models().length === 0) return { model, language, task, words, lines, delay };
    return {
      model: this.#model ? model : "",
      language: this.#languages.includes(language) ? language : "",
      task: this.#has.includes("task") && can(this.#model ?? this.#standard, "translation") ? task : "",
      words: this.#takesWords ? words : [],
      lines: this.#has.includes("lines") ? lines : "",
      delay: this.#has.includes("delay") ? delay : "",
    };
  }

  get #standard() { return models().find((model) => model.default) ?? (models().length === 1 ? models()[0] : undefined); }
  get #model() { return modelNamed(this.values.model); }
  get #languages() { return (this.#model ?? this.#standard)?.languages ?? []; }
  get #takesWords() { return this.#has.includes("words") && can(this.#model ?? this.#standard, "hints"); }

  #set(name, value) {
    this.values[name] = value;
    remember(`options-${this.#name}`, JSON.stringify(this.values));
    if (name === "model") this.#draw();
    else this.#sum();
  }

  #draw() {
    const { values } = this;
    const focused = this.#fields.contains(document.activeElement) ? document.activeElement.name : null;
    const [model, languages] = [this.#model ?? this.#standard, this.#languages];
    this.#fields.replaceChildren(...[
      this.#choice("model", [["", texts.options.standardModel], ...models().map(({ id }) => [id, id])]),
      languages.length > 1 && this.#choice("language", [["", texts.options.detected], ...byName(languages)]),
      this.#has.includes("task") && can(model, "translation") &&
        this.#choice("task", [["", texts.options.transcript], ["translation", texts.options.translation]]),
      this.#takesWords && field(texts.options.words, make("input", {
        type: "text", name: "words", value: values.words ?? "", placeholder: texts.options.wordsHint, autocomplete: "off",
        onchange: ({ target }) => this.#set("words", target.value),
      })),
      this.#has.includes("lines") &&
        this.#choice("lines", [["", texts.options.linesReadable], ["pauses", texts.options.linesPauses]]),
      this.#has.includes("delay") && this.#choice("delay", Object.entries(texts.options.delays), "low"),
    ].filter(Boolean));
    if (focused) this.#fields.querySelector(`[name=${focused}]`)?.focus();
    this.#sum();
  }

  #choice(name, choices, standard = "") {
    const value = this.values[name] ?? standard;
    return field(texts.options[name], select(choices, value, (chosen) => this.#set(name, chosen), { name }));
  }

  /** Says beside the closed options what is chosen. */
  #sum() {
    const { model, language, task, words } = this.chosen;
    this.#summary.textContent = [
      model || this.#standard?.id || texts.options.standardModel,
      language && texts.options.languageName(language), task && texts.options.translation, words.join(", "),
    ].filter(Boolean).join(" · ");
  }
}

/** Pairs of code and name, in the order of the names. */
const byName = (codes) => codes
  .map((code) => [code, texts.options.languageName(code)])
  .sort(([, first], [, second]) => first.localeCompare(second));

function stored(name) {
  try { return JSON.parse(remembered(`options-${name}`)) ?? {}; } catch { return {}; }
}
