// Schemas of an OpenAPI 3.1 document, in words and tables.
import { h, prose } from "./dom.js";

/** How deep objects inside objects are opened: documents may refer to themselves. */
const DEPTH = 5;

/** Follows `$ref`. */
export function resolve(contract, value) {
  for (let hops = 0; value?.$ref && hops < DEPTH; hops += 1) {
    value = value.$ref.replace(/^#\//, "").split("/").reduce((part, name) => part?.[name.replaceAll("~1", "/").replaceAll("~0", "~")], contract);
  }
  return value ?? {};
}

/** A schema without `$ref` and `allOf`: their properties become its own. */
export function merged(contract, schema) {
  const own = resolve(contract, schema);
  const parts = (own.allOf ?? []).map((part) => merged(contract, part));
  return [...parts, own].reduce((all, part) => ({
    ...all,
    ...part,
    properties: merge(all.properties, part.properties),
    required: [...(all.required ?? []), ...(part.required ?? [])],
  }), {});
}

function merge(one = {}, other = {}) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, { ...one[name], ...other[name] }]));
}

/** The type in words, such as `array of strings`. */
export function typeOf(contract, schema) {
  const full = merged(contract, schema);
  const choice = full.oneOf ?? full.anyOf;
  if (full.const !== undefined) return JSON.stringify(full.const);
  if (full.type === "array") return `array of ${typeOf(contract, full.items ?? {})}`;
  if (full.format === "binary") return "bytes";
  if (full.type) return [full.type].flat().join(" or ") + (full.format ? ` (${full.format})` : "");
  if (full.enum) return "string";
  if (Object.keys(full.properties).length > 0) return "object";
  if (choice) return choice.map((one) => typeOf(contract, one)).join(" or ");
  return "anything";
}

function limits(schema) {
  const said = [];
  const range = (least, most, unit) => {
    if (least !== undefined && most !== undefined) said.push(`${least} to ${most}${unit}`);
    else if (least !== undefined) said.push(`at least ${least}${unit}`);
    else if (most !== undefined) said.push(`at most ${most}${unit}`);
  };
  range(schema.minimum, schema.maximum, "");
  if (schema.minLength === 1 && schema.maxLength === undefined) said.push("never empty");
  else range(schema.minLength, schema.maxLength, " characters");
  range(schema.minItems, schema.maxItems, " items");
  if (schema.pattern) said.push(h("span", {}, "matches ", h("code", {}, schema.pattern)));
  if (schema.default !== undefined) said.push(h("span", {}, "default ", h("code", {}, JSON.stringify(schema.default))));
  return said.flatMap((part, i) => (i === 0 ? [part] : ["; ", part]));
}

/** Values to choose from; a long list is folded. */
function choices(values = []) {
  if (values.length === 0) return undefined;
  const list = h("p", { class: "values" }, values.map((value) => [h("code", {}, String(value)), " "]));
  return values.length <= 8 ? list : h("details", {}, h("summary", {}, `${values.length} values`), list);
}

/** Rows for parameters and properties: name, type, what it is. */
export function table(contract, caption, entries, depth = 0) {
  const row = ({ name, schema, required, description, place }) => {
    const full = merged(contract, schema);
    const inner = full.type === "array" ? merged(contract, full.items ?? {}) : full;
    const told = limits(full);
    return h("tr", {},
      h("th", { scope: "row" }, h("code", {}, name), required && h("span", { class: "need" }, "required"), place && h("span", { class: "hint" }, place)),
      h("td", { class: "type" }, typeOf(contract, schema)),
      h("td", {}, prose(description ?? full.description), told.length > 0 && h("p", { class: "hint" }, told), choices(full.enum ?? inner.enum),
        depth < DEPTH && Object.keys(inner.properties).length > 0 && object(contract, inner, `Keys of ${name}`, depth + 1)));
  };
  return h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    h("table", {}, h("caption", { class: "quiet" }, caption),
      h("thead", {}, h("tr", {}, ["Name", "Type", "What it is"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, entries.map(row))));
}

function object(contract, full, caption, depth) {
  const entries = Object.entries(full.properties).map(([name, schema]) => ({ name, schema, required: full.required.includes(name), description: schema.description }));
  const body = table(contract, caption, entries, depth);
  return depth === 0 ? body : h("details", {}, h("summary", {}, caption), body);
}

/** A schema as a table where it is an object or a list of them; nothing where its type says it all. */
export function shape(contract, schema, caption) {
  const full = merged(contract, schema);
  const inner = full.type === "array" ? merged(contract, full.items ?? {}) : full;
  if (Object.keys(inner.properties).length === 0) return [];
  return [
    full.description && h("p", {}, prose(full.description)),
    full.type === "array" && h("p", { class: "hint" }, `An ${typeOf(contract, full)}:`),
    object(contract, inner, caption, 0),
  ];
}
