// Opens pages one after the other in one browser and prints for each how long it took until it was whole.
//
// TRUNKLOG_COOKIE is that of the reader, TRUNKLOG_PATHS has a page a line.

import { lines, newPerson, open, setting, tell, withBrowser } from "./common.mjs";

await withBrowser(async (browser) => {
  const { page } = await newPerson(browser, setting("TRUNKLOG_COOKIE"));
  for (const path of lines("TRUNKLOG_PATHS")) {
    tell({ ms: await open(page, path) });
    // Nothing of one page is under way when the next is asked for.
    await page.goto("about:blank");
  }
});
