# La capacité des trunks.

nav-trunks = Trunks
trunks-count = { $n ->
    [one] { $count } trunk
   *[other] { $count } trunks
}
trunks-found = { $count } sur { $value } trunks
trunks-to-look-at = { $value } à regarder
trunks-none-to-look-at = aucun à regarder
trunks-find = Nom d'un trunk ou d'un opérateur
trunks-find-go = Trouver
trunks-none-so = Aucun trunk ne porte ce nom.
capacity = Canaux
capacity-over-time = Canaux occupés au fil du temps
capacity-peak = Canaux occupés, pic
capacity-peak-at = Heure du pic
capacity-limit = Canaux disponibles
capacity-no-limit = Le nombre de canaux n'est pas connu. Indiquez-le dans l'inventaire pour voir à quel point le pic s'en approche.
capacity-full = Pic à 90 % ou plus
capacity-full-of = { $value } intervalles sur { $count }
capacity-traffic = Trafic en erlangs
capacity-busy-hour = Erlangs à l'heure la plus chargée
capacity-needed = Canaux nécessaires
capacity-one-percent = Canaux nécessaires si 1 % des appels peut trouver tout occupé
capacity-one-per-mille = Canaux nécessaires si 0,1 % des appels peut trouver tout occupé
capacity-blocked = Appels de l'heure la plus chargée qui trouvent tout occupé (Erlang B)

# Notre propre contrôle des trunks.

probe-certificate = Certificat
probe-options = SIP OPTIONS
probe-off = Certificats et SIP OPTIONS : non connectés. La section [probe] de la configuration active notre propre contrôle des trunks.
probe-means = Vu depuis ce serveur. Un SBC qui ne nous répond pas peut très bien répondre à Microsoft.
probe-not-connected = non connecté
probe-no-certificate = aucun ne nous a été présenté
probe-expired = expiré
probe-days = { $n ->
    [one] encore { $count } jour
   *[other] encore { $count } jours
}
probe-answered = a répondu { $value }
probe-no-answer = pas de réponse à nous
probe-misses = { $n ->
    [one] { $count } fois
   *[other] { $count } fois de suite
}
probe-last = dernière réponse { $value }
probe-fault-expired = il a pris fin
probe-fault-not-yet = il n'est pas encore valable
probe-fault-other-name = il est pour un autre nom
probe-fault-unknown-issuer = émis par une autorité inconnue de ce serveur
probe-fault-unchecked = non vérifié : ce serveur n'a pas de liste d'autorités
probe-fault-other = il présente un défaut
probe-name-not-found = le nom n'a pas d'adresse
probe-address-refused = son adresse est celle de cette machine, elle n'est pas contrôlée
probe-refused = connexion refusée
probe-no-connection = pas de connexion à temps
probe-no-tls = pas de TLS
probe-wants-certificate = il veut un certificat que nous n'avons pas
probe-silent = rien n'est revenu à temps
probe-closed = il a fermé la connexion
probe-no-sip = la réponse n'est pas du SIP

# Ce que l'on sait des trunks.

inventory = Inventaire
inventory-back = Tous les trunks
inventory-calls = Appels
inventory-none = Pas encore de trunks : aucun n'a d'appels ni n'est dans l'inventaire.
inventory-unknown = On ne sait rien de ce trunk en dehors de ses appels.
inventory-unreadable = Ce qui est enregistré de { $value } n'est pas lisible par cette version du programme.
inventory-kind = Quoi
inventory-value = Valeur
inventory-figure = Indicateur
inventory-from = Du
inventory-until = Au (dernier jour)
inventory-origin = Indiqué par
inventory-configured = la configuration
inventory-entered = des personnes
inventory-name = Nom
inventory-carrier = Opérateur
inventory-alias = Autre nom du SBC
inventory-channels = Canaux
inventory-port = Port SIP
inventory-fqdn = FQDN du SBC
inventory-add = Ajouter des trunks
inventory-add-hint = Un trunk avec des appels figure ici de toute façon. Donnez-lui un nom ; le reste est sur sa page.
inventory-add-go = Ajouter
inventory-import-hint = Ou collez ce que cette commande affiche. Les noms, ports et limites de canaux en sont repris ; ce qui a changé vaut dès aujourd'hui.
inventory-import = Sortie en JSON
inventory-import-go = Reprendre
inventory-change = En dire plus
inventory-change-hint = Sans dates, cela vaut toujours. De ce qui est dit deux fois pour un jour, la dernière entrée compte. Un SBC renommé est un seul trunk : indiquez son autre nom.
inventory-remove = Retirer
inventory-remove-what = Retirer { $value }
inventory-forget = Retirer tout ce qui a été saisi sur ce trunk
