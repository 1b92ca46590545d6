//! What the access log says about a request.

use axum::response::Response;
use uuid::Uuid;

/// What the access log says about a request; handlers add it to their answer.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// A name from a table, never the client's text.
    pub(crate) route: &'static str,
    pub(crate) app_id: Option<String>,
    pub(crate) tenant: Option<Uuid>,
}

impl Access {
    pub(crate) fn new(route: &'static str) -> Access {
        Access { route, app_id: None, tenant: None }
    }

    /// What its handler noted of a request.
    pub(crate) fn of(response: &Response) -> Access {
        response.extensions().get::<Access>().cloned().unwrap_or_else(|| Access::new("unrouted"))
    }
}
