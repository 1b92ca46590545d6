# Ce qui a échoué.

nav-failures = Échecs
failures-none = Aucun appel n'a échoué dans cette période.
failures-told = { $n ->
    [one] { $count } appel échoué
   *[other] { $count } appels échoués
}
failures-pairs = { $n ->
    [one] { $count } paire de codes
   *[other] { $count } paires de codes
}
failures-new-pairs = { $n ->
    [one] dont { $count } nouvelle depuis 7 jours
   *[other] dont { $count } nouvelles depuis 7 jours
}
failures-sides = Qui doit agir
failures-matrix = Code SIP par sous-code
failures-all-subcodes = tous
failures-matrix-more = { $n ->
    [one] { $count } autre sous-code n'est que dans la liste des causes
   *[other] { $count } autres sous-codes ne sont que dans la liste des causes
}
failures-causes = Causes
failures-more = { $n ->
    [one] { $count } autre paire de codes ; un filtre la montre
   *[other] { $count } autres paires de codes ; un filtre les montre
}
failures-new = nouveau
failures-count-users = Compter les utilisateurs touchés, ce qui prend un moment

# La fiche de preuve.

evidence = Preuve
evidence-sheet = Fiche
evidence-all = Fiche de preuve de tous
evidence-title = Appels échoués : preuve
evidence-print = Imprimer
evidence-more = Seuls les appels les plus récents sont listés. Une période plus courte ou un filtre liste les autres.
evidence-codes = Comment ils se sont terminés
evidence-calls = Les appels
evidence-definitions = Ce que disent les mots
evidence-text = En texte, pour un ticket ou un courriel
evidence-text-hint = Toute cette fiche, en temps UTC :
evidence-tenant = Locataire
evidence-range = Période
evidence-no-filter = aucun : tous les appels échoués de la période
evidence-count = Appels
evidence-counted = { $n ->
    [one] { $count } appel échoué (n), { $value } listé
   *[other] { $count } appels échoués (n), { $value } listés
}
evidence-zone = { $value } ; début aussi en UTC
evidence-complete = Exhaustivité
evidence-made = Établie
evidence-version = Version des définitions / des données
evidence-masked = Masqué
evidence-masked-digits = les { $value } derniers chiffres des numéros externes sont cachés à qui a établi cette fiche
evidence-number = Nº
evidence-start = Début
evidence-invite = Invite
evidence-end = Fin ou échec
evidence-caller = Appelant
evidence-callee = Appelé
evidence-ids = Identifiants de corrélation et de ligne
evidence-ids-told = L'identifiant de corrélation est celui que demande le support de Microsoft. Ensuite celui de la ligne dans le rapport de Graph, et ceux qui relient les segments d'un appel, s'il en a.
evidence-times = Heures
evidence-times-told = Telles que le rapport de Microsoft les donne : l'invite est la première demande de l'appel, le début son passage à l'autre côté.
