//! What a real browser makes of the pages and of answers to other sites.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use tempfile::TempDir;
use trunklog_testkit::{Application, Binary, RunningServer};

const TENANT: &str = "7e570000-0000-4000-8000-000000000002";

struct Site {
    server: RunningServer,
    application: Application,
    // Last: the server goes before its folder.
    folder: TempDir,
}

/// A server with ten calls that lets scripts of `origin` read answers.
fn site(origin: &str) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let calls = folder.path().join("calls.ndjson");
    binary.write_demo(&calls, 10, 1, "2026-03-01", "2026-04-01");
    let (finished, _) = binary.import(TENANT, &calls);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let application = binary.add_application(TENANT, "browser");
    let config = folder.path().join("trunklog.toml");
    std::fs::write(&config, format!("[cors]\norigins = [\"{origin}\"]\n")).unwrap();
    let server = binary.serve(&["--config", config.to_str().unwrap()]);
    Site { server, application, folder }
}

/// The page as the browser has it after its scripts ran.
fn document(site: &Site, url: &str) -> String {
    let program = std::env::var_os("TRUNKLOG_TEST_BROWSER")
        .expect("TRUNKLOG_TEST_BROWSER is not set: run `cargo xtask test`, which finds a browser");
    let profile = site.folder.path().join("profile");
    let output = Command::new(Path::new(&program))
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--no-proxy-server", "--virtual-time-budget=20000", "--timeout=30000"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--dump-dom", url])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Serves one page of another site, and gives its origin.
fn other_site(page: impl Fn() -> String + Send + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().take(20) {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 8192]);
            let page = page();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    format!("http://localhost:{}", address.port())
}

#[test]
fn browser_scripts_of_a_listed_site_read_calls_and_others_do_not() {
    // The page is asked for when all that it needs is known.
    let script = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let page = |script: std::sync::Arc<std::sync::OnceLock<String>>| {
        move || script.get().cloned().unwrap_or_default()
    };
    let listed = other_site(page(script.clone()));
    let unlisted = other_site(page(script.clone()));
    let site = site(&listed);
    let (root, tenant) = (format!("http://localhost:{}", site.server.http.port()), &site.application.tenant);
    let (id, secret) = (&site.application.client_id, &site.application.client_secret);
    script
        .set(format!(
            r#"<p id="out">nothing yet</p><script>
            (async () => {{
                const form = new URLSearchParams({{ grant_type: "client_credentials", client_id: "{id}",
                    client_secret: "{secret}", scope: "https://graph.microsoft.com/.default" }});
                const grant = await (await fetch("{root}/{tenant}/oauth2/v2.0/token",
                    {{ method: "POST", body: form }})).json();
                const answer = await fetch("{root}/v1.0/communications/callRecords/" +
                    "getDirectRoutingCalls(fromDateTime=2026-03-01,toDateTime=2026-04-01)",
                    {{ headers: {{ Authorization: "Bearer " + grant.access_token, "client-request-id": "b-1" }} }});
                const page = await answer.json();
                return "rows " + page.value.length + " id " + answer.headers.get("client-request-id");
            }})().catch((error) => "refused " + error.name)
                .then((text) => document.getElementById("out").textContent = text);
            </script>"#
        ))
        .unwrap();
    let text = document(&site, &listed);
    assert!(text.contains("rows 10 id b-1"), "{text}");
    let text = document(&site, &unlisted);
    assert!(text.contains("refused TypeError"), "{text}");
}

#[test]
fn browser_shows_what_can_be_asked() {
    let site = site("https://portal.example.com");
    let text = document(&site, &format!("http://localhost:{}/openapi", site.server.http.port()));
    for expected in
        ["getDirectRoutingCalls", "getPstnOnlineMeetingDialoutReport", "trunkFullyQualifiedDomainName"]
    {
        assert!(text.contains(expected), "{expected} is missing: {text}");
    }
}
