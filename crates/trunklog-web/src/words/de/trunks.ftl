# Kapazität von Trunks.

nav-trunks = Trunks
trunks-count = { $n ->
    [one] { $count } Trunk
   *[other] { $count } Trunks
}
trunks-found = { $count } von { $value } Trunks
trunks-to-look-at = { $value } zu prüfen
trunks-none-to-look-at = keiner zu prüfen
trunks-find = Name eines Trunks oder Anbieters
trunks-find-go = Finden
trunks-none-so = Kein Trunk heißt so.
capacity = Kanäle
capacity-over-time = Belegte Kanäle im Zeitverlauf
capacity-peak = Belegte Kanäle, Spitze
capacity-peak-at = Zeit der Spitze
capacity-limit = Vorhandene Kanäle
capacity-no-limit = Wie viele Kanäle es gibt, ist nicht bekannt. Tragen Sie es im Bestand ein, um zu sehen, wie nahe die Spitze kommt.
capacity-full = Spitze bei 90 % davon oder mehr
capacity-full-of = { $value } von { $count } Zeitabschnitten
capacity-traffic = Verkehr in Erlang
capacity-busy-hour = Erlang in der stärksten Stunde
capacity-needed = Nötige Kanäle
capacity-one-percent = Nötige Kanäle, wenn 1 % der Anrufe alle belegt finden darf
capacity-one-per-mille = Nötige Kanäle, wenn 0,1 % der Anrufe alle belegt finden darf
capacity-blocked = Anrufe der stärksten Stunde, die alle Kanäle belegt finden (Erlang B)

# Unsere eigene Prüfung der Trunks.

probe-certificate = Zertifikat
probe-options = SIP OPTIONS
probe-off = Zertifikate und SIP OPTIONS: nicht angebunden. Der Abschnitt [probe] der Konfiguration schaltet unsere eigene Prüfung der Trunks ein.
probe-means = Von diesem Server aus geprüft. Ein SBC, der uns nicht antwortet, kann Microsoft sehr wohl antworten.
probe-not-connected = nicht angebunden
probe-no-certificate = uns wurde keines gezeigt
probe-expired = abgelaufen
probe-days = { $n ->
    [one] noch { $count } Tag
   *[other] noch { $count } Tage
}
probe-answered = antwortete { $value }
probe-no-answer = keine Antwort an uns
probe-misses = { $n ->
    [one] { $count } Mal
   *[other] { $count } Mal in Folge
}
probe-last = letzte Antwort { $value }
probe-fault-expired = es ist abgelaufen
probe-fault-not-yet = es gilt noch nicht
probe-fault-other-name = es ist für einen anderen Namen
probe-fault-unknown-issuer = von einem Aussteller, den dieser Server nicht kennt
probe-fault-unchecked = nicht geprüft: dieser Server hat keine Liste von Ausstellern
probe-fault-other = damit stimmt etwas nicht
probe-name-not-found = der Name hat keine Adresse
probe-address-refused = seine Adresse gehört zu dieser Maschine, sie wird nicht geprüft
probe-refused = Verbindung abgelehnt
probe-no-connection = keine Verbindung in der Zeit
probe-no-tls = kein TLS
probe-wants-certificate = er will ein Zertifikat, das wir nicht haben
probe-silent = nichts kam in der Zeit zurück
probe-closed = er schloss die Verbindung
probe-no-sip = was zurückkam, ist kein SIP

# Was über Trunks bekannt ist.

inventory = Bestand
inventory-back = Alle Trunks
inventory-calls = Anrufe
inventory-none = Noch keine Trunks: Keiner hat Anrufe, und keiner ist im Bestand.
inventory-unknown = Außer seinen Anrufen ist von diesem Trunk nichts bekannt.
inventory-unreadable = Was zu { $value } gespeichert ist, kann diese Version des Programms nicht lesen.
inventory-kind = Was
inventory-value = Wert
inventory-figure = Kennzahl
inventory-from = Von
inventory-until = Bis (letzter Tag)
inventory-origin = Quelle
inventory-configured = die Konfiguration
inventory-entered = Personen
inventory-name = Name
inventory-carrier = Anbieter
inventory-alias = Anderer Name des SBC
inventory-channels = Kanäle
inventory-port = SIP-Port
inventory-fqdn = FQDN des SBC
inventory-add = Trunks hinzufügen
inventory-add-hint = Ein Trunk mit Anrufen steht ohnehin hier. Geben Sie ihm einen Namen; der Rest steht auf seiner Seite.
inventory-add-go = Hinzufügen
inventory-import-hint = Oder fügen Sie ein, was dieser Befehl ausgibt. Namen, Ports und Kanalgrenzen werden übernommen; was sich geändert hat, gilt ab heute.
inventory-import = Ausgabe als JSON
inventory-import-go = Übernehmen
inventory-change = Mehr eintragen
inventory-change-hint = Ohne Tage gilt es immer. Von dem, was für einen Tag zweimal eingetragen ist, zählt der spätere Eintrag. Ein umbenannter SBC ist ein Trunk: Tragen Sie seinen anderen Namen ein.
inventory-remove = Entfernen
inventory-remove-what = Entfernen: { $value }
inventory-forget = Alles Eingetragene zu diesem Trunk entfernen
