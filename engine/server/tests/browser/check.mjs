// Checks the pages of a running server in a real browser: they speak, say what happened, obey their own policy,
// and axe finds nothing in either colour scheme.
//
//   npm ci && node check.mjs http://127.0.0.1:8880 [FOLDER FOR SCREENSHOTS [JUNIT FILE]]
//
// The browser is $CHROMIUM, else the first of `chromium`, `chromium-browser`, `google-chrome` on the PATH. Ends with 1 when anything is wrong.
import { strict as assert } from "node:assert";
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import process from "node:process";
import { chromium } from "playwright-core";
import { axe } from "./axe.mjs";
import { checkDocs } from "./docs.mjs";
import { checkSpeak, checkStart } from "./speak.mjs";

const [, , url, folder = "screenshots", report] = process.argv;
if (!url) {
  console.error("expected the address of a server: node check.mjs URL [FOLDER]");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

function program() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const named = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "chromium-browser", "google-chrome"].flatMap((name) => folders.map((one) => join(one, name)));
  for (const path of named) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The next one.
    }
  }
  throw new Error("no browser found: install chromium, or say where it is in $CHROMIUM");
}

/** A page whose every misdeed is kept: errors, what the policy refused, requests to elsewhere. */
async function open(browser, options) {
  const context = await browser.newContext({ viewport: { width: 1180, height: 1000 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const misdeeds = [];
  page.on("pageerror", (error) => misdeeds.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A status that is an error is logged by the browser; the checks provoke some.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) misdeeds.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const address = new URL(request.url());
    if (address.protocol !== "blob:" && address.origin !== new URL(url).origin) misdeeds.push(`elsewhere: ${address.href}`);
  });
  return { page, misdeeds, close: () => context.close() };
}

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: program(),
  // In a container of root's the sandbox cannot start, and the pages are ours.
  chromiumSandbox: process.getuid?.() !== 0,
});
let failed = 0;
const cases = [];
// XML 1.0 has no place for most control characters, and the driver colours its messages with some.
const escaped = (text) => text.replaceAll(/\u001b\[[\d;]*m/g, "").replaceAll(/[\u0000-\u0008\u000b-\u001f]/g, " ").replaceAll(/[&<>"\n]/g, (sign) => `&#${sign.charCodeAt(0)};`);
async function step(name, work) {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  let failure = "";
  try {
    await work();
    console.log(`ok      ${name} (${seconds()} s)`);
  } catch (error) {
    failed += 1;
    failure = `<failure message="${escaped(String(error).slice(0, 1000))}"/>`;
    console.log(`FAILED  ${name}\n        ${(error.stack ?? String(error)).replaceAll("\n", "\n        ")}`);
  }
  cases.push(`<testcase classname="pages" name="${escaped(name)}" time="${seconds()}">${failure}</testcase>`);
}

for (const colorScheme of ["light", "dark"]) {
  for (const [name, path, check] of [["speak", "/", checkSpeak], ["docs", "/docs", checkDocs]]) {
    await step(`${name}, ${colorScheme}`, async () => {
      const { page, misdeeds, close } = await open(browser, { colorScheme });
      try {
        await page.goto(new URL(path, url).href);
        await check({ page, url, shoot: (part) => page.screenshot({ path: join(folder, `${name}-${part}-${colorScheme}.png`), fullPage: part !== "top" }), audit: (part) => axe(page, source, part) });
        assert.deepEqual(misdeeds, []);
      } finally {
        await close();
      }
    });
  }
}
await step("a server that is loading and asks for a key", async () => {
  const { page, misdeeds, close } = await open(browser, {});
  try {
    await checkStart({ page, url });
    assert.deepEqual(misdeeds, []);
  } finally {
    await close();
  }
});
for (const [name, path] of [["speak", "/"], ["docs", "/docs"]]) {
  await step(`${name}, narrow and magnified`, async () => {
    const { page, close } = await open(browser, { viewport: { width: 320, height: 640 } });
    try {
      await page.goto(new URL(path, url).href, { waitUntil: "networkidle" });
      await page.screenshot({ path: join(folder, `${name}-narrow.png`) });
      const [shown, whole] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
      assert.equal(whole, shown, "the page scrolls sideways");
      await axe(page, source, "narrow");
    } finally {
      await close();
    }
  });
}
const version = browser.version();
await browser.close();
if (report) {
  const suite = `<testsuite name="Chromium ${version}" tests="${cases.length}" failures="${failed}">${cases.join("")}</testsuite>`;
  writeFileSync(report, `<?xml version="1.0"?>\n<testsuites>${suite}</testsuites>\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
