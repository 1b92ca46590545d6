//! Reports about other logs than that of direct routing.

use serde_json::{Value, json};
use trunklog_identity::Role;
use trunklog_records::Retention;
use trunklog_records::masking::Mask;
use trunklog_records::schema::{PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};
use trunklog_testkit::{TENANT, TestServer, form_encoded};

use super::{find, problem};

fn call(id: &str, start: &str, charge: &str, currency: &str, callee: &str) -> String {
    let call = json!({
        "id": id,
        "callId": format!("call-{id}"),
        "userId": "00000000-0000-0000-0000-000000000001",
        "userPrincipalName": "ada@contoso.example",
        "startDateTime": start,
        "duration": 90,
        "callType": "user_out",
        "currency": currency,
        "calleeNumber": callee,
        "callerNumber": "+4930555001",
        "licenseCapability": "MCOPSTN2",
    });
    // A decimal with its digits.
    call.to_string().replacen('{', &format!("{{\"charge\":{charge},"), 1)
}

fn message(id: &str, sent: &str) -> String {
    json!({
        "id": id,
        "sentDateTime": sent,
        "smsType": "sms_out",
        "smsUnits": 2,
        "callCharge": 0.05,
        "currency": "EUR",
        "sourceNumber": "+4930555001",
        "destinationNumber": "+33140123456",
    })
    .to_string()
}

fn block(user: &str, time: &str) -> String {
    json!({ "userId": user, "blockDateTime": time, "userBlockMode": "blocked", "blockReason": "fraud" })
        .to_string()
}

fn load(server: &TestServer) {
    server.load(
        &PSTN_CALLS,
        &[
            call("a", "2026-11-20T08:00:00Z", "0.10", "EUR", "+33140123456"),
            call("b", "2026-11-20T09:00:00Z", "0.2", "EUR", "+33140123456"),
            call("c", "2026-11-21T09:00:00Z", "1.005", "USD", "+14165550123"),
        ],
    );
    server.load(&SMS, &[message("a", "2026-11-20T08:00:00Z"), message("b", "2026-11-23T08:00:00Z")]);
    server.load(&PSTN_BLOCKED_USERS, &[block("u", "2026-11-20T08:00:00Z")]);
}

#[tokio::test]
async fn money_is_told_with_all_its_digits_by_currency() {
    let server = TestServer::start();
    load(&server);
    let token = server.token().await;
    let answer = server.get("/reports/v1/pstnCalls?range=7d", &token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("\"totalCharge\":0.30,"), "{}", answer.text());
    assert!(answer.text().contains("\"totalCharge\":1.005,"), "{}", answer.text());
    let rows = answer.rows();
    let told: Vec<Value> =
        rows.iter().map(|row| json!([row["currency"], row["totalCalls"], row["totalMinutes"]])).collect();
    assert_eq!(told, [json!(["EUR", 2, 3.0]), json!(["USD", 1, 1.5])]);
    assert_eq!(answer.json()["by"], json!(["currency"]));
    let csv = server.get("/reports/v1/pstnCalls?range=7d&by=country&format=csv", &token).await;
    assert_eq!(
        csv.text(),
        "country,currency,totalCalls,totalMinutes,totalCharge,totalConnectionCharge\n\
         CA,USD,1,1.50,1.005,0.00\nFR,EUR,2,3.00,0.30,0.00\n"
    );
    let sms = server.get("/reports/v1/sms?range=7d", &token).await;
    assert_eq!((&sms.rows()[0]["totalMessages"], &sms.rows()[0]["totalUnits"]), (&json!(2), &json!(4)));
    let blocked = server.get("/reports/v1/blockedUsers?range=7d", &token).await;
    let rows = blocked.rows();
    let row = &rows[0];
    assert_eq!(
        [&row["blockMode"], &row["blockReason"], &row["events"], &row["users"]],
        [&json!("blocked"), &json!("fraud"), &json!(1), &json!(1)]
    );
}

#[tokio::test]
async fn filters_are_read_over_the_log_of_the_report() {
    let server = TestServer::start();
    load(&server);
    let token = server.token().await;
    let sums = server.token_of(TENANT, &[Role::ReportsReadAll]).await;
    for (report, filter, status) in [
        ("pstnCalls", "charge gt 1 and direction eq 'outbound'", 200),
        ("pstnCalls", "finalSipCode eq 486", 400),
        ("pstnCalls", "class eq 'userBusy'", 400),
        ("sms", "smsUnits gt 1 and country eq 'FR'", 200),
        ("sms", "duration gt 1", 400),
        ("blockedUsers", "userBlockMode eq 'blocked'", 200),
        ("blockedUsers", "direction eq 'outbound'", 400),
        ("dialOut", "totalCalls gt 1", 200),
        ("kpis", "charge gt 1", 400),
    ] {
        let target = format!("/reports/v1/{report}?range=7d&$filter={}", form_encoded(filter));
        let answer = server.get(&target, &token).await;
        assert_eq!(answer.status, status, "{target}: {}", answer.text());
    }
    // Sums over one person, call, message or number tell of it.
    for (report, name) in [
        ("pstnCalls", "callId"),
        ("pstnCalls", "calleeNumber"),
        ("pstnCalls", "clientPublicIpV4Address"),
        ("sms", "sourceNumber"),
        ("sms", "smsId"),
        ("blockedUsers", "userTelephoneNumber"),
        ("blockedUsers", "userId"),
    ] {
        let target =
            format!("/reports/v1/{report}?range=7d&$filter={}", form_encoded(&format!("{name} ne null")));
        let (status, detail, _) = problem(&server.get(&target, &sums).await);
        assert!(status == 403 && detail.contains(name), "{target}: {status} {detail}");
        assert_eq!(server.get(&target, &token).await.status, 200, "{target}");
    }
    assert_eq!(server.get("/reports/v1/pstnCalls?range=7d", &sums).await.status, 200);
    assert_eq!(server.get("/reports/v1/dialOut?range=7d", &sums).await.status, 403);
}

#[tokio::test]
async fn each_log_is_shown_as_long_as_it_is_kept() {
    let retention = Retention::default().with(&PSTN_CALLS, Some(3)).with(&SMS, Some(2));
    let server = TestServer::builder().settings(|settings| settings.retention = retention.into()).start();
    load(&server);
    let token = server.token().await;
    for (key, from) in [
        ("pstnCalls", "2026-11-21T08:00:00Z"),
        ("sms", "2026-11-22T08:00:00Z"),
        ("blockedUsers", "2026-11-17T08:00:00Z"),
        // It is computed from calls.
        ("dialOut", "2026-11-21T08:00:00Z"),
        ("kpis", "2026-11-17T08:00:00Z"),
    ] {
        let answer = server.get(&format!("/reports/v1/{key}?range=7d"), &token).await;
        assert_eq!(answer.json()["from"], from, "{key}: {}", answer.text());
        assert_eq!(find(key).key, key);
    }
    let calls = server.get("/reports/v1/pstnCalls?range=7d", &token).await;
    assert_eq!((calls.rows().len(), &calls.rows()[0]["currency"]), (1, &json!("USD")), "{}", calls.text());
    let messages = server.get("/reports/v1/sms?range=7d", &token).await;
    assert_eq!(messages.rows()[0]["totalMessages"], 1, "{}", messages.text());
}

#[tokio::test]
async fn masked_readers_find_what_they_see_of_other_logs() {
    let server = TestServer::builder().settings(|settings| settings.masks.others = Mask::hiding(3)).start();
    load(&server);
    let masked = server.token().await;
    for (filter, rows) in [("calleeNumber eq '+33140123456'", 0), ("calleeNumber eq '+33140123***'", 2)] {
        let target = format!("/reports/v1/pstnCalls?range=7d&$filter={}", form_encoded(filter));
        let answer = server.get(&target, &masked).await;
        let counted: i64 = answer.rows().iter().map(|row| row["totalCalls"].as_i64().unwrap()).sum();
        assert_eq!(counted, rows, "{filter}: {}", answer.text());
    }
}
