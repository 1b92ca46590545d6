// Without JavaScript all of it works as links and forms.

import { area, check, equal, everyPage, number } from "./common.mjs";

await area("no-script", async ({ arrive, done, all, rows, url }) => {
  const ada = await arrive({ javaScriptEnabled: false });
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const place = () => page.url().slice(url.length);
  const attempts = async () => number(await page.locator(".tile .list").first().innerText());
  done("an account is set up and signed in");

  for (const path of await everyPage(ada, all)) {
    await ada.open(path);
    check((await page.getByRole("main").innerText()).length > 40, `${path} shows nothing`);
  }
  done("each page shows something");

  await ada.go(`/?${all}`);
  equal(await attempts(), rows, "the first tile counts");
  await ada.follow(page.locator("#week.later a"));
  equal(await page.locator(".later").count(), 0, "parts that are left to be loaded");
  equal(await page.locator("section#week, section#countries").count(), 2, "parts that are there");
  await page.locator(".filter summary").click();
  await page.locator(".filter").getByLabel("Direction").selectOption("inbound");
  await ada.follow(page.getByRole("button", { name: "Apply" }));
  const inbound = await attempts();
  check(inbound > 0 && inbound < rows, `${inbound} of ${rows} calls are inbound`);
  await ada.drill(page.locator(".tile .list a").first(), "inbound calls");
  done("filters and lists work");

  await ada.go(`/?${all}`);
  await page.locator("section:has(.plot) summary").click();
  await ada.follow(page.locator("section:has(.plot) tbody th a").nth(8));
  equal(new URL(page.url()).searchParams.get("from")?.slice(0, 10), "2026-03-09", "the chart's table zooms to");
  await ada.follow(page.getByRole("link", { name: "Zoom out" }));
  await ada.go(`/calls?${all}`);
  await page.getByRole("searchbox").fill("+44");
  await ada.follow(page.getByRole("button", { name: "Search" }));
  const found = await ada.listed();
  check(found > 0 && found < rows, `the search finds ${found} of ${rows} calls`);
  equal(await ada.countCalls(), found, "calls that the search finds");
  await ada.go(`/failures?${all}`);
  await ada.follow(page.getByRole("link", { name: "Count the users hit, which takes a moment" }));
  check(number(await page.locator("#causes tbody tr").first().locator("td").nth(4).innerText()) > 0, "users hit");
  done("zoom, search and what is counted later work");

  await ada.go(`/usage?${all}`);
  await page.getByLabel("Form").selectOption("csv");
  await ada.order(page.getByRole("button", { name: "Make the file" }));
  await ada.go("/exports");
  equal(await page.locator("main tbody tr:has(form)").count(), 1, "files");
  await ada.follow(page.locator("main tbody tr").first().getByRole("button"));
  equal(await page.locator("main tbody tr:has(form)").count(), 0, "files after it was removed");
  await ada.go("/trunks/sbc2.contoso.com");
  const add = page.locator("section:has(#inventory-title) form.fields");
  await add.getByLabel("Value").fill("Branch");
  await ada.follow(add.getByRole("button", { name: "Add" }));
  check((await page.locator("section:has(#inventory-title) tbody").innerText()).includes("Branch"), "nothing is entered");
  await ada.follow(page.getByRole("button", { name: "Sign out" }));
  equal(place(), "/sign-in?signed-out=1", "the sign-out leads to");
  done("exports, changes and the sign-out work");
});
