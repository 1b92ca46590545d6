//! The pages of signing in speak the reader's language.

use trunklog_testkit::{Answer, Browser, OidcProvider, TestServer, totp};

use super::{NAME, PASSWORD, add_account, place, secret_in};

/// Opens a page, or sends a form, as a browser that likes a language.
async fn ask(browser: &mut Browser<'_>, target: &str, fields: &[(&str, &str)], language: &str) -> Answer {
    let method = if fields.is_empty() { "GET" } else { "POST" };
    let headers = [("accept-language", language), ("sec-fetch-site", "same-origin")];
    browser.send(method, target, fields, &headers).await
}

#[tokio::test]
async fn each_step_of_a_sign_in_is_in_the_readers_language() {
    let server = TestServer::start();
    let mut browser = Browser::new(&server);
    for (language, lang, told) in [
        ("fr-CA, en;q=0.5", "fr", "Personne ne peut encore se connecter"),
        ("de", "de", "Noch kann sich niemand anmelden"),
        ("nl", "en", "Nobody can sign in yet"),
    ] {
        let page = ask(&mut browser, "/sign-in", &[], language).await;
        let text = page.text();
        assert!(text.contains(&format!("<html lang=\"{lang}\">")) && text.contains(told), "{text}");
        assert!(text.contains("trunklog user add"), "{text}");
        let mut vary = page.headers.get_all("vary").iter().filter_map(|value| value.to_str().ok());
        assert!(vary.any(|value| value.contains("Accept-Language")), "{:?}", page.headers);
    }
    add_account(&server);
    let wrong = [("name", NAME), ("password", "a guess of mine")];
    let answer = ask(&mut browser, "/sign-in", &wrong, "de").await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("Name oder Passwort ist falsch."), "{}", answer.text());
    let right = [("name", NAME), ("password", PASSWORD)];
    assert_eq!(place(&ask(&mut browser, "/sign-in", &right, "de").await), "/sign-in/set-up");
    let page = ask(&mut browser, "/sign-in/set-up", &[], "de").await.text();
    assert!(page.contains("Ihr Konto einrichten") && page.contains("Der Schlüssel als QR-Code"), "{page}");
    let wrong = ask(&mut browser, "/sign-in/set-up", &[("code", "1")], "fr").await;
    assert!(wrong.status == 403 && wrong.text().contains("Attendez le suivant"), "{}", wrong.text());
    let code = totp(&secret_in(&page), server.clock.now());
    let codes = ask(&mut browser, "/sign-in/set-up", &[("code", &code)], "de").await;
    assert_eq!(codes.status, 200, "{}", codes.text());
    assert!(
        codes.text().contains("Wiederherstellungscodes") && codes.text().contains(NAME),
        "{}",
        codes.text()
    );
    browser.post("/sign-out", &[]).await;
    let out = ask(&mut browser, "/sign-in?signed-out=1", &[], "de").await.text();
    assert!(out.contains("Sie sind hier abgemeldet"), "{out}");
    assert_eq!(place(&ask(&mut browser, "/sign-in", &right, "fr").await), "/sign-in/totp");
    let page = ask(&mut browser, "/sign-in/totp", &[], "fr").await.text();
    assert!(page.contains("Votre code") && page.contains("codes de secours"), "{page}");
}

#[tokio::test]
async fn what_goes_wrong_is_told_in_the_readers_language() {
    let provider = OidcProvider::start().await;
    let known = provider.settings("contoso", &[("Admins", &["administer@*"])]);
    let server = TestServer::builder().provider(known).start();
    let mut browser = Browser::new(&server);
    let page = ask(&mut browser, "/sign-in", &[], "de").await.text();
    assert!(page.contains("Anmelden mit contoso"), "{page}");
    let start = ask(&mut browser, "/sign-in/oidc/contoso/start", &[], "de").await;
    let back = provider.approve(start.header("location"));
    let none = ask(&mut browser, &back, &[], "de").await;
    assert_eq!(none.status, 403, "{}", none.text());
    assert!(none.text().contains("haben hier aber keine Rolle"), "{}", none.text());
    let again = ask(&mut browser, &back, &[], "fr").await;
    assert!(again.status == 400 && again.text().contains("Recommencez"), "{}", again.text());
    for (target, told) in
        [("/sign-in/elsewhere", "Cette page n&#39;existe pas."), ("/sign-in/oidc/none/start", "fournisseur")]
    {
        let answer = ask(&mut browser, target, &[], "fr").await;
        assert!(answer.status == 404 && answer.text().contains(told), "{}", answer.text());
    }
    let headers = [("accept-language", "de"), ("sec-fetch-site", "cross-site")];
    let foreign = browser.send("POST", "/sign-in", &[("name", NAME)], &headers).await;
    assert_eq!(foreign.status, 403);
    assert!(foreign.text().contains("nicht von einer Seite dieses Servers"), "{}", foreign.text());
}
