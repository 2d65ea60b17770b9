// Edits of a text, sentence by sentence, so that two tabs do not undo each other's. Pure functions.

import { plainText } from "./subtitles.js";

/** The fields that a new text of a sentence changes; `null` if the sentence is that of another transcript. */
export function edit(result, { transcript, index, text }) {
  if (result.transcript !== transcript || !result.segments?.[index]) return null;
  const original = result.original ?? result.segments;
  const segments = result.segments.map((segment, at) => at === index ? { ...segment, text } : segment);
  const isEdited = segments.some((segment, at) => segment.text !== original[at].text);
  return { ...textOf(segments), isEdited, original: isEdited ? original : null, edited: Date.now() };
}

/** The fields that bring the original back. */
export function restore({ original }) {
  return original && { ...textOf(original), isEdited: false, original: null, edited: Date.now() };
}

/** The fields of a new text. One that was edited after the new one was asked for stays, for that would be lost. */
export function replace(result, transcript, reasonToKeep) {
  if (result.segments && result.edited > result.asked) return { state: "done", error: reasonToKeep };
  return { ...transcript, state: "done", error: null, isEdited: false, original: null, edited: null };
}

const textOf = (segments) => ({ segments, text: plainText({ segments }) });
