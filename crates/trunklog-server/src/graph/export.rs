//! All rows of a selection in one answer, as CSV, NDJSON, Arrow or Parquet.
//!
//! Reading and encoding overlap on two threads, and what is encoded waits in a
//! short queue for the client, so memory does not grow with the range.
//!
//! **An answer that breaks off cannot be taken for a whole one.** It ends well
//! only when the encoder said that it is done. However else the threads end,
//! the body fails, and so HTTP/1.1 sends no last chunk and HTTP/2 resets the
//! stream (RFC 9112, section 8; RFC 9113, section 8.1).

mod job;
mod outlet;

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use trunklog_exports::Format;
use trunklog_odata::{Error, ErrorKind};
use trunklog_records::TenantId;
use trunklog_records::masking::Mask;
use trunklog_store::ScanQuery;

use self::job::Job;
use self::outlet::{MAX_PIECE_BYTES, Way};
use super::Failure;
use crate::app::App;
use crate::backlog::{Held, Reader};
use crate::layers::RequestIds;
use crate::settings::lasting;

/// Pieces that wait for the client.
const PIECES_AHEAD: usize = 4;

/// What an export may hold for its client: those pieces, the one that is sent
/// and the one that is made.
const HELD_BYTES: usize = (PIECES_AHEAD + 2) * MAX_PIECE_BYTES;

/// How often the time after which a connection counts as stalled may pass until
/// a client takes a piece: pieces are large, and some clients slow.
const STALLS_A_PIECE: u32 = 4;

/// What is exported, and for whom.
pub(super) struct Export {
    /// Names it in metrics.
    pub(super) function: &'static str,
    pub(super) format: Format,
    /// The indices of the properties in their order; the one behind the last
    /// property means the unknown ones.
    pub(super) layout: Vec<usize>,
    pub(super) query: ScanQuery,
    pub(super) mask: Mask,
    pub(super) tenant: TenantId,
    /// Whether the client takes gzip.
    pub(super) gzip: bool,
    /// What a browser calls the file.
    pub(super) file_name: String,
}

/// A part of the body.
enum Piece {
    Bytes(Bytes),
    /// What came before is all.
    End,
}

/// Answers once the store has begun to read, so that one that cannot gets a
/// status of its own.
pub(super) async fn respond(
    app: &Arc<App>,
    ids: &RequestIds,
    reader: Reader,
    export: Export,
) -> Result<Response, Failure> {
    // The pieces of an export that has ended may wait for long.
    let held = Held::from(app.backlog.reserve(reader, HELD_BYTES).await?);
    let headers = headers(export.format, &export.file_name, export.gzip);
    let (started, start) = oneshot::channel();
    let (pieces, body) = mpsc::channel(PIECES_AHEAD);
    let stall = lasting(app.settings.limits.stall_secs);
    let export = Export { gzip: export.gzip && is_text(export.format), ..export };
    let way = Way { pieces, patience: stall.saturating_mul(STALLS_A_PIECE), runtime: Handle::current() };
    let job = Job { app: Arc::clone(app), request: ids.request, export };
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
        Err(_) => return Err(Error::new(ErrorKind::GeneralException, "An unexpected error occurred.").into()),
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
    gzip: bool,
) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<> {
    let gzip = gzip && is_text(format);
    [
        (CONTENT_TYPE, Some(HeaderValue::from_static(format.media_type()))),
        (CONTENT_DISPOSITION, Some(attachment(file_name))),
        (CONTENT_ENCODING, gzip.then(|| HeaderValue::from_static("gzip"))),
        (CACHE_CONTROL, Some(HeaderValue::from_static("no-cache"))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
}

/// Only text gets smaller by compression.
fn is_text(format: Format) -> bool {
    matches!(format, Format::Csv | Format::CsvForPeople | Format::Ndjson)
}

/// The pieces as a body, which fails unless the last one is [`Piece::End`].
fn body_of(pieces: mpsc::Receiver<Piece>) -> Body {
    Body::from_stream(stream::unfold(Some(pieces), |pieces| async move {
        let mut pieces = pieces?;
        match pieces.recv().await {
            Some(Piece::Bytes(bytes)) => Some((Ok(bytes), Some(pieces))),
            Some(Piece::End) => None,
            None => Some((Err(io::Error::other("the export broke off")), None)),
        }
    }))
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
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn only_an_end_makes_a_body_whole() {
        for (end, whole) in [(Some(Piece::End), true), (None, false)] {
            let (pieces, body) = mpsc::channel(3);
            for piece in [Some(Piece::Bytes(Bytes::from_static(b"a,b\n"))), end].into_iter().flatten() {
                assert!(pieces.send(piece).await.is_ok());
            }
            drop(pieces);
            let read = to_bytes(body_of(body), usize::MAX).await;
            assert_eq!(read.is_ok(), whole);
            assert!(read.is_err() || read.is_ok_and(|bytes| bytes == b"a,b\n".as_slice()));
        }
    }

    #[test]
    fn file_names_cannot_leave_their_quotes() {
        assert_eq!(attachment("calls.csv"), "attachment; filename=\"calls.csv\"");
        assert_eq!(attachment("a\"; b=\\\r\nü.csv"), "attachment; filename=\"a;b=.csv\"");
    }
}
