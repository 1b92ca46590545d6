// When sessions end, by a clock that the test moves. Server and provider run in the test's own
// process.

import { ask } from "./asking.mjs";
import { area, check, equal, setting } from "./common.mjs";

const advance = (minutes) => ask(`advance ${minutes * 60}`);
const exchanges = async () => Number(await ask("exchanges"));

await area("expiry", async ({ arrive, done, url }) => {
  const anna = await arrive({ hosts: [new URL(setting("TRUNKLOG_ISSUER")).host] });
  const { page, context } = anna;
  const place = () => page.url().slice(url.length);
  const signIn = () => anna.follow(page.getByRole("link", { name: "Sign in with contoso" }));

  await anna.open("/calls");
  await signIn();
  equal(place(), "/calls", "the sign-in leads to");
  equal(await page.locator(".reader span").innerText(), "anna@example.com", "the page names");
  done("a person signs in at the issuer in the test's process");

  const before = await exchanges();
  await advance(31);
  await anna.open("/");
  equal(await exchanges(), before, "the provider is asked within the hour");
  await advance(31);
  await anna.go("/trunks");
  equal(place(), "/trunks", "after an hour comes");
  equal(await exchanges(), before + 1, "how often the provider was asked after an hour");
  done("after an hour the provider is asked again, without a question to the person");

  await advance(31);
  await anna.go("/");
  await advance(31);
  await page.getByRole("searchbox").fill("4930");
  await anna.follow(page.getByRole("button", { name: "Search" }));
  equal(place(), "/sign-in?next=%2F", "a form after an hour leads to");
  await signIn();
  equal(place(), "/", "from there comes");
  done("a form that is sent after an hour leads to a page of this server, not to another");

  await advance(61);
  await anna.go("/calls?range=28d");
  equal(place(), "/sign-in?next=%2Fcalls%3Frange%3D28d", "an hour without use leads to");
  await signIn();
  equal(place(), "/calls?range=28d", "from there comes");
  done("a session ends after an hour without use");

  // The page comes, and with the part that it loads the session has ended.
  let isFirst = true;
  await context.route(/part=week/, async (route) => {
    if (isFirst) await advance(61);
    isFirst = false;
    await route.continue();
  });
  await page.goto(`${url}/?range=7d`);
  await page.waitForURL(/\/sign-in\?/);
  await context.unroute(/part=week/);
  await anna.settled();
  check(!(await page.locator(".reader").count()), "a part of a page shows the sign-in within the page");
  await signIn();
  done("a part of a page that is refused sends the whole page to the sign-in");

  // Used all the time. The server notes a use after its answer, so one may be noted late.
  for (let minutes = 0; minutes < 23 * 60; minutes += 23) {
    await advance(23);
    const answer = await context.request.get(`${url}/help`);
    equal([answer.status(), answer.url()], [200, `${url}/help`], `after ${minutes + 23} minutes of use`);
  }
  await advance(50);
  equal((await context.request.get(`${url}/help`)).url(), `${url}/help`, "just before the end of the day");
  await advance(15);
  await anna.go("/help");
  equal(place(), "/sign-in?next=%2Fhelp", "a day after the sign-in comes");
  done("a session ends after a day, however much it is used");
});
