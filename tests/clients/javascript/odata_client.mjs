// A general OData client, @odata/client, that knows nothing of Graph: its own builders make
// $filter, $select, $orderby, $top, $skip and $count, and its own $format=json goes with them. The
// settings come from the TRUNKLOG_* variables described in ../README.md.

import { OData } from "@odata/client";
import { PAGE_ROWS, check, checkIds, main, prover, token } from "./common.mjs";

const CLIENT = "odata_client";
const proven = prover(CLIENT);

async function run(settings) {
  const client = OData.New4({
    serviceEndpoint: `${settings.url}/v1.0/`,
    commonHeaders: { Authorization: `Bearer ${await token(settings)}` },
  });
  const query = async (params) => {
    const answer = await client.newRequest({ collection: settings.calls, params });
    check(Array.isArray(answer?.value), `no rows: ${JSON.stringify(answer).slice(0, 300)}`);
    return answer;
  };

  const rows = [];
  while (rows.length < settings.ids.length) {
    const page = await query(client.newParam().skip(rows.length).top(PAGE_ROWS));
    check(page.value.length > 0, `no rows after ${rows.length}`);
    rows.push(...page.value);
  }
  checkIds(rows.map((row) => row.id), settings.ids, "a walk by $skip and $top");
  proven(`a walk by $skip and $top gives ${rows.length} rows once each in order`);

  const failed = rows.filter((row) => !row.successfulCall && row.duration === 0);
  check(failed.length > 0, "no failed call in the range");
  const filter = client
    .newFilter()
    .property("successfulCall")
    .eq(false)
    .property("duration")
    .eq(0);
  const answer = await query(client.newParam().filter(filter).count(true).top(5));
  checkIds(answer.value.map((row) => row.id), failed.slice(0, 5).map((row) => row.id), "a filter");
  check(
    answer["@trunklog.totalCount"] === failed.length && answer["@odata.count"] === answer.value.length,
    `the counts are ${answer["@trunklog.totalCount"]} and ${answer["@odata.count"]}, expected ${failed.length} and ${answer.value.length}`,
  );
  proven(`a filter on two properties finds the ${failed.length} failed calls and counts them`);

  const longest = [...rows].sort((a, b) => b.duration - a.duration)[0].duration;
  const top = await query(client.newParam().orderby("duration", "desc").select(["id", "duration"]).top(3));
  check(
    top.value[0].duration === longest && Object.keys(top.value[0]).join() === "id,duration",
    `the longest call is ${JSON.stringify(top.value[0])}, expected ${longest} s and two properties`,
  );
  proven("an order by duration with two selected properties starts with the longest call");

  const wrong = await query(client.newParam().filter("duraton gt 5")).then(
    () => "rows",
    (error) => String(error?.message ?? error),
  );
  check(wrong.includes("duraton"), `a misspelt property gives ${wrong}`);
  proven("a misspelt property is an error that names it");
}

await main(CLIENT, run);
