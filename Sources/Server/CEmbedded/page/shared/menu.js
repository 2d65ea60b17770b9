// A button that opens a list of actions.

import { make } from "./dom.js";

/** Lets a button open a menu; `items` gives pairs of text and action when it opens. */
export function attachMenu(button, items) {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  let menu = null;

  const close = (returnsFocus) => {
    if (!menu) return;
    menu.remove();
    menu = null;
    button.setAttribute("aria-expanded", "false");
    if (returnsFocus) button.focus();
  };
  const move = (step) => {
    const entries = [...menu.children];
    entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
  };
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); move(step); }
    if (event.key === "Escape") close(true);
    if (event.key === "Tab") close(false);
    event.stopPropagation();
  };
  const open = () => {
    menu = make("div", { class: "menu", role: "menu", onkeydown: press },
      ...items().map(([text, action]) => {
        const choose = () => { close(true); action(); };
        return make("button", { type: "button", role: "menuitem", tabIndex: -1, onclick: choose }, text);
      }));
    button.after(menu);
    button.setAttribute("aria-expanded", "true");
    menu.firstElementChild.focus();
  };

  button.addEventListener("click", () => menu ? close(true) : open());
  document.addEventListener("pointerdown", ({ target }) => {
    if (menu && !menu.contains(target) && !button.contains(target)) close(false);
  });
}
