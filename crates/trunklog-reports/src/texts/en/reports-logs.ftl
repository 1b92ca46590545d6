# Reports on other logs than that of direct routing.

report-pstnCalls = Calls over Calling Plans and Operator Connect
    .explanation = How many calls there were, how long they took and what they cost, by currency and by what else is asked for. Money is summed exactly, as Microsoft's rows have it, and never across currencies; so calls are told by currency, too. All rows count, answered or not.
report-sms = Messages
    .explanation = How many messages there were, of how many parts, and what they cost, by currency and by what else is asked for. Money is summed exactly and never across currencies.
report-blockedUsers = Blocked users
    .explanation = How often users were blocked and unblocked, how many they were, and when last, by what was done and why unless something else is asked for.
report-dialOut = Dial-out of meetings
    .explanation = What calls out of meetings came to: by organiser, place, kind of destination and currency, those of most calls first. It is what getPstnOnlineMeetingDialoutReport tells: the calls of conferences, and beside them the stored rows of periods in which no such call is known.

# Columns.

column-smsType = type of message
    .explanation = The type of the message as rows have it; empty for rows without one.
column-licence = licence
    .explanation = The licence with which the user called or wrote, such as MCOPSTN2; empty for rows without one.
column-destination = destination
    .explanation = The country or region that was called or written to, by the name that rows have; empty for rows without one.
column-blockMode = done
    .explanation = Whether the user was blocked or unblocked.
column-blockReason = reason
    .explanation = Why, in Microsoft's words.
column-currency = currency
    .explanation = The currency of all charges of the row, by its code of ISO 4217; empty for rows without one.
column-totalCalls = calls
    .explanation = How many rows there are, answered or not.
column-totalMinutes = minutes
    .explanation = The sum of Microsoft's duration of all rows, in seconds, divided by 60.
column-totalMessages = messages
    .explanation = How many rows there are.
column-totalUnits = parts
    .explanation = The sum of the parts of which the messages were made up.
column-totalCharge = charges
    .explanation = The exact sum of what rows cost, in the currency of the row. Rows without a charge add nothing.
column-totalConnectionCharge = connection charges
    .explanation = The exact sum of what connecting cost, in the currency of the row. Rows without such a charge add nothing.
column-events = times
    .explanation = How often it was done.
column-newest = last time
    .explanation = When it was done last.
column-userDisplayName = name
    .explanation = The user's name; of several the last by its letters.
column-usageLocation = place
    .explanation = The country of the user, by its code of ISO 3166-1.
column-destinationContext = kind of destination
    .explanation = Whether calls were domestic or international, in Microsoft's words.
