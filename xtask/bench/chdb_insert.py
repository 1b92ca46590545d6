"""Inserts a file into a new table of chDB and merges it, for `cargo xtask bench`: prints the seconds until the rows
are on the disk, those until duplicates are removed, too, and how many rows there are.

usage: chdb_insert.py FOLDER ROWS FORMAT TABLE
"""

import subprocess
import sys
import time

from chdb import session

folder, rows, form, table = sys.argv[1:]
database = session.Session(folder)
database.query(table)
database.query("SET input_format_skip_unknown_fields = 1")


def seconds(statement):
    database.query(statement)
    subprocess.run(["sync", "--file-system", folder], check=True)
    return time.monotonic() - start


start = time.monotonic()
path = rows.replace("\\", "\\\\").replace("'", "\\'")
print(seconds(f"INSERT INTO calls FROM INFILE '{path}' FORMAT {form}"))
print(seconds("OPTIMIZE TABLE calls FINAL"))
print(str(database.query("SELECT count() FROM calls")).strip(), flush=True)
database.close()
