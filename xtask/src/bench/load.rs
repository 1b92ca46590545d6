//! Loads: walks over pages, side by side, for a bounded time.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use super::format::{mebibytes, per_sec};
use crate::http::{Connection, Request, target_of};
use crate::{json, stop};

/// One walk.
#[derive(Debug, Clone)]
pub(crate) enum Walk {
    /// From a page along its next links, and again from there at the end.
    Links { first: String, member: &'static str },
    /// Over known addresses, round and round, from one of them on. For bodies
    /// that the load cannot look into, because they are compressed or static.
    Known { targets: Vec<String>, from: usize },
}

/// What a load came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pages: u32,
    bytes: u64,
    time: Duration,
    /// The addresses that each walk visited.
    pub(crate) visited: Vec<Vec<String>>,
}

impl Outcome {
    /// Pages a second, all walks together.
    pub(crate) fn pages_per_sec(&self) -> f64 {
        per_sec(self.pages, self.time)
    }

    /// MiB a second over the wire.
    pub(crate) fn mebibytes_per_sec(&self) -> f64 {
        mebibytes(self.bytes) / self.time.as_secs_f64().max(f64::EPSILON)
    }
}

/// Runs the walks for `limit`, each on its own connection. A page that is
/// under way at the end is waited for and counted.
pub(crate) fn run(
    address: SocketAddr,
    headers: &[(&str, &str)],
    walks: Vec<Walk>,
    limit: Duration,
) -> Result<Outcome> {
    let ready = Barrier::new(walks.len() + 1);
    thread::scope(|scope| {
        let threads: Vec<_> = walks
            .into_iter()
            .map(|walk| {
                let ready = &ready;
                scope.spawn(move || {
                    let connection = Connection::open(address);
                    ready.wait();
                    walk_for(connection?, headers, &walk, limit)
                })
            })
            .collect();
        ready.wait();
        let start = Instant::now();
        let mut outcome = Outcome::default();
        for thread in threads {
            let part = thread.join().map_err(|_| anyhow!("a walk panicked"))??;
            outcome.pages += part.pages;
            outcome.bytes += part.bytes;
            outcome.visited.extend(part.visited);
        }
        outcome.time = start.elapsed();
        Ok(outcome)
    })
}

fn walk_for(
    mut connection: Connection,
    headers: &[(&str, &str)],
    walk: &Walk,
    limit: Duration,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut visited = Vec::new();
    let mut body = Vec::new();
    let mut target = walk.target(0);
    let start = Instant::now();
    while start.elapsed() < limit {
        get(&mut connection, headers, &target, &mut body)?;
        outcome.pages += 1;
        outcome.bytes += u64::try_from(body.len())?;
        let next = match walk {
            Walk::Links { first, member } => next_link(&body, member).unwrap_or_else(|| first.clone()),
            Walk::Known { .. } => walk.target(visited.len() + 1),
        };
        visited.push(std::mem::replace(&mut target, next));
    }
    outcome.visited = vec![visited];
    Ok(outcome)
}

impl Walk {
    /// Where it starts, or for known addresses where it is after `steps`.
    fn target(&self, steps: usize) -> String {
        match self {
            Walk::Links { first, .. } => first.clone(),
            Walk::Known { targets, from } => targets[(from + steps) % targets.len()].clone(),
        }
    }
}

/// Reads one page; any answer but 200 is an error, and so is a signal to stop.
pub(crate) fn get(
    connection: &mut Connection,
    headers: &[(&str, &str)],
    target: &str,
    body: &mut Vec<u8>,
) -> Result<()> {
    stop::check()?;
    let answer = connection.send(Request { headers, ..Request::get(target) }, body)?;
    if answer.status != 200 {
        let text = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        bail!("GET {target}: status {}: {text}", answer.status);
    }
    let asked = headers.contains(&GZIP);
    if asked != answer.content_encoding.is_some() {
        bail!("GET {target}: the content-encoding is {:?}", answer.content_encoding);
    }
    Ok(())
}

/// The header that asks for a compressed page.
pub(crate) const GZIP: (&str, &str) = ("Accept-Encoding", "gzip");
/// The header that asks for a plain page.
pub(crate) const IDENTITY: (&str, &str) = ("Accept-Encoding", "identity");

/// The address of the next page. It is before or after the rows, so that
/// only the two ends of the page are looked at.
pub(crate) fn next_link(body: &[u8], member: &str) -> Option<String> {
    const END: usize = 4_096;
    let (head, tail) = (&body[..body.len().min(END)], &body[body.len().saturating_sub(END)..]);
    let link = json::string(tail, member).or_else(|| json::string(head, member))?;
    Some(target_of(&link).to_owned())
}

/// Follows next links for that many pages and gives the addresses of all pages
/// on the way, the first among them.
pub(crate) fn collect(
    connection: &mut Connection,
    headers: &[(&str, &str)],
    first: String,
    member: &str,
    pages: u32,
) -> Result<Vec<String>> {
    let mut targets = vec![first];
    let mut body = Vec::new();
    for _ in 1..pages {
        let last = targets.last().context("there is a first page")?;
        get(connection, headers, last, &mut body)?;
        match next_link(&body, member) {
            Some(link) => targets.push(link),
            None => break,
        }
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_at_both_ends() {
        let rows = "x".repeat(20_000);
        let behind = format!(r#"{{"value":"{rows}","next":"http://h:1/a?b"}}"#);
        let before = format!(r#"{{"next":"http://h:1/a?b","value":"{rows}"}}"#);
        let none = format!(r#"{{"next":null,"value":"{rows}"}}"#);
        assert_eq!(next_link(behind.as_bytes(), "next").as_deref(), Some("/a?b"));
        assert_eq!(next_link(before.as_bytes(), "next").as_deref(), Some("/a?b"));
        assert_eq!(next_link(none.as_bytes(), "next"), None);
    }

    #[test]
    fn known_addresses_go_round() {
        let walk = Walk::Known { targets: vec!["/a".to_owned(), "/b".to_owned()], from: 1 };
        assert_eq!([walk.target(0), walk.target(1), walk.target(2)], ["/b", "/a", "/b"]);
    }
}
