//! Removing single records.

use trunklog_records::TenantId;

use super::file::{Line, Lines, RejectedError, RejectedFile};
use super::rest::Rest;

/// Whether a line is meant: it is given whose record it has, where that is known, and
/// its text.
pub type IsMeant<'a> = dyn Fn(Option<TenantId>, &[u8]) -> bool + 'a;

impl RejectedFile {
    /// How many lines are meant.
    ///
    /// # Errors
    /// When somebody writes the file, or it cannot be read.
    pub fn count(&self, is_meant: &IsMeant<'_>) -> Result<u64, RejectedError> {
        let held = self.hold()?;
        let unusable = |reason| self.unusable(reason);
        let mut lines = Lines::of(held.try_clone().map_err(unusable)?);
        let mut count = 0;
        while let Some((line, text)) = lines.next_line().map_err(unusable)? {
            count += u64::from(is_meant(tenant_of(&line), &text));
        }
        drop(held);
        Ok(count)
    }

    /// Removes the lines that are meant, and says how many those were. The file goes
    /// with the last of its lines.
    ///
    /// # Errors
    /// When somebody writes the file, or it cannot be read or written. Then it is as it
    /// was.
    pub fn remove_lines(&self, is_meant: &IsMeant<'_>) -> Result<u64, RejectedError> {
        let held = self.hold()?;
        let unusable = |reason| self.unusable(reason);
        let mut lines = Lines::of(held.try_clone().map_err(unusable)?);
        let mut rest = Rest::beside(self.path()).map_err(unusable)?;
        let mut removed = 0;
        while let Some((line, text)) = lines.next_line().map_err(unusable)? {
            if is_meant(tenant_of(&line), &text) {
                removed += 1;
            } else {
                rest.keep(&text).map_err(unusable)?;
            }
        }
        if removed > 0 {
            rest.replace(self.path()).map_err(unusable)?;
        }
        drop(held);
        Ok(removed)
    }
}

fn tenant_of(line: &Line) -> Option<TenantId> {
    match line {
        Line::Record(record) => record.origin.as_ref().map(|origin| origin.tenant),
        Line::LeftOut(_) | Line::Other => None,
    }
}
