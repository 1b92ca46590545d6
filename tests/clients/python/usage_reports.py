"""The reports of /usage: their columns, how their files are called, and what a cell of them must hold,
made of a row as Graph has it.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal

ABSENT = "0001-01-01T00:00:00Z"

# The columns of the admin centre, in its order, by what they show: as its documentation of 2025 has
# them, with External Country where those who read real files find it.
DIRECT_ROUTING = [
    ("CorrelationId", "correlationId", "text"),
    ("AAD ObjectId", "userId", "text"),
    ("UPN", "userPrincipalName", "text"),
    ("Display Name", "userDisplayName", "text"),
    ("User country", "userCountryCode", "text"),
    ("External Country", "otherPartyCountryCode", "country"),
    ("Invite time", "inviteDateTime", "time"),
    ("Start time", "startDateTime", "time"),
    ("Failure time", "failureDateTime", "time"),
    ("End time", "endDateTime", "time"),
    ("Duration (seconds)", "duration", "int"),
    ("Success", "successfulCall", "yes"),
    ("Caller Number", "callerNumber", "text"),
    ("Callee Number", "calleeNumber", "text"),
    ("Call type", "callType", "type"),
    ("Call Direction", "callType", "direction"),
    ("Azure region for Media", "mediaPathLocation", "text"),
    ("Azure region for Signaling", "signalingLocation", "text"),
    ("Final SIP code", "finalSipCode", "int"),
    ("Final Microsoft subcode", "callEndSubReason", "int"),
    ("Final SIP Phrase", "finalSipCodePhrase", "text"),
    ("SBC FQDN", "trunkFullyQualifiedDomainName", "text"),
    ("Media bypass", "mediaBypassEnabled", "yes"),
    ("Shared correlation ID", None, "nothing"),
    ("Administrative Units", "administrativeUnitInfos", "units"),
    ("TransferorCorrelationId", "transferorCorrelationId", "text"),
]
CALLING_PLANS = [
    ("UsageId", "id", "text"),
    ("Call ID", "callId", "text"),
    ("Conference ID", "conferenceId", "text"),
    ("User Location", "usageCountryCode", "text"),
    ("AAD ObjectId", "userId", "text"),
    ("UPN", "userPrincipalName", "text"),
    ("User Display Name", "userDisplayName", "text"),
    ("Caller ID", "callerNumber", "text"),
    ("Call Type", "callType", "text"),
    ("Call Direction", "callType", "direction"),
    ("Number Type", "inventoryType", "text"),
    ("Domestic/International", "destinationContext", "text"),
    ("Destination Dialed", "destinationName", "text"),
    ("Destination Number", "calleeNumber", "text"),
    ("External Country", "otherPartyCountryCode", "country"),
    ("Start Time", "startDateTime", "time"),
    ("End Time", "endDateTime", "time"),
    ("Duration Seconds", "duration", "int"),
    ("Connection Fee", "connectionCharge", "decimal"),
    ("Charge", "charge", "decimal"),
    ("Currency", "currency", "text"),
    ("Capability", "licenseCapability", "text"),
    ("Operator", "operator", "text"),
    ("Source of Call Duration", "callDurationSource", "capital"),
    ("Administrative Units", "administrativeUnitInfos", "units"),
]
CALL_TYPES = {
    "ByotIn": "dr_in",
    "ByotOut": "dr_out",
    "ByotInUcap": "dr_in_bot",
    "ByotOutUcap": "dr_out_bot",
    "ByotOutUserForwarding": "dr_out_user_forwarding",
    "ByotOutUserTransfer": "dr_out_user_transfer",
    "ByotOutUserConf": "dr_out_user_conf",
    "ByotOutEmergency": "dr_emergency_out",
    "ByotUnassignedIn": "dr_unassigned_in",
}



def with_graphs_names(names, **kinds):
    """Columns that are called as their properties are, texts unless a kind is told."""
    return [(name, name, kinds.get(name, "text")) for name in names.split()]


SMS = with_graphs_names(
    "id smsId userId userPrincipalName userDisplayName userCountryCode tenantCountryCode sourceNumber "
    "destinationNumber sentDateTime callCharge currency smsType destinationContext destinationName "
    "otherPartyCountryCode licenseCapability smsUnits administrativeUnitInfos",
    sentDateTime="time",
    callCharge="decimal",
    smsUnits="int",
    administrativeUnitInfos="json",
)
BLOCKED_USERS = with_graphs_names(
    "userId userPrincipalName userDisplayName blockDateTime userTelephoneNumber userBlockMode blockReason "
    "remediationId",
    blockDateTime="time",
)
DIAL_OUT = with_graphs_names(
    "userId userPrincipalName userDisplayName usageLocation destinationContext currency totalCalls "
    "totalCallCharge totalCallSeconds",
    totalCalls="int",
    totalCallCharge="decimal",
    totalCallSeconds="int",
)


class Report:
    """A tab: its log, its columns, how its files and its sheet are called."""

    def __init__(self, tab, log, columns, archive=None, table=None, sheet=None):
        self.tab, self.log, self.columns = tab, log, columns
        # No files of other logs are known, so theirs are called as the logs are.
        self.archive, self.table, self.sheet = archive or log, table or log, sheet or log

    def names(self):
        return [name for name, _, _ in self.columns]

    def file_name(self, form):
        if form == "zip":
            return rf"Export\.{self.archive}\.[0-9a-f-]{{36}}\.zip"
        return rf"{re.escape(self.table)}\.\d{{4}}-\d\d-\d\d\.{form}"


REPORTS = [
    Report(
        "direct-routing",
        "directRoutingCalls",
        DIRECT_ROUTING,
        archive="directrouting",
        table="DirectRouting.calls",
        sheet="Direct Routing",
    ),
    Report("pstn", "pstnCalls", CALLING_PLANS, archive="callingplans", table="PSTN.calls", sheet="Calling Plans"),
    Report("sms", "sms", SMS),
    Report("blocked-users", "pstnBlockedUsers", BLOCKED_USERS),
    Report("dial-out", "pstnOnlineMeetingDialout", DIAL_OUT),
]


def moment(text):
    """A time of Graph, to the microsecond."""
    return datetime.fromisoformat(text[:26].rstrip("Z")).replace(tzinfo=UTC)


def direction(call_type):
    words = re.findall("[A-Z][a-z]+|[a-z]+", call_type)
    found = {word.lower() for word in words} & {"in", "out"}
    return {"in": "Inbound", "out": "Outbound"}[found.pop()] if len(found) == 1 else None


def value(row, of, kind):
    """What a cell holds: a text, a number, a moment, or None for nothing."""
    found = None if kind == "nothing" else row.get(of)
    if kind == "country":
        return "??" if found is None else found
    if found is None or found == "" or (kind == "time" and found == ABSENT):
        return None
    if kind == "time":
        return moment(found)
    if kind == "decimal":
        return Decimal(found)
    if kind == "yes":
        return "Yes" if found else "No"
    if kind == "type":
        return CALL_TYPES.get(found, found)
    if kind == "direction":
        return direction(found)
    if kind == "capital":
        return found.capitalize()
    if kind == "units":
        return ";".join(unit["id"] for unit in found) or None
    return found
