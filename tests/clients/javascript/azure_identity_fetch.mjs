// A token from @azure/identity, then the pages twice: with the global fetch over HTTP/1.1 and with
// node:http2 over HTTP/2. Both must give the same rows, and the public address in the links must
// not depend on the protocol. The settings come from the TRUNKLOG_* variables described in
// ../README.md.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import http2 from "node:http2";
import tls from "node:tls";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { ClientSecretCredential } from "@azure/identity";

const CLIENT = "azure_identity_fetch";
const TIME_LIMIT_SECS = 180;
const REQUEST_LIMIT_SECS = 60;
const PAGE_ROWS = 1000;
const GRAPH_SCOPE = "https://graph.microsoft.com/.default";

/** A check did not hold; the message says which and what was seen. */
class Failed extends Error {}

function check(holds, message) {
  if (!holds) throw new Failed(message);
}

function proven(what) {
  console.log(`ok ${CLIENT}: ${what}`);
}

function setting(name) {
  const value = process.env[name] ?? "";
  check(value, `the environment variable ${name} is not set`);
  return value;
}

function readSettings() {
  const ids = readFileSync(setting("TRUNKLOG_IDS"), "utf8").split(/\s+/).filter(Boolean);
  const rows = Number(setting("TRUNKLOG_ROWS"));
  check(ids.length === rows, `TRUNKLOG_IDS holds ${ids.length} ids, TRUNKLOG_ROWS is ${rows}`);
  check(rows > PAGE_ROWS, `${rows} rows fit one page, so paging would prove nothing`);
  const url = setting("TRUNKLOG_URL").replace(/\/$/, "");
  return {
    url,
    calls: `${url}/v1.0/communications/callRecords/getDirectRoutingCalls(fromDateTime=${setting("TRUNKLOG_FROM")},toDateTime=${setting("TRUNKLOG_TO")})`,
    login: setting("TRUNKLOG_LOGIN").replace(/\/$/, ""),
    tenant: setting("TRUNKLOG_TENANT"),
    clientId: setting("TRUNKLOG_CLIENT_ID"),
    secret: setting("TRUNKLOG_CLIENT_SECRET"),
    ids,
  };
}

function credential(settings, secret) {
  return new ClientSecretCredential(settings.tenant, settings.clientId, secret, {
    authorityHost: settings.login,
    disableInstanceDiscovery: true,
  });
}

async function checkTokens(settings) {
  const answer = await credential(settings, settings.secret).getToken(GRAPH_SCOPE);
  check(answer.token, "the token is empty");
  check(
    answer.expiresOnTimestamp > Date.now(),
    `the token expired at ${new Date(answer.expiresOnTimestamp).toISOString()}`,
  );
  proven("@azure/identity got a token that is not expired");

  let refusal;
  try {
    await credential(settings, `${settings.secret}-wrong`).getToken(GRAPH_SCOPE);
  } catch (error) {
    refusal = error;
  }
  check(refusal !== undefined, "a wrong secret got a token");
  check(
    refusal.message.includes("AADSTS7000215"),
    `a wrong secret gives ${refusal.name}: ${refusal.message}, expected AADSTS7000215`,
  );
  proven(`a wrong secret is ${refusal.name} with AADSTS7000215`);
  return answer.token;
}

/** The certificate must be worth nothing to a client that does not know the local CA. */
async function checkTrust(settings) {
  const { hostname, port } = new URL(settings.url);
  const socket = tls.connect({
    host: hostname,
    port: Number(port || 443),
    servername: hostname,
    ca: tls.rootCertificates,
  });
  const outcome = await once(socket, "secureConnect").then(
    () => undefined,
    (error) => error,
  );
  socket.destroy();
  check(
    outcome !== undefined,
    "a client that does not know the local CA could connect, so nothing here verifies TLS",
  );
  check(
    /CERT|SIGNATURE|ISSUER/.test(outcome.code ?? ""),
    `without the local CA the connection failed with ${outcome.code}: ${outcome.message}`,
  );
  proven(`TLS is verified: without the local CA the server is refused (${outcome.code})`);
}

/** One page over HTTP/1.1: the global fetch offers nothing else. */
async function getByFetch(url, token) {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    signal: AbortSignal.timeout(REQUEST_LIMIT_SECS * 1000),
  });
  const text = await response.text();
  check(response.status === 200, `fetch ${url}: status ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** One page as a stream of an HTTP/2 session. */
async function getByHttp2(session, url, token) {
  const { pathname, search } = new URL(url);
  const stream = session.request({
    ":path": pathname + search,
    authorization: `Bearer ${token}`,
    accept: "application/json",
    "accept-encoding": "gzip",
  });
  stream.setTimeout(REQUEST_LIMIT_SECS * 1000, () =>
    stream.destroy(new Failed(`HTTP/2 ${url}: no answer in ${REQUEST_LIMIT_SECS} s`)),
  );
  const [headers] = await once(stream, "response");
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const text = (headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString(
    "utf8",
  );
  check(
    headers[":status"] === 200,
    `HTTP/2 ${url}: status ${headers[":status"]}: ${text.slice(0, 300)}`,
  );
  check(
    headers["content-encoding"] === "gzip",
    `HTTP/2 ${url}: Content-Encoding is ${headers["content-encoding"]}, expected gzip`,
  );
  return JSON.parse(text);
}

/** Follows the next links from page one to the end. */
async function walk(settings, how, getPage) {
  const seen = [];
  let pages = 0;
  for (let link = settings.calls; link !== undefined;) {
    const page = await getPage(link);
    pages += 1;
    check(page.value?.length > 0, `${how} page ${pages}: no rows`);
    check(
      page["@odata.count"] === page.value.length,
      `${how} page ${pages}: @odata.count is ${page["@odata.count"]}, the page has ${page.value.length} rows`,
    );
    seen.push(...page.value.map((row) => row.id));
    link = page["@odata.nextLink"];
    check(
      (link === undefined) === seen.length >= settings.ids.length,
      `${how} page ${pages}: the next link is ${link} after ${seen.length} of ${settings.ids.length} rows`,
    );
    const prefix = `${settings.calls}?$skip=${seen.length}`;
    check(
      link === undefined || link === prefix || link.startsWith(`${prefix}&`),
      `${how} page ${pages}: the next link is ${link}, expected ${prefix}`,
    );
  }
  checkIds(seen, settings.ids, how);
  return { seen, pages };
}

function checkIds(seen, expected, how) {
  check(
    seen.length === expected.length,
    `${how}: ${seen.length} rows read, ${expected.length} expected`,
  );
  const twice = seen.length - new Set(seen).size;
  check(twice === 0, `${how}: ${twice} rows came twice`);
  expected.forEach((want, place) =>
    check(seen[place] === want, `${how}: row ${place} is ${seen[place]}, expected ${want}`),
  );
}

async function checkHttp2(settings, token) {
  const session = http2.connect(settings.url);
  // Without a listener an error of the session would end the process past `giveUp`; the waiting
  // stream reports it in any case.
  session.on("error", () => {});
  try {
    await once(session, "connect").catch((error) => {
      throw new Failed(`no HTTP/2 connection: ${error.code}: ${error.message}`);
    });
    check(session.alpnProtocol === "h2", `ALPN chose ${session.alpnProtocol}, expected h2`);
    const { pages } = await walk(settings, "HTTP/2", (link) => getByHttp2(session, link, token));
    proven(
      `HTTP/2 (ALPN h2) read the same ${settings.ids.length} rows in ${pages} pages, gzipped, with the same links`,
    );

    const links = Array.from(
      { length: pages },
      (_, page) => `${settings.calls}?$skip=${page * PAGE_ROWS}`,
    );
    const together = await Promise.all(links.map((link) => getByHttp2(session, link, token)));
    checkIds(
      together.flatMap((page) => page.value.map((row) => row.id)),
      settings.ids,
      "HTTP/2 side by side",
    );
    proven(
      `${pages} pages asked for at once on one HTTP/2 connection, by $skip alone, are the same rows`,
    );
  } finally {
    session.destroy();
  }
}

async function run() {
  const settings = readSettings();
  await checkTrust(settings);
  const token = await checkTokens(settings);
  const { pages } = await walk(settings, "HTTP/1.1", (link) => getByFetch(link, token));
  proven(
    `fetch over HTTP/1.1 read ${settings.ids.length} rows once each in order over ${pages} pages`,
  );
  await checkHttp2(settings, token);
}

function giveUp(reason) {
  console.log(`FAILED ${CLIENT}: ${reason.replace(/\s+/g, " ")}`);
  process.exit(1);
}

/**
 * Node reads NODE_EXTRA_CA_CERTS and the proxy variables only when it starts. If they are not what
 * this program needs, it runs again in a child that has them and passes its exit code on.
 */
function restartWithTrust() {
  const ca = setting("TRUNKLOG_CA");
  check(existsSync(ca), "TRUNKLOG_CA names no file");
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
  for (const name of [
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "NODE_USE_ENV_PROXY",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
  ]) {
    delete env[name];
  }
  const fits =
    env.NODE_EXTRA_CA_CERTS === process.env.NODE_EXTRA_CA_CERTS &&
    Object.keys(env).length === Object.keys(process.env).length;
  if (fits) return;
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    env,
    stdio: "inherit",
  });
  process.exit(child.status ?? 1);
}

try {
  restartWithTrust();
  setTimeout(() => giveUp(`not done after ${TIME_LIMIT_SECS} s`), TIME_LIMIT_SECS * 1000).unref();
  await run();
} catch (error) {
  const cause = error.cause ? ` (${error.cause.code ?? error.cause.message})` : "";
  giveUp(error instanceof Failed ? error.message : `${error.name}: ${error.message}${cause}`);
}
