// A registered model.

import { texts } from "../texts.js";
import { button, keepingFocus, make, say, setBusy } from "../shared/dom.js";
import { bytes } from "../shared/format.js";

/** The statuses in which there is something to do. */
const fitting = {
  load: ["unloaded", "failed"], pull: ["missing"], stop: ["downloading"], unload: ["loaded"],
  remove: ["loaded", "unloaded", "failed"],
};
/** What can be done, by what the server lets clients change. */
const actions = { allowed: Object.keys(fitting), key_required: ["load", "pull"] };

export class ModelRow {
  #alias = make("span", { class: "model-alias" });
  #facts = make("p", { class: "model-facts" });
  #sends = make("p", { class: "model-sends", hidden: true });
  #status = make("p", { class: "model-status" });
  #statusText = make("span");
  #progress = make("progress", { max: 1, hidden: true });
  #problem = make("p", { class: "problem", role: "alert" });

  /** @param on `act(action)`, `stop()` and `remove()` */
  constructor(name, on) {
    this.#progress.setAttribute("aria-label", name);
    this.#status.append(this.#statusText);
    this.buttons = {
      load: button(texts.models.load, null, () => on.act("load")),
      pull: button(texts.models.pull, null, () => on.act("pull")),
      stop: button(texts.models.stop, null, on.stop, { class: "plain" }),
      unload: button(texts.models.unload, null, () => on.act("unload"), { class: "plain" }),
      remove: button(texts.models.remove, null, on.remove, { class: "plain" }),
    };
    for (const [key, node] of Object.entries(this.buttons)) node.setAttribute("aria-label", `${texts.models[key]}: ${name}`);
    this.heading = make("h3", { dir: "auto" }, name, " ", this.#alias);
    this.node = make("li", { class: "model" },
      make("div", { class: "model-text" }, this.heading, this.#facts, this.#sends, this.#progress, this.#problem),
      this.#status,
      make("div", { class: "model-actions" }, ...Object.values(this.buttons)));
  }

  /** @param changes what the server lets clients change: see docs/api.md */
  draw(model, changes) {
    const { status, reason, aliases, size_bytes: size, sends_audio_to: hosts } = model;
    this.node.dataset.status = status;
    say(this.#alias, [model.default && texts.models.standard, aliases?.length && texts.models.alias(aliases)].filter(Boolean).join(", "));
    say(this.#facts, facts(model, size ? bytes(size) : null));
    this.#sends.hidden = !hosts;
    say(this.#sends, hosts ? texts.models.sends(hosts) : "");
    const progress = status === "downloading" && progressText(model);
    say(this.#statusText, [(hosts ? texts.models.upstreamStatus : texts.models.status)[status] ?? status, progress].filter(Boolean).join(", "));
    if (status === "failed") this.complain(reason ?? null);
    else if (this.#isOfStatus) this.complain(null);
    this.#isOfStatus = status === "failed";
    this.#drawProgress(model);
    // A model on another server has no files and no engine here.
    const allowed = hosts ? [] : actions[changes] ?? [];
    keepingFocus(this.node, () => {
      for (const [key, node] of Object.entries(this.buttons)) {
        node.hidden = !allowed.includes(key) || !fitting[key].includes(status) || (key === "remove" && !size);
      }
    }, () => this.heading);
  }
  /** Whether the problem that is shown is the model's own. */
  #isOfStatus = false;

  #drawProgress({ status, sends_audio_to: hosts, download_percent: percent, downloaded_bytes: done, total_bytes: total }) {
    this.#progress.hidden = hosts || status !== "downloading" && status !== "loading";
    const share = status !== "downloading" ? null : total ? done / total : percent !== undefined ? percent / 100 : null;
    if (share === null) this.#progress.removeAttribute("value"); else this.#progress.value = share;
  }

  complain(text) { say(this.#problem, text ?? ""); }

  setBusy(isBusy) { setBusy(Object.values(this.buttons), isBusy); }
}

function progressText({ downloaded_bytes: done, total_bytes: total, download_percent: percent }) {
  if (done) return texts.models.progress(done, total);
  return percent === undefined ? null : texts.models.percent(percent);
}

/** Kind, languages, size, and what it can do. */
export function facts({ type, languages, capabilities = [] }, ...others) {
  const abilities = capabilities.map((name) => texts.models.capabilities[name]);
  return [type.replaceAll("_", " "), texts.models.languages(languages), ...others, ...abilities].filter(Boolean).join(" · ");
}
