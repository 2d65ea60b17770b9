// In the audio thread: samples of the microphone → blocks of 16-bit samples, each with its level.

/** Of a block, in seconds. */
const blockLength = 0.06;

class Recorder extends AudioWorkletProcessor {
  #block = new Int16Array(Math.round(sampleRate * blockLength));
  #filled = 0;
  #squares = 0;
  #isEnding = false;

  constructor() {
    super();
    this.port.onmessage = () => { this.#isEnding = true; };
  }

  process([[channel]]) {
    for (const sample of channel ?? []) {
      this.#block[this.#filled] = Math.max(-1, Math.min(1, sample)) * 32767;
      this.#filled += 1;
      this.#squares += sample * sample;
      if (this.#filled === this.#block.length) this.#send();
    }
    if (!this.#isEnding) return true;
    if (this.#filled) this.#send();
    this.port.postMessage(null);
    return false;
  }

  #send() {
    const samples = this.#block.slice(0, this.#filled);
    this.port.postMessage({ samples, level: Math.sqrt(this.#squares / this.#filled) }, [samples.buffer]);
    [this.#filled, this.#squares] = [0, 0];
  }
}

registerProcessor("recorder", Recorder);
