// Numbers as people read them.

/** The language of the texts. */
const language = () => document.documentElement.lang;
let names = null;

export const number = (value) => value.toLocaleString(language());

/** `1:02:03`, or `2:03` below an hour. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, "0")];
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** `1.4 MB`. */
export function bytes(count) {
  let [value, unit] = [count, 0];
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  while (value >= 999.5 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return `${value.toLocaleString(language(), { maximumFractionDigits: unit > 1 && value < 10 ? 1 : 0 })} ${units[unit]}`;
}

/** `German` for `de`; a code that nobody knows stays a code. */
export function languageName(code) {
  names ??= new Intl.DisplayNames([language()], { type: "language", fallback: "code" });
  try { return names.of(code); } catch { return code; }
}
