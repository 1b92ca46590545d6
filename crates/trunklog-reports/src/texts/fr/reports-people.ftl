# Rapports sur les fins d'appels, les destinations, les utilisateurs, les numéros et les appels seuls.

report-endReasons = Raisons de fin
    .explanation = Pourquoi des appels se sont terminés : lignes par code SIP et sous-code de Microsoft, avec le sens des codes, qui doit agir et que faire. Les lignes réussies sont distinguées d'autres aux mêmes codes. Dans une comparaison, les raisons disparues y sont avec 0 ligne.
report-failures = Échecs
    .explanation = Ce qui a mal tourné : lignes que ni une réponse ni le comportement d'utilisateurs n'a terminées, par code SIP et sous-code de Microsoft. Première fois et nouveau portent sur toutes les lignes de l'entrepôt, quel que soit le filtre.
report-destinations = Destinations
    .explanation = Les pays appelés et qui appellent, d'après ce que Graph dit de l'autre partie, ou sinon d'après son numéro. Un lecteur à qui des chiffres sont cachés apprend le pays de ce qui reste d'un numéro, là où des appels seuls pourraient être distingués.
report-users = Utilisateurs
    .explanation = Ce que chaque utilisateur a fait, ceux qui ont le plus d'appels d'abord. Un utilisateur est désigné par l'identifiant, ou sinon par le nom principal. Les lignes sans l'un ni l'autre sont exclues.
report-numbers = Numéros
    .explanation = Ce qu'il est advenu de chacun des numéros de l'organisation, y compris ceux utilisés avant la période et non pendant ; ou, sur demande, les numéros extérieurs, autant que le lecteur peut les voir. Un appel renvoyé ou transféré n'appartient à aucun, car son appelant peut être celui qui a appelé d'abord.
report-call = Appel
    .explanation = Un appel, et toutes les lignes dans les 24 heures qui partagent avec lui ou l'une d'elles un identifiant de corrélation, celui de l'auteur du transfert ou un identifiant partagé, dans l'ordre du temps.

# Ce qu'un lecteur doit savoir à côté d'une réponse.

note-moreLegs = Plus de lignes partagent un identifiant avec cet appel ou ses segments qu'il n'en est dit ici.

# Colonnes de raisons.

column-sipCode = code SIP
    .explanation = Le code SIP final ; 0 là où un appel établi s'est terminé normalement.
column-subcode = sous-code
    .explanation = Le sous-code de Microsoft.
column-class = façon
    .explanation = Comment l'appel s'est terminé. Une ligne réussie est répondue quels que soient ses codes.
column-side = côté
    .explanation = Qui doit y faire quelque chose ; personne, là où rien ne va mal.
column-cause = cause
    .explanation = Ce que les codes veulent dire. Là où la paire n'est pas documentée, ce que chacun dit de lui-même.
column-action = que faire
    .explanation = Que faire à ce sujet. Vide là où rien ne va mal, ou rien n'est connu.
column-share = part
    .explanation = La part de toutes les lignes dont parle le rapport, y compris celles qui ne sont pas montrées.
column-users = utilisateurs
    .explanation = Combien d'utilisateurs différents il contient. Pour les appels, comptés seulement sur demande, car cela prend plus de temps.
column-trunks = trunks
    .explanation = Les différents trunks touchés. Les lignes sans trunk n'en touchent aucun.
column-firstSeen = première fois
    .explanation = Le premier jour, dans le fuseau de l'organisation, où l'entrepôt a une ligne terminée ainsi, quel que soit le filtre. Ce qui est plus ancien que l'entrepôt n'est pas connu.
column-isNew = nouveau
    .explanation = Si c'est apparu pour la première fois un des sept derniers jours de la période, dans le fuseau de l'organisation.

# Colonnes de destinations.

column-country = pays
    .explanation = Le code de l'ISO 3166-1 ; 001 pour les numéros d'aucun pays. Vide là où ni Graph ni le numéro ne le dit.

# Colonnes d'utilisateurs et de numéros.

column-user = utilisateur
    .explanation = L'identifiant de l'utilisateur, ou sinon le nom principal.
column-displayName = nom
    .explanation = Le nom de l'utilisateur dans la ligne la plus récente qui compte.
column-userPrincipalName = nom principal
    .explanation = Le nom principal de l'utilisateur dans la ligne la plus récente qui compte ; pour les appels sortants des réunions, de plusieurs le dernier par ses lettres.
column-lastDay = dernier jour
    .explanation = Le jour de la ligne la plus récente qui compte, dans le fuseau du lecteur.
column-number = numéro
    .explanation = Le numéro tel que les lignes l'ont. Des numéros extérieurs, autant que le lecteur peut les voir : ceux qui se ressemblent n'en font qu'un.
column-inbound = entrants
    .explanation = Les lignes d'appels entrés.
column-outbound = sortants
    .explanation = Les lignes d'appels sortis.
column-lastIn = dernier entrant
    .explanation = Le dernier jour jusqu'à la fin de la période avec une ligne entrante. Pour les numéros de l'organisation dans son fuseau et sur toutes les lignes de l'entrepôt, quel que soit le filtre ; pour les numéros extérieurs dans le fuseau du lecteur et parmi les lignes qui comptent.
column-lastOut = dernier sortant
    .explanation = Le dernier jour jusqu'à la fin de la période avec une ligne sortante, comme pour le dernier entrant.
column-isUnused = inutilisé
    .explanation = Si le numéro n'a aucune ligne dans la période, alors qu'il en avait avant. Vide avec un filtre, pour les numéros externes, et pour une période antérieure jusqu'à la fin de laquelle il n'en avait pas.

# Colonnes d'un appel.

column-startDateTime = début
    .explanation = Quand l'appel a été passé à l'autre côté : pour un sortant, la réponse.
column-id = identifiant
    .explanation = L'identifiant de la ligne.
column-role = rôle
    .explanation = Quelle part la ligne a dans l'appel, d'après son type d'appel.
column-isAsked = demandée
    .explanation = Si c'est la ligne qui a été demandée.
column-inviteDateTime = invite
    .explanation = Quand le premier INVITE a été envoyé ou reçu.
column-endDateTime = fin
    .explanation = Quand un appel établi s'est terminé.
column-failureDateTime = échec
    .explanation = Quand un appel a échoué.
column-offset = après la première
    .explanation = Combien de temps après la première de ces lignes elle a commencé, d'après l'invite ou sinon le début.
column-setup = établissement
    .explanation = De l'invite au début. Pour les appels sortants, la sonnerie est comprise.
column-talk = conversation
    .explanation = Du début à la fin d'un appel répondu. Le début d'un appel entrant n'est pas la réponse, la sonnerie est donc comprise.
column-held = occupation
    .explanation = De l'invite, ou sinon du début, à la fin ou à l'échec : combien de temps un canal a été occupé.
column-gap = écart
    .explanation = De la dernière fin ou du dernier échec des lignes précédentes à son invite, ou sinon à son début. Sous zéro là où elles se chevauchent.
column-duration = durée
    .explanation = La durée de Microsoft en secondes, telle quelle.
column-successfulCall = réussie
    .explanation = Si Microsoft la dit réussie.
column-userId = identifiant de l'utilisateur
    .explanation = L'identifiant de l'utilisateur.
column-callerNumber = appelant
    .explanation = Qui a appelé, autant que le lecteur peut voir le numéro.
column-calleeNumber = appelé
    .explanation = Qui a été appelé, autant que le lecteur peut voir le numéro.
column-correlationId = identifiant de corrélation
    .explanation = L'identifiant que les segments d'un appel partagent souvent.
column-correlationRows = lignes avec
    .explanation = Combien de ces lignes ont cet identifiant de corrélation parmi leurs identifiants.
column-transferorCorrelationId = identifiant de corrélation de l'auteur du transfert
    .explanation = L'identifiant de corrélation de l'appel qui a été transféré.
column-transferorRows = lignes avec
    .explanation = Combien de ces lignes ont cet identifiant de corrélation de l'auteur du transfert parmi leurs identifiants.
column-sharedCorrelationId = identifiant de corrélation partagé
    .explanation = L'identifiant de corrélation du premier de plusieurs appels qui vont ensemble.
column-sharedRows = lignes avec
    .explanation = Combien de ces lignes ont cet identifiant de corrélation partagé parmi leurs identifiants.

# Quelle part une ligne a dans un appel.

role-inbound = entrant
role-outbound = sortant
role-forwarding = renvoi
role-transfer = transfert
role-conference = conférence
role-unknown = inconnu
