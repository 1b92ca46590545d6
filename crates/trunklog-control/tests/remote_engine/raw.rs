//! Either end of the socket without its code, as another version might be.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use tempfile::TempDir;

/// A message as all versions write it.
pub(crate) fn message(head: &str, body: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    for frame in [head.as_bytes(), body] {
        message.extend_from_slice(&u32::try_from(frame.len()).unwrap().to_be_bytes());
        message.extend_from_slice(frame);
    }
    message
}

fn read_frame(stream: &mut UnixStream) -> Vec<u8> {
    let mut len = [0; 4];
    stream.read_exact(&mut len).unwrap();
    let mut frame = vec![0; u32::from_be_bytes(len) as usize];
    stream.read_exact(&mut frame).unwrap();
    frame
}

/// A server that answers its first request with some bytes, and ends.
pub(crate) struct Fake {
    socket: PathBuf,
    thread: Option<JoinHandle<()>>,
    _folder: TempDir,
}

impl Fake {
    pub(crate) fn new(answer: Vec<u8>) -> Fake {
        let folder = TempDir::new().unwrap();
        let socket = folder.path().join("control.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            read_frame(&mut stream);
            read_frame(&mut stream);
            stream.write_all(&answer).unwrap();
        });
        Fake { socket, thread: Some(thread), _folder: folder }
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the fake server failed");
        }
    }
}

/// A client that sends what it is told.
pub(crate) struct Client {
    pub(crate) stream: UnixStream,
}

impl Client {
    pub(crate) fn connect(socket: &Path) -> Client {
        Client { stream: UnixStream::connect(socket).unwrap() }
    }

    /// The head of the answer to a request.
    pub(crate) fn ask(&mut self, head: &str, body: &[u8]) -> String {
        self.stream.write_all(&message(head, body)).unwrap();
        self.reply()
    }

    /// The head of the next message.
    pub(crate) fn reply(&mut self) -> String {
        let head = read_frame(&mut self.stream);
        read_frame(&mut self.stream);
        String::from_utf8(head).unwrap()
    }

    /// Whether the server has closed the connection.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.stream.read(&mut [0]).unwrap() == 0
    }
}
