// Users, numbers and destinations: totals, and the calls behind them.

import { area, check, equal, number } from "./common.mjs";

await area("lists", async ({ arrive, done, all, rows }) => {
  const ada = await arrive();
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const calls = page.locator('main tbody tr:nth-child(-n+8) td a[href*="calls?"]');
  const sorted = async (head, column) => {
    await ada.follow(page.getByRole("columnheader", { name: new RegExp(`^${head}$`, "i") }).getByRole("link"));
    const texts = await page.locator(`main tbody td:nth-child(${column})`).allInnerTexts();
    const numbers = texts.map(number);
    const [direction] = await page.locator("main thead th[aria-sort]").evaluateAll((heads) =>
      heads.map((th) => th.getAttribute("aria-sort")),
    );
    const expected = [...numbers].sort((one, other) => (direction === "ascending" ? one - other : other - one));
    equal(numbers, expected, `${head}, ${direction}`);
  };

  await ada.open(`/users?${all}`);
  check((await page.locator("main tbody tr").count()) > 5, "there are hardly any users");
  const first = page.locator("main tbody tr").first();
  const name = await first.locator("th a").innerText();
  await ada.drill(first.locator('a[href*="calls?"]').first(), `calls of ${name}`);
  check((await page.locator(".chips").innerText()).length > 5 && !page.url().includes(encodeURIComponent(name)), page.url());
  await ada.go(`/users?${all}`);
  await ada.drillAll(calls, "users");
  await sorted("missed calls", 4);
  await ada.follow(page.locator("main tbody th a").first());
  equal(await page.locator("main tbody tr").count(), 1, "users, where one is looked at");
  await ada.accessible();
  done("users have their totals, which lead to their calls");

  await ada.open(`/numbers?${all}`);
  const own = page.locator("main tbody tr").first();
  check(/^\+\d{6,}$/.test(await own.locator("th").innerText()), "the number is not shown whole");
  await ada.drill(own.locator('a[href*="calls?"]').first(), "calls of a number");
  await ada.go(`/numbers?${all}`);
  await ada.follow(page.getByRole("link", { name: "Numbers outside" }));
  await ada.accessible();
  await ada.drill(page.locator('main tbody a[href*="calls?"]').first(), "calls of a number outside");
  await ada.open(`/numbers?${all.replace("2026-03-01", "2026-03-31")}&show=unused`);
  const unused = await page.locator("main tbody tr:not(:has(td.empty))").count();
  equal(number(await page.locator("main > p.told").first().innerText()), unused, "unused numbers");
  check(unused > 0, "every number was used on the last day");
  done("numbers tell who called last, and which rest");

  await ada.open(`/destinations?${all}`);
  const counts = await page.locator("main tbody td:nth-child(2)").allInnerTexts();
  equal(counts.map(number).reduce((sum, one) => sum + one, 0), rows, "calls of all countries");
  await ada.drillAll(page.locator('main tbody td:nth-child(2) a'), "countries");
  await ada.drill(page.locator('main tbody td:nth-child(2) a').first(), "calls of a country");
  await ada.go(`/destinations?${all}`);
  await ada.follow(page.locator("main .choices").getByRole("link", { name: "outbound" }));
  equal(new URL(page.url()).searchParams.get("direction"), "outbound", "the choice narrows to");
  await ada.accessible();
  done("countries add up to all calls, and lead to them");
});
