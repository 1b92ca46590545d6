//! Members beside a list that mean nothing to pages, answers to a batch and
//! errors.
//!
//! A row may have a property named `value`, `responses` or `body`. Its other
//! properties tell it from what usually holds such a list.

use trunklog_records::{RowKind, kind_of_properties};

use super::members::{Members, object_of_head, object_of_tail};

/// The names of such members.
#[derive(Debug, Default)]
pub(super) struct Others(Vec<String>);

impl Others {
    /// Those before the list.
    pub(super) fn from_head(head: &[u8]) -> Others {
        let mut others = Others::default();
        others.read(&object_of_head(head));
        others
    }

    /// Adds those that are after the list.
    pub(super) fn add_tail(&mut self, tail: &[u8]) {
        self.read(&object_of_tail(tail));
    }

    pub(super) fn add(&mut self, members: &Members<'_>) {
        self.0.extend(members.others().map(str::to_owned));
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether they are those of a row.
    pub(super) fn tell_row(&self) -> bool {
        tell_row(self.0.iter().map(String::as_str))
    }

    fn read(&mut self, object: &[u8]) {
        if let Some(members) = Members::read(object) {
            self.add(&members);
        }
    }
}

impl FromIterator<String> for Others {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Others {
        Others(names.into_iter().collect())
    }
}

/// Whether the names are properties of a log's rows.
pub(super) fn tell_log<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    matches!(kind_of_properties(names), Some(RowKind::Log(_)))
}

/// Whether they are all that a row needs. Scripts put a property or two that
/// rows have, as `correlationId`, beside the rows of a page, too; but without
/// its time nothing is a row.
pub(super) fn tell_row<'a>(mut names: impl Iterator<Item = &'a str> + Clone) -> bool {
    match kind_of_properties(names.clone()) {
        Some(RowKind::Log(log)) => !log.shows_time() || names.any(|name| name.eq_ignore_ascii_case(log.time)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_by_both_halves() {
        let head = br#"{"correlationId":"c","value":["#;
        let mut others = Others::from_head(head);
        assert!(!others.tell_row());
        others.add_tail(br#","startDateTime":"t","@odata.x":1}"#);
        assert!(others.tell_row());
        let mut others = Others::from_head(head);
        others.add_tail(br#","requestId":"t"}"#);
        assert!(!others.tell_row());
        assert!(tell_row(["smsId", "sentDateTime"].into_iter()));
        assert!(tell_log(["smsId"].into_iter()) && !tell_row(["smsId"].into_iter()));
        assert!(!tell_row(["subject", "startDateTime", "attendees"].into_iter()));
    }
}
