//! The token endpoint over HTTP: both of its forms, its addresses, what it
//! remarks on and whom it refuses.

use serde_json::Value;
use trunklog_identity::Role;
use trunklog_server::{Peer, Scheme};
use trunklog_testkit::{Answer, TENANT, TestServer, call_path, form_encoded};

const GRAPH: &str = "https://graph.microsoft.com";

/// A server with an application.
struct Bench {
    server: TestServer,
    client_id: String,
    secret: String,
}

impl Bench {
    fn start() -> Bench {
        let server = TestServer::start();
        let (client_id, secret) = server.application(TENANT, &[Role::CallRecordsReadAll]);
        Bench { server, client_id: client_id.to_string(), secret }
    }

    /// Posts a form with the right id and secret beside `more`.
    async fn post(&self, path: &str, more: &[(&str, &str)]) -> Answer {
        self.post_as(path, &self.client_id, &self.secret, more, None).await
    }

    async fn post_as(
        &self,
        path: &str,
        client_id: &str,
        secret: &str,
        more: &[(&str, &str)],
        peer: Option<&str>,
    ) -> Answer {
        let known =
            [("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", secret)];
        let form: Vec<String> =
            known.iter().chain(more).map(|(name, value)| format!("{name}={}", form_encoded(value))).collect();
        let request = self
            .server
            .request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.join("&").into_bytes());
        match peer {
            None => request.send().await,
            Some(address) => {
                let peer = Peer { address: address.parse().unwrap(), scheme: Scheme::Https };
                request.peer(peer).send().await
            }
        }
    }
}

fn v1() -> String {
    format!("/{TENANT}/oauth2/token")
}

fn v2() -> String {
    format!("/{TENANT}/oauth2/v2.0/token")
}

fn members(answer: &Answer) -> Vec<String> {
    answer.json().as_object().unwrap().keys().cloned().collect()
}

fn description(answer: &Answer) -> String {
    answer.json()["error_description"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn version_1_answers_in_text() {
    let bench = Bench::start();
    let answer = bench.post(&v1(), &[("resource", GRAPH), ("scope", "openid nonsense")]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let json = answer.json();
    assert!(json.as_object().unwrap().values().all(Value::is_string), "{}", answer.text());
    for (member, value) in
        [("token_type", "Bearer"), ("resource", GRAPH), ("expires_in", "3599"), ("ext_expires_in", "3599")]
    {
        assert_eq!(json[member], value, "{member}");
    }
    let claims = answer.claims();
    let number = |member: &str| json[member].as_str().unwrap().parse::<i64>().unwrap();
    assert_eq!(claims["aud"], GRAPH);
    assert_eq!(Some(number("not_before")), claims["nbf"].as_i64());
    assert_eq!(Some(number("expires_on")), claims["exp"].as_i64());
    assert_eq!(number("expires_on") - number("not_before"), 3599);
    assert_eq!(members(&answer).len(), 7);
    assert_eq!(answer.header("cache-control"), "no-store, no-cache");

    let token = json["access_token"].as_str().unwrap();
    assert_eq!(bench.server.get(&call_path("2020-01-01", "2020-02-01"), token).await.status, 200);
}

#[tokio::test]
async fn version_2_answers_in_numbers() {
    let bench = Bench::start();
    let answer = bench.post(&v2(), &[("scope", &format!("{GRAPH}/.default"))]).await;
    let json = answer.json();
    assert_eq!((json["expires_in"].as_i64(), json["ext_expires_in"].as_i64()), (Some(3599), Some(3599)));
    assert_eq!(members(&answer).len(), 4);
}

#[tokio::test]
async fn both_refuse_in_the_same_shape() {
    let bench = Bench::start();
    let scope = format!("{GRAPH}/.default");
    for (path, more, code) in [
        (v1(), [("scope", scope.as_str())], 900_144),
        (v1(), [("resource", "https://other.test")], 500_011),
        (v2(), [("resource", "https://other.test")], 500_011),
        (v2(), [("scope", GRAPH)], 1_002_012),
    ] {
        let answer = bench.post(&path, &more).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let json = answer.json();
        assert_eq!(json["error_codes"], serde_json::json!([code]), "{}", answer.text());
        assert!(description(&answer).starts_with(&format!("AADSTS{code}: ")), "{}", answer.text());
        for member in ["error", "timestamp", "trace_id", "correlation_id", "error_uri"] {
            assert!(json[member].is_string(), "{member} in {}", answer.text());
        }
    }
    let missing = bench.post(&v1(), &[("scope", &scope)]).await;
    assert!(description(&missing).contains("'resource'"), "{}", missing.text());
}

#[tokio::test]
async fn stray_slashes_lead_to_the_same_place() {
    let bench = Bench::start();
    let tenant = TENANT.to_string();
    let scope = format!("{GRAPH}/.default");
    for path in [
        format!("/{tenant}/oauth2/v2.0/token/"),
        format!("//{tenant}/oauth2/v2.0/token"),
        format!("/{tenant}//oauth2//v2.0///token//"),
    ] {
        let answer = bench.post(&path, &[("scope", &scope)]).await;
        assert_eq!((answer.status, members(&answer).len()), (200, 4), "{path}: {}", answer.text());
    }
    for path in [format!("/{tenant}/oauth2/token/"), format!("//{tenant}//oauth2//token")] {
        let answer = bench.post(&path, &[("resource", GRAPH)]).await;
        assert_eq!((answer.status, members(&answer).len()), (200, 7), "{path}: {}", answer.text());
    }
    for path in [
        format!("//{tenant}/v2.0/.well-known/openid-configuration"),
        format!("/{tenant}/.well-known/openid-configuration/"),
        format!("/{tenant}//discovery/v2.0/keys"),
        format!("/{tenant}/discovery/keys/"),
        "//discovery/keys".to_owned(),
        "/discovery//v2.0/keys/".to_owned(),
    ] {
        let answer = bench.server.request("GET", &path).send().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    // What is a version of Graph is no tenant, however it is written.
    let answer = bench.post("/v1.0//oauth2/token/", &[("resource", GRAPH)]).await;
    assert!(answer.json()["error"]["code"].is_string(), "{}", answer.text());
}

#[tokio::test]
async fn blanks_around_a_secret_are_remarked_on_and_tell_nothing() {
    let bench = Bench::start();
    let more = [("resource", GRAPH)];
    let wrong = "x".repeat(bench.secret.len());
    let text = |answer: &Answer| description(answer).lines().next().unwrap_or_default().to_owned();
    for (before, after) in [("", "\n"), (" ", ""), ("\"", "\"")] {
        let mut said = Vec::new();
        for secret in [&bench.secret, &wrong] {
            let sent = format!("{before}{secret}{after}");
            let answer = bench.post_as(&v1(), &bench.client_id, &sent, &more, None).await;
            assert_eq!(answer.status, 401);
            assert!(!answer.text().contains(secret.as_str()), "{}", answer.text());
            said.push(text(&answer));
        }
        assert!(said[0].contains("The client secret was sent"), "{said:?}");
        assert_eq!(said[0], said[1]);
    }
    let answer = bench.post_as(&v1(), &bench.client_id, &wrong, &more, None).await;
    assert!(!text(&answer).contains("was sent "), "{}", answer.text());
    let spaced = format!("{}\r\n", bench.client_id);
    let answer = bench.post_as(&v1(), &spaced, &bench.secret, &more, None).await;
    assert!(text(&answer).contains("The client id was sent with blanks"), "{}", answer.text());
}

#[tokio::test]
async fn who_keeps_sending_wrong_secrets_waits_and_nobody_else() {
    let bench = Bench::start();
    let more = [("resource", GRAPH)];
    let (here, there) = (Some("192.0.2.1:4711"), Some("192.0.2.2:4711"));
    for _ in 0..10 {
        let answer = bench.post_as(&v1(), &bench.client_id, "wrong", &more, here).await;
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
    let refused = bench.post_as(&v1(), &bench.client_id, &bench.secret, &more, here).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "61"), "{}", refused.text());
    assert_eq!(refused.json()["error"], "temporarily_unavailable");
    let answer = bench.post_as(&v1(), &bench.client_id, &bench.secret, &more, there).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn a_listeners_own_address_is_an_audience() {
    let bench = Bench::start();
    let port = bench.server.listen().await.port();
    let target = call_path("2020-01-01", "2020-02-01");
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let root = format!("http://{host}:{port}");
        for (path, name, value) in
            [(v1(), "resource", root.clone()), (v2(), "scope", format!("{root}/.default"))]
        {
            let answer = bench.post(&path, &[(name, &value)]).await;
            assert_eq!(answer.status, 200, "{value}: {}", answer.text());
            assert_eq!(answer.claims()["aud"], root);
            let json = answer.json();
            let token = json["access_token"].as_str().unwrap();
            assert_eq!(bench.server.get(&target, token).await.status, 200, "{root}");
        }
    }
    for made_up in [format!("http://evil.test:{port}"), format!("http://127.0.0.1:{}", port ^ 1)] {
        let answer = bench.post(&v1(), &[("resource", &made_up)]).await;
        assert_eq!(answer.json()["error"], "invalid_resource", "{made_up}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_explained() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let bench = Bench::start();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        bench.client_id,
        bench.secret,
        form_encoded(&format!("{GRAPH}/.default"))
    );
    let post = async |path: &str, content_type: &str, body: &str| {
        let request = bench.server.request("POST", path).header("content-type", content_type);
        request.body(body.as_bytes().to_vec()).send().await
    };
    let marked = post(&v2(), FORM, &format!("\u{feff}{form}")).await;
    assert_eq!(marked.status, 200, "{}", marked.text());
    let in_url = format!("{}?{form}", v2());
    for (path, content_type, body, said) in [
        (v2(), "application/json", "{}".to_owned(), "send a form"),
        (v2(), FORM, form.replace('&', ";"), "separate parameters by &"),
        (v2(), FORM, form.replace('&', "\n"), "separate parameters by &"),
        (in_url, FORM, String::new(), "send them in the body"),
    ] {
        let answer = post(&path, content_type, &body).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(description(&answer).contains(said), "{}", answer.text());
        assert!(!answer.text().contains(&bench.secret), "{}", answer.text());
    }
}
