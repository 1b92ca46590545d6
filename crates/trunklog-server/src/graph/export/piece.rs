//! The parts of a body that is made as it is sent.

use std::io;

use axum::body::{Body, Bytes};
use futures_util::stream;
use tokio::sync::mpsc;

/// A part of the body.
pub(super) enum Piece {
    Bytes(Bytes),
    /// What came before is all.
    End,
}

/// The pieces as a body, which fails unless the last one is [`Piece::End`].
pub(super) fn body_of(pieces: mpsc::Receiver<Piece>) -> Body {
    Body::from_stream(stream::unfold(Some(pieces), |pieces| async move {
        let mut pieces = pieces?;
        match pieces.recv().await {
            Some(Piece::Bytes(bytes)) => Some((Ok(bytes), Some(pieces))),
            Some(Piece::End) => None,
            None => Some((Err(io::Error::other("the export broke off")), None)),
        }
    }))
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
}
