// How long a recording is, as far as the browser can tell without the server.

/** In milliseconds: how long the browser may take. */
const patience = 10_000;

/** In seconds; `null` if the browser does not know the format, or the file does not say. */
export function lengthOf(recording) {
  const media = new Audio();
  const address = URL.createObjectURL(recording);
  return new Promise((resolve) => {
    media.preload = "metadata";
    media.onloadedmetadata = () => resolve(Number.isFinite(media.duration) ? media.duration : null);
    media.onerror = () => resolve(null);
    setTimeout(resolve, patience, null);
    media.src = address;
  }).finally(() => URL.revokeObjectURL(address));
}
