// One request: a recording goes up, its text comes back while it is heard.

import { texts } from "../texts.js";
import { address, key, Refusal } from "../shared/api.js";
import { EventStream } from "../shared/sse.js";
import { sentences } from "./splitting.js";

/**
 * Sends a recording; resolves to `{text, segments, duration, language, ignored}` and throws `Refusal`.
 *
 * @param options see options.js
 * @param on `uploaded(bytes)`, `heard(seconds)` and `delta(text)` are called as the work goes on. `length()` resolves to the length
 *   of the recording in seconds, or `null`; it is called if the server does not tell it.
 * @param signal ends the request
 */
export function transcribe(recording, name, options, on, signal) {
  const request = new XMLHttpRequest();  // `fetch` does not tell how much of a body has been sent.
  const isTranslation = options.task === "translation";
  request.open("POST", address(isTranslation ? "v1/audio/translations" : "v1/audio/transcriptions"));
  for (const [name, value] of Object.entries(key.headers)) request.setRequestHeader(name, value);
  request.setRequestHeader("x-asr-progress", "true");
  request.upload.onprogress = ({ loaded }) => on.uploaded(loaded);
  request.upload.onload = () => on.uploaded(recording.size);
  signal.addEventListener("abort", () => request.abort());

  return new Promise((resolve, reject) => {
    const answer = new Answer(request, on);
    const finish = () => (isTranslation ? answer.whole() : answer.streamed()).then(resolve, reject);
    request.onprogress = () => isTranslation || answer.read();
    request.onload = finish;
    request.onerror = finish;
    request.onabort = () => reject(signal.reason ?? new DOMException("", "AbortError"));
    request.send(form(recording, name, options, isTranslation));
  });
}

function form(recording, name, options, isTranslation) {
  const form = new FormData();
  if (options.model) form.append("model", options.model);
  if (options.language && !isTranslation) form.append("language", options.language);
  for (const word of options.words ?? []) form.append("keywords[]", word);
  if (options.lines === "pauses") form.append("chunking_strategy", "auto");
  form.append("response_format", "verbose_json");
  if (!isTranslation) form.append("stream", "true");
  form.append("file", recording, name);
  return form;
}

/** What passes by itself, by the codes of errors. */
const statuses = {
  queue_full: 429, upstream_failed: 502, upstream_timeout: 504,
  shutting_down: 503, model_not_ready: 503, server_overloaded: 503, upstream_unavailable: 503, storage_unavailable: 503,
};

/** The answer while it arrives. */
class Answer {
  #request;
  #on;
  #events = new EventStream();
  #length = 0;
  #done = null;
  #error = null;

  constructor(request, on) {
    this.#request = request;
    this.#on = on;
  }

  /** Takes what has arrived since the last call. */
  read() {
    if (this.#request.status !== 200) return;
    const text = this.#request.responseText;
    const events = this.#events.receive(text.slice(this.#length));
    this.#length = text.length;
    for (const { data, comment } of events) {
      const heard = /^heard ([\d.]+)$/.exec(comment);
      if (heard) this.#on.heard(Number(heard[1]));
      if (data && data !== "[DONE]") this.#take(JSON.parse(data));
    }
  }

  #take(event) {
    if (event.error) this.#error = event.error;
    else if (event.type === "transcript.text.delta") this.#on.delta(event.delta);
    else if (event.type === "transcript.text.done") this.#done = event;
  }

  async streamed() {
    this.#check();
    this.read();
    if (this.#error) throw Refusal.of(this.#statusOfError(), JSON.stringify({ error: this.#error }), () => null);
    if (!this.#done) throw new Refusal("unreachable", texts.server.brokeOff);
    return this.#transcript(this.#done);
  }

  async whole() {
    this.#check();
    try {
      return await this.#transcript(JSON.parse(this.#request.responseText));
    } catch {
      throw new Refusal("unreachable", texts.server.brokeOff);
    }
  }

  #check() {
    const { status, responseText } = this.#request;
    if (status === 0) throw new Refusal("unreachable", texts.server.brokeOff);
    if (status !== 200) throw Refusal.of(status, responseText, (name) => this.#request.getResponseHeader(name));
  }

  /** An error within a stream has no status of its own. */
  #statusOfError() {
    return statuses[this.#error.code] ?? 500;
  }

  async #transcript({ text, segments, duration, language }) {
    const length = duration ?? await this.#on.length();
    const ignored = this.#request.getResponseHeader("x-asr-ignored")?.split(", ") ?? [];
    // A model on another server may tell no times.
    const heard = segments?.length || !text ? segments ?? [] : [{ start: 0, end: length ?? 0, text }];
    return {
      text, duration: length, ignored, language: language === "auto" ? null : language,
      segments: sentences(heard.map(({ start, end, text }) => ({ start, end, text: text.trim() }))),
    };
  }
}
