"""What the programs here share: settings, checks, an application token, trust and a time limit."""

import os
import sys
import threading
import traceback

# Trust exactly the local CA, in every library that reads a variable for it. A proxy of the
# environment must not be between the client and the server under test.
for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
    os.environ[name] = os.environ.get("TRUNKLOG_CA", "")
# OpenSSL reads a folder besides the file, without the variable that of the system.
os.environ["SSL_CERT_DIR"] = os.devnull
for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
    os.environ.pop(name, None)

import requests  # noqa: E402 - reads the variables above

TIME_LIMIT_SECS = 180
REQUEST_LIMIT_SECS = 60
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
PAGE_ROWS = 1000


class Failed(Exception):
    """A check did not hold; the message says which and what was seen."""


def check(holds, message):
    if not holds:
        raise Failed(message)


def prover(client):
    """One line for each thing proven."""
    return lambda what: print(f"ok {client}: {what}", flush=True)


def setting(name):
    value = os.environ.get(name, "")
    check(value, f"the environment variable {name} is not set")
    return value


def calls_path(start, end):
    """getDirectRoutingCalls after the version, with the literals exactly as given."""
    return f"communications/callRecords/getDirectRoutingCalls(fromDateTime={start},toDateTime={end})"


class Settings:
    def __init__(self):
        self.url = setting("TRUNKLOG_URL").rstrip("/")
        self.login = setting("TRUNKLOG_LOGIN").rstrip("/")
        self.tenant = setting("TRUNKLOG_TENANT")
        self.authority = f"{self.login}/{self.tenant}"
        self.token_url = f"{self.authority}/oauth2/v2.0/token"
        self.client_id = setting("TRUNKLOG_CLIENT_ID")
        self.secret = setting("TRUNKLOG_CLIENT_SECRET")
        self.ca = setting("TRUNKLOG_CA")
        check(os.path.isfile(self.ca), "TRUNKLOG_CA names no file")
        self.start = setting("TRUNKLOG_FROM")
        self.end = setting("TRUNKLOG_TO")
        with open(setting("TRUNKLOG_IDS"), encoding="utf-8") as lines:
            self.ids = lines.read().split()
        rows = int(setting("TRUNKLOG_ROWS"))
        check(len(self.ids) == rows, f"TRUNKLOG_IDS holds {len(self.ids)} ids, TRUNKLOG_ROWS is {rows}")
        check(rows > PAGE_ROWS, f"{rows} rows fit one page, so paging would prove nothing")
        self.path = calls_path(self.start, self.end)
        self.calls = f"{self.url}/v1.0/{self.path}"

    def token(self):
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.secret,
            "scope": GRAPH_SCOPE,
        }
        answer = requests.post(self.token_url, data=form, timeout=REQUEST_LIMIT_SECS)
        check(answer.status_code == 200, f"no token: {answer.status_code} {answer.text[:300]}")
        return answer.json()["access_token"]

    def authorization(self):
        return {"Authorization": f"Bearer {self.token()}"}


def check_ids(seen, expected, how):
    """The ids must be the expected ones, once each, in order."""
    check(len(seen) == len(expected), f"{how}: {len(seen)} rows, expected {len(expected)}")
    check(len(set(seen)) == len(seen), f"{how}: {len(seen) - len(set(seen))} rows came twice")
    for place, (got, want) in enumerate(zip(seen, expected)):
        check(got == want, f"{how}: row {place} is {got}, expected {want}")


def main(client, run, read=Settings):
    """Runs a program's checks with the settings that it reads; the process ends with 1 at the first
    that does not hold."""

    def give_up(reason):
        print(f"FAILED {client}: {' '.join(reason.split())}", flush=True)
        os._exit(1)  # Also from the watchdog's thread, with a request under way.

    watchdog = threading.Timer(TIME_LIMIT_SECS, give_up, [f"not done after {TIME_LIMIT_SECS} s"])
    watchdog.daemon = True
    watchdog.start()
    try:
        run(read())
    except Failed as failure:
        give_up(str(failure))
    except Exception:  # noqa: BLE001 - whatever it is, it is reported
        give_up(traceback.format_exc())
    sys.exit(0)
