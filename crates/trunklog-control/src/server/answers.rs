//! Answers the requests of a connection.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use trunklog_store::{Erasure, Error, ErrorKind, OldRows, Result, Store, Watermark};

use super::Served;
use super::messages::next_message;
use super::outlet::{Failure, Outlet};
use crate::protocol::{self, Message, Op, Reply, Request, SourceForm};

/// Answers a connection's requests until the other end closes it.
pub(super) fn answer_all(mut stream: UnixStream, served: &Served) -> io::Result<()> {
    loop {
        let (head, body) = match next_message(&mut stream) {
            Ok(Some(message)) => message,
            Ok(None) => return Ok(()),
            // It cannot be read to its end, so no other can follow.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let text = "the request is too large: send less at once";
                let reply = Reply::error(&Error::new(ErrorKind::TooMany, text));
                protocol::write_message(&mut stream, &reply, b"")?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        let answered = match Request::read(&head) {
            Ok(op) => answer(op, &body, served, &mut Outlet::new(&mut stream)),
            Err(error) => Err(Failure::Store(error)),
        };
        let (reply, body) = match answered {
            Ok(message) => message,
            Err(Failure::Store(error)) => alone(Reply::error(&error)),
            Err(Failure::Gone) => return Ok(()),
            Err(Failure::Connection(error)) => return Err(error),
        };
        match protocol::write_message(&mut stream, &reply, &body) {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                protocol::write_message(&mut stream, &Reply::error(&protocol::too_large(error)), b"")?;
            }
            written => written?,
        }
    }
}

/// Does what is asked. Parts of the answer that come before its end go to the
/// outlet.
fn answer(
    op: Op,
    body: &[u8],
    served: &Served,
    outlet: &mut Outlet<'_>,
) -> std::result::Result<Message, Failure> {
    let Served { engine, sets } = served;
    let store = |id: &str| -> Result<Arc<dyn Store>> { Ok(engine.tenant(protocol::tenant(id)?)) };
    Ok(match op {
        Op::Check => alone(engine.check().map(|()| Reply::Done)?),
        Op::Tidy => alone(engine.tidy().map(|()| Reply::Done)?),
        Op::Scrub => alone(engine.scrub().map(|()| Reply::Done)?),
        Op::Tenants => protocol::tenants_message(&engine.tenants()?)?,
        Op::Epoch => alone(Reply::Epoch(engine.epoch()?)),
        Op::State { name } => alone(Reply::State(engine.state(&name)?)),
        Op::States { prefix } => protocol::states_message(&engine.states(&prefix)?)?,
        Op::ExchangeState { name, expected, new } => {
            alone(Reply::Exchanged(engine.exchange_state(&name, expected.as_deref(), new.as_deref())?))
        }
        Op::Append { tenant, log } => {
            let rows = protocol::decode(log.into_log()?, body)?;
            alone(Reply::appended(store(&tenant)?.append(&rows)?))
        }
        Op::Page { tenant, page } => protocol::page_message(&store(&tenant)?.page(&page.into_query(body)?)?)?,
        Op::Count { tenant, rows, watermark } => {
            let selection = rows.into_selection(body)?;
            alone(Reply::Count(store(&tenant)?.count(&selection, watermark.map(Watermark))?))
        }
        Op::Scan { tenant, scan } => {
            outlet.scan(&*store(&tenant)?, &scan.into_query(body)?)?;
            alone(Reply::Scanned)
        }
        Op::Report { tenant, report } => {
            let report = store(&tenant)?.report(&report.into_query(body)?)?;
            outlet.report(&report)?;
            alone(Reply::Report { watermark: report.watermark.0 })
        }
        Op::Sums { tenant } => {
            let answers = store(&tenant)?.sums(&protocol::decode_questions(body, sets)?)?;
            outlet.sums(&answers)?;
            let sources = answers.sums.iter().map(|sums| SourceForm::of(sums.source)).collect();
            alone(Reply::Sums { sources, watermark: answers.watermark.0 })
        }
        Op::Busy { tenant, busy } => {
            let answer = store(&tenant)?.busy(&busy.into_query(body, sets)?)?;
            outlet.busy(&answer)?;
            let source = SourceForm::of(answer.source);
            alone(Reply::Busy { source, watermark: answer.watermark.0 })
        }
        Op::CubeDays { tenant, log } => protocol::days_message(&store(&tenant)?.cube_days(log.into_log()?)?)?,
        Op::CheckCubes { tenant, log, from, end, mend } => {
            let (log, days) = (log.into_log()?, protocol::range(from, end)?);
            protocol::check_message(&store(&tenant)?.check_cubes(log, days, mend.into_mend())?)?
        }
        Op::Changes { tenant, changes } => {
            protocol::changes_message(&store(&tenant)?.changes(&changes.into_query(body)?)?)?
        }
        Op::ChangedBuckets { tenant, log, after } => {
            let changed = store(&tenant)?.changed_buckets(log.into_log()?, Watermark(after))?;
            protocol::buckets_message(&changed)?
        }
        Op::Row { tenant, log, time, id } => match store(&tenant)?.row(log.into_log()?, time, &id)? {
            Some(row) => (Reply::Row, protocol::encode(&row)?),
            None => alone(Reply::NoRow),
        },
        Op::Newest { tenant } => alone(Reply::Newest(store(&tenant)?.newest()?.0)),
        Op::CommitTime { tenant, commit } => {
            alone(Reply::CommitTime(store(&tenant)?.commit_time(Watermark(commit))?))
        }
        Op::Erase { tenant, rows, what } => {
            let erasure = Erasure { selection: rows.into_selection(body)?, what: what.into_erase() };
            erasure.check()?;
            alone(Reply::Count(store(&tenant)?.erase(&erasure)?))
        }
        Op::Forget { tenant, log, before } => {
            alone(Reply::Count(store(&tenant)?.forget(log.into_log()?, before)?))
        }
        Op::Forgettable { tenant, log, before } => {
            let OldRows { rows, of, oldest } = store(&tenant)?.forgettable(log.into_log()?, before)?;
            alone(Reply::Forgettable { rows, of, oldest })
        }
        Op::Verify { tenant, log, from } => {
            protocol::verified_message(store(&tenant)?.verify(log.into_log()?, from)?)?
        }
    })
}

/// A reply without a body.
fn alone(reply: Reply) -> Message {
    (reply, Vec::new())
}

#[cfg(test)]
mod tests;
