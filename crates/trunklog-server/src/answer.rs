//! What all parts of the server need to answer a request: its ids, the note for
//! the access log, and what happens to a request that cannot be answered as it
//! asked.
//!
//! A part says why as a [`Failure`]; a [`Surface`] says it to the client, in the
//! form that its clients know.

mod access;
mod failure;
mod methods;
mod panics;
mod request_ids;
mod surface;

pub(crate) use self::access::Access;
pub(crate) use self::failure::Failure;
pub(crate) use self::methods::{answer_options, leave_head, of_unknown_length};
pub(crate) use self::panics::panicked;
pub(crate) use self::request_ids::{CLIENT_REQUEST_ID, RequestIds};
pub(crate) use self::surface::{Occasion, PlainText, Surface, Surfaces, refuse, surface_of};
