use jiff::SignedDuration;
use serde_json::{Value, json};
use trunklog_identity::{ProviderSettings, Vouching};
use trunklog_testkit::{Answer, Browser, OidcProvider, PUBLIC_URL, TestServer};

use super::{PENDING, SESSION, add_account, is_in, place, roles};

/// What the provider's values permit.
const MAP: [(&str, &[&str]); 2] = [("Readers", &["calls@*"]), ("Admins", &["administer@*"])];

/// A provider, and a server at which its people sign in.
struct Bench {
    provider: OidcProvider,
    server: TestServer,
}

impl Bench {
    async fn start() -> Bench {
        Bench::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut ProviderSettings)) -> Bench {
        let provider = OidcProvider::start().await;
        let mut settings = provider.settings("contoso", &MAP);
        change(&mut settings);
        let server = TestServer::builder().provider(settings).start();
        Bench { provider, server }
    }

    /// Sends a browser to the provider, and gives the way back.
    async fn depart(&self, browser: &mut Browser<'_>, target: &str) -> String {
        let answer = browser.get(target).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        self.provider.approve(answer.header("location"))
    }

    /// Signs a browser in.
    async fn sign_in(&self, browser: &mut Browser<'_>) -> Answer {
        let back = self.depart(browser, "/sign-in/oidc/contoso/start").await;
        browser.get(&back).await
    }
}

#[tokio::test]
async fn a_person_of_the_provider_signs_in_with_the_roles_that_are_mapped() {
    let bench = Bench::start().await;
    bench.provider.claim("roles", json!(["Readers", "Admins", "Others"]));
    let mut browser = Browser::new(&bench.server);
    let page = browser.get("/sign-in?next=%2Fcalls").await.text();
    assert!(page.contains("/sign-in/oidc/contoso/start?next=%2Fcalls\">Sign in with contoso</a>"), "{page}");
    // Nobody has an account of this server.
    assert!(!page.contains("<form"), "{page}");
    let back = bench.depart(&mut browser, "/sign-in/oidc/contoso/start?next=%2Fcalls").await;
    assert!(back.starts_with(&format!("{PUBLIC_URL}/sign-in/oidc/contoso/callback?")), "{back}");
    assert_eq!(place(&browser.get(&back).await), "/calls");
    let signed_in = bench.server.people().signed_in(&browser.cookies[SESSION]).unwrap();
    assert_eq!(signed_in.roles, roles(&["calls@*", "administer@*"]));
    let person = signed_in.session.person;
    assert_eq!(person.name, "anna@example.com");
    assert_eq!(person.id, format!("{} person-1", bench.provider.issuer()));
    assert!(!browser.cookies.contains_key(PENDING));
    add_account(&bench.server);
    let page = Browser::new(&bench.server).get("/sign-in").await.text();
    assert!(page.contains("<form") && page.contains("Sign in with contoso"), "{page}");
}

#[tokio::test]
async fn whoever_is_not_mapped_gets_nothing() {
    let bench = Bench::start().await;
    for values in [json!(["Others"]), json!([]), Value::Null, json!("readers"), json!([7])] {
        bench.provider.claim("roles", values.clone());
        // A list of texts is what other tokens have there; anything else is odd.
        let mut browser = Browser::new(&bench.server);
        let answer = bench.sign_in(&mut browser).await;
        assert_eq!(answer.status, 403, "{values}");
        assert!(!browser.cookies.contains_key(SESSION) && !browser.cookies.contains_key(PENDING), "{values}");
    }
    assert!(bench.server.people().sessions().unwrap().is_empty());
}

#[tokio::test]
async fn groups_that_the_token_leaves_out_are_told() {
    let bench = Bench::with(|settings| settings.claim = "groups".to_owned()).await;
    bench.provider.claim("_claim_names", json!({"groups": "src1"}));
    let mut browser = Browser::new(&bench.server);
    let answer = bench.sign_in(&mut browser).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("app roles"), "{}", answer.text());
    assert!(!is_in(&browser, &bench.server));
    bench.provider.claim("_claim_names", Value::Null);
    bench.provider.claim("groups", json!(["Readers"]));
    assert_eq!(place(&bench.sign_in(&mut browser).await), "/");
}

#[tokio::test]
async fn a_server_proves_to_be_the_client_in_each_way() {
    for methods in [json!(["client_secret_post"]), json!(["client_secret_basic"]), Value::Null] {
        let bench = Bench::start().await;
        if !methods.is_null() {
            bench.provider.metadata("token_endpoint_auth_methods_supported", methods.clone());
        }
        assert_eq!(place(&bench.sign_in(&mut Browser::new(&bench.server)).await), "/", "{methods}");
    }
    let bench = Bench::with(|settings| settings.credential = OidcProvider::client_key()).await;
    assert_eq!(place(&bench.sign_in(&mut Browser::new(&bench.server)).await), "/");
    let wrong = trunklog_identity::ClientCredential::Secret("wrong".to_owned());
    let bench = Bench::with(|settings| settings.credential = wrong).await;
    assert_eq!(bench.sign_in(&mut Browser::new(&bench.server)).await.status, 502);
}

#[tokio::test]
async fn an_answer_counts_once_and_in_the_browser_that_asked() {
    let bench = Bench::start().await;
    let mut browser = Browser::new(&bench.server);
    let back = bench.depart(&mut browser, "/sign-in/oidc/contoso/start").await;
    let kept = browser.cookies[PENDING].clone();
    // Sign-in by an attacker's answer: this browser never asked, or asked for another.
    let mut victim = Browser::new(&bench.server);
    assert_eq!(victim.get(&back).await.status, 400);
    bench.depart(&mut victim, "/sign-in/oidc/contoso/start").await;
    assert_eq!(victim.get(&back).await.status, 400);
    assert!(!is_in(&victim, &bench.server));
    assert_eq!(bench.provider.exchanges(), 0);

    assert_eq!(place(&browser.get(&back).await), "/");
    browser.cookies.insert(PENDING.to_owned(), kept.clone());
    assert_eq!(browser.get(&back).await.status, 400);
    // With another code, the same answer is as old.
    let (before, _) = back.split_once("code=").unwrap();
    let (_, state) = back.split_once("&state=").unwrap();
    browser.cookies.insert(PENDING.to_owned(), kept);
    assert_eq!(browser.get(&format!("{before}code=code-2&state={state}")).await.status, 400);
    assert_eq!(bench.provider.exchanges(), 1);
}

#[tokio::test]
async fn an_answer_that_comes_late_is_refused() {
    let bench = Bench::start().await;
    let mut browser = Browser::new(&bench.server);
    let back = bench.depart(&mut browser, "/sign-in/oidc/contoso/start").await;
    bench.server.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(browser.get(&back).await.status, 400);
}

#[tokio::test]
async fn a_token_that_is_not_for_this_sign_in_is_refused() {
    for (name, value) in [
        ("nonce", json!("another")),
        ("aud", json!("another client")),
        ("aud", json!(["trunklog", "another client"])),
        ("azp", json!("another client")),
        ("iss", json!("https://evil.example")),
        ("exp", json!(1)),
        ("iat", json!(4_000_000_000_u64)),
        ("sub", Value::Null),
    ] {
        let bench = Bench::start().await;
        bench.provider.claim(name, value.clone());
        let mut browser = Browser::new(&bench.server);
        let answer = bench.sign_in(&mut browser).await;
        assert_eq!(answer.status, 403, "{name} {value}: {}", answer.text());
        assert!(!browser.cookies.contains_key(SESSION), "{name} {value}");
    }
}

#[tokio::test]
async fn an_answer_names_the_provider_that_was_asked() {
    let bench = Bench::start().await;
    let mut browser = Browser::new(&bench.server);
    let back = bench.depart(&mut browser, "/sign-in/oidc/contoso/start").await;
    assert_eq!(browser.get(&format!("{back}&iss=https%3A%2F%2Fevil.example")).await.status, 403);
    let back = bench.depart(&mut browser, "/sign-in/oidc/contoso/start").await;
    let issuer = trunklog_testkit::form_encoded(bench.provider.issuer());
    assert_eq!(place(&browser.get(&format!("{back}&iss={issuer}")).await), "/");
    // One that promises to name itself has to.
    let bench = Bench::start().await;
    bench.provider.metadata("authorization_response_iss_parameter_supported", json!(true));
    assert_eq!(bench.sign_in(&mut Browser::new(&bench.server)).await.status, 403);
}

#[tokio::test]
async fn two_providers_are_not_mixed_up() {
    let (one, other) = (OidcProvider::start().await, OidcProvider::start().await);
    let server = TestServer::builder()
        .provider(one.settings("one", &MAP))
        .provider(other.settings("other", &MAP))
        .start();
    let mut browser = Browser::new(&server);
    let answer = browser.get("/sign-in/oidc/one/start").await;
    let back = one.approve(answer.header("location"));
    assert_eq!(browser.get(&back.replace("/one/", "/other/")).await.status, 400);
    assert_eq!(other.exchanges(), 0);
    assert!(!is_in(&browser, &server));
    assert_eq!(browser.get("/sign-in/oidc/none/start").await.status, 404);
}

#[tokio::test]
async fn roles_are_asked_for_again_after_an_hour() {
    let bench = Bench::start().await;
    let mut browser = Browser::new(&bench.server);
    bench.sign_in(&mut browser).await;
    let people = bench.server.people();
    let first = people.signed_in(&browser.cookies[SESSION]).unwrap();
    assert_eq!(first.vouching, Vouching::Counts);
    bench.server.clock.advance(SignedDuration::from_mins(59));
    people.touch(&first.session.id);
    bench.server.clock.advance(SignedDuration::from_mins(1));
    let due = people.signed_in(&browser.cookies[SESSION]).unwrap();
    assert_eq!(due.vouching, Vouching::Due("contoso".to_owned()));

    // The provider is asked without the person, and knows of another role.
    bench.provider.claim("roles", json!(["Admins"]));
    let answer = browser.get("/sign-in/oidc/contoso/start?again=1&next=%2Ftrunks").await;
    assert_eq!(bench.provider.asked(answer.header("location"))["prompt"], "none");
    let back = bench.provider.approve(answer.header("location"));
    assert_eq!(place(&browser.get(&back).await), "/trunks");
    let again = people.signed_in(&browser.cookies[SESSION]).unwrap();
    assert_eq!((again.vouching, again.roles), (Vouching::Counts, roles(&["administer@*"])));
    assert_ne!(again.session.id, first.session.id);
    assert_eq!(again.session.ends, first.session.ends, "that is no new day");
    assert_eq!(people.sessions().unwrap().len(), 1);
}

/// Any page can send a browser there, and so can who has just signed out here.
#[tokio::test]
async fn nobody_is_signed_in_without_being_asked() {
    let bench = Bench::start().await;
    let mut browser = Browser::new(&bench.server);
    let silent = "/sign-in/oidc/contoso/start?again=1&next=%2Ftrunks";
    let back = bench.depart(&mut browser, silent).await;
    assert_eq!(place(&browser.get(&back).await), "/sign-in?next=%2Ftrunks");
    assert!(!is_in(&browser, &bench.server));
    assert!(bench.server.people().sessions().unwrap().is_empty());

    // Somebody else is at the provider by now: the session stays whose it was.
    bench.sign_in(&mut browser).await;
    bench.provider.claim("sub", json!("person-2"));
    let back = bench.depart(&mut browser, silent).await;
    assert_eq!(place(&browser.get(&back).await), "/sign-in?next=%2Ftrunks");
    let session = bench.server.people().signed_in(&browser.cookies[SESSION]).unwrap().session;
    assert_eq!(session.person.id, format!("{} person-1", bench.provider.issuer()));
}

#[tokio::test]
async fn a_form_leads_to_no_other_server() {
    let bench = Bench::start().await;
    let mut browser = Browser::new(&bench.server);
    bench.sign_in(&mut browser).await;
    let people = bench.server.people();
    let id = people.signed_in(&browser.cookies[SESSION]).unwrap().session.id;
    bench.server.clock.advance(SignedDuration::from_mins(59));
    people.touch(&id);
    bench.server.clock.advance(SignedDuration::from_mins(1));
    let answer = browser.post("/search", &[("path", ""), ("state", ""), ("who", "x")]).await;
    assert_eq!(place(&answer), "/sign-in?next=%2F", "browsers let no form lead to the provider");
    let answer = browser.get("/trunks").await;
    assert_eq!(place(&answer), "/sign-in/oidc/contoso/start?again=1&next=%2Ftrunks");
}

#[tokio::test]
async fn a_provider_that_has_to_ask_the_person_may() {
    let bench = Bench::start().await;
    let mut browser = Browser::new(&bench.server);
    let answer = browser.get("/sign-in/oidc/contoso/start?again=1&next=%2Ftrunks").await;
    let state = bench.provider.asked(answer.header("location"))["state"].clone();
    let back = format!("/sign-in/oidc/contoso/callback?error=login_required&state={state}");
    assert_eq!(place(&browser.get(&back).await), "/sign-in?next=%2Ftrunks");

    let answer = browser.get("/sign-in/oidc/contoso/start").await;
    let state = bench.provider.asked(answer.header("location"))["state"].clone();
    let back =
        format!("/sign-in/oidc/contoso/callback?error=access_denied&error_description=%3Cb%3E&state={state}");
    let answer = browser.get(&back).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("refused") && !answer.text().contains("<b>"), "{}", answer.text());
}

#[tokio::test]
async fn a_provider_with_another_name_or_none_is_told() {
    let bench = Bench::start().await;
    bench.provider.metadata("issuer", json!("https://evil.example"));
    let answer = Browser::new(&bench.server).get("/sign-in/oidc/contoso/start").await;
    assert_eq!(answer.status, 502, "{}", answer.text());
    // What failed is not tried again at once, and then is.
    bench.provider.metadata("issuer", json!(bench.provider.issuer()));
    assert_eq!(Browser::new(&bench.server).get("/sign-in/oidc/contoso/start").await.status, 502);
    bench.server.clock.advance(SignedDuration::from_secs(5));
    assert_eq!(Browser::new(&bench.server).get("/sign-in/oidc/contoso/start").await.status, 303);
}
