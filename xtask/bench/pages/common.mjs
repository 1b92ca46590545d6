// What the programs share: settings, a browser, and when a page is whole.

import { chromium } from "playwright-core";

const TIME_LIMIT_SECS = 900;
const PAGE_LIMIT_MS = 60_000;

export function setting(name) {
  const value = process.env[name] ?? "";
  if (!value) throw new Error(`the environment variable ${name} is not set: cargo xtask bench sets it`);
  return value;
}

/** A setting of several lines. */
export function lines(name) {
  return setting(name).split("\n").filter((line) => line !== "");
}

export const URL_OF_SERVER = setting("TRUNKLOG_URL");

/** A line of what was measured, which the benchmark reads. */
export function tell(measured) {
  console.log(JSON.stringify(measured));
}

/** Runs with a browser; whatever goes wrong ends the program with 1 and says what. */
export async function withBrowser(run) {
  const giveUp = (reason) => {
    console.error(reason);
    process.exit(1);
  };
  setTimeout(() => giveUp(`not done after ${TIME_LIMIT_SECS} s`), TIME_LIMIT_SECS * 1000).unref();
  let browser;
  try {
    browser = await chromium.launch({
      executablePath: setting("TRUNKLOG_BROWSER"),
      args: ["--disable-dev-shm-usage", "--disable-gpu", "--no-proxy-server"],
    });
    await run(browser);
    await browser.close();
  } catch (error) {
    await browser?.close().catch(() => {});
    giveUp(error instanceof Error ? error.stack : String(error));
  }
}

/** Somebody's browser with an empty cache, signed in where there is a cookie. */
export async function newPerson(browser, cookie) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(PAGE_LIMIT_MS);
  if (cookie) {
    const [name, value] = cookie.split("=");
    await context.addCookies([{ name, value, url: URL_OF_SERVER }]);
  }
  await context.addInitScript(watch);
  return { context, page: await context.newPage() };
}

// Runs in each page before anything else. A page is whole when all of it was loaded, no part is still to
// come, and what came last was painted.
function watch() {
  let isLoaded = false;
  window.trunklogWhole = new Promise((resolve) => {
    const look = () => {
      if (!isLoaded || document.querySelector('[hx-trigger="load"]')) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now()), 0));
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
    window.addEventListener("load", () => {
      isLoaded = true;
      look();
    });
  });
}

/** Opens a page and gives the milliseconds from the start of the navigation until it is whole. */
export async function open(page, path) {
  const answer = await page.goto(new URL(path, URL_OF_SERVER).href, { waitUntil: "commit" });
  if (answer.status() !== 200) throw new Error(`${path}: status ${answer.status()}`);
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${path}: not whole after ${PAGE_LIMIT_MS} ms`)), PAGE_LIMIT_MS).unref();
  });
  const ms = await Promise.race([page.evaluate(() => window.trunklogWhole), late]);
  if (new URL(page.url()).pathname.includes("/sign-in")) throw new Error(`${path}: nobody is signed in`);
  return ms;
}
