# Ce qui entoure les pages.

skip = Aller au contenu
navigation = Pages
tenants = Locataires
sign-out = Se déconnecter
nav-health = État
nav-calls = Appels
note-newer = De nouvelles données sont arrivées : tout l'écran a été recalculé.
as-table = En tableau
value-none = aucun
over-n = sur { $value }
ratio-too-few = trop peu d'appels : un taux est donné à partir de { $value }
row-narrows = Ne voir que ceux-ci, sur cette page
change-up = plus que { $value } avant
change-down = moins que { $value } avant
change-level = { $value } avant aussi
spark-told = de { $value }
zoom-out = Élargir la période
to-failures = Tous les échecs
to-destinations = Toutes les destinations

# Erreurs.

error-asked = Impossible à afficher
error-forbidden = Vous n'avez pas accès à ceci
error-not-found = Cette page n'existe pas
error-busy = Le serveur est trop occupé
error-other = Une erreur s'est produite
error-reference = Référence pour le journal : { $value }
error-home = Vers la première page
refused-page = Cette page n'existe pas.
refused-role = Vous n'avez pas le droit de lire cette page.
refused-role-hint = il faut le rôle { $value }, qu'un administrateur donne
refused-tenant = Vous n'avez le droit de lire les appels d'aucun locataire.
refused-tenant-hint = un administrateur donne des rôles pour des locataires

# Ce qui est affiché.

filter = Filtre
filter-ranges = Périodes
filter-from = Du
filter-to = Jusqu'au
filter-zone = Fuseau horaire
filter-compare = Comparer avec
filter-trunk = Trunk
filter-direction = Sens
filter-type = Type d'appel
filter-country = Pays
filter-code = Code SIP
filter-apply = Appliquer
filter-search = Personne ou numéro
filter-search-hint = un nom ou quelques chiffres
filter-search-go = Chercher
filter-chips = Seulement les appels avec
filter-clear = Tout effacer
filter-slow = Par pays, il faut parfois compter les appels un à un, ce qui prend plus de temps.
range-24h = 24 heures
range-7d = 7 jours
range-28d = 28 jours
range-90d = 90 jours
range-today = Aujourd'hui
range-yesterday = Hier
range-this-month = Ce mois
range-last-month = Mois dernier
range-told = { $from } – { $to }, { $zone }
complete-until = complet jusqu'à { $value }
complete-stored = dernier enregistrement { $value } ; aucune source ne dit jusqu'à quand les appels sont complets
complete-unknown = aucune source ne dit jusqu'à quand les appels sont complets
complete-nothing = rien d'enregistré pour l'instant
compare-auto = ce qui convient à la période
compare-previous = la période précédente
compare-week = une semaine avant
compare-four-weeks = quatre semaines avant
compare-year = un an avant, même jour de la semaine
compare-off = rien
direction-all = les deux
chip-trunk = Trunk { $value }
chip-type = Type d'appel { $value }
chip-country = Pays { $value }
chip-code = Code { $value }
chip-user = Utilisateur { $value }
chip-name = Nom avec « { $value } »
chip-number = Numéro { $value }
chip-digits = Numéro avec { $value }
chip-remove = Retirer : { $value }

# Pourquoi il n'y a rien à voir.

state-no-calls = Aucun appel dans cette période.
state-no-data = Pas encore de données : rien n'a été enregistré depuis le début de cette période.
state-no-data-short = pas encore de données
state-cut-off = Pas de données : une source ne livre rien, il manque donc des appels. La page Données dit pourquoi.
state-open = peut encore manquer d'appels
state-not-kept = Ces chiffres ne sont pas tenus pour ce filtre et cette période. Prenez une période plus courte, ou retirez le pays.
state-too-many-title = Trop d'appels pour choisir un pays
state-too-many = Ces appels devraient être lus un à un, puisqu'un pays est choisi, et ils sont trop nombreux : { $count }, pour { $value } au plus. Prenez une période plus courte, choisissez un trunk ou une direction, ou retirez le pays.
state-too-many-leave = Retirer le pays
state-not-connected = Limites de canaux, certificats et SIP OPTIONS : non connectés.

# Comment les appels se sont terminés.

ends-delivered = Acheminés
ends-failed = Échoués
ends-missed = Manqués
ends-unanswered = Sans réponse
group-answered = répondus
group-people = occupé, sans réponse, annulé
group-dialling = numérotation
group-configuration = votre configuration
group-sbc = SBC ou opérateur
group-media = média
group-microsoft = Microsoft
group-unknown = inconnu
classes = Fin des appels
classes-group = Fin

# La première page.

tiles = Chiffres clés
tile-attempts = Tentatives
tile-answered = Répondus
tile-asr = Répondus (ASR)
tile-ner = Acheminés (NER)
tile-failed = Échecs
tile-missed = { $n ->
    [one] { $count } manqué
   *[other] { $count } manqués
}
tile-minutes = Minutes
tile-acd = Durée des appels
tile-occupiedChannels = Canaux occupés, pointe
tile-answerDelayP50 = Délai de réponse, sortants
tile-percentiles = médiane ≈ { $p50 }, 95 % sous ≈ { $p95 }
tile-p95 = médiane ; 95 % sous ≈ { $value }
tile-peak-at = à { $value }
tile-list-attempts = { $n ->
    [one] { $count } appel
   *[other] { $count } appels
}
tile-list-answered = { $n ->
    [one] { $count } appel répondu
   *[other] { $count } appels répondus
}
tile-list-delivered = { $n ->
    [one] { $count } appel acheminé
   *[other] { $count } appels acheminés
}
tile-list-failed = { $n ->
    [one] { $count } appel échoué
   *[other] { $count } appels échoués
}
tile-list-outbound = { $n ->
    [one] { $count } appel sortant répondu
   *[other] { $count } appels sortants répondus
}
metric-missed = Manqués
series-name = { $value } au fil du temps
series-before = avant : { $value }
series-most = Le maximum est { $value }, à { $at }.
series-start = Début
series-keys = Glissez pour agrandir. Au clavier : les flèches lisent les valeurs, Entrée agrandit.
bucket-minute = par minute
bucket-five-minutes = par 5 minutes
bucket-quarter-hour = par quart d'heure
bucket-hour = par heure
bucket-day = par jour
bucket-week = par semaine
bucket-month = par mois
trunks = Trunks
trunk-state = État
trunk-state-told = Jugé seulement à partir de 20 appels : « la plupart des appels échouent » est un NER sous 50 %, « achemine moins » un NER au moins cinq points sous celui de la période comparée, et plus que par hasard.
trunk-trend = Tentatives au fil du temps
trunk-calls = a des appels
trunk-worse = achemine moins
trunk-failing = la plupart des appels échouent
trunk-silent = muet : avait des appels avant
trunk-no-calls = aucun appel
trunk-no-data = pas encore de données
trunks-more = { $n ->
    [one] { $count } autre trunk
   *[other] { $count } autres trunks
}
reasons = Pourquoi des appels sont restés sans réponse
reasons-none = Aucun appel n'est resté sans réponse.
reason-code = Code
reason-change = Évolution
reason-not-before = aucun avant
week = Heures de la semaine
week-name = { $value } par heure de la semaine
week-most = Le maximum : { $value }.
countries = Pays
health-all = Afficher les heures de la semaine et les pays

# Un entrepôt vide.

welcome = Rien n'est enregistré pour l'instant
welcome-text = Le locataire { $value } n'a aucun appel. Quatre façons d'en obtenir :
welcome-text-new = Ce serveur ne connaît encore aucun locataire. Quatre façons d'obtenir des appels, où { $value } représente l'identifiant de votre locataire dans Entra :
welcome-import = Importer ce que vous avez
    .text = Des réponses de Graph enregistrées, ou des exports du centre d'administration : fichiers, dossiers ou entrée standard.
welcome-graph = Connecter Microsoft Graph
    .text = Avec une telle section dans trunklog.toml, le serveur redémarré lit lui-même les nouveaux appels. La première commande dit si le secret, le consentement et le réseau sont corrects, la seconde lit tout de suite.
welcome-folder = Laisser venir des fichiers
    .text = Avec une section [[source]] dans trunklog.toml, le serveur prend chaque fichier déposé dans un dossier, et dit ce qu'il en a fait.
welcome-demo = Découvrir avec des appels inventés
    .text = Ils appartiennent à un locataire à part, pour que rien ne se mélange. Qui a un rôle pour tous les locataires le choisit en haut de la page.
welcome-after = Cette page se remplit dès que des appels sont enregistrés. Rechargez-la alors.
welcome-data = Une source est-elle déjà configurée ? Voir comment elle va
welcome-trunks = Saisir des trunks à l'avance

# Utilisation, fichiers et administration.

nav-usage = Utilisation
nav-admin = Administration

# Le rapport du centre d'administration.

usage-tabs = Rapports
usage-direct-routing = Routage direct
usage-pstn = Forfaits d'appels et Operator Connect
usage-sms = SMS
usage-blocked-users = Utilisateurs bloqués
usage-dial-out = Appels sortants de réunions
usage-filter-left = Une partie du filtre n'a pas de sens pour ce rapport. Elle a été ignorée : toutes les lignes de la période qui répondent au reste sont comptées.
usage-country-left = Les lignes de ce rapport ne peuvent être choisies par pays. Le pays a été ignoré, ici et dans les fichiers faits d'ici ; Appels donne ceux d'un pays.
usage-sums = Au total
usage-rows = Lignes
usage-chart = Lignes dans le temps
usage-no-chart = Ces lignes résument toute la période ; il n'y a donc rien à tracer dans le temps.
usage-none = Aucune ligne dans cette période.
usage-position = { $from } à { $to } sur { $count }, les plus récentes d'abord
usage-newer = Lignes plus récentes
usage-older = Lignes plus anciennes
usage-phrase = texte SIP
usage-bypass = contournement média
usage-operator = opérateur
usage-destination = destination
usage-context = national ou international
usage-charge = coût
usage-connection-charge = frais de connexion
usage-currency = devise
usage-number-type = type de numéro
usage-capability = licence
usage-call-id = id de l'appel
usage-sent = envoyé
usage-source = de
usage-destination-number = à
usage-sms-type = type
usage-units = unités
usage-blocked-at = bloqué ou débloqué
usage-block-mode = ce qui s'est passé
usage-block-reason = raison
usage-remediation = id de correction
usage-location = lieu

# Fichiers exportés.

export = Exporter
export-form = Format
export-zip = Zip comme dans le centre d'administration
export-csv = CSV comme dans le centre d'administration
export-xlsx = Classeur Excel
export-parquet = Parquet
export-ndjson = NDJSON
export-go = Créer le fichier
export-list = Vos fichiers
export-about = Personne d'autre n'obtient ces fichiers. Vous pouvez en avoir { $count } à la fois ; chacun disparaît après { $value } heures, et tous lorsqu'une personne est effacée.
export-file = Fichier
export-range = Période
export-size = Taille
export-state = État
export-until = Conservé jusqu'au
export-rows = { $n ->
    [one] { $count } ligne
   *[other] { $count } lignes
}
export-none = Vous n'avez commandé aucun fichier. Chaque rapport sous Utilisation peut être exporté.
export-again = Actualiser
export-remove = Supprimer
export-remove-one = Supprimer : { $value }
export-making = en préparation
export-done = prêt
export-sheets = prêt. Ses lignes sont dans plusieurs feuilles, car une feuille d'Excel en a au plus { $value }.
export-stopped = non créé : le serveur s'est arrêté ou était trop occupé. Commandez-le à nouveau.
export-too-large = non créé : il serait devenu trop grand. Choisissez une période plus courte.
export-disk = non créé : le disque du serveur est plein. Informez qui gère le serveur.
export-no-rows = non créé : les lignes n'ont pas pu être lues. Commandez-le à nouveau ou informez qui gère le serveur.

# Administration.

admin-people = Personnes
admin-sessions = Sessions
admin-trail = Journal d'audit
admin-said-roles = Les rôles ont été définis. Ils valent dès la prochaine requête.
admin-said-removed = Le compte a été supprimé et ses sessions sont terminées.
admin-said-ended = La session est terminée.
admin-said-named = Le nom du client a été défini.
admin-people-about = Les comptes de ce serveur. Ce que peuvent faire les personnes d'Entra ID, de Keycloak et autres découle de leurs groupes ou rôles, selon la table dans trunklog.toml. Les nouveaux comptes et mots de passe se créent sur le serveur : trunklog user add, trunklog user reset.
admin-people-none = Il n'y a aucun compte que vous puissiez voir.
admin-person = Personne
admin-roles = Rôles
admin-app = Application d'authentification
admin-app-set = configurée
admin-app-missing = absente
admin-since = Depuis
admin-change = Modifier
admin-change-of = Modifier { $value }
admin-set-roles = Définir les rôles
admin-remove = Supprimer le compte
admin-remove-one = Supprimer le compte { $value }
admin-own = C'est vous. Quelqu'un d'autre modifie vos rôles.
grant-aggregates = lit les sommes
grant-calls = lit les appels, numéros masqués
grant-full-numbers = voit les numéros entiers
grant-export = exporte des fichiers
grant-administer = administre
grant-unknown = un autre rôle
grant-for-all = { $value }, pour tous les locataires
grant-elsewhere = rôles pour d'autres locataires
admin-by = Attestée par
admin-by-account = un compte de ce serveur
admin-signed-in = Connectée
admin-last-seen = Dernière utilisation
admin-ends = Se termine au plus tard
admin-address = Adresse
admin-sessions-none = Personne n'est connecté.
admin-end = Terminer la session
admin-end-one = Terminer la session de { $value }
admin-session-own = celle-ci
admin-tenants-about = Les locataires que vous administrez. Les fuseaux et les chiffres masqués se règlent dans trunklog.toml.
admin-tenant = Client
admin-name = Nom
admin-zone = Fuseau de ses jours
admin-digits = Chiffres masqués
admin-name-go = Définir le nom
admin-name-fixed = nommé dans trunklog.toml
admin-trail-about = Personnes, numéros et adresses sont des pseudonymes. Consulter le journal y laisse aussi une entrée.
admin-trail-names = Les noms figurent là où leurs clés sont encore conservées. Que vous les ayez consultés est noté au journal.
admin-with-names = Avec les noms
admin-without-names = Avec des pseudonymes
admin-what = Ce qui a été fait
admin-what-all = tout
admin-entry = Entrée
admin-time = Heure
admin-who = Qui
admin-about = À propos de
admin-outcome = Issue
admin-trail-none = Il n'y a pas de telle entrée dans cette période.
admin-older = Entrées plus anciennes

# Ce que contient le journal d'audit.

act-sign-in = s'est connecté
act-sign-out = s'est déconnecté
act-session-revoke = a fermé une session
act-calls-read = a lu des appels
act-report-read = a lu un rapport
act-number-reveal = a fait afficher un numéro
act-calls-export = a exporté des appels
act-calls-import = a importé des appels
act-calls-delete = a supprimé des appels
act-person-export = a remis les données d'une personne ou d'un numéro
act-person-erase = a effacé une personne ou un numéro
act-person-hold = a changé ce qui est gardé de la suppression
act-application-add = a inscrit une application
act-application-change = a modifié une application
act-application-remove = a retiré une application
act-account-add = a créé un compte
act-account-change = a modifié un compte
act-account-remove = a retiré un compte
act-setting-change = a modifié un réglage
act-tenant-change = a modifié un locataire
act-server-start = le serveur a démarré
act-server-stop = le serveur s'est arrêté
act-audit-read = a consulté le journal d'audit
act-audit-export = a exporté le journal d'audit
act-trail-started = le journal d'audit a commencé
act-trail-file = nouveau fichier du journal d'audit
act-trail-mended = une ligne interrompue a été réparée
act-trail-lost = des entrées manquent
act-trail-gap = des lectures n'ont pas été notées
act-trail-expired = d'anciens fichiers ont été retirés
act-trail-forgot = les clés de quelqu'un ont été détruites
act-range-all = toute la période
act-ends-failed = appels échoués
act-ends-delivered = appels acheminés
act-ends-missed = appels manqués
act-ends-unanswered = appels sans réponse
act-ends-other = appels terminés ainsi : { $value }
act-by-class = la fin de l'appel
