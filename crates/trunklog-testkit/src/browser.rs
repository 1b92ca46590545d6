//! A browser that keeps cookies and says of itself what browsers say.

use std::collections::BTreeMap;

use trunklog_server::{Peer, Scheme};

use crate::{Answer, TestServer, form_encoded};

/// A browser without scripts. It does not follow redirects: tests look at them.
pub struct Browser<'s> {
    server: &'s TestServer,
    /// The cookies it keeps, by their names.
    pub cookies: BTreeMap<String, String>,
    peer: Peer,
    host: Option<String>,
}

impl<'s> Browser<'s> {
    /// One that reaches the server over TLS, from 192.0.2.1.
    pub fn new(server: &'s TestServer) -> Browser<'s> {
        Browser::at(server, "192.0.2.1:40000", Scheme::Https)
    }

    /// One at that address.
    pub fn at(server: &'s TestServer, address: &str, scheme: Scheme) -> Browser<'s> {
        let peer = Peer { address: address.parse().unwrap(), scheme };
        Browser { server, cookies: BTreeMap::new(), peer, host: None }
    }

    /// Has it call the server so.
    #[must_use]
    pub fn host(mut self, host: &str) -> Browser<'s> {
        self.host = Some(host.to_owned());
        self
    }

    /// Opens a page.
    pub async fn get(&mut self, target: &str) -> Answer {
        self.send("GET", target, &[], &[]).await
    }

    /// Sends a form of one of the server's own pages.
    pub async fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", target, fields, &[("sec-fetch-site", "same-origin"), ("origin", "null")]).await
    }

    /// Sends anything.
    pub async fn send(
        &mut self,
        method: &str,
        target: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.server.request(method, target).peer(self.peer);
        if let Some(host) = &self.host {
            request = request.header("host", host);
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", &cookies.join("; "));
        }
        if !fields.is_empty() {
            let form: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}={}", form_encoded(value))).collect();
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.join("&").into_bytes());
        }
        let answer = request.send().await;
        for cookie in answer.headers.get_all("set-cookie") {
            self.keep(cookie.to_str().unwrap());
        }
        answer
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
