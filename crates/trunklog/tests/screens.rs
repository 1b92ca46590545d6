//! The pages as people see them in a browser; see `tests/pages/README.md`.
//!
//! A test here is an area: it starts a server, makes accounts, and runs the program
//! that looks at the area's pages. Its name has what it needs: `screens` and `browser`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};

use jiff::SignedDuration;
use tempfile::TempDir;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_server::Tls;
use trunklog_testkit::{Binary, OidcProvider, RunningServer, TestServer, call_rows};

use crate::clients::environment;

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const OTHER: &str = "7e570000-0000-4000-8000-000000000002";
const PASSWORD: &str = "correct horse battery";
const FROM: &str = "2026-03-01";
const TO: &str = "2026-04-01";
/// As few as a list of several pages and some failures of each kind need.
const ROWS: u32 = 400;

/// Who there is, and what each may do.
const ADA: (&str, &[&str]) = ("ada", &["calls", "full-numbers", "export", "administer"]);
const BEN: (&str, &[&str]) = ("ben", &["calls"]);
const CLEO: (&str, &[&str]) = ("cleo", &["aggregates"]);

/// A store with the calls of March.
struct Bench {
    binary: Binary,
    folder: TempDir,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        let bench = Bench { binary, folder };
        bench.load(TENANT, ROWS, 1);
        bench
    }

    /// Makes up rows of all logs.
    fn load(&self, tenant: &str, rows: u32, seed: u32) {
        let (rows, seed) = (rows.to_string(), seed.to_string());
        let words = ["demo", "--quiet", "--rows", &rows, "--seed", &seed, "--tenant", tenant];
        self.binary.ok(&[&words[..], &["--from", FROM, "--to", TO]].concat());
    }

    /// Makes an account with roles, each for [`TENANT`] unless it says for which.
    fn add(&self, (name, roles): (&str, &[&str])) {
        let mut words = vec!["user".to_owned(), "add".to_owned(), format!("{name}@contoso.example")];
        for role in roles {
            let role = if role.contains('@') { (*role).to_owned() } else { format!("{role}@{TENANT}") };
            words.extend(["--role".to_owned(), role]);
        }
        let added = self.binary.run_with_input(&words, format!("{PASSWORD}\n").as_bytes());
        assert_eq!(added.code, Some(0), "{added:?}");
    }

    /// Starts the server and has a program look at its pages.
    fn look(&self, program: &str, people: &[(&str, &[&str])]) {
        for person in people {
            self.add(*person);
        }
        let server = self.binary.serve(&[]);
        let plain = format!("http://localhost:{}", server.http.port());
        let settings = [("TRUNKLOG_URL", root(&server)), ("TRUNKLOG_PLAIN_URL", plain)];
        run(program, &settings, |question| panic!("{program} asks: {question}"));
    }
}

fn root(server: &RunningServer) -> String {
    format!("https://localhost:{}", server.https.port())
}

/// Runs a program to its end, which must be a good one, and answers what it asks.
fn run(program: &str, settings: &[(&str, String)], mut answer: impl FnMut(&str) -> String) {
    let folder = environment("TRUNKLOG_TEST_SCREENS_DIR");
    let mut command = Command::new("node");
    for (name, value) in settings {
        command.env(name, value);
    }
    let mut child = command
        .arg(folder.join(program))
        .current_dir(&folder)
        .env("TRUNKLOG_TEST_BROWSER", environment("TRUNKLOG_TEST_BROWSER"))
        .env("TRUNKLOG_TENANT", TENANT)
        .env("TRUNKLOG_OTHER_TENANT", OTHER)
        .env("TRUNKLOG_PASSWORD", PASSWORD)
        .env("TRUNKLOG_FROM", FROM)
        .env("TRUNKLOG_TO", TO)
        .env("TRUNKLOG_ROWS", ROWS.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = child.stdin.take().unwrap();
    let mut proven = 0;
    let mut last = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(question) = line.strip_prefix("? ") {
            writeln!(answers, "{}", answer(question)).unwrap();
            continue;
        }
        println!("{line}");
        proven += usize::from(line.starts_with("ok "));
        last = line;
    }
    let status = child.wait().unwrap();
    assert!(status.success(), "{program} ended with {status}: {last}");
    assert!(proven > 0, "{program} proved nothing");
}

/// An address that was free a moment ago.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn browser_signs_in_and_out_with_an_account() {
    Bench::new().look("sign_in.mjs", &[ADA]);
}

#[test]
fn browser_signs_in_at_a_certified_provider() {
    let bench = Bench::new();
    let folder = bench.folder.path();
    let (tls, secret) = (folder.join("provider"), "the client's secret + more");
    Tls::local_ca(&tls, &[]).unwrap();
    fs::write(folder.join("secret"), secret).unwrap();
    let issuer = format!("https://{}", free_address());
    let config = folder.join("trunklog.toml");
    let text = format!(
        r#"
        [[people.oidc]]
        name = "certified"
        issuer = "{issuer}"
        client_id = "trunklog"
        client_secret_file = "secret"
        ca_file = "provider/ca.pem"
        roles = {{ Readers = ["calls@{TENANT}"], Admins = ["administer@{TENANT}"] }}
        "#
    );
    fs::write(&config, text).unwrap();
    let settings = [
        ("TRUNKLOG_ISSUER", issuer),
        ("TRUNKLOG_ISSUER_TLS", tls.to_str().unwrap().to_owned()),
        ("TRUNKLOG_ISSUER_SECRET", secret.to_owned()),
    ];
    let mut server = None;
    run("provider.mjs", &settings, |question| {
        assert_eq!(question, "serve");
        root(server.insert(bench.binary.serve(&["--config", config.to_str().unwrap()])))
    });
}

/// Sessions end by a clock, so the server runs here, and the provider, too.
#[test]
fn browser_is_signed_out_when_its_session_ends() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (provider, server, address) = runtime.block_on(async {
        let provider = OidcProvider::start().await;
        let known = provider.settings("contoso", &[("Readers", &["calls@*"])]);
        // The address in the browser is that of this machine, so no TLS is needed.
        let builder = TestServer::builder().settings(|settings| settings.public_url = None);
        let server = builder.provider(known).start();
        let address = server.listen().await;
        (provider, server, address)
    });
    server.load(&DIRECT_ROUTING_CALLS, &call_rows(1, 20, "2026-11-23T08:00:00Z"));
    let settings = [
        ("TRUNKLOG_URL", format!("http://localhost:{}", address.port())),
        ("TRUNKLOG_ISSUER", provider.issuer().to_owned()),
    ];
    run("expiry.mjs", &settings, |question| match question.split_once(' ') {
        Some(("advance", secs)) => {
            server.clock.advance(SignedDuration::from_secs(secs.parse().unwrap()));
            "done".to_owned()
        }
        None if question == "exchanges" => provider.exchanges().to_string(),
        _ => panic!("expiry.mjs asks: {question}"),
    });
}

#[test]
fn browser_shows_health_and_leads_from_each_number_to_its_calls() {
    Bench::new().look("health.mjs", &[ADA]);
}

#[test]
fn browser_shows_calls() {
    Bench::new().look("calls.mjs", &[ADA]);
}

#[test]
fn browser_shows_failures_codes_and_help() {
    Bench::new().look("failures.mjs", &[ADA]);
}

#[test]
fn browser_shows_trunks() {
    Bench::new().look("trunks.mjs", &[ADA]);
}

#[test]
fn browser_shows_users_numbers_and_destinations() {
    Bench::new().look("lists.mjs", &[ADA]);
}

#[test]
fn browser_shows_usage_and_takes_files_out() {
    Bench::new().look("usage.mjs", &[ADA, BEN]);
}

#[test]
fn browser_shows_what_came_and_what_is_missing() {
    const IMPORTED: &str = "50";
    let bench = Bench::new();
    let folder = bench.folder.path();
    let rows = folder.join("rows.ndjson");
    let rows = rows.to_str().unwrap();
    let words = ["demo", "--quiet", "--rows", IMPORTED, "--seed", "7", "--ndjson", rows];
    bench.binary.ok(&[&words[..], &["--from", FROM, "--to", TO]].concat());
    bench.binary.ok(&["import", "--quiet", "--tenant", TENANT, rows]);
    let watched = folder.join("watched");
    fs::create_dir(&watched).unwrap();
    let config = folder.join("trunklog.toml");
    let text = format!(
        "[[source]]\nkind = \"folder\"\nname = \"sbc1\"\npath = \"{}\"\ntenant = \"{TENANT}\"\n",
        watched.display()
    );
    fs::write(&config, text).unwrap();
    for person in [ADA, CLEO] {
        bench.add(person);
    }
    let server = bench.binary.serve(&["--config", config.to_str().unwrap()]);
    let settings = [("TRUNKLOG_URL", root(&server)), ("TRUNKLOG_IMPORTED", IMPORTED.to_owned())];
    run("data.mjs", &settings, |question| panic!("data.mjs asks: {question}"));
}

#[test]
fn browser_administers_people_sessions_and_tenants() {
    Bench::new().look("admin.mjs", &[ADA, BEN]);
}

#[test]
fn browser_keeps_roles_masks_and_tenants_apart() {
    let bench = Bench::new();
    bench.load(OTHER, 60, 2);
    bench.look("tenants.mjs", &[ADA, BEN, CLEO, ("dora", &["calls@*", "full-numbers@*"])]);
}

#[test]
fn browser_shows_three_languages() {
    Bench::new().look("languages.mjs", &[ADA]);
}

#[test]
fn browser_shows_dark_narrow_and_printed_pages() {
    Bench::new().look("appearance.mjs", &[ADA]);
}

#[test]
fn browser_needs_no_script() {
    Bench::new().look("no_script.mjs", &[ADA]);
}
