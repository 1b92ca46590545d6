// What the newer programs here share: settings, checks, an application token and the local CA.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { ClientSecretCredential } from "@azure/identity";

const TIME_LIMIT_SECS = 180;
export const PAGE_ROWS = 1000;
const GRAPH_SCOPE = "https://graph.microsoft.com/.default";

/** A check did not hold; the message says which and what was seen. */
class Failed extends Error {}

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

export function readSettings() {
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
    ids,
    /** The function's path behind the version. */
    calls: `communications/callRecords/getDirectRoutingCalls(fromDateTime=${from},toDateTime=${to})`,
  };
}

export async function token(settings) {
  const credential = new ClientSecretCredential(
    settings.tenant,
    settings.clientId,
    settings.secret,
    { authorityHost: settings.login, disableInstanceDiscovery: true },
  );
  return (await credential.getToken(GRAPH_SCOPE)).token;
}

/** The ids must be the expected ones, once each, in order. */
export function checkIds(seen, expected, how) {
  check(seen.length === expected.length, `${how}: ${seen.length} rows, expected ${expected.length}`);
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
  if (process.env.NODE_EXTRA_CA_CERTS === ca) return;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
  for (const name of ["NODE_TLS_REJECT_UNAUTHORIZED", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
    delete env[name];
  }
  const child = spawnSync(process.execPath, [process.argv[1]], { env, stdio: "inherit" });
  process.exit(child.status ?? 1);
}

function giveUp(client, reason) {
  console.log(`FAILED ${client}: ${reason.replace(/\s+/g, " ")}`);
  process.exit(1);
}

/** Runs a program's checks; the process ends with 1 at the first that does not hold. */
export async function main(client, run) {
  try {
    restartWithTrust();
    setTimeout(() => giveUp(client, `not done after ${TIME_LIMIT_SECS} s`), TIME_LIMIT_SECS * 1000).unref();
    await run(readSettings());
  } catch (error) {
    giveUp(client, error instanceof Failed ? error.message : (error.stack ?? String(error)));
  }
}
