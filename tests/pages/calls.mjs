// The list of calls, and one call.

import { area, check, equal, number } from "./common.mjs";

/** The admin centre's columns, in its order. */
const COLUMNS = [
  "Time stamp",
  "Display name",
  "SIP address",
  "Caller number",
  "Callee number",
  "Call type",
  "Country of the other side",
  "Start time",
  "Invite time",
  "Failure time",
  "End time",
  "Duration",
  "Media bypass",
  "SBC FQDN",
  "Azure region for media",
  "Azure region for signaling",
  "Event type",
  "Final SIP code",
  "Final Microsoft subcode",
  "Final SIP phrase",
  "Correlation ID",
];

await area("calls", async ({ arrive, done, all, rows }) => {
  const ada = await arrive({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const here = `/calls?${all}`;
  const query = () => new URL(page.url()).searchParams;
  const heads = () => page.locator("main thead th").allInnerTexts();
  const ids = async () =>
    page.locator("main tbody th a").evaluateAll((links) => links.map((link) => new URL(link.href).pathname));

  await ada.open(here);
  equal(await heads(), COLUMNS, "the columns");
  equal(await ada.listed(), rows, "the list says");
  const seen = new Set();
  let pages = 0;
  for (;;) {
    const found = await ids();
    found.forEach((id) => seen.add(id));
    pages += 1;
    const next = page.getByRole("link", { name: "Next page" });
    if ((await next.count()) === 0) break;
    equal(found.length, 50, `calls of page ${pages}`);
    await ada.follow(next);
  }
  equal(seen.size, rows, "different calls of all pages");
  await ada.accessible();
  await ada.follow(page.getByRole("link", { name: "First page" }));
  equal(await ada.listed(), rows, "the first page says");
  done("the list has the admin centre's columns and each call once");

  const newest = (await ids())[0];
  await ada.follow(page.getByRole("link", { name: "Oldest first" }));
  const oldest = (await ids())[0];
  check(oldest < newest, `oldest first starts with ${oldest}, newest first with ${newest}`);
  await ada.follow(page.getByRole("link", { name: "Newest first" }));
  equal((await ids())[0], newest, "the newest call");
  done("the order is turned round and back");

  await page.getByText("Columns", { exact: true }).click();
  await ada.follow(page.getByRole("link", { name: "Hide: Display name" }));
  await page.getByText("Columns", { exact: true }).click();
  await ada.follow(page.getByRole("link", { name: "Show: How it ended" }));
  equal(await heads(), [...COLUMNS.filter((head) => head !== "Display name"), "How it ended"], "the chosen columns");
  await ada.accessible();
  await ada.follow(page.getByRole("link", { name: "Next page" }));
  equal((await heads()).length, COLUMNS.length, "columns of the next page");
  await page.getByText("Columns", { exact: true }).click();
  await ada.follow(page.getByRole("link", { name: "The usual columns" }));
  equal(await heads(), COLUMNS, "the usual columns");
  done("columns are chosen, and stay chosen from page to page");

  await ada.go(here);
  const callee = COLUMNS.indexOf("Callee number");
  const caller = COLUMNS.indexOf("Caller number");
  const cells = (row, column) => row.locator("th, td").nth(column);
  const shown = await cells(page.locator("main tbody tr").first(), caller).innerText();
  const digits = shown.replace(/\D/g, "").slice(-6, -1);
  await page.getByRole("searchbox").fill(digits);
  await ada.follow(page.getByRole("button", { name: "Search" }));
  check(!page.url().includes(digits), `digits stand in the address: ${page.url()}`);
  const found = await page.locator("main tbody tr:not(:has(td.empty))").all();
  check(found.length > 0, `nobody with ${digits} is found`);
  for (const row of found) {
    const numbers = [await cells(row, caller).innerText(), await cells(row, callee).innerText()];
    check(numbers.some((one) => one.replace(/\D/g, "").includes(digits)), `${digits} finds ${numbers}`);
  }
  check((await page.locator(".chips").innerText()).includes(digits), "the chip does not say what is looked for");
  await ada.follow(page.getByRole("link", { name: "Clear all" }));
  equal(await ada.listed(), rows, "without the search there are");
  done("any part of a number finds its calls, in no address");

  const user = cells(page.locator("main tbody tr:has(td:nth-child(2) a)").first(), 1);
  const name = await user.innerText();
  await ada.follow(user.getByRole("link"));
  const listed = await ada.listed();
  equal(await ada.countCalls(), listed, `calls of ${name}`);
  await ada.go(here);
  const type = cells(page.locator("main tbody tr").first(), COLUMNS.indexOf("Call type"));
  const typed = await type.innerText();
  await ada.follow(type.getByRole("link"));
  equal(query().get("type"), typed, "a cell narrows to");
  done("cells narrow the list");

  await ada.go(`${here}&ends=failed`);
  const link = page.locator("main tbody th a").first();
  const time = (await link.innerText()).replace("↳ ", "");
  await ada.follow(link);
  await ada.accessible();
  equal(await page.getByRole("heading", { level: 1 }).innerText(), `Call of ${time}`, "the call");
  for (const title of ["Why it ended", "What happened", "Details", "Legs", "For a ticket", "As Graph gives it"]) {
    equal(await page.getByRole("heading", { name: title, exact: true }).count(), 1, `panels called ${title}`);
  }
  const [day, id] = new URL(page.url()).pathname.split("/").slice(-2).map(decodeURIComponent);
  await page.getByText("Show the JSON").click();
  const json = JSON.parse(await page.locator("#json code").innerText());
  equal([json.id, Date.parse(json.startDateTime)], [id, Date.parse(day)], "the JSON is of");
  check("otherPartyCountryCode" in json, "the JSON lacks what Graph gives");
  const support = await page.locator("#support").innerText();
  check(support.includes(json.correlationId), "what support asks for lacks the correlation id");
  await page.locator("section:has(#support)").getByRole("button", { name: "Copy" }).click();
  await page.waitForFunction(() => document.getElementById("live").textContent === "Copied");
  equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), support.trim(), "what was copied");
  await page.locator('section:has(#ladder-title) summary').click();
  const steps = await page.locator("section:has(#ladder-title) tbody tr").count();
  check(steps >= 2, `${steps} steps of a call`);
  await ada.accessible();
  done("a call shows its steps, its cause and what to send to support");

  const call = page.url();
  const similar = page.locator("section:has(#similar-title)");
  const told = number(await similar.locator("p").first().innerText());
  await ada.follow(similar.getByRole("link", { name: "List them all" }));
  equal(await ada.listed(), told, "similar failures");
  equal(await ada.countCalls(), told, "rows of similar failures");
  await ada.go(call);
  await ada.follow(page.locator("section:has(#why-title) dd a").first());
  check(new URL(page.url()).pathname.includes("/codes/"), `the code leads to ${page.url()}`);
  await ada.go(call);
  await ada.follow(page.getByRole("link", { name: "To the list" }));
  equal(query().get("ends"), "failed", "the way back keeps");
  await ada.open(`/calls/2026-03-01T00%3A00%3A00Z/00000000-0000-4000-8000-000000000000`, 404);
  done("similar failures are those that it counts, and the way back is the list");
});
