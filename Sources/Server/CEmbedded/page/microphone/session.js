// A live session: sound goes to `/v1/realtime`, the text of each turn comes back while somebody speaks.

import { texts } from "../texts.js";
import { address, call, key, Refusal } from "../shared/api.js";

const transcription = "conversation.item.input_audio_transcription.";

/** Bytes that wait to be sent, beyond which the connection counts as lost: about a minute of sound. */
const mostWaiting = 4 << 20;

/** In milliseconds: how long `finish` waits for the connection, and for each event. A model may have to be loaded first. */
const longestSilence = 120_000;

/** The id of the commit that ends the last turn. */
const lastCommit = "last-commit";

/** Tells of `text` when the text of a turn changes, and of `lost` if the session fails before `finish` has ended. */
export class Session extends EventTarget {
  /** The turns in order: `{id, text, isCommitted, isFinal}`. */
  turns = [];
  /** Why the session failed, in words; empty if the connection was lost. */
  error;
  #socket;
  #before = [];
  #isCommitted = false;
  #isFinished = false;
  #silence = 0;
  #end = new AbortController();
  /** These resolve when it is lost, too. */
  #isOpen = withResolvers();
  #allIsHeard = withResolvers();
  #lastCommit = withResolvers();

  /** @param options see options.js. @param rate of the samples. */
  constructor(options, rate) {
    super();
    this.options = options;
    this.rate = rate;
  }

  /** Connects; resolves when it is connected or lost. Sound may be sent before: it waits. */
  async open() {
    // A network that is gone does not end a request or close a WebSocket for a long time.
    document.addEventListener("server-lost", () => this.#lose(""), { signal: this.#end.signal });
    this.#connect().then(this.#isOpen.resolve, ({ kind, message }) => this.#lose(kind === "unreachable" ? "" : message));
    await this.#isOpen.promise;
  }

  async #connect() {
    const protocols = await this.#protocols();
    if (this.#end.signal.aborted) return;
    const socket = new WebSocket(this.#address, protocols);
    this.#socket = socket;
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      // Browsers do not tell pages why a WebSocket was refused.
      socket.onclose = () => reject(new Refusal("unreachable", texts.server.notReached));
    });
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ reason }) => this.#lose(reason);
    this.#send("session.update", { session: { type: "transcription", audio: { input: this.#configuration } } });
    for (const audio of this.#before.splice(0)) this.#append(audio);
  }

  get #address() {
    const url = address("v1/realtime?intent=transcription");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (this.options.model) url.searchParams.set("model", this.options.model);
    return url;
  }

  /** The address of a WebSocket may be logged and its headers cannot be set, so a client secret goes into the protocols. */
  async #protocols() {
    if (!key.value) {
      // Asks for a key if the server has some, and tells why if it refuses.
      await call("GET", "v1/models");
      if (!key.value) return ["realtime"];
    }
    const { model } = this.options;
    // Without a model, it would be for the standard model, which may be unusable.
    const session = { type: "transcription", ...(model && { audio: { input: { transcription: { model } } } }) };
    const { value } = await call("POST", "v1/realtime/client_secrets", { session });
    return ["realtime", `openai-insecure-api-key.${value}`];
  }

  get #configuration() {
    const { model, language, words, delay } = this.options;
    const transcription = {
      ...(model && { model }), ...(language && { language }), ...(delay && { delay }), ...(words.length && { keywords: words }),
    };
    return { format: { type: "audio/pcm", rate: this.rate }, transcription };
  }

  /** Sends samples. */
  append(samples) {
    const audio = base64(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    if (this.#socket?.readyState === WebSocket.OPEN) this.#append(audio);
    else this.#before.push(audio);
  }

  #append(audio) {
    this.#send("input_audio_buffer.append", { audio });
    if (this.#socket.bufferedAmount > mostWaiting) this.#lose("");
  }

  /** Ends the open turn once it is connected; resolves when the text of every turn is there, or it is lost. */
  async finish() {
    this.#expectAnswer();
    await this.#isOpen.promise;
    this.#send("input_audio_buffer.commit", { event_id: lastCommit });
    // Its answer comes once all sound before it was heard, so every turn is known by then.
    this.#send("input_audio_buffer.clear");
    this.#isCommitted = true;
    this.#expectAnswer();
    await this.#lastCommit.promise;
    this.#settle();
    await this.#allIsHeard.promise;
    this.#isFinished = true;
    this.close();
  }

  close() { this.#socket?.close(); }

  /** Counts the connection as lost if the server does not answer for too long: something between may hang. */
  #expectAnswer() {
    clearTimeout(this.#silence);
    if (this.#end.signal.aborted) return;
    this.#silence = setTimeout(() => this.#lose(texts.microphone.silentServer), longestSilence);
  }

  #send(type, fields = {}) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type, ...fields }));
  }

  #receive(event) {
    if (this.#isCommitted) this.#expectAnswer();
    switch (event.type) {
      case "input_audio_buffer.speech_started": this.#turn(event.item_id); break;
      case "input_audio_buffer.committed": this.#turn(event.item_id).isCommitted = true; break;
      case "input_audio_buffer.cleared": this.#forgetOpenTurn(); break;
      case `${transcription}delta`: this.#turn(event.item_id).text += event.delta; break;
      case `${transcription}completed`: Object.assign(this.#turn(event.item_id), { text: event.transcript, isFinal: true }); break;
      case `${transcription}failed`: Object.assign(this.#turn(event.item_id), { isFinal: true, error: event.error.message }); break;
      // The last commit may find nothing to commit. Any other error may mean that sound was not heard.
      case "error": if (event.error.event_id !== lastCommit) this.#lose(event.error.message); return;
      default: return;
    }
    this.dispatchEvent(new Event("text"));
    this.#settle();
  }

  /** A turn that had only just begun is too short to be committed, so it gets no text. */
  #forgetOpenTurn() {
    this.turns = this.turns.filter(({ isCommitted }) => isCommitted);
    this.#lastCommit.resolve();
  }

  #turn(id) {
    let turn = this.turns.find((turn) => turn.id === id);
    if (!turn) this.turns.push(turn = { id, text: "", isFinal: false });
    return turn;
  }

  #settle() {
    if (this.#isCommitted) this.#lastCommit.promise.then(() => {
      // A turn may still begin in what was cleared; it is never committed, so it gets no text.
      if (this.turns.every(({ isFinal, isCommitted }) => isFinal || !isCommitted)) this.#allIsHeard.resolve();
    });
  }

  /** The connection has ended, or is ended because it is of no more use. */
  #lose(reason) {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    clearTimeout(this.#silence);
    this.close();
    this.error = reason;
    for (const { resolve } of [this.#isOpen, this.#lastCommit, this.#allIsHeard]) resolve();
    if (!this.#isFinished) this.dispatchEvent(new Event("lost"));
  }

  /** The text so far, a line for each turn. */
  get text() { return this.turns.map(({ text }) => text.trim()).filter(Boolean).join("\n"); }
}

/** `Promise.withResolvers`, which browsers before 2024 do not have. */
function withResolvers() {
  const resolvers = {};
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
}

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x2000) text += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  return btoa(text);
}
