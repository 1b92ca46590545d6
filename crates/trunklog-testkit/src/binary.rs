//! The real binary.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a server may take until it is ready.
const READY: Duration = Duration::from_secs(30);

/// The binary with a data folder.
#[derive(Debug, Clone)]
pub struct Binary {
    program: PathBuf,
    data: PathBuf,
}

/// A command that ended.
#[derive(Debug)]
pub struct Outcome {
    /// Its exit code; None when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

/// An application as `app add --json` prints it.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its tenant.
    pub tenant: String,
    /// Its client id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// A running server; it is killed when dropped.
#[derive(Debug)]
pub struct RunningServer {
    child: Child,
    /// Where it serves HTTPS.
    pub https: SocketAddr,
    /// Where it serves HTTP.
    pub http: SocketAddr,
    /// Where it answers about its health.
    pub ops: SocketAddr,
}

impl Binary {
    /// `program` is `env!("CARGO_BIN_EXE_trunklog")`; `data` need not exist.
    pub fn new(program: &str, data: &Path) -> Binary {
        Binary { program: PathBuf::from(program), data: data.to_owned() }
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A command with the data folder and nothing of this environment's
    /// settings.
    pub fn command<S: AsRef<OsStr>>(&self, words: &[S]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words).arg("--data-dir").arg(&self.data);
        isolate(&mut command);
        command
    }

    /// Runs a command to its end.
    pub fn run<S: AsRef<OsStr>>(&self, words: &[S]) -> Outcome {
        Outcome::of(self.command(words).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a command that must end with 0.
    pub fn ok<S: AsRef<OsStr>>(&self, words: &[S]) -> String {
        let finished = self.run(words);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        finished.stdout
    }

    /// Runs a command and gives it `input`.
    pub fn run_with_input<S: AsRef<OsStr>>(&self, words: &[S], input: &[u8]) -> Outcome {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that ends early closes the pipe, which is its right.
        let _ = child.stdin.take().unwrap().write_all(input);
        Outcome::of(child.wait_with_output().unwrap())
    }

    /// Writes made-up calls to a file, a JSON object a line.
    pub fn write_demo(&self, file: &Path, rows: u32, seed: u32, from: &str, to: &str) {
        let (rows, seed) = (rows.to_string(), seed.to_string());
        let file = file.to_str().unwrap();
        self.ok(&[
            "demo", "--quiet", "--rows", &rows, "--seed", &seed, "--from", from, "--to", to, "--ndjson", file,
        ]);
    }

    /// Imports a file for `tenant` and gives the summary.
    pub fn import(&self, tenant: &str, file: &Path) -> (Outcome, Value) {
        let finished = self.run(&["import", "--quiet", "--json", "--tenant", tenant, file.to_str().unwrap()]);
        let summary = serde_json::from_str(&finished.stdout).unwrap_or(Value::Null);
        (finished, summary)
    }

    /// The ids of all calls within a range, in the order of the log.
    pub fn ids(&self, tenant: &str, from: &str, to: &str) -> Vec<String> {
        let words = ["calls", "--tenant", tenant, "--from", from, "--to", to, "--format", "ndjson"];
        ids_in(&self.ok(&words))
    }

    /// Registers an application.
    pub fn add_application(&self, tenant: &str, name: &str) -> Application {
        let text = self.ok(&["app", "add", "--tenant", tenant, "--name", name, "--json"]);
        let json: Value = serde_json::from_str(&text).unwrap();
        let member = |name: &str| json[name].as_str().unwrap().to_owned();
        Application {
            tenant: member("tenant"),
            client_id: member("clientId"),
            client_secret: member("clientSecret"),
        }
    }

    /// Starts a server on free ports and waits until it is ready.
    pub fn serve(&self, more: &[&str]) -> RunningServer {
        let [https, http, ops] = free_addresses();
        let addresses = [("--https", https), ("--http", http), ("--ops", ops)];
        let mut command = self.command(&["serve"]);
        for (flag, address) in addresses {
            command.arg(flag).arg(address.to_string());
        }
        let child = command.args(more).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let mut running = RunningServer { child, https, http, ops };
        running.wait_until_ready();
        running
    }
}

impl Outcome {
    fn of(output: Output) -> Outcome {
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl RunningServer {
    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it says that it can serve.
    pub fn is_ready(&self) -> bool {
        get(self.ops, "/readyz", &[]).is_some_and(|(status, _)| status == 200)
    }

    /// Gets a path over HTTP: status, and headers with body.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Option<(u16, String)> {
        get(self.http, path, headers)
    }

    /// Gets a path from the listener for health and metrics.
    pub fn get_ops(&self, path: &str) -> Option<(u16, String)> {
        get(self.ops, path, &[])
    }

    /// Waits until it is ready.
    pub fn wait_until_ready(&mut self) {
        let began = Instant::now();
        while !self.is_ready() {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended: {status}");
            }
            assert!(began.elapsed() < READY, "the server is not ready after {READY:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends it without a chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end and waits until it did; gives the exit code.
    pub fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The path of direct-routing calls within a range.
pub fn call_path(from: &str, to: &str) -> String {
    format!("/v1.0/communications/callRecords/getDirectRoutingCalls(fromDateTime={from},toDateTime={to})")
}

/// The ids in lines of JSON, each of which starts with its id.
pub fn ids_in(lines: &str) -> Vec<String> {
    lines
        .lines()
        .map(|line| {
            let (_, rest) = line.split_once(r#""id":""#).unwrap();
            rest.split('"').next().unwrap().to_owned()
        })
        .collect()
}

/// Settings of the environment and of files in usual places would change what
/// is tested.
fn isolate(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TRUNKLOG_") {
            command.env_remove(name);
        }
    }
    command.current_dir("/");
}

/// Addresses that were free a moment ago.
fn free_addresses() -> [SocketAddr; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.each_ref().map(|listener| listener.local_addr().unwrap())
}

fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer))
}
