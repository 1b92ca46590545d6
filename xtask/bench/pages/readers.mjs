// People who read one page of the navigation after the other, with what a browser loads of each, until a signal
// comes. Prints how many pages they read, how many answers came, and what the first was that was none.
//
// TRUNKLOG_COOKIES has the cookie of one a line, TRUNKLOG_PATHS the first page, TRUNKLOG_PAUSE_MS how long one looks
// at a page on average.

import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

function setting(name) {
  const value = process.env[name] ?? "";
  if (!value) throw new Error(`the environment variable ${name} is not set: cargo xtask bench sets it`);
  return value;
}

const SERVER = new URL(setting("TRUNKLOG_URL"));
const PAUSE_MS = Number(setting("TRUNKLOG_PAUSE_MS"));
const FIRST = setting("TRUNKLOG_PATHS").trim();

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => stop.abort());

const sum = { pages: 0, answers: 0, bytes: 0, failed: 0, failure: "" };

/** Each has an address of this machine, as people have. */
function agentOf(at) {
  const address = `127.0.${1 + Math.floor(at / 250)}.${1 + (at % 250)}`;
  return new http.Agent({ keepAlive: true, maxSockets: 6, localAddress: address });
}

function get(person, href, more = {}) {
  const url = new URL(href, SERVER);
  const headers = { cookie: person.cookie, "accept-encoding": "gzip", accept: "text/html", ...more };
  const options = { host: SERVER.hostname, port: SERVER.port, path: url.pathname + url.search, headers, agent: person.agent };
  return new Promise((resolve) => {
    const fail = (why) => {
      sum.failed += 1;
      sum.failure ||= `${url.pathname}: ${why}`;
      resolve("");
    };
    const request = http.get(options, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", (error) => fail(error.message));
      answer.on("end", () => {
        const body = Buffer.concat(chunks);
        sum.answers += 1;
        sum.bytes += body.length;
        if (answer.statusCode !== 200) return fail(`status ${answer.statusCode}`);
        resolve((answer.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString());
      });
    });
    request.on("error", (error) => fail(error.message));
    request.setTimeout(60_000, () => request.destroy(new Error("no answer within 60 s")));
  });
}

function unescaped(text) {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))).replaceAll("&amp;", "&");
}

/** The pages of the navigation. */
function navigation(html) {
  const nav = /<nav[^>]*>([^]*?)<\/nav>/.exec(html)?.[1] ?? "";
  return [...nav.matchAll(/href="([^"]*)"/g)].map(([, href]) => unescaped(href));
}

/** What the page loads of itself. */
function parts(html) {
  const waiting = html.match(/<[^>]*hx-trigger="load"[^>]*>/g) ?? [];
  return waiting.map((tag) => /hx-get="([^"]*)"/.exec(tag)?.[1]).filter(Boolean).map(unescaped);
}

async function read(person, href) {
  const html = await get(person, href);
  await Promise.all(parts(html).map((part) => get(person, part, { "hx-request": "true" })));
  sum.pages += 1;
  return html;
}

/** Somebody reads, and starts at another page than the others. */
async function browse(cookie, at) {
  const person = { cookie, agent: agentOf(at) };
  const pause = async () => {
    await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal: stop.signal }).catch(() => {});
  };
  const pages = navigation(await read(person, FIRST));
  for (let turn = at; !stop.signal.aborted; turn += 1) {
    await pause();
    if (!stop.signal.aborted) await read(person, pages.length > 0 ? pages[turn % pages.length] : FIRST);
  }
  person.agent.destroy();
}

const cookies = setting("TRUNKLOG_COOKIES").split("\n").filter((line) => line !== "");
await Promise.all(cookies.map(browse));
console.log(JSON.stringify(sum));
