# Was kam, was fehlt, wie voll die Festplatte ist.

nav-data = Daten
data-about = Woher Zeilen kommen, was fehlt und bis wann alles da ist. Dasselbe sagen trunklog status, /reports/v1/data und /metrics.
data-none = Keine Quelle ist eingerichtet, und kein Import ist verzeichnet
data-sources = Quellen
data-source = Quelle
data-log = Protokoll
data-no-log = Protokoll unbekannt
data-until = Vollständig bis
data-complete-from = vollständig ab
data-complete-until = vollständig bis
data-unknown = unbekannt: Keine Quelle sagt es
data-state = Zustand
data-well = in Ordnung
data-failing = gestört
data-overdue = überfällig
data-nothing-yet = noch kam nichts
data-removed = nicht mehr eingerichtet
data-by-hand = von Hand eingelesen
data-kind-pull = wird abgeholt
data-kind-folder = überwachter Ordner
data-kind-import = von Hand eingelesen
data-succeeded = letzter Erfolg
data-behind = Rückstand
data-every = erwartet alle
data-days = { $n ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
data-expected = erwartet
data-received = empfangen
data-new = neu
data-late = verspätet
data-updated = geändert
data-duplicate = doppelt
data-rejected = abgewiesen
data-missing = fehlend
data-missing-told = { $value } fehlen
data-hours = Zeitraum der Stunden
data-3-days = 3 Tage
data-hours-title = Stunde für Stunde
data-hours-of = Stunden von { $value }
data-hour = Stunde
data-hour-nothing = nichts kam
data-hour-gap = nichts kam, obwohl etwas erwartet war
data-no-hours = In diesen Stunden kam nichts.
data-strip = { $value } Datensätze kamen in diesen Stunden, davon wurden { $count } abgewiesen.
data-keys = Je dunkler, desto mehr kam. Durchgestrichen: Nichts kam, obwohl etwas erwartet war. Mit Dreieck: Etwas wurde abgewiesen oder fehlt; trunklog rejects list sagt, warum.
data-total = Insgesamt, nach Protokoll
data-total-of = { $value } insgesamt
data-ambiguous = { $n ->
    [one] { $count } Zeile aus Exporten neben denen von Graph nennt vielleicht denselben Anruf.
   *[other] { $count } Zeilen aus Exporten neben denen von Graph nennen vielleicht dieselben Anrufe.
}
data-newest = neueste Zeile
data-gaps = Lücken der letzten Woche
data-failing-since = { $at } ist gestört seit { $value }
data-overdue-since = { $at } ist überfällig: Zuletzt kam etwas { $value }
data-waiting = { $value } ist eingerichtet, aber es kam noch nichts
data-overdue-told = { $at } ist überfällig: Erwartet wird etwas alle { $value }.
data-do-pull = trunklog pull --check sagt, was nicht stimmt.
data-do-folder = Sehen Sie nach, ob dort noch Dateien abgelegt werden und was in failed/ und im Protokoll des Servers steht.
data-disk = Festplatte
data-disk-room = { $value } von { $from } sind frei.
data-disk-measured = Gemessen { $value }.
data-disk-unknown = Die Festplatte wurde noch nicht gemessen. Ein laufender Server tut das binnen einer Stunde.
data-disk-no-rate = Wie schnell sie sich füllt, ist nach einem Tag bekannt.
data-disk-steady = Sie füllt sich nicht.
data-disk-rate = Bei { $value } am Tag ist sie in { $at } voll.
data-disk-soon = Die Festplatte wird voll: Schaffen Sie Platz oder legen Sie eine Aufbewahrungsfrist fest.
data-disk-urgent = Die Festplatte ist fast voll: Schaffen Sie jetzt Platz.
data-disk-full = Die Festplatte ist voll: Neues wird nicht gespeichert, was da ist, kann gelesen werden. Schaffen Sie jetzt Platz.
data-part = was sie füllt
data-part-cubes = Summen für Berichte
data-part-store = Rest des Speichers
data-part-rejects = Abgewiesene Datensätze
data-part-exports = Bestellte Dateien
data-part-audit = Prüfprotokoll
data-part-other = Andere Dateien
