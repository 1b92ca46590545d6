# Connexion et déconnexion.

sign-in = Connexion
sign-in-go = Se connecter
sign-in-with = Se connecter avec { $value }
sign-in-or = ou avec un compte de ce serveur
sign-in-name = Nom
sign-in-password = Mot de passe
sign-in-nobody = Personne ne peut encore se connecter. La personne qui gère ce serveur crée le premier compte sur sa machine :
sign-in-nobody-providers = Pour Entra ID, Keycloak et d'autres fournisseurs d'identité, il y a { $value } dans la configuration.
sign-in-next = Continuer
sign-in-again = Recommencer
sign-in-signed-out = Vous êtes déconnecté ici. Chez un fournisseur d'identité, vous êtes peut-être encore connecté.
sign-in-over = Cela a pris trop de temps, ou votre compte a changé entre-temps. Veuillez vous connecter à nouveau.
sign-in-wrong = Le nom ou le mot de passe est incorrect.
sign-in-lapsed = Le délai pour configurer une application est écoulé. Demandez à la personne qui gère ce serveur de réinitialiser votre compte.
sign-in-wait = { $n ->
    [one] Il y a eu trop d'échecs. Réessayez dans { $count } seconde.
   *[other] Il y a eu trop d'échecs. Réessayez dans { $count } secondes.
}
sign-in-wait-minutes = Il y a eu trop d'échecs. Réessayez dans { $value } minutes.

# Le code de l'application.

app-code-page = Code
app-code-title = Votre code
app-code-six = Les six chiffres que votre application d'authentification affiche maintenant
app-code-lost = Application perdue ? L'un de vos codes de secours fonctionne ici aussi, une seule fois.
app-code-wrong = Ce n'est pas le code que l'application affiche maintenant, ou il a déjà servi. Attendez le suivant.
codes-page = Codes de secours
codes-title = Conservez ces codes de secours
codes-about = Si l'application est perdue, chacun d'eux connecte { $value } une fois, à la place des six chiffres. Ils ne peuvent pas être affichés à nouveau : imprimez-les, ou mettez-les dans un gestionnaire de mots de passe.
codes-kept = Je les ai conservés

# Un nouveau compte.

set-up = Configurer votre compte
set-up-password = Choisissez un mot de passe
set-up-password-hint = Au moins 12 caractères, quatre mots par exemple. Celui que vous avez reçu ne fonctionnera plus ensuite.
set-up-new = Nouveau mot de passe
set-up-again = Le même encore une fois
set-up-differ = Les deux mots de passe diffèrent.
set-up-app = Ajoutez ce compte à une application d'authentification
set-up-app-hint = Lisez ceci avec une application de codes à usage unique sur votre téléphone, ou saisissez-y la clé.
set-up-drawing = La clé sous forme de code QR
set-up-open = Ouvrir une application sur cet appareil
set-up-six = Les six chiffres que l'application affiche maintenant
password-short = Le mot de passe est trop court : prenez au moins 12 caractères, quatre mots par exemple.
password-long = Le mot de passe est trop long : prenez au plus 256 caractères.
password-control = Le mot de passe contient un caractère de contrôle : prenez des lettres, des chiffres, des signes et des espaces.
password-uniform = Le mot de passe a trop peu de caractères différents : prenez-en au moins cinq.
password-common = Le mot de passe est l'un des plus courants : prenez-en un autre.
password-own = Le mot de passe n'est guère plus que le nom du compte ou de ce programme : prenez-en un autre.
password-given = Le mot de passe est celui qui vous a été remis : prenez-en un autre.

# Pourquoi personne n'a été connecté.

fault-page = Vous n'êtes pas connecté
fault-back = Vers la connexion
fault-failed = Cela n'a pas fonctionné
fault-not-started = Cette connexion n'a pas été commencée dans ce navigateur, est trop ancienne ou a déjà servi. Recommencez.
fault-unreachable = Le fournisseur d'identité ne répond pas comme il devrait. Réessayez dans un instant ; le journal du serveur en dit plus.
fault-refused = Le fournisseur d'identité a refusé. Réessayez, ou demandez à la personne qui le gère.
fault-needs-person = Veuillez vous connecter à nouveau.
fault-untrusted = Ce que le fournisseur d'identité a envoyé n'est pas fiable. Le journal du serveur dit pourquoi.
fault-groups = Vous êtes dans tant de groupes que votre fournisseur ne les énumère pas. La personne qui le gère peut utiliser des rôles d'application (app roles), ou n'envoyer que les groupes affectés à cette application.
fault-no-role = Vous êtes connecté chez votre fournisseur, mais vous n'avez aucun rôle ici. Demandez-en un à la personne qui le gère.
fault-no-page = Cette page n'existe pas.
fault-no-provider = Ce fournisseur d'identité n'existe pas.
fault-no-tls = La connexion exige HTTPS.
fault-no-tls-hint = ouvrez l'adresse https de ce serveur ; derrière un proxy qui a TLS, définissez public_url, ou inscrivez le proxy dans trusted_proxies et faites-lui envoyer X-Forwarded-Proto
fault-other-page = Ceci n'a pas été envoyé par une page de ce serveur.
fault-other-page-hint = ouvrez la page de ce serveur et réessayez là ; un proxy doit transmettre Origin et Sec-Fetch-Site, et public_url doit être l'adresse dans le navigateur
