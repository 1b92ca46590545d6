//! The thread that sends.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Syslog, Target};
use crate::entry::Line;
use crate::trail::Shared;

/// How many lines wait for a collector that is not there.
const MOST_WAITING: usize = 4_096;

/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait after the first failure, and at most.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Facility 13 (log audit), severity 6 (informational): RFC 5424, section 6.2.1.
const PRIORITY: u8 = 13 * 8 + 6;

/// The way to a collector.
pub(crate) struct Sink {
    /// None once it ends.
    lines: Option<SyncSender<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

impl Sink {
    /// Starts the thread. Whether there is a collector is found out afterwards.
    pub(crate) fn start(syslog: Syslog, shared: Arc<Shared>) -> io::Result<Sink> {
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let sending = Sending {
            syslog,
            shared: Arc::clone(&shared),
            host: host_name(),
            waiting: VecDeque::new(),
            connection: None,
            next_try: Instant::now(),
            pause: PAUSE,
            is_failing: false,
        };
        let thread =
            thread::Builder::new().name("audit-syslog".to_owned()).spawn(move || sending.run(&receiver))?;
        Ok(Sink { lines: Some(sender), thread: Some(thread), shared })
    }

    /// Hands over a line of the trail; drops it where too many wait.
    pub(crate) fn send(&self, line: &[u8]) {
        let taken = self.lines.as_ref().is_some_and(|lines| lines.try_send(line.to_vec()).is_ok());
        if !taken {
            self.shared.unsent.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Sink {
    /// Waits until what was handed over is sent, or cannot be.
    fn drop(&mut self) {
        self.lines = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that sends the audit trail to syslog ended by a bug");
        }
    }
}

enum Connection {
    Udp(UdpSocket, SocketAddr),
    Tcp(TcpStream),
    Unix(UnixDatagram),
}

struct Sending {
    syslog: Syslog,
    shared: Arc<Shared>,
    host: String,
    waiting: VecDeque<Vec<u8>>,
    connection: Option<Connection>,
    next_try: Instant,
    pause: Duration,
    is_failing: bool,
}

impl Sending {
    fn run(mut self, lines: &Receiver<Vec<u8>>) {
        loop {
            let received = if self.waiting.is_empty() {
                lines.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                lines.recv_timeout(self.next_try.saturating_duration_since(Instant::now()))
            };
            match received {
                Ok(line) => self.queue(line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            for line in lines.try_iter().take(MOST_WAITING) {
                self.queue(line);
            }
            if self.next_try <= Instant::now() {
                self.send_all();
            }
        }
        // One more try, for a program that ends right after its line.
        self.send_all();
        let unsent = u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
        self.shared.unsent.fetch_add(unsent, Ordering::Relaxed);
    }

    fn queue(&mut self, line: Vec<u8>) {
        if self.waiting.len() >= MOST_WAITING {
            self.shared.unsent.fetch_add(1, Ordering::Relaxed);
        } else {
            self.waiting.push_back(line);
        }
    }

    fn send_all(&mut self) {
        while let Some(line) = self.waiting.front() {
            let message = message(line, &self.host);
            match self.send(&message) {
                Ok(()) => {
                    self.waiting.pop_front();
                    self.pause = PAUSE;
                    if self.is_failing {
                        self.is_failing = false;
                        tracing::info!("the audit trail gets to syslog again");
                    }
                }
                Err(error) => {
                    self.connection = None;
                    self.next_try = Instant::now() + self.pause;
                    self.pause = (2 * self.pause).min(LONGEST_PAUSE);
                    if !self.is_failing {
                        self.is_failing = true;
                        let syslog = &self.syslog;
                        tracing::error!(%syslog, %error, "the audit trail does not get to syslog");
                    }
                    return;
                }
            }
        }
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::to(&self.syslog.0)?,
        };
        self.connection.insert(connection).send(message)
    }
}

impl Connection {
    fn to(target: &Target) -> io::Result<Connection> {
        match target {
            Target::Udp(address) => {
                let address = first_of(address)?;
                let any = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
                Ok(Connection::Udp(UdpSocket::bind(any)?, address))
            }
            Target::Tcp(address) => {
                let stream = TcpStream::connect_timeout(&first_of(address)?, PATIENCE)?;
                stream.set_write_timeout(Some(PATIENCE))?;
                Ok(Connection::Tcp(stream))
            }
            Target::Unix(path) => {
                let socket = UnixDatagram::unbound()?;
                socket.connect(path)?;
                socket.set_write_timeout(Some(PATIENCE))?;
                Ok(Connection::Unix(socket))
            }
        }
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        match self {
            Connection::Udp(socket, address) => socket.send_to(message, *address).map(drop),
            Connection::Tcp(stream) => {
                let mut frame = format!("{} ", message.len()).into_bytes();
                frame.extend_from_slice(message);
                stream.write_all(&frame)
            }
            Connection::Unix(socket) => socket.send(message).map(drop),
        }
    }
}

fn first_of(address: &str) -> io::Result<SocketAddr> {
    let mut found = address.to_socket_addrs()?;
    found.next().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"))
}

/// A line as a message of syslog: RFC 5424, section 6. The line itself is JSON in
/// ASCII, which needs no mark of its encoding.
pub(super) fn message(line: &[u8], host: &str) -> Vec<u8> {
    let (time, what) = match Line::parse(line) {
        Some(Line { entry, .. }) => (entry.at.to_string(), entry.what),
        None => ("-".to_owned(), "-".to_owned()),
    };
    let process = std::process::id();
    let mut message = format!("<{PRIORITY}>1 {time} {host} trunklog {process} {what} - ").into_bytes();
    message.extend_from_slice(line);
    message
}

/// The name of this machine, as messages carry it.
fn host_name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = name.trim().chars().take(255).collect();
    if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_graphic()) {
        return "-".to_owned();
    }
    name
}
