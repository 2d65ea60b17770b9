// Segments → text, subtitles and JSON. Pure functions: what is exported is what was edited.

/** What people can save, by the end of the file's name. */
export const formats = {
  txt: { type: "text/plain", render: (result) => paragraphs(result.segments).join("\n\n") + "\n" },
  srt: { type: "application/x-subrip", render: (result) => srt(cues(result.segments)) },
  vtt: { type: "text/vtt", render: (result) => vtt(cues(result.segments)) },
  json: { type: "application/json", render: json },
};

/** The length of a line in characters, and the lines of a cue. */
const [lineLength, mostLines] = [42, 2];
/** In seconds: a pause after which a new paragraph begins. */
const paragraphPause = 2;

/** Scripts without spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese. */
const scripts = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"].map((name) => `\\p{Script=${name}}`);
const unspaced = new RegExp(`[${scripts.join("")}\\u3000-\\u303f\\uff00-\\uff65]`, "u");

/** Two texts one after the other, with a space if their script uses spaces. */
export function join(first, second) {
  if (!first || !second) return first + second;
  return unspaced.test(first.at(-1)) && unspaced.test(second[0]) ? first + second : `${first} ${second}`;
}

/** Segments with their text on one line; those without text are left out. */
const spoken = (segments) => segments
  .map((segment) => ({ ...segment, text: segment.text.replace(/\s+/g, " ").trim() }))
  .filter(({ text }) => text);

/** The text, with a new paragraph after each long pause. */
export function paragraphs(segments) {
  const texts = [];
  let end = -Infinity;
  for (const segment of spoken(segments)) {
    if (segment.start - end > paragraphPause || !texts.length) texts.push(segment.text);
    else texts.push(join(texts.pop(), segment.text));
    end = segment.end;
  }
  return texts;
}

/** The text as one line for each paragraph. */
export const plainText = (result) => paragraphs(result.segments).join("\n\n");

const words = new Intl.Segmenter(undefined, { granularity: "word" });

/** Lines of at most `lineLength` characters, as even as they can be; a longer word has a line of its own. */
function lines(text) {
  const parts = unspaced.test(text) ? [...words.segment(text)].map(({ segment }) => segment) : text.split(/(?<= )/);
  const count = Math.ceil(text.length / lineLength);
  const aim = Math.min(lineLength, Math.ceil(text.length / count) + 6);
  const lines = [];
  let line = "";
  for (const part of parts) {
    if (line && (line + part).trimEnd().length > aim) { lines.push(line.trim()); line = ""; }
    line += part;
  }
  return [...lines, line.trim()].filter(Boolean);
}

/** Cues of at most two lines. A long segment becomes several, each with its share of the time. */
export function cues(segments) {
  return spoken(segments).flatMap(({ start, end, text }) => {
    const all = lines(text);
    const groups = [];
    for (let at = 0; at < all.length; at += mostLines) groups.push(all.slice(at, at + mostLines));
    const total = all.join("").length;
    let before = 0;
    return groups.map((group) => {
      const from = start + (end - start) * before / total;
      before += group.join("").length;
      return { start: from, end: start + (end - start) * before / total, lines: group };
    });
  });
}

function time(seconds, mark) {
  const whole = Math.round(seconds * 1000);
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  return `${two(whole / 3_600_000)}:${two(whole / 60_000 % 60)}:${two(whole / 1000 % 60)}${mark}${String(whole % 1000).padStart(3, "0")}`;
}

export const srt = (cues) => cues.map(({ start, end, lines }, index) =>
  `${index + 1}\n${time(start, ",")} --> ${time(end, ",")}\n${lines.join("\n").replaceAll("-->", "->")}\n`).join("\n");

/** In WebVTT, `&` and `<` begin escapes and tags. */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export const vtt = (cues) => "WEBVTT\n\n" + cues.map(({ start, end, lines }) =>
  `${time(start, ".")} --> ${time(end, ".")}\n${escaped(lines.join("\n"))}\n`).join("\n");

function json(result) {
  const { name, model, language, duration } = result;
  const segments = spoken(result.segments).map(({ start, end, text }, id) => ({ id, start, end, text }));
  return JSON.stringify({ file: name, model: model || null, language, duration, text: plainText(result), segments }, null, 2) + "\n";
}
