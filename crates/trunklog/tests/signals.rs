//! The first signal stops, the second ends; others are lived through.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use trunklog_testkit::Binary;

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";

/// How long anything here may take until it is given up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A process whose log is read, ended when dropped.
struct LoggedProcess {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl LoggedProcess {
    fn start(mut command: Command) -> LoggedProcess {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        LoggedProcess { child, log }
    }

    /// Starts a server on a free port, and waits until it is ready; gives its
    /// address, too.
    fn serve(binary: &Binary) -> (LoggedProcess, SocketAddr) {
        let words = ["serve", "--http", "127.0.0.1:0", "--ops", "off", "--log-format", "json"];
        let mut command = binary.command(&words);
        command.stdin(Stdio::null());
        let mut server = LoggedProcess::start(command);
        let listening = server.line_with("\"listening\"");
        let address = serde_json::from_str::<Value>(&listening).unwrap()["address"].as_str().unwrap().parse();
        server.line_with("\"ready\"");
        (server, address.unwrap())
    }

    /// Reads on to the next line of the log that contains a text.
    fn line_with(&mut self, part: &str) -> String {
        let mut before = String::new();
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "no {part} in the log: {before}");
            if line.contains(part) {
                return line;
            }
            before.push_str(&line);
        }
    }

    fn send(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    fn code(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for LoggedProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request whose body never comes; the server waits for it, and says so.
fn unfinished_request(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "POST /{TENANT}/oauth2/v2.0/token HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n"
    )
    .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100", "the server does not wait for the body");
    stream
}

#[test]
fn a_second_signal_ends_a_server_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    for (first, second, code) in [("-TERM", "-TERM", 143), ("-INT", "-INT", 130), ("-INT", "-TERM", 143)] {
        let (mut server, address) = LoggedProcess::serve(&binary);
        let waiting = unfinished_request(address);
        server.send(first);
        let line = server.line_with("stopping");
        assert!(line.contains("a second signal ends it immediately"), "{line}");
        assert!(server.child.try_wait().unwrap().is_none(), "it does not wait for what is under way");
        server.send(second);
        assert_eq!(server.code(), Some(code), "{first}, {second}");
        drop(waiting);
    }
    // What it left can be opened.
    binary.ok(&["check"]);
}

#[test]
fn a_server_lives_through_other_signals() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
    let (mut server, address) = LoggedProcess::serve(&binary);
    for (signal, says) in [
        ("-HUP", "SIGHUP reloads nothing"),
        ("-USR1", "SIGUSR1 does nothing"),
        ("-USR2", "SIGUSR2 does nothing"),
        ("-HUP", "SIGHUP reloads nothing"),
    ] {
        server.send(signal);
        server.line_with(says);
    }
    assert!(TcpStream::connect(address).is_ok());
    server.send("-TERM");
    server.line_with("stopping");
    assert_eq!(server.code(), Some(0));
}

#[test]
fn a_second_signal_ends_a_command_at_once() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        let mut command = binary.command(&["import", "--quiet", "--tenant", TENANT, "-"]);
        // The pipe stays open and silent, so that only a signal ends it.
        command.stdin(Stdio::piped());
        let mut import = LoggedProcess::start(command);
        // It listens for signals before it takes the store.
        wait_for(&binary.data().join("owner.lock"));
        import.send(signal);
        import.line_with("once more ends it immediately");
        import.send(signal);
        assert_eq!(import.code(), Some(code));
    }
}

fn wait_for(file: &Path) {
    let began = Instant::now();
    while fs::metadata(file).map_or(true, |found| found.len() == 0) {
        assert!(began.elapsed() < PATIENCE, "{} is not there", file.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}
