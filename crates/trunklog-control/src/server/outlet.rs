//! Answers of many parts.

use std::io;
use std::ops::ControlFlow;
use std::os::unix::net::UnixStream;

use trunklog_records::Rows;
use trunklog_store::busy::BusyAnswer;
use trunklog_store::cube::SumAnswers;
use trunklog_store::{Error, GroupRow, Report, ScanQuery, Store};

use super::messages::next_message;
use crate::protocol::{self, MAX_BODY, Reply, Turn};

/// Groups in a part, unless their texts are too long for one message.
const PART_GROUPS: usize = 500;

/// Makes a part of some groups.
type MakePart<'a, T> = &'a dyn Fn(&[T]) -> trunklog_store::Result<Vec<u8>>;

/// Where the parts of an answer go: to the client, each when it wants it.
pub(super) struct Outlet<'a> {
    stream: &'a mut UnixStream,
    /// How many bytes a part should have at most.
    max_part: usize,
}

/// Why an answer was not made or not sent.
#[derive(Debug)]
pub(super) enum Failure {
    /// The store has failed, or was asked what it cannot do. The client hears
    /// of it.
    Store(Error),
    /// The client has gone, which ends the answer and means nothing.
    Gone,
    /// The connection has failed.
    Connection(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Store(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => {
                Failure::Gone
            }
            io::ErrorKind::InvalidInput => Failure::Store(protocol::too_large(error)),
            _ => Failure::Connection(error),
        }
    }
}

impl<'a> Outlet<'a> {
    pub(super) fn new(stream: &'a mut UnixStream) -> Outlet<'a> {
        Outlet { stream, max_part: MAX_BODY as usize }
    }

    /// The same with smaller parts.
    #[cfg(test)]
    pub(super) fn with_max_part(self, max_part: usize) -> Outlet<'a> {
        Outlet { max_part, ..self }
    }

    /// Sends the rows of a scan as they are read. The store holds no lock
    /// meanwhile, so a client may take as long as it likes.
    pub(super) fn scan(&mut self, store: &dyn Store, query: &ScanQuery) -> Result<(), Failure> {
        let mut sent = Ok(());
        let scanned = store.scan(query, &mut |rows: Rows| match self.rows(&rows) {
            Ok(Turn::More) => ControlFlow::Continue(()),
            Ok(Turn::Enough) => ControlFlow::Break(()),
            Err(failure) => {
                sent = Err(failure);
                ControlFlow::Break(())
            }
        });
        sent?;
        scanned.map_err(Failure::Store)
    }

    /// Sends the groups of a report.
    pub(super) fn report(&mut self, report: &Report) -> Result<(), Failure> {
        self.all(&report.groups, &protocol::groups_part).map(|_| ())
    }

    /// Sends the answers to questions about sums, one after the other.
    pub(super) fn sums(&mut self, answers: &SumAnswers) -> Result<(), Failure> {
        for (question, sums) in answers.sums.iter().enumerate() {
            let part = |groups: &[GroupRow]| protocol::sums_part(question, groups);
            if self.all(&sums.groups, &part)? == Turn::Enough {
                break;
            }
        }
        Ok(())
    }

    /// Sends groups of busy channels.
    pub(super) fn busy(&mut self, answer: &BusyAnswer) -> Result<(), Failure> {
        self.all(&answer.groups, &protocol::busy_part).map(|_| ())
    }

    /// Sends groups until the client has enough.
    fn all<T>(&mut self, groups: &[T], make: MakePart<'_, T>) -> Result<Turn, Failure> {
        for some in groups.chunks(PART_GROUPS) {
            if self.some(some, make)? == Turn::Enough {
                return Ok(Turn::Enough);
            }
        }
        Ok(Turn::More)
    }

    /// Sends groups, in halves when they do not fit into one message.
    fn some<T>(&mut self, groups: &[T], make: MakePart<'_, T>) -> Result<Turn, Failure> {
        let part = make(groups)?;
        if part.len() <= self.max_part || groups.len() < 2 {
            return self.part(&part);
        }
        drop(part);
        let (first, second) = groups.split_at(groups.len() / 2);
        match self.some(first, make)? {
            Turn::More => self.some(second, make),
            Turn::Enough => Ok(Turn::Enough),
        }
    }

    /// Sends rows, in halves when they do not fit into one message.
    fn rows(&mut self, rows: &Rows) -> Result<Turn, Failure> {
        let part = protocol::encode(rows)?;
        if part.len() <= self.max_part || rows.len() < 2 {
            return self.part(&part);
        }
        drop(part);
        let half = rows.len() / 2;
        match self.rows(&rows.slice(0, half))? {
            Turn::More => self.rows(&rows.slice(half, rows.len() - half)),
            Turn::Enough => Ok(Turn::Enough),
        }
    }

    /// Sends a part and waits for the client's word.
    fn part(&mut self, body: &[u8]) -> Result<Turn, Failure> {
        protocol::write_message(self.stream, &Reply::Part, body)?;
        let (head, _) = next_message(self.stream)?.ok_or(Failure::Gone)?;
        serde_json::from_slice(&head).map_err(|_| protocol::misunderstood("a request").into())
    }
}
