//! What the process holds in memory, and what `/metrics` says of it.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use trunklog_testkit::{Application, Binary, RunningServer};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";
const CONNECTIONS: usize = 8;
const REQUESTS_EACH: usize = 40;

/// Far more than a server without rows needs, far less than a memory of 19 MiB
/// for each thread that ever hashed.
const MOST_MIB: u64 = 250;

/// How long memory may be kept: what hashing took is given back when nobody
/// hashed for some seconds, and the allocator takes some more.
const GIVEN_BACK: Duration = Duration::from_mins(1);

/// Asks for a token and gives the status.
fn ask(address: SocketAddr, application: &Application, secret: &str) -> u16 {
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={secret}\
         &resource=https%3A%2F%2Fgraph.microsoft.com",
        application.client_id
    );
    let head = format!(
        "POST /{TENANT}/oauth2/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        form.len()
    );
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.write_all((head + &form).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// What the system says that the process holds, in MiB; None where it does not
/// say.
fn resident_mib(server: &RunningServer) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1024)
}

/// What the metrics say of the process and of what the store holds, in bytes;
/// None where the system does not say.
fn held(server: &RunningServer) -> Option<(u64, u64)> {
    let (_, metrics) = server.get_ops("/metrics").unwrap();
    let resident = figure(&metrics, "trunklog_resident_memory_bytes ")?;
    Some((resident, figure(&metrics, "trunklog_store_memory_bytes ").unwrap_or(0)))
}

/// A figure of `/metrics`.
fn figure(metrics: &str, name: &str) -> Option<u64> {
    metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

#[test]
fn a_flood_of_wrong_secrets_takes_little_memory_and_gives_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let server = binary.serve(&[]);
    let application = binary.add_application(TENANT, "flooded");
    let idle = held(&server);
    let flood = |number: usize| -> Vec<u16> {
        (0..REQUESTS_EACH)
            .map(|request| ask(server.http, &application, &format!("wrong-{number}-{request}")))
            .collect()
    };
    let flood = &flood;
    let statuses: Vec<u16> = thread::scope(|scope| {
        let floods: Vec<_> = (0..CONNECTIONS).map(|number| scope.spawn(move || flood(number))).collect();
        floods.into_iter().flat_map(|flood| flood.join().unwrap()).collect()
    });
    // Refused for what they are, or turned away because they are many.
    assert!(statuses.iter().all(|status| [401, 429, 503].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&401), "{statuses:?}");
    if let Some(resident) = resident_mib(&server) {
        assert!(resident < MOST_MIB, "{resident} MiB");
    } else {
        println!("not tested: this system does not say how much memory a process holds");
    }
    assert!(server.is_ready());

    let Some((idle, _)) = idle else { return };
    let ended = Instant::now();
    loop {
        let (resident, store) = held(&server).unwrap();
        if resident <= idle + idle / 2 + store {
            break;
        }
        assert!(
            ended.elapsed() < GIVEN_BACK,
            "{resident} bytes, {idle} before the flood, {store} the store's"
        );
        thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn the_metrics_tell_what_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let calls = folder.path().join("calls.ndjson");
    binary.write_demo(&calls, 2_000, 1, "2026-03-01", "2026-04-01");
    assert_eq!(binary.import(TENANT, &calls).0.code, Some(0));
    let server = binary.serve(&[]);
    let (status, metrics) = server.get_ops("/metrics").unwrap();
    assert_eq!(status, 200);
    let store = figure(&metrics, "trunklog_store_memory_bytes ").unwrap();
    let resident = figure(&metrics, "trunklog_resident_memory_bytes ");
    assert_eq!(resident.is_some(), resident_mib(&server).is_some(), "{metrics}");
    assert!(resident.is_none_or(|resident| resident > 1 << 20 && store < resident), "{metrics}");
}
