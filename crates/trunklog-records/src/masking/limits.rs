//! How many digits make a number.

/// This many digits in a name are a number.
pub(super) const MANY: usize = 5;

/// This many digits may be a whole number, with its area.
pub(super) const FULL: usize = 7;

/// The most digits of a number, dialled with `00` (E.164, section 6).
///
/// ```
/// use trunklog_records::masking::{MOST_DIALLED, masked};
///
/// let longest = "1".repeat(MOST_DIALLED);
/// assert_eq!(masked(&longest, 3), "11111111111111***");
/// // What is longer may be several numbers, the first of them with seven digits.
/// let longer = "1".repeat(MOST_DIALLED + 1);
/// assert_eq!(masked(&longer, 3), "1111**************");
/// ```
pub const MOST_DIALLED: usize = 17;
