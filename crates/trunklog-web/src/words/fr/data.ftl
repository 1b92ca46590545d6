# Ce qui est arrivé, ce qui manque, l'espace qui reste.

nav-data = Données
data-about = D'où viennent les lignes, ce qui manque, et jusqu'à quand tout est là. trunklog status, /reports/v1/data et /metrics disent la même chose.
data-none = Aucune source n'est configurée, et aucun import n'est consigné
data-sources = Sources
data-source = source
data-log = journal
data-no-log = journal inconnu
data-until = Complet jusqu'à
data-complete-from = complet depuis
data-complete-until = complet jusqu'à
data-unknown = inconnu : aucune source ne le dit
data-state = état
data-well = en ordre
data-failing = en panne
data-overdue = en retard
data-nothing-yet = rien n'est encore arrivé
data-removed = n'est plus configurée
data-by-hand = importé à la main
data-kind-pull = lue à la source
data-kind-folder = dossier surveillé
data-kind-import = importé à la main
data-succeeded = dernier succès
data-behind = retard
data-every = attendu chaque
data-days = { $n ->
    [one] { $count } jour
   *[other] { $count } jours
}
data-expected = attendus
data-received = reçus
data-new = nouveaux
data-late = tardifs
data-updated = modifiés
data-duplicate = en double
data-rejected = rejetés
data-missing = manquants
data-missing-told = { $value } manquants
data-hours = Période des heures
data-3-days = 3 jours
data-hours-title = Heure par heure
data-hours-of = Heures de { $value }
data-hour = heure
data-hour-nothing = rien n'est arrivé
data-hour-gap = rien n'est arrivé, alors qu'on l'attendait
data-no-hours = Rien n'est arrivé pendant ces heures.
data-strip = { $value } enregistrements sont arrivés pendant ces heures, dont { $count } rejetés.
data-keys = Plus c'est foncé, plus il en est arrivé. Barré : rien n'est arrivé, alors qu'on l'attendait. Avec un triangle : quelque chose a été rejeté ou manque ; trunklog rejects list dit pourquoi.
data-total = En tout, par journal
data-total-of = { $value } en tout
data-ambiguous = { $n ->
    [one] { $count } ligne d'exports, à côté de celles de Graph, dit peut-être le même appel.
   *[other] { $count } lignes d'exports, à côté de celles de Graph, disent peut-être les mêmes appels.
}
data-newest = ligne la plus récente
data-gaps = Lacunes de la dernière semaine
data-failing-since = { $at } est en panne depuis { $value }
data-overdue-since = { $at } est en retard : dernier arrivage { $value }
data-waiting = { $value } est configuré, mais rien n'en est encore venu
data-overdue-told = { $at } est en retard : quelque chose est attendu chaque { $value }.
data-do-pull = trunklog pull --check dit ce qui ne va pas.
data-do-folder = Voyez si des fichiers y sont encore déposés, et ce que contiennent failed/ et le journal du serveur.
data-disk = Disque
data-disk-room = { $value } sur { $from } sont libres.
data-disk-measured = Mesuré { $value }.
data-disk-unknown = Le disque n'a pas encore été mesuré. Un serveur en marche le fait dans l'heure.
data-disk-no-rate = La vitesse à laquelle il se remplit sera connue après un jour.
data-disk-steady = Il ne se remplit pas.
data-disk-rate = À { $value } par jour, il est plein dans { $at }.
data-disk-soon = Le disque sera plein : faites de la place, ou fixez une durée de conservation.
data-disk-urgent = Le disque est presque plein : faites de la place maintenant.
data-disk-full = Le disque est plein : rien de nouveau n'est enregistré, ce qui s'y trouve peut être lu. Faites de la place maintenant.
data-part = ce qui le remplit
data-part-cubes = Sommes pour les rapports
data-part-store = Reste de l'entrepôt
data-part-rejects = Enregistrements rejetés
data-part-exports = Fichiers commandés
data-part-audit = Journal d'audit
data-part-other = Autres fichiers
