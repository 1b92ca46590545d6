# Reports on other logs than that of direct routing.

report-pstnCalls = Appels par Calling Plans et Operator Connect
    .explanation = Combien d'appels il y a eu, combien de temps ils ont duré et ce qu'ils ont coûté, par devise et selon ce qui est demandé d'autre. L'argent est additionné exactement, comme les lignes de Microsoft l'indiquent, et jamais entre devises ; les appels sont donc aussi séparés par devise. Toutes les lignes comptent, prises ou non.
report-sms = Messages
    .explanation = Combien de messages il y a eu, en combien de parties, et ce qu'ils ont coûté, par devise et selon ce qui est demandé d'autre. L'argent est additionné exactement et jamais entre devises.
report-blockedUsers = Utilisateurs bloqués
    .explanation = Combien de fois des utilisateurs ont été bloqués et débloqués, combien ils étaient, et quand pour la dernière fois, selon l'acte et sa raison si rien d'autre n'est demandé.
report-dialOut = Appels sortants des réunions
    .explanation = Ce que les appels depuis des réunions ont donné : par organisateur, lieu, type de destination et devise, ceux qui ont le plus d'appels d'abord. C'est ce que dit getPstnOnlineMeetingDialoutReport : les appels des conférences et, à côté, les lignes stockées des périodes où aucun tel appel n'est connu.

# Columns.

column-smsType = type de message
    .explanation = Le type du message tel que les lignes l'indiquent ; vide pour les lignes qui n'en ont pas.
column-licence = licence
    .explanation = La licence avec laquelle l'utilisateur a appelé ou écrit, par exemple MCOPSTN2 ; vide pour les lignes qui n'en ont pas.
column-destination = destination
    .explanation = Le pays ou la région appelé ou destinataire, sous le nom que portent les lignes ; vide pour les lignes qui n'en ont pas.
column-blockMode = acte
    .explanation = Si l'utilisateur a été bloqué ou débloqué.
column-blockReason = raison
    .explanation = Pourquoi, dans les mots de Microsoft.
column-currency = devise
    .explanation = La devise de tous les coûts de la ligne, par son code ISO 4217 ; vide pour les lignes qui n'en ont pas.
column-totalCalls = appels
    .explanation = Combien de lignes il y a, prises ou non.
column-totalMinutes = minutes
    .explanation = La somme de la durée de Microsoft de toutes les lignes, en secondes, divisée par 60.
column-totalMessages = messages
    .explanation = Combien de lignes il y a.
column-totalUnits = parties
    .explanation = La somme des parties dont les messages étaient faits.
column-totalCharge = coûts
    .explanation = La somme exacte de ce que les lignes ont coûté, dans la devise de la ligne. Les lignes sans coût n'ajoutent rien.
column-totalConnectionCharge = frais de connexion
    .explanation = La somme exacte de ce que la connexion a coûté, dans la devise de la ligne. Les lignes sans ces frais n'ajoutent rien.
column-events = fois
    .explanation = Combien de fois cela a été fait.
column-newest = dernière fois
    .explanation = Quand cela a été fait pour la dernière fois.
column-userDisplayName = nom
    .explanation = Le nom de l'utilisateur ; de plusieurs le dernier par ses lettres.
column-usageLocation = lieu
    .explanation = Le pays de l'utilisateur, par son code ISO 3166-1.
column-destinationContext = type de destination
    .explanation = Si les appels étaient nationaux ou internationaux, dans les mots de Microsoft.
