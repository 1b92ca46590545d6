//! The entities of sets of sums.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::data::{COUNT, TRUNKS, is_answered};
use super::{LOG, all, builder, number, server, sum};

fn answered() -> u32 {
    u32::try_from((0..COUNT).filter(|number| is_answered(*number)).count()).unwrap()
}

#[tokio::test]
async fn each_set_adds_up_to_the_calls() {
    let (server, token) = server().await;
    let total = f64::from(COUNT);
    for set in ["trunkHours", "usageByDay", "endReasons", "destinations", "users"] {
        let entities = all(&server, &format!("/odata/{set}"), &token).await;
        assert!((sum(&entities, "attempts") - total).abs() < 1e-9, "{set}");
        let ids: BTreeSet<&str> = entities.iter().map(|entity| entity["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), entities.len(), "{set}");
        if set != "endReasons" {
            assert!((sum(&entities, "answered") - f64::from(answered())).abs() < 1e-9, "{set}");
            assert!((sum(&entities, "minutes") - 10.0 * f64::from(answered())).abs() < 1e-3, "{set}");
        }
        let dates: Vec<&str> = entities.iter().map(|entity| entity["localDate"].as_str().unwrap()).collect();
        assert!(
            dates.is_sorted() && dates[0] == "2026-10-23" && dates.last() == Some(&"2026-10-28"),
            "{set}"
        );
    }
}

#[tokio::test]
async fn hours_are_those_of_the_tenants_clock() {
    let (server, token) = server().await;
    let hours = all(&server, "/odata/trunkHours?$filter=localDate%20eq%202026-10-25", &token).await;
    // 25 hours of two trunks.
    assert_eq!(hours.len(), 50);
    let twice: Vec<&Value> = hours.iter().filter(|hour| hour["localHour"] == 2).collect();
    let starts: BTreeSet<&str> = twice.iter().map(|hour| hour["startDateTime"].as_str().unwrap()).collect();
    assert_eq!(starts.into_iter().collect::<Vec<_>>(), ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"]);
    let first = &hours[0];
    assert_eq!(first["id"], format!("2026-10-24T22:00:00Z|{}", TRUNKS[0]));
    assert_eq!(
        (&first["trunk"], &first["attempts"], &first["inbound"]),
        (&json!(TRUNKS[0]), &json!(1), &json!(1))
    );
    // One call of ten minutes and eight seconds of ringing.
    let busy = hours.iter().find(|hour| hour["answered"] == 1).unwrap();
    assert_eq!((&busy["peakChannels"], &busy["peakTalkingChannels"]), (&json!(1), &json!(1)));
    assert!((number(busy, "busySeconds") - 600.0).abs() <= 8.0, "{busy}");
}

#[tokio::test]
async fn pages_of_any_size_give_the_same() {
    let (server, token) = server().await;
    for set in ["trunkHours", "usageByDay", "endReasons", "destinations", "users"] {
        let whole = all(&server, &format!("/odata/{set}"), &token).await;
        for size in [1, 7, 40] {
            if size == 1 && whole.len() > 100 {
                continue;
            }
            let pages = server.walk(&format!("/odata/{set}?maxpagesize={size}"), &token).await;
            let sizes = pages.iter().map(|page| page.rows().len());
            assert!(sizes.clone().all(|rows| (1..=size).contains(&rows)), "{set} {size}");
            assert_eq!(pages.len(), whole.len().div_ceil(size), "{set} {size}");
            let entities: Vec<Value> = pages.iter().flat_map(|page| page.rows()).collect();
            assert_eq!(entities, whole, "{set} {size}");
        }
        let part = all(&server, &format!("/odata/{set}?$skip=3&$top=5&maxpagesize=2"), &token).await;
        assert_eq!(part, whole[3..8], "{set}");
    }
}

#[tokio::test]
async fn days_that_are_read_one_by_one_are_the_whole() {
    let (server, token) = server().await;
    for set in ["trunkHours", "usageByDay", "endReasons", "destinations", "users"] {
        let whole = all(&server, &format!("/odata/{set}"), &token).await;
        let mut parts = Vec::new();
        for day in 22..=30 {
            // As a tool reads partitions: it does not know where the tenant's days start.
            let filter = format!(
                "startDateTime%20ge%202026-10-{day}T00:00:00Z%20and%20startDateTime%20lt%202026-10-{:02}T00:00:00Z",
                day + 1
            );
            parts.extend(all(&server, &format!("/odata/{set}?$filter={filter}"), &token).await);
        }
        assert_eq!(parts, whole, "{set}");
    }
}

#[tokio::test]
async fn other_conditions_hold_for_each_entity() {
    let (server, token) = server().await;
    let get = async |set: &str, filter: &str| {
        all(&server, &format!("/odata/{set}?$filter={}", filter.replace(' ', "%20")), &token).await
    };
    let of_one = get("trunkHours", &format!("trunk eq '{}' and answered eq 0", TRUNKS[1])).await;
    assert!(!of_one.is_empty());
    assert!(of_one.iter().all(|hour| hour["trunk"] == TRUNKS[1] && hour["answered"] == 0));
    let minutes = get("usageByDay", "minutes gt 100.5 and direction eq 'inbound'").await;
    assert!(minutes.iter().all(|day| number(day, "minutes") > 100.5 && day["direction"] == "inbound"));
    assert!(!minutes.is_empty());
    assert_eq!(get("users", "startswith(userPrincipalName,'nobody')").await, Vec::<Value>::new());
}

#[tokio::test]
async fn entities_tell_what_their_keys_mean() {
    let (server, token) = server().await;
    let reasons = all(&server, "/odata/endReasons", &token).await;
    let busy = reasons.iter().find(|reason| reason["finalSipCode"] == 486).unwrap();
    assert_eq!((&busy["class"], &busy["side"]), (&json!("userBusy"), &json!("user")));
    assert!(busy["cause"].as_str().unwrap().contains("busy"), "{busy}");
    let users = all(&server, "/odata/users?$top=1", &token).await;
    let (name, display) =
        (users[0]["userPrincipalName"].as_str().unwrap(), users[0]["userDisplayName"].as_str().unwrap());
    assert!(name.starts_with("user") && display.starts_with("User "), "{}", users[0]);
    let destinations = all(&server, "/odata/destinations", &token).await;
    assert!(destinations.iter().all(|day| day["country"] == "FR"), "{destinations:?}");
}

#[tokio::test]
async fn sums_of_nothing_are_no_entities() {
    let server = builder().start();
    let token = server.token().await;
    for set in ["trunkHours", "usageByDay", "endReasons", "destinations", "users"] {
        let answer = server.get(&format!("/odata/{set}"), &token).await;
        assert_eq!((answer.status, answer.rows().len(), answer.next_link()), (200, 0, None), "{set}");
    }
}

#[tokio::test]
async fn a_gap_of_years_is_passed_over() {
    let (server, token) = server().await;
    let old =
        super::data::call(5_000).replace(&super::data::start_of(5_000).to_string(), "1999-12-31T23:30:00Z");
    server.load(LOG, &[old]);
    let hours = server.get("/odata/trunkHours?$top=2", &token).await.rows();
    let starts: Vec<&str> = hours.iter().map(|hour| hour["startDateTime"].as_str().unwrap()).collect();
    // Who called at midnight held a channel before: from the invitation on.
    assert_eq!(starts, ["1999-12-31T23:00:00Z", "2026-10-22T23:00:00Z"]);
    assert_eq!((&hours[0]["attempts"], &hours[1]["attempts"]), (&json!(1), &json!(0)));
}
