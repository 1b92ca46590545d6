# Users, numbers, destinations.

nav-users = Users
nav-numbers = Numbers
nav-destinations = Destinations
users-most = The { $value } users with the most calls. Search for a person above to find others.
numbers-own = Own numbers
numbers-unused = Unused
numbers-outside = Numbers outside
numbers-unused-told = { $n ->
    [one] { $count } own number was used before this range, and not in it. Those that have rested the longest come first.
   *[other] { $count } own numbers were used before this range, and not in it. Those that have rested the longest come first.
}
numbers-position = { $from } to { $to } of { $count }
numbers-previous = Previous numbers
numbers-further = Further numbers
numbers-most = The { $value } numbers with the most calls. Search for some digits above to find others.
numbers-none-unused = Every own number that was ever used was used in this range.
numbers-unused-narrowed = With a filter nobody can tell which numbers are unused. Clear it to see them.
