// The document of this server, as a page.
import { ask, useKey } from "./api.js";
import { byId, fill, h, paragraphs, prose } from "./dom.js";
import { resolve, shape, table, typeOf } from "./schema.js";
import { trial } from "./try.js";

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];

/** Every operation, in the order of the tags. */
function operations(contract) {
  const all = Object.entries(contract.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => {
    const operation = item[method];
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolve(contract, one));
    return {
      id: operation.operationId ?? `${method}${path.replaceAll(/\W+/g, "-")}`,
      method: method.toUpperCase(),
      path,
      tag: operation.tags?.[0] ?? "Other",
      operation: { ...operation, parameters, requestBody: operation.requestBody && resolve(contract, operation.requestBody) },
    };
  }));
  const described = (contract.tags ?? []).map((tag) => tag.name);
  const names = [...new Set([...described, ...all.map((one) => one.tag)])];
  return names
    .map((name) => ({ name, description: contract.tags?.find((tag) => tag.name === name)?.description, members: all.filter((one) => one.tag === name) }))
    .filter((group) => group.members.length > 0);
}

const badge = (method) => h("span", { class: `method ${method.toLowerCase()}` }, method);

function side(groups) {
  return groups.map((group) => [
    h("p", { class: "label" }, group.name),
    h("ul", {}, group.members.map(({ id, method, path }) => h("li", {}, h("a", { href: `#${id}` }, badge(method), h("span", { class: "mono" }, path))))),
  ]);
}

function section(contract, one) {
  const { id, method, path, operation } = one;
  return h("article", { class: "card operation", id, "aria-labelledby": `${id}-title`, tabindex: -1 },
    h("h3", { id: `${id}-title` }, badge(method), " ", h("span", { class: "mono path" }, path), operation.deprecated && h("span", { class: "need" }, "deprecated")),
    h("p", { class: "summary" }, prose(operation.summary)),
    paragraphs(operation.description),
    operation.parameters.length > 0 && [h("h4", {}, "Parameters"), parameters(contract, path, operation)],
    operation.requestBody && body(contract, path, operation.requestBody),
    h("h4", {}, "Answers"),
    h("div", { class: "answers" }, Object.entries(operation.responses ?? {}).map(([status, response]) => outcome(contract, path, status, resolve(contract, response)))),
    trial(contract, one));
}

function parameters(contract, path, operation) {
  return table(contract, `Parameters of ${path}`, operation.parameters.map(({ name, schema, required, description, in: place }) => ({ name, schema, required, description, place })));
}

function body(contract, path, { content = {}, description }) {
  return Object.entries(content).map(([mediaType, { schema }]) => [
    h("h4", {}, "Body ", h("code", {}, mediaType)),
    paragraphs(description),
    shape(contract, schema ?? {}, `Body of ${path}`),
  ]);
}

function outcome(contract, path, status, { description, headers = {}, content = {} }) {
  const group = status.startsWith("2") ? "good" : status.startsWith("3") ? "wait" : "bad";
  const named = Object.entries(headers).map(([name, header]) => {
    const { schema, required, description: text } = resolve(contract, header);
    return { name, schema: schema ?? {}, required: false, description: text, place: required ? "always" : "sometimes" };
  });
  return h("details", {},
    h("summary", {}, h("span", { class: `code ${group}` }, status), " ", prose(description)),
    Object.entries(content).map(([mediaType, { schema }]) => {
      const shown = shape(contract, schema ?? {}, `${mediaType} of ${status} from ${path}`);
      return shown.length > 0 ? [h("p", {}, h("code", {}, mediaType)), shown] : h("p", {}, h("code", {}, mediaType), h("span", { class: "hint" }, ` ${typeOf(contract, schema ?? {})}`));
    }),
    named.length > 0 && table(contract, `Headers of ${status} from ${path}`, named));
}

function render(contract) {
  const groups = operations(contract);
  const { title, version, summary, description, license } = contract.info;
  byId("title").textContent = title;
  fill(byId("intro"),
    h("p", { class: "lead" }, summary),
    h("p", { class: "hint" }, `Version ${version}`, license && `, ${license.name}`, ". As a file: ", h("a", { href: "openapi.json" }, "JSON"), " or ", h("a", { href: "openapi.yaml" }, "YAML"), "."),
    paragraphs(description),
  );
  fill(byId("operations"), side(groups));
  fill(byId("sections"), groups.map((group) => h("section", { "aria-label": group.name },
    h("h2", {}, group.name), paragraphs(group.description), group.members.map((one) => section(contract, one)))));
}

/** Marks in the list which operation is on the screen. */
function follow() {
  const links = new Map([...byId("operations").querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) links.get(target.id)?.setAttribute("aria-current", "true");
      else links.get(target.id)?.removeAttribute("aria-current");
    }
  }, { rootMargin: "-20% 0px -75% 0px" });
  document.querySelectorAll("article.operation").forEach((article) => seen.observe(article));
}

async function read() {
  byId("problem").replaceChildren();
  try {
    render(await (await ask("openapi.json")).json());
    follow();
    byId("status").textContent = "";
    // The place that the address names exists only now.
    if (location.hash) byId(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  } catch (error) {
    byId("status").textContent = "";
    byId("problem").replaceChildren(h("p", { class: "alert" }, error.message));
    if (error.status === 401 || error.status === 403) {
      byId("more").open = true;
      byId("key").focus();
    }
  }
}

// Beside the text there is room for the list, above it only for its title.
const isNarrow = matchMedia("(max-width: 56rem)");
const fold = () => { byId("list").open = !isNarrow.matches; };
isNarrow.addEventListener("change", fold);
byId("operations").addEventListener("click", () => { if (isNarrow.matches) fold(); });
fold();
byId("key").addEventListener("change", () => {
  useKey(byId("key").value);
  if (byId("sections").childElementCount === 0) read();
});
useKey(byId("key").value);
read();
