// This tab among the others that show the page.

/** A name that nothing else has; `randomUUID` is for pages with https or on this machine. */
export const newID = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

/** The name of this tab. */
export const tab = newID();

const lock = (tab) => `asr2clip-tab-${tab}`;

/** Lets other tabs know, as long as this one is open, that it is. Browsers have locks only for the pages named above. */
export function showThatTabIsOpen() {
  navigator.locks?.request(lock(tab), () => new Promise(() => {}));
}

/** Whether a tab is open; without locks, only this one counts as open. */
export async function isOpen(other) {
  if (other === tab) return true;
  const { held = [] } = await navigator.locks?.query() ?? {};
  return held.some(({ name }) => name === lock(other));
}
