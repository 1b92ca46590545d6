"""DuckDB with its httpfs extension queries the log over HTTPS: pages as JSON and whole ranges as
Parquet and CSV. The settings come from the TRUNKLOG_* variables described in ../README.md.
"""

import pathlib

import duckdb
import duckdb_extension_httpfs

from common import PAGE_ROWS, check, check_ids, main, prover

CLIENT = "duckdb_httpfs"
proven = prover(CLIENT)


def run(settings):
    # The extension comes as a package of its own, not from DuckDB's server.
    package = pathlib.Path(duckdb_extension_httpfs.__file__).parent
    (extension,) = package.glob("extensions/*/httpfs.duckdb_extension")
    database = duckdb.connect()
    database.execute(f"LOAD '{extension}'")
    database.execute("SET ca_cert_file = ?", [settings.ca])
    # What is streamed has no length beforehand, so it is read in one go.
    database.execute("SET force_download = true")
    database.execute(
        "CREATE SECRET trunklog (TYPE http, BEARER_TOKEN '" + settings.token() + "', SCOPE '" + settings.url + "')"
    )

    url = f"{settings.calls}?$format=parquet"
    rows = database.execute("SELECT id FROM read_parquet(?) ORDER BY startDateTime, id", [url]).fetchall()
    check_ids([row[0] for row in rows], settings.ids, "read_parquet")
    proven(f"read_parquet over HTTPS gives {len(rows)} rows")

    page = database.execute(
        "SELECT unnest(value, max_depth := 2) FROM read_json(?, format = 'unstructured')", [settings.calls]
    ).fetchall()
    check(len(page) == PAGE_ROWS, f"a page of JSON has {len(page)} rows")
    # DuckDB takes the ids for UUIDs.
    check_ids([str(row[0]) for row in page], settings.ids[:PAGE_ROWS], "read_json")
    proven(f"read_json gives the {PAGE_ROWS:,} rows of a page")

    csv = f"{settings.calls}?$format=csv&$filter=successfulCall%20eq%20false"
    (failed,) = database.execute("SELECT count(*) FROM read_csv(?)", [csv]).fetchone()
    (wanted,) = database.execute(
        "SELECT count(*) FROM read_parquet(?) WHERE NOT successfulCall", [url]
    ).fetchone()
    check(failed == wanted > 0, f"{failed} failed calls as CSV, {wanted} in the Parquet")
    proven(f"a filtered CSV holds the {failed} calls that DuckDB itself counts")


main(CLIENT, run)
