# Utilisateurs, numéros, destinations.

nav-users = Utilisateurs
nav-numbers = Numéros
nav-destinations = Destinations
users-most = Les { $value } utilisateurs avec le plus d'appels. Cherchez une personne ci-dessus pour en trouver d'autres.
numbers-own = Numéros propres
numbers-unused = Inutilisés
numbers-outside = Numéros externes
numbers-unused-told = { $n ->
    [one] { $count } numéro propre a servi avant cette période, et pas dans celle-ci. Les plus anciennement utilisés sont en premier.
   *[other] { $count } numéros propres ont servi avant cette période, et pas dans celle-ci. Les plus anciennement utilisés sont en premier.
}
numbers-position = { $from } à { $to } sur { $count }
numbers-previous = Numéros précédents
numbers-further = Numéros suivants
numbers-most = Les { $value } numéros avec le plus d'appels. Cherchez des chiffres ci-dessus pour en trouver d'autres.
numbers-none-unused = Chaque numéro propre déjà utilisé l'a été dans cette période.
numbers-unused-narrowed = Avec un filtre, on ne peut dire quels numéros sont inutilisés. Effacez-le pour les voir.
