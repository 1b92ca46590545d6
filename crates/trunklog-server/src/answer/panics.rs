//! What happens to a request whose handler panicked.

use std::any::Any;

use axum::response::Response;

use super::failure::Failure;
use super::surface::{Occasion, Surface};

/// Tells the log of a panic and gives the answer, which says nothing of it.
pub(crate) fn panicked(surface: &dyn Surface, occasion: &Occasion<'_>, panic: &(dyn Any + Send)) -> Response {
    tracing::error!(request_id = %occasion.ids.request, panic = text(panic), "a handler panicked");
    surface.refuse(Failure::unexpected(), occasion)
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_read_whatever_they_were_raised_with() {
        assert_eq!(text(&"a text"), "a text");
        assert_eq!(text(&"a text of its own".to_owned()), "a text of its own");
        assert_eq!(text(&7_u8), "no text");
    }
}
