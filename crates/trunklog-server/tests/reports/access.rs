//! Who may read what, and what masks keep from readers.

use trunklog_identity::Role;
use trunklog_records::TenantId;
use trunklog_records::masking::Mask;
use trunklog_reports::{Level, REPORTS, Report};
use trunklog_testkit::{TENANT, TestServer, call_path, form_encoded};
use uuid::Uuid;

use super::{LOG, data, find, path, problem, server};

#[tokio::test]
async fn each_role_reads_its_reports() {
    let (server, _) = server().await;
    for (roles, rows, sums) in [
        (&[Role::CallRecordsReadAll][..], 200, 200),
        (&[Role::CallRecordPstnCallsReadAll][..], 200, 200),
        (&[Role::ReportsReadAll][..], 403, 200),
        (&[Role::ReportsReadAll, Role::FullNumbers][..], 403, 200),
        (&[Role::FullNumbers][..], 403, 403),
        (&[][..], 403, 403),
    ] {
        let token = server.token_of(TENANT, roles).await;
        for report in REPORTS {
            let expected = if report.level == Level::Personal { rows } else { sums };
            let answer = server.get(&path(report), &token).await;
            assert_eq!(answer.status, expected, "{roles:?} {}: {}", report.key, answer.text());
            if answer.status == 403 {
                let (_, _, hint) = problem(&answer);
                assert!(hint.contains("CallRecords.Read.All"), "{hint}");
            }
        }
        assert_eq!(server.get("/reports/v1/usage", &token).await.status, rows, "{roles:?}");
        assert_eq!(server.get("/reports/v1/data", &token).await.status, sums, "{roles:?}");
    }
    // It is no role for Graph's functions.
    let token = server.token_of(TENANT, &[Role::ReportsReadAll]).await;
    assert_eq!(server.get(&call_path("2026-11-01", "2026-11-24"), &token).await.status, 403);
}

#[tokio::test]
async fn a_count_tells_no_more_than_its_reader_may_know() {
    let (server, all) = server().await;
    let sums = server.token_of(TENANT, &[Role::ReportsReadAll]).await;
    let row: serde_json::Value = serde_json::from_str(&data::call(3, "2026-11-18T02:00:00Z")).unwrap();
    for name in [
        "id",
        "correlationId",
        "userId",
        "userPrincipalName",
        "userDisplayName",
        "callerNumber",
        "calleeNumber",
    ] {
        let value = row[name].as_str().unwrap();
        for filter in [
            format!("{name} eq '{value}'"),
            format!("duration ge 0 and startswith({name},'{}')", &value[..2]),
            format!("not ({name} eq null or isLeg)"),
        ] {
            let is_of_calls = |report: &&&Report| report.log.name == LOG.name && report.takes.filter;
            for report in REPORTS.iter().filter(is_of_calls).filter(|report| report.level == Level::Aggregate)
            {
                let target = format!("{}?$filter={}", path(report), form_encoded(&filter));
                let (status, detail, hint) = problem(&server.get(&target, &sums).await);
                assert_eq!(status, 403, "{target}");
                assert!(detail.contains(name) && hint.contains("CallRecords.Read.All"), "{detail} {hint}");
                let answer = server.get(&target, &all).await;
                assert_eq!(answer.status, 200, "{target}: {}", answer.text());
            }
        }
    }
    let harmless = form_encoded("direction eq 'inbound' and class ne 'answered' and duration lt 5");
    let answer = server.get(&format!("/reports/v1/kpis?$filter={harmless}"), &sums).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn masked_readers_find_what_they_see() {
    let server = TestServer::builder().settings(|settings| settings.masks.others = Mask::hiding(3)).start();
    server.load(LOG, &data::calls());
    let masked = server.token().await;
    let full = server.token_of(TENANT, &[Role::CallRecordsReadAll, Role::FullNumbers]).await;
    for (filter, by_masked, by_full) in [
        ("callerNumber eq '+33140000004'", 0, 1),
        ("callerNumber eq '+33140000***'", 100, 0),
        ("endswith(calleeNumber,'7')", 0, 20),
        ("startswith(callerNumber,'+331')", 100, 100),
    ] {
        let query = format!("range=7d&$filter={}", form_encoded(filter));
        for (token, expected) in [(&masked, by_masked), (&full, by_full)] {
            // No own number ends in 7.
            let page = server.get(&format!("/reports/v1/usage?{query}"), token).await;
            assert_eq!(page.rows().len(), expected, "{filter}: {}", page.text());
            let sums = server.get(&format!("/reports/v1/kpis?{query}"), token).await;
            let counted: i64 = sums.rows().iter().map(|row| row["attempts"].as_i64().unwrap()).sum();
            assert_eq!(usize::try_from(counted).unwrap(), expected, "{filter}: {}", sums.text());
        }
    }
    // No report tells a digit that is hidden.
    let outside = |number: u32| format!("+33140{number:06}");
    for report in REPORTS {
        for query in ["", "outside=true"] {
            if !query.is_empty() && !report.takes.extras.iter().any(|extra| query.starts_with(extra.key())) {
                continue;
            }
            for format in ["json", "csv"] {
                let separator = if query.is_empty() { "" } else { "&" };
                let target = format!("{}?{query}{separator}format={format}", path(report));
                let text = server.get(&target, &masked).await.text();
                let told = (0..=data::COUNT).find(|number| text.contains(&outside(*number)));
                assert_eq!(told, None, "{target}: {text}");
            }
        }
    }
    let text = server.get("/reports/v1/usage", &masked).await.text();
    assert!(text.contains("+33140000***") && !text.contains(&outside(4)), "{text}");
    let text = server.get("/reports/v1/usage", &full).await.text();
    assert!(text.contains(&outside(4)), "{text}");
}

#[tokio::test]
async fn tenants_see_their_own_numbers() {
    let (server, token) = server().await;
    let other = TenantId::new(Uuid::from_u128(0x7e57_0000_0000_4000_8000_0000_0000_0002));
    let others = server.token_of(other, &[Role::CallRecordsReadAll]).await;
    for report in REPORTS.iter().filter(|report| !report.takes.call) {
        let target = path(report);
        assert_eq!(server.get(&target, &others).await.status, 200, "{target}");
        let [own, others] = [server.get(&target, &token).await, server.get(&target, &others).await];
        assert_ne!(own.header("etag"), others.header("etag"), "{target}");
    }
    let kpis = server.get(&path(find("kpis")), &others).await;
    assert!(kpis.rows().iter().all(|row| row["attempts"] == 0), "{}", kpis.text());
    let call = REPORTS.iter().find(|report| report.takes.call).unwrap();
    assert_eq!(server.get(&path(call), &others).await.status, 404);
}
