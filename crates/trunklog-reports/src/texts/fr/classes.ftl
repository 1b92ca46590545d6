# Façons dont les appels se terminent, avec ce qui appartient à chacune.

class-answered = répondu
    .explanation = Les lignes que Microsoft dit réussies, quels que soient leurs codes.
class-userBusy = occupé
    .explanation = SIP 486 et 600 : l'appelé était occupé.
class-ringNoAnswer = sonnerie sans réponse
    .explanation = SIP 480, et 408 comme réponse finale du SBC (560408) : cela a sonné, et personne n'a répondu.
class-callerGaveUp = abandon de l'appelant
    .explanation = SIP 487 : l'appelant a raccroché avant une réponse.
class-completedElsewhere = répondu ailleurs
    .explanation = SIP 487 avec le sous-code 540200 : le SBC avait dédoublé l'appel, et une autre branche a répondu.
class-terminalReject = refusé
    .explanation = SIP 603 : l'appelé ou son réseau a refusé.
class-calleeNotReachable = appelé injoignable
    .explanation = SIP 480 avec le sous-code 10037, quand l'utilisateur appelé n'est connecté sur aucun appareil, ou 10191, quand la stratégie n'autorise pas de messagerie vocale.
class-diallingError = erreur de numérotation
    .explanation = SIP 404 et 484, et les sous-codes 510412 et 511404 : le numéro est faux, inconnu ou mal formé.
class-barred = interdit
    .explanation = Une stratégie ou une licence absente a interdit l'appel : sous-codes 10199, 510403, 510534, 510559, 510560, 510562 et 510563.
class-configurationFault = défaut de configuration
    .explanation = Ce que le client doit configurer manque ou est faux : un trunk, une route pour les urgences, Location-Based Routing, un bot, un renvoi qui tourne en boucle.
class-sbcFault = défaut du SBC ou de l'opérateur
    .explanation = Le session border controller ou l'opérateur a failli : réponses finales 4xx ou 5xx (540xxx, 560xxx) qu'aucune autre façon ne nomme, et les sous-codes 1106, 500001 et 540400.
class-connectionFault = défaut de connexion
    .explanation = TLS, DNS ou TCP : le service et le session border controller, ou le service et un client, ne se sont pas connectés (sous-codes 5490xx et 5690xx).
class-mediaFault = défaut de média
    .explanation = Les médias n'ont pu être négociés, ou leur chemin s'est rompu (sous-codes 5310xx).
class-microsoftFault = défaut chez Microsoft
    .explanation = SIP 5xx donné ni par le session border controller ni par un client, et les sous-codes 10320 et 10553.
class-unknown = inconnu
    .explanation = Aucune règle ne convient aux codes, ou ils contredisent la ligne. Ces lignes sont comptées à part et non comme efficaces.

# Qui doit agir à la fin d'un appel.

side-nobody = personne
side-user = utilisateurs
side-dialling = numérotation
side-customer = votre configuration
side-sbc = session border controller
side-carrier = opérateur
side-network = réseau
side-microsoft = Microsoft
side-unknown = inconnu
