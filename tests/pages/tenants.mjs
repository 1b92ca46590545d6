// What each role opens, what is hidden of numbers, and that tenants do not see each other.

import { area, check, equal, number } from "./common.mjs";

await area("tenants", async ({ arrive, done, all, rows, tenant, other, url }) => {
  const meet = async (name) => {
    const visitor = await arrive();
    await visitor.signUp(`${name}@contoso.example`);
    return visitor;
  };
  const links = (visitor) => visitor.page.getByRole("navigation", { name: "Pages" }).getByRole("link").allInnerTexts();
  const callers = (visitor) => visitor.page.locator("main tbody td:nth-child(4)").allInnerTexts();

  const cleo = await meet("cleo");
  await cleo.open(`/?${all}`);
  equal(await links(cleo), ["Health", "Trunks", "Failures", "Destinations", "Data", "Help"], "pages of who reads sums");
  equal(await cleo.page.locator('main a[href*="calls"], main [role="search"]').count(), 0, "ways to calls for who reads sums");
  equal(number(await cleo.page.locator(".tile .list").first().innerText()), rows, "sums have");
  await cleo.open(`/failures?${all}`);
  await cleo.open(`/trunks?${all}`);
  for (const path of ["/calls", "/users", "/numbers", "/usage", "/exports", "/admin", "/failures/evidence"]) {
    await cleo.open(path, 403);
    check(/the role/i.test(await cleo.page.getByRole("main").innerText()), `${path} does not say which role is missing`);
  }
  done("who reads sums gets sums, and is told which role is missing");

  const ben = await meet("ben");
  await ben.open(`/calls?${all}`);
  const masked = await callers(ben);
  check(masked.filter((one) => one.endsWith("****")).length > 10, `numbers are not masked: ${masked.slice(0, 5)}`);
  await ben.open("/exports", 403);
  await ben.open("/admin", 403);
  const ada = await meet("ada");
  await ada.open(`/calls?${all}`);
  const whole = await callers(ada);
  equal(whole.some((one) => one.includes("*")), false, "asterisks for who sees full numbers");
  equal(whole.length, masked.length, "rows");
  for (const [at, one] of whole.entries()) {
    const hidden = masked[at];
    check(hidden === one || hidden === one.replace(/\d{4}$/, "****"), `${hidden} stands for ${one}`);
  }
  done("without the role, the last four digits of numbers outside are hidden");

  // A link that is sent to a colleague shows no more than the colleague may see.
  const outside = whole.findIndex((one, at) => masked[at] !== one);
  await ada.follow(ada.page.locator("main tbody tr").nth(outside).locator("td:nth-child(4) a"));
  const sent = ada.page.url().slice(url.length);
  check(!sent.includes(whole[outside].slice(1)), `the number stands in the address: ${sent}`);
  await ben.open(sent);
  const page = await ben.page.locator("body").innerText();
  check(!page.includes(whole[outside]), "the colleague sees the number");
  await ben.open(`${sent}`.replace(/who=[^&]+/, "who=forged"), 400);
  done("a link to a number tells who may not see it nothing");

  // One number, for a reason.
  await ben.open(`/calls?${all}`);
  await ben.follow(ben.page.locator("main tbody tr").nth(outside).locator("th a"));
  const call = ben.page.url();
  // The caller's number: it is the one that the list was compared by.
  const reveal = ben.page.locator('details.reveal:has(input[value="caller"])');
  await reveal.locator("summary").click();
  await ben.accessible();
  const reason = reveal.getByLabel("Why you need it");
  equal(await reason.getAttribute("maxlength"), "500", "characters of a reason");
  await reveal.getByRole("button", { name: "Show the number" }).click();
  equal(ben.page.url(), call, "without a reason the browser stays");
  await reason.fill("   ");
  await ben.expecting([400], () => ben.follow(reveal.getByRole("button", { name: "Show the number" })));
  check((await ben.page.getByRole("alert").innerText()).includes("500 characters"), "a missing reason is not told");
  await ben.accessible();
  await ben.page.getByLabel("Why you need it").fill("complaint of a subscriber");
  const answer = await ben.follow(ben.page.getByRole("button", { name: "Show the number" }));
  equal(await ben.page.locator("#number").innerText(), whole[outside], "the number that is shown");
  equal(answer.headers()["cache-control"], "no-store", "who keeps the page");
  check(!ben.page.url().includes(whole[outside].slice(1)), `the number stands in the address: ${ben.page.url()}`);
  await ben.accessible();
  await ben.follow(ben.page.getByRole("link", { name: "To the call" }));
  check(!(await ben.page.locator("body").innerText()).includes(whole[outside]), "the call shows the number afterwards");
  await ada.go(call);
  equal(await ada.page.locator("details.reveal").count(), 0, "forms for who sees full numbers");
  await ada.go("/admin?tab=audit");
  check((await ada.page.locator("main tbody").innerText()).includes("had a number shown"), "the audit trail does not have it");
  done("one number is shown for a reason, which the audit trail has");

  for (const path of [`/t/${other}/`, `/t/${other}/calls`, "/t/11111111-2222-4333-8444-555555555555/"]) {
    await ben.open(path, 404);
  }
  await ben.open(`/t/${tenant}/calls?${all}`);
  done("another tenant is not there");

  const dora = await meet("dora");
  equal(dora.page.url().slice(url.length).split("?")[0].replace(/[0-9a-f-]{36}/, ""), "/t//", "who has two tenants is led to");
  const counts = [];
  for (const one of [tenant, other]) {
    await dora.open(`/t/${one}/?${all}`);
    counts.push(number(await dora.page.locator(".tile .list").first().innerText()));
    await dora.drill(dora.page.locator(".tile .list a").first(), `calls of the tenant ${one}`);
    check(dora.page.url().startsWith(`${url}/t/${one}/calls`), dora.page.url());
  }
  equal(counts[0], rows, "calls of the first tenant");
  check(counts[1] > 0 && counts[1] < rows, `the other tenant has ${counts[1]} calls`);
  await dora.open("/calls", 404);
  const names = dora.page.getByRole("navigation", { name: "Tenants" });
  await dora.open(`/t/${tenant}/trunks`);
  equal(await names.getByRole("link").count(), 2, "tenants to choose from");
  await dora.follow(names.locator("a:not([aria-current])"));
  check(dora.page.url().startsWith(`${url}/t/${other}/`), `the other tenant is at ${dora.page.url()}`);
  // What stands for a number in one tenant is nothing in another.
  await dora.open(`/t/${tenant}${sent}`);
  await dora.open(`/t/${other}${sent.replace(/&?commit=\d+/, "")}`, 400);
  done("with two tenants the address names the one, and nothing of it means anything in the other");
});
