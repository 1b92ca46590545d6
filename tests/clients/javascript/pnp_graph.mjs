// PnPjs, @pnp/graph: a collection with filter, order and selection, its own async iterator over
// pages, and its own JSON batch. Nothing of it is patched: it gets a base URL and a token. The
// settings come from the TRUNKLOG_* variables described in ../README.md.

import { DefaultHeaders, DefaultInit, GraphCollection, graphfi } from "@pnp/graph";
import "@pnp/graph/batching.js";
import { NodeFetchWithRetry } from "@pnp/nodejs";
import { DefaultParse, InjectHeaders } from "@pnp/queryable";
import { check, checkIds, main, prover, token } from "./common.mjs";

const CLIENT = "pnp_graph";
const proven = prover(CLIENT);

async function run(settings) {
  const root = `${settings.url}/v1.0/`;
  const bearer = await token(settings);
  const graph = graphfi().using(
    DefaultHeaders(),
    DefaultInit(root),
    NodeFetchWithRetry(),
    DefaultParse(),
    (instance) => {
      instance.on.auth(async (url, init) => {
        init.headers = { ...init.headers, Authorization: `Bearer ${bearer}` };
        return [url, init];
      });
      return instance;
    },
    InjectHeaders({ Accept: "application/json" }),
  );
  const calls = (from = graph) => from.create(GraphCollection, settings.calls);

  const rows = [];
  for await (const page of calls()) rows.push(...page);
  checkIds(rows.map((row) => row.id), settings.ids, "the async iterator");
  proven(`its async iterator gives ${rows.length} rows once each in order`);

  const trunk = rows[0].trunkFullyQualifiedDomainName;
  const wanted = rows.filter((row) => row.trunkFullyQualifiedDomainName === trunk && row.duration > 60);
  const found = [];
  const filtered = calls()
    .filter(`trunkFullyQualifiedDomainName eq '${trunk}' and duration gt 60`)
    .select("id", "duration")
    .orderBy("duration", false)
    .top(400);
  for await (const page of filtered) found.push(...page);
  const expected = wanted
    .sort((a, b) => b.duration - a.duration || order(a, b))
    .slice(0, 400)
    .map((row) => row.id);
  checkIds(found.map((row) => row.id), expected, "a filter with an order");
  check(Object.keys(found[0]).join() === "id,duration", `selected were ${Object.keys(found[0])}`);
  proven(`filter, orderBy, select and top give the ${found.length} longest calls of one trunk`);

  const [batched, execute] = graph.batched();
  const first = calls(batched).top(2)();
  const second = calls(batched).skip(2).top(2)();
  const third = batched.create(GraphCollection, settings.calls.replace("getDirect", "getNothing"))();
  const outcome = third.then(
    () => "rows",
    (error) => String(error.message),
  );
  await execute();
  checkIds(
    [...(await first), ...(await second)].map((row) => row.id),
    settings.ids.slice(0, 4),
    "a batch",
  );
  check((await outcome).includes("404"), `an unknown function in a batch gives ${await outcome}`);
  proven("a batch of three: two answers with rows, one 404 of its own");
}

/** Rows of one duration come by time, then id. */
function order(a, b) {
  const [left, right] = [a, b].map((row) => row.startDateTime.padEnd(30) + row.id);
  return left < right ? -1 : 1;
}

await main(CLIENT, run);
