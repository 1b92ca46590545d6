# Was Seiten umgibt.

skip = Zum Inhalt springen
navigation = Seiten
tenants = Mandanten
sign-out = Abmelden
nav-health = Zustand
nav-calls = Anrufe
note-newer = Neuere Daten sind gekommen, daher wurde der ganze Bildschirm neu gezählt.
as-table = Als Tabelle
value-none = keine Angabe
over-n = von { $value }
ratio-too-few = zu wenige Anrufe: Anteile stehen hier erst ab { $value }
row-narrows = Auf dieser Seite nur diese ansehen
change-up = mehr als { $value } zuvor
change-down = weniger als { $value } zuvor
change-level = zuvor auch { $value }
spark-told = von { $value }
zoom-out = Zeitraum vergrößern
to-failures = Alle Fehler
to-destinations = Alle Ziele

# Fehler.

error-asked = Das lässt sich nicht zeigen
error-forbidden = Das dürfen Sie nicht sehen
error-not-found = Diese Seite gibt es nicht
error-busy = Gerade ist zu viel los
error-other = Etwas ist schiefgegangen
error-reference = Kennung für das Protokoll: { $value }
error-home = Zur ersten Seite
refused-page = Diese Seite gibt es nicht.
refused-role = Diese Seite dürfen Sie nicht lesen.
refused-role-hint = nötig ist die Rolle { $value }, die ein Administrator vergibt
refused-tenant = Sie dürfen die Anrufe keines Mandanten lesen.
refused-tenant-hint = ein Administrator vergibt Rollen für Mandanten

# Was betrachtet wird.

filter = Filter
filter-ranges = Zeiträume
filter-from = Von
filter-to = Bis
filter-zone = Zeitzone
filter-compare = Vergleichen mit
filter-trunk = Trunk
filter-direction = Richtung
filter-type = Anrufart
filter-country = Land
filter-code = SIP-Code
filter-apply = Anwenden
filter-search = Person oder Rufnummer
filter-search-hint = ein Name oder einige Ziffern
filter-search-go = Suchen
filter-chips = Nur Anrufe mit
filter-clear = Alles zurücksetzen
filter-slow = Nach Ländern sind Anrufe unter Umständen einzeln zu zählen, was länger dauert.
range-24h = 24 Stunden
range-7d = 7 Tage
range-28d = 28 Tage
range-90d = 90 Tage
range-today = Heute
range-yesterday = Gestern
range-this-month = Dieser Monat
range-last-month = Letzter Monat
range-told = { $from } – { $to }, { $zone }
complete-until = vollständig bis { $value }
complete-stored = zuletzt gespeichert { $value }; keine Quelle sagt, bis wann die Anrufe vollständig sind
complete-unknown = keine Quelle sagt, bis wann die Anrufe vollständig sind
complete-nothing = noch nichts gespeichert
compare-auto = was zum Zeitraum passt
compare-previous = der Zeit davor
compare-week = einer Woche zuvor
compare-four-weeks = vier Wochen zuvor
compare-year = einem Jahr zuvor, gleicher Wochentag
compare-off = nichts
direction-all = beide
chip-trunk = Trunk { $value }
chip-type = Anrufart { $value }
chip-country = Land { $value }
chip-code = Code { $value }
chip-user = Benutzer { $value }
chip-name = Name mit „{ $value }“
chip-number = Rufnummer { $value }
chip-digits = Rufnummer mit { $value }
chip-remove = Entfernen: { $value }

# Warum es nichts zu sehen gibt.

state-no-calls = Keine Anrufe in diesem Zeitraum.
state-no-data = Noch keine Daten: Seit Beginn dieses Zeitraums wurde nichts gespeichert.
state-no-data-short = noch keine Daten
state-cut-off = Keine Daten: Eine Quelle liefert nichts, daher fehlen Anrufe. Die Seite Daten sagt, warum.
state-open = es können noch Anrufe fehlen
state-not-kept = Diese Zahlen werden für diesen Filter und Zeitraum nicht geführt. In einem kürzeren Zeitraum oder ohne das Land sind sie zu sehen.
state-too-many-title = Zu viele Anrufe, um ein Land zu wählen
state-too-many = Diese Anrufe wären einzeln zu lesen, weil ein Land gewählt ist, und es sind zu viele: { $count }, höchstens { $value }. Wählen Sie einen kürzeren Zeitraum, einen Trunk oder eine Richtung, oder lassen Sie das Land weg.
state-too-many-leave = Das Land weglassen
state-not-connected = Kanalgrenzen, Zertifikate und SIP OPTIONS: nicht angebunden.

# Wie Anrufe endeten.

ends-delivered = Zugestellt
ends-failed = Gescheitert
ends-missed = Verpasst
ends-unanswered = Nicht angenommen
group-answered = angenommen
group-people = besetzt, keine Antwort, abgebrochen
group-dialling = Wahl
group-configuration = Ihre Konfiguration
group-sbc = SBC oder Netzbetreiber
group-media = Medien
group-microsoft = Microsoft
group-unknown = unbekannt
classes = Wie Anrufe endeten
classes-group = Ende

# Die erste Seite.

tiles = Kennzahlen
tile-attempts = Versuche
tile-answered = Angenommen
tile-asr = Angenommen (ASR)
tile-ner = Zugestellt (NER)
tile-failed = Gescheitert
tile-missed = { $n ->
    [one] { $count } verpasst
   *[other] { $count } verpasst
}
tile-minutes = Minuten
tile-acd = Gesprächsdauer
tile-occupiedChannels = Belegte Kanäle, Spitze
tile-answerDelayP50 = Zeit bis zur Annahme, ausgehend
tile-percentiles = Median ≈ { $p50 }, 95 % unter ≈ { $p95 }
tile-p95 = Median; 95 % unter ≈ { $value }
tile-peak-at = um { $value }
tile-list-attempts = { $n ->
    [one] { $count } Anruf
   *[other] { $count } Anrufe
}
tile-list-answered = { $n ->
    [one] { $count } angenommener Anruf
   *[other] { $count } angenommene Anrufe
}
tile-list-delivered = { $n ->
    [one] { $count } zugestellter Anruf
   *[other] { $count } zugestellte Anrufe
}
tile-list-failed = { $n ->
    [one] { $count } gescheiterter Anruf
   *[other] { $count } gescheiterte Anrufe
}
tile-list-outbound = { $n ->
    [one] { $count } angenommener ausgehender Anruf
   *[other] { $count } angenommene ausgehende Anrufe
}
metric-missed = Verpasst
series-name = { $value } im Zeitverlauf
series-before = zuvor: { $value }
series-most = Am meisten: { $value }, um { $at }.
series-start = Beginn
series-keys = Ziehen vergrößert. Mit der Tastatur: Pfeiltasten lesen die Werte vor, Eingabe vergrößert.
bucket-minute = je Minute
bucket-five-minutes = je 5 Minuten
bucket-quarter-hour = je Viertelstunde
bucket-hour = je Stunde
bucket-day = je Tag
bucket-week = je Woche
bucket-month = je Monat
trunks = Trunks
trunk-state = Zustand
trunk-state-told = Nur ab 20 Anrufen beurteilt: „die meisten Anrufe scheitern“ heißt eine NER unter 50 %, „stellt weniger zu“ eine mindestens fünf Punkte unter der Vergleichszeit, und mehr, als der Zufall macht.
trunk-trend = Versuche im Zeitverlauf
trunk-calls = hat Anrufe
trunk-worse = stellt weniger zu
trunk-failing = die meisten Anrufe scheitern
trunk-silent = stumm: hatte zuvor Anrufe
trunk-no-calls = keine Anrufe
trunk-no-data = noch keine Daten
trunks-more = { $n ->
    [one] { $count } weiterer Trunk
   *[other] { $count } weitere Trunks
}
reasons = Warum Anrufe nicht angenommen wurden
reasons-none = Jeder Anruf wurde angenommen.
reason-code = Code
reason-change = Änderung
reason-not-before = vorher keine
week = Stunden der Woche
week-name = { $value } je Stunde der Woche
week-most = Am meisten: { $value }.
countries = Länder
health-all = Stunden der Woche und Länder zeigen

# Ein Speicher ohne Inhalt.

welcome = Noch ist nichts gespeichert
welcome-text = Der Mandant { $value } hat keine Anrufe. Vier Wege, zu welchen zu kommen:
welcome-text-new = Dieser Server kennt noch keinen Mandanten. Vier Wege zu Anrufen; { $value } steht dabei für die ID Ihres Mandanten in Entra:
welcome-import = Einlesen, was schon da ist
    .text = Gespeicherte Antworten von Graph oder Exporte des Admin Centers: Dateien, Ordner oder die Standardeingabe.
welcome-graph = Microsoft Graph anbinden
    .text = Mit einem solchen Abschnitt in trunklog.toml liest der neu gestartete Server neue Anrufe von selbst. Der erste Befehl sagt, ob Zugangsdaten, Zustimmung und Netz stimmen, der zweite liest sofort.
welcome-folder = Dateien von selbst kommen lassen
    .text = Mit einem Abschnitt [[source]] in trunklog.toml nimmt der Server jede Datei, die in einen Ordner gelegt wird, und sagt, was daraus wurde.
welcome-demo = Mit erfundenen Anrufen umsehen
    .text = Sie gehören zu einem eigenen Mandanten, damit sich nichts vermischt. Wer eine Rolle für alle Mandanten hat, wählt ihn oben auf der Seite.
welcome-after = Diese Seite füllt sich, sobald Anrufe gespeichert sind. Laden Sie sie dann neu.
welcome-data = Ist schon eine Quelle eingerichtet? Sehen, wie es um sie steht
welcome-trunks = Trunks schon vorher eintragen

# Nutzung, Dateien und Verwaltung.

nav-usage = Nutzung
nav-admin = Verwaltung

# Der Bericht des Admin Centers.

usage-tabs = Berichte
usage-direct-routing = Direct Routing
usage-pstn = Anrufpläne und Operator Connect
usage-sms = Kurznachrichten
usage-blocked-users = Gesperrte Benutzer
usage-dial-out = Ausgehende Anrufe aus Besprechungen
usage-filter-left = Ein Teil des Filters bedeutet für diesen Bericht nichts. Er wurde weggelassen; gezählt sind alle Zeilen des Zeitraums, die zum Rest passen.
usage-country-left = Zeilen dieses Berichts lassen sich nicht nach Ländern auswählen. Das Land wurde weggelassen, hier und in Dateien, die von hier aus erstellt werden; unter Anrufe stehen die eines Landes.
usage-sums = Insgesamt
usage-rows = Zeilen
usage-chart = Zeilen im Zeitverlauf
usage-no-chart = Diese Zeilen fassen den ganzen Zeitraum zusammen, daher gibt es keinen Verlauf.
usage-none = Keine Zeilen in diesem Zeitraum.
usage-position = { $from } bis { $to } von { $count }, die neuesten zuerst
usage-newer = Neuere Zeilen
usage-older = Ältere Zeilen
usage-phrase = SIP-Text
usage-bypass = Medienumgehung
usage-operator = Betreiber
usage-destination = Ziel
usage-context = Inland oder Ausland
usage-charge = Kosten
usage-connection-charge = Verbindungsgebühr
usage-currency = Währung
usage-number-type = Nummernart
usage-capability = Lizenz
usage-call-id = Anruf-ID
usage-sent = gesendet
usage-source = von
usage-destination-number = an
usage-sms-type = Art
usage-units = Einheiten
usage-blocked-at = gesperrt oder entsperrt
usage-block-mode = was geschah
usage-block-reason = Grund
usage-remediation = ID der Behebung
usage-location = Standort

# Dateien, die exportiert werden.

export = Exportieren
export-form = Form
export-zip = Zip wie im Admin Center
export-csv = CSV wie im Admin Center
export-xlsx = Excel-Arbeitsmappe
export-parquet = Parquet
export-ndjson = NDJSON
export-go = Datei erstellen
export-list = Ihre Dateien
export-about = Niemand sonst bekommt diese Dateien. Sie können { $count } zugleich haben; jede verschwindet nach { $value } Stunden, und alle, wenn eine Person gelöscht wird.
export-file = Datei
export-range = Zeitraum
export-size = Größe
export-state = Stand
export-until = Bleibt bis
export-rows = { $n ->
    [one] { $count } Zeile
   *[other] { $count } Zeilen
}
export-none = Sie haben keine Datei bestellt. Jeder Bericht unter Nutzung lässt sich exportieren.
export-again = Erneut ansehen
export-remove = Entfernen
export-remove-one = Entfernen: { $value }
export-making = wird erstellt
export-done = fertig
export-sheets = fertig. Die Zeilen stehen in mehreren Blättern, da ein Blatt in Excel höchstens { $value } hat.
export-stopped = nicht erstellt: Der Server endete oder war überlastet. Bestellen Sie die Datei erneut.
export-too-large = nicht erstellt: Sie wäre zu groß geworden. Wählen Sie einen kürzeren Zeitraum.
export-disk = nicht erstellt: Die Festplatte des Servers nahm nichts mehr auf. Sagen Sie es dem Betreiber.
export-no-rows = nicht erstellt: Die Zeilen ließen sich nicht lesen. Bestellen Sie die Datei erneut oder sagen Sie es dem Betreiber.

# Verwaltung.

admin-people = Personen
admin-sessions = Sitzungen
admin-trail = Prüfprotokoll
admin-said-roles = Die Rollen sind gesetzt. Sie gelten ab der nächsten Anfrage.
admin-said-removed = Das Konto ist entfernt, seine Sitzungen sind beendet.
admin-said-ended = Die Sitzung ist beendet.
admin-said-named = Der Name des Mandanten ist gesetzt.
admin-people-about = Die Konten dieses Servers. Was Personen aus Entra ID, Keycloak und Ähnlichem dürfen, folgt aus ihren Gruppen oder Rollen dort, nach der Zuordnung in trunklog.toml. Neue Konten und Passwörter entstehen auf dem Server: trunklog user add, trunklog user reset.
admin-people-none = Es gibt kein Konto, das Sie sehen dürfen.
admin-person = Person
admin-roles = Rollen
admin-app = Authentifizierungs-App
admin-app-set = eingerichtet
admin-app-missing = fehlt
admin-since = Seit
admin-change = Ändern
admin-change-of = { $value } ändern
admin-set-roles = Rollen setzen
admin-remove = Konto entfernen
admin-remove-one = Konto entfernen: { $value }
admin-own = Das sind Sie. Ihre Rollen ändert jemand anders.
grant-aggregates = liest Summen
grant-calls = liest Anrufe, Nummern verdeckt
grant-full-numbers = sieht ganze Nummern
grant-export = exportiert Dateien
grant-administer = verwaltet
grant-unknown = eine andere Rolle
grant-for-all = { $value }, bei allen Mandanten
grant-elsewhere = Rollen bei anderen Mandanten
admin-by = Bestätigt von
admin-by-account = einem Konto dieses Servers
admin-signed-in = Angemeldet
admin-last-seen = Zuletzt benutzt
admin-ends = Endet spätestens
admin-address = Adresse
admin-sessions-none = Niemand ist angemeldet.
admin-end = Sitzung beenden
admin-end-one = Sitzung beenden: { $value }
admin-session-own = diese hier
admin-tenants-about = Die Mandanten, die Sie verwalten. Zeitzonen und verdeckte Ziffern werden in trunklog.toml gesetzt.
admin-tenant = Mandant
admin-name = Name
admin-zone = Zone seiner Tage
admin-digits = Verdeckte Ziffern
admin-name-go = Namen setzen
admin-name-fixed = in trunklog.toml benannt
admin-trail-about = Personen, Nummern und Adressen sind Pseudonyme. Auch wer das Protokoll ansieht, steht darin.
admin-trail-names = Namen stehen dort, wo es ihre Schlüssel noch gibt. Dass Sie sie ansahen, steht im Protokoll.
admin-with-names = Mit Namen
admin-without-names = Mit Pseudonymen
admin-what = Was getan wurde
admin-what-all = alles
admin-entry = Eintrag
admin-time = Zeit
admin-who = Wer
admin-about = Worüber
admin-outcome = Ausgang
admin-trail-none = In diesem Zeitraum gibt es keinen solchen Eintrag.
admin-older = Ältere Einträge

# Was im Prüfprotokoll steht.

act-sign-in = angemeldet
act-sign-out = abgemeldet
act-session-revoke = Sitzung beendet
act-calls-read = Anrufe gelesen
act-report-read = Bericht gelesen
act-number-reveal = Nummer aufgedeckt
act-calls-export = Anrufe entnommen
act-calls-import = Anrufe importiert
act-calls-delete = Anrufe gelöscht
act-person-export = Daten einer Person oder Nummer herausgegeben
act-person-erase = Person oder Nummer gelöscht
act-person-hold = Löschsperre geändert
act-application-add = Anwendung eingetragen
act-application-change = Anwendung geändert
act-application-remove = Anwendung entfernt
act-account-add = Konto angelegt
act-account-change = Konto geändert
act-account-remove = Konto entfernt
act-setting-change = Einstellung geändert
act-tenant-change = Mandant geändert
act-server-start = Server gestartet
act-server-stop = Server beendet
act-audit-read = Prüfprotokoll angesehen
act-audit-export = Prüfprotokoll entnommen
act-trail-started = Prüfprotokoll begonnen
act-trail-file = neue Datei des Prüfprotokolls
act-trail-mended = abgebrochene Zeile geheilt
act-trail-lost = Einträge fehlen
act-trail-gap = Zugriffe nicht geschrieben
act-trail-expired = alte Dateien entfernt
act-trail-forgot = Schlüssel von jemandem vernichtet
act-range-all = gesamter Zeitraum
act-ends-failed = fehlgeschlagene Anrufe
act-ends-delivered = zugestellte Anrufe
act-ends-missed = verpasste Anrufe
act-ends-unanswered = nicht angenommene Anrufe
act-ends-other = Anrufe mit dem Ende: { $value }
act-by-class = wie der Anruf endete
