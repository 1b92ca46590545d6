// English, French and German: each page in the reader's language, with its numbers and times.

import { area, check, equal, everyPage } from "./common.mjs";

const LANGUAGES = [
  {
    locale: "fr-CA",
    lang: "fr",
    nav: ["État", "Appels", "Trunks", "Échecs", "Utilisateurs", "Numéros", "Destinations", "Utilisation", "Données", "Aide", "Administration"],
    percent: /\d,\d\u202f%/,
    day: "01/03/2026 00:00",
    missing: "Cette page n'existe pas",
    signIn: "Connexion",
    signedOut: "Vous êtes déconnecté ici",
  },
  {
    locale: "de-AT",
    lang: "de",
    nav: ["Zustand", "Anrufe", "Trunks", "Fehler", "Benutzer", "Nummern", "Ziele", "Nutzung", "Daten", "Hilfe", "Verwaltung"],
    percent: /\d,\d\u00a0%/,
    day: "01.03.2026, 00:00",
    missing: "Diese Seite gibt es nicht",
    signIn: "Anmelden",
    signedOut: "Sie sind hier abgemeldet",
  },
  {
    locale: "nl-NL",
    lang: "en",
    nav: ["Health", "Calls", "Trunks", "Failures", "Users", "Numbers", "Destinations", "Usage", "Data", "Help", "Administration"],
    percent: /\d\.\d%/,
    day: "1 Mar 2026, 00:00",
    missing: "There is no such page",
    signIn: "Sign in",
    signedOut: "You are signed out here",
  },
];
/** What a text would show that has no words: its key. */
const KEY = /(?:^|\s)(?:nav|tile|column|kpi|state|chip|range|filter|admin|usage|export|calls|call|code|help|class|data|welcome|side|group|inventory|capacity|probe|failures|evidence|reveal|sign-in|app-code|codes|set-up|password|fault|refused)-[a-z][A-Za-z-]*(?:\s|$)/;

await area("languages", async ({ arrive, done, all }) => {
  const ada = await arrive();
  await ada.signUp("ada@contoso.example");
  const pages = await everyPage(ada, all);
  const cookies = await ada.context.cookies();
  for (const { locale, lang, nav, percent, day, missing, signIn, signedOut } of LANGUAGES) {
    const reader = await arrive({ locale });
    const { page } = reader;
    await reader.context.addCookies(cookies);
    for (const path of pages) {
      await reader.go(path);
      equal(await page.locator("html").getAttribute("lang"), lang, `the language of ${path}`);
      const text = await page.locator("body").innerText();
      check(!KEY.test(text), `${path} shows the key ${KEY.exec(text)?.[0]}`);
      reader.sound();
    }
    await reader.go(`/?${all}`);
    const links = page.locator("header nav").first().getByRole("link");
    equal(await links.allInnerTexts(), nav, "the navigation");
    check(percent.test(await page.locator(".tiles").innerText()), `no tile has a share such as ${percent}`);
    const told = await page.locator(".filter .told").innerText();
    check(told.includes(day), `the range is told as ${told}`);
    await reader.accessible();
    await reader.open("/calls/a/b/c", 404);
    equal(await page.getByRole("heading", { level: 1 }).innerText(), missing, "a page that there is not");
    done(`who prefers ${locale} reads all pages in ${lang}`);

    const stranger = await arrive({ locale });
    for (const [path, status, told] of [
      ["/sign-in", 200, signIn],
      ["/sign-in?signed-out=1", 200, signedOut],
      ["/sign-in/elsewhere", 404, missing],
    ]) {
      await stranger.open(path, status);
      equal(await stranger.page.locator("html").getAttribute("lang"), lang, `the language of ${path}`);
      const text = await stranger.page.locator("body").innerText();
      check(text.includes(told) && !KEY.test(text), `${path} says ${text}`);
    }
    done(`who prefers ${locale} signs in in ${lang}`);
  }
});
