// Asks for the server's API key, once for all requests that wait for it.

import { texts } from "../texts.js";
import { askForKey, askForKeyWith, isKeyRight, key, KeyMissing } from "./api.js";
import { byID, field, make } from "./dom.js";

/** Resolves with a key that the server accepts. If the dialog is left, a button in the head of the page opens it again. */
async function ask() {
  const input = make("input", { type: "password", autocomplete: "off", spellcheck: false, required: true });
  const problem = make("p", { class: "problem", role: "alert" });
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": "key-title" },
    make("form", {},
      make("h2", { id: "key-title" }, texts.key.title),
      make("p", {}, texts.key.lead),
      field(texts.key.field, input),
      problem,
      make("div", { class: "dialog-actions" },
        make("button", { type: "button", onclick: () => dialog.close() }, texts.actions.cancel),
        make("button", { class: "primary" }, texts.key.use))));
  const isEntered = new Promise((resolve, reject) => {
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.textContent = canBeSent(input.value) ? "" : texts.key.unsendable;
      if (problem.textContent) return;
      const former = key.value;
      key.value = input.value.trim();
      try {
        if (await isKeyRight()) { resolve(); return dialog.close(); }
        problem.textContent = texts.key.wrong;
      } catch (refusal) {
        problem.textContent = refusal.message;
      }
      key.value = former;
      input.select();
    });
    dialog.addEventListener("close", () => { dialog.remove(); reject(new KeyMissing()); });
  });
  document.body.append(dialog);
  dialog.showModal();
  byID("key-button").hidden = false;
  await isEntered;
  byID("key-button").hidden = true;
  document.dispatchEvent(new Event("key"));
}

/** Whether a header can carry a key. */
const canBeSent = (key) => !/[^\x20-\xff]/.test(key);

askForKeyWith(ask);
byID("key-button").addEventListener("click", () => askForKey().catch(() => {}));
