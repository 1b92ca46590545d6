# What failed.

nav-failures = Failures
failures-none = No call failed in this range.
failures-told = { $n ->
    [one] { $count } failed call
   *[other] { $count } failed calls
}
failures-pairs = { $n ->
    [one] { $count } pair of codes
   *[other] { $count } pairs of codes
}
failures-new-pairs = { $n ->
    [one] { $count } of them new within the last 7 days
   *[other] { $count } of them new within the last 7 days
}
failures-sides = Who has to act
failures-matrix = SIP code by subcode
failures-all-subcodes = all
failures-matrix-more = { $n ->
    [one] { $count } more subcode is only in the list of causes
   *[other] { $count } more subcodes are only in the list of causes
}
failures-causes = Causes
failures-more = { $n ->
    [one] { $count } more pair of codes; a filter shows it
   *[other] { $count } more pairs of codes; a filter shows them
}
failures-new = new
failures-count-users = Count the users hit, which takes a moment

# The evidence sheet.

evidence = Evidence
evidence-sheet = Sheet
evidence-all = Evidence sheet of all of them
evidence-title = Failed calls: evidence
evidence-print = Print
evidence-more = Only the newest calls are listed. A shorter range or a filter lists the others.
evidence-codes = How they ended
evidence-calls = The calls
evidence-definitions = What the words mean
evidence-text = As text, for a ticket or a mail
evidence-text-hint = All of this sheet, with times in UTC:
evidence-tenant = Tenant
evidence-range = Range
evidence-no-filter = none: all failed calls of the range
evidence-count = Calls
evidence-counted = { $n ->
    [one] { $count } failed call (n), { $value } listed
   *[other] { $count } failed calls (n), { $value } listed
}
evidence-zone = { $value }; start also in UTC
evidence-complete = Completeness
evidence-made = Made
evidence-version = Version of the definitions / of the data
evidence-masked = Masked
evidence-masked-digits = the last { $value } digits of numbers outside are hidden from who made this sheet
evidence-number = No.
evidence-start = Start
evidence-invite = Invite
evidence-end = End or failure
evidence-caller = Caller
evidence-callee = Called
evidence-ids = Correlation id and row id
evidence-ids-told = The correlation id is what Microsoft's support asks for. After it the id of the row in Graph's report, and the ids that join the legs of a call, where it has some.
evidence-times = Times
evidence-times-told = As Microsoft's report tells them: the invite is when the call was first asked for, the start when it was passed on to the other side.
