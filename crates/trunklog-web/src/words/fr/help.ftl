# Ce que veulent dire chiffres clés et codes.

nav-help = Aide
to-help = Tous les chiffres clés
to-codes = Tous les codes
help-told = Chaque nombre de ces pages, avec sa formule, sa norme et un exemple.
help-figure = Chiffre clé
help-formula = Formule
help-standard = Norme
help-no-standard = aucune : d'usage, ou la nôtre
help-unit = Unité
help-key = Nom dans l'API
help-example = Exemple calculé
help-example-told = Douze appels d'une heure, et ce que chacun apporte à ce chiffre :
help-example-of = Exemple : { $value }
help-span = De l'invite à la fin
help-until-start = Jusqu'au début
help-after-start = Après le début
help-brings = Apporte
help-leg = segment
help-ratio = { $from } ÷ { $to } = { $value }
help-mean = Moyenne de { $count } valeurs : { $value }
help-quantile = Dans l'ordre : { $from }. Jusqu'à { $at } d'entre elles : environ { $value }
help-sum = Ensemble : { $value }
help-peak = Le plus en même temps : { $value }
help-channels = Pour { $from } erlangs : { $value }
codes = Codes
codes-told = Les paires documentées de code SIP et de sous-code de Microsoft : ce qui s'est passé, qui doit agir, et que faire. Toute autre paire est expliquée par ses parties.
codes-look-up = Chercher
codes-no-others = Aucune autre paire n'est documentée.
code-title = Code { $value }
code-unknown = Cette paire n'est documentée nulle part. Ce qui suit est ce que disent ses deux codes, donc aucun côté n'est nommé.
code-same-sip = Paires avec le même code SIP
code-same-subcode = Paires avec le même sous-code
code-source = Source
code-calls = { $n ->
    [one] { $count } appel de cette période s'est terminé ainsi
   *[other] { $count } appels de cette période se sont terminés ainsi
}
code-counts = Dans le NER
code-effective = compte comme acheminé
code-ineffective = compte comme échoué
code-left-out = compte comme échoué, et est exclu du taux ajusté
