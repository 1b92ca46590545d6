// A token from @azure/identity, then the pages twice: with the global fetch over HTTP/1.1 and with
// node:http2 over HTTP/2. Both must give the same rows, and the public address in the links must
// not depend on the protocol. The settings come from the TRUNKLOG_* variables described in
// ../README.md.

import { once } from "node:events";
import http2 from "node:http2";
import tls from "node:tls";
import { gunzipSync } from "node:zlib";
import {
  Failed,
  GRAPH_SCOPE,
  PAGE_ROWS,
  REQUEST_LIMIT_SECS,
  check,
  checkIds,
  credential,
  main,
  prover,
} from "./common.mjs";

const CLIENT = "azure_identity_fetch";
const proven = prover(CLIENT);

/** The URL of the whole range. */
function calls(settings) {
  return `${settings.url}/v1.0/${settings.calls}`;
}

async function checkTokens(settings) {
  const answer = await credential(settings).getToken(GRAPH_SCOPE);
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
  const asked = calls(settings);
  const seen = [];
  let pages = 0;
  for (let link = asked; link !== undefined;) {
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
    const prefix = `${asked}?$skip=${seen.length}`;
    check(
      link === undefined || link === prefix || link.startsWith(`${prefix}&`),
      `${how} page ${pages}: the next link is ${link}, expected ${prefix}`,
    );
  }
  checkIds(seen, settings.ids, how);
  return { seen, pages };
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
      (_, page) => `${calls(settings)}?$skip=${page * PAGE_ROWS}`,
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

async function run(settings) {
  await checkTrust(settings);
  const token = await checkTokens(settings);
  const { pages } = await walk(settings, "HTTP/1.1", (link) => getByFetch(link, token));
  proven(
    `fetch over HTTP/1.1 read ${settings.ids.length} rows once each in order over ${pages} pages`,
  );
  await checkHttp2(settings, token);
}

await main(CLIENT, run);
