//! Clients that do as they like.

use std::net::SocketAddr;

use axum::body::Bytes;
use h2::RecvStream;
use h2::client::{Builder, ResponseFuture, SendRequest};
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// An answer that was read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

async fn connect(address: SocketAddr, from: [u8; 4]) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(address).await.unwrap()
}

/// Sends a request over a connection of its own, and reads nothing.
pub(crate) async fn begin(address: SocketAddr, from: [u8; 4], target: &str, token: &str) -> TcpStream {
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\n\r\n"
    );
    send(address, from, &request).await
}

/// Sends that over a connection of its own, and reads nothing.
pub(crate) async fn send(address: SocketAddr, from: [u8; 4], text: &str) -> TcpStream {
    let mut stream = connect(address, from).await;
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// The first bytes of an answer.
pub(crate) async fn start_of(stream: &mut TcpStream) -> String {
    first_of(stream, 64).await
}

/// So many bytes of an answer.
pub(crate) async fn first_of(stream: &mut TcpStream, bytes: usize) -> String {
    let mut some = vec![0; bytes];
    stream.read_exact(&mut some).await.unwrap();
    String::from_utf8_lossy(&some).into_owned()
}

/// Asks, and reads the answer.
pub(crate) async fn ask(address: SocketAddr, from: [u8; 4], target: &str, token: &str) -> Answer {
    let mut stream = begin(address, from, target, token).await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A connection with HTTP/2, which answers pings.
pub(crate) struct Http2 {
    requests: SendRequest<Bytes>,
    connection: JoinHandle<Result<(), h2::Error>>,
}

impl Http2 {
    /// `window` is how much of each answer the server may send unasked.
    pub(crate) async fn connect(address: SocketAddr, from: [u8; 4], window: u32) -> Http2 {
        let stream = connect(address, from).await;
        let mut builder = Builder::new();
        builder.initial_window_size(window).initial_connection_window_size(100_000_000);
        let (requests, connection) = builder.handshake::<_, Bytes>(stream).await.unwrap();
        Http2 { requests, connection: tokio::spawn(connection) }
    }

    /// Sends a request. The answer is read by who waits for it.
    pub(crate) async fn send(&mut self, method: &str, target: &str, token: &str) -> ResponseFuture {
        self.send_all(method, target, token, Bytes::new()).await
    }

    /// The same with a body.
    pub(crate) async fn send_all(
        &mut self,
        method: &str,
        target: &str,
        token: &str,
        body: Bytes,
    ) -> ResponseFuture {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://localhost{target}"))
            .header("authorization", format!("Bearer {token}"))
            .body(())
            .unwrap();
        let mut ready = self.requests.clone().ready().await.unwrap();
        let (answer, mut sent) = ready.send_request(request, body.is_empty()).unwrap();
        if !body.is_empty() {
            sent.send_data(body, true).unwrap();
        }
        answer
    }

    /// Waits until the server ends the connection, and says how.
    pub(crate) async fn ended(self) -> Result<(), h2::Error> {
        let Http2 { requests, connection } = self;
        let ended = connection.await.unwrap();
        drop(requests);
        ended
    }
}

/// The body of an answer.
pub(crate) async fn whole(answer: Response<RecvStream>) -> Result<Vec<u8>, h2::Error> {
    let mut body = answer.into_body();
    let mut bytes = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        bytes.extend_from_slice(&data);
        body.flow_control().release_capacity(data.len())?;
    }
    Ok(bytes)
}
