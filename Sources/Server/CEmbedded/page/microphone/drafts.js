// Recordings whose text is not complete. They are stored, so that closing the page loses none.

import * as store from "../shared/store.js";
import { isOpen, newID, tab } from "../shared/tab.js";

/** Stores a recording; resolves to its id in the store, or `null` if there is no room. */
export async function keepDraft(file) {
  const id = newID();
  if (!await store.keep(id, file)) return null;
  try {
    await store.put({ id, kind: "draft", name: file.name, added: Date.now(), tab });
    return id;
  } catch {
    await store.remove(id);
    return null;
  }
}

export const dropDraft = (id) => store.remove(id);

/** What was left by tabs that were closed: `{id, file}`, the oldest first. */
export async function abandonedDrafts() {
  const drafts = (await store.allResults()).filter(({ kind }) => kind === "draft").sort((a, b) => a.added - b.added);
  const found = [];
  for (const { id, name, tab } of drafts) {
    if (await isOpen(tab)) continue;
    const recording = await store.recording(id);
    if (recording) found.push({ id, file: new File([recording], name, { type: "audio/wav" }) });
  }
  return found;
}
