// What failed, the evidence sheet, and what codes mean.

import { area, check, equal, number } from "./common.mjs";

await area("failures", async ({ arrive, done, all, tenant }) => {
  const ada = await arrive();
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const here = `/failures?${all}`;
  const panel = (id) => page.locator(`section:has(#${id}-title)`);

  await ada.open("/failures");
  equal(await page.locator(".note.empty").innerText(), "No call failed in this range.", "an empty week says");
  await ada.go(`/?${all}`);
  const tile = page.locator(".tile").filter({ has: page.getByRole("heading", { name: "Failed", exact: true }) });
  const failed = number(await tile.locator(".list").innerText());
  check(failed > 10, `${failed} calls failed: too few to tell anything`);
  await ada.open(here);
  equal(number(await page.locator(".sums li").first().innerText()), failed, "the page says that failed");
  done("the page counts what the first page counts");

  await ada.drillAll(panel("matrix").locator('tbody a[href*="calls?"]'), "the matrix");
  await ada.drillAll(panel("causes").locator('tbody a[href*="calls?"]'), "the causes");
  await ada.drillAll(panel("sides").locator('tbody a[href*="calls?"]'), "the sides");
  const sum = async (links) => (await links.allInnerTexts()).map(number).reduce((all_, one) => all_ + one, 0);
  equal(await sum(panel("causes").locator('tbody td:nth-child(4) a[href*="calls?"]')), failed, "the causes add up to");
  equal(await sum(panel("matrix").locator('tbody td:nth-child(2) a[href*="calls?"]')), failed, "the matrix adds up to");
  await ada.drill(panel("causes").locator('tbody td:nth-child(4) a[href*="calls?"]').first(), "the first cause");
  done("each number of failures leads to the calls that it counts");

  await ada.go(here);
  const row = panel("causes").locator("tbody tr").first();
  const users = number(await row.locator("td").nth(4).innerText());
  await ada.follow(row.locator("td").nth(4).getByRole("link"));
  equal(await page.locator("main tbody tr").count(), users, "users hit");
  await ada.accessible();
  done("users hit are counted, and listed");

  await ada.go(here);
  const code = await panel("causes").locator("tbody th").first().innerText();
  const count = number(await panel("causes").locator("tbody tr").first().locator("td").nth(2).innerText());
  await ada.follow(panel("causes").locator("tbody th a").first());
  await ada.accessible();
  equal(await page.getByRole("heading", { level: 1 }).innerText(), `Code ${code}`, "the code's page");
  const calls = page.getByRole("link", { name: /in this range ended so/ });
  check(number(await calls.innerText()) >= count, "the code has fewer calls than failures");
  await ada.drill(calls, "the code");
  done("a cause leads to what its code means, and from there to its calls");

  await ada.go(here);
  await ada.follow(page.getByRole("link", { name: "Evidence sheet of all of them" }));
  await ada.accessible();
  const fact = (name) => page.locator("dl div").filter({ has: page.getByText(name, { exact: true }) }).locator("dd").first();
  check((await fact("Tenant").innerText()).includes(tenant), "the sheet does not name the tenant");
  equal(number(await fact("Calls").innerText()), failed, "the sheet says that failed");
  const sheet = page.getByRole("table", { name: "The calls" });
  const told = await sheet.locator("tbody tr").count();
  equal(told, Math.min(failed, 200), "calls on the sheet");
  check(await page.getByRole("button", { name: "Print" }).isVisible(), "there is nothing to print it with");
  await page.getByText("As text, for a ticket or a mail").click();
  const text = await page.getByRole("textbox").inputValue();
  check(text.includes(tenant) && text.split("\n").length > told, "the text lacks calls");
  await page.emulateMedia({ media: "print" });
  equal(await page.getByRole("button", { name: "Print" }).isVisible(), false, "the button on paper");
  check(await sheet.isVisible(), "the calls are not on paper");
  await page.emulateMedia({ media: "screen" });
  await ada.go(here);
  await ada.follow(panel("causes").getByRole("link", { name: "Sheet" }).first());
  equal(number(await fact("Calls").innerText()), count, "the sheet of the first cause says");
  done("the evidence sheet has all failed calls, on screen, on paper and as text");

  await ada.open("/codes");
  await page.getByLabel("SIP code").fill("486-560486");
  await ada.follow(page.getByRole("button", { name: "Look up" }));
  await ada.accessible();
  equal(await page.getByRole("heading", { level: 1 }).innerText(), "Code 486-560486", "the page that was looked up");
  await ada.open("/codes/503-999999");
  check((await page.locator(".note").innerText()).includes("documented nowhere"), "an unknown pair is taken for known");
  await ada.open("/help");
  const figures = await page.locator("main tbody th a").evaluateAll((links) => links.map((link) => link.href));
  check(figures.length > 10, `${figures.length} key figures`);
  for (const href of figures) {
    const html = await (await ada.context.request.get(href)).text();
    check(html.includes("Worked example") && /class="formula">[^<]{4,}/.test(html), `no formula or example at ${href}`);
  }
  await ada.follow(page.locator("main tbody th a").first());
  await ada.accessible();
  await ada.open("/help/luck", 404);
  done("codes and key figures are explained, each with an example");
});
