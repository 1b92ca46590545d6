//! Decimal digits of every script.

/// Where the ten decimal digits of a script start (Unicode 17, general category
/// `Nd`). A script that is missing here has its digits hidden, never counted.
#[rustfmt::skip]
const ZEROS: [u32; 75] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
    0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
    0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40,
    0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da,
    0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16a60, 0x16ac0,
    0x16b50, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1,
    0x1e950, 0x1fbf0,
];

/// Whether a character is a decimal digit.
pub(super) fn is_decimal(c: char) -> bool {
    decimal_value(c).is_some()
}

/// The value of a decimal digit of any script; None of another character.
///
/// ```
/// use trunklog_records::masking::decimal_value;
///
/// assert_eq!(['7', '\u{ff17}', '\u{667}', 'x'].map(decimal_value), [Some(7), Some(7), Some(7), None]);
/// ```
pub fn decimal_value(c: char) -> Option<u8> {
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= code)].last()?;
    u8::try_from(code - zero).ok().filter(|value| *value < 10)
}

/// Whether a character is a zero.
pub(super) fn is_zero(c: char) -> bool {
    ZEROS.binary_search(&u32::from(c)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_digits_are_those_of_a_script() {
        assert!(ZEROS.is_sorted_by(|left, right| left + 10 <= *right));
        for c in ['0', '9', '٠', '٩', '０', '９', '𝟎', '𝟿'] {
            assert!(is_decimal(c), "{c}");
        }
        for c in ['/', ':', '*', 'a', '²', '½', 'Ⅳ', '①', '〇', '٪'] {
            assert!(!is_decimal(c), "{c}");
        }
        assert!(is_zero('0') && is_zero('٠') && !is_zero('1') && !is_zero('⁰'));
    }
}
