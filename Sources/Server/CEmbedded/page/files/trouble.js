// What may come between the queue and a text, and how long to wait then.

import { texts } from "../texts.js";
import { askForKey } from "../shared/api.js";
import { serverIsBack } from "../shared/server-state.js";

/** How often a connection may break although the server is there. */
const mostBreaks = 5;

export class Trouble {
  #breaks = new Map();
  #tell;
  #goOn;
  /** Whether the queue waits for a key that nobody has entered yet. */
  waitsForKey = false;

  /** @param tell gets what people should know, and `null` when it is over. @param goOn is called when the queue may go on. */
  constructor(tell, goOn) {
    [this.#tell, this.#goOn] = [tell, goOn];
  }

  /** A file has succeeded, or is tried anew. */
  forget(id) { this.#breaks.delete(id); }

  /** Waits until the server is there again. Returns true if it was there all the time and this file breaks nonetheless. */
  async isBrokenForGood(id, signal) {
    const timer = setTimeout(() => this.#tell("server", texts.files.waitingForServer), 300);
    const wasThere = await serverIsBack();
    clearTimeout(timer);
    this.#tell("server", null);
    const breaks = wasThere ? (this.#breaks.get(id) ?? 0) + 1 : 0;
    this.#breaks.set(id, breaks);
    if (wasThere) await this.pause(Math.min(breaks, 3), signal);
    return breaks >= mostBreaks && !signal.aborted;
  }

  /** Resolves after some seconds, or when the work is ended. */
  pause(seconds, signal) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); });
    });
  }

  async askForKey() {
    this.waitsForKey = true;
    try {
      await askForKey();
      this.resume();
    } catch {
      this.#tell("key", texts.key.needed);
    }
  }

  /** Goes on after a key was entered. */
  resume() {
    if (!this.waitsForKey) return;
    this.waitsForKey = false;
    this.#tell("key", null);
    this.#goOn();
  }
}
