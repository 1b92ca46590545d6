"""Writes NDJSON rows as CSV with a line of names, for `cargo xtask bench`: null as nothing, nested values as JSON.

usage: rows_csv.py ROWS.ndjson ROWS.csv COLUMN...
"""

import csv
import json
import sys


def text(value):
    if value is None:
        return ""
    if isinstance(value, (bool, list, dict)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return value


source, target, *columns = sys.argv[1:]
known = set(columns)
with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8", newline="") as out:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for line in lines:
        row = json.loads(line)
        if not known.issuperset(row):
            sys.exit(f"rows have columns that are not known: {sorted(set(row) - known)}")
        writer.writerow([text(row.get(name)) for name in columns])
