// Requests to the server. The page uses the public API and nothing else.

import { texts } from "../texts.js";
import { remember, remembered } from "./settings.js";

/** Where the API is: beside this page, also if a proxy serves it below a path. */
export const address = (path) => new URL(path, document.baseURI);

/** An answer that is no success. `kind` says what to do about it. */
export class Refusal extends Error {
  /**
   * @param kind `unreachable`: wait until the server is back. `busy`: try again after `wait` seconds. `broken`: something behind
   *   the server or a proxy failed; try again a few times. `key`: ask for a key. `refused`: the same request will fail again.
   */
  constructor(kind, message, { status = 0, code = null, wait = 0 } = {}) {
    super(message);
    Object.assign(this, { kind, status, code, wait });
  }

  /** What an error response of the server says. `header` gives a header of the response by name. */
  static of(status, body, header) {
    const { message, code = null } = errorIn(body) ?? {};
    const details = { status, code, wait: Number(header("Retry-After")) || 2 };
    return new Refusal(kindOf(status, header), message ?? texts.server.noAnswer(status), details);
  }
}

function kindOf(status, header) {
  if (status === 0) return "unreachable";
  if (status === 401) return "key";
  if (![429, 502, 503, 504].includes(status) || header("x-should-retry") === "false") return "refused";
  return [502, 504].includes(status) && !header("Retry-After") ? "broken" : "busy";
}

/** The server wants a key, and none was entered. */
export class KeyMissing extends Refusal {
  constructor() { super("key", texts.key.needed, { status: 401 }); }
}

function errorIn(body) {
  try { return JSON.parse(body).error; } catch { return null; }
}

/** The key of this tab; the browser forgets it with the tab. */
export const key = {
  get value() { return remembered("key", "sessionStorage") ?? ""; },
  set value(text) { remember("key", text, "sessionStorage"); },
  get headers() { return this.value ? { Authorization: `Bearer ${this.value}` } : {}; },
};

/** Sends a request and gives the JSON of its answer; throws `Refusal`. If the server has keys, asks for one first. */
export async function call(method, path, body, { asks = true } = {}) {
  for (;;) {
    try {
      return await send(method, path, body);
    } catch (refusal) {
      if (refusal.kind !== "key" || !await wantsKey()) throw refusal;
      if (!asks) throw new KeyMissing();
      await askForKey();
    }
  }
}

async function send(method, path, body) {
  const headers = { ...key.headers, ...(body ? { "Content-Type": "application/json" } : {}) };
  let response, text;
  try {
    response = await fetch(address(path), { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
    text = await response.text();
  } catch {
    throw new Refusal("unreachable", texts.server.notReached);
  }
  if (!response.ok) throw Refusal.of(response.status, text, (name) => response.headers.get(name));
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("refused", texts.server.noAnswer(response.status));
  }
}

/** Whether a 401 means that the server has keys. A server without keys refuses some requests in this way, too. */
async function wantsKey() {
  try { await send("GET", "v1/models"); } catch (refusal) { return refusal.kind === "key"; }
  return false;
}

/** Resolves when a key was entered that the server accepts, and throws if none was; requests share one question. */
export function askForKey() {
  question ??= asker().finally(() => { question = null; });
  return question;
}
let question = null;
let asker = async () => {};
/** Says how a key is asked for. */
export function askForKeyWith(ask) { asker = ask; }

/** Whether the server accepts the key of this tab; throws `Refusal` if it cannot be asked. */
export async function isKeyRight() {
  try { await send("GET", "v1/models"); } catch (refusal) {
    if (refusal.kind === "key") return false;
    throw refusal;
  }
  return true;
}
