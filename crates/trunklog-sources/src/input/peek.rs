//! Looking at the first bytes of a stream.

use std::io::{self, Cursor, ErrorKind, Read};

/// What [`peek`] took, in front of what it left.
pub(super) type PeekedStream<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// The first bytes of a stream, as many as there are up to `count`, and the
/// stream as it was.
pub(super) fn peek<R: Read>(mut stream: R, count: usize) -> io::Result<(Vec<u8>, PeekedStream<R>)> {
    let mut first = vec![0; count];
    let mut len = 0;
    while len < count {
        match stream.read(&mut first[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    first.truncate(len);
    Ok((first.clone(), Cursor::new(first).chain(stream)))
}
