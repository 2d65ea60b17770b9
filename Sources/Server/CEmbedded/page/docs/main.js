// The page at `/docs`: the operations of openapi.json and the messages of asyncapi.json, by group. Texts of the documents only
// ever become text nodes, never markup.

import { byID, make, say } from "../shared/dom.js";
import { paragraphs, resolve, shape } from "./shape.js";

const documents = ["openapi.json", "asyncapi.json"];

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

/** A command that calls an operation, with the fields that it needs. */
function command(method, path, operation, api) {
  const words = ["curl"];
  if (method !== "get") words.push("-X", method.toUpperCase());
  words.push(new URL(path.slice(1), document.baseURI).href);
  if ((operation.security ?? api.security).length > 0) words.push('-H "Authorization: Bearer $KEY"');
  for (const [type, { schema }] of Object.entries(operation.requestBody?.content ?? {})) {
    const { properties, required = [] } = resolve(schema, api);
    if (type === "multipart/form-data") for (const name of required) words.push(`-F ${name}=@speech.wav`);
    else {
      const first = (name) => resolve(properties[name], api).enum?.[0] ?? "";
      words.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(Object.fromEntries(required.map((name) => [name, first(name)])))}'`);
    }
  }
  return words.join(" ");
}

function parameters(list, api) {
  if (list.length === 0) return null;
  const rows = list.map((one) => resolve(one, api)).map(({ name, in: place, required, description, schema }) =>
    shape(name, { ...schema, description }, api, { isRequired: required, place }));
  return section("Parameters", make("ul", { class: "fields" }, ...rows));
}

function section(title, ...content) {
  return make("section", {}, make("h4", {}, title), ...content);
}

function responses(operation, api) {
  const rows = Object.entries(operation.responses).map(([status, one]) => {
    const { description, headers = {}, content = {} } = resolve(one, api);
    const codes = Object.values(content).flatMap(({ schema }) => schema.properties?.error?.properties.code.enum ?? []);
    return make("li", { data: { status: status[0] } },
      make("p", {}, make("b", {}, status), " ", ...paragraphs(description, "span")),
      codes.length === 0 ? null : make("p", { class: "codes" }, ...codes.map((code) => make("code", {}, code))),
      ...(codes.length > 0 ? [] : bodies(content, api)),
      make("p", { class: "hint" }, Object.keys(headers).join(", ")));
  });
  return section("Responses", make("ul", { class: "responses" }, ...rows));
}

function bodies(content, api) {
  return Object.entries(content).map(([type, { schema }]) => make("ul", { class: "fields" }, shape(type, schema, api, {})));
}

function entry(id, mark, title, summary, ...content) {
  return make("details", { id, class: "entry", data: { words: "" } },
    make("summary", {}, make("h3", {}, mark, make("span", { class: "path" }, title), make("span", { class: "summary" }, ...paragraphs(summary, "span")))),
    make("div", { class: "entry-body" }, ...content));
}

function operations(api) {
  const groups = new Map(api.tags.map((tag) => [tag.name, { ...tag, entries: [] }]));
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (method === "parameters") continue;
      const { operationId, tags, summary, description, requestBody } = operation;
      groups.get(tags[0]).entries.push(entry(
        operationId, make("span", { class: "method", data: { method } }, method.toUpperCase()), path, summary,
        ...paragraphs(description),
        make("pre", { tabIndex: 0 }, command(method, path, operation, api)),
        parameters([...(item.parameters ?? []), ...(operation.parameters ?? [])], api),
        requestBody ? section("Body", ...bodies(requestBody.content, api)) : null,
        responses(operation, api)));
    }
  }
  return [...groups.values()];
}

function messages(live) {
  return Object.entries(live.operations).map(([name, operation]) => ({
    name: name === "receive" ? "Messages of a client" : "Messages of the server",
    description: operation.summary,
    entries: operation.messages.map((one) => {
      const message = resolve(one, live);
      return entry(`message-${message.name}`, null, message.name, message.summary,
        make("ul", { class: "fields" }, ...shape.fields(resolve(message.payload, live), live)));
    }),
  }));
}

function draw(groups) {
  groups.forEach(({ name, description, entries }, index) => {
    const id = `group-${index}`;
    byID("groups").append(make("a", { href: `#${id}` }, name));
    byID("main").append(make("section", { class: "group", "aria-labelledby": id },
      make("h2", { id }, name), ...paragraphs(description), ...entries));
  });
}

/** Hides the entries that do not have all words, in their title or anywhere in them. */
function search() {
  const words = byID("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of document.querySelectorAll(".group")) {
    const entries = [...group.querySelectorAll(".entry")];
    for (const one of entries) {
      one.dataset.words ||= one.textContent.toLowerCase();
      one.hidden = !words.every((word) => one.dataset.words.includes(word));
      found += one.hidden ? 0 : 1;
    }
    group.hidden = entries.every((one) => one.hidden);
  }
  say(byID("found"), words.length === 0 ? "" : `${found} found`);
}

/** What the address names; `null` if there is none. */
function named() {
  try { return byID(decodeURIComponent(location.hash.slice(1))); } catch { return null; }  // Not every `%` is an escape.
}

/** Opens the entry that the address names. */
function open() {
  const target = named();
  if (!target) return;
  if (target.matches("details")) target.open = true;
  target.scrollIntoView();
}

try {
  const [api, live] = await Promise.all(documents.map(load));
  byID("about").append(...paragraphs(api.info.description));
  draw([...operations(api), ...messages(live)]);
  byID("search").addEventListener("input", search);
  addEventListener("hashchange", open);
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches(".entry") && target.open) history.replaceState(null, "", `#${target.id}`);
  }, true);
  open();
} catch (error) {
  say(byID("problem"), `The documents cannot be read. ${error.message}`);
}
document.body.dataset.ready = "true";
