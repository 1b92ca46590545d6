//! A file on its way to who ordered it.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use tokio::task::spawn_blocking;
use trunklog_audit::{Action, Detail};
use trunklog_downloads::State;
use trunklog_odata::{Error, ErrorKind};
use uuid::Uuid;

use super::form::FileForm;
use super::{found, no_such_file, unusable};
use crate::answer::Failure;
use crate::audit;
use crate::backlog::{Reader as Holder, SharedHold};
use crate::pages::address::Address;
use crate::pages::change::Changing;
use crate::pages::routes::Needs;
use crate::pages::{check, is_read, made};
use crate::share::Share;

/// How much of a file is read at a time.
const PIECE_BYTES: usize = 256 * 1024;
/// What is held of it: the piece that is sent and the one that is read.
const HELD_BYTES: usize = 2 * PIECE_BYTES;

/// The file of an address: `exports/{id}/{name}`. Its name is for people and browsers.
pub(in crate::pages) fn file_of(address: &Address<'_>) -> Option<Uuid> {
    match *address.segments.as_slice() {
        ["exports", id, _name] => Uuid::try_parse(id).ok(),
        _ => None,
    }
}

/// Sends a file to who ordered it, once the audit trail has that.
pub(in crate::pages) async fn serve(asking: Changing<'_>, id: Uuid) -> Result<Response, Failure> {
    let Changing { app, parts, reader, tenant } = asking;
    if !is_read(parts) {
        return Err(Failure::method_not_allowed("GET, HEAD"));
    }
    let told = asking.told(Action::CallsExport).detail("export", Detail::Id(id));
    // Whose rights were taken away meanwhile gets no file any more.
    for needs in [Needs::Export, Needs::Calls] {
        if let Err(failure) = check(reader, tenant, needs) {
            audit::refused(app, told, "role");
            return Err(failure);
        }
    }
    let download = found(asking, id).await?.ok_or_else(no_such_file)?;
    let State::Done { rows, .. } = download.state else { return Err(no_such_file()) };
    // Who saw full numbers when the file was made, and may not any more.
    if reader.mask(tenant, &app.settings.masks).digits() > download.hidden_digits {
        audit::refused(app, told, "role");
        let message = "The file has numbers that you may not see any more.";
        return Err(Error::new(ErrorKind::Forbidden, message).hint("order it again").into());
    }
    let form = FileForm::by_name(&download.form)?;
    let hold = app.backlog.reserve(Holder::of(Share::Tenant(tenant), parts), HELD_BYTES).await?;
    let downloads = Arc::clone(&app.services.downloads);
    let opened = asking.blocking({
        let download = download.clone();
        move || downloads.file(&download)
    });
    let (file, bytes) = opened.await?.map_err(|error| unusable(&error))?;
    audit::recorded(app, told.detail("step", Detail::Word("fetch")).rows(rows)).await?;
    let mut response = Response::new(body_of(file));
    let headers = response.headers_mut();
    made::guard(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    headers.insert(CONTENT_DISPOSITION, attachment(&download.file_name));
    response.extensions_mut().insert(SharedHold::from(hold));
    Ok(response)
}

/// A `Content-Disposition` by which browsers save the answer. Our names are letters,
/// digits, points and dashes; all else is left out. Source: RFC 6266.
fn attachment(file_name: &str) -> HeaderValue {
    let is_plain = |sign: &char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-');
    let name: String = file_name.chars().filter(is_plain).collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

/// A file as a body, read as it is sent. One that cannot be read to its end breaks off
/// before the length that was promised.
fn body_of(file: File) -> Body {
    Body::from_stream(stream::unfold(Some(file), |file| async move {
        let file = file?;
        match spawn_blocking(move || next_piece(file)).await {
            Ok(Ok((piece, _))) if piece.is_empty() => None,
            Ok(Ok((piece, file))) => Some((Ok(piece), Some(file))),
            Ok(Err(error)) => Some((Err(error), None)),
            Err(_) => Some((Err(io::Error::other("the file was not read to its end")), None)),
        }
    }))
}

fn next_piece(file: File) -> io::Result<(Bytes, File)> {
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    let limit = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
    let mut part = file.take(limit);
    part.read_to_end(&mut piece)?;
    Ok((piece.into(), part.into_inner()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn a_file_comes_whole_piece_by_piece() {
        for len in [0, 1, PIECE_BYTES, 2 * PIECE_BYTES + 7] {
            let content: Vec<u8> = (0..len).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&content).unwrap();
            let body = to_bytes(body_of(file.reopen().unwrap()), usize::MAX).await.unwrap();
            assert!(body == content, "{len}");
        }
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(attachment("sms.2031-03-28.csv"), "attachment; filename=\"sms.2031-03-28.csv\"");
        assert_eq!(attachment("a\"; b=\\\r\nü.csv"), "attachment; filename=\"ab.csv\"");
    }
}
