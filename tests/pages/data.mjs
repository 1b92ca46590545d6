// What came, what is missing, and how full the disk is.

import { area, check, equal, number } from "./common.mjs";

await area("data", async ({ arrive, done, all }) => {
  const ada = await arrive();
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const imported = number(process.env.TRUNKLOG_IMPORTED ?? "");
  const row = (text) => page.locator("section:has(#sources-title) tbody tr").filter({ hasText: text });

  await ada.open(`/?${all}`);
  await ada.follow(page.locator(".filter .complete a"));
  equal(new URL(page.url()).pathname, "/data", "what is said of completeness leads to");
  await ada.accessible();
  equal(await page.locator("header nav a[aria-current]").innerText(), "Data", "the place in the navigation");
  done("what is said of completeness leads to what came");

  await ada.open("/data");
  const cells = await row("import/files").locator("td").allInnerTexts();
  check(cells[0].includes("imported by hand"), `the import is told as ${cells[0]}`);
  equal([cells[4], cells[5]].map(number), [imported, imported], "received and new");
  check((await row("folder/sbc1").innerText()).includes("nothing came yet"), "the folder is not told");
  await ada.accessible();
  const source = page.locator("section.panel").filter({ has: page.getByRole("heading", { name: /^import\/files/ }) });
  equal(await source.locator("svg.strip g").count(), 25, "hours of a day and the one that runs");
  await source.locator("summary").click();
  const hours = await source.locator("details tbody tr td:nth-child(4)").allInnerTexts();
  equal(hours.reduce((sum, text) => sum + number(text), 0), imported, "what came, hour by hour");
  await ada.accessible();
  await ada.follow(page.getByRole("navigation", { name: "Range of the hours" }).getByRole("link", { name: "7 days" }));
  equal(await source.locator("svg.strip g").count(), 169, "hours of a week and the one that runs");
  done("each source has its counts, hour by hour");

  // The server measures the disk when it starts, which takes as long as it takes.
  for (let looks = 0; (await page.locator("#disk tbody tr").count()) === 0; looks += 1) {
    check(looks < 200, "the disk is not measured");
    await ada.go("/data");
  }
  await ada.accessible();
  const disk = await page.locator("#disk").innerText();
  check(disk.includes(" are free.") && disk.includes("Direct Routing"), disk);
  done("who administers the only tenant sees what fills the disk");

  const cleo = await arrive();
  await cleo.signUp("cleo@contoso.example");
  await cleo.open("/data");
  equal(await cleo.page.locator("#disk tbody tr").count(), 0, "what fills the disk, for who reads sums");
  check((await cleo.page.locator("#disk").innerText()).includes(" are free."), "the disk is not told");
  done("who reads sums sees what came, and how much room there is");
});
