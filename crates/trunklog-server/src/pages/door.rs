//! Who reads, and what happens to who has not signed in.

use std::sync::Arc;

use axum::response::Response;
use http::request::Parts;
use trunklog_identity::{PersonRoles, Session};

use crate::app::App;
use crate::people::Reader;

/// Who has signed in, for whoever serves the router and checks that itself: as an
/// extension of the request.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// What the person may do.
    pub roles: PersonRoles,
}

/// Who reads; the way to the sign-in for who has not signed in.
pub(super) fn reader(app: &Arc<App>, parts: &Parts) -> Result<Reader, Box<Response>> {
    match parts.extensions.get::<SignedIn>().cloned() {
        Some(SignedIn { session, roles }) => Ok(Reader { session, roles }),
        None => Reader::of(app, parts),
    }
}
