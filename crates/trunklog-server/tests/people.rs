//! People who sign in, with an account of this server or at a provider.

mod attacks;
mod audit;
mod languages;
mod local;
mod provider;
mod sessions;

use trunklog_identity::{FirstPassword, Grant, PersonRoles};
use trunklog_testkit::{Answer, Browser, PUBLIC_URL, TestServer, totp};

const NAME: &str = "anna@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery";
const SESSION: &str = "__Host-trunklog";
const DEVICE: &str = "__Host-trunklog-device";
const PENDING: &str = "__Host-trunklog-sign-in";

fn roles(grants: &[&str]) -> PersonRoles {
    grants.iter().map(|grant| grant.parse::<Grant>().unwrap()).collect()
}

fn add_account(server: &TestServer) {
    server.accounts().add(NAME, roles(&["calls@*"]), FirstPassword::Chosen(PASSWORD.to_owned())).unwrap();
}

/// The secret for the app, from the page that shows it.
fn secret_in(page: &str) -> String {
    let (_, rest) = page.split_once("<p class=\"key\"><code>").unwrap();
    rest.split_once("</code>").unwrap().0.to_owned()
}

/// The recovery codes, from the page that shows them.
fn codes_in(page: &str) -> Vec<String> {
    let codes = page.split("<li><code>").skip(1);
    codes.map(|rest| rest.split_once("</code>").unwrap().0.to_owned()).collect()
}

/// Where an answer sends the browser, without this server's own address.
fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location");
    location.strip_prefix(PUBLIC_URL).unwrap_or(location).to_owned()
}

/// Signs a new account in for the first time; gives the secret of its app and the
/// recovery codes.
pub(crate) async fn set_up(browser: &mut Browser<'_>, server: &TestServer) -> (String, Vec<String>) {
    let answer = browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
    assert_eq!(place(&answer), "/sign-in/set-up");
    let secret = secret_in(&browser.get("/sign-in/set-up").await.text());
    let code = totp(&secret, server.clock.now());
    let answer = browser.post("/sign-in/set-up", &[("code", &code)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    (secret, codes_in(&answer.text()))
}

/// Signs an account in whose app has that secret.
async fn sign_in(browser: &mut Browser<'_>, server: &TestServer, secret: &str) -> Answer {
    let answer = browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
    assert_eq!(place(&answer), "/sign-in/totp");
    browser.post("/sign-in/totp", &[("code", &totp(secret, server.clock.now()))]).await
}

/// Whether the browser's cookie is that of a session.
pub(crate) fn is_in(browser: &Browser<'_>, server: &TestServer) -> bool {
    browser.cookies.get(SESSION).is_some_and(|token| server.people().signed_in(token).is_some())
}

/// Makes an account that reads calls, and signs it in.
pub(crate) async fn sign_up(browser: &mut Browser<'_>, server: &TestServer) {
    add_account(server);
    set_up(browser, server).await;
}
