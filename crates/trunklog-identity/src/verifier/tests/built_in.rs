//! Tokens of the issuer in this process.

use super::*;

#[tokio::test]
async fn an_issued_token_says_who_sent_it() {
    let fixture = fixture();
    let token = fixture.token();
    let principal = fixture.accepted(&token).await;
    assert_eq!(principal.tenant, TENANT);
    assert_eq!(principal.app_id, fixture.application.client_id.to_string());
    assert_eq!(principal.roles, ["CallRecord-PstnCalls.Read.All"]);
    assert_eq!(principal.kind, PrincipalKind::Application);
    assert!(principal.holds_any(&Role::READS));
    assert!(!principal.holds_any(&[Role::CallRecordsReadAll, Role::FullNumbers]));
    assert!(!principal.holds_any(&[]));
    // The second time it comes from the memory.
    assert_eq!(fixture.accepted(&token).await, principal);
    let any_case = fixture.verifier.verify(Some(&format!("bEARER  {token} "))).await;
    assert_eq!(any_case.unwrap(), principal);
}

#[tokio::test]
async fn a_token_expires_after_the_skew_also_from_the_memory() {
    let fixture = fixture();
    let token = fixture.token();
    fixture.accepted(&token).await;
    fixture.clock.advance(SignedDuration::from_secs(3599 + 300 - 1));
    fixture.accepted(&token).await;
    fixture.clock.advance(SignedDuration::from_secs(1));
    let error = fixture.refused(&token).await;
    assert_eq!(error.fault(), AuthFault::Expired);
    assert_eq!(error.message(), "Lifetime validation failed, the token is expired.");
}

#[tokio::test]
async fn the_skew_is_configurable() {
    let mut fixture = fixture();
    fixture.verifier = fixture.verifier.with_skew(SignedDuration::ZERO);
    let token = fixture.token();
    fixture.clock.advance(SignedDuration::from_secs(3598));
    fixture.accepted(&token).await;
    fixture.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(fixture.refused(&token).await.fault(), AuthFault::Expired);
}

#[tokio::test]
async fn a_removed_application_is_refused_at_once() {
    let fixture = fixture();
    let token = fixture.token();
    fixture.accepted(&token).await;
    // As a command in another process does it.
    let command = Applications::open(fixture.dir.path(), fixture.clock.clock()).unwrap();
    command.remove(fixture.application.client_id).unwrap();
    assert!(!fixture.applications.has_tenant(TENANT));
    assert_eq!(fixture.refused(&token).await.fault(), AuthFault::Invalid);
}

#[tokio::test]
async fn a_removed_key_takes_its_tokens_along() {
    let fixture = fixture();
    let token = fixture.token();
    fixture.accepted(&token).await;
    let keys = fixture.dir.path().join("signing-keys");
    for entry in std::fs::read_dir(keys).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    assert_eq!(fixture.refused(&token).await.fault(), AuthFault::Invalid);
}

#[tokio::test]
async fn a_rotated_key_leaves_older_tokens_valid() {
    let fixture = fixture();
    let older = fixture.token();
    fixture.clock.advance(SignedDuration::from_secs(1));
    fixture.keys.rotate_now().unwrap();
    let newer = fixture.token();
    assert_ne!(older.split('.').next(), newer.split('.').next());
    fixture.accepted(&older).await;
    fixture.accepted(&newer).await;
}

#[tokio::test]
async fn a_token_without_roles_is_valid_and_may_do_nothing() {
    let fixture = fixture();
    fixture.applications.set_roles(fixture.application.client_id, BTreeSet::new()).unwrap();
    let principal = fixture.accepted(&fixture.token()).await;
    assert_eq!(principal.kind, PrincipalKind::Application);
    assert!(!principal.holds_any(&Role::ALL));
}

#[tokio::test]
async fn delegated_tokens_are_told_apart() {
    let fixture = fixture();
    let application = PrincipalKind::Application;
    let delegated = PrincipalKind::Delegated;
    let bare = || with(fixture.claims(), "idtyp", Value::Null);
    for (claims, kind) in [
        (fixture.claims(), application),
        (bare(), application),
        (with(bare(), "roles", Value::Null), application),
        (with(with(bare(), "roles", Value::Null), "oid", json!("y")), delegated),
        (with(bare(), "scp", json!("CallRecords.Read.All")), delegated),
        (with(fixture.claims(), "scp", json!("User.Read")), delegated),
        (with(fixture.claims(), "idtyp", json!("user")), delegated),
    ] {
        let principal = fixture.accepted(&fixture.signed(&claims)).await;
        assert_eq!(principal.kind, kind, "{claims}");
        if kind == delegated {
            assert!(!principal.holds_any(&Role::ALL));
        }
    }
}

#[tokio::test]
async fn any_audience_of_the_server_will_do() {
    let fixture = fixture();
    for audience in [
        json!("https://graph.microsoft.com/"),
        json!("00000003-0000-0000-c000-000000000000"),
        json!("https://cdr.example.test"),
        json!(["https://other.test", GRAPH]),
    ] {
        let claims = with(fixture.claims(), "aud", audience);
        fixture.accepted(&fixture.signed(&claims)).await;
    }
    for audience in [json!("https://other.test"), json!([]), json!("")] {
        let claims = with(fixture.claims(), "aud", audience);
        let error = fixture.refused(&fixture.signed(&claims)).await;
        assert_eq!(error.fault(), AuthFault::WrongAudience);
        assert_eq!(error.message(), "Access token validation failure. Invalid audience.");
    }
}

#[tokio::test]
async fn a_listener_of_the_server_is_an_audience() {
    let fixture = fixture();
    let token = fixture.signed(&with(fixture.claims(), "aud", json!("http://127.0.0.1:8080")));
    assert_eq!(fixture.refused(&token).await.fault(), AuthFault::WrongAudience);
    fixture.issuer.listens_at("http", "0.0.0.0:8080".parse().unwrap());
    fixture.accepted(&token).await;
    let other = fixture.signed(&with(fixture.claims(), "aud", json!("http://127.0.0.1:8081")));
    assert_eq!(fixture.refused(&other).await.fault(), AuthFault::WrongAudience);
}
