// People, sessions, tenants and the audit trail.

import { area, check, equal } from "./common.mjs";

await area("admin", async ({ arrive, done, tenant, url }) => {
  const ada = await arrive();
  const { page } = ada;
  await ada.signUp("ada@contoso.example");
  const ben = await arrive();
  await ben.signUp("ben@contoso.example");
  const tab = (name) => ada.follow(page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name }));
  const row = (text) => page.locator("main tbody tr").filter({ hasText: text });
  const said = () => page.getByRole("status").innerText();

  await ada.open("/admin");
  await tab("People");
  await ada.accessible();
  check((await row("ada@contoso.example").innerText()).includes("This is you"), "people change their own roles");
  equal(await row("ada@contoso.example").locator("form").count(), 0, "forms for the own account");
  check((await row("ben@contoso.example").innerText()).includes("set up"), "the app is not told");
  await ben.open("/users");
  await row("ben@contoso.example").locator("summary").click();
  await ada.accessible();
  await row("ben@contoso.example").getByLabel("reads calls, numbers masked", { exact: true }).uncheck();
  await row("ben@contoso.example").getByLabel("reads sums", { exact: true }).check();
  await ada.follow(row("ben@contoso.example").getByRole("button", { name: "Set roles" }));
  check((await said()).includes("roles were set"), "it is not said that roles were set");
  await ada.accessible();
  await ben.open("/users", 403);
  await ben.open("/trunks");
  done("roles are given and taken, and hold from the next request on");

  await tab("Sessions");
  await ada.accessible();
  check((await row("ada@contoso.example").innerText()).includes("this one"), "the own session is not told");
  await ada.follow(row("ben@contoso.example").getByRole("button", { name: "End session of ben@contoso.example" }));
  check((await said()).includes("has ended"), "it is not said that the session has ended");
  await ben.open("/trunks");
  equal(ben.page.url(), `${url}/sign-in?next=%2Ftrunks`, "whose session was ended is led to");
  done("sessions are listed and ended");

  await tab("Tenants");
  await ada.accessible();
  await row(tenant).getByLabel("Name").fill("Contoso & Söhne");
  await ada.follow(row(tenant).getByRole("button", { name: "Set name" }));
  check((await said()).includes("name was set"), "it is not said that the name was set");
  equal(await row(tenant).locator("td").first().innerText(), "Contoso & Söhne", "the tenant is called");
  done("a tenant gets a name");

  await tab("People");
  await row("ben@contoso.example").locator("summary").click();
  await ada.follow(row("ben@contoso.example").getByRole("button", { name: "Remove account ben@contoso.example" }));
  check((await said()).includes("was removed"), "it is not said that the account was removed");
  equal(await row("ben@contoso.example").count(), 0, "the removed account");
  done("an account is removed");

  await tab("Audit trail");
  await ada.accessible();
  const trail = () => page.locator("main tbody tr:not(:has(td.empty))");
  check((await trail().count()) >= 4, "the trail lacks what was done");
  check(!(await page.locator("main tbody").innerText()).includes("@contoso.example"), "the trail shows names at once");
  await ada.follow(page.getByRole("link", { name: "With names" }));
  check((await page.locator("main tbody").innerText()).includes("ada@contoso.example"), "names are not shown where they are wanted");
  await ada.accessible();
  const what = page.getByLabel("What was done");
  const options = await what.locator("option").allInnerTexts();
  check(options.includes("ended a session"), `what can be done: ${options}`);
  await what.selectOption("session.revoke");
  await ada.follow(page.getByRole("button", { name: "Apply" }));
  equal(await trail().count(), 1, "entries of sessions that were ended");
  done("the audit trail has it all, with pseudonyms until names are wanted");
});
