# Reports on other logs than that of direct routing.

report-pstnCalls = Anrufe über Calling Plans und Operator Connect
    .explanation = Wie viele Anrufe es gab, wie lange sie dauerten und was sie kosteten, je Währung und nach allem, wonach sonst gefragt ist. Geld wird genau addiert, wie Microsofts Zeilen es nennen, und nie über Währungen hinweg; deshalb sind auch Anrufe nach Währung getrennt. Alle Zeilen zählen, angenommen oder nicht.
report-sms = Nachrichten
    .explanation = Wie viele Nachrichten es gab, aus wie vielen Teilen, und was sie kosteten, je Währung und nach allem, wonach sonst gefragt ist. Geld wird genau addiert und nie über Währungen hinweg.
report-blockedUsers = Gesperrte Benutzer
    .explanation = Wie oft Benutzer gesperrt und entsperrt wurden, wie viele es waren und wann zuletzt, nach dem, was geschah, und warum, wenn nach nichts anderem gefragt ist.
report-dialOut = Auswahl aus Besprechungen
    .explanation = Was Anrufe aus Besprechungen ergaben: je Organisator, Ort, Art des Ziels und Währung, die mit den meisten Anrufen zuerst. Es ist, was getPstnOnlineMeetingDialoutReport sagt: die Anrufe von Konferenzen und daneben die gespeicherten Zeilen von Zeiträumen, in denen kein solcher Anruf bekannt ist.

# Columns.

column-smsType = Art der Nachricht
    .explanation = Die Art der Nachricht, wie Zeilen sie nennen; leer bei Zeilen ohne.
column-licence = Lizenz
    .explanation = Die Lizenz, mit der der Benutzer anrief oder schrieb, etwa MCOPSTN2; leer bei Zeilen ohne.
column-destination = Ziel
    .explanation = Das angerufene oder angeschriebene Land oder Gebiet, wie Zeilen es nennen; leer bei Zeilen ohne.
column-blockMode = Vorgang
    .explanation = Ob der Benutzer gesperrt oder entsperrt wurde.
column-blockReason = Grund
    .explanation = Warum, in Microsofts Worten.
column-currency = Währung
    .explanation = Die Währung aller Kosten der Zeile als Code nach ISO 4217; leer bei Zeilen ohne.
column-totalCalls = Anrufe
    .explanation = Wie viele Zeilen es gibt, angenommen oder nicht.
column-totalMinutes = Minuten
    .explanation = Die Summe von Microsofts Dauer aller Zeilen in Sekunden, geteilt durch 60.
column-totalMessages = Nachrichten
    .explanation = Wie viele Zeilen es gibt.
column-totalUnits = Teile
    .explanation = Die Summe der Teile, aus denen die Nachrichten bestanden.
column-totalCharge = Kosten
    .explanation = Die genaue Summe dessen, was Zeilen kosteten, in der Währung der Zeile. Zeilen ohne Kosten tragen nichts bei.
column-totalConnectionCharge = Verbindungskosten
    .explanation = Die genaue Summe dessen, was das Verbinden kostete, in der Währung der Zeile. Zeilen ohne solche Kosten tragen nichts bei.
column-events = Anzahl
    .explanation = Wie oft es geschah.
column-newest = zuletzt
    .explanation = Wann es zuletzt geschah.
column-userDisplayName = Name
    .explanation = Der Name des Benutzers; von mehreren der letzte nach seinen Buchstaben.
column-usageLocation = Ort
    .explanation = Das Land des Benutzers als Code nach ISO 3166-1.
column-destinationContext = Art des Ziels
    .explanation = Ob Anrufe ins Inland oder ins Ausland gingen, in Microsofts Worten.
