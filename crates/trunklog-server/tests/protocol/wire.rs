//! What only a real socket shows, and what depends on the host.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use trunklog_server::{Peer, Scheme};
use trunklog_testkit::{TENANT, TestServer};

use super::{all, start, throttled};

/// Sends a head to a real socket and gives status and `error.code`.
async fn refused(address: SocketAddr, path: &str, header: &str) -> (String, Value) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    (head.split(' ').nth(1).unwrap().to_owned(), body["error"]["code"].clone())
}

#[tokio::test]
async fn what_is_too_large_gets_graphs_body_on_the_wire() {
    let (server, _) = start().await;
    let address = server.listen().await;
    let long = format!("{}?x={}", all(), "x".repeat(9_000));
    assert_eq!(refused(address, &long, "").await, ("414".to_owned(), json!("UriTooLong")));
    let fat = format!("x-fat: {}\r\n", "x".repeat(20_000));
    assert_eq!(
        refused(address, &all(), &fat).await,
        ("431".to_owned(), json!("RequestHeaderFieldsTooLarge"))
    );
    assert_eq!(refused(address, &all(), "").await, ("401".to_owned(), json!("InvalidAuthenticationToken")));
}

/// Sends all of a request and only then reads the answer, as many clients do;
/// gives status line and headers.
async fn head_after(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        for piece in body.chunks(64 * 1024) {
            stream.write_all(piece).await.expect("the server takes the whole body");
        }
        let mut answer = Vec::new();
        let mut some = [0; 4096];
        while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = stream.read(&mut some).await.expect("the answer is not lost to a reset");
            assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&some[..read]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    };
    timeout(Duration::from_secs(30), exchange).await.unwrap()
}

#[tokio::test]
async fn every_client_sees_why_its_body_is_refused() {
    const LEN: usize = 8 * 1024 * 1024;
    let (server, token) = start().await;
    let address = server.listen().await;
    let body = vec![b' '; LEN];
    let chunked = [format!("{LEN:x}\r\n").as_bytes(), &body[..], &b"\r\n0\r\n\r\n"[..]].concat();
    let length = format!("Content-Length: {LEN}");
    let bearer = format!("Authorization: Bearer {token}");
    let token_endpoint = format!("/{TENANT}/oauth2/v2.0/token");
    for (target, more, body, status) in [
        ("/v1.0/$batch", vec![length.as_str(), bearer.as_str()], &body, "413"),
        ("/v1.0/$batch", vec!["Transfer-Encoding: chunked", bearer.as_str()], &chunked, "413"),
        ("/v1.0/$batch", vec!["Transfer-Encoding: chunked"], &chunked, "401"),
        (token_endpoint.as_str(), vec![length.as_str()], &body, "413"),
        (token_endpoint.as_str(), vec!["Transfer-Encoding: chunked"], &chunked, "413"),
        ("/v1.0/$metadata", vec!["Transfer-Encoding: chunked"], &chunked, "405"),
    ] {
        let head = format!("POST {target} HTTP/1.1\r\nHost: localhost\r\n{}\r\n\r\n", more.join("\r\n"));
        let answer = head_after(address, &head, body).await.to_ascii_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{head}{answer}");
        assert_eq!(answer.contains("connection: close"), status == "413", "{head}{answer}");
    }
}

#[tokio::test]
async fn who_waits_for_leave_to_send_a_body_gets_the_refusal_at_once() {
    let (server, token) = start().await;
    let address = server.listen().await;
    let head = format!(
        "POST /v1.0/$batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 8388608\r\nExpect: 100-continue\r\n\r\n"
    );
    let answer = head_after(address, &head, b"").await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_request_without_one_valid_host_is_refused_everywhere() {
    let (server, _) = start().await;
    let addresses = server.listen_everywhere().await;
    let (http, ops) = (addresses.http.unwrap(), addresses.ops.unwrap());
    let token = format!("/{TENANT}/oauth2/v2.0/token");
    let calls = all();
    for (address, target) in [
        (http, calls.as_str()),
        (http, "/v1.0/$metadata"),
        (http, token.as_str()),
        (http, "/discovery/keys"),
        (http, "/openapi"),
        (ops, "/livez"),
        (ops, "/metrics"),
    ] {
        for hosts in ["", "Host: a.example\r\nHost: a.example\r\n", "Host: a b\r\n", "Host:\r\n"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let head = format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 400 "), "{head}{answer}");
            let (headers, body) = answer.split_once("\r\n\r\n").unwrap();
            if address == ops {
                assert!(headers.contains("text/plain") && body.contains("Host"), "{head}{answer}");
            } else {
                let body: Value = serde_json::from_str(body).unwrap();
                assert_eq!(body["error"]["code"], "BadRequest", "{head}{answer}");
            }
        }
        let answer = head_after(address, &format!("GET {target} HTTP/1.0\r\n\r\n"), b"").await;
        assert!(!answer.lines().next().unwrap().contains(" 400"), "{target}: {answer}");
    }
}

#[tokio::test]
async fn an_old_client_gets_pages_and_is_told_that_there_is_nothing_else() {
    let (server, token) = throttled(1).await;
    let address = server.listen().await;
    let status = async |method: &str, options: &str| {
        let request =
            format!("{method} {}{options} HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n", all());
        head_after(address, &request, b"").await.split(' ').nth(1).map(str::to_owned).unwrap()
    };
    for method in ["GET", "HEAD", "GET"] {
        assert_eq!(status(method, "?$format=csv").await, "406", "{method}");
    }
    assert_eq!(status("GET", "").await, "200", "none of them was counted");
    assert_eq!(status("GET", "").await, "429");
}

#[tokio::test]
async fn tls_alone_is_demanded_for_names_of_others_only() {
    let server = TestServer::builder().settings(|settings| settings.public_url = None).start();
    let over_tls = Peer { address: "192.0.2.1:4711".parse().unwrap(), scheme: Scheme::Https };
    for (host, demanded) in [
        ("trunklog.example", "max-age=31536000"),
        ("trunklog.example:8443", "max-age=31536000"),
        ("localhost:8443", ""),
        ("127.0.0.1:8443", ""),
        ("[::1]:8443", ""),
    ] {
        let answer =
            server.request("GET", "/v1.0/$metadata").header("host", host).peer(over_tls).send().await;
        assert_eq!(answer.status, 200, "{host}");
        assert_eq!(answer.header("strict-transport-security"), demanded, "{host}");
    }
    for (public_url, demanded) in [
        ("https://trunklog.example", "max-age=31536000"),
        ("https://localhost:8443", ""),
        ("https://[::1]:8443", ""),
        ("http://trunklog.example", ""),
    ] {
        let server = TestServer::builder()
            .settings(|settings| settings.public_url = Some(public_url.to_owned()))
            .start();
        let answer = server.request("GET", "/v1.0/$metadata").send().await;
        assert_eq!(answer.header("strict-transport-security"), demanded, "{public_url}");
    }
}
