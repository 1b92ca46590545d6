# Benutzer, Nummern, Ziele.

nav-users = Benutzer
nav-numbers = Nummern
nav-destinations = Ziele
users-most = Die { $value } Benutzer mit den meisten Anrufen. Die Suche oben findet andere.
numbers-own = Eigene Nummern
numbers-unused = Unbenutzte
numbers-outside = Fremde Nummern
numbers-unused-told = { $n ->
    [one] { $count } eigene Nummer wurde vor diesem Zeitraum benutzt und nicht in ihm. Die am längsten ruhenden stehen oben.
   *[other] { $count } eigene Nummern wurden vor diesem Zeitraum benutzt und nicht in ihm. Die am längsten ruhenden stehen oben.
}
numbers-position = { $from } bis { $to } von { $count }
numbers-previous = Vorherige Nummern
numbers-further = Weitere Nummern
numbers-most = Die { $value } Nummern mit den meisten Anrufen. Die Suche oben findet andere.
numbers-none-unused = Jede eigene Nummer, die je benutzt wurde, wurde in diesem Zeitraum benutzt.
numbers-unused-narrowed = Mit einem Filter lässt sich nicht sagen, welche Nummern unbenutzt sind. Ohne ihn sind sie zu sehen.
