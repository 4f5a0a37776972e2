// The page that speaks.
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";

const TEXT = "It is quarter past seven. The first tram of the morning sings its way around the corner, and the street wakes up.";

/** How many differing colours the waveform has, and how many of its dots are no background. */
const picture = (page) => page.locator("#wave").evaluate((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) counts.set(`${data[i]},${data[i + 1]},${data[i + 2]}`, (counts.get(`${data[i]},${data[i + 1]},${data[i + 2]}`) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
});
const painted = (colours) => Object.values(colours).reduce((sum, count) => sum + count, 0);

export async function checkSpeak({ page, url, shoot, audit }) {
  await page.locator('#server[data-state="good"]').waitFor();
  assert.ok((await page.locator("#voice option").count()) > 0, "no voices");
  assert.ok((await page.locator("#format option").count()) >= 2, "no formats");
  await audit("before speaking");
  const empty = await picture(page);
  await shoot("before");

  await speaks(page, empty, shoot, audit);
  await saves(page, url);
  await seeks(page);
  await stops(page, url);
  await refuses(page, audit, shoot);
  await asksForKey(page);
}

async function speaks(page, empty, shoot, audit) {
  await page.fill("#text", TEXT);
  await page.click("#go");
  await page.locator("#ttfa", { hasText: /^[\d.]+ m?s$/ }).waitFor();
  assert.equal(await page.locator("#go span").textContent(), "Stop");
  // Sound is heard: the position moves with the audio clock.
  await page.waitForFunction(() => Number(document.getElementById("position").value) > 1.2, null, { timeout: 30_000 });
  await shoot("speaking");
  await page.locator("#status", { hasText: /^All [\d.]+ s of speech arrived in [\d.]+ s/ }).waitFor({ timeout: 60_000 });
  assert.ok(Number.parseFloat(await page.locator("#length").textContent()) > 4, "hardly any sound");
  assert.match(await page.locator("#rtf").textContent(), /^\d+\.\d\d$/);
  assert.match(await page.locator("#gaps").textContent(), /^\d+$/);
  assert.match(await page.locator("#ttfa-note").textContent(), /^of which [\d.]+ m?s in the server$/);
  assert.match(await page.locator("#who").textContent(), /^Spoken by .+ with .+Request req_[0-9a-f]{16}$/);
  const drawn = await picture(page);
  assert.ok(painted(drawn) > painted(empty) * 2, "no waveform");
  assert.ok(Object.keys(drawn).length >= 2, "nothing shows how far it has been heard");
  // Played to its end, the button speaks again.
  await page.locator("#go span", { hasText: "Speak" }).waitFor({ timeout: 30_000 });
  await shoot("after");
  await audit("after speaking");
}

/** The file is the sound that was heard, with true sizes. */
async function saves(page, url) {
  await page.selectOption("#format", "wav");
  const asked = [];
  const count = (request) => request.method() === "POST" && asked.push(request.url());
  page.on("request", count);
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  page.off("request", count);
  assert.equal(file.suggestedFilename(), "speech.wav");
  assert.deepEqual(asked, [], "what was heard is asked for again");
  const bytes = await readFile(await file.path());
  assert.equal(bytes.toString("latin1", 0, 4), "RIFF");
  assert.equal(bytes.readUInt32LE(4), bytes.length - 8);
  assert.equal(bytes.readUInt32LE(40), bytes.length - 44);
  assert.equal(bytes.readUInt32LE(24), 24_000);
  const whole = await (await fetch(new URL("/v1/tts", url), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text: TEXT, format: "wav" }) })).arrayBuffer();
  assert.ok(Math.abs(whole.byteLength - bytes.length) < 48_000, `the stream has ${bytes.length} bytes, the whole ${whole.byteLength}`);
}

async function seeks(page) {
  await page.focus("#position");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator("#position").getAttribute("aria-valuetext"), /^1\.0 of [\d.]+ seconds$/);
  await page.click("#play");
  await page.waitForFunction(() => Number(document.getElementById("position").value) >= 2);
  assert.equal(await page.locator("#play").getAttribute("aria-label"), "Pause");
  await page.click("#play");
  await page.locator('#play[aria-label="Play"]').waitFor();
}

/** Stopping ends the synthesis, not only the sound. */
async function stops(page, url) {
  await page.fill("#text", "This sentence is one of many that nobody will hear to the end. ".repeat(60));
  await page.focus("#text");
  await page.keyboard.press("Control+Enter");
  await page.locator("#status", { hasText: "Speaking" }).waitFor({ timeout: 30_000 });
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#status").textContent(), "Stopped.");
  assert.equal(await page.locator("#go span").textContent(), "Speak");
  const before = await page.locator("#position").inputValue();
  let active = -1;
  for (let tries = 0; tries < 50 && active !== 0; tries += 1) {
    const metrics = await (await fetch(new URL("/metrics", url))).text();
    active = Number(/^tts_active_requests (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.equal(active, 0, "the synthesis goes on");
  assert.equal(await page.locator("#position").inputValue(), before, "the sound goes on");
}

async function refuses(page, audit, shoot) {
  // From the server itself.
  await page.fill("#text", "…");
  await page.click("#go");
  await page.locator("#problem", { hasText: /The server cannot speak this: .+ Request req_[0-9a-f]{16}/ }).waitFor();
  await page.fill("#text", "a ".repeat(5000));
  assert.equal(await page.locator("#text").getAttribute("aria-invalid"), "true");
  await page.fill("#text", TEXT);
  assert.equal(await page.locator("#text").getAttribute("aria-invalid"), "false");
  // Those that a healthy server does not give on request.
  const answers = [
    [429, { error: "this address has asked too often", code: "RATE_LIMITED", request_id: "req_0" }, { "retry-after": "7" }, "Too many requests for the moment: this address has asked too often. Try again in 7 seconds."],
    [503, { error: { message: "32 requests are waiting already; try again in a moment" } }, { "retry-after": "1" }, "The server has no room for this now: 32 requests are waiting already; try again in a moment. Try again in 1 second."],
    [502, "<html>Bad gateway</html>", {}, "The server answered 502."],
  ];
  for (const [status, body, headers, words] of answers) {
    await page.route("**/v1/tts", (route) => route.fulfill({ status, headers: { "content-type": "application/json", ...headers }, body: typeof body === "string" ? body : JSON.stringify(body) }));
    await page.click("#go");
    await page.locator("#problem", { hasText: words }).waitFor({ timeout: 5000 });
    assert.equal(await page.locator("#go span").textContent(), "Speak");
    await page.unroute("**/v1/tts");
  }
  await page.route("**/v1/tts", (route) => route.abort("connectionrefused"));
  await page.click("#go");
  await page.locator("#problem", { hasText: "The server cannot be reached. Is it still running?" }).waitFor();
  await page.unroute("**/v1/tts");
  await shoot("refused");
  await audit("with an error");
}

/** A server that is loading, or asks for a key before it tells anything. */
export async function checkStart({ page, url }) {
  await page.route("**/voices", (route) => (route.request().headers().authorization === "Bearer secret"
    ? route.fallback() : route.fulfill({ status: 401, json: { error: "expected one of this server's keys", code: "UNAUTHORIZED" } })));
  let asked = 0;
  await page.route("**/readyz", (route) => {
    asked += 1;
    return asked > 1 ? route.fallback() : route.fulfill({ status: 503, headers: { "retry-after": "1" }, json: { error: "loading", code: "MODEL_NOT_LOADED" } });
  });
  await page.goto(url);
  await page.locator("#server", { hasText: "key needed" }).waitFor();
  await page.locator("#problem", { hasText: "This server asks for an API key: expected one of this server's keys." }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "key");
  await page.keyboard.type("secret");
  await page.keyboard.press("Tab");
  await page.locator("#server", { hasText: "loading" }).waitFor();
  await page.locator('#server[data-state="good"]', { hasText: "ready" }).waitFor();
  assert.equal(await page.locator("#problem").textContent(), "");
  assert.ok((await page.locator("#voice option").count()) > 0, "no voices");
}

async function asksForKey(page) {
  await page.route("**/v1/tts", async (route) => {
    if (route.request().headers().authorization === "Bearer secret") await route.fallback();
    else await route.fulfill({ status: 401, headers: { "content-type": "application/json" }, body: JSON.stringify({ error: "expected a key" }) });
  });
  await page.click("#go");
  await page.locator("#problem", { hasText: "This server asks for an API key: expected a key." }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "key");
  await page.keyboard.type("secret");
  await page.keyboard.press("Tab");
  assert.match(await page.locator("#curl").textContent(), /Authorization: Bearer \$KOKORO_KEY/);
  assert.ok(!(await page.locator("#curl").textContent()).includes("secret"), "the key is shown");
  await page.click("#go");
  await page.locator("#status", { hasText: /^All/ }).waitFor({ timeout: 60_000 });
  assert.equal(await page.locator("#problem").textContent(), "");
  await page.keyboard.press("Escape");
  await page.unroute("**/v1/tts");
}
