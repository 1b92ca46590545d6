// Opens each page of the navigation twice, first with an empty cache, and prints what came over the wire, heads of
// answers included.
//
// TRUNKLOG_COOKIE is that of the reader, TRUNKLOG_PATHS the first page.

import { lines, newPerson, open, setting, tell, withBrowser } from "./common.mjs";

/** The pages of the navigation, by their links on the first. */
async function navigation(browser, cookie, first) {
  const { context, page } = await newPerson(browser, cookie);
  await open(page, first);
  const links = await page
    .locator("header.top > nav")
    .first()
    .locator("a")
    .evaluateAll((all) => all.map((link) => link.href));
  await context.close();
  if (links.length < 2) throw new Error(`${first} has ${links.length} links to pages`);
  return links;
}

await withBrowser(async (browser) => {
  const cookie = setting("TRUNKLOG_COOKIE");
  const [first] = lines("TRUNKLOG_PATHS");
  for (const link of await navigation(browser, cookie, first)) {
    const { context, page } = await newPerson(browser, cookie);
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    let [bytes, answers] = [0, 0];
    network.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      // What the cache has counts nothing.
      if (encodedDataLength > 0) answers += 1;
    });
    const visit = async () => {
      [bytes, answers] = [0, 0];
      await open(page, link);
      await page.waitForLoadState("networkidle");
      return { bytes, answers };
    };
    const cold = await visit();
    await page.goto("about:blank");
    const warm = await visit();
    const { pathname } = new URL(link);
    tell({ page: pathname, first: cold.bytes, answers: cold.answers, again: warm.bytes });
    await context.close();
  }
});
