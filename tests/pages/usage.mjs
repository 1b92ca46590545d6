// The report of the admin centre, and the files that people take out.

import { readFileSync } from "node:fs";
import { area, check, equal, number } from "./common.mjs";

const TABS = ["Direct Routing", "Calling Plans and Operator Connect", "Text messages", "Blocked users", "Dial-out of meetings"];

await area("usage", async ({ arrive, done, all, rows, url }) => {
  const ada = await arrive({ acceptDownloads: true });
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const here = `/usage?${all}`;
  const tabs = page.getByRole("navigation", { name: "Reports" });
  const counted = async () => number(await page.locator(".facts div").first().locator("dd").innerText());
  const listed = () => page.locator("section:has(#rows-title) tbody tr:not(:has(td.empty))");

  await ada.open(here);
  equal(await counted(), rows, "rows of direct routing");
  for (const tab of TABS) {
    await ada.go(here);
    await ada.follow(tabs.getByRole("link", { name: tab }));
    await ada.accessible();
    equal(await tabs.getByRole("link", { name: tab }).getAttribute("aria-current"), "page", `${tab} is marked`);
    const count = await counted();
    check(count > 0, `there are no rows of ${tab}`);
    let found = await listed().count();
    for (let older = page.getByRole("link", { name: "Older rows" }); await older.count(); ) {
      await ada.follow(older);
      found += await listed().count();
    }
    equal(found, count, `rows of ${tab}, page after page`);
  }
  done("each tab shows as many rows as it counts");

  await ada.go(here);
  await page.locator("section:has(#chart-title) summary").click();
  const buckets = page.locator("section:has(#chart-title) tbody");
  const sum = (await buckets.locator("td").allInnerTexts()).map(number).reduce((all_, one) => all_ + one, 0);
  equal(sum, rows, "the chart's buckets add up to");
  const bucket = buckets.locator("tr").nth(9);
  const inBucket = number(await bucket.locator("td").innerText());
  await ada.follow(bucket.locator("th a"));
  equal(await counted(), inBucket, "the bucket has");
  done("the chart counts the rows, and leads to those of a bucket");

  /** Orders a file and gives it: at once, or from the list. */
  const order = async (form) => {
    await ada.go(here);
    await page.getByLabel("Form").selectOption({ label: form });
    const file = await ada.order(page.getByRole("button", { name: "Make the file" }));
    if (file) return file;
    for (let looks = 0; ; looks += 1) {
      check(looks < 60, `${form} is not made`);
      const link = page.locator("main tbody tr").first().locator("th a");
      if (await link.count()) {
        const download = page.waitForEvent("download");
        await link.click();
        return download;
      }
      await page.waitForTimeout(250);
      await page.reload();
    }
  };
  for (const [form, name, isIt] of [
    ["Zip as in the admin centre", /^Export\.directrouting\..+\.zip$/, (bytes) => bytes.subarray(0, 2).toString() === "PK"],
    ["CSV as in the admin centre", /^DirectRouting\.calls\..+\.csv$/, (bytes) => bytes.toString().trimEnd().split("\n").length === rows + 1],
    ["Excel workbook", /\.xlsx$/, (bytes) => bytes.includes("xl/workbook.xml")],
    ["Parquet", /^DirectRouting\.calls\..+\.parquet$/, (bytes) => bytes.subarray(0, 4).toString() === "PAR1"],
    ["NDJSON", /\.ndjson$/, (bytes) => bytes.toString().trimEnd().split("\n").every((line) => JSON.parse(line).id)],
  ]) {
    const file = await order(form);
    check(name.test(file.suggestedFilename()), `${form} is called ${file.suggestedFilename()}`);
    const bytes = readFileSync(await file.path());
    check(isIt(bytes), `${form} is not what it says: ${bytes.length} bytes`);
    if (form === "NDJSON") equal(bytes.toString().trimEnd().split("\n").length, rows, "lines of NDJSON");
  }
  done("files are taken out in each form, with all rows of the screen");

  await ada.open("/exports");
  const files = page.locator("main tbody tr:has(form)");
  equal(await files.count(), 5, "files in the list");
  equal(await page.locator("main tbody").getByText("ready", { exact: true }).count(), 5, "files that are ready");
  check((await files.first().innerText()).includes(`${rows} rows`), "the list does not say how many rows a file has");
  await ada.follow(files.first().getByRole("button", { name: /^Remove/ }));
  equal(await files.count(), 4, "files after one was removed");
  await ada.follow(page.getByRole("main").getByRole("link", { name: "Usage" }));
  check(page.url().startsWith(`${url}/usage`), page.url());
  done("files are listed and removed");

  const ben = await arrive();
  await ben.signUp("ben@contoso.example");
  await ben.open(here);
  equal(await ben.page.getByRole("button", { name: "Make the file" }).count(), 0, "exports for who may take nothing out");
  await ben.open("/exports", 403);
  done("who may take nothing out is offered nothing");
});
