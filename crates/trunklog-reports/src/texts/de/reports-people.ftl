# Berichte über Enden von Anrufen, Ziele, Benutzer, Nummern und einzelne Anrufe.

report-endReasons = Gründe für das Ende
    .explanation = Warum Anrufe endeten: Zeilen nach SIP-Code und Microsofts Subcode, mit dem, was die Codes bedeuten, wer handeln muss und was zu tun ist. Erfolgreiche Zeilen werden von anderen mit denselben Codes unterschieden. In einem Vergleich stehen Gründe, die weg sind, mit 0 Zeilen.
report-failures = Fehler
    .explanation = Was schiefging: Zeilen, die weder eine Annahme noch das Verhalten von Benutzern beendete, nach SIP-Code und Microsofts Subcode. Erstmals gesehen und neu beziehen sich auf alle Zeilen des Speichers, gleich mit welchem Filter.
report-destinations = Ziele
    .explanation = Länder, die angerufen werden und die anrufen, nach dem, was Graph über die Gegenseite sagt, oder sonst nach ihrer Nummer. Ein Leser, dem Ziffern verborgen sind, erfährt das Land nach dem, was von einer Nummer bleibt, wo sich einzelne Anrufe unterscheiden ließen.
report-users = Benutzer
    .explanation = Was jeder Benutzer tat, die mit den meisten Anrufen zuerst. Ein Benutzer wird nach der Kennung genannt, oder sonst nach dem Prinzipalnamen. Zeilen ohne beides fehlen.
report-numbers = Nummern
    .explanation = Was aus jeder eigenen Nummer der Organisation wurde, auch aus denen, die vor dem Zeitraum und nicht in ihm verwendet wurden; oder, wenn danach gefragt wird, Nummern draußen, soweit der Leser sie sehen darf. Ein weitergeleiteter oder übergebener Anruf gehört keiner eigenen, da sein Anrufer sein kann, wer zuerst anrief.
report-call = Anruf
    .explanation = Ein Anruf und alle Zeilen innerhalb von 24 Stunden, die eine Korrelationskennung, die des Übergebenden oder eine gemeinsame mit ihm oder einer davon teilen, in der Reihenfolge der Zeit.

# Was ein Leser neben einer Antwort wissen muss.

note-moreLegs = Mehr Zeilen teilen eine Kennung mit diesem Anruf oder seinen Abschnitten, als hier genannt sind.

# Spalten von Gründen.

column-sipCode = SIP-Code
    .explanation = Der endgültige SIP-Code; 0, wo ein aufgebauter Anruf normal endete.
column-subcode = Subcode
    .explanation = Microsofts Subcode.
column-class = Art
    .explanation = Wie der Anruf endete. Eine erfolgreiche Zeile ist angenommen, gleich mit welchen Codes.
column-side = Seite
    .explanation = Wer deswegen etwas tun muss; niemand, wo nichts falsch ist.
column-cause = Ursache
    .explanation = Was die Codes bedeuten. Wo das Paar nicht dokumentiert ist, was jeder für sich sagt.
column-action = was zu tun ist
    .explanation = Was dagegen zu tun ist. Leer, wo nichts falsch oder nichts bekannt ist.
column-share = Anteil
    .explanation = Der Teil aller Zeilen, um die es im Bericht geht, auch derer, die nicht gezeigt werden.
column-users = Benutzer
    .explanation = Wie viele verschiedene Benutzer darin sind. Bei Anrufen nur auf Wunsch gezählt, da es länger dauert.
column-trunks = Trunks
    .explanation = Verschiedene Trunks, die betroffen waren. Zeilen ohne Trunk betreffen keinen.
column-firstSeen = erstmals gesehen
    .explanation = Der erste Tag, in der Zone der Organisation, an dem der Speicher eine Zeile hat, die so endete, gleich mit welchem Filter. Was älter ist, als der Speicher reicht, ist nicht bekannt.
column-isNew = neu
    .explanation = Ob es an einem der letzten sieben Tage des Zeitraums, in der Zone der Organisation, erstmals gesehen wurde.

# Spalten von Zielen.

column-country = Land
    .explanation = Der Code von ISO 3166-1; 001 für Nummern keines Landes. Leer, wo weder Graph noch die Nummer es sagt.

# Spalten von Benutzern und Nummern.

column-user = Benutzer
    .explanation = Die Kennung des Benutzers, oder sonst der Prinzipalname.
column-displayName = Name
    .explanation = Der Name des Benutzers in der neuesten Zeile, die zählt.
column-userPrincipalName = Prinzipalname
    .explanation = Der Prinzipalname des Benutzers in der neuesten Zeile, die zählt; bei der Auswahl aus Besprechungen von mehreren der letzte nach seinen Buchstaben.
column-lastDay = letzter Tag
    .explanation = Der Tag der neuesten Zeile, die zählt, in der Zone des Lesers.
column-number = Nummer
    .explanation = Die Nummer, wie Zeilen sie haben. Von Nummern draußen, soweit der Leser sie sehen darf: Die gleich aussehen, sind eine.
column-inbound = eingehend
    .explanation = Zeilen von Anrufen, die hereinkamen.
column-outbound = ausgehend
    .explanation = Zeilen von Anrufen, die hinausgingen.
column-lastIn = zuletzt eingehend
    .explanation = Der letzte Tag bis zum Ende des Zeitraums mit einer eingehenden Zeile. Bei eigenen Nummern in der Zone der Organisation und über alle Zeilen des Speichers, gleich mit welchem Filter; bei Nummern draußen in der Zone des Lesers und von den Zeilen, die zählen.
column-lastOut = zuletzt ausgehend
    .explanation = Der letzte Tag bis zum Ende des Zeitraums mit einer ausgehenden Zeile, wie bei zuletzt eingehend.
column-isUnused = unbenutzt
    .explanation = Ob die Nummer im Zeitraum keine Zeile hat, vorher aber welche hatte. Leer bei einem Filter, bei Nummern außerhalb, und für einen früheren Zeitraum, bis zu dessen Ende sie keine hatte.

# Spalten eines Anrufs.

column-startDateTime = Start
    .explanation = Wann der Anruf der anderen Seite übergeben wurde: ausgehend die Annahme.
column-id = Kennung
    .explanation = Die Kennung der Zeile.
column-role = Rolle
    .explanation = Welchen Teil die Zeile am Anruf hat, nach ihrer Anrufart.
column-isAsked = gefragt
    .explanation = Ob es die Zeile ist, nach der gefragt wurde.
column-inviteDateTime = Invite
    .explanation = Wann das erste INVITE gesendet oder empfangen wurde.
column-endDateTime = Ende
    .explanation = Wann ein aufgebauter Anruf endete.
column-failureDateTime = Scheitern
    .explanation = Wann ein Anruf scheiterte.
column-offset = nach der ersten
    .explanation = Wie lange nach der ersten dieser Zeilen sie begann, nach Invite oder sonst Start.
column-setup = Aufbau
    .explanation = Vom Invite bis zum Start. Bei ausgehenden Anrufen gehört das Klingeln dazu.
column-talk = Gespräch
    .explanation = Vom Start bis zum Ende eines angenommenen Anrufs. Der Start eines eingehenden Anrufs ist nicht die Annahme, daher gehört das Klingeln dazu.
column-held = belegt
    .explanation = Von Invite, oder sonst Start, bis Ende oder Scheitern: wie lange ein Kanal belegt war.
column-gap = Lücke
    .explanation = Vom letzten Ende oder Scheitern der Zeilen davor bis zu ihrem Invite, oder sonst Start. Unter null, wo sie sich überschneiden.
column-duration = Dauer
    .explanation = Microsofts Dauer in Sekunden, wie sie ist.
column-successfulCall = erfolgreich
    .explanation = Ob Microsoft sie erfolgreich nennt.
column-userId = Benutzerkennung
    .explanation = Die Kennung des Benutzers.
column-callerNumber = Anrufer
    .explanation = Wer anrief, soweit der Leser die Nummer sehen darf.
column-calleeNumber = Angerufener
    .explanation = Wer angerufen wurde, soweit der Leser die Nummer sehen darf.
column-correlationId = Korrelationskennung
    .explanation = Die Kennung, die Abschnitte eines Anrufs oft teilen.
column-correlationRows = Zeilen damit
    .explanation = Wie viele dieser Zeilen diese Korrelationskennung als irgendeine ihrer Kennungen haben.
column-transferorCorrelationId = Korrelationskennung des Übergebenden
    .explanation = Die Korrelationskennung des Anrufs, der übergeben wurde.
column-transferorRows = Zeilen damit
    .explanation = Wie viele dieser Zeilen diese Korrelationskennung des Übergebenden als irgendeine ihrer Kennungen haben.
column-sharedCorrelationId = gemeinsame Korrelationskennung
    .explanation = Die Korrelationskennung des ersten von mehreren Anrufen, die zusammengehören.
column-sharedRows = Zeilen damit
    .explanation = Wie viele dieser Zeilen diese gemeinsame Korrelationskennung als irgendeine ihrer Kennungen haben.

# Welchen Teil eine Zeile an einem Anruf hat.

role-inbound = eingehend
role-outbound = ausgehend
role-forwarding = Weiterleitung
role-transfer = Übergabe
role-conference = Konferenz
role-unknown = unbekannt
