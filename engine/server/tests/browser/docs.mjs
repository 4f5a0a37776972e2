// The documentation.
import { strict as assert } from "node:assert";

export async function checkDocs({ page, url, shoot, audit }) {
  const contract = await (await fetch(new URL("/openapi.json", url))).json();
  const operations = Object.values(contract.paths).flatMap((item) => Object.keys(item));
  await page.locator("article.operation").first().waitFor();
  assert.equal(await page.locator("article.operation").count(), operations.length);
  assert.equal(await page.locator("#operations a").count(), operations.length);
  assert.equal(await page.locator("#title").textContent(), contract.info.title);
  await shoot("top");
  await audit("as it opens");

  await page.click('#operations a[href="#generateSpeechShort"]');
  const speech = page.locator("article#generateSpeechShort");
  await speech.locator("select").first().selectOption({ index: 0 });
  await speech.getByRole("button", { name: "Send" }).click();
  await speech.locator(".answer .code.good").waitFor({ timeout: 30_000 });
  const audio = speech.locator("audio");
  await page.waitForFunction((player) => player.duration > 0.3, await audio.elementHandle());
  await speech.scrollIntoViewIfNeeded();
  await shoot("tried");

  await speech.locator("textarea").fill('{ "text": 5 }');
  await speech.getByRole("button", { name: "Send" }).click();
  await speech.locator(".answer .code.bad", { hasText: "422" }).waitFor();
  assert.match(await speech.locator(".answer pre").first().textContent(), /"code": "VALIDATION_ERROR"/);
  assert.match(await speech.locator(".trial > pre").textContent(), /-d '\{"text":5\}'/);

  for (const article of await page.locator("article.operation").all()) {
    await article.evaluate((element) => element.querySelectorAll("details").forEach((one) => { one.open = true; }));
  }
  await audit("with everything open");
}
