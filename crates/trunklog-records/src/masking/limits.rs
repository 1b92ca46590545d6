//! How many digits make a number.

/// This many digits in a name are a number.
pub(super) const MANY: usize = 5;

/// This many digits may be a whole number, with its area.
pub(super) const FULL: usize = 7;

/// The most digits of a number, dialled with `00` (E.164, section 6).
pub const MOST_DIALLED: usize = 17;
