# Berichte darüber, wie viel und wie gut telefoniert wurde: was jeder sagt, seine Spalten und Wörter darin.

report-kpis = Kennzahlen
    .explanation = Alle Kennzahlen von Anrufen: des ganzen Zeitraums, je Abschnitt und nach dem, wonach sie unterschieden werden. Was im Zeitraum oder in dem, womit er verglichen wird, Zeilen hat, steht in jedem Abschnitt, mit 0 Versuchen, wo es dort keine hat. Mit Kanälen auch, wie belegt sie waren, in der Zeit jeder Zeile.
report-series = Nutzung
    .explanation = Wie viel telefoniert wurde und wie es endete, Abschnitt für Abschnitt; auch die ohne einen Anruf sind da. Der erste und der letzte Abschnitt können kürzer sein als andere, da der Zeitraum sie durchschneiden kann.
report-heatMap = Stunden der Woche
    .explanation = Jede Stunde jedes Wochentags, nach der Uhr der gefragten Zone. Eine Stunde gehört zu der Stunde der Uhr, in der sie beginnt; eine, die die Uhr wiederholt, zählt also mit der, die sie wiederholt. Mit Kanälen auch, wie belegt sie waren.
report-concurrency = Belegte Kanäle
    .explanation = Wie viele Kanäle Anrufe belegten und zum Sprechen nutzten, Abschnitt für Abschnitt: Minuten bis zu einem Tag, sonst Stunden, wenn keine anderen gefragt sind. Die Hauptverkehrsstunde ist die in der Zeit jeder Zeile; bei einer Zeile, die kürzer als eine Stunde ist, ist sie die Zeile. Die des ganzen Zeitraums steht bei den Kennzahlen mit Kanälen.

# Was ein Leser neben einer Antwort wissen muss.

note-commits = Während gezählt wurde, kamen immer wieder Zeilen hinzu, daher können Teile um das abweichen, was in den letzten Augenblicken kam.
note-quantiles = Es sind zu viele Abschnitte und Gruppen für Mediane und Perzentile, daher fehlen sie. Längere Abschnitte, einen kürzeren Zeitraum oder weniger Unterscheidungen wählen.

note-usersOfDays = Benutzer sind aus den Summen je Tag und Benutzer gezählt.
note-usersOfRows = Benutzer sind aus Zeilen gezählt: Summen je Benutzer gibt es nur je Tag und Richtung.
note-usersOfBoth = Benutzer sind aus den Summen je Tag und Benutzer gezählt und, wo ein Abschnitt einen Teil eines Tages hat, aus Zeilen.

# Spalten.

column-start = Beginn
    .explanation = Wann der Abschnitt beginnt, in UTC.
column-startLocal = Beginn, Ortszeit
    .explanation = Was die Uhr der Zone dann zeigt, mit ihrem Abstand von UTC.
column-trunk = Trunk
    .explanation = Der vollständige Domainname des Session Border Controllers des Trunks; leer bei Zeilen ohne einen.
column-direction = Richtung
    .explanation = Ob es herein- oder hinausging, nach der Art; unbekannt, wo diese keins von beidem sagt.
column-callType = Anrufart
    .explanation = Die Anrufart, wie Zeilen sie haben; leer bei Zeilen ohne eine.
column-weekday = Wochentag
    .explanation = Der Wochentag nach dem Kalender der Zone.
column-hour = Stunde
    .explanation = Die Stunde des Tages, von 0 bis 23, die die Uhr der Zone zeigt.
column-hours = Stunden
    .explanation = Wie viele solche Stunden der Zeitraum hat; ein Teil von einer zählt als eine.
column-occupiedPeakAt = Zeit der Spitze
    .explanation = Der erste Augenblick, in dem so viele Kanäle belegt waren.

# Wörter.

direction-inbound = eingehend
direction-outbound = ausgehend
direction-unknown = unbekannt
weekday-monday = Montag
weekday-tuesday = Dienstag
weekday-wednesday = Mittwoch
weekday-thursday = Donnerstag
weekday-friday = Freitag
weekday-saturday = Samstag
weekday-sunday = Sonntag
report-compared = zuvor
report-yes = ja
report-no = nein
