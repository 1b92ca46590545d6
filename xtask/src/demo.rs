//! `cargo xtask demo`: from a fresh checkout to a running server with data.

use std::fs;
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::build::Profile;
use crate::http::{Connection, Request};
use crate::layout::Layout;
use crate::server::{Server, free_address};
use crate::trunklog::{self, Application, SCOPE, Trunklog};
use crate::{json, process, stop};

const READY_LIMIT: Duration = Duration::from_mins(1);

/// Who signs in.
const PERSON: &str = "demo@example.com";

/// `cargo xtask demo`.
pub(crate) fn run(layout: &Layout, mut args: Args) -> Result<ExitCode> {
    let rows = args.value("--rows")?.unwrap_or(100_000);
    let seed = args.value("--seed")?.unwrap_or(1);
    let folder = layout.target().join("demo");
    let trunklog =
        Trunklog { binary: trunklog::binary(layout, &mut args, Profile::Quick)?, data: folder.join("data") };
    args.finish()?;

    load(&trunklog, &folder, rows, seed)?;
    let application = application(&trunklog, &folder.join("application.json"))?;
    let person = Person::new(&trunklog)?;
    serve(layout, &trunklog, (&application, &person), rows)
}

/// Loads the samples unless they are there.
fn load(trunklog: &Trunklog, folder: &Path, rows: u32, seed: u64) -> Result<()> {
    let stamp = folder.join("loaded");
    let wanted = format!("all logs, rows {rows} seed {seed}\n");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        println!("{rows} sample calls and the other logs are in {}", trunklog.data.display());
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder)?;
    println!("loading {rows} sample calls and the other logs");
    process::run(&mut trunklog.load_samples(rows, seed))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// The demo's application: made once, because a secret is only shown when it
/// is made, and kept in a file that others cannot read.
fn application(trunklog: &Trunklog, file: &Path) -> Result<Application> {
    if let Ok(text) = fs::read_to_string(file) {
        return Application::read(&text);
    }
    let application = trunklog.add_application("demo")?;
    let text = format!(
        "{{\"tenant\":\"{}\",\"clientId\":\"{}\",\"clientSecret\":\"{}\"}}\n",
        application.tenant, application.client_id, application.client_secret
    );
    let mut open = fs::OpenOptions::new();
    let mut out = open.write(true).create_new(true).mode(0o600).open(file)?;
    std::io::Write::write_all(&mut out, text.as_bytes())?;
    Ok(application)
}

/// Who signs in to the demo's pages.
struct Person {
    password: String,
    /// Each works once, in place of the code of an app.
    codes: Vec<String>,
}

impl Person {
    /// The account with another password and other codes than the last time.
    fn new(trunklog: &Trunklog) -> Result<Person> {
        // The first time there is none.
        let _ = process::output(&mut trunklog.remove_person(PERSON));
        let mut bytes = [0; 12];
        fs::File::open("/dev/urandom")
            .and_then(|mut random| random.read_exact(&mut bytes))
            .context("the system gives no random numbers")?;
        let password: String = bytes
            .iter()
            .map(|byte| char::from(b'a' + byte % 26))
            .collect::<Vec<_>>()
            .chunks(4)
            .map(|word| word.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join("-");
        let codes = trunklog.add_equipped(PERSON, &password)?;
        Ok(Person { password, codes })
    }
}

fn serve(
    layout: &Layout,
    trunklog: &Trunklog,
    (application, person): (&Application, &Person),
    rows: u32,
) -> Result<ExitCode> {
    stop::listen()?;
    let (https, ops, http) = (free_address(8443)?, free_address(9464)?, free_address(0)?);
    // The plain listener is for this program, which speaks no TLS.
    let listeners = [("--https", https), ("--ops", ops), ("--http", http)];
    let mut server = Server::start(&mut trunklog.serve(&listeners))?;
    server.wait_until_ready(ops, "/readyz", READY_LIMIT)?;

    let day = day_with_data(http, application, rows)?;
    let ca = trunklog.data.join("tls/ca.pem");
    let ca = ca.strip_prefix(layout.root()).unwrap_or(&ca);
    println!("\n{}", request(https, ca, application, &day));
    println!("{}", pages(https, ca, person));
    println!("What can be asked: https://localhost:{}/openapi.", https.port());
    println!("Metrics and health: http://{ops}/metrics and /readyz. Stop the server with Ctrl-C.");

    while !stop::asked() {
        if let Some(status) = server.ended()? {
            bail!("the server ended with {status}");
        }
        thread::sleep(Duration::from_millis(100));
    }
    println!("\nstopping the server");
    server.stop()?;
    Ok(ExitCode::SUCCESS)
}

/// What to open, and how to get in.
fn pages(https: SocketAddr, ca: &Path, person: &Person) -> String {
    format!(
        "Open https://localhost:{}/ in a browser. It warns of the certificate unless it trusts {}.\n\n  \
           name      {PERSON}\n  \
           password  {}\n  \
           code      {}\n\n\
         The code stands for that of an authenticator app and works once; for later: {}.\n",
        https.port(),
        ca.display(),
        person.password,
        person.codes.first().map_or("", String::as_str),
        person.codes.get(1..).unwrap_or_default().join(", "),
    )
}

/// A day of UTC on which there are calls, and the day after it: that of the
/// call in the middle of all.
fn day_with_data(http: SocketAddr, application: &Application, rows: u32) -> Result<[String; 2]> {
    let mut connection = Connection::open(http)?;
    let authorization = application.authorization(&mut connection)?;
    let target = format!("{}?$skip={}", trunklog::calls("2000-01-01", "2100-01-01"), rows / 2);
    let headers = [("Authorization", authorization.as_str()), ("Accept-Encoding", "identity")];
    let mut body = Vec::new();
    let answer = connection.send(Request { headers: &headers, ..Request::get(&target) }, &mut body)?;
    if answer.status != 200 {
        bail!("asking for calls gave status {}: {}", answer.status, String::from_utf8_lossy(&body));
    }
    let start = json::string(&body, "startDateTime").context("the demo's store has no calls")?;
    let day = start.get(..10).with_context(|| format!("{start} starts with a date"))?;
    Ok([day.to_owned(), next_day(day)?])
}

fn next_day(day: &str) -> Result<String> {
    let mut parts = day.split('-').map(str::parse::<u32>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(date))) = (parts.next(), parts.next(), parts.next()) else {
        bail!("{day} is not a date");
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (year, month, date) = match (month, date == last) {
        (_, false) => (year, month, date + 1),
        (12, true) => (year + 1, 1, 1),
        (_, true) => (year, month + 1, 1),
    };
    Ok(format!("{year:04}-{month:02}-{date:02}"))
}

/// What to paste into another terminal, from the root of the checkout.
fn request(https: SocketAddr, ca: &Path, application: &Application, day: &[String; 2]) -> String {
    let root = format!("https://localhost:{}", https.port());
    let ca = ca.display();
    format!(
        "Trunklog serves the demo's calls on {root}. Paste this into another terminal, in this folder:\n\n\
         TOKEN=$(curl -s --cacert {ca} {root}{path} \\\n  \
           -d grant_type=client_credentials -d scope={SCOPE} \\\n  \
           -d client_id={id} --data-urlencode 'client_secret={secret}' \\\n  \
           | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n\
         curl -s --compressed --cacert {ca} -H \"Authorization: Bearer $TOKEN\" \\\n  \
           '{root}{calls}'\n",
        path = application.token_path(),
        id = application.client_id,
        secret = application.client_secret,
        calls = trunklog::calls(&day[0], &day[1]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_behind_the_last_of_a_month_is_the_first() -> Result<()> {
        for (day, next) in [
            ("2026-01-30", "2026-01-31"),
            ("2026-02-28", "2026-03-01"),
            ("2024-02-28", "2024-02-29"),
            ("2026-04-30", "2026-05-01"),
            ("2026-12-31", "2027-01-01"),
        ] {
            assert_eq!(next_day(day)?, next);
        }
        assert!(next_day("soon").is_err());
        Ok(())
    }
}
