mod attacks;
mod built_in;
mod external;
mod loopback;
mod names;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::test_support::{FakeClock, TENANT, TestIssuer, rsa_key, signed_token};
use crate::{
    Application, Applications, Arrival, Audiences, Cloud, IssuerSettings, KeyPolicy, Role, SigningKeys,
    TokenRequest,
};

const OTHER_TENANT: Uuid = Uuid::from_u128(0x2000);
const BASE: &str = "https://cdr.example.test/login";
const GRAPH: &str = "https://graph.microsoft.com";

/// A built-in issuer with one application, and its verifier.
struct Fixture {
    verifier: Verifier,
    issuer: Arc<Issuer>,
    applications: Arc<Applications>,
    keys: Arc<SigningKeys>,
    clock: FakeClock,
    application: Application,
    token_request: TokenRequest,
    dir: tempfile::TempDir,
}

fn fixture() -> Fixture {
    let settings = IssuerSettings {
        login_base: BASE.to_owned(),
        audiences: Audiences::new(Cloud::Global, "https://cdr.example.test", &[]).unwrap(),
        tenants: BTreeSet::new(),
    };
    let TestIssuer { issuer, applications, keys, clock, application, secret, dir } =
        TestIssuer::new(settings, Role::CallRecordPstnCallsReadAll, None);
    let verifier = Verifier::new(Some(Arc::clone(&issuer)), Vec::new(), clock.clock()).unwrap();
    let token_request = TokenRequest {
        client_id: Some(application.client_id.to_string()),
        client_secret: Some(secret.expose().to_owned()),
        grant_type: Some("client_credentials".to_owned()),
        scope: Some(format!("{GRAPH}/.default")),
        ..TokenRequest::default()
    };
    Fixture { verifier, issuer, applications, keys, clock, application, token_request, dir }
}

impl Fixture {
    /// A token from the token endpoint.
    fn token(&self) -> String {
        let arrival = Arrival::default();
        self.issuer.token(&TENANT.to_string(), &self.token_request, &arrival).unwrap().access_token
    }

    fn header(&self) -> Value {
        json!({"typ": "JWT", "alg": "RS256", "kid": self.keys.current().unwrap().kid()})
    }

    fn claims(&self) -> Value {
        let claims = claims_at(self.clock.now(), &self.issuer.issuer_of(TENANT), TENANT);
        with(claims, "appid", json!(self.application.client_id))
    }

    /// A token with those claims that the built-in issuer's key did sign.
    fn signed(&self, claims: &Value) -> String {
        signed_token(&rsa_key(0), &self.header(), claims)
    }

    async fn accepted(&self, token: &str) -> Principal {
        accepted(&self.verifier, token).await
    }

    async fn refused(&self, token: &str) -> AuthError {
        refused(&self.verifier, token).await
    }
}

/// Claims of an application's token that is valid at that time.
fn claims_at(now: Timestamp, issuer: &str, tenant: Uuid) -> Value {
    let now = now.as_second();
    json!({
        "aud": GRAPH, "iss": issuer, "tid": tenant, "iat": now, "nbf": now, "exp": now + 3600,
        "appid": "client", "idtyp": "app", "sub": "x", "oid": "x", "roles": ["CallRecords.Read.All"],
    })
}

/// The object with one member more, another, or less if it is null.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    if value.is_null() {
        object.as_object_mut().unwrap().remove(name);
    } else {
        object[name] = value;
    }
    object
}

async fn accepted(verifier: &Verifier, token: &str) -> Principal {
    let outcome = verifier.verify(Some(&format!("Bearer {token}"))).await;
    outcome.unwrap_or_else(|error| panic!("{}: {token}", error.reason()))
}

async fn refused(verifier: &Verifier, token: &str) -> AuthError {
    let error = verifier.verify(Some(&format!("Bearer {token}"))).await.unwrap_err();
    let shown = format!("{error:?} {error} {}", error.reason());
    assert!(token.len() < 20 || !shown.contains(token), "the token is in the error: {shown}");
    error
}
