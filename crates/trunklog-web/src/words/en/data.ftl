# What came, what is missing, how full the disk is.

nav-data = Data
data-about = Where rows come from, what is missing, and until when all is there. The same is said by trunklog status, /reports/v1/data and /metrics.
data-none = No source is set up, and no import is on record
data-sources = Sources
data-source = source
data-log = log
data-no-log = log not known
data-until = Complete until
data-complete-from = complete from
data-complete-until = complete until
data-unknown = not known: no source says it
data-state = state
data-well = well
data-failing = fails
data-overdue = overdue
data-nothing-yet = nothing came yet
data-removed = no longer set up
data-by-hand = imported by hand
data-kind-pull = pulled
data-kind-folder = watched folder
data-kind-import = imported by hand
data-succeeded = last success
data-behind = behind
data-every = expected every
data-days = { $n ->
    [one] { $count } day
   *[other] { $count } days
}
data-expected = expected
data-received = received
data-new = new
data-late = late
data-updated = updated
data-duplicate = duplicate
data-rejected = rejected
data-missing = missing
data-missing-told = { $value } missing
data-hours = Range of the hours
data-3-days = 3 days
data-hours-title = Hour by hour
data-hours-of = Hours of { $value }
data-hour = hour
data-hour-nothing = nothing came
data-hour-gap = nothing came, though something should have
data-no-hours = Nothing came in these hours.
data-strip = { $value } records came in these hours, { $count } of them were rejected.
data-keys = The darker, the more came. Crossed out: something should have come, and nothing did. With a triangle: something was rejected or is missing; trunklog rejects list says why.
data-total = In all, log by log
data-total-of = { $value } in all
data-ambiguous = { $n ->
    [one] { $count } row of exports beside Graph's may tell of the same call.
   *[other] { $count } rows of exports beside Graph's may tell of the same calls.
}
data-newest = newest row
data-gaps = Gaps of the last week
data-failing-since = { $at } fails since { $value }
data-overdue-since = { $at } is overdue: something came last { $value }
data-waiting = { $value } is set up, but nothing came from it yet
data-overdue-told = { $at } is overdue: something is expected every { $value }.
data-do-pull = trunklog pull --check says what is wrong.
data-do-folder = See whether files are still put there, and what is in failed/ and in the server's log.
data-disk = Disk
data-disk-room = { $value } of { $from } are free.
data-disk-measured = Measured { $value }.
data-disk-unknown = The disk was not measured yet. A running server does so within the hour.
data-disk-no-rate = How fast it fills is known after a day.
data-disk-steady = It does not fill.
data-disk-rate = At { $value } a day it is full in { $at }.
data-disk-soon = The disk will be full: make room, or set a retention.
data-disk-urgent = The disk is nearly full: make room now.
data-disk-full = The disk is full: nothing new is stored, what is there can be read. Make room now.
data-part = what fills it
data-part-cubes = Sums for reports
data-part-store = Rest of the store
data-part-rejects = Rejected records
data-part-exports = Files that people ordered
data-part-audit = Audit trail
data-part-other = Other files
