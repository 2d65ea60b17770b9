// The text of a file, a line for each segment: a click plays it, and while it is edited, it is a field.

import { texts } from "../texts.js";
import { make } from "../shared/dom.js";
import { clock } from "../shared/format.js";

export class Sentences {
  #on;
  #segments = [];
  #lines = [];
  #current = null;
  isEditing = false;

  /** @param on `play(seconds)`, `changed({index, text, before})` and `left()`, when Escape ends editing */
  constructor(on) {
    this.#on = on;
    this.node = make("ol", { class: "sentences", role: "list", "aria-label": texts.detail.sentences });
    this.node.addEventListener("keydown", (event) => this.#press(event));
    this.node.addEventListener("click", (event) => this.#click(event));
    this.node.addEventListener("input", (event) => this.#input(event));
  }

  /** Shows the segments of a finished file. The focus stays on the sentence of the same number. */
  fill(segments) {
    const focused = this.#lines.findIndex((line) => line.contains(document.activeElement));
    this.#segments = segments;
    this.#lines = [];
    this.#current = null;
    this.node.replaceChildren();
    this.#add(segments);
    if (focused >= 0) this.#focus(Math.min(focused, this.#lines.length - 1));
  }

  /** Shows what was edited here or in another tab; the text is that which is shown. */
  update(segments) {
    this.#segments = segments;
    segments.forEach(({ text }, index) => {
      const node = this.#lines[index]?.lastChild;
      if (node && node.textContent !== text) write(node, text);
    });
  }

  /** Shows more of a text that grows: its last sentences may have become longer, and others may follow. */
  grow(segments) {
    this.update(segments);
    this.#add(segments.slice(this.#lines.length));
  }

  #add(segments) {
    const lines = segments.map(({ start, text, isEstimated }) => make("li", { class: isEstimated ? "is-estimated" : "" },
      make("button", {
        type: "button", class: "time", tabIndex: -1,
        "aria-label": isEstimated ? texts.detail.playFromAbout(start) : texts.detail.playFrom(start),
        title: isEstimated ? texts.detail.estimated : undefined,
      }, clock(start)),
      make("span", { class: "sentence", dir: "auto" }, text)));
    this.#lines.push(...lines);
    this.node.append(...lines);
    // One of the buttons can be reached with Tab, the others from it with the arrows.
    if (!this.node.querySelector("[tabindex='0']") && this.#lines[0]) this.#lines[0].firstChild.tabIndex = 0;
  }

  /** Marks the segment that is being played. */
  mark(seconds) {
    const segments = this.#segments;
    let [low, high] = [0, segments.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (segments[middle].start <= seconds) low = middle; else high = middle - 1;
    }
    const line = segments.length && segments[low].start <= seconds ? this.#lines[low] : null;
    if (line === this.#current) return;
    this.#current?.removeAttribute("aria-current");
    this.#current = line;
    if (!line) return;
    line.setAttribute("aria-current", "true");
    if (this.isEditing) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    line.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
  }

  /** Plays the segment before or after the current one. */
  step(by) {
    if (!this.#segments.length) return;
    const index = Math.max(0, Math.min(this.#lines.length - 1, this.#lines.indexOf(this.#current) + by));
    // At once, because the next press may come before the player has moved.
    this.mark(this.#segments[index].start);
    this.#play(index);
  }

  setEditing(isEditing) {
    if (isEditing === this.isEditing) return;
    const focused = this.#lines.findIndex((line) => line.contains(document.activeElement));
    this.isEditing = isEditing;
    this.node.classList.toggle("is-editing", isEditing);
    for (const line of this.#lines) {
      const text = line.lastChild;
      const attributes = { contenteditable: "plaintext-only", role: "textbox", "aria-label": texts.detail.sentence };
      for (const [name, value] of Object.entries(attributes)) {
        if (isEditing) text.setAttribute(name, value); else text.removeAttribute(name);
      }
      // Browsers before 2025 may know only the plain value.
      if (isEditing && !text.isContentEditable) text.setAttribute("contenteditable", "true");
    }
    if (isEditing) (this.#lines[focused] ?? this.#current ?? this.#lines[0])?.lastChild.focus();
    else if (focused >= 0) this.#focus(focused);
  }

  #play(index) {
    if (this.#segments[index]) this.#on.play(this.#segments[index].start);
  }

  #focus(index) {
    this.node.querySelector("button[tabindex='0']")?.setAttribute("tabindex", "-1");
    const time = this.#lines[index]?.firstChild;
    time?.setAttribute("tabindex", "0");
    time?.focus();
  }

  #click({ target }) {
    const index = this.#lines.indexOf(target.closest("li"));
    if (index < 0) return;
    const isText = target.closest(".sentence") !== null;
    if (isText && (this.isEditing || !getSelection().isCollapsed)) return;
    this.#play(index);
  }

  #input({ target }) {
    const index = this.#lines.indexOf(target.closest("li"));
    const before = this.#segments[index].text;
    const text = target.textContent;
    this.#segments = this.#segments.map((segment, at) => at === index ? { ...segment, text } : segment);
    this.#on.changed({ index, text, before });
  }

  #press(event) {
    const index = this.#lines.indexOf(event.target.closest("li"));
    if (index < 0) return;
    if (event.target.matches(".sentence")) this.#pressInText(event, index);
    else if (event.target.matches(".time")) this.#pressOnTime(event, index);
  }

  #pressInText(event, index) {
    // Other keys are the field's own, not the page's.
    event.stopPropagation();
    // Enter and Escape may be meant for an input method.
    if (event.isComposing) return;
    if (event.key === "Escape") this.#on.left();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#play(index);
    else if (event.key === "Enter") this.#lines[index + 1]?.lastChild.focus();
    else return;
    event.preventDefault();
  }

  #pressOnTime(event, index) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.#focus(Math.max(0, Math.min(this.#lines.length - 1, index + step)));
  }
}

/** Changes a text; if it is being edited, the caret stays where it was. */
function write(node, text) {
  const selection = getSelection();
  const caret = node.contains(selection.anchorNode) ? selection.anchorOffset : null;
  node.textContent = text;
  if (caret !== null && node.firstChild) selection.collapse(node.firstChild, Math.min(caret, text.length));
}
