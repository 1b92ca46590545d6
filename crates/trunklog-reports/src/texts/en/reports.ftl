# Reports on how much was called and how well: what each tells, its columns, and words in them.

report-kpis = Key figures
    .explanation = All key figures of calls: of the whole range, by bucket, and by what they are told apart by. What has rows in the range or in the one that it is compared with is in each bucket, with 0 attempts where it has none there. With channels also how busy they were, of each row's own time.
report-series = Usage
    .explanation = How much was called and how it ended, bucket after bucket; those without a call are there, too. The first and the last bucket may be shorter than others, since the range may cut through them.
report-heatMap = Heat map
    .explanation = Each hour of each day of the week, by the clock of the zone that is asked for. An hour belongs to the hour of the clock in which it starts, so one that the clock repeats is counted with the one that it repeats. With channels also how busy they were.
report-concurrency = Busy channels
    .explanation = How many channels calls occupied and talked over, bucket after bucket: minutes up to a day, else hours, unless others are asked for. The busy hour is that of each row's own time; of a row shorter than an hour it is the row. For the busy hour of the whole range ask for the key figures with channels.

# What a reader has to know beside an answer.

note-commits = Rows were stored while this was counted, again and again, so that its parts may differ by what came in the last moments.
note-quantiles = There are too many buckets and groups to tell medians and percentiles, so they are left out. Take longer buckets, a shorter range, or less to tell apart.

note-usersOfDays = Users are counted from the sums by day and user.
note-usersOfRows = Users are counted from rows: sums by user are kept by day and direction alone.
note-usersOfBoth = Users are counted from the sums by day and user, and from rows where a bucket has a part of a day.

# Columns.

column-start = start
    .explanation = When the bucket starts, in UTC.
column-startLocal = start, local
    .explanation = What the clock of the zone shows then, with its distance from UTC.
column-trunk = trunk
    .explanation = The fully qualified domain name of the trunk's session border controller; empty for rows without one.
column-direction = direction
    .explanation = Whether it came in or went out, by its type; unknown where that tells neither.
column-callType = call type
    .explanation = The call type as rows have it; empty for rows without one.
column-weekday = day of the week
    .explanation = The day of the week by the calendar of the zone.
column-hour = hour
    .explanation = The hour of the day, from 0 to 23, that the clock of the zone shows.
column-hours = hours
    .explanation = How many such hours the range has; a part of one counts as one.
column-occupiedPeakAt = time of the peak
    .explanation = The first moment at which so many channels were occupied.

# Words.

direction-inbound = inbound
direction-outbound = outbound
direction-unknown = unknown
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
report-compared = before
report-yes = yes
report-no = no
