# Reports on ends of calls, destinations, users, numbers and single calls.

report-endReasons = End reasons
    .explanation = Why calls ended: rows by SIP code and Microsoft's subcode, with what the codes mean, who has to act, and what to do. Successful rows are told apart from others with the same codes. In a comparison, reasons that are gone are there with 0 rows.
report-failures = Failures
    .explanation = What went wrong: rows that neither an answer nor the behaviour of users ended, by SIP code and Microsoft's subcode. First seen and new are told of all rows of the store, whatever the filter.
report-destinations = Destinations
    .explanation = Countries that are called and that call, by what Graph says of the other party, or else by its number. A reader from whom digits are hidden is told the country of what is left of a number, where single calls could be told apart.
report-users = Users
    .explanation = What each user did, those with the most calls first. A user is told by the id, or else by the principal name. Rows without either are left out.
report-numbers = Numbers
    .explanation = What became of each of the organisation's own numbers, also of those that were used before the range and not in it; or, if asked for, numbers outside, as far as the reader may see them. A call that was forwarded or transferred is nobody's own, since its caller may be whoever called first.
report-call = Call
    .explanation = One call, and all rows within 24 hours that share a correlation id, transferor correlation id or shared correlation id with it or with one of those, in the order of time.

# What a reader has to know beside an answer.

note-moreLegs = More rows share an id with this call or its legs than are told here.

# Columns of reasons.

column-sipCode = SIP code
    .explanation = The final SIP code; 0 where an established call ended normally.
column-subcode = subcode
    .explanation = Microsoft's subcode.
column-class = class
    .explanation = How the call ended. A successful row is answered whatever its codes.
column-side = side
    .explanation = Who has to do something about it; nobody, where nothing is wrong.
column-cause = cause
    .explanation = What the codes mean. Where the pair is not documented, what each of them says by itself.
column-action = what to do
    .explanation = What to do about it. Empty where nothing is wrong, or nothing is known.
column-share = share
    .explanation = The part of all rows that the report is about, also of those that are not shown.
column-users = users
    .explanation = How many different users there are in it. Of calls they are counted only when asked for, since it takes longer.
column-trunks = trunks
    .explanation = Different trunks that were hit. Rows without a trunk hit none.
column-firstSeen = first seen
    .explanation = The first day, in the organisation's zone, on which the store has a row that ended so, whatever the filter. What is older than the store keeps is not known.
column-isNew = new
    .explanation = Whether it was first seen on one of the last seven days of the range, in the organisation's zone.

# Columns of destinations.

column-country = country
    .explanation = The code of ISO 3166-1; 001 for numbers of no country. Empty where neither Graph nor the number tells.

# Columns of users and numbers.

column-user = user
    .explanation = The user's id, or else the principal name.
column-displayName = name
    .explanation = The user's name in the newest row that counts.
column-userPrincipalName = principal name
    .explanation = The user's principal name in the newest row that counts; of dial-out, of several the last by its letters.
column-lastDay = last day
    .explanation = The day of the newest row that counts, in the reader's zone.
column-number = number
    .explanation = The number as rows have it. Of numbers outside, as far as the reader may see it: those that look the same are one.
column-inbound = inbound
    .explanation = Rows of calls that came in.
column-outbound = outbound
    .explanation = Rows of calls that went out.
column-lastIn = last in
    .explanation = The last day up to the end of the range with an inbound row. Of own numbers in the organisation's zone and over all rows of the store, whatever the filter; of numbers outside in the reader's zone and of the rows that count.
column-lastOut = last out
    .explanation = The last day up to the end of the range with an outbound row, as for last in.
column-isUnused = unused
    .explanation = Whether the number has no row in the range, though it had some before. Empty where there is a filter, for numbers outside, and of an earlier range where it had none until its end.

# Columns of a call.

column-startDateTime = start
    .explanation = When the call was passed on to the other side: outbound the answer.
column-id = id
    .explanation = The row's id.
column-role = role
    .explanation = What part the row has in the call, by its call type.
column-isAsked = asked for
    .explanation = Whether it is the row that was asked for.
column-inviteDateTime = invite
    .explanation = When the first INVITE was sent or received.
column-endDateTime = end
    .explanation = When an established call ended.
column-failureDateTime = failure
    .explanation = When a call failed.
column-offset = after the first
    .explanation = How long after the first of these rows it began, by invite or else start.
column-setup = set-up
    .explanation = From invite to start. Of outbound calls it includes the ringing.
column-talk = talk
    .explanation = From start to end of an answered call. The start of an inbound call is not the answer, so it includes ringing.
column-held = held
    .explanation = From invite, or else start, to end or failure: how long a channel was occupied.
column-gap = gap
    .explanation = From the last end or failure of the rows before it to its invite, or else start. Below zero where they overlap.
column-duration = duration
    .explanation = Microsoft's duration in seconds, as it is.
column-successfulCall = successful
    .explanation = Whether Microsoft calls it successful.
column-userId = user id
    .explanation = The user's id.
column-callerNumber = caller
    .explanation = Who called, as far as the reader may see the number.
column-calleeNumber = callee
    .explanation = Who was called, as far as the reader may see the number.
column-correlationId = correlation id
    .explanation = The id that legs of one call often share.
column-correlationRows = rows with it
    .explanation = How many of these rows have this correlation id as any of their ids.
column-transferorCorrelationId = transferor's correlation id
    .explanation = The correlation id of the call that was transferred.
column-transferorRows = rows with it
    .explanation = How many of these rows have this transferor's correlation id as any of their ids.
column-sharedCorrelationId = shared correlation id
    .explanation = The correlation id of the first of several calls that belong together.
column-sharedRows = rows with it
    .explanation = How many of these rows have this shared correlation id as any of their ids.

# What part a row has in a call.

role-inbound = inbound
role-outbound = outbound
role-forwarding = forwarding
role-transfer = transfer
role-conference = conference
role-unknown = unknown
