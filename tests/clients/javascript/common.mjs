// What the programs here share: settings, checks, an application token, trust and a time limit.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { ClientSecretCredential } from "@azure/identity";

const TIME_LIMIT_SECS = 180;
export const REQUEST_LIMIT_SECS = 60;
export const PAGE_ROWS = 1000;
export const GRAPH_SCOPE = "https://graph.microsoft.com/.default";

// TLS must be verified, and no proxy may be between the client and the server under test. Node
// itself heeds NODE_USE_ENV_PROXY; @azure/identity takes HTTP_PROXY for https too.
const UNWANTED = [
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "NODE_USE_ENV_PROXY",
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "ALL_PROXY",
  "all_proxy",
];

/** A check did not hold; the message says which and what was seen. */
export class Failed extends Error {}

export function check(holds, message) {
  if (!holds) throw new Failed(message);
}

/** One line for each thing proven. */
export function prover(client) {
  return (what) => console.log(`ok ${client}: ${what}`);
}

function setting(name) {
  const value = process.env[name] ?? "";
  check(value, `the environment variable ${name} is not set`);
  return value;
}

/** The path of getDirectRoutingCalls after the version, with the literals exactly as given. */
export function callsPath(from, to) {
  return `communications/callRecords/getDirectRoutingCalls(fromDateTime=${from},toDateTime=${to})`;
}

function readSettings() {
  const ids = readFileSync(setting("TRUNKLOG_IDS"), "utf8").split(/\s+/).filter(Boolean);
  const rows = Number(setting("TRUNKLOG_ROWS"));
  check(ids.length === rows, `TRUNKLOG_IDS holds ${ids.length} ids, TRUNKLOG_ROWS is ${rows}`);
  check(rows > PAGE_ROWS, `${rows} rows fit one page, so paging would prove nothing`);
  const [from, to] = [setting("TRUNKLOG_FROM"), setting("TRUNKLOG_TO")];
  return {
    url: setting("TRUNKLOG_URL").replace(/\/$/, ""),
    login: setting("TRUNKLOG_LOGIN").replace(/\/$/, ""),
    tenant: setting("TRUNKLOG_TENANT"),
    clientId: setting("TRUNKLOG_CLIENT_ID"),
    secret: setting("TRUNKLOG_CLIENT_SECRET"),
    from,
    to,
    ids,
    /** The path of the whole range after the version. */
    calls: callsPath(from, to),
  };
}

/** The application's credential, with its own secret or another. */
export function credential(settings, secret = settings.secret) {
  return new ClientSecretCredential(settings.tenant, settings.clientId, secret, {
    authorityHost: settings.login,
    disableInstanceDiscovery: true,
  });
}

export async function token(settings) {
  return (await credential(settings).getToken(GRAPH_SCOPE)).token;
}

/** The ids must be the expected ones, once each, in order. */
export function checkIds(seen, expected, how) {
  check(seen.length === expected.length, `${how}: ${seen.length} rows, expected ${expected.length}`);
  const twice = seen.length - new Set(seen).size;
  check(twice === 0, `${how}: ${twice} rows came twice`);
  const at = expected.findIndex((id, place) => id !== seen[place]);
  check(at < 0, `${how}: row ${at} is ${seen[at]}, expected ${expected[at]}`);
}

/**
 * Node reads NODE_EXTRA_CA_CERTS and the proxy variables only when it starts. If they are not what
 * a program needs, it runs again in a child that has them and passes its exit code on.
 */
function restartWithTrust() {
  const ca = setting("TRUNKLOG_CA");
  check(existsSync(ca), "TRUNKLOG_CA names no file");
  if (process.env.NODE_EXTRA_CA_CERTS === ca && !UNWANTED.some((name) => name in process.env)) return;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
  for (const name of UNWANTED) delete env[name];
  const child = spawnSync(process.execPath, [process.argv[1]], { env, stdio: "inherit" });
  process.exit(child.status ?? 1);
}

function giveUp(client, reason) {
  console.log(`FAILED ${client}: ${reason.replace(/\s+/g, " ")}`);
  process.exit(1);
}

/** What was thrown, why, and where. */
function description(error) {
  if (error instanceof Failed) return error.message;
  if (!(error instanceof Error)) return String(error);
  // `fetch` says what went wrong in the cause only.
  const cause = error.cause ? ` (${error.cause.code ?? error.cause.message ?? error.cause})` : "";
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [`${error.name}: ${error.message}${cause}`, ...frames].join("\n");
}

/** Runs a program's checks; the process ends with 1 at the first that does not hold. */
export async function main(client, run) {
  try {
    restartWithTrust();
    setTimeout(() => giveUp(client, `not done after ${TIME_LIMIT_SECS} s`), TIME_LIMIT_SECS * 1000).unref();
    await run(readSettings());
  } catch (error) {
    giveUp(client, description(error));
  }
}
