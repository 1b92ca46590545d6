use jiff::SignedDuration;
use trunklog_odata::Profile;
use trunklog_server::Scheme;
use trunklog_testkit::{Browser, PUBLIC_URL, TestServer, totp};

use super::{DEVICE, NAME, PASSWORD, PENDING, SESSION, add_account, is_in, place, set_up, sign_in};

#[tokio::test]
async fn a_session_that_somebody_planted_is_not_taken_over() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    let (secret, _) = set_up(&mut browser, &server).await;
    server.clock.advance(SignedDuration::from_secs(30));
    // Whether it is made up, or a session of the attacker's own.
    for planted in ["A".repeat(43), browser.cookies[SESSION].clone()] {
        let mut victim = Browser::new(&server);
        victim.cookies.insert(SESSION.to_owned(), planted.clone());
        assert_eq!(sign_in(&mut victim, &server, &secret).await.status, 303);
        assert_ne!(victim.cookies[SESSION], planted);
        assert!(is_in(&victim, &server));
        assert!(server.people().signed_in(&planted).is_none(), "what was planted counts");
        server.clock.advance(SignedDuration::from_secs(30));
    }
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    set_up(&mut browser, &server).await;
    let sign_in = [("name", NAME), ("password", PASSWORD)];
    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ] {
        for (path, fields) in [("/sign-out", &[][..]), ("/sign-in", &sign_in[..])] {
            let answer = browser.send("POST", path, fields, headers).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
            assert_eq!(answer.header("set-cookie"), "");
        }
        assert!(is_in(&browser, &server));
    }
    let own = [("origin", PUBLIC_URL)];
    assert_eq!(browser.send("POST", "/sign-out", &[], &own).await.status, 303);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let server = TestServer::start();
    add_account(&server);
    let (secret, _) = set_up(&mut Browser::new(&server), &server).await;
    for next in
        ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-out"]
    {
        server.clock.advance(SignedDuration::from_secs(30));
        let mut browser = Browser::new(&server);
        let fields = [("name", NAME), ("password", PASSWORD), ("next", next)];
        browser.post("/sign-in", &fields).await;
        let code = totp(&secret, server.clock.now());
        let answer = browser.post("/sign-in/totp", &[("code", &code)]).await;
        assert_eq!(answer.header("location"), format!("{PUBLIC_URL}/"), "{next}");
        let next = trunklog_testkit::form_encoded(next);
        assert_eq!(place(&browser.get(&format!("/sign-in?next={next}")).await), "/");
    }
}

#[tokio::test]
async fn no_code_counts_twice() {
    let server = TestServer::start();
    add_account(&server);
    let (secret, _) = set_up(&mut Browser::new(&server), &server).await;
    server.clock.advance(SignedDuration::from_secs(60));
    let code = totp(&secret, server.clock.now());
    for expected in [303, 403] {
        let mut browser = Browser::new(&server);
        browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
        assert_eq!(browser.post("/sign-in/totp", &[("code", &code)]).await.status, expected);
    }
    // Nor does what the browser kept between the steps, for whoever stole it.
    let mut browser = Browser::new(&server);
    browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
    let pending = browser.cookies[PENDING].clone();
    let mut thief = Browser::new(&server);
    thief.cookies.insert(PENDING.to_owned(), pending);
    assert_eq!(thief.post("/sign-in/totp", &[("code", &code)]).await.status, 403);
    assert!(!is_in(&thief, &server));
}

#[tokio::test]
async fn codes_cannot_be_guessed_by_who_knows_the_password() {
    let server = TestServer::start();
    add_account(&server);
    let (secret, _) = set_up(&mut Browser::new(&server), &server).await;
    server.clock.advance(SignedDuration::from_secs(60));
    let right = totp(&secret, server.clock.now());
    let wrong = if right == "000000" { "111111" } else { "000000" };
    // From wherever they come.
    for (at, expected) in [403, 403, 403, 403, 403, 429].into_iter().enumerate() {
        let mut browser = Browser::at(&server, &format!("192.0.2.{at}:1"), Scheme::Https);
        browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
        let answer = browser.post("/sign-in/totp", &[("code", wrong)]).await;
        assert_eq!(answer.status, expected);
        assert_eq!(answer.header("retry-after").is_empty(), expected == 403);
    }
    let mut browser = Browser::new(&server);
    assert_eq!(sign_in(&mut browser, &server, &secret).await.status, 429);
    server.clock.advance(SignedDuration::from_mins(15));
    assert_eq!(sign_in(&mut browser, &server, &secret).await.status, 303);
}

#[tokio::test]
async fn who_guesses_passwords_is_not_listened_to() {
    let server = TestServer::start();
    add_account(&server);
    let mut guesser = Browser::at(&server, "198.51.100.7:1", Scheme::Https);
    // The same of a name that nobody has: nothing tells which there are.
    for name in [NAME, "nobody@example.com"] {
        for expected in [403; 10].into_iter().chain([429]) {
            let answer = guesser.post("/sign-in", &[("name", name), ("password", "a guess of mine")]).await;
            assert_eq!(answer.status, expected, "{name}");
        }
    }
    // Nor is the right one listened to from there, but it is from elsewhere.
    let right = [("name", NAME), ("password", PASSWORD)];
    assert_eq!(guesser.post("/sign-in", &right).await.status, 429);
    assert_eq!(Browser::new(&server).post("/sign-in", &right).await.status, 303);
    server.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(guesser.post("/sign-in", &right).await.status, 303);
}

#[tokio::test]
async fn an_unknown_name_is_answered_as_a_wrong_password_is() {
    let server = TestServer::start();
    add_account(&server);
    let mut texts = Vec::new();
    for name in [NAME, "nobody@example.com"] {
        let mut browser = Browser::new(&server);
        let answer = browser.post("/sign-in", &[("name", name), ("password", "a guess of mine")]).await;
        assert!(answer.text().contains(&format!("value=\"{name}\"")), "{}", answer.text());
        texts.push((answer.status, answer.text().replace(name, "")));
        assert!(!browser.cookies.contains_key(PENDING));
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn a_guesser_from_everywhere_locks_nobody_out_who_is_known() {
    let server = TestServer::start();
    add_account(&server);
    let (secret, _) = set_up(&mut Browser::new(&server), &server).await;
    server.clock.advance(SignedDuration::from_secs(30));
    for guess in 0..50 {
        let address = format!("198.51.{}.{}:1", guess / 8, guess % 8);
        let mut guesser = Browser::at(&server, &address, Scheme::Https);
        let answer = guesser.post("/sign-in", &[("name", NAME), ("password", "a guess of mine")]).await;
        assert_eq!(answer.status, 403);
    }
    let right = [("name", NAME), ("password", PASSWORD)];
    let mut stranger = Browser::at(&server, "203.0.113.1:1", Scheme::Https);
    assert_eq!(stranger.post("/sign-in", &right).await.status, 429);
    assert_eq!(place(&sign_in(&mut Browser::new(&server), &server, &secret).await), "/");
}

/// As they come through a proxy on this machine that the settings do not name: all of
/// them from one address.
#[tokio::test]
async fn a_guesser_beside_others_does_not_lock_out_who_signed_in_before() {
    let server = TestServer::start();
    add_account(&server);
    let come = || Browser::at(&server, "127.0.0.1:1", Scheme::Http);
    let mut anna = come();
    let (secret, _) = set_up(&mut anna, &server).await;
    assert!(anna.cookies.contains_key(DEVICE));
    anna.post("/sign-out", &[]).await;
    assert!(!anna.cookies.contains_key(SESSION) && anna.cookies.contains_key(DEVICE));
    server.clock.advance(SignedDuration::from_secs(30));
    for _ in 0..50 {
        let answer = come().post("/sign-in", &[("name", NAME), ("password", "a guess of mine")]).await;
        assert_eq!(answer.status, 403);
    }
    let right = [("name", NAME), ("password", PASSWORD)];
    assert_eq!(come().post("/sign-in", &right).await.status, 429);
    assert_eq!(place(&sign_in(&mut anna, &server, &secret).await), "/");
    // What the browser keeps is for this host, over TLS, and for no script.
    server.clock.advance(SignedDuration::from_secs(30));
    let answer = sign_in(&mut anna, &server, &secret).await;
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let kept: Vec<&str> = cookies.filter(|cookie| cookie.starts_with(DEVICE)).collect();
    let [kept] = kept.as_slice() else { panic!("{kept:?}") };
    assert!(kept.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=7776000"), "{kept}");
    // Whoever has a mark has no session by it.
    let mut thief = come();
    thief.cookies.insert(DEVICE.to_owned(), anna.cookies[DEVICE].clone());
    assert!(place(&thief.get("/").await).starts_with("/sign-in"));
    thief.cookies.insert(SESSION.to_owned(), anna.cookies[DEVICE].clone());
    assert!(!is_in(&thief, &server));
}

#[tokio::test]
async fn without_tls_people_sign_in_on_this_machine_alone() {
    let server = TestServer::builder().settings(|settings| settings.public_url = None).start();
    add_account(&server);
    let fields = [("name", NAME), ("password", PASSWORD)];
    for (address, host) in [("192.0.2.1:9", "cdr.example.com"), ("127.0.0.1:9", "cdr.example.com")] {
        let mut far = Browser::at(&server, address, Scheme::Http).host(host);
        for answer in [far.get("/sign-in").await, far.post("/sign-in", &fields).await] {
            assert_eq!(answer.status, 403);
            assert!(
                answer.text().contains("HTTPS") && answer.text().contains("public_url"),
                "{}",
                answer.text()
            );
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
    let mut here = Browser::at(&server, "127.0.0.1:9", Scheme::Http).host("localhost:8080");
    let answer = here.post("/sign-in", &fields).await;
    assert_eq!(answer.header("location"), "http://localhost:8080/sign-in/set-up");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("trunklog-sign-in=") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");
    // What was kept without TLS does not count with it.
    let mut tls = Browser::new(&server);
    tls.cookies = here.cookies.clone();
    assert_eq!(place(&tls.get("/sign-in/set-up").await), "/sign-in?over=1");
}

#[tokio::test]
async fn answers_are_kept_by_nobody_and_load_nothing() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    for answer in [
        browser.get("/sign-in").await,
        browser.get("/sign-in/none").await,
        browser.send("DELETE", "/sign-in", &[], &[]).await,
        browser.post("/sign-in", &[("name", NAME), ("password", "a guess of mine")]).await,
        browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await,
        browser.get("/sign-in/set-up").await,
    ] {
        assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.status);
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!answer.text().contains("<script") && !answer.text().contains(" style="));
        assert!(!answer.text().contains(PASSWORD), "the password is in the page");
    }
    let style = browser.get("/sign-in/style.css").await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
}

#[tokio::test]
async fn a_strict_server_has_no_sign_in() {
    let server = TestServer::builder().profile(Profile::Strict).start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    for path in ["/sign-in", "/sign-in/totp", "/sign-out"] {
        let answer = browser.get(path).await;
        assert!(answer.json()["error"]["code"].is_string(), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_is_too_much_or_no_form_is_refused() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    let long = "a".repeat(20_000);
    assert_eq!(browser.post("/sign-in", &[("name", NAME), ("password", &long)]).await.status, 400);
    let name = "<script>alert(1)</script>";
    let answer = browser.post("/sign-in", &[("name", name), ("password", "x")]).await;
    assert_eq!(answer.status, 403);
    assert!(!answer.text().contains("<script"), "{}", answer.text());
    // Of two values none counts.
    let twice = [("name", NAME), ("password", PASSWORD), ("password", PASSWORD)];
    assert_eq!(browser.post("/sign-in", &twice).await.status, 403);
}
