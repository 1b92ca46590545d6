"""pandas, openpyxl and pyarrow open every file that people take out of /usage: each report in each form,
by somebody who sees full numbers and by somebody who sees masked ones. Names, columns, types and values
are compared with the rows, and what can be imported is imported into an empty store again. The server,
its certificate and the program are told by TRUNKLOG_* variables described in ../README.md, and by:

TRUNKLOG_PASSWORD  the password of all accounts
TRUNKLOG_PEOPLE    a JSON object: `full` and `masked`, each an account with `name` and `app`, the
                   address that its authenticator app was set up with
"""

import base64
import hashlib
import hmac
import html
import io
import json
import os
import re
import struct
import subprocess
import tempfile
import time
import zipfile
from decimal import Decimal
from urllib.parse import parse_qs, urljoin, urlsplit

import openpyxl
import pyarrow.parquet

from common import REQUEST_LIMIT_SECS, check, main, prover, requests, setting
from usage_forms import check_csv, check_ndjson, check_parquet, check_xlsx, check_zip
from usage_hard_rows import hard_rows
from usage_reports import REPORTS

CLIENT = "exported_files"
proven = prover(CLIENT)

FORMS = ("zip", "csv", "xlsx", "parquet", "ndjson")
MEDIA_TYPES = {
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "ndjson": "application/x-ndjson",
}


class Settings:
    def __init__(self):
        self.url = setting("TRUNKLOG_URL").rstrip("/")
        self.tenant = setting("TRUNKLOG_TENANT")
        self.start, self.end = setting("TRUNKLOG_FROM"), setting("TRUNKLOG_TO")
        self.binary, self.data = setting("TRUNKLOG_BINARY"), setting("TRUNKLOG_DATA_DIR")
        self.people = json.loads(setting("TRUNKLOG_PEOPLE"))
        self.password = setting("TRUNKLOG_PASSWORD")
        self.folder = tempfile.mkdtemp(dir=os.path.dirname(self.data))


def command(settings, data, *words):
    """Runs the program itself, without the settings that are ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLOG_")}
    words = [settings.binary, *words, "--data-dir", data]
    return subprocess.run(words, env=kept, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


def store_hard_rows(settings):
    by_log = {}
    for log, row in hard_rows(settings.start):
        by_log.setdefault(log, []).append(json.dumps(row))
    for log, lines in by_log.items():
        path = os.path.join(settings.folder, f"{log}.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        words = ["import", "--quiet", "--json", "--tenant", settings.tenant, "--log", log, path]
        done = command(settings, settings.data, *words)
        check(done.returncode == 0, f"rows of {log} cannot be imported: {done.stdout} {done.stderr}")
        check(json.loads(done.stdout)["new"] == len(lines), f"rows of {log}: {done.stdout}")


def code_of(app):
    """What the authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(parse_qs(urlsplit(app).query)["secret"][0])
    tag = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    place = tag[-1] & 15
    return f"{(struct.unpack('>I', tag[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def one(pattern, text, what):
    found = re.search(pattern, text, re.DOTALL)
    check(found, f"{what} is not on the page: {' '.join(re.sub('<[^>]*>', ' ', text).split())[:600]}")
    return html.unescape(found[1])


class Person:
    def __init__(self, settings, account):
        self.url = settings.url
        self.range = f"from={settings.start}T00:00:00Z&to={settings.end}T00:00:00Z"
        self.browser = requests.Session()
        self.browser.headers.update({"Accept-Language": "en-GB", "Origin": self.url})
        form = {"next": "", "name": account["name"], "password": settings.password}
        page = self.post(f"{self.url}/sign-in", form)
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text)
        form = {name: html.unescape(value) for name, value in hidden}
        target = urljoin(page.url, one(r'<form [^>]*action="([^"]*)"', page.text, "the form for the code"))
        page = self.post(target, form | {"code": code_of(account["app"])})
        check("/sign-in" not in page.url, f"{account['name']} is not signed in")

    def get(self, url):
        answer = self.browser.get(url, timeout=REQUEST_LIMIT_SECS)
        check(answer.status_code == 200, f"{answer.status_code} of {url}: {answer.text[-600:]}")
        return answer

    def post(self, url, form):
        answer = self.browser.post(url, data=form, timeout=REQUEST_LIMIT_SECS)
        check(answer.status_code == 200, f"{answer.status_code} of {url}: {answer.text[-600:]}")
        return answer

    def count(self, report):
        """What the tab says, and the state that its form sends."""
        page = self.get(f"{self.url}/usage?{self.range}&tab={report.tab}").text
        told = one(r'<dl class="facts">.*?<dd>([^<]*)</dd>', page, "the number of rows")
        state = one(r'action="[^"]*usage/export".*?name="state" value="([^"]*)"', page, "the form for files")
        return int(re.sub(r"\D", "", told)), state

    def take(self, report, form, state):
        """Orders a file and gets it, at once or from the list, which it leaves again."""
        answer = self.post(f"{self.url}/usage/export", {"tab": report.tab, "form": form, "state": state})
        began = time.monotonic()
        while urlsplit(answer.url).path == "/exports":
            check("not made" not in answer.text, f"{report.tab} as {form} was not made")
            check(time.monotonic() - began < REQUEST_LIMIT_SECS, f"{report.tab} as {form} is not there")
            link = re.search(r'<tbody>\s*<tr>\s*<th scope="row"><a href="([^"]*)"', answer.text)
            if link and "being made" not in answer.text:
                answer = self.get(urljoin(answer.url, html.unescape(link[1])))
                break
            time.sleep(0.2)
            answer = self.get(f"{self.url}/exports")
        ident = urlsplit(answer.url).path.split("/")[-2]
        check(answer.headers["content-type"] == MEDIA_TYPES[form], f"{form} is {answer.headers['content-type']}")
        disposition = answer.headers["content-disposition"]
        called = re.fullmatch(rf'attachment; filename="({report.file_name(form)})"', disposition)
        check(called, f"{report.tab} as {form} is called {disposition}")
        check(urlsplit(answer.url).path.endswith("/" + called[1]), f"{disposition} comes from {answer.url}")
        self.post(f"{self.url}/exports/{ident}/remove", {})
        return answer.content


def lines_of(content):
    return [json.loads(line, parse_float=Decimal) for line in content.decode("utf-8").splitlines()]


def stored(settings, data, report):
    """The rows that a store has."""
    words = ["calls", "--tenant", settings.tenant, "--log", report.log, "--format", "ndjson"]
    read = command(settings, data, *words, "--from", settings.start, "--to", settings.end)
    check(read.returncode == 0, f"{report.log} cannot be read: {read.stderr}")
    return lines_of(read.stdout.encode())


def told(row):
    """What a row tells; tables do not tell nothing from an empty text or list."""
    return sorted((name, str(found)) for name, found in row.items() if found not in (None, "", []))


def kept(report, form, row):
    """What is left of a row after a file of that form and an import, as docs/exports.md says."""
    if form == "ndjson":
        return row
    shown = {of for _, of, _ in report.columns}
    return {name: found for name, found in row.items() if name in shown}


def check_import(settings, report, rows, form, content):
    folder = tempfile.mkdtemp(dir=settings.folder)
    path = os.path.join(folder, f"file.{form}")
    with open(path, "wb") as file:
        file.write(content)
    data = os.path.join(folder, "data")
    words = ["import", "--quiet", "--json", "--tenant", settings.tenant, path]
    if report.tab == "dial-out":
        words[1:1] = ["--period-start", settings.start, "--period-end", settings.end]
    done = command(settings, data, *words)
    if form in ("xlsx", "parquet"):
        said = done.stdout + done.stderr
        what = {"xlsx": "a workbook of Excel", "parquet": "a Parquet file"}[form]
        is_told = done.returncode != 0 and what in said
        check(is_told, f"{report.tab}: importing {form} ends with {done.returncode}: {said}")
        check(json.loads(done.stdout.splitlines()[0])["rows"] == 0, f"{report.tab}: rows of {form} were stored: {said}")
        return
    check(done.returncode == 0, f"{report.tab} as {form} cannot be imported: {done.stdout} {done.stderr}")
    back = stored(settings, data, report)
    if form != "ndjson" and report.log == "directRoutingCalls":
        # Exports have no id; it is made of the call.
        back = [{name: found for name, found in row.items() if name != "id"} for row in back]
    wanted = sorted(told(kept(report, form, row)) for row in rows)
    found = sorted(told(row) for row in back)
    check(len(found) == len(wanted), f"{report.tab}: {len(found)} rows came back from {form}, expected {len(wanted)}")
    for got, want in zip(found, wanted):
        check(got == want, f"{report.tab}: {set(got) ^ set(want)} differs after {form}")


def texts_of(form, content):
    """All that a file says, as one text."""
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        return "\n".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)
    if form == "parquet":
        return json.dumps(pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist(), default=str, ensure_ascii=False)
    if form == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(file).decode("utf-8") for file in archive.infolist())
    return content.decode("utf-8")


def check_report(settings, person, report):
    """All files of a report; gives the rows and the files."""
    count, state = person.count(report)
    files = {form: person.take(report, form, state) for form in FORMS}
    rows = lines_of(files["ndjson"])
    check(count > 0 and len(rows) == count, f"{report.tab}: {len(rows)} rows, the page says {count}")
    check_csv(report, rows, files["csv"], f"{report.tab} as CSV")
    span = (f"{settings.start}T00:00:00Z", f"{settings.end}T00:00:00Z")
    check_zip(report, rows, files["zip"], files["csv"], span)
    check_xlsx(report, rows, files["xlsx"])
    check_parquet(report, rows, files["parquet"])
    check_ndjson(report, rows, files["ndjson"])
    return rows, files


def check_masked(report, full, masked, files):
    """What is masked in rows is masked in each file; gives how many numbers were."""
    hidden = set()
    for row, seen in zip(full, masked):
        for name, found in seen.items():
            if found != row[name]:
                check("*" in str(found), f"{report.tab}: {name} is {found!r} without the role for full numbers")
                hidden.add(row[name])
    said = json.dumps(masked, default=str, ensure_ascii=False)
    # Somebody's own number is not masked, though another called from it; and a few digits are anywhere.
    hidden = {number for number in hidden if number not in said and len(re.sub(r"\D", "", number)) >= 8}
    for form, content in files.items():
        text = texts_of(form, content)
        leaked = [number for number in hidden if number in text]
        check(not leaked, f"{report.tab} as {form} has {len(leaked)} numbers that are masked")
    return len(hidden)


def run(settings):
    store_hard_rows(settings)
    ada = Person(settings, settings.people["full"])
    ben = Person(settings, settings.people["masked"])
    rows, masked = 0, 0
    for report in REPORTS:
        full, files = check_report(settings, ada, report)
        check(stored(settings, settings.data, report) == full, f"{report.tab}: the file has other rows than the log")
        rows += len(full)
        seen, of_ben = check_report(settings, ben, report)
        check(len(seen) == len(full), f"{report.tab}: {len(seen)} masked rows of {len(full)}")
        masked += check_masked(report, full, seen, of_ben)
        for form in FORMS:
            check_import(settings, report, full, form, files[form])
        proven(f"{report.tab}: {len(full)} rows as zip, CSV, workbook, Parquet and NDJSON, full and masked, and back")
    check(masked > 100, f"only {masked} numbers were masked")
    proven(f"{rows} rows; {masked} numbers are in no file of who may not see them")


main(CLIENT, run, Settings)
