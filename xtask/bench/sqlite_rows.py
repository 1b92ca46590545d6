"""Loads NDJSON rows into the table `calls` of a new SQLite database, for `cargo xtask bench`.

usage: sqlite_rows.py ROWS.ndjson DATABASE
"""

import json
import sqlite3
import sys

BATCH = 50_000


def values(line, columns):
    row = json.loads(line)
    return [
        json.dumps(row[name]) if isinstance(row.get(name), (list, dict)) else row.get(name)
        for name in columns
    ]


def main():
    source, target = sys.argv[1:]
    database = sqlite3.connect(target, isolation_level=None)
    # Nobody reads the file before it is whole.
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    with open(source, encoding="utf-8") as lines:
        columns = list(json.loads(lines.readline()))
        lines.seek(0)
        names = ", ".join(f'"{name}"' for name in columns)
        database.execute(f"CREATE TABLE calls ({names}, PRIMARY KEY (id))")
        insert = f"INSERT INTO calls VALUES ({', '.join('?' * len(columns))})"
        batch = []
        database.execute("BEGIN")
        for line in lines:
            batch.append(values(line, columns))
            if len(batch) == BATCH:
                database.executemany(insert, batch)
                batch.clear()
        database.executemany(insert, batch)
        database.execute("COMMIT")
    database.execute("CREATE INDEX calls_by_time ON calls (startDateTime, id)")
    database.execute("ANALYZE")
    database.close()


main()
