// The registered models, as all areas see them.

import { call } from "./api.js";

let known = [];
const listeners = new Set();

/** The models without their other names. */
export const models = () => known.filter((model) => !model.alias_of);

/** The model of this name; without a name, `undefined`: the server's choice. */
export const modelNamed = (name) => known.find((model) => model.id === name);

/** Asks the server; throws `Refusal`. `asks` says whether to ask for a key if one is needed. */
export async function refreshModels(asks = true) {
  known = (await call("GET", "v1/models", null, { asks })).data;
  for (const changed of listeners) changed();
}

/** Calls `changed` after each answer. */
export function onModels(changed) { listeners.add(changed); }

/** Whether a model can do something that not every model can; models of older servers do not say. */
export const can = (model, capability) => model?.capabilities?.includes(capability) ?? false;
