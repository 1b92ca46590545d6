use std::io::Read;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use super::*;
use crate::test_support::{Bench, export, record};
use crate::{Options, Trail};

fn trail(bench: &Bench, syslog: &str) -> Trail {
    Trail::open(&bench.path(), Options { syslog: Some(syslog.parse().unwrap()), ..bench.options() }).unwrap()
}

/// What comes after the head of a message: the line.
fn line_of(message: &str) -> &str {
    assert!(message.starts_with("<110>1 2026-11-30T08:00:00Z "), "{message}");
    let fields: Vec<&str> = message.splitn(8, ' ').collect();
    assert_eq!((fields[3], fields[4]), ("trunklog", std::process::id().to_string().as_str()), "{message}");
    assert!(fields[5].starts_with("trail.") || fields[5] == "calls.export", "{message}");
    assert_eq!(fields[6], "-");
    fields[7]
}

#[test]
fn only_what_can_be_sent_to_is_a_place() {
    for text in ["udp://10.0.0.5:514", "tcp://logs.example.com:601", "udp://[::1]:514", "unix:///dev/log"] {
        assert_eq!(text.parse::<Syslog>().unwrap().to_string(), text);
    }
    for text in
        ["", "10.0.0.5:514", "udp://10.0.0.5", "udp://:514", "tcp://a:0", "tls://a:6514", "unix://dev/log"]
    {
        assert_eq!(text.parse::<Syslog>(), Err(SyslogError), "{text}");
    }
}

#[test]
fn lines_get_to_a_listener_by_udp_as_they_are() {
    let bench = Bench::new();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let trail = trail(&bench, &format!("udp://{}", socket.local_addr().unwrap()));
    record(&trail, 2);
    let mut lines = Vec::new();
    for _ in 0..3 {
        let mut bytes = [0; 4_096];
        let length = socket.recv(&mut bytes).unwrap();
        lines.push(line_of(str::from_utf8(&bytes[..length]).unwrap()).to_owned());
    }
    assert_eq!(lines, bench.lines());
    drop(trail);
}

#[test]
fn lines_get_to_a_listener_by_tcp_with_their_lengths() {
    let bench = Bench::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let trail = trail(&bench, &format!("tcp://{}", listener.local_addr().unwrap()));
    trail.record(export()).wait().unwrap();
    // What was handed over is sent before the trail ends.
    drop(trail);
    let (mut stream, _) = listener.accept().unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let mut rest = text.as_str();
    let mut lines = Vec::new();
    while let Some((length, message)) = rest.split_once(' ') {
        let (message, more) = message.split_at(length.parse().unwrap());
        lines.push(line_of(message).to_owned());
        rest = more;
    }
    assert_eq!(lines, bench.lines());
}

#[test]
fn lines_get_to_a_socket_of_this_machine() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    record(&trail(&bench, &format!("unix://{}", path.display())), 1);
    let mut bytes = [0; 4_096];
    let length = socket.recv(&mut bytes).unwrap();
    assert_eq!(line_of(str::from_utf8(&bytes[..length]).unwrap()), bench.lines()[0]);
}

#[test]
fn a_collector_that_is_not_there_keeps_nobody_waiting() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let trail = trail(&bench, &format!("unix://{}", folder.path().join("nobody").display()));
    record(&trail, 3);
    trail.close();
    assert_eq!((trail.counts().written, trail.counts().unsent), (4, 4));
    assert!(bench.verify().is_whole());
}

#[test]
fn a_line_that_is_none_is_sent_all_the_same() {
    let message = sink::message(b"{}", "host");
    let text = String::from_utf8(message).unwrap();
    assert_eq!(text, format!("<110>1 - host trunklog {} - - {{}}", std::process::id()));
}
