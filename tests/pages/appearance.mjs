// Light, dark, on a phone, on paper, and with the keyboard alone.

import { area, check, equal, everyPage } from "./common.mjs";

await area("appearance", async ({ arrive, done, all }) => {
  const ada = await arrive();
  await ada.signUp("ada@contoso.example");
  const pages = await everyPage(ada, all);
  const cookies = await ada.context.cookies();
  const ground = (visitor) => visitor.page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  const narrow = await arrive({ viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true });
  for (const path of ["/sign-in", "/sign-in?signed-out=1"]) {
    await narrow.open(path);
    await narrow.fits();
  }
  await narrow.context.addCookies(cookies);
  for (const path of pages) {
    await narrow.open(path);
    await narrow.fits();
    // What is folded away, too.
    await narrow.page.evaluate(() => document.querySelectorAll("details").forEach((part) => part.toggleAttribute("open", true)));
    await narrow.accessible();
    await narrow.fits();
  }
  const dark = await ground(narrow);
  done(`${pages.length} pages fit 390 px, and can be read in the dark`);

  const light = await arrive({ colorScheme: "light" });
  await light.context.addCookies(cookies);
  for (const path of pages) {
    // In light, axe sees them in the other areas.
    await light.go(path);
    await light.fits();
  }
  check((await ground(light)) !== dark, `the ground is ${dark}, light and dark`);
  done("they can be read in light on a screen of 1440 px");

  const { page } = light;
  await light.go(`/?${all}`);
  await page.emulateMedia({ media: "print" });
  equal(await page.getByRole("navigation", { name: "Pages" }).isVisible(), false, "the navigation on paper");
  check(await page.locator(".tile").first().isVisible(), "the tiles are not on paper");
  await page.emulateMedia({ media: "screen" });
  done("on paper there is what was looked at, and no navigation");

  await light.go(`/?${all}`);
  await page.keyboard.press("Tab");
  equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content", "the first stop");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "content");
  const stops = new Set();
  for (let at = 0; at < 40; at += 1) {
    await page.keyboard.press("Tab");
    const [stop, hasRing] = await page.evaluate(() => {
      const element = document.activeElement;
      return [element.outerHTML, getComputedStyle(element).outlineStyle !== "none"];
    });
    check(hasRing, `nobody sees that the keyboard is at ${stop.slice(0, 200)}`);
    stops.add(stop);
  }
  check(stops.size > 30, `the keyboard reaches ${stops.size} places of 40`);
  done("the keyboard skips to the content, and shows where it is");
});
