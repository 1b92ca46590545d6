//! A proxy between puller and server that makes trouble.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// What is done to one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// It is answered as the server does.
    None,
    /// It is answered with that status, and `Retry-After` where it is not empty.
    Status(u16, &'static str),
    /// The connection ends without an answer.
    Drop,
    /// The answer ends in the midst of its body, though its length is given.
    Cut,
    /// The same, but its length is that of what comes.
    Shortened,
    /// A page of a web site comes in its place.
    Html,
    /// The rows come in another order.
    Reversed,
    /// The first row of a page comes twice.
    Doubled,
    /// Each part comes late.
    Slow,
}

/// Listens on a port of its own and passes requests on.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    troubles: VecDeque<Trouble>,
    /// The targets of all requests for pages.
    pages: Vec<String>,
    tokens: usize,
}

struct Request {
    head: String,
    target: String,
    body: Vec<u8>,
}

impl Proxy {
    /// In front of a server.
    pub(crate) fn to(upstream: SocketAddr) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        // Ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&stream, upstream, &shared));
            }
        });
        Proxy { address, state }
    }

    /// What is done to the next requests for pages, in that order.
    pub(crate) fn trouble(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.state.lock().unwrap().troubles.extend(troubles);
    }

    /// How many troubles are left.
    pub(crate) fn troubles_left(&self) -> usize {
        self.state.lock().unwrap().troubles.len()
    }

    /// The targets of all requests for pages so far, which are forgotten.
    pub(crate) fn take_pages(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().pages)
    }

    /// How many tokens were asked for.
    pub(crate) fn tokens(&self) -> usize {
        self.state.lock().unwrap().tokens
    }
}

fn serve(stream: &TcpStream, upstream: SocketAddr, state: &Mutex<State>) {
    let Some(request) = read_request(stream) else { return };
    let trouble = {
        let mut state = state.lock().unwrap();
        if request.target.contains("/oauth2/") {
            state.tokens += 1;
            Trouble::None
        } else {
            state.pages.push(request.target.clone());
            state.troubles.pop_front().unwrap_or(Trouble::None)
        }
    };
    // A puller that stopped waiting is no fault of the proxy.
    let _ = answer(stream, &request, upstream, trouble);
    let _ = stream.shutdown(Shutdown::Both);
}

fn answer(
    mut stream: &TcpStream,
    request: &Request,
    upstream: SocketAddr,
    trouble: Trouble,
) -> std::io::Result<()> {
    match trouble {
        Trouble::Drop => return Ok(()),
        Trouble::Status(status, retry_after) => {
            let retry_after = if retry_after.is_empty() {
                String::new()
            } else {
                format!("Retry-After: {retry_after}\r\n")
            };
            let body = r#"{"error":{"code":"Trouble","message":"+4930123456"}}"#;
            return write!(
                stream,
                "HTTP/1.1 {status} Trouble\r\n{retry_after}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
        Trouble::Html => {
            let body = "<html>Please sign in.</html>";
            return write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
        _ => {}
    }
    let (head, body) = ask(request, upstream)?;
    let body = match trouble {
        Trouble::Reversed => changed(&body, |rows| rows.reverse()),
        Trouble::Doubled => changed(&body, |rows| {
            if let Some(first) = rows.first().cloned() {
                rows.push(first);
            }
        }),
        Trouble::Shortened => body[..body.len() / 2].to_vec(),
        _ => body,
    };
    write!(stream, "{head}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    match trouble {
        Trouble::Cut => stream.write_all(&body[..body.len() / 2]),
        Trouble::Slow => {
            for part in body.chunks(body.len() / 4 + 1) {
                thread::sleep(Duration::from_millis(20));
                stream.write_all(part)?;
            }
            Ok(())
        }
        _ => stream.write_all(&body),
    }
}

/// Passes a request on: the answer's head without its length, and its body.
fn ask(request: &Request, upstream: SocketAddr) -> std::io::Result<(String, Vec<u8>)> {
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(request.head.as_bytes())?;
    server.write_all(&request.body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut body = answer[end + 4..].to_vec();
    if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        body = unchunked(&body);
    }
    let dropped = ["content-length:", "transfer-encoding:", "connection:"];
    let mut kept = String::new();
    for line in head.lines() {
        let lower = line.to_ascii_lowercase();
        if !dropped.iter().any(|name| lower.starts_with(name)) {
            kept.push_str(line);
            kept.push_str("\r\n");
        }
    }
    Ok((kept, body))
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap().trim(), 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[(end + 4 + size).min(rest.len())..];
        if size == 0 {
            break;
        }
    }
    body
}

/// Reads a request; what it accepts is left out, so that answers come plain.
fn read_request(stream: &TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let target = first.split(' ').nth(1)?.to_owned();
    let (mut head, mut length) = (first, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let lower = line.to_ascii_lowercase();
        if lower.trim().is_empty() {
            break;
        }
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if !lower.starts_with("accept-encoding:") && !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    head.push_str("Connection: close\r\n\r\n");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { head, target, body })
}

fn changed(body: &[u8], change: impl FnOnce(&mut Vec<Value>)) -> Vec<u8> {
    let Ok(mut page) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
    if let Some(rows) = page["value"].as_array_mut() {
        change(rows);
    }
    page.to_string().into_bytes()
}
