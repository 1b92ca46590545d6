use jiff::SignedDuration;
use trunklog_identity::FirstPassword;
use trunklog_testkit::{Browser, TestServer, totp};

use super::{
    NAME, PASSWORD, PENDING, SESSION, add_account, codes_in, is_in, place, roles, secret_in, set_up, sign_in,
};

#[tokio::test]
async fn the_first_sign_in_sets_up_an_app_and_the_next_ask_for_its_code() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    let (secret, codes) = set_up(&mut browser, &server).await;
    assert!(is_in(&browser, &server));
    assert_eq!(codes.len(), 10);
    assert!(!browser.cookies.contains_key(PENDING));

    let mut other = Browser::new(&server);
    // The code that set up the app was one, too.
    assert_eq!(sign_in(&mut other, &server, &secret).await.status, 403);
    server.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(place(&sign_in(&mut other, &server, &secret).await), "/");
    assert!(is_in(&other, &server) && is_in(&browser, &server));
}

#[tokio::test]
async fn a_random_password_has_to_be_replaced() {
    let server = TestServer::start();
    let (_, random) = server.accounts().add(NAME, roles(&["calls@*"]), FirstPassword::Random).unwrap();
    let random = random.unwrap().expose().to_owned();
    let mut browser = Browser::new(&server);
    let answer = browser.post("/sign-in", &[("name", NAME), ("password", &random)]).await;
    assert_eq!(place(&answer), "/sign-in/set-up");
    let page = browser.get("/sign-in/set-up").await.text();
    assert!(page.contains("New password"), "{page}");
    let secret = secret_in(&page);
    let code = totp(&secret, server.clock.now());
    for (password, again, why) in [
        ("short", "short", "12 characters"),
        (random.as_str(), random.as_str(), "handed over"),
        (PASSWORD, "another horse battery", "differ"),
    ] {
        let fields = [("code", code.as_str()), ("password", password), ("again", again)];
        let answer = browser.post("/sign-in/set-up", &fields).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains(why), "{}", answer.text());
        // The same secret, so that the app need not be set up again.
        assert_eq!(secret_in(&answer.text()), secret);
    }
    let fields = [("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.post("/sign-in/set-up", &fields).await.status, 200);
    assert!(is_in(&browser, &server));
    let mut other = Browser::new(&server);
    assert_eq!(other.post("/sign-in", &[("name", NAME), ("password", &random)]).await.status, 403);
}

#[tokio::test]
async fn an_app_has_to_be_set_up_in_time() {
    let server = TestServer::start();
    add_account(&server);
    server.clock.advance(SignedDuration::from_hours(73));
    let mut browser = Browser::new(&server);
    let answer = browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("reset"), "{}", answer.text());
    server.accounts().reset(NAME, FirstPassword::Chosen(PASSWORD.to_owned())).unwrap();
    set_up(&mut browser, &server).await;
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let server = TestServer::start();
    add_account(&server);
    let (_, codes) = set_up(&mut Browser::new(&server), &server).await;
    let typed = codes[3].to_lowercase().replace('-', " ");
    for (expected, code) in [(303, typed.as_str()), (403, typed.as_str()), (303, codes[4].as_str())] {
        let mut browser = Browser::new(&server);
        browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
        assert_eq!(browser.post("/sign-in/totp", &[("code", code)]).await.status, expected);
        assert_eq!(is_in(&browser, &server), expected == 303);
    }
    assert_eq!(server.accounts().find(NAME).unwrap().recovery_codes(), 8);
}

#[tokio::test]
async fn whoever_signs_in_gets_where_they_wanted_to_go() {
    let server = TestServer::start();
    add_account(&server);
    let (secret, _) = set_up(&mut Browser::new(&server), &server).await;
    server.clock.advance(SignedDuration::from_secs(30));
    let mut browser = Browser::new(&server);
    let page = browser.get("/sign-in?next=%2Fcalls%3Frange%3D7d").await.text();
    assert!(page.contains("name=\"next\" value=\"/calls?range=7d\""), "{page}");
    let fields = [("name", NAME), ("password", PASSWORD), ("next", "/calls?range=7d")];
    browser.post("/sign-in", &fields).await;
    let code = totp(&secret, server.clock.now());
    assert_eq!(place(&browser.post("/sign-in/totp", &[("code", &code)]).await), "/calls?range=7d");
    // Who is in needs no form.
    assert_eq!(place(&browser.get("/sign-in?next=/trunks").await), "/trunks");
}

#[tokio::test]
async fn whoever_signs_out_is_out() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    set_up(&mut browser, &server).await;
    let token = browser.cookies[SESSION].clone();
    assert_eq!(browser.get("/sign-out").await.status, 405);
    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!(place(&answer), "/sign-in?signed-out=1");
    assert!(!browser.cookies.contains_key(SESSION));
    assert!(server.people().signed_in(&token).is_none(), "the token still counts");
    assert!(browser.get("/sign-in?signed-out=1").await.text().contains("signed out"));
    // Again, or without a session: the same.
    assert_eq!(place(&browser.post("/sign-out", &[]).await), "/sign-in?signed-out=1");
}

#[tokio::test]
async fn without_an_account_the_page_says_how_to_make_the_first() {
    let server = TestServer::start();
    let page = Browser::new(&server).get("/sign-in").await.text();
    assert!(page.contains("trunklog user add") && !page.contains("<form"), "{page}");
    add_account(&server);
    let page = Browser::new(&server).get("/sign-in").await.text();
    assert!(!page.contains("trunklog user add") && page.contains("<form"), "{page}");
    assert!(codes_in(&page).is_empty());
}

#[tokio::test]
async fn a_code_without_a_password_before_it_starts_again() {
    let server = TestServer::start();
    add_account(&server);
    let (secret, _) = set_up(&mut Browser::new(&server), &server).await;
    server.clock.advance(SignedDuration::from_secs(30));
    let mut browser = Browser::new(&server);
    assert_eq!(place(&browser.get("/sign-in/totp").await), "/sign-in?over=1");
    let code = totp(&secret, server.clock.now());
    assert_eq!(place(&browser.post("/sign-in/totp", &[("code", &code)]).await), "/sign-in?over=1");
    // So does one that comes too late, or after a reset.
    browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
    server.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(place(&browser.get("/sign-in/totp").await), "/sign-in?over=1");
    browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
    server.clock.advance(SignedDuration::from_secs(1));
    server.accounts().reset(NAME, FirstPassword::Chosen(PASSWORD.to_owned())).unwrap();
    assert_eq!(place(&browser.get("/sign-in/totp").await), "/sign-in?over=1");
}
