"""Keeps a table in SQLite equal to the log by following its changes, with Python's standard library
alone. It can be killed at any moment and started again: rows and the link to go on from are kept in
one transaction. The settings come from the TRUNKLOG_* variables described in ../README.md, and from:

TRUNKLOG_TABLE  the SQLite file
TRUNKLOG_STEPS  after so many steps the program kills itself, wherever it is; without it, it follows
                to the end once and compares its table with the log
"""

import json
import os
import signal
import sqlite3
import ssl
import sys
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

CLIENT = "follow_changes"
PAUSE_SECS = 0.02
TIME_LIMIT_SECS = 180
REQUEST_LIMIT_SECS = 60

steps_left = int(os.environ.get("TRUNKLOG_STEPS", "0"))
ends = "TRUNKLOG_STEPS" not in os.environ


def step():
    """A place at which the program may be killed."""
    global steps_left
    if not ends:
        steps_left -= 1
        if steps_left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Service:
    def __init__(self):
        self.url = os.environ["TRUNKLOG_URL"]
        context = ssl.create_default_context(cafile=os.environ["TRUNKLOG_CA"])
        self.opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context))
        form = {
            "grant_type": "client_credentials",
            "client_id": os.environ["TRUNKLOG_CLIENT_ID"],
            "client_secret": os.environ["TRUNKLOG_CLIENT_SECRET"],
            "scope": "https://graph.microsoft.com/.default",
        }
        token = f"{os.environ['TRUNKLOG_LOGIN']}/{os.environ['TRUNKLOG_TENANT']}/oauth2/v2.0/token"
        self.headers = {}
        answer = self.ask(token, data=urlencode(form).encode())
        self.headers = {"Authorization": f"Bearer {answer['access_token']}"}

    def ask(self, url, data=None, **more):
        request = Request(url, data=data, headers=self.headers | more)
        with self.opener.open(request, timeout=REQUEST_LIMIT_SECS) as answer:
            return json.load(answer)

    def all_rows(self):
        start, end = os.environ["TRUNKLOG_FROM"], os.environ["TRUNKLOG_TO"]
        return (
            f"{self.url}/v1.0/communications/callRecords/"
            f"getDirectRoutingCalls(fromDateTime={start},toDateTime={end})"
        )


def key(entry):
    """What tells rows apart: a row has it, and a removal."""
    return entry["startDateTime"], entry["id"]


class Table:
    def __init__(self, file):
        self.database = sqlite3.connect(file)
        with self.database as database:
            # Time and id together tell rows apart.
            database.execute(
                "CREATE TABLE IF NOT EXISTS calls"
                " (start TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (start, id))"
            )
            database.execute("CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY, link TEXT NOT NULL)")
            database.execute("CREATE TABLE IF NOT EXISTS told (one INTEGER PRIMARY KEY, rows INTEGER, removed INTEGER)")
            database.execute("INSERT OR IGNORE INTO told VALUES (1, 0, 0)")

    def link(self):
        found = self.database.execute("SELECT link FROM place").fetchone()
        return found and found[0]

    def start_again(self):
        with self.database as database:
            database.execute("DELETE FROM calls")
            database.execute("DELETE FROM place")

    def apply(self, page, link):
        """Takes a page of rows or of changes, and from where to go on: both or neither."""
        with self.database as database:
            removed = 0
            for entry in page["value"]:
                if "@removed" in entry:
                    removed += 1
                    database.execute("DELETE FROM calls WHERE start = ? AND id = ?", key(entry))
                else:
                    body = json.dumps(entry, sort_keys=True)
                    database.execute("INSERT OR REPLACE INTO calls VALUES (?, ?, ?)", [*key(entry), body])
            step()
            rows = len(page["value"]) - removed
            database.execute("UPDATE told SET rows = rows + ?, removed = removed + ?", [rows, removed])
            database.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", [link])
            step()

    def rows(self):
        rows = self.database.execute("SELECT start, id, body FROM calls")
        return {(start, one): body for start, one, body in rows}

    def told(self):
        return self.database.execute("SELECT rows, removed FROM told").fetchone()


def follow(service, table):
    """Follows changes until the program is killed, or else to the end."""
    deadline = time.monotonic() + TIME_LIMIT_SECS
    ended = 0
    # What the first end tells may be of a walk that began before.
    while ended < 2 or not ends:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done after {TIME_LIMIT_SECS} s")
        step()
        link = table.link()
        try:
            if link:
                page = service.ask(link)
            else:
                page = service.ask(service.all_rows(), Prefer="odata.track-changes, odata.maxpagesize=50")
        except HTTPError as error:
            if error.code != 410:
                raise
            table.start_again()
            continue
        step()
        table.apply(page, page.get("@odata.nextLink") or page["@odata.deltaLink"])
        step()
        if "@odata.deltaLink" in page:
            ended += 1
            time.sleep(PAUSE_SECS)


def compare(service, table):
    log, link = {}, service.all_rows()
    while link:
        page = service.ask(link)
        log |= {key(row): json.dumps(row, sort_keys=True) for row in page["value"]}
        link = page.get("@odata.nextLink")
    kept = table.rows()
    missing, needless = len(log.keys() - kept.keys()), len(kept.keys() - log.keys())
    others = sum(kept[one] != log[one] for one in log.keys() & kept.keys())
    if missing or needless or others:
        sys.exit(f"FAILED {CLIENT}: {missing} rows are missing, {needless} too many, {others} not the newest")
    rows, removed = table.told()
    print(f"ok {CLIENT}: the table equals the log: {len(log)} rows; told {rows} rows, {removed} removals")


def main():
    service, table = Service(), Table(os.environ["TRUNKLOG_TABLE"])
    follow(service, table)
    compare(service, table)


main()
