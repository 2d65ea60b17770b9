// Recordings whose text is not complete. They are stored, so that closing the page loses none.

import * as store from "../shared/store.js";
import { isOpen, newID, tab } from "../shared/tab.js";

/** Stores a recording and the options it was made with; resolves to its id in the store, or `null` if there is no room. */
export async function keepDraft(file, options) {
  const draft = { id: newID(), kind: "draft", name: file.name, added: Date.now(), tab, options };
  return await store.keep(file, draft) ? draft.id : null;
}

export const dropDraft = (id) => store.remove(id);

/**
 * Passes on what was left by tabs that were closed, the oldest first. One tab at a time does so, because a browser may restore
 * several at once.
 *
 * @param rescue gets a recording, its id in the store and its options, and resolves when it is no draft any more
 */
export async function takeUpDrafts(rescue) {
  const takeUp = async () => {
    for (const { id, file, options } of await abandonedDrafts()) await rescue(file, id, options);
  };
  await (navigator.locks ? navigator.locks.request("asr2clip-drafts", takeUp) : takeUp());
}

async function abandonedDrafts() {
  const drafts = (await store.allResults()).filter(({ kind }) => kind === "draft").sort((a, b) => a.added - b.added);
  const found = [];
  for (const { id, name, tab, options = {} } of drafts) {
    if (await isOpen(tab)) continue;
    const recording = await store.recording(id);
    if (recording) found.push({ id, file: new File([recording], name, { type: "audio/wav" }), options });
  }
  return found;
}
