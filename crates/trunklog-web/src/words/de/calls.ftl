# Die Liste der Anrufe.

calls = Anrufe
calls-count = { $n ->
    [one] { $count } Anruf
   *[other] { $count } Anrufe
}
calls-newest-first = neueste zuerst
calls-oldest-first = älteste zuerst
calls-to-newest = Neueste zuerst
calls-to-oldest = Älteste zuerst
calls-outdated = Seit dem Anfang dieser Liste sind neuere Anrufe gekommen. Sie bleibt, wie sie war; ihre erste Seite zeigt sie.
calls-looked = Anrufe bis { $value } durchgesehen. Die nächste Seite sucht weiter.
calls-columns = Spalten
calls-columns-hint = Wählen Sie eine Spalte, um sie zu zeigen oder zu verbergen.
calls-columns-usual = Die üblichen Spalten
calls-column-hide = Verbergen:
calls-column-show = Zeigen:
calls-pager = Seiten der Liste
calls-first = Erste Seite
calls-next = Nächste Seite
calls-legs = { $n ->
    [one] { $count } Abschnitt
   *[other] { $count } Abschnitte
}
calls-leg = selber Anruf
calls-time = Zeitstempel
calls-name = Anzeigename
calls-sip-address = SIP-Adresse
calls-caller = Nummer des Anrufers
calls-callee = Nummer des Angerufenen
calls-type = Anrufart
calls-called-to = Land der Gegenseite
calls-start = Startzeit
calls-invite = Einladungszeit
calls-failure = Fehlerzeit
calls-end = Endzeit
calls-duration = Dauer
calls-bypass = Medienumgehung
calls-sbc = SBC-FQDN
calls-media = Azure-Region für Medien
calls-signaling = Azure-Region für Signalisierung
calls-event = Ereignistyp
calls-success = Erfolg
calls-attempt = Versuch
calls-sip = Letzter SIP-Code
calls-sub = Letzter Microsoft-Untercode
calls-phrase = Letzter SIP-Text
calls-correlation = Korrelations-ID
calls-shared = Gemeinsame Korrelations-ID
calls-class = Wie er endete
calls-id = ID

# Ein Anruf.

call-title = Anruf vom { $value }
call-back = Zur Liste
call-reason = Warum er endete
call-code-unknown = nicht dokumentiert; aus seinen Teilen erklärt
call-facts = Einzelheiten
call-steps = Was geschah
call-step = Schritt
call-step-time = Zeit
call-step-gap = Nach
call-step-invite = Einladung
call-step-passed = An Teams weitergegeben
call-step-answer = Angenommen
call-step-end = Beendet
call-step-failure = Fehlgeschlagen
call-side-sbc = SBC
call-side-teams = Teams
call-ladder-told = Vom ersten Schritt bis zum letzten: { $value }.
call-ladder-empty = Die Zeile hat keine Zeiten.
call-legs = Abschnitte
call-gap-told = Vom Ende des Abschnitts davor bis zur Einladung dieses Abschnitts. Negativ: Er begann, bevor der andere endete.
call-this = dieser
call-similar = Ähnliche Fehler innerhalb einer Stunde
call-similar-count = { $n ->
    [one] { $count } Anruf dieses Trunks endete so binnen einer Stunde davor oder danach.
   *[other] { $count } Anrufe dieses Trunks endeten so binnen einer Stunde davor oder danach, dieser eingeschlossen.
}
call-similar-all = Alle auflisten
call-support = Für ein Ticket
call-support-hint = Wonach der Support von Microsoft oder eines Anbieters zuerst fragt.
call-json = Wie Graph ihn ausgibt
call-json-show = JSON zeigen
call-copy = Kopieren
call-copied = Kopiert

# Eine verborgene Nummer, gezeigt.

reveal-show-caller = Nummer des Anrufers zeigen
reveal-show-callee = Nummer des Angerufenen zeigen
reveal-reason = Wozu Sie sie brauchen
reveal-about = Das Prüfprotokoll hält fest, dass Sie sie gesehen haben, und wozu.
reveal-go = Nummer zeigen
reveal-title = Nummer eines Anrufs
reveal-back = Zum Anruf
reveal-note = Das Prüfprotokoll hat festgehalten, dass Sie sie gesehen haben, und wozu. Sie wird hier einmal gezeigt.
reveal-problem = Sagen Sie, wozu Sie die Nummer brauchen, in höchstens { $value } Zeichen.
reveal-too-many = Sie dürfen sich { $count } Nummern in einer Stunde zeigen lassen, und haben das getan. { $n ->
    [one] Versuchen Sie es in einer Minute wieder.
   *[other] Versuchen Sie es in { $value } Minuten wieder.
} Wer mehr davon braucht, braucht die Rolle full-numbers, die jemand aus der Verwaltung vergibt.
