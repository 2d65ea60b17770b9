// Texts as downloads.

import { make } from "../shared/dom.js";
import { formats } from "./subtitles.js";
import { zip } from "./zip.js";

/** Saves one result. */
export function save(result, format) {
  const { type, render } = formats[format];
  download(new Blob([render(result)], { type: `${type};charset=utf-8` }), nameOf(result.name, format));
}

/** Saves several results as one archive. */
export function saveAll(results, format) {
  const taken = new Set();
  const files = results.map((result) => {
    let name = nameOf(result.name, format);
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = nameOf(result.name, `${count}.${format}`);
    taken.add(name.toLowerCase());
    return [name, formats[format].render(result)];
  });
  download(zip(files), `asr2clip-${format}.zip`);
}

/** `talk.mp3` becomes `talk.srt`; characters that systems do not allow in names become dashes. */
function nameOf(name, ending) {
  const base = name.replace(/\.[^.]{1,5}$/, "").replace(/[\\/:*?"<>|\p{Cc}]/gu, "-").replace(/^\.+/, "") || "recording";
  return `${base}.${ending}`;
}

function download(content, name) {
  const link = make("a", { href: URL.createObjectURL(content), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
