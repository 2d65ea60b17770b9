// Puts the page together. The part of the address behind `#` says which area is shown, and which file.

import { texts } from "./texts.js";
import { FilesArea } from "./files/area.js";
import { Queue } from "./files/queue.js";
import { Results } from "./files/results.js";
import { listenToKeys } from "./keys.js";
import { MicrophoneArea } from "./microphone/area.js";
import { ModelsArea } from "./models/area.js";
import { byID, fillInTexts, focus } from "./shared/dom.js";
import "./shared/key-dialog.js";
import { refreshModels } from "./shared/models.js";
import { watchServer } from "./shared/server-state.js";
import * as store from "./shared/store.js";
import { showThatTabIsOpen } from "./shared/tab.js";

fillInTexts();
watchServer();
showThatTabIsOpen();
// A server that was away tells its models once it is back.
document.addEventListener("server-answers", () => refreshModels(false).catch(() => {}));
await store.open();

const results = new Results();
const queue = new Queue(results);
const files = new FilesArea(results, queue);
const microphone = new MicrophoneArea((file, id, options) => queue.rescue(file, id, options));
const models = new ModelsArea();
const areas = { files, microphone, models };

await results.load();
await queue.start();
microphone.takeUp().catch(() => {});  // If drafts cannot be read, the next visit tries again.

function show() {
  const [area, ...rest] = location.hash.slice(1).split("/");
  const shown = Object.hasOwn(areas, area) ? area : "files";
  const former = document.body.dataset.shown;
  for (const name of Object.keys(areas)) {
    byID(name).hidden = name !== shown;
    const link = document.querySelector(`[data-area=${name}]`);
    if (name === shown) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  document.body.dataset.shown = shown;
  document.title = `${texts.areas[shown]} – asr2clip`;
  files.choose(shown === "files" ? rest.join("/") : null);
  if (shown === "models") models.show(); else models.hide();
  // The link to an area takes the focus away, and so does an area that is hidden.
  const { activeElement } = document;
  if (former && former !== shown && (activeElement === document.body || byID(former).contains(activeElement))) {
    focus(byID(`${shown}-title`));
  }
}

addEventListener("hashchange", show);
show();

listenToKeys((key, event) => {
  // Captions cover the areas.
  if (microphone.captions.isOpen) return microphone.press(key, event);
  const name = { 1: "files", 2: "microphone", 3: "models" }[key];
  if (name) { location.hash = `#${name}`; return true; }
  return areas[document.body.dataset.shown].press(key, event);
});

// The areas work without: a server that wants a key, or is away, says so where something is asked of it.
refreshModels().catch(() => {});
document.body.dataset.ready = "true";
