//! The fields of a form.

use axum::body::Body;
use http::Method;
use http::request::Parts;
use trunklog_odata::{Error, query_pairs};

use crate::answer::Failure;
use crate::app::App;
use crate::backlog::Reader as Holder;
use crate::people::check_origin;
use crate::share::Share;
use crate::{body, public_address};

/// The fields of a form that one of our own pages sent.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Checks that a request comes from one of our own pages, for whatever changes
    /// something.
    ///
    /// # Errors
    /// 405 and 403.
    pub(super) fn check(app: &App, parts: &Parts) -> Result<(), Failure> {
        if parts.method != Method::POST {
            return Err(Failure::method_not_allowed("POST"));
        }
        check_origin(parts, &public_address::of(parts, &app.settings)?)
    }

    /// Reads the fields, which are held for `share` meanwhile.
    pub(super) async fn read(app: &App, parts: &Parts, share: Share, body: Body) -> Result<Form, Failure> {
        let form = body::read(app, Holder::of(share, parts), body).await?;
        let form = std::str::from_utf8(&form).map_err(|_| Error::bad_request("The form is not UTF-8."))?;
        Ok(Form(query_pairs(form)?))
    }

    /// A field.
    ///
    /// # Errors
    /// 400 if it is not there, or twice.
    pub(super) fn one(&self, name: &'static str) -> Result<&str, Error> {
        let mut values = self.all(name);
        if let (Some(value), None) = (values.next(), values.next()) {
            Ok(value)
        } else {
            let problem = format!("The form needs the field {name} once.");
            Err(Error::bad_request(problem).hint("send a form of one of our own pages"))
        }
    }

    /// All values of a field, in their order.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
