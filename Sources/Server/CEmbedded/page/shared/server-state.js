// Asks the server regularly how it is, shows the answer, and resolves the promises of `serverIsBack`. The document gets the event
// `server-lost` when two questions in a row had no answer, and `server-answers` when an answer says something else than the last.

import { texts } from "../texts.js";
import { address } from "./api.js";
import { byID, make, say } from "./dom.js";

/** In milliseconds: while all is well, and while something is awaited. */
const [calm, eager] = [10_000, 1_500];

let timer = 0;
let waiting = [];

/** `ok`, `loading`, `failed`, `lost` or `unknown`. */
export let serverState = "unknown";

/** One look at a time, so that an accident counts once. */
function look() {
  clearTimeout(timer);
  looking ??= lookOnce().finally(() => { looking = null; });
}
let looking = null;

async function lookOnce() {
  const { state, reason } = await health().catch(() => ({ state: "lost" }));
  show(state, reason);
  clearTimeout(timer);
  timer = setTimeout(look, state === "ok" ? calm : eager);
}

/** Throws if the server is lost. */
async function health() {
  const response = await ask("health");
  if (!response.ok) return { state: "lost" };
  return (await response.json()).status === "ok" ? { state: "ok" } : await readiness();
}

/** Why the default model has not been loaded yet: it may never be. */
async function readiness() {
  const response = await ask("health/ready");
  if (response.ok) return { state: "ok" };
  const { error } = await response.json().catch(() => ({}));
  if (!error || error.code === "model_not_ready") return { state: "loading" };
  return { state: "failed", reason: error.message };
}

const ask = (path) => fetch(address(path), { cache: "no-store", signal: AbortSignal.timeout(5000) });

function show(state, reason = null) {
  // One missing answer may be an accident.
  if (state === "lost" && serverState === "lost") document.dispatchEvent(new Event("server-lost"));
  if (state !== serverState && !["lost", "unknown"].includes(state)) document.dispatchEvent(new Event("server-answers"));
  serverState = state;
  const node = byID("server-state");
  node.dataset.state = state;
  say(node, texts.server[state]);
  explain(reason);
  if (state !== "lost") for (const { resolve, wasThere } of waiting.splice(0)) resolve(wasThere);
  for (const waiter of waiting) waiter.wasThere = false;
}

function explain(reason) {
  const notice = byID("server-notice");
  if (reason === null) { notice.hidden = true; return; }
  if (!notice.hidden && notice.firstChild?.textContent === reason) return;
  notice.replaceChildren(
    make("p", {}, reason), make("p", {}, texts.server.advice, " ", make("a", { href: "#models" }, texts.server.showModels)));
  notice.hidden = false;
}

export function watchServer() {
  show("unknown");
  look();
  document.addEventListener("visibilitychange", () => document.hidden || look());
}

/** Looks at once, and resolves as soon as the server answers, to whether it was there all the time. */
export function serverIsBack() {
  const answer = new Promise((resolve) => waiting.push({ resolve, wasThere: true }));
  look();
  return answer;
}
