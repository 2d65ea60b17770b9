// The last words in large letters over the whole screen, for people who listen.

import { texts } from "../texts.js";
import { byID, make, say } from "../shared/dom.js";
import { remember, remembered } from "../shared/settings.js";

const sizes = [2, 2.75, 3.5, 4.5, 6];
/** The turns that fit on a screen. */
const mostShown = 6;

export class Captions {
  #size = Number(remembered("captions-size") ?? 2);
  #opener = null;

  constructor(toggle) {
    byID("captions-record").addEventListener("click", toggle);
    byID("captions-close").addEventListener("click", () => this.close());
    byID("captions-smaller").addEventListener("click", () => this.#resize(-1));
    byID("captions-larger").addEventListener("click", () => this.#resize(1));
    document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) this.close(); });
    this.#resize(0);
  }

  get isOpen() { return !byID("captions").hidden; }

  open() {
    if (this.isOpen) return;
    this.#opener = document.activeElement;
    byID("captions").hidden = false;
    document.querySelector("main").inert = true;
    document.querySelector(".frame-header").inert = true;
    byID("captions-record").focus();
    byID("captions").requestFullscreen?.().catch(() => {});
  }

  /** Returns whether it was open. */
  close() {
    if (!this.isOpen) return false;
    byID("captions").hidden = true;
    document.querySelector("main").inert = false;
    document.querySelector(".frame-header").inert = false;
    if (document.fullscreenElement) document.exitFullscreen();
    this.#opener?.focus();
    return true;
  }

  /** @param problem what went wrong, in words; empty if nothing did */
  draw(turns, isLive, problem) {
    byID("captions-problem").hidden = !problem;
    say(byID("captions-problem"), problem);
    say(byID("captions-record"), isLive ? texts.microphone.stop : texts.microphone.start);
    const shown = turns.filter(({ text }) => text).slice(-mostShown);
    const node = byID("captions-text");
    while (node.children.length > shown.length) node.lastChild.remove();
    while (node.children.length < shown.length) node.append(make("p", { dir: "auto" }));
    shown.forEach(({ text }, index) => say(node.children[index], text));
    if (shown.length === 0) node.replaceChildren(make("p", { class: "placeholder" }, texts.microphone.placeholder));
    node.scrollTop = node.scrollHeight;
  }

  #resize(by) {
    this.#size = Math.max(0, Math.min(sizes.length - 1, this.#size + by));
    remember("captions-size", this.#size);
    byID("captions").style.setProperty("--caption-size", `${sizes[this.#size]}rem`);
  }
}
