# Signing in and out.

sign-in = Sign in
sign-in-go = Sign in
sign-in-with = Sign in with { $value }
sign-in-or = or with an account of this server
sign-in-name = Name
sign-in-password = Password
sign-in-nobody = Nobody can sign in yet. Whoever looks after this server makes the first account on its machine:
sign-in-nobody-providers = For Entra ID, Keycloak and other sign-in providers there is { $value } in the settings.
sign-in-next = Go on
sign-in-again = Start again
sign-in-signed-out = You are signed out here. At a sign-in provider you may still be signed in.
sign-in-over = That took too long, or your account changed meanwhile. Please sign in again.
sign-in-wrong = Name or password is wrong.
sign-in-lapsed = The time to set up an app is over. Ask whoever looks after this server to reset your account.
sign-in-wait = { $n ->
    [one] There were too many failures. Try again in a second.
   *[other] There were too many failures. Try again in { $count } seconds.
}
sign-in-wait-minutes = There were too many failures. Try again in { $value } minutes.

# The code of the app.

app-code-page = Code
app-code-title = Your code
app-code-six = The six digits that your authenticator app shows now
app-code-lost = Lost the app? One of your recovery codes works here, too, once.
app-code-wrong = That is not the code that the app shows now, or it was used already. Wait for the next one.
codes-page = Recovery codes
codes-title = Keep these recovery codes
codes-about = If the app is lost, each of them signs { $value } in once, in place of the six digits. They cannot be shown again: print them, or put them into a password safe.
codes-kept = I have kept them

# A new account.

set-up = Set up your account
set-up-password = Choose a password
set-up-password-hint = At least 12 characters, four words for example. What you were given works no more afterwards.
set-up-new = New password
set-up-again = The same again
set-up-differ = The two passwords differ.
set-up-app = Add this account to an authenticator app
set-up-app-hint = Read this with an app for one-time codes on your phone, or type the key into it.
set-up-drawing = The key as a QR code
set-up-open = Open an app on this device
set-up-six = The six digits that the app shows now
password-short = The password is too short: take at least 12 characters, four words for example.
password-long = The password is too long: take at most 256 characters.
password-control = The password holds a control character: take letters, digits, signs and blanks.
password-uniform = The password is made of too few different characters: take at least five.
password-common = The password is one of the most common ones: take another.
password-own = The password is little more than the account's name or this program's: take another.
password-given = The password is the one that was handed over: take another.

# Why nobody was signed in.

fault-page = You are not signed in
fault-back = To the sign-in
fault-failed = That did not work
fault-not-started = This sign-in was not started in this browser, is too old or was used already. Start again.
fault-unreachable = The sign-in provider does not answer as it should. Try again in a moment; the server's log says more.
fault-refused = The sign-in provider refused. Try again, or ask who looks after it.
fault-needs-person = Please sign in again.
fault-untrusted = What the sign-in provider sent cannot be trusted. The server's log says why.
fault-groups = You are in so many groups that your provider does not list them. Whoever looks after it can use app roles, or send only the groups that are assigned to this application.
fault-no-role = You are signed in at your provider, but you have no role here. Ask whoever looks after it for one.
fault-no-page = There is no such page.
fault-no-provider = There is no such sign-in provider.
fault-no-tls = Signing in needs HTTPS.
fault-no-tls-hint = open the https address of this server; behind a proxy that has TLS, set public_url, or list the proxy in trusted_proxies and have it send X-Forwarded-Proto
fault-other-page = This was not sent by a page of this server.
fault-other-page-hint = open this server's own page and try again there; a proxy has to pass on Origin and Sec-Fetch-Site, and public_url has to be the address in the browser
