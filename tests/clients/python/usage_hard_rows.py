"""Rows that are hard to write: names that a program or a spreadsheet could take for something else, or
break on, and everything that may be missing.
"""

import uuid

from usage_reports import ABSENT, CALL_TYPES

TEXTS = [
    "Änne Müller-Lüdenscheidt 📞",
    "שלום עולם",
    "محمد علي",
    "日本 太郎",
    "e\u0301 not é",
    '=HYPERLINK("https://evil.example","y")',
    "@SUM(A1)",
    "+1+1|cmd",
    "-2+3+cmd|' /C calc'!A0",
    "\u200b=1",
    "'=1+1",
    "'tis",
    "one;=1+1",
    "a\t=1",
    "two\nlines\n=1",
    "two\r\nlines",
    'quote"s, and; marks',
    "00123",
    "1E5",
    "TRUE",
    "2026-03-01",
    "NaN",
    "Null",
    "#N/A",
    "_x000D_ is no line end",
    "a \u0001 nobody sees",
    "",
    None,
]
NUMBERS = [
    "+4930123456",
    "+14255550100",
    "anonymous",
    "*31#",
    "00123",
    "+49 (30) 1234-56",
    "=1+2",
    "123456789012345678",
    "",
    None,
]
CHARGES = [0, 0.1, 12.3456, None]


def hard_rows(day):
    """Rows of each log, all within a day."""
    def ident(kind, at):
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {at}"))

    def pick(values, at):
        return values[at % len(values)]

    def moment(at, seconds):
        return f"{day}T{at % 20:02}:{at:02}:{seconds}Z"

    for at, text in enumerate(TEXTS):
        failed = at % 3 == 0
        user = {
            "userId": pick([ident("user", at), None], at),
            "userPrincipalName": f"u{at}@contoso.example",
            "userDisplayName": text,
        }
        units = pick([[{"id": ident("unit", at)}, {"id": "north"}], [], None], at)
        yield "directRoutingCalls", {
            "id": ident("call", at), "correlationId": ident("correlation", at), **user,
            "startDateTime": moment(at, "09.1234567"), "inviteDateTime": moment(at, "08"),
            "failureDateTime": moment(at, "10.5") if failed else ABSENT,
            "endDateTime": ABSENT if failed else moment(at, "59.999"),
            "duration": at, "callType": pick([*CALL_TYPES, "ByotNew"], at), "successfulCall": not failed,
            "callerNumber": pick(NUMBERS, at), "calleeNumber": pick(NUMBERS, at + 3), "mediaPathLocation": "USWE",
            "signalingLocation": "EUNO", "finalSipCode": pick([0, 486], at), "callEndSubReason": 560486,
            "finalSipCodePhrase": pick(['Busy, "here"', "=BYE", text], at),
            "trunkFullyQualifiedDomainName": "sbc.münchen.example", "mediaBypassEnabled": bool(at % 2),
            "userCountryCode": "DE", "otherPartyCountryCode": pick(["FR", None], at),
            "transferorCorrelationId": pick([None, ident("transferor", at)], at), "administrativeUnitInfos": units,
        }
        yield "pstnCalls", {
            "id": ident("usage", at), **user,
            "callId": pick(["000000012@192.0.2.7", "12345678901234567890", "0042"], at),
            "startDateTime": moment(at, "09.1234567"), "endDateTime": moment(at, "59"), "duration": at,
            "charge": pick(CHARGES, at), "callType": pick(["user_in", "user_out", "conf_out", "oc_ucap_in"], at),
            "currency": pick(["EUR", None], at), "calleeNumber": pick(NUMBERS, at), "usageCountryCode": "DE",
            "tenantCountryCode": "DE", "connectionCharge": pick(CHARGES, at + 1),
            "callerNumber": pick(NUMBERS, at + 5),
            "destinationContext": pick(["Domestic", "International", "", None], at),
            "destinationName": pick(["Germany", "Côte d’Ivoire", "=DE()"], at),
            "conferenceId": pick(["0012345", "", None], at), "licenseCapability": "MCOPSTN2",
            "inventoryType": "Subscriber", "operator": pick(["Microsoft", "=Op"], at),
            "callDurationSource": pick(["microsoft", "operator", None], at),
            "otherPartyCountryCode": pick(["FR", None], at), "administrativeUnitInfos": units,
        }
        yield "sms", {
            "id": ident("row", at), "smsId": ident("sms", at), **user, "userCountryCode": "DE",
            "tenantCountryCode": "DE", "sourceNumber": pick(NUMBERS, at),
            "destinationNumber": pick(NUMBERS, at + 2), "sentDateTime": moment(at, "09"),
            "callCharge": pick(CHARGES, at), "currency": "USD", "smsType": pick(["sms_out", "sms_in"], at),
            "destinationContext": "Domestic", "destinationName": "@Germany", "otherPartyCountryCode": None,
            "licenseCapability": "MCOSMS1", "smsUnits": at, "administrativeUnitInfos": units,
        }
        yield "pstnBlockedUsers", {
            **user, "userId": ident("user", at), "blockDateTime": moment(at, "09.5"),
            "userTelephoneNumber": pick(NUMBERS, at), "userBlockMode": pick(["blocked", "unblocked"], at),
            "blockReason": text, "remediationId": pick([ident("remedy", at), None], at),
        }
