//! `/usage`.

use serde_json::json;
use trunklog_records::schema::{PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};
use trunklog_testkit::TENANT;

use super::{data, get, get_as, links, server, told};

/// Calls of Calling Plans, a message and a blocked user, an hour apart.
fn load_others(server: &trunklog_testkit::TestServer) {
    let call = |number: u32, currency: &str| {
        json!({"id": format!("p{number}"), "callId": "c", "startDateTime": format!("2026-11-20T0{number}:00:00Z"),
            "duration": 30, "charge": 0.15, "currency": currency, "callType": "conf_out", "userId": "u",
            "callerNumber": "+4930555001", "calleeNumber": "+33140000123"})
        .to_string()
    };
    server.load(&PSTN_CALLS, &[call(1, "EUR"), call(2, "EUR"), call(3, "USD")]);
    server.load(
        &SMS,
        &[r#"{"id":"s","sentDateTime":"2026-11-20T08:00:00Z","smsUnits":3,"smsType":"outbound"}"#],
    );
    server.load(
        &PSTN_BLOCKED_USERS,
        &[r#"{"userId":"u","userDisplayName":"Ben","blockDateTime":"2026-11-20T08:00:00Z","userBlockMode":"blocked"}"#],
    );
}

/// One of the calls is older than all ranges here.
fn rows_of_the_week() -> usize {
    usize::try_from(data::COUNT).unwrap()
}

#[tokio::test]
async fn each_tab_counts_the_rows_that_it_lists() {
    let server = server();
    load_others(&server);
    let all = rows_of_the_week();
    for (tab, rows, told) in [
        ("", all, "+3314"),
        ("tab=pstn&", 3, "0.30\u{a0}EUR"),
        ("tab=sms&", 1, "Text messages"),
        ("tab=blocked-users&", 1, "Ben"),
        ("tab=dial-out&", 2, "sum up the whole range"),
    ] {
        let answer = get(&server, &format!("/usage?{tab}range=28d")).await;
        assert_eq!(answer.status, 200, "{tab}: {}", answer.text());
        let text = answer.text();
        assert!(text.contains(&format!("<dd>{rows}</dd>")), "{tab}: {text}");
        assert!(text.contains(&format!(" of {rows}, the newest first")), "{tab}: {text}");
        assert!(text.contains(told), "{tab}: {text}");
        assert_eq!(
            text.matches("<svg class=\"line-chart\"").count(),
            usize::from(tab != "tab=dial-out&"),
            "{tab}"
        );
    }
    let wrong = get(&server, "/usage?tab=calls").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("direct-routing"), "{}", wrong.text());
}

#[tokio::test]
async fn pages_of_rows_have_each_row_once() {
    let server = server();
    let mut next = Some("/usage?range=28d".to_owned());
    let mut calls: Vec<String> = Vec::new();
    while let Some(target) = next {
        let answer = get(&server, &target).await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        let text = answer.text();
        calls.extend(links(&text).into_iter().filter(|link| link.starts_with("./calls/")));
        let older = text
            .split("<a href=\"")
            .find(|rest| rest.contains(">Older rows<") && rest.starts_with("./usage"));
        let older = older.and_then(|rest| rest.split('"').next()).map(|link| link.replace("&#38;", "&"));
        next = older.map(|link| format!("/{}", link.trim_start_matches("./")));
    }
    let count = calls.len();
    calls.sort();
    calls.dedup();
    assert_eq!((calls.len(), count), (rows_of_the_week(), rows_of_the_week()));
    assert_eq!(get(&server, "/usage?skip=-1").await.status, 400);
}

#[tokio::test]
async fn a_filter_narrows_what_it_can_and_says_what_it_cannot() {
    let server = server();
    load_others(&server);
    let all = rows_of_the_week();
    let inbound = get(&server, "/usage?range=28d&direction=inbound").await.text();
    assert!(!inbound.contains(&format!("<dd>{all}</dd>")) && !inbound.contains("was left out"), "{inbound}");
    let of_type = get(&server, "/usage?tab=pstn&range=28d&type=user_out").await.text();
    assert!(of_type.contains("<dd>0</dd>") && !of_type.contains("was left out"), "{of_type}");
    let by_trunk = get(&server, "/usage?tab=pstn&range=28d&trunk=sbc1.example").await.text();
    assert!(by_trunk.contains("<dd>3</dd>") && by_trunk.contains("was left out"), "{by_trunk}");
    let messages = get(&server, "/usage?tab=sms&range=28d&type=x").await.text();
    assert!(messages.contains("<dd>1</dd>") && messages.contains("was left out"), "{messages}");
}

/// No store knows the country of a row.
#[tokio::test]
async fn a_country_is_left_out_with_a_word() {
    let server = server();
    let all = rows_of_the_week();
    let of_country = get(&server, "/usage?range=28d&country=FR&direction=outbound").await;
    assert_eq!(of_country.status, 200, "{}", of_country.text());
    let outbound = get(&server, "/usage?range=28d&direction=outbound").await.text();
    let text = of_country.text();
    assert!(text.contains("cannot be chosen by country") && !outbound.contains("by country"), "{text}");
    for page in [&text, &outbound] {
        assert!(page.contains(&format!("<dd>{}</dd>", all / 2)), "{page}");
    }
    // The pages that lead here by a click keep the country.
    let destinations = get(&server, "/destinations?range=28d&country=FR").await.text();
    let usage = links(&destinations).into_iter().find(|link| link.starts_with("./usage?")).unwrap();
    assert_eq!(get(&server, &super::target(&usage)).await.status, 200, "{usage}");
}

#[tokio::test]
async fn numbers_are_masked_and_reads_are_told() {
    let server = server();
    load_others(&server);
    let masked = get(&server, "/usage?tab=pstn&range=28d").await.text();
    assert!(masked.contains("+3314000****") && !masked.contains("+33140000123"), "{masked}");
    let roles = [format!("calls@{TENANT}"), format!("full-numbers@{TENANT}")];
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let full = server.request("GET", "/usage?tab=pstn&range=28d").signed_in(&roles).send().await.text();
    assert!(full.contains("+33140000123"), "{full}");
    let entries = told(&server, "calls.read").await;
    let rows: u64 = entries.iter().filter_map(|entry| entry.rows).sum();
    assert_eq!(rows, 6, "{entries:?}");
    assert!(entries.iter().all(|entry| entry.of.as_deref() == Some("pstnCalls")), "{entries:?}");
}

#[tokio::test]
async fn who_may_not_read_calls_sees_no_report() {
    let server = server();
    for role in ["aggregates", "export", "administer"] {
        let answer = get_as(&server, "/usage", &format!("{role}@{TENANT}")).await;
        assert_eq!(answer.status, 403, "{role}: {}", answer.text());
    }
    let sums = get_as(&server, "/", &format!("aggregates@{TENANT}")).await.text();
    assert!(!links(&sums).iter().any(|link| link.contains("usage") || link.contains("admin")), "{sums}");
}
