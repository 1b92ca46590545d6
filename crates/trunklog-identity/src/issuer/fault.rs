//! What the token endpoint refuses, and how Entra says it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use trunklog_errors::is_plain;
use uuid::Uuid;

use super::echo;

/// Longest piece of a request that is repeated in an error text.
const MAX_ECHO_CHARS: usize = 120;

/// Why no token is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The secret is not one of the application's.
    WrongSecret,
    /// The secret has expired.
    ExpiredSecret,
    /// Neither secret nor assertion was sent.
    MissingCredential,
    /// An assertion was announced, but not sent.
    IncompleteAssertion,
    /// An assertion was sent; no certificates are registered here.
    UnsupportedAssertion,
    /// The tenant has no such application.
    UnknownApplication,
    /// There is no such tenant.
    UnknownTenant,
    /// The scope is not one resource with `/.default`.
    ScopeNotDefault,
    /// The resource is not one this server answers to.
    UnknownResource,
    /// A required parameter is absent.
    MissingParameter,
    /// The grant is not `client_credentials`.
    UnsupportedGrant,
    /// The request is not a POST.
    MethodNotAllowed,
    /// A parameter was sent twice.
    DuplicateParameter,
    /// The request cannot be understood.
    Malformed,
    /// The client's address sent wrong secrets too often.
    TooManyFailures,
    /// The server failed; its log says why.
    Internal,
}

struct Row {
    fault: Fault,
    status: u16,
    error: &'static str,
    code: u32,
    /// Entra's words where they are known; `{}` stands for a value.
    text: &'static str,
}

/// One row for each fault. Source: contract section 3.3 and Microsoft's list of
/// error codes.
const FAULTS: &[Row] = &[
    Row {
        fault: Fault::WrongSecret,
        status: 401,
        error: "invalid_client",
        code: 7_000_215,
        text: "Invalid client secret provided. Ensure the secret being sent in the request is the client \
               secret value, not the client secret ID, for a secret added to app '{}'.",
    },
    Row {
        fault: Fault::ExpiredSecret,
        status: 401,
        error: "invalid_client",
        code: 7_000_222,
        text: "The provided client secret keys for app '{}' are expired. Ask the operator of this server \
               for a new one.",
    },
    Row {
        fault: Fault::MissingCredential,
        status: 401,
        error: "invalid_client",
        code: 7_000_216,
        text: "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' \
               grant type.",
    },
    Row {
        fault: Fault::IncompleteAssertion,
        status: 401,
        error: "invalid_client",
        code: 7_000_218,
        text: "The request body must contain the following parameter: 'client_assertion' or \
               'client_secret'.",
    },
    Row {
        fault: Fault::UnsupportedAssertion,
        status: 401,
        error: "invalid_client",
        code: 700_027,
        text: "Client assertion failed signature validation. No certificate is registered on this server, \
               use a client secret.",
    },
    Row {
        fault: Fault::UnknownApplication,
        status: 400,
        error: "unauthorized_client",
        code: 700_016,
        text: "Application with identifier '{}' was not found in the directory '{}'. This can happen if \
               the application has not been installed by the administrator of the tenant or consented to \
               by any user in the tenant. You may have sent your authentication request to the wrong \
               tenant.",
    },
    Row {
        fault: Fault::UnknownTenant,
        status: 400,
        error: "invalid_request",
        code: 90_002,
        text: "Tenant '{}' not found. Check to make sure you have the correct tenant ID and are signing \
               into the correct cloud.",
    },
    Row {
        fault: Fault::ScopeNotDefault,
        status: 400,
        error: "invalid_scope",
        code: 1_002_012,
        text: "The provided value for scope {} is not valid. Client credential flows must have a scope \
               value with /.default suffixed to the resource identifier (application ID URI).",
    },
    Row {
        fault: Fault::UnknownResource,
        status: 400,
        error: "invalid_resource",
        code: 500_011,
        text: "The resource principal named {} was not found in the tenant named {}. This can happen if \
               the application has not been installed by the administrator of the tenant or consented to \
               by any user in the tenant. You might have sent your authentication request to the wrong \
               tenant.",
    },
    Row {
        fault: Fault::MissingParameter,
        status: 400,
        error: "invalid_request",
        code: 900_144,
        text: "The request body must contain the following parameter: '{}'.",
    },
    Row {
        fault: Fault::UnsupportedGrant,
        status: 400,
        error: "unsupported_grant_type",
        code: 70_003,
        text: "The app requested an unsupported grant type '{}'.",
    },
    Row {
        fault: Fault::MethodNotAllowed,
        status: 405,
        error: "invalid_request",
        code: 900_561,
        text: "The endpoint only accepts POST requests. Received a {} request.",
    },
    Row {
        fault: Fault::DuplicateParameter,
        status: 400,
        error: "invalid_request",
        code: 9_000_411,
        text: "The request is not properly formatted. The parameter '{}' is duplicated.",
    },
    Row {
        fault: Fault::Malformed,
        status: 400,
        error: "invalid_request",
        code: 9_002_313,
        text: "Invalid request. Request is malformed or invalid: {}.",
    },
    Row {
        fault: Fault::TooManyFailures,
        status: 429,
        error: "temporarily_unavailable",
        code: 90_055,
        text: "There are too many incoming requests: wrong secrets for app '{}' or others came from this \
               address. Correct them and try again in {} seconds.",
    },
    Row {
        fault: Fault::Internal,
        status: 500,
        error: "server_error",
        code: 50_000,
        text: "There was an error issuing a token. The log of this server says why.",
    },
];

impl Fault {
    fn row(self) -> &'static Row {
        FAULTS
            .iter()
            .find(|row| row.fault == self)
            .expect("the table has a row for each fault, a test sees to it")
    }
}

/// A refused token request. Its text never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError {
    fault: Fault,
    text: String,
    retry_after_secs: Option<i64>,
}

impl TokenError {
    /// An error with the table's text, in which `values` stand for the `{}` one
    /// after the other. What comes from the request goes through
    /// [`echo`](super::echo) before.
    pub(super) fn new(fault: Fault, values: &[&str]) -> TokenError {
        let mut pieces = fault.row().text.split("{}");
        let mut text = pieces.next().unwrap_or_default().to_owned();
        let mut values = values.iter();
        for piece in pieces {
            text.extend(values.next().into_iter().flat_map(|value| shortened(value)));
            text.push_str(piece);
        }
        TokenError { fault, text, retry_after_secs: None }
    }

    /// A secret that was not looked at, because those before were wrong.
    pub(super) fn too_many_failures(client: &str, left: SignedDuration) -> TokenError {
        // Rounded up: who comes back in time must not be early.
        let secs = left.as_secs().saturating_add(1);
        let error = TokenError::new(Fault::TooManyFailures, &[client, &secs.to_string()]);
        TokenError { retry_after_secs: Some(secs), ..error }
    }

    /// The same with a remark of ours after Entra's text, if there is one.
    pub(super) fn with_remark(mut self, remark: Option<String>) -> TokenError {
        if let Some(remark) = remark {
            self.text.push(' ');
            self.text.push_str(&remark);
        }
        self
    }

    /// A required parameter is absent.
    pub(super) fn missing(parameter: &str) -> TokenError {
        TokenError::new(Fault::MissingParameter, &[parameter])
    }

    /// The endpoint was asked with another method than POST.
    pub fn method_not_allowed(method: &str) -> TokenError {
        TokenError::new(Fault::MethodNotAllowed, &[echo::method(method)])
    }

    /// The server failed, wherever it did.
    pub fn internal() -> TokenError {
        TokenError::new(Fault::Internal, &[])
    }

    /// Why no token is issued.
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.fault.row().status
    }

    /// The `error` of OAuth.
    pub fn error(&self) -> &'static str {
        self.fault.row().error
    }

    /// The number after `AADSTS`.
    pub fn code(&self) -> u32 {
        self.fault.row().code
    }

    /// After how many seconds the same request may succeed, if waiting helps.
    pub fn retry_after_secs(&self) -> Option<i64> {
        self.retry_after_secs
    }

    /// The body as Entra sends it. Source: contract section 3.3.
    pub fn body(&self, trace_id: Uuid, correlation_id: Uuid, now: Timestamp) -> TokenErrorBody {
        let timestamp = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let code = self.code();
        TokenErrorBody {
            error: self.error(),
            error_description: format!(
                "{self}\r\nTrace ID: {trace_id}\r\nCorrelation ID: {correlation_id}\r\nTimestamp: {timestamp}"
            ),
            error_codes: [code],
            timestamp,
            trace_id,
            correlation_id,
            error_uri: format!("https://login.microsoftonline.com/error?code={code}"),
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AADSTS{}: {}", self.code(), self.text)
    }
}

impl std::error::Error for TokenError {}

/// The body of a refused token request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenErrorBody {
    /// The error of OAuth.
    pub error: &'static str,
    /// Code and text, then ids and time, a line each.
    pub error_description: String,
    /// The number after `AADSTS`.
    pub error_codes: [u32; 1],
    /// `yyyy-MM-dd HH:mm:ssZ`.
    pub timestamp: String,
    /// Names this answer.
    pub trace_id: Uuid,
    /// Names the client's attempt.
    pub correlation_id: Uuid,
    /// Microsoft's page about the code.
    pub error_uri: String,
}

/// A value as it is repeated: short, and without anything that could break a
/// line of a log.
fn shortened(value: &str) -> impl Iterator<Item = char> {
    value.chars().filter(|character| is_plain(*character)).take(MAX_ECHO_CHARS)
}

#[cfg(test)]
mod tests;
