// Trunks: how they do, how busy they are, and what is known of them.

import { area, check, equal, number } from "./common.mjs";

const TRUNK = "sbc1.contoso.com";

await area("trunks", async ({ arrive, done, all, rows }) => {
  const ada = await arrive();
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const here = `/trunks?${all}`;
  const row = (name) => page.locator("main tbody tr").filter({ hasText: name });
  const fill = async (form, fields) => {
    for (const [label, value] of Object.entries(fields)) {
      const field = form.getByLabel(label);
      if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption({ label: value });
      else await field.fill(value);
    }
  };

  await ada.open(here);
  equal(await page.locator("main tbody tr").count(), 4, "trunks");
  const counts = await page.locator("main tbody td:nth-child(8)").allInnerTexts();
  equal(counts.map(number).reduce((sum, one) => sum + one, 0), rows, "attempts of all trunks");
  check((await page.locator(".note").innerText()).includes("not connected"), "it is not said that nothing is probed");
  await ada.drillAll(page.locator('main tbody td:nth-child(8) a, main tbody td:nth-child(9) a'), "trunks");
  await ada.drill(row(TRUNK).locator("td").nth(6).getByRole("link"), "attempts of a trunk");
  await ada.go(here);
  await ada.follow(page.getByRole("columnheader", { name: /^trunk$/i }).getByRole("link"));
  const names = await page.locator("main tbody th").allInnerTexts();
  equal(names, [...names].sort(), "trunks by their names");
  done("each trunk has its numbers, which lead to its calls");

  await ada.follow(row(TRUNK).locator("th").getByRole("link"));
  await ada.accessible();
  check((await page.getByRole("heading", { level: 1 }).innerText()).includes(TRUNK), "another trunk");
  const figures = page.locator("section:has(#figures-title)");
  await ada.drillAll(figures.locator('a[href*="calls?"]'), "figures of a trunk");
  const capacity = page.locator("section:has(#capacity-title)");
  await capacity.locator("summary").click();
  check((await capacity.locator("details tbody tr").count()) > 20, "the capacity has no table of its buckets");
  check((await capacity.innerText()).includes("Busy channels, peak"), "no peak is told");
  check((await capacity.innerText()).includes("is not known"), "it is not said that no limit is known");
  await ada.accessible();
  done("a trunk's page has state, capacity and figures");

  const inventory = page.locator("section:has(#inventory-title)");
  const add = inventory.locator("form.fields");
  for (const [what, value] of [
    ["Name", "Headquarters"],
    ["Carrier", "Contoso Telecom"],
    ["Channels", "30"],
    ["Other name of the SBC", "sbc2.contoso.com"],
  ]) {
    await fill(add, { What: what, Value: value });
    await ada.follow(add.getByRole("button", { name: "Add" }));
    check((await inventory.locator("tbody").innerText()).includes(value), `${what} is not in the inventory`);
  }
  await ada.accessible();
  check((await page.getByRole("heading", { level: 1 }).innerText()).startsWith("Headquarters"), "the name is not shown");
  done("name, carrier, channels and another name are entered");

  await ada.open(here);
  equal(await page.locator("main tbody tr").count(), 3, "trunks, of which one has two names");
  check((await row("Headquarters").innerText()).includes("of 30"), "the peak is not told of all channels");
  await ada.drill(row("Headquarters").locator("td").nth(6).getByRole("link"), "attempts of a trunk with two names");
  done("a trunk that was renamed is one trunk, and its calls are one list");

  await ada.go(`/trunks/${TRUNK}?${all}`);
  await ada.follow(inventory.getByRole("button", { name: "Remove sbc2.contoso.com" }));
  check(!(await inventory.locator("tbody").innerText()).includes("sbc2"), "the other name is still there");
  await fill(add, { What: "Channels", Value: "many" });
  const refused = await ada.expecting([400], () => ada.follow(add.getByRole("button", { name: "Add" })));
  equal(refused.status(), 400, "the status of a limit that is no number");
  await ada.accessible();
  await ada.go(`/trunks/${TRUNK}?${all}`);
  await ada.follow(inventory.getByRole("button", { name: "Remove all that people entered of this trunk" }));
  await ada.go(here);
  equal(await page.locator("main tbody tr").count(), 4, "trunks, each with its own name");
  done("what was entered is removed, and nonsense is refused");

  const cookies = await ada.context.cookies();
  for (const locale of ["en-GB", "de-DE", "fr-FR"]) {
    const reader = await arrive({ locale, viewport: { width: 1280, height: 900 } });
    await reader.context.addCookies(cookies);
    await reader.go(here);
    await reader.fits();
    const [wide, room] = await reader.page
      .locator(".dense > .scroll")
      .evaluate((table) => [table.scrollWidth, table.clientWidth]);
    check(wide <= room, `in ${locale} the table is ${wide} px wide, and there are ${room} px`);
    await reader.page.setViewportSize({ width: 390, height: 844 });
    await reader.fits();
    await reader.accessible();
    await reader.context.close();
  }
  done("the table of trunks stands on a screen of 1280 px, in each language");

  await page.getByText("Add trunks").click();
  await ada.accessible();
  const gateways = [{ Identity: "sbc9.contoso.com", Fqdn: "sbc9.contoso.com", SipSignalingPort: 5067, MaxConcurrentSessions: 12, Enabled: true }];
  await page.getByLabel("Output as JSON").fill(JSON.stringify(gateways));
  await ada.follow(page.getByRole("button", { name: "Take over" }));
  await ada.go(here);
  check((await row("sbc9.contoso.com").innerText()).includes("no calls"), "a trunk without calls is not listed");
  await ada.open(`/trunks/sbc9.contoso.com?${all}`);
  check((await inventory.locator("tbody").innerText()).includes("12"), "the limit was not taken over");
  done("saved output of Get-CsOnlinePSTNGateway is taken over");
});
