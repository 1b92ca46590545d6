"""The plain way: a token from `msal`, then `requests` and the next links, as most scripts do it.

No SDK hides the wire here, so this program checks the envelope, the headers and the token errors
to the letter. The settings come from the TRUNKLOG_* variables described in ../README.md.
"""

import gzip
import json
import re
import uuid
from urllib.parse import parse_qs, urlsplit

import certifi
import msal
import requests

from common import (
    GRAPH_SCOPE,
    PAGE_ROWS,
    REQUEST_LIMIT_SECS,
    Failed,
    calls_path,
    check,
    check_ids,
    main,
    prover,
)

CLIENT = "msal_requests"
proven = prover(CLIENT)
JSON_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

V1_KEYS = (
    "id correlationId userId userPrincipalName userDisplayName startDateTime inviteDateTime "
    "failureDateTime endDateTime duration callType successfulCall callerNumber calleeNumber "
    "mediaPathLocation signalingLocation finalSipCode callEndSubReason finalSipCodePhrase "
    "trunkFullyQualifiedDomainName mediaBypassEnabled"
).split()
# Beta moves endDateTime forward and adds four properties at the end.
BETA_KEYS = (
    "id correlationId userId userPrincipalName userDisplayName startDateTime endDateTime "
    "inviteDateTime failureDateTime duration callType successfulCall callerNumber calleeNumber "
    "mediaPathLocation signalingLocation finalSipCode callEndSubReason finalSipCodePhrase "
    "trunkFullyQualifiedDomainName mediaBypassEnabled userCountryCode otherPartyCountryCode "
    "transferorCorrelationId administrativeUnitInfos"
).split()


def calls(settings, version, start=None, end=None):
    """The URL of getDirectRoutingCalls, for the whole range if no other is given."""
    path = calls_path(start or settings.start, end or settings.end)
    return f"{settings.url}/{version}/{path}"


def application(settings, secret):
    return msal.ConfidentialClientApplication(
        settings.client_id,
        authority=settings.authority,
        client_credential=secret,
        instance_discovery=False,
    )


def get(session, url, status=200, **options):
    response = session.get(url, timeout=REQUEST_LIMIT_SECS, **options)
    if response.status_code != status:  # No `check`: its message would read a body left to stream.
        raise Failed(
            f"GET {url}: status {response.status_code}, expected {status}: {response.text[:300]}"
        )
    return response


def check_trust(settings):
    try:
        requests.get(settings.url, verify=certifi.where(), timeout=REQUEST_LIMIT_SECS)
    except requests.exceptions.SSLError:
        return proven("TLS is verified: without the local CA the server is refused")
    raise Failed(
        "a client that does not know the local CA got an answer, so nothing here verifies TLS"
    )


def check_token(settings):
    client = application(settings, settings.secret)
    answer = client.acquire_token_for_client([GRAPH_SCOPE])
    check("access_token" in answer, f"msal got no token: {answer}")
    check(answer.get("token_type") == "Bearer", f"token_type is {answer.get('token_type')!r}")
    check(
        isinstance(answer.get("expires_in"), int) and answer["expires_in"] > 0,
        f"expires_in is {answer.get('expires_in')!r}",
    )
    again = client.acquire_token_for_client([GRAPH_SCOPE])
    check(
        again.get("token_source") == "cache",
        f"the second token came from {again.get('token_source')!r}, expected msal's cache",
    )
    proven(f"msal got a Bearer token for {answer['expires_in']} s and keeps it in its cache")
    return answer["access_token"]


def check_token_refused(settings, how, secret, scope, error, aadsts):
    answer = application(settings, secret).acquire_token_for_client([scope])
    check("access_token" not in answer, f"{how}: msal got a token")
    check(
        answer.get("error") == error,
        f"{how}: error {answer.get('error')!r}, expected {error!r}: {answer.get('error_description')!r}",
    )
    description = answer.get("error_description") or ""
    numbers = [number for number in aadsts if f"AADSTS{number}:" in description]
    check(
        numbers,
        f"{how}: error_description {description!r} names none of AADSTS{'/'.join(map(str, aadsts))}",
    )
    check(
        numbers[0] in answer.get("error_codes", []),
        f"{how}: error_codes is {answer.get('error_codes')}, expected {numbers[0]} in it",
    )
    proven(f"{how}: msal reports {error} AADSTS{numbers[0]}")


def check_next_link(link, asked, rows_read):
    check(link.startswith("https://"), f"the next link is not absolute https: {link}")
    check(
        link.startswith(f"{asked}?"),
        f"the next link {link} does not keep the address and literals {asked}",
    )
    query = urlsplit(link).query
    check("$skip=" in query, f"the next link has no literal $skip=: {link}")
    skip = parse_qs(query).get("$skip")
    check(skip == [str(rows_read)], f"the next link skips {skip} after {rows_read} rows: {link}")


def walk(session, settings, version, keys):
    """Follows the next links of one version and checks every envelope on the way."""
    asked = calls(settings, version)
    context = f"{settings.url}/{version}/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)"
    total, seen, link, pages = len(settings.ids), [], asked, 0
    while link:
        page = get(session, link).json()
        pages += 1
        what = f"{version} page {pages}"
        rows = page.get("value")
        check(isinstance(rows, list) and rows, f"{what}: value is {str(rows)[:100]}")
        check(
            page.get("@odata.context") == context,
            f"{what}: @odata.context is {page.get('@odata.context')!r}, expected {context!r}",
        )
        check(
            page.get("@odata.count") == len(rows),
            f"{what}: @odata.count is {page.get('@odata.count')!r}, the page has {len(rows)} rows",
        )
        check(
            len(rows) == min(PAGE_ROWS, total - len(seen)),
            f"{what}: {len(rows)} rows after {len(seen)} of {total}",
        )
        for row in rows:
            check(
                list(row) == keys,
                f"{what}: row {row.get('id')} has the properties {list(row)}, expected {keys}",
            )
        seen += [row["id"] for row in rows]
        link = page.get("@odata.nextLink")
        if len(seen) == total:
            check("@odata.nextLink" not in page, f"{what}: the last page has a next link: {link}")
        else:
            check(link is not None, f"{what}: no next link after {len(seen)} of {total} rows")
            check_next_link(link, asked, len(seen))
    check_ids(seen, settings.ids, version)
    proven(
        f"{version}: {total} rows once each in order over {pages} pages; context, count per page, next links and {len(keys)} properties a row as documented"
    )


def check_gzip(session, settings):
    url = calls(settings, "v1.0")
    response = get(session, url, stream=True, headers={"Accept-Encoding": "gzip"})
    wire = response.raw.read(decode_content=False)
    check(
        response.headers.get("Content-Encoding") == "gzip",
        f"Content-Encoding is {response.headers.get('Content-Encoding')!r}, expected gzip",
    )
    check(
        "accept-encoding" in response.headers.get("Vary", "").lower(),
        f"Vary is {response.headers.get('Vary')!r}, expected Accept-Encoding",
    )
    plain = gzip.decompress(wire)
    check(
        [row["id"] for row in json.loads(plain)["value"]] == settings.ids[:PAGE_ROWS],
        "the gzipped page holds other rows",
    )
    check(len(wire) < len(plain), f"gzip made {len(plain)} bytes into {len(wire)}")
    proven(f"gzip on the wire: {len(plain)} bytes travel as {len(wire)}")

    last = len(settings.ids) - 1
    response = get(
        session, f"{url}?$skip={last}", stream=True, headers={"Accept-Encoding": "identity"}
    )
    wire = response.raw.read(decode_content=False)
    check(
        "Content-Encoding" not in response.headers,
        f"identity was asked for, Content-Encoding is {response.headers.get('Content-Encoding')!r}",
    )
    check(
        [row["id"] for row in json.loads(wire)["value"]] == settings.ids[last:],
        "the uncompressed page holds other rows",
    )
    proven("identity is honoured: no Content-Encoding, plain JSON on the wire")


def check_skip(session, settings):
    for option in ("$skip", "%24skip"):
        page = get(session, f"{calls(settings, 'v1.0')}?{option}={PAGE_ROWS}").json()
        check(
            [row["id"] for row in page["value"]] == settings.ids[PAGE_ROWS : 2 * PAGE_ROWS],
            f"{option}={PAGE_ROWS} alone gives other rows than page 2",
        )
    page = get(session, f"{calls(settings, 'v1.0')}?$skip={len(settings.ids)}").json()
    check(
        page["value"] == [] and page["@odata.count"] == 0 and "@odata.nextLink" not in page,
        f"$skip past the end gives {str(page)[:300]}",
    )
    proven("a bare $skip or %24skip gives page 2, one past the end an empty page")


def check_headers(session, settings):
    correlation = str(uuid.uuid4())
    # An empty range: the headers are the same as those of a full page.
    response = get(
        session,
        calls(settings, "v1.0", end=settings.start),
        headers={"client-request-id": correlation},
    )
    check(
        response.headers.get("Content-Type") == JSON_TYPE,
        f"Content-Type is {response.headers.get('Content-Type')!r}, expected {JSON_TYPE!r}",
    )
    check(
        response.headers.get("OData-Version") == "4.0",
        f"OData-Version is {response.headers.get('OData-Version')!r}",
    )
    check(response.headers.get("request-id"), "no request-id header")
    check(
        response.headers.get("client-request-id") == correlation,
        f"client-request-id came back as {response.headers.get('client-request-id')!r}",
    )
    proven(
        "headers of a success: Content-Type, OData-Version 4.0, request-id, client-request-id echoed"
    )

    response = get(
        session,
        calls(settings, "v1.0", settings.end, settings.start),
        400,
        headers={"client-request-id": correlation},
    )
    check(
        response.headers.get("Content-Type") == "application/json",
        f"an error has Content-Type {response.headers.get('Content-Type')!r}",
    )
    check("OData-Version" not in response.headers, "an error has an OData-Version header")
    error = response.json().get("error", {})
    check(
        error.get("code") == "BadRequest" and error.get("message"),
        f"a reversed range gives {error}",
    )
    inner = error.get("innerError", {})
    check(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", inner.get("date", "")),
        f"innerError date is {inner.get('date')!r}, expected no zone and no fraction",
    )
    check(
        inner.get("request-id") == response.headers.get("request-id"),
        f"innerError request-id is {inner.get('request-id')!r}",
    )
    check(
        inner.get("client-request-id") == correlation,
        f"innerError client-request-id is {inner.get('client-request-id')!r}",
    )
    proven("an error has Graph's body and headers")


def run(settings):
    check_trust(settings)
    token = check_token(settings)
    check_token_refused(
        settings,
        "wrong secret",
        f"{settings.secret}-wrong",
        GRAPH_SCOPE,
        "invalid_client",
        [7000215],
    )
    check_token_refused(
        settings,
        "unknown resource",
        settings.secret,
        "https://nobody.invalid/.default",
        "invalid_resource",
        [500011],
    )
    check_token_refused(
        settings,
        "scope without /.default",
        settings.secret,
        "https://graph.microsoft.com/CallRecords.Read.All",
        "invalid_scope",
        [1002012, 70011],
    )

    session = requests.Session()
    get(session, calls(settings, "v1.0"), 401)
    proven("without a token the rows are refused with 401")
    session.headers["Authorization"] = f"Bearer {token}"
    walk(session, settings, "v1.0", V1_KEYS)
    walk(session, settings, "beta", BETA_KEYS)
    check_gzip(session, settings)
    check_skip(session, settings)
    check_headers(session, settings)


main(CLIENT, run)
