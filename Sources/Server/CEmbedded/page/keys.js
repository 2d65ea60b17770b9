// Keys: the page's own, and the dialog that lists them.

import { texts } from "./texts.js";
import { button, byID, make } from "./shared/dom.js";
import { remember, remembered } from "./shared/settings.js";

const setting = "single-keys";
const areSingleKeysOn = () => remembered(setting) !== "off";

/** Passes keys to `press(key, event)`, which returns whether they mean anything; fields and open dialogs keep theirs. */
export function listenToKeys(press) {
  /** The keys that are down and mean something to the page. */
  const taken = new Set();
  byID("help-button").addEventListener("click", showKeys);
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog[open]") || target.closest?.("[role=menu]")) return;
    if (isField(target) && key !== "Escape") return;
    if (isControl(target, key)) return;
    if (key.length === 1 && key !== " " && !areSingleKeysOn()) return;
    const isMeant = key === "?" ? (showKeys(), true) : press(key, event);
    if (!isMeant) return;
    event.preventDefault();
    taken.add(key);
  });
  // Firefox clicks a focused button when space is released, whatever became of the press.
  addEventListener("keyup", (event) => { if (taken.delete(event.key)) event.preventDefault(); });
  addEventListener("blur", () => taken.clear());
}

/** A slider is the position in a recording, which the page's own keys change too. */
const isField = (node) => node.matches?.("input:not([type=range]), textarea, select, [contenteditable]");
/** What clicks this control. Of the buttons that record, space is the page's own key: it can be held. */
const isControl = (node, key) => ({
  Enter: node.matches?.("button, a, summary"),
  " ": node.matches?.("button:not(#record, #captions-record), summary"),
})[key] ?? false;

function showKeys() {
  const change = () => remember(setting, isOn.checked ? "on" : "off");
  const isOn = make("input", { type: "checkbox", checked: areSingleKeysOn(), onchange: change });
  const dialog = make("dialog", { class: "dialog keys", "aria-labelledby": "keys-title", onclose: () => dialog.remove() },
    make("h2", { id: "keys-title" }, texts.keys.title),
    ...texts.keys.groups.map(([title, keys]) => make("section", {},
      make("h3", {}, title),
      make("dl", {}, ...keys.flatMap(([key, text]) => [
        make("dt", {}, ...key.split(" ").map((one) => make("kbd", {}, one))), make("dd", {}, text),
      ])))),
    make("label", { class: "check" }, isOn, make("span", {}, texts.keys.single)),
    make("p", { class: "hint" }, texts.keys.singleHint),
    make("div", { class: "dialog-actions" },
      button(texts.actions.close, null, () => dialog.close(), { class: "primary", autofocus: true })));
  document.body.append(dialog);
  dialog.showModal();
}
