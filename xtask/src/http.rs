//! A client for HTTP/1.1 over plain TCP on this machine, small enough that it
//! costs a benchmark next to nothing.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::stop;

/// No answer takes this long unless the server hangs.
const LIMIT: Duration = Duration::from_mins(1);

/// One connection that is kept between requests.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_encoding: Option<String>,
}

/// A request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
}

impl Request<'_> {
    /// A GET without headers.
    pub(crate) fn get(target: &str) -> Request<'_> {
        Request { method: "GET", target, headers: &[], body: "" }
    }
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(address).with_context(|| format!("nothing listens on {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LIMIT))?;
        Ok(Connection { stream: BufReader::with_capacity(256 * 1024, stream), address })
    }

    /// Sends a request and reads the whole answer; the body is put into
    /// `body` as it came over the wire, without its chunk marks.
    pub(crate) fn send(&mut self, request: Request<'_>, body: &mut Vec<u8>) -> Result<Answer> {
        body.clear();
        self.send_into(request, body)
    }

    /// The same for a body that is too large for memory.
    pub(crate) fn send_into(&mut self, request: Request<'_>, body: &mut dyn Write) -> Result<Answer> {
        let text = self.head_and_body(request);
        self.stream.get_mut().write_all(&text)?;
        let status = self.status()?;
        let mut answer = Answer { status, content_encoding: None };
        let (mut length, mut chunked, mut close) = (None, false, false);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = Some(value.parse().context("a content-length is a number")?),
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                "content-encoding" => answer.content_encoding = Some(value.to_owned()),
                "connection" => close = value.eq_ignore_ascii_case("close"),
                _ => {}
            }
        }
        match (chunked, length) {
            (true, _) => self.chunks(body)?,
            (false, Some(length)) => self.exactly(length, body)?,
            (false, None) if matches!(status, 204 | 304) => {}
            (false, None) => {
                io::copy(&mut self.stream, body)?;
                close = true;
            }
        }
        if close {
            *self = Connection::open(self.address)?;
        }
        Ok(answer)
    }

    fn head_and_body(&self, request: Request<'_>) -> Vec<u8> {
        let mut text =
            format!("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target, self.address);
        for (name, value) in request.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        if !request.body.is_empty() {
            let _ = write!(text, "Content-Length: {}\r\n", request.body.len());
        }
        text.push_str("\r\n");
        text.push_str(request.body);
        text.into_bytes()
    }

    fn status(&mut self) -> Result<u16> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.with_context(|| format!("this is no HTTP answer: {line:?}"))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line);
        if read.with_context(|| format!("{} did not answer", self.address))? == 0 {
            bail!("{} closed the connection", self.address);
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    fn exactly(&mut self, length: u64, body: &mut dyn Write) -> Result<()> {
        let read = io::copy(&mut (&mut self.stream).take(length), body)?;
        if read != length {
            bail!("{} closed the connection inside a body", self.address);
        }
        Ok(())
    }

    fn chunks(&mut self, body: &mut dyn Write) -> Result<()> {
        loop {
            // An export goes on for long.
            stop::check()?;
            let line = self.line()?;
            let digits = line.split(';').next().unwrap_or_default().trim();
            let length = u64::from_str_radix(digits, 16).with_context(|| format!("chunk length {line:?}"))?;
            if length == 0 {
                // Trailer fields, up to the empty line.
                while !self.line()?.is_empty() {}
                return Ok(());
            }
            self.exactly(length, body)?;
            self.line()?;
        }
    }
}

/// The part of an absolute address after the host.
pub(crate) fn target_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    if rest.starts_with('/') {
        return rest;
    }
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use super::*;

    /// Answers each connection with the next text after its request.
    fn serve(answers: &'static [&'static str]) -> Result<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        thread::spawn(move || -> Result<()> {
            for answer in answers {
                let (mut stream, _) = listener.accept()?;
                let mut request = [0; 4096];
                let _ = stream.read(&mut request)?;
                stream.write_all(answer.as_bytes())?;
            }
            Ok(())
        });
        Ok(address)
    }

    #[test]
    fn bodies_are_read_whatever_delimits_them() -> Result<()> {
        let answers = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n\
             3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n",
            "HTTP/1.1 429 Too Many Requests\r\n\r\nhello",
            "",
        ];
        let address = serve(answers.to_vec().leak())?;
        let mut connection = Connection::open(address)?;
        let mut body = Vec::new();
        for (status, encoding) in [(200, None), (200, Some("gzip")), (429, None)] {
            let answer = connection.send(Request::get("/"), &mut body)?;
            assert_eq!(body, b"hello");
            assert_eq!((answer.status, answer.content_encoding.as_deref()), (status, encoding));
        }
        Ok(())
    }

    #[test]
    fn a_link_is_cut_to_its_target() {
        assert_eq!(target_of("http://127.0.0.1:80/a(b=c)?$skip=1"), "/a(b=c)?$skip=1");
        assert_eq!(target_of("/a"), "/a");
        assert_eq!(target_of("http://host"), "/");
    }
}
