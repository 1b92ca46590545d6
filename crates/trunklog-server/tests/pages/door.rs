//! Who gets in, and what pages say of themselves.

use trunklog_odata::Profile;
use trunklog_server::{Peer, Scheme};
use trunklog_testkit::{PUBLIC_URL, TENANT, TestServer};

use super::{LOG, OTHER, data, get, get_as, links, part, server, target};

#[tokio::test]
async fn nobody_reads_without_signing_in() {
    let server = server();
    let peer = Peer { address: ([127, 0, 0, 1], 40_000).into(), scheme: Scheme::Https };
    for (path, next) in [
        ("/", "%2F"),
        ("/calls?range=7d", "%2Fcalls%3Frange%3D7d"),
        ("/trunks/sbc1.example", "%2Ftrunks%2Fsbc1%2Eexample"),
    ] {
        let answer = server.request("GET", path).peer(peer).send().await;
        let place = format!("{PUBLIC_URL}/sign-in?next={next}");
        assert_eq!((answer.status, answer.header("location")), (303, place.as_str()), "{path}");
    }
    // A token of an application is no session of a person.
    let token = server.token().await;
    assert_eq!(server.request("GET", "/").peer(peer).bearer(&token).send().await.status, 303);
    let fragment = server.request("GET", "/?part=week").peer(peer).header("hx-request", "true").send().await;
    assert_eq!((fragment.status, fragment.text().as_str()), (200, ""));
    assert!(fragment.header("hx-redirect").starts_with(&format!("{PUBLIC_URL}/sign-in?next=")));
}

#[tokio::test]
async fn a_strict_server_has_no_pages() {
    let strict = TestServer::builder().profile(Profile::Strict).start();
    for target in ["/", "/calls", "/assets/x", "/search", &format!("/t/{TENANT}/")] {
        let answer = get(&strict, target).await;
        assert_eq!(answer.status, 400, "{target}");
        assert_eq!(answer.code().as_deref(), Some("BadRequest"), "{target}: in Graph's form");
    }
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_are_kept_by_nobody() {
    let server = server();
    for (target, status) in
        [("/", 200), ("/no-page/x", 400), ("/calls/a/b/c/d/e", 404), ("/?colour=red", 400)]
    {
        let answer = get(&server, target).await;
        assert_eq!(answer.status, status, "{target}: {}", answer.text());
        if target == "/no-page/x" {
            continue;
        }
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{target}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(
            (answer.header("cache-control"), answer.header("referrer-policy")),
            ("no-store", "no-referrer")
        );
        let text = answer.text();
        assert!(!text.contains(" style=") && !text.contains("onclick"), "{target}");
        assert!(!text.contains(PUBLIC_URL), "addresses are relative: {target}");
    }
    let posted = server.request("POST", "/").signed_in(&[&super::calls()]).send().await;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn files_are_kept_for_ever_by_their_names() {
    let server = server();
    let page = get(&server, "/").await.text();
    let files = page.split("assets/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let files: Vec<String> = files.collect();
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        // Nobody needs to sign in for them.
        let answer = server.request("GET", &format!("/assets/{file}")).send().await;
        assert_eq!(answer.status, 200, "{file}");
        assert!(answer.header("cache-control").contains("immutable"), "{file}");
        let changed = format!("/assets/0{file}");
        assert_eq!(server.request("GET", &changed).send().await.status, 404, "{changed}");
    }
}

#[tokio::test]
async fn roles_open_pages_and_links() {
    let server = server();
    let sums = get_as(&server, "/", &format!("aggregates@{TENANT}")).await;
    assert_eq!(sums.status, 200, "{}", sums.text());
    assert!(!links(&sums.text()).iter().any(|link| link.contains("calls")), "calls are not for this reader");
    assert!(!sums.text().contains("action=\"./search\""));
    let export = get_as(&server, "/", &format!("export@{TENANT}")).await;
    assert_eq!(export.status, 403, "{}", export.text());
    assert_eq!(get_as(&server, "/", &format!("calls@{OTHER}")).await.status, 200);
}

/// What the navigation offers.
fn offered(page: &str) -> Vec<String> {
    let navigation = page.split("<nav").nth(1).and_then(|rest| rest.split("</nav>").next());
    links(navigation.unwrap_or_default())
}

#[tokio::test]
async fn who_administers_and_reads_nothing_is_led_to_what_there_is_to_do() {
    let server = server();
    let admin = format!("administer@{TENANT}");
    for target in ["/", "/?range=7d"] {
        let led = get_as(&server, target, &admin).await;
        assert_eq!((led.status, led.header("location")), (303, "./admin"), "{target}");
    }
    let page = get_as(&server, "/admin", &admin).await;
    assert_eq!((page.status, offered(&page.text())), (200, vec!["./admin".to_owned()]));
    // Where there are several tenants, it is the page of the one that the address names.
    server.load_for(OTHER, LOG, &[data::call(900, "2026-11-20T08:00:00Z")]);
    let both = [admin.clone(), format!("calls@{OTHER}")];
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    let path = format!("/t/{TENANT}/");
    let led = server.request("GET", &path).signed_in(&both).send().await;
    assert_eq!((led.status, led.header("location")), (303, format!("../../t/{TENANT}/admin").as_str()));
    let read = server.request("GET", &format!("/t/{OTHER}/")).signed_in(&both).send().await;
    assert_eq!(read.status, 200, "{}", read.text());
    // A part of a page is no place to be led from, and other pages say what is missing.
    let fragment = server.request("GET", "/?part=week").signed_in(&[&admin]).header("hx-request", "true");
    assert_eq!(fragment.send().await.status, 403);
    let refused = get_as(&server, "/calls", &admin).await;
    assert_eq!((refused.status, offered(&refused.text())), (403, vec!["./admin".to_owned()]));
}

#[tokio::test]
async fn every_link_of_the_navigation_can_be_opened() {
    let server = server();
    for roles in [&["aggregates"][..], &["calls"], &["aggregates", "export"], &["calls", "administer"]] {
        let roles: Vec<String> = roles.iter().map(|role| format!("{role}@{TENANT}")).collect();
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        // Also that of a page which says that something is refused or not there.
        for start in ["/", "/calls/a/b/c/d/e"] {
            let page = server.request("GET", start).signed_in(&roles).send().await.text();
            let links = offered(&page);
            assert!(links.len() > 5, "{roles:?} {start}: {page}");
            for link in links {
                let path = format!("/{}", link.trim_start_matches("./").trim_start_matches("../"));
                let answer = server.request("GET", &path).signed_in(&roles).send().await;
                assert_eq!(answer.status, 200, "{roles:?} {start} {link}: {}", answer.text());
            }
        }
    }
    // Who may only take out what may be read, and may read nothing, has nowhere to go.
    let nowhere = get_as(&server, "/", &format!("export@{TENANT}")).await.text();
    assert!(nowhere.contains("You may read no tenant") && offered(&nowhere).is_empty(), "{nowhere}");
}

#[tokio::test]
async fn the_address_names_the_tenant_where_there_are_several() {
    let server = server();
    server.load_for(OTHER, LOG, &[data::call(900, "2026-11-20T08:00:00Z")]);
    let both = [format!("calls@{TENANT}"), format!("calls@{OTHER}")];
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    let first = server.request("GET", "/").signed_in(&both).send().await;
    assert_eq!((first.status, first.header("location")), (303, format!("./t/{TENANT}/").as_str()));
    for (tenant, count) in [(TENANT, "200 calls"), (OTHER, "1 call")] {
        let answer = server.request("GET", &format!("/t/{tenant}/?range=7d")).signed_in(&both).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let text = answer.text();
        assert!(text.contains(&format!(">{count}</a>")), "{tenant}: {text}");
        assert!(text.contains(&format!("../../t/{tenant}/calls?")), "{tenant}: {text}");
    }
    // Others are not there, whether or not they have calls.
    let one = server.request("GET", &format!("/t/{OTHER}/")).signed_in(&[&super::calls()]).send().await;
    assert_eq!(one.status, 404);
    let nobody = format!("/t/{}/", uuid::Uuid::nil());
    assert_eq!(server.request("GET", &nobody).signed_in(&["calls@*"]).send().await.status, 404);
    let all = server.request("GET", &format!("/t/{OTHER}/")).signed_in(&["calls@*"]).send().await;
    assert_eq!(all.status, 200);
    // Without a tenant in it, an address means nothing to who has several.
    assert_eq!(server.request("GET", "/calls").signed_in(&both).send().await.status, 404);
}

#[tokio::test]
async fn errors_are_pages_in_the_readers_language() {
    let server = server();
    for (language, said) in [
        ("en", "This cannot be shown"),
        ("fr", "Impossible à afficher"),
        ("de", "Das lässt sich nicht zeigen"),
    ] {
        let request = server.request("GET", "/?zone=Nowhere").signed_in(&[&super::calls()]);
        let answer = request.header("accept-language", language).send().await;
        assert_eq!(answer.status, 400);
        let text = answer.text();
        assert!(text.contains(said) && text.contains(&format!("<html lang=\"{language}\">")), "{text}");
        assert!(text.contains("zone: there is no such time zone"), "{text}");
        assert!(text.contains(answer.header("request-id")), "{text}");
    }
    // A part of a page is told so in its place.
    let wrong = part(&server, "/?part=nothing").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().starts_with("<section") && !wrong.text().contains("<html"), "{}", wrong.text());
}

#[tokio::test]
async fn links_of_a_page_lead_somewhere_on_it() {
    let server = server();
    let page = get(&server, "/?range=7d").await.text();
    let own: Vec<String> = links(&page).into_iter().filter(|link| link.starts_with("./?")).collect();
    assert!(own.len() > 10, "{own:?}");
    for link in own {
        let answer = get(&server, &target(link.split('#').next().unwrap())).await;
        assert_eq!(answer.status, 200, "{link}: {}", answer.text());
    }
}

/// What a browser says that it would like.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_mistyped_address_is_told_to_a_browser_as_a_page() {
    let server = server();
    let ask = async |target: &str, accept: &str, roles: Option<&str>| {
        let request = server.request("GET", target).header("accept-language", "fr");
        let request = if accept.is_empty() { request } else { request.header("accept", accept) };
        let roles: Vec<&str> = roles.into_iter().collect();
        if roles.is_empty() { request.send().await } else { request.signed_in(&roles).send().await }
    };
    let calls = super::calls();
    for target in ["/nope", "/Calls", "/t/contoso/calls", "/communications/callRecords", "/v2.0/me"] {
        let page = ask(target, BROWSER, Some(&calls)).await;
        let text = page.text();
        assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"), "{target}");
        assert!(
            text.contains("Cette page n'existe pas") || text.contains("Cette page n&#39;existe pas"),
            "{text}"
        );
        assert!(!offered(&text).is_empty(), "the way on: {text}");
        assert_eq!(page.header("cache-control"), "no-store", "{target}");
        // Who has not signed in learns no more than that.
        let stranger = ask(target, BROWSER, None).await;
        assert_eq!((stranger.status, offered(&stranger.text())), (404, Vec::new()), "{target}");
        // Programs get what they got.
        for accept in ["", "*/*", "application/json", "application/json, text/html", "text/html;q=0"] {
            let answer = ask(target, accept, Some(&calls)).await;
            assert_eq!(
                (answer.status, answer.code().as_deref()),
                (400, Some("BadRequest")),
                "{target} {accept}"
            );
            assert!(answer.header("content-type").starts_with("application/json"), "{target} {accept}");
        }
    }
    // Whatever starts with a version is Graph's, whoever asks; so is all of a strict server.
    for target in ["/v1.0/nope", "/beta/communications/nope"] {
        let [browser, program] = [ask(target, BROWSER, None).await, ask(target, "", None).await];
        assert_eq!((browser.status, browser.code()), (program.status, program.code()), "{target}");
    }
    let posted = server.request("POST", "/nope").header("accept", BROWSER).send().await;
    assert_eq!((posted.status, posted.code().as_deref()), (400, Some("BadRequest")));
    let strict = TestServer::builder().profile(Profile::Strict).start();
    let answer = strict.request("GET", "/nope").header("accept", BROWSER).send().await;
    assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")));
}
