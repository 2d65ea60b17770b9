// What can be done with a file. The buttons stay the same while its state changes, so the focus stays on them.

import { texts } from "../texts.js";
import { copy } from "../shared/clipboard.js";
import { button, make, say } from "../shared/dom.js";
import { attachMenu } from "../shared/menu.js";
import { save } from "./saving.js";
import { formats, plainText } from "./subtitles.js";

export class Toolbar {
  /** @param on `edit()`, `restore()`, `again(result)`, `keepFormer()` and `delete(result)` */
  constructor(result, on) {
    const again = () => on.again(result);
    this.copy = button(texts.actions.copy, "copy", () => copy(plainText(result)));
    this.save = button(texts.actions.save, "save", null);
    this.edit = button(texts.actions.edit, "edit", on.edit);
    this.restore = button(texts.detail.restore, "undo", on.restore, { class: "plain" });
    this.tryAgain = button(texts.actions.again, "again", again, { class: "primary" });
    this.again = button(texts.actions.transcribeAgain, "again", again, { class: "plain", title: texts.detail.transcribeAgain });
    this.keepFormer = button(texts.detail.keepFormer, "undo", on.keepFormer);
    this.delete = button(texts.actions.delete, "delete", () => on.delete(result), { class: "plain" });
    this.saving = make("div", { class: "menu-anchor" }, this.save);
    attachMenu(this.save, () => Object.keys(formats).map((format) => [
      `${texts.detail.formats[format]} (.${format})`, () => save(result, format),
    ]));
    this.node = make("div", { class: "toolbar" },
      this.copy, this.saving, this.edit, this.restore, this.tryAgain, this.again, this.keepFormer, this.delete);
  }

  draw({ state, segments, isEdited }, isEditing) {
    const [isDone, hasText] = [state === "done", Boolean(segments)];
    const uses = [
      [this.copy, hasText], [this.saving, hasText], [this.edit, isDone && segments?.length > 0],
      [this.restore, isDone && isEdited],
      [this.tryAgain, state === "failed"], [this.again, isDone], [this.keepFormer, hasText && !isDone],
    ];
    for (const [node, isOfUse] of uses) node.hidden = !isOfUse;
    this.edit.setAttribute("aria-pressed", `${isEditing}`);
    say(this.edit.lastChild, isEditing ? texts.actions.editDone : texts.actions.edit);
  }
}
