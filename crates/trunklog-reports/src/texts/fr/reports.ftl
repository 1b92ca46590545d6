# Rapports sur combien et comment on a appelé : ce que chacun dit, ses colonnes et leurs mots.

report-kpis = Chiffres clés
    .explanation = Tous les chiffres clés des appels : de toute la période, par tranche, et d'après ce qui les distingue. Ce qui a des lignes dans la période ou dans celle à laquelle elle est comparée figure dans chaque tranche, avec 0 tentative là où il n'y en a pas. Avec les canaux, aussi leur occupation, pendant le temps de chaque ligne.
report-series = Usage
    .explanation = Combien on a appelé et comment cela s'est terminé, tranche après tranche ; celles sans appel y sont aussi. La première et la dernière tranche peuvent être plus courtes que les autres, car la période peut les couper.
report-heatMap = Heures de la semaine
    .explanation = Chaque heure de chaque jour de la semaine, à l'horloge du fuseau demandé. Une heure appartient à l'heure de l'horloge où elle commence ; celle que l'horloge répète compte donc avec celle qu'elle répète. Avec les canaux, aussi leur occupation.
report-concurrency = Canaux occupés
    .explanation = Combien de canaux les appels ont occupés et mis en conversation, tranche après tranche : des minutes jusqu'à un jour, sinon des heures, sauf demande contraire. L'heure de pointe est celle du temps de chaque ligne ; d'une ligne plus courte qu'une heure, c'est la ligne. Pour celle de toute la période, demandez les chiffres clés avec les canaux.

# Ce qu'un lecteur doit savoir à côté d'une réponse.

note-commits = Des lignes ont été enregistrées encore et encore pendant le compte, ses parties peuvent donc différer de ce qui est arrivé dans les derniers instants.
note-quantiles = Il y a trop de tranches et de groupes pour dire médianes et centiles, ils sont donc omis. Prenez des tranches plus longues, une période plus courte, ou moins de distinctions.

note-usersOfDays = Les utilisateurs sont comptés d'après les sommes par jour et utilisateur.
note-usersOfRows = Les utilisateurs sont comptés d'après les lignes : les sommes par utilisateur n'existent que par jour et par sens.
note-usersOfBoth = Les utilisateurs sont comptés d'après les sommes par jour et utilisateur et, là où une tranche a une partie d'un jour, d'après les lignes.

# Colonnes.

column-start = début
    .explanation = Quand la tranche commence, en UTC.
column-startLocal = début, heure locale
    .explanation = Ce que montre alors l'horloge du fuseau, avec son écart avec UTC.
column-trunk = trunk
    .explanation = Le nom de domaine complet du session border controller du trunk ; vide pour les lignes sans trunk.
column-direction = sens
    .explanation = Si c'était entrant ou sortant, selon le type ; inconnu là où il ne dit ni l'un ni l'autre.
column-callType = type d'appel
    .explanation = Le type d'appel tel que les lignes l'ont ; vide pour les lignes qui n'en ont pas.
column-weekday = jour de la semaine
    .explanation = Le jour de la semaine d'après le calendrier du fuseau.
column-hour = heure
    .explanation = L'heure du jour, de 0 à 23, que montre l'horloge du fuseau.
column-hours = heures
    .explanation = Combien de telles heures la période a ; une partie d'une heure compte pour une.
column-occupiedPeakAt = moment de la pointe
    .explanation = Le premier moment où autant de canaux étaient occupés.

# Mots.

direction-inbound = entrant
direction-outbound = sortant
direction-unknown = inconnu
weekday-monday = lundi
weekday-tuesday = mardi
weekday-wednesday = mercredi
weekday-thursday = jeudi
weekday-friday = vendredi
weekday-saturday = samedi
weekday-sunday = dimanche
report-compared = avant
report-yes = oui
report-no = non
