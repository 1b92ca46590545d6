//! A server in this process, without sockets.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tempfile::TempDir;
use tower::ServiceExt;
use trunklog_audit::{Entry, Options, Search, Trail};
use trunklog_downloads::{Downloads, Limits as DownloadLimits};
use trunklog_identity::{
    Accounts, Applications, Audiences, Cloud, Devices, Grant, Issuer, IssuerSettings, KeyPolicy,
    NewApplication, People, Provider, ProviderSettings, Role, SessionEnds, SessionFiles, SigningKeys,
    Verifier,
};
use trunklog_odata::Profile;
use trunklog_records::{Log, TenantId};
use trunklog_server::{Addresses, Peer, Server, Services, Settings, SignedIn};
use trunklog_store::{AppendCounts, Engine, with_computed_logs};
use trunklog_store_kit::MemoryEngine;
use uuid::Uuid;

use crate::{Answer, FakeClock, Forge, rows};

/// The tenant that tests read as.
pub const TENANT: TenantId = TenantId::new(Uuid::from_u128(0x7e57_0000_0000_4000_8000_0000_0000_0001));

/// The address in links, unless a test sets another.
pub const PUBLIC_URL: &str = "https://trunklog.example";

const SCOPE: &str = "https%3A%2F%2Fgraph.microsoft.com%2F.default";

/// How a test's server is made.
pub struct Builder {
    settings: Settings,
    engine: Option<Arc<dyn Engine>>,
    providers: Vec<ProviderSettings>,
    downloads: DownloadLimits,
}

/// A server with its own store, identity and clock.
pub struct TestServer {
    /// The clock of server and tokens.
    pub clock: FakeClock,
    /// The store.
    pub engine: Arc<dyn Engine>,
    settings: Settings,
    services: Services,
    router: Router,
    applications: Arc<Applications>,
    accounts: Arc<Accounts>,
    // Last, so that the store is closed before its folder goes.
    folder: TempDir,
}

/// A request on its way.
pub struct Request<'a> {
    server: &'a TestServer,
    method: Method,
    target: String,
    headers: HeaderMap,
    peer: Option<Peer>,
    signed_in: Option<SignedIn>,
    body: Vec<u8>,
    /// Whether it gets a `Host` header if it has none.
    is_hosted: bool,
}

impl Builder {
    /// Changes the server's settings.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Builder {
        change(&mut self.settings);
        self
    }

    /// Sets the profile.
    #[must_use]
    pub fn profile(self, profile: Profile) -> Builder {
        self.settings(|settings| settings.profile = profile)
    }

    /// Serves another engine than a fresh one.
    #[must_use]
    pub fn engine(mut self, engine: Arc<dyn Engine>) -> Builder {
        self.engine = Some(engine);
        self
    }

    /// Lets people sign in at a provider.
    #[must_use]
    pub fn provider(mut self, provider: ProviderSettings) -> Builder {
        self.providers.push(provider);
        self
    }

    /// Sets how many downloads there may be.
    #[must_use]
    pub fn downloads(mut self, limits: DownloadLimits) -> Builder {
        self.downloads = limits;
        self
    }

    /// Makes the server.
    pub fn start(self) -> TestServer {
        let folder = tempfile::tempdir().unwrap();
        let clock = FakeClock::at("2026-11-24T08:00:00Z");
        let engine = self.engine.unwrap_or_else(|| Arc::new(MemoryEngine::new()));
        let engine = with_computed_logs(engine);
        let identity = folder.path().join("identity");
        let applications = Arc::new(Applications::open(&identity, clock.clock()).unwrap());
        let keys = Arc::new(SigningKeys::open(&identity, KeyPolicy::default(), clock.clock()).unwrap());
        let issuer_settings = IssuerSettings {
            login_base: PUBLIC_URL.to_owned(),
            audiences: Audiences::new(Cloud::Global, PUBLIC_URL, &[]).unwrap(),
            tenants: BTreeSet::from([TENANT.guid()]),
        };
        let issuer = Arc::new(Issuer::new(
            issuer_settings,
            Arc::clone(&applications),
            Arc::clone(&keys),
            clock.clock(),
        ));
        let verifier = Arc::new(Verifier::new(Some(Arc::clone(&issuer)), Vec::new(), clock.clock()).unwrap());
        let accounts = Arc::new(Accounts::open(&identity, clock.clock()).unwrap());
        let sessions = Arc::new(SessionFiles::open(&identity).unwrap());
        let providers = self.providers.into_iter().map(|settings| Provider::new(settings, clock.clock()));
        let people = Arc::new(
            People::new(
                Arc::clone(&accounts),
                sessions,
                Devices::open(&identity).unwrap(),
                providers.map(Result::unwrap).collect(),
                SessionEnds::default(),
                clock.clock(),
            )
            .unwrap(),
        );
        let options = Options { clock: clock.clock(), ..Options::default() };
        let trail = Trail::open(&folder.path().join("audit"), options).unwrap();
        let (shared, time) = (Arc::clone(&engine), clock.clock());
        let downloads =
            Downloads::open(&folder.path().join("exports"), self.downloads, clock.clock()).unwrap();
        let downloads = Arc::new(downloads);
        let services =
            Services { engine: shared, issuer, verifier, keys, people, trail, downloads, clock: time };
        let settings = self.settings;
        let router = trunklog_server::app(Arc::new(settings.clone()), services.clone());
        TestServer { clock, engine, settings, services, router, applications, accounts, folder }
    }
}

impl TestServer {
    /// A server with usual settings and the address [`PUBLIC_URL`].
    pub fn builder() -> Builder {
        let settings = Settings { public_url: Some(PUBLIC_URL.to_owned()), ..Settings::default() };
        Builder { settings, engine: None, providers: Vec::new(), downloads: DownloadLimits::default() }
    }

    /// The same, made.
    pub fn start() -> TestServer {
        TestServer::builder().start()
    }

    /// Stores rows of [`TENANT`], given as JSON objects.
    pub fn load<S: AsRef<str>>(&self, log: &'static Log, rows: &[S]) -> AppendCounts {
        self.load_for(TENANT, log, rows)
    }

    /// Stores rows of any tenant.
    pub fn load_for<S: AsRef<str>>(&self, tenant: TenantId, log: &'static Log, rows: &[S]) -> AppendCounts {
        rows::append(self.engine.as_ref(), tenant, log, rows)
    }

    /// A token of [`TENANT`] with the role `CallRecords.Read.All`.
    pub async fn token(&self) -> String {
        self.token_of(TENANT, &[Role::CallRecordsReadAll]).await
    }

    /// A new application: its client id and its secret.
    pub fn application(&self, tenant: TenantId, roles: &[Role]) -> (Uuid, String) {
        let new = NewApplication {
            tenant: tenant.guid(),
            name: "test".to_owned(),
            roles: roles.iter().copied().collect(),
            client_id: None,
            valid_for: None,
        };
        let (application, secret) = self.applications.add(new).unwrap();
        (application.client_id, secret.expose().to_owned())
    }

    /// The accounts of people.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The people who may sign in, and who has.
    pub fn people(&self) -> &People {
        &self.services.people
    }

    /// The token of a new application, from the token endpoint.
    pub async fn token_of(&self, tenant: TenantId, roles: &[Role]) -> String {
        let (client, secret) = self.application(tenant, roles);
        let secret = form_encoded(&secret);
        let form =
            format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={SCOPE}");
        let answer = self
            .request("POST", &format!("/{tenant}/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .send()
            .await;
        assert_eq!(answer.status, 200, "no token: {}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Serves the same over HTTP without TLS too, until the test's runtime ends.
    pub async fn listen(&self) -> SocketAddr {
        self.listen_everywhere().await.http.unwrap()
    }

    /// The same, and health and metrics beside it.
    pub async fn listen_everywhere(&self) -> Addresses {
        let any = Some(([127, 0, 0, 1], 0).into());
        let settings = Settings { http: any, ops: any, ..self.settings.clone() };
        let server = Server::bind(settings, self.services.clone()).await.unwrap();
        let addresses = server.addresses();
        tokio::spawn(server.run(std::future::pending()));
        addresses
    }

    /// Makes tokens that the endpoint would not issue.
    pub fn forge(&self, token: &str) -> Forge {
        Forge::new(&self.identity_folder(), token)
    }

    /// What the audit trail says until now, the oldest first.
    pub async fn audited(&self) -> Vec<Entry> {
        self.services.trail.flush().await.unwrap();
        let mut entries = Search::default().newest_first(&self.audit_folder(), usize::MAX).unwrap();
        entries.reverse();
        entries
    }

    /// What people ordered as files.
    pub fn downloads(&self) -> &Downloads {
        &self.services.downloads
    }

    /// The audit trail.
    pub fn trail(&self) -> &Trail {
        &self.services.trail
    }

    /// Where the audit trail is.
    pub fn audit_folder(&self) -> PathBuf {
        self.folder.path().join("audit")
    }

    /// Where keys and applications are.
    pub fn identity_folder(&self) -> PathBuf {
        self.folder.path().join("identity")
    }

    /// A request to be completed. `target` is a path with its query, or an
    /// absolute link, of which only path and query count.
    pub fn request(&self, method: &str, target: &str) -> Request<'_> {
        let target = match target.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => target,
        };
        Request {
            server: self,
            method: method.parse().unwrap(),
            target: target.to_owned(),
            headers: HeaderMap::new(),
            peer: None,
            signed_in: None,
            body: Vec::new(),
            is_hosted: true,
        }
    }

    /// Gets a page or an error.
    pub async fn get(&self, target: &str, token: &str) -> Answer {
        self.request("GET", target).bearer(token).send().await
    }

    /// Follows the next links and gives the pages.
    pub async fn walk(&self, target: &str, token: &str) -> Vec<Answer> {
        let mut pages = Vec::new();
        let mut next = Some(target.to_owned());
        while let Some(target) = next {
            let page = self.get(&target, token).await;
            assert_eq!(page.status, 200, "{target}: {}", page.text());
            next = page.next_link();
            pages.push(page);
        }
        pages
    }
}

impl Request<'_> {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers.append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// Leaves out the `Host` header that is added to others.
    #[must_use]
    pub fn without_host(mut self) -> Self {
        self.is_hosted = false;
        self
    }

    /// Adds a token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Says where the request comes from.
    #[must_use]
    pub fn peer(mut self, peer: Peer) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Says that a person has signed in who holds those roles, such as
    /// `calls@<tenant>`.
    #[must_use]
    pub fn signed_in(mut self, roles: &[&str]) -> Self {
        let session = serde_json::from_value(serde_json::json!({
            "id": "0".repeat(64),
            "person": { "id": "ada", "name": "Ada", "source": { "account": Uuid::nil() } },
            "created": "2026-11-24T07:00:00Z",
            "last_seen": "2026-11-24T07:00:00Z",
            "vouched": "2026-11-24T07:00:00Z",
            "ends": "2026-11-25T07:00:00Z",
        }));
        let roles = roles.iter().map(|role| role.parse::<Grant>().unwrap()).collect();
        self.signed_in = Some(SignedIn { session: session.unwrap(), roles });
        self
    }

    /// Sets the body, with its length.
    #[must_use]
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Answer {
        let mut request = http::Request::new(Body::empty());
        *request.method_mut() = self.method;
        *request.uri_mut() = self.target.parse::<http::Uri>().unwrap();
        *request.headers_mut() = self.headers;
        if self.is_hosted && !request.headers().contains_key("host") {
            let host = PUBLIC_URL.trim_start_matches("https://");
            request.headers_mut().insert("host", HeaderValue::from_static(host));
        }
        if !self.body.is_empty() {
            request.headers_mut().insert("content-length", HeaderValue::from(self.body.len()));
            *request.body_mut() = Body::from(self.body);
        }
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        if let Some(signed_in) = self.signed_in {
            request.extensions_mut().insert(signed_in);
        }
        let response = self.server.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

/// Percent-encodes everything, which is always right in a form.
pub fn form_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02X}").unwrap();
        out
    })
}
