// Small things that the browser remembers. One that forbids it forgets them with the page.

const forgotten = { localStorage: new Map(), sessionStorage: new Map() };

/** A setting; `null` if there is none. It lasts, or with `sessionStorage` as long as the tab. */
export function remembered(name, storage = "localStorage") {
  try {
    return window[storage].getItem(name);
  } catch {
    return forgotten[storage].get(name) ?? null;
  }
}

export function remember(name, value, storage = "localStorage") {
  try {
    window[storage].setItem(name, value);
  } catch {
    forgotten[storage].set(name, value);
  }
}
