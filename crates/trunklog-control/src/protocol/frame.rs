//! Messages on a stream.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// No head comes near it: all that is long is a body.
const MAX_HEAD: u32 = 4 << 20;

/// Batches are far smaller; a larger one is refused before memory is taken.
pub(crate) const MAX_BODY: u32 = 256 << 20;

/// Writes a message. Errors with `InvalidInput` when it is too large, and has
/// then written nothing.
pub(crate) fn write_message(stream: &mut impl Write, head: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    let head_len = length(head.len(), MAX_HEAD)?;
    let body_len = length(body.len(), MAX_BODY)?;
    let mut start = Vec::with_capacity(head.len() + 8);
    start.extend_from_slice(&head_len.to_be_bytes());
    start.extend_from_slice(&head);
    start.extend_from_slice(&body_len.to_be_bytes());
    stream.write_all(&start)?;
    stream.write_all(body)?;
    stream.flush()
}

/// Reads a message. Errors with `InvalidData` when its head is not a `T`.
pub(crate) fn read_message<T: DeserializeOwned>(stream: &mut impl Read) -> io::Result<(T, Vec<u8>)> {
    let mut first = [0];
    stream.read_exact(&mut first)?;
    let (head, body) = read_rest(first[0], stream)?;
    // Taken as it is, the error for a head that ends early would mean a stream
    // that does.
    let head =
        serde_json::from_slice(&head).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok((head, body))
}

/// Reads head and body of a message whose first byte was read already. Errors
/// with `InvalidData` when one of them is too long.
pub(crate) fn read_rest(first: u8, stream: &mut impl Read) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let head = read_frame(&mut (&[first][..]).chain(&mut *stream), MAX_HEAD)?;
    let body = read_frame(stream, MAX_BODY)?;
    Ok((head, body))
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
        let mut whole = Vec::new();
        write_message(&mut whole, &"head", b"body").unwrap();
        for end in 0..whole.len() {
            let error = read_message::<String>(&mut &whole[..end]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "cut at {end}");
        }
    }

    #[test]
    fn heads_of_another_form_are_no_end_of_the_stream() {
        for head in ["", "{", "\"cut", "7"] {
            let mut stream = Vec::new();
            stream.extend_from_slice(&u32::try_from(head.len()).unwrap().to_be_bytes());
            stream.extend_from_slice(head.as_bytes());
            stream.extend_from_slice(&[0; 4]);
            let error = read_message::<String>(&mut &stream[..]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{head}");
        }
    }
}
