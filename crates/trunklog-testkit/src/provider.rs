//! A sign-in provider in the test's own process (OpenID Connect).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use trunklog_identity::{ClientCredential, Grant, ProviderSettings, Transport};

/// Made for these tests, and trusted by nobody else.
const KEY: &[u8] = include_bytes!("provider/key.pem");
const KEY_X: &str = "8VpTYfsdu21rVhDsrgmDD2DwagP0fm4orQe8Bex50LE";
const KEY_Y: &str = "0fc2nM_w4uSd5TpHU3NdY3i39-eTwDKGe-NB4pxHkLs";
const KEY_ID: &str = "one";
const CLIENT_ID: &str = "trunklog";
const SECRET: &str = "the client's secret + more";

/// A provider on this machine, until the test's runtime ends.
pub struct OidcProvider {
    base: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    base: String,
    /// What the next ID token says beside what each says.
    claims: Value,
    /// What its metadata say beside what they always do.
    metadata: Value,
    codes: HashMap<String, Request>,
    next_code: u32,
    /// How often tokens were asked for.
    exchanges: usize,
}

/// What a browser was sent with.
#[derive(Clone)]
struct Request {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

impl OidcProvider {
    /// Starts one that vouches for `anna@example.com` with the role `Readers`, from
    /// the moment on at which a test server's clock starts.
    pub async fn start() -> OidcProvider {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let claims = json!({
            "sub": "person-1",
            "preferred_username": "anna@example.com",
            "roles": ["Readers"],
            "iat": start.as_second(),
            "exp": start.as_second() + 7 * 24 * 3600,
        });
        let inner = Arc::new(Mutex::new(Inner {
            base: base.clone(),
            claims,
            metadata: json!({}),
            codes: HashMap::new(),
            next_code: 0,
            exchanges: 0,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/authorize", get(authorize))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        OidcProvider { base, inner }
    }

    /// How a server knows it, under that name; values of the claim `roles` are
    /// mapped so.
    pub fn settings(&self, name: &str, roles: &[(&str, &[&str])]) -> ProviderSettings {
        let grants = |grants: &[&str]| grants.iter().map(|grant| grant.parse::<Grant>().unwrap()).collect();
        ProviderSettings {
            name: name.to_owned(),
            title: None,
            issuer: self.base.clone(),
            metadata_url: None,
            client_id: CLIENT_ID.to_owned(),
            credential: ClientCredential::Secret(SECRET.to_owned()),
            scopes: Vec::new(),
            claim: "roles".to_owned(),
            roles: roles.iter().map(|(value, own)| ((*value).to_owned(), grants(own))).collect(),
            ca_file: None,
            transport: Transport::HttpsOrPlainLoopback,
        }
    }

    /// Its name in tokens.
    pub fn issuer(&self) -> &str {
        &self.base
    }

    /// A key with which a server can prove to be its client.
    pub fn client_key() -> ClientCredential {
        ClientCredential::Key {
            private_key: KEY.to_vec(),
            certificate: None,
            key_id: Some(KEY_ID.to_owned()),
        }
    }

    /// Has the next ID tokens say something else; null for not at all.
    pub fn claim(&self, name: &str, value: Value) {
        self.inner.lock().unwrap().claims[name] = value;
    }

    /// Has its metadata say something else.
    pub fn metadata(&self, name: &str, value: Value) {
        self.inner.lock().unwrap().metadata[name] = value;
    }

    /// How often tokens were asked for.
    pub fn exchanges(&self) -> usize {
        self.inner.lock().unwrap().exchanges
    }

    /// Signs the person in whose browser was sent to `location`, and gives where
    /// the browser is sent back to.
    pub fn approve(&self, location: &str) -> String {
        let asked = self.asked(location);
        let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let mut inner = self.inner.lock().unwrap();
        inner.next_code += 1;
        let code = format!("code-{}", inner.next_code);
        let request =
            Request { nonce: of("nonce"), challenge: of("code_challenge"), redirect_uri: of("redirect_uri") };
        inner.codes.insert(code.clone(), request);
        format!("{}?code={code}&state={}", of("redirect_uri"), of("state"))
    }

    /// What a server asks for with that address, which has to be right.
    pub fn asked(&self, location: &str) -> BTreeMap<String, String> {
        let (path, query) = location.split_once('?').unwrap();
        assert_eq!(path, format!("{}/authorize", self.base));
        let asked: BTreeMap<String, String> = pairs(query).into_iter().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["client_id"], CLIENT_ID);
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{}", asked["scope"]);
        for random in ["state", "nonce", "code_challenge"] {
            assert_eq!(asked[random].len(), 43, "{random}");
        }
        asked
    }
}

async fn metadata(State(inner): State<Arc<Mutex<Inner>>>) -> Response {
    let inner = inner.lock().unwrap();
    let base = &inner.base;
    let mut document = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
    });
    for (name, value) in inner.metadata.as_object().unwrap() {
        document[name] = value.clone();
    }
    answer(StatusCode::OK, &document)
}

/// Signs whoever a real browser brings in at once.
async fn authorize(State(inner): State<Arc<Mutex<Inner>>>, RawQuery(query): RawQuery) -> Response {
    let base = inner.lock().unwrap().base.clone();
    let location = format!("{base}/authorize?{}", query.unwrap_or_default());
    let back = OidcProvider { base, inner }.approve(&location);
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(&back).unwrap());
    response
}

async fn keys() -> Response {
    let key = json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID, "x": KEY_X, "y": KEY_Y,
    });
    answer(StatusCode::OK, &json!({"keys": [key]}))
}

async fn token(State(inner): State<Arc<Mutex<Inner>>>, headers: HeaderMap, body: Bytes) -> Response {
    let form: BTreeMap<String, String> = pairs(std::str::from_utf8(&body).unwrap()).into_iter().collect();
    let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let mut inner = inner.lock().unwrap();
    inner.exchanges += 1;
    if !is_client(&headers, &form, &inner.base) {
        return answer(StatusCode::UNAUTHORIZED, &json!({"error": "invalid_client"}));
    }
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, of("code_verifier").as_bytes()));
    // A code counts once, whatever comes of it.
    let request = inner.codes.remove(of("code"));
    let request = request.filter(|request| {
        request.challenge == challenge
            && request.redirect_uri == of("redirect_uri")
            && of("grant_type") == "authorization_code"
    });
    let Some(request) = request else {
        return answer(StatusCode::BAD_REQUEST, &json!({"error": "invalid_grant"}));
    };
    let mut claims = json!({"iss": inner.base, "aud": CLIENT_ID, "nonce": request.nonce});
    for (name, value) in inner.claims.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(KEY_ID.to_owned());
    let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_pem(KEY).unwrap()).unwrap();
    answer(StatusCode::OK, &json!({"access_token": "unused", "token_type": "Bearer", "id_token": token}))
}

/// By the header, by the form, or by a signed assertion.
fn is_client(headers: &HeaderMap, form: &BTreeMap<String, String>, base: &str) -> bool {
    if let Some(basic) = headers.get(AUTHORIZATION) {
        let pair = STANDARD.decode(basic.to_str().unwrap().strip_prefix("Basic ").unwrap()).unwrap();
        let pair = String::from_utf8(pair).unwrap();
        let (id, secret) = pair.split_once(':').unwrap();
        return (decoded(id), decoded(secret)) == (CLIENT_ID.to_owned(), SECRET.to_owned());
    }
    if form.get("client_id").map(String::as_str) != Some(CLIENT_ID) {
        return false;
    }
    if let Some(assertion) = form.get("client_assertion") {
        let mut rules = jsonwebtoken::Validation::new(Algorithm::ES256);
        rules.set_audience(&[format!("{base}/token")]);
        rules.set_issuer(&[CLIENT_ID]);
        rules.validate_exp = false;
        let key = jsonwebtoken::DecodingKey::from_ec_components(KEY_X, KEY_Y).unwrap();
        let kind = form.get("client_assertion_type").map(String::as_str);
        return kind == Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            && jsonwebtoken::decode::<Value>(assertion, &key, &rules).is_ok_and(|token| {
                token.claims["sub"] == CLIENT_ID && token.header.kid.as_deref() == Some(KEY_ID)
            });
    }
    form.get("client_secret").map(String::as_str) == Some(SECRET)
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(axum::body::Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn pairs(encoded: &str) -> Vec<(String, String)> {
    let pairs = encoded.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_encoding::percent_decode_str(&text).decode_utf8().unwrap().into_owned()
}

/// The code that an authenticator app with that secret, in base32, shows then.
pub fn totp(secret: &str, now: Timestamp) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letters = secret.chars().filter(|letter| !letter.is_whitespace());
    let bits =
        letters.fold(String::new(), |bits, letter| bits + &format!("{:05b}", ALPHABET.find(letter).unwrap()));
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &now.as_second().div_euclid(30).to_be_bytes());
    let offset = usize::from(tag.as_ref()[19] & 0x0f);
    let word: [u8; 4] = tag.as_ref()[offset..offset + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}
