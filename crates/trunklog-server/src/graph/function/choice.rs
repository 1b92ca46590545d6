//! What a client chooses of a log: `$filter`, `$orderby` and `$select`.

use trunklog_odata::expr::{Expr, OrderBy};
use trunklog_odata::{Error, QueryOptions, Version, filter};
use trunklog_records::masking::Mask;
use trunklog_records::{Log, TimeRange};
use trunklog_store::{Columns, Selection};

/// What a client chooses of a log, checked against the properties that its
/// version of the API has.
pub(super) struct Choice {
    filter: Option<Expr>,
    order: Vec<OrderBy>,
    /// The indices of the properties that are shown, in their order; the one
    /// after the last property means the unknown ones.
    pub(super) layout: Vec<usize>,
    /// Whether the client named them.
    pub(super) selected: bool,
}

impl Choice {
    /// # Errors
    /// 400 for an option that cannot be read or does not fit the log.
    pub(super) fn of(log: &'static Log, version: Version, options: &QueryOptions) -> Result<Choice, Error> {
        let shape = log.shape(version);
        let alias = |name: &str| options.alias(name);
        let filter = options.filter().map(|text| filter::parse(text, &shape, &alias)).transpose()?;
        let order = options.order_by().map(|text| filter::order_by(text, &shape)).transpose()?;
        let selected = options.select().map(|text| filter::select(text, &shape)).transpose()?.flatten();
        let mut layout = log.layout(version);
        match &selected {
            Some(selected) => layout.retain(|at| selected.contains(at)),
            // What the table does not know, nobody can select.
            None => layout.push(log.properties.len()),
        }
        Ok(Choice { filter, order: order.unwrap_or_default(), layout, selected: selected.is_some() })
    }

    /// The rows that are chosen, as the client says it.
    pub(super) fn filter(&self) -> Option<&Expr> {
        self.filter.as_ref()
    }

    /// What a link to changes is bound to: the chosen rows of a range, whoever
    /// reads them.
    ///
    /// Who selects nothing gets all properties of the version, also those that a
    /// later program adds: the link stays the same then.
    pub(super) fn followed(&self, log: &'static Log, range: TimeRange) -> Selection {
        let chosen = self.selection(log, range, Mask::NONE);
        let columns = if self.selected { chosen.columns } else { Columns::All };
        Selection { order: Vec::new(), columns, ..chosen }
    }

    /// The chosen rows of a range for a reader with that mask.
    ///
    /// Filter and order see the numbers that the reader sees, or else they
    /// would tell the hidden digits, one question at a time.
    pub(super) fn selection(&self, log: &'static Log, range: TimeRange, mask: Mask) -> Selection {
        let masked = |by: &Expr| mask.expr(log, by.clone());
        let mut columns = self.layout.clone();
        columns.sort_unstable();
        mask.columns(log, &mut columns);
        Selection {
            log,
            range,
            filter: self.filter.as_ref().map(masked),
            order: self
                .order
                .iter()
                .map(|criterion| OrderBy { by: masked(&criterion.by), direction: criterion.direction })
                .collect(),
            columns: Columns::Only(columns),
        }
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Profile;
    use trunklog_records::schema::SMS;

    use super::*;

    #[test]
    fn a_link_to_changes_names_properties_only_where_the_client_did() {
        let columns = |query: &str| {
            let options = QueryOptions::parse(query, Profile::Default).unwrap();
            let choice = Choice::of(&SMS, Version::Beta, &options).unwrap();
            choice.followed(&SMS, TimeRange::ALL).columns
        };
        assert_eq!(columns(""), Columns::All);
        assert_eq!(columns("$orderby=id"), Columns::All);
        let id = SMS.index_of("id").unwrap();
        assert_eq!(columns("$select=id"), Columns::Only(vec![id]));
    }
}
