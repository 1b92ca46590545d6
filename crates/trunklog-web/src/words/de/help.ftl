# Was Kennzahlen und Codes bedeuten.

nav-help = Hilfe
to-help = Alle Kennzahlen
to-codes = Alle Codes
help-told = Jede Zahl dieser Seiten, mit Formel, Norm und einem Beispiel.
help-figure = Kennzahl
help-formula = Formel
help-standard = Norm
help-no-standard = keine: üblich, oder unsere eigene
help-unit = Einheit
help-key = Name in der API
help-example = Rechenbeispiel
help-example-told = Zwölf Anrufe einer Stunde, und was jeder zu dieser Zahl beiträgt:
help-example-of = Beispiel: { $value }
help-span = Vom Invite bis zum Ende
help-until-start = Bis zum Start
help-after-start = Nach dem Start
help-brings = Trägt bei
help-leg = Abschnitt
help-ratio = { $from } ÷ { $to } = { $value }
help-mean = Mittel von { $count } Werten: { $value }
help-quantile = Der Größe nach: { $from }. Bis zu { $at } davon: etwa { $value }
help-sum = Zusammen: { $value }
help-peak = Die meisten zugleich: { $value }
help-channels = Für { $from } Erlang: { $value }
codes = Codes
codes-told = Die dokumentierten Paare von SIP-Code und Microsofts Subcode: was geschah, wer handeln muss und was zu tun ist. Jedes andere Paar wird aus seinen Teilen erklärt.
codes-look-up = Nachschlagen
codes-no-others = Kein anderes Paar ist dokumentiert.
code-title = Code { $value }
code-unknown = Dieses Paar ist nirgends dokumentiert. Hier steht, was seine zwei Codes für sich sagen; daher ist keine Seite genannt.
code-same-sip = Paare mit demselben SIP-Code
code-same-subcode = Paare mit demselben Subcode
code-source = Quelle
code-calls = { $n ->
    [one] { $count } Anruf in diesem Zeitraum endete so
   *[other] { $count } Anrufe in diesem Zeitraum endeten so
}
code-counts = In der NER
code-effective = zählt als zugestellt
code-ineffective = zählt als gescheitert
code-left-out = zählt als gescheitert, und fehlt in der bereinigten Quote
