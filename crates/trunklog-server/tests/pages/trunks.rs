//! Trunks: their figures, their other names, and what is entered of them.

use trunklog_testkit::{Answer, TENANT, TestServer, form_encoded};

use super::{LOG, data, get, get_as, server};

fn admin() -> [String; 2] {
    [super::calls(), format!("administer@{TENANT}")]
}

async fn post(server: &TestServer, target: &str, form: String, roles: &[String]) -> Answer {
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    server
        .request("POST", target)
        .signed_in(&roles)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(form.into_bytes())
        .send()
        .await
}

async fn enter(server: &TestServer, trunk: &str, kind: &str, value: &str, days: &str) -> Answer {
    let form = format!("do=add&trunk={trunk}&kind={kind}&value={}{days}", form_encoded(value));
    post(server, "/trunks/change", form, &admin()).await
}

#[tokio::test]
async fn all_trunks_and_one_have_the_numbers_of_the_reports() {
    let server = server();
    let page = get(&server, "/trunks?range=7d").await;
    assert_eq!(page.status, 200, "{}", page.text());
    for trunk in data::TRUNKS {
        assert!(page.text().contains(&format!("./trunks/{trunk}")), "{trunk}: {}", page.text());
        let one = get(&server, &format!("/trunks/{trunk}?range=7d")).await;
        assert_eq!(one.status, 200, "{}", one.text());
        assert!(one.text().contains(">100</a>") && one.text().contains("not connected"), "{}", one.text());
    }
    let sums = get_as(&server, "/trunks", &format!("aggregates@{TENANT}")).await;
    assert_eq!(sums.status, 200, "sums are in it, and nobody can be told");
    assert!(!sums.text().contains("calls?"), "{}", sums.text());
}

#[tokio::test]
async fn trunks_are_counted_and_found_by_name() {
    let server = server();
    let [first, second] = data::TRUNKS;
    let all = get(&server, "/trunks?range=7d").await.text();
    assert!(all.contains("2 trunks, none to look at"), "{all}");
    let found = get(&server, "/trunks?range=7d&name=SBC2").await.text();
    assert!(found.contains("1 of 2 trunks"), "{found}");
    assert!(found.contains(&format!("trunks/{second}?")) && !found.contains(&format!("trunks/{first}?")));
    let sums = get_as(&server, "/trunks?range=7d&name=zzz", &format!("aggregates@{TENANT}")).await.text();
    assert!(sums.contains("No trunk is called so."), "{sums}");
}

#[tokio::test]
async fn a_trunk_that_was_renamed_is_one() {
    let server = server();
    let [main, old] = data::TRUNKS;
    let entered = enter(&server, main, "alias", old, "").await;
    assert_eq!(
        (entered.status, entered.header("location")),
        (303, format!("../trunks/{main}").as_str()),
        "{}",
        entered.text()
    );
    for target in [format!("/trunks/{main}?range=7d"), format!("/trunks/{old}?range=7d")] {
        let one = get(&server, &target).await.text();
        assert!(one.contains(">200</a>"), "{target}: {one}");
    }
    let all = get(&server, "/trunks?range=7d").await.text();
    assert!(all.contains(">200</a>") && !all.contains(">100</a>"), "{all}");
    let health = get(&server, "/?range=7d").await.text();
    assert!(!health.contains(&format!("trunks/{old}")), "{health}");
    // The list that the number leads to has as many.
    let list = get(&server, &format!("/calls?range=7d&trunk={main}")).await.text();
    assert!(list.contains("200 calls"), "{list}");
    let usage = get(&server, &format!("/usage?range=7d&trunk={main}")).await.text();
    assert!(usage.contains("<dd>200</dd>"), "{usage}");
    // From a day on it was another trunk's.
    let removed =
        post(&server, "/trunks/change", format!("do=remove&trunk={main}&kind=alias&value={old}"), &admin())
            .await;
    assert_eq!(removed.status, 303, "{}", removed.text());
    enter(&server, main, "alias", old, "&until=2026-11-20").await;
    let all = get(&server, "/trunks?range=7d").await.text();
    assert!(all.contains(&format!("%3D{old}")), "the rest is told apart: {all}");
    let mut parts: Vec<usize> = Vec::new();
    for trunk in [main.to_owned(), format!("%3D{old}")] {
        let list = get(&server, &format!("/calls?range=7d&trunk={trunk}")).await.text();
        let told = list.split(" calls, newest").next().unwrap().rsplit('>').next().unwrap();
        parts.push(told.parse().unwrap());
    }
    assert_eq!(parts.iter().sum::<usize>(), 200, "{parts:?}");
    assert!(parts[0] > 100 && parts[1] > 0, "{parts:?}");
}

#[tokio::test]
async fn what_is_entered_is_told_with_its_days_and_can_be_taken_away() {
    let server = server();
    let [trunk, other] = data::TRUNKS;
    enter(&server, trunk, "name", "Berlin <1>", "").await;
    enter(&server, trunk, "channels", "30", "&from=&until=2026-06-30").await;
    enter(&server, trunk, "channels", "2", "&from=2026-07-01").await;
    let roles = admin();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let page =
        server.request("GET", &format!("/trunks/{trunk}?range=7d")).signed_in(&roles).send().await.text();
    for told in ["<h1>Berlin &#60;1&#62;", "30 Jun 2026", "1 Jul 2026", "of 2", "people"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    for (kind, value, days, said) in [
        ("channels", "0", "", "from 1 to 100000"),
        ("channels", "5", "&from=1.7.2026", "no day"),
        ("channels", "5", "&from=2026-07-02&until=2026-07-01", "last day is before the first"),
        ("alias", "localhost", "", "named by a host name"),
        ("colour", "red", "", "one of name, carrier"),
    ] {
        let refused = enter(&server, trunk, kind, value, days).await;
        assert_eq!(refused.status, 400, "{kind} {value}");
        assert!(refused.text().contains(said), "{said}: {}", refused.text());
    }
    enter(&server, other, "name", "Bonn", "").await;
    let taken = enter(&server, trunk, "alias", other, "").await;
    assert_eq!(taken.status, 400, "it is a trunk of its own");
    let forgotten = post(&server, "/trunks/change", format!("do=forget&trunk={trunk}"), &admin()).await;
    assert_eq!((forgotten.status, forgotten.header("location")), (303, "../trunks"));
    assert!(
        get(&server, &format!("/trunks/{trunk}")).await.text().contains("Nothing is known of this trunk")
    );
}

#[tokio::test]
async fn a_saved_answer_of_teams_is_taken() {
    let server = server();
    let json = r#"[{"Identity":"sbc1.contoso.example","MaxConcurrentSessions":50,"SipSignalingPort":5067},
        {"Identity":"new.contoso.example","MaxConcurrentSessions":null}]"#;
    let form = format!("gateways={}", form_encoded(json));
    let taken = post(&server, "/trunks/import", form.clone(), &admin()).await;
    assert_eq!((taken.status, taken.header("location")), (303, "../trunks"), "{}", taken.text());
    let all = get(&server, "/trunks?range=7d").await.text();
    assert!(all.contains("of 50") && all.contains("./trunks/new.contoso.example"), "{all}");
    // Again, it changes nothing.
    let before = get(&server, "/trunks/sbc1.contoso.example").await.text();
    post(&server, "/trunks/import", form, &admin()).await;
    assert_eq!(get(&server, "/trunks/sbc1.contoso.example").await.text(), before);
    let more = form_encoded(
        r#"[{"Identity":"Global"},{"Identity":"sbc1.contoso.example","MaxConcurrentSessions":60}]"#,
    );
    let partly = post(&server, "/trunks/import", format!("gateways={more}"), &admin()).await;
    assert_eq!(partly.status, 400);
    assert!(
        partly.text().contains("object 1: Fqdn") && partly.text().contains("all others were taken"),
        "{}",
        partly.text()
    );
    let one = get(&server, "/trunks/sbc1.contoso.example").await.text();
    assert!(
        one.contains("23 Nov 2026") && one.contains("24 Nov 2026"),
        "the old limit ends the day before: {one}"
    );
    let wrong = post(&server, "/trunks/import", "gateways=Identity".to_owned(), &admin()).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn only_administrators_of_our_pages_change_trunks() {
    let server = server();
    let form = || "do=add&trunk=sbc1.example&kind=name&value=x".to_owned();
    assert_eq!(post(&server, "/trunks/change", form(), &[super::calls()]).await.status, 403);
    assert_eq!(post(&server, "/trunks/import", "gateways=x".to_owned(), &[super::calls()]).await.status, 403);
    let roles = admin();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let foreign = server
        .request("POST", "/trunks/change")
        .signed_in(&roles)
        .header("sec-fetch-site", "cross-site")
        .body(form().into_bytes())
        .send()
        .await;
    assert_eq!(foreign.status, 403);
    assert_eq!(get(&server, "/trunks/change").await.status, 405);
    let page = get(&server, "/trunks").await.text();
    assert!(!page.contains("trunks/change"), "{page}");
}

#[tokio::test]
async fn trunks_are_there_before_any_call() {
    let server = TestServer::start();
    let page = get(&server, "/trunks").await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("Nothing is stored yet"), "{}", page.text());
    enter(&server, "sbc9.contoso.example", "name", "Bonn", "").await;
    let entered = get(&server, "/trunks").await.text();
    assert!(entered.contains("./trunks/sbc9.contoso.example"), "{entered}");
    server.load(LOG, &data::calls());
    assert!(get(&server, "/trunks?range=7d").await.text().contains(data::TRUNKS[0]));
}
