// The official JavaScript SDK, @microsoft/microsoft-graph-client with @azure/identity, reads every
// row of a range with its own PageIterator. Nothing of the SDK is patched: only the authority, the
// base URL and the host that may get the token point at Trunklog. The settings come from the
// TRUNKLOG_* variables described in ../README.md.

import { randomUUID } from "node:crypto";
import { Client, GraphError, PageIterator, ResponseType } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
import {
  GRAPH_SCOPE,
  PAGE_ROWS,
  callsPath,
  check,
  checkIds,
  credential,
  main,
  prover,
} from "./common.mjs";

const CLIENT = "graph_client";
const proven = prover(CLIENT);
// What Graph puts where a time does not apply, e.g. the failure time of a successful call.
const NO_TIME = "0001-01-01T00:00:00Z";
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;

const TIME_COLUMNS = ["startDateTime", "inviteDateTime", "failureDateTime", "endDateTime"];
const INT_COLUMNS = ["duration", "finalSipCode", "callEndSubReason"];
const BOOL_COLUMNS = ["successfulCall", "mediaBypassEnabled"];
const BETA_COLUMNS = [
  "userCountryCode",
  "otherPartyCountryCode",
  "transferorCorrelationId",
  "administrativeUnitInfos",
];

function graphClient(settings, credentials) {
  return Client.initWithMiddleware({
    authProvider: new TokenCredentialAuthenticationProvider(credentials, { scopes: [GRAPH_SCOPE] }),
    baseUrl: `${settings.url}/`,
    defaultVersion: "v1.0",
    // Without this the SDK sends no token to a host that is not Microsoft's.
    customHosts: new Set([new URL(settings.url).hostname]),
  });
}

function directRoutingCalls(from, to) {
  return `/${callsPath(from, to)}`;
}

/** All rows of one version, by the SDK's own PageIterator. */
async function walk(client, settings, version) {
  const first = await client
    .api(directRoutingCalls(settings.from, settings.to))
    .version(version)
    .get();
  check(
    first["@odata.count"] === PAGE_ROWS,
    `${version}: @odata.count of page 1 is ${first["@odata.count"]}, expected ${PAGE_ROWS}`,
  );
  const context = `${settings.url}/${version}/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)`;
  check(
    first["@odata.context"] === context,
    `${version}: @odata.context is ${first["@odata.context"]}, expected ${context}`,
  );
  const asked = `${settings.url}/${version}${directRoutingCalls(settings.from, settings.to)}`;
  const rows = [];
  // All the PageIterator does with its client is to open next links, so they are looked at here.
  // Each must skip exactly the rows read so far, which also ends a walk that goes in a circle.
  const opener = {
    api(link) {
      const prefix = `${asked}?$skip=${rows.length}`;
      check(
        rows.length < settings.ids.length,
        `${version}: a next link though every row was read: ${link}`,
      );
      check(
        link === prefix || link.startsWith(`${prefix}&`),
        `${version}: the next link is ${link}, expected ${prefix}`,
      );
      return client.api(link);
    },
  };
  const iterator = new PageIterator(opener, first, (row) => rows.push(row) > 0);
  await iterator.iterate();
  checkIds(
    rows.map((row) => row.id),
    settings.ids,
    version,
  );
  check(iterator.isComplete(), `${version}: the PageIterator is not complete after the last row`);
  for (const column of BETA_COLUMNS) {
    const holders = rows.filter((row) => column in row).length;
    const expected = version === "beta" ? rows.length : 0;
    check(holders === expected, `${version}: ${holders} rows have ${column}, expected ${expected}`);
  }
  proven(`PageIterator read ${rows.length} rows of ${version} once each in order`);
  return rows;
}

function checkRows(rows) {
  const kinds = [
    [
      TIME_COLUMNS,
      "a UTC time",
      (value) => typeof value === "string" && TIME.test(value) && !Number.isNaN(Date.parse(value)),
    ],
    [INT_COLUMNS, "an integer", Number.isInteger],
    [BOOL_COLUMNS, "a boolean", (value) => typeof value === "boolean"],
  ];
  for (const [columns, kind, fits] of kinds) {
    for (const column of columns) {
      for (const row of rows) {
        const value = row[column];
        check(
          value === null || fits(value),
          `row ${row.id}: ${column} is ${JSON.stringify(value)}, expected ${kind} or null`,
        );
      }
      check(
        rows.some((row) => row[column] !== null),
        `${column} is null in every row`,
      );
    }
  }
  const successful = rows.filter((row) => row.successfulCall === true);
  const failed = rows.filter((row) => row.successfulCall === false);
  check(
    successful.length > 0,
    "no successful call in the range, so its failure time cannot be checked",
  );
  for (const row of successful) {
    check(
      row.failureDateTime === NO_TIME,
      `successful call ${row.id}: failureDateTime is ${row.failureDateTime}, expected ${NO_TIME}`,
    );
  }
  for (const row of failed) {
    check(
      ![null, NO_TIME].includes(row.failureDateTime),
      `failed call ${row.id}: failureDateTime is ${row.failureDateTime}`,
    );
  }
  proven(
    `times, integers and booleans are typed; failureDateTime is ${NO_TIME} in ${successful.length} successful calls and set in ${failed.length} failed ones`,
  );
}

async function checkClientRequestId(client, settings) {
  const correlation = randomUUID();
  const response = await client
    .api(directRoutingCalls(settings.from, settings.from))
    .header("client-request-id", correlation)
    .responseType(ResponseType.RAW)
    .get();
  check(response.status === 200, `an empty range gives status ${response.status}`);
  const echoed = response.headers.get("client-request-id");
  check(echoed === correlation, `client-request-id ${correlation} came back as ${echoed}`);
  check(response.headers.get("request-id"), "a successful answer has no request-id header");
  const page = await response.json();
  check(
    page.value?.length === 0 && page["@odata.count"] === 0 && !("@odata.nextLink" in page),
    `an empty range gives ${JSON.stringify(page).slice(0, 300)}`,
  );
  proven("client-request-id is echoed on success; an empty range is an empty page with count 0");
}

/** The call must fail as a GraphError whose fields all come from the server. */
async function checkError(request, how, statusCode, code) {
  const correlation = randomUUID();
  let error;
  try {
    await request.header("client-request-id", correlation).get();
  } catch (thrown) {
    error = thrown;
  }
  check(error !== undefined, `${how}: the server answered with rows, expected an error`);
  check(
    error instanceof GraphError,
    `${how}: ${error.name}: ${error.message}, expected a GraphError`,
  );
  check(
    error.statusCode === statusCode,
    `${how}: statusCode ${error.statusCode}, expected ${statusCode}`,
  );
  check(error.code === code, `${how}: code ${JSON.stringify(error.code)}, expected ${code}`);
  const header = error.headers?.get("request-id");
  check(
    error.requestId && error.requestId === header,
    `${how}: requestId ${error.requestId}, header ${header}`,
  );
  check(!Number.isNaN(error.date.getTime()), `${how}: the date of innerError is none`);
  const body = JSON.parse(error.body);
  check(typeof body.message === "string", `${how}: the body has no message`);
  const echoed = [body.innerError?.["client-request-id"], error.headers.get("client-request-id")];
  check(
    echoed.every((id) => id === correlation),
    `${how}: client-request-id ${correlation} came back as ${echoed} (innerError, header)`,
  );
  proven(
    `${how} is GraphError ${statusCode} ${code} with requestId, date and our client-request-id`,
  );
}

async function checkErrors(client, settings) {
  await checkError(
    client.api(directRoutingCalls(settings.to, settings.from)),
    "a reversed range",
    400,
    "BadRequest",
  );
  const unknown = directRoutingCalls(settings.from, settings.to).replace(
    "getDirectRoutingCalls",
    "getNothing",
  );
  await checkError(client.api(unknown), "an unknown function", 404, "NotFound");
  const broken = {
    getToken: async () => ({ token: "not-a-token", expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const stranger = graphClient(settings, broken);
  await checkError(
    stranger.api(directRoutingCalls(settings.from, settings.to)),
    "a broken token",
    401,
    "InvalidAuthenticationToken",
  );
}

async function run(settings) {
  const client = graphClient(settings, credential(settings));
  checkRows(await walk(client, settings, "v1.0"));
  await walk(client, settings, "beta");
  await checkClientRequestId(client, settings);
  await checkErrors(client, settings);
}

await main(CLIENT, run);
