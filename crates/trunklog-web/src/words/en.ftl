# What surrounds pages.

skip = Skip to the content
navigation = Pages
tenants = Tenants
sign-out = Sign out
nav-health = Health
nav-calls = Calls
note-newer = Newer data came in, so the whole screen was counted anew.
as-table = As a table
value-none = none
over-n = of { $value }
ratio-too-few = too few calls: a ratio is told from { $value } on
row-narrows = Look at these alone, on this page
change-up = more than { $value } before
change-down = less than { $value } before
change-level = { $value } before, too
spark-told = from { $value }
zoom-out = Zoom out
to-failures = All failures
to-destinations = All destinations

# Errors.

error-asked = This cannot be shown
error-forbidden = You may not see this
error-not-found = There is no such page
error-busy = Too much is going on
error-other = Something went wrong
error-reference = Reference for the log: { $value }
error-home = To the first page
refused-page = There is no such page.
refused-role = You may not read this page.
refused-role-hint = the role { $value } is needed, which an administrator gives
refused-tenant = You may read no tenant's calls.
refused-tenant-hint = an administrator gives roles for tenants

# What is looked at.

filter = Filter
filter-ranges = Ranges
filter-from = From
filter-to = Until
filter-zone = Time zone
filter-compare = Compare with
filter-trunk = Trunk
filter-direction = Direction
filter-type = Call type
filter-country = Country
filter-code = SIP code
filter-apply = Apply
filter-search = Person or number
filter-search-hint = a name, or some digits
filter-search-go = Search
filter-chips = Only calls with
filter-clear = Clear all
filter-slow = By country, calls may have to be counted one by one, which takes longer.
range-24h = 24 hours
range-7d = 7 days
range-28d = 28 days
range-90d = 90 days
range-today = Today
range-yesterday = Yesterday
range-this-month = This month
range-last-month = Last month
range-told = { $from } – { $to }, { $zone }
complete-until = complete until { $value }
complete-stored = last stored { $value }; no source says until when calls are complete
complete-unknown = no source says until when calls are complete
complete-nothing = nothing stored yet
compare-auto = what suits the range
compare-previous = the time before
compare-week = a week before
compare-four-weeks = four weeks before
compare-year = a year before, same weekday
compare-off = nothing
direction-all = both
chip-trunk = Trunk { $value }
chip-type = Call type { $value }
chip-country = Country { $value }
chip-code = Code { $value }
chip-user = User { $value }
chip-name = Name with “{ $value }”
chip-number = Number { $value }
chip-digits = Number with { $value }
chip-remove = Remove: { $value }

# Why there is nothing to see.

state-no-calls = No calls in this range.
state-no-data = No data yet: nothing was stored since this range began.
state-no-data-short = no data yet
state-cut-off = No data: a source brings nothing, so calls are missing. The page Data says why.
state-open = may still lack calls
state-not-kept = These numbers are not kept for this filter and range. Take a shorter range, or leave the country out.
state-too-many-title = Too many calls to look at a country
state-too-many = These calls would have to be read one by one, since a country is looked at, and there are too many of them: { $count }, of at most { $value }. Take a shorter range, choose a trunk or a direction, or leave the country out.
state-too-many-leave = Leave the country out
state-not-connected = Channel limits, certificates and SIP OPTIONS: not connected.

# How calls ended.

ends-delivered = Delivered
ends-failed = Failed
ends-missed = Missed
ends-unanswered = Not answered
group-answered = answered
group-people = busy, no answer, cancelled
group-dialling = dialling
group-configuration = your configuration
group-sbc = SBC or carrier
group-media = media
group-microsoft = Microsoft
group-unknown = unknown
classes = How calls ended
classes-group = End

# The first page.

tiles = Key figures
tile-attempts = Attempts
tile-answered = Answered
tile-asr = Answered (ASR)
tile-ner = Delivered (NER)
tile-failed = Failed
tile-missed = { $n ->
    [one] { $count } missed
   *[other] { $count } missed
}
tile-minutes = Minutes
tile-acd = Call duration
tile-occupiedChannels = Busy channels, peak
tile-answerDelayP50 = Time to answer, outbound
tile-percentiles = median ≈ { $p50 }, 95 % below ≈ { $p95 }
tile-p95 = median; 95 % below ≈ { $value }
tile-peak-at = at { $value }
tile-list-attempts = { $n ->
    [one] { $count } call
   *[other] { $count } calls
}
tile-list-answered = { $n ->
    [one] { $count } answered call
   *[other] { $count } answered calls
}
tile-list-delivered = { $n ->
    [one] { $count } delivered call
   *[other] { $count } delivered calls
}
tile-list-failed = { $n ->
    [one] { $count } failed call
   *[other] { $count } failed calls
}
tile-list-outbound = { $n ->
    [one] { $count } answered outbound call
   *[other] { $count } answered outbound calls
}
metric-missed = Missed
series-name = { $value } over time
series-before = before: { $value }
series-most = The most is { $value }, at { $at }.
series-start = Start
series-keys = Drag to zoom. With the keyboard: arrow keys read the values, Enter zooms.
bucket-minute = by minute
bucket-five-minutes = by 5 minutes
bucket-quarter-hour = by quarter of an hour
bucket-hour = by hour
bucket-day = by day
bucket-week = by week
bucket-month = by month
trunks = Trunks
trunk-state = State
trunk-state-told = Looked at only where there are 20 calls: “most calls fail” is an NER below 50 %; “delivers less” is one at least five points below the time compared with, and by more than chance does.
trunk-trend = Attempts over time
trunk-calls = has calls
trunk-worse = delivers less
trunk-failing = most calls fail
trunk-silent = silent: had calls before
trunk-no-calls = no calls
trunk-no-data = no data yet
trunks-more = { $n ->
    [one] { $count } more trunk
   *[other] { $count } more trunks
}
reasons = Why calls were not answered
reasons-none = No call went unanswered.
reason-code = Code
reason-change = Change
reason-not-before = none before
week = Hours of the week
week-name = { $value } by hour of the week
week-most = The most: { $value }.
countries = Countries
health-all = Show hours of the week and countries

# A store without anything in it.

welcome = Nothing is stored yet
welcome-text = Tenant { $value } has no calls. Four ways to get some:
welcome-text-new = This server knows no tenant yet. Four ways to get calls, in which { $value } stands for the id of your tenant in Entra:
welcome-import = Import what you have
    .text = Saved answers of Graph, or exports of the admin centre: files, folders, or standard input.
welcome-graph = Connect Microsoft Graph
    .text = With such a section in trunklog.toml, the server reads new calls by itself once it is started again. The first command says whether credential, consent and network are right, the second reads at once.
welcome-folder = Let files come by themselves
    .text = With a section [[source]] in trunklog.toml, the server takes each file that is put into a folder, and says what became of it.
welcome-demo = Look around with made-up calls
    .text = They belong to a tenant of their own, so that nothing gets mixed up. Who has a role for all tenants chooses it at the top of the page.
welcome-after = This page fills as soon as calls are stored. Reload it then.
welcome-data = Is a source set up already? See how it does
welcome-trunks = Enter trunks beforehand

# Usage, files and administration.

nav-usage = Usage
nav-admin = Administration

# The report of the admin centre.

usage-tabs = Reports
usage-direct-routing = Direct Routing
usage-pstn = Calling Plans and Operator Connect
usage-sms = Text messages
usage-blocked-users = Blocked users
usage-dial-out = Dial-out of meetings
usage-filter-left = A part of the filter means nothing for this report. It was left out, so all rows of the range that fit the rest are counted.
usage-country-left = Rows of this report cannot be chosen by country. The country was left out, here and in files that are made from here; Calls lists those of a country.
usage-sums = In all
usage-rows = Rows
usage-chart = Rows over time
usage-no-chart = These rows sum up the whole range, so there is nothing to draw over time.
usage-none = No rows in this range.
usage-position = { $from } to { $to } of { $count }, the newest first
usage-newer = Newer rows
usage-older = Older rows
usage-phrase = SIP phrase
usage-bypass = media bypass
usage-operator = operator
usage-destination = destination
usage-context = domestic or international
usage-charge = charge
usage-connection-charge = connection fee
usage-currency = currency
usage-number-type = number type
usage-capability = licence
usage-call-id = call id
usage-sent = sent
usage-source = from
usage-destination-number = to
usage-sms-type = type
usage-units = units
usage-blocked-at = blocked or unblocked
usage-block-mode = what happened
usage-block-reason = reason
usage-remediation = remediation id
usage-location = location

# Files that are taken out.

export = Take out
export-form = Form
export-zip = Zip as in the admin centre
export-csv = CSV as in the admin centre
export-xlsx = Excel workbook
export-parquet = Parquet
export-ndjson = NDJSON
export-go = Make the file
export-list = Your files
export-about = Nobody else gets these files. You may have { $count } at a time; each goes away after { $value } hours, and all of them when a person is erased.
export-file = File
export-range = Range
export-size = Size
export-state = State
export-until = Kept until
export-rows = { $n ->
    [one] { $count } row
   *[other] { $count } rows
}
export-none = You have ordered no file. Each report under Usage can be taken out.
export-again = Look again
export-remove = Remove
export-remove-one = Remove: { $value }
export-making = being made
export-done = ready
export-sheets = ready. Its rows are in several sheets, since a sheet in Excel has at most { $value }.
export-stopped = not made: the server ended, or too much was going on. Order it again.
export-too-large = not made: it would have become too large. Choose a shorter range.
export-disk = not made: the server's disk took no more. Tell who runs the server.
export-no-rows = not made: the rows could not be read. Order it again, or tell who runs the server.

# Administration.

admin-people = People
admin-sessions = Sessions
admin-trail = Audit trail
admin-said-roles = The roles were set. They hold from the next request on.
admin-said-removed = The account was removed, and its sessions have ended.
admin-said-ended = The session has ended.
admin-said-named = The tenant's name was set.
admin-people-about = The accounts of this server. What people of Entra ID, Keycloak and the like may do follows from their groups or roles there, by the map in trunklog.toml. New accounts and new passwords are made on the server: trunklog user add, trunklog user reset.
admin-people-none = There is no account that you may see.
admin-person = Person
admin-roles = Roles
admin-app = Authenticator app
admin-app-set = set up
admin-app-missing = missing
admin-since = Since
admin-change = Change
admin-change-of = Change { $value }
admin-set-roles = Set roles
admin-remove = Remove account
admin-remove-one = Remove account { $value }
admin-own = This is you. Somebody else changes your roles.
grant-aggregates = reads sums
grant-calls = reads calls, numbers masked
grant-full-numbers = sees full numbers
grant-export = takes out files
grant-administer = administers
grant-unknown = another role
grant-for-all = { $value }, in all tenants
grant-elsewhere = roles in other tenants
admin-by = Vouched for by
admin-by-account = an account of this server
admin-signed-in = Signed in
admin-last-seen = Last used
admin-ends = Ends by
admin-address = Address
admin-sessions-none = Nobody has signed in.
admin-end = End session
admin-end-one = End session of { $value }
admin-session-own = this one
admin-tenants-about = The tenants that you administer. Zones and hidden digits are set in trunklog.toml.
admin-tenant = Tenant
admin-name = Name
admin-zone = Zone of its days
admin-digits = Hidden digits
admin-name-go = Set name
admin-name-fixed = named in trunklog.toml
admin-trail-about = Persons, numbers and addresses are pseudonyms. Looking at the trail is an entry of it, too.
admin-trail-names = Names stand where their keys are still kept. That you looked at them is an entry of the trail.
admin-with-names = With names
admin-without-names = With pseudonyms
admin-what = What was done
admin-what-all = anything
admin-entry = Entry
admin-time = Time
admin-who = Who
admin-about = About
admin-outcome = Outcome
admin-trail-none = There is no such entry in this range.
admin-older = Older entries

# What the audit trail has.

act-sign-in = signed in
act-sign-out = signed out
act-session-revoke = ended a session
act-calls-read = read calls
act-report-read = read a report
act-number-reveal = had a number shown
act-calls-export = took calls out
act-calls-import = took calls in
act-calls-delete = deleted calls
act-person-export = handed out what is stored of a person or number
act-person-erase = erased a person or number
act-person-hold = changed what is kept from deletion
act-application-add = registered an application
act-application-change = changed an application
act-application-remove = removed an application
act-account-add = made an account
act-account-change = changed an account
act-account-remove = removed an account
act-setting-change = changed a setting
act-tenant-change = changed a tenant
act-server-start = the server started
act-server-stop = the server stopped
act-audit-read = looked at the audit trail
act-audit-export = took the audit trail out
act-trail-started = the audit trail began
act-trail-file = a new file of the audit trail
act-trail-mended = a line that was cut off was mended
act-trail-lost = entries are missing
act-trail-gap = reads were not written
act-trail-expired = old files were removed
act-trail-forgot = keys of somebody were destroyed
act-range-all = all time
act-ends-failed = failed calls
act-ends-delivered = delivered calls
act-ends-missed = missed calls
act-ends-unanswered = calls that were not answered
act-ends-other = calls that ended: { $value }
act-by-class = how the call ended
