# The list of calls.

calls = Calls
calls-count = { $n ->
    [one] { $count } call
   *[other] { $count } calls
}
calls-newest-first = newest first
calls-oldest-first = oldest first
calls-to-newest = Newest first
calls-to-oldest = Oldest first
calls-outdated = Newer calls came in since this list began. It stays as it was; its first page shows them.
calls-looked = Looked at calls up to { $value }. The next page looks further.
calls-columns = Columns
calls-columns-hint = Choose a column to show or hide it.
calls-columns-usual = The usual columns
calls-column-hide = Hide:
calls-column-show = Show:
calls-pager = Pages of the list
calls-first = First page
calls-next = Next page
calls-legs = { $n ->
    [one] { $count } leg
   *[other] { $count } legs
}
calls-leg = same call
calls-time = Time stamp
calls-name = Display name
calls-sip-address = SIP address
calls-caller = Caller number
calls-callee = Callee number
calls-type = Call type
calls-called-to = Country of the other side
calls-start = Start time
calls-invite = Invite time
calls-failure = Failure time
calls-end = End time
calls-duration = Duration
calls-bypass = Media bypass
calls-sbc = SBC FQDN
calls-media = Azure region for media
calls-signaling = Azure region for signaling
calls-event = Event type
calls-success = Success
calls-attempt = Attempt
calls-sip = Final SIP code
calls-sub = Final Microsoft subcode
calls-phrase = Final SIP phrase
calls-correlation = Correlation ID
calls-shared = Shared correlation ID
calls-class = How it ended
calls-id = ID

# One call.

call-title = Call of { $value }
call-back = To the list
call-reason = Why it ended
call-code-unknown = not documented; explained by its parts
call-facts = Details
call-steps = What happened
call-step = Step
call-step-time = Time
call-step-gap = After
call-step-invite = Invite
call-step-passed = Passed on into Teams
call-step-answer = Answered
call-step-end = Ended
call-step-failure = Failed
call-side-sbc = SBC
call-side-teams = Teams
call-ladder-told = From the first step to the last: { $value }.
call-ladder-empty = The row has no times.
call-legs = Legs
call-gap-told = From the end of the leg before to the invite of this one. Negative: it began before the other ended.
call-this = this one
call-similar = Similar failures within an hour
call-similar-count = { $n ->
    [one] { $count } call of this trunk ended so within an hour before or after.
   *[other] { $count } calls of this trunk ended so within an hour before or after, this one among them.
}
call-similar-all = List them all
call-support = For a ticket
call-support-hint = What Microsoft's and a carrier's support ask for first.
call-json = As Graph gives it
call-json-show = Show the JSON
call-copy = Copy
call-copied = Copied

# One masked number, shown.

reveal-show-caller = Show the caller's number
reveal-show-callee = Show the callee's number
reveal-reason = Why you need it
reveal-about = The audit trail keeps that you saw it, and why.
reveal-go = Show the number
reveal-title = Number of a call
reveal-back = To the call
reveal-note = The audit trail has that you saw it, and why. It is shown here once.
reveal-problem = Say why you need the number, in at most { $value } characters.
reveal-too-many = You may have { $count } numbers shown within an hour, and have had them. { $n ->
    [one] Come again in a minute.
   *[other] Come again in { $value } minutes.
} Who needs more of them needs the role full-numbers, which an administrator gives.
