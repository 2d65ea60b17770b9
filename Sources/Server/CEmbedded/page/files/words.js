// Counting words in any script.

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
const counts = new WeakMap();

/** The number of words of segments; counted once for each list of segments. */
export function words(segments) {
  if (!counts.has(segments)) {
    let count = 0;
    for (const { text } of segments) for (const { isWordLike } of segmenter.segment(text)) count += isWordLike ? 1 : 0;
    counts.set(segments, count);
  }
  return counts.get(segments);
}
