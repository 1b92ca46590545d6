//! The headers of the database file: one that says what it is, and two of
//! which the newer one counts. Each has 4,096 bytes and begins with its
//! checksum.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::checksum;
use super::log::Name;

/// How long a header is, and where the second and third begin.
const BYTES: u64 = 4096;

/// What every DuckDB file has after its first checksum.
const MAGIC: &[u8] = b"DUCK";

/// The last version of the file whose write-ahead log does not name its file.
const LAST_NAMELESS: u64 = 66;

/// Where the file's own name stands: after checksum, magic, version, four
/// words of flags, two texts of 32 bytes and a word about encryption.
const NAME_AT: usize = 124;

/// What the headers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// How many checkpoints were written.
    pub(crate) iteration: u64,
    /// The least length of the file, in bytes. It may have to be longer: the
    /// count of blocks in the header tells nothing, since a checkpoint cuts off
    /// free blocks after it wrote the header.
    pub(crate) end: u64,
    /// Where the metadata begins that the newest checkpoint wrote.
    pub(crate) root: u64,
    /// The name that its write-ahead log begins with. None for a file of a
    /// version whose log names none.
    pub(crate) database: Option<[u8; 16]>,
}

impl Header {
    /// What a log begins with that has the commits since the last checkpoint.
    pub(crate) fn name(&self) -> Option<Name> {
        self.database.map(|database| Name { database, iteration: self.iteration })
    }
}

/// Why the headers cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// The file is shorter than its headers.
    Cut,
    /// It is no file of DuckDB's, or its first bytes are gone.
    Unknown,
    /// The header at this place is not what was written.
    Damaged(u64),
}

/// Reads and checks the headers.
pub(crate) fn read(file: &File) -> io::Result<Result<Header, HeaderFault>> {
    if file.metadata()?.len() < 3 * BYTES {
        return Ok(Err(HeaderFault::Cut));
    }
    let first = block(file, 0)?;
    if &first[8..12] != MAGIC {
        return Ok(Err(HeaderFault::Unknown));
    }
    let (second, third) = (block(file, BYTES)?, block(file, 2 * BYTES)?);
    for (at, header) in [(0, &first), (BYTES, &second), (2 * BYTES, &third)] {
        if checksum::of(&header[8..]) != word(header, 0) {
            return Ok(Err(HeaderFault::Damaged(at)));
        }
    }
    // DuckDB's words after the checksum: iteration, first metadata, list of
    // free blocks, count of blocks, size of a block.
    let newest = if word(&second, 1) > word(&third, 1) { &second } else { &third };
    let used = [word(newest, 2), word(newest, 3)].into_iter().filter_map(block_of);
    let blocks = used.max().map_or(0, |last| last + 1);
    Ok(Ok(Header {
        iteration: word(newest, 1),
        end: blocks.saturating_mul(word(newest, 5)).saturating_add(3 * BYTES),
        root: word(newest, 2),
        database: (u64::from_le_bytes(bytes_at(&first, 12)) > LAST_NAMELESS)
            .then(|| bytes_at(&first, NAME_AT)),
    }))
}

/// How many checkpoints were written, told by the headers of an open store.
pub(crate) fn iteration(file: &File) -> io::Result<u64> {
    let mut newest = 0;
    for header in [BYTES, 2 * BYTES] {
        let mut bytes = [0; 8];
        file.read_exact_at(&mut bytes, header + 8)?;
        newest = newest.max(u64::from_le_bytes(bytes));
    }
    Ok(newest)
}

/// The block of a place in the metadata: all but its highest byte, which tells
/// where in the block. None for no place.
fn block_of(place: u64) -> Option<u64> {
    (place != u64::MAX).then_some(place & (u64::MAX >> 8))
}

fn block(file: &File, at: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(BYTES).unwrap_or(usize::MAX)];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes)
}

fn word(header: &[u8], number: usize) -> u64 {
    u64::from_le_bytes(bytes_at(header, 8 * number))
}

fn bytes_at<const COUNT: usize>(bytes: &[u8], at: usize) -> [u8; COUNT] {
    let mut some = [0; COUNT];
    some.copy_from_slice(&bytes[at..at + COUNT]);
    some
}
