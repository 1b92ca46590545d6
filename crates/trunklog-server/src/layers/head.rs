//! HEAD gets what GET would, without the body.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::Method;

use crate::answer::leave_head;

pub(super) async fn layer(request: Request, next: Next) -> Response {
    let is_head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    if is_head {
        leave_head(&mut response);
    }
    response
}
