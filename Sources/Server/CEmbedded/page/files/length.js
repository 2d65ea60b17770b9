// How long a recording is, as far as the browser can tell without the server.

/** In seconds; `null` if the browser does not know the format, or the file does not say. */
export function lengthOf(recording) {
  const media = new Audio();
  const address = URL.createObjectURL(recording);
  return new Promise((resolve) => {
    media.preload = "metadata";
    media.onloadedmetadata = () => resolve(Number.isFinite(media.duration) ? media.duration : null);
    media.onerror = () => resolve(null);
    media.src = address;
  }).finally(() => URL.revokeObjectURL(address));
}
