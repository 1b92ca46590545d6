# Capacity of trunks.

nav-trunks = Trunks
trunks-count = { $n ->
    [one] { $count } trunk
   *[other] { $count } trunks
}
trunks-found = { $count } of { $value } trunks
trunks-to-look-at = { $value } to look at
trunks-none-to-look-at = none to look at
trunks-find = Name of a trunk or carrier
trunks-find-go = Find
trunks-none-so = No trunk is called so.
capacity = Channels
capacity-over-time = Busy channels over time
capacity-peak = Busy channels, peak
capacity-peak-at = Time of the peak
capacity-limit = Channels there are
capacity-no-limit = How many channels there are is not known. Say it in the inventory to see how near the peak comes.
capacity-full = Peak at 90 % of them or more
capacity-full-of = { $value } of { $count } intervals
capacity-traffic = Traffic in erlangs
capacity-busy-hour = Erlangs in the busiest hour
capacity-needed = Channels needed
capacity-one-percent = Channels needed if 1 % of calls may find all busy
capacity-one-per-mille = Channels needed if 0.1 % of calls may find all busy
capacity-blocked = Calls of the busiest hour that find all channels busy (Erlang B)

# Our own look at trunks.

probe-certificate = Certificate
probe-options = SIP OPTIONS
probe-off = Certificates and SIP OPTIONS: not connected. The section [probe] of the configuration turns on our own look at trunks.
probe-means = Looked at from this server. An SBC that does not answer us may well answer Microsoft.
probe-not-connected = not connected
probe-no-certificate = none was shown to us
probe-expired = expired
probe-days = { $n ->
    [one] { $count } day left
   *[other] { $count } days left
}
probe-answered = answered { $value }
probe-no-answer = no answer to us
probe-misses = { $n ->
    [one] { $count } time
   *[other] { $count } times in a row
}
probe-last = last answer { $value }
probe-fault-expired = it has ended
probe-fault-not-yet = it does not hold yet
probe-fault-other-name = it is for another name
probe-fault-unknown-issuer = issued by somebody whom this server does not know
probe-fault-unchecked = not checked: this server has no list of issuers
probe-fault-other = something is wrong with it
probe-name-not-found = the name has no address
probe-address-refused = its address is of this machine, so it is not looked at
probe-refused = connection refused
probe-no-connection = no connection in time
probe-no-tls = no TLS
probe-wants-certificate = it wants a certificate, which we do not have
probe-silent = nothing came back in time
probe-closed = it closed the connection
probe-no-sip = what came back is no SIP

# What is known of trunks.

inventory = Inventory
inventory-back = All trunks
inventory-calls = Calls
inventory-none = No trunks yet: none has calls, and none is in the inventory.
inventory-unknown = Nothing is known of this trunk but its calls.
inventory-unreadable = What is stored of { $value } cannot be read by this version of the program.
inventory-kind = What
inventory-value = Value
inventory-figure = Figure
inventory-from = From
inventory-until = Until (last day)
inventory-origin = Said by
inventory-configured = the configuration
inventory-entered = people
inventory-name = Name
inventory-carrier = Carrier
inventory-alias = Other name of the SBC
inventory-channels = Channels
inventory-port = SIP port
inventory-fqdn = FQDN of the SBC
inventory-add = Add trunks
inventory-add-hint = A trunk with calls is listed anyway. Here you give it a name; the rest is on its page.
inventory-add-go = Add
inventory-import-hint = Or paste what this command prints. Names, ports and channel limits are taken from it; what changed holds from today on.
inventory-import = Output as JSON
inventory-import-go = Take over
inventory-change = Say more of it
inventory-change-hint = Without days it holds always. Of what is said twice for a day, the later entry counts. An SBC that was renamed is one trunk: say its other name.
inventory-remove = Remove
inventory-remove-what = Remove { $value }
inventory-forget = Remove all that people entered of this trunk
