// A schema as a list: a field with its type, its limits and what it means, and its own fields below.

import { make } from "../shared/dom.js";

/** What a `$ref` names, with the members beside it. */
export function resolve(schema, document) {
  if (!schema.$ref) return schema;
  const { $ref, ...more } = schema;
  const names = $ref.slice(2).split("/").map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { ...resolve(names.reduce((value, name) => value[name], document), document), ...more };
}

/** A text as paragraphs, in which backticks mark code. */
export function paragraphs(text, element = "p") {
  return (text ?? "").split("\n\n").filter(Boolean).map((paragraph) => make(element, {},
    ...paragraph.split("`").map((part, index) => (index % 2 === 1 ? make("code", {}, part) : part))));
}

/** The kinds of value that a schema takes, in words. */
function kind(schema, document) {
  const { type, format, items } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.anyOf) return [...new Set(schema.anyOf.map((one) => kind(resolve(one, document), document)))].join(" or ");
  if (format === "binary") return "file";
  const names = [type ?? "any"].flat();
  return names.map((name) => (name === "array" && items ? `list of ${kind(resolve(items, document), document)}` : name)).join(" or ");
}

function limits({ minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, ...schema }) {
  const words = [];
  if (minimum !== undefined && maximum !== undefined) words.push(`${minimum} to ${maximum}`);
  else if (minimum !== undefined) words.push(`at least ${minimum}`);
  else if (maximum !== undefined) words.push(`at most ${maximum}`);
  if (minLength) words.push(minLength === 1 ? "not empty" : `at least ${minLength} characters`);
  if (maxLength) words.push(`at most ${maxLength} characters`);
  if (minItems) words.push(`at least ${minItems}`);
  if (maxItems !== undefined) words.push(`at most ${maxItems} of them`);
  if (pattern) words.push(pattern);
  if (schema.default !== undefined) words.push(`default ${JSON.stringify(schema.default)}`);
  return words.join(", ");
}

/** The schemas of objects in a schema: itself, its items or its alternatives. */
function objects(schema, document) {
  if (schema.properties) return [schema];
  const inner = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return inner.flatMap((one) => objects(resolve(one, document), document));
}

/** A field as an item of a list. */
export function shape(name, field, document, { isRequired = false, place = null }) {
  const schema = resolve(field, document);
  const inner = objects(schema, document).filter((one) => Object.keys(one.properties).length > 0);
  const bounds = limits(schema);
  return make("li", {},
    make("p", {},
      make("code", { class: "name" }, name), " ", make("span", { class: "kind" }, kind(schema, document)),
      place ? make("span", { class: "place" }, ` in the ${place}`) : null,
      isRequired ? make("span", { class: "required" }, " required") : null,
      bounds ? make("span", { class: "limits" }, ` ${bounds}`) : null),
    ...paragraphs(schema.description),
    ...inner.map((one) => make("ul", { class: "fields" }, ...shape.fields(one, document))));
}

/** The fields of an object. */
shape.fields = ({ properties = {}, required = [] }, document) =>
  Object.entries(properties).map(([name, field]) => shape(name, field, document, { isRequired: required.includes(name) }));
