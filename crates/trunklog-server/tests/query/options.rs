//! How options are written, and what is wrong with them.

use serde_json::json;
use trunklog_odata::Profile;
use trunklog_testkit::{Answer, TestServer, call_row, call_rows, form_encoded};

use super::data::{self, FILTERS, ORDERS};
use super::{LOG, all, context, ids, server, with};

#[tokio::test]
async fn filters_are_read_in_every_spelling() {
    let (server, token) = server().await;
    let expected = data::select(&data::calls(), FILTERS[0], ORDERS[0]);
    assert!(expected.len() > 20);
    for options in [
        "$filter=duration%20gt%2060",
        "%24filter=duration+gt+60",
        "filter=duration%20gt%2060",
        "$Filter=%64uration%20GT%20%36%30",
        "$filter=duration%20gt%20@secs&@secs=60",
    ] {
        let page = server.get(&with(options), &token).await;
        assert_eq!(page.status, 200, "{options}: {}", page.text());
        assert_eq!(page.ids(), expected, "{options}");
    }
}

#[tokio::test]
async fn wrong_options_are_refused_and_say_where() {
    let (server, token) = server().await;
    for options in [
        "$filter=duration%20gt",
        "$filter=nonsense%20eq%201",
        "$filter=duration%20eq%20'x'",
        "$filter=duration%20gt%2060)",
        // A property of beta alone.
        "$filter=userCountryCode%20eq%20'DE'",
        "$orderby=nonsense",
        "$orderby=duration%20sideways",
        "$select=id,nonsense",
    ] {
        let answer = server.get(&with(options), &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{options}");
        assert!(answer.message().unwrap().contains("position "), "{options}: {}", answer.text());
        assert!(answer.json()["error"]["details"][0]["message"].is_string(), "{options}: {}", answer.text());
    }
    for options in ["$top=-1", "$count=perhaps", "$expand=sessions", "$search=x", "$filter=", "$top=1&top=2"]
    {
        let answer = server.get(&with(options), &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{options}");
    }
}

#[tokio::test]
async fn options_that_were_lost_or_garbled_are_refused() {
    let (server, token) = server().await;
    for options in [
        // What a shell leaves of ?$filter=… in double quotes, and curl of it.
        "=successfulCall%20eq%20false&$count=true",
        "successfulCall%20eq%20false",
        "?$filter=duration%20gt%2060",
        "%20$filter=duration%20gt%2060",
        "filter%20=duration%20gt%2060",
        "amp;$filter=duration%20gt%2060",
        "$top=5&amp;$filter=duration%20gt%2060",
        "%2524filter=duration%20gt%2060",
        "$$filter=duration%20gt%2060",
        "%EF%BC%84filter=duration%20gt%2060",
        "fliter=duration%20gt%2060",
        "$fitler=duration%20gt%2060",
        "order_by=duration",
        "api-version=1.0?$filter=duration%20gt%2060",
        "filter%3Dduration%20gt%2060",
        "\\u0024filter=duration%20gt%2060",
        "@$filter=duration%20gt%2060",
        "{$filter}=duration%20gt%2060",
        "$format=csv&%EF%BB%BFbom=true",
        "$format=csv&bomm=true",
    ] {
        let answer = server.get(&with(options), &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{options}");
        assert!(answer.json()["error"]["details"][0]["message"].is_string(), "{options}: {}", answer.text());
    }
    for options in
        ["api-version=1.0", "from=2020-01-01&country=DE", "cb=17", "x", "orderId=1&county=a&skin=b", "a(1)=2"]
    {
        assert_eq!(server.get(&with(options), &token).await.rows().len(), 240, "{options}");
    }
}

#[tokio::test]
async fn what_is_left_of_a_next_link_never_starts_the_walk_anew() {
    for profile in [Profile::Default, Profile::Strict] {
        let server = TestServer::builder().profile(profile).start();
        server.load(LOG, &call_rows(0, 2_001, "2020-01-05T00:00:00Z"));
        let token = server.token().await;
        let first = server.get(&all(), &token).await;
        let link = first.next_link().unwrap();
        let refused = [
            // What a shell leaves of it, with the second name lost or both.
            link.replace("$skiptoken=", "=").replace("$skip=", "="),
            link.replace("$skip", "%2524skip"),
            link.replace("$skip", "%252524skip"),
            link.replace("$skip", "$$skip"),
            link.replace("?$skip", "??$skip"),
            link.replace("$skip", "%20$skip"),
            link.replace("$skip", "amp;$skip"),
            link.replace("$skip", "$skp"),
            link.replace("$skip", "\\$skip"),
            link.replace("?$skip", "?x=1?$skip"),
            link.replacen("$skip=1000", "=1000", 1),
            link.replace("$skip=1000", "$skip%3D1000"),
            link.replace("$skip=1000", "%24skip%3D1000%26x"),
            link.replace("$skip", "\\u0024skip"),
            link.replace("$skip", "@$skip"),
            link.replace("?$skip", "?$count=true?$skip"),
            link.replace("?$skip", "?@a=1;$skip"),
            link.replace("$skip=1000", "=%221000%22").replace("$skiptoken", "x"),
        ];
        for target in refused {
            let answer = server.get(&target, &token).await;
            let what = format!("{target} ({profile:?}): {}", answer.text());
            assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{what}");
        }
        if profile == Profile::Default {
            let tokenless = link.replace("$skiptoken=", "=");
            assert_eq!(server.get(&tokenless, &token).await.status, 400, "{tokenless}");
        }
        let mut second = None;
        for target in
            [link.clone(), link.replace('$', ""), link.replace('$', "%24"), link.replace("$skip=", "$Skip=")]
        {
            let answer = server.get(&target, &token).await;
            assert_eq!(answer.status, 200, "{target}: {}", answer.text());
            let ids = answer.ids();
            assert_ne!(ids, first.ids(), "{target}");
            assert_eq!(*second.get_or_insert_with(|| ids.clone()), ids, "{target}");
        }
    }
}

#[tokio::test]
async fn only_what_is_selected_is_shown() {
    let (server, token) = server().await;
    let row = call_row(1, "2020-01-20T00:00:00Z").replace('}', r#","brandNew":7}"#);
    server.load(LOG, &[row]);
    let from = "$filter=startDateTime%20gt%202020-01-10T00:00:00Z";
    let whole = server.get(&with(from), &token).await;
    assert_eq!(whole.rows()[0]["brandNew"], 7);
    let page = server.get(&with(&format!("{from}&$select=duration,id,duration")), &token).await;
    assert_eq!(page.rows(), [json!({ "id": whole.ids()[0], "duration": 5 })]);
    assert_eq!(context(&page), format!("{}(id,duration)", context(&whole)));
    let starred = server.get(&with(&format!("{from}&select=*")), &token).await;
    assert_eq!((starred.rows(), context(&starred)), (whole.rows(), context(&whole)));
    // What is not shown can be asked for all the same.
    let by_hidden = "$select=id&$filter=finalSipCode%20eq%20404&$orderby=duration&maxpagesize=7";
    let pages = server.walk(&with(by_hidden), &token).await;
    let expected = data::select(
        &data::calls(),
        ("", |call| call.code == Some(404)),
        ("", |one, other| one.duration.cmp(&other.duration)),
    );
    assert_eq!(ids(&pages), expected);
    assert!(pages.iter().flat_map(Answer::rows).all(|row| row.as_object().unwrap().len() == 1));
}

#[tokio::test]
async fn a_number_is_found_however_its_plus_is_written() {
    let (server, token) = server().await;
    let number = server.get(&all(), &token).await.rows()[0]["callerNumber"].as_str().unwrap().to_owned();
    assert!(number.starts_with('+'), "{number}");
    let encoded = form_encoded(&number);
    for options in [
        format!("$filter=callerNumber+eq+'{encoded}'"),
        format!("$filter=callerNumber%20eq%20'{number}'"),
        format!("$filter=startswith(callerNumber,'{number}')"),
        format!("$filter=callerNumber+eq+@number&@number='{number}'"),
    ] {
        let page = server.get(&with(&options), &token).await;
        assert!(!page.rows().is_empty(), "{options}");
        assert!(page.rows().iter().all(|row| row["callerNumber"] == number.as_str()), "{options}");
    }
}
