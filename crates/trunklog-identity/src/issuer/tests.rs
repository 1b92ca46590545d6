use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, crypto};
use serde_json::Value;

use super::*;
use crate::test_support::{FakeClock, TENANT, TestIssuer};
use crate::{Cloud, PlainSecret, Role};

const EMPTY_TENANT: Uuid = Uuid::from_u128(0x2000);
const BASE: &str = "https://cdr.example.test/login";
const GRAPH_SCOPE: &str = "https://graph.microsoft.com/.default";

struct Fixture {
    issuer: Arc<Issuer>,
    clock: FakeClock,
    client_id: Uuid,
    secret: PlainSecret,
    _dir: tempfile::TempDir,
}

fn fixture() -> Fixture {
    let settings = IssuerSettings {
        login_base: format!("{BASE}/"),
        audiences: Audiences::new(Cloud::Global, "https://cdr.example.test:8443", &[]).unwrap(),
        tenants: BTreeSet::from([EMPTY_TENANT]),
    };
    let valid_for = Some(SignedDuration::from_hours(1));
    let TestIssuer { issuer, clock, application, secret, dir, .. } =
        TestIssuer::new(settings, Role::CallRecordsReadAll, valid_for);
    Fixture { issuer, clock, client_id: application.client_id, secret, _dir: dir }
}

impl Fixture {
    /// A request that succeeds, to be spoiled.
    fn request(&self) -> TokenRequest {
        TokenRequest {
            client_id: Some(self.client_id.to_string()),
            client_secret: Some(self.secret.expose().to_owned()),
            grant_type: Some(CLIENT_CREDENTIALS.to_owned()),
            scope: Some(GRAPH_SCOPE.to_owned()),
            ..TokenRequest::default()
        }
    }

    fn ask(&self, request: &TokenRequest) -> Result<TokenResponse, TokenError> {
        self.issuer.token(&TENANT.to_string(), request, &Arrival::default())
    }

    fn ask_v1(&self, request: &TokenRequest) -> Result<TokenResponse, TokenError> {
        let arrival = Arrival { endpoint: Endpoint::V1, ..Arrival::default() };
        self.issuer.token(&TENANT.to_string(), request, &arrival)
    }

    fn refusal(&self, request: &TokenRequest) -> TokenError {
        let error = self.ask(request).unwrap_err();
        assert!(!error.to_string().contains(self.secret.expose()), "{error}");
        error
    }

    fn claims(&self, scope: &str) -> Value {
        let request = TokenRequest { scope: Some(scope.to_owned()), ..self.request() };
        claims_in(&self.ask(&request).unwrap().access_token)
    }
}

fn claims_in(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_token_says_who_for_what_and_until_when() {
    let fixture = fixture();
    let response = fixture.ask(&fixture.request()).unwrap();
    assert_eq!((response.token_type, response.expires_in, response.ext_expires_in), ("Bearer", 3599, 3599));
    assert!(!format!("{response:?}").contains(&response.access_token));

    let claims = claims_in(&response.access_token);
    let now = fixture.clock.now().as_second();
    let application = fixture.issuer.applications().find(fixture.client_id).unwrap();
    assert_eq!(claims["iss"], format!("{BASE}/{TENANT}/v2.0"));
    assert_eq!(claims["aud"], "https://graph.microsoft.com");
    assert_eq!(claims["tid"], TENANT.to_string());
    assert_eq!(claims["appid"], fixture.client_id.to_string());
    assert_eq!(claims["azp"], claims["appid"]);
    assert_eq!(claims["oid"], application.object_id.to_string());
    assert_eq!(claims["sub"], claims["oid"]);
    assert_eq!(claims["roles"], serde_json::json!(["CallRecords.Read.All"]));
    assert_eq!(claims["idtyp"], "app");
    assert_eq!(claims["ver"], "2.0");
    assert_eq!(claims["iat"], now);
    assert_eq!(claims["nbf"], now);
    assert_eq!(claims["exp"], now + 3599);
    assert_ne!(claims["uti"], fixture.claims(GRAPH_SCOPE)["uti"]);
}

#[test]
fn a_token_is_signed_with_a_published_key() {
    let fixture = fixture();
    let token = fixture.ask(&fixture.request()).unwrap().access_token;
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!(header["alg"], "RS256");
    assert_eq!(header["typ"], "JWT");
    let jwks = fixture.issuer.jwks();
    let key = jwks.keys.iter().find(|key| header["kid"] == key.kid).unwrap();
    assert_eq!(key.issuer, format!("{BASE}/{{tenantid}}/v2.0"));
    let public = jsonwebtoken::DecodingKey::from_rsa_components(&key.n, &key.e).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    assert!(crypto::verify(signature, message.as_bytes(), &public, Algorithm::RS256).unwrap());
}

#[test]
fn the_audience_is_the_resource_asked_for() {
    let fixture = fixture();
    for (scope, audience) in [
        (GRAPH_SCOPE, "https://graph.microsoft.com"),
        ("https://graph.microsoft.com//.default", "https://graph.microsoft.com/"),
        ("00000003-0000-0000-c000-000000000000/.default", "00000003-0000-0000-c000-000000000000"),
        ("https://cdr.example.test:8443/.default", "https://cdr.example.test:8443"),
        // Kiota for Python drops the port (golden case 96).
        ("https://cdr.example.test/.default", "https://cdr.example.test"),
        ("openid https://cdr.example.test/.default offline_access", "https://cdr.example.test"),
    ] {
        assert_eq!(fixture.claims(scope)["aud"], audience, "{scope}");
    }
    let v1 = TokenRequest { scope: None, resource: some("https://graph.microsoft.com"), ..fixture.request() };
    assert!(fixture.ask(&v1).is_ok());
}

#[test]
fn each_generation_has_its_form() {
    let fixture = fixture();
    let request = TokenRequest {
        scope: some("https://other.test/.default openid"),
        resource: some("https://graph.microsoft.com/"),
        ..fixture.request()
    };
    let response = fixture.ask_v1(&request).unwrap();
    let issued = fixture.clock.now().as_second();
    let claims = claims_in(&response.access_token);
    assert_eq!(claims["aud"], "https://graph.microsoft.com/");
    assert_eq!((claims["nbf"].as_i64(), claims["exp"].as_i64()), (Some(issued), Some(issued + 3599)));
    let body = serde_json::to_string(&response.body(Endpoint::V1)).unwrap();
    let expected = format!(
        r#"{{"token_type":"Bearer","expires_in":"3599","ext_expires_in":"3599","expires_on":"{}","not_before":"{issued}","resource":"https://graph.microsoft.com/","access_token":"{}"}}"#,
        issued + 3599,
        response.access_token
    );
    assert_eq!(body, expected);

    let response = fixture.ask(&fixture.request()).unwrap();
    let body = serde_json::to_string(&response.body(Endpoint::V2)).unwrap();
    let expected = format!(
        r#"{{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"{}"}}"#,
        response.access_token
    );
    assert_eq!(body, expected);
}

#[test]
fn version_1_wants_a_resource() {
    let fixture = fixture();
    let error = fixture.ask_v1(&fixture.request()).unwrap_err();
    assert_eq!(error.fault(), Fault::MissingParameter);
    let text = error.to_string();
    assert!(text.contains("'resource'") && text.contains("/oauth2/v2.0/token"), "{text}");
    let without = TokenRequest { scope: None, ..fixture.request() };
    let text = fixture.ask_v1(&without).unwrap_err().to_string();
    assert!(text.contains("'resource'") && !text.contains("v2.0"), "{text}");
    let unknown = TokenRequest { resource: some("https://other.test"), ..fixture.request() };
    assert_eq!(fixture.ask_v1(&unknown).unwrap_err().fault(), Fault::UnknownResource);
}

#[test]
fn what_is_around_a_value_is_remarked_on_whether_or_not_the_rest_is_right() {
    let fixture = fixture();
    let right = fixture.secret.expose();
    let wrong = "x".repeat(right.len());
    for (before, after, said) in [(" ", "", "blanks"), ("", "\r\n", "blanks"), ("\"", "\"", "quotes")] {
        let refused = |secret: &str| {
            let client_secret = Some(format!("{before}{secret}{after}"));
            fixture.refusal(&TokenRequest { client_secret, ..fixture.request() })
        };
        let (right, wrong) = (refused(right), refused(&wrong));
        assert_eq!(right.fault(), Fault::WrongSecret);
        assert!(right.to_string().contains("client secret was sent") && right.to_string().contains(said));
        assert_eq!(right, wrong);
    }
    let plain = fixture.refusal(&TokenRequest { client_secret: Some(wrong), ..fixture.request() });
    assert!(!plain.to_string().contains("was sent"), "{plain}");

    let id = fixture.client_id;
    for client_id in [format!("{id}\n"), format!(" {id}"), format!("'{id}'")] {
        let error = fixture.refusal(&TokenRequest { client_id: Some(client_id), ..fixture.request() });
        assert_eq!(error.fault(), Fault::UnknownApplication);
        assert!(error.to_string().contains("The client id was sent"), "{error}");
        assert!(!error.to_string().contains(&id.to_string()), "{error}");
    }
    let grant = TokenRequest { grant_type: some("client_credentials\n"), ..fixture.request() };
    assert!(fixture.refusal(&grant).to_string().contains("blanks"));
}

#[test]
fn an_address_that_keeps_failing_waits() {
    let fixture = fixture();
    let spoiled = TokenRequest { client_secret: some("wrong"), ..fixture.request() };
    let ask = |request: &TokenRequest, address: &str| {
        let arrival = Arrival { address: Some(address.parse().unwrap()), ..Arrival::default() };
        fixture.issuer.token(&TENANT.to_string(), request, &arrival)
    };
    for _ in 0..10 {
        assert_eq!(ask(&spoiled, "192.0.2.1").unwrap_err().fault(), Fault::WrongSecret);
    }
    let error = ask(&fixture.request(), "192.0.2.1").unwrap_err();
    assert_eq!(error.fault(), Fault::TooManyFailures);
    assert_eq!(error.retry_after_secs(), Some(61));
    assert!(ask(&fixture.request(), "192.0.2.2").is_ok());
    fixture.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(ask(&spoiled, "192.0.2.1").unwrap_err().fault(), Fault::WrongSecret);
}

#[test]
fn the_address_of_a_listener_can_be_asked_for() {
    let fixture = fixture();
    let ask = |root: &str| {
        let v2 = TokenRequest { scope: Some(format!("{root}/.default")), ..fixture.request() };
        let v1 = TokenRequest { resource: some(root), ..fixture.request() };
        (fixture.ask(&v2).is_ok(), fixture.ask_v1(&v1).is_ok())
    };
    assert_eq!(ask("http://127.0.0.1:8080"), (false, false));
    fixture.issuer.listens_at("http", "127.0.0.1:8080".parse().unwrap());
    fixture.issuer.listens_at("https", "192.0.2.1:8443".parse().unwrap());
    for root in
        ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "https://192.0.2.1:8443"]
    {
        assert_eq!(ask(root), (true, true), "{root}");
    }
    for root in ["http://127.0.0.1:8081", "http://192.0.2.1:8443", "http://evil.test:8080"] {
        assert_eq!(ask(root), (false, false), "{root}");
    }
}

#[test]
fn a_secret_may_come_in_the_header() {
    let fixture = fixture();
    let basic = BasicCredentials {
        client_id: fixture.client_id.to_string(),
        client_secret: fixture.secret.expose().to_owned(),
    };
    let arrival = Arrival { basic: Some(basic), ..Arrival::default() };
    let tenant = TENANT.to_string();
    let bare = TokenRequest { client_id: None, client_secret: None, ..fixture.request() };
    assert!(fixture.issuer.token(&tenant, &bare, &arrival).is_ok());
    assert!(fixture.issuer.token(&tenant, &fixture.request(), &arrival).is_ok());

    for spoiled in [
        TokenRequest { client_secret: some("other"), ..fixture.request() },
        TokenRequest { client_id: some("other"), ..fixture.request() },
    ] {
        let error = fixture.issuer.token(&tenant, &spoiled, &arrival).unwrap_err();
        assert_eq!(error.fault(), Fault::Malformed);
    }
}

#[test]
fn each_mistake_has_its_code() {
    let fixture = fixture();
    let good = || fixture.request();
    for (request, fault) in [
        (TokenRequest { grant_type: None, ..good() }, Fault::MissingParameter),
        (TokenRequest { grant_type: some("password"), ..good() }, Fault::UnsupportedGrant),
        (TokenRequest { client_id: None, ..good() }, Fault::MissingParameter),
        (TokenRequest { scope: None, ..good() }, Fault::MissingParameter),
        (TokenRequest { scope: some("https://graph.microsoft.com"), ..good() }, Fault::ScopeNotDefault),
        (TokenRequest { scope: some("User.Read"), ..good() }, Fault::ScopeNotDefault),
        (TokenRequest { scope: some("/.default"), ..good() }, Fault::ScopeNotDefault),
        (TokenRequest { scope: some("a/.default b/.default"), ..good() }, Fault::ScopeNotDefault),
        (TokenRequest { scope: some("openid"), ..good() }, Fault::ScopeNotDefault),
        (TokenRequest { scope: some("https://other.test/.default"), ..good() }, Fault::UnknownResource),
        (TokenRequest { client_secret: None, ..good() }, Fault::MissingCredential),
        (
            TokenRequest { client_secret: None, client_assertion_type: some("urn:x"), ..good() },
            Fault::IncompleteAssertion,
        ),
        (
            TokenRequest { client_secret: None, client_assertion: some("a.b.c"), ..good() },
            Fault::UnsupportedAssertion,
        ),
        (TokenRequest { client_secret: some("wrong"), ..good() }, Fault::WrongSecret),
        (TokenRequest { client_id: some(&Uuid::nil().to_string()), ..good() }, Fault::UnknownApplication),
    ] {
        assert_eq!(fixture.refusal(&request).fault(), fault, "{request:?}");
    }
    fixture.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(fixture.refusal(&good()).fault(), Fault::ExpiredSecret);
}

#[test]
fn a_form_that_is_none_is_explained_and_not_repeated() {
    const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
    let fixture = fixture();
    let (id, secret) = (fixture.client_id, fixture.secret.expose().to_owned());
    let arrival = |content_type: &str, has_query| Arrival {
        content_type: Some(content_type.to_owned()),
        has_query,
        ..Arrival::default()
    };
    let joined = |by: &str| {
        format!(
            "grant_type=client_credentials{by}client_id={id}{by}client_secret={secret}{by}scope={GRAPH_SCOPE}"
        )
    };
    let json =
        format!(r#"{{"grant_type":"client_credentials","client_id":"{id}","client_secret":"{secret}"}}"#);
    for (body, arrival, said) in [
        (joined(";"), arrival(FORM, false), "separate parameters by &"),
        (joined("\n"), arrival(FORM, false), "separate parameters by &"),
        (joined("%26"), arrival(FORM, false), "separate parameters by &"),
        (joined(""), arrival(FORM, false), "separate parameters by &"),
        (
            joined(" ").replace("grant_type=client_credentials", "scope=x"),
            arrival(FORM, false),
            "separate parameters",
        ),
        (json, arrival("application/json", false), "send a form, application/x-www-form-urlencoded"),
        (joined("\r\n"), arrival("multipart/form-data; boundary=x", false), "send a form"),
        (String::new(), arrival(FORM, true), "send them in the body"),
    ] {
        let request = TokenRequest::from_form(body.as_bytes()).unwrap();
        let error = fixture.issuer.token(&TENANT.to_string(), &request, &arrival).unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains(&secret), "{error}");
    }
    for spoiled in [
        TokenRequest { scope: Some(format!("https://x.test/{GRAPH_SCOPE} {secret}")), ..fixture.request() },
        TokenRequest { scope: Some(format!("{secret}/.default")), ..fixture.request() },
        TokenRequest { grant_type: Some(secret.clone()), ..fixture.request() },
    ] {
        fixture.refusal(&spoiled);
    }
    let error = fixture.issuer.token(&secret, &fixture.request(), &Arrival::default()).unwrap_err();
    assert!(!error.to_string().contains(&secret), "{error}");
    // What is right is taken, whatever it says it is.
    assert!(
        fixture.issuer.token(&TENANT.to_string(), &fixture.request(), &arrival("text/plain", true)).is_ok()
    );
}

#[test]
fn a_secret_sent_as_client_id_is_not_repeated() {
    let fixture = fixture();
    let request = TokenRequest { client_id: some(fixture.secret.expose()), ..fixture.request() };
    assert_eq!(fixture.refusal(&request).fault(), Fault::UnknownApplication);
}

#[test]
fn only_known_tenants_are_served() {
    let fixture = fixture();
    let request = fixture.request();
    let arrival = Arrival::default();
    let (unknown, without_hyphens) = (Uuid::nil().to_string(), TENANT.simple().to_string());
    for tenant in ["common", "", "contoso.example", unknown.as_str(), without_hyphens.as_str()] {
        let error = fixture.issuer.token(tenant, &request, &arrival).unwrap_err();
        assert_eq!(error.fault(), Fault::UnknownTenant, "{tenant}");
        assert!(fixture.issuer.discovery(tenant, BASE, Endpoint::V2).is_err());
    }
    // The application belongs to another tenant.
    let error = fixture.issuer.token(&EMPTY_TENANT.to_string(), &request, &arrival).unwrap_err();
    assert_eq!(error.fault(), Fault::UnknownApplication);
    assert!(fixture.issuer.token(&TENANT.to_string().to_uppercase(), &request, &arrival).is_ok());
}

#[test]
fn discovery_leads_to_the_address_the_client_used() {
    let fixture = fixture();
    let tenant = TENANT.to_string();
    let v2 = fixture.issuer.discovery(&tenant, "https://other.test/login/", Endpoint::V2).unwrap();
    let json = serde_json::to_value(&v2).unwrap();
    let base = format!("https://other.test/login/{TENANT}");
    assert_eq!(json["token_endpoint"], format!("{base}/oauth2/v2.0/token"));
    assert_eq!(json["authorization_endpoint"], format!("{base}/oauth2/v2.0/authorize"));
    assert_eq!(json["jwks_uri"], format!("{base}/discovery/v2.0/keys"));
    assert_eq!(json["issuer"], format!("{base}/v2.0"));
    assert_eq!(json["msgraph_host"], "other.test");
    assert_eq!(json["tenant_region_scope"], "WW");

    let v1 = fixture.issuer.discovery(&tenant, BASE, Endpoint::V1).unwrap();
    assert_eq!(v1.token_endpoint(), format!("{BASE}/{TENANT}/oauth2/token"));
    assert_eq!(v1.jwks_uri(), format!("{BASE}/{TENANT}/discovery/keys"));
    assert_eq!(v1.issuer(), fixture.issuer.issuer_of(TENANT));
}

#[test]
fn an_issuer_is_read_back_only_in_its_own_form() {
    let fixture = fixture();
    let issuer = &fixture.issuer;
    assert_eq!(issuer.tenant_of(&issuer.issuer_of(TENANT)), Some(TENANT));
    for other in [
        String::new(),
        BASE.to_owned(),
        format!("{BASE}/{TENANT}"),
        format!("{BASE}/{TENANT}/v2.0/"),
        format!("{BASE}/{}/v2.0", TENANT.simple()),
        format!("https://evil.test/{TENANT}/v2.0"),
        format!("{BASE}{TENANT}/v2.0"),
    ] {
        assert_eq!(issuer.tenant_of(&other), None, "{other}");
    }
}
