// Copying, also on pages without https, where browsers have no clipboard for pages.

import { texts } from "../texts.js";
import { make } from "./dom.js";
import { toast } from "./toast.js";

/** Copies a text and says whether it worked. */
export async function copy(text) {
  const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false) || copyBySelection(text);
  toast(copied ? texts.actions.copied : texts.actions.copyFailed);
  return copied;
}

function copyBySelection(text) {
  const focused = document.activeElement;
  const area = make("textarea", { class: "for-screen-readers", value: text, "aria-hidden": "true" });
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}
