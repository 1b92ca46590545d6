//! From encoded bytes to the pieces of a body, through gzip if it is wanted.

use std::io::{self, Write};
use std::mem;
use std::time::Duration;

use axum::body::Bytes;
use flate2::write::GzEncoder;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::SendTimeoutError;

use super::piece::Piece;
use crate::coding::Coding;

/// About how large pieces are, and the most: what an encoder gives at once may
/// be larger.
const PIECE_BYTES: usize = 256 * 1024;
pub(super) const MAX_PIECE_BYTES: usize = 1024 * 1024;

/// Why an export ends before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    /// The store gave up, which was told already.
    #[error("the rows could not be read")]
    Unread,
    /// The client is gone.
    #[error("the client left")]
    Unsent,
    /// The client took nothing for too long.
    #[error("the client stalled")]
    Stalled,
    #[error("the rows could not be encoded")]
    Encoder(#[from] trunklog_exports::Error),
    #[error("the rows could not be compressed")]
    Gzip(#[from] io::Error),
}

/// The way to the client.
pub(super) struct Way {
    pub(super) pieces: mpsc::Sender<Piece>,
    /// How long the client may take to make room for a piece. Connections have
    /// a limit of their own, but over HTTP/2 a client can take nothing of one
    /// answer and keep its connection alive.
    pub(super) patience: Duration,
    /// What wakes this thread when there is room, or the time is over.
    pub(super) runtime: Handle,
}

/// Sends bytes to the client.
pub(super) struct Outlet {
    way: Way,
    /// What was encoded and not sent or compressed yet.
    plain: Vec<u8>,
    packed: Option<GzEncoder<Vec<u8>>>,
}

impl Outlet {
    pub(super) fn new(way: Way, coding: Coding) -> Outlet {
        Outlet { way, plain: Vec::new(), packed: coding.encoder() }
    }

    /// Where an encoder puts its bytes.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.plain
    }

    /// Sends what has gathered if it makes a piece.
    pub(super) fn send_full(&mut self) -> Result<(), Stop> {
        self.send_from(PIECE_BYTES)
    }

    /// Sends all that has gathered.
    pub(super) fn send_all(&mut self) -> Result<(), Stop> {
        self.send_from(1)
    }

    /// Sends the rest, and says that it was all.
    pub(super) fn finish(mut self) -> Result<(), Stop> {
        self.pack()?;
        let rest = match self.packed.take() {
            Some(packed) => packed.finish()?,
            None => mem::take(&mut self.plain),
        };
        self.send(rest)?;
        self.way.send(Piece::End)
    }

    /// Sends what has gathered if it is at least as long. Even when there is
    /// nothing to send, it notices that the client is gone.
    fn send_from(&mut self, least: usize) -> Result<(), Stop> {
        if self.way.pieces.is_closed() {
            return Err(Stop::Unsent);
        }
        self.pack()?;
        let ready = self.packed.as_mut().map_or(&mut self.plain, GzEncoder::get_mut);
        if ready.len() < least {
            return Ok(());
        }
        let bytes = mem::take(ready);
        self.send(bytes)
    }

    /// Compresses what was encoded, if that is wanted.
    fn pack(&mut self) -> io::Result<()> {
        if let Some(packed) = &mut self.packed {
            packed.write_all(&self.plain)?;
            self.plain.clear();
        }
        Ok(())
    }

    fn send(&self, bytes: Vec<u8>) -> Result<(), Stop> {
        let mut bytes = Bytes::from(bytes);
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(MAX_PIECE_BYTES));
            self.way.send(Piece::Bytes(piece))?;
        }
        Ok(())
    }
}

impl Way {
    /// Waits until the client has room for the piece.
    fn send(&self, piece: Piece) -> Result<(), Stop> {
        let sent = self.runtime.block_on(self.pieces.send_timeout(piece, self.patience));
        sent.map_err(|error| match error {
            SendTimeoutError::Closed(_) => Stop::Unsent,
            SendTimeoutError::Timeout(_) => Stop::Stalled,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap()
    }

    fn way(pieces: mpsc::Sender<Piece>, runtime: &Runtime) -> Way {
        Way { pieces, patience: Duration::from_millis(50), runtime: runtime.handle().clone() }
    }

    /// Sends `parts` and gives the pieces, all but the end.
    fn sent(coding: Coding, parts: &[Vec<u8>]) -> Vec<Bytes> {
        let (pieces, mut received) = mpsc::channel(100);
        let runtime = runtime();
        let mut outlet = Outlet::new(way(pieces, &runtime), coding);
        for part in parts {
            outlet.buffer().extend_from_slice(part);
            outlet.send_full().unwrap();
        }
        outlet.finish().unwrap();
        let mut bytes = Vec::new();
        loop {
            match received.blocking_recv().unwrap() {
                Piece::Bytes(piece) => bytes.push(piece),
                Piece::End => return bytes,
            }
        }
    }

    #[test]
    fn pieces_are_neither_small_nor_large() {
        let parts = [vec![b'a'; 100], vec![b'b'; PIECE_BYTES], vec![b'c'; 3_000_000], vec![b'd'; 7]];
        let pieces = sent(Coding::Identity, &parts);
        let sizes: Vec<usize> = pieces.iter().map(Bytes::len).collect();
        let rest = 3_000_000 - 2 * MAX_PIECE_BYTES;
        assert_eq!(sizes, [PIECE_BYTES + 100, MAX_PIECE_BYTES, MAX_PIECE_BYTES, rest, 7]);
        assert_eq!(pieces.concat(), parts.concat());
    }

    #[test]
    fn compressed_pieces_make_one_stream() {
        let parts: Vec<Vec<u8>> = (0..200_u32).map(|at| at.to_string().repeat(5_000).into_bytes()).collect();
        let pieces = sent(Coding::Gzip, &parts);
        let mut text = Vec::new();
        GzDecoder::new(pieces.concat().as_slice()).read_to_end(&mut text).unwrap();
        assert_eq!(text, parts.concat());
        assert!(pieces.concat().len() < text.len() / 10);
    }

    #[test]
    fn a_client_that_left_stops_it() {
        let (pieces, received) = mpsc::channel(1);
        drop(received);
        let runtime = runtime();
        let mut outlet = Outlet::new(way(pieces, &runtime), Coding::Identity);
        assert!(matches!(outlet.send_all(), Err(Stop::Unsent)), "nothing was to be sent");
        outlet.buffer().push(b'a');
        assert!(matches!(outlet.send_all(), Err(Stop::Unsent)));
        assert!(matches!(outlet.finish(), Err(Stop::Unsent)));
    }

    #[test]
    fn a_client_that_takes_nothing_stops_it() {
        let (pieces, received) = mpsc::channel(1);
        let runtime = runtime();
        let mut outlet = Outlet::new(way(pieces, &runtime), Coding::Identity);
        outlet.buffer().push(b'a');
        outlet.send_all().unwrap();
        outlet.buffer().push(b'b');
        assert!(matches!(outlet.send_all(), Err(Stop::Stalled)));
        drop(received);
    }
}
