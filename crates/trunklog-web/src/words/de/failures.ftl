# Was gescheitert ist.

nav-failures = Fehler
failures-none = Kein Anruf ist in diesem Zeitraum gescheitert.
failures-told = { $n ->
    [one] { $count } gescheiterter Anruf
   *[other] { $count } gescheiterte Anrufe
}
failures-pairs = { $n ->
    [one] { $count } Paar von Codes
   *[other] { $count } Paare von Codes
}
failures-new-pairs = { $n ->
    [one] davon { $count } neu in den letzten 7 Tagen
   *[other] davon { $count } neu in den letzten 7 Tagen
}
failures-sides = Wer handeln muss
failures-matrix = SIP-Code nach Subcode
failures-all-subcodes = alle
failures-matrix-more = { $n ->
    [one] { $count } weiterer Subcode steht nur in der Liste der Ursachen
   *[other] { $count } weitere Subcodes stehen nur in der Liste der Ursachen
}
failures-causes = Ursachen
failures-more = { $n ->
    [one] { $count } weiteres Paar von Codes; ein Filter zeigt es
   *[other] { $count } weitere Paare von Codes; ein Filter zeigt sie
}
failures-new = neu
failures-count-users = Betroffene Benutzer zählen, was einen Augenblick dauert

# Das Belegblatt.

evidence = Beleg
evidence-sheet = Blatt
evidence-all = Belegblatt zu allen
evidence-title = Gescheiterte Anrufe: Beleg
evidence-print = Drucken
evidence-more = Nur die neuesten Anrufe sind aufgeführt. Ein kürzerer Zeitraum oder ein Filter führt die anderen auf.
evidence-codes = Wie sie endeten
evidence-calls = Die Anrufe
evidence-definitions = Was die Wörter bedeuten
evidence-text = Als Text, für ein Ticket oder eine Mail
evidence-text-hint = Das ganze Blatt, mit Zeiten in UTC:
evidence-tenant = Mandant
evidence-range = Zeitraum
evidence-no-filter = keiner: alle gescheiterten Anrufe des Zeitraums
evidence-count = Anrufe
evidence-counted = { $n ->
    [one] { $count } gescheiterter Anruf (n), { $value } aufgeführt
   *[other] { $count } gescheiterte Anrufe (n), { $value } aufgeführt
}
evidence-zone = { $value }; Start auch in UTC
evidence-complete = Vollständigkeit
evidence-made = Erstellt
evidence-version = Version der Definitionen / der Daten
evidence-masked = Maskiert
evidence-masked-digits = die letzten { $value } Ziffern fremder Nummern sind vor dem verborgen, der dieses Blatt erstellt hat
evidence-number = Nr.
evidence-start = Start
evidence-invite = Invite
evidence-end = Ende oder Scheitern
evidence-caller = Anrufer
evidence-callee = Angerufen
evidence-ids = Korrelations- und Zeilenkennung
evidence-ids-told = Nach der Korrelationskennung fragt der Support von Microsoft. Danach die Kennung der Zeile in Graphs Bericht und die Kennungen, die Abschnitte eines Anrufs verbinden, wo er welche hat.
evidence-times = Zeiten
evidence-times-told = Wie Microsofts Bericht sie angibt: Der Invite ist die erste Anforderung des Anrufs, der Start seine Weitergabe an die andere Seite.
