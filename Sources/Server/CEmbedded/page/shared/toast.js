// Short messages at the edge of the page, which screen readers read out.

import { byID, make } from "./dom.js";

const shown = 4000;
const shownWithAction = 8000;

/** Shows a message for some seconds; `action` is a text and what a click on it does. */
export function toast(text, action) {
  const node = make("div", { class: "toast" }, make("span", {}, text),
    action && make("button", { class: "plain", type: "button", onclick: () => { node.remove(); action.run(); } }, action.text));
  byID("toasts").append(node);
  setTimeout(() => node.remove(), action ? shownWithAction : shown);
}
