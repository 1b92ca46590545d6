//! All rows of a selection in one answer, as CSV, NDJSON, Arrow or Parquet; as
//! NDJSON also all that changed.
//!
//! Reading and encoding overlap on two threads, and what is encoded waits in a
//! short queue for the client, so memory does not grow with the range.
//!
//! **An answer that breaks off cannot be taken for a whole one.** It ends well
//! only when the encoder said that it is done. However else the threads end,
//! the body fails, and so HTTP/1.1 sends no last chunk and HTTP/2 resets the
//! stream (RFC 9112, section 8; RFC 9113, section 8.1).

mod job;
mod order;
mod outlet;
mod piece;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use trunklog_exports::Format;

use self::job::Job;
use self::outlet::{MAX_PIECE_BYTES, Way};
use self::piece::body_of;
use crate::answer::{Failure, RequestIds};
use crate::app::App;
use crate::backlog::{Reader, SharedHold};
use crate::coding::Coding;
use crate::settings::lasting;

pub(super) use self::order::{Export, Reading};

/// Pieces that wait for the client.
const PIECES_AHEAD: usize = 4;

/// What an export may hold for its client: those pieces, the one that is sent
/// and the one that is made.
const HELD_BYTES: usize = (PIECES_AHEAD + 2) * MAX_PIECE_BYTES;

/// How often the time after which a connection counts as stalled may pass until
/// a client takes a piece: pieces are large, and some clients slow.
const STALLS_A_PIECE: u32 = 4;

/// Answers once the store has begun to read, so that one that cannot gets a
/// status of its own.
pub(super) async fn respond(
    app: &Arc<App>,
    ids: &RequestIds,
    reader: Reader,
    export: Export,
) -> Result<Response, Failure> {
    // The pieces of an export that has ended may wait for long.
    let held = SharedHold::from(app.backlog.reserve(reader, HELD_BYTES).await?);
    let headers = headers(export.format, &export.file_name, export.coding);
    let (started, start) = oneshot::channel();
    let (pieces, body) = mpsc::channel(PIECES_AHEAD);
    let stall = lasting(app.settings.limits.stall_secs);
    let export = Export { coding: coding_of(export.format, export.coding), ..export };
    let way = Way { pieces, patience: stall.saturating_mul(STALLS_A_PIECE), runtime: Handle::current() };
    let job = Job { app: Arc::clone(app), request: ids.request, export, sent: AtomicU64::new(0) };
    // Its threads hold pieces until they notice that the client hung up.
    let in_work = held.clone();
    let work = move || {
        job.run(started, way);
        drop(in_work);
    };
    app.exports.start(reader.share, work).await?;
    match start.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(Failure::of_store(&error)),
        // The worker panicked.
        Err(_) => return Err(Failure::unexpected()),
    }
    let mut response = Response::new(body_of(body));
    response.headers_mut().extend(headers);
    response.extensions_mut().insert(held);
    Ok(response)
}

/// What the head of an answer says.
pub(super) fn headers(
    format: Format,
    file_name: &str,
    coding: Coding,
) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<> {
    let coding = coding_of(format, coding).name();
    [
        (CONTENT_TYPE, Some(HeaderValue::from_static(format.media_type()))),
        (CONTENT_DISPOSITION, Some(attachment(file_name))),
        (CONTENT_ENCODING, coding.map(HeaderValue::from_static)),
        (CACHE_CONTROL, Some(HeaderValue::from_static("no-cache"))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
}

/// Only text gets smaller by compression.
fn coding_of(format: Format, accepted: Coding) -> Coding {
    match format {
        Format::Csv | Format::CsvForPeople | Format::Ndjson => accepted,
        Format::Arrow | Format::Parquet => Coding::Identity,
    }
}

/// A `Content-Disposition` by which browsers save the answer. Source: RFC 6266.
fn attachment(file_name: &str) -> HeaderValue {
    let quotable = |c: &char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
    let name: String = file_name.chars().filter(quotable).collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_cannot_leave_their_quotes() {
        assert_eq!(attachment("calls.csv"), "attachment; filename=\"calls.csv\"");
        assert_eq!(attachment("a\"; b=\\\r\nü.csv"), "attachment; filename=\"a;b=.csv\"");
    }
}
