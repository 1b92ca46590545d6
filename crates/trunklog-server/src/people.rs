//! People at the server: who reads a page, and how they sign in and out.
//!
//! `way.rs` says over which connections anybody signs in, and `origin.rs` from
//! which pages; `cookies.rs` what browsers keep; `local.rs` and `provider.rs` are
//! the two ways in, `reader.rs` is what other pages see of it. What the pages look
//! like is in `templates/people/`, which the compiler checks and in which all text
//! is escaped; what they say, in the `sign_in.ftl` of `trunklog-web`.
//!
//! A strict server has none of this.

mod cookies;
mod form;
mod local;
mod next;
mod origin;
mod page;
mod provider;
mod qr;
mod reader;
mod surface;
mod told;
mod way;
mod words;

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use trunklog_odata::{Error, ErrorKind};

use self::way::Way;
use self::words::Words;
use crate::answer::{Access, Failure};
use crate::app::App;
use crate::backlog::Reader as Holder;
use crate::document::{Document, SharedBytes};
use crate::share::Share;
use crate::{body, public_address};

pub(crate) use self::origin::check_origin;
pub(crate) use self::reader::Reader;
pub(crate) use self::surface::PeopleSurface;

/// What these pages may load: nothing from elsewhere, no scripts, no frames.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
static STYLE: LazyLock<Document> = LazyLock::new(|| Document::kept(include_str!("people/style.css")));

/// A request of somebody who signs in or out.
struct Visit<'a> {
    app: &'a Arc<App>,
    parts: &'a Parts,
    /// The address by which the browser knows this server, without a slash at its
    /// end.
    root: String,
    way: Way,
    words: Words,
}

/// Answers any request.
pub(crate) async fn handle(app: &Arc<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut access = Access::new("sign-in");
    let mut response = match serve(app, &parts, body, &mut access).await {
        Ok(response) => response,
        Err(failure) => surface::refused(&parts, failure),
    };
    response.extensions_mut().insert(access);
    response
}

async fn serve(app: &Arc<App>, parts: &Parts, body: Body, access: &mut Access) -> Result<Response, Failure> {
    let segments: Vec<&str> = parts.uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
    if segments == ["sign-in", "style.css"] {
        only(parts, "GET, HEAD")?;
        let mut response = STYLE.response(&parts.headers, "text/css; charset=utf-8");
        response.extensions_mut().insert(SharedBytes);
        return Ok(response);
    }
    let visit = Visit {
        app,
        parts,
        root: public_address::of(parts, &app.settings)?,
        way: Way::of(parts, &app.settings)?,
        words: Words::liked_by(&parts.headers),
    };
    let response = match *segments.as_slice() {
        ["sign-in"] if is_post(parts, "GET, HEAD, POST")? => {
            local::first_step(&visit, form::read(&visit, body).await?).await
        }
        ["sign-in"] => local::form(&visit),
        ["sign-in", "totp"] if is_post(parts, "GET, HEAD, POST")? => {
            local::second_step(&visit, form::read(&visit, body).await?).await
        }
        ["sign-in", "totp"] => local::code_form(&visit),
        ["sign-in", "set-up"] if is_post(parts, "GET, HEAD, POST")? => {
            local::set_up(&visit, form::read(&visit, body).await?).await
        }
        ["sign-in", "set-up"] => local::set_up_form(&visit),
        ["sign-in", "oidc", name, "start"] => {
            only(parts, "GET")?;
            provider::start(&visit, name).await
        }
        ["sign-in", "oidc", name, "callback"] => {
            only(parts, "GET")?;
            provider::callback(&visit, name).await
        }
        ["sign-out"] => {
            only(parts, "POST")?;
            access.route = "sign-out";
            form::read(&visit, body).await?;
            sign_out(&visit).await
        }
        _ => Err(Error::new(ErrorKind::NotFound, surface::NO_PAGE).into()),
    };
    response.map(guarded)
}

/// Ends the session of this browser.
async fn sign_out(visit: &Visit<'_>) -> Result<Response, Failure> {
    if let Some(token) = cookies::session(visit.way, &visit.parts.headers) {
        let people = Arc::clone(&visit.app.services.people);
        let ended = visit.blocking(move || match people.signed_in(&token) {
            Some(signed_in) => people.end(&signed_in.session.id).map(|_| Some(signed_in.session)),
            None => Ok(None),
        });
        let ended = ended.await?.map_err(|error| kept_nothing(&error))?;
        if let Some(session) = ended {
            told::signed_out(visit, &session);
        }
    }
    let mut response = visit.see_other("/sign-in?signed-out=1")?;
    cookies::forget_session(visit.way, response.headers_mut());
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(response)
}

impl Visit<'_> {
    /// Runs what hashes or writes files on the threads that are for it.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self.app.secrets.run(Share::of_client(self.parts, &self.app.settings), work).await?)
    }

    /// Where the browser goes on, by a path below the root.
    fn see_other(&self, path: &str) -> Result<Response, Failure> {
        redirect(&format!("{}{path}", self.root))
    }

    /// For whom bytes of a body are held.
    fn holder(&self) -> Holder {
        Holder::of(Share::of_client(self.parts, &self.app.settings), self.parts)
    }

    /// The body, whole.
    async fn body(&self, body: Body) -> Result<axum::body::Bytes, Failure> {
        body::read(self.app, self.holder(), body).await
    }
}

/// 303: the browser gets the other page, whatever it did here.
fn redirect(location: &str) -> Result<Response, Failure> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = http::StatusCode::SEE_OTHER;
    let location = HeaderValue::from_str(location).map_err(|_| Failure::unexpected())?;
    response.headers_mut().insert(http::header::LOCATION, location);
    Ok(response)
}

/// What every answer here says of itself: nobody keeps it, no other page learns of
/// it, and it loads nothing.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.append(VARY, HeaderValue::from_static("Cookie, Accept-Language"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// Checks the method of what takes no other.
fn only(parts: &Parts, allowed: &'static str) -> Result<(), Failure> {
    let is_allowed = allowed.split(", ").any(|method| method == parts.method.as_str());
    if is_allowed { Ok(()) } else { Err(Failure::method_not_allowed(allowed)) }
}

fn is_post(parts: &Parts, allowed: &'static str) -> Result<bool, Failure> {
    only(parts, allowed).map(|()| parts.method == Method::POST)
}

/// What could not be kept is for the log.
fn kept_nothing(error: &trunklog_identity::Error) -> Failure {
    tracing::error!(error = %trunklog_errors::with_causes(error), "a sign-in cannot be kept");
    Failure::unexpected()
}
