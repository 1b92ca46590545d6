"""Answers what reports tell with SQL over the rows of a store, and tells how large its cubes are, for
`cargo xtask bench`: a line for each answer with its name and milliseconds, then bytes.

usage: duckdb_reports.py STORE FROM TO ROUNDS
"""

import datetime
import sys
import time

import duckdb

# Times are in the file as units of 100 ns since 1970.
DAY, HOUR = 864_000_000_000, 36_000_000_000

QUESTIONS = {
    "kpis": """SELECT count(*), count(*) FILTER (successfulCall), sum(duration) FILTER (successfulCall),
        count(*) FILTER (finalSipCode BETWEEN 500 AND 599), avg(endDateTime - startDateTime) FILTER (successfulCall),
        approx_quantile(endDateTime - startDateTime, 0.95) FILTER (successfulCall) FROM calls""",
    "trunks": """SELECT trunkFullyQualifiedDomainName, count(*), count(*) FILTER (successfulCall),
        sum(duration) FILTER (successfulCall) FROM calls GROUP BY ALL""",
    "series": f"""SELECT startDateTime // {DAY}, count(*), count(*) FILTER (successfulCall),
        sum(duration) FILTER (successfulCall) FROM calls GROUP BY ALL ORDER BY 1""",
    "endReasons": "SELECT finalSipCode, callEndSubReason, count(*) FROM calls GROUP BY ALL ORDER BY 3 DESC",
    "failures": """SELECT finalSipCode, callEndSubReason, count(*), min(startDateTime),
        count(DISTINCT trunkFullyQualifiedDomainName) FROM calls WHERE NOT successfulCall GROUP BY ALL""",
    "heatMap": f"""SELECT (startDateTime // {DAY} + 3) % 7, startDateTime // {HOUR} % 24, count(*),
        count(*) FILTER (NOT successfulCall) FROM calls GROUP BY ALL""",
    "concurrency": f"""WITH busy AS (
            SELECT coalesce(nullif(inviteDateTime, {{absent}}), startDateTime) AS since,
                coalesce(nullif(endDateTime, {{absent}}), nullif(failureDateTime, {{absent}})) AS until FROM calls),
        steps AS (SELECT since AS moment, 1 AS step FROM busy WHERE until > since
            UNION ALL SELECT until, -1 FROM busy WHERE until > since),
        counted AS (SELECT moment, sum(step) OVER (ORDER BY moment, step ROWS UNBOUNDED PRECEDING) AS channels
            FROM steps)
        SELECT moment // {HOUR}, max(channels) FROM counted GROUP BY ALL""",
    "users": """SELECT userId, count(*) AS attempts, count(*) FILTER (successfulCall), max(startDateTime)
        FROM calls GROUP BY ALL ORDER BY attempts DESC LIMIT 100""",
}

# The year 1, which says that there is no such moment.
ABSENT = (datetime.datetime(1, 1, 1) - datetime.datetime(1970, 1, 1)).days * DAY


def ticks(text):
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(at.timestamp()) * 10_000_000


def tables(database, pattern):
    return database.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'store' AND table_name LIKE ?",
        [pattern],
    ).fetchall()


def blocks(database, found):
    """The bytes of tables: of the blocks in which they are, of 256 KiB."""
    used = set()
    for schema, table in found:
        name = f'store."{schema}"."{table}"'.replace("'", "''")
        used.update(
            block
            for (block,) in database.execute(f"SELECT block_id FROM pragma_storage_info('{name}')").fetchall()
            if block is not None and block >= 0
        )
    return len(used) * 262_144


store, since, until, rounds = sys.argv[1:]
database = duckdb.connect(config={"threads": 2, "memory_limit": "384MiB"})
database.execute(f"ATTACH '{store}' AS store (READ_ONLY)")
# A log is split by time into segments, a table each.
segments = tables(database, "directRoutingCalls~%")
columns = """startDateTime, inviteDateTime, endDateTime, failureDateTime, duration, successfulCall, finalSipCode,
    callEndSubReason, trunkFullyQualifiedDomainName, userId"""
rows = " UNION ALL ".join(f'SELECT {columns} FROM store."{schema}"."{table}"' for schema, table in segments)
inside = f"startDateTime >= {ticks(since)} AND startDateTime < {ticks(until)}"
database.execute(f"CREATE TEMP VIEW calls AS SELECT * FROM ({rows}) WHERE {inside}")
for _ in range(int(rounds)):
    for name, question in QUESTIONS.items():
        start = time.monotonic()
        database.execute(question.replace("{absent}", str(ABSENT))).fetchall()
        print(name, (time.monotonic() - start) * 1_000, flush=True)
print("cube_bytes", blocks(database, tables(database, "cube~%")))
print("row_bytes", blocks(database, segments))
