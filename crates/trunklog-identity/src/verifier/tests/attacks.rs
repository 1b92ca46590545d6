//! Tokens made to get in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};

use super::*;
use crate::test_support::sign_parts;

async fn is_invalid(fixture: &Fixture, token: &str, what: &str) {
    let error = fixture.refused(token).await;
    assert_eq!(error.fault(), AuthFault::Invalid, "{what}: {}", error.reason());
    assert_eq!(error.message(), "Access token validation failure.");
}

#[tokio::test]
async fn no_token_and_no_jwt_have_their_texts() {
    let fixture = fixture();
    for header in [None, Some(""), Some("Bearer"), Some("Bearer "), Some("Basic YTpi"), Some("a.b.c")] {
        let error = fixture.verifier.verify(header).await.unwrap_err();
        assert_eq!(error.message(), "Access token is empty.", "{header:?}");
    }
    let error = fixture.refused("abc").await;
    assert_eq!(error.fault(), AuthFault::NoDots);
    assert!(error.message().starts_with("IDX14100: JWT is not well formed, there are no dots (.)."));
    assert_eq!((AuthError::STATUS, AuthError::CODE), (401, "InvalidAuthenticationToken"));
}

#[tokio::test]
async fn garbage_is_refused() {
    let fixture = fixture();
    let good = fixture.signed(&fixture.claims());
    fixture.accepted(&good).await;
    for token in [
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "e30.e30.e30",
        "\u{e4}.\u{f6}.\u{fc}",
        format!("{good}.").as_str(),
        format!(".{good}").as_str(),
        format!("{good}=").as_str(),
        "a.b.".repeat(MAX_TOKEN_BYTES).as_str(),
    ] {
        is_invalid(&fixture, token, "garbage").await;
    }
}

#[tokio::test]
async fn a_token_without_signature_is_refused() {
    let fixture = fixture();
    let claims = URL_SAFE_NO_PAD.encode(fixture.claims().to_string());
    for algorithm in ["none", "None", "NONE", ""] {
        let header = with(fixture.header(), "alg", json!(algorithm));
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        is_invalid(&fixture, &format!("{header}.{claims}."), algorithm).await;
    }
    let header = URL_SAFE_NO_PAD.encode(fixture.header().to_string());
    is_invalid(&fixture, &format!("{header}.{claims}."), "RS256 without signature").await;
}

#[tokio::test]
async fn the_public_key_is_no_hmac_secret() {
    let fixture = fixture();
    let jwks = fixture.issuer.jwks();
    let modulus = jwks.keys[0].n.clone();
    let secrets = [
        URL_SAFE_NO_PAD.decode(&modulus).unwrap(),
        modulus.into_bytes(),
        serde_json::to_vec(&jwks.keys[0]).unwrap(),
    ];
    let claims = URL_SAFE_NO_PAD.encode(fixture.claims().to_string());
    for secret in secrets {
        let header = with(fixture.header(), "alg", json!("HS256"));
        let message = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header.to_string()));
        let key = EncodingKey::from_secret(&secret);
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        is_invalid(&fixture, &format!("{message}.{signature}"), "HS256 with the public key").await;
    }
}

#[tokio::test]
async fn the_algorithm_has_to_be_the_keys() {
    let fixture = fixture();
    for algorithm in ["RS384", "RS512", "PS256", "ES256", "EdDSA", "HS256", "rs256"] {
        let header = with(fixture.header(), "alg", json!(algorithm));
        let token = signed_token(&rsa_key(0), &header, &fixture.claims());
        is_invalid(&fixture, &token, algorithm).await;
    }
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let fixture = fixture();
    let token = fixture.token();
    fixture.accepted(&token).await;
    let mut parts = token.splitn(3, '.');
    let (header, payload, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());

    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims["roles"] = json!(["CallRecords.Read.All"]);
    let richer = URL_SAFE_NO_PAD.encode(claims.to_string());
    is_invalid(&fixture, &format!("{header}.{richer}.{signature}"), "claims").await;

    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[100] ^= 1;
    let forged = URL_SAFE_NO_PAD.encode(&bytes);
    is_invalid(&fixture, &format!("{header}.{payload}.{forged}"), "signature").await;
}

#[tokio::test]
async fn another_key_signs_nothing_here() {
    let fixture = fixture();
    let claims = fixture.claims();
    let token = signed_token(&rsa_key(1), &fixture.header(), &claims);
    is_invalid(&fixture, &token, "the key of somebody else under a known id").await;
    for kid in [json!("unknown"), json!("../../etc/passwd"), json!(""), json!(7), Value::Null] {
        let header = with(fixture.header(), "kid", kid);
        is_invalid(&fixture, &signed_token(&rsa_key(0), &header, &claims), "key id").await;
    }
}

#[tokio::test]
async fn a_key_in_the_header_is_not_used() {
    let fixture = fixture();
    let foreign = tempfile::tempdir().unwrap();
    let keys = SigningKeys::open_with(
        foreign.path(),
        KeyPolicy::default(),
        fixture.clock.clock(),
        Box::new(|| Ok(rsa_key(1))),
    )
    .unwrap();
    let jwk = serde_json::to_value(keys.jwks("").keys.remove(0)).unwrap();
    let header = with(with(fixture.header(), "jwk", jwk), "jku", json!("https://evil.test/keys"));
    let token = signed_token(&rsa_key(1), &header, &fixture.claims());
    is_invalid(&fixture, &token, "jwk and jku").await;
}

#[tokio::test]
async fn odd_headers_are_refused() {
    let fixture = fixture();
    let claims = fixture.claims();
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(true)),
        ("typ", json!("logout+jwt")),
        ("typ", json!("")),
        ("alg", Value::Null),
    ] {
        let header = with(fixture.header(), name, value);
        is_invalid(&fixture, &signed_token(&rsa_key(0), &header, &claims), name).await;
    }
    let kid = fixture.keys.current().unwrap().kid().to_owned();
    let null_crit = format!(r#"{{"alg":"RS256","kid":"{kid}","crit":null}}"#);
    is_invalid(&fixture, &sign_parts(&rsa_key(0), &null_crit, &claims.to_string()), "null crit").await;
    let twice = format!(r#"{{"alg":"none","kid":"{kid}","alg":"RS256"}}"#);
    is_invalid(&fixture, &sign_parts(&rsa_key(0), &twice, &claims.to_string()), "alg twice").await;

    for value in [json!("at+jwt"), json!("jwt"), Value::Null] {
        let header = with(fixture.header(), "typ", value);
        fixture.accepted(&signed_token(&rsa_key(0), &header, &claims)).await;
    }
}

#[tokio::test]
async fn claims_have_to_fit_the_issuer() {
    let fixture = fixture();
    let now = fixture.clock.now().as_second();
    for (name, value) in [
        ("iss", json!(fixture.issuer.issuer_of(OTHER_TENANT))),
        ("iss", json!("https://evil.test/v2.0")),
        ("iss", Value::Null),
        ("tid", json!(OTHER_TENANT)),
        ("tid", json!("")),
        ("tid", json!(TENANT.simple().to_string())),
        ("tid", Value::Null),
        ("exp", Value::Null),
        ("exp", json!("tomorrow")),
        ("aud", Value::Null),
        ("nbf", json!(now + 301)),
        ("iat", json!(now + 301)),
        ("iat", json!(now + 4000)),
        ("roles", json!("CallRecords.Read.All")),
        ("appid", Value::Null),
        ("appid", json!("")),
        ("appid", json!(Uuid::nil())),
        ("azp", json!(Uuid::nil())),
    ] {
        let claims = with(fixture.claims(), name, value);
        is_invalid(&fixture, &fixture.signed(&claims), &claims.to_string()).await;
    }
    for (name, value) in [("nbf", json!(now + 300)), ("iat", json!(now + 300)), ("iat", Value::Null)] {
        fixture.accepted(&fixture.signed(&with(fixture.claims(), name, value))).await;
    }
    let claims = with(fixture.claims(), "exp", json!(i64::MIN));
    assert_eq!(fixture.refused(&fixture.signed(&claims)).await.fault(), AuthFault::Expired);
}

#[tokio::test]
async fn a_token_of_another_tenant_of_ours_is_refused() {
    let fixture = fixture();
    // Issuer and tenant agree, but the application belongs to another tenant.
    let claims = claims_at(fixture.clock.now(), &fixture.issuer.issuer_of(OTHER_TENANT), OTHER_TENANT);
    let claims = with(claims, "appid", json!(fixture.application.client_id));
    is_invalid(&fixture, &fixture.signed(&claims), "tenant").await;
}
