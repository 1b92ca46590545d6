//! Methods other than GET.

use trunklog_testkit::TENANT;

use super::{all, start};

#[tokio::test]
async fn options_tells_the_methods() {
    let (server, _) = start().await;
    for (target, allowed) in [
        (all(), "GET, HEAD, OPTIONS"),
        ("/v1.0/$batch".to_owned(), "POST, OPTIONS"),
        ("/beta/$metadata".to_owned(), "GET, HEAD, OPTIONS"),
        ("/v1.0".to_owned(), "GET, HEAD, OPTIONS"),
        (format!("/{TENANT}/oauth2/v2.0/token"), "POST, OPTIONS"),
        (format!("/{TENANT}/v2.0/.well-known/openid-configuration"), "GET, HEAD, OPTIONS"),
        ("/discovery/keys".to_owned(), "GET, HEAD, OPTIONS"),
    ] {
        let answer = server.request("OPTIONS", &target).send().await;
        assert_eq!((answer.status, answer.header("allow")), (204, allowed), "{target}");
        assert!(answer.body.is_empty(), "{target}");
        let wrong = server.request("DELETE", &target).send().await;
        assert_eq!((wrong.status, wrong.header("allow")), (405, allowed), "{target}");
        assert!(!wrong.body.is_empty(), "{target}");
    }
}

#[tokio::test]
async fn head_works_on_documents() {
    let (server, _) = start().await;
    for target in [
        "/v1.0/$metadata".to_owned(),
        "/beta/".to_owned(),
        "/discovery/keys".to_owned(),
        format!("/{TENANT}/v2.0/.well-known/openid-configuration"),
    ] {
        let head = server.request("HEAD", &target).send().await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{target}");
        let got = server.request("GET", &target).send().await;
        assert_eq!(head.header("content-type"), got.header("content-type"), "{target}");
        assert!(!got.body.is_empty(), "{target}");
    }
}

#[tokio::test]
async fn head_says_of_a_function_what_get_would() {
    let (server, token) = start().await;
    for (target, status) in
        [(all(), 200), (format!("{}?$format=csv", all()), 200), (format!("{}?$filter=nothing", all()), 400)]
    {
        let ask = |method| server.request(method, &target).bearer(&token).send();
        let (head, got) = (ask("HEAD").await, ask("GET").await);
        assert_eq!((head.status, got.status, head.body.len()), (status, status, 0), "{target}");
        for name in ["content-type", "content-disposition", "odata-version", "cache-control"] {
            assert_eq!(head.header(name), got.header(name), "{name} of {target}");
        }
    }
    assert_eq!(server.request("HEAD", &all()).send().await.status, 401);
}
