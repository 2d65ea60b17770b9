// A question before something is lost.

import { texts } from "../texts.js";
import { make } from "./dom.js";

/** Asks; resolves to whether the answer was yes. */
export function confirm(question, hint, yes) {
  return new Promise((resolve) => {
    const answer = () => { dialog.remove(); resolve(dialog.returnValue === "yes"); };
    const dialog = make("dialog", { class: "dialog", "aria-labelledby": "confirm-title", onclose: answer },
      make("h2", { id: "confirm-title" }, question),
      hint && make("p", {}, hint),
      make("div", { class: "dialog-actions" },
        make("button", { type: "button", autofocus: true, onclick: () => dialog.close("") }, texts.actions.cancel),
        make("button", { type: "button", class: "primary danger", onclick: () => dialog.close("yes") }, yes)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
