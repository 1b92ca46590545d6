# Arten, wie Anrufe enden, mit dem, was zu jeder gehört.

class-answered = angenommen
    .explanation = Zeilen, die Microsoft erfolgreich nennt, gleich mit welchen Codes.
class-userBusy = besetzt
    .explanation = SIP 486 und 600: Der Angerufene war besetzt.
class-ringNoAnswer = geklingelt, keine Antwort
    .explanation = SIP 480, und 408 als endgültige Antwort des SBC (560408): Es klingelte, und niemand ging ran.
class-callerGaveUp = Anrufer hat aufgegeben
    .explanation = SIP 487: Der Anrufer legte vor der Annahme auf.
class-completedElsewhere = anderswo angenommen
    .explanation = SIP 487 mit Subcode 540200: Der SBC hatte den Anruf verzweigt, und er wurde auf einem anderen Zweig angenommen.
class-terminalReject = abgelehnt
    .explanation = SIP 603: Der Angerufene oder sein Netz lehnte ab.
class-calleeNotReachable = Angerufener nicht erreichbar
    .explanation = SIP 480 mit Subcode 10037, wenn der angerufene Benutzer auf keinem Gerät angemeldet ist, oder 10191, wenn die Richtlinie keine Mailbox erlaubt.
class-diallingError = Wählfehler
    .explanation = SIP 404 und 484 sowie die Subcodes 510412 und 511404: Die Rufnummer ist falsch, unbekannt oder fehlerhaft geschrieben.
class-barred = gesperrt
    .explanation = Eine Richtlinie oder eine fehlende Lizenz verbot den Anruf: Subcodes 10199, 510403, 510534, 510559, 510560, 510562 und 510563.
class-configurationFault = Konfigurationsfehler
    .explanation = Was der Kunde einzurichten hat, fehlt oder ist falsch: ein Trunk, ein Weg für Notrufe, Location-Based Routing, ein Bot, eine Weiterleitung im Kreis.
class-sbcFault = Fehler des SBC oder Netzbetreibers
    .explanation = Der Session Border Controller oder der Netzbetreiber versagte: endgültige Antworten 4xx oder 5xx (540xxx, 560xxx), die keine andere Art nennt, und die Subcodes 1106, 500001 und 540400.
class-connectionFault = Verbindungsfehler
    .explanation = TLS, DNS oder TCP: Der Dienst und der Session Border Controller, oder der Dienst und ein Client, kamen nicht in Verbindung (Subcodes 5490xx und 5690xx).
class-mediaFault = Medienfehler
    .explanation = Medien ließen sich nicht aushandeln, oder ihr Weg brach ab (Subcodes 5310xx).
class-microsoftFault = Fehler bei Microsoft
    .explanation = SIP 5xx, das weder der Session Border Controller noch ein Client gab, und die Subcodes 10320 und 10553.
class-unknown = unbekannt
    .explanation = Keine Regel passt zu den Codes, oder sie widersprechen der Zeile. Solche Zeilen werden für sich gezählt und nicht als wirksam.

# Wer wegen des Endes eines Anrufs etwas tun muss.

side-nobody = niemand
side-user = Benutzer
side-dialling = Wahl
side-customer = Ihre Konfiguration
side-sbc = Session Border Controller
side-carrier = Netzbetreiber
side-network = Netz
side-microsoft = Microsoft
side-unknown = unbekannt
