//! The way from a row about a person or a number to its calls.

use crate::context::PageContext;
use crate::state::{FilterState, Who};

/// The way to what a row is about.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// What stands for it in addresses.
    token: Option<String>,
    /// Whether its calls are all that the row counts. A page that is about somebody
    /// already counts fewer: addresses name one.
    is_exact: bool,
}

impl Way {
    /// The way to a person or number, which has that token.
    pub(super) fn to(page: &PageContext, who: &Who, token: Option<&String>) -> Way {
        let is_exact = page.who.as_ref().is_none_or(|of| of == who);
        Way { token: token.cloned(), is_exact }
    }

    /// The page about it alone.
    pub(super) fn alone(&self, page: &PageContext) -> Option<String> {
        let token = self.token.clone()?;
        Some(page.here(|state| state.who = Some(token)))
    }

    /// The calls that a number counts. None counts nothing, and leads nowhere.
    pub(super) fn calls(
        &self,
        page: &PageContext,
        count: i64,
        change: impl FnOnce(&mut FilterState),
    ) -> Option<String> {
        let token = self.token.clone().filter(|_| self.is_exact && count > 0)?;
        page.calls(|state| {
            state.who = Some(token);
            change(state);
        })
    }
}
