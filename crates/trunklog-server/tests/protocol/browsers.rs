//! What scripts of web pages may do.

use trunklog_server::Origins;
use trunklog_testkit::{Answer, TestServer};

use super::all;

const PORTAL: &str = "https://portal.example.com";

#[tokio::test]
async fn scripts_of_known_pages_may_read() {
    let known = Origins::Listed(vec![PORTAL.to_owned()]);
    let server = TestServer::builder().settings(|settings| settings.cors = known).start();
    let token = server.token().await;
    let preflight = |origin: &'static str| {
        server
            .request("OPTIONS", "/v1.0/$batch")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,x-ms-test")
            .send()
    };
    let leave = preflight(PORTAL).await;
    assert_eq!(leave.status, 204);
    assert_eq!(leave.header("access-control-allow-origin"), PORTAL);
    assert_eq!(leave.header("access-control-max-age"), "86400");
    assert!(leave.header("access-control-allow-methods").contains("POST"));
    assert!(leave.header("access-control-allow-headers").ends_with(", x-ms-test"));
    assert!(varies(&leave).contains("origin"));
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");

    // Errors must be read too, or a script learns nothing of them.
    for target in [all(), format!("{}?$skip=x", all())] {
        for (origin, allowed) in [(PORTAL, PORTAL), ("https://evil.example", "")] {
            let answer = server.request("GET", &target).bearer(&token).header("origin", origin).send().await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{target}");
            assert_eq!(
                answer.header("access-control-expose-headers").contains("Retry-After"),
                origin == PORTAL
            );
            assert!(varies(&answer).contains("origin"), "{}", varies(&answer));
        }
    }
    let plain = server.get(&all(), &token).await;
    assert_eq!(plain.header("access-control-allow-origin"), "");
    assert!(varies(&plain).contains("accept-encoding"), "{}", varies(&plain));
}

#[tokio::test]
async fn what_a_layer_refuses_has_the_headers_of_all_answers() {
    let known = Origins::Listed(vec![PORTAL.to_owned()]);
    let server = TestServer::builder().settings(|settings| settings.cors = known).start();
    let long = format!("{}?x={}", all(), "x".repeat(9_000));
    for (target, host, status) in [(all(), "a b", 400), (long, "localhost", 414)] {
        let ask =
            |method| server.request(method, &target).header("host", host).header("origin", PORTAL).send();
        let (got, head) = (ask("GET").await, ask("HEAD").await);
        assert_eq!((got.status, head.status, head.body.len()), (status, status, 0), "{host}");
        assert_eq!(got.json()["error"]["innerError"]["request-id"], got.header("request-id"), "{host}");
        for answer in [got, head] {
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{host}");
            assert_eq!(answer.header("access-control-allow-origin"), PORTAL, "{host}");
            assert!(varies(&answer).contains("origin"), "{}", varies(&answer));
        }
    }
}

fn varies(answer: &Answer) -> String {
    let values = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
    values.collect::<Vec<_>>().join(", ").to_ascii_lowercase()
}
