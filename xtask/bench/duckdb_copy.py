"""Copies all direct-routing calls of a store to a file with DuckDB's own COPY and writes how many
seconds the statement took beside it: duckdb_copy.py STORE FILE OPTIONS
"""

import pathlib
import sys
import time

import duckdb

V1 = (
    "id correlationId userId userPrincipalName userDisplayName startDateTime inviteDateTime "
    "failureDateTime endDateTime duration callType successfulCall callerNumber calleeNumber "
    "mediaPathLocation signalingLocation finalSipCode callEndSubReason finalSipCodePhrase "
    "trunkFullyQualifiedDomainName mediaBypassEnabled"
).split()


def column(name):
    """Times are in the file as units of 100 ns."""
    if name.endswith("DateTime"):
        return f'make_timestamp("{name}" // 10) AS "{name}"'
    return f'"{name}"'


store, file, options = sys.argv[1:]
database = duckdb.connect(config={"threads": 2, "memory_limit": "384MiB"})
database.execute(f"ATTACH '{store}' AS store (READ_ONLY)")
# A log is split by time into segments, a table each.
segments = database.execute(
    "SELECT schema_name, table_name FROM duckdb_tables() "
    "WHERE database_name = 'store' AND table_name LIKE 'directRoutingCalls~%'"
).fetchall()
columns = ", ".join(column(name) for name in V1)
rows = " UNION ALL ".join(f'SELECT {columns} FROM store."{schema}"."{table}"' for schema, table in segments)
start = time.monotonic()
database.execute(f"COPY ({rows}) TO '{file}' ({options})")
seconds = time.monotonic() - start
pathlib.Path(file).with_suffix(".seconds").write_text(f"{seconds}\n")
