//! DuckDB's checksum, as it stands before blocks and entries of the
//! write-ahead log (`src/common/checksum.cpp`).

/// The checksum of bytes that come in pieces. All pieces but the last must
/// have a multiple of eight bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Checksum(u64);

impl Checksum {
    pub(crate) fn new() -> Checksum {
        Checksum(5381)
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.0 ^= u64::from_le_bytes(*word).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        }
        if !rest.is_empty() {
            self.0 ^= remainder(rest);
        }
    }

    pub(crate) fn value(self) -> u64 {
        self.0
    }
}

/// The checksum of bytes.
pub(crate) fn of(bytes: &[u8]) -> u64 {
    let mut sum = Checksum::new();
    sum.add(bytes);
    sum.value()
}

/// Of the last one to seven bytes: what a string hash makes of them.
fn remainder(bytes: &[u8]) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    const SEED: u64 = 0xe17a_1465;
    const R: u32 = 47;
    let mut hash = SEED ^ (bytes.len() as u64).wrapping_mul(M);
    for (at, byte) in (0_u32..).zip(bytes) {
        hash ^= u64::from(*byte) << (8 * at);
    }
    hash = hash.wrapping_mul(M);
    hash ^= hash >> R;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> R)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_duckdb() {
        // The entry that ends each commit, as DuckDB writes it.
        assert_eq!(of(&[0x64, 0x00, 0x64, 0xff, 0xff]), 0x5e3d_ed2f_727d_fee7);
        assert_eq!(of(&[]), 5381);
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let bytes: Vec<u8> = (0..=250).collect();
        let mut sum = Checksum::new();
        for piece in bytes.chunks(24) {
            sum.add(piece);
        }
        assert_eq!(sum.value(), of(&bytes));
    }

    #[test]
    fn any_wrong_byte_changes_it() {
        let bytes: Vec<u8> = (0..=200).collect();
        let right = of(&bytes);
        for at in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[at] ^= 1 << (at % 8);
            assert_ne!(of(&wrong), right, "byte {at}");
        }
    }
}
