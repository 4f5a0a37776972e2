// The page that speaks: one request, heard while it arrives.
import { Refusal, ask, quoted, useKey, waitOf, request } from "./api.js";
import { byId, copies, h, save } from "./dom.js";
import { Player } from "./player.js";
import { merged } from "./schema.js";
import { SAMPLE_RATE, Samples, rateOf, wavFile } from "./sound.js";
import { Wave } from "./wave.js";

const ROUTE = "v1/tts";
const page = Object.fromEntries(
  ["form", "text", "count", "voice", "speed", "speed-value", "format", "go", "save", "problem", "play", "wave", "position", "time",
    "status", "ttfa", "ttfa-note", "rtf", "length", "bytes", "gaps", "who", "more", "key", "curl", "copy", "server"].map((id) => [id, byId(id)]),
);
const player = new Player();
const wave = new Wave(page.wave);
/** The longest text the server takes; its document says so. */
let longest = 4500;
/** The request that is under way. */
let running = null;
/** The last sound that arrived whole: its PCM bytes, and the request it answers. */
let last = null;

const seconds = (value) => `${value.toFixed(1)} s`;
const milliseconds = (value) => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`);

/** The slider counts in octaves, so that half and double are as far from the middle. */
const speed = () => Math.round(2 ** Number(page.speed.value) * 20) / 20;

function wanted() {
  const body = { text: page.text.value, speed: speed() };
  if (page.voice.value) body.voice = page.voice.value;
  return body;
}

function post(body, signal) {
  return ask(ROUTE, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
}

function explain(error) {
  const told = error instanceof Refusal ? error : new Refusal(0, `This page broke: ${error.message}`);
  const id = told.requestId && h("span", { class: "hint" }, ` Request ${told.requestId}`);
  page.problem.replaceChildren(h("p", { class: "alert" }, told.message, id));
  page.status.textContent = "";
  if (told.status === 401 || told.status === 403) {
    page.more.open = true;
    page.key.focus();
  }
}

function showBusy(isBusy) {
  page.go.classList.toggle("busy", isBusy);
  page.go.querySelector("span").textContent = isBusy ? "Stop" : "Speak";
}

async function speak() {
  stop();
  page.problem.replaceChildren();
  const body = wanted();
  const job = { abort: new AbortController() };
  running = job;
  last = null;
  showBusy(true);
  for (const id of ["ttfa", "rtf", "length", "gaps"]) page[id].textContent = "–";
  page["ttfa-note"].textContent = "after you pressed Speak";
  page.bytes.textContent = "of sound received";
  page.who.replaceChildren();
  page.status.textContent = "Waiting for the first sound …";
  wave.reset(SAMPLE_RATE);
  const began = performance.now();
  try {
    // Within the click that asked for it, else the browser keeps silent.
    player.open(SAMPLE_RATE);
    const response = await post({ ...body, stream: true, format: "pcm" }, job.abort.signal);
    await listen(job, response, body, began);
  } catch (error) {
    if (running !== job) return;
    running = null;
    player.stop();
    showBusy(false);
    if (error.name !== "AbortError") explain(error);
  }
}

async function listen(job, response, body, began) {
  const rate = rateOf(response.headers.get("content-type"));
  if (rate !== SAMPLE_RATE) {
    player.open(rate);
    wave.reset(rate);
  }
  const reader = response.body.getReader();
  const samples = new Samples();
  const pieces = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await read(reader);
    if (running !== job) return;
    if (done) break;
    if (bytes === 0) showFirst(performance.now() - began, response.headers);
    pieces.push(value);
    bytes += value.length;
    const more = samples.read(value);
    player.push(more);
    wave.push(more);
    page.bytes.textContent = `from ${Math.ceil(bytes / 1024)} KiB received`;
    show();
  }
  running = null;
  wave.isWhole = true;
  last = { pieces, rate, body: JSON.stringify(body) };
  const took = (performance.now() - began) / 1000;
  page.rtf.textContent = player.duration > 0 ? (took / player.duration).toFixed(2) : "–";
  page.status.textContent = `All ${seconds(player.duration)} of speech arrived in ${seconds(took)}; the first sound came after ${page.ttfa.textContent}.`;
  player.end();
  wave.draw();
  show();
}

async function read(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, `The stream broke off after ${seconds(player.duration)} of speech. What arrived can be played.`);
  }
}

function showFirst(taken, headers) {
  page.ttfa.textContent = milliseconds(taken);
  const server = Number(headers.get("x-ttfa"));
  page["ttfa-note"].textContent = server > 0 ? `of which ${milliseconds(server * 1000)} in the server` : page["ttfa-note"].textContent;
  page.status.textContent = "Speaking …";
  const dropped = Number(headers.get("x-dropped-characters"));
  page.who.replaceChildren(
    `Spoken by `, h("b", {}, headers.get("x-voice") ?? "?"), ` with ${headers.get("x-provider") ?? "?"} (${headers.get("x-backend") ?? "?"})`,
    dropped > 0 ? `; ${dropped} ${dropped === 1 ? "character" : "characters"} that cannot be spoken left out` : "",
    h("br"), `Request ${headers.get("x-request-id") ?? "?"}`,
  );
}

/** Stops the request, the synthesis behind it and the sound. */
function stop() {
  const was = running;
  running = null;
  was?.abort.abort();
  if (was || player.isPlaying) {
    player.stop();
    page.status.textContent = "Stopped.";
  }
  show();
}

function show() {
  const { duration, position, isPlaying } = player;
  wave.heard = duration > 0 ? position / duration : 0;
  wave.draw();
  showBusy(running !== null || isPlaying);
  page.time.textContent = duration > 0 ? `${position.toFixed(1)} / ${seconds(duration)}` : "0.0 s";
  page.play.setAttribute("aria-disabled", String(duration === 0));
  page.play.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
  page.play.classList.toggle("busy", isPlaying);
  page.position.disabled = duration === 0;
  page.position.max = duration.toFixed(1);
  // While it plays, a screen reader on the slider is told once a second at most.
  const told = isPlaying ? Math.floor(position) : position;
  if (page.position.value !== told.toFixed(1)) page.position.value = told.toFixed(1);
  const place = duration > 0 ? `${told.toFixed(1)} of ${duration.toFixed(1)} seconds` : "nothing to play";
  if (page.position.getAttribute("aria-valuetext") !== place) page.position.setAttribute("aria-valuetext", place);
  page.wave.setAttribute("aria-label", duration > 0 ? `Waveform of ${duration.toFixed(1)} seconds of speech` : "Waveform: nothing has been spoken yet");
  if (duration > 0) {
    page.length.textContent = seconds(duration);
    page.gaps.textContent = String(player.gaps);
  }
}

function tick() {
  if (player.isPlaying) {
    show();
    requestAnimationFrame(tick);
  }
}

player.addEventListener("change", () => {
  show();
  tick();
});

/** A file of what was heard, or a new one in a format that the page cannot make. */
async function download() {
  const format = page.format.value;
  const body = wanted();
  page.problem.replaceChildren();
  try {
    let blob;
    if (last?.body === JSON.stringify(body) && format === "wav") {
      blob = wavFile(last.pieces, last.rate);
    } else if (last?.body === JSON.stringify(body) && format === "pcm") {
      blob = new Blob(last.pieces);
    } else {
      page.status.textContent = `Waiting for the ${format} file …`;
      blob = await (await post({ ...body, stream: false, format })).blob();
    }
    save(blob, `speech.${format}`);
    page.status.textContent = `Saved speech.${format}, ${Math.ceil(blob.size / 1024)} KiB.`;
  } catch (error) {
    explain(error);
  }
}

function showText() {
  const found = [...page.text.value].length;
  page.count.textContent = `${found.toLocaleString()} of ${longest.toLocaleString()} characters`;
  page.count.classList.toggle("over", found > longest);
  page.text.setAttribute("aria-invalid", String(found > longest));
  page["speed-value"].textContent = `${speed().toFixed(2)}×`;
  page.speed.setAttribute("aria-valuetext", `${speed().toFixed(2)} times`);
  page.save.textContent = `Download .${page.format.value || "wav"}`;
  const body = { ...wanted(), format: page.format.value || "wav" };
  const parts = [`curl -sS ${new URL(ROUTE, location.href)}`, `-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(body))}`, `-o speech.${body.format}`];
  if (page.key.value) parts.splice(1, 0, `-H "Authorization: Bearer $KOKORO_KEY"`);
  page.curl.textContent = parts.join(" \\\n  ");
}

/** What this server has: voices, formats, limits. Asked again until it is there. */
async function learn() {
  try {
    const [voices, contract] = await Promise.all([ask("voices"), ask("openapi.json")].map(async (answer) => (await answer).json()));
    showVoices(voices);
    const { text, speed: pace, format } = merged(contract, contract.paths[`/${ROUTE}`].post.requestBody.content["application/json"].schema).properties;
    longest = text.maxLength ?? longest;
    if (pace.minimum > 0) page.speed.min = Math.log2(pace.minimum);
    if (pace.maximum > 0) page.speed.max = Math.log2(pace.maximum);
    const chosen = page.format.value || "wav";
    page.format.replaceChildren(...format.enum.map((name) => h("option", { value: name, selected: name === chosen }, name)));
    showText();
    await showServer();
  } catch (error) {
    page.server.dataset.state = "bad";
    page.server.textContent = error.status === 401 || error.status === 403 ? "key needed" : "unreachable";
    explain(error);
  }
}

function showVoices(voices) {
  const chosen = page.voice.value;
  const groups = Map.groupBy ? Map.groupBy(voices, (voice) => voice.language) : new Map([["Voices", voices]]);
  page.voice.replaceChildren(...[...groups].map(([language, members]) => h("optgroup", { label: languageName(language) },
    members.map(({ id, name }) => h("option", { value: id, selected: id === chosen }, name)))));
}

function languageName(tag) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

async function showServer() {
  const response = await request("readyz");
  if (response.ok) {
    const status = await (await request("status")).json();
    page.server.dataset.state = "good";
    page.server.textContent = status.provider ? `ready · ${status.provider}` : "ready";
    return;
  }
  page.server.dataset.state = "wait";
  page.server.textContent = "loading";
  setTimeout(learn, (waitOf(response) || 2) * 1000);
}

page.form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running !== null || player.isPlaying) stop();
  else speak().finally(tick);
  tick();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") stop();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) speak();
});
page.play.addEventListener("click", () => player.toggle());
async function seek(position) {
  await player.seek(position);
  show();
}

page.position.addEventListener("input", () => seek(Number(page.position.value)));
// From where the sound is, which the slider knows only to the second.
const JUMPS = new Map([["ArrowRight", 1], ["ArrowUp", 1], ["ArrowLeft", -1], ["ArrowDown", -1], ["PageUp", 5], ["PageDown", -5]]);
page.position.addEventListener("keydown", (event) => {
  const jump = JUMPS.get(event.key);
  if (jump === undefined) return;
  event.preventDefault();
  seek(player.position + jump);
});
page.save.addEventListener("click", download);
page.key.addEventListener("input", showText);
page.key.addEventListener("change", () => {
  useKey(page.key.value);
  page.problem.replaceChildren();
  learn();
});
page.form.addEventListener("input", showText);
copies(page.copy, () => page.curl.textContent);
useKey(page.key.value);
showText();
wave.draw();
learn();
