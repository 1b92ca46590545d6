"""The official Python SDK, through its generated builders, reads every row of a range.

`msgraph-sdk` (Kiota over httpx, HTTP/2) with `azure-identity`'s ClientSecretCredential. Nothing of
the SDK is patched: only the authority and the base URL point at Trunklog. The settings come from
the TRUNKLOG_* variables described in ../README.md.

The template engine of this SDK drops the comma between the two function parameters, so passing
here also proves that the server accepts `(fromDateTime=...toDateTime=...)`.
"""

import asyncio
import json
import logging
import subprocess
import uuid
from datetime import UTC, datetime
from urllib.parse import urlsplit

# First of all: it sets the trust that the SDK's HTTP clients read when they are built.
from common import GRAPH_SCOPE, PAGE_ROWS, Failed, check, check_ids, main, prover, setting

from azure.core.credentials import AccessToken
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_http.middleware.options import HeadersInspectionHandlerOption
from msgraph import GraphServiceClient
from msgraph.generated.models.call_records.direct_routing_log_row import DirectRoutingLogRow
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_core.tasks.page_iterator import PageIterator

CLIENT = "msgraph_sdk_builder"
proven = prover(CLIENT)
# What Graph puts where a time does not apply, e.g. the failure time of a successful call.
NO_TIME = datetime(1, 1, 1, tzinfo=UTC)

# A refused token is reported once, by this program, and not by a logger of the library as well.
logging.getLogger("azure").addHandler(logging.NullHandler())

COLUMN_TYPES = {
    datetime: ("start_date_time", "invite_date_time", "failure_date_time", "end_date_time"),
    int: ("duration", "final_sip_code", "call_end_sub_reason"),
    bool: ("successful_call", "media_bypass_enabled"),
    str: (
        "id", "correlation_id", "user_id", "user_principal_name", "user_display_name", "call_type",
        "caller_number", "callee_number", "media_path_location", "signaling_location",
        "final_sip_code_phrase", "trunk_fully_qualified_domain_name",
    ),
}  # fmt: skip


def instant(text):
    """An ISO date or date-time as an instant; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class RecordingCredential:
    """Passes every request for a token on and keeps the scopes the SDK asked for."""

    def __init__(self, settings):
        self.scopes = set()
        self.inner = ClientSecretCredential(
            settings.tenant,
            settings.client_id,
            settings.secret,
            authority=settings.login,
            disable_instance_discovery=True,
        )

    def get_token(self, *scopes, **options):
        self.scopes.update(scopes)
        return self.inner.get_token(*scopes, **options)


class BrokenCredential:
    """Hands out something that is no token, for the 401 path."""

    def get_token(self, *scopes, **options):
        return AccessToken("not-a-token", 2**31)


def graph(settings, credential, scopes=None):
    client = GraphServiceClient(credential, scopes)
    client.request_adapter.base_url = f"{settings.url}/v1.0"
    return client


def direct_routing_calls(client, start, end):
    """The builder of a range, whose ends are text as in the settings."""
    records = client.communications.call_records
    return records.microsoft_graph_call_records_get_direct_routing_calls_with_from_date_time_with_to_date_time(
        instant(start), instant(end)
    )


async def walk_with_page_iterator(client, settings):
    """All rows, by the SDK's own PageIterator."""
    first = await direct_routing_calls(client, settings.start, settings.end).get()
    rows = []

    def keep(row):
        rows.append(row)
        # Ends a walk whose next links go round in a circle.
        return len(rows) <= len(settings.ids)

    iterator = PageIterator(first, client.request_adapter, error_mapping={"XXX": ODataError})
    await iterator.iterate(keep)
    return rows


async def walk_with_url(client, settings):
    """The pages, each next link opened by the builder's `with_url`."""
    builder = direct_routing_calls(client, settings.start, settings.end)
    pages = [await builder.get()]
    while link := pages[-1].odata_next_link:
        check(
            len(pages) * PAGE_ROWS < len(settings.ids),
            f"page {len(pages)} has a next link though every row was read: {link}",
        )
        pages.append(await builder.with_url(link).get())
    return pages


def check_models(rows, settings):
    start, end = instant(settings.start), instant(settings.end)
    for kind, columns in COLUMN_TYPES.items():
        for column in columns:
            values = [getattr(row, column) for row in rows]
            strange = [value for value in values if value is not None and type(value) is not kind]
            check(not strange, f"{column} is {strange[:1]}, expected {kind.__name__} or null")
            # The SDK turns a value of the wrong JSON type into None without a word.
            check(
                any(value is not None for value in values),
                f"{column} is null in every row, expected {kind.__name__} values",
            )
    for row in rows:
        for column in COLUMN_TYPES[datetime]:
            moment = getattr(row, column)
            check(
                moment is None or moment.utcoffset() == NO_TIME.utcoffset(),
                f"row {row.id}: {column} {moment} is not in UTC",
            )
        check(
            row.start_date_time is not None and start <= row.start_date_time < end,
            f"row {row.id} starts at {row.start_date_time}, outside the range",
        )
        check(
            not row.additional_data,
            f"row {row.id} has properties unknown to v1.0: {sorted(row.additional_data)}",
        )
    proven(
        "models are typed: 4 datetime, 3 int, 2 bool and 12 str columns, starts inside the range, nothing unknown to v1.0"
    )


def check_unused_times(rows):
    successful = [row for row in rows if row.successful_call is True]
    failed = [row for row in rows if row.successful_call is False]
    check(len(successful) + len(failed) == len(rows), "successful_call is null in some rows")
    check(successful, "no successful call in the range, so its failure time cannot be checked")
    for row in successful:
        check(
            row.failure_date_time == NO_TIME,
            f"successful call {row.id}: failure_date_time is {row.failure_date_time}, expected {NO_TIME}",
        )
    for row in failed:
        check(
            row.failure_date_time not in (None, NO_TIME),
            f"failed call {row.id}: failure_date_time is {row.failure_date_time}",
        )
        check(
            row.end_date_time in (None, NO_TIME),
            f"failed call {row.id}: end_date_time is {row.end_date_time}, expected {NO_TIME} or null",
        )
    proven(
        f"failure_date_time is 0001-01-01 in {len(successful)} successful calls and set in {len(failed)} failed ones"
    )


async def error_of(call, how):
    try:
        await call
    except ODataError as error:
        return error
    raise Failed(f"{how}: the server answered with rows, expected an error")


def check_error(error, how, status, code):
    check(
        error.response_status_code == status,
        f"{how}: status {error.response_status_code}, expected {status}",
    )
    check(error.error is not None, f"{how}: the body has no error object")
    check(error.error.code == code, f"{how}: code {error.error.code!r}, expected {code!r}")
    check(isinstance(error.error.message, str), f"{how}: the error has no message")
    inner = error.error.inner_error
    check(inner is not None, f"{how}: the error has no innerError")
    header = error.response_headers.get("request-id")
    check(
        inner.request_id and inner.request_id == header,
        f"{how}: innerError request-id {inner.request_id!r}, header {header!r}",
    )
    check(
        isinstance(inner.date, datetime), f"{how}: innerError date {inner.date!r} is no date-time"
    )


async def check_errors(client, settings):
    correlation = str(uuid.uuid4())
    headers = HeadersCollection()
    headers.add("client-request-id", correlation)
    reversed_range = direct_routing_calls(client, settings.end, settings.start)
    error = await error_of(
        reversed_range.get(RequestConfiguration(headers=headers)), "reversed range"
    )
    check_error(error, "reversed range", 400, "BadRequest")
    check(error.error.message, "reversed range: the message is empty")
    echoed = (
        error.error.inner_error.client_request_id,
        error.response_headers.get("client-request-id"),
    )
    check(
        echoed == (correlation, correlation),
        f"reversed range: client-request-id {correlation} came back as {echoed} (innerError, header)",
    )
    proven(
        f"a reversed range is ODataError 400 BadRequest {error.error.message!r} with our client-request-id in innerError and header"
    )

    unknown = f"{settings.url}/v1.0/communications/callRecords/microsoft.graph.callRecords.getNothing(fromDateTime=2024-01-01,toDateTime=2024-01-02)"
    error = await error_of(reversed_range.with_url(unknown).get(), "unknown function")
    check_error(error, "unknown function", 404, "NotFound")
    proven("an unknown function is ODataError 404 NotFound")

    stranger = graph(settings, BrokenCredential(), [GRAPH_SCOPE])
    error = await error_of(
        direct_routing_calls(stranger, settings.start, settings.end).get(), "broken token"
    )
    check_error(error, "broken token", 401, "InvalidAuthenticationToken")
    proven("a broken token is ODataError 401 InvalidAuthenticationToken")


async def check_client_request_id(client, settings):
    correlation = str(uuid.uuid4())
    headers = HeadersCollection()
    headers.add("client-request-id", correlation)
    inspection = HeadersInspectionHandlerOption()
    call = direct_routing_calls(client, settings.start, settings.start)
    answer = await call.get(RequestConfiguration(headers=headers, options=[inspection]))
    check(
        answer.value == [] and answer.odata_count == 0 and not answer.odata_next_link,
        f"an empty range gave {len(answer.value or [])} rows, count {answer.odata_count}, next link {answer.odata_next_link}",
    )
    echoed = inspection.response_headers.get("client-request-id")
    check(echoed == {correlation}, f"client-request-id {correlation} came back as {echoed}")
    check(
        inspection.response_headers.get("request-id"),
        "a successful answer has no request-id header",
    )
    proven("client-request-id is echoed on success; an empty range is an empty page with count 0")


def store(settings, row):
    """Imports a row while the server runs; the data folder is in TRUNKLOG_DATA_DIR."""
    words = [setting("TRUNKLOG_BINARY"), "import", "--quiet", "--tenant", settings.tenant, "-"]
    done = subprocess.run(words, input=json.dumps(row), text=True, capture_output=True, check=False)
    check(done.returncode == 0, f"a row cannot be imported: {done.stdout} {done.stderr}")


async def check_changes(client, settings):
    call = {
        "@odata.type": "#microsoft.graph.callRecords.directRoutingLogRow",
        "id": str(uuid.uuid4()),
        "startDateTime": settings.start[:10] + "T00:00:01Z",
    }
    store(settings, call | {"duration": 5})
    builder = direct_routing_calls(client, settings.start, settings.end)
    headers = HeadersCollection()
    headers.add("Prefer", "odata.track-changes")
    page = await builder.with_url(f"{settings.calls}?$filter=duration%20lt%20100000").get(
        RequestConfiguration(headers=headers)
    )
    while page.odata_next_link:
        check(
            "@odata.deltaLink" not in page.additional_data, "a page before the last has a delta link"
        )
        page = await builder.with_url(page.odata_next_link).get()
    link = page.additional_data.get("@odata.deltaLink")
    check(link, f"the last page has no delta link: {sorted(page.additional_data)}")

    store(settings, call | {"duration": 200_000})
    told = await builder.with_url(link).get()
    check(len(told.value) == 1, f"{len(told.value)} rows were told, expected one removal")
    gone = told.value[0]
    check(type(gone) is DirectRoutingLogRow, f"a removal is {type(gone)}")
    removed = gone.additional_data.get("@removed") or {}
    check(removed.get("reason") == "changed", f"a removal says {gone.additional_data}")
    key = (gone.start_date_time, gone.id)
    check(
        key == (instant(call["startDateTime"]), call["id"]),
        f"a removal is of {key}, expected {call}",
    )
    check(gone.duration is None, f"a removal has the duration {gone.duration}")
    check(told.additional_data.get("@odata.deltaLink"), "the changes end without a delta link")
    proven(
        "the last page's additional_data has the delta link; a removal is a row with time, id and @removed"
    )


async def run(settings):
    credential = RecordingCredential(settings)
    client = graph(settings, credential)
    rows = await walk_with_page_iterator(client, settings)
    check_ids([row.id for row in rows], settings.ids, "PageIterator")
    host = urlsplit(settings.url).hostname
    check(
        credential.scopes == {f"https://{host}/.default"},
        f"the SDK asked for the scopes {credential.scopes}",
    )
    proven(
        f"PageIterator read {len(rows)} rows once each in order, with the SDK's default scope https://{host}/.default"
    )

    check_models(rows, settings)
    check_unused_times(rows)

    credential = RecordingCredential(settings)
    client = graph(settings, credential, [GRAPH_SCOPE])
    pages = await walk_with_url(client, settings)
    check_ids([row.id for page in pages for row in page.value], settings.ids, "with_url")
    check(credential.scopes == {GRAPH_SCOPE}, f"the SDK asked for the scopes {credential.scopes}")
    for number, page in enumerate(pages, 1):
        check(
            page.odata_count == len(page.value),
            f"page {number}: count {page.odata_count}, rows {len(page.value)}",
        )
        full = number == len(pages) or len(page.value) == PAGE_ROWS
        check(
            full, f"page {number} of {len(pages)} has {len(page.value)} rows, expected {PAGE_ROWS}"
        )
    proven(f"with_url read the same rows in {len(pages)} pages, with the scope {GRAPH_SCOPE}")

    await check_client_request_id(client, settings)
    await check_errors(client, settings)
    # Last: it adds a row.
    await check_changes(client, settings)


main(CLIENT, lambda settings: asyncio.run(run(settings)))
