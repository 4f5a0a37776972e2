// What axe finds, in lines that say where.

/** Runs every rule of axe on the page as it stands; throws when one is violated. */
export async function axe(page, source, part) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  if (passes.length < 10) throw new Error(`axe checked hardly anything: ${passes.length} rules (${part})`);
  if (violations.length > 0) {
    const lines = violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target}: ${failureSummary.replaceAll(/\s+/g, " ")}`));
    throw new Error(`axe, ${part}:\n${lines.join("\n")}`);
  }
}
