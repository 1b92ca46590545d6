//! How many rows of a list come before those of a page.

use trunklog_odata::Error;
use trunklog_web::PageContext;

/// The deepest page that is asked for by its number; who wants more takes a file.
const DEEPEST: u64 = 1_000_000;

/// How many a page passes over.
///
/// # Errors
/// 400 for what is no number, or too large a one.
pub(super) fn of(page: &PageContext) -> Result<u64, Error> {
    read(page.state.own("skip"))
}

fn read(text: Option<&str>) -> Result<u64, Error> {
    let Some(text) = text else { return Ok(0) };
    text.parse().ok().filter(|skip| *skip <= DEEPEST).ok_or_else(|| {
        Error::bad_request("skip: it is no number, or too large").hint("choose a shorter range of time")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_told() {
        assert_eq!((read(None).unwrap(), read(Some("300")).unwrap()), (0, 300));
        for wrong in ["-1", "x", "99999999999999999999", "1000001"] {
            assert!(read(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
