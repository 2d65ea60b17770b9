// Asks the server how it is, and tells whoever waits for it. If it is lost, the document gets the event `server-lost`.

import { texts } from "../texts.js";
import { address } from "./api.js";
import { byID, say } from "./dom.js";

/** In milliseconds: while all is well, and while something is awaited. */
const [calm, eager] = [10_000, 1_500];

let timer = 0;
let waiting = [];

/** `ok`, `loading`, `lost` or `unknown`. */
export let serverState = "unknown";

async function look() {
  clearTimeout(timer);
  let state = "lost";
  try {
    const response = await fetch(address("health"), { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (response.ok) state = (await response.json()).status === "ok" ? "ok" : "loading";
  } catch { /* It is lost. */ }
  show(state);
  timer = setTimeout(look, state === "ok" ? calm : eager);
}

function show(state) {
  // One missing answer may be an accident.
  if (state === "lost" && serverState === "lost") document.dispatchEvent(new Event("server-lost"));
  serverState = state;
  const node = byID("server-state");
  node.dataset.state = state;
  say(node, texts.server[state]);
  if (state === "lost") return;
  for (const resolve of waiting.splice(0)) resolve();
}

export function watchServer() {
  show("unknown");
  look();
  document.addEventListener("visibilitychange", () => document.hidden || look());
}

/** Looks at once, and resolves as soon as the server answers. */
export function serverIsBack() {
  const answer = new Promise((resolve) => waiting.push(resolve));
  look();
  return answer;
}
