//! A tiny HTTP server that answers what it was told to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers by path, and counts what is asked.
pub(super) struct Loopback {
    base: String,
    pages: Arc<Mutex<HashMap<String, Page>>>,
}

#[derive(Default)]
struct Page {
    status: u16,
    body: String,
    hits: usize,
}

impl Loopback {
    pub(super) async fn start() -> Loopback {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let pages: Arc<Mutex<HashMap<String, Page>>> = Arc::default();
        let answering = Arc::clone(&pages);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&answering)));
            }
        });
        Loopback { base, pages }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(super) fn set(&self, path: &str, status: u16, body: impl ToString) {
        let mut pages = self.pages.lock().unwrap();
        let page = pages.entry(path.to_owned()).or_default();
        page.status = status;
        page.body = body.to_string();
    }

    pub(super) fn hits(&self, path: &str) -> usize {
        self.pages.lock().unwrap().get(path).map_or(0, |page| page.hits)
    }
}

async fn answer(mut stream: TcpStream, pages: Arc<Mutex<HashMap<String, Page>>>) {
    let mut request = Vec::new();
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, body) = {
        let mut pages = pages.lock().unwrap();
        let page = pages.entry(path).or_default();
        page.hits += 1;
        (if page.status == 0 { 404 } else { page.status }, page.body.clone())
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nlocation: /elsewhere\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // A client that gives up early is not a failure of the server.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body.as_bytes()).await;
    let _ = stream.shutdown().await;
}
