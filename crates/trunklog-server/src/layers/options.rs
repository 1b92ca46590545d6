//! OPTIONS works wherever a method is refused.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use crate::answer::answer_options;

pub(super) async fn layer(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let mut response = next.run(request).await;
    answer_options(&method, &mut response);
    response
}
