// Trying an operation: a form, the request as a command, the answer.
import { Refusal, quoted, request } from "./api.js";
import { copies, fill, h, save } from "./dom.js";
import { merged } from "./schema.js";
import { rateOf, wavFile } from "./sound.js";

/** Characters of an answer that are shown; a longer one can be saved. */
const SHOWN = 20_000;

/** The form of one operation. */
export function trial(contract, { id, method, path, operation }) {
  const inputs = (operation.parameters ?? []).map((parameter) => ({ parameter, input: field(contract, id, parameter) }));
  const media = Object.entries(operation.requestBody?.content ?? {})[0];
  const body = media && editor(id, media[1]);
  const command = h("pre", { tabindex: 0, role: "group", "aria-label": `Command for ${path}` });
  const copy = h("button", { type: "button" }, "Copy command");
  const answer = h("div", { class: "answer", role: "status" });
  const shown = () => prepared(method, path, inputs, body && { mediaType: media[0], text: body.text.value });
  const refresh = () => { command.textContent = asCommand(shown()); };
  copies(copy, () => command.textContent);
  const form = h("form", {
    class: "trial",
    onsubmit: (event) => { event.preventDefault(); send(shown(), answer); },
    oninput: refresh,
  },
  h("h4", {}, "Try it"),
  inputs.map(({ input }) => input.row),
  body?.rows,
  h("div", { class: "actions" }, h("button", { class: "primary", type: "submit" }, "Send", h("span", { class: "quiet" }, ` ${method} ${path}`)), copy),
  command,
  answer);
  refresh();
  return form;
}

function field(contract, id, parameter) {
  const name = `${id}-${parameter.name}`;
  const schema = merged(contract, parameter.schema ?? {});
  const value = parameter.example ?? schema.default ?? "";
  const control = schema.enum
    ? h("select", { id: name }, !parameter.required && h("option", { value: "" }, ""), schema.enum.map((one) => h("option", {}, one)))
    : h("input", { id: name, value });
  return { control, row: h("div", { class: "field" }, h("label", { for: name }, `${parameter.name} (${parameter.in})`), control) };
}

function editor(id, media) {
  const pretty = (value) => JSON.stringify(value, null, 2);
  const examples = Object.entries(media.examples ?? {});
  const first = examples[0]?.[1].value ?? media.example ?? {};
  const text = h("textarea", { id: `${id}-body`, rows: 7, class: "mono", spellcheck: "false" });
  text.value = pretty(first);
  const pick = h("select", { id: `${id}-example`, onchange: () => { text.value = pretty(examples[pick.selectedIndex][1].value); text.dispatchEvent(new Event("input", { bubbles: true })); } },
    examples.map(([name, { summary }]) => h("option", {}, summary ?? name)));
  return {
    text,
    rows: [
      examples.length > 1 && h("div", { class: "field" }, h("label", { for: `${id}-example` }, "Example"), pick),
      h("div", { class: "field" }, h("label", { for: `${id}-body` }, "Body"), text),
    ],
  };
}

function prepared(method, path, inputs, body) {
  const query = new URLSearchParams();
  const headers = {};
  let filled = path.replace(/^\//, "");
  for (const { parameter, input } of inputs) {
    const { value } = input.control;
    if (parameter.in === "path") filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value !== "" && parameter.in === "query") query.set(parameter.name, value);
    else if (value !== "" && parameter.in === "header") headers[parameter.name] = value;
  }
  if (body) headers["Content-Type"] = body.mediaType;
  const tail = query.size > 0 ? `?${query}` : "";
  return { method, address: new URL(filled + tail, document.baseURI), headers, text: body?.text };
}

function asCommand({ method, address, headers, text }) {
  const parts = [`curl -sS -X ${method} ${quoted(address.href)}`];
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (text !== undefined) {
    let compact = text;
    try {
      compact = JSON.stringify(JSON.parse(text));
    } catch {
      // What is not JSON goes out as it stands, so that the server's answer to it can be seen.
    }
    parts.push(`-d ${quoted(compact)}`, "-o answer");
  }
  return parts.join(" \\\n  ");
}

async function send({ method, address, headers, text }, answer) {
  answer.replaceChildren(h("p", { class: "hint" }, "Waiting for the answer …"));
  const began = performance.now();
  try {
    const response = await request(address, { method, headers, body: text });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const took = Math.round(performance.now() - began);
    const group = response.ok ? "good" : "bad";
    fill(answer,
      h("p", {}, h("b", { class: `code ${group}` }, `${response.status} ${response.statusText}`), h("span", { class: "hint" }, ` ${took} ms, ${bytes.length.toLocaleString()} bytes`)),
      content(response, bytes),
      h("details", {}, h("summary", {}, "Headers"), h("pre", { tabindex: 0, role: "group", "aria-label": "Headers of the answer" }, [...response.headers].map(([name, value]) => `${name}: ${value}\n`))),
    );
  } catch (error) {
    answer.replaceChildren(h("p", { class: "alert" }, error instanceof Refusal ? error.message : `The answer broke off: ${error.message}`));
  }
}

function content(response, bytes) {
  const mediaType = response.headers.get("content-type") ?? "";
  if (bytes.length === 0) return h("p", { class: "hint" }, "The answer is empty.");
  if (mediaType.startsWith("audio/")) return sound(mediaType, bytes);
  let text = new TextDecoder().decode(bytes);
  if (/json/.test(mediaType)) {
    try {
      text = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Several objects in one answer, say: shown as they came.
    }
  }
  const isCut = text.length > SHOWN;
  return [
    h("pre", { tabindex: 0, role: "group", "aria-label": "Body of the answer" }, isCut ? text.slice(0, SHOWN) : text),
    isCut && h("p", { class: "hint" }, `The first ${SHOWN.toLocaleString()} of ${text.length.toLocaleString()} characters.`),
  ];
}

function sound(mediaType, bytes) {
  const isBare = /^audio\/(pcm|l16)/i.test(mediaType);
  const playable = isBare ? wavFile([bytes], rateOf(mediaType)) : new Blob([bytes], { type: mediaType });
  const name = isBare ? "speech.pcm" : `speech.${mediaType.replace(/^audio\/(x-)?/, "").replace(/;.*/, "").replace("mpeg", "mp3")}`;
  return [
    h("audio", { controls: true, src: URL.createObjectURL(playable), "aria-label": "The answer as sound" }),
    h("button", { type: "button", onclick: () => save(new Blob([bytes], { type: mediaType }), name) }, `Save ${name}`),
  ];
}
