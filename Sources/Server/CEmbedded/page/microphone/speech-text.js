// The text of a dictation as it grows, a paragraph for each turn.

import { texts } from "../texts.js";
import { announce } from "../shared/announce.js";
import { make, say } from "../shared/dom.js";

export class SpeechText {
  #node;
  #turns = new Map();

  constructor(node) {
    this.#node = node;
    this.begin();
  }

  begin() {
    this.#turns.clear();
    this.#node.replaceChildren(make("p", { class: "placeholder" }, texts.microphone.placeholder));
  }

  draw(turns) {
    const isAtEnd = this.#node.scrollHeight - this.#node.scrollTop - this.#node.clientHeight < 40;
    for (const turn of turns) {
      if (!turn.text && !turn.error && !this.#turns.has(turn.id)) continue;
      this.#node.querySelector(".placeholder")?.remove();
      const paragraph = this.#turns.get(turn.id) ?? this.#add(turn.id);
      const isNew = turn.isFinal && turn.text && !paragraph.dataset.final;
      if (isNew) { paragraph.dataset.final = "true"; announce(turn.text); }
      paragraph.classList.toggle("is-open", !turn.isFinal);
      paragraph.classList.toggle("problem", turn.error !== undefined && !turn.text);
      say(paragraph, turn.text || turn.error || "");
    }
    if (isAtEnd) this.#node.scrollTop = this.#node.scrollHeight;
  }

  #add(id) {
    const paragraph = make("p", { dir: "auto" });
    this.#turns.set(id, paragraph);
    this.#node.append(paragraph);
    return paragraph;
  }
}
