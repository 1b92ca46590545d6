//! How a token request came.

use std::net::IpAddr;

use super::discovery::Endpoint;
use super::fault::{Fault, TokenError};
use super::request::BasicCredentials;

/// What of a token request is not in its form.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// At which of the two addresses it came in.
    pub endpoint: Endpoint,
    /// What the `Authorization` header held, if it was HTTP Basic.
    pub basic: Option<BasicCredentials>,
    /// The client's own address, if it is known. Who keeps sending wrong secrets
    /// from there is refused for a while.
    pub address: Option<IpAddr>,
    /// What the body said it is, a media type.
    pub content_type: Option<String>,
    /// Whether its address had a query, which nobody reads.
    pub has_query: bool,
}

impl Arrival {
    /// The error with a remark on how the parameters came, if that may be why
    /// they were not found.
    #[must_use]
    pub fn explained(&self, error: TokenError) -> TokenError {
        let is_of_form = matches!(
            error.fault(),
            Fault::MissingParameter
                | Fault::MissingCredential
                | Fault::UnsupportedGrant
                | Fault::DuplicateParameter
                | Fault::Malformed
        );
        let remark = if is_of_form && self.is_of_other_type() {
            Some("The body is of another type: send a form, application/x-www-form-urlencoded.")
        } else if is_of_form && self.has_query {
            Some("Parameters in the URL are not read: send them in the body, as a form.")
        } else {
            None
        };
        error.with_remark(remark.map(str::to_owned))
    }

    /// Whether the body said that it is not a form. One that says nothing may be.
    fn is_of_other_type(&self) -> bool {
        const FORM: &str = "application/x-www-form-urlencoded";
        self.content_type.as_deref().is_some_and(|content_type| {
            let essence = content_type.split(';').next().unwrap_or_default();
            !essence.trim().eq_ignore_ascii_case(FORM)
        })
    }
}
