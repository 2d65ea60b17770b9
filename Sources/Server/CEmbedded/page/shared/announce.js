// What screen readers read out by themselves: that a state has changed, and not each step on the way.

import { byID, make } from "./dom.js";

/** In milliseconds; long enough to be noticed, and then out of the way of people who read line by line. */
const kept = 10_000;

export function announce(text) {
  const node = make("p", {}, text);
  byID("announcements").append(node);
  setTimeout(() => node.remove(), kept);
}
