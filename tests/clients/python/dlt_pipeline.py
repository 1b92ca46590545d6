"""dlt's own REST source loads the log into a database: OAuth2 client credentials, next links, merge
by id, and a second load that reads only what is new. The settings come from the TRUNKLOG_* variables
described in ../README.md.
"""

import os
import tempfile

from common import GRAPH_SCOPE, check, check_ids, main, prover

CLIENT = "dlt_pipeline"
proven = prover(CLIENT)


def run(settings):
    folder = tempfile.mkdtemp(prefix="dlt-")
    os.environ["DLT_DATA_DIR"] = os.environ["DLT_CONFIG_FOLDER"] = folder
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
    import dlt
    from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
    from dlt.sources.rest_api import rest_api_source

    def source(path):
        return rest_api_source(
            {
                "client": {
                    "base_url": f"{settings.url}/v1.0/",
                    "auth": OAuth2ClientCredentials(
                        access_token_url=settings.token_url,
                        client_id=settings.client_id,
                        client_secret=settings.secret,
                        access_token_request_data={"scope": GRAPH_SCOPE},
                    ),
                    "paginator": {"type": "json_link", "next_url_path": "['@odata.nextLink']"},
                },
                "resources": [
                    {
                        "name": "direct_routing_calls",
                        "primary_key": "id",
                        "write_disposition": "merge",
                        "endpoint": {"path": path, "data_selector": "value"},
                    }
                ],
            }
        )

    pipeline = dlt.pipeline(
        "calls",
        destination=dlt.destinations.duckdb(os.path.join(folder, "calls.duckdb")),
        dataset_name="log",
        pipelines_dir=folder,
    )

    def stored():
        with pipeline.sql_client() as client:
            rows = client.execute_sql(
                "SELECT id, duration, successful_call FROM direct_routing_calls ORDER BY start_date_time, id"
            )
        return rows

    pipeline.run(source(settings.path)).raise_on_failed_jobs()
    rows = stored()
    check_ids([row[0] for row in rows], settings.ids, "the loaded table")
    proven(f"its REST source loads {len(rows)} rows over the next links, once each")

    pipeline.run(source(settings.path)).raise_on_failed_jobs()
    check_ids([row[0] for row in stored()], settings.ids, "the table loaded again")
    proven("loading again by id changes nothing")

    filtered = f"{settings.path}?$filter=successfulCall eq false&$select=id,startDateTime,duration,successfulCall"
    pipeline = dlt.pipeline(
        "failed",
        destination=dlt.destinations.duckdb(os.path.join(folder, "failed.duckdb")),
        dataset_name="log",
        pipelines_dir=folder,
    )
    pipeline.run(source(filtered)).raise_on_failed_jobs()
    failed = [row[0] for row in rows if not row[2]]
    check(failed, "no failed call in the range")
    check_ids([row[0] for row in stored()], failed, "a filtered load")
    proven(f"a filtered load holds the {len(failed)} failed calls and nothing else")


main(CLIENT, run)
