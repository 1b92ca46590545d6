# Classes of ends of calls, with what belongs to each.

class-answered = answered
    .explanation = Rows that Microsoft calls successful, whatever their codes.
class-userBusy = user busy
    .explanation = SIP 486 and 600: the called party was busy.
class-ringNoAnswer = ring, no answer
    .explanation = SIP 480, and 408 as the SBC's final answer (560408): it rang, and nobody answered.
class-callerGaveUp = caller gave up
    .explanation = SIP 487: the caller hung up before an answer.
class-completedElsewhere = completed elsewhere
    .explanation = SIP 487 with subcode 540200: the SBC had forked the call, and it was answered on another branch.
class-terminalReject = declined
    .explanation = SIP 603: the called party or its network declined.
class-calleeNotReachable = callee not reachable
    .explanation = SIP 480 with subcode 10037, where the called user has no device signed in, or 10191, where the policy allows no voicemail.
class-diallingError = dialling error
    .explanation = SIP 404 and 484, and subcodes 510412 and 511404: the number is wrong, unknown or malformed.
class-barred = barred
    .explanation = A policy or a missing licence forbade the call: subcodes 10199, 510403, 510534, 510559, 510560, 510562 and 510563.
class-configurationFault = configuration fault
    .explanation = What the customer has to set up is missing or wrong: a trunk, a route for emergencies, Location-Based Routing, a bot, a forwarding that goes round in a loop.
class-sbcFault = SBC or carrier fault
    .explanation = The session border controller or the carrier failed: final answers of 4xx or 5xx (540xxx, 560xxx) that no other class names, and subcodes 1106, 500001 and 540400.
class-connectionFault = connection fault
    .explanation = TLS, DNS or TCP: the service and the session border controller, or the service and a client, did not connect (subcodes 5490xx and 5690xx).
class-mediaFault = media fault
    .explanation = Media could not be negotiated, or its path broke (subcodes 5310xx).
class-microsoftFault = Microsoft-side fault
    .explanation = SIP 5xx that neither the session border controller nor a client gave, and subcodes 10320 and 10553.
class-unknown = unknown
    .explanation = No rule fits the codes, or they contradict the row. Such rows are counted apart and not as effective.

# Who has to do something about an end of a call.

side-nobody = nobody
side-user = users
side-dialling = dialling
side-customer = your configuration
side-sbc = session border controller
side-carrier = carrier
side-network = network
side-microsoft = Microsoft
side-unknown = unknown
