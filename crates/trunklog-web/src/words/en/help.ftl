# What key figures and codes mean.

nav-help = Help
to-help = All key figures
to-codes = All codes
help-told = Each number on these pages, by its formula and standard, with an example.
help-figure = Key figure
help-formula = Formula
help-standard = Standard
help-no-standard = none: usual, or our own
help-unit = Unit
help-key = Name in the API
help-example = Worked example
help-example-told = Twelve calls of one hour, and what each brings to this figure:
help-example-of = Example: { $value }
help-span = From invite to end
help-until-start = Until the start
help-after-start = After the start
help-brings = Brings
help-leg = leg
help-ratio = { $from } ÷ { $to } = { $value }
help-mean = Mean of { $count } values: { $value }
help-quantile = In order: { $from }. Up to { $at } of them: about { $value }
help-sum = Together: { $value }
help-peak = The most at once: { $value }
help-channels = For { $from } erlangs: { $value }
codes = Codes
codes-told = The documented pairs of SIP code and Microsoft's subcode: what happened, who has to act, and what to do. Any other pair is explained by its parts.
codes-look-up = Look up
codes-no-others = No other pair is documented.
code-title = Code { $value }
code-unknown = This pair is documented nowhere. What stands here is what its two codes say by themselves, so no side is named.
code-same-sip = Pairs with the same SIP code
code-same-subcode = Pairs with the same subcode
code-source = Source
code-calls = { $n ->
    [one] { $count } call in this range ended so
   *[other] { $count } calls in this range ended so
}
code-counts = In the NER
code-effective = counts as delivered
code-ineffective = counts as failed
code-left-out = counts as failed, and is left out of the adjusted ratio
