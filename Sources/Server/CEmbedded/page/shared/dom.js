// Building the page. Texts of files, models and errors only ever become text nodes, never markup.

import { texts } from "../texts.js";

/** The element with this id. */
export const byID = (id) => document.getElementById(id);

/**
 * Makes an element. Properties that begin with `on` are listeners, `data` is the dataset, `class` the class, and names with a
 * dash are attributes. Children are elements or texts; `null` and `false` are left out.
 */
export function make(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key.includes("-") || key === "role" || key === "for") node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An icon of index.html; screen readers skip it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A button with an icon and a text; `plain` ones have no border. */
export function button(text, iconName, onclick, properties = {}) {
  const click = onclick && ((event) => event.currentTarget.getAttribute("aria-disabled") !== "true" && onclick(event));
  return make("button", { type: "button", onclick: click, ...properties }, iconName ? icon(iconName) : null, make("span", {}, text));
}

/** A button with an icon alone; the text is for screen readers and shows as a hint. */
export function iconButton(text, iconName, onclick, properties = {}) {
  return make("button", { type: "button", class: "plain icon", title: text, "aria-label": text, onclick, ...properties }, icon(iconName));
}

/** A labelled field. */
export function field(label, control) {
  return make("label", { class: "field" }, make("span", {}, label), control);
}

/** A choice; `choices` are pairs of value and text. */
export function select(choices, value, onchange, properties = {}) {
  const node = make("select", { onchange: () => onchange(node.value), ...properties },
    ...choices.map(([value, text]) => make("option", { value }, text)));
  node.value = choices.some(([known]) => known === value) ? value : choices[0]?.[0];
  return node;
}

/** Changes a text only if it differs, so that screen readers do not read it again. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Gives the focus to something that may take none by itself, such as a heading. */
export function focus(node) {
  if (!node) return;
  if (!node.matches("a, button, input, select, [tabindex]")) node.tabIndex = -1;
  node.focus();
}

/** Draws anew within `container`. If what had the focus is gone or hidden after that, the node that `heir` gives gets it. */
export function keepingFocus(container, draw, heir) {
  const focused = document.activeElement;
  const isWithin = container.contains(focused);
  draw();
  if (!isWithin) return;
  if (focused.getClientRects().length === 0) focus(heir());
  else if (focused !== document.activeElement) focused.focus();
}

/** Lets buttons wait for an answer. They keep the focus, which disabled ones would lose. */
export function setBusy(buttons, isBusy) {
  for (const node of buttons) if (isBusy) node.setAttribute("aria-disabled", "true"); else node.removeAttribute("aria-disabled");
}

/** Writes the texts that index.html names. */
export function fillInTexts(root = document) {
  const text = (path) => path.split(".").reduce((group, key) => group[key], texts);
  document.documentElement.lang = texts.language;
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of root.querySelectorAll("[data-placeholder]")) node.placeholder = text(node.dataset.placeholder);
  for (const node of root.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", text(node.dataset.label));
    if (node.matches("button.icon")) node.title = text(node.dataset.label);
  }
}

/** Calls `draw` at most once for each picture of the screen. */
export function oncePerFrame(draw) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    // A hidden tab draws no frames, but its queue goes on.
    (document.hidden ? (next) => setTimeout(next, 100) : requestAnimationFrame)(() => { isDue = false; draw(); });
  };
}
