//! What the service says of itself, as it goes over the wire.

use std::io::Read;

use flate2::read::GzDecoder;
use trunklog_identity::Cloud;
use trunklog_odata::Profile;
use trunklog_records::schema::LOGS;
use trunklog_testkit::{Answer, PUBLIC_URL, TestServer};

/// Content type and version of OData.
const XML: (&str, &str) = ("application/xml", "4.0");
const TEXT_XML: (&str, &str) = ("text/xml; charset=utf-8", "4.0");
const JSON: (&str, &str) = ("application/json;odata.metadata=minimal;charset=utf-8", "4.01");

async fn get(server: &TestServer, target: &str, accept: &str) -> Answer {
    server.request("GET", target).header("accept", accept).send().await
}

#[tokio::test]
async fn the_service_document_leads_to_the_metadata() {
    let server = TestServer::start();
    for version in ["v1.0", "beta"] {
        for target in [format!("/{version}"), format!("/{version}/")] {
            let answer = get(&server, &target, "*/*").await;
            assert_eq!(answer.status, 200, "{target}");
            assert_eq!(answer.json()["@odata.context"], format!("{PUBLIC_URL}/{version}/$metadata"));
            assert_eq!(answer.json()["value"][0]["url"], "communications");
            assert_eq!(answer.header("odata-version"), "4.0");
            assert!(answer.header("content-type").starts_with("application/json;odata.metadata=minimal;"));
        }
    }
    let bare = get(&server, "/v1.0/", "application/json;odata.metadata=none").await;
    assert!(bare.json().get("@odata.context").is_none() && bare.json()["value"].is_array());
    assert_eq!(get(&server, "/v1.0/", "application/xml").await.status, 406);
}

#[tokio::test]
async fn metadata_comes_in_the_form_that_was_asked_for() {
    let server = TestServer::start();
    for (query, accept, (media_type, version)) in [
        ("", "*/*", XML),
        ("", "application/xml", XML),
        ("", "text/html, application/xml;q=0.9, */*;q=0.8", XML),
        ("", "text/xml", TEXT_XML),
        ("", "text/html, text/xml;q=0.9, */*;q=0.1", TEXT_XML),
        ("?$format=text/xml", "*/*", TEXT_XML),
        // What SDKs send with every request, which does not mean this one.
        ("", "application/json", XML),
        ("", "application/json;odata.metadata=minimal", XML),
        ("", "application/xml;q=0.1, application/json", XML),
        ("", "text/xml, application/json;q=0.1", TEXT_XML),
        ("?$format=json", "application/xml", JSON),
        ("?%24format=application%2Fjson", "*/*", JSON),
        ("?format=xml", "application/json", XML),
    ] {
        let answer = get(&server, &format!("/beta/$metadata{query}"), accept).await;
        assert_eq!(answer.status, 200, "{query} {accept}");
        assert_eq!(
            (answer.header("content-type"), answer.header("odata-version")),
            (media_type, version),
            "{query} {accept}"
        );
        assert_eq!(answer.json()["$Version"] == "4.01", version == "4.01");
    }
    for (query, accept) in [("", "text/csv"), ("?$format=csv", "*/*"), ("?$format=nonsense", "*/*")] {
        let answer = get(&server, &format!("/v1.0/$metadata{query}"), accept).await;
        assert_eq!(answer.status, 406, "{query} {accept}");
        assert!(
            answer.json()["error"]["details"][0]["message"].as_str().unwrap().contains("application/xml")
        );
    }
    for query in
        ["%2524format=json", "=json", "?$format=json", "$fromat=json", "$format=json&$format=xml", "$format"]
    {
        let answer = get(&server, &format!("/v1.0/$metadata?{query}"), "*/*").await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{query}");
    }
    let posted = server.request("POST", "/v1.0/$metadata").send().await;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET, HEAD, OPTIONS"));
    let head = server.request("HEAD", "/v1.0/$metadata").send().await;
    assert_eq!((head.status, head.body.len(), head.header("content-type")), (200, 0, "application/xml"));
}

#[tokio::test]
async fn who_knows_no_metadata_in_json_gets_none() {
    let server = TestServer::start();
    let get = async |query: &str, accept: &str, version: &str| {
        let target = format!("/v1.0/$metadata{query}");
        server
            .request("GET", &target)
            .header("accept", accept)
            .header("odata-maxversion", version)
            .send()
            .await
    };
    // What Power Query sends with every request.
    let everywhere = "application/json;odata.metadata=minimal;q=1.0,application/atom+xml;q=0.8,\
        application/xml;q=0.7,text/plain;q=0.7";
    for (query, accept, max, expected) in [
        ("", everywhere, "4.0", Some(XML)),
        ("", everywhere, "4.01", Some(JSON)),
        ("", "*/*", "4.0", Some(XML)),
        ("?$format=xml", "application/json", "4.0", Some(XML)),
        ("", "application/json", "4.0", Some(XML)),
        ("", "text/xml", "4.0", Some(TEXT_XML)),
        ("", "application/json", "4.01", Some(JSON)),
        ("", "application/json", "5.0", Some(JSON)),
        ("", "application/json", "newest", Some(XML)),
        ("", "*/*", "4.01", Some(XML)),
        ("", "text/xml", "4.01", Some(TEXT_XML)),
        ("?$format=json", "application/xml", "4.01", Some(JSON)),
        ("?$format=json", "*/*", "4.0", None),
    ] {
        let answer = get(query, accept, max).await;
        assert_eq!(answer.status, if expected.is_some() { 200 } else { 406 }, "{query} {accept} {max}");
        if let Some(expected) = expected {
            assert_eq!((answer.header("content-type"), answer.header("odata-version")), expected);
            let mut varies = answer.headers.get_all("vary").iter();
            assert!(varies.any(|value| value == "odata-maxversion"), "{:?}", answer.headers);
        } else {
            assert!(answer.text().contains("OData-MaxVersion: 4.01"), "{}", answer.text());
        }
    }
    for target in ["/v1.0", "/v1.0/$metadata"] {
        let old = server.request("GET", target).header("odata-maxversion", "3.0;NetFx").send().await;
        assert_eq!((old.status, old.code().as_deref()), (400, Some("BadRequest")), "{target}");
    }
}

#[tokio::test]
async fn metadata_is_packed_for_those_who_take_it() {
    let server = TestServer::start();
    let plain = get(&server, "/beta/$metadata", "*/*").await;
    let packed = server.request("GET", "/beta/%24metadata").header("accept-encoding", "gzip").send().await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(packed.body.as_ref()).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text());
}

#[tokio::test]
async fn the_metadata_names_what_contexts_refer_to() {
    let server = TestServer::start();
    let token = server.token().await;
    let range = "(fromDateTime=2020-01-01,toDateTime=2020-01-02)";
    for version in ["v1.0", "beta"] {
        let metadata = get(&server, &format!("/{version}/$metadata?$format=json"), "*/*").await.json();
        for log in LOGS {
            let path = format!("/{version}/communications/callRecords/{}{range}", log.function);
            let answer = server.get(&path, &token).await;
            let described = &metadata["microsoft.graph.callRecords"][log.function][0];
            assert_eq!(answer.status == 200, described.is_object(), "{path}");
            if let Some(context) = answer.json()["@odata.context"].as_str() {
                let returned = described["$ReturnType"]["$Type"].as_str().unwrap();
                assert!(context.ends_with(&format!("#Collection({returned})")), "{context} {returned}");
            }
        }
    }
}

#[tokio::test]
async fn other_clouds_and_profiles_are_described_as_they_are() {
    let china = TestServer::builder().settings(|settings| settings.cloud = Cloud::China).start();
    for target in ["/beta/$metadata", "/openapi/beta.json"] {
        let answer = get(&china, target, "*/*").await;
        assert_eq!(answer.status, 200, "{target}");
        assert!(!answer.text().contains("getDirectRoutingCalls"), "{target}");
    }
    let strict = TestServer::builder().profile(Profile::Strict).start();
    let metadata = get(&strict, "/v1.0/$metadata", "*/*").await;
    assert!(metadata.text().contains("getDirectRoutingCalls") && !metadata.text().contains("Annotation"));
    for target in ["/", "/openapi", "/openapi/", "/openapi/v1.0.json", "/openapi/style.css"] {
        assert_eq!(get(&strict, target, "*/*").await.status, 400, "{target}");
    }
}

#[tokio::test]
async fn the_page_and_its_documents_are_there_for_everybody() {
    let server = TestServer::start();
    for (target, media_type) in [
        ("/openapi", "text/html; charset=utf-8"),
        ("/openapi/style.css", "text/css; charset=utf-8"),
        ("/openapi/v1.0.json", "application/json"),
        ("/openapi/beta.json", "application/json"),
    ] {
        let answer = get(&server, target, "*/*").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type), "{target}");
        let posted = server.request("POST", target).send().await;
        assert_eq!((posted.status, posted.header("allow")), (405, "GET, HEAD, OPTIONS"), "{target}");
    }
    let page = get(&server, "/openapi", "text/html").await;
    assert!(page.header("content-security-policy").starts_with("default-src 'none';"));
    // Every address on the page leads somewhere on this server.
    let text = page.text();
    let links = text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    for link in links.filter(|link| !link.starts_with('#')) {
        assert_eq!(get(&server, &format!("/{link}"), "*/*").await.status, 200, "{link}");
    }
    let moved = get(&server, "/openapi/", "*/*").await;
    assert_eq!((moved.status, moved.header("location")), (307, "../openapi"));
    let document = get(&server, "/openapi/v1.0.json", "*/*").await.json();
    assert_eq!(document["servers"][0]["url"], format!("{PUBLIC_URL}/v1.0"));
    let token_url =
        &document["components"]["securitySchemes"]["clientCredentials"]["flows"]["clientCredentials"];
    assert_eq!(token_url["tokenUrl"], format!("{PUBLIC_URL}/your-tenant/oauth2/v2.0/token"));
}
