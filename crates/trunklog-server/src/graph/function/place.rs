//! From where on a call reads.

use trunklog_odata::Error;
use trunklog_store::SkipToken;

use super::call::Call;
use crate::graph::accept::Representation;

impl Call<'_> {
    /// The place that the token of a next link names; None for a first page.
    ///
    /// # Errors
    /// 400 for a token that was changed, belongs to another walk or is sent for a
    /// form without pages.
    pub(super) fn place(&self, representation: Representation) -> Result<Option<SkipToken>, Error> {
        let Some(text) = self.options.skip_token() else {
            return Ok(None);
        };
        if let Representation::Export(_) = representation {
            let message = "The $skiptoken query option belongs to pages, and this format has none.";
            return Err(Error::bad_request(message).hint("leave it out, or ask for application/json"));
        }
        let selection = self.choice.selection(self.log, self.range, self.mask);
        let token = SkipToken::parse(text, &selection).map_err(|error| {
            Error::bad_request("The value of the $skiptoken query option is not valid.")
                .hint(error.to_string())
        })?;
        Ok(Some(token))
    }
}
