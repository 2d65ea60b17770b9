// Segments → sentences. A model without times for its words gives long segments; their sentences get a share of the time.

const segmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** Segments shorter than this, in seconds, stay as they are. */
const longEnough = 8;

/** Splits long segments at the ends of sentences. The time of a sentence that is not the first one is an estimate. */
export function sentences(segments) {
  return segments.flatMap((segment) => {
    const { start, end, text } = segment;
    const parts = [...segmenter.segment(text)];
    if (parts.length < 2 || end - start < longEnough) return [segment];
    const at = (index) => Math.round(1000 * (start + (end - start) * index / text.length)) / 1000;
    return parts.map(({ segment, index }) => ({
      start: at(index), end: at(index + segment.length), text: segment.trim(), ...(index > 0 && { isEstimated: true }),
    })).filter(({ text }) => text);
  });
}
