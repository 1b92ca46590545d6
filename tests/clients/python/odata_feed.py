"""python-odata, a general client of OData 4.0: it reads $metadata, makes classes of the sets that it
finds there, signs in with HTTP Basic and follows next links, all by itself.
The settings come from the TRUNKLOG_* variables described in ../README.md.
"""

import datetime

import requests
from odata import ODataService
from odata.exceptions import ODataError

from common import REQUEST_LIMIT_SECS, check, check_ids, main, prover

CLIENT = "odata_feed"
proven = prover(CLIENT)
SETS = {
    "calls",
    "pstnCalls",
    "smsMessages",
    "trunkHours",
    "usageByDay",
    "endReasons",
    "destinations",
    "users",
}


def service(settings):
    auth = (settings.client_id, settings.secret)
    return ODataService(f"{settings.url}/odata", reflect_entities=True, quiet_progress=True, auth=auth)


def midnight(date):
    return datetime.datetime.fromisoformat(date).replace(tzinfo=datetime.timezone.utc)


def halves(settings):
    """The range in two parts, as a tool reads that loads new days beside those that it has."""
    start, end = midnight(settings.start), midnight(settings.end)
    middle = start + datetime.timedelta(days=(end - start).days // 2)
    return [(start, middle), (middle, end)]


def run(settings):
    feed = service(settings)
    check(set(feed.entities) == SETS, f"the sets are {sorted(feed.entities)}")
    proven(f"$metadata, read with HTTP Basic, has the {len(SETS)} sets")

    calls = feed.entities["calls"]
    rows = feed.query(calls).all()
    check_ids([row.id for row in rows], settings.ids, "all calls")
    first = rows[0]
    check(
        isinstance(first.startDateTime, datetime.datetime) and first.startDateTime.tzinfo is not None,
        f"startDateTime is {first.startDateTime!r}",
    )
    check(first.localDate == first.startDateTime.date().isoformat(), f"localDate is {first.localDate!r}")
    check(first.lastChangeDateTime <= datetime.datetime.now(datetime.timezone.utc), "a change to come")
    proven(f"next links lead to {len(rows)} calls once each in order, with typed values")

    parts = []
    for start, end in halves(settings):
        part = feed.query(calls).filter((calls.startDateTime >= start) & (calls.startDateTime < end))
        parts.extend(row.id for row in part)
    check_ids(parts, settings.ids, "two ranges")
    proven("filters on the time divide the calls into ranges without a gap")

    failed = sorted((row for row in rows if not row.successfulCall), key=lambda row: -(row.finalSipCode or 0))
    check(failed, "no failed call in the range")
    query = feed.query(calls).filter(calls.successfulCall == False)  # noqa: E712 - makes a filter
    query = query.order_by(calls.finalSipCode.desc()).select(calls.id, calls.finalSipCode).limit(5)
    found = query.all()
    expected = [row.finalSipCode for row in failed[:5]]
    check([row["finalSipCode"] for row in found] == expected, f"the codes are {found}, expected {expected}")
    check(all(set(row) == {"id", "finalSipCode"} for row in found), f"not selected: {found}")
    proven("filter, order, selection and limit go together")

    for name in ("trunkHours", "usageByDay", "endReasons", "destinations"):
        entity = feed.entities[name]
        sums = feed.query(entity).all()
        attempts = sum(row.attempts for row in sums)
        check(attempts == len(rows), f"{name}: {attempts} attempts of {len(rows)} calls")
        check(len({row.id for row in sums}) == len(sums), f"{name}: ids come twice")
        parts = []
        for start, end in halves(settings):
            part = feed.query(entity).filter((entity.startDateTime >= start) & (entity.startDateTime < end))
            parts.extend(row.id for row in part)
        # Who calls at midnight holds a channel in the hour before, or in the one after.
        start, end = midnight(settings.start), midnight(settings.end)
        inside = [row.id for row in sums if start <= row.startDateTime < end]
        check(parts == inside, f"{name}: {len(parts)} rows of two ranges, expected {len(inside)}")
    users = feed.query(feed.entities["users"]).all()
    with_user = sum(1 for row in rows if row.userId or row.userPrincipalName)
    check(sum(row.attempts for row in users) == with_user, "the users' calls do not add up")
    proven("sums by hour, day, reason, country and user add up to the calls, read at once or in parts")

    # The client itself reads the refusal as if it were the model.
    auth = (settings.client_id, "wrong")
    refused = requests.get(f"{settings.url}/odata", auth=auth, timeout=REQUEST_LIMIT_SECS)
    check(refused.status_code == 401, f"a wrong secret gets {refused.status_code}")
    check(refused.headers["WWW-Authenticate"].startswith("Basic "), f"{refused.headers}")
    wrong = "no error"
    try:
        feed.query(calls).filter(calls.localDate == "today").all()
    except ODataError as error:
        wrong = str(error)
    check("400" in wrong and "2019-11-01" in wrong, f"a date that is none gives {wrong}")
    proven("a wrong secret is refused, and a wrong filter is told with what is right")


main(CLIENT, run)
