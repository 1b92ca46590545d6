//! Messages on a stream.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// No request or reply comes near it: the longest is a list of tenants, of
/// which it takes a hundred thousand.
const MAX_HEADER: u32 = 4 << 20;

/// Batches are far smaller; a larger one is refused before memory is taken.
const MAX_BODY: u32 = 256 << 20;

/// Writes a message. Errors with `InvalidInput` when it is too large, and has
/// then written nothing.
pub(crate) fn write_message(stream: &mut impl Write, header: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    let header_len = length(header.len(), MAX_HEADER)?;
    let body_len = length(body.len(), MAX_BODY)?;
    let mut start = Vec::with_capacity(header.len() + 8);
    start.extend_from_slice(&header_len.to_be_bytes());
    start.extend_from_slice(&header);
    start.extend_from_slice(&body_len.to_be_bytes());
    stream.write_all(&start)?;
    stream.write_all(body)?;
    stream.flush()
}

/// Reads a message.
pub(crate) fn read_message<T: DeserializeOwned>(stream: &mut impl Read) -> io::Result<(T, Vec<u8>)> {
    let mut first = [0];
    stream.read_exact(&mut first)?;
    read_rest(first[0], stream)
}

/// Reads a message whose first byte was read already.
pub(crate) fn read_rest<T: DeserializeOwned>(first: u8, stream: &mut impl Read) -> io::Result<(T, Vec<u8>)> {
    let header = read_frame(&mut (&[first][..]).chain(&mut *stream), MAX_HEADER)?;
    let body = read_frame(stream, MAX_BODY)?;
    Ok((serde_json::from_slice(&header)?, body))
}

fn read_frame(stream: &mut impl Read, max: u32) -> io::Result<Vec<u8>> {
    let mut len = [0; 4];
    stream.read_exact(&mut len)?;
    let len = u32::from_be_bytes(len);
    if len > max {
        let text = format!("a frame of {len} bytes is longer than {max}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    // The memory grows with what really arrives.
    let mut bytes = Vec::new();
    let read = stream.take(u64::from(len)).read_to_end(&mut bytes)?;
    if read as u64 == u64::from(len) { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn length(len: usize, max: u32) -> io::Result<u32> {
    u32::try_from(len).ok().filter(|len| *len <= max).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("a frame of {len} bytes is longer than {max}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive() {
        let mut stream = Vec::new();
        write_message(&mut stream, &"a", b"body").unwrap();
        write_message(&mut stream, &"b", b"").unwrap();
        let mut stream = &stream[..];
        assert_eq!(read_message::<String>(&mut stream).unwrap(), ("a".to_owned(), b"body".to_vec()));
        assert_eq!(read_message::<String>(&mut stream).unwrap(), ("b".to_owned(), Vec::new()));
        assert_eq!(read_message::<String>(&mut stream).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn long_and_cut_frames_are_refused() {
        let long = "x".repeat(5_000_000);
        let mut stream = Vec::new();
        let error = write_message(&mut stream, &long, b"").unwrap_err();
        assert_eq!((error.kind(), stream.len()), (io::ErrorKind::InvalidInput, 0));
        let mut long = &[0xff, 0xff, 0xff, 0xff, b'x'][..];
        assert_eq!(read_message::<String>(&mut long).unwrap_err().kind(), io::ErrorKind::InvalidData);
        let mut cut = &[0, 0, 0, 9, b'"'][..];
        assert_eq!(read_message::<String>(&mut cut).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
