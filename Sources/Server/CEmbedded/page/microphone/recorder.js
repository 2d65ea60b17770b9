// The microphone as blocks of samples.

import { texts } from "../texts.js";
import { Refusal } from "../shared/api.js";

/** What the server's models hear; a browser that cannot convert to it gives its own rate. */
const wantedRate = 16_000;

/** Records until `stop`. */
export class Recorder {
  /** Samples a second. */
  rate = wantedRate;
  #stream;
  #context;
  #node;

  /**
   * Opens the microphone; throws the browser's `DOMException`, or a `Refusal` if the server does not give the worklet.
   *
   * @param onBlock gets the samples (an `Int16Array`) and the level (root mean square, 0 to 1)
   * @param onEnd is called if the microphone is taken away
   */
  async start(onBlock, onEnd) {
    // What browsers do to a voice for calls is switched off, but for the loudness.
    const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true };
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio });
    for (const track of this.#stream.getTracks()) track.onended = onEnd;
    try {
      const source = await this.#connect({ sampleRate: wantedRate }).catch((error) => {
        if (error instanceof Refusal) throw error;
        this.#closeContext();
        return this.#connect({});
      });
      this.rate = this.#context.sampleRate;
      this.#node.port.onmessage = ({ data }) => data && onBlock(data.samples, data.level);
      source.connect(this.#node);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  async #connect(options) {
    this.#context = new AudioContext(options);
    await this.#context.audioWorklet.addModule(new URL("worklet.js", import.meta.url)).catch(() => {
      throw new Refusal("unreachable", texts.server.notReached);
    });
    await this.#context.resume();
    this.#node = new AudioWorkletNode(this.#context, "recorder", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    return this.#context.createMediaStreamSource(this.#stream);
  }

  /** Resolves when the last block has been given. */
  async stop() {
    if (this.#node && this.#context?.state === "running") {
      const last = new Promise((resolve) => {
        this.#node.port.addEventListener("message", ({ data }) => data || resolve());
      });
      this.#node.port.postMessage("end");
      await Promise.race([last, new Promise((resolve) => setTimeout(resolve, 1000))]);
    }
    this.#release();
  }

  #release() {
    for (const track of this.#stream.getTracks()) { track.onended = null; track.stop(); }
    this.#closeContext();
  }

  #closeContext() {
    this.#context?.close();
    this.#context = null;
  }
}
