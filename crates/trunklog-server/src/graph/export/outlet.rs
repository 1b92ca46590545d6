//! From encoded bytes to the pieces of a body, through gzip if it is wanted.

use std::io::{self, Write};
use std::mem;

use axum::body::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::mpsc;

use super::Piece;

/// About how large pieces are, and the most: what an encoder gives at once may
/// be larger.
const PIECE_BYTES: usize = 256 * 1024;
const MAX_PIECE_BYTES: usize = 1024 * 1024;

/// Why an export ends before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    /// The store gave up, which was told already.
    #[error("the rows could not be read")]
    Unread,
    /// The client is gone.
    #[error("the client left")]
    Unsent,
    #[error("the rows could not be encoded")]
    Encoder(#[from] trunklog_exports::Error),
    #[error("the rows could not be compressed")]
    Gzip(#[from] io::Error),
}

/// Sends bytes to the client.
pub(super) struct Outlet {
    pieces: mpsc::Sender<Piece>,
    /// What was encoded and not sent or compressed yet.
    plain: Vec<u8>,
    packed: Option<GzEncoder<Vec<u8>>>,
}

impl Outlet {
    pub(super) fn new(pieces: mpsc::Sender<Piece>, gzip: bool) -> Outlet {
        // Level 1, as pages have it.
        let packed = gzip.then(|| GzEncoder::new(Vec::new(), Compression::new(1)));
        Outlet { pieces, plain: Vec::new(), packed }
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
        self.pieces.blocking_send(Piece::End).map_err(|_| Stop::Unsent)
    }

    /// Sends what has gathered if it is at least as long.
    fn send_from(&mut self, least: usize) -> Result<(), Stop> {
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

    /// Waits until the client has room for them.
    fn send(&self, bytes: Vec<u8>) -> Result<(), Stop> {
        let mut bytes = Bytes::from(bytes);
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(MAX_PIECE_BYTES));
            self.pieces.blocking_send(Piece::Bytes(piece)).map_err(|_| Stop::Unsent)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    /// Sends `parts` and gives the pieces, all but the end.
    fn sent(gzip: bool, parts: &[Vec<u8>]) -> Vec<Bytes> {
        let (pieces, mut received) = mpsc::channel(100);
        let mut outlet = Outlet::new(pieces, gzip);
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
        let pieces = sent(false, &parts);
        let sizes: Vec<usize> = pieces.iter().map(Bytes::len).collect();
        let rest = 3_000_000 - 2 * MAX_PIECE_BYTES;
        assert_eq!(sizes, [PIECE_BYTES + 100, MAX_PIECE_BYTES, MAX_PIECE_BYTES, rest, 7]);
        assert_eq!(pieces.concat(), parts.concat());
    }

    #[test]
    fn compressed_pieces_make_one_stream() {
        let parts: Vec<Vec<u8>> = (0..200_u32).map(|at| at.to_string().repeat(5_000).into_bytes()).collect();
        let pieces = sent(true, &parts);
        let mut text = Vec::new();
        GzDecoder::new(pieces.concat().as_slice()).read_to_end(&mut text).unwrap();
        assert_eq!(text, parts.concat());
        assert!(pieces.concat().len() < text.len() / 10);
    }

    #[test]
    fn a_client_that_left_stops_it() {
        let (pieces, received) = mpsc::channel(1);
        drop(received);
        let mut outlet = Outlet::new(pieces, false);
        outlet.buffer().push(b'a');
        assert!(matches!(outlet.send_all(), Err(Stop::Unsent)));
        assert!(matches!(outlet.finish(), Err(Stop::Unsent)));
    }
}
