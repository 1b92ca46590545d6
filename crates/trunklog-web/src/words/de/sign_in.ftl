# An- und Abmelden.

sign-in = Anmelden
sign-in-go = Anmelden
sign-in-with = Anmelden mit { $value }
sign-in-or = oder mit einem Konto dieses Servers
sign-in-name = Name
sign-in-password = Passwort
sign-in-nobody = Noch kann sich niemand anmelden. Wer diesen Server betreut, legt das erste Konto auf seinem Rechner an:
sign-in-nobody-providers = Für Entra ID, Keycloak und andere Anmeldedienste gibt es { $value } in den Einstellungen.
sign-in-next = Weiter
sign-in-again = Von vorn beginnen
sign-in-signed-out = Sie sind hier abgemeldet. Bei einem Anmeldedienst sind Sie vielleicht noch angemeldet.
sign-in-over = Das hat zu lange gedauert, oder Ihr Konto hat sich inzwischen geändert. Bitte melden Sie sich neu an.
sign-in-wrong = Name oder Passwort ist falsch.
sign-in-lapsed = Die Zeit, um eine App einzurichten, ist vorbei. Bitten Sie, wer diesen Server betreut, Ihr Konto zurückzusetzen.
sign-in-wait = { $n ->
    [one] Es gab zu viele Fehlversuche. Versuchen Sie es in einer Sekunde wieder.
   *[other] Es gab zu viele Fehlversuche. Versuchen Sie es in { $count } Sekunden wieder.
}
sign-in-wait-minutes = Es gab zu viele Fehlversuche. Versuchen Sie es in { $value } Minuten wieder.

# Der Code der App.

app-code-page = Code
app-code-title = Ihr Code
app-code-six = Die sechs Ziffern, die Ihre Authenticator-App jetzt zeigt
app-code-lost = App verloren? Einer Ihrer Wiederherstellungscodes gilt hier auch, einmal.
app-code-wrong = Das ist nicht der Code, den die App jetzt zeigt, oder er wurde schon benutzt. Warten Sie auf den nächsten.
codes-page = Wiederherstellungscodes
codes-title = Bewahren Sie diese Wiederherstellungscodes auf
codes-about = Geht die App verloren, meldet jeder von ihnen { $value } einmal an, anstelle der sechs Ziffern. Sie können nicht noch einmal gezeigt werden: Drucken Sie sie, oder legen Sie sie in einen Passwortsafe.
codes-kept = Ich habe sie aufbewahrt

# Ein neues Konto.

set-up = Ihr Konto einrichten
set-up-password = Wählen Sie ein Passwort
set-up-password-hint = Mindestens 12 Zeichen, zum Beispiel vier Wörter. Das Passwort, das Sie bekommen haben, gilt danach nicht mehr.
set-up-new = Neues Passwort
set-up-again = Noch einmal dasselbe
set-up-differ = Die beiden Passwörter sind verschieden.
set-up-app = Fügen Sie dieses Konto einer Authenticator-App hinzu
set-up-app-hint = Lesen Sie dies mit einer App für Einmalcodes auf Ihrem Telefon ein, oder tippen Sie den Schlüssel ab.
set-up-drawing = Der Schlüssel als QR-Code
set-up-open = Eine App auf diesem Gerät öffnen
set-up-six = Die sechs Ziffern, die die App jetzt zeigt
password-short = Das Passwort ist zu kurz: Nehmen Sie mindestens 12 Zeichen, zum Beispiel vier Wörter.
password-long = Das Passwort ist zu lang: Nehmen Sie höchstens 256 Zeichen.
password-control = Das Passwort enthält ein Steuerzeichen: Nehmen Sie Buchstaben, Ziffern, Satzzeichen und Leerzeichen.
password-uniform = Das Passwort hat zu wenige verschiedene Zeichen: Nehmen Sie mindestens fünf.
password-common = Das Passwort ist eines der häufigsten: Nehmen Sie ein anderes.
password-own = Das Passwort ist kaum mehr als der Name des Kontos oder dieses Programms: Nehmen Sie ein anderes.
password-given = Das Passwort ist das, das Sie bekommen haben: Nehmen Sie ein anderes.

# Warum niemand angemeldet wurde.

fault-page = Sie sind nicht angemeldet
fault-back = Zur Anmeldung
fault-failed = Das hat nicht geklappt
fault-not-started = Diese Anmeldung wurde nicht in diesem Browser begonnen, ist zu alt oder wurde schon benutzt. Beginnen Sie von vorn.
fault-unreachable = Der Anmeldedienst antwortet nicht, wie er soll. Versuchen Sie es gleich noch einmal; mehr steht im Log des Servers.
fault-refused = Der Anmeldedienst hat abgelehnt. Versuchen Sie es noch einmal, oder fragen Sie, wer ihn betreut.
fault-needs-person = Bitte melden Sie sich neu an.
fault-untrusted = Was der Anmeldedienst geschickt hat, ist nicht vertrauenswürdig. Warum, steht im Log des Servers.
fault-groups = Sie sind in so vielen Gruppen, dass Ihr Anmeldedienst sie nicht aufzählt. Wer ihn betreut, kann App-Rollen (app roles) verwenden oder nur die Gruppen senden, die dieser Anwendung zugewiesen sind.
fault-no-role = Sie sind bei Ihrem Anmeldedienst angemeldet, haben hier aber keine Rolle. Bitten Sie, wer ihn betreut, um eine.
fault-no-page = Diese Seite gibt es nicht.
fault-no-provider = Diesen Anmeldedienst gibt es nicht.
fault-no-tls = Die Anmeldung braucht HTTPS.
fault-no-tls-hint = öffnen Sie die https-Adresse dieses Servers; hinter einem Proxy mit TLS setzen Sie public_url, oder führen Sie den Proxy in trusted_proxies auf und lassen ihn X-Forwarded-Proto senden
fault-other-page = Das wurde nicht von einer Seite dieses Servers gesendet.
fault-other-page-hint = öffnen Sie die Seite dieses Servers und versuchen Sie es dort noch einmal; ein Proxy muss Origin und Sec-Fetch-Site weitergeben, und public_url muss die Adresse im Browser sein
