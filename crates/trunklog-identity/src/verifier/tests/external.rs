//! Tokens of issuers outside, here a loopback server.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::loopback::Loopback;
use super::*;

const METADATA: &str = "/contoso/.well-known/openid-configuration";
const KEYS: &str = "/keys";
const AUDIENCE: &str = "api://trunklog";
/// A tenant of the issuer, which stands for [`TENANT`] here.
const THEIRS: Uuid = Uuid::from_u128(0xaaaa);

struct Outside {
    server: Loopback,
    verifier: Verifier,
    clock: FakeClock,
    issuer: String,
}

impl Outside {
    async fn start() -> Outside {
        Outside::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut ExternalIssuer)) -> Outside {
        let server = Loopback::start().await;
        let clock = FakeClock::new();
        let issuer = server.url("/contoso");
        let tenants = BTreeMap::from([(THEIRS, TENANT)]);
        let mut config = ExternalIssuer::new(&issuer, vec![AUDIENCE.to_owned()], tenants);
        config.transport = Transport::HttpsOrPlainLoopback;
        change(&mut config);
        server.set(METADATA, 200, json!({"issuer": issuer, "jwks_uri": server.url(KEYS)}));
        server.set(KEYS, 200, jwks(&[rsa_jwk("one", &rsa_key(0))]));
        let verifier = Verifier::new(None, vec![config], clock.clock()).unwrap();
        Outside { server, verifier, clock, issuer }
    }

    fn claims(&self) -> Value {
        with(claims_at(self.clock.now(), &self.issuer, THEIRS), "aud", json!(AUDIENCE))
    }

    /// A token of now, signed by that key under that id.
    fn token(&self, kid: &str, key: &RsaKeyPair) -> String {
        signed_token(key, &json!({"typ": "JWT", "alg": "RS256", "kid": kid}), &self.claims())
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

fn rsa_jwk(kid: &str, key: &RsaKeyPair) -> Value {
    let parts = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
    json!({
        "kty": "RSA", "use": "sig", "kid": kid,
        "n": URL_SAFE_NO_PAD.encode(&parts.n), "e": URL_SAFE_NO_PAD.encode(&parts.e),
    })
}

fn jwks(keys: &[Value]) -> Value {
    json!({"keys": keys})
}

#[tokio::test]
async fn a_token_is_checked_with_the_published_key() {
    let outside = Outside::start().await;
    let token = outside.token("one", &rsa_key(0));
    let principal = accepted(&outside.verifier, &token).await;
    assert_eq!(principal.tenant, TENANT);
    assert_eq!(principal.app_id, "client");
    assert!(principal.holds_any(&[Role::CallRecordsReadAll]));
    accepted(&outside.verifier, &token).await;
    outside.wait(1);
    accepted(&outside.verifier, &outside.token("one", &rsa_key(0))).await;
    assert_eq!((outside.server.hits(METADATA), outside.server.hits(KEYS)), (1, 1));

    let forged = outside.token("one", &rsa_key(1));
    assert_eq!(refused(&outside.verifier, &forged).await.fault(), AuthFault::Invalid);
}

#[tokio::test]
async fn an_unknown_key_costs_one_fetch_a_minute() {
    let outside = Outside::start().await;
    accepted(&outside.verifier, &outside.token("one", &rsa_key(0))).await;
    outside.server.set(KEYS, 200, jwks(&[rsa_jwk("one", &rsa_key(0)), rsa_jwk("two", &rsa_key(1))]));
    let newer = outside.token("two", &rsa_key(1));

    outside.wait(59);
    refused(&outside.verifier, &newer).await;
    assert_eq!(outside.server.hits(KEYS), 1);
    outside.wait(1);
    accepted(&outside.verifier, &newer).await;
    assert_eq!(outside.server.hits(KEYS), 2);
    for number in 0..5 {
        refused(&outside.verifier, &outside.token(&format!("made up {number}"), &rsa_key(2))).await;
    }
    assert_eq!(outside.server.hits(KEYS), 2);
    outside.wait(60);
    refused(&outside.verifier, &outside.token("made up", &rsa_key(2))).await;
    assert_eq!(outside.server.hits(KEYS), 3);
}

#[tokio::test]
async fn requests_at_the_same_time_share_one_fetch() {
    let outside = Outside::start().await;
    let verifier = Arc::new(outside.verifier);
    let token = signed_token(
        &rsa_key(0),
        &json!({"alg": "RS256", "kid": "one"}),
        &with(claims_at(outside.clock.now(), &outside.issuer, THEIRS), "aud", json!(AUDIENCE)),
    );
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let (verifier, token) = (Arc::clone(&verifier), token.clone());
        waiting.push(tokio::spawn(async move { accepted(&verifier, &token).await }));
    }
    for task in waiting {
        task.await.unwrap();
    }
    assert_eq!(outside.server.hits(KEYS), 1);
}

#[tokio::test]
async fn known_keys_outlive_the_issuers_outage() {
    let outside = Outside::start().await;
    outside.verifier.warm_up().await;
    assert_eq!(outside.server.hits(KEYS), 1);
    for answer in [(500, String::new()), (302, String::new()), (200, "no JSON".to_owned())] {
        outside.server.set(METADATA, answer.0, answer.1);
        // A day later the keys are asked for again, and the issuer fails.
        outside.wait(25 * 3600);
        accepted(&outside.verifier, &outside.token("one", &rsa_key(0))).await;
        refused(&outside.verifier, &outside.token("two", &rsa_key(1))).await;
        accepted(&outside.verifier, &outside.token("one", &rsa_key(0))).await;
    }
    assert_eq!(outside.server.hits("/elsewhere"), 0);
    assert_eq!(outside.server.hits(KEYS), 1);
}

#[tokio::test]
async fn a_withdrawn_key_is_no_longer_trusted() {
    let outside = Outside::start().await;
    let token = outside.token("one", &rsa_key(0));
    accepted(&outside.verifier, &token).await;
    outside.server.set(KEYS, 200, jwks(&[rsa_jwk("two", &rsa_key(1))]));
    outside.wait(61);
    accepted(&outside.verifier, &token).await;
    // The new key makes the verifier look, and the memory of the old one goes.
    accepted(&outside.verifier, &outside.token("two", &rsa_key(1))).await;
    refused(&outside.verifier, &token).await;
}

#[tokio::test]
async fn documents_are_bounded_and_have_to_be_the_issuers() {
    let outside = Outside::start().await;
    let token = outside.token("one", &rsa_key(0));
    let good = json!({"issuer": outside.issuer, "jwks_uri": outside.server.url(KEYS)});
    let padded = with(good.clone(), "padding", json!("x".repeat(512 * 1024)));
    let foreign = with(good.clone(), "issuer", json!("https://evil.test"));
    let elsewhere = with(good.clone(), "jwks_uri", json!("http://evil.test/keys"));
    for metadata in [padded, foreign, elsewhere, json!({}), json!([])] {
        outside.server.set(METADATA, 200, metadata);
        refused(&outside.verifier, &token).await;
        outside.wait(60);
    }
    assert_eq!(outside.server.hits(KEYS), 0);
    outside.server.set(METADATA, 200, good);
    accepted(&outside.verifier, &token).await;
}

#[tokio::test]
async fn only_keys_for_signatures_are_used() {
    let outside = Outside::start().await;
    let (a, b) = (rsa_key(0), rsa_key(1));
    outside.server.set(
        KEYS,
        200,
        jwks(&[
            json!({"kty": "oct", "kid": "secret", "k": "c2VjcmV0", "alg": "HS256"}),
            json!({"kty": "new", "kid": "from the future"}),
            json!("no key"),
            with(rsa_jwk("encrypting", &a), "use", json!("enc")),
            with(rsa_jwk("other algorithm", &a), "alg", json!("RS512")),
            with(rsa_jwk("of another tenant", &a), "issuer", json!(format!("https://x/{OTHER_TENANT}/v2.0"))),
            with(rsa_jwk("of any tenant", &a), "issuer", json!("https://x/{tenantid}/v2.0")),
            with(rsa_jwk("of the tenant", &b), "issuer", json!(format!("https://x/{THEIRS}/v2.0"))),
        ]),
    );
    for kid in ["secret", "from the future", "encrypting", "other algorithm", "of another tenant"] {
        refused(&outside.verifier, &outside.token(kid, &a)).await;
    }
    accepted(&outside.verifier, &outside.token("of any tenant", &a)).await;
    accepted(&outside.verifier, &outside.token("of the tenant", &b)).await;
    assert_eq!(outside.server.hits(KEYS), 1);
}

#[tokio::test]
async fn elliptic_curves_are_understood() {
    let outside = Outside::start().await;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref();
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "kid": "curve",
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]),
    });
    outside.server.set(KEYS, 200, jwks(&[jwk]));
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"curve"}"#);
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(outside.claims().to_string()));
    let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
    accepted(&outside.verifier, &token).await;
    refused(&outside.verifier, &outside.token("curve", &rsa_key(0))).await;
}

#[tokio::test]
async fn a_nonce_is_hashed_only_where_that_is_asked_for() {
    let nonce = "qfQTV3Vt1-q9zC9vxuKnsqSm3M1CGeBcqUUFbhtY3Wc";
    let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, nonce.as_bytes()));
    let header = |nonce: &str| format!(r#"{{"typ":"JWT","nonce":"{nonce}","alg":"RS256","kid":"one"}}"#);
    // What is signed holds the hash, what is sent the nonce.
    let graph_token = |claims: &Value| {
        let signed = crate::test_support::sign_parts(&rsa_key(0), &header(&hash), &claims.to_string());
        let (_, rest) = signed.split_once('.').unwrap();
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header(nonce)))
    };
    let plain_token =
        |claims: &Value| crate::test_support::sign_parts(&rsa_key(0), &header(nonce), &claims.to_string());

    let graph = Outside::start_with(|config| config.graph_nonce = true).await;
    accepted(&graph.verifier, &graph_token(&graph.claims())).await;
    accepted(&graph.verifier, &graph.token("one", &rsa_key(0))).await;
    refused(&graph.verifier, &plain_token(&graph.claims())).await;

    let own_api = Outside::start().await;
    refused(&own_api.verifier, &graph_token(&own_api.claims())).await;
    accepted(&own_api.verifier, &plain_token(&own_api.claims())).await;
}

#[tokio::test]
async fn tenant_and_audience_have_to_be_configured() {
    let outside = Outside::start().await;
    let signed = |claims: &Value| signed_token(&rsa_key(0), &json!({"alg": "RS256", "kid": "one"}), claims);
    let graph = signed(&with(outside.claims(), "aud", json!(GRAPH)));
    assert_eq!(refused(&outside.verifier, &graph).await.fault(), AuthFault::WrongAudience);
    // The tenant here is not one of the issuer's.
    for tenant in [TENANT, OTHER_TENANT] {
        let token = signed(&with(outside.claims(), "tid", json!(tenant)));
        assert_eq!(refused(&outside.verifier, &token).await.fault(), AuthFault::Invalid);
    }
    let v2 = with(with(outside.claims(), "appid", Value::Null), "azp", json!("other client"));
    assert_eq!(accepted(&outside.verifier, &signed(&v2)).await.app_id, "other client");
}
