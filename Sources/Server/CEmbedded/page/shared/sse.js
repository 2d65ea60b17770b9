// Server-sent events, read from a text that grows.

/** A parser. `receive` takes the next piece of text and gives the events and comments that it completes. */
export class EventStream {
  #rest = "";

  /** @returns {{name: string, data: string | null, comment: string | null}[]} */
  receive(text) {
    const blocks = (this.#rest + text).replaceAll("\r\n", "\n").split("\n\n");
    this.#rest = blocks.pop();
    return blocks.filter((block) => block !== "").map(parse);
  }
}

function parse(block) {
  const event = { name: "message", data: null, comment: null };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "") event.comment = value;
    else if (field === "event") event.name = value;
    else if (field === "data") event.data = event.data === null ? value : `${event.data}\n${value}`;
  }
  return event;
}
