// The first page: tiles, charts, filters, comparison, zoom, and that each number leads to the calls
// that it counts.

import { area, check, equal, number } from "./common.mjs";

await area("health", async ({ arrive, done, all, rows, url }) => {
  const ada = await arrive();
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const here = `/?${all}`;
  const tile = (name) => page.locator(".tile").filter({ has: page.getByRole("heading", { name, exact: true }) });
  const attempts = async () => number(await tile("Attempts").locator(".list").innerText());
  const query = () => new URL(page.url()).searchParams;
  const panel = (name) => page.locator("section.panel").filter({ has: page.getByRole("heading", { name }) });

  // The calls of the store are older than a week.
  await ada.open("/");
  equal(await page.locator(".note.empty").innerText(), "No calls in this range.", "an empty week says");
  equal(await page.locator(".tile .list a").count(), 0, "links to calls that there are not");
  await ada.open(here);
  equal(await page.locator(".tile").count(), 8, "tiles");
  equal(await page.locator(".note.empty").count(), 0, "notes that there is nothing");
  check((await page.locator(".complete").innerText()).includes("last stored"), "completeness is not told");
  for (const name of ["How calls ended", "Trunks", "Why calls were not answered", "Countries", "Hours of the week"]) {
    equal(await panel(name).count(), 1, `panels called ${name}`);
  }
  done("all tiles and panels are there, and an empty range says so");

  equal(await attempts(), rows, "the first tile counts");
  for (const name of ["Attempts", "Answered (ASR)", "Delivered (NER)", "Failed", "Time to answer, outbound"]) {
    await ada.drillUnseen(tile(name).locator(".list a"), `the tile ${name}`);
  }
  await ada.drill(tile("Failed").locator(".list a"), "the tile Failed, in the browser");
  await ada.go(here);
  const answered = await tile("Answered (ASR)").locator(".list a").innerText();
  for (const name of ["Minutes", "Call duration"]) {
    equal(await tile(name).locator(".list a").innerText(), answered, `the tile ${name} is taken over`);
  }
  done("the number on a tile equals the rows of the list that it opens");

  for (const name of ["Trunks", "How calls ended", "Why calls were not answered", "Countries"]) {
    await ada.drillAll(panel(name).locator('tbody a[href*="calls?"]'), name);
  }
  await page.locator("section:has(.plot) summary").click();
  await ada.drillAll(page.locator('section:has(.plot) tbody a[href*="calls?"]'), "the series");
  await ada.follow(panel("Hours of the week").getByRole("link", { name: "Attempts" }));
  await panel("Hours of the week").locator("summary").click();
  const hours = panel("Hours of the week").locator('tbody a[href*="calls?"]');
  const counted = (await hours.allInnerTexts()).map(number).reduce((sum, count) => sum + count, 0);
  equal(counted, rows, "the hours of the week add up to");
  await ada.drill(hours.first(), "an hour of the week");
  done("so do the numbers of all panels");

  await ada.go(here);
  const peak = number(await tile("Busy channels, peak").locator(".value").innerText());
  await ada.follow(tile("Busy channels, peak").locator(".list a"));
  equal(query().get("metric"), "occupiedChannels", "the peak leads to the chart of");
  equal(number(await tile("Busy channels, peak").locator(".value").innerText()), peak, "the hour of the peak has");
  done("the peak leads to its hour");

  await ada.go(here);
  await ada.follow(tile("Delivered (NER)").getByRole("heading").getByRole("link"));
  equal(query().get("metric"), "ner", "the heading of a tile chooses");
  check((await page.locator("section:has(.plot) h2").innerText()).startsWith("Delivered (NER)"), "the chart is another");
  done("a tile chooses what the chart shows");

  /** Fills the filter bar of the open page in and applies it. */
  const apply = async (fill) => {
    await page.locator(".filter summary").click();
    await fill(page.locator(".filter .fields"));
    await ada.follow(page.getByRole("button", { name: "Apply" }));
    return attempts();
  };
  /** The same of the page without a filter. */
  const filter = async (fill) => {
    await ada.go(here);
    return apply(fill);
  };
  const chips = () => page.locator(".chips li:has(a[aria-label])").allInnerTexts();
  // One value takes the place of another.
  let sum = 0;
  await ada.go(here);
  for (const direction of ["inbound", "outbound", "unknown"]) {
    sum += await apply((form) => form.getByLabel("Direction").selectOption(direction));
    equal((await chips()).length, 1, `chips of ${direction}`);
  }
  equal(sum, rows, "all directions add up to");
  sum = 0;
  await ada.go(here);
  for (const trunk of ["sbc1.contoso.com", "sbc2.contoso.com", "sbc-london.contoso.com", "sbc-seattle.fabrikam.com"]) {
    sum += await apply((form) => form.getByLabel("Trunk").fill(trunk));
  }
  equal(sum, rows, "all trunks add up to");
  for (const [label, value] of [
    ["Call type", "ByotOut"],
    ["Country", "gb"],
    ["SIP code", "0"],
  ]) {
    const told = await filter((form) => form.getByLabel(label).fill(value));
    check(told > 0 && told < rows, `${label} ${value} leaves ${told} of ${rows} calls`);
    equal((await chips()).length, 1, `chips of ${label}`);
    await ada.accessible();
    equal(await ada.drillUnseen(tile("Attempts").locator(".list a"), `${label} ${value}`), told, `calls of ${label} ${value}`);
  }
  await filter((form) => form.getByLabel("Trunk").fill("sbc1.contoso.com"));
  await ada.follow(page.locator(".chips a[aria-label]").first());
  equal(await attempts(), rows, "without the chip there are");
  await page.locator(".filter summary").click();
  await page.locator(".filter .fields").getByLabel("SIP code").fill("busy");
  const refused = await ada.expecting([400], () => ada.follow(page.getByRole("button", { name: "Apply" })));
  equal(refused.status(), 400, "the status of a code that is none");
  await ada.accessible();
  check((await page.getByRole("main").innerText()).includes("it is no SIP code"), "it is not said what is wrong");
  done("each filter narrows all numbers, and its chip takes it off");

  await filter((form) => form.getByLabel("Compare with").selectOption("week"));
  check((await page.locator(".legend").first().innerText()).includes("a week before"), "the legend names no comparison");
  const earlier = page.locator(".plot .path.before").first();
  const key = page.locator('[data-line="before"] button');
  for (const pressed of ["false", "true"]) {
    await key.click();
    equal(await key.getAttribute("aria-pressed"), pressed, "the key of a line says that it is shown:");
    const isDrawn = await earlier.evaluate((line) => getComputedStyle(line).display !== "none");
    equal(String(isDrawn), pressed, "the line is shown:");
  }
  check((await page.locator("section:has(.plot) .before").count()) > 1, "no earlier line is drawn");
  await apply((form) => form.getByLabel("Compare with").selectOption("off"));
  equal(await page.locator(".change").count(), 0, "changes where nothing is compared");
  equal(await page.locator(".legend .key.before").count(), 0, "keys of an earlier line where nothing is compared");
  await apply((form) => form.getByLabel("Time zone").fill("Europe/Berlin"));
  check((await page.locator(".filter .told").innerText()).includes("Europe/Berlin (UTC+1)"), "the zone is not told");
  await ada.follow(page.getByRole("link", { name: "28 days" }));
  equal(query().get("range"), "28d", "a preset chooses");
  equal(await page.getByRole("link", { name: "28 days" }).getAttribute("aria-current"), "true", "it is marked");
  done("comparison, zone and range are chosen");

  await ada.go(here);
  const plot = page.locator(".plot");
  const bands = plot.locator(".band");
  const buckets = await bands.count();
  check(buckets > 20, `${buckets} buckets`);
  await plot.scrollIntoViewIfNeeded();
  const [start, end] = await Promise.all([bands.nth(9).boundingBox(), bands.nth(12).boundingBox()]);
  check(start && end, "the buckets have no place on the screen");
  const height = start.y + start.height / 2;
  await page.mouse.move(start.x + start.width / 2, height);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, height, { steps: 4 });
  equal(await plot.locator(".band.marked").count(), 4, "marked buckets");
  const zoomed = page.waitForURL(/from=2026-03-10/);
  await page.mouse.up();
  await zoomed;
  await ada.settled();
  equal(query().get("to")?.slice(0, 10), "2026-03-14", "the zoom ends before");
  const part = await attempts();
  check(part > 0 && part < rows, `the zoom has ${part} of ${rows} calls`);
  equal(await ada.drill(tile("Attempts").locator(".list a"), "the zoom"), part, "calls of the zoom");
  done("dragging over the chart zooms, all numbers with it");

  await ada.go(here);
  await plot.focus();
  await page.keyboard.press("Home");
  const said = await page.locator("#live").innerText();
  check(said.startsWith("1 Mar 2026"), `the first bucket is read as ${JSON.stringify(said)}`);
  await page.keyboard.press("ArrowRight");
  check((await page.locator("#live").innerText()).startsWith("2 Mar 2026"), "the arrow reads no other bucket");
  const day = page.waitForURL(/from=2026-03-02/);
  await page.keyboard.press("Enter");
  await day;
  await ada.settled();
  await ada.follow(page.getByRole("link", { name: "Zoom out" }));
  check(query().get("from") < "2026-03-02", "zooming out widens nothing");
  await ada.go(here);
  await page.locator("section:has(.plot) summary").click();
  await ada.follow(page.locator("section:has(.plot) tbody th a").nth(4));
  equal(query().get("from")?.slice(0, 10), "2026-03-05", "a row of the chart's table zooms to");
  done("so do keys, and the chart's table");

  await ada.go(here);
  await page.getByRole("searchbox").fill("+44");
  await ada.follow(page.getByRole("button", { name: "Search" }));
  check(query().get("who") && !page.url().includes("44"), `the search stands in the address: ${page.url()}`);
  equal((await chips()).length, 1, "chips of a search");
  const found = await attempts();
  check(found > 0 && found < rows, `the search finds ${found} of ${rows} calls`);
  await ada.accessible();
  equal(await ada.drill(tile("Attempts").locator(".list a"), "the search"), found, "calls of the search");
  done("a search is posted, and its address names nobody");

  await ada.go(`/?${all}&trunk=sbc1.contoso.com`);
  await ada.follow(page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Trunks" }));
  equal([query().get("from"), query().get("trunk")], [`${all.slice(5, 25)}`, "sbc1.contoso.com"], "the next page keeps");
  check(page.url().startsWith(`${url}/trunks?`), page.url());
  done("the filter goes along from page to page");
});
