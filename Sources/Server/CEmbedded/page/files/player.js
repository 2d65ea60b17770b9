// Plays a recording, with a picture if it has one.

import { texts } from "../texts.js";
import { icon, make, say } from "../shared/dom.js";
import { clock } from "../shared/format.js";

const speeds = [1, 1.25, 1.5, 2, 0.75];

export class Player {
  #media = make("video", { preload: "metadata", playsInline: true, "aria-label": texts.detail.video });
  #toggle = make("button", { type: "button", class: "play", onclick: () => this.toggle() });
  #position = make("input", { type: "range", min: 0, max: 0, step: 0.1, value: 0, "aria-label": texts.detail.position });
  #time = make("span", { class: "time" });
  #speed = make("button", { type: "button", class: "plain speed" });
  #hint = make("p", { class: "player-hint" });
  #address = null;
  /** Where to begin once the recording can be played. */
  #wanted = null;

  /** @param onTime is called with the position in seconds while it plays */
  constructor(onTime) {
    const media = this.#media;
    this.picture = make("div", { class: "picture", hidden: true }, media);
    this.bar = make("div", { class: "player", hidden: true }, this.#toggle, this.#position, this.#time, this.#speed, this.#hint);
    this.#position.addEventListener("input", () => { media.currentTime = Number(this.#position.value); });
    this.#speed.addEventListener("click", () => {
      media.playbackRate = speeds[(speeds.indexOf(media.playbackRate) + 1) % speeds.length];
    });
    media.addEventListener("click", () => this.toggle());
    for (const name of ["play", "pause", "ratechange", "durationchange", "timeupdate", "seeked"]) {
      media.addEventListener(name, () => this.#draw());
    }
    // `timeupdate` comes four times a second, which is late for short sentences.
    const follow = () => {
      onTime(media.currentTime);
      if (!media.paused) requestAnimationFrame(follow);
    };
    media.addEventListener("play", follow);
    media.addEventListener("seeked", () => onTime(media.currentTime));
    this.#draw();
  }

  /** Opens a recording; `known` gets its length in seconds, or nothing if the browser cannot play it. */
  open(recording, known) {
    const media = this.#media;
    this.#address = URL.createObjectURL(recording);
    media.addEventListener("loadedmetadata", () => {
      this.bar.hidden = false;
      this.picture.hidden = media.videoWidth === 0;
      known(Number.isFinite(media.duration) ? media.duration : null);
      if (this.#wanted !== null) this.playFrom(this.#wanted);
    });
    media.addEventListener("error", () => this.#address && this.explain(texts.detail.noPlayer));
    media.src = this.#address;
  }

  /** Says why nothing can be played. */
  explain(text) {
    this.bar.hidden = false;
    this.bar.classList.add("is-mute");
    say(this.#hint, text);
  }

  close() {
    const address = this.#address;
    this.#address = null;
    this.#media.pause();
    this.#media.removeAttribute("src");
    this.#media.load();
    if (address) URL.revokeObjectURL(address);
  }

  playFrom(seconds) {
    this.#wanted = this.#media.readyState === 0 ? seconds : null;
    if (this.#wanted !== null) return;
    this.#media.currentTime = seconds;
    this.#media.play().catch(() => {});
  }

  toggle() {
    if (this.#media.paused) this.#media.play().catch(() => {}); else this.#media.pause();
  }

  skip(seconds) { this.#media.currentTime = Math.max(0, this.#media.currentTime + seconds); }

  #draw() {
    const { currentTime, duration, paused, playbackRate } = this.#media;
    const length = Number.isFinite(duration) ? duration : currentTime;
    const name = paused ? "play" : "pause";
    if (this.#toggle.dataset.name !== name) {
      this.#toggle.dataset.name = name;
      this.#toggle.setAttribute("aria-label", texts.detail[name]);
      this.#toggle.replaceChildren(icon(name));
    }
    Object.assign(this.#position, { max: length, value: currentTime });
    this.#position.setAttribute("aria-valuetext", clock(currentTime));
    this.#position.style.setProperty("--share", length ? currentTime / length : 0);
    say(this.#time, `${clock(currentTime)} / ${clock(length)}`);
    say(this.#speed, `${playbackRate}×`);
    this.#speed.setAttribute("aria-label", texts.detail.speed(playbackRate));
  }
}
