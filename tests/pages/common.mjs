// What the programs share: settings, a browser whose pages are watched, sign-in, and how calls are
// counted.
//
// A visitor is a person with a browser of their own. Whatever a page does wrong while it is looked
// at fails the program, whichever check is under way: a violation of its content-security policy, an
// error in the console or of a script, a request to anybody else, a status that was not expected,
// and, of each page that is opened by its address, whatever axe finds.

import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const TIME_LIMIT_SECS = 150;
const STEP_LIMIT_MS = 20_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A check did not hold; the message says which and what was seen. */
export class Failed extends Error {}

export function check(holds, message) {
  if (!holds) throw new Failed(message);
}

export function equal(found, expected, what) {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value));
  check(one === other, `${what}: ${one}, expected ${other}`);
}

export function setting(name) {
  const value = process.env[name] ?? "";
  check(value, `the environment variable ${name} is not set: cargo xtask test sets it`);
  return value;
}

/** The server under test, and what is stored there. */
const SITE = {
  url: setting("TRUNKLOG_URL").replace(/\/$/, ""),
  tenant: setting("TRUNKLOG_TENANT"),
  other: setting("TRUNKLOG_OTHER_TENANT"),
  password: setting("TRUNKLOG_PASSWORD"),
  from: setting("TRUNKLOG_FROM"),
  to: setting("TRUNKLOG_TO"),
  /** How many calls the tenant has, all of them between those days. */
  rows: Number(setting("TRUNKLOG_ROWS")),
};
/** All calls of the tenant, as the query of any page says it. */
const ALL = `from=${SITE.from}T00:00:00Z&to=${SITE.to}T00:00:00Z`;

/** The whole number in a text such as `1,234 calls`. */
export function number(text) {
  const digits = /\d[\d.,\u00a0\u202f\u2009]*/.exec(text)?.[0].replace(/\D/g, "");
  check(digits, `there is no number in ${JSON.stringify(text)}`);
  return Number(digits);
}

/** The code that an authenticator app shows then (RFC 6238). */
export function totp(secret, seconds = Date.now() / 1000) {
  const letters = secret.replace(/\s/g, "");
  const bits = [...letters].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const bytes = bits.join("").match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const tag = createHmac("sha1", Buffer.from(bytes)).update(step).digest();
  const word = tag.readUInt32BE(tag[19] & 0x0f) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, "0");
}

/** A person with a browser. */
export class Visitor {
  #trouble = [];
  #expected = new Set();
  #allowed;
  #hasScript;

  constructor(context, page, { hosts, hasScript }) {
    this.context = context;
    this.page = page;
    this.#allowed = new Set([new URL(SITE.url).host, ...hosts]);
    this.#hasScript = hasScript;
  }

  /** `options` are those of Playwright's contexts; `hosts` are others that pages may lead to. */
  static async arrive(browser, { hosts = [], ...options } = {}) {
    const context = await browser.newContext({
      // The certificate is of the server's own authority.
      ignoreHTTPSErrors: true,
      locale: "en-GB",
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(STEP_LIMIT_MS);
    const page = await context.newPage();
    const visitor = new Visitor(context, page, { hosts, hasScript: options.javaScriptEnabled !== false });
    await visitor.#watch();
    return visitor;
  }

  async #watch() {
    const { context, page } = this;
    const tell = (what) => this.#trouble.push(`${what} (on ${page.url()})`);
    const isOurs = (url) => !url.startsWith("http") || new URL(url).host === new URL(SITE.url).host;
    await context.exposeBinding("trunklogViolation", (_, text) => tell(`content-security policy: ${text}`));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        window.trunklogViolation(`${event.effectiveDirective} refused ${event.blockedURI || "inline"}`);
      });
    });
    page.on("console", (message) => {
      // Statuses are looked at below, where it is known which were expected.
      const isStatus = message.text().startsWith("Failed to load resource: the server responded");
      if (message.type() === "error" && !isStatus && isOurs(message.location().url)) {
        tell(`console: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => tell(`script: ${error.message}`));
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && !this.#allowed.has(url.host)) tell(`a request to ${url.host}`);
    });
    context.on("response", (response) => {
      if (response.status() >= 400 && isOurs(response.url()) && !this.#expected.has(response.status())) {
        tell(`status ${response.status()} of ${response.url()}`);
      }
    });
  }

  /** What was wrong since the last look. */
  sound() {
    const trouble = this.#trouble.splice(0);
    check(trouble.length === 0, trouble.join("; "));
  }

  /** Whatever answers with one of those statuses within `act` is as it should be. */
  async expecting(statuses, act) {
    statuses.forEach((status) => this.#expected.add(status));
    try {
      return await act();
    } finally {
      this.#expected.clear();
    }
  }

  /** Opens a page by its path, waits for all of it, and has axe look at it. */
  async open(path, status = 200) {
    const answer = await this.expecting([status], () => this.page.goto(address(path)));
    equal(answer.status(), status, `the status of ${path}`);
    await this.settled();
    await this.accessible();
    this.sound();
    return this.page;
  }

  /** The same without axe, of a page that it saw already. */
  async go(path) {
    await this.page.goto(address(path));
    await this.settled();
    return this.page;
  }

  /** Follows a link or sends a form, and waits for the page that it leads to. */
  async follow(target) {
    const before = this.page.url();
    const [answer] = await Promise.all([
      this.page.waitForResponse(
        (response) => response.request().isNavigationRequest() && ![301, 302, 303].includes(response.status()),
      ),
      target.click(),
    ]);
    await this.page.waitForLoadState("load");
    await this.settled();
    check(answer, `nothing came after ${before}`);
    this.sound();
    return answer;
  }

  /** Sends the form that orders a file: gives the download, or nothing where the list of files came. */
  async order(button) {
    const download = this.page.waitForEvent("download");
    // The navigation of a download is broken off, which is no page that came.
    const list = this.page.waitForURL(/\/exports$/).then(() => undefined, () => download);
    download.catch(() => {});
    await button.click();
    return Promise.race([download, list]);
  }

  /** Waits until all parts of the page are there. */
  async settled() {
    await this.page.waitForLoadState("load");
    if (this.#hasScript) {
      await this.page.waitForFunction(() => !document.querySelector('[hx-trigger="load"]'));
    }
  }

  /** Has axe look at the page as it is now. */
  async accessible() {
    if (!this.#hasScript) return;
    // It is large, so only pages get it that are looked at.
    if (!(await this.page.evaluate(() => "axe" in window))) await this.page.evaluate(AXE);
    const found = await this.page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return violations.map(
        ({ id, help, nodes }) =>
          `${id}: ${help}: ${nodes
            .slice(0, 3)
            .map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)}`)
            .join(" | ")}`,
      );
    });
    check(found.length === 0, `axe: ${found.join("; ")}`);
  }

  /** Nothing of the page is wider than the screen; what is too wide scrolls by itself. */
  async fits() {
    const [wide, screen] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    check(wide <= screen, `${this.page.url()} is ${wide} px wide on a screen of ${screen} px`);
  }

  /** Signs in with an account of the server for the first time, and sets up its app. */
  async signUp(name) {
    const { page } = this;
    await this.go("/sign-in");
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(SITE.password);
    await this.follow(page.getByRole("button", { name: "Sign in" }));
    const secret = await page.locator(".key code").innerText();
    await page.getByLabel("The six digits that the app shows now").fill(totp(secret));
    await this.follow(page.getByRole("button", { name: "Go on" }));
    const codes = await page.locator(".codes code").allInnerTexts();
    equal(codes.length, 10, "recovery codes");
    await this.follow(page.getByRole("link", { name: "I have kept them" }));
    return { secret, codes };
  }

  /** How many calls the list says that it has. */
  async listed() {
    return number(await this.page.locator("main > p.told").innerText());
  }

  /** The rows of a list of calls, page after page to its end. */
  async countCalls() {
    let rows = 0;
    for (let pages = 0; ; pages += 1) {
      check(pages < 100, `the list goes on after ${pages} pages`);
      rows += await this.page.locator("main tbody tr:not(:has(td.empty))").count();
      const next = this.page.locator('main .pager a[rel="next"]');
      if ((await next.count()) === 0) return rows;
      await this.follow(next);
    }
  }

  /** How many calls a list says that it has, if it does, and the rows of it, page after page, without the browser. */
  async #walk(href) {
    let [listed, rows] = [undefined, 0];
    for (let pages = 0; href; pages += 1) {
      check(pages < 100, `the list goes on after ${pages} pages`);
      const answer = await this.context.request.get(href);
      equal(answer.status(), 200, `the status of ${href}`);
      const html = await answer.text();
      listed ??= listedIn(html);
      rows += callsIn(html);
      const next = /<a href="([^"]*)" rel="next">/.exec(html)?.[1].replaceAll("&#38;", "&");
      href = next && new URL(next, href).href;
    }
    return { listed, rows };
  }

  /**
   * Follows a link whose text is a number of calls: the list has exactly as many. The browser opens its first page;
   * that it goes on from there to the next is for `calls.mjs`.
   */
  async drill(link, what) {
    const told = number(await link.innerText());
    await this.follow(link);
    equal(new URL(this.page.url()).pathname.split("/").at(-1), "calls", `${what} leads to`);
    equal(await this.listed(), told, `${what}: the list says`);
    let rows = await this.page.locator("main tbody tr:not(:has(td.empty))").count();
    const [next] = await this.page.locator('main .pager a[rel="next"]').evaluateAll((links) => links.map((a) => a.href));
    rows += (await this.#walk(next)).rows;
    equal(rows, told, `${what}: rows of the list`);
    return told;
  }

  /** The same of a link that the browser does not follow. */
  async drillUnseen(link, what) {
    const [text, href] = await link.evaluate((a) => [a.innerText, a.href]);
    const told = number(text);
    equal(new URL(href).pathname.split("/").at(-1), "calls", `${what} leads to`);
    const { listed, rows } = await this.#walk(href);
    check(listed !== undefined, `${what}: ${text} leads to ${href}, which is no list of calls`);
    equal([number(listed), rows], [told, told], `${what}: the list says, and has rows`);
    return told;
  }

  /** The same of many links, by what each list says and shows at first, without the browser. */
  async drillAll(links, what) {
    const found = await links.evaluateAll((all) =>
      all.filter((link) => /^[\d.,]+$/.test(link.innerText.trim())).map((link) => [link.innerText, link.href]),
    );
    check(found.length > 0, `${what}: no number leads to calls`);
    for (const [text, href] of found) {
      const told = number(text);
      const html = await (await this.context.request.get(href)).text();
      const all = listedIn(html);
      check(all !== undefined, `${what}: ${text} leads to ${href}, which is no list of calls`);
      equal(number(all), told, `${what}: the list of ${href} says`);
      const rows = callsIn(html);
      // A page has 50 of them, or a few more where a country is looked for.
      check(rows >= Math.min(told, 50) && rows <= told, `${what}: ${rows} rows of ${told} at ${href}`);
    }
    return found.length;
  }
}

/** How many calls the list says that it has, as it is written; nothing where it does not say it. */
function listedIn(html) {
  return /<p class="told">(\d[\d.,]*) calls?,/.exec(html)?.[1];
}

/** How many calls the list has on a page. */
function callsIn(html) {
  const body = /<tbody>([^]*?)<\/tbody>/.exec(html)?.[1] ?? "";
  return body.split("<tr>").length - 1;
}

/** A path below the server's root. */
export function address(path) {
  return path.startsWith("http") ? path : `${SITE.url}${path}`;
}

function giveUp(area, reason) {
  console.log(`FAILED ${area}: ${reason.replace(/\s+/g, " ")}`);
  process.exit(1);
}

/** What was thrown, and where. */
function description(error) {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at .*\.mjs/.test(line));
  return [error instanceof Failed ? error.message : `${error.name}: ${error.message}`, ...frames.slice(0, 4)].join(" ");
}

/**
 * Runs the checks of an area; the process ends with 1 at the first that does not hold, with the
 * address and a picture of each page that was open.
 */
export async function area(name, run) {
  setTimeout(() => giveUp(name, `not done after ${TIME_LIMIT_SECS} s`), TIME_LIMIT_SECS * 1000).unref();
  let browser;
  const visitors = [];
  const arrive = async (options) => {
    const visitor = await Visitor.arrive(browser, options);
    visitors.push(visitor);
    return visitor;
  };
  try {
    browser = await chromium.launch({
      executablePath: setting("TRUNKLOG_TEST_BROWSER"),
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-proxy-server"],
    });
    const done = (what) => {
      visitors.forEach((visitor) => visitor.sound());
      console.log(`ok ${name}: ${what}`);
    };
    await run({ ...SITE, all: ALL, arrive, done });
    visitors.forEach((visitor) => visitor.sound());
    await browser.close();
    // Whatever else a program keeps open, such as a provider, has served its purpose.
    process.exit(0);
  } catch (error) {
    const seen = [];
    for (const [at, { page }] of visitors.entries()) {
      const file = join(process.cwd(), "failed", `${name}-${at + 1}.png`);
      mkdirSync(join(process.cwd(), "failed"), { recursive: true });
      const isTaken = await page.screenshot({ path: file, timeout: 5000 }).then(() => true, () => false);
      seen.push(`${page.url()}${isTaken ? ` as in ${file}` : ""}`);
    }
    await browser?.close().catch(() => {});
    giveUp(name, `${description(error)} [at ${seen.join(", ") || "no page"}]`);
  }
}

/** A page of each kind, as who may do everything gets it. */
export async function everyPage(visitor, all) {
  await visitor.go(`/calls?${all}&ends=failed`);
  const call = new URL(await visitor.page.locator("main tbody th a").first().evaluate((link) => link.href));
  return [
    `/?${all}`,
    `/?${all}&metric=occupiedChannels&heat=failed`,
    "/?range=24h",
    `/calls?${all}`,
    call.pathname + call.search,
    `/trunks?${all}`,
    `/trunks/sbc1.contoso.com?${all}`,
    `/failures?${all}`,
    `/failures/evidence?${all}`,
    `/users?${all}`,
    `/numbers?${all}&show=outside`,
    `/destinations?${all}`,
    "/help",
    "/help/ner",
    "/codes",
    `/codes/486-560486?${all}`,
    `/usage?${all}`,
    `/usage?${all}&tab=pstn`,
    "/exports",
    "/data",
    "/admin",
    "/admin?tab=sessions",
    "/admin?tab=tenants",
    "/admin?tab=audit",
  ];
}
