//! Named states: short texts that a store keeps beside its rows.

use crate::{Error, ErrorKind, Result};

/// The longest name of a state, in bytes.
pub const MAX_STATE_NAME: usize = 200;

/// The longest value of a state, in bytes.
pub const MAX_STATE_VALUE: usize = 64 << 10;

/// Checks that a state can have that name and that value: what every engine
/// does before it sets one.
///
/// ```
/// use trunklog_store::{MAX_STATE_NAME, MAX_STATE_VALUE, check_state};
///
/// assert!(check_state("sources/graph/position", Some("7")).is_ok());
/// assert!(check_state("", None).is_err());
/// assert!(check_state(&"x".repeat(MAX_STATE_NAME + 1), None).is_err());
/// assert!(check_state("x", Some(&"x".repeat(MAX_STATE_VALUE + 1))).is_err());
/// ```
pub fn check_state(name: &str, value: Option<&str>) -> Result<()> {
    if name.is_empty() || name.len() > MAX_STATE_NAME {
        let text = format!("the name of a state has 1 to {MAX_STATE_NAME} bytes, not {}", name.len());
        return Err(Error::new(ErrorKind::Other, text));
    }
    if let Some(value) = value.filter(|value| value.len() > MAX_STATE_VALUE) {
        let text = format!("the value of a state has at most {MAX_STATE_VALUE} bytes, not {}", value.len());
        return Err(Error::new(ErrorKind::Other, text));
    }
    Ok(())
}
