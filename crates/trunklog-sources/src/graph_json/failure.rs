//! Telling the errors that scripts save in place of pages.

use std::ops::Range;

use super::members::{Members, each_member, text};
use super::missing::{Instead, MissingPage, Place, printable};
use super::others::tell_log;

/// The statuses of errors.
const FAILURES: Range<u16> = 400..600;

impl Members<'_> {
    /// What it says when it is the body of an error.
    ///
    /// Beside those that [`Members::failure_beside_rows`] knows, these have
    /// nothing that is an error's alone: problem details without a usual status
    /// (`title`, `status`; RFC 9457), and a message by itself, with a code
    /// perhaps.
    pub(super) fn failure(&self) -> Option<MissingPage> {
        self.failure_beside_rows().or_else(|| {
            let has = |known: &str| self.others().any(|name| name.eq_ignore_ascii_case(known));
            let is_of_message =
                |name: &str| ["code", "message"].iter().any(|of| name.eq_ignore_ascii_case(of));
            let is_problem = self.status.is_some() && has("title");
            let is_message = has("message") && self.others().all(is_of_message);
            let is_error = (is_problem || is_message) && !self.is_of_page && !tell_log(self.others());
            is_error.then(|| self.page())
        })
    }

    /// What it says when it is an error, rows or not.
    ///
    /// Graph's is `{"error":{"code":…,"message":…}}`, that of its predecessor
    /// has `odata.error`, that of the token endpoint is
    /// `{"error":…,"error_description":…}`, and where PowerShell cut the depth,
    /// there is `{"error":"@{code=…; message=…}"}`. Gateways have `fault`,
    /// `errors`, or a status of failure. A row may have properties of these
    /// names.
    pub(super) fn failure_beside_rows(&self) -> Option<MissingPage> {
        if tell_log(self.others()) {
            return None;
        }
        let has_status = self.status.is_some_and(|status| FAILURES.contains(&status));
        self.error_member().or_else(|| (has_status || self.has_sign_of_error).then(|| self.page()))
    }

    /// The error that its members speak of themselves.
    fn page(&self) -> MissingPage {
        let mut page = MissingPage::new(Place::Document, Instead::Error);
        page.status = self.status.or_else(|| self.code.as_deref().and_then(status_of));
        page.code = self.code.as_deref().and_then(printable);
        page
    }

    /// The error that is the value of a member of that name.
    fn error_member(&self) -> Option<MissingPage> {
        let error = self.error?;
        let mut page = MissingPage::new(Place::Document, Instead::Error);
        page.status = self.status;
        if error.starts_with('{') {
            let mut is_error = false;
            each_member(error.as_bytes(), |name, value| match name.to_ascii_lowercase().as_str() {
                "code" => {
                    is_error = true;
                    page.code = text(value).as_deref().and_then(printable);
                }
                "message" => is_error = true,
                "innererror" => page.status = page.status.or_else(|| status_within(value)),
                _ => {}
            });
            return is_error.then_some(page);
        }
        let error = text(error)?;
        match error.strip_prefix("@{") {
            Some(members) => {
                let mut words = members.split(['=', ';', '}']).map(str::trim);
                let code = words.find(|name| *name == "code").and_then(|_| words.next());
                page.code = code.and_then(printable);
                Some(page)
            }
            None if self.has_error_description || self.others().next().is_none() => {
                page.code = printable(&error);
                Some(page)
            }
            None => None,
        }
    }
}

/// A status that Graph repeats within the error, where the answer's own was
/// not saved.
fn status_within(inner_error: &str) -> Option<u16> {
    let mut status = None;
    each_member(inner_error.as_bytes(), |name, value| {
        if name.eq_ignore_ascii_case("code") {
            status = text(value).as_deref().and_then(status_of);
        }
    });
    status
}

fn status_of(code: &str) -> Option<u16> {
    code.parse().ok().filter(|code| FAILURES.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(json: &str) -> Option<String> {
        Members::read(json.as_bytes()).unwrap().failure().map(|page| page.to_string())
    }

    #[test]
    fn errors_are_told_in_every_form() {
        for (json, told) in [
            (
                r#"{"error":{"code":"TooManyRequests","message":"m","innerError":{"code":"429"}}}"#,
                "an error (status 429, TooManyRequests)",
            ),
            (r#"{"Error":{"Code":"x","Message":"m","InnerError":null}}"#, "an error (x)"),
            (r#"{"error":{"message":"m"}}"#, "an error"),
            (r#"{"statusCode":503,"error":{"message":"m"}}"#, "an error (status 503)"),
            (r#"{"error":"invalid_client","error_description":"x"}"#, "an error (invalid_client)"),
            (r#"{"error":"@{code=UnknownError; message=; innerError=}"}"#, "an error (UnknownError)"),
            (
                r#"{"odata.error":{"code":"Request_BadRequest","message":{"lang":"en","value":"m"}}}"#,
                "an error (Request_BadRequest)",
            ),
            // Gateways.
            (
                r#"{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"x"}"#,
                "an error (status 429)",
            ),
            (r#"{"title":"x","status":0}"#, "an error (status 0)"),
            (r#"{"statusCode":429,"message":"Rate limit is exceeded."}"#, "an error (status 429)"),
            (r#"{"statusCode":"503"}"#, "an error (status 503)"),
            (r#"{"errors":[{"code":"x","message":"m"}]}"#, "an error"),
            (r#"{"fault":{"faultstring":"x","detail":{"errorcode":"y"}}}"#, "an error"),
            (r#"{"code":"generalException","message":"m"}"#, "an error (generalException)"),
            (r#"{"Message":"An error has occurred."}"#, "an error"),
            (r#"{"statusCode":500,"error":"none","x":1}"#, "an error (status 500)"),
            // PowerShell.
            (
                r#"{"Exception":{"Status":7},"TargetObject":{},"FullyQualifiedErrorId":"WebCmdletWebResponseException"}"#,
                "an error",
            ),
            // What could be anything is not repeated.
            (r#"{"error":{"code":"441632960111","message":"m"}}"#, "an error"),
            (r#"{"error":{"code":"call +44 1632 960111","message":"m"}}"#, "an error"),
        ] {
            assert_eq!(failure(json).as_deref(), Some(told), "{json}");
        }
    }

    #[test]
    fn not_everything_called_error_is_one() {
        for json in [
            r#"{"error":null}"#,
            r#"{"error":{"a":1}}"#,
            r#"{"error":[1]}"#,
            r#"{"error":"none","x":1}"#,
            r#"{"correlationId":"c","finalSipCode":0,"error":{"code":"x","message":"m"}}"#,
            r#"{"correlationId":"c","finalSipCode":0,"status":404}"#,
            r#"{"correlationId":"c","finalSipCode":0,"errors":[1]}"#,
            r#"{"status":200,"message":"m","x":1}"#,
            r#"{"status":"404 calls","x":1}"#,
            r#"{"errors":[]}"#,
            r#"{"fault":"none"}"#,
            r#"{"message":"m","x":1}"#,
            r#"{"message":"m","value":7}"#,
            r#"{"title":"x"}"#,
        ] {
            assert_eq!(failure(json), None, "{json}");
        }
    }
}
