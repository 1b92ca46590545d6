# La liste des appels.

calls = Appels
calls-count = { $n ->
    [one] { $count } appel
   *[other] { $count } appels
}
calls-newest-first = les plus récents d'abord
calls-oldest-first = les plus anciens d'abord
calls-to-newest = Les plus récents d'abord
calls-to-oldest = Les plus anciens d'abord
calls-outdated = De nouveaux appels sont arrivés depuis le début de cette liste. Elle reste telle quelle ; sa première page les montre.
calls-looked = Appels examinés jusqu'à { $value }. La page suivante continue.
calls-columns = Colonnes
calls-columns-hint = Choisissez une colonne pour la montrer ou la cacher.
calls-columns-usual = Les colonnes habituelles
calls-column-hide = Cacher :
calls-column-show = Montrer :
calls-pager = Pages de la liste
calls-first = Première page
calls-next = Page suivante
calls-legs = { $n ->
    [one] { $count } tronçon
   *[other] { $count } tronçons
}
calls-leg = même appel
calls-time = Horodatage
calls-name = Nom complet
calls-sip-address = Adresse SIP
calls-caller = Numéro de l'appelant
calls-callee = Numéro de l'appelé
calls-type = Type d'appel
calls-called-to = Pays de l'autre partie
calls-start = Début
calls-invite = Invitation
calls-failure = Échec
calls-end = Fin
calls-duration = Durée
calls-bypass = Déviation du trafic multimédia
calls-sbc = FQDN du SBC
calls-media = Région Azure des médias
calls-signaling = Région Azure de la signalisation
calls-event = Type d'événement
calls-success = Réussi
calls-attempt = Tentative
calls-sip = Code SIP final
calls-sub = Sous-code Microsoft final
calls-phrase = Texte SIP final
calls-correlation = ID de corrélation
calls-shared = ID de corrélation partagé
calls-class = Comment il s'est terminé
calls-id = ID

# Un appel.

call-title = Appel du { $value }
call-back = Vers la liste
call-reason = Pourquoi il s'est terminé
call-code-unknown = non documenté ; expliqué par ses parties
call-facts = Détails
call-steps = Ce qui s'est passé
call-step = Étape
call-step-time = Heure
call-step-gap = Après
call-step-invite = Invitation
call-step-passed = Transmis à Teams
call-step-answer = Décroché
call-step-end = Terminé
call-step-failure = Échoué
call-side-sbc = SBC
call-side-teams = Teams
call-ladder-told = De la première étape à la dernière : { $value }.
call-ladder-empty = La ligne n'a pas d'heures.
call-legs = Tronçons
call-gap-told = De la fin du tronçon précédent à l'invitation de celui-ci. Négatif : il a commencé avant la fin de l'autre.
call-this = celui-ci
call-similar = Échecs semblables dans l'heure
call-similar-count = { $n ->
    [one] { $count } appel de ce trunk s'est terminé ainsi dans l'heure avant ou après.
   *[other] { $count } appels de ce trunk se sont terminés ainsi dans l'heure avant ou après, dont celui-ci.
}
call-similar-all = Les afficher tous
call-support = Pour un ticket
call-support-hint = Ce que le support de Microsoft ou d'un opérateur demande d'abord.
call-json = Tel que Graph le donne
call-json-show = Afficher le JSON
call-copy = Copier
call-copied = Copié

# Un numéro masqué, affiché.

reveal-show-caller = Afficher le numéro de l'appelant
reveal-show-callee = Afficher le numéro de l'appelé
reveal-reason = Pourquoi vous en avez besoin
reveal-about = Le journal d'audit garde que vous l'avez vu, et pourquoi.
reveal-go = Afficher le numéro
reveal-title = Numéro d'un appel
reveal-back = Vers l'appel
reveal-note = Le journal d'audit sait que vous l'avez vu, et pourquoi. Il n'est affiché ici qu'une fois.
reveal-problem = Dites pourquoi vous avez besoin du numéro, en { $value } caractères au plus.
reveal-too-many = Vous pouvez faire afficher { $count } numéros par heure, et vous l'avez fait. { $n ->
    [one] Revenez dans une minute.
   *[other] Revenez dans { $value } minutes.
} Qui en a besoin de plus a besoin du rôle full-numbers, que donne un administrateur.
