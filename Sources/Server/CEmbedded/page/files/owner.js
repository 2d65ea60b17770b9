// With several tabs, one works on the queue. Browsers have locks only for pages with https or on this machine; without them, each
// tab works.

const lock = "asr2clip-queue";

/** Calls `work` once no other tab works, and `wait` if one does. */
export async function own(work, wait) {
  if (!navigator.locks) return work();
  let isOwner = false;
  navigator.locks.request(lock, async () => {
    isOwner = true;
    work();
    await new Promise(() => {});  // until the tab is closed
  });
  const { held } = await navigator.locks.query();
  if (!isOwner && held.some(({ name }) => name === lock)) wait();
}
